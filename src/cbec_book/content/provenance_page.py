"""The provenance page: every row of the data package that has a source, with an anchor of its own.

``{provenance}``
    How many figures of each series have which grade; then for each series its definition, its
    rows, what other publishers say, and where its method changed.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from html import escape
from typing import Any

from docutils import nodes

from cbec.audit.provenance import Entry
from cbec.display.html import UNCONFIRMED_MARK, entry_link, plain_words
from cbec.display.sources import grouped, origin_html, origin_of
from cbec.tables import frames
from cbec.tables.datapackage import read_package
from cbec.tables.evidence_grades import GRADES, UNCONFIRMED_EN
from cbec_book.content.html_pieces import DataDirective, facts_html, raw, section, table_html
from cbec_book.ledger_links import entries
from cbec_book.wording import translated

# These rows are shown with the series that they are about.
_CONFLICTS, _BREAKS = "conflicts", "method_breaks"
# A series of more places than this is shown as a grid of places and years.
_FEW_PLACES = 3


class Provenance(DataDirective):
    """The counts of all rows, and a section for each table and series."""

    def write(self) -> list[nodes.Node]:
        """Write what the data package says."""
        rows = [entry for entry in entries().values() if entry.kind == "row"]
        own = [entry for entry in rows if entry.table not in (_CONFLICTS, _BREAKS)]
        series = frames.load("series").fillna("").set_index("id")
        described: dict[Any, dict[Any, Any]] = series.to_dict("index")
        found: list[nodes.Node] = [raw(_overview(own, described))]
        for table in read_package().descriptor["resources"]:
            held = [entry for entry in own if entry.table == table["name"]]
            if not held:
                continue
            fields = entry_link(table["name"], translated("Fields, licence and file"))
            about = raw(f"<p>{escape(table['description'])} {fields}</p>")
            made = section(self.env, f"rows-{table['name']}", table["title"], about)
            loose = [entry for entry in held if not entry.series]
            if loose:
                made += raw(_rows_html(loose, table["title"]))
            for id in dict.fromkeys(entry.series for entry in held if entry.series):
                of_series = [entry for entry in rows if entry.series == id]
                content = raw(_series_html(described[id], of_series))
                made += section(self.env, f"series-{id}", described[id]["label_en"], content)
            found.append(made)
        return found


def _overview(rows: Sequence[Entry], described: Mapping[str, Mapping[str, Any]]) -> str:
    """Write how many figures of each series have which grade."""
    titles = {table["name"]: table["title"] for table in read_package().descriptor["resources"]}
    groups: dict[tuple[str, str], Counter[str]] = {}
    # The ledger's outside figures repeat rows of other tables.
    rows = [entry for entry in rows if entry.table != "inputs"]
    for entry in rows:
        label = (
            (f"series-{entry.series}", described[entry.series]["label_en"])
            if entry.series
            else (f"rows-{entry.table}", titles[entry.table])
        )
        groups.setdefault(label, Counter())[entry.evidence] += 1
    lines = [
        [
            f'<a href="#{anchor}">{escape(label)}</a>',
            str(counts.total()),
            ", ".join(f"{counts[grade]} {plain_words(grade)}" for grade in GRADES if counts[grade]),
        ]
        for (anchor, label), counts in groups.items()
    ]
    caption = translated("{count} rows by evidence grade").format(count=len(rows))
    table = table_html(("Series", "Rows", "Grades"), lines, numeric={1}, caption=caption)
    return f'{table}<p class="cbec-footnote">{translated(UNCONFIRMED_EN)}</p>'


def _series_html(series: Mapping[str, Any], rows: Sequence[Entry]) -> str:
    """Write all that is known about a series."""
    own = [entry for entry in rows if entry.table not in (_CONFLICTS, _BREAKS)]
    grid = len({entry.place for entry in own}) > _FEW_PLACES
    parts = [
        facts_html(
            {
                "Chinese": f'<span lang="zh-CN">{escape(series["label_zh"])}</span>',
                "Unit": escape(series["unit"]),
                "Definition": escape(series["basis_en"]),
            }
        ),
        _grids_html(own) if grid else _rows_html(own, series["label_en"], series["unit"]),
    ]
    breaks = [entry for entry in rows if entry.table == _BREAKS]
    if breaks:
        parts.append(f"<p><strong>{translated('Breaks')}</strong></p>" + _breaks_html(breaks))
    conflicts = [entry for entry in rows if entry.table == _CONFLICTS]
    if conflicts:
        said = translated("{heading}, not in the series")
        heading = f"<strong>{translated('Other figures for the same thing')}</strong>"
        caption = translated("Other figures for {series}").format(series=series["label_en"])
        parts.append(f"<p>{said.format(heading=heading)}</p>")
        parts.append(_conflicts_html(conflicts, caption))
    return "".join(parts)


def _rows_html(rows: Sequence[Entry], known: str, unit: str = "") -> str:
    """Write a row for each entry; a label that the heading says already is left out."""
    lines = []
    for entry in rows:
        label = "" if entry.label_en == known else entry.label_en
        said = (label, plain_words(entry.place), entry.period)
        lines.append(
            [
                escape(", ".join(filter(None, said))),
                _figure(entry, unit=not entry.series),
                origin_html(entry),
                escape(entry.note),
            ]
        )
    first = "Period" if rows[0].series else "Figure"
    head = [first, "Printed", "Origin", "Note"]
    if not any(entry.note for entry in rows):
        head, lines = head[:-1], [line[:-1] for line in lines]
    caption, ids = ", ".join(filter(None, (known, unit))), [entry.name for entry in rows]
    return table_html(head, lines, caption=caption, ids=ids)


def _conflicts_html(rows: Sequence[Entry], caption: str) -> str:
    definitions = frames.load(_CONFLICTS).fillna("").set_index("row")["definition_en"]
    lines = [
        [
            escape(f"{entry.period}, {entry.place}"),
            _figure(entry),
            escape(definitions[entry.name]),
            origin_html(entry),
            escape(entry.note),
        ]
        for entry in rows
    ]
    head = ("Whose", "Printed", "Definition", "Origin", "Note")
    return table_html(head, lines, caption=caption, ids=[entry.name for entry in rows])


def _breaks_html(rows: Sequence[Entry]) -> str:
    items = []
    for entry in rows:
        when = escape(", ".join(filter(None, (entry.place, entry.period))))
        note = f" {escape(entry.note[:1].upper() + entry.note[1:])}." if entry.note else ""
        items.append(
            f'<li id="{escape(entry.name)}">{when}: {escape(entry.label_en)}.{note} '
            f"<small>{origin_html(entry)}</small></li>"
        )
    return f"<ul>{''.join(items)}</ul>"


def _grids_html(rows: Sequence[Entry]) -> str:
    """Write grids of places and years, one for each origin and for the places of the same years.

    Places known in few years only would leave most of a common grid empty.
    """
    known: dict[str, int] = Counter(entry.place for entry in rows)
    most = max(known.values())

    def kind(entry: Entry) -> tuple[object, ...]:
        return *origin_of(entry), 2 * known[entry.place] > most

    return "".join(_grid_html(group) for group in grouped(rows, kind))


def _grid_html(rows: Sequence[Entry]) -> str:
    """Write places by years; what all rows share stands in the caption, the rest in footnotes."""
    notes = list(dict.fromkeys(entry.note for entry in rows if entry.note))
    shared = len({entry.note for entry in rows}) == 1
    years = sorted({entry.period for entry in rows})
    places: dict[str, dict[str, Entry]] = {}
    for entry in rows:
        places.setdefault(entry.place, {})[entry.period] = entry

    def cell(entry: Entry | None) -> str:
        if entry is None:
            return "<td></td>"
        mark = "" if shared or not entry.note else f"<sup>{notes.index(entry.note) + 1}</sup>"
        return f'<td class="num" id="{escape(entry.name)}">{_figure(entry)}{mark}</td>'

    head = "".join(f'<th scope="col" class="num">{escape(year)}</th>' for year in years)
    body = "".join(
        f'<tr><th scope="row">{escape(place)}</th>'
        + "".join(cell(by_year.get(year)) for year in years)
        + "</tr>"
        for place, by_year in places.items()
    )
    said = (
        [escape(note) for note in notes]
        if shared
        else [f"<sup>{n}</sup> {escape(note)}" for n, note in enumerate(notes, 1)]
    )
    shared_origin = translated("All rows: {origin}").format(origin=origin_html(rows[0]))
    return (
        f'<p class="cbec-footnote">{shared_origin}</p>'
        f'<div class="cbec-scroll cbec-grid" tabindex="0"><table class="cbec-table"><thead><tr>'
        f'<th scope="col">{translated("Country")}</th>{head}</tr></thead>'
        f"<tbody>{body}</tbody></table></div>"
        + "".join(f'<p class="cbec-footnote">{note}</p>' for note in said)
    )


def _figure(entry: Entry, *, unit: bool = False) -> str:
    mark = f"{UNCONFIRMED_MARK} " if entry.unconfirmed else ""
    unit = unit and not entry.printed.endswith("%")
    words = [entry.printed, entry.unit] if unit else [entry.printed]
    return mark + escape(" ".join(filter(None, words)))
