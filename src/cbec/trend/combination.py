"""The companion's own forecast: a robust combination, and intervals that were measured.

The point forecast is the last value plus the *median* of four increments, multiplied by a *gain*:

- a damped trend (Gardner and McKenzie 1985), its three parameters chosen from a grid by the least
  sum of absolute one-step errors;
- Theta (Assimakopoulos and Nikolopoulos 2000): the mean of the straight line through all points
  and of simple exponential smoothing of the line with doubled curvature;
- drift, the mean step; and drift of the logarithms, the mean growth factor.

The gain falls with the *roughness* of the series, the standard deviation of its steps over its
mean level: what a rough series did is carried forward less, or hardly at all.

The half-width of an interval is a weighted sum of seven spread statistics of the series, with
weights of its own for each side; of a constant series, which tells nothing of a direction, both
sides are their mean. All weights, and the gain's three constants, are in
``calibration.json``, made by ``benchmarks/calibrate.py`` from the yearly series of the M1 and
tourism competitions. No assumption of normal errors is made; the assumption is that a series goes
wrong as those series did.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from cbec.trend.models import Model, Path, quantiles
from cbec.trend.options import level_label

__all__ = [
    "COMPONENTS",
    "MODELS",
    "SPREADS",
    "Calibration",
    "calibration",
    "components",
    "gain",
    "one_step",
    "path",
    "roughness",
    "spreads",
    "window",
]

_Array: TypeAlias = NDArray[np.float64]

COMPONENTS = ("damped trend", "Theta", "drift", "log-drift")
"""The four forecasts that are combined."""

SPREADS: Mapping[str, str] = {
    "mean step": "mean absolute step",
    "median step": "median absolute deviation of the steps times the root of the horizon",
    "recent step": "mean absolute value of the last three steps times the root of the horizon",
    "drift error": "standard error of the mean step times the horizon",
    "disagreement": "range of the four components, at most five mean absolute steps a year",
    "level": "two percent of the mean level times the root of the horizon",
    "largest step": "largest absolute step times the root of the horizon",
}
"""The spread statistics that an interval's half-width is made of."""

# What is swept by the grid of the damped trend: level, trend and damping.
_GRID = np.array(
    [
        (alpha, beta, phi)
        for alpha in (0.3, 0.5, 0.7, 0.9, 1.0)
        for beta in (0.0, 0.1, 0.2, 0.4)
        for phi in (0.8, 0.9, 0.98)
    ]
).T
_SMOOTHING = np.linspace(0.1, 1.0, 10)
# Normal quantiles of the two levels that were calibrated.
_Z80, _Z95 = quantiles((80, 95))


@dataclass(frozen=True)
class Calibration:
    """The constants of the combination.

    Attributes
    ----------
    gain : tuple of float
        Greatest gain, the roughness at which half of it is left, and the exponent of its fall.
    weights : ndarray, shape (4, 7)
        Weights of `SPREADS` for the lower end at 95%, the lower and the upper end at 80%, and the
        upper end at 95%, in this order.
    longest : int
        Points in the longest window that was calibrated; of a longer series the last are used.
    horizon : int
        The last step that was calibrated.
    provenance : Mapping of str to object
        What the constants were made from, when, and by which command.
    """

    gain: tuple[float, float, float]
    weights: _Array
    longest: int
    horizon: int
    provenance: Mapping[str, Any]


@cache
def calibration() -> Calibration:
    """Read the calibrated constants that the package carries.

    Returns
    -------
    Calibration

    Examples
    --------
    >>> calibration().weights.shape
    (4, 7)
    """
    text = resources.files("cbec.trend").joinpath("calibration.json").read_text(encoding="utf-8")
    read = json.loads(text)
    ends = ("lower-95", "lower-80", "upper-80", "upper-95")
    weights = np.array([[read["weights"][end][name] for name in SPREADS] for end in ends])
    weights.setflags(write=False)
    return Calibration(
        gain=(read["gain"]["greatest"], read["gain"]["half-at"], read["gain"]["exponent"]),
        weights=weights,
        longest=read["longest"],
        horizon=read["horizon"],
        provenance=read["provenance"],
    )


