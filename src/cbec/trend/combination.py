"""The companion's own forecast: a robust combination, and intervals that were measured.

The point forecast is the last value plus the *median* of four increments, multiplied by a *gain*
that is never above one: what a series did may be carried forward less, and never more.

- The four are a damped trend (Gardner and McKenzie 1985), its three parameters chosen from a grid
  by the least sum of absolute one-step errors; Theta (Assimakopoulos and Nikolopoulos 2000), the
  mean of the straight line through all points and of simple exponential smoothing of the line with
  doubled curvature; drift, the mean step; and drift of the logarithms, the mean growth factor.
- The gain falls with the *roughness* of the series, the standard deviation of its steps over its
  mean level. A fall is shrunk a second time, by its *steadiness*: of falling series only the steady
  ones went on falling.
- A series that moves by steady *rates* is measured in rates: damped trend, Theta, roughness and the
  spread of intervals are then taken from its logarithms. How far is a weight from 0 to 1, so that
  there is no threshold. A straight line has the weight 0, and an exponential curve the weight 1.

The half-width of an interval is a weighted sum of seven spread statistics of the series, with
weights of its own for each side; of a constant series, which tells nothing of a direction, both
sides are their mean. These weights, and the two constants of the gain's fall, are in
``calibration.json``, made by ``benchmarks/calibrate.py`` from the yearly series of the M1, tourism
and M3 competitions. No assumption of normal errors is made; the assumption is that a series goes
wrong as those series did.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache, cached_property
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
    "Scale",
    "calibration",
    "components",
    "gain",
    "increment",
    "one_step",
    "path",
    "roughness",
    "scales",
    "spreads",
    "steadiness",
    "window",
]

_Array: TypeAlias = NDArray[np.float64]

COMPONENTS = ("damped trend", "Theta", "drift", "log-drift")
"""The four forecasts that are combined."""

SPREADS: Mapping[str, str] = {
    "change scatter": "mean absolute deviation of past changes over as many steps as the horizon",
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
# Steps are steady if their mean is this many times their standard deviation.
_STEADY = 2.0
# A power beyond this is no forecast; the bound keeps it finite.
_LARGEST_LOG = 300.0
# Changes over more years than that are too few in a short series.
_LONGEST_CHANGE = 6


@dataclass(frozen=True)
class Calibration:
    """The constants of the combination.

    Attributes
    ----------
    gain : tuple of float
        The roughness at which half of the gain is left, and the exponent of its fall.
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

    gain: tuple[float, float]
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
        gain=(read["gain"]["half-at"], read["gain"]["exponent"]),
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


@dataclass(frozen=True)
class Scale:
    """One way to measure a series: in its unit, or in rates.

    Attributes
    ----------
    weight : float
        How far the series is measured so, from 0 to 1.
    values : ndarray, shape (n,)
        The series; in rates the logarithms of its values over the last one, times the last one,
        so that they have its unit.
    level : float
        What roughness relates to: the mean absolute level; in rates the last value.
    """

    weight: float
    values: _Array
    level: float

    @cached_property
    def steps(self) -> _Array:
        """The changes from year to year."""
        return np.diff(self.values)


def steadiness(steps: _Array) -> float:
    """Return the mean step over the standard deviation of the steps, without sign.

    Returns
    -------
    float
        A number without unit; infinite if all steps are the same, and 0 if they are all zero.

    Examples
    --------
    >>> steadiness(np.array([1.0, 3.0, 2.0]))
    2.0
    """
    mean, deviation = abs(steps.mean()), steps.std(ddof=1)
    if deviation == 0:
        return np.inf if mean > 0 else 0.0
    return float(mean / deviation)


def scales(y: _Array) -> tuple[Scale, ...]:
    r"""Return the ways in which a series is measured.

    Parameters
    ----------
    y : ndarray, shape (n,)
        The series, oldest first.

    Returns
    -------
    tuple of Scale
        With the unit first. A series that isn't positive throughout has no rates. The weights sum
        to one; that of the rates is :math:`s^4 / (s^4 + t^4 + 2^4)`, where :math:`s` is the
        `steadiness` of the changes of logarithms and :math:`t` that of the steps.

    Examples
    --------
    >>> [round(scale.weight, 3) for scale in scales(np.array([1.0, 2.0, 3.0, 4.0, 5.0]))]
    [1.0, 0.0]
    >>> [round(scale.weight, 3) for scale in scales(np.array([1.0, 2.0, 4.0, 8.0, 16.0]))]
    [0.0, 1.0]
    """
    level = float(np.abs(y).mean())
    if y.min() <= 0:
        return (Scale(1.0, y, level),)
    last = float(y[-1])
    # Where values are near the limits of floating point, a ratio overflows; such a series has no
    # rates either.
    with np.errstate(over="ignore"):
        logs = np.log(y / last)
    if not np.isfinite(logs).all():
        return (Scale(1.0, y, level),)
    by_rate, by_step = steadiness(np.diff(logs)), steadiness(np.diff(y))
    weight = 0.0
    if by_rate > 0 and np.isfinite(by_step):
        # Divided through by the fourth power of the first, which may be infinite.
        with np.errstate(over="ignore"):
            weight = float(1 / (1 + np.power(np.divide([by_step, _STEADY], by_rate), 4).sum()))
    return (Scale(1.0 - weight, y, level), Scale(weight, last * logs, last))


