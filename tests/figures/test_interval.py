"""Intervals behave as sets of numbers, ends included or not."""

from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cbec.figures.interval import Interval

# Ends are whole numbers, so halves lie between any two of them and beyond every end.
ENDS = range(-4, 5)
PROBES = [Fraction(k, 2) for k in range(-11, 12)]


@st.composite
def intervals(draw: st.DrawFn) -> Interval:
    lower, upper = sorted((draw(st.sampled_from(ENDS)), draw(st.sampled_from(ENDS))))
    if lower == upper:
        return Interval.point(lower)
    return Interval(
        draw(st.sampled_from([None, Fraction(lower)])),
        draw(st.sampled_from([None, Fraction(upper)])),
        draw(st.booleans()),
        draw(st.booleans()),
    )


def members(interval: Interval) -> set[Fraction]:
    return {probe for probe in PROBES if probe in interval}


def test_an_end_belongs_to_the_interval_only_if_it_is_closed() -> None:
    half_open = Interval(Fraction(1), Fraction(2), True, False)
    assert Fraction(1) in half_open
    assert Fraction(2) not in half_open
    assert Fraction(3, 2) in half_open
    assert Fraction(0) not in half_open
    assert Fraction(3) not in half_open


def test_an_infinite_end_is_open_whatever_was_asked() -> None:
    line = Interval(None, None, True, True)
    assert (line.lower_closed, line.upper_closed) == (False, False)
    assert line == Interval(None, None, False, False)
    assert line.width is None
    assert not line.is_point


@pytest.mark.parametrize(
    ("lower", "upper", "lower_closed", "upper_closed"),
    [(2, 1, True, True), (1, 1, True, False), (1, 1, False, True), (1, 1, False, False)],
)
def test_an_interval_without_a_number_is_refused(
    lower: int, upper: int, lower_closed: bool, upper_closed: bool
) -> None:
    with pytest.raises(ValueError, match="no number lies in"):
        Interval(Fraction(lower), Fraction(upper), lower_closed, upper_closed)


def test_a_point_holds_one_number_and_has_no_width() -> None:
    point = Interval.point(3)
    assert point.is_point
    assert point.width == 0
    assert members(point) == {Fraction(3)}
    assert not Interval(Fraction(3), Fraction(4)).is_point


def test_touching_intervals_meet_only_where_both_ends_are_closed() -> None:
    left, right = Interval(Fraction(0), Fraction(1)), Interval(Fraction(1), Fraction(2))
    assert left.intersection(right) == Interval.point(1)
    assert left.meets(right)
    assert left.intersection(Interval(Fraction(1), Fraction(2), False, True)) is None
    assert Interval(Fraction(0), Fraction(1), True, False).intersection(right) is None


@given(intervals(), intervals())
def test_the_intersection_holds_what_both_hold(first: Interval, second: Interval) -> None:
    common = first.intersection(second)
    expected = members(first) & members(second)
    assert (members(common) if common else set()) == expected
    assert first.meets(second) == bool(expected)
    assert common == second.intersection(first)


@given(intervals(), intervals(), intervals())
def test_intersection_is_associative(a: Interval, b: Interval, c: Interval) -> None:
    left, right = a.intersection(b), b.intersection(c)
    assert (left and left.intersection(c)) == (right and a.intersection(right))


@given(intervals(), intervals())
def test_within_means_that_no_member_is_left_out(first: Interval, second: Interval) -> None:
    assert first.within(second) == (members(first) <= members(second))
    assert first.within(first)


@given(intervals(), st.integers(-5, 5))
def test_shifting_shifts_every_member(interval: Interval, offset: int) -> None:
    shifted = interval.shifted(Fraction(offset))
    assert members(interval) == {probe for probe in PROBES if probe + offset in shifted}
    assert shifted.width == interval.width


def test_brackets_say_which_ends_belong() -> None:
    assert str(Interval(Fraction(1, 2), Fraction(2), False, True)) == "(1/2, 2]"
    assert str(Interval(None, Fraction(0), True, True)) == "(-inf, 0]"
    assert str(Interval(Fraction(0), None)) == "[0, inf)"
