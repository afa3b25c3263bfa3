"""The one place that checks a series."""

from decimal import Decimal

import numpy as np
import pandas as pd
import pytest

from cbec.errors import TrendError
from cbec.trend.series import annual

FIVE = [3.0, 4.0, 5.0, 6.0, 7.0]
YEARS = [2020, 2021, 2022, 2023, 2024]


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


def test_the_default_index_is_no_years_unless_it_is_given_as_years():
    assert annual(pd.Series(FIVE)).index is None
    assert annual(pd.Series(FIVE), range(5)).index.tolist() == [0, 1, 2, 3, 4]


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


def test_the_message_calls_the_series_by_its_name():
    with pytest.raises(TrendError, match=r"^exports "):
        annual([1, 2], name="exports")
