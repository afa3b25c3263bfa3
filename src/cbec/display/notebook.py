"""What a notebook shows and keeps: tables with their sources, numbers for its prose."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from numbers import Integral

import pandas as pd
from IPython.display import display

from cbec.audit.provenance import Entry, entries, find, split_names
from cbec.display.html import disclosure_html
from cbec.display.sources import sources_html
from cbec.display.table import frame_html
from cbec.tables.evidence_grades import UNCONFIRMED_EN

# MyST-NB keeps outputs of this prefix for prose and doesn't display them.
GLUE_PREFIX = "application/papermill.record/"
TRACE_MIME = "application/vnd.cbec.trace+json"


def computed(name: str, value: str | int, rows: str | Iterable[str] = ()) -> None:
    """Keep a computed number for the prose of a notebook, with the rows it was computed from.

    In Markdown, the role ``{computed}`` with the name shows the number, and links it to its rows,
    their vintages, grades and sources.

    Parameters
    ----------
    name : str
        What the prose calls the number; unique in its notebook.
    value : str or int
        The number as the reader will see it. A fractional number must be formatted first: how many
        digits it is good for is the author's to say.
    rows : str or iterable of str
        Names that `cbec.audit.provenance.find` knows, or texts of names joined by blanks, such as
        the column ``row`` of a computed frame.

    Raises
    ------
    TypeError
        If the value is neither a text nor a whole number.
    TableError
        If a row isn't known.

    Examples
    --------
    >>> from cbec import load
    >>> zones = load("pilot_zones")
    >>> computed("batches", len(zones), zones["row"])  # a notebook keeps it unseen
    {'application/papermill.record/text/plain': ...}
    >>> computed("mean", 12.3456)
    Traceback (most recent call last):
    ...
    TypeError: computed('mean', 12.3456): format the number first, e.g. f"{12.3456:.1f}"
    """
    if isinstance(value, bool) or not isinstance(value, str | Integral):
        raise TypeError(
            f'computed({name!r}, {value}): format the number first, e.g. f"{{{value}:.1f}}"'
        )
    names = split_names(rows)
    for row in names:
        find(row)
    display(
        {GLUE_PREFIX + "text/plain": str(value), GLUE_PREFIX + TRACE_MIME: {"rows": list(names)}},
        raw=True,
        metadata={"scrapbook": {"name": name, "mime_prefix": GLUE_PREFIX}},
    )


@dataclass(frozen=True)
class Table:
    """A data frame to be read: without its index, numbers rounded, with a caption.

    Columns that say where figures come from are not printed but used. Where there is a column
    ``row``, with names that `cbec.audit.provenance.find` knows, the sources of the figures are
    listed below the table, in a box that is closed at first. A row that rests on an
    unconfirmed figure, by its column ``evidence`` or by the rows that it names, is marked ○.

    Parameters
    ----------
    frame : DataFrame
        What to show; column names are the titles.
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

    def _repr_html_(self) -> str:
        rests = self._entries()
        doubtful = self._unconfirmed(rests)
        page = frame_html(
            self._shown(),
            self.caption,
            decimals=self.decimals,
            cards=self.cards,
            unconfirmed=doubtful,
        )
        if self.folded:
            # The site puts a table that stands in an output by itself into such a box.
            page = f'<div class="cbec-scroll" tabindex="0">{page}</div>'
        if any(doubtful):
            page += f'<p class="cbec-footnote">{UNCONFIRMED_EN}</p>'
        if any(rests):
            listed = dict.fromkeys(entry for row in rests for entry in row)
            page += disclosure_html("Sources of this table", sources_html(listed))
        return disclosure_html(self.caption, page) if self.folded else page

    def __repr__(self) -> str:
        return self._shown().round(self.decimals).to_string(index=False)

    def _shown(self) -> pd.DataFrame:
        carried = ["row", "evidence"] if "row" in self.frame else []
        return self.frame.drop(columns=carried, errors="ignore")

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
