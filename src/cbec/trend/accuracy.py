"""Errors of forecasts and of their intervals, over any number of series at once.

All measures take arrays whose last axis holds the steps of a forecast, average over this axis and
keep the others: for one forecast they return a number, for a panel of shape (series, steps) an
array of shape (series,). A measure that would divide by zero is NaN, never zero: zero would say
that the forecast was perfect. What isn't numeric, finite and of one shape raises a
`cbec.errors.TrendError`.

Where a measure takes ``actual`` and ``mean``, or ``lower`` and ``upper``, they are what was
observed, what was forecast, and the ends of its interval: array_like of shape (..., steps), in one
unit.
"""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import TypeAlias

import numpy as np
from numpy.typing import ArrayLike

from cbec.errors import TrendError
from cbec.trend.arguments import (
    alike,
    checked_level,
    checked_levels,
    finite,
    first_place,
    level_label,
)
from cbec.trend.model_types import Array

Measured: TypeAlias = "float | Array"


def smape(actual: ArrayLike, mean: ArrayLike) -> Measured:
    r"""Return the symmetric mean absolute percentage error, from 0 to 200.

    :math:`\frac{200}{h} \sum_t |y_t - f_t| / (|y_t| + |f_t|)`, as in the M4 competition
    (Makridakis, Spiliotis and Assimakopoulos 2020). NaN if at some step both are zero.

    Examples
    --------
    >>> round(smape([100, 100], [110, 100]), 3)
    4.762
    """
    y, f = alike(actual=actual, mean=mean)
    return _over_steps(200 * _ratio(np.abs(y - f), np.abs(y) + np.abs(f)))


def mase_scale(y: ArrayLike) -> Measured:
    r"""Return the mean absolute error of the naive forecast within the sample, in its unit.

    :math:`\frac{1}{n-1} \sum_{t=2}^n |y_t - y_{t-1}|` (Hyndman and Koehler 2006, section 3); zero
    if the observations don't change.

    Parameters
    ----------
    y : array_like, shape (..., n)
        The observations that a forecast was made from, at least two.

    Examples
    --------
    >>> mase_scale([1, 2, 4])
    1.5
    """
    return _over_steps(np.abs(_changes(y)))


def rmsse_scale(y: ArrayLike) -> Measured:
    r"""Return the root mean squared error of the naive forecast within the sample, in its unit.

    :math:`\sqrt{\frac{1}{n-1} \sum_{t=2}^n (y_t - y_{t-1})^2}` of what `mase_scale` takes; for its
    source see `rmsse`.

    Examples
    --------
    >>> rmsse_scale([0, 3, 4, 9])**2  # (9 + 1 + 25) / 3
    11.66...
    """
    return _plain(np.sqrt(_over_steps(_changes(y) ** 2)))


def mase(actual: ArrayLike, mean: ArrayLike, scale: ArrayLike) -> Measured:
    r"""Return the mean absolute scaled error, below 1 if it errs less than the naive forecast did.

    :math:`\frac{1}{h} \sum_t |y_t - f_t| / s` (Hyndman and Koehler 2006, section 3). NaN if a scale
    is zero.

    Parameters
    ----------
    actual, mean : array_like, shape (..., steps)
        What was observed, and what was forecast.
    scale : array_like, shape (...) or (..., steps)
        `mase_scale` of what the forecast was made from, for each series or each step.

    Examples
    --------
    >>> mase([5, 6], [4, 4], mase_scale([1, 2, 4]))
    1.0
    """
    y, f = alike(actual=actual, mean=mean)
    return _over_steps(_ratio(np.abs(y - f), _scale(scale, y)))