def components(y: _Array, measured: Sequence[Scale], horizon: int) -> _Array:
    """Return the four forecasts that are combined.

    Parameters
    ----------
    y : ndarray, shape (n,)
        The series, oldest first.
    measured : sequence of Scale
        Its `scales`.
    horizon : int
        Steps ahead.

    Returns
    -------
    ndarray, shape (4, horizon)
        In the order of `COMPONENTS`. Damped trend and Theta are the geometric mean, by weight, of
        what they say in each scale. Of a positive series a fall is compounded, so that none falls
        below zero.
        A series that isn't positive throughout has no logarithm: its drift stands in for its
        log-drift.

    Examples
    --------
    >>> y = np.array([1.0, 2.0, 3.0, 4.0, 5.0])
    >>> components(y, scales(y), 2)[2]
    array([6., 7.])
    """
    h = np.arange(1.0, horizon + 1)
    last, n = y[-1], len(y)
    in_unit, *in_rates = measured
    found = np.stack([_damped_trend(y, horizon), _theta(y, h), last + (last - y[0]) / (n - 1) * h])
    if not in_rates:
        return np.concatenate([found, found[2:]])
    (rates,) = in_rates
    logs = rates.values / last
    # A fall is compounded: as a rate it is the change over the last value.
    ahead = found / last - 1
    ahead = np.where(ahead > 0, np.log1p(np.maximum(ahead, 0)), ahead)
    if rates.weight > 0:
        ahead[:2] *= in_unit.weight
        ahead[:2] += rates.weight * np.stack([_damped_trend(logs, horizon), _theta(logs, h)])
    log_drift = np.log(last / y[0]) / (n - 1) * h
    return np.asarray(last * np.exp(np.minimum([*ahead, log_drift], _LARGEST_LOG)))


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


def roughness(measured: Sequence[Scale]) -> float:
    """Return the standard deviation of the steps over the mean absolute level.

    Parameters
    ----------
    measured : sequence of Scale
        The `scales` of a series.

    Returns
    -------
    float
        A number without unit, averaged over the scales by weight; in rates it is the standard
        deviation of the changes of logarithms. 0 for a series of zeros.

    Examples
    --------
    >>> roughness(scales(np.array([10.0, 11.0, 12.0, 13.0, 14.0])))
    0.0
    """
    return float(
        sum(
            scale.weight * scale.steps.std(ddof=1) / scale.level
            for scale in measured
            if scale.level > 0
        )
    )


def gain(rough: float | _Array, constants: Sequence[float]) -> Any:
    r"""Return by how much the median increment is multiplied; never above one.

    Parameters
    ----------
    rough : float or ndarray
        Roughness.
    constants : sequence of float
        Half-way roughness :math:`c`, exponent :math:`p`.

    Returns
    -------
    float or ndarray
        :math:`1 / (1 + (r / c)^p)`.

    Examples
    --------
    >>> gain(0.2, (0.2, 2.0))
    0.5
    """
    half_at, exponent = constants
    return 1 / (1 + (rough / half_at) ** exponent)


def increment(last: float, parts: _Array, measured: Sequence[Scale]) -> _Array:
    r"""Return the median of the components' increments, a fall shrunk by its steadiness.

    Parameters
    ----------
    last : float
        Last value of the series.
    parts : ndarray, shape (4, horizon)
        Its `components`.
    measured : sequence of Scale
        Its `scales`.

    Returns
    -------
    ndarray, shape (horizon,)
        In the unit of the series, before the `gain`. A fall is multiplied by
        :math:`s^2 / (1 + s^2)`, where :math:`s` is the `steadiness` of the steps, or of the rates
        if these are steadier.

    Examples
    --------
    >>> y = np.array([5.0, 3.0, 4.0, 2.0, 3.0])
    >>> round(steadiness(np.diff(y)), 2)
    0.29
    >>> increment(3.0, np.full((4, 1), 2.0), scales(y)).round(2)
    array([-0.08])
    """
    # The median of four: the mean of the two in the middle.
    middle = np.sort(parts, axis=0)[1:3].mean(axis=0) - last
    return np.where(middle < 0, _kept_of_a_fall(measured) * middle, middle)


def _kept_of_a_fall(measured: Sequence[Scale]) -> float:
    steady = max(steadiness(scale.steps) for scale in measured)
    return 1.0 if np.isinf(steady) else steady**2 / (1 + steady**2)


