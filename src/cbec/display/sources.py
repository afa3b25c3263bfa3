"""Where figures come from, as HTML."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from html import escape

from cbec.audit.provenance import Entry
from cbec.display.html import UNCONFIRMED_MARK, entry_link, plain_words


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


def sources_html(entries: Iterable[Entry]) -> str:
    """Return a list of figures, by what they measure, with their vintages, grades and sources."""
    labels = grouped(entries, lambda e: (e.kind, e.label_en, e.unit, e.kind == "row" and e.place))
    return (
        '<ul class="cbec-sources">'
        + "".join(f"<li>{_measured_html(group)}</li>" for group in labels)
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


def _measured_html(entries: Sequence[Entry]) -> str:
    """Write the figures of one thing measured, a line for each origin."""
    first = entries[0]
    place = "" if first.kind == "claim" else first.place
    label = escape(", ".join(filter(None, (first.label_en, place))))
    if first.kind == "table":
        return f"Table {entry_link(first.name, label)}"
    unit = f", {escape(first.unit)}" if first.unit else ""
    lines = []
    for group in grouped(entries, origin_of):
        figures = ", ".join(_figure_html(entry) for entry in group)
        lines.append(f"<br>{figures} <small>{origin_html(group[0])}</small>")
    return f"{label}{unit}{''.join(lines)}"


def _figure_html(entry: Entry) -> str:
    mark = f"{UNCONFIRMED_MARK} " if entry.unconfirmed else ""
    shown = escape(entry.printed or "this row")
    if entry.kind == "claim":
        shown = f'<span class="cbec-figure" lang="zh-CN">{shown}</span>'
    words = [entry.english if entry.english != entry.printed else "", entry.period]
    detail = ", ".join(filter(None, words))
    link = mark + entry_link(entry.name, shown)
    return f"{link} ({escape(detail)})" if detail else link


def origin_html(entry: Entry) -> str:
    """Return vintage, grade and source of a figure, without those that it has none of."""
    words = (plain_words(entry.vintage), plain_words(entry.evidence))
    parts = (*map(escape, words), source_html(entry))
    return " · ".join(filter(None, parts))
