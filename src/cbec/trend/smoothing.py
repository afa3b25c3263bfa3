"""Exponential smoothing and the local linear trend by statsmodels, and Theta."""

from __future__ import annotations

import warnings
from collections.abc import Callable, Sequence
from functools import partial
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from cbec.errors import TrendError
from cbec.trend.models import Model, Path, normal_path

__all__ = ["MODELS"]

_Array: TypeAlias = NDArray[np.float64]

_STARTS = ((0.1, 0.01), (0.5, 0.1), (0.9, 0.8))

_NOT_CONVERGED = "the likelihood's search did not converge; the estimates are its last step"


def _quietly(work: Callable[[], Any]) -> tuple[Any, tuple[str, ...]]:
    """Run statsmodels without its warnings, and tell whether its search converged."""
    with warnings.catch_warnings(), np.errstate(all="ignore"):
        warnings.simplefilter("ignore")
        fit = work()
    converged = (getattr(fit, "mle_retvals", None) or {}).get("converged", True)
    return fit, () if converged else (_NOT_CONVERGED,)


def _scaled(y: _Array) -> tuple[_Array, float]:
    scale = float(np.abs(y).mean()) or 1.0
    # A search follows the last bits of what it is given: without them it is the same in any unit.
    return np.round(y / scale, 12), scale


def _smoothed(y: _Array, *, trend: bool, damped: bool) -> tuple[Any, tuple[str, ...]]:
    import pandas as pd
    from statsmodels.tsa.exponential_smoothing.ets import ETSModel

    # The first state is set and not estimated: a short series has nothing to spare for it.
    step = float(np.median(np.diff(y[:5]))) if trend else 0.0
    initial = {"initial_level": y[0] - step, **({"initial_trend": step} if trend else {})}
    model = ETSModel(
        pd.Series(y),
        error="add",
        trend="add" if trend else None,
        damped_trend=damped,
        initialization_method="known",
        **initial,
    )
    # The likelihood of a short series has several maxima: the best of three searches counts.
    damping = [0.9] if damped else []
    starts = [[level, *([rate] if trend else []), *damping] for level, rate in _STARTS]
    fits = [_quietly(partial(model.fit, start, disp=False)) for start in starts]
    return max(fits, key=lambda fit: fit[0].llf)


def _smoothing_path(
    fit: Any,
    scale: float,
    horizon: int,
    level: Sequence[float],
    diagnostics: tuple[str, ...],
    n: int,
) -> Path:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        predicted = fit.get_prediction(start=n, end=n + horizon - 1)
    names = {
        "smoothing_level": "alpha",
        "smoothing_trend": "beta",
        "damping_trend": "phi",
    }
    estimates = dict(zip(fit.model.param_names, fit.params, strict=True))
    fitted = np.array(fit.fittedvalues, dtype=float) * scale
    fitted[0] = np.nan
    return normal_path(
        np.asarray(predicted.predicted_mean, dtype=float) * scale,
        np.sqrt(np.asarray(predicted.forecast_variance, dtype=float)) * scale,
        level,
        fitted,
        "Normal theory of the innovations state space model; the estimates count as known.",
        parameters={names[k]: float(v) for k, v in estimates.items() if k in names},
        diagnostics=diagnostics,
    )


def _ses(y: _Array, horizon: int, level: Sequence[float]) -> Path:
    scaled, scale = _scaled(y)
    fit, remarks = _smoothed(scaled, trend=False, damped=False)
    return _smoothing_path(fit, scale, horizon, level, remarks, len(y))


def _holt(y: _Array, horizon: int, level: Sequence[float]) -> Path:
    scaled, scale = _scaled(y)
    fit, remarks = _smoothed(scaled, trend=True, damped=False)
    return _smoothing_path(fit, scale, horizon, level, remarks, len(y))


def _damped_holt(y: _Array, horizon: int, level: Sequence[float]) -> Path:
    scaled, scale = _scaled(y)
    fit, remarks = _smoothed(scaled, trend=True, damped=True)
    return _smoothing_path(fit, scale, horizon, level, remarks, len(y))


