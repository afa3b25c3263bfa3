"""The one place that checks a series."""

from datetime import date, datetime, time
from decimal import Decimal
from fractions import Fraction

import numpy as np
import pandas as pd
import pytest

from cbec.errors import TrendError
from cbec.trend.annual_series import annual

FIVE = [3.0, 4.0, 5.0, 6.0, 7.0]
YEARS = [2020, 2021, 2022, 2023, 2024]
DATED = {
    "date": [date(year, 1, 1) for year in YEARS],
    "datetime": [datetime(year, 12, 31, 23, 59) for year in YEARS],
    "Timestamp": [pd.Timestamp(year, 6, 30) for year in YEARS],
    "Timestamp with a zone": [pd.Timestamp(f"{year}-01-01", tz="Asia/Shanghai") for year in YEARS],
    "datetime64": [np.datetime64(f"{year}") for year in YEARS],
    "Period": [pd.Period(f"{year}", "Y") for year in YEARS],
    "Period of a quarter": [pd.Period(f"{year}Q2", "Q") for year in YEARS],
}


@pytest.mark.parametrize(
    "y",
    [
        FIVE,
        tuple(FIVE),
        np.array(FIVE),
        np.array(FIVE, dtype=np.float32),
        [3, 4, 5, 6, 7],
        pd.Series(FIVE),
        pd.Series([Decimal(3), Decimal(4), Decimal(5), Decimal(6), Decimal(7)]),
        pd.Series([3, 4, 5, 6, 7], dtype="Int64"),
    ],
)
def test_a_series_without_years_becomes_read_only_floats(y):
    series = annual(y)
    assert series.values.tolist() == FIVE
    assert series.values.dtype == np.float64
    assert series.index is None
    with pytest.raises(ValueError, match="read-only"):
        series.values[0] = 1.0


def test_the_callers_array_is_copied():
    y = np.array(FIVE)
    series = annual(y)
    y[0] = 99.0
    assert series.values[0] == 3.0
    assert y.flags.writeable


@pytest.mark.parametrize(
    "index",
    [
        pd.Index(YEARS),
        pd.RangeIndex(2020, 2025),
        pd.PeriodIndex([f"{year}" for year in YEARS], freq="Y"),
        pd.DatetimeIndex([f"{year}-12-31" for year in YEARS]),
        pd.DatetimeIndex([f"{year}-12-31 23:30" for year in YEARS], tz="Asia/Shanghai"),
        pd.PeriodIndex([f"{year}Q4" for year in YEARS], freq="Q"),
        *(pd.Index(kind, dtype=object) for kind in DATED.values()),
    ],
)
def test_a_series_brings_its_years(index):
    series = annual(pd.Series(FIVE, index=index))
    assert series.index is not None
    assert series.index.tolist() == YEARS
    assert series.ahead(2).tolist() == [2025, 2026]


@pytest.mark.parametrize("years", [YEARS, np.array(YEARS), range(2020, 2025), iter(YEARS)])
def test_years_may_be_given(years):
    assert annual(FIVE, years).index.tolist() == YEARS


@pytest.mark.parametrize("kind", DATED)
def test_dates_of_any_kind_may_be_given_as_years(kind):
    dates = DATED[kind]
    for given in (dates, tuple(dates), iter(dates), np.array(dates, dtype=object)):
        assert annual(FIVE, given).index.tolist() == YEARS


@pytest.mark.parametrize("unit", ["Y", "M", "D", "h", "s", "ns"])
def test_an_array_of_datetimes_may_be_given_as_years(unit):
    dates = np.array([f"{year}-12-31" for year in YEARS], dtype=f"M8[{unit}]")
    assert annual(FIVE, dates).index.tolist() == YEARS
    assert annual(FIVE, pd.Series(dates)).index.tolist() == YEARS
    assert annual(FIVE, list(dates)).index.tolist() == YEARS


def test_years_of_both_kinds_may_be_mixed():
    assert annual(FIVE, [2020, 2021.0, date(2022, 1, 1), *YEARS[3:]]).index.tolist() == YEARS


