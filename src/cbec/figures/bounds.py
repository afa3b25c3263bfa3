"""Exact ranges of derivations over boxes of input intervals."""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from fractions import Fraction

from cbec.errors import ExpressionError, UndefinedError
from cbec.figures.expression import (
    Call,
    Comparison,
    Expression,
    Literal,
    Name,
    Text,
    names,
    occurrences,
)
from cbec.figures.interval import NEGATIVE, NOT_NEGATIVE, NOT_POSITIVE, POSITIVE, Interval
from cbec.figures.polynomial import Monomial, Ratio, add, constant, leading, multiply, variable
from cbec.figures.ratio_range import ratio_range
from cbec.figures.roots import root

# No derivation of a ledger comes near these; beyond them evaluation takes minutes.
_MOST_TERMS = 200
_MOST_YEARS = 50
# Where the difference of its sides lies if a comparison holds.
_REGIONS: Mapping[str, tuple[Interval, ...]] = {
    "=": (Interval.point(0),),
    "!=": (NEGATIVE, POSITIVE),
    "<": (NEGATIVE,),
    "<=": (NOT_POSITIVE,),
    ">": (POSITIVE,),
    ">=": (NOT_NEGATIVE,),
}


def bounds(expression: Expression, box: Mapping[str, Interval]) -> Interval:
    """Return the exact range of an expression over a box of input intervals.

    It is sharp, with open ends where they aren't reached. Roots are irrational in general: their
    ends are enclosed by rationals that differ by less than any figure of a ledger can resolve.

    Parameters
    ----------
    expression : Expression
        Anything but a comparison or a quoted name.
    box : mapping of str to Interval
        The interval of each input, in base units.

    Raises
    ------
    UndefinedError
        If a divisor may be zero, or growth or a multiple is taken from a base that may be zero or
        negative.
    ExpressionError
        If an input is unknown, or the range isn't reached at corners.

    Examples
    --------
    >>> from cbec.figures.expression import parse
    >>> from cbec.figures.printed import parse_printed
    >>> box = {"new": parse_printed("3.96").interval(), "old": parse_printed("3.61").interval()}
    >>> growth = bounds(parse("growth(new, old)"), box)
    >>> f"{float(growth.lower):.5f} to {float(growth.upper):.5f}"
    '0.09405 to 0.09986'

    A part that also stands in the whole is one number, not two:

    >>> share = bounds(parse("share(a, sum(a, b))"), {"a": Interval(1, 3), "b": Interval(1, 1)})
    >>> print(share)
    [1/2, 3/4]
    """
    if isinstance(expression, Comparison):
        raise ExpressionError("a comparison is true or false and has no bounds; use truth()")
    if isinstance(expression, Call) and expression.function == "rank":
        return _rank_bounds(expression, box)
    return _Compiler(expression, box).range()


@dataclass(frozen=True)
class Truth:
    """Whether a comparison holds for some and for all values of its inputs."""

    possible: bool
    certain: bool


def truth(comparison: Comparison, box: Mapping[str, Interval]) -> Truth:
    """Tell whether a comparison can hold, and whether it must, over a box of input intervals.

    Examples
    --------
    >>> from cbec.figures.expression import parse
    >>> truth(parse("sum(a, b) <= 10"), {"a": Interval(1, 5), "b": Interval(2, 6)})
    Truth(possible=True, certain=False)
    """
    difference = bounds(comparison.difference, box)
    regions = _REGIONS[comparison.comparator]
    return Truth(
        possible=any(difference.meets(region) for region in regions),
        certain=any(difference.within(region) for region in regions),
    )


def linear_terms(comparison: Comparison) -> dict[str, Fraction] | None:
    """Return the coefficients of an identity ``0 = sum of coefficient * input``.

    ``None`` unless the comparison is an equality, linear in its inputs and without a constant.

    Examples
    --------
    >>> from cbec.figures.expression import parse
    >>> sorted(linear_terms(parse("sum(a, b) = c")).items())
    [('a', Fraction(1, 1)), ('b', Fraction(1, 1)), ('c', Fraction(-1, 1))]
    """
    if comparison.comparator != "=":
        return None
    unit = Interval(Fraction(1), Fraction(2))
    try:
        ratio = _Compiler(comparison.difference, dict.fromkeys(names(comparison), unit)).ratio
    except ExpressionError:
        return None
    # A root or a rank is an input of its own to the polynomial, yet not a figure.
    figures: dict[Monomial, str] = {((name, 1),): name for name in names(comparison)}
    if set(ratio.denominator) != {()} or not ratio.numerator.keys() <= figures.keys():
        return None
    divisor = ratio.denominator[()]
    return {figures[monomial]: c / divisor for monomial, c in ratio.numerator.items()}


