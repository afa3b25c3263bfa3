"""Forecasts in closed form: the yardsticks, the grey model, and a trend for shares."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from cbec.trend.model_types import Array, Path, normal_path


def naive(y: Array, horizon: int, level: Sequence[float]) -> Path:
    """Repeat the last value."""
    spread = np.sqrt(np.mean(np.diff(y) ** 2))
    return normal_path(
        np.full(horizon, y[-1]),
        spread * np.sqrt(np.arange(1, horizon + 1)),
        level,
        np.concatenate([[np.nan], y[:-1]]),
        "Normal theory of a random walk without drift.",
        {"standard deviation of steps": float(spread)},
    )


def drift(y: Array, horizon: int, level: Sequence[float]) -> Path:
    """Carry the mean step forward."""
    h = np.arange(1, horizon + 1)
    steps = np.diff(y)
    step, spread = float(steps.mean()), float(steps.std(ddof=1))
    return normal_path(
        y[-1] + step * h,
        spread * np.sqrt(h * (1 + h / len(steps))),
        level,
        np.concatenate([[np.nan], y[:-1] + step]),
        "Normal theory of a random walk with drift, the drift's own error included.",
        {"drift": step, "standard deviation of steps": spread},
    )


def logit_trend(y: Array, horizon: int, level: Sequence[float]) -> Path:
    """Carry the mean step of the log-odds forward, so that shares stay between 0 and 1."""
    from scipy.special import expit, logit

    path = drift(logit(y), horizon, level)
    step, spread = path.parameters.values()
    return Path(
        mean=expit(path.mean),
        lower=expit(path.lower),
        upper=expit(path.upper),
        fitted=expit(path.fitted),
        intervals="Normal theory of a random walk with drift in the log-odds, the drift's own "
        "error included.",
        parameters={"drift of the log-odds": step, "standard deviation of its steps": spread},
    )


def log_linear(y: Array, horizon: int, level: Sequence[float]) -> Path:
    """Fit a straight line to the logarithms; the forecast is the median, not the expectation.

    The slope's standard error is Newey and West's, with Bartlett weights up to lag
    ``floor(4 (n / 100)^(2/9))`` and a correction for small samples. The intervals are those of a
    new observation, from Student's t, which suppose errors that aren't correlated.
    """
    import statsmodels.api as sm
    from scipy.special import stdtrit

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
    quantile = stdtrit(n - 2, 0.5 + np.asarray(level) / 200)
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


def development(y: Array) -> tuple[float, float]:
    r"""Return development coefficient (negative for growth) and grey input of GM(1,1).

    With the running totals :math:`x_k` these are the least squares :math:`a` and :math:`b` in
    :math:`y_k = -a (x_k + x_{k-1}) / 2 + b` for :math:`k = 2, \dots, n` (Deng 1982).

    Examples
    --------
    >>> a, b = development(np.array([2.874, 3.278, 3.337, 3.390, 3.679]))
    >>> round(a, 4), round(b, 4)
    (-0.0372, 3.0654)
    """
    total = np.cumsum(y)
    middle = (total[1:] + total[:-1]) / 2
    spread = middle - middle.mean()
    a = -float(spread @ y[1:] / (spread @ spread))
    return a, float(y[1:].mean() + a * middle.mean())


def grey(y: Array, horizon: int, level: Sequence[float]) -> Path:
    """Carry the response function of GM(1,1) forward."""
    a, b = development(y)
    n = len(y)
    k = np.arange(1.0, n + horizon)
    # (1 - exp(a)) (y_0 - b / a) exp(-a k), without the quotients that lose all digits for small a.
    rise = np.expm1(a) / a if a else 1.0
    values = (b - a * y[0]) * rise * np.exp(-a * k)
    fitted, ahead = values[: n - 1], values[n - 1 :]
    spread = float(np.sqrt(np.sum((y[1:] - fitted) ** 2) / max(n - 3, 1)))
    ratio = y[:-1] / y[1:]
    low, high = np.exp(-2 / (n + 1)), np.exp(2 / (n + 1))
    outside = int(np.sum((ratio <= low) | (ratio >= high)))
    remarks = []
    if outside:
        remarks.append(
            f"{outside} of {n - 1} level ratios lie outside {low:.3f} to {high:.3f}: by the grey "
            "literature's own test the series doesn't suit the model"
        )
    if ahead.min() < 0:
        remarks.append("the forecast falls below zero, which no value of the series does")
    return normal_path(
        ahead,
        np.full(horizon, spread),
        level,
        np.concatenate([[np.nan], fitted]),
        "Normal, with the spread of the residuals at every step, as its users draw it: the model "
        "has no theory of its errors.",
        {"development coefficient a": a, "grey input b": b},
        tuple(remarks),
    )
