"""How figures are written in English, HTML tables in one form, and where a figure comes from."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from html import escape
from typing import TYPE_CHECKING

from cbec.audit.verdicts import Arithmetic, Evidence, Standing, sense
from cbec.figures.rounding import Printed, decimal_text

if TYPE_CHECKING:
    import pandas as pd

    from cbec.audit.provenance import Entry

__all__ = [
    "GLUE_PREFIX",
    "TRACE_MIME",
    "UNCONFIRMED_MARK",
    "Table",
    "computed",
    "disclosure_html",
    "figure_in_english",
    "grouped",
    "html_table",
    "origin_html",
    "origin_of",
    "origins_html",
    "rows_html",
    "source_html",
    "sources_html",
    "verdict_html",
]

# MyST-NB keeps outputs of this prefix for prose and doesn't display them.
GLUE_PREFIX = "application/papermill.record/"
TRACE_MIME = "application/vnd.cbec.trace+json"
UNCONFIRMED_MARK = '<abbr title="unconfirmed">○</abbr>'

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
    >>> from cbec.figures.rounding import parse_printed
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
    ids: Sequence[str] = (),
    groups: Mapping[int, str] | None = None,
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
    ids : sequence of str
        The anchor of each row, if rows have any.
    groups : mapping of int to str, optional
        What stands across the table above the row of this position, as HTML.

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
    anchors = [f' id="{escape(id)}"' for id in ids] or [""] * len(rows)
    across = f'<tr class="cbec-group"><th colspan="{len(head)}" scope="colgroup">'
    above = {position: f"{across}{group}</th></tr>" for position, group in (groups or {}).items()}
    body = "".join(
        above.get(position, "")
        + f"<tr{anchor}>"
        + "".join(cell(i, content) for i, content in enumerate(row))
        + "</tr>"
        for position, (anchor, row) in enumerate(zip(anchors, rows, strict=True))
    )
    title = f"<caption>{escape(caption)}</caption>" if caption else ""
    classes = "cbec-table cbec-cards" if cards else "cbec-table"
    return (
        f'<table class="{classes}">{title}<thead><tr>{titles}</tr></thead>'
        f"<tbody>{body}</tbody></table>"
    )


def verdict_html(verdict: Arithmetic | Evidence | Standing, code: str = "") -> str:
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


def computed(name: str, value: str | int, rows: str | Iterable[str] = ()) -> None:
    """Keep a computed number for the prose of a notebook, with the rows it was computed from.

    In Markdown, the role ``{computed}`` with the name shows the number, and links it to its rows,
    their vintages, grades and sources.

    Parameters
    ----------
    name : str
        By which the prose calls the number; unique in its notebook.
    value : str or int
        The number as the reader will see it. A fractional number must be formatted first: how many
        digits it is good for is the author's to say.
    rows : str or iterable of str
        Names that `cbec.audit.provenance.find` knows, or texts of names joined by blanks, such as the
        column ``row`` of a computed frame.

    Raises
    ------
    TypeError
        If the value is neither a text nor a whole number.
    TableError
        If a row isn't known.

    Examples
    --------
    >>> from cbec.tables.frames import load
    >>> zones = load("pilot_zones")
    >>> computed("batches", len(zones), zones["row"])  # a notebook keeps it unseen
    {'application/papermill.record/text/plain': ...}
    >>> computed("mean", 12.3456)
    Traceback (most recent call last):
    ...
    TypeError: computed('mean', 12.3456): format the number first, e.g. f"{12.3456:.1f}"
    """
    import operator

    from IPython.display import display

    from cbec.audit.provenance import find, split_names

    if not isinstance(value, str):
        try:
            if isinstance(value, bool):
                raise TypeError
            value = str(operator.index(value))
        except TypeError:
            raise TypeError(
                f'computed({name!r}, {value}): format the number first, e.g. f"{{{value}:.1f}}"'
            ) from None
    names = split_names(rows)
    for row in names:
        find(row)
    display(
        {GLUE_PREFIX + "text/plain": value, GLUE_PREFIX + TRACE_MIME: {"rows": list(names)}},
        raw=True,
        metadata={"scrapbook": {"name": name, "mime_prefix": GLUE_PREFIX}},
    )


def _page_address(entry: Entry) -> str:
    """Return the address of an entry as seen from a chapter, which lies in a folder of its own."""
    return f"../{entry.page}.html#{entry.anchor}"


def source_html(entry: Entry) -> str:
    """Return publisher and title of an entry's source, linked to the page that was read.

    The source of a claim is its place in the paper.
    """
    source = entry.source
    if source is None:
        return ""
    names = (entry.place,) if entry.kind == "claim" else (source.publisher, source.title)
    name = escape(": ".join(filter(None, names))) or "no page"
    return f'<a href="{escape(source.url)}">{name}</a>' if source.url else name


def sources_html(entries: Iterable[Entry], address: Callable[[Entry], str] = _page_address) -> str:
    """Return a list of figures with their vintages, grades and sources.

    Figures that share all of this share an item.

    Parameters
    ----------
    entries : iterable of Entry
        From `cbec.audit.provenance`.
    address : callable
        Gives the address of an entry's row; as seen from a chapter if left out.

    Returns
    -------
    str
        A ``ul`` element; unconfirmed figures are marked by a circle.

    Examples
    --------
    >>> from cbec.audit.provenance import find
    >>> print(sources_html([find("gdp-2022-revised-pre-census")], lambda entry: "#there"))
    <ul class="cbec-sources"><li>...<br><a href="#there">...</a> (2022) <small>...</small></li></ul>
    """
    labels = grouped(entries, lambda e: (e.kind, e.label_en, e.unit, e.kind == "row" and e.place))
    return (
        '<ul class="cbec-sources">'
        + "".join(f"<li>{_measured_html(group, address)}</li>" for group in labels)
        + "</ul>"
    )


def grouped(
    entries: Iterable[Entry], key: Callable[[Entry], tuple[object, ...]]
) -> list[list[Entry]]:
    """Bring entries with one key together, in the order of the first of each."""
    groups: dict[tuple[object, ...], list[Entry]] = {}
    for entry in entries:
        groups.setdefault(key(entry), []).append(entry)
    return list(groups.values())


def origin_of(entry: Entry) -> tuple[object, ...]:
    """Return what entries of one origin share: vintage, grade and source."""
    return entry.vintage, entry.evidence, entry.source


def _measured_html(entries: Sequence[Entry], address: Callable[[Entry], str]) -> str:
    """Write the figures of one thing measured, a line for each origin."""
    first = entries[0]
    place = "" if first.kind == "claim" else first.place
    label = escape(", ".join(filter(None, (first.label_en, place))))
    if first.kind == "table":
        return f'Table <a href="{escape(address(first))}">{label}</a>'
    unit = f", {escape(first.unit)}" if first.unit else ""
    lines = []
    for group in grouped(entries, origin_of):
        figures = ", ".join(_figure_html(entry, address) for entry in group)
        lines.append(f"<br>{figures} <small>{origin_html(group[0])}</small>")
    return f"{label}{unit}{''.join(lines)}"


def _figure_html(entry: Entry, address: Callable[[Entry], str]) -> str:
    mark = f"{UNCONFIRMED_MARK} " if entry.unconfirmed else ""
    shown = escape(entry.printed or "this row")
    if entry.kind == "claim":
        shown = f'<span class="cbec-figure" lang="zh-CN">{shown}</span>'
    words = [entry.english if entry.english != entry.printed else "", entry.period]
    detail = ", ".join(filter(None, words))
    link = f'{mark}<a href="{escape(address(entry))}">{shown}</a>'
    return f"{link} ({escape(detail)})" if detail else link


def origin_html(entry: Entry) -> str:
    """Return vintage, grade and source of a figure, without those that it has none of."""
    parts = (escape(entry.vintage), escape(entry.evidence), source_html(entry))
    return " · ".join(filter(None, parts))


def rows_html(entries: Iterable[Entry], address: Callable[[Entry], str]) -> str:
    """Return links to the rows of some figures, by their periods."""
    return ", ".join(
        f'<a href="{escape(address(entry))}">{escape(entry.period or "row")}</a>'
        for entry in entries
    )


def origins_html(entries: Iterable[Entry], address: Callable[[Entry], str]) -> str:
    """Return links to the rows of some figures, a line for each vintage, grade and source."""
    return "<br>".join(
        f"{rows_html(group, address)}: {origin_html(group[0])}"
        for group in grouped(entries, origin_of)
    )


def disclosure_html(summary: str, content: str) -> str:
    """Return a box that is closed at first, for what a reader wants who doubts a figure."""
    return f'<details class="cbec-more"><summary>{escape(summary)}</summary>{content}</details>'


@dataclass(frozen=True)
class Table:
    """A data frame to be read: without its index, numbers rounded, with a caption.

    Columns of a frame that say where its figures come from are not printed but used. Where there
    is a column ``row``, with names that `cbec.audit.provenance.find` knows, the sources of the figures
    are listed below the table, in a box that is closed at first. A row that rests on an
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
        Whether rows become cards on a narrow screen, see `html_table`.
    folded : bool
        Whether it is in a box that is closed at first, under its caption.
    """

    frame: pd.DataFrame
    caption: str = ""
    decimals: int = 2
    cards: bool = False
    folded: bool = False

    def _repr_html_(self) -> str:
        from cbec.tables.grades import UNCONFIRMED_EN

        shown = self._shown()
        numeric = {i for i, (_, column) in enumerate(shown.items()) if column.dtype.kind in "iuf"}
        fractional = [i for i, (_, column) in enumerate(shown.items()) if column.dtype.kind == "f"]
        rests = self._entries()
        doubtful = self._unconfirmed(rests)
        marked = fractional[0] if fractional else 0
        rows = []
        for cells, is_doubtful in zip(shown.itertuples(False), doubtful, strict=True):
            texts = [escape(self._text(cell)) for cell in cells]
            if is_doubtful:
                texts[marked] = f"{UNCONFIRMED_MARK} {texts[marked]}"
            rows.append(texts)
        head = [str(column) for column in shown]
        page = html_table(head, rows, numeric=numeric, caption=self.caption, cards=self.cards)
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
        from cbec.audit.provenance import entries, find, split_names

        rows = [split_names([names]) for names in self.frame.get("row", ())]
        # The figures of another ledger are none of the book's.
        if rows and not any(name in entries() for names in rows for name in names):
            return []
        return [[find(name) for name in names] for names in rows]

    def _unconfirmed(self, rests: Sequence[Sequence[Entry]]) -> list[bool]:
        if "evidence" in self.frame:
            return [grade == "unconfirmed" for grade in self.frame["evidence"]]
        found = [any(entry.unconfirmed for entry in row) for row in rests]
        return found or [False] * len(self.frame)

    def _text(self, cell: object) -> str:
        import pandas as pd

        if cell is None or cell is pd.NA or cell is pd.NaT:
            return ""
        if isinstance(cell, date):
            return f"{cell:%Y-%m-%d}"
        if isinstance(cell, float):
            return "" if cell != cell else f"{cell:z.{self.decimals}f}".replace("-", "−")
        return str(cell)