def rmsse(actual: ArrayLike, mean: ArrayLike, scale: ArrayLike) -> Measured:
    r"""Return the root mean squared scaled error.

    :math:`\sqrt{\frac{1}{h} \sum_t (y_t - f_t)^2 / s^2}` with the `rmsse_scale` :math:`s`, given as
    for `mase` (Makridakis, Spiliotis and Assimakopoulos 2022, on the M5 competition). Hyndman and
    Koehler (2006), who named it, scale it as `mase`.

    Parameters
    ----------
    actual, mean : array_like, shape (..., steps)
        What was observed, and what was forecast.
    scale : array_like, shape (...) or (..., steps)
        `rmsse_scale` of what the forecast was made from, for each series or each step.

    Examples
    --------
    >>> rmsse([5, 6], [4, 6], 2.0) ** 2  # (1 + 0) / 4 / 2
    0.125...
    """
    y, f = alike(actual=actual, mean=mean)
    return _plain(np.sqrt(_over_steps(_ratio((y - f) ** 2, _scale(scale, y) ** 2))))


def coverage(actual: ArrayLike, lower: ArrayLike, upper: ArrayLike) -> Measured:
    r"""Return the share of outcomes that lie in their intervals, from 0 to 1.

    :math:`\frac{1}{h} \sum_t 1[l_t \le y_t \le u_t]`: the ends belong to an interval.

    Parameters
    ----------
    actual, lower, upper : array_like, shape (..., steps)
        What was observed, and the ends of its intervals.

    Examples
    --------
    >>> coverage([1, 2, 3, 4], [0, 0, 0, 0], [3, 3, 3, 3])
    0.75
    """
    y, low, high = _interval(actual, lower, upper)
    return _over_steps(((low <= y) & (y <= high)).astype(np.float64))


def interval_score(actual: ArrayLike, lower: ArrayLike, upper: ArrayLike, level: float) -> Measured:
    r"""Return the mean interval score: the width, and a penalty for what was missed.

    With :math:`\alpha = 1 - \mathrm{level}/100`, the mean of
    :math:`(u - l) + \frac{2}{\alpha} (l - y)_+ + \frac{2}{\alpha} (y - u)_+` (Gneiting and Raftery
    2007, equation 43), in the unit of the observations; smaller is better.

    Parameters
    ----------
    actual, lower, upper : array_like, shape (..., steps)
    level : float
        The nominal level in percent, such as 80; from 1 to below 100.

    Examples
    --------
    >>> round(interval_score([12.0], [0.0], [10.0], 80), 9)  # 10 + 2/0.2 * 2
    30.0
    """
    y, low, high = _interval(actual, lower, upper)
    alpha = 1 - checked_level(level) / 100
    missed = np.maximum(low - y, 0) + np.maximum(y - high, 0)
    return _over_steps(high - low + 2 / alpha * missed)


def crps_from_quantiles(
    actual: ArrayLike, quantiles: ArrayLike, probabilities: Sequence[float]
) -> Measured:
    r"""Return an approximation of the continuous ranked probability score from a few quantiles.

    :math:`2 \int_0^1 \rho_\tau(y, q_\tau)\, d\tau` with the pinball loss :math:`\rho` (Gneiting and
    Raftery 2007, section 4.2), in the unit of the observations; smaller is better. Here the
    integral is the plain mean over the probabilities. That is good where they lie evenly and close
    together; with five it only compares forecasts.

    Parameters
    ----------
    actual : array_like, shape (..., steps)
    quantiles : array_like, shape (..., steps, q)
        The quantiles that were forecast.
    probabilities : sequence of float, length q
        Of an outcome below each quantile, between 0 and 1.

    Examples
    --------
    >>> round(crps_from_quantiles([3.0], [[1.0, 2.0, 3.0]], [0.1, 0.5, 0.9]), 9)
    0.466666667
    """
    y = finite("actual", actual)
    q = finite("quantiles", quantiles, axes=2)
    tau = finite("probabilities", probabilities)
    for value in tau.flat:
        if not 0 < value < 1:
            raise TrendError(f"probability {value:g} isn't between 0 and 1; give 0.9 for 90%")
    if tau.ndim != 1 or q.shape != (*y.shape, tau.size):
        raise TrendError(
            f"quantiles have the shape {q.shape}; for actual of the shape {y.shape} and "
            f"{tau.size} probabilities in one list give {(*y.shape, tau.size)}"
        )
    error = y[..., None] - q
    return _over_steps(2 * np.maximum(tau * error, (tau - 1) * error).mean(axis=-1))


