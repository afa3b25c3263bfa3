"""Roles that put the ledger's figures and verdicts into prose, so that nobody types a number.

``{claim}`id```
    The figure in English with the symbol of its main verdict, linked to its entry in the ledger;
    the words of both verdicts on hover and on focus.
``{recomputed}`id```, ``{bounds}`id```
    The value at face values, and the bounds under half-up.
``{verdicts}`arithmetic exact```
    How many printed statistics have a verdict, always with the denominator.
``{derive}`growth(a, b); 1; %```
    A derivation at face values, with decimals and unit; its bounds appear on hover.
``{derive}`growth(a, b); 1; %; bounds```
    Its bounds; the value appears on hover.
``{computed}`name```
    A number that the notebook kept with `cbec.display.notebook.computed`.
``{evidence-date}`latest```
    The day of the latest search for a source, as of which the evidence stands.

On a page with ``{figures-used}`` each number links to its note there.
"""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from functools import partial
from html import escape

from docutils import nodes
from sphinx.util.docutils import SphinxRole

from cbec.audit.results import ClaimAudit
from cbec.audit.verdicts import Arithmetic, Evidence
from cbec.display.notebook import TRACE_MIME
from cbec.errors import CbecError, ExpressionError, did_you_mean
from cbec.figures.expression import parse
from cbec.figures.rounding import Rule, decimal_text
from cbec.figures.units import parse_unit
from cbec_book.content.html_pieces import raw, symbol_html
from cbec_book.content.numbers import number
from cbec_book.content.searches_and_counts import searches
from cbec_book.ledger_links import book_audit, entry_address, find, note_data

_DERIVED = ["cbec-derived"]


class _Role(SphinxRole):
    """A role made of a function from text and document to a node."""

    def __init__(self, build: Callable[[str, nodes.document], nodes.Node]) -> None:
        self.build = build

    def run(self) -> tuple[list[nodes.Node], list[nodes.system_message]]:
        """Return the node; a wrong id is a warning with its place."""
        try:
            note_data(self.env)
            return [self.build(self.text.strip(), self.inliner.document)], []
        except CbecError as error:
            report = self.inliner.reporter.error
            message = report(f"{self.name}: {error}", line=self.lineno)
            return [self.inliner.problematic(self.rawtext, self.rawtext, message)], [message]


def _claim(id: str, document: nodes.document) -> nodes.Node:
    result = book_audit()[id]
    claim, main = result.claim, main_verdict(result)
    words = f"{result.arithmetic.label_en}, {result.evidence.label_en}"
    # A screen reader reads the words after the figure; the style shows them beside the symbol.
    badge = f'<span class="visually-hidden"> ({escape(words)})</span> {symbol_html(main, words)}'
    figure = number(
        "", claim.english or claim.label_en, about=("claim", id), classes=["cbec-claim"]
    )
    figure += raw(badge)
    return _led(figure, id, document)


def _led(figure: number, id: str, document: nodes.document) -> number:
    """Let a number lead to the ledger where its page has no notes."""
    figure["refuri"] = entry_address("claim", id, document.settings.env.docname)
    return figure


def main_verdict(result: ClaimAudit) -> Arithmetic | Evidence:
    """Return the verdict to show where there is room for one.

    The arithmetic where the figure can be recomputed, the evidence where it can't.
    """
    if result.arithmetic is Arithmetic.NOT_DERIVABLE:
        return result.evidence
    return result.arithmetic


def _recomputed(text: str, id: str, document: nodes.document) -> nodes.Node:
    """Return one of the texts of what is recomputed for a figure."""
    shown = getattr(book_audit()[id], text)
    if not shown:
        raise ExpressionError(f"{id!r} has no recomputed value; use the claim role for it")
    return _led(number("", shown, about=("claim", id)), id, document)


