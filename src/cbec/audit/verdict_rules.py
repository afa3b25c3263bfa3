"""The audit: whether each figure follows from its inputs, and whether a source bears it.

Two axes that are never mixed. **Arithmetic** compares the interval of the printed figure with the
interval recomputed from the printed inputs, under one rounding rule at a time for both.
**Evidence** reads the findings of the ledger. An inconsistency never says which figure is wrong:
it lists the candidates.
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import replace
from fractions import Fraction
from types import MappingProxyType
from typing import TypeVar

from cbec.audit.ledger import Claim, Finding, Ledger
from cbec.audit.results import Audit, Candidate, Check, ClaimAudit
from cbec.audit.verdicts import Arithmetic, Evidence
from cbec.errors import CbecError, ExpressionError, LedgerError, UndefinedError
from cbec.figures.bounds import bounds, inverse_bounds, linear_terms, truth
from cbec.figures.expression import Call, Comparison, Expression, Text, names
from cbec.figures.in_words import interval_text
from cbec.figures.interval import NEGATIVE, POSITIVE, Interval
from cbec.figures.polynomial import Ratio
from cbec.figures.ratio_range import ratio_range
from cbec.figures.rounding import Rule

_T = TypeVar("_T")

# Nobody publishes statistics rounded up throughout: where only that agrees, it is a remark.
_PUBLISHED = frozenset(Rule) - {Rule.CEILING}
_ROUNDED_UP = (
    "rounding up throughout would reconcile the figures; nobody publishes statistics so, and the "
    "verdict stays"
)


@functools.lru_cache(maxsize=8)
def audit_ledger(ledger: Ledger) -> Audit:
    r"""Give every claim of a ledger its two verdicts.

    Parameters
    ----------
    ledger : Ledger
        As `cbec.read_ledger` returns it.

    Returns
    -------
    Audit
        By id, one result for each claim and cross-check, in the ledger's order; `Audit.to_frame`
        makes a table of them.

    Notes
    -----
    The rulings are those of the reference page on verdicts. With :math:`P_r` the interval of the
    printed figure and :math:`R_r` the sharp range of its derivation, inputs and output both under
    rounding rule :math:`r`, a figure is *exact* if the derivation at face values lies in
    :math:`P_r` for half-up, that is, rounds to the printed text, *rounding* if
    :math:`P_r \cap R_r \neq \emptyset` for half-up, *rounding-rule* if only for half-even,
    truncation or floor, else *inconsistent*; *wide* overrides the first two where :math:`R` is
    wider than the printed value itself and doesn't lie inside of :math:`P`.

    Examples
    --------
    >>> from cbec.audit.ledger_reader import read_ledger
    >>> result = audit_ledger(read_ledger())["import-growth-2024"]
    >>> str(result.arithmetic), result.recomputed_text, result.bounds_text
    ('rounding', '9.70%', '9.405 to 9.986%')
    """
    identities = _identities(ledger)
    return Audit(ledger, tuple(_audit_claim(c, ledger, identities) for c in ledger.claims.values()))


def check(claim: Claim, expression: Expression, text: str, ledger: Ledger) -> Check:
    """Hold one derivation against one claim; its text is what a report shows of it.

    A derivation without a value has the verdict ``not-derivable``, one that can't be evaluated
    ``failed``; both say why.
    """
    try:
        if isinstance(expression, Comparison):
            return _check_comparison(expression, text, ledger)
        return _check_value(claim, expression, text, ledger)
    except UndefinedError as error:
        return Check(text, Arithmetic.NOT_DERIVABLE, {}, reason=str(error))
    except CbecError as error:
        return Check(text, Arithmetic.FAILED, {}, reason=str(error))


# Arithmetic ----------------------------------------------------------------------------------


def _check_value(claim: Claim, expression: Expression, text: str, ledger: Ledger) -> Check:
    printed = claim.printed
    if printed is None:
        raise LedgerError(f"{claim.id!r} prints no figure to hold a value against")
    used = names(expression)
    recomputed = _by_rule(lambda rule: bounds(expression, ledger.box(used, rule)))
    face = ledger.at_face(expression)
    rules = tuple(rule for rule in recomputed if recomputed[rule].meets(claim.interval(rule)))
    half_up, is_threshold = recomputed[Rule.HALF_UP], claim.comparator != "="
    inside = half_up.within(claim.interval())
    exact = inside if is_threshold else face is not None and face in claim.interval()
    verdict = Arithmetic.EXACT if exact else _agreement(rules)
    is_wide = half_up.width is None or half_up.width > abs(printed.value)
    agrees = verdict in {Arithmetic.EXACT, Arithmetic.ROUNDING}
    if agrees and is_wide and not inside and not is_threshold:
        verdict = Arithmetic.WIDE
    remarks = _rounded_up(verdict, rules)
    missed = verdict in {Arithmetic.INCONSISTENT, Arithmetic.ROUNDING_RULE}
    if missed and isinstance(expression, Call) and face is not None:
        remarks += tuple(_to_or_by(claim, expression.function, half_up, face))
    if verdict is Arithmetic.INCONSISTENT and _crosses(claim, recomputed):
        verdict = Arithmetic.DECISION
    return Check(text, verdict, recomputed, face, rules, remarks=remarks)


def _check_comparison(comparison: Comparison, text: str, ledger: Ledger) -> Check:
    used = names(comparison)
    found = _by_rule(lambda rule: truth(comparison, ledger.box(used, rule)))
    rules = tuple(rule for rule in found if found[rule].possible)
    is_equality = comparison.comparator == "="
    exact = truth(comparison, ledger.faces(used)) if is_equality else found[Rule.HALF_UP]
    verdict = Arithmetic.EXACT if exact.certain else _agreement(rules)
    remarks = _rounded_up(verdict, rules)
    has_sides = comparison.comparator in {"<", "<=", ">", ">="}
    if verdict is Arithmetic.INCONSISTENT and has_sides and found.keys() >= _PUBLISHED:
        verdict = Arithmetic.DECISION
    return Check(text, verdict, {}, None, rules, remarks=remarks)


def _by_rule(evaluated: Callable[[Rule], _T]) -> Mapping[Rule, _T]:
    """Evaluate under each rounding rule; half-up needs a range, a rule without one is left out."""
    found = {}
    for rule in Rule:
        try:
            found[rule] = evaluated(rule)
        except ExpressionError:
            if rule is Rule.HALF_UP:
                raise
    return MappingProxyType(found)


def _agreement(rules: Sequence[Rule]) -> Arithmetic:
    """Return the verdict where figure and inputs agree under these rules, and not to the digit."""
    if not any(rule in _PUBLISHED for rule in rules):
        return Arithmetic.INCONSISTENT
    return Arithmetic.ROUNDING if Rule.HALF_UP in rules else Arithmetic.ROUNDING_RULE


def _rounded_up(verdict: Arithmetic, rules: Sequence[Rule]) -> tuple[str, ...]:
    """Say if rounding up would reconcile figures that nothing else does; it excuses none."""
    told = verdict is Arithmetic.INCONSISTENT and Rule.CEILING in rules
    return (_ROUNDED_UP,) if told else ()


def _to_or_by(claim: Claim, function: str, half_up: Interval, face: Fraction) -> Iterator[str]:
    """Say if growth *to* a multiple is printed for growth *by* it, or the other way round."""
    shift = {"growth": Fraction(1), "multiple": Fraction(-1)}.get(function)
    printed = claim.printed
    if shift is None or printed is None or claim.comparator != "=":
        return
    by, to = sorted([face, face + shift])
    if to < 0 or not half_up.shifted(shift).meets(claim.interval()):
        return
    unit = {Fraction(1, 100): "%", Fraction(1): " times"}.get(printed.scale, printed.tail)
    plain = replace(printed, sign="", spelled=False)
    to_text, by_text = (plain.reprint(value) for value in (to, abs(by)))
    numbers = [text.removesuffix(printed.tail) for text in (to_text, by_text)]
    moved, moved_zh = ("fell", "下降") if by < 0 else ("grew", "增长")
    yield (
        f"at face values the levels {moved} to {numbers[0]}{unit} and by {numbers[1]}{unit} "
        f"({moved_zh}到{to_text}, {moved_zh}{by_text}); the printed figure agrees with the "
        f"{'former' if function == 'growth' else 'latter'}"
    )


def _crosses(claim: Claim, recomputed: Mapping[Rule, Interval]) -> bool:
    """Whether the whole recomputed range contradicts the stated threshold, rank or sign.

    Zero has no sign, and a published rule without a value leaves the range open.
    """
    if not recomputed.keys() >= _PUBLISHED:
        return False
    if claim.comparator != "=" or claim.kind == "rank":
        return True
    if claim.kind != "growth" or claim.printed is None or claim.printed.value == 0:
        return False
    other_side = NEGATIVE if claim.printed.value > 0 else POSITIVE
    return all(recomputed[rule].within(other_side) for rule in _PUBLISHED)


def _identities(ledger: Ledger) -> list[dict[str, Fraction]]:
    found = [
        linear_terms(claim.derivation)
        for claim in ledger.claims.values()
        if claim.is_cross_check and isinstance(claim.derivation, Comparison)
    ]
    return [terms for terms in found if terms]


def _narrowed(
    box: dict[str, Interval], identities: list[dict[str, Fraction]], ledger: Ledger
) -> dict[str, Interval]:
    """Narrow each input to what the identities leave, until nothing changes."""
    box = dict(box)
    for _ in range(10):
        before = dict(box)
        for terms in identities:
            if not terms.keys() & box.keys():
                continue
            box = {**ledger.box(tuple(terms)), **box}
            for name, coefficient in terms.items():
                others = {id: -f / coefficient for id, f in terms.items() if id != name}
                if all(box[id].width is not None for id in others):
                    rest = ratio_range(Ratio({((id, 1),): f for id, f in others.items()}), box)
                    box[name] = box[name].intersection(rest) or box[name]
        if box == before:
            break
    return box


def _audit_claim(claim: Claim, ledger: Ledger, identities: list[dict[str, Fraction]]) -> ClaimAudit:
    findings = tuple(f for f in ledger.findings if f.claim == claim.id)
    found = ClaimAudit(
        claim,
        Arithmetic.NOT_DERIVABLE,
        _evidence(claim, findings, ledger),
        code=claim.code,
        alternatives=tuple(
            (a, check(claim, a.expression, a.text, ledger))
            for a in ledger.alternatives
            if a.claim == claim.id
        ),
        findings=findings,
    )
    if claim.derivation is None:
        return found
    primary = check(claim, claim.derivation, claim.derivation_text, ledger)
    joint = None
    if primary.recomputed:
        narrowed = _narrowed(ledger.box(names(claim.derivation)), identities, ledger)
        # Narrowing may bring the ends of a quotient together at zero; then there is no bound.
        with suppress(ExpressionError):
            second = bounds(claim.derivation, narrowed)
            joint = second if second != primary.recomputed[Rule.HALF_UP] else None
    inconsistent = primary.verdict in {Arithmetic.INCONSISTENT, Arithmetic.DECISION}
    return replace(
        found,
        arithmetic=primary.verdict,
        code="undefined" if primary.verdict is Arithmetic.NOT_DERIVABLE else "",
        primary=primary,
        joint=joint,
        candidates=tuple(_candidates(claim, primary, ledger)) if inconsistent else (),
    )


def _candidates(claim: Claim, primary: Check, ledger: Ledger) -> Iterator[Candidate]:
    """List what each figure alone would have to be."""
    derivation = claim.derivation
    assert derivation is not None
    if claim.printed is not None:
        text = interval_text(primary.recomputed[Rule.HALF_UP], claim.printed)
        yield Candidate(claim.id, claim.printed.text, text)
    target = None
    if isinstance(derivation, Comparison):
        target = Interval.point(0) if derivation.comparator == "=" else None
        derivation = derivation.difference
    elif claim.comparator == "=":
        target = claim.interval()
    box = ledger.box(names(derivation))
    for name in box:
        printed = ledger.figure(name).printed
        if printed is not None:
            needed = inverse_bounds(derivation, box, name, target) if target else None
            text = interval_text(needed, printed) if needed else "no value that could be derived"
            yield Candidate(name, printed.text, text)


# Evidence ------------------------------------------------------------------------------------


def _evidence(claim: Claim, findings: tuple[Finding, ...], ledger: Ledger) -> Evidence:
    """Return the verdict of the findings, by the precedence of the reference page on verdicts.

    Findings graded ``unconfirmed`` bear nothing. Two sources are independent if they have different
    origins; a figure that we ``derived`` has no origin of its own.
    """
    if claim.kind == "policy parameter":
        return Evidence.PROPOSAL
    if _rests_on_own_text(claim, ledger):
        return Evidence.OWN_TEXT
    kinds = {f.finding for f in findings if f.grade != "unconfirmed" or f.finding == "not-found"}
    if "contradicts" in kinds:
        disputed = bool(kinds & {"supports", "earlier-origin"})
        return Evidence.DISPUTED if disputed else Evidence.CONTRADICTED
    for finding, verdict in (
        ("cannot-bear", Evidence.MISATTRIBUTED),
        ("not-found", Evidence.UNTRACED),
        ("earlier-origin", Evidence.RELAYED),
    ):
        if finding in kinds:
            return verdict
    if "supports" not in kinds:
        return Evidence.NOT_CHECKED
    origins = {
        ledger.sources[f.source].origin
        for f in findings
        if f.finding == "supports"
        and f.grade not in {"unconfirmed", "derived"}
        and f.source in ledger.sources
    }
    independent = len(origins - {""}) > 1
    return Evidence.CONFIRMED if independent else Evidence.SINGLE_SOURCE


def _rests_on_own_text(claim: Claim, ledger: Ledger) -> bool:
    """Whether the paper's own text decides: a count of names, or a check of its own figures."""
    derivation = claim.derivation
    if claim.is_cross_check and derivation is not None:
        return all(name in ledger.claims for name in names(derivation))
    return (
        isinstance(derivation, Call)
        and derivation.function == "count"
        and all(isinstance(argument, Text) for argument in derivation.arguments)
    )
