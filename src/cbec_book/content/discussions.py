"""Where the book discusses a claim: each page and section in which a number names it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.environment import BuildEnvironment
from sphinx.environment.collectors import EnvironmentCollector
from sphinx.util.nodes import clean_astext

from cbec_book.content.html_pieces import ancestors, link_html, list_html
from cbec_book.content.numbers import number
from cbec_book.ledger_links import LEDGER_PAGE, book_audit


class _Page(NamedTuple):
    """A page that discusses claims, and the anchors and titles of the sections that do, by claim.

    What stands above the first section has no anchor.
    """

    title: str
    sections: Mapping[str, Mapping[str, str]]


def discussed_html(env: BuildEnvironment, claim: str, page: str) -> str:
    """Write where a claim is discussed.

    A list of pages, each with its sections, all of them links; empty if no page has the claim.
    """
    items = []
    # The landing page comes before the chapters, which are numbered by name.
    for name, found in sorted(_pages(env).items(), key=lambda p: (p[0] != env.config.root_doc, p)):
        if claim in found.sections:
            address = env.app.builder.get_relative_uri(page, name)
            sections = ", ".join(
                link_html(f"{address}#{anchor}", title)
                for anchor, title in found.sections[claim].items()
                if anchor
            )
            told = filter(None, (link_html(address, found.title), sections))
            items.append(": ".join(told))
    return list_html(items)


def _pages(env: BuildEnvironment) -> dict[str, _Page]:
    """Return what is known of each page; it is kept with the environment from build to build."""
    if not hasattr(env, "cbec_uses"):
        env.cbec_uses = {}  # type: ignore[attr-defined]
    return env.cbec_uses  # type: ignore[attr-defined]


def _section_of(node: nodes.Node) -> tuple[str, str]:
    """Return anchor and title of the innermost section, none for that of the whole page."""
    above = next((part for part in ancestors(node) if isinstance(part, nodes.section)), None)
    if above is None or isinstance(above.parent, nodes.document):
        return "", ""
    return above["ids"][0], clean_astext(above.next_node(nodes.title))


class UsesCollector(EnvironmentCollector):
    """Notes for each page which of its sections discuss which claims."""

    def process_doc(self, app: Sphinx, doctree: nodes.document) -> None:
        """Note the uses of the page that was read."""
        sections: dict[str, dict[str, str]] = {}
        ledger = book_audit().ledger
        for node in doctree.findall(number):
            anchor, title = _section_of(node)
            for claim in filter(ledger.claims.__contains__, node["about"].rows):
                sections.setdefault(claim, {})[anchor] = title
        if sections:
            page = app.env.docname
            _pages(app.env)[page] = _Page(clean_astext(app.env.titles[page]), sections)

    def clear_doc(self, app: Sphinx, env: BuildEnvironment, docname: str) -> None:
        """Forget a page that is read again or has gone."""
        _pages(env).pop(docname, None)

    def merge_other(
        self, app: Sphinx, env: BuildEnvironment, docnames: set[str], other: BuildEnvironment
    ) -> None:
        """Take over what another process of a parallel build has read."""
        found = _pages(other)
        _pages(env).update({name: found[name] for name in docnames if name in found})

    def get_updated_docs(self, app: Sphinx, env: BuildEnvironment) -> list[str]:
        """Let the ledger be written anew if it will say something else than the last time."""
        now, before = dict(_pages(env)), getattr(env, "cbec_uses_written", None)
        env.cbec_uses_written = now  # type: ignore[attr-defined]
        return [LEDGER_PAGE] if now != before and LEDGER_PAGE in env.found_docs else []
