"""Growth curves with a saturation level: logistic, Gompertz, Bass."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import product
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from cbec.errors import TrendError
from cbec.trend.models import Model, Path

__all__ = ["MODELS"]

_Array: TypeAlias = NDArray[np.float64]

# A saturation level above this many times the largest value is no finding but a bound.
_CEILING = 100.0
# Wider than this ratio of its ends, a 95% interval leaves the saturation level open.
_OPEN = 4.0


@dataclass(frozen=True)
class _Curve:
    """A curve of three parameters; the first is the logarithm of the saturation level.

    Attributes
    ----------
    value : callable
        Curve at the times, for parameters.
    names : tuple of str
        The parameters.
    lower, upper : tuple of float
        Bounds; those of the saturation level are relative to the scale.
    starts : tuple of tuples of float
        Where the search starts: all combinations.
    turning : callable
        Time of the greatest growth (of the greatest flow for Bass), for parameters.
    """

    value: Callable[[_Array, _Array], _Array]
    names: tuple[str, str, str]
    lower: tuple[float, float, float]
    upper: tuple[float, float, float]
    starts: tuple[tuple[float, ...], ...]
    turning: Callable[[_Array], float]
    flow: bool = False


def _logistic(p: _Array, t: _Array) -> _Array:
    from scipy.special import expit

    return np.exp(p[0]) * expit(p[1] * (t - p[2]))


def _gompertz(p: _Array, t: _Array) -> _Array:
    return np.exp(p[0] - np.exp(np.minimum(-p[1] * (t - p[2]), 50.0)))


def _bass(p: _Array, t: _Array) -> _Array:
    """Return the flow of a year: Srinivasan and Mason's form, exact over the year."""

    def adopted(time: _Array) -> _Array:
        fading = np.exp(-(p[1] + p[2]) * time)
        return (1 - fading) / (1 + p[2] / p[1] * fading)

    return np.exp(p[0]) * (adopted(t) - adopted(t - 1))


_LOGISTIC = _Curve(
    _logistic,
    ("saturation level", "rate", "turning point"),
    (0.0, 1e-4, -200.0),
    (np.log(_CEILING), 5.0, 200.0),
    ((0.1, 0.7, 2.5), (0.05, 0.2, 0.6), (-5.0, 4.0, 12.0)),
    lambda p: float(p[2]),
)
_GOMPERTZ = _Curve(
    _gompertz,
    ("saturation level", "rate", "turning point"),
    (0.0, 1e-4, -200.0),
    (np.log(_CEILING), 5.0, 200.0),
    ((0.1, 0.7, 2.5), (0.03, 0.15, 0.5), (-5.0, 4.0, 12.0)),
    lambda p: float(p[2]),
)
_BASS = _Curve(
    _bass,
    ("total of all years", "innovation p", "imitation q"),
    (0.0, 1e-6, 1e-6),
    (np.log(1000.0), 1.0, 3.0),
    ((2.0, 3.5), (0.003, 0.03), (0.1, 0.3, 0.6)),
    lambda p: float(np.log(p[2] / p[1]) / (p[1] + p[2])),
    flow=True,
)