def _verdicts(text: str, _: nodes.document) -> nodes.Node:
    audit = book_audit()
    axis, __, verdict = text.partition(" ")
    counts = audit.counts(axis) if axis in {"arithmetic", "evidence"} else {}
    if text == "claims":
        count = str(len(audit.claims))
    elif text == "cross-checks":
        count = f"{len(audit.holding)} of {len(audit.cross_checks)}"
    elif verdict in counts:
        count = f"{counts[verdict]} of {len(audit.claims)}"
    else:
        raise ExpressionError(
            f"{text!r} names no verdict; write claims, cross-checks, or an axis and a verdict, "
            "such as evidence relayed"
        )
    return number("", count, about=("verdicts", text, count))


def _derive(text: str, _: nodes.document) -> nodes.Node:
    parts = [part.strip() for part in text.split(";")]
    expression_text, decimals, unit, form = (*parts, "", "", "")[:4]
    if len(parts) > 4 or not decimals.isdecimal() or form not in {"", "bounds"}:
        raise ExpressionError(f"{text!r} is not of the form: derivation; decimals; unit; bounds")
    ledger = book_audit().ledger
    value, interval = ledger.derive(expression_text)
    dimension = ledger.measured(parse(expression_text))
    if unit and dimension not in {parse_unit(unit).dimension, "any"}:
        raise ExpressionError(f"{expression_text!r} gives {dimension}, not {unit!r}; mend the unit")
    scale = parse_unit(unit).factor
    down = up = Rule.HALF_UP
    if value is None:  # the ends of a threshold stay true only if they are rounded outward
        if interval.upper is not None and form != "bounds":
            raise ExpressionError(f"{expression_text!r} has no single value; add '; bounds'")
        value, down, up = interval.lower, Rule.FLOOR, Rule.CEILING
    gap = "" if unit in {"", "%", "倍"} else " "

    def write(end: Fraction | None, rule: Rule, digits: int = int(decimals)) -> str:
        if end is None:
            return "∞"
        return decimal_text(end / scale, digits, grouped=True, rule=rule).replace("-", "−")

    def write_range(digits: int) -> str:
        ends = write(interval.lower, down, digits), write(interval.upper, up, digits)
        return f"{' to '.join(ends)}{gap}{unit}" if ends[0] != ends[1] else ""

    shown = f"{write(value, down)}{gap}{unit}"
    span = write_range(int(decimals)) or shown
    # With one digit more than the number has, and with more if its ends look alike; a root is
    # enclosed and not rounded, so that its ends look alike for long.
    finer = next(filter(None, map(write_range, range(int(decimals) + 1, int(decimals) + 4))), "")
    within = f"{finer}, within rounding" if finer else ""
    about = ("derive", expression_text, shown, within)
    if form == "bounds":
        return number("", span, about=about, hint=f"at face values {shown}", classes=_DERIVED)
    return number("", shown, about=about, hint=within, classes=_DERIVED)


def _computed(name: str, document: nodes.document) -> nodes.Node:
    # A translated paragraph is parsed in a document of its own, after the notebook's are gone.
    known = document.settings.env.temp_data.setdefault("cbec_computed", {})
    if "nb_renderer" in document:
        kept = document["nb_renderer"].renderer.nb_client.glue_data
        known |= {
            key: output["data"] for key, output in kept.items() if TRACE_MIME in output["data"]
        }
    if name not in known:
        hint = did_you_mean(name, known)
        raise ExpressionError(
            f"{name!r} was not computed on this page{hint}; a code cell keeps a number with "
            "cbec.display.notebook.computed(name, value, rows)"
        )
    text, rows = known[name]["text/plain"], known[name][TRACE_MIME]["rows"]
    for row in rows:
        find(row)  # a stored notebook may name a row that has gone
    return number("", text, about=("computed", name, text, *rows))


def _evidence_date(_: str, document: nodes.document) -> nodes.Node:
    return nodes.Text(searches()["date"].max())


#: The roles by name.
ROLES = {
    "claim": _Role(_claim),
    "recomputed": _Role(partial(_recomputed, "recomputed_text")),
    "bounds": _Role(partial(_recomputed, "bounds_text")),
    "verdicts": _Role(_verdicts),
    "derive": _Role(_derive),
    "computed": _Role(_computed),
    "evidence-date": _Role(_evidence_date),
}