def inverse_bounds(
    expression: Expression, box: Mapping[str, Interval], unknown: str, target: Interval
) -> Interval | None:
    """Return the values of one input, the others in the box, for which the target can be met.

    They have the unknown's own sign; ``None`` where the expression is not a ratio of linear
    functions of it, the values can't be bounded, or there is none.

    Parameters
    ----------
    expression : Expression
        A derivation without roots, ranks or comparisons.
    box : mapping of str to Interval
        The input intervals; that of ``unknown`` only tells its sign.
    unknown : str
        The input to solve for.
    target : Interval
        The range that the expression should reach.

    Examples
    --------
    >>> from cbec.figures.expression import parse
    >>> box = {"a": Interval(2, 2), "b": Interval(1, 1)}
    >>> print(inverse_bounds(parse("growth(a, b)"), box, "a", Interval(Fraction(1, 2), 1)))
    [3/2, 2]
    """
    goal = "\0goal"
    try:
        compiled = _Compiler(expression, box, unknown)
        ratio, inputs = compiled.ratio, {**compiled.box, goal: target}
        if ratio.degree(unknown) != 1:
            return None
        # numerator - goal * denominator = slope * unknown + intercept = 0
        aim = multiply(variable(goal), ratio.denominator)
        line = add(ratio.numerator, multiply(aim, constant(-1)))
        slope, intercept = leading(line, unknown, 1), leading(line, unknown, 0)
        if Fraction(0) in ratio_range(Ratio(slope), inputs):
            return None
        found = ratio_range(Ratio(multiply(intercept, constant(-1)), slope), inputs)
    except ExpressionError:
        return None
    own = box[unknown]
    if own.within(NOT_NEGATIVE):
        return found.intersection(POSITIVE)
    return found.intersection(NEGATIVE) if own.within(NOT_POSITIVE) else found


def _varying(expression: Expression, box: Mapping[str, Interval]) -> Iterator[str]:
    """Return the ids whose interval holds more than one number, as often as they occur."""
    return (name for name in occurrences(expression) if name not in box or not box[name].is_point)


class _Compiler:
    """Turns an expression into a ratio of polynomials.

    Roots and ranks become inputs of their own, so the box grows by them. Inputs that are points
    become numbers, except for ``symbol``.
    """

    def __init__(
        self, expression: Expression, box: Mapping[str, Interval], symbol: str = ""
    ) -> None:
        self.expression, self.box, self.symbol = expression, dict(box), symbol
        self.ratio = self._build(expression)

    def range(self) -> Interval:
        return ratio_range(self.ratio, self.box)

    def _build(self, node: Expression) -> Ratio:
        match node:
            case Name(id):
                return self._input(id)
            case Literal(value):
                return Ratio(constant(value))
            case Text(text):
                raise ExpressionError(f"the quoted name {text!r} can only be counted")
            case Comparison():
                raise ExpressionError("a comparison can't stand inside another expression")
        match node.function:
            case "count":
                return Ratio(constant(len(node.arguments)))
            case "sum":
                parts = map(self._build, node.arguments)
                return functools.reduce(lambda total, part: _limited(total.plus(part)), parts)
            case "rank":
                return self._opaque(node, _rank_bounds)
            case "cagr" | "annualise":
                return self._opaque(node, _root_bounds)
        return _limited(self._binary(node))

    def _input(self, id: str) -> Ratio:
        if id not in self.box:
            raise ExpressionError(f"unknown id {id!r}; give it a row or mend its spelling")
        interval = self.box[id]
        if interval.is_point and interval.lower is not None and id != self.symbol:
            return Ratio(constant(interval.lower))
        return Ratio(variable(id))

    def _binary(self, node: Call) -> Ratio:
        first, second = map(self._build, node.arguments)
        if node.function == "difference":
            return first.plus(second.times(Fraction(-1)))
        divisor = ratio_range(second, self.box)
        if node.function in {"growth", "multiple"}:
            _require_base(node, divisor)
        elif Fraction(0) in divisor:
            raise UndefinedError(
                f"the divisor of {node.function}, {_shown(node.arguments[1])}, may be zero"
            )
        quotient = first.over(second)
        return quotient.plus(Ratio(constant(-1))) if node.function == "growth" else quotient

    def _opaque(
        self, node: Call, evaluated: Callable[[Call, Mapping[str, Interval]], Interval]
    ) -> Ratio:
        used, everywhere = list(_varying(node, self.box)), list(occurrences(self.expression))
        if shared := [id for id in used if everywhere.count(id) > used.count(id)]:
            raise ExpressionError(
                f"{shared[0]!r} is an input of {node.function} and used outside of it as well, "
                "so the bounds would not be sharp; write it so that the inputs of "
                f"{node.function} stand nowhere else"
            )
        name = f"\0{node.function}{len(self.box)}"
        self.box[name] = evaluated(node, self.box)
        return Ratio(variable(name))