def window(y: _Array, constants: Calibration | None = None) -> _Array:
    """Return the last points of a series, as many as were calibrated at most.

    Examples
    --------
    >>> len(window(np.arange(30.0)))
    16
    """
    return y[-(constants or calibration()).longest :]


def components(y: _Array, horizon: int) -> _Array:
    """Return the four forecasts that are combined.

    Parameters
    ----------
    y : ndarray, shape (n,)
        The series, oldest first.
    horizon : int
        Steps ahead.

    Returns
    -------
    ndarray, shape (4, horizon)
        In the order of `COMPONENTS`. A series that isn't positive throughout has no logarithm:
        its drift stands in for its log-drift.

    Examples
    --------
    >>> components(np.array([1.0, 2.0, 3.0, 4.0, 5.0]), 2)[2]
    array([6., 7.])
    """
    h = np.arange(1.0, horizon + 1)
    last, n = y[-1], len(y)
    drift = last + (last - y[0]) / (n - 1) * h
    log_drift = drift
    if y.min() > 0:
        # A factor beyond this is no forecast; the bound keeps the power finite.
        log_drift = last * np.exp(np.minimum(np.log(last / y[0]) / (n - 1) * h, 300.0))
    return np.stack([_damped_trend(y, horizon), _theta(y, h), drift, log_drift])


def _damped_trend(y: _Array, horizon: int) -> _Array:
    alpha, beta, phi = _GRID
    level = np.full(alpha.shape, y[0])
    trend = np.full(alpha.shape, np.median(np.diff(y[:5])))
    missed = np.zeros(alpha.shape)
    for value in y[1:]:
        damped = phi * trend
        forecast = level + damped
        error = value - forecast
        missed += np.abs(error)
        level = forecast + alpha * error
        trend = damped + alpha * beta * error
    best = int(missed.argmin())
    return level[best] + trend[best] * np.cumsum(phi[best] ** np.arange(1, horizon + 1))


def _theta(y: _Array, h: _Array) -> _Array:
    n = len(y)
    t = np.arange(n) - (n - 1) / 2
    slope = (t @ y) / (t @ t)
    line = y.mean() + slope * t
    curved = 2 * y - line
    level = np.full(_SMOOTHING.shape, curved[0])
    missed = np.zeros(_SMOOTHING.shape)
    for value in curved[1:]:
        error = value - level
        missed += np.abs(error)
        level = level + _SMOOTHING * error
    return (level[missed.argmin()] + line[-1] + slope * h) / 2


def roughness(y: _Array) -> float:
    """Return the standard deviation of the steps over the mean absolute level.

    Returns
    -------
    float
        A number without unit; 0 for a series of zeros.

    Examples
    --------
    >>> roughness(np.array([10.0, 11.0, 12.0, 13.0, 14.0]))
    0.0
    """
    level = np.abs(y).mean()
    return float(np.diff(y).std(ddof=1) / level) if level > 0 else 0.0


def gain(rough: float | _Array, constants: Sequence[float]) -> Any:
    r"""Return by how much the median increment is multiplied.

    Parameters
    ----------
    rough : float or ndarray
        Roughness.
    constants : sequence of float
        Greatest gain :math:`g`, half-way roughness :math:`c`, exponent :math:`p`.

    Returns
    -------
    float or ndarray
        :math:`g / (1 + (r / c)^p)`.

    Examples
    --------
    >>> gain(0.2, (1.5, 0.2, 2.0))
    0.75
    """
    greatest, half_at, exponent = constants
    return greatest / (1 + (rough / half_at) ** exponent)


def spreads(y: _Array, parts: _Array) -> _Array:
    """Return the spread statistics of a series, in its unit.

    Parameters
    ----------
    y : ndarray, shape (n,)
        The series.
    parts : ndarray, shape (4, horizon)
        Its `components`.

    Returns
    -------
    ndarray, shape (7, horizon)
        In the order of `SPREADS`.
    """
    h = np.arange(1.0, parts.shape[1] + 1)
    root = np.sqrt(h)
    steps = np.diff(y)
    size = np.abs(steps)
    mean = size.mean()
    deviation = np.median(np.abs(steps - np.median(steps)))
    apart = parts.max(axis=0) - parts.min(axis=0)
    return np.stack(
        [
            np.full(h.shape, mean),
            deviation * root,
            size[-3:].mean() * root,
            steps.std(ddof=1) / np.sqrt(len(steps)) * h,
            np.minimum(apart, 5 * mean * h),
            0.02 * np.abs(y).mean() * root,
            size.max() * root,
        ]
    )


