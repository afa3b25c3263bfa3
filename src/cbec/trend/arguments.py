"""The one place that checks horizons, levels and arrays of numbers, and that writes a level."""

from __future__ import annotations

import math
import operator
from collections.abc import Sequence
from decimal import Decimal
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from cbec.errors import TrendError

# Years that a forecast goes ahead at most: more than six times the longest window that was
# calibrated, and past the end of the projections that are made of slower things, as population is.
LONGEST_HORIZON = 100
_LEAST = 1.0
_WIDEST = 60
# What Python or NumPy would turn into a number all the same.
_NO_NUMBERS = (
    *(bool, str, bytes, complex),
    *(np.bool_, np.complexfloating, np.datetime64, np.timedelta64, type(np.ma.masked)),
)
# What can be iterated over and is no list of numbers all the same.
NO_LISTS = (str, bytes, dict, set, frozenset)


def checked_horizon(horizon: Any) -> int:
    """Return the years ahead, from 1 to `LONGEST_HORIZON`, or raise `TrendError`."""
    steps = as_integer(horizon)
    if steps is None or not 1 <= steps <= LONGEST_HORIZON:
        raise TrendError(
            f"the horizon is {shown(horizon)}; give a whole number of years from 1 to "
            f"{LONGEST_HORIZON}"
        )
    return steps


def checked_levels(level: Any) -> tuple[float, ...]:
    """Return the nominal coverages of intervals in percent, or raise `TrendError`.

    Each is from 1 to below 100 and stands once. Levels below 1 are taken for fractions: the message
    writes them in percent.
    """
    single = as_number(level)
    if single not in (None, math.inf):
        _check_range([single])
        raise TrendError(
            f"the level is {shown(level)}; give a list of percentages, such as {_tuple([single])}"
        )
    levels = _as_numbers(level)
    if levels is None or math.inf in levels:
        raise TrendError(
            f"the level is {shown(level)}; give a list of percentages, such as (80, 95)"
        )
    if not levels:
        raise TrendError("there is no level; give at least one percentage, such as 95")
    _check_range(levels)
    for value in levels:
        if levels.count(value) > 1:
            raise TrendError(f"the level {level_label(value)} stands twice; give each once")
    return levels


def checked_level(level: Any) -> float:
    """Return the nominal coverage of one interval, as `checked_levels` does."""
    value = as_number(level)
    if value in (None, math.inf):
        raise TrendError(f"the level is {shown(level)}; give one percentage, such as 80")
    _check_range([value], listed=False)
    return value


def level_label(level: float) -> str:
    """Write a level, in names of columns and in texts, so that no two are written alike.

    Examples
    --------
    >>> level_label(80.0), level_label(99.99999)
    ('80', '99.99999')
    """
    return repr(float(level)).removesuffix(".0")


def shown(value: Any) -> str:
    """Write what a user gave, on one line of bounded length, for a message."""
    try:
        text = " ".join(repr(value).split())
    except ValueError:  # more digits than Python writes
        return "too large to write"
    except Exception:  # a mistake of the object's own
        return f"of the type {type(value).__name__}"
    return text if len(text) <= _WIDEST else f"{text[: _WIDEST - 1]}…"


def as_integer(value: Any) -> int | None:
    """Return a whole number; None for what is none, as are truth values and 2.0."""
    try:
        return None if isinstance(value, _NO_NUMBERS) else operator.index(value)
    except Exception:
        return None


def as_number(value: Any) -> float | None:
    """Return a number; None for what is none, as are truth values, texts and dates."""
    if isinstance(value, _NO_NUMBERS) or getattr(value, "ndim", None):
        return None
    try:
        return float(value)
    except OverflowError:
        return math.inf
    except Exception:
        return None


def _as_numbers(values: Any) -> tuple[float, ...] | None:
    """Return the numbers of a list; None for what is no list of numbers, as are texts and sets."""
    if isinstance(values, NO_LISTS):
        return None
    try:
        given = [as_number(value) for value in values]
    except Exception:
        return None
    numbers = tuple(number for number in given if number is not None)
    return numbers if len(numbers) == len(given) else None


def _is_level(value: float) -> bool:
    # Just below 100 the probability of the upper end rounds to one, whose quantile is infinite.
    return _LEAST <= value < 100 and 0.5 + value / 200 < 1


def _check_range(levels: Sequence[float], *, listed: bool = True) -> None:
    for value in levels:
        if not (_is_level(value) or 0 < value < _LEAST):
            raise TrendError(
                f"the level {level_label(value)} isn't between 0 and 100; give a percentage, "
                "such as 80"
            )
    fraction = next((value for value in levels if value < _LEAST), None)
    if fraction is None:
        return
    # As the digits say: 0.07 times 100 isn't 7 in binary.
    percent = [float(Decimal(level_label(one)) * 100) if one < _LEAST else one for one in levels]
    if all(map(_is_level, percent)):
        remedy = _tuple(list(dict.fromkeys(percent))) if listed else level_label(percent[0])
    else:
        remedy = "percentages from 1 on, such as " + ("(80, 95)" if listed else "80")
    raise TrendError(
        f"the level {level_label(fraction)} is below 1, and levels are in percent; write {remedy}"
    )


def _tuple(levels: Sequence[float]) -> str:
    listed = ", ".join(map(level_label, levels))
    return f"({listed},)" if len(levels) == 1 else f"({listed})"


def alike(*, axes: int = 1, **named: ArrayLike) -> list[NDArray[np.float64]]:
    """Return arrays that are checked to be finite and of one shape."""
    arrays = [finite(name, values, axes=axes) for name, values in named.items()]
    if len({array.shape for array in arrays}) > 1:
        shapes = ", ".join(
            f"{name} {array.shape}" for name, array in zip(named, arrays, strict=True)
        )
        raise TrendError(f"shapes differ: {shapes}; give one number of each for each step")
    return arrays


def finite(name: str, values: ArrayLike, axes: int = 1) -> NDArray[np.float64]:
    """Return an array that is checked to be finite, with a number of axes at the least."""
    try:
        array = np.asarray(values)
    except ValueError:
        raise TrendError(f"{name} has rows of unequal length; give an array of numbers") from None
    if array.dtype.kind not in "iuf":
        raise TrendError(f"{name} isn't numeric ({array.dtype}); give an array of numbers")
    if array.ndim < axes or not array.size:
        raise TrendError(
            f"{name} has the shape {array.shape}; give an array with at least "
            f"{'one axis' if axes < 2 else f'{axes} axes'} and one number"
        )
    array = array.astype(np.float64)
    array[np.ma.getmask(np.ma.array(values))] = np.nan
    if not np.isfinite(array).all():
        place = first_place(~np.isfinite(array))
        where = f"position {', '.join(map(str, place))}" if place else "its only position"
        raise TrendError(f"{name} is {array[place]} at {where}; leave out what isn't known")
    return array


def first_place(wrong: NDArray[np.bool_]) -> tuple[int, ...]:
    """Return where the first thing is wrong, an index for each axis."""
    return tuple(int(i) for i in np.argwhere(wrong)[0])
