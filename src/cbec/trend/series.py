"""The one place that checks an annual series."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from cbec.errors import TrendError
from cbec.evidence import MODEL_MINIMUM

__all__ = ["Annual", "annual"]

_SMALLEST, _LARGEST = 1e-100, 1e100


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
        The values, oldest first. A Series may carry its years in its index: whole numbers, or
        dates or periods with one value a year. The default index 0, 1, … isn't taken for years.
    index : iterable of int, optional
        The years, instead of those of a Series.
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
        aren't whole, don't rise one by one or are as many as there are values.

    Examples
    --------
    >>> annual(pd.Series([2.1, 2.4, 2.6, 2.9, 3.3], index=range(2020, 2025))).index
    array([2020, 2021, 2022, 2023, 2024])
    """
    if isinstance(y, pd.DataFrame):
        raise TrendError(f"{name} is a table with columns; choose one column")
    years = _years(index, name) if index is not None else _own_years(y, name)
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
    if isinstance(given, np.ma.MaskedArray) and np.ma.is_masked(given):
        i = int(np.ma.getmaskarray(given).argmax())
        raise TrendError(f"value {i + 1} of {name} is masked; give the value, or a shorter series")
    try:
        array = np.asarray(given)
    except ValueError:
        raise TrendError(f"{name} has rows of unequal length; give one value a year") from None
    mixed = isinstance(given, (list, tuple)) and any(isinstance(x, (bool, np.bool_)) for x in given)
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
    if array.dtype.kind not in "iuf":
        for i, value in enumerate(array):
            if isinstance(value, (bool, np.bool_)):
                raise TrendError(f"value {i + 1} of {name} is {value}; give a number")
            try:
                float(value)
            except (TypeError, ValueError):
                raise TrendError(f"value {i + 1} of {name} is {value!r}; give a number") from None
            except OverflowError:
                raise TrendError(
                    f"value {i + 1} of {name} is beyond the computer's range; restate the series "
                    "in another unit"
                ) from None
            if isinstance(value, str):
                raise TrendError(
                    f"value {i + 1} of {name} is the text {value!r}; convert it to a number"
                )
    return np.array(array, dtype=np.float64)


def _own_years(y: Any, name: str) -> NDArray[np.int_] | None:
    if not isinstance(y, pd.Series):
        return None
    index = y.index
    if isinstance(index, pd.RangeIndex) and index.start == 0 and index.step == 1:
        return None
    return _years(index, name)


def _years(index: Iterable[Any], name: str) -> NDArray[np.int_]:
    if isinstance(index, (pd.PeriodIndex, pd.DatetimeIndex)):
        if index.hasnans:
            i = int(index.isna().argmax())
            raise TrendError(f"date {i + 1} in the index of {name} is missing; give the year")
        return np.asarray(index.year, dtype=np.int_)
    if isinstance(index, np.ndarray) and index.ndim == 1 and index.dtype.kind in "iu":
        return index.astype(np.int_)
    flat = getattr(index, "ndim", 1) == 1
    if not flat or not isinstance(index, Iterable) or isinstance(index, str):
        raise TrendError(f"the index of {name} is {index!r}; give a year for each value")
    years = []
    for value in index:
        try:
            whole = not isinstance(value, (bool, np.bool_)) and float(value) == int(value)
        except (TypeError, ValueError, OverflowError):
            whole = False
        if not whole or isinstance(value, str) or np.ndim(value):
            raise TrendError(f"{value!r} in the index of {name} is no year; give whole numbers")
        years.append(int(value))
    return np.array(years, dtype=np.int_)


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
