"""What a notebook shows and keeps: tables with their sources, numbers for its prose."""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from numbers import Integral
from typing import Any

import pandas as pd
from IPython.display import display

from cbec.audit.provenance import Entry, entries, find, split_names
from cbec.display.html import disclosure_html, plain_words, scrolled_html
from cbec.display.sources import sources_html
from cbec.display.table import AsTable, content_html, table_content
from cbec.errors import PrintedFigureError
from cbec.figures.in_words import numbers_in_english
from cbec.figures.rounding import decimal_text
from cbec.tables.evidence_grades import UNCONFIRMED_EN

# MyST-NB keeps outputs of this prefix for prose and doesn't display them.
GLUE_PREFIX = "application/papermill.record/"
TRACE_MIME = "application/vnd.cbec.trace+json"

# Columns of the data package's words, which a table shows as a reader reads them.
_CODES = ("arithmetic", "evidence", "finding", "grade", "vintage")

#: What this kernel has computed for its notebook's prose, by name.
kept: dict[str, dict[str, Any]] = {}

Number = int | float | Fraction | str


def computed(
    name: str,
    value: Number | Iterable[Number],
    rows: str | Iterable[str] = (),
    *,
    decimals: int = 0,
    unit: str = "",
    form: str = "number",
    signed: bool = False,
) -> None:
    """Keep a computed number for the prose of a notebook, with the rows it was computed from.

    In Markdown, a link to ``cbec:`` and the name shows the number: ``[2.45](cbec:market-dollars)``.
    ``make notebooks`` writes its text, and the site links it to the rows, with their vintages,
    grades and sources.

    Parameters
    ----------
    name : str
        What the prose calls the number; unique in its notebook.
    value : number, or iterable of numbers
        The number, or those that belong together. One that is given as digits, such as a printed
        ``"3.70"``, is kept as it is.
    rows : str or iterable of str
        Names that `cbec.audit.provenance.find` knows, or texts of names joined by blanks, such as
        the column ``row`` of a computed frame.
    decimals : int
        Digits after the point, rounded half-up: as many as the result is good for.
    unit : str
        ``%``, or a unit in English.
    form : str
        How several numbers are put together: ``of`` (4 of 11), ``range`` (1.2 to 3.4),
        ``forecast`` (2.3 and, in brackets, 1.2 to 3.4) or ``years``.
    signed : bool
        Whether a number above zero has a sign, too.

    Raises
    ------
    TypeError
        If a value is no finite number.
    PrintedFigureError
        If the form doesn't fit, or the name can't stand in a link.
    TableError
        If a row isn't known.

    Examples
    --------
    >>> from cbec import load
    >>> zones = load("pilot_zones")
    >>> computed("batches", len(zones), zones["row"])  # a notebook keeps it unseen
    {'application/papermill.record/application/vnd.cbec.trace+json': ...}
    >>> computed("mean", float("nan"))
    Traceback (most recent call last):
    ...
    TypeError: computed('mean', nan): a finite number is needed, or digits such as '12.30'
    """
    values = [value] if isinstance(value, str) or not isinstance(value, Iterable) else list(value)
    digits = [_digits(name, one, decimals, signed) for one in values]
    numbers_in_english(digits, unit, form)
    if not re.fullmatch(r"[\w-]+", name):
        raise PrintedFigureError(
            f"computed({name!r}): a link can't name it; use letters, digits, - and _"
        )
    names = split_names(rows)
    for row in names:
        find(row)
    kept[name] = {"digits": digits, "unit": unit, "form": form, "rows": list(names)}
    display(
        {GLUE_PREFIX + TRACE_MIME: kept[name]},
        raw=True,
        metadata={"scrapbook": {"name": name, "mime_prefix": GLUE_PREFIX}},
    )