def one_step(y: _Array) -> _Array:
    """Return the forecast of each value from the values before it.

    Returns
    -------
    ndarray, shape (n,)
        NaN for the first five values, which have too few before them.
    """
    least = 5
    fitted = np.full(len(y), np.nan)
    for i in range(least, len(y)):
        fitted[i] = _mean(window(y[:i]), components(window(y[:i]), 1), calibration())[0]
    return fitted


def _mean(y: _Array, parts: _Array, constants: Calibration) -> _Array:
    # The median of four: the mean of the two in the middle.
    middle = np.sort(parts, axis=0)[1:3].mean(axis=0)
    forecast = y[-1] + gain(roughness(y), constants.gain) * (middle - y[-1])
    return np.maximum(forecast, 0.0) if y.min() >= 0 else forecast


def path(y: _Array, horizon: int, level: Sequence[float]) -> Path:
    """Forecast a series.

    Parameters
    ----------
    y : ndarray, shape (n,)
        At least five finite values, a year apart.
    horizon : int
        Steps ahead.
    level : sequence of float
        Nominal coverages in percent. 80 and 95 were calibrated. Others are interpolated between
        them, and extrapolated beyond, along the normal quantiles.

    Returns
    -------
    Path
        A series that was never negative isn't forecast below zero. Of values that are all equal
        both sides of an interval are their mean, so that its width stays. Fitted values are left
        out, see `one_step`.
    """
    constants = calibration()
    recent = window(y, constants)
    parts = components(recent, horizon)
    mean = _mean(recent, parts, constants)
    below95, below80, above80, above95 = constants.weights @ spreads(recent, parts)
    if _is_constant(recent):
        # Nothing tells up from down; the calibrated width stays.
        below95 = above95 = (below95 + above95) / 2
        below80 = above80 = (below80 + above80) / 2
    reach = quantiles(level)
    lower = np.stack([mean - _between(below80, below95, z) for z in reach], axis=1)
    upper = np.stack([mean + _between(above80, above95, z) for z in reach], axis=1)
    if recent.min() >= 0:
        lower = np.maximum(lower, 0.0)
    rough = roughness(recent)
    return Path(
        mean=mean,
        lower=lower,
        upper=upper,
        fitted=np.full(len(y), np.nan),
        parameters={"gain": float(gain(rough, constants.gain)), "roughness": rough},
        diagnostics=tuple(_remarks(y, recent, horizon, level, constants)),
        components=dict(zip(COMPONENTS, parts, strict=True)),
        intervals="Half-widths are weighted sums of spread statistics, calibrated on past errors "
        "with the yearly M1 and tourism series.",
    )


def _is_constant(y: _Array) -> bool:
    return bool(y.min() == y.max())


def _between(at80: _Array, at95: _Array, z: float) -> _Array:
    if z <= _Z80:
        return at80 * (z / _Z80)
    return at80 + (at95 - at80) * ((z - _Z80) / (_Z95 - _Z80))


def _remarks(
    y: _Array, recent: _Array, horizon: int, level: Sequence[float], constants: Calibration
) -> list[str]:
    remarks = []
    if horizon > constants.horizon:
        remarks.append(
            f"steps beyond {constants.horizon} were not calibrated; their intervals extrapolate"
        )
    if len(y) > constants.longest:
        remarks.append(
            f"only the last {constants.longest} of {len(y)} values are used, "
            "the longest window that was calibrated"
        )
    if recent.min() <= 0:
        remarks.append("not positive throughout: drift stands in for log-drift")
    if _is_constant(recent):
        remarks.append("a constant series shows no direction: its intervals are symmetric")
    others = [level_label(p) for p in level if p not in (80, 95)]
    if others:
        remarks.append(f"only 80 and 95% were calibrated; {', '.join(others)}% follows from them")
    return remarks


MODELS = (
    Model(
        "combination",
        "Default (calibrated combination)",
        "默认模型（校准组合）",
        "This companion; benchmarks/calibrate.py makes its constants",
        "gardner1985",
        path,
        one_step=one_step,
    ),
)
