"""The range of a ratio of polynomials over a box of intervals, read off its corners."""

from __future__ import annotations

import itertools
import math
from collections.abc import Mapping
from fractions import Fraction

from cbec.errors import ExpressionError
from cbec.figures.interval import Interval
from cbec.figures.polynomial import (
    Polynomial,
    Ratio,
    degree_in,
    derivative,
    evaluate,
    leading,
    sign_over,
    substitute,
)

# An expression with more inputs of unknown direction than this has too many corners to visit.
_MOST_OPEN_INPUTS = 10


def ratio_range(ratio: Ratio, box: Mapping[str, Interval]) -> Interval:
    """Return the sharp range of a ratio over a box, with open ends where they aren't reached.

    An `ExpressionError` says if the ratio isn't monotone in an input, or if too many inputs have
    no direction of their own.
    """
    inputs = ratio.inputs()
    directions: dict[str, int] = {}
    for name in list(inputs):
        slope = ratio.slope(name)
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
    if interval.lower is None:
        return Fraction(0) if interval.upper is None else interval.upper - 1
    if interval.upper is None:
        return interval.lower + 1
    return Fraction(interval.lower + interval.upper) / 2


def _nearest(interval: Interval, upper: bool) -> Fraction:
    """Return an end if it is closed, else a number inside the interval.

    Along each input the ratio is constant or strictly monotone. So if an extreme is attained at
    all, it is attained where each input is at a closed end, or, being free to move, inside.
    """
    end = interval.upper if upper else interval.lower
    return end if end is not None and end in interval else _inner(interval)


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