def _ets(y: _Array, horizon: int, level: Sequence[float]) -> Path:
    """Choose among no trend, a trend and a damped trend by the corrected information criterion."""
    (scaled, scale), n = _scaled(y), len(y)
    best = None
    for name, trend, damped in (
        ("no trend", False, False),
        ("trend", True, False),
        ("damped trend", True, True),
    ):
        fit, remarks = _smoothed(scaled, trend=trend, damped=damped)
        # What is estimated: the smoothing parameters and the variance.
        k = len([p for p in fit.model.param_names if not p.startswith("initial")]) + 1
        if n - k - 1 <= 0:
            continue
        likelihood = max(float(fit.llf), -1e12)
        criterion = 2 * k - 2 * likelihood + 2 * k * (k + 1) / (n - k - 1)
        if best is None or criterion < best[0]:
            best = (criterion, name, fit, remarks)
    if best is None:
        raise TrendError(f"{n} values are too few to choose among models; use 'ses'")
    _, name, fit, remarks = best
    chosen = f"chosen by AICc among no trend, trend and damped trend: {name}"
    return _smoothing_path(fit, scale, horizon, level, (chosen, *remarks), n)


def _theta(y: _Array, horizon: int, level: Sequence[float]) -> Path:
    r"""Smooth, and add half the slope of the straight line as drift.

    That is Theta (Hyndman and Billah 2003, equation 6): with the smoothed level
    :math:`\ell_n` it forecasts :math:`\ell_n + (b / 2)(h - 1 + (1 - (1 - \alpha)^n) / \alpha)`.
    The variance h steps ahead is :math:`\sigma^2 (1 + (h - 1) \alpha^2)`.
    """
    from scipy.optimize import minimize_scalar

    n = len(y)
    t = np.arange(n) - (n - 1) / 2
    slope = float((t @ y) / (t @ t))

    def levels(alpha: float) -> _Array:
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
    smoothed = levels(alpha)
    # (1 - (1 - alpha)^k) / alpha for k = 1, …, n, which is k without smoothing.
    lag = np.cumsum((1 - alpha) ** np.arange(n))
    fitted = np.concatenate([[np.nan], smoothed[:-1] + slope / 2 * lag[:-1]])
    spread = np.sqrt(np.sum((y[1:] - fitted[1:]) ** 2) / (n - 3))
    h = np.arange(horizon)
    return normal_path(
        smoothed[-1] + slope / 2 * (h + lag[-1]),
        spread * np.sqrt(1 + h * alpha**2),
        level,
        fitted,
        "Normal theory of simple exponential smoothing with drift; the estimates count as known.",
        parameters={"alpha": alpha, "slope": slope},
    )


def _local_linear_trend(y: _Array, horizon: int, level: Sequence[float]) -> Path:
    from statsmodels.tsa.statespace.structural import UnobservedComponents

    scaled, scale = _scaled(y)
    fit, remarks = _quietly(
        lambda: UnobservedComponents(scaled, "local linear trend").fit(disp=False)
    )
    predicted = fit.get_forecast(horizon)
    fitted = np.array(fit.fittedvalues, dtype=float) * scale
    # The first two say nothing: the start is diffuse.
    fitted[:2] = np.nan
    names = ("variance of the observation", "variance of the level", "variance of the slope")
    return normal_path(
        np.asarray(predicted.predicted_mean, dtype=float) * scale,
        np.asarray(predicted.se_mean, dtype=float) * scale,
        level,
        fitted,
        "Normal theory of the state space model; the variances count as known.",
        parameters={k: float(v) * scale**2 for k, v in zip(names, fit.params, strict=True)},
        diagnostics=remarks,
    )


MODELS = (
    Model(
        "ses",
        "Simple exponential smoothing",
        "简单指数平滑",
        "Brown (1959), Statistical Forecasting for Inventory Control",
        "brown1959",
        _ses,
    ),
    Model(
        "holt",
        "Holt's linear trend",
        "霍尔特线性趋势",
        "Holt (1957), reprinted in the International Journal of Forecasting 20 (2004), 5-10",
        "holt2004",
        _holt,
    ),
    Model(
        "damped-holt",
        "Damped trend",
        "阻尼趋势",
        "Gardner and McKenzie (1985), Management Science 31, 1237-1246",
        "gardner1985",
        _damped_holt,
    ),
    Model(
        "ets",
        "Exponential smoothing, chosen by AICc",
        "指数平滑（AICc 选择）",
        "Hyndman, Koehler, Ord and Snyder (2008), Forecasting with Exponential Smoothing",
        "hyndman2008",
        _ets,
    ),
    Model(
        "theta",
        "Theta",
        "Theta 法",
        "Assimakopoulos and Nikolopoulos (2000), International Journal of Forecasting 16, 521-530",
        "assimakopoulos2000",
        _theta,
    ),
    Model(
        "local-linear-trend",
        "Local linear trend",
        "局部线性趋势",
        "Harvey (1989), Forecasting, Structural Time Series Models and the Kalman Filter",
        "harvey1989",
        _local_linear_trend,
    ),
)
