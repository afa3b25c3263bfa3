"""Exact ranges of derivations over boxes of input intervals."""

from __future__ import annotations

import itertools
import math
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
    _walk_names,
    names,
)
from cbec.figures.interval import Interval
from cbec.figures.polynomial import (
    Polynomial,
    Ratio,
    add,
    constant,
    degree_in,
    derivative,
    evaluate,
    leading,
    multiply,
    sign_over,
    substitute,
)

__all__ = ["Truth", "bounds", "inverse_bounds", "linear_terms", "truth"]

# An expression with more inputs of unknown direction than this has too many corners to visit.
_MOST_OPEN_INPUTS = 10
# No derivation of a ledger comes near these; beyond them evaluation takes minutes.
_MOST_TERMS = 200
_MOST_YEARS = 50


def bounds(expression: Expression, box: Mapping[str, Interval]) -> Interval:
    """Return the exact range of an expression over a box of input intervals.

    Parameters
    ----------
    expression : Expression
        Anything but a comparison or a quoted name.
    box : Mapping of str to Interval
        The interval of each input, in base units.

    Returns
    -------
    Interval
        The sharp range, with open ends where they aren't reached. Roots are irrational in
        general: their ends are enclosed by rationals that differ by less than any figure of a
        ledger can resolve.

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
    >>> from cbec.figures.rounding import parse_printed
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
    ratio, inputs = _compile(expression, dict(box))
    return _range(ratio, inputs)


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
    difference = bounds(Call("difference", (comparison.left, comparison.right)), box)
    zero = Fraction(0)
    regions = {
        "=": (Interval.point(0),),
        "!=": (Interval(None, zero, False, False), Interval(zero, None, False, False)),
        "<": (Interval(None, zero, False, False),),
        "<=": (Interval(None, zero, False, True),),
        ">": (Interval(zero, None, False, False),),
        ">=": (Interval(zero, None, True, False),),
    }[comparison.comparator]
    return Truth(
        possible=any(difference.meets(region) for region in regions),
        certain=any(difference.within(region) for region in regions),
    )


def linear_terms(comparison: Comparison) -> dict[str, Fraction] | None:
    """Return the coefficients of an identity ``0 = sum of coefficient * input``.

    Returns
    -------
    dict of str to Fraction, or None
        ``None`` unless the comparison is an equality that is linear in its inputs, without a
        constant.

    Examples
    --------
    >>> from cbec.figures.expression import parse
    >>> sorted(linear_terms(parse("sum(a, b) = c")).items())
    [('a', Fraction(1, 1)), ('b', Fraction(1, 1)), ('c', Fraction(-1, 1))]
    """
    if comparison.comparator != "=":
        return None
    unit = Interval(Fraction(1), Fraction(2))
    difference = Call("difference", (comparison.left, comparison.right))
    try:
        ratio, _ = _compile(difference, dict.fromkeys(names(comparison), unit))
    except ExpressionError:
        return None
    if set(ratio.denominator) != {()} or any(
        len(monomial) != 1 or monomial[0][1] != 1 for monomial in ratio.numerator
    ):
        return None
    divisor = ratio.denominator[()]
    terms = {monomial[0][0]: c / divisor for monomial, c in ratio.numerator.items()}
    # A root or a rank is an input of its own to the polynomial, yet not a figure.
    return terms if terms.keys() <= set(names(comparison)) else None


def inverse_bounds(
    expression: Expression, box: Mapping[str, Interval], unknown: str, target: Interval
) -> Interval | None:
    """Return the values of one input, the others in the box, for which the target can be met.

    Parameters
    ----------
    expression : Expression
        A derivation without roots, ranks or comparisons.
    box : Mapping of str to Interval
        The input intervals; that of ``unknown`` only tells its sign.
    unknown : str
        The input to solve for.
    target : Interval
        The range that the expression should reach.

    Returns
    -------
    Interval or None
        The solutions with the unknown's own sign; ``None`` where the expression is not a ratio of
        linear functions of it, the solutions can't be bounded, or no such value exists.

    Examples
    --------
    >>> from cbec.figures.expression import parse
    >>> box = {"a": Interval(2, 2), "b": Interval(1, 1)}
    >>> print(inverse_bounds(parse("growth(a, b)"), box, "a", Interval(Fraction(1, 2), 1)))
    [3/2, 2]
    """
    goal = "\0goal"
    try:
        ratio, inputs = _compile(expression, dict(box), symbol=unknown)
        if ratio.degree(unknown) != 1:
            return None
        # numerator - goal * denominator = slope * unknown + intercept = 0
        aim: Polynomial = {((goal, 1),): Fraction(-1)}
        line = add(ratio.numerator, multiply(aim, ratio.denominator))
        slope, intercept = leading(line, unknown, 1), leading(line, unknown, 0)
        inputs[goal] = target
        if Fraction(0) in _range(Ratio(slope, constant(1)), inputs):
            return None
        found = _range(Ratio(multiply(intercept, constant(-1)), slope), inputs)
    except ExpressionError:
        return None
    own, zero = box[unknown], Fraction(0)
    if own.lower is not None and own.lower >= 0:
        return found.intersection(Interval(zero, None, False, False))
    if own.upper is not None and own.upper <= 0:
        return found.intersection(Interval(None, zero, False, False))
    return found


def _varying(expression: Expression, box: Mapping[str, Interval]) -> Iterator[str]:
    """Return the ids whose interval holds more than one number, as often as they occur."""
    return (name for name in _walk_names(expression) if name not in box or not box[name].is_point)


def _compile(
    expression: Expression, box: dict[str, Interval], symbol: str | None = None
) -> tuple[Ratio, dict[str, Interval]]:
    """Turn an expression into a ratio of polynomials.

    Roots and ranks become inputs of their own, so the box grows by them. Inputs that are points
    become numbers, except for ``symbol``.
    """

    def build(node: Expression) -> Ratio:
        if isinstance(node, Literal):
            return Ratio(constant(node.value), constant(1))
        if isinstance(node, Name):
            if node.id not in box:
                raise ExpressionError(f"unknown id {node.id!r}; give it a row or mend its spelling")
            interval = box[node.id]
            if interval.is_point and interval.lower is not None and node.id != symbol:
                return Ratio(constant(interval.lower), constant(1))
            return Ratio({((node.id, 1),): Fraction(1)}, constant(1))
        if isinstance(node, Text):
            raise ExpressionError(f"the quoted name {node.text!r} can only be counted")
        if isinstance(node, Comparison):
            raise ExpressionError("a comparison can't stand inside another expression")
        return special[node.function](node)

    def limited(ratio: Ratio) -> Ratio:
        if max(len(ratio.numerator), len(ratio.denominator)) > _MOST_TERMS:
            raise ExpressionError("the derivation has too many terms; write two derivations")
        return ratio

    def binary(node: Call) -> Ratio:
        first, second = build(node.arguments[0]), build(node.arguments[1])
        if node.function == "difference":
            return limited(first.plus(second.times(Fraction(-1))))
        if node.function in {"growth", "multiple"}:
            _require_base(node, _range(second, box))
        elif Fraction(0) in _range(second, box):
            raise UndefinedError(
                f"the divisor of {node.function}, {_shown(node.arguments[1])}, may be zero"
            )
        quotient = first.over(second)
        if node.function == "growth":
            quotient = quotient.plus(Ratio(constant(-1), constant(1)))
        return limited(quotient)

    def total(node: Call) -> Ratio:
        result = build(node.arguments[0])
        for argument in node.arguments[1:]:
            result = limited(result.plus(build(argument)))
        return result

    def count(node: Call) -> Ratio:
        return Ratio(constant(len(node.arguments)), constant(1))

    def opaque(
        evaluate: Callable[[Call, Mapping[str, Interval]], Interval],
    ) -> Callable[[Call], Ratio]:
        def as_input(node: Call) -> Ratio:
            used, everywhere = list(_varying(node, box)), list(_walk_names(expression))
            if shared := [id for id in used if everywhere.count(id) > used.count(id)]:
                raise ExpressionError(
                    f"{shared[0]!r} is an input of {node.function} and used outside of it as well, "
                    "so the bounds would not be sharp; write it so that the inputs of "
                    f"{node.function} stand nowhere else"
                )
            name = f"\0{node.function}{len(box)}"
            box[name] = evaluate(node, box)
            return Ratio({((name, 1),): Fraction(1)}, constant(1))

        return as_input

    special: dict[str, Callable[[Call], Ratio]] = {
        "growth": binary,
        "share": binary,
        "ratio": binary,
        "multiple": binary,
        "difference": binary,
        "sum": total,
        "count": count,
        "cagr": opaque(_root_bounds),
        "annualise": opaque(_root_bounds),
        "rank": opaque(_rank_bounds),
    }
    return build(expression), box


def _range(ratio: Ratio, box: Mapping[str, Interval]) -> Interval:
    """Return the sharp range of a ratio over a box."""
    inputs = ratio.inputs()
    directions: dict[str, int] = {}
    for name in list(inputs):
        slope = add(
            multiply(derivative(ratio.numerator, name), ratio.denominator),
            multiply(multiply(ratio.numerator, derivative(ratio.denominator, name)), constant(-1)),
        )
        if not slope:  # the input cancels out, so any of its values will do
            ratio = ratio.substitute(name, _inner(box[name]))
            inputs.remove(name)
            continue
        direction = sign_over(slope, box)
        if direction == 0 and ratio.degree(name) > 1:
            raise ExpressionError(
                f"the derivation isn't monotone in {name!r} over {box[name]}, so its bounds can't "
                "be read off the ends; write it so that the input occurs once"
            )
        directions[name] = direction
    free = [name for name in inputs if directions[name] == 0]
    if len(free) > _MOST_OPEN_INPUTS:
        raise ExpressionError(f"too many inputs without a direction: {', '.join(free)}")
    limits: list[Fraction | float] = []
    attained: set[Fraction] = set()
    for choice in itertools.product((False, True), repeat=len(free)):
        for side in (False, True):  # the smallest, then the largest over the directed inputs
            at_upper = {n: (directions[n] > 0) == side for n in inputs if directions[n]}
            at_upper |= dict(zip(free, choice, strict=True))
            limits.append(_limit(ratio, box, at_upper))
            nearest = {name: _nearest(box[name], upper) for name, upper in at_upper.items()}
            attained.add(evaluate(ratio.numerator, nearest) / evaluate(ratio.denominator, nearest))
    low, high = min(limits), max(limits)
    return Interval(
        None if low == -math.inf else Fraction(low),
        None if high == math.inf else Fraction(high),
        low in attained,
        high in attained,
    )


def _inner(interval: Interval) -> Fraction:
    """Return some number inside the interval."""
    if interval.lower is None or interval.upper is None:
        end = interval.lower if interval.upper is None else interval.upper
        return Fraction(0) if end is None else end + (1 if interval.upper is None else -1)
    return Fraction(interval.lower + interval.upper) / 2


def _nearest(interval: Interval, upper: bool) -> Fraction:
    """Return an end if it is closed, else a number inside the interval.

    Along each input the ratio is constant or strictly monotone. So if an extreme is attained at
    all, it is attained where each input is at a closed end, or, being free to move, inside.
    """
    end, closed = (
        (interval.upper, interval.upper_closed)
        if upper
        else (interval.lower, interval.lower_closed)
    )
    return end if end is not None and closed else _inner(interval)


def _limit(
    ratio: Ratio, box: Mapping[str, Interval], at_upper: Mapping[str, bool]
) -> Fraction | float:
    """Return the ratio's value at one corner of the box, or its limit as the inputs go there.

    They go there one after the other: each makes the ratio constant, or the smaller or larger the
    nearer it comes, so no order of them leaves an extreme out.
    """
    if not ratio.numerator:
        return Fraction(0)
    top, bottom = ratio.numerator, ratio.denominator
    sign, is_infinite = 1, False
    for name, upper in at_upper.items():
        end = box[name].upper if upper else box[name].lower
        (top, above), (bottom, below) = (_near(part, name, end) for part in (top, bottom))
        if above < below and not is_infinite:
            return Fraction(0)
        is_infinite |= above > below
        # The input, or its distance from a finite end, is negative near the corner.
        if (end is None) != upper and (above - below) % 2:
            sign = -sign
    value = top[()] / bottom[()]
    return sign * (math.inf if value > 0 else -math.inf) if is_infinite else value


def _near(polynomial: Polynomial, name: str, end: Fraction | None) -> tuple[Polynomial, int]:
    """Return what leads a polynomial as an input goes to an end, and how fast it grows there.

    That is the coefficient of its highest power, or of the lowest power of its distance from a
    finite end, up to a factorial that numerator and denominator share.
    """
    if end is None:
        degree = degree_in(polynomial, name)
        return leading(polynomial, name, degree), degree
    zeros = 0
    while not (value := substitute(polynomial, name, end)):
        polynomial, zeros = derivative(polynomial, name), zeros + 1
    return value, -zeros


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
    zero = Fraction(0)
    if base.within(Interval(zero, None, False, False)):
        return
    state = "may be zero or negative"
    if base.within(Interval(zero, None, True, False)):
        state = "is zero" if base.is_point else "may be zero"
    elif base.within(Interval(None, zero, False, True)):
        state = "is zero or negative" if zero in base else "is negative"
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
    low, low_exact = _root(factor.lower, degree, up=False)
    if factor.upper is None:
        return Interval(low - 1, None, factor.lower_closed and low_exact, False)
    high, high_exact = _root(factor.upper, degree, up=True)
    # A point keeps closed ends: its enclosure holds the irrational root itself.
    point = factor.is_point
    return Interval(
        low - 1,
        high - 1,
        point or (factor.lower_closed and low_exact),
        point or (factor.upper_closed and high_exact),
    )


def _root(value: Fraction, degree: int, *, up: bool) -> tuple[Fraction, bool]:
    """Return the root rounded down or up at many digits, and whether it is exact.

    An irrational root differs from a decimal with d digits by more than 10**-(d·degree + size of
    the radicand), so 30 digits for each degree decide every comparison with a printed figure.
    """
    parts = value.numerator, value.denominator
    top, bottom = (_integer_root(part, degree) for part in parts)
    if (top**degree, bottom**degree) == parts:  # else no fraction is the root
        return Fraction(top, bottom), True
    scale = 10 ** (30 * (degree + 1))
    root = _integer_root(math.floor(value * scale**degree), degree)
    return Fraction(root + up, scale), False


def _integer_root(value: int, degree: int) -> int:
    """Return the largest integer whose power doesn't exceed the value, by Newton's method."""
    if value < 2:
        return value
    root = 1 << -(-value.bit_length() // degree)  # from above, so that the steps only fall
    while True:
        step = ((degree - 1) * root + value // root ** (degree - 1)) // degree
        if step >= root:
            return root
        root = step