def spreads(parts: _Array, measured: Sequence[Scale]) -> _Array:
    """Return the spread statistics of a series, in its unit.

    Parameters
    ----------
    parts : ndarray, shape (4, horizon)
        Its `components`.
    measured : sequence of Scale
        Its `scales`.

    Returns
    -------
    ndarray, shape (7, horizon)
        In the order of `SPREADS`, averaged over the scales by weight. In rates they grow with the
        level that the components' median reaches, if it rises. Changes over more years than two of
        them are known for, and than were calibrated, scatter with the root of the horizon.
    """
    in_unit, *in_rates = measured
    found = in_unit.weight * _spreads(in_unit, parts)
    for rates in in_rates:
        if rates.weight > 0:
            risen = np.maximum(np.median(parts, axis=0) / rates.level, 1.0)
            found += rates.weight * risen * _spreads(rates, parts)
    return found


def _spreads(scale: Scale, parts: _Array) -> _Array:
    h = np.arange(1.0, parts.shape[1] + 1)
    root = np.sqrt(h)
    steps = scale.steps
    size = np.abs(steps)
    deviation = np.median(np.abs(steps - np.median(steps)))
    apart = parts.max(axis=0) - parts.min(axis=0)
    return np.stack(
        [
            _change_scatter(scale.values, len(h)),
            deviation * root,
            size[-3:].mean() * root,
            steps.std(ddof=1) / np.sqrt(len(steps)) * h,
            np.minimum(apart, 5 * size.mean() * h),
            0.02 * scale.level * root,
            size.max() * root,
        ]
    )


def _change_scatter(values: _Array, horizon: int) -> _Array:
    known = min(horizon, len(values) - 2, _LONGEST_CHANGE)
    changes = [values[k:] - values[:-k] for k in range(1, known + 1)]
    scatter = [np.abs(change - change.mean()).mean() for change in changes]
    beyond = scatter[-1] * np.sqrt(np.arange(known + 1, horizon + 1) / known)
    return np.concatenate([scatter, beyond])


def one_step(y: _Array) -> _Array:
    """Return the forecast of each value from the values before it.

    Returns
    -------
    ndarray, shape (n,)
        NaN for the first five values, which have too few before them.
    """
    least = 5
    fitted = np.full(len(y), np.nan)
    with np.errstate(all="ignore"):
        for i in range(least, len(y)):
            past = window(y[:i])
            measured = scales(past)
            fitted[i] = _mean(past, components(past, measured, 1), measured, calibration())[0]
    return fitted


def _mean(y: _Array, parts: _Array, measured: Sequence[Scale], constants: Calibration) -> _Array:
    kept = gain(roughness(measured), constants.gain) * increment(y[-1], parts, measured)
    return np.maximum(y[-1] + kept, 0.0) if y.min() >= 0 else y[-1] + kept


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
    measured = scales(recent)
    parts = components(recent, measured, horizon)
    mean = _mean(recent, parts, measured, constants)
    below95, below80, above80, above95 = constants.weights @ spreads(parts, measured)
    if _is_constant(recent):
        # Nothing tells up from down; the calibrated width stays.
        below95 = above95 = (below95 + above95) / 2
        below80 = above80 = (below80 + above80) / 2
    reach = quantiles(level)
    lower = np.stack([mean - _between(below80, below95, z) for z in reach], axis=1)
    upper = np.stack([mean + _between(above80, above95, z) for z in reach], axis=1)
    if recent.min() >= 0:
        lower = np.maximum(lower, 0.0)
    rough = roughness(measured)
    falls = {"kept of a fall": _kept_of_a_fall(measured)} if (mean < recent[-1]).any() else {}
    return Path(
        mean=mean,
        lower=lower,
        upper=upper,
        fitted=np.full(len(y), np.nan),
        parameters={
            "gain": float(gain(rough, constants.gain)),
            "roughness": rough,
            "weight of rates": sum(scale.weight for scale in measured[1:]),
            **falls,
        },
        diagnostics=tuple(_remarks(y, measured, horizon, level, constants)),
        components=dict(zip(COMPONENTS, parts, strict=True)),
        intervals="Half-widths are weighted sums of spread statistics, calibrated on past errors "
        "with the yearly M1, tourism and M3 series.",
    )


def _is_constant(y: _Array) -> bool:
    # Up to the last digits of floating point.
    return bool(np.ptp(y) <= 1e-12 * np.abs(y).max())


def _between(at80: _Array, at95: _Array, z: float) -> _Array:
    if z <= _Z80:
        return at80 * (z / _Z80)
    return at80 + (at95 - at80) * ((z - _Z80) / (_Z95 - _Z80))


def _remarks(
    y: _Array,
    measured: Sequence[Scale],
    horizon: int,
    level: Sequence[float],
    constants: Calibration,
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
    in_unit, *in_rates = measured
    if not in_rates:
        remarks.append("not positive throughout: drift stands in for log-drift")
    if _is_constant(in_unit.values):
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
