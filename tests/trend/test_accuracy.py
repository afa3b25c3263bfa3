"""Measures of error against hand-worked numbers, closed forms and each other."""

import numpy as np
import pytest
from scipy import stats

from cbec.errors import TrendError
from cbec.trend.accuracy import (
    coverage,
    crps_from_quantiles,
    interval_score,
    mase,
    mase_scale,
    quantiles_from_intervals,
    rmsse,
    rmsse_scale,
    smape,
)

RNG = np.random.default_rng(7)
ACTUAL = RNG.normal(100, 10, size=(3, 4))
MEAN = RNG.normal(100, 10, size=(3, 4))
LOWER, UPPER = MEAN - 8, MEAN + 11


def pinball(actual, quantile, probability):
    """Return the mean pinball loss, half the CRPS of one quantile."""
    return crps_from_quantiles(actual, np.asarray(quantile)[..., None], [probability]) / 2


def test_smape_runs_from_0_to_200_percent():
    # |10 - 5| * 200 / 15 and |4 - 12| * 200 / 16: 66.67 and 100.
    assert smape([10, 4], [5, 12]) == pytest.approx((200 * 5 / 15 + 100) / 2)
    assert smape([3.0], [3.0]) == 0
    assert smape([3.0], [0.0]) == 200


def test_scaled_errors_by_hand():
    # Changes 1, -2, 4: mean size 7/3, mean square 7.
    y = [5, 6, 4, 8]
    assert mase_scale(y) == pytest.approx(7 / 3)
    assert rmsse_scale(y) == pytest.approx(np.sqrt(7))
    # Errors 1 and 3.
    assert mase([9, 11], [8, 8], mase_scale(y)) == pytest.approx(2 / (7 / 3))
    assert rmsse([9, 11], [8, 8], rmsse_scale(y)) == pytest.approx(np.sqrt(5 / 7))


def test_a_scale_may_differ_from_step_to_step():
    assert mase([1, 2], [0, 0], [1, 4]) == pytest.approx((1 / 1 + 2 / 4) / 2)
    assert rmsse([1, 2], [0, 0], [1, 4]) == pytest.approx(np.sqrt((1 + 4 / 16) / 2))


def test_coverage_counts_the_ends_of_an_interval():
    assert coverage([1, 2, 2.001, 0.999], [1, 1, 1, 1], [2, 2, 2, 2]) == 0.5


def test_interval_score_by_hand():
    # Width 4; inside, 1 below, 3 above: with alpha 0.05 each unit missed costs 40.
    assert interval_score([5, 2, 10], [3, 3, 3], [7, 7, 7], 95) == pytest.approx(
        4 + (0 + 40 + 120) / 3
    )


@pytest.mark.parametrize("level", [50, 80, 95])
def test_interval_score_is_the_scaled_pinball_loss_of_both_ends(level):
    """Gneiting and Raftery (2007), section 6.2."""
    alpha = 1 - level / 100
    both = pinball(ACTUAL, LOWER, alpha / 2) + pinball(ACTUAL, UPPER, 1 - alpha / 2)
    np.testing.assert_allclose(interval_score(ACTUAL, LOWER, UPPER, level), 2 / alpha * both)


def test_pinball_loss_is_least_at_the_quantile():
    draws = np.random.default_rng(1).normal(size=50_000)
    tried = np.linspace(0, 2, 201)
    losses = [pinball(draws, np.full(draws.size, q), 0.9) for q in tried]
    assert tried[np.argmin(losses)] == pytest.approx(stats.norm.ppf(0.9), abs=0.03)


def test_many_even_quantiles_give_the_closed_form_of_the_crps():
    """Gneiting and Raftery (2007), equation 21: the CRPS of a normal forecast."""
    probabilities = (np.arange(2000) + 0.5) / 2000
    quantiles = 3 + 2 * stats.norm.ppf(probabilities)
    for y in (-1.0, 3.0, 8.0):
        z = (y - 3) / 2
        exact = 2 * (z * (2 * stats.norm.cdf(z) - 1) + 2 * stats.norm.pdf(z) - 1 / np.sqrt(np.pi))
        made = crps_from_quantiles([y], quantiles[None], probabilities.tolist())
        assert made == pytest.approx(exact, rel=2e-3)


def test_crps_of_the_median_alone_is_the_absolute_error():
    assert crps_from_quantiles([7.0], [[4.0]], [0.5]) == pytest.approx(3)


