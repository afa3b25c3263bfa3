"""Tests of a slowdown against statsmodels, enumeration and their own size."""

import math
from itertools import permutations

import numpy as np
import pandas as pd
import pytest
import statsmodels.api as sm
from scipy import stats

from cbec.errors import TrendError
from cbec.trend import structural_change
from cbec.trend.structural_change import (
    detectable,
    growth_rates,
    growth_trend,
    permutation,
    power,
    sup_f,
)

# Twelve made-up levels whose growth falls, with scatter.
Y = 100 * np.exp(np.cumsum([0, 0.31, 0.27, 0.29, 0.22, 0.24, 0.15, 0.18, 0.11, 0.13, 0.07, 0.05]))
RATES = 100 * np.diff(np.log(Y))
DATED = pd.Series(Y, index=range(2013, 2025))
TESTED = {
    "trend": growth_trend,
    "permutation": permutation,
    "sup-f": sup_f,
}


def series(rates):
    """Return levels that grow by these rates, in percent of the logarithm."""
    return 100 * np.exp(np.cumsum(np.concatenate([[0.0], rates])) / 100)


def constant_growth(count, n=11, seed=20240601):
    return np.random.default_rng(seed).normal(15, 4, size=(count, n))


def test_growth_rates_belong_to_the_later_year():
    rates, years = growth_rates(pd.Series([100, 110, 99, 99, 120], index=range(2020, 2025)))
    assert years.tolist() == [2021, 2022, 2023, 2024]
    np.testing.assert_allclose(rates, 100 * np.log([1.1, 0.9, 1, 120 / 99]))
    assert growth_rates([1, 2, 3, 4, 5])[1].tolist() == [1, 2, 3, 4]


def test_trend_is_statsmodels_ols():
    made = growth_trend(DATED)
    ols = sm.OLS(RATES, sm.add_constant(np.arange(11.0))).fit()
    assert made.estimate == pytest.approx(ols.params[1])
    assert made.statistic == pytest.approx(ols.tvalues[1])
    assert made.p_value == pytest.approx(ols.pvalues[1])
    assert made.noise == pytest.approx(np.sqrt(ols.mse_resid))
    assert made.n == 11


def test_sup_f_is_the_largest_of_statsmodels_f_tests_of_a_step():
    tried = {}
    for year in range(2016, 2024):
        step = (np.arange(2014, 2025) >= year).astype(float)
        tried[year] = sm.OLS(RATES, sm.add_constant(step)).fit()
    made = sup_f(DATED)
    best = tried[made.year]
    assert made.statistic == pytest.approx(max(fit.fvalue for fit in tried.values()))
    assert made.statistic == pytest.approx(best.fvalue)
    assert made.estimate == pytest.approx(best.params[1])
    # Searching has its price: the p-value lies above that of a break known beforehand.
    assert made.p_value > best.f_pvalue


@pytest.mark.parametrize("rates", [[9, 7, 8, 4, 1], [5, 5, 2, 2, 2, 7], [1, 4, 9, 16, 8, 3, 1]])
def test_permutation_counts_every_order(rates):
    """Against a plain list of all orders, ties among the rates included."""
    t = np.arange(len(rates)) - (len(rates) - 1) / 2
    sums = np.abs(np.array(list(permutations(rates))) @ t)
    expected = (sums >= abs(np.dot(rates, t)) - 1e-9).mean()
    assert permutation(series(rates)).p_value == pytest.approx(expected, rel=1e-12)


def test_rates_in_strict_order_are_the_two_most_extreme_of_all_orders():
    falling = series(np.linspace(30, 5, 11) ** 1.1)
    assert permutation(falling).p_value == pytest.approx(2 / math.factorial(11), rel=1e-12)


def test_more_rates_are_permuted_at_random():
    rates = constant_growth(1, n=14)[0]
    counted = growth_trend(series(rates)).p_value
    assert permutation(series(rates)).p_value == pytest.approx(counted, abs=0.03)


@pytest.mark.parametrize(("test", "n"), [("trend", 11), ("permutation", 7), ("sup-f", 11)])
def test_each_test_rejects_constant_growth_in_one_case_of_twenty(test, n):
    found = [TESTED[test](series(rates)).p_value <= 0.05 for rates in constant_growth(1000, n)]
    # Four standard errors of a share of 0.05.
    assert np.mean(found) == pytest.approx(0.05, abs=4 * np.sqrt(0.05 * 0.95 / 1000))


@pytest.mark.parametrize("n", [4, 7, 12])
@pytest.mark.parametrize("test", sorted(structural_change.TESTS))
def test_power_against_no_slowdown_is_the_size(test, n):
    # The critical value is simulated too, so twice the variance.
    error = np.sqrt(2 * 0.05 * 0.95 / 20_000)
    assert power(test, n, slowdown=0, noise=3) == pytest.approx(0.05, abs=4 * error)