def quantiles_from_intervals(
    mean: ArrayLike, lower: ArrayLike, upper: ArrayLike, level: Sequence[float]
) -> tuple[Array, tuple[float, ...]]:
    """Return the quantiles that a point forecast and its intervals stand for.

    Parameters
    ----------
    mean : array_like, shape (..., steps)
        Point forecasts, taken as medians.
    lower, upper : array_like, shape (..., steps, k)
        The ends of the intervals, each of which leaves out as much below as above.
    level : sequence of float, length k
        The nominal levels in percent, each from 1 to below 100, in the order of the columns.

    Returns
    -------
    quantiles : ndarray, shape (..., steps, 2k + 1)
        From the lowest to the highest.
    probabilities : tuple of float
        As `crps_from_quantiles` takes them.

    Examples
    --------
    >>> quantiles_from_intervals([5.0], [[4.0, 2.0]], [[6.0, 9.0]], (80, 95))
    (array([[2., 4., 5., 6., 9.]]), (0.025, 0.1, 0.5, 0.9, 0.975))
    """
    middle = finite("mean", mean)
    low, high = alike(axes=2, lower=lower, upper=upper)
    levels = checked_levels(level)
    if low.shape != (*middle.shape, len(levels)):
        raise TrendError(
            f"lower and upper have the shape {low.shape}; for mean of the shape {middle.shape} and "
            f"{len(levels)} levels give {(*middle.shape, len(levels))}"
        )
    widest = np.argsort(levels)[::-1]
    # In decimals, so that 95% leaves out 0.025 and 99.99999% doesn't round to all.
    outside = [(100 - Decimal(level_label(levels[i]))) / 200 for i in widest]
    quantiles = [low[..., widest], middle[..., None], high[..., widest[::-1]]]
    probabilities = [*outside, Decimal("0.5"), *(1 - part for part in reversed(outside))]
    return np.concatenate(quantiles, axis=-1), tuple(map(float, probabilities))


def _ratio(part: Array, whole: Array) -> Array:
    """Divide, with NaN for what is divided by zero."""
    part, whole = np.broadcast_arrays(part, whole)
    return np.divide(part, whole, out=np.full(part.shape, np.nan), where=whole != 0)


def _over_steps(values: Array) -> Measured:
    return _plain(values.mean(axis=-1))


def _plain(value: Array) -> Measured:
    return value if np.ndim(value) else float(value)


def _changes(y: ArrayLike) -> Array:
    values = finite("y", y)
    if values.shape[-1] < 2:
        raise TrendError("y holds a single observation; a naive forecast needs at least two")
    return np.diff(values, axis=-1)


def _interval(actual: ArrayLike, lower: ArrayLike, upper: ArrayLike) -> list[Array]:
    y, low, high = alike(actual=actual, lower=lower, upper=upper)
    if (low > high).any():
        place = first_place(low > high)
        raise TrendError(
            f"lower {low[place]:g} is above upper {high[place]:g} at position "
            f"{', '.join(map(str, place))}; give the lower end first"
        )
    return [y, low, high]


def _scale(scale: ArrayLike, y: Array) -> Array:
    values = finite("scale", scale, axes=0)
    if (values < 0).any():
        raise TrendError(
            f"scale {values.min():g} is negative; give the error of the naive forecast"
        )
    if values.ndim == y.ndim - 1:
        values = values[..., None]
    try:
        return np.broadcast_to(values, y.shape)
    except ValueError:
        raise TrendError(
            f"scale has the shape {np.shape(scale)}; for forecasts of the shape {y.shape} give "
            f"{y.shape[:-1]}, one for each series, or {y.shape}"
        ) from None
