"""Numbers in prose, each linked to a note that says where it comes from.

``{figures-used}``
    One note for each number of the page that :mod:`cbec_book.content.roles` has put there: what it
    is, its range within rounding, and the figures it rests on with vintage, evidence grade and
    source. Each number links to its note, and each note back to its numbers.

Where scripts run, ``notes.js`` shows the note beside the number, and in the same way the
definition of a term that :mod:`cbec_book.content.glossary_links` has linked.
"""

from __future__ import annotations

from collections.abc import Iterable
from html import escape
from typing import Any

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.transforms import SphinxTransform
from sphinx.writers.html5 import HTML5Translator

from cbec.audit.ledger import Finding, Ledger
from cbec.audit.provenance import Entry
from cbec.audit.results import ClaimAudit
from cbec.audit.verdicts import Arithmetic, Evidence, verdict_html
from cbec.chapters.text_numbers import TextNumber
from cbec.display.html import disclosure_html, entry_link, plain_words
from cbec.display.sources import source_html, sources_html
from cbec.figures.expression import names
from cbec.figures.in_words import interval_text
from cbec_book.content.html_pieces import (
    DataDirective,
    ancestors,
    claim_link,
    link_html,
    list_html,
    raw,
)
from cbec_book.hooks import add_node, warn
from cbec_book.ledger_links import book_audit, book_numbers, find
from cbec_book.wording import translated

TERM_CLASS = "cbec-term"


class number(nodes.Inline, nodes.TextElement):  # noqa: N801 (docutils names nodes so)
    """A number in prose.

    ``about`` is the `TextNumber` that it shows. ``refuri`` is where it leads on a page without
    notes, if anywhere, and ``hint`` is shown on hover.
    """


class figures_used(nodes.General, nodes.Element):  # noqa: N801
    """The place of a page's notes."""


class FiguresUsed(DataDirective):
    """The place of a page's notes."""

    def write(self) -> list[nodes.Node]:
        """Mark the place; the notes follow when the whole page has been read."""
        place = figures_used()
        self.set_source_info(place)
        return [place]


class CollectNotes(SphinxTransform):
    """Number the notes of a page in the order in which its numbers appear."""

    default_priority = 880

    def apply(self, **kwargs: Any) -> None:
        """Give each number its note, and the place of the notes their list."""
        places = list(self.document.findall(figures_used))
        if not places:
            return
        place, *others = places
        for other in others:
            said = "figures-used: the notes stand above already; drop this directive"
            warn("notes", said, at=other)
            other.parent.remove(other)
        uses: dict[tuple[str, str], list[number]] = {}
        for node in self.document.findall(number):
            uses.setdefault((node["about"].kind, node["about"].name), []).append(node)
        if not uses:
            said = "figures-used: no link puts a number on this page; drop the directive"
            warn("notes", said, at=place)
        items = []
        for position, found in enumerate(uses.values(), start=1):
            back = []
            for time, node in enumerate(found, start=1):
                node["position"] = position
                node["ids"].append(f"use-{position}-{time}")
                label = translated(
                    "Back to the text" if len(found) == 1 else "Back to the text, place {n}"
                ).format(n=time)
                back.append(f'<a href="#use-{position}-{time}" aria-label="{label}">↩</a>')
            items.append(
                f'<li id="figure-{position}"><span class="cbec-note__back">{" ".join(back)}</span>'
                f"{note_html(found[0]['about'])}</li>"
            )
        notes = f'<ol class="cbec-notes">{"".join(items)}</ol>'
        what = translated("The {count} numbers of this page, with what each rests on")
        place.replace_self(raw(disclosure_html(what.format(count=len(items)), notes)))


def note_html(about: TextNumber) -> str:
    """Write the note of a number: paragraphs and lists."""
    if about.kind == "claim":
        return _claim(book_audit()[about.name])
    if about.kind == "verdicts":
        return _verdicts(about.name, about.text)
    rests_on = _rests_on(map(find, about.rows))
    match about.kind:
        case "input":
            return _head(about.text, f": {escape(find(about.name).label_en)}") + rests_on
        case "derivation":
            row = book_numbers().derivations[about.name]
            within = f" ({escape(about.within)})" if about.within else ""
            expression = f"<code>{escape(row.expression)}</code>"
            said = translated("Computed: {expression}").format(expression=expression)
            computed = f"<p>{said}</p>"
            return _head(about.text, f": {escape(row.label_en)}{within}") + computed + rests_on
        case _:
            words = translated(
                "{number}, computed by the code of this page from"
                if about.rows
                else "{number}, computed by the code of this page"
            )
            return f"<p>{words.format(number=_strong(about.text))}</p>{rests_on}"


def _head(value: str, words: str, language: str = "") -> str:
    return f"<p>{_strong(value, language)}{words}</p>"


