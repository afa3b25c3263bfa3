"""How a series is measured: in its unit or in rates, its roughness, steadiness and spreads."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from cbec.trend.model_types import Array

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

# Steps are steady if their mean is this many times their standard deviation.
_STEADY = 2.0
# Changes over more years than that are too few in a short series.
_LONGEST_CHANGE = 6


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
    values: Array
    level: float

    @cached_property
    def steps(self) -> Array:
        """The changes from year to year."""
        return np.diff(self.values)


def steadiness(steps: Array) -> float:
    """Return the mean step over the standard deviation of the steps, without sign.

    It is infinite if all steps are the same, and 0 if they are all zero.

    Examples
    --------
    >>> steadiness(np.array([1.0, 3.0, 2.0]))
    2.0
    """
    mean, deviation = abs(steps.mean()), steps.std(ddof=1)
    if deviation == 0:
        return np.inf if mean > 0 else 0.0
    return float(mean / deviation)


def scales(y: Array) -> tuple[Scale, ...]:
    """Return the ways in which a series is measured: in its unit and, if it is positive, in rates.

    The weights sum to one; that of the rates is :math:`s^4 / (s^4 + t^4 + 2^4)`, where :math:`s` is
    the `steadiness` of the changes of logarithms and :math:`t` that of the steps.

    Examples
    --------
    >>> [round(scale.weight, 3) for scale in scales(np.array([1.0, 2.0, 3.0, 4.0, 5.0]))]
    [1.0, 0.0]
    >>> [round(scale.weight, 3) for scale in scales(np.array([1.0, 2.0, 4.0, 8.0, 16.0]))]
    [0.0, 1.0]
    """
    level = float(np.abs(y).mean())
    last = float(y[-1])
    with np.errstate(all="ignore"):
        logs = np.log(y / last)
    # Near the limits of floating point a ratio overflows: such a series has no rates either.
    if y.min() <= 0 or not np.isfinite(logs).all():
        return (Scale(1.0, y, level),)
    by_rate, by_step = steadiness(np.diff(logs)), steadiness(np.diff(y))
    weight = 0.0
    if by_rate > 0 and np.isfinite(by_step):
        # Divided through by the fourth power of the first, which may be infinite.
        with np.errstate(over="ignore"):
            weight = float(1 / (1 + np.power(np.divide([by_step, _STEADY], by_rate), 4).sum()))
    return (Scale(1.0 - weight, y, level), Scale(weight, last * logs, last))


def roughness(measured: Sequence[Scale]) -> float:
    """Return the standard deviation of the steps over the mean absolute level.

    It is 0 for a series of zeros, and averaged over the `scales` of a series by weight; in rates it
    is the standard deviation of the changes of logarithms.

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


def spreads(parts: Array, measured: Sequence[Scale]) -> Array:
    """Return the spread statistics of a series, in its unit, of shape (7, horizon).

    They are in the order of `SPREADS`, from its `components` and `scales`, averaged over the scales
    by weight. In rates they grow with the level that the components' median reaches, if it rises.
    Changes over more years than two of them are known for, and than were calibrated, scatter with
    the root of the horizon.
    """
    in_unit, *in_rates = measured
    found = in_unit.weight * _spreads(in_unit, parts)
    for rates in in_rates:
        if rates.weight > 0:
            risen = np.maximum(np.median(parts, axis=0) / rates.level, 1.0)
            found += rates.weight * risen * _spreads(rates, parts)
    return found


def _spreads(scale: Scale, parts: Array) -> Array:
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


def _change_scatter(values: Array, horizon: int) -> Array:
    known = min(horizon, len(values) - 2, _LONGEST_CHANGE)
    changes = [values[k:] - values[:-k] for k in range(1, known + 1)]
    scatter = [np.abs(change - change.mean()).mean() for change in changes]
    beyond = scatter[-1] * np.sqrt(np.arange(known + 1, horizon + 1) / known)
    return np.concatenate([scatter, beyond])
