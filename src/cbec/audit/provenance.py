"""Where a figure comes from: rows, claims and tables of the data package by their names.

A name is what a page or a notebook cites: the name of a row with a source (the column ``row`` of a
frame that :func:`cbec.load` returns), the id of an outside figure or of a claim, or a table's.
"""

from __future__ import annotations

import functools
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Literal

from cbec.audit.ledger import PAPER, Claim, Ledger, Source
from cbec.audit.ledger_reader import read_ledger
from cbec.errors import TableError, did_you_mean
from cbec.tables.datapackage import Package, read_package
from cbec.tables.frames import load

# The tables that say what columns of others mean.
_DESCRIBING = ("countries", "series", "claims", "sources")

# The columns that say the same thing in tables of different kinds; the first filled one counts.
_LABELS = ("label_{}", "measure_{}", "fact_{}", "what_{}", "quantity")
_PERIODS = ("date", "as_of", "period", "year", "target_year")
_GRADES = ("evidence", "grade")
_NOTES = ("note_en", "note")
# The columns that say whose figure it is, or what it does; all that are filled count.
_PLACES = (
    "finding",
    "entity",
    "index",
    "country",
    "region",
    "publisher",
    "organisation",
    "forecaster",
)


@dataclass(frozen=True)
class Entry:
    """What is known about where one name's figure comes from; empty where a table has none.

    Attributes
    ----------
    kind : {'row', 'claim', 'table'}
        A row with a source, a statistic or cross-check of the paper, or a whole table.
    place : str
        The country, region or body that the figure belongs to; for a claim, where it stands in
        the paper.
    printed : str
        The figure; that of a claim holds its unit.
    english : str
        A claim's figure for an English reader.
    """

    name: str
    kind: Literal["row", "claim", "table"]
    table: str
    label_en: str
    label_zh: str = ""
    place: str = ""
    period: str = ""
    printed: str = ""
    unit: str = ""
    vintage: str = ""
    evidence: str = ""
    note: str = ""
    english: str = ""
    source: Source | None = None
    series: str = ""

    @property
    def unconfirmed(self) -> bool:
        """Whether no page with the figure could be opened."""
        return self.evidence == "unconfirmed"


def find(name: str) -> Entry:
    """Return the entry of a name: of a row, an outside figure, a claim or a table.

    Raises
    ------
    TableError
        If nothing has this name; the message says which name is the nearest.

    Examples
    --------
    >>> entry = find("market-export-2024-as-published")
    >>> entry.printed, entry.unit, entry.evidence
    ('13.7', 'trillion CNY', 'printed')
    >>> find("market-2024").printed
    '17.66万亿元'
    """
    ledger, package = read_ledger(), read_package()
    if name in ledger.claims:
        return _claim(ledger.claims[name], ledger)
    if name in package.tables:
        return _table(name, package)
    for table in package.tables:
        if name in (held := _rows(table, package)):
            return held[name]
    hint = did_you_mean(name, entries())
    raise TableError(
        f"nothing in the data package is named {name!r}{hint}; give the name of a row (column "
        "'row' of cbec.load), the id of an outside figure or a claim, or a table's name"
    )


def entries() -> dict[str, Entry]:
    """Return all entries by name: claims, tables and rows.

    Raises
    ------
    TableError
        If a table is broken, or two entries have one name.
    """
    ledger, package = read_ledger(), read_package()
    listed = [_claim(claim, ledger) for claim in ledger.claims.values()]
    listed += [_table(name, package) for name in package.tables]
    for name in package.tables:
        listed += _rows(name, package).values()
    found: dict[str, Entry] = {}
    for entry in listed:
        if entry.name in found:
            raise TableError(
                f"{entry.name!r} names something in table {entry.table!r} and in table "
                f"{found[entry.name].table!r}; rename one, so that a page can cite either"
            )
        found[entry.name] = entry
    return found


