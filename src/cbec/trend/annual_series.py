"""Checks of an annual series: numbers, years without a gap, enough of them for a model."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from cbec.errors import TrendError
from cbec.trend.arguments import NO_LISTS, as_number, shown
from cbec.trend.model_types import MODEL_MINIMUM

_SMALLEST, _LARGEST = 1e-100, 1e100
# No year of any calendar; beyond it a sum of years may leave the range of an integer.
_FARTHEST = 10**9
_DATES = (date, np.datetime64, pd.Period)
# By kinds of NumPy: what is no series of numbers, and what to do about it.
_NO_SERIES = {
    "b": "true and false; give numbers",
    "c": "complex numbers; give real ones",
    "mM": "dates; give numbers",
}


@dataclass(frozen=True)
class AnnualSeries:
    """A series that was checked: read-only values, and the years, None if they aren't known."""

    values: NDArray[np.float64]
    index: NDArray[np.int_] | None

    def ahead(self, horizon: int) -> NDArray[np.int_]:
        """Return the years after the last, or 1, 2, … if years aren't known."""
        last = 0 if self.index is None else int(self.index[-1])
        return np.arange(last + 1, last + horizon + 1)


def annual(y: Any, index: Iterable[Any] | None = None) -> AnnualSeries:
    """Check a series of annual values as `cbec.trend.forecast` takes it, or raise `TrendError`.

    Years are those of ``index``, or of the index of a Series, unless that is the default 0, 1, …;
    they are whole numbers, or dates of any kind, of which no two lie in one year.

    Examples
    --------
    >>> annual(pd.Series([2.1, 2.4, 2.6, 2.9, 3.3], index=range(2020, 2025))).index
    array([2020, 2021, 2022, 2023, 2024])
    """
    if isinstance(y, pd.DataFrame):
        raise TrendError("y is a table with columns; choose one column")
    if index is None and isinstance(y, pd.Series):
        default = isinstance(y.index, pd.RangeIndex) and y.index.start == 0 and y.index.step == 1
        index = None if default else y.index
    years = _years(index)
    values = _numbers(y)
    if years is not None and len(years) != len(values):
        raise TrendError(
            f"y has {len(values)} values and {len(years)} years; give one year for each value"
        )
    if not np.isfinite(values).all():
        i = int(np.isfinite(values).argmin())
        place = f"at position {i + 1}" if years is None else f"in {years[i]}"
        raise TrendError(
            f"y is {values[i]:g} {place}; leave such years out at the ends, and fit a shorter "
            "series: a gap is never bridged"
        )
    largest = np.abs(values).max(initial=0.0)
    if largest > 0 and not _SMALLEST < largest < _LARGEST:
        raise TrendError(
            f"the largest value of y is {largest:g}, whose square is beyond the computer's "
            "range; restate the series in another unit"
        )
    if years is not None:
        _check_order(years)
    if len(values) < MODEL_MINIMUM:
        raise TrendError(
            f"y has {len(values)} values; a trend model needs at least {MODEL_MINIMUM} "
            "consecutive years"
        )
    values.setflags(write=False)
    return AnnualSeries(values, years)


def _numbers(y: Any) -> NDArray[np.float64]:
    given = y.to_numpy() if isinstance(y, pd.Series) else y
    listed = given.ravel() if isinstance(given, np.ma.MaskedArray) else given
    single = isinstance(listed, (list, tuple, np.ma.MaskedArray))
    for place, value in enumerate(listed if single else (), start=1):
        if value is np.ma.masked:
            raise TrendError(f"value {place} of y is masked; give the value, or a shorter series")
    try:
        array = np.asarray(given)
    except ValueError:
        raise TrendError("y has rows of unequal length; give one value a year") from None
    if array.ndim != 1:
        raise TrendError(f"y has the shape {array.shape}; give one value a year, shape (n,)")
    for kinds, remedy in _NO_SERIES.items():
        if array.dtype.kind in kinds:
            raise TrendError(f"y holds {remedy}")
    numbers = []
    # NumPy makes one type of many; the message must name the value that doesn't fit.
    for place, value in enumerate(listed if single else array.astype(object), start=1):
        number = as_number(value)
        if number is None:
            raise TrendError(f"value {place} of y is {shown(value)}; give a number")
        if math.isinf(number) and not isinstance(value, (float, np.floating)):
            raise TrendError(
                f"value {place} of y is beyond the computer's range; restate the series in "
                "another unit"
            )
        numbers.append(number)
    return np.array(numbers, dtype=np.float64)


def _years(index: Any) -> NDArray[np.int_] | None:
    """Return years, or the years of dates."""
    if index is None:
        return None
    flat = getattr(index, "ndim", 1) == 1
    if not flat or not isinstance(index, Iterable) or isinstance(index, NO_LISTS):
        raise TrendError(f"the index of y is {shown(index)}; give a year for each value, in a list")
    try:
        values = list(index)
    except Exception as error:  # a mistake of the object's own
        raise TrendError(
            f"the index of y is {shown(index)}, which can't be read; give a year for each value, "
            "in a list"
        ) from error
    years: list[int] = []
    dates: dict[int, set[Any]] = {}
    for place, value in enumerate(values, start=1):
        if value is pd.NaT or (isinstance(value, np.datetime64) and np.isnat(value)):
            raise TrendError(f"date {place} in the index of y is missing; give the year")
        year = _year(value)
        if year is None or not year.is_integer() or abs(year) > _FARTHEST:
            raise TrendError(
                f"{shown(value)} at place {place} in the index of y is no year; give whole "
                "numbers, or dates"
            )
        years.append(int(year))
        if isinstance(value, _DATES):
            dates.setdefault(years[-1], set()).add(value)
    for shared, days in dates.items():
        if len(days) > 1:
            raise TrendError(
                f"y has {years.count(shared)} values in {shared}, and a trend model takes one "
                "a year; add them up first (of rates and shares take the mean)"
            )
    return np.array(years, dtype=np.int_)


def _year(value: Any) -> float | None:
    if isinstance(value, np.datetime64):
        return float(value.astype("datetime64[Y]").astype(np.int64)) + 1970
    return float(value.year) if isinstance(value, (date, pd.Period)) else as_number(value)


def _check_order(years: NDArray[np.int_]) -> None:
    steps = np.diff(years)
    # A year that stands twice or in the wrong place goes before a gap.
    wrong = steps < 1 if (steps < 1).any() else steps > 1
    if not wrong.any():
        return
    before, after = years[wrong.argmax() :][:2]
    if after == before:
        raise TrendError(f"y has the year {after} twice; keep one value for it")
    if after < before:
        raise TrendError(f"y has {after} after {before}; sort it by year")
    missing = f"{before + 1}" if after == before + 2 else f"{before + 1} to {after - 1}"
    raise TrendError(
        f"y lacks {missing}, between {before} and {after}; a gap is never bridged: fit the years "
        "after it, or find the missing figures"
    )
