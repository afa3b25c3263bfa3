"""Directives that render the ledger and the verdicts from the audit.

``{reproduction}``
    The reproduction at a glance: counts by verdict on both axes, with their denominator.
``{ledger}``
    The full ledger as one table, and an entry with all that is known about each claim.
``{verdict-list} arithmetic``
    The verdicts of one axis, or how propositions stand, with symbols and meanings.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from html import escape
from typing import TYPE_CHECKING, Any

from docutils import nodes
from sphinx.util.docutils import SphinxDirective

from cbec.audit import Audit, Check, ClaimAudit, interval_text, printed_html
from cbec.book.audited import book_audit, note_data
from cbec.book.notes import finding_html
from cbec.book.sections import scrolled_html, section
from cbec.display import html_table, verdict_html
from cbec.expression import names
from cbec.ledger import Ledger
from cbec.rounding import Rule
from cbec.verdicts import ARITHMETIC, CODES, EVIDENCE, STANDING

if TYPE_CHECKING:
    from sphinx.application import Sphinx

__all__ = ["setup"]


def setup(app: Sphinx) -> None:
    """Add the directives to Sphinx."""
    app.add_directive("reproduction", _Reproduction)
    app.add_directive("ledger", _LedgerTable)
    app.add_directive("verdict-list", _VerdictList)


class _AuditDirective(SphinxDirective):
    """A directive whose output follows from the ledger."""

    has_content = False

    def run(self) -> list[nodes.Node]:
        note_data(self.env)
        return self.build(book_audit())

    def build(self, audit: Audit) -> list[nodes.Node]:
        raise NotImplementedError


class _Reproduction(_AuditDirective):
    def build(self, audit: Audit) -> list[nodes.Node]:
        total = len(audit.claims)
        parts = ['<div class="cbec-glance">']
        for axis, table, question in (
            ("arithmetic", ARITHMETIC, "Does it follow from what is printed?"),
            ("evidence", EVIDENCE, "Does a source bear it?"),
        ):
            counts = audit.counts(axis)
            shown = [(v, counts[str(v)]) for v in table if counts[str(v)]]
            label = ", ".join(f"{table[v].label_en} {n}" for v, n in shown)  # type: ignore[index]
            parts.append(
                f'<div class="cbec-glance__axis"><p class="cbec-glance__title">{question} '
                f"<small>{total} statistics</small></p>"
                f'<div class="cbec-glance__bar" role="img" aria-label="{escape(label)}">'
            )
            parts += [
                f'<span class="verdict verdict--{v}" style="--n:{n}" '
                f'title="{escape(table[v].label_en)}: {n} of {total}">{n}</span>'  # type: ignore[index]
                for v, n in shown
            ]
            parts.append('</div><ul class="cbec-glance__key">')
            parts += [f"<li>{verdict_html(v)} {n} of {total}</li>" for v, n in shown]
            parts.append("</ul></div>")
        holding = f"{len(audit.holding)} of {len(audit.cross_checks)} hold"
        parts.append(f"<p>Cross-checks between figures: {holding}.</p></div>")
        return [nodes.raw("", "".join(parts), format="html")]


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
        return [_table(("Verdict", *counted, "Meaning", "Chinese"), rows)]


class _LedgerTable(_AuditDirective):
    def build(self, audit: Audit) -> list[nodes.Node]:
        found: list[nodes.Node] = [
            _table(
                ("Claim", "Printed", "Recomputed", "Verdicts"),
                [_row(r) for r in audit.results],
            )
        ]
        for result in audit.results:
            entry = nodes.raw("", "".join(_entry(result, audit.ledger)), format="html")
            label = f"claim-{result.claim.id}"
            found.append(section(self.env, label, result.claim.title, entry, classes="cbec-entry"))
        return found


def _table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> nodes.raw:
    table = html_table(head, rows, cards=True)
    return nodes.raw("", scrolled_html(table), format="html")


def _row(result: ClaimAudit) -> list[str]:
    claim = result.claim
    recomputed = escape(result.recomputed_text)
    if result.bounds_text and result.bounds_text != result.recomputed_text:
        recomputed += f"<br><small>{escape(result.bounds_text)}</small>"
    place = ", ".join(filter(None, (claim.place, claim.period)))
    return [
        f'<a href="#claim-{claim.id}">{escape(claim.label_en)}</a><br>'
        f"<small>{escape(place)}</small>",
        printed_html(claim),
        recomputed,
        verdict_html(result.arithmetic, result.code) + "<br>" + verdict_html(result.evidence),
    ]


def _entry(result: ClaimAudit, ledger: Ledger) -> Iterator[str]:
    """Write all that is known about one claim."""
    claim = result.claim
    yield '<dl class="cbec-facts">'
    yield _fact("Chinese", f'<span lang="zh-CN">{escape(claim.label_zh)}</span>')
    paragraph = f"paragraph {claim.paragraph}" if claim.paragraph else ""
    yield _fact("Where", escape(", ".join(filter(None, (claim.place, paragraph)))))
    if claim.printed is not None:
        stands = ""
        if claim.kind != "policy parameter":
            text = interval_text(claim.interval(), claim.printed, ends=True)
            stands = f"<br>stands for {escape(text)}"
        yield _fact("Printed", printed_html(claim) + stands)
    credited = "; ".join(filter(None, (claim.credited_en, claim.reference)))
    if credited:
        yield _fact("Credited to", escape(credited))
    reason = f" {escape(CODES[result.code][0])}" if result.code else ""
    yield _fact("Arithmetic", verdict_html(result.arithmetic, result.code) + reason)
    yield _fact("Evidence", verdict_html(result.evidence))
    if claim.note_en:
        yield _fact("Note", escape(claim.note_en))
    if result.recomputed_text:
        within = f", within rounding {result.bounds_text}" if result.bounds_text else ""
        yield _fact("Recomputed", escape(result.recomputed_text + within))
    if result.primary is not None:
        yield _fact("Derivation", "".join(_derivation(result.primary, result, ledger)))
    if result.joint is not None and claim.printed is not None:
        text = interval_text(result.joint, claim.printed, ends=True)
        yield _fact("With the identities", f"{escape(text)}, inputs narrowed by the cross-checks")
    if result.candidates:
        items = [
            f"{escape(c.id)}: printed {escape(c.printed)}; alone it would have to be "
            f"{escape(c.needed)}"
            for c in result.candidates
        ]
        yield _fact("Candidates", _list(items))
    if result.alternatives:
        items = [
            f"{escape(a.label_en)}: {verdict_html(c.verdict)} "
            f"<code>{escape(a.text)}</code>{_recomputed(c, result)}"
            for a, c in result.alternatives
        ]
        yield _fact("On other inputs", _list(items))
    if result.findings:
        yield _fact("Sources", _list([finding_html(f, ledger) for f in result.findings]))
    yield f"<dt>Id</dt><dd><code>{escape(claim.id)}</code></dd></dl>"


def _fact(term: str, html: str) -> str:
    return f"<dt>{term}</dt><dd>{html}</dd>"


def _list(items: Sequence[str]) -> str:
    return "<ul>" + "".join(f"<li>{item}</li>" for item in items) + "</ul>"


def _recomputed(check: Check, result: ClaimAudit) -> str:
    printed = result.claim.printed
    if printed is None or Rule.HALF_UP not in check.recomputed:
        return ""
    text = interval_text(check.recomputed[Rule.HALF_UP], printed, ends=True)
    return f", recomputed {escape(text)}"


def _derivation(check: Check, result: ClaimAudit, ledger: Ledger) -> Iterator[str]:
    yield f"<code>{escape(check.expression)}</code>"
    items = []
    derivation = result.claim.derivation
    for id in names(derivation) if derivation is not None else ():
        figure = ledger.figure(id)
        if figure.printed is None:
            continue
        outside = ledger.inputs.get(id)
        text = f"<code>{escape(id)}</code> {escape(figure.printed.text)}"
        if outside is None:
            text = f'<a href="#claim-{id}">{text}</a>'
        else:
            text += f" ({escape(outside.vintage)}, {escape(outside.grade)})"
        items.append(text)
    if items:
        yield _list(items)
    printed = result.claim.printed
    if printed is None or not check.recomputed:
        return
    rules = [
        f"{rule}: {escape(interval_text(check.recomputed[rule], printed, ends=True))}, "
        + ("meets the printed figure" if rule in check.rules else "misses the printed figure")
        for rule in Rule
    ]
    yield f"<details><summary>Each rounding rule</summary>{_list(rules)}</details>"
