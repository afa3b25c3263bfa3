"""The log of corrections as a feed, where the site's address is known.

The log is the section *Corrections* of a page: paragraphs that begin with a day in bold type, each
with a list of what was wrong. An Atom feed names all by addresses, so without one there is none,
and ``{corrections-feed}``, which links it, leaves nothing on the page.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from html import escape
from pathlib import Path
from typing import NamedTuple

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.util.docutils import SphinxDirective

import cbec
from cbec_book.hooks import site_address
from cbec_book.wording import translated

FEED = "corrections.xml"
_PAGE, _SECTION = "reference/cite", "corrections"
_DAY = re.compile(r"\d{4}-\d{2}-\d{2}")


class Correction(NamedTuple):
    """What was wrong: the day on which it is recorded, what it is called, and the text."""

    day: str
    title: str
    text: str


def corrections(document: nodes.document) -> Iterator[Correction]:
    """Yield what the log of a page records."""
    for section in document.findall(nodes.section):
        if _SECTION not in section["ids"]:
            continue
        day = ""
        for child in section.children:
            if isinstance(child, nodes.paragraph) and (found := _DAY.match(child.astext())):
                day = found[0]
            elif isinstance(child, nodes.bullet_list) and day:
                for item in child.deepcopy().children:
                    for html in list(item.findall(nodes.raw)):
                        html.parent.remove(html)  # the symbols of figures
                    title = next(item.findall(nodes.emphasis), item)
                    yield Correction(
                        day, title.astext().rstrip("."), " ".join(item.astext().split())
                    )


def _slug(one: Correction) -> str:
    # A correction stays the same entry when others join it.
    return re.sub(r"\W+", "-", one.title.lower())[:60].strip("-")


def feed(title: str, page: str, home: str, author: str, log: list[Correction]) -> str:
    """Write the feed; ``page`` and ``home`` are the addresses of the log and of the feed."""
    entries = "".join(
        f"<entry><title>{escape(one.title)}</title><id>{page}#{_SECTION}-{one.day}-{_slug(one)}</id>"
        f'<link href="{page}#{_SECTION}"/><updated>{one.day}T00:00:00Z</updated>'
        f"<content>{escape(one.text)}</content></entry>\n"
        for one in log
    )
    newest = max(one.day for one in log)
    named = translated("{book}: corrections").format(book=title)
    return (
        '<?xml version="1.0" encoding="UTF-8"?>\n<feed xmlns="http://www.w3.org/2005/Atom">\n'
        f'<title>{escape(named)}</title><id>{home}</id><link rel="self" '
        f'href="{home}"/><link href="{page}#{_SECTION}"/><updated>{newest}T00:00:00Z</updated>'
        f'<author><name>{escape(author)}</name></author><generator version="{cbec.__version__}">'
        f"cbec</generator>\n{entries}</feed>\n"
    )


def write_feed(app: Sphinx) -> None:
    """Write the feed beside the pages."""
    if not app.config.html_baseurl or _PAGE not in app.env.found_docs:
        return
    if log := list(corrections(app.env.get_doctree(_PAGE))):
        page = site_address(app.config, app.builder.get_target_uri(_PAGE))
        home = site_address(app.config, FEED)
        made = feed(app.config.html_title, page, home, app.config.author, log)
        Path(app.outdir, FEED).write_text(made, encoding="utf-8")


class CorrectionsFeed(SphinxDirective):
    """A line that links the feed."""

    def run(self) -> list[nodes.Node]:
        """Return the line, if there is a feed."""
        if not self.config.html_baseurl:
            return []
        link = nodes.reference("", translated("feed"), refuri=site_address(self.config, FEED))
        said = translated("Corrections can be followed as a {feed}.")
        before, _, after = said.partition("{feed}")
        return [nodes.paragraph("", "", nodes.Text(before), link, nodes.Text(after))]
