"""A data frame as a table to be read, in two steps: what it shows as JSON, and that as HTML.

A notebook stores both. The book makes its page from the first, so that an edition in another
language has titles and cells to map, and numbers that aren't yet written in any language.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from html import escape
from typing import Any

import pandas as pd

from cbec.display.html import TABLE_MIME, UNCONFIRMED_MARK, html_table


def table_content(
    frame: pd.DataFrame,
    caption: str = "",
    *,
    decimals: int = 2,
    cards: bool = False,
    unconfirmed: Sequence[bool] = (),
) -> dict[str, Any]:
    """Return what a data frame shows, as JSON: caption, titles and rows, and how to write them.

    Fractional numbers are rounded to the decimals. In ``unconfirmed`` rows the first of them, or
    else the first cell, is marked ○.
    """
    return {
        "caption": caption,
        "columns": [str(column) for column in frame],
        "rows": [[_plain(cell, decimals) for cell in row] for row in frame.itertuples(index=False)],
        "decimals": decimals,
        "cards": cards,
        "unconfirmed": [bool(marked) for marked in unconfirmed] or [False] * len(frame),
    }


def _plain(cell: Any, decimals: int) -> str | int | float | None:
    if cell is None or cell is pd.NA or cell is pd.NaT or cell != cell:
        return None
    if isinstance(cell, date):
        return f"{cell:%Y-%m-%d}"
    if isinstance(cell, float):
        return round(float(cell), decimals) + 0.0  # no minus zero
    return int(cell) if pd.api.types.is_integer(cell) else str(cell)


def content_html(content: Mapping[str, Any]) -> str:
    """Write what a table shows as HTML."""
    columns = list(zip(*content["rows"], strict=True)) or [()] * len(content["columns"])
    known = [[cell for cell in column if cell is not None] for column in columns]
    numeric = {i for i, cells in enumerate(known) if cells and not any(map(_is_text, cells))}
    fractional = [i for i in sorted(numeric) if any(isinstance(c, float) for c in known[i])]
    marked = fractional[0] if fractional else 0
    rows = []
    for cells, is_marked in zip(content["rows"], content["unconfirmed"], strict=True):
        texts = [escape(_text(cell, content["decimals"])) for cell in cells]
        if is_marked:
            texts[marked] = f"{UNCONFIRMED_MARK} {texts[marked]}"
        rows.append(texts)
    return html_table(
        content["columns"],
        rows,
        numeric=numeric,
        caption=content["caption"],
        cards=content["cards"],
    )


def _is_text(cell: object) -> bool:
    return isinstance(cell, str)


def _text(cell: str | int | float | None, decimals: int) -> str:
    if cell is None:
        return ""
    return f"{cell:.{decimals}f}".replace("-", "−") if isinstance(cell, float) else str(cell)


class AsTable:
    """What shows itself in a notebook as a table, by its content."""

    def _content(self) -> dict[str, Any]:
        raise NotImplementedError

    def _repr_html_(self) -> str:
        return content_html(self._content())

    def _repr_mimebundle_(self, **_: Any) -> dict[str, Any]:
        return {TABLE_MIME: self._content()}
