"""Numbers in the text: links to ``cbec:`` and a name become numbers of the site.

`cbec.chapters.text_numbers` says what a name can be and what the number reads. A printed figure
has the symbols of its verdicts, and their words on hover and on focus; other
numbers that rounding leaves open have their range on hover. On a page with ``{figures-used}`` each
leads to its note there. ``[Xia 2025](cbec:cite/xia2025)`` cites an entry of the bibliography, and
``[the others](cbec:ledger/2)`` leads to the ledger with what section 2 of the paper prints, and
``[the tracker](cbec:issues)`` to the place for replies and errors, if the configuration names one.

The links are replaced when a page's source is read, before messages for translators are made of
it, so that these hold the names of numbers and never the numbers.
"""

from __future__ import annotations

from html import escape

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.util.docutils import ReferenceRole, SphinxRole
from sphinx.util.osutil import relative_uri

from cbec.audit.results import ClaimAudit
from cbec.audit.verdicts import Arithmetic, Verdict
from cbec.chapters.text_numbers import CITATION, ISSUES, LEDGER, LINK, Kept, TextNumber
from cbec.display.notebook import TRACE_MIME
from cbec.errors import CbecError
from cbec_book.content.html_pieces import raw, symbol_html
from cbec_book.content.numbers import number
from cbec_book.hooks import issues_address
from cbec_book.ledger_links import (
    LEDGER_PAGE,
    book_audit,
    book_numbers,
    entry_address,
    find,
    note_data,
)
from cbec_book.wording import translated


def links_to_roles(app: Sphinx, docname: str, source: list[str]) -> None:
    """Turn the links of a page, Markdown or a notebook's JSON, into roles."""
    text = CITATION.sub(r"{cite}`\2`", source[0])
    text = ISSUES.sub(r"{issues}`\1`", LEDGER.sub(r"{ledger}`\1 <\2>`", text))
    source[0] = LINK.sub(r"{number}`\2`", text)


class LedgerRole(ReferenceRole):
    """A link to the ledger with the statistics of one section of the paper."""

    def run(self) -> tuple[list[nodes.Node], list[nodes.system_message]]:
        """Return the link."""
        ledger = relative_uri(f"{self.env.docname}.html", f"{LEDGER_PAGE}.html")
        address = f"{ledger}?section={self.target}"
        return [nodes.reference("", self.title, refuri=address, internal=True)], []


class IssuesRole(SphinxRole):
    """The place for replies and errors; without an address its name, with clear words."""

    def run(self) -> tuple[list[nodes.Node], list[nodes.system_message]]:
        """Return the link or the words."""
        if address := issues_address(self.config):
            return [nodes.reference("", self.text, refuri=address)], []
        told = translated("{words} (this copy of the site names no address for it)")
        return [nodes.Text(told.format(words=self.text))], []


class NumberRole(SphinxRole):
    """A number in the text, by its name."""

    def run(self) -> tuple[list[nodes.Node], list[nodes.system_message]]:
        """Return the number; a name that isn't known is a warning with its place."""
        try:
            note_data(self.env)
            found = book_numbers().find(self.text.strip(), self._computed())
            for row in found.rows:
                find(row)  # a stored notebook may name a row that has gone
        except CbecError as error:
            message = self.inliner.reporter.error(f"number: {error}", line=self.lineno)
            return [self.inliner.problematic(self.rawtext, self.rawtext, message)], [message]
        return [self._node(found)], []

    def _computed(self) -> Kept:
        """Return what the page's notebook keeps."""
        document = self.inliner.document
        # A translated paragraph is parsed in a document of its own, after the notebook's are gone.
        known: dict[str, dict[str, object]]
        known = self.env.temp_data.setdefault("cbec_computed", {})
        if "nb_renderer" in document:
            glued = document["nb_renderer"].renderer.nb_client.glue_data
            known |= {
                key: output["data"][TRACE_MIME]
                for key, output in glued.items()
                if "digits" in output["data"].get(TRACE_MIME, ())
            }
        return known

    def _node(self, found: TextNumber) -> nodes.Node:
        if found.kind == "date":
            return nodes.Text(found.text)
        made = number("", found.text, about=found, hint=found.within)
        if found.kind == "claim":
            # Where a page has no notes, a figure leads to the ledger.
            made["refuri"] = entry_address("claim", found.name, self.env.docname)
            if "/" not in self.text:
                made["classes"].append("cbec-claim")
                made += raw(_badge(book_audit()[found.name]))
        elif found.kind == "derivation":
            made["classes"].append("cbec-derived")
        return made


def _badge(result: ClaimAudit) -> str:
    """Write the symbols of a figure's verdicts.

    A screen reader reads the words after the figure; the style shows them beside the symbols.
    """
    words = f"{result.arithmetic.label_en}, {result.evidence.label_en}"
    *others, last = verdicts_to_show(result)
    symbols = "".join(map(symbol_html, others)) + symbol_html(last, words)
    return f'<span class="visually-hidden"> ({escape(words)})</span> {symbols}'


def verdicts_to_show(result: ClaimAudit) -> list[Verdict]:
    """Return the verdicts whose symbols stand beside a figure.

    Both, so that a tick for the arithmetic isn't read as a source; what can't be recomputed has
    that of its evidence alone.
    """
    arithmetic = [] if result.arithmetic is Arithmetic.NOT_DERIVABLE else [result.arithmetic]
    return [*arithmetic, result.evidence]


def setup(app: Sphinx) -> None:
    """Add the roles, and what makes them of links."""
    app.add_role("number", NumberRole())
    app.add_role("ledger", LedgerRole())
    app.add_role("issues", IssuesRole())
    app.connect("source-read", links_to_roles)
