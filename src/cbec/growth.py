"""Growth of annual series whose figures are printed, hence rounded."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import pandas as pd

from cbec.errors import TableError
from cbec.expression import Expression, bounds, parse
from cbec.interval import Interval
from cbec.rounding import parse_printed

__all__ = ["contribution", "implied", "year_on_year"]

_GROWTH = parse("growth(new, old)")
_CONTRIBUTION = parse("share(difference(part_new, part_old), whole_old)")


def year_on_year(printed: pd.Series[Any], base: pd.Series[Any] | None = None) -> pd.DataFrame:
    """Return the growth on the year before, with the bounds that rounding leaves.

    Parameters
    ----------
    printed : Series of str
        Figures as printed, in one unit, indexed by year.
    base : Series of str or Interval, optional
        The levels of the year before on the same footing, indexed by their own year, where a
        statistic is revised before it is compared. The series itself unless given.

    Returns
    -------
    DataFrame
        Indexed by year, columns ``value``, ``lower`` and ``upper`` in percent. A year without a
        predecessor has no row: a gap is never bridged.

    Raises
    ------
    TableError
        If a year stands twice.

    Notes
    -----
    :math:`g_t = x_t / x_{t-1} - 1`; the bounds are its sharp range while both figures run through
    what they stand for: a printed figure through all that rounds to it half-up, an interval
    through itself, with its middle as face value.

    Examples
    --------
    >>> year_on_year(pd.Series({2023: "3.61", 2024: "3.96"})).round(3).loc[2024].tolist()
    [9.695, 9.405, 9.986]
    """
    series = _by_year(printed)
    before = series if base is None else _by_year(base)
    rows = {
        year: _range(_GROWTH, {"new": series[year], "old": before[year - 1]})
        for year in series
        if year - 1 in before
    }
    return pd.DataFrame.from_dict(rows, orient="index", columns=["value", "lower", "upper"])


def contribution(part: pd.Series[Any], whole: pd.Series[Any]) -> pd.DataFrame:
    """Return how much a part's change adds to the growth of the whole, in percentage points.

    Parameters
    ----------
    part : Series of str
        The part as printed, indexed by year.
    whole : Series of str or Interval
        The whole, in the same unit, indexed by year; each year serves as the base of the next.

    Returns
    -------
    DataFrame
        Indexed by year, columns ``value``, ``lower`` and ``upper`` in percentage points.

    Raises
    ------
    TableError
        If a year stands twice.

    Notes
    -----
    :math:`(p_t - p_{t-1}) / w_{t-1}`. In points the measure stays meaningful in years in which the
    whole stands still or falls, where a share of its change does not.

    Examples
    --------
    >>> part, whole = pd.Series({1: "2", 2: "3"}), pd.Series({1: "10", 2: "12"})
    >>> contribution(part, whole).loc[2, "value"].item()
    10.0
    """
    parts, wholes = _by_year(part), _by_year(whole)
    rows = {
        year: _range(
            _CONTRIBUTION,
            {"part_new": parts[year], "part_old": parts[year - 1], "whole_old": wholes[year - 1]},
        )
        for year in parts
        if year - 1 in parts and year - 1 in wholes
    }
    return pd.DataFrame.from_dict(rows, orient="index", columns=["value", "lower", "upper"])


def implied(frame: pd.DataFrame) -> pd.Series[Any]:
    """Return the ranges of figures that a later growth rate implies.

    Parameters
    ----------
    frame : DataFrame
        Columns ``year``, ``lower`` and ``upper``, the ends as decimal numbers.

    Returns
    -------
    Series of Interval
        Indexed by year.

    Examples
    --------
    >>> frame = pd.DataFrame({"year": [2023], "lower": [41.74], "upper": [41.78]})
    >>> print(implied(frame)[2023])
    [2087/50, 2089/50]
    """
    ends = frame.set_index("year")[["lower", "upper"]].astype(str)
    intervals = [Interval(Fraction(low), Fraction(high)) for low, high in ends.to_numpy()]
    return pd.Series(intervals, index=ends.index)


def _by_year(figures: pd.Series[Any]) -> dict[int, str | Interval]:
    twice = figures.index[figures.index.duplicated()]
    if len(twice):
        raise TableError(f"the year {twice[0]} stands twice; choose one vintage of it")
    return {int(str(year)): figure for year, figure in sorted(figures.items())}


def _range(expression: Expression, figures: dict[str, str | Interval]) -> tuple[float, ...]:
    """Return value and bounds in percent."""
    box, face = {}, {}
    for name, figure in figures.items():
        if isinstance(figure, Interval):
            box[name] = figure
            face[name] = Interval.point(_middle(figure))
        elif not isinstance(figure, str):
            raise TableError(f"{figure!r} is no printed figure; give the text, such as '17.66'")
        else:
            read = parse_printed(figure)
            # A figure of a series is a measurement, so it is rounded even if it is an integer.
            box[name] = read.interval()
            face[name] = Interval.point(read.value)
    value, around = bounds(expression, face), bounds(expression, box)
    ends = (value.lower, around.lower, around.upper)
    return tuple(float("nan") if end is None else float(100 * end) for end in ends)


def _middle(interval: Interval) -> Fraction:
    if interval.lower is None or interval.upper is None:
        raise TableError(f"{interval} has no middle; give both ends")
    return (interval.lower + interval.upper) / 2
