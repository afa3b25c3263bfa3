"""HTML tables of the notebooks and the site, in one form."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from html import escape
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["Table", "html_table"]


def html_table(
    head: Sequence[str],
    rows: Sequence[Sequence[str]],
    *,
    numeric: Collection[int] = (),
    caption: str = "",
) -> str:
    """Return a table whose cells are HTML already.

    Parameters
    ----------
    head : sequence of str
        Column titles, as text.
    rows : sequence of sequence of str
        Cells, as HTML.
    numeric : collection of int
        Positions of the columns to align at the end.
    caption : str
        What the table shows, as text.

    Returns
    -------
    str
        A ``table`` element.

    Examples
    --------
    >>> html_table(["a"], [["1"]], numeric={0}).count('class="num"')
    2
    """

    def mark(column: int) -> str:
        return ' class="num"' if column in numeric else ""

    titles = "".join(
        f'<th scope="col"{mark(i)}>{escape(title)}</th>' for i, title in enumerate(head)
    )
    body = "".join(
        "<tr>" + "".join(f"<td{mark(i)}>{cell}</td>" for i, cell in enumerate(row)) + "</tr>"
        for row in rows
    )
    title = f"<caption>{escape(caption)}</caption>" if caption else ""
    return (
        f'<table class="cbec-table">{title}<thead><tr>{titles}</tr></thead>'
        f"<tbody>{body}</tbody></table>"
    )


@dataclass(frozen=True)
class Table:
    """A data frame to be read: without its index, numbers rounded, with a caption.

    Parameters
    ----------
    frame : DataFrame
        What to show; column names are the titles.
    caption : str
        What it shows, with the unit.
    decimals : int
        Digits after the point of fractional numbers.
    """

    frame: pd.DataFrame
    caption: str = ""
    decimals: int = 2

    def _repr_html_(self) -> str:
        numeric = {
            i for i, (_, column) in enumerate(self.frame.items()) if column.dtype.kind in "iuf"
        }
        rows = [[escape(self._text(cell)) for cell in row] for row in self.frame.itertuples(False)]
        return html_table([str(c) for c in self.frame], rows, numeric=numeric, caption=self.caption)

    def __repr__(self) -> str:
        return self.frame.round(self.decimals).to_string(index=False)

    def _text(self, cell: object) -> str:
        if isinstance(cell, float):
            return "" if cell != cell else f"{cell:.{self.decimals}f}".replace("-", "−")
        return str(cell)
