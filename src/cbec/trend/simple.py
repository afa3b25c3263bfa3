"""Naive, drift and log-linear forecasts: the yardsticks."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from cbec.trend.models import Model, Path, normal_path

__all__ = ["MODELS"]

_Array: TypeAlias = NDArray[np.float64]


def _before(y: _Array, step: float = 0.0) -> _Array:
    return np.concatenate([[np.nan], y[:-1] + step])


def _naive(y: _Array, horizon: int, level: Sequence[float]) -> Path:
    h = np.arange(1, horizon + 1)
    spread = np.sqrt(np.mean(np.diff(y) ** 2))
    return normal_path(
        np.full(horizon, y[-1]),
        spread * np.sqrt(h),
        level,
        _before(y),
        "Normal theory of a random walk without drift.",
        parameters={"standard deviation of steps": float(spread)},
    )


def _drift(y: _Array, horizon: int, level: Sequence[float]) -> Path:
    h = np.arange(1, horizon + 1)
    steps = np.diff(y)
    drift = float(steps.mean())
    spread = float(steps.std(ddof=1))
    return normal_path(
        y[-1] + drift * h,
        spread * np.sqrt(h * (1 + h / len(steps))),
        level,
        _before(y, drift),
        "Normal theory of a random walk with drift, the drift's own error included.",
        parameters={"drift": drift, "standard deviation of steps": spread},
    )


def _log_linear(y: _Array, horizon: int, level: Sequence[float]) -> Path:
    """Fit a straight line to the logarithms; the forecast is the median, not the expectation.

    The slope's standard error is Newey and West's, with Bartlett weights up to lag
    ``floor(4 (n / 100)^(2/9))`` and a correction for small samples. The intervals are those of a
    new observation, from Student's t, which suppose errors that aren't correlated.
    """
    import statsmodels.api as sm
    from scipy.stats import t as student

    n = len(y)
    scale = y[-1]
    design = sm.add_constant(np.arange(n, dtype=float))
    lags = int(4 * (n / 100) ** (2 / 9))
    line = sm.OLS(np.log(y / scale), design).fit()
    robust = line.get_robustcov_results("HAC", maxlags=lags, use_correction=True)
    ahead = sm.add_constant(np.arange(n, n + horizon, dtype=float), has_constant="add")
    centre = line.predict(ahead)
    variance = line.mse_resid * (
        1 + np.einsum("ij,jk,ik->i", ahead, line.normalized_cov_params, ahead)
    )
    quantile = student.ppf(0.5 + np.asarray(level) / 200, n - 2)
    half = np.sqrt(variance)[:, None] * quantile
    return Path(
        mean=scale * np.exp(centre),
        lower=scale * np.exp(centre[:, None] - half),
        upper=scale * np.exp(centre[:, None] + half),
        fitted=scale * np.exp(line.fittedvalues),
        intervals="Normal theory of a new observation around a log-linear trend; it supposes that "
        "errors aren't correlated from year to year, which annual series rarely fulfil.",
        parameters={
            "growth": float(np.expm1(line.params[1])),
            "slope": float(line.params[1]),
            "standard error of the slope (HAC)": float(robust.bse[1]),
        },
    )


MODELS = (
    Model(
        "naive",
        "Naive (last value)",
        "朴素法（末值）",
        "Hyndman and Athanasopoulos (2021), Forecasting: Principles and Practice, section 5.2",
        "hyndman2021",
        _naive,
    ),
    Model(
        "drift",
        "Random walk with drift",
        "带漂移的随机游走",
        "Hyndman and Athanasopoulos (2021), Forecasting: Principles and Practice, section 5.2",
        "hyndman2021",
        _drift,
    ),
    Model(
        "log-linear",
        "Log-linear trend (OLS, HAC)",
        "对数线性趋势（OLS，HAC）",
        "Newey and West (1987) for the standard error",
        "neweywest1987",
        _log_linear,
        positive=True,
    ),
)
