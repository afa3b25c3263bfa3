"""Exponential smoothing and the local linear trend by statsmodels, and Theta."""

from __future__ import annotations

import math
import warnings
from collections.abc import Callable, Sequence
from functools import partial
from typing import Any

import numpy as np

from cbec.trend.model_types import Array, Path, normal_path

_STARTS = ((0.1, 0.01), (0.5, 0.1), (0.9, 0.8))
_NAMES = {"smoothing_level": "alpha", "smoothing_trend": "beta", "damping_trend": "phi"}


def _quietly(work: Callable[[], Any]) -> Any:
    """Run statsmodels without its warnings."""
    with warnings.catch_warnings(action="ignore"), np.errstate(all="ignore"):
        return work()


def _scaled(y: Array) -> tuple[Array, float]:
    scale = float(np.abs(y).mean()) or 1.0
    # A search follows the last bits of what it is given: without them it is the same in any unit.
    return np.round(y / scale, 12), scale


def _remarks(fit: Any) -> tuple[str, ...]:
    converged = (getattr(fit, "mle_retvals", None) or {}).get("converged", True)
    said = "the likelihood's search did not converge; the estimates are its last step"
    return () if converged else (said,)


def smoothed(y: Array, horizon: int, level: Sequence[float], *, trends: Sequence[str]) -> Path:
    """Smooth exponentially; among several trends the corrected information criterion chooses."""
    scaled, scale = _scaled(y)
    n = len(y)
    fits = {trend: _fit(scaled, trend) for trend in trends}
    chosen = min(fits, key=lambda trend: _criterion(fits[trend], n))
    fit = fits[chosen]
    listed = f"{', '.join(trends[:-1])} and {trends[-1]}"
    choice = (f"chosen by AICc among {listed}: {chosen}",) if len(trends) > 1 else ()
    predicted = _quietly(lambda: fit.get_prediction(start=n, end=n + horizon - 1))
    estimates = dict(zip(fit.model.param_names, fit.params, strict=True))
    return normal_path(
        np.asarray(predicted.predicted_mean, dtype=float) * scale,
        np.sqrt(np.asarray(predicted.forecast_variance, dtype=float)) * scale,
        level,
        np.concatenate([[np.nan], np.asarray(fit.fittedvalues, dtype=float)[1:] * scale]),
        "Normal theory of the innovations state space model; the estimates count as known.",
        {_NAMES[name]: float(value) for name, value in estimates.items() if name in _NAMES},
        (*choice, *_remarks(fit)),
    )


def _fit(y: Array, trend: str) -> Any:
    import pandas as pd
    from statsmodels.tsa.exponential_smoothing.ets import ETSModel

    moves, damped = trend != "no trend", trend == "damped trend"
    # The first state is set and not estimated: a short series has nothing to spare for it.
    step = float(np.median(np.diff(y[:5]))) if moves else 0.0
    model = ETSModel(
        pd.Series(y),
        error="add",
        trend="add" if moves else None,
        damped_trend=damped,
        initialization_method="known",
        initial_level=y[0] - step,
        initial_trend=step if moves else None,
    )
    # The likelihood of a short series has several maxima: the best of three searches counts.
    starts = [[*start[: 1 + moves], *([0.9] if damped else [])] for start in _STARTS]
    fits = [_quietly(partial(model.fit, start, disp=False)) for start in starts]
    return max(fits, key=lambda fit: fit.llf)


def _criterion(fit: Any, n: int) -> float:
    # What is estimated: the smoothing parameters and the variance.
    k = sum(name in _NAMES for name in fit.model.param_names) + 1
    if n - k - 1 <= 0:
        return math.inf
    return 2 * k - 2 * max(float(fit.llf), -1e12) + 2 * k * (k + 1) / (n - k - 1)


def theta(y: Array, horizon: int, level: Sequence[float]) -> Path:
    r"""Smooth, and add half the slope of the straight line as drift.

    That is Theta (Hyndman and Billah 2003, equation 6): with the smoothed level
    :math:`\ell_n` it forecasts :math:`\ell_n + (b / 2)(h - 1 + (1 - (1 - \alpha)^n) / \alpha)`.
    The variance h steps ahead is :math:`\sigma^2 (1 + (h - 1) \alpha^2)`.
    """
    from scipy.optimize import minimize_scalar

    n = len(y)
    t = np.arange(n) - (n - 1) / 2
    slope = float((t @ y) / (t @ t))

    def levels(alpha: float) -> Array:
        found = np.empty(n)
        found[0] = y[0]
        for i in range(1, n):
            found[i] = alpha * y[i] + (1 - alpha) * found[i - 1]
        return found

    def squares(alpha: float) -> float:
        return float(np.sum((y[1:] - levels(alpha)[:-1]) ** 2))

    grid = np.linspace(0, 1, 21)
    best = int(np.argmin([squares(alpha) for alpha in grid]))
    ends = (grid[max(best - 1, 0)], grid[min(best + 1, 20)])
    search = minimize_scalar(squares, bounds=ends, method="bounded", options={"xatol": 1e-9})
    alpha = float(search.x if search.fun < squares(grid[best]) else grid[best])
    found = levels(alpha)
    # (1 - (1 - alpha)^k) / alpha for k = 1, …, n, which is k without smoothing.
    lag = np.cumsum((1 - alpha) ** np.arange(n))
    fitted = np.concatenate([[np.nan], found[:-1] + slope / 2 * lag[:-1]])
    spread = np.sqrt(np.sum((y[1:] - fitted[1:]) ** 2) / (n - 3))
    h = np.arange(horizon)
    return normal_path(
        found[-1] + slope / 2 * (h + lag[-1]),
        spread * np.sqrt(1 + h * alpha**2),
        level,
        fitted,
        "Normal theory of simple exponential smoothing with drift; the estimates count as known.",
        {"alpha": alpha, "slope": slope},
    )


def local_linear_trend(y: Array, horizon: int, level: Sequence[float]) -> Path:
    """Fit Harvey's local linear trend by maximum likelihood."""
    from statsmodels.tsa.statespace.structural import UnobservedComponents

    scaled, scale = _scaled(y)
    fit = _quietly(lambda: UnobservedComponents(scaled, "local linear trend").fit(disp=False))
    predicted = fit.get_forecast(horizon)
    names = ("variance of the observation", "variance of the level", "variance of the slope")
    return normal_path(
        np.asarray(predicted.predicted_mean, dtype=float) * scale,
        np.asarray(predicted.se_mean, dtype=float) * scale,
        level,
        # The first two say nothing: the start is diffuse.
        np.concatenate([[np.nan, np.nan], np.asarray(fit.fittedvalues)[2:] * scale]),
        "Normal theory of the state space model; the variances count as known.",
        {name: float(value) * scale**2 for name, value in zip(names, fit.params, strict=True)},
        _remarks(fit),
    )