@pytest.mark.parametrize(
    ("dates", "count", "year"),
    [
        (pd.date_range("2023-08-31", periods=8, freq="ME"), 5, 2023),
        (pd.date_range("2023-08-31", periods=8, freq="ME").to_numpy(), 5, 2023),
        (list(pd.period_range("2022Q4", periods=8, freq="Q")), 4, 2023),
        ([date(2024, month, 1) for month in range(8, 0, -1)], 8, 2024),
        ([*(date(year, 12, 31) for year in range(2018, 2025)), date(2024, 6, 30)], 2, 2024),
        (np.arange("2024-05", "2025-01", dtype="M8[M]"), 8, 2024),
    ],
)
def test_several_dates_in_a_year_are_to_be_added_up_first(dates, count, year):
    for given in (lambda: annual(range(8), dates), lambda: annual(pd.Series(range(8), dates))):
        with pytest.raises(TrendError) as caught:
            given()
        assert f"y has {count} values in {year}" in str(caught.value)
        assert "add them up first" in str(caught.value)


def test_one_date_that_stands_twice_is_no_part_of_a_year():
    days = [date(year, 12, 31) for year in (2020, 2021, 2021, 2022, 2023)]
    with pytest.raises(TrendError, match="the year 2021 twice; keep one value"):
        annual(FIVE, days)


def test_the_default_index_is_no_years_unless_it_is_given_as_years():
    assert annual(pd.Series(FIVE)).index is None
    assert annual(pd.Series(FIVE), range(5)).index.tolist() == [0, 1, 2, 3, 4]


def test_a_mask_that_hides_nothing_is_dropped_from_the_years():
    assert type(annual(FIVE, np.ma.array(YEARS)).index) is np.ndarray


def test_steps_are_counted_from_one_without_years():
    assert annual(FIVE).ahead(3).tolist() == [1, 2, 3]


@pytest.mark.parametrize(
    ("y", "named"),
    [
        ([1, 2, np.nan, 4, 5], ["nan", "position 3"]),
        ([1, 2, 3, 4, np.inf], ["inf", "position 5"]),
        ([1, 2, 3, 4, -np.inf], ["-inf", "position 5"]),
        ([1, 2, None, 4, 5], ["None"]),
        ([1, 2, "3", 4, 5], ["value 3", "'3'", "number"]),
        (["a", "b", "c", "d", "e"], ["a", "number"]),
        ([True, False, True, True, True], ["true and false"]),
        ([1.0, 2.0, True, 4.0, 5.0], ["value 3", "True"]),
        ([1, 2, 3, 4, 5 + 0j], ["complex"]),
        (pd.Series(pd.to_datetime(["2020", "2021", "2022", "2023", "2024"])), ["dates"]),
        (np.ones((5, 1)), ["(5, 1)"]),
        (np.ones((1, 5)), ["(1, 5)"]),
        (5.0, ["()"]),
        (None, ["()"]),
        ("12345", ["()"]),
        ([[1, 2], [3]], ["unequal"]),
        (pd.DataFrame({"y": FIVE}), ["choose one column"]),
        (np.ma.array([1.0, 2.0, 3.0, 4.0, 5.0], mask=[0, 0, 1, 0, 0]), ["value 3", "masked"]),
        ([1, 2, 3, 4, 10**400], ["value 5", "beyond the computer's range", "another unit"]),
        ([1, 2, 3, 4, Fraction(10**400)], ["value 5", "beyond the computer's range"]),
        ([1, 2, 3, 4, Decimal("sNaN")], ["value 5", "sNaN", "give a number"]),
        ([1, 2, np.ma.masked, 4, 5], ["value 3", "masked"]),
        ([1, 2, date(2022, 1, 1), 4, 5], ["value 3", "datetime.date(2022, 1, 1)"]),
        (pd.Series([1, 2, None, 4, 5], dtype="Int64"), ["nan", "position 3"]),
        ({1.0, 2.0, 3.0, 4.0, 5.0}, ["()"]),
        ([1, 2, 3, 4, 1e101], ["1e+101", "another unit"]),
        ([0, 0, 0, 0, 1e-101], ["1e-101", "another unit"]),
        ([], ["0 values", "at least 5"]),
        ([1, 2, 3, 4], ["4 values", "at least 5"]),
    ],
)
def test_what_is_no_series_of_numbers_is_refused(y, named):
    with pytest.raises(TrendError) as caught:
        annual(y)
    for part in named:
        assert part in str(caught.value)