def _fit(curve: _Curve, y: _Array, horizon: int, level: Sequence[float]) -> Path:
    """Fit by least squares from several starts; intervals by the delta method."""
    from scipy.optimize import least_squares
    from scipy.stats import t as student

    n, scale = len(y), float(y.max())
    t, ahead = np.arange(1.0, n + 1), np.arange(n + 1.0, n + horizon + 1)
    scaled = y / scale
    bounds = (np.array(curve.lower), np.array(curve.upper))
    fits = [
        least_squares(lambda p: curve.value(p, t) - scaled, start, bounds=bounds, x_scale="jac")
        for start in product(*curve.starts)
    ]
    best = min(fits, key=lambda fit: fit.cost)
    estimates, degrees = best.x, n - 3
    # A parameter at its bound is fixed there: it has no error of its own.
    free = best.active_mask == 0
    variance = 2 * best.cost / degrees
    covariance = np.zeros((3, 3))
    jacobian = best.jac[:, free]
    covariance[np.ix_(free, free)] = np.linalg.pinv(jacobian.T @ jacobian) * variance
    slope = _slope(curve, estimates, ahead)
    deviation = np.sqrt(variance + np.einsum("ij,jk,ik->i", slope, covariance, slope))
    mean = curve.value(estimates, ahead) * scale
    half = deviation[:, None] * student.ppf(0.5 + np.asarray(level) / 200, degrees) * scale
    parameters = {
        curve.names[0]: float(np.exp(estimates[0]) * scale),
        curve.names[1]: float(estimates[1]),
        curve.names[2]: float(estimates[2]),
    }
    return Path(
        mean=mean,
        lower=np.maximum(mean[:, None] - half, 0.0),
        upper=mean[:, None] + half,
        fitted=curve.value(estimates, t) * scale,
        intervals="Delta method with Student's t; it supposes independent errors around a curve "
        "that is the right one.",
        parameters=parameters,
        diagnostics=_remarks(curve, estimates, covariance, bool(free[0]), n),
    )


def _slope(curve: _Curve, estimates: _Array, t: _Array) -> _Array:
    columns = []
    for j in range(3):
        step = np.zeros(3)
        step[j] = 1e-6 * max(1.0, abs(estimates[j]))
        rise = curve.value(estimates + step, t) - curve.value(estimates - step, t)
        columns.append(rise / (2 * step[j]))
    return np.stack(columns, axis=1)


def _remarks(
    curve: _Curve, estimates: _Array, covariance: _Array, is_free: bool, n: int
) -> tuple[str, ...]:
    from scipy.stats import t as student

    remarks = []
    what = curve.names[0]
    ratio = float(np.exp(2 * student.ppf(0.975, n - 3) * np.sqrt(covariance[0, 0])))
    if not is_free:
        remarks.append(f"the {what} isn't identified: the fit drives it to its bound")
    elif not ratio < _OPEN:
        remarks.append(
            f"the {what} isn't identified: its 95% interval spans more than a factor of {_OPEN:g}"
        )
    turning = curve.turning(estimates)
    if turning > n:
        remarks.append(
            "the turning point lies after the last year, so the data show no slowdown that could "
            f"determine the {what}"
        )
    if curve.flow:
        remarks.append("the first year of the series is taken as the first year of adoption")
    return tuple(remarks)


def _rising(y: _Array, name: str) -> None:
    if y[-1] <= y[0]:
        raise TrendError(
            f"{name} describes growth, and the series ends at {y[-1]:g}, not above its start, "
            f"{y[0]:g}; use 'combination' or 'damped-holt'"
        )


def _logistic_path(y: _Array, horizon: int, level: Sequence[float]) -> Path:
    _rising(y, "the logistic curve")
    return _fit(_LOGISTIC, y, horizon, level)


def _gompertz_path(y: _Array, horizon: int, level: Sequence[float]) -> Path:
    _rising(y, "the Gompertz curve")
    return _fit(_GOMPERTZ, y, horizon, level)


def _bass_path(y: _Array, horizon: int, level: Sequence[float]) -> Path:
    return _fit(_BASS, y, horizon, level)


MODELS = (
    Model(
        "logistic",
        "Logistic curve",
        "逻辑斯蒂曲线",
        "Meade and Islam (2006), International Journal of Forecasting 22, 519-545",
        "meade2006",
        _logistic_path,
        positive=True,
    ),
    Model(
        "gompertz",
        "Gompertz curve",
        "龚珀兹曲线",
        "Meade and Islam (2006), International Journal of Forecasting 22, 519-545",
        "meade2006",
        _gompertz_path,
        positive=True,
    ),
    Model(
        "bass",
        "Bass diffusion",
        "巴斯扩散模型",
        "Bass (1969), Management Science 15, 215-227; fitted as Srinivasan and Mason (1986) do, "
        "Marketing Science 5, 169-178",
        "bass1969",
        _bass_path,
        positive=True,
    ),
)
