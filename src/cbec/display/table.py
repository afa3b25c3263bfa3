"""A data frame as an HTML table to be read: without its index, numbers rounded."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from html import escape

import pandas as pd

from cbec.display.html import UNCONFIRMED_MARK, html_table


def frame_html(
    frame: pd.DataFrame,
    caption: str = "",
    *,
    decimals: int = 2,
    cards: bool = False,
    unconfirmed: Sequence[bool] = (),
) -> str:
    """Return a data frame as a table; fractional numbers get the decimals.

    In ``unconfirmed`` rows the first fractional number, or else the first cell, is marked ○.
    """
    kinds = [column.dtype.kind for _, column in frame.items()]
    numeric = {i for i, kind in enumerate(kinds) if kind in "iuf"}
    marked = kinds.index("f") if "f" in kinds else 0
    rows = []
    for cells, is_marked in zip(
        frame.itertuples(False), unconfirmed or [False] * len(frame), strict=True
    ):
        texts = [escape(_text(cell, decimals)) for cell in cells]
        if is_marked:
            texts[marked] = f"{UNCONFIRMED_MARK} {texts[marked]}"
        rows.append(texts)
    head = [str(column) for column in frame]
    return html_table(head, rows, numeric=numeric, caption=caption, cards=cards)


def _text(cell: object, decimals: int) -> str:
    if cell is None or cell is pd.NA or cell is pd.NaT:
        return ""
    if isinstance(cell, date):
        return f"{cell:%Y-%m-%d}"
    if isinstance(cell, float):
        return "" if cell != cell else f"{cell:z.{decimals}f}".replace("-", "−")
    return str(cell)
