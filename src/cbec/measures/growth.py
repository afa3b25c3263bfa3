"""Growth, shares and contributions of annual series whose figures are printed, hence rounded.

Each measure is one expression of `cbec.figures.expression` for each year. It is evaluated twice:
with the figures at face value, and with all that they may stand for, which gives its sharp bounds.
A figure that occurs twice in a measure is one number. So is a table's row, even if it comes in by
two arguments. A year for which a figure is missing has no row: a gap is never bridged.

Every measure takes levels by year, in one unit, in one of two forms:

- a Series of printed figures, indexed by year, or
- a DataFrame with one row a year, as `cbec.load` returns the rows of one series. The result
  then has two columns more: ``evidence``, the weakest grade of the figures used, and ``row``, the
  names of their rows, joined by blanks. ``lower`` and ``upper``, where a row has them, are taken
  in place of the rounding of what it prints.

A printed figure stands for all that rounds to it half-up, an integer too: a figure of a series is a
measurement.

All raise `cbec.errors.TableError` if a year is none or stands twice, a frame lacks a column or
holds two series, the arguments are in different units or only some are frames, or a base (what a
measure divides by) may be zero or negative; and `cbec.errors.PrintedFigureError` if a text is no
printed figure. The messages name series, year and remedy.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from fractions import Fraction
from typing import Any

import pandas as pd

from cbec.errors import ExpressionError, TableError
from cbec.figures.bounds import bounds
from cbec.figures.expression import Call, Expression
from cbec.figures.interval import Interval
from cbec.figures.printed import parse_printed
from cbec.measures.annual_figures import AnnualFigure, Figures, FiguresByYear, read, read_parts
from cbec.tables.evidence_grades import weakest


def year_on_year(figures: Figures, base: Figures | None = None) -> pd.DataFrame:
    """Return the growth on the year before, :math:`x_t / x_{t-1} - 1`.

    Parameters
    ----------
    figures : Series or DataFrame
        Levels by year.
    base : Series or DataFrame, optional
        The levels of the year before on the same footing, by their own year, where a statistic is
        revised before it is compared. The figures themselves unless given.

    Returns
    -------
    DataFrame
        By year: ``value``, ``lower`` and ``upper``, in percent.

    Examples
    --------
    >>> year_on_year(pd.Series({2023: "3.61", 2024: "3.96"})).round(3).loc[2024].tolist()
    [9.695, 9.405, 9.986]
    """
    named = {"figures": figures} if base is None else {"figures": figures, "base": base}
    annual, columns = read(named)
    levels, before = annual[0], annual[-1]
    return _table(
        {t: Call("growth", (levels[t], before[t - 1])) for t in levels if t - 1 in before}, columns
    )


def share(part: Figures, whole: Figures) -> pd.DataFrame:
    """Return one series as a percentage of another, :math:`p_t / w_t`.

    Parameters
    ----------
    part, whole : Series or DataFrame
        Levels by year, in one unit.

    Returns
    -------
    DataFrame
        By year: ``value``, ``lower`` and ``upper``, in percent.

    Examples
    --------
    >>> share(pd.Series({2024: "17.66"}), pd.Series({2024: "43.85"})).round(2).loc[2024].tolist()
    [40.27, 40.26, 40.29]
    """
    (parts, wholes), columns = read({"part": part, "whole": whole})
    return _table({t: _share(parts[t], wholes[t]) for t in parts if t in wholes}, columns)


def contribution(part: Figures, whole: Figures) -> pd.DataFrame:
    """Return how much a part's change adds to the growth of the whole, in percentage points.

    :math:`(p_t - p_{t-1}) / w_{t-1}`. In points the measure stays meaningful in years in which the
    whole stands still or falls, where a share of its change does not. Where the whole is the sum of
    known parts, `growth_contributions` has sharper bounds.

    Parameters
    ----------
    part, whole : Series or DataFrame
        Levels by year, in one unit.

    Returns
    -------
    DataFrame
        By year: ``value``, ``lower`` and ``upper``, in percentage points.

    Examples
    --------
    >>> part, whole = pd.Series({1: "2", 2: "3"}), pd.Series({1: "10", 2: "12"})
    >>> contribution(part, whole).loc[2, "value"].item()
    10.0
    """
    (parts, wholes), columns = read({"part": part, "whole": whole})
    changes = _changes(parts)
    return _table(
        {t: _share(changes[t], wholes[t - 1]) for t in changes if t - 1 in wholes}, columns
    )


def growth_contributions(parts: Mapping[str, Figures]) -> pd.DataFrame:
    r"""Return how much each part's change adds to the growth of the sum of the parts, in points.

    :math:`(p_{i,t} - p_{i,t-1}) / \sum_j p_{j,t-1}`. At face value the contributions of one year
    add up to the growth of the sum.

    Parameters
    ----------
    parts : Mapping of str to Series or DataFrame
        Each part's levels by year, in one unit, by its name.

    Returns
    -------
    DataFrame
        By ``series`` and year: ``value``, ``lower`` and ``upper``, in percentage points.

    Examples
    --------
    >>> parts = {"a": pd.Series({1: "1.0", 2: "2.0"}), "b": pd.Series({1: "3.0", 2: "3.0"})}
    >>> growth_contributions(parts).round(2).loc[("a", 2)].tolist()
    [25.0, 21.95, 28.21]
    """
    annual, columns = read_parts(parts)
    sums = _sums(annual)
    return _of_changes(annual, {t: sums[t - 1] for t in sums if t - 1 in sums}, columns)


def growth_shares(parts: Mapping[str, Figures]) -> pd.DataFrame:
    r"""Return the share of each part's change in the change of the sum of the parts.

    :math:`(p_{i,t} - p_{i,t-1}) / \sum_j (p_{j,t} - p_{j,t-1})`. The sum must surely grow in every
    year; `growth_contributions` has no such need.

    Parameters
    ----------
    parts : Mapping of str to Series or DataFrame
        Each part's levels by year, in one unit, by its name.

    Returns
    -------
    DataFrame
        By ``series`` and year: ``value``, ``lower`` and ``upper``, in percent.

    Examples
    --------
    >>> exports, imports = pd.Series({1: "13.24", 2: "13.7"}), pd.Series({1: "3.61", 2: "3.96"})
    >>> found = growth_shares({"exports": exports, "imports": imports})
    >>> found.loc[("imports", 2)].round(1).tolist()
    [43.2, 39.8, 47.1]
    """
    annual, columns = read_parts(parts)
    return _of_changes(annual, _changes(_sums(annual)), columns)


def ranges(rows: pd.DataFrame) -> pd.DataFrame:
    """Return rows with ``lower`` and ``upper``, all that rounds half-up to what is printed.

    Parameters
    ----------
    rows : DataFrame
        With a column ``printed``, as `cbec.load` returns them.

    Examples
    --------
    >>> ranges(pd.DataFrame({"printed": ["17.66"]}))[["lower", "upper"]].to_numpy().tolist()
    [[17.655, 17.665]]
    """
    ends = [parse_printed(text).interval().ends for text in rows["printed"]]
    return rows.assign(
        lower=[float(low) for low, _ in ends], upper=[float(high) for _, high in ends]
    )


# Expressions ---------------------------------------------------------------------------------


def _share(part: Expression, whole: Expression) -> Call:
    return Call("share", (part, whole))


def _changes(levels: Mapping[int, Expression]) -> dict[int, Call]:
    return {t: Call("difference", (levels[t], levels[t - 1])) for t in levels if t - 1 in levels}


def _sums(parts: Mapping[str, FiguresByYear]) -> dict[int, Call]:
    years = next(iter(parts.values()))
    return {t: Call("sum", tuple(part[t] for part in parts.values())) for t in years}


# Evaluation ----------------------------------------------------------------------------------


def _of_changes(
    parts: Mapping[str, FiguresByYear], wholes: Mapping[int, Expression], columns: dict[str, str]
) -> pd.DataFrame:
    """Return each part's change as a share of what stands for its year."""
    tables = {
        name: _table({t: _share(one, wholes[t]) for t, one in _changes(part).items()}, columns)
        for name, part in parts.items()
    }
    return pd.concat(tables, names=["series", "year"])


