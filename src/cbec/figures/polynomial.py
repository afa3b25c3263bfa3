"""Polynomials in several inputs and their ratios, with rational coefficients.

A polynomial is a mapping from monomials to coefficients; the monomial ``(("a", 1), ("b", 2))``
is :math:`a b^2`. No monomial has the coefficient zero, so the zero polynomial is empty.
"""

from __future__ import annotations

import itertools
import math
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from fractions import Fraction

from cbec.figures.interval import Interval

Monomial = tuple[tuple[str, int], ...]
Polynomial = dict[Monomial, Fraction]


def constant(value: Fraction | int) -> Polynomial:
    """Return a number as a polynomial."""
    return {(): Fraction(value)} if value else {}


def variable(name: str) -> Polynomial:
    """Return an input as a polynomial."""
    return {((name, 1),): Fraction(1)}


def add(left: Polynomial, right: Polynomial) -> Polynomial:
    """Return the sum of two polynomials."""
    return _collected(itertools.chain(left.items(), right.items()))


def multiply(left: Polynomial, right: Polynomial) -> Polynomial:
    """Return the product of two polynomials."""
    return _collected(
        (_product(m1, m2), c1 * c2)
        for (m1, c1), (m2, c2) in itertools.product(left.items(), right.items())
    )


def _product(first: Monomial, second: Monomial) -> Monomial:
    powers = dict(first)
    for name, power in second:
        powers[name] = powers.get(name, 0) + power
    return tuple(sorted((name, power) for name, power in powers.items() if power))


def _collected(terms: Iterable[tuple[Monomial, Fraction]]) -> Polynomial:
    """Add up the terms of each monomial and drop what cancels."""
    total: defaultdict[Monomial, Fraction] = defaultdict(Fraction)
    for monomial, coefficient in terms:
        total[monomial] += coefficient
    return {monomial: c for monomial, c in total.items() if c}


def degree_in(polynomial: Polynomial, name: str) -> int:
    """Return the highest power of one input."""
    return max((_power(monomial, name) for monomial in polynomial), default=0)


def _power(monomial: Monomial, name: str) -> int:
    return dict(monomial).get(name, 0)


def derivative(polynomial: Polynomial, name: str) -> Polynomial:
    """Return the partial derivative in one input."""
    return {
        _product(monomial, ((name, -1),)): coefficient * power
        for monomial, coefficient in polynomial.items()
        if (power := _power(monomial, name))
    }


def substitute(polynomial: Polynomial, name: str, value: Fraction) -> Polynomial:
    """Put a number in the place of one input."""
    return _collected(
        (_without(monomial, name), coefficient * value ** _power(monomial, name))
        for monomial, coefficient in polynomial.items()
    )


def _without(monomial: Monomial, name: str) -> Monomial:
    return tuple(factor for factor in monomial if factor[0] != name)


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
        _without(monomial, name): coefficient
        for monomial, coefficient in polynomial.items()
        if _power(monomial, name) == degree
    }


def sign_over(polynomial: Polynomial, box: Mapping[str, Interval]) -> int:
    """Return +1 or -1 if the polynomial surely has that sign inside the box, else 0.

    The sign is read off the sum of the ranges of the monomials, which is safe. Zero on the
    border of the box is allowed for. An identically vanishing polynomial counts as +1: a
    derivative that is zero everywhere leaves the direction free.
    """
    ranges = [_monomial_range(*term, box) for term in polynomial.items()]
    lows, highs = [low for low, _ in ranges], [high for _, high in ranges]
    if -math.inf not in lows and sum(lows) >= 0:
        return 1
    return -1 if math.inf not in highs and sum(highs) <= 0 else 0


def _monomial_range(
    monomial: Monomial, coefficient: Fraction, box: Mapping[str, Interval]
) -> tuple[Fraction | float, Fraction | float]:
    low: Fraction | float = coefficient
    high: Fraction | float = coefficient
    for name, power in monomial:
        lower, upper = box[name].limits
        powers = [lower**power, upper**power]
        if power % 2 == 0 and lower < 0 < upper:
            powers.append(Fraction(0))
        products = [_times(end, factor) for end in (low, high) for factor in powers]
        low, high = min(products), max(products)
    return low, high


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
    denominator: Polynomial = field(default_factory=lambda: constant(1))

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

    def slope(self, name: str) -> Polynomial:
        """Return the derivative in one input, times the square of the denominator."""
        falling = multiply(self.numerator, derivative(self.denominator, name))
        rising = multiply(derivative(self.numerator, name), self.denominator)
        return add(rising, multiply(falling, constant(-1)))

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