def _digits(name: str, value: object, decimals: int, signed: bool) -> str:
    if isinstance(value, str) and re.fullmatch(r"-?\d+(\.\d+)?", value):
        return value
    number = int(value) if isinstance(value, Integral) else value
    if isinstance(value, bool):
        number = None
    if not isinstance(number, int | float | Fraction) or not math.isfinite(number):
        raise TypeError(
            f"computed({name!r}, {value!r}): a finite number is needed, or digits such as '12.30'"
        )
    # A float as it is written, not as it is held: 1.15 is rounded half-up to 1.2.
    text = decimal_text(Fraction(str(number)), decimals)
    return f"+{text}" if signed and Fraction(text) > 0 else text


def _title(column: object) -> str:
    name = str(column)
    if name.endswith("_zh"):
        name = f"{name.removesuffix('_zh')} (Chinese)"
    return name.removesuffix("_en").replace("_", " ")


def table_page(content: Mapping[str, Any]) -> str:
    """Write what a `Table` shows, with its sources, as HTML."""
    page = content_html(content)
    if content["folded"]:
        # The site puts a table that stands in an output by itself into such a box.
        page = scrolled_html(page)
    if any(content["unconfirmed"]):
        page += f'<p class="cbec-footnote">{UNCONFIRMED_EN}</p>'
    if names := dict.fromkeys(name for row in content["rests on"] for name in row):
        page += disclosure_html("Sources of this table", sources_html(map(find, names)))
    return disclosure_html(content["caption"], page) if content["folded"] else page


@dataclass(frozen=True)
class Table(AsTable):
    """A data frame to be read: without its index, numbers rounded, with a caption.

    Columns that say where figures come from are not printed but used. Where there is a column
    ``row``, with names that `cbec.audit.provenance.find` knows, the sources of the figures are
    listed below the table, in a box that is closed at first. A row that rests on an
    unconfirmed figure, by its column ``evidence`` or by the rows that it names, is marked ○.

    Parameters
    ----------
    frame : DataFrame
        What to show; column names are the titles, without the ending ``_en``. Verdicts, findings,
        grades and vintages, in columns of these names, are shown in words.
    caption : str
        What it shows, with the unit.
    decimals : int
        Digits after the point of fractional numbers.
    cards : bool
        Whether rows become cards on a narrow screen.
    folded : bool
        Whether it is in a box that is closed at first, under its caption.
    """

    frame: pd.DataFrame
    caption: str = ""
    decimals: int = 2
    cards: bool = False
    folded: bool = False

    def _content(self) -> dict[str, Any]:
        rests = self._entries()
        shown = table_content(
            self._shown(),
            self.caption,
            decimals=self.decimals,
            cards=self.cards,
            unconfirmed=self._unconfirmed(rests),
        )
        named = [[entry.name for entry in row] for row in rests]
        return {**shown, "folded": self.folded, "rests on": named}

    def _page(self, content: Mapping[str, Any]) -> str:
        return table_page(content)

    def __repr__(self) -> str:
        return self._shown().round(self.decimals).to_string(index=False)

    def _shown(self) -> pd.DataFrame:
        carried = ["row", "evidence"] if "row" in self.frame else []
        shown = self.frame.drop(columns=carried, errors="ignore")
        codes = [code for code in _CODES if code in shown]
        shown = shown.assign(
            **{code: shown[code].map(plain_words, na_action="ignore") for code in codes}
        )
        return shown.rename(columns=_title)

    def _entries(self) -> list[list[Entry]]:
        """Return what each row rests on, nothing if the frame doesn't say."""
        rows = [split_names([names]) for names in self.frame.get("row", ())]
        known = entries() if rows else {}
        # The figures of another ledger are none of the book's.
        if not any(name in known for names in rows for name in names):
            return []
        return [[known.get(name) or find(name) for name in names] for names in rows]

    def _unconfirmed(self, rests: Sequence[Sequence[Entry]]) -> list[bool]:
        if "evidence" in self.frame:
            return [grade == "unconfirmed" for grade in self.frame["evidence"]]
        found = [any(entry.unconfirmed for entry in row) for row in rests]
        return found or [False] * len(self.frame)