def _table(formulas: Mapping[int, Call], columns: dict[str, str]) -> pd.DataFrame:
    rows = [_measured(formula) for formula in formulas.values()]
    years = pd.Index(list(formulas), dtype="int64", name="year")
    return pd.DataFrame(rows, index=years, columns=list(columns)).astype(columns)


def _measured(formula: Call) -> dict[str, Any]:
    """Return value and bounds in percent, and what they rest on."""
    figures = list(_leaves(formula))
    ranges = {figure.id: figure.range for figure in figures}
    faces = {figure.id: Interval.point(figure.face) for figure in figures}
    base = formula.arguments[1]
    low, high = _bounds(base, ranges)
    if low <= 0:
        raise TableError(
            f"{_labels(base)}: a base must be above zero, and this one may be anything from "
            f"{float(low):g} to {float(high):g}; leave the year out"
        )
    value, _ = _bounds(formula, faces)
    low, high = _bounds(formula, ranges)
    measured = {"value": float(100 * value), "lower": float(100 * low), "upper": float(100 * high)}
    rows = {figure.row: figure.evidence for figure in figures if figure.row}
    if not rows:
        return measured
    return {**measured, "evidence": weakest(rows.values()), "row": " ".join(rows)}


def _bounds(formula: Expression, box: Mapping[str, Interval]) -> tuple[Fraction, Fraction]:
    try:
        return bounds(formula, box).ends
    except ExpressionError as error:
        raise TableError(f"{_labels(formula)}: {error}") from error


def _leaves(formula: Expression) -> Iterator[AnnualFigure]:
    if isinstance(formula, AnnualFigure):
        yield formula
    elif isinstance(formula, Call):
        for argument in formula.arguments:
            yield from _leaves(argument)


def _labels(formula: Expression) -> str:
    return ", ".join(dict.fromkeys(figure.label for figure in _leaves(formula)))