def _strong(value: str, language: str = "") -> str:
    lang = f' lang="{language}"' if language else ""
    return f"<strong{lang}>{escape(value)}</strong>"


def _rests_on(entries: Iterable[Entry]) -> str:
    listed = list(entries)
    return sources_html(listed) if listed else ""


def _claim(result: ClaimAudit) -> str:
    claim, entry = result.claim, find(result.claim.id)
    badges = f"{verdict_html(result.arithmetic, result.code)} {verdict_html(result.evidence)}"
    label = claim_link(result.claim)
    if claim.printed is None:
        head = f"<p>{label} {badges}</p>"
    else:
        english = f", {escape(claim.english)}" if claim.english != claim.printed.text else ""
        # A parameter, all of a tax for instance, stands for itself; a centimetre for its order.
        is_point = claim.kind == "policy parameter" or claim.is_magnitude
        stands = translated(
            "{grade} by {source}" if is_point else "{grade} by {source}; stands for {range}"
        ).format(
            grade=plain_words(entry.evidence),
            source=source_html(entry),
            range=escape(interval_text(claim.interval(), claim.printed)),
        )
        head = _head(claim.printed.text, f"{english}: {label} {badges}", "zh-CN")
        head += f"<p>{stands}</p>"
    derived = ""
    if claim.derivation is not None:
        said = "Compares {derivation}"
        if result.recomputed_text:
            said = "Recomputed: {figure}, {derivation}"
            if result.bounds_text:
                said = "Recomputed: {figure}, {range} within rounding, {derivation}"
        words = translated(said).format(
            figure=escape(result.recomputed_text),
            range=escape(result.bounds_text),
            derivation=f"<code>{escape(claim.derivation_text)}</code>",
        )
        used = (find(name) for name in names(claim.derivation))
        derived = f"<p>{words}</p>" + _rests_on(used)
    items = [finding_html(finding, book_audit().ledger) for finding in result.findings]
    found = f"<p>{translated('Evidence:')}</p>{list_html(items)}" if items else ""
    return head + derived + found


def _verdicts(what: str, count: str) -> str:
    audit = book_audit()
    axis, _, verdict = what.partition("/")
    if verdict:
        chosen = [r for r in audit.claims if str(getattr(r, axis)) == verdict]
        badge = verdict_html(Arithmetic(verdict) if axis == "arithmetic" else Evidence(verdict))
        words, what = "{count} statistics: {what}", badge
    elif what == "claims":
        chosen, words = [], "{count} statistics, all in {what}"
        what = entry_link(audit.claims[0].claim.id, translated("the ledger"))
    else:
        chosen, words = (
            list(audit.cross_checks),
            "{count} cross-checks between printed figures hold",
        )
    links = [
        claim_link(r.claim) + (f" {verdict_html(r.arithmetic)}" if r.claim.is_cross_check else "")
        for r in chosen
    ]
    said = translated(words).format(count=_strong(count), what=what)
    return f"<p>{said}</p>" + (f"<p>{'; '.join(links)}</p>" if links else "")


def finding_html(finding: Finding, ledger: Ledger) -> str:
    """Write what one source says about a claim."""
    source = ledger.sources.get(finding.source)
    said = [plain_words(word) for word in (finding.finding, finding.grade)]
    words = ", ".join(dict.fromkeys(filter(None, (*said, finding.date))))
    text = f"<em>{escape(words)}</em>"
    if finding.note_en:
        text += f". {escape(finding.note_en)}"
    if source is not None:
        name = ", ".join(filter(None, (source.publisher, source.title, source.date)))
        text += f" {link_html(source.url, name)}"
    return text


def _element(node: number) -> tuple[str, dict[str, str]]:
    """Choose a link to the number's note, to where it leads otherwise, or neither."""
    hint = {"title": node["hint"]} if node.get("hint") else {}
    # The title of a section, with its numbers, is a link in a list of contents.
    if any(isinstance(above, nodes.reference) for above in ancestors(node)):
        return "span", hint
    if "position" in node:
        position = str(node["position"])
        link = {"href": f"#figure-{position}", "data-note": position, "CLASS": "cbec-number"}
        return "a", link | hint
    return ("a", {"href": node["refuri"]} | hint) if "refuri" in node else ("span", hint)


def visit_number_html(self: HTML5Translator, node: number) -> None:
    """Begin a number."""
    tag, attributes = _element(node)
    self.body.append(self.starttag(node, tag, "", **attributes))


def depart_number_html(self: HTML5Translator, node: number) -> None:
    """End a number."""
    self.body.append(f"</{_element(node)[0]}>")


def _pass(self: nodes.NodeVisitor, node: nodes.Node) -> None:
    """Write what is inside."""


def setup(app: Sphinx) -> None:
    """Add the node and the transform to Sphinx."""
    add_node(app, number, (visit_number_html, depart_number_html), (_pass, _pass))
    app.add_transform(CollectNotes)
