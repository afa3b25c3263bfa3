"""Polynomials in several inputs and their ratios, with rational coefficients.

A polynomial is a mapping from monomials to coefficients; the monomial ``(("a", 1), ("b", 2))``
is :math:`a b^2`. No monomial has the coefficient zero, so the zero polynomial is empty.
"""

from __future__ import annotations

import itertools
import math
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from fractions import Fraction

from cbec.figures.interval import Interval

__all__ = [
    "Monomial",
    "Polynomial",
    "Ratio",
    "add",
    "constant",
    "degree_in",
    "derivative",
    "evaluate",
    "leading",
    "multiply",
    "sign_over",
    "substitute",
]

Monomial = tuple[tuple[str, int], ...]
Polynomial = dict[Monomial, Fraction]


def constant(value: Fraction | int) -> Polynomial:
    """Return a number as a polynomial."""
    return {(): Fraction(value)} if value else {}


def add(left: Polynomial, right: Polynomial) -> Polynomial:
    """Return the sum of two polynomials."""
    return _collected(itertools.chain(left.items(), right.items()))


def multiply(left: Polynomial, right: Polynomial) -> Polynomial:
    """Return the product of two polynomials."""

    def merged(first: Monomial, second: Monomial) -> Monomial:
        powers = dict(first)
        for name, power in second:
            powers[name] = powers.get(name, 0) + power
        return tuple(sorted(powers.items()))

    return _collected(
        (merged(m1, m2), c1 * c2)
        for (m1, c1), (m2, c2) in itertools.product(left.items(), right.items())
    )


def _collected(terms: Iterable[tuple[Monomial, Fraction]]) -> Polynomial:
    """Add up the terms of each monomial and drop what cancels."""
    total: defaultdict[Monomial, Fraction] = defaultdict(Fraction)
    for monomial, coefficient in terms:
        total[monomial] += coefficient
    return {monomial: c for monomial, c in total.items() if c}


def degree_in(polynomial: Polynomial, name: str) -> int:
    """Return the highest power of one input."""
    return max((dict(monomial).get(name, 0) for monomial in polynomial), default=0)


def derivative(polynomial: Polynomial, name: str) -> Polynomial:
    """Return the partial derivative in one input."""
    result: Polynomial = {}
    for monomial, coefficient in polynomial.items():
        powers = dict(monomial)
        power = powers.pop(name, 0)
        if power:
            if power > 1:
                powers[name] = power - 1
            result[tuple(sorted(powers.items()))] = coefficient * power
    return result


def substitute(polynomial: Polynomial, name: str, value: Fraction) -> Polynomial:
    """Put a number in the place of one input."""
    return _collected(
        (
            tuple(factor for factor in monomial if factor[0] != name),
            coefficient * value ** dict(monomial).get(name, 0),
        )
        for monomial, coefficient in polynomial.items()
    )


def evaluate(polynomial: Polynomial, values: Mapping[str, Fraction]) -> Fraction:
    """Return the value where each input has the number given for it."""
    terms = (
        coefficient * math.prod(values[name] ** power for name, power in monomial)
        for monomial, coefficient in polynomial.items()
    )
    return sum(terms, Fraction(0))


def leading(polynomial: Polynomial, name: str, degree: int) -> Polynomial:
    """Return the coefficient of ``name`` to a power, as a polynomial in the other inputs."""
    return {
        tuple(factor for factor in monomial if factor[0] != name): coefficient
        for monomial, coefficient in polynomial.items()
        if dict(monomial).get(name, 0) == degree
    }


def sign_over(polynomial: Polynomial, box: Mapping[str, Interval]) -> int:
    """Return +1 or -1 if the polynomial surely has that sign inside the box, else 0.

    The sign is read off the sum of the ranges of the monomials, which is safe. Zero on the
    border of the box is allowed for. An identically vanishing polynomial counts as +1: a
    derivative that is zero everywhere leaves the direction free.
    """
    low: Fraction | None = Fraction(0)
    high: Fraction | None = Fraction(0)
    for monomial, coefficient in polynomial.items():
        least, most = _monomial_range(monomial, coefficient, box)
        low = None if low is None or least is None else low + least
        high = None if high is None or most is None else high + most
    if low is not None and low >= 0:
        return 1
    if high is not None and high <= 0:
        return -1
    return 0


def _monomial_range(
    monomial: Monomial, coefficient: Fraction, box: Mapping[str, Interval]
) -> tuple[Fraction | None, Fraction | None]:
    ends: list[Fraction | float] = [coefficient]
    for name, power in monomial:
        lower, upper = box[name].lower, box[name].upper
        pair = (-math.inf if lower is None else lower, math.inf if upper is None else upper)
        powers: list[Fraction | float] = [end**power for end in pair]
        if power % 2 == 0 and pair[0] < 0 < pair[1]:
            powers.append(Fraction(0))
        ends = [_times(a, b) for a in ends for b in powers]
        ends = [min(ends), max(ends)]
    low, high = min(ends), max(ends)
    return (
        None if isinstance(low, float) else low,
        None if isinstance(high, float) else high,
    )


def _times(left: Fraction | float, right: Fraction | float) -> Fraction | float:
    if left == 0 or right == 0:
        return Fraction(0)
    if isinstance(left, float) or isinstance(right, float):
        return math.inf if (left > 0) == (right > 0) else -math.inf
    return left * right


@dataclass(frozen=True)
class Ratio:
    """Numerator over denominator."""

    numerator: Polynomial
    denominator: Polynomial

    def inputs(self) -> list[str]:
        """Return the inputs that occur, in order of appearance."""
        found = itertools.chain(self.numerator, self.denominator)
        return list(dict.fromkeys(name for monomial in found for name, _ in monomial))

    def degree(self, name: str) -> int:
        """Return the highest power of one input, above or below the line."""
        return max(degree_in(self.numerator, name), degree_in(self.denominator, name))

    def substitute(self, name: str, value: Fraction) -> Ratio:
        """Put a number in the place of one input."""
        return Ratio(
            substitute(self.numerator, name, value), substitute(self.denominator, name, value)
        )

    def plus(self, other: Ratio) -> Ratio:
        """Return the sum of two ratios."""
        if self.denominator == other.denominator:
            return Ratio(add(self.numerator, other.numerator), self.denominator)
        return Ratio(
            add(
                multiply(self.numerator, other.denominator),
                multiply(other.numerator, self.denominator),
            ),
            multiply(self.denominator, other.denominator),
        )

    def times(self, factor: Fraction) -> Ratio:
        """Return the ratio times a number."""
        return Ratio(multiply(self.numerator, constant(factor)), self.denominator)

    def over(self, other: Ratio) -> Ratio:
        """Return this ratio divided by another one."""
        if self.denominator == other.denominator:
            return Ratio(self.numerator, other.numerator)
        return Ratio(
            multiply(self.numerator, other.denominator),
            multiply(self.denominator, other.numerator),
        )
