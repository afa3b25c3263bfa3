"""How figures are written in English, and HTML tables in one form."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from fractions import Fraction
from html import escape
from typing import TYPE_CHECKING

from cbec.rounding import Printed, decimal_text
from cbec.verdicts import Arithmetic, Evidence, sense

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["Table", "figure_in_english", "html_table", "verdict_html"]

_LARGE = ((10**12, "trillion"), (10**9, "billion"), (10**6, "million"))
_ORDINALS = {1: "first", 2: "second", 3: "third"}
_CURRENCIES = {"CNY": "yuan", "USD": "dollars"}


def figure_in_english(figure: Printed, unit: str, *, exact: bool = False) -> str:
    """Write a printed figure with English units, at its own resolution.

    Parameters
    ----------
    figure : Printed
        The figure, printed in any language.
    unit : str
        The English unit: ``CNY``, ``USD``, ``%``, ``rank``, ``firms``, ``semesters``, …
    exact : bool
        Whether the figure is a threshold or a parameter, whose trailing zeros say nothing.

    Returns
    -------
    str
        The figure for an English reader.

    Examples
    --------
    >>> from cbec.rounding import parse_printed
    >>> figure_in_english(parse_printed("17.66万亿元"), "CNY")
    '17.66 trillion yuan'
    >>> figure_in_english(parse_printed("12万家"), "firms", exact=True)
    '120,000 firms'
    """
    if unit == "%":
        return decimal_text(figure.value * 100, figure.decimals) + "%"
    if unit == "rank":
        return _ORDINALS.get(int(figure.value), f"rank {figure.value}")
    if unit == "centimetres":
        return "centimetre"  # an order of magnitude, not a length
    scale, word = Fraction(1), ""
    if figure.dimension == "year":
        scale = figure.scale
    for size, name in _LARGE:
        if abs(figure.value) >= size:
            scale, word = Fraction(size), f"{name} "
            break
    amount, step = figure.value / scale, figure.resolution / scale
    decimals = 0
    # Exact figures are written to the last digit that counts, others to their resolution.
    while (amount * 10**decimals).denominator > 1 if exact else Fraction(1, 10**decimals) > step:
        decimals += 1
    number = decimal_text(amount, decimals, grouped=True)
    noun = _CURRENCIES.get(unit, unit)
    if number == "1" and not word and noun.endswith("s"):
        noun = noun.removesuffix("s")
    return f"{number} {word}{noun}".strip()


def html_table(
    head: Sequence[str],
    rows: Sequence[Sequence[str]],
    *,
    numeric: Collection[int] = (),
    caption: str = "",
    cards: bool = False,
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
    cards : bool
        Whether rows become cards on a narrow screen: the first two cells side by side, the rest
        below them.

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

    def cell(column: int, content: str) -> str:
        label = f' data-label="{escape(head[column])}"' if cards and column > 1 else ""
        return f"<td{mark(column)}{label}>{content}</td>"

    titles = "".join(
        f'<th scope="col"{mark(i)}>{escape(title)}</th>' for i, title in enumerate(head)
    )
    body = "".join(
        "<tr>" + "".join(cell(i, content) for i, content in enumerate(row)) + "</tr>"
        for row in rows
    )
    title = f"<caption>{escape(caption)}</caption>" if caption else ""
    classes = "cbec-table cbec-cards" if cards else "cbec-table"
    return (
        f'<table class="{classes}">{title}<thead><tr>{titles}</tr></thead>'
        f"<tbody>{body}</tbody></table>"
    )


def verdict_html(verdict: Arithmetic | Evidence, code: str = "") -> str:
    """Return a badge: symbol, word and colour, with the meaning on hover.

    Examples
    --------
    >>> print(verdict_html(Arithmetic.EXACT)[:37])
    <span class="verdict verdict--exact"
    """
    shown = sense(verdict)
    label = shown.label_en + (f": {code}" if code else "")
    return (
        f'<span class="verdict verdict--{verdict}" title="{escape(shown.meaning_en)}">'
        f'<span aria-hidden="true">{shown.symbol}</span> {escape(label)}</span>'
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
    cards : bool
        Whether rows become cards on a narrow screen, see `html_table`.
    """

    frame: pd.DataFrame
    caption: str = ""
    decimals: int = 2
    cards: bool = False

    def _repr_html_(self) -> str:
        numeric = {
            i for i, (_, column) in enumerate(self.frame.items()) if column.dtype.kind in "iuf"
        }
        rows = [[escape(self._text(cell)) for cell in row] for row in self.frame.itertuples(False)]
        head = [str(column) for column in self.frame]
        return html_table(head, rows, numeric=numeric, caption=self.caption, cards=self.cards)

    def __repr__(self) -> str:
        return self.frame.round(self.decimals).to_string(index=False)

    def _text(self, cell: object) -> str:
        import pandas as pd

        if cell is None or cell is pd.NA or cell is pd.NaT:
            return ""
        if isinstance(cell, float):
            return "" if cell != cell else f"{cell:z.{self.decimals}f}".replace("-", "−")
        return str(cell)
