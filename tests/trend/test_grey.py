"""GM(1,1) against worked examples of the grey literature."""

import numpy as np
import pytest

from cbec.trend import forecast
from cbec.trend.closed_form import development

# The example of the grey-systems textbooks (Deng; Liu and Lin), with its printed coefficients.
DENG = np.array([2.874, 3.278, 3.337, 3.390, 3.679])
# Mean traffic noise of a city, 1986 to 1992, in dB(A): Si Shoukui and Sun Xijing, Mathematical
# Modelling Algorithms and Applications (in Chinese), chapter on grey forecasts: a = 0.0023,
# b = 72.6573, fitted values 71.1, 72.4, 72.2, 72.1, 71.9, 71.7, 71.6.
NOISE = np.array([71.1, 72.4, 72.4, 72.1, 71.4, 72.0, 71.6])


def test_the_coefficients_of_the_textbook_example():
    a, b = development(DENG)
    assert a == pytest.approx(-0.0372, abs=5e-5)
    assert b == pytest.approx(3.0654, abs=5e-5)


def test_the_coefficients_and_fitted_values_of_the_noise_example():
    a, b = development(NOISE)
    assert a == pytest.approx(0.0023, abs=5e-5)
    assert b == pytest.approx(72.6573, abs=5e-5)
    fitted = forecast(NOISE, 1, model="grey").fitted
    np.testing.assert_allclose(fitted[1:], [72.4, 72.2, 72.1, 71.9, 71.7, 71.6], atol=0.0501)


def test_fit_and_forecast_are_the_differences_of_the_response_function():
    """Deng (1982): x1(k + 1) = (x0(1) - b / a) exp(-a k) + b / a, and x0 its differences."""
    a, b = development(DENG)
    totals = (DENG[0] - b / a) * np.exp(-a * np.arange(8)) + b / a
    made = forecast(DENG, 3, model="grey")
    np.testing.assert_allclose(made.fitted[1:], np.diff(totals)[:4], rtol=1e-9)
    np.testing.assert_allclose(made.mean, np.diff(totals)[4:], rtol=1e-9)
    assert made.parameters["development coefficient a"] == pytest.approx(a)
    assert made.parameters["grey input b"] == pytest.approx(b)


def test_a_constant_series_stays_constant():
    made = forecast([3.0] * 6, 4, model="grey")
    np.testing.assert_allclose(made.mean, 3.0, rtol=1e-9)


@pytest.mark.parametrize("growth", [1e-13, 1e-11, 1e-9, 1e-7])
def test_nearly_no_growth_loses_no_digits(growth):
    made = forecast(5.0 * (1 + growth) ** np.arange(8), 3, model="grey")
    np.testing.assert_allclose(made.mean, 5.0, rtol=1e-5)


def test_the_band_is_the_residual_spread_times_the_normal_quantile():
    made = forecast(DENG, 1, model="grey", level=[95])
    # Two coefficients from four equations leave two degrees of freedom.
    spread = np.sqrt(np.sum((DENG - made.fitted)[1:] ** 2) / 2)
    assert made.upper[0, 0] - made.mean[0] == pytest.approx(1.959964 * spread, rel=1e-6)
    assert made.mean[0] - made.lower[0, 0] == pytest.approx(1.959964 * spread, rel=1e-6)


def test_the_band_is_as_wide_at_every_step_and_says_that_it_has_no_theory():
    made = forecast(DENG, 4, model="grey")
    width = made.upper - made.lower
    np.testing.assert_allclose(width, np.broadcast_to(width[0], width.shape))
    assert "no theory" in made.intervals


def test_a_series_that_fails_the_literatures_own_test_is_told_so():
    """Level ratios within exp(-2 / (n + 1)) to exp(2 / (n + 1)): 0.717 to 1.396 for five values."""
    assert forecast(DENG, 1, model="grey").diagnostics == ()
    made = forecast([1.0, 2.0, 2.1, 2.2, 2.3], 1, model="grey")
    assert made.diagnostics[0].startswith("1 of 4 level ratios lie outside 0.717 to 1.396")


def test_a_forecast_below_zero_is_told():
    made = forecast([1.0, 10.0, 100.0, 1e3, 1e4, 1e6], 2, model="grey")
    assert made.mean[-1] < 0
    assert any("below zero" in remark for remark in made.diagnostics)
