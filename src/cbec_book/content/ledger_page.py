"""The page of the ledger.

``{ledger}``
    The full ledger as one table, with tools to find one's way in it, and an entry with all that is
    known about each claim.

Beside the page lie ``ledger.csv`` and ``ledger.json``, as ``cbec audit`` writes them.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from html import escape
from pathlib import Path
from typing import TYPE_CHECKING, Any

from docutils import nodes
from sphinx.transforms.post_transforms import SphinxPostTransform
from sphinx.util.docutils import SphinxDirective

from cbec.audit.formats import render
from cbec.audit.ledger import Ledger
from cbec.audit.results import Check, ClaimAudit, printed_html
from cbec.audit.verdicts import CODES, verdict_html
from cbec.display.html import html_table
from cbec.figures.expression import names
from cbec.figures.rounding import Rule
from cbec.figures.words import interval_text
from cbec_book.content.discussions import discussed_html
from cbec_book.content.ledger_tools import data_html, downloads_html, tools_html
from cbec_book.content.number_notes import finding_html
from cbec_book.content.searches import searched_html
from cbec_book.content.sections import scrolled_html, section
from cbec_book.content.uncounted_numerals import counted_facts
from cbec_book.own_ledger import LEDGER_PAGE, PROVENANCE_PAGE, book_audit, note_data

if TYPE_CHECKING:
    from sphinx.application import Sphinx

__all__ = ["setup"]

SCRIPT = "ledger.js"


class ledger_tools(nodes.General, nodes.Element):  # noqa: N801 (docutils names nodes so)
    """The table of the ledger with its tools."""


class entry_facts(nodes.General, nodes.Element):  # noqa: N801
    """The place of what there is to say of the claim ``about``."""


class _Ledger(SphinxDirective):
    has_content = False

    def run(self) -> list[nodes.Node]:
        note_data(self.env)
        audit = book_audit()
        caption = (
            f"The {len(audit.claims)} statistics of the paper and {len(audit.cross_checks)} "
            "cross-checks between them"
        )
        head = ("Claim", "Printed", "Recomputed", "Verdicts")
        table = html_table(head, [_row(r) for r in audit.results], caption=caption, cards=True)
        html = tools_html(audit) + downloads_html() + scrolled_html(table) + data_html(audit)
        tools = nodes.raw("", f'<div class="cbec-ledger">{html}</div>', format="html")
        entries = [
            section(
                self.env,
                f"claim-{result.claim.id}",
                result.claim.title,
                entry_facts(about=result.claim.id),
                classes="cbec-entry",
            )
            for result in audit.results
        ]
        return [ledger_tools("", tools), *entries]


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
            beside = (counted.get(id, {}), searched.get(id, ""), discussed)
            html = "".join(_entry(result, audit.ledger, *beside))
            place.replace_self(nodes.raw("", html, format="html"))


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


def _entry(
    result: ClaimAudit, ledger: Ledger, counted: Mapping[str, str], searched: str, discussed: str
) -> Iterator[str]:
    """Write all that is known about one claim, what was looked for, and where it is discussed."""
    claim = result.claim
    yield '<dl class="cbec-facts">'
    yield _fact("Chinese", f'<span lang="zh-CN">{escape(claim.label_zh)}</span>')
    paragraph = f"paragraph {claim.paragraph}" if claim.paragraph else ""
    yield _fact("Where", escape(", ".join(filter(None, (claim.place, paragraph)))))
    if claim.printed is not None:
        stands = ""
        if claim.kind != "policy parameter" and not claim.is_magnitude:
            text = interval_text(claim.interval(), claim.printed, ends=True)
            stands = f"<br>stands for {escape(text)}"
        yield _fact("Printed", printed_html(claim) + stands)
    credited = "; ".join(filter(None, (claim.credited_en, claim.reference)))
    if credited:
        yield _fact("Credited to", escape(credited))
    reason = f" {escape(CODES[result.code][0])}" if result.code else ""
    if result.primary is not None and result.primary.reason:
        reason += f": {escape(result.primary.reason)}"
    yield _fact("Arithmetic", verdict_html(result.arithmetic, result.code) + reason)
    if result.primary is not None and result.primary.remarks:
        yield _fact("Remark", escape("; ".join(result.primary.remarks)))
    yield _fact("Evidence", verdict_html(result.evidence))
    if claim.note_en:
        yield _fact("Note", escape(claim.note_en))
    if result.recomputed_text:
        within = f", within rounding {result.bounds_text}" if result.bounds_text else ""
        yield _fact("Recomputed", escape(result.recomputed_text + within))
    if result.primary is not None:
        yield _fact("Derivation", "".join(_derivation(result.primary, result, ledger)))
    for term, listed in counted.items():
        yield _fact(term, listed)
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
    if searched:
        yield _fact("Looked for", searched)
    if discussed:
        yield _fact("Discussed in", discussed)
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
    rules = [f"{rule}: {escape(text)}" for rule, text in check.rule_texts(result.claim).items()]
    if rules:
        yield f"<details><summary>Each rounding rule</summary>{_list(rules)}</details>"


def add_ledger_script(
    app: Sphinx,
    pagename: str,
    templatename: str,
    context: dict[str, Any],
    doctree: nodes.document | None,
) -> None:
    """Load the script on the page of the ledger, and on no other."""
    if doctree is not None and next(doctree.findall(ledger_tools), None) is not None:
        app.add_js_file(SCRIPT, loading_method="defer")


def write_downloads(app: Sphinx, error: Exception | None) -> None:
    """Write the ledger's verdicts as files beside its page."""
    if error is not None or app.builder.format != "html" or LEDGER_PAGE not in app.env.found_docs:
        return
    page = Path(app.outdir, LEDGER_PAGE)
    for style in ("csv", "json"):
        page.with_suffix(f".{style}").write_text(render(book_audit(), style) + "\n", "utf-8")


def _pass(self: nodes.NodeVisitor, node: nodes.Node) -> None:
    """Write what is inside."""


def setup(app: Sphinx) -> None:
    """Add the directive and its files to Sphinx."""
    skip = (_pass, _pass)
    app.add_node(ledger_tools, html=skip, latex=skip, text=skip, man=skip, texinfo=skip)
    app.add_directive("ledger", _Ledger)
    app.add_post_transform(WriteEntries)
    app.connect("html-page-context", add_ledger_script)
    app.connect("build-finished", write_downloads)
