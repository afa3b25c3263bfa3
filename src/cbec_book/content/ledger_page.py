"""The page of the ledger; its columns and their order are `COLUMNS` of ``ledger_tools``.

``{ledger}``
    The full ledger as one table, with tools to find one's way in it, and an entry with all that is
    known about each claim.

Beside the page lie ``ledger.csv`` and ``ledger.json``, as ``cbec audit`` writes them.
"""

from __future__ import annotations

from collections.abc import Iterator
from html import escape
from pathlib import Path
from typing import Any

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.transforms.post_transforms import SphinxPostTransform

from cbec.audit.formats import render
from cbec.audit.ledger import Claim, Ledger
from cbec.audit.results import Check, ClaimAudit, printed_html, recomputed_html
from cbec.audit.verdicts import CODES, verdict_html
from cbec.display.html import entry_link, plain_words
from cbec.figures.expression import names
from cbec.figures.in_words import interval_text
from cbec.figures.interval import Interval
from cbec.figures.rounding import Rule
from cbec_book.content.discussions import discussed_html
from cbec_book.content.html_pieces import (
    DataDirective,
    facts_html,
    list_html,
    raw,
    section,
    table_html,
)
from cbec_book.content.ledger_tools import COLUMNS, data_html, downloads_html, tools_html
from cbec_book.content.numbers import finding_html
from cbec_book.content.searches_and_counts import counted_facts, searched_html
from cbec_book.ledger_links import LEDGER_PAGE, PROVENANCE_PAGE, book_audit, entry_anchor
from cbec_book.wording import translated


class entry_facts(nodes.General, nodes.Element):  # noqa: N801 (docutils names nodes so)
    """The place of what there is to say of the claim ``about``."""


class LedgerPage(DataDirective):
    """The table of the ledger with its tools, and the places of its entries."""

    def write(self) -> list[nodes.Node]:
        """Write the table; the entries follow when all pages have been read."""
        audit = book_audit()
        caption = translated(
            "The {statistics} statistics of the paper and {checks} cross-checks between them"
        ).format(statistics=len(audit.claims), checks=len(audit.cross_checks))
        head = [column.capitalize() for column in COLUMNS]
        rows = [[cells[column] for column in COLUMNS] for cells in map(_cells, audit.results)]
        table = table_html(head, rows, caption=caption)
        html = tools_html(audit) + downloads_html() + table + data_html(audit)
        found: list[nodes.Node] = [raw(f'<div class="cbec-ledger">{html}</div>')]
        for claim in (result.claim for result in audit.results):
            anchor, place = entry_anchor("claim", claim.id), entry_facts(about=claim.id)
            found.append(section(self.env, anchor, claim.title, place, classes="cbec-entry"))
        return found


class WriteEntries(SphinxPostTransform):
    """Write the entries once all pages have been read: they say where a claim is discussed."""

    default_priority = 400

    def run(self, **kwargs: Any) -> None:
        """Fill the place of each entry."""
        places = list(self.document.findall(entry_facts))
        if not places:
            return
        audit, counted = book_audit(), counted_facts()
        page = self.env.app.builder.get_relative_uri(self.env.docname, PROVENANCE_PAGE)
        searched = searched_html(page)
        for place in places:
            result = audit[place["about"]]
            id = result.claim.id
            discussed = discussed_html(self.env, id, self.env.docname)
            facts = {
                **_printed(result.claim),
                **_verdicts(result),
                **_recomputed(result, audit.ledger),
                **counted.get(id, {}),
                **_others(result, audit.ledger),
                "Looked for": searched.get(id, ""),
                "Discussed in": discussed,
                "Id": f"<code>{escape(id)}</code>",
            }
            place.replace_self(raw(facts_html(facts)))


def _cells(result: ClaimAudit) -> dict[str, str]:
    claim = result.claim
    place = ", ".join(filter(None, (claim.place, claim.period)))
    return {
        "claim": entry_link(claim.id, escape(claim.label_en))
        + f"<br><small>{escape(place)}</small>",
        "printed": printed_html(claim),
        "recomputed": recomputed_html(result),
        "verdicts": f"{verdict_html(result.arithmetic, result.code)}<br>"
        + verdict_html(result.evidence),
    }


