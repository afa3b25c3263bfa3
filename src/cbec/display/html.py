"""Tables, folded boxes, and marks of ledger entries and unconfirmed figures, as HTML."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence
from html import escape

#: The type of an output that holds what a table shows: its cells, or, for figures and statements of
#: the data package, their names.
TABLE_MIME = "application/vnd.cbec.table+json"
UNCONFIRMED_MARK = '<abbr title="unconfirmed">○</abbr>'


_WORDS = {
    "communique": "statistical communiqué",
    "dtri-2018": "index of 2018",
    "implied": "implied by a later growth rate",
    "revised-pre-census": "revised before the census",
    "wdi-2025-12": "World Development Indicators of December 2025",
}


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
    """Return a table whose cells are HTML already; titles and caption are text.

    Columns at ``numeric`` positions are aligned at the end, ``ids`` are the anchors of the rows,
    and ``groups`` is what stands across the table, as HTML, above the row of a position. On a
    narrow screen rows may become ``cards``: a line for each cell, after the title of its column.
    """

    def mark(column: int) -> str:
        return ' class="num"' if column in numeric else ""

    def cell(column: int, content: str) -> str:
        label = f' data-label="{escape(head[column])}"' if cards and head[column] else ""
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


def disclosure_html(summary: str, content: str) -> str:
    """Return a box that is closed at first, for what a reader wants who doubts a figure."""
    return f'<details class="cbec-more"><summary>{escape(summary)}</summary>{content}</details>'


def scrolled_html(table: str) -> str:
    """Put a table into a box that scrolls sideways, so that the page needn't.

    Examples
    --------
    >>> scrolled_html("<table></table>")
    '<div class="cbec-scroll" tabindex="0"><table></table></div>'
    """
    return f'<div class="cbec-scroll" tabindex="0">{table}</div>'


def plain_words(code: str) -> str:
    """Write a word of the data, a vintage, a grade or a reason, as a reader reads it.

    Examples
    --------
    >>> plain_words("as-published"), plain_words("communique")
    ('as published', 'statistical communiqué')
    >>> plain_words("fred-2026-11"), plain_words("Belt-and-Road")
    ('fred-2026-11', 'Belt-and-Road')
    """
    if re.search("[A-Z]", code):
        return code
    return _WORDS.get(code) or re.sub(r"-(?=[a-z])", " ", code)


def entry_link(name: str, content: str) -> str:
    """Mark HTML that leads to where a figure comes from, by its name in `cbec.audit.provenance`.

    The book makes links of these marks when it writes a page, and knows where they lead;
    elsewhere they are plain text.
    """
    return f'<a data-entry="{escape(name)}">{content}</a>'
