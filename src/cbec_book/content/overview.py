"""Directives that sum up the audit and list its verdicts.

``{overview}``
    The picture of the landing page: one tile a statistic, in the paper's order and under the part
    of the paper that prints it; the upper half says how it stands with its inputs, the lower half
    with its source. A key below has the words, and the counts with their denominator.
``{verdict-list} arithmetic``
    The verdicts of one axis, or how propositions stand, with symbols and meanings.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from html import escape
from itertools import groupby

from cbec.audit.results import Audit, ClaimAudit
from cbec.audit.verdicts import Arithmetic, Evidence, Standing, Verdict, verdict_html
from cbec_book.content.html_pieces import DataDirective, link_html, symbol_html, table_html
from cbec_book.ledger_links import LEDGER_PAGE, book_audit, entry_address
from cbec_book.wording import translated

_AXES = (
    ("arithmetic", Arithmetic, "Upper half, arithmetic"),
    ("evidence", Evidence, "Lower half, source"),
)
# What the parts of the paper that print a statistic are about, by section.
_PARTS = {
    "2.1.1": "The market",
    "2.1.2": "Regions and partners",
    "3.4": "Talent",
    "4.1": "Rules",
    "4.2": "Logistics",
    "4.4": "Training and incentives",
}
_LISTS: dict[str, tuple[Iterable[Verdict], str]] = {
    "arithmetic": (Arithmetic, "Verdicts on the arithmetic of a statistic"),
    "evidence": (Evidence, "Verdicts on the evidence for a statistic"),
    "standing": (Standing, "How a proposition stands"),
}


class Overview(DataDirective):
    """The picture, as HTML."""

    def write(self) -> str:
        """Write the tiles and their key."""
        return "".join(self._parts(book_audit()))

    def _parts(self, audit: Audit) -> Iterator[str]:
        address = self.env.app.builder.get_relative_uri(self.env.docname, LEDGER_PAGE)
        ledger = link_html(address, translated("the ledger"))
        page, total = self.env.docname, len(audit.claims)
        yield '<figure class="cbec-overview"><div class="cbec-overview__parts">'
        for place, results in groupby(audit.claims, key=_part):
            tiles = "".join(
                _tile(result, entry_address("claim", result.claim.id, page)) for result in results
            )
            yield (
                f'<div><p>{escape(place)}</p><div class="cbec-overview__tiles">{tiles}</div></div>'
            )
        told = translated(
            "One tile a statistic, {total} in all, in the paper’s order; on screen each leads to "
            "its entry in {ledger}."
        )
        yield f"</div><figcaption><p>{told.format(total=total, ledger=ledger)}</p>"
        count = translated("{count} of {total}")
        for axis, table, question in _AXES:
            counts = audit.counts(axis)
            items = "".join(
                f"<li>{verdict_html(verdict)} "
                f"{count.format(count=counts[str(verdict)], total=total)}</li>"
                for verdict in table
                if counts[str(verdict)]
            )
            yield f'<p class="cbec-overview__axis">{translated(question)}</p><ul>{items}</ul>'
        yield "</figcaption></figure>"


def _part(result: ClaimAudit) -> str:
    claim = result.claim
    name = _PARTS.get(claim.section)
    return f"{translated(name)} ({claim.place})" if name else claim.place.capitalize()


def _tile(result: ClaimAudit, address: str) -> str:
    """Write a tile; the keyboard gets to the same entries through the ledger."""
    claim = result.claim
    verdicts: tuple[Verdict, ...] = (result.arithmetic, result.evidence)
    words = ", ".join(verdict.label_en for verdict in verdicts)
    label = escape(f"{claim.title}: {claim.english}; {words}")
    halves = "".join(symbol_html(verdict) for verdict in verdicts)
    return (
        f'<a class="cbec-overview__tile" href="{escape(address)}" tabindex="-1" title="{label}" '
        f'aria-label="{label}">{halves}</a>'
    )


class VerdictList(DataDirective):
    """The verdicts of one axis, counted where statistics have them."""

    required_arguments = 1

    def write(self) -> str:
        """Write the table."""
        axis, audit = self.arguments[0], book_audit()
        if axis not in _LISTS:
            raise self.error(
                f"verdict-list: {axis!r} is no axis; write arithmetic, evidence or standing"
            )
        verdicts, caption = _LISTS[axis]
        # Statistics have verdicts; a standing is that of a proposition.
        counts = {} if axis == "standing" else audit.counts(axis)
        rows = [
            [
                verdict_html(verdict),
                *([str(counts[str(verdict)])] if counts else []),
                escape(verdict.meaning_en),
                escape(verdict.label_zh),
            ]
            for verdict in verdicts
        ]
        counted = [translated("Of {total}").format(total=len(audit.claims))] if counts else []
        head = ("Verdict", *counted, "Meaning", "Chinese")
        return table_html(head, rows, caption=translated(caption))