def _limited(ratio: Ratio) -> Ratio:
    if max(len(ratio.numerator), len(ratio.denominator)) > _MOST_TERMS:
        raise ExpressionError("the derivation has too many terms; write two derivations")
    return ratio


def _rank_bounds(call: Call, box: Mapping[str, Interval]) -> Interval:
    """Return the best and the worst rank of the first argument among all."""
    first, *others = call.arguments
    varying = [name for argument in call.arguments for name in set(_varying(argument, box))]
    if len(varying) > len(set(varying)):
        raise ExpressionError(
            "an input of rank stands in two of its arguments, and its bounds would not be sharp; "
            "compare the two in a derivation of their own"
        )
    better = [truth(Comparison(other, ">", first), box) for other in others]
    return Interval(
        Fraction(1 + sum(t.certain for t in better)), Fraction(1 + sum(t.possible for t in better))
    )


def _require_base(call: Call, base: Interval) -> None:
    """Refuse growth from a base that isn't positive: no convention for it is shared."""
    if base.within(POSITIVE):
        return
    state = "may be zero or negative"
    if base.within(NOT_NEGATIVE):
        state = "is zero" if base.is_point else "may be zero"
    elif base.within(NOT_POSITIVE):
        state = "is zero or negative" if Fraction(0) in base else "is negative"
    raise UndefinedError(f"the base of {call.function}, {_shown(call.arguments[1])}, {state}")


def _shown(expression: Expression) -> str:
    """Name a part of a derivation in a message."""
    match expression:
        case Name(id):
            return id
        case Literal(value, _):
            return str(value)
        case Call(function, _):
            return f"{function}(…)"
    return "a comparison or a quoted name"


def _root_bounds(call: Call, box: Mapping[str, Interval]) -> Interval:
    """Return the range of a growth rate per year; the root is increasing, so ends map to ends."""
    years = bounds(call.arguments[-1], box)
    if years.lower is None or not years.is_point or years.lower.denominator != 1 or years.lower < 1:
        raise ExpressionError(
            f"{call.function} needs a whole number of years, not {years}; write one from 1, or "
            "give a claim that is printed as 3年 or 3 years the kind duration"
        )
    degree = int(years.lower)
    if degree > _MOST_YEARS:
        raise ExpressionError(f"{call.function} takes at most {_MOST_YEARS} years, not {degree}")
    if call.function == "cagr":
        _require_base(call, bounds(call.arguments[1], box))
        factor = bounds(Call("ratio", call.arguments[:2]), box)
    else:
        factor = bounds(call.arguments[0], box).shifted(Fraction(1))
    if factor.lower is None or factor.lower < 0:
        raise UndefinedError(
            f"{call.function} is a root, and what it is taken of may be negative: "
            f"{_shown(call.arguments[0])}"
        )
    low, low_exact = root(factor.lower, degree, up=False)
    high, high_exact = (
        (None, False) if factor.upper is None else root(factor.upper, degree, up=True)
    )
    # A point keeps closed ends: its enclosure holds the irrational root itself.
    left = factor.is_point or (factor.lower_closed and low_exact)
    right = factor.is_point or (factor.upper_closed and high_exact)
    return Interval(low, high, left, right).shifted(Fraction(-1))
