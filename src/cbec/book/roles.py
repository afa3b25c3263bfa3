"""Roles that put the ledger's figures and verdicts into prose, so that nobody types a number.

``{claim}`id```
    The figure in English, with its verdict and the printed text on hover, linked to its entry
    in the ledger.
``{recomputed}`id```, ``{bounds}`id```
    The value at face values, and the bounds under half-up.
``{verdicts}`arithmetic exact```
    How many printed statistics have a verdict, always with the denominator.
``{derive}`growth(a, b); 1; %```
    A derivation at face values, with decimals and unit; its bounds appear on hover.
``{derive}`growth(a, b); 1; %; bounds```
    Its bounds; the value appears on hover.
"""

from __future__ import annotations

from fractions import Fraction
from html import escape
from typing import TYPE_CHECKING, Any

from docutils import nodes
from docutils.parsers.rst.states import Inliner
from sphinx import addnodes

from cbec.audit import ClaimAudit
from cbec.book.audited import LEDGER_PAGE, book_audit, note_ledger
from cbec.errors import CbecError, ExpressionError
from cbec.rounding import Rule, decimal_text
from cbec.units import parse_unit
from cbec.verdicts import Arithmetic, Evidence, sense

if TYPE_CHECKING:
    from sphinx.application import Sphinx
    from sphinx.environment import BuildEnvironment

__all__ = ["main_verdict", "setup"]

_Result = tuple[list[nodes.Node], list[nodes.system_message]]


def setup(app: Sphinx) -> None:
    """Add the roles to Sphinx."""
    for name, text in (
        ("claim", _claim),
        ("recomputed", _recomputed),
        ("bounds", _bounds),
        ("verdicts", _verdicts),
        ("derive", _derive),
    ):
        app.add_role(name, _role(text))


def _role(build: Any) -> Any:
    """Wrap a function from text to nodes; a wrong id is a warning with its place."""

    def role(
        name: str,
        rawtext: str,
        text: str,
        lineno: int,
        inliner: Inliner,
        options: dict[str, Any] | None = None,
        content: list[str] | None = None,
    ) -> _Result:
        env = inliner.document.settings.env
        try:
            note_ledger(env)
            return build(text.strip(), env), []
        except CbecError as error:
            message = inliner.reporter.error(f"{name}: {error}", line=lineno)
            return [inliner.problematic(rawtext, rawtext, message)], [message]

    return role


def _claim(id: str, env: BuildEnvironment) -> list[nodes.Node]:
    result = book_audit()[id]
    claim = result.claim
    shown = sense(main_verdict(result))
    printed = f" (printed {claim.printed})" if claim.printed else ""
    title = f"{claim.label_en}{printed}: {shown.label_en}. {shown.meaning_en}"
    badge = (
        f' <span class="verdict verdict--{main_verdict(result)}" title="{escape(title)}">'
        f'<span aria-hidden="true">{shown.symbol}</span>'
        f'<span class="visually-hidden"> {escape(shown.label_en)}</span></span>'
    )
    address = env.app.builder.get_relative_uri(env.docname, LEDGER_PAGE)
    link = nodes.reference("", "", internal=True, refuri=f"{address}#claim-{id}")
    link["classes"].append("cbec-claim")
    link += [nodes.Text(claim.english or claim.label_en), nodes.raw("", badge, format="html")]
    return [link]


def main_verdict(result: ClaimAudit) -> Arithmetic | Evidence:
    """Return the verdict to show where there is room for one.

    The arithmetic where the figure can be recomputed, the evidence where it can't.
    """
    if result.arithmetic is Arithmetic.NOT_DERIVABLE:
        return result.evidence
    return result.arithmetic


def _recomputed(id: str, _: BuildEnvironment) -> list[nodes.Node]:
    return [nodes.Text(_given(book_audit()[id].recomputed_text, id))]


def _bounds(id: str, _: BuildEnvironment) -> list[nodes.Node]:
    return [nodes.Text(_given(book_audit()[id].bounds_text, id))]


def _given(text: str, id: str) -> str:
    if not text:
        raise ExpressionError(f"{id!r} has no recomputed value; use the claim role for it")
    return text


def _verdicts(text: str, _env: BuildEnvironment) -> list[nodes.Node]:
    result = book_audit()
    if text == "claims":
        return [nodes.Text(str(len(result.claims)))]
    if text == "cross-checks":
        holding = len(result.cross_checks) - sum(r in result.failing for r in result.cross_checks)
        return [nodes.Text(f"{holding} of {len(result.cross_checks)}")]
    axis, _, verdict = text.partition(" ")
    counts = result.counts(axis) if axis in {"arithmetic", "evidence"} else {}
    if verdict not in counts:
        raise ExpressionError(
            f"{text!r} names no verdict; write claims, cross-checks, or an axis and a verdict, "
            "such as evidence relayed"
        )
    return [nodes.Text(f"{counts[verdict]} of {len(result.claims)}")]


def _derive(text: str, _: BuildEnvironment) -> list[nodes.Node]:
    parts = [part.strip() for part in text.split(";")]
    expression_text, decimals, unit, form = (*parts, "", "", "")[:4]
    if len(parts) > 4 or not decimals.isdecimal() or form not in {"", "bounds"}:
        raise ExpressionError(f"{text!r} is not of the form: derivation; decimals; unit; bounds")
    ledger = book_audit().ledger
    dimension = ledger.dimension(expression_text)
    if unit and dimension not in {parse_unit(unit).dimension, "any"}:
        raise ExpressionError(f"{expression_text!r} gives {dimension}, not {unit!r}; mend the unit")
    scale = parse_unit(unit).factor
    value, interval = ledger.derive(expression_text)
    rule = Rule.HALF_UP
    if value is None:  # a lower end stays true only if it is rounded down
        value, rule = interval.lower, Rule.FLOOR
    gap = "" if unit in {"", "%", "倍"} else " "

    def number(end: Fraction | None) -> str:
        if end is None:
            return "∞"
        return decimal_text(end / scale, int(decimals), grouped=True, rule=rule).replace("-", "−")

    span = f"{number(interval.lower)} to {number(interval.upper)}{gap}{unit}"
    shown, title = f"{number(value)}{gap}{unit}", f"{span}, within rounding"
    if form == "bounds":
        shown, title = span, f"at face values {shown}"
    html = f'<span class="cbec-derived" title="{escape(title)}">{escape(shown)}</span>'
    # Builders other than HTML's take the plain text.
    return [
        nodes.raw("", html, format="html"),
        addnodes.only("", nodes.Text(shown), expr="not html"),
    ]
