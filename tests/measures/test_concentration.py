"""Concentration of partly known sizes, against every way to spread the rest."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator, Sequence
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cbec.figures.interval import Interval
from cbec.measures.concentration import PartialSizes

# Firms of Guangdong, Zhejiang and Shandong, and of the country, as the paper prints them, and the
# provincial units of the mainland.
PROVINCES, TOTAL, UNITS = [14772, 12239, 11784], 70769, 31
RANKED = PartialSizes(PROVINCES, TOTAL, UNITS)
FREE = PartialSizes(PROVINCES, TOTAL, UNITS, ranked=False)


def partitions(total: int, units: int, cap: int) -> Iterator[tuple[int, ...]]:
    """Yield every way to spread a total over units of at most `cap`, largest first."""
    if units == 0:
        if total == 0:
            yield ()
        return
    for first in range(min(cap, total), -1, -1):
        for rest in partitions(total - first, units - 1, first):
            yield (first, *rest)


def spreads(known: list[int], total: int, units: int, ranked: bool) -> list[tuple[int, ...]]:
    """Return the sizes of the unknown units in every possible case, in whole numbers."""
    rest = total - sum(known)
    cap = min(known) if ranked and known else rest
    return (
        list(partitions(rest, units - len(known), cap)) if rest >= 0 <= units - len(known) else []
    )


def herfindahl(sizes: Sequence[int]) -> Fraction:
    return Fraction(sum(size**2 for size in sizes), sum(sizes) ** 2)


def gini(sizes: Sequence[int]) -> Fraction:
    """Return half the mean difference over the mean, by its definition."""
    differences = sum(abs(a - b) for a, b in itertools.product(sizes, repeat=2))
    return Fraction(differences, 2 * len(sizes) * sum(sizes))


def top(k: int) -> Callable[[Sequence[int]], Fraction]:
    return lambda sizes: Fraction(sum(sorted(sizes)[-k:]), sum(sizes))


def shown(interval: Interval, form: str) -> tuple[str, str]:
    assert interval.lower is not None
    assert interval.upper is not None
    return format(float(interval.lower), form), format(float(interval.upper), form)


# The provinces: finding F9 of the brief ------------------------------------------------------


def test_three_provinces_hold_54_8_percent() -> None:
    assert RANKED.concentration_ratio(3) == Interval.point(Fraction(38795, 70769))
    assert shown(RANKED.concentration_ratio(3), ".1%") == ("54.8%", "54.8%")


def test_the_herfindahl_of_the_provinces_lies_between_0_1085_and_0_1708() -> None:
    assert shown(RANKED.herfindahl(), ".4f") == ("0.1085", "0.1708")


def test_without_the_ranking_one_province_may_hold_all_the_rest() -> None:
    assert FREE.unknown_size() == Interval(Fraction(0), Fraction(31974))
    assert FREE.herfindahl().upper == herfindahl([*PROVINCES, 31974])
    assert FREE.herfindahl().lower == RANKED.herfindahl().lower


def test_without_the_ranking_not_even_rank_one_can_be_derived() -> None:
    # 31,974 firms hold two provinces above Guangdong's 14,772, and two above Shandong's 11,784.
    ranks = [FREE.rank(size) for size in PROVINCES]
    assert ranks == [Interval(1, 3), Interval(2, 4), Interval(3, 5)]


def test_with_the_ranking_the_three_ranks_are_certain() -> None:
    assert [RANKED.rank(size) for size in PROVINCES] == [Interval.point(k) for k in (1, 2, 3)]
    assert RANKED.unknown_size() == Interval(Fraction(0), Fraction(11784))


def test_more_units_than_are_known_have_a_range() -> None:
    # A fourth and fifth province: least with an equal rest, most at Shandong's size.
    rest = Fraction(31974, 28)
    assert RANKED.concentration_ratio(5) == Interval(
        (38795 + 2 * rest) / 70769, Fraction(38795 + 2 * 11784, 70769)
    )


# Against enumeration -------------------------------------------------------------------------

CASES = [
    (known, total, units, ranked)
    for ranked in (True, False)
    for known in ([], [3], [4, 2], [1, 3, 3], [5, 5], [2, 0])
    for total in range(max(1, sum(known)), 13)
    for units in range(max(1, len(known)), 6)
]
each_case = pytest.mark.parametrize(("known", "total", "units", "ranked"), CASES)


def in_fine_units(
    known: list[int], total: int, units: int, ranked: bool
) -> tuple[list[int], PartialSizes, list[tuple[int, ...]]]:
    """Restate sizes so finely that equal shares of the rest are whole, and spread the rest."""
    fine = max(1, units - len(known))
    known, total = [fine * size for size in known], fine * total
    return known, PartialSizes(known, total, units, ranked), spreads(known, total, units, ranked)


@each_case
def test_the_bounds_are_the_extremes_over_every_spread(
    known: list[int], total: int, units: int, ranked: bool
) -> None:
    if not spreads(known, total, units, ranked):
        with pytest.raises(ValueError, match="can't be spread"):
            PartialSizes(known, total, units, ranked)
        return
    known, sizes, others = in_fine_units(known, total, units, ranked)
    every = [(*known, *spread) for spread in others]
    found = {herfindahl: sizes.herfindahl(), gini: sizes.gini()} | {
        top(k): sizes.concentration_ratio(k) for k in range(1, units + 1)
    }
    for measure, bounds in found.items():
        values = [measure(case) for case in every]
        assert bounds == Interval(min(values), max(values))


@each_case
def test_what_one_unit_may_hold_and_its_rank_are_the_extremes_over_every_spread(
    known: list[int], total: int, units: int, ranked: bool
) -> None:
    if not spreads(known, total, units, ranked):
        return
    known, sizes, others = in_fine_units(known, total, units, ranked)
    for size in known:
        ranks = [1 + sum(other > size for other in (*known, *spread)) for spread in others]
        assert sizes.rank(size) == Interval(Fraction(min(ranks)), Fraction(max(ranks)))
    if units > len(known):
        held = [size for spread in others for size in spread]
        assert sizes.unknown_size() == Interval(Fraction(min(held)), Fraction(max(held)))


@each_case
def test_whole_sizes_never_leave_the_bounds(
    known: list[int], total: int, units: int, ranked: bool
) -> None:
    for spread in spreads(known, total, units, ranked):
        sizes = PartialSizes(known, total, units, ranked)
        every = (*known, *spread)
        assert herfindahl(every) in sizes.herfindahl()
        assert gini(every) in sizes.gini()
        for size in known:
            assert Fraction(1 + sum(other > size for other in every)) in sizes.rank(size)


@st.composite
def partly_known(draw: st.DrawFn) -> tuple[PartialSizes, list[int]]:
    """Return sizes of which some are known, and the others."""
    known = draw(st.lists(st.integers(0, 40), min_size=1, max_size=4).filter(any))
    ranked = draw(st.booleans())
    others = draw(st.lists(st.integers(0, min(known) if ranked else 40), max_size=4))
    every = [*known, *others]
    return PartialSizes(known, sum(every), len(every), ranked), others


@settings(deadline=None)
@given(partly_known())
def test_the_truth_lies_within_the_bounds(case: tuple[PartialSizes, list[int]]) -> None:
    sizes, others = case
    every = [*map(int, sizes.known), *others]
    assert herfindahl(every) in sizes.herfindahl()
    assert gini(every) in sizes.gini()
    for k in range(1, len(every) + 1):
        assert top(k)(every) in sizes.concentration_ratio(k)
    assert all(other in sizes.unknown_size() for other in others)
    for size in sizes.known:
        assert 1 + sum(other > size for other in every) in sizes.rank(size)


@settings(deadline=None)
@given(partly_known())
def test_the_extreme_spreads_are_possible_themselves(case: tuple[PartialSizes, list[int]]) -> None:
    sizes, _ = case
    for spread in (sizes.most_equal, sizes.most_unequal):
        assert len(spread) == sizes.units
        assert sum(spread) == sizes.total
        assert min(spread) >= 0
        unknown = list(spread)
        for size in sizes.known:
            unknown.remove(size)
        assert not sizes.ranked or max(unknown, default=0) <= min(sizes.known)


@settings(deadline=None)
@given(st.lists(st.integers(1, 50), min_size=1, max_size=4), st.integers(0, 60), st.integers(1, 12))
def test_ranking_never_widens_the_bounds(known: list[int], rest: int, others: int) -> None:
    total, units = sum(known) + rest, len(known) + others
    free = PartialSizes(known, total, units, ranked=False)
    if rest <= min(known) * others:
        ranked = PartialSizes(known, total, units)
        assert ranked.herfindahl().within(free.herfindahl())
        assert ranked.gini().within(free.gini())
        assert ranked.unknown_size().within(free.unknown_size())


# Known answers and edges ---------------------------------------------------------------------


def test_equal_units_are_not_concentrated() -> None:
    sizes = PartialSizes([5, 5, 5, 5], 20, 4)
    assert sizes.gini() == Interval.point(0)
    assert sizes.herfindahl() == Interval.point(Fraction(1, 4))


def test_one_unit_that_holds_all_is_as_concentrated_as_can_be() -> None:
    sizes = PartialSizes([20], 20, 4)
    assert sizes.gini() == Interval.point(Fraction(3, 4))
    assert sizes.herfindahl() == Interval.point(1)


def test_everything_known_is_a_point() -> None:
    sizes = PartialSizes([6, 4], 10, 2)
    assert sizes.herfindahl() == Interval.point(Fraction(52, 100))
    assert sizes.gini() == Interval.point(Fraction(1, 10))
    assert sizes.concentration_ratio(2) == Interval.point(1)


def test_nothing_known_leaves_everything_between_equal_and_one_for_all() -> None:
    sizes = PartialSizes([], 10, 4)
    assert sizes.gini() == Interval(Fraction(0), Fraction(3, 4))
    assert sizes.concentration_ratio(1) == Interval(Fraction(1, 4), Fraction(1))


def test_units_of_no_size_leave_the_herfindahl_and_raise_the_gini() -> None:
    few, many = PartialSizes([6, 4], 10, 2), PartialSizes([6, 4, 0], 10, 5)
    assert many.herfindahl() == few.herfindahl()
    assert many.gini() == Interval.point(Fraction(32, 50))


def test_sizes_may_stand_in_any_order_and_be_fractions() -> None:
    half = Fraction(1, 2)
    assert PartialSizes([1, 3 * half], 4, 4) == PartialSizes([3 * half, 1], 4, 4)
    assert PartialSizes([3 * half, 1], 4, 4).unknown_size() == Interval(half, Fraction(1))


def test_sizes_from_a_table_don_t_overflow() -> None:
    sizes, total = [4_000_000_007, 3_000_000_019], 9_000_000_011
    exact = PartialSizes(sizes, total, 5)
    assert PartialSizes(np.array(sizes), np.int64(total), 5).herfindahl() == exact.herfindahl()


def test_units_of_the_same_size_share_a_rank() -> None:
    sizes = PartialSizes([5, 5, 3], 13, 3)
    assert sizes.rank(5) == Interval.point(1)
    assert sizes.rank(3) == Interval.point(3)


def test_a_rest_too_large_for_small_units_pushes_a_known_unit_down() -> None:
    # 9 over two units: at least one is above 2, both may be.
    assert PartialSizes([6, 2], 17, 4, ranked=False).rank(2) == Interval(3, 4)
    # 3 over two units needs no unit above 2, and allows only one.
    assert PartialSizes([6, 2], 11, 4, ranked=False).rank(2) == Interval(2, 3)


@pytest.mark.parametrize(
    ("known", "total", "units"),
    [
        ([3, 2], 10, 4),  # two others of at most 2 can't hold 5
        ([6], 10, 1),  # no unit is left for the rest
    ],
)
def test_a_rest_that_does_not_fit_is_refused(known: list[int], total: int, units: int) -> None:
    with pytest.raises(ValueError, match="check the total and the number of units"):
        PartialSizes(known, total, units)


@pytest.mark.parametrize("ranked", [True, False])
def test_more_known_units_than_there_are_are_refused(ranked: bool) -> None:
    with pytest.raises(ValueError, match="2 units are known, of 1 in all; check the number"):
        PartialSizes([6, 4], 10, 1, ranked)


@pytest.mark.parametrize(("sizes", "total"), [([-1, 3], 10), ([6, 6], 10), ([0], 0), ([], -1)])
def test_impossible_sizes_are_refused(sizes: list[int], total: int) -> None:
    with pytest.raises(ValueError, match="must be 0 or more and add up to at most"):
        PartialSizes(sizes, total, 5)


def test_sizes_that_are_not_exact_are_refused() -> None:
    with pytest.raises(ValueError, match=r"0\.5 is no size; give whole numbers or fractions"):
        PartialSizes([0.5], 1, 2)
    with pytest.raises(ValueError, match=r"2\.0 is no number of units; give a whole number"):
        PartialSizes([1], 1, 2.0)


@pytest.mark.parametrize("k", [0, -1, 32])
def test_a_ratio_of_units_that_do_not_exist_is_refused(k: int) -> None:
    with pytest.raises(ValueError, match=f"there are no {k} largest units; choose from 1 to 31"):
        RANKED.concentration_ratio(k)


def test_the_rank_of_an_unknown_size_is_refused() -> None:
    with pytest.raises(ValueError, match="no known unit has the size 7; choose one of 14772"):
        RANKED.rank(7)


def test_there_is_no_unknown_size_when_all_are_known() -> None:
    with pytest.raises(ValueError, match="all 2 units are known"):
        PartialSizes([6, 4], 10, 2).unknown_size()
