"""Intervals of rational numbers with open or closed ends."""

from __future__ import annotations

import math
from dataclasses import dataclass
from fractions import Fraction


@dataclass(frozen=True)
class Interval:
    """A non-empty interval of the rational line.

    Parameters
    ----------
    lower, upper : Fraction or None
        The ends; ``None`` stands for minus or plus infinity.
    lower_closed, upper_closed : bool
        Whether the end itself belongs to the interval. Ignored for infinite ends.

    Raises
    ------
    ValueError
        If no number lies between the ends.

    Examples
    --------
    >>> from fractions import Fraction
    >>> below_one = Interval(Fraction(1, 2), Fraction(1), upper_closed=False)
    >>> print(below_one)
    [1/2, 1)
    >>> 1 in below_one
    False
    """

    lower: Fraction | None
    upper: Fraction | None
    lower_closed: bool = True
    upper_closed: bool = True

    def __post_init__(self) -> None:
        if self.lower is None:
            object.__setattr__(self, "lower_closed", False)
        if self.upper is None:
            object.__setattr__(self, "upper_closed", False)
        low, high = self._keys
        if low > high:
            raise ValueError(f"no number lies in {self}")

    @classmethod
    def point(cls, value: Fraction | int) -> Interval:
        """Return the interval that holds one number only."""
        return cls(Fraction(value), Fraction(value))

    @property
    def is_point(self) -> bool:
        """Whether the interval holds exactly one number."""
        return self.lower is not None and self.lower == self.upper

    @property
    def width(self) -> Fraction | None:
        """Upper end minus lower end, ``None`` if an end is infinite."""
        if self.lower is None or self.upper is None:
            return None
        return self.upper - self.lower

    @property
    def ends(self) -> tuple[Fraction, Fraction]:
        """Both ends; a `ValueError` if one is infinite."""
        if self.lower is None or self.upper is None:
            raise ValueError(f"{self} is unbounded")
        return self.lower, self.upper

    @property
    def limits(self) -> tuple[Fraction | float, Fraction | float]:
        """Both ends; an infinite one is a float."""
        low = -math.inf if self.lower is None else self.lower
        return low, math.inf if self.upper is None else self.upper

    @property
    def _keys(self) -> tuple[tuple[Fraction | float, int], tuple[Fraction | float, int]]:
        """Both ends, to be compared: an open one lies beside its number, inside."""
        low, high = self.limits
        return (low, 1 - self.lower_closed), (high, self.upper_closed - 1)

    def __contains__(self, value: Fraction) -> bool:
        low, high = self._keys
        return low <= (value, 0) <= high

    def intersection(self, other: Interval) -> Interval | None:
        """Return what both intervals share, or ``None`` if they are disjoint."""
        left = max(self, other, key=lambda interval: interval._keys[0])
        right = min(self, other, key=lambda interval: interval._keys[1])
        try:
            return Interval(left.lower, right.upper, left.lower_closed, right.upper_closed)
        except ValueError:
            return None

    def meets(self, other: Interval) -> bool:
        """Whether the two intervals share at least one number."""
        return self.intersection(other) is not None

    def within(self, other: Interval) -> bool:
        """Whether every number of this interval lies in the other one."""
        return self.intersection(other) == self

    def shifted(self, offset: Fraction) -> Interval:
        """Return the interval of its numbers plus ``offset``."""
        lower, upper = (None if end is None else end + offset for end in (self.lower, self.upper))
        return Interval(lower, upper, self.lower_closed, self.upper_closed)

    def bracketed(self, lower: str, upper: str) -> str:
        """Write texts of both ends in brackets that say whether the ends belong to it."""
        left, right = "[" if self.lower_closed else "(", "]" if self.upper_closed else ")"
        return f"{left}{lower}, {upper}{right}"

    def __str__(self) -> str:
        return self.bracketed(*map(str, self.limits))


NEGATIVE = Interval(None, Fraction(0), upper_closed=False)
NOT_POSITIVE = Interval(None, Fraction(0))
POSITIVE = Interval(Fraction(0), None, lower_closed=False)
NOT_NEGATIVE = Interval(Fraction(0), None)