@pytest.mark.parametrize("level", [(80, 95), (95, 80)])
def test_quantiles_are_in_order_whatever_the_order_of_levels(level):
    ends = {80: (4.0, 7.0), 95: (2.0, 9.0)}
    lower, upper = (np.array([[ends[p][side] for p in level]]) for side in (0, 1))
    quantiles, probabilities = quantiles_from_intervals([5.0], lower, upper, level)
    assert quantiles.tolist() == [[2, 4, 5, 7, 9]]
    assert probabilities == (0.025, 0.1, 0.5, 0.9, 0.975)


@pytest.mark.parametrize(
    "measured",
    [
        lambda i: smape(ACTUAL[i], MEAN[i]),
        lambda i: mase(ACTUAL[i], MEAN[i], np.array([1.0, 2.0, 4.0])[i]),
        lambda i: rmsse(ACTUAL[i], MEAN[i], np.array([1.0, 2.0, 4.0])[i]),
        lambda i: mase_scale(ACTUAL[i]),
        lambda i: coverage(ACTUAL[i], LOWER[i], UPPER[i]),
        lambda i: interval_score(ACTUAL[i], LOWER[i], UPPER[i], 80),
        lambda i: pinball(ACTUAL[i], LOWER[i], 0.1),
        lambda i: crps_from_quantiles(
            ACTUAL[i], np.stack([LOWER[i], MEAN[i], UPPER[i]], axis=-1), (0.1, 0.5, 0.9)
        ),
    ],
)
def test_a_panel_is_measured_series_by_series(measured):
    whole = measured(slice(None))
    assert whole.shape == (3,)
    each = [measured(i) for i in range(3)]
    assert all(type(value) is float for value in each)
    np.testing.assert_allclose(whole, each)


def test_what_would_divide_by_zero_is_nan_and_never_perfect():
    assert np.isnan(smape([0, 1], [0, 1]))
    flat = [4.0, 4.0, 4.0]
    assert mase_scale(flat) == rmsse_scale(flat) == 0
    assert np.isnan(mase([4.0], [4.0], mase_scale(flat)))
    assert np.isnan(rmsse([5.0], [4.0], rmsse_scale(flat)))
    # One flat series leaves the others of a panel alone.
    assert np.isnan(mase(ACTUAL, MEAN, [1.0, 0.0, 1.0])).tolist() == [False, True, False]


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: smape([1, 2], [1]), r"shapes differ: actual \(2,\), mean \(1,\); give one"),
        (lambda: smape([1, np.nan], [1, 2]), "actual is nan at position 1; leave out"),
        (lambda: smape([[1, 2], [3, np.inf]], [[1, 2], [3, 4]]), "actual is inf at position 1, 1"),
        (
            lambda: smape(np.ma.array([[1, 2], [3, 4]], mask=[[0, 0], [1, 0]]), [[1, 2], [3, 4]]),
            "actual is nan at position 1, 0; leave out what isn't known",
        ),
        (
            lambda: smape([np.ma.array([1.0, 2.0], mask=[0, 1])], [[1.0, 2.0]]),
            "actual is nan at position 0, 1; leave out what isn't known",
        ),
        (lambda: smape(["1"], [1]), "actual isn't numeric"),
        (lambda: smape([True], [1]), r"actual isn't numeric \(bool\)"),
        (lambda: smape(1.0, 1.0), r"actual has the shape \(\)"),
        (lambda: smape([], []), r"actual has the shape \(0,\)"),
        (lambda: mase_scale([3]), "single observation; a naive forecast needs at least two"),
        (lambda: mase([1, 2], [1, 2], -1.0), "scale -1 is negative"),
        (lambda: mase([1, 2], [1, 2], [1, 2, 3]), r"scale has the shape \(3,\); .* give \(\), one"),
        (lambda: coverage([1], [3], [2]), "lower 3 is above upper 2 at position 0"),
        (lambda: interval_score([1], [0], [2], 0.8 * 0), "level 0 isn't between 0 and 100"),
        (lambda: interval_score([1], [0], [2], 100), "level 100 isn't between 0 and 100"),
        (lambda: pinball([1], [0], 90), "probability 90 isn't between 0 and 1; give 0.9 for 90%"),
        (
            lambda: crps_from_quantiles([1.0], [[0.0, 2.0]], [0.5]),
            r"quantiles have the shape \(1, 2\); .* give \(1, 1\)",
        ),
        (
            lambda: quantiles_from_intervals([1.0], [[0.0]], [[2.0]], (80, 95)),
            r"lower and upper have the shape \(1, 1\); .* give \(1, 2\)",
        ),
    ],
)
def test_what_cannot_be_measured_is_named_with_its_remedy(call, message):
    with pytest.raises(TrendError, match=message):
        call()
