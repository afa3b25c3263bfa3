"""A data frame as a table to be read, in two steps: what it shows as JSON, and that as HTML.

A notebook stores both. The book makes its page from the first, so that an edition in another
language has titles and cells to map, and numbers that aren't yet written in any language.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import date
from html import escape
from typing import Any

import pandas as pd

from cbec.display.html import TABLE_MIME, UNCONFIRMED_MARK, html_table

_NUMERIC = re.compile(r"[+−-]?[\d.,]+%?(?:–[\d.,]+%?)?")


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
    rows = [[_plain(cell, decimals) for cell in row] for row in frame.itertuples(index=False)]
    columns = zip(*rows, strict=True) if rows else [()] * frame.shape[1]
    return {
        "caption": caption,
        "columns": [str(column) for column in frame],
        "kinds": [_kind(cells) for cells in columns],
        "rows": rows,
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
    kinds, decimals = content["kinds"], content["decimals"]
    numeric = {i for i, kind in enumerate(kinds) if kind != "text" or _is_numeric(content, i)}
    marked = kinds.index("fraction") if "fraction" in kinds else 0
    rows = []
    for cells, is_marked in zip(content["rows"], content["unconfirmed"], strict=True):
        texts = [
            escape(_text(cell, kind, decimals)) for cell, kind in zip(cells, kinds, strict=True)
        ]
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


def _kind(cells: Sequence[object]) -> str:
    # Said in words: to a viewer that saves the notebook, 2.0 and 2 are one number.
    known = [cell for cell in cells if cell is not None]
    if not known or any(isinstance(cell, str) for cell in known):
        return "text"
    return "fraction" if any(isinstance(cell, float) for cell in known) else "number"


def _is_numeric(content: Mapping[str, Any], column: int) -> bool:
    """Tell whether the texts of a column are numbers, such as 12% or 1.2–3.4."""
    texts = [row[column] for row in content["rows"] if row[column] not in (None, "")]
    return bool(texts) and all(_NUMERIC.fullmatch(text) for text in texts)


def _text(cell: str | int | float | None, kind: str, decimals: int) -> str:
    if cell is None or isinstance(cell, str):
        return cell or ""
    if kind == "fraction" or isinstance(cell, float):
        return f"{cell:.{decimals}f}".replace("-", "−")
    return str(cell)


class AsTable:
    """What shows itself in a notebook as a table, by its content."""

    def _content(self) -> dict[str, Any]:
        raise NotImplementedError

    def _page(self, content: Mapping[str, Any]) -> str:
        return content_html(content)

    def _repr_html_(self) -> str:
        return self._page(self._content())

    # With the page in it, a notebook computes the content once for both.
    def _repr_mimebundle_(self, **_: Any) -> dict[str, Any]:
        content = self._content()
        return {TABLE_MIME: content, "text/html": self._page(content)}
