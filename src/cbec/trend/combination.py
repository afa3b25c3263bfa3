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
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import Any

import numpy as np

from cbec.trend.arguments import level_label
from cbec.trend.model_types import MODEL_MINIMUM, Array, Path, quantiles
from cbec.trend.scales import SPREADS, Scale, roughness, scales, spreads, steadiness

COMPONENTS = ("damped trend", "Theta", "drift", "log-drift")
"""The four forecasts that are combined."""

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
# A power beyond this is no forecast; the bound keeps it finite.
_LARGEST_LOG = 300.0


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
    longest, horizon : int
        Points in the longest window that was calibrated, and its last step; of a longer series the
        last points are used.
    provenance : Mapping of str to object
        What the constants were made from, when, and by which command.
    """

    gain: tuple[float, float]
    weights: Array
    longest: int
    horizon: int
    provenance: Mapping[str, Any]


@cache
def calibration() -> Calibration:
    """Read the calibrated constants that the package carries.

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


def window(y: Array) -> Array:
    """Return the last points of a series, as many as were calibrated at most."""
    return y[-calibration().longest :]


def components(y: Array, measured: Sequence[Scale], horizon: int) -> Array:
    """Return the four forecasts that are combined, of shape (4, horizon), as `COMPONENTS` has them.

    Damped trend and Theta are the geometric mean, by weight, of what they say in each of the
    `scales` of the series. Of a positive series a fall is compounded, so that none falls below
    zero. A series that isn't positive throughout has no logarithm: its drift stands in for its
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


def _damped_trend(y: Array, horizon: int) -> Array:
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


def _theta(y: Array, h: Array) -> Array:
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


def gain(rough: float | Array, constants: Sequence[float]) -> Any:
    """Return by how much the median increment is multiplied; never above one.

    :math:`1 / (1 + (r / c)^p)` for a roughness :math:`r`, with the constants :math:`c`, the
    half-way roughness, and :math:`p`.

    Examples
    --------
    >>> gain(0.2, (0.2, 2.0))
    0.5
    """
    half_at, exponent = constants
    return 1 / (1 + (rough / half_at) ** exponent)


def increment(last: float, parts: Array, measured: Sequence[Scale]) -> Array:
    """Return the median of the `components`' increments over the last value, before the `gain`.

    A fall is multiplied by :math:`s^2 / (1 + s^2)`, where :math:`s` is the `steadiness` of the
    steps, or of the rates if these are steadier.

    Examples
    --------
    >>> y = np.array([5.0, 3.0, 4.0, 2.0, 3.0])
    >>> round(steadiness(np.diff(y)), 2)
    0.29
    >>> increment(3.0, np.full((4, 1), 2.0), scales(y)).round(2)
    array([-0.08])
    """
    middle = np.median(parts, axis=0) - last
    return np.where(middle < 0, _kept_of_a_fall(measured) * middle, middle)


def _kept_of_a_fall(measured: Sequence[Scale]) -> float:
    steady = max(steadiness(scale.steps) for scale in measured)
    return 1.0 if np.isinf(steady) else steady**2 / (1 + steady**2)


def one_step(y: Array) -> Array:
    """Return the forecast of each value from those before it; NaN where these are too few."""
    fitted = np.full(len(y), np.nan)
    with np.errstate(all="ignore"):
        for i in range(MODEL_MINIMUM, len(y)):
            past = window(y[:i])
            measured = scales(past)
            fitted[i] = _mean(past, components(past, measured, 1), measured)[0]
    return fitted


def _mean(y: Array, parts: Array, measured: Sequence[Scale]) -> Array:
    kept = gain(roughness(measured), calibration().gain) * increment(y[-1], parts, measured)
    return np.maximum(y[-1] + kept, 0.0) if y.min() >= 0 else y[-1] + kept


def path(y: Array, horizon: int, level: Sequence[float]) -> Path:
    """Forecast a series.

    Levels of 80 and 95 percent were calibrated. Others are interpolated between them, and
    extrapolated beyond, along the normal quantiles. A series that was never negative isn't forecast
    below zero. Of values that are all equal both sides of an interval are their mean, so that its
    width stays. Fitted values are left out, see `one_step`.
    """
    recent = window(y)
    measured = scales(recent)
    parts = components(recent, measured, horizon)
    mean = _mean(recent, parts, measured)
    halves = calibration().weights @ spreads(parts, measured)
    if _is_constant(recent):
        # Nothing tells up from down; the calibrated width stays.
        halves = (halves + halves[::-1]) / 2
    below95, below80, above80, above95 = halves
    reach = quantiles(level)
    lower = np.stack([mean - _between(below80, below95, z) for z in reach], axis=1)
    upper = np.stack([mean + _between(above80, above95, z) for z in reach], axis=1)
    if recent.min() >= 0:
        lower = np.maximum(lower, 0.0)
    rough = roughness(measured)
    parameters = {
        "gain": float(gain(rough, calibration().gain)),
        "roughness": rough,
        "weight of rates": sum(scale.weight for scale in measured[1:]),
    }
    if (mean < recent[-1]).any():
        parameters["kept of a fall"] = _kept_of_a_fall(measured)
    return Path(
        mean=mean,
        lower=lower,
        upper=upper,
        fitted=np.full(len(y), np.nan),
        parameters=parameters,
        diagnostics=tuple(_remarks(y, recent, horizon, level)),
        components=dict(zip(COMPONENTS, parts, strict=True)),
        intervals="Half-widths are weighted sums of spread statistics, calibrated on past errors "
        "with the yearly M1, tourism and M3 series.",
    )


def _is_constant(y: Array) -> bool:
    # Up to the last digits of floating point.
    return bool(np.ptp(y) <= 1e-12 * np.abs(y).max())


def _between(at80: Array, at95: Array, z: float) -> Array:
    if z <= _Z80:
        return at80 * (z / _Z80)
    return at80 + (at95 - at80) * ((z - _Z80) / (_Z95 - _Z80))


def _remarks(y: Array, recent: Array, horizon: int, level: Sequence[float]) -> Iterator[str]:
    constants = calibration()
    if horizon > constants.horizon:
        yield f"steps beyond {constants.horizon} were not calibrated; their intervals extrapolate"
    if len(y) > constants.longest:
        yield (
            f"only the last {constants.longest} of {len(y)} values are used, "
            "the longest window that was calibrated"
        )
    if len(scales(recent)) == 1:
        yield "not positive throughout: drift stands in for log-drift"
    if _is_constant(recent):
        yield "a constant series shows no direction: its intervals are symmetric"
    others = [level_label(p) for p in level if p not in (80, 95)]
    if others:
        yield f"only 80 and 95% were calibrated; {', '.join(others)}% follows from them"
