"""The grey model GM(1,1): the literature's yardstick."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from cbec.trend.models import Model, Path, normal_path

__all__ = ["MODELS", "development"]

_Array: TypeAlias = NDArray[np.float64]


def development(y: _Array) -> tuple[float, float]:
    r"""Return the two coefficients of GM(1,1).

    Parameters
    ----------
    y : ndarray, shape (n,)
        Values above zero.

    Returns
    -------
    a, b : float
        Development coefficient (negative for growth) and grey input, in the unit of the series.

    Notes
    -----
    With the running totals :math:`x_k`, least squares in
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


def _path(y: _Array, horizon: int, level: Sequence[float]) -> Path:
    a, b = development(y)
    n = len(y)
    k = np.arange(1.0, n + horizon)
    # (1 - exp(a)) (y_0 - b / a) exp(-a k), without the quotients that lose all digits for small a.
    rise = np.expm1(a) / a if a else 1.0
    values = np.concatenate([[y[0]], (b - a * y[0]) * rise * np.exp(-a * k)])
    fitted = values[:n]
    spread = float(np.sqrt(np.sum((y[1:] - fitted[1:]) ** 2) / max(n - 3, 1)))
    return normal_path(
        values[n:],
        np.full(horizon, spread),
        level,
        np.concatenate([[np.nan], fitted[1:]]),
        "Normal, with the spread of the residuals at every step, as its users draw it: the model "
        "has no theory of its errors.",
        parameters={"development coefficient a": a, "grey input b": b},
        diagnostics=_remarks(y, values[n:]),
    )


def _remarks(y: _Array, ahead: _Array) -> tuple[str, ...]:
    remarks = []
    ratio, n = y[:-1] / y[1:], len(y)
    low, high = np.exp(-2 / (n + 1)), np.exp(2 / (n + 1))
    outside = int(np.sum((ratio <= low) | (ratio >= high)))
    if outside:
        remarks.append(
            f"{outside} of {n - 1} level ratios lie outside {low:.3f} to {high:.3f}: by the grey "
            "literature's own test the series doesn't suit the model"
        )
    if ahead.min() < 0:
        remarks.append("the forecast falls below zero, which no value of the series does")
    return tuple(remarks)


MODELS = (
    Model(
        "grey",
        "Grey model GM(1,1)",
        "灰色模型 GM(1,1)",
        "Deng (1982), Systems and Control Letters 1, 288-294",
        "deng1982",
        _path,
        positive=True,
    ),
)
