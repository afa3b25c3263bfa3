"""Rounding rules, and numbers rounded and written by them; all arithmetic is rational."""

from __future__ import annotations

import math
from collections.abc import Callable
from enum import StrEnum
from fractions import Fraction


class Rule(StrEnum):
    """The rounding rules that a printed figure may have been made with."""

    HALF_UP = "half-up"
    HALF_EVEN = "half-even"
    TRUNCATION = "truncation"
    CEILING = "ceiling"
    FLOOR = "floor"


_ROUNDED: dict[Rule, Callable[[Fraction], int]] = {
    Rule.HALF_EVEN: round,
    Rule.TRUNCATION: math.trunc,
    Rule.CEILING: math.ceil,
    Rule.FLOOR: math.floor,
}


def round_to(value: Fraction, step: Fraction, rule: Rule = Rule.HALF_UP) -> Fraction:
    """Round a number to a multiple of ``step``.

    Half-up rounds ties away from zero, truncation cuts towards zero.

    Examples
    --------
    >>> from fractions import Fraction
    >>> [str(round_to(Fraction(-5, 2), Fraction(1), rule)) for rule in Rule]
    ['-3', '-2', '-2', '-2', '-3']
    """
    quotient = Fraction(value) / step
    if rule is Rule.HALF_UP:
        nearest = math.floor(abs(quotient) + Fraction(1, 2))
        return (nearest if quotient >= 0 else -nearest) * step
    return _ROUNDED[rule](quotient) * step


def decimal_text(
    value: Fraction, decimals: int, *, grouped: bool = False, rule: Rule = Rule.HALF_UP
) -> str:
    """Write a rational number with a fixed number of decimals, rounded half-up unless told.

    Examples
    --------
    >>> from fractions import Fraction
    >>> decimal_text(Fraction(350, 361) * 10, 2)
    '9.70'
    >>> decimal_text(Fraction(70769), 0, grouped=True)
    '70,769'
    """
    units = round_to(value * 10**decimals, Fraction(1), rule)
    whole, part = divmod(abs(int(units)), 10**decimals)
    text = f"{whole:,}" if grouped else str(whole)
    if decimals:
        text += f".{part:0{decimals}d}"
    return "-" + text if units < 0 else text