@pytest.mark.parametrize(("slowdown", "noise"), [(0.5, 3.0), (1.0, 3.0), (1.0, 2.0)])
def test_power_of_the_trend_is_that_of_the_noncentral_t(slowdown, noise):
    n = 11
    t = np.arange(n) - 5
    shift, cut = slowdown / noise * np.sqrt(t @ t), stats.t.ppf(0.975, n - 2)
    exact = stats.nct.sf(cut, n - 2, shift) + stats.nct.cdf(-cut, n - 2, shift)
    assert power("trend", n, slowdown=slowdown, noise=noise) == pytest.approx(exact, abs=0.015)


@pytest.mark.parametrize("test", sorted(structural_change.TESTS))
def test_power_grows_with_the_slowdown_and_the_years(test):
    by_size = [power(test, 11, slowdown=s, noise=3) for s in (0, 0.5, 1, 2)]
    by_years = [power(test, n, slowdown=1, noise=3) for n in (6, 8, 11)]
    assert by_size == sorted(by_size)
    assert by_years == sorted(by_years)


def test_power_rests_on_the_ratio_of_slowdown_and_noise():
    assert power("sup-f", 9, slowdown=2, noise=6) == power("sup-f", 9, slowdown=1, noise=3)


@pytest.mark.parametrize("test", sorted(structural_change.TESTS))
def test_what_is_detectable_is_seen_four_times_in_five(test):
    seen = detectable(test, 11, noise=3)
    assert power(test, 11, slowdown=seen, noise=3) == pytest.approx(0.8, abs=0.01)


def test_with_five_rates_no_slowdown_is_large_enough_for_a_break():
    assert np.isinf(detectable("sup-f", 5, noise=1))


@pytest.mark.parametrize("test", ["trend", "permutation", "sup-f"])
def test_results_neither_change_from_call_to_call_nor_with_the_unit(test):
    one, two = TESTED[test](Y), TESTED[test](Y)
    other = TESTED[test](1000 * Y)
    assert one.p_value == two.p_value == pytest.approx(other.p_value)
    assert one.noise == two.noise


def test_growth_on_a_straight_line_is_seen_for_certain():
    made = growth_trend(series([20, 18, 16, 14, 12, 10]))
    assert made.p_value < 1e-6
    assert made.noise == pytest.approx(0, abs=1e-9)


@pytest.mark.parametrize("test", ["trend", "permutation", "sup-f"])
@pytest.mark.parametrize("factor", [1.07, 1.1, 1.25])
def test_growth_without_scatter_is_no_matter_of_chance(test, factor):
    """The computer's own rounding must not be tested in place of growth."""
    with pytest.raises(TrendError, match=r"growth is .*% in every year.*there is nothing to test"):
        TESTED[test](5 * factor ** np.arange(9))


@pytest.mark.parametrize("test", ["trend", "permutation", "sup-f"])
@pytest.mark.parametrize(
    ("y", "message"),
    [
        ([3, 2, 0, 4, 5, 6, 7, 8, 9], "growth rates need values above zero, and 0 is among them"),
        ([1, 2, 3, 4], "y has 4 values; a trend model needs at least 5"),
        ([1, 2, np.nan, 4, 5, 6], "y is nan at position 3"),
    ],
)
def test_series_that_cannot_be_tested(test, y, message):
    with pytest.raises(TrendError, match=message):
        TESTED[test](y)


def test_a_gap_is_not_bridged():
    with pytest.raises(TrendError, match="y lacks 2019, between 2018 and 2020"):
        growth_trend(DATED.drop(2019))


@pytest.mark.parametrize(
    ("changed", "message"),
    [
        ({"test": "F"}, "no test is called 'F'; use one of trend, sup-f"),
        ({"n": 3}, "n is 3; give a whole number, at least 4"),
        ({"noise": 0}, "the slowdown is 1 and the noise 0; give points of growth"),
        ({"slowdown": np.nan}, "the slowdown is nan and the noise 3"),
    ],
)
def test_power_that_cannot_be_simulated(changed, message):
    given = {"test": "trend", "n": 11, "slowdown": 1, "noise": 3} | changed
    with pytest.raises(TrendError, match=message):
        power(given.pop("test"), given.pop("n"), **given)


@pytest.mark.parametrize("slowdown", ["1", None, np.inf])
def test_a_slowdown_is_a_number(slowdown):
    with pytest.raises(TrendError, match=r"the slowdown is .*; give points of growth"):
        power("trend", 11, slowdown=slowdown, noise=3)
