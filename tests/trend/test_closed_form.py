"""Naive, drift and log-linear against their textbook formulas and statsmodels."""

import numpy as np
import pytest
import statsmodels.api as sm
from scipy import stats

from cbec.trend import forecast

Y = np.array([10.5, 12.5, 14.2, 15.7, 16.85, 17.66])


def test_naive_intervals_are_those_of_a_random_walk():
    """Hyndman and Athanasopoulos (2021), table 5.2: deviation sigma times the root of h."""
    made = forecast(Y, 4, model="naive", level=[95])
    sigma = np.sqrt(np.mean(np.diff(Y) ** 2))
    assert made.mean.tolist() == [Y[-1]] * 4
    expected = Y[-1] + stats.norm.ppf(0.975) * sigma * np.sqrt([1, 2, 3, 4])
    np.testing.assert_allclose(made.upper[:, 0], expected, rtol=1e-12)
    np.testing.assert_allclose(made.fitted[1:], Y[:-1])
    assert np.isnan(made.fitted[0])


def test_drift_is_the_line_from_the_first_to_the_last_value():
    """Hyndman and Athanasopoulos (2021), table 5.2: sigma sqrt(h (1 + h / (T - 1)))."""
    made = forecast(Y, 3, model="drift", level=[80])
    h, n = np.arange(1, 4), len(Y)
    slope = (Y[-1] - Y[0]) / (n - 1)
    np.testing.assert_allclose(made.mean, Y[-1] + slope * h, rtol=1e-12)
    sigma = np.sqrt(np.sum((np.diff(Y) - slope) ** 2) / (n - 2))
    half = stats.norm.ppf(0.9) * sigma * np.sqrt(h * (1 + h / (n - 1)))
    np.testing.assert_allclose(made.upper[:, 0] - made.mean, half, rtol=1e-12)
    np.testing.assert_allclose(made.mean - made.lower[:, 0], half, rtol=1e-12)


@pytest.mark.parametrize("level", [80, 95])
def test_drift_intervals_hold_on_random_walks_what_theory_says(level):
    """Twelve points leave the deviation uncertain: coverage is a little under the nominal one."""
    rng = np.random.default_rng(20240501)
    walks = 100 + np.cumsum(rng.normal(1.0, 2.0, size=(2000, 18)), axis=1)
    made = [forecast(walk[:12], 6, model="drift", level=[level]) for walk in walks]
    lower, upper = (
        np.stack([getattr(one, end)[:, 0] for one in made]) for end in ("lower", "upper")
    )
    held = ((lower <= walks[:, 12:]) & (walks[:, 12:] <= upper)).mean(axis=0)
    # At every step the error over its estimated deviation has Student's t, 10 degrees of freedom.
    exact = 1 - 2 * stats.t.sf(stats.norm.ppf(0.5 + level / 200), 10)
    np.testing.assert_allclose(held, exact, atol=4 * np.sqrt(exact * (1 - exact) / 2000))
    assert exact < level / 100


def test_log_linear_is_statsmodels_ols_with_newey_and_west_errors():
    made = forecast(Y, 3, model="log-linear", level=[95])
    n, lags = len(Y), int(4 * (len(Y) / 100) ** (2 / 9))
    t = np.arange(n)
    ols = sm.OLS(np.log(Y), sm.add_constant(t)).fit(
        cov_type="HAC", cov_kwds={"maxlags": lags, "use_correction": True}
    )
    assert made.parameters["slope"] == pytest.approx(ols.params[1], rel=1e-9)
    assert made.parameters["growth"] == pytest.approx(np.expm1(ols.params[1]), rel=1e-9)
    assert made.parameters["standard error of the slope (HAC)"] == pytest.approx(
        ols.bse[1], rel=1e-9
    )
    plain = sm.OLS(np.log(Y), sm.add_constant(t)).fit()
    ahead = plain.get_prediction(sm.add_constant(np.arange(n, n + 3))).summary_frame(alpha=0.05)
    np.testing.assert_allclose(made.mean, np.exp(ahead["mean"]), rtol=1e-9)
    np.testing.assert_allclose(made.lower[:, 0], np.exp(ahead["obs_ci_lower"]), rtol=1e-9)
    np.testing.assert_allclose(made.upper[:, 0], np.exp(ahead["obs_ci_upper"]), rtol=1e-9)


def test_log_linear_goes_on_with_exact_growth():
    made = forecast(2.0 * 1.1 ** np.arange(8), 3, model="log-linear")
    np.testing.assert_allclose(made.mean, 2.0 * 1.1 ** np.arange(8, 11), rtol=1e-9)
    assert made.parameters["growth"] == pytest.approx(0.1, rel=1e-9)
