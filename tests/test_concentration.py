"""Concentration ratios and the bounds of the Herfindahl index, against enumeration."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cbec.concentration import concentration_ratio, herfindahl_bounds

# Firms of Guangdong, Zhejiang and Shandong, and of the country, as the paper prints them.
PROVINCES, TOTAL = [14772, 12239, 11784], 70769


def partitions(total: int, units: int, cap: int) -> Iterator[tuple[int, ...]]:
    """Yield every way to spread a total over units of at most `cap`, largest first."""
    if units == 0:
        if total == 0:
            yield ()
        return
    for first in range(min(cap, total), -1, -1):
        for rest in partitions(total - first, units - 1, first):
            yield (first, *rest)


def enumerated(known: list[int], total: int, units: int, ranked: bool) -> list[Fraction]:
    rest = total - sum(known)
    cap = min(known) if ranked and known else rest
    return [
        Fraction(sum(s * s for s in (*known, *others)), total**2)
        for others in partitions(rest, units - len(known), cap)
    ]


def test_the_concentration_ratio_is_the_share_of_the_largest() -> None:
    # F9 of the brief: three provinces hold 54.8%.
    ratio = concentration_ratio(PROVINCES, TOTAL)
    assert ratio == Fraction(38795, 70769)
    assert f"{float(ratio):.1%}" == "54.8%"


def test_the_herfindahl_of_the_provinces_lies_between_0_1085_and_0_1708() -> None:
    # F9 of the brief, for 31 units with Shandong third.
    found = herfindahl_bounds(PROVINCES, TOTAL, 31)
    assert found.lower is not None
    assert found.upper is not None
    assert (f"{float(found.lower):.4f}", f"{float(found.upper):.4f}") == ("0.1085", "0.1708")


def test_without_the_ranking_one_province_may_hold_all_the_rest() -> None:
    found = herfindahl_bounds(PROVINCES, TOTAL, 31, ranked=False)
    whole = sum(size**2 for size in (*PROVINCES, 31974))
    assert found.upper == Fraction(whole, TOTAL**2)
    assert found.lower == herfindahl_bounds(PROVINCES, TOTAL, 31).lower


SMALL = [
    (known, total, units, ranked)
    for ranked in (True, False)
    for known in ([], [3], [4, 2], [3, 3, 1], [5, 5])
    for total in range(max(1, sum(known)), 15)
    for units in range(max(1, len(known)), 6)
]


@pytest.mark.parametrize(("known", "total", "units", "ranked"), SMALL)
def test_the_bounds_hold_every_spread_of_whole_sizes_and_are_as_tight_as_stated(
    known: list[int], total: int, units: int, ranked: bool
) -> None:
    found = enumerated(known, total, units, ranked)
    if not found:
        with pytest.raises(ValueError, match="can't be spread"):
            herfindahl_bounds(known, total, units, ranked=ranked)
        return
    bounds = herfindahl_bounds(known, total, units, ranked=ranked)
    assert bounds.lower is not None
    slack = Fraction(units, total**2)
    assert bounds.lower <= min(found) <= bounds.lower + slack
    # Whole caps leave a whole rest, so the upper bound is reached by whole sizes.
    assert bounds.upper == max(found)


@given(st.lists(st.integers(1, 50), min_size=1, max_size=4), st.integers(0, 60), st.integers(1, 12))
def test_ranking_never_widens_the_bounds(known: list[int], rest: int, others: int) -> None:
    total, units = sum(known) + rest, len(known) + others
    free = herfindahl_bounds(known, total, units, ranked=False)
    assert free.lower is not None
    assert free.lower >= Fraction(1, units)
    if rest <= min(known) * others:
        assert herfindahl_bounds(known, total, units).within(free)


def test_everything_known_is_a_point() -> None:
    found = herfindahl_bounds([6, 4], 10, 2)
    assert found.is_point
    assert found.lower == Fraction(52, 100)


def test_units_of_no_size_change_nothing() -> None:
    assert herfindahl_bounds([6, 4, 0], 10, 5) == herfindahl_bounds([6, 4], 10, 2)


@pytest.mark.parametrize(
    ("known", "total", "units"),
    [
        ([6, 3], 10, 1),  # more known units than units
        ([3, 2], 10, 4),  # two others of at most 2 can't hold 5
        ([6], 10, 1),  # no unit is left for the rest
    ],
)
def test_a_rest_that_does_not_fit_is_refused(known: list[int], total: int, units: int) -> None:
    with pytest.raises(ValueError, match="check the total and the number of units"):
        herfindahl_bounds(known, total, units)


@pytest.mark.parametrize(("sizes", "total"), [([-1, 3], 10), ([6, 6], 10), ([0], 0), ([1], -1)])
def test_impossible_sizes_are_refused(sizes: list[int], total: int) -> None:
    with pytest.raises(ValueError, match="must be 0 or more and add up to at most"):
        concentration_ratio(sizes, total)
    with pytest.raises(ValueError, match="must be 0 or more and add up to at most"):
        herfindahl_bounds(sizes, total, 5)
