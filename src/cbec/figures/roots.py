"""Roots of rational numbers, exact or enclosed by rationals."""

from __future__ import annotations

import math
from fractions import Fraction


def root(value: Fraction, degree: int, *, up: bool) -> tuple[Fraction, bool]:
    """Return the root rounded down or up at many digits, and whether it is exact.

    An irrational root differs from a decimal with d digits by more than 10**-(d·degree + size of
    the radicand), so 30 digits for each degree decide every comparison with a printed figure.
    """
    parts = value.numerator, value.denominator
    top, bottom = (_integer_root(part, degree) for part in parts)
    if (top**degree, bottom**degree) == parts:  # else no fraction is the root
        return Fraction(top, bottom), True
    scale = 10 ** (30 * (degree + 1))
    below = _integer_root(math.floor(value * scale**degree), degree)
    return Fraction(below + up, scale), False


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
