"""What a trend model is, the fewest years that it needs, and what it says.

`normal_path` makes the intervals of most models; those of the combination are in
`cbec.trend.scales` and `cbec.trend.combination`. That a series is long enough is checked in
`cbec.trend.annual_series`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from statistics import NormalDist
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from cbec.trend.arguments import level_label

Array: TypeAlias = NDArray[np.float64]

MODEL_MINIMUM = 5
"""The fewest consecutive years that a trend model is fitted to."""


@dataclass(frozen=True, eq=False)
class Path:
    """What a model says of a series.

    Attributes
    ----------
    mean : ndarray, shape (horizon,)
        Point forecasts, in the unit of the series.
    lower, upper : ndarray, shape (horizon, levels)
        Ends of the intervals, a column for each level.
    fitted : ndarray, shape (n,)
        What the model says of the years it was given; NaN where it says nothing.
    intervals : str
        What the intervals rest on, a sentence.
    parameters : Mapping of str to float
        Estimates by name.
    diagnostics : tuple of str
        What a reader should know of this fit.
    components : Mapping of str to ndarray, shape (horizon,)
        The forecasts that were combined, if any.
    """

    mean: Array
    lower: Array
    upper: Array
    fitted: Array
    intervals: str = ""
    parameters: Mapping[str, float] = field(default_factory=dict)
    diagnostics: tuple[str, ...] = ()
    components: Mapping[str, Array] = field(default_factory=dict)


@dataclass(frozen=True)
class Model:
    """A model by name.

    Attributes
    ----------
    name, label_en : str
        What `cbec.trend.forecast` and what a reader calls it.
    source : str
        Where it was published.
    fit : callable
        ``fit(y, horizon, level) -> Path``.
    positive, share : bool
        Whether all values must be above zero, or between 0 and 1.
    one_step : callable, optional
        ``one_step(y)`` returns the fitted values, where `fit` leaves them out because they take
        longer than the forecast.
    """

    name: str
    label_en: str
    source: str
    fit: Callable[[Array, int, Sequence[float]], Path]
    positive: bool = False
    share: bool = False
    one_step: Callable[[Array], Array] | None = None


def quantiles(level: Sequence[float]) -> Array:
    """Return the normal quantile of each central coverage in percent."""
    return np.array([NormalDist().inv_cdf(0.5 + wanted / 200) for wanted in level])


def normal_path(
    mean: Array,
    deviation: Array,
    level: Sequence[float],
    fitted: Array,
    intervals: str,
    parameters: Mapping[str, float],
    diagnostics: tuple[str, ...] = (),
) -> Path:
    """Return a path with symmetric intervals from the standard deviations of the errors."""
    half = deviation[:, None] * quantiles(level)
    return Path(
        mean=mean,
        lower=mean[:, None] - half,
        upper=mean[:, None] + half,
        fitted=fitted,
        intervals=intervals,
        parameters=parameters,
        diagnostics=diagnostics,
    )


def interval_columns(lower: Array, upper: Array, level: Sequence[float]) -> dict[str, Array]:
    """Return the ends of intervals, of shape (steps, levels), by the names of their columns."""
    return {
        f"{side}_{level_label(wanted)}": values[:, j]
        for j, wanted in enumerate(level)
        for side, values in (("lower", lower), ("upper", upper))
    }
