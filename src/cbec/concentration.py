"""Concentration of units of which only the largest and the total are known."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction

from cbec.interval import Interval

__all__ = ["concentration_ratio", "herfindahl_bounds"]


def concentration_ratio(largest: Sequence[int], total: int) -> Fraction:
    """Return the share of the largest units, CR_k.

    Parameters
    ----------
    largest : sequence of int
        Sizes of the k largest units.
    total : int
        Size of all units together.

    Returns
    -------
    Fraction
        Between 0 and 1.

    Raises
    ------
    ValueError
        If the sizes are negative or exceed the total.

    Examples
    --------
    >>> float(concentration_ratio([5, 3], 10))
    0.8
    """
    _check(largest, total)
    return Fraction(sum(largest), total)


def herfindahl_bounds(
    known: Sequence[int], total: int, units: int, *, ranked: bool = True
) -> Interval:
    r"""Return the sharp bounds of the Herfindahl index when some units are known only in sum.

    Parameters
    ----------
    known : sequence of int
        Sizes of the units that are known.
    total : int
        Size of all units together.
    units : int
        How many units there are, the known ones included.
    ranked : bool
        Whether the known units are the largest, so that no other exceeds the smallest of them.

    Returns
    -------
    Interval
        Bounds of :math:`H = \sum_i s_i^2`, the sum of squared shares. They are sharp for sizes
        that may be fractions; whole sizes come within :math:`units / total^2` of them.

    Raises
    ------
    ValueError
        If the sizes are negative or exceed the total, or the rest doesn't fit the other units.

    Notes
    -----
    The known part is fixed. For a given sum, a sum of squares is smallest when all terms are equal
    (Jensen's inequality). It is convex, so over the polytope of sizes between 0 and the cap it is
    largest at a vertex, where all units but one are either 0 or at the cap.

    Examples
    --------
    >>> print(herfindahl_bounds([6], 10, 3))
    [11/25, 13/25]
    """
    _check(known, total)
    others = units - len(known)
    rest = total - sum(known)
    cap = min(known) if ranked and known else rest
    if others < 0 or rest > cap * others:
        raise ValueError(
            f"{rest} can't be spread over {others} units of at most {cap} each; "
            "check the total and the number of units"
        )
    fixed = Fraction(sum(size * size for size in known))
    if rest == 0:
        return Interval.point(fixed / total**2)
    full, left = divmod(rest, cap)
    least = fixed + Fraction(rest * rest, others)
    most = fixed + full * cap * cap + left * left
    return Interval(least / total**2, most / total**2)


def _check(sizes: Sequence[int], total: int) -> None:
    if total <= 0 or any(size < 0 for size in sizes) or sum(sizes) > total:
        raise ValueError(f"sizes {list(sizes)} must be 0 or more and add up to at most {total}")
