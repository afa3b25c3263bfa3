"""Exponential smoothing, Theta and the local linear trend against statsmodels and theory."""

import warnings

import numpy as np
import pytest
from scipy.stats import norm
from statsmodels.tsa.forecasting.theta import ThetaModel
from statsmodels.tsa.statespace.structural import UnobservedComponents

from cbec.trend import forecast

MODELS = ("ses", "holt", "damped-holt", "ets", "theta", "local-linear-trend")
Y = np.array([4.9, 5.6, 6.7, 7.2, 8.9, 9.1, 10.5, 12.5, 13.1, 15.7, 16.1, 17.66])


def smoothed(y, alpha, beta, phi, level, trend):
    """Return one-step forecasts and the last state (Hyndman et al. 2008, table 2.2)."""
    ahead = []
    for value in y:
        ahead.append(level + phi * trend)
        error = value - ahead[-1]
        level, trend = ahead[-1] + alpha * error, phi * trend + beta * error
    return np.array(ahead), level, trend


@pytest.mark.parametrize("model", ["ses", "holt", "damped-holt"])
def test_forecasts_follow_the_recursions_with_the_reported_parameters(model):
    made = forecast(Y, 4, model=model, level=[95])
    alpha = made.parameters["alpha"]
    beta, phi = made.parameters.get("beta", 0.0), made.parameters.get("phi", 1.0)
    step = np.median(np.diff(Y[:5])) if model != "ses" else 0.0
    ahead, level, trend = smoothed(Y, alpha, beta, phi, Y[0] - step, step)
    np.testing.assert_allclose(made.fitted[1:], ahead[1:], rtol=1e-6)
    damping = np.cumsum(phi ** np.arange(1, 5))
    np.testing.assert_allclose(made.mean, level + damping * trend, rtol=1e-6)
    # Hyndman et al. (2008), table 6.1: variance of ETS(A,Ad,N) h steps ahead.
    errors = Y - ahead
    c = alpha + beta * damping[:-1]
    variance = np.mean(errors**2) * (1 + np.concatenate([[0.0], np.cumsum(c**2)]))
    half = norm.ppf(0.975) * np.sqrt(variance)
    np.testing.assert_allclose(made.upper[:, 0] - made.mean, half, rtol=1e-5)


@pytest.mark.parametrize("model", ["ses", "holt"])
def test_the_smoothing_parameters_are_the_most_likely_ones(model):
    made = forecast(Y, 1, model=model)
    step = np.median(np.diff(Y[:5])) if model == "holt" else 0.0

    def squares(alpha, beta):
        return np.sum((Y - smoothed(Y, alpha, beta, 1.0, Y[0] - step, step)[0]) ** 2)

    grid = np.linspace(0.0, 1.0, 101)
    betas = grid if model == "holt" else [0.0]
    best = min(squares(alpha, beta) for alpha in grid for beta in betas if beta <= alpha)
    found = squares(made.parameters["alpha"], made.parameters.get("beta", 0.0))
    assert found <= best * (1 + 1e-4)


def test_ets_chooses_no_trend_for_noise_and_a_trend_for_a_line():
    def chosen(y):
        return forecast(y, 3, model="ets").diagnostics[0].rpartition(": ")[2]

    noise = [np.random.default_rng(seed).normal(0, 1, 20) for seed in (0, 2)]
    assert [chosen(10 + one) for one in noise] == ["no trend", "no trend"]
    line = 10 + 3 * np.arange(20)
    assert "no trend" not in [chosen(line + one) for one in noise]


@pytest.mark.parametrize("seed", [1, 5])
def test_ets_takes_the_least_corrected_criterion(seed):
    """Hyndman et al. (2008), section 7.1: AIC + 2 k (k + 1) / (n - k - 1)."""
    y = 20 + np.cumsum(np.random.default_rng(seed).normal(0.6, 1, 7))
    n, plain, corrected = len(y), {}, {}
    for k, name, model in (
        (2, "no trend", "ses"),
        (3, "trend", "holt"),
        (4, "damped trend", "damped-holt"),
    ):
        squares = np.nansum((y - forecast(y, 1, model=model).fitted) ** 2)
        plain[name] = 2 * k + n * (np.log(2 * np.pi * squares / n) + 1)
        corrected[name] = plain[name] + 2 * k * (k + 1) / (n - k - 1)
    least = min(corrected, key=corrected.get)
    assert forecast(y, 1, model="ets").diagnostics[0].endswith(f": {least}")
    # The correction decides.
    assert least != min(plain, key=plain.get)


def test_theta_is_that_of_statsmodels():
    model = ThetaModel(Y / np.abs(Y).mean(), period=1, deseasonalize=False)
    expected = model.fit().forecast(4).to_numpy() * np.abs(Y).mean()
    np.testing.assert_allclose(forecast(Y, 4, model="theta").mean, expected, rtol=1e-5)


