"""Concentration of units of which only some sizes and the total are known.

What isn't known is bounded by majorisation. A vector of sizes majorises another of the same sum
if its k largest sizes together are at least as large, for every k; that is the sense in which it
is more unequal. A measure that never falls from the less to the more unequal is Schur-convex
(Schur 1923), and the concentration ratio, the Herfindahl index and the Gini coefficient all are.
So one most equal and one most unequal way to share out the rest bound all three at once.

References
----------
- Schur, Über eine Klasse von Mittelbildungen mit Anwendungen auf die Determinantentheorie,
  Sitzungsberichte der Berliner Mathematischen Gesellschaft 22, 1923, 9-20.
- Marshall, Olkin and Arnold, Inequalities: Theory of Majorization and Its Applications, 2nd ed.,
  Springer 2011.
- Hirschman, The Paternity of an Index, American Economic Review 54(5), 1964, 761-762, on the
  index of Hirschman (1945) and Herfindahl (1950).
- Gini, Variabilità e mutabilità, Bologna 1912.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from numbers import Integral, Rational

from cbec.figures.interval import Interval


@dataclass(frozen=True)
class PartialSizes:
    r"""Units of which some sizes and the sum of all are known.

    Parameters
    ----------
    known : sequence of int or Fraction
        Sizes of the units that are known, in any order.
    total : int or Fraction
        Size of all units together.
    units : int
        How many units there are, the known ones included.
    ranked : bool
        Whether the known units are the largest, so that no other exceeds the smallest of them.

    Raises
    ------
    ValueError
        If a size is no whole number or fraction, or negative, the sizes exceed the total, or the
        rest can't be spread over the other units.

    Notes
    -----
    Sizes may be fractions. Counts are whole, so their own bounds can be a little narrower; they
    are the same where the rest divides evenly among the units that share it.

    Let :math:`m` unknown units share the rest :math:`R`, none above the cap :math:`c`: the
    smallest known size if ``ranked``, else :math:`R` itself. All bounds below follow from these
    steps.

    1. *Among the unknown.* Equal sizes :math:`R/m` are majorised by every other choice: the mean
       of the k largest of some numbers is never below the mean of all. The choice
       :math:`(c, \dots, c, r, 0, \dots, 0)` majorises every other: its k largest sum to
       :math:`\min(kc, R)`, and k sizes of at most c with sum of at most R can't exceed that
       (Marshall, Olkin and Arnold, section 5.C).
    2. *With the known.* If :math:`y` majorises :math:`x`, then :math:`(a, y)` majorises
       :math:`(a, x)` for any fixed :math:`a`, whatever its order of size relative to them: by
       Hardy, Littlewood and Pólya, y majorises x if and only if
       :math:`\sum \varphi(y_i) \ge \sum \varphi(x_i)` for every convex :math:`\varphi`, and adding
       :math:`\sum \varphi(a_i)` to both sides changes nothing. So neither step needs the known
       units to be the largest.
    3. *Between.* A Schur-convex measure is therefore least at the first and greatest at the second
       choice. Both can occur, so the bounds are sharp, and as the choices form a convex set on
       which the measures are continuous, every value between them occurs too.

    Examples
    --------
    >>> sizes = PartialSizes([6], total=10, units=3)
    >>> print(sizes.herfindahl())
    [11/25, 13/25]
    """

    known: Sequence[int | Fraction]
    total: int | Fraction
    units: int
    ranked: bool = True

    def __post_init__(self) -> None:
        for size in (*self.known, self.total):
            if not isinstance(size, Rational):
                raise ValueError(f"{size!r} is no size; give whole numbers or fractions")
        if not isinstance(self.units, Integral):
            raise ValueError(f"{self.units!r} is no number of units; give a whole number")
        known = tuple(sorted((_exact(size) for size in self.known), reverse=True))
        object.__setattr__(self, "known", known)
        object.__setattr__(self, "total", _exact(self.total))
        if self.total <= 0 or any(size < 0 for size in known) or self.rest < 0:
            sizes = ", ".join(map(str, known))
            raise ValueError(
                f"sizes {sizes} must be 0 or more and add up to at most the total {self.total}, "
                "which must be above 0"
            )
        if self._others < 0:
            raise ValueError(
                f"{len(known)} units are known, of {self.units} in all; check the number of units"
            )
        if self.rest > self._cap * self._others:
            raise ValueError(
                f"{self.rest} can't be spread over {self._others} units of at most {self._cap} "
                "each; check the total and the number of units"
            )

    @property
    def rest(self) -> Fraction:
        """What the unknown units hold together."""
        return Fraction(self.total - sum(self.known))

    @property
    def most_equal(self) -> tuple[Fraction, ...]:
        """The sizes of all units, the largest first, with the rest shared out equally."""
        return self._with([self.rest / self._others] * self._others if self._others else [])

    @property
    def most_unequal(self) -> tuple[Fraction, ...]:
        """The sizes of all units, the largest first, with the rest in as few units as possible."""
        sizes, left = [], self.rest
        for _ in range(self._others):
            sizes.append(min(self._cap, left))
            left -= sizes[-1]
        return self._with(sizes)

    def concentration_ratio(self, k: int) -> Interval:
        r"""Return the sharp bounds of the share of the k largest units, between 0 and 1.

        They bound :math:`CR_k = \sum_{i \le k} s_{(i)}`, the sum of the k largest shares, and are a
        point if the known units are the k largest; k may exceed the number of known units. That
        this sum never falls from the less to the more unequal is the definition of majorisation
        itself.

        Raises
        ------
        ValueError
            If there are no k units.

        Examples
        --------
        >>> print(PartialSizes([5, 3], total=10, units=4).concentration_ratio(3))
        [9/10, 1]
        """
        if not isinstance(k, Integral) or not 1 <= k <= self.units:
            raise ValueError(f"there are no {k} largest units; choose from 1 to {self.units}")
        return self._bounds(lambda shares: sum(shares[:k]))

    def herfindahl(self) -> Interval:
        r"""Return the sharp bounds of the Herfindahl index :math:`H = \sum_i s_i^2` of the shares.

        It runs from one over the number of units (all equal) to 1 (one holds all). A sum of one
        convex function of each share is Schur-convex (Schur 1923).

        Examples
        --------
        >>> print(PartialSizes([6], total=10, units=3, ranked=False).herfindahl())
        [11/25, 13/25]
        """
        return self._bounds(lambda shares: sum(share**2 for share in shares))

    def gini(self) -> Interval:
        r"""Return the sharp bounds of the Gini coefficient.

        For n units with shares :math:`s`, the largest first, it is

        .. math:: G = \frac{1}{2n} \sum_i \sum_j |s_i - s_j|
                    = \frac{1}{n} \sum_{i=1}^n (n + 1 - 2i)\, s_{(i)},

        from 0 (all equal) to :math:`1 - 1/n` (one holds all). Summation by parts gives
        :math:`nG = 2 \sum_{k=1}^{n-1} CR_k - (n - 1)`. Each :math:`CR_k` is Schur-convex, hence so
        is :math:`G` (Gini 1912; Marshall, Olkin and Arnold, chapter 13).

        Examples
        --------
        >>> print(PartialSizes([6], total=10, units=3).gini())
        [4/15, 2/5]
        """
        n = self.units
        return self._bounds(
            lambda shares: sum((n - 1 - 2 * i) * share / n for i, share in enumerate(shares))
        )

    def unknown_size(self) -> Interval:
        r"""Return the sharp bounds of what one unknown unit, whichever it is, may hold.

        It is from what the others can't take, :math:`\max(0, R - (m-1)c)`, to :math:`\min(c, R)`.

        Raises
        ------
        ValueError
            If all units are known.

        Examples
        --------
        >>> print(PartialSizes([6, 2], total=10, units=4).unknown_size())
        [0, 2]
        """
        if not self._others:
            raise ValueError(f"all {self.units} units are known; read their sizes off")
        least = self.rest - (self._others - 1) * self._cap
        return Interval(max(Fraction(0), least), min(self._cap, self.rest))

    def rank(self, size: int | Fraction) -> Interval:
        r"""Return the best and the worst rank that a known unit of this size may have.

        Units of the same size share a rank; it is 1 plus the number of larger units, of which the
        known ones can be counted. Of the unknown, j can be larger than :math:`x` only if
        :math:`x < c` and :math:`jx < R`, for they hold more than :math:`jx` together. At least j
        must be larger if fewer, at the cap while the others stay at x, can't hold the rest: the
        least j with :math:`jc + (m - j)x \ge R`.

        Raises
        ------
        ValueError
            If no known unit has this size.

        Examples
        --------
        >>> print(PartialSizes([6, 2], total=14, units=4, ranked=False).rank(2))
        [3, 4]
        """
        if not isinstance(size, Rational) or size not in self.known:
            known = ", ".join(map(str, self.known))
            raise ValueError(f"no known unit has the size {size}; choose one of {known}")
        size = _exact(size)
        larger = 1 + sum(other > size for other in self.known)
        most = least = 0
        if size < self._cap:
            most = self._others
            if size > 0:
                most = min(most, math.ceil(self.rest / size) - 1)
            surplus = self.rest - self._others * size
            least = max(0, math.ceil(surplus / (self._cap - size)))
        return Interval(Fraction(larger + least), Fraction(larger + most))

    @property
    def _others(self) -> int:
        return self.units - len(self.known)

    @property
    def _cap(self) -> Fraction:
        return _exact(self.known[-1]) if self.ranked and self.known else self.rest

    def _with(self, unknown: Sequence[Fraction]) -> tuple[Fraction, ...]:
        return tuple(sorted((*map(_exact, self.known), *unknown), reverse=True))

    def _bounds(self, measure: Callable[[Sequence[Fraction]], Fraction | int]) -> Interval:
        """Return the range of a Schur-convex measure of the shares, the largest first."""
        sizes = (self.most_equal, self.most_unequal)
        least, most = (Fraction(measure([size / self.total for size in one])) for one in sizes)
        return Interval(least, most)


def _exact(size: int | Fraction) -> Fraction:
    # Integers of numpy would stay machine integers inside a fraction, and overflow.
    return Fraction(int(size.numerator), int(size.denominator))
