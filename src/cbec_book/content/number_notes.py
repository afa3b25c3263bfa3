"""What a note says about a number in prose: what it is, its range, and what it rests on."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from html import escape

from cbec.audit.ledger import Finding, Ledger
from cbec.audit.provenance import Entry, find
from cbec.audit.results import ClaimAudit
from cbec.audit.verdicts import Arithmetic, Evidence, verdict_html
from cbec.display.html import entry_link
from cbec.display.sources import source_html, sources_html
from cbec.figures.expression import names, parse
from cbec.figures.words import interval_text
from cbec_book.own_ledger import book_audit

__all__ = ["finding_html", "note_html"]


def note_html(about: Sequence[str]) -> str:
    """Write the note of a number.

    Parameters
    ----------
    about : sequence of str
        What the number is: ``("claim", id)`` for a printed figure and what is recomputed for it,
        ``("derive", expression, value, range)``, ``("computed", name, value, row, ...)``, or
        ``("verdicts", what, count)``.

    Returns
    -------
    str
        Paragraphs and lists.
    """
    kind, *rest = about
    match kind:
        case "claim":
            return _claim(book_audit()[rest[0]])
        case "derive":
            expression, value, span = rest
            used = [find(name) for name in names(parse(expression))]
            words = f", {escape(span)}" if span else ""
            return _head(value, f"{words}: <code>{escape(expression)}</code>") + _rests_on(used)
        case "computed":
            _, value, *rows = rest
            used = [find(name) for name in rows]
            words = ", computed by the code of this page"
            return _head(value, words + (" from" if used else "")) + _rests_on(used)
        case _:
            what, count = rest
            return _verdicts(what, count)


def _head(value: str, words: str, language: str = "") -> str:
    lang = f' lang="{language}"' if language else ""
    return f"<p><strong{lang}>{escape(value)}</strong>{words}</p>"


def _rests_on(entries: Iterable[Entry]) -> str:
    listed = list(entries)
    return sources_html(listed) if listed else ""


def _claim(result: ClaimAudit) -> str:
    claim, entry = result.claim, find(result.claim.id)
    badges = f"{verdict_html(result.arithmetic, result.code)} {verdict_html(result.evidence)}"
    label = _linked(result)
    if claim.printed is None:
        head = f"<p>{label} {badges}</p>"
    else:
        english = f", {escape(claim.english)}" if claim.english != claim.printed.text else ""
        # A parameter, all of a tax for instance, stands for itself; a centimetre for its order.
        is_point = claim.kind == "policy parameter" or claim.is_magnitude
        stands = (
            "" if is_point else f"; stands for {interval_text(claim.interval(), claim.printed)}"
        )
        head = _head(claim.printed.text, f"{english}: {label} {badges}", "zh-CN") + (
            f"<p>{escape(entry.evidence)} by {source_html(entry)}{escape(stands)}</p>"
        )
    derived = ""
    if claim.derivation is not None:
        within = f", {result.bounds_text} within rounding" if result.bounds_text else ""
        recomputed = f"Recomputed: {result.recomputed_text}{within}, "
        words = escape(recomputed if result.recomputed_text else "Compares ")
        used = (find(name) for name in names(claim.derivation))
        derived = f"<p>{words}<code>{escape(claim.derivation_text)}</code></p>" + _rests_on(used)
    items = [finding_html(finding, book_audit().ledger) for finding in result.findings]
    found = f"<p>Evidence:</p><ul>{_items(items)}</ul>" if items else ""
    return head + derived + found


def _linked(result: ClaimAudit) -> str:
    """Write what a claim measures, and when, linked to the ledger."""
    claim = result.claim
    return entry_link(claim.id, escape(claim.title))


def _verdicts(what: str, count: str) -> str:
    audit = book_audit()
    axis, _, verdict = what.partition(" ")
    if verdict:
        chosen = [r for r in audit.claims if str(getattr(r, axis)) == verdict]
        badge = verdict_html(Arithmetic(verdict) if axis == "arithmetic" else Evidence(verdict))
        words = f" statistics: {badge}"
    elif what == "claims":
        chosen, words = (
            [],
            f" statistics, all in {entry_link(audit.claims[0].claim.id, 'the ledger')}",
        )
    else:
        chosen = list(audit.cross_checks)
        words = " cross-checks between printed figures hold"
    links = [
        _linked(r) + (f" {verdict_html(r.arithmetic)}" if r.claim.is_cross_check else "")
        for r in chosen
    ]
    return _head(count, words) + (f"<p>{'; '.join(links)}</p>" if links else "")


def _items(items: Iterable[str]) -> str:
    return "".join(f"<li>{item}</li>" for item in items)


def finding_html(finding: Finding, ledger: Ledger) -> str:
    """Write what one source says about a claim."""
    source = ledger.sources.get(finding.source)
    told = filter(None, (finding.finding, finding.grade, finding.date))
    words = ", ".join(dict.fromkeys(told))
    text = f"<em>{escape(words)}</em>"
    if finding.note_en:
        text += f". {escape(finding.note_en)}"
    if source is not None:
        name = escape(", ".join(filter(None, (source.publisher, source.title, source.date))))
        link = f'<a href="{escape(source.url)}">{name}</a>' if source.url else name
        text += f" {link}"
    return text