def test_a_missing_value_is_named_by_its_year():
    with pytest.raises(TrendError, match=r"nan in 2022.*never bridged"):
        annual([1, 2, np.nan, 4, 5], YEARS)


@pytest.mark.parametrize(
    ("years", "named"),
    [
        ([2020, 2021, 2021, 2022, 2023], ["2021 twice"]),
        ([2020, 2022, 2021, 2023, 2024], ["2021 after 2022", "sort"]),
        ([2024, 2023, 2022, 2021, 2020], ["2023 after 2024", "sort"]),
        ([2018, 2020, 2021, 2022, 2023], ["2019", "between 2018 and 2020", "never bridged"]),
        ([2016, 2020, 2021, 2022, 2023], ["2017 to 2019", "between 2016 and 2020"]),
        ([2020, 2021, 2022, 2023], ["5 values and 4 years"]),
        ([2020, 2021, 2022, 2023, 2024, 2025], ["5 values and 6 years"]),
        ([2020, 2021, 2022.5, 2023, 2024], ["2022.5", "no year"]),
        ([2020, 2021, np.nan, 2023, 2024], ["nan", "no year"]),
        ([2020, 2021, None, 2023, 2024], ["None", "no year"]),
        (["2020", "2021", "2022", "2023", "2024"], ["'2020'", "no year"]),
        ([True, 2, 3, 4, 5], ["True", "no year"]),
        (np.array(2020), ["2020", "a year for each value"]),
        (np.array([[2020], [2021], [2022], [2023], [2024]]), ["a year for each value"]),
        ([[2020], [2021], [2022], [2023], [2024]], ["[2020]", "no year"]),
        (pd.DatetimeIndex(["2020", "2021", None, "2023", "2024"]), ["date 3", "is missing"]),
        (pd.PeriodIndex(["2020", "2021", None, "2023", "2024"], freq="Y"), ["date 3"]),
        ([*YEARS[:3], pd.NaT, 2024], ["date 4", "is missing"]),
        ([date(2020, 1, 1), np.datetime64("NaT"), *YEARS[2:]], ["date 2", "is missing"]),
        (np.array(["2020", "NaT", "2022", "2023", "2024"], dtype="M8[Y]"), ["date 2", "missing"]),
        ([date(2020, 1, 1), *YEARS[1:4], None], ["None at place 5", "no year"]),
        ([10**30, *YEARS[1:]], ["10000", "place 1", "no year"]),
        (np.array([2**64 - 1] * 5, dtype=np.uint64), ["18446744073709551615", "no year"]),
        ([*YEARS[:4], 10**5000], ["place 5", "no year"]),
        ([time(20, 20)] * 5, ["datetime.time(20, 20)", "no year"]),
        (np.array(YEARS, dtype="m8[D]"), ["2020", "no year"]),
        ([*YEARS[:4], 2024 + 0j], ["(2024+0j)", "no year"]),
        (np.ma.array(YEARS, mask=[0, 0, 1, 0, 0]), ["masked at place 3", "no year"]),
        (set(YEARS), ["2020", "in a list"]),
        (dict.fromkeys(YEARS), ["2020", "in a list"]),
        (b"20202", ["20202", "a year for each value"]),
        (2020, ["2020", "a year for each value"]),
        ("20202", ["20202", "a year for each value"]),
    ],
)
def test_years_that_do_not_follow_each_other_are_refused(years, named):
    with pytest.raises(TrendError) as caught:
        annual(FIVE, years)
    for part in named:
        assert part in str(caught.value)


def test_the_series_own_years_are_checked_too():
    with pytest.raises(TrendError, match="2022"):
        annual(pd.Series(FIVE, index=[2020, 2021, 2023, 2024, 2025]))
    quarters = pd.period_range("2020Q1", periods=5, freq="Q")
    with pytest.raises(TrendError, match="2020"):
        annual(pd.Series(FIVE, index=quarters))
    named = pd.Series(FIVE, index=list("abcde"))
    with pytest.raises(TrendError, match=r"'a'.*no year"):
        annual(named)
