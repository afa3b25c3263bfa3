"""What a trend model is, and what it says."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

__all__ = ["Model", "Path", "normal_path", "quantiles"]

_Array: TypeAlias = NDArray[np.float64]


@dataclass(frozen=True)
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

    mean: _Array
    lower: _Array
    upper: _Array
    fitted: _Array
    intervals: str
    parameters: Mapping[str, float] = field(default_factory=dict)
    diagnostics: tuple[str, ...] = ()
    components: Mapping[str, _Array] = field(default_factory=dict)


@dataclass(frozen=True)
class Model:
    """A model by name.

    Attributes
    ----------
    name : str
        What `cbec.trend.forecast` calls it.
    label_en, label_zh : str
        What a reader calls it.
    source, key : str
        Where it was published, and its entry in the bibliography.
    fit : callable
        ``fit(y, horizon, level) -> Path``.
    positive : bool
        Whether all values must be above zero.
    share : bool
        Whether all values must lie between 0 and 1.
    one_step : callable, optional
        ``one_step(y)`` returns the fitted values, where `fit` leaves them out because they take
        longer than the forecast.
    """

    name: str
    label_en: str
    label_zh: str
    source: str
    key: str
    fit: Callable[[_Array, int, Sequence[float]], Path]
    positive: bool = False
    share: bool = False
    one_step: Callable[[_Array], _Array] | None = None


def quantiles(level: Sequence[float]) -> _Array:
    """Return the normal quantile of each central coverage in percent.

    Examples
    --------
    >>> quantiles([95]).round(3)
    array([1.96])
    """
    from statistics import NormalDist

    return np.array([NormalDist().inv_cdf(0.5 + wanted / 200) for wanted in level])


def normal_path(
    mean: _Array,
    deviation: _Array,
    level: Sequence[float],
    fitted: _Array,
    intervals: str,
    *,
    parameters: Mapping[str, float] | None = None,
    diagnostics: tuple[str, ...] = (),
) -> Path:
    """Return a path with symmetric intervals from standard deviations.

    Parameters
    ----------
    mean, deviation : ndarray, shape (horizon,)
        Point forecasts and standard deviations of their errors.
    level : sequence of float
        Central coverages in percent.
    fitted : ndarray, shape (n,)
        Fitted values.
    intervals : str
        What the intervals rest on.
    parameters, diagnostics
        As in `Path`.

    Returns
    -------
    Path

    Examples
    --------
    >>> normal_path(np.array([5.0]), np.array([1.0]), [95], np.full(5, np.nan), "").upper.round(2)
    array([[6.96]])
    """
    half = deviation[:, None] * quantiles(level)
    return Path(
        mean=mean,
        lower=mean[:, None] - half,
        upper=mean[:, None] + half,
        fitted=fitted,
        intervals=intervals,
        parameters=parameters or {},
        diagnostics=diagnostics,
    )