def _printed(claim: Claim) -> dict[str, str]:
    """Return what the paper says, and where."""
    paragraph = claim.paragraph and translated("paragraph {n}").format(n=claim.paragraph)
    stands = ""
    rounded = claim.kind != "policy parameter" and not claim.is_magnitude
    # An exact figure stands for itself.
    if claim.printed and rounded and claim.interval() != Interval.point(claim.face):
        text = interval_text(claim.interval(), claim.printed, ends=True)
        whole = f'<span class="cbec-whole">{escape(text)}</span>'
        stands = "<br>" + translated("stands for {range}").format(range=whole)
    return {
        "Chinese": f'<span lang="zh-CN">{escape(claim.label_zh)}</span>',
        "Where": escape(", ".join(filter(None, (claim.place, paragraph)))),
        "Printed": printed_html(claim) + stands if claim.printed else "",
        "Credited to": escape("; ".join(filter(None, (claim.credited_en, claim.reference)))),
    }


def _verdicts(result: ClaimAudit) -> dict[str, str]:
    """Return the verdicts with their reasons."""
    check = result.primary
    reason = f" {escape(CODES[result.code])}" if result.code else ""
    if check and check.reason:
        reason += f": {escape(check.reason)}"
    return {
        "Arithmetic": verdict_html(result.arithmetic, result.code) + reason,
        "Remark": escape("; ".join(check.remarks)) if check else "",
        "Evidence": verdict_html(result.evidence),
        "Note": escape(result.claim.note_en),
    }


def _recomputed(result: ClaimAudit, ledger: Ledger) -> dict[str, str]:
    """Return what the figure is by its derivation."""
    check, text = result.primary, result.recomputed_text
    if text and result.bounds_text:
        said = translated("{figure}, within rounding {range}")
        text = said.format(figure=text, range=result.bounds_text)
    return {
        "Recomputed": escape(text),
        "Derivation": "".join(_derivation(check, result, ledger)) if check else "",
    }


def _others(result: ClaimAudit, ledger: Ledger) -> dict[str, str]:
    """Return what other figures, other inputs and other sources say."""
    printed, joint = result.claim.printed, ""
    if result.joint is not None and printed is not None:
        text = interval_text(result.joint, printed, ends=True)
        said = translated("{range}, inputs narrowed by the cross-checks")
        joint = said.format(range=escape(text))

    def alternative(derivation: str, check: Check) -> str:
        if printed is None or Rule.HALF_UP not in check.recomputed:
            return derivation
        text = interval_text(check.recomputed[Rule.HALF_UP], printed, ends=True)
        said = translated("{derivation}, recomputed {range}")
        return said.format(derivation=derivation, range=escape(text))

    candidate = translated("{id}: printed {figure}; alone it would have to be {needed}")
    candidates = [
        candidate.format(id=escape(c.id), figure=escape(c.printed), needed=escape(c.needed))
        for c in result.candidates
    ]
    alternatives = [
        f"{escape(a.label_en)}: {verdict_html(c.verdict)} "
        + alternative(f"<code>{escape(a.text)}</code>", c)
        for a, c in result.alternatives
    ]
    return {
        "With the identities": joint,
        "Candidates": list_html(candidates),
        "On other inputs": list_html(alternatives),
        "Sources": list_html([finding_html(f, ledger) for f in result.findings]),
    }


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
            text = entry_link(id, text)
        else:
            words = f"{plain_words(outside.vintage)}, {plain_words(outside.grade)}"
            text += f" ({escape(words)})"
        items.append(text)
    yield list_html(items)
    rules = [f"{rule}: {escape(text)}" for rule, text in check.rule_texts(result.claim).items()]
    if rules:
        summary = translated("Each rounding rule")
        yield f"<details><summary>{summary}</summary>{list_html(rules)}</details>"


def write_downloads(app: Sphinx) -> None:
    """Write the ledger's verdicts as files beside its page."""
    if LEDGER_PAGE not in app.env.found_docs:
        return
    page = Path(app.outdir, LEDGER_PAGE)
    for style in ("csv", "json"):
        page.with_suffix(f".{style}").write_text(render(book_audit(), style) + "\n", "utf-8")
