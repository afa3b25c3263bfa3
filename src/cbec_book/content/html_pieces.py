"""Pieces that generated pages are made of, and the directives that make them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from html import escape
from typing import Any

from docutils import nodes
from sphinx.environment import BuildEnvironment
from sphinx.util.docutils import SphinxDirective
from sphinx.util.osutil import relative_uri

from cbec.audit.ledger import Claim
from cbec.audit.verdicts import Verdict
from cbec.display.html import disclosure_html, entry_link, html_table, scrolled_html
from cbec_book.ledger_links import note_data
from cbec_book.wording import translated


class DataDirective(SphinxDirective):
    """A directive whose output, HTML or nodes, follows from the data package."""

    def run(self) -> list[nodes.Node]:
        """Return what was written, and let the page depend on the data."""
        note_data(self.env)
        written = self.write()
        return [raw(written)] if isinstance(written, str) else written

    def write(self) -> str | list[nodes.Node]:
        """Write what stands in the place of the directive."""
        raise NotImplementedError


def raw(html: str) -> nodes.raw:
    """Return HTML as a node."""
    return nodes.raw("", html, format="html")


def section(
    env: BuildEnvironment, label: str, title: str, *content: nodes.Node, classes: str = ""
) -> nodes.section:
    """Make a section that any page can link to by its label, which is its anchor."""
    made = nodes.section(ids=[label], names=[label], classes=[classes] if classes else [])
    made += [nodes.title("", title), *content]
    standard = env.get_domain("std")
    standard.anonlabels[label] = env.docname, label  # type: ignore[attr-defined]
    standard.labels[label] = env.docname, label, title  # type: ignore[attr-defined]
    return made


def ancestors(node: nodes.Node) -> Iterator[nodes.Node]:
    """Go through what a node stands in, from the inside."""
    while node.parent is not None:
        node = node.parent
        yield node


def facts_html(facts: Mapping[str, str]) -> str:
    """Write terms with what there is to say of each, as HTML; terms with nothing are left out.

    The terms are translated here.

    Examples
    --------
    >>> facts_html({"Unit": "percent", "Note": ""})
    '<dl class="cbec-facts"><dt>Unit</dt><dd>percent</dd></dl>'
    """
    listed = (
        f"<dt>{escape(translated(term))}</dt><dd>{html}</dd>"
        for term, html in facts.items()
        if html
    )
    return f'<dl class="cbec-facts">{"".join(listed)}</dl>'


def list_html(items: Sequence[str]) -> str:
    """Write a list of what is HTML already; nothing if there is nothing to list."""
    return f"<ul>{''.join(f'<li>{item}</li>' for item in items)}</ul>" if items else ""


def link_html(address: str, words: str) -> str:
    """Write a link; words alone where there is no address."""
    return f'<a href="{escape(address)}">{escape(words)}</a>' if address else escape(words)


def download_html(page: str, file: str) -> str:
    """Write a link that downloads a file of the site, named from its root."""
    address = relative_uri(page, file)
    return f'<a href="{escape(address)}" download>{escape(file.rpartition("/")[2])}</a>'


def claim_link(claim: Claim) -> str:
    """Write what a claim measures, and when, linked to the ledger."""
    return entry_link(claim.id, escape(claim.title))


def table_html(
    head: Sequence[str], rows: Sequence[Sequence[str]], *, cards: bool = True, **options: Any
) -> str:
    """Write a table that scrolls, with the options of `cbec.display.html.html_table`.

    The titles of its columns are translated here.
    """
    titles = [translated(title) for title in head]
    return scrolled_html(html_table(titles, rows, cards=cards, **options))


def symbol_html(verdict: Verdict, words: str = "") -> str:
    """Return a badge of the symbol alone; the style may show the words beside it."""
    data = f' data-words="{escape(words)}"' if words else ""
    return (
        f'<span class="verdict verdict--{verdict.tone}" aria-hidden="true"{data}>'
        f"{verdict.symbol}</span>"
    )


def folded_table(
    summary: str, head: Sequence[str], rows: Sequence[Sequence[str]], **options: Any
) -> str:
    """Write a table in a box that is closed at first; nothing if it has no rows."""
    return disclosure_html(summary, table_html(head, rows, **options)) if rows else ""
