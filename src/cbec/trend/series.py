"""The one place that checks an annual series."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from itertools import pairwise
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from cbec.errors import TrendError
from cbec.tables.grades import MODEL_MINIMUM
from cbec.trend.options import NO_LISTS, as_number, shown

__all__ = ["Annual", "annual", "own_years", "years_of"]

_SMALLEST, _LARGEST = 1e-100, 1e100
# No year of any calendar; beyond it a sum of years may leave the range of an integer.
_FARTHEST = 10**9
_DATES = (date, np.datetime64, pd.Period)


@dataclass(frozen=True)
class Annual:
    """A series that was checked.

    Attributes
    ----------
    values : ndarray of float, shape (n,)
        A read-only copy, oldest first.
    index : ndarray of int, shape (n,), optional
        The years, one apart; None if they aren't known.
    """

    values: NDArray[np.float64]
    index: NDArray[np.int_] | None

    def ahead(self, horizon: int) -> NDArray[np.int_]:
        """Return the years after the last, or 1, 2, … if years aren't known.

        Examples
        --------
        >>> annual([3, 4, 5, 6, 7], [2020, 2021, 2022, 2023, 2024]).ahead(2)
        array([2025, 2026])
        """
        last = 0 if self.index is None else int(self.index[-1])
        return np.arange(last + 1, last + horizon + 1)


def annual(
    y: Any, index: Iterable[Any] | None = None, *, name: str = "y", minimum: int = MODEL_MINIMUM
) -> Annual:
    """Check a series of annual values.

    Parameters
    ----------
    y : array_like or Series, shape (n,)
        The values, oldest first. A Series may carry its years in its index, see ``index``. The
        default index 0, 1, … isn't taken for years.
    index : iterable of int or date, optional
        The years, instead of those of a Series: whole numbers; or a date, datetime, NumPy
        ``datetime64`` or pandas Timestamp or Period in each.
    name : str
        What the series is called in a message.
    minimum : int
        The fewest values that are enough.

    Returns
    -------
    Annual

    Raises
    ------
    TrendError
        If values aren't numbers, aren't finite, aren't one-dimensional or are too few; if years
        aren't whole, don't rise one by one or aren't as many as there are values; if several dates
        lie in one year.

    Examples
    --------
    >>> annual(pd.Series([2.1, 2.4, 2.6, 2.9, 3.3], index=range(2020, 2025))).index
    array([2020, 2021, 2022, 2023, 2024])
    >>> annual([2.1, 2.4, 2.6, 2.9, 3.3], np.arange("2020", "2025", dtype="datetime64[Y]")).index
    array([2020, 2021, 2022, 2023, 2024])
    """
    if isinstance(y, pd.DataFrame):
        raise TrendError(f"{name} is a table with columns; choose one column")
    years = years_of(index, name) if index is not None else own_years(y, name)
    values = _numbers(y, name)
    if years is not None and len(years) != len(values):
        raise TrendError(
            f"{name} has {len(values)} values and {len(years)} years; give one year for each value"
        )
    place = _places(years)
    if not np.isfinite(values).all():
        i = int(np.isfinite(values).argmin())
        raise TrendError(
            f"{name} is {values[i]:g} {place(i)}; leave such years out at the ends, and fit a "
            "shorter series: a gap is never bridged"
        )
    largest = np.abs(values).max(initial=0.0)
    if largest > 0 and not _SMALLEST < largest < _LARGEST:
        raise TrendError(
            f"the largest value of {name} is {largest:g}, whose square is beyond the computer's "
            "range; restate the series in another unit"
        )
    if years is not None:
        _rising(years, name)
    if len(values) < minimum:
        raise TrendError(
            f"{name} has {len(values)} values; a trend model needs at least {minimum} "
            "consecutive years"
        )
    values.setflags(write=False)
    return Annual(values, years)


def _numbers(y: Any, name: str) -> NDArray[np.float64]:
    given = y.to_numpy() if isinstance(y, pd.Series) else y
    listed = given if isinstance(given, (list, tuple)) else []
    hidden = [value is np.ma.masked for value in listed]
    if isinstance(given, np.ma.MaskedArray):
        hidden = np.ma.getmaskarray(given).ravel().tolist()
    if any(hidden):
        place = hidden.index(True) + 1
        raise TrendError(f"value {place} of {name} is masked; give the value, or a shorter series")
    try:
        array = np.asarray(given)
    except ValueError:
        raise TrendError(f"{name} has rows of unequal length; give one value a year") from None
    mixed = any(isinstance(value, (bool, np.bool_)) for value in listed)
    if array.ndim == 1 and array.dtype.kind != "b" and (mixed or array.dtype.kind in "US"):
        # NumPy makes one type of many; the message must name the value that doesn't fit.
        array = np.asarray(given, dtype=object)
    if array.ndim != 1:
        raise TrendError(f"{name} has the shape {array.shape}; give one value a year, shape (n,)")
    if array.dtype.kind == "b":
        raise TrendError(f"{name} holds true and false; give numbers")
    if array.dtype.kind == "c":
        raise TrendError(f"{name} holds complex numbers; give real ones")
    if array.dtype.kind in "mM":
        raise TrendError(f"{name} holds dates; give numbers")
    if array.dtype.kind in "iuf":
        return np.array(array, dtype=np.float64)
    numbers = []
    for i, value in enumerate(array):
        number = as_number(value)
        if number is None:
            raise TrendError(f"value {i + 1} of {name} is {shown(value)}; give a number")
        if math.isinf(number) and not isinstance(value, (float, np.floating)):
            raise TrendError(
                f"value {i + 1} of {name} is beyond the computer's range; restate the series in "
                "another unit"
            )
        numbers.append(number)
    return np.array(numbers, dtype=np.float64)


def own_years(y: Any, name: str) -> NDArray[np.int_] | None:
    """Return the years in the index of a Series; None without one, or if its index is the default.

    Raises
    ------
    TrendError
        As `years_of`.

    Examples
    --------
    >>> own_years(pd.Series([2.1, 2.4], index=[2023, 2024]), "exports")
    array([2023, 2024])
    >>> own_years(pd.Series([2.1, 2.4]), "exports")
    """
    if not isinstance(y, pd.Series):
        return None
    index = y.index
    if isinstance(index, pd.RangeIndex) and index.start == 0 and index.step == 1:
        return None
    return years_of(index, name)


def years_of(index: Iterable[Any], name: str) -> NDArray[np.int_]:
    """Read years, or the years of dates.

    Parameters
    ----------
    index : iterable of int or date
        As in `annual`.
    name : str
        What the series is called in a message.

    Returns
    -------
    ndarray of int, shape (n,)
        In the order given.

    Raises
    ------
    TrendError
        If one is missing or no year, or several different dates lie in one year.

    Examples
    --------
    >>> years_of([date(2023, 12, 31), date(2024, 12, 31)], "exports")
    array([2023, 2024])
    """
    flat = getattr(index, "ndim", 1) == 1
    if not flat or not isinstance(index, Iterable) or isinstance(index, NO_LISTS):
        raise TrendError(
            f"the index of {name} is {shown(index)}; give a year for each value, in a list"
        )
    listed: Any = index.to_numpy() if isinstance(index, (pd.Series, pd.Index)) else index
    whole = isinstance(listed, np.ndarray) and listed.dtype.kind in "iu"
    hidden = np.ma.is_masked(listed)
    if whole and not hidden and ((listed >= -_FARTHEST) & (listed <= _FARTHEST)).all():
        return np.array(listed, dtype=np.int_)
    try:
        values = list(listed)
    except Exception as error:  # a mistake of the object's own
        raise TrendError(
            f"the index of {name} is {shown(index)}, which can't be read; give a year for each "
            "value, in a list"
        ) from error
    years: list[int] = []
    dates: dict[int, set[Any]] = {}
    for i, value in enumerate(values):
        if value is pd.NaT or (isinstance(value, np.datetime64) and np.isnat(value)):
            raise TrendError(f"date {i + 1} in the index of {name} is missing; give the year")
        year = _year(value)
        if year is None or not year.is_integer() or abs(year) > _FARTHEST:
            raise TrendError(
                f"{shown(value)} at place {i + 1} in the index of {name} is no year; give whole "
                "numbers, or dates"
            )
        years.append(int(year))
        if isinstance(value, _DATES):
            dates.setdefault(years[-1], set()).add(value)
    for shared, days in dates.items():
        if len(days) > 1:
            raise TrendError(
                f"{name} has {years.count(shared)} values in {shared}, and a trend model takes one "
                "a year; add them up first (of rates and shares take the mean)"
            )
    return np.array(years, dtype=np.int_)


def _year(value: Any) -> float | None:
    if isinstance(value, np.datetime64):
        return float(value.astype("datetime64[Y]").astype(np.int64)) + 1970
    return float(value.year) if isinstance(value, (date, pd.Period)) else as_number(value)


def _rising(years: NDArray[np.int_], name: str) -> None:
    if (np.diff(years) == 1).all():
        return
    for before, after in pairwise(years):
        if after == before:
            raise TrendError(f"{name} has the year {after} twice; keep one value for it")
        if after < before:
            raise TrendError(f"{name} has {after} after {before}; sort it by year")
    for before, after in pairwise(years):
        if after > before + 1:
            missing = f"{before + 1}" if after == before + 2 else f"{before + 1} to {after - 1}"
            raise TrendError(
                f"{name} lacks {missing}, between {before} and {after}; a gap is never bridged: "
                "fit the years after it, or find the missing figures"
            )


def _places(years: NDArray[np.int_] | None) -> Any:
    if years is None:
        return lambda i: f"at position {i + 1}"
    return lambda i: f"in {years[i]}"
