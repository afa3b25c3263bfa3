"""Intervals of rational numbers with open or closed ends."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

__all__ = ["Interval"]


@dataclass(frozen=True)
class Interval:
    """A non-empty interval of the rational line; ``None`` as a bound means unbounded.

    Parameters
    ----------
    lower, upper : Fraction or None
        The ends. ``None`` stands for minus or plus infinity.
    lower_closed, upper_closed : bool
        Whether the end itself belongs to the interval. Ignored for infinite ends.

    Raises
    ------
    ValueError
        If no number lies between the ends.

    Examples
    --------
    >>> from fractions import Fraction
    >>> half = Fraction(1, 2)
    >>> print(Interval(-half, half, lower_closed=True, upper_closed=False))
    [-1/2, 1/2)
    >>> Fraction(1, 2) in Interval(-half, half, lower_closed=True, upper_closed=False)
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
        if self.lower is not None and self.upper is not None:
            empty = self.lower > self.upper or (
                self.lower == self.upper and not (self.lower_closed and self.upper_closed)
            )
            if empty:
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
        """Both ends.

        Raises
        ------
        ValueError
            If an end is infinite.
        """
        if self.lower is None or self.upper is None:
            raise ValueError(f"{self} is unbounded")
        return self.lower, self.upper

    def __contains__(self, value: Fraction) -> bool:
        above = (
            self.lower is None or value > self.lower or (self.lower_closed and value == self.lower)
        )
        below = (
            self.upper is None or value < self.upper or (self.upper_closed and value == self.upper)
        )
        return above and below

    def intersection(self, other: Interval) -> Interval | None:
        """Return what both intervals share, or ``None`` if they are disjoint."""
        lower, lower_closed = self.lower, self.lower_closed
        if other.lower is not None:
            if lower is None or other.lower > lower:
                lower, lower_closed = other.lower, other.lower_closed
            elif other.lower == lower:
                lower_closed = lower_closed and other.lower_closed
        upper, upper_closed = self.upper, self.upper_closed
        if other.upper is not None:
            if upper is None or other.upper < upper:
                upper, upper_closed = other.upper, other.upper_closed
            elif other.upper == upper:
                upper_closed = upper_closed and other.upper_closed
        try:
            return Interval(lower, upper, lower_closed, upper_closed)
        except ValueError:
            return None

    def meets(self, other: Interval) -> bool:
        """Whether the two intervals share at least one number."""
        return self.intersection(other) is not None

    def within(self, other: Interval) -> bool:
        """Whether every number of this interval lies in the other one."""
        return self.intersection(other) == self

    def scaled(self, factor: Fraction) -> Interval:
        """Return the interval of ``factor`` times its numbers; ``factor`` is not zero."""
        if factor == 0:
            raise ValueError("an interval can't be scaled by zero")
        lower = None if self.lower is None else self.lower * factor
        upper = None if self.upper is None else self.upper * factor
        if factor > 0:
            return Interval(lower, upper, self.lower_closed, self.upper_closed)
        return Interval(upper, lower, self.upper_closed, self.lower_closed)

    def shifted(self, offset: Fraction) -> Interval:
        """Return the interval of its numbers plus ``offset``."""
        lower = None if self.lower is None else self.lower + offset
        upper = None if self.upper is None else self.upper + offset
        return Interval(lower, upper, self.lower_closed, self.upper_closed)

    def __str__(self) -> str:
        left = "[" if self.lower_closed else "("
        right = "]" if self.upper_closed else ")"
        lower = "-inf" if self.lower is None else str(self.lower)
        upper = "inf" if self.upper is None else str(self.upper)
        return f"{left}{lower}, {upper}{right}"
