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
    k = np.arange(n + horizon, dtype=float)
    if abs(a) * (n + horizon) < 1e-10:
        total = y[0] + b * k
    else:
        total = (y[0] - b / a) * np.exp(-a * k) + b / a
    values = np.concatenate([[y[0]], np.diff(total)])
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
    )


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