def split_names(rows: str | Iterable[str]) -> tuple[str, ...]:
    """Return each name once, in order, of texts that join names by blanks.

    Such texts are in the column ``row`` of a computed frame.

    Examples
    --------
    >>> split_names(["a b", "b c"])
    ('a', 'b', 'c')
    """
    texts = [rows] if isinstance(rows, str) else rows
    named = (text for text in texts if isinstance(text, str))
    return tuple(dict.fromkeys(name for text in named for name in text.split()))


def _claim(claim: Claim, ledger: Ledger) -> Entry:
    return Entry(
        name=claim.id,
        kind="claim",
        table="claims",
        label_en=claim.label_en,
        label_zh=claim.label_zh,
        place=", ".join(filter(None, ("the paper", claim.place))),
        period=claim.period,
        printed=claim.printed.text if claim.printed else "",
        evidence="printed" if claim.printed else "",
        note=claim.note_en,
        english=claim.english,
        source=ledger.sources.get(PAPER),
    )


def _table(name: str, package: Package) -> Entry:
    return Entry(name, "table", name, package.table(name).stated.get("title", name))


def _rows(table: str, package: Package) -> Mapping[str, Entry]:
    """Return the entries of a table's rows; none if its rows have no sources."""
    if not package.table(table).is_citable:
        return {}
    # What an entry says comes from the table, and from what names its columns.
    return _row_entries(table, package, package.contents(table, *_DESCRIBING))


@functools.lru_cache(maxsize=256)
def _row_entries(table: str, package: Package, _contents: tuple[bytes, ...]) -> Mapping[str, Entry]:
    ledger = read_ledger()
    countries = load("countries").set_index("iso3")["label_en"].to_dict()
    series = load("series").set_index("id").to_dict("index")
    title = package.table(table).stated.get("title", "")
    found: dict[str, Entry] = {}
    for record in load(table).to_dict("records"):
        cells = {str(column): _text(value) for column, value in record.items()}
        measured = series.get(cells.get("series", ""), {})
        claim = ledger.claims.get(cells.get("claim", ""))
        if claim is not None:
            measured = {"label_en": claim.label_en, "label_zh": claim.label_zh}
        cells["country"] = countries.get(cells.get("country", ""), "")
        if cells["row"] in found:
            raise TableError(
                f"table {table!r}: {cells['row']!r} names two rows; mend the key of one, so that a "
                "page can cite either"
            )
        found[cells["row"]] = Entry(
            name=cells["row"],
            kind="row",
            table=table,
            label_en=_first(cells, _LABELS, "en") or measured.get("label_en", title),
            label_zh=_first(cells, _LABELS, "zh") or measured.get("label_zh", ""),
            place=", ".join(filter(None, (cells.get(column) for column in _PLACES))),
            period=_first(cells, _PERIODS) or _span(cells, "from_year", "to_year"),
            printed=_figure(cells),
            unit=cells.get("unit", ""),
            vintage=cells.get("vintage", ""),
            evidence=_first(cells, _GRADES),
            note=_first(cells, _NOTES),
            source=ledger.sources.get(cells["source"]),
            series=cells.get("series", ""),
        )
    return found


def _first(cells: Mapping[str, str], columns: Sequence[str], language: str = "") -> str:
    filled = (cells.get(column.format(language), "") for column in columns)
    return next(filter(None, filled), "")


def _span(cells: Mapping[str, str], low: str, high: str) -> str:
    return " to ".join(filter(None, (cells.get(low), cells.get(high))))


def _figure(cells: Mapping[str, str]) -> str:
    comparator = cells.get("comparator", "=").removeprefix("=")
    figure = _span(cells, "printed", "printed_upper") or cells.get("claimed", "")
    return f"{comparator} {figure}".strip()


def _text(value: object) -> str:
    """Write a cell as its table does; a date without the time of day that pandas adds."""
    if value is None or value != value:
        return ""
    return value.date().isoformat() if isinstance(value, date) else str(value)  # type: ignore[attr-defined]
