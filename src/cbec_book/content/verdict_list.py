"""Directives that sum up the audit and list its verdicts.

``{verdict-list} arithmetic``
    The verdicts of one axis, or how propositions stand, with symbols and meanings.
"""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING, Any

from docutils import nodes
from sphinx.util.docutils import SphinxDirective

from cbec.audit.results import Audit
from cbec.audit.verdicts import ARITHMETIC, EVIDENCE, STANDING, verdict_html
from cbec.display.html import html_table
from cbec_book.content.sections import scrolled_html
from cbec_book.own_ledger import book_audit, note_data

if TYPE_CHECKING:
    from sphinx.application import Sphinx

__all__ = ["setup"]

_CAPTIONS = {
    "arithmetic": "Verdicts on the arithmetic of a statistic",
    "evidence": "Verdicts on the evidence for a statistic",
    "standing": "How a proposition stands",
}


def setup(app: Sphinx) -> None:
    """Add the directives to Sphinx."""
    app.add_directive("verdict-list", _VerdictList)


class _AuditDirective(SphinxDirective):
    """A directive whose output follows from the ledger."""

    has_content = False

    def run(self) -> list[nodes.Node]:
        note_data(self.env)
        return self.build(book_audit())

    def build(self, audit: Audit) -> list[nodes.Node]:
        raise NotImplementedError


class _VerdictList(_AuditDirective):
    required_arguments = 1

    def build(self, audit: Audit) -> list[nodes.Node]:
        axis = self.arguments[0]
        tables: dict[str, Any] = {
            "arithmetic": ARITHMETIC,
            "evidence": EVIDENCE,
            "standing": STANDING,
        }
        if axis not in tables:
            raise self.error(
                f"verdict-list: {axis!r} is no axis; write arithmetic, evidence or standing"
            )
        # Statistics have verdicts; a standing is that of a proposition.
        counts = {} if axis == "standing" else audit.counts(axis)
        rows = [
            [
                verdict_html(verdict),
                *([str(counts[str(verdict)])] if counts else []),
                escape(shown.meaning_en),
                escape(shown.label_zh),
            ]
            for verdict, shown in tables[axis].items()
        ]
        counted = [f"Of {len(audit.claims)}"] if counts else []
        head = ("Verdict", *counted, "Meaning", "Chinese")
        table = html_table(head, rows, caption=_CAPTIONS[axis], cards=True)
        return [nodes.raw("", scrolled_html(table), format="html")]