def test_theta_is_simple_exponential_smoothing_with_half_the_slope_as_drift():
    """Hyndman and Billah (2003), equation 6."""
    made = forecast(Y, 4, model="theta")
    n, alpha = len(Y), made.parameters["alpha"]
    slope = np.polyfit(np.arange(n), Y, 1)[0]
    assert made.parameters["slope"] == pytest.approx(slope, rel=1e-9)
    _, level, _ = smoothed(Y, alpha, 0.0, 1.0, Y[0], 0.0)
    drift = slope / 2 * (np.arange(4) + (1 - (1 - alpha) ** n) / alpha)
    np.testing.assert_allclose(made.mean, level + drift, rtol=1e-9)


def test_theta_is_the_mean_of_the_line_and_of_the_smoothed_doubled_curvature():
    """Assimakopoulos and Nikolopoulos (2000): theta lines 0 and 2 in equal parts."""
    made = forecast(Y, 4, model="theta")
    n = len(Y)
    line = np.polyval(np.polyfit(np.arange(n), Y, 1), np.arange(n + 4))
    curved = 2 * Y - line[:n]
    _, level, _ = smoothed(curved, made.parameters["alpha"], 0.0, 1.0, curved[0], 0.0)
    np.testing.assert_allclose(made.mean, (line[n:] + level) / 2, rtol=1e-9)


def test_theta_intervals_widen_with_the_smoothing_parameter():
    """Hyndman and Billah (2003), section 3: variance sigma^2 (1 + (h - 1) alpha^2)."""
    y = 20 + np.random.default_rng(1).normal(0, 1, 12) + np.linspace(0, 2, 12)
    made = forecast(y, 4, model="theta", level=[95])
    alpha = made.parameters["alpha"]
    assert 0.02 < alpha < 0.98
    errors = (y - made.fitted)[1:]
    variance = np.sum(errors**2) / (len(y) - 3) * (1 + np.arange(4) * alpha**2)
    np.testing.assert_allclose(
        made.upper[:, 0] - made.mean, norm.ppf(0.975) * np.sqrt(variance), rtol=1e-9
    )


@pytest.mark.parametrize("seed", range(8))
def test_theta_finds_the_same_parameter_as_statsmodels_on_any_series(seed):
    y = 20 + np.cumsum(np.random.default_rng(seed).normal(0.5, 2, 15))
    expected = ThetaModel(y, period=1, deseasonalize=False).fit().forecast(3).to_numpy()
    made = forecast(y, 3, model="theta")
    alpha = made.parameters["alpha"]

    def squares(a):
        return np.sum((y - smoothed(y, a, 0.0, 1.0, y[0], 0.0)[0]) ** 2)

    other = ThetaModel(y, period=1, deseasonalize=False).fit().params["alpha"]
    assert squares(alpha) <= squares(other) * (1 + 1e-9)
    if abs(alpha - other) < 1e-3:
        np.testing.assert_allclose(made.mean, expected, rtol=1e-3)


def test_local_linear_trend_is_that_of_statsmodels():
    scale = np.abs(Y).mean()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        fit = UnobservedComponents(np.round(Y / scale, 12), "lltrend").fit(disp=False)
    made = forecast(Y, 4, model="local-linear-trend", level=[80])
    np.testing.assert_allclose(made.mean, fit.forecast(4) * scale, rtol=1e-6)
    ends = fit.get_forecast(4).conf_int(alpha=0.2) * scale
    np.testing.assert_allclose(made.lower[:, 0], ends[:, 0], rtol=1e-6)
    np.testing.assert_allclose(made.upper[:, 0], ends[:, 1], rtol=1e-6)


@pytest.mark.parametrize("model", MODELS)
@pytest.mark.parametrize(
    "y",
    [
        [3.0] * 6,
        [0.0] * 5,
        [1, 2, 3, 4, 5, 6, 7, 8],
        [0, 0, 0, 0, 5, 6],
        [-1, 2, 3, -2, 4, 5],
        [1, 5, 1, 5, 1, 5, 1],
        [12.5, 14.2, 15.7, 16.85, 17.66],
    ],
)
def test_awkward_series_are_forecast_without_a_printed_warning(model, y):
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        made = forecast(y, 6, model=model)
    assert [str(one.message) for one in caught] == []
    assert np.isfinite(made.mean).all()


@pytest.mark.parametrize("model", ["holt", "damped-holt", "local-linear-trend"])
def test_a_straight_line_goes_on(model):
    made = forecast(np.arange(1.0, 11.0), 3, model=model)
    np.testing.assert_allclose(made.mean, [11, 12, 13], atol=0.15)


@pytest.mark.parametrize("model", MODELS)
def test_a_constant_series_stays_constant(model):
    np.testing.assert_allclose(forecast([3.0] * 8, 4, model=model).mean, 3.0, rtol=1e-4)


@pytest.mark.parametrize("model", MODELS)
def test_every_model_tells_what_it_fitted(model):
    made = forecast(Y, 1, model=model)
    assert np.isfinite(made.fitted).sum() >= len(Y) - 2
