"""The picture of the landing page: every printed statistic as a tile, with both its verdicts.

``{overview}``
    One tile a statistic, in the paper's order and under the part of the paper that prints it; the
    upper half says how it stands with its inputs, the lower half with its source. A key below has
    the words, and the counts with their denominator.
"""

from __future__ import annotations

from collections.abc import Iterator
from html import escape
from itertools import groupby
from typing import TYPE_CHECKING

from docutils import nodes
from sphinx.util.docutils import SphinxDirective

from cbec.audit.provenance import find
from cbec.audit.results import Audit, ClaimAudit
from cbec.audit.verdicts import ARITHMETIC, EVIDENCE, Arithmetic, Evidence, sense, verdict_html
from cbec_book.own_ledger import LEDGER_PAGE, book_audit, entry_address, note_data

if TYPE_CHECKING:
    from sphinx.application import Sphinx

__all__ = ["setup"]

_AXES = (
    ("arithmetic", ARITHMETIC, "Upper half: does it follow from what is printed?"),
    ("evidence", EVIDENCE, "Lower half: does a source bear it?"),
)


def setup(app: Sphinx) -> None:
    """Add the directive to Sphinx."""
    app.add_directive("overview", _Overview)


class _Overview(SphinxDirective):
    has_content = False

    def run(self) -> list[nodes.Node]:
        note_data(self.env)
        html = "".join(self._parts(book_audit()))
        return [nodes.raw("", html, format="html")]

    def _parts(self, audit: Audit) -> Iterator[str]:
        ledger = self.env.app.builder.get_relative_uri(self.env.docname, LEDGER_PAGE)
        page, total = self.env.docname, len(audit.claims)
        yield '<figure class="cbec-overview"><div class="cbec-overview__parts">'
        for place, results in groupby(audit.claims, key=lambda result: result.claim.place):
            tiles = "".join(
                _tile(result, entry_address(find(result.claim.id), page)) for result in results
            )
            yield (
                f'<div><p>{escape(place)}</p><div class="cbec-overview__tiles">{tiles}</div></div>'
            )
        yield (
            f"</div><figcaption><p>The {total} statistics in the paper’s order. A tile leads to "
            f'its entry; <a href="{ledger}">the ledger</a> lists them all.</p>'
        )
        for axis, table, question in _AXES:
            counts = audit.counts(axis)
            items = "".join(
                f"<li>{verdict_html(verdict)} {counts[str(verdict)]} of {total}</li>"
                for verdict in table
                if counts[str(verdict)]
            )
            yield f'<p class="cbec-overview__axis">{question}</p><ul>{items}</ul>'
        yield "</figcaption></figure>"


def _tile(result: ClaimAudit, address: str) -> str:
    """Write a tile; the keyboard gets to the same entries through the ledger."""
    claim = result.claim
    words = ", ".join(sense(verdict).label_en for verdict in (result.arithmetic, result.evidence))
    label = escape(f"{claim.title}: {claim.english}; {words}")
    halves = "".join(_half(verdict) for verdict in (result.arithmetic, result.evidence))
    return (
        f'<a class="cbec-overview__tile" href="{escape(address)}" tabindex="-1" title="{label}" '
        f'aria-label="{label}">{halves}</a>'
    )


def _half(verdict: Arithmetic | Evidence) -> str:
    symbol = sense(verdict).symbol
    return f'<span class="verdict verdict--{verdict}" aria-hidden="true">{symbol}</span>'
