"""Growth, shares and contributions of annual series whose figures are printed, hence rounded.

Each measure is one expression of `cbec.figures.expression` for each year. It is evaluated twice:
with the figures at face value, and with all that they may stand for, which gives its sharp bounds.
A figure that occurs twice in a measure is one number. So is a table's row, even if it comes in by
two arguments. A year for which a figure is missing has no row: a gap is never bridged.

Every function takes annual figures in one of two forms:

- a Series of printed figures, or of `cbec.figures.interval.Interval`, indexed by year, or
- a DataFrame with one row a year, as `cbec.load` returns the rows of one series. The result
  then has two columns more: ``evidence``, the weakest grade of the figures used, and ``row``, the
  names of their rows, joined by blanks. ``lower`` and ``upper``, where a row has them, are taken
  in place of the rounding of what it prints.

A printed figure stands for all that rounds to it half-up, an integer too: a figure of a series is
a measurement. An interval stands for itself, with its middle as face value.

All functions raise `cbec.errors.TableError` if a year is none or stands twice, a frame lacks a
column or holds two series, the arguments are in different units or only some are frames, or a base
(what a measure divides by) may be zero or negative; and `cbec.errors.PrintedFigureError` if a text
is no printed figure. The messages name series, year and remedy.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from fractions import Fraction
from numbers import Integral
from typing import Any, TypeAlias

import pandas as pd

from cbec.errors import ExpressionError, PrintedFigureError, TableError
from cbec.figures.bounds import bounds
from cbec.figures.expression import Call, Expression, Literal, Name
from cbec.figures.interval import Interval
from cbec.figures.rounding import parse_printed
from cbec.tables.grades import weakest

__all__ = [
    "cagr",
    "contribution",
    "growth_contributions",
    "growth_shares",
    "mix",
    "ranges",
    "share",
    "year_on_year",
]

Figures: TypeAlias = "pd.DataFrame | pd.Series[Any]"

_MEASURED = {"value": "float", "lower": "float", "upper": "float"}
_TRACED = {"evidence": "str", "row": "str"}
_NEEDED = ("series", "year", "printed", "unit", "evidence", "row")


@dataclass(frozen=True)
class _Figure(Name):
    """A figure of one year, itself a leaf of an expression."""

    label: str
    face: Fraction
    range: Interval
    unit: str = ""
    evidence: str = ""
    row: str = ""


_Annual = dict[int, _Figure]
_Formulas = Mapping[int, Expression]


def year_on_year(figures: Figures, base: Figures | None = None) -> pd.DataFrame:
    """Return the growth on the year before.

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
        By year: ``value``, ``lower`` and ``upper`` in percent.

    Notes
    -----
    :math:`x_t / x_{t-1} - 1`.

    Examples
    --------
    >>> year_on_year(pd.Series({2023: "3.61", 2024: "3.96"})).round(3).loc[2024].tolist()
    [9.695, 9.405, 9.986]
    """
    named = {"figures": figures} if base is None else {"figures": figures, "base": base}
    (levels, *bases), columns = _read(named)
    before = bases[0] if bases else levels
    return _table(
        {t: Call("growth", (levels[t], before[t - 1])) for t in levels if t - 1 in before}, columns
    )


def cagr(figures: Figures, start: int, end: int) -> pd.Series[Any]:
    """Return the compound annual growth rate between two years.

    Parameters
    ----------
    figures : Series or DataFrame
        Levels by year; the years between the two aren't used.
    start, end : int
        The first and the last year.

    Returns
    -------
    Series
        ``value``, ``lower`` and ``upper`` in percent a year, and ``evidence`` and ``row`` where
        they are known; named by the last year.

    Notes
    -----
    :math:`(x_e / x_s)^{1/(e-s)} - 1` from year s to year e.

    Examples
    --------
    >>> cagr(pd.Series({2022: "100", 2024: "121"}), 2022, 2024).round(2).tolist()
    [10.0, 9.5, 10.5]
    """
    (levels,), columns = _read({"figures": figures})
    _require(levels, start, end)
    if start >= end:
        raise TableError(f"growth from {start} to {end} spans no year; give the earlier one first")
    years = Literal(Fraction(end - start))
    return _table({end: Call("cagr", (levels[end], levels[start], years))}, columns).iloc[0]


def share(part: Figures, whole: Figures) -> pd.DataFrame:
    """Return one series as a percentage of another.

    Parameters
    ----------
    part, whole : Series or DataFrame
        Levels by year, in one unit. Where the whole is the sum of known parts, `mix` has sharper
        bounds.

    Returns
    -------
    DataFrame
        By year: ``value``, ``lower`` and ``upper`` in percent.

    Notes
    -----
    :math:`p_t / w_t`.

    Examples
    --------
    >>> share(pd.Series({2024: "17.66"}), pd.Series({2024: "43.85"})).round(2).loc[2024].tolist()
    [40.27, 40.26, 40.29]
    """
    (parts, wholes), columns = _read({"part": part, "whole": whole})
    return _table({t: _share(parts[t], wholes[t]) for t in parts if t in wholes}, columns)


def contribution(part: Figures, whole: Figures) -> pd.DataFrame:
    """Return how much a part's change adds to the growth of the whole.

    Parameters
    ----------
    part, whole : Series or DataFrame
        Levels by year, in one unit; each year of the whole serves as the base of the next. Where
        the whole is the sum of known parts, `growth_contributions` has sharper bounds.

    Returns
    -------
    DataFrame
        By year: ``value``, ``lower`` and ``upper`` in percentage points.

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
    (parts, wholes), columns = _read({"part": part, "whole": whole})
    changes = _changes(parts)
    return _table(
        {t: _share(changes[t], wholes[t - 1]) for t in changes if t - 1 in wholes}, columns
    )


def mix(parts: Mapping[str, Figures]) -> pd.DataFrame:
    r"""Return the share of each part in the sum of the parts.

    Parameters
    ----------
    parts : mapping of str to Series or DataFrame
        Levels by year of each part, by its name, in one unit.

    Returns
    -------
    DataFrame
        By series (the name of the part) and year: ``value``, ``lower`` and ``upper`` in percent.
        Only years that all parts have.

    Notes
    -----
    :math:`p_{i,t} / \sum_j p_{j,t}`, the part in the sum being the same number as above it.

    Examples
    --------
    >>> exports, imports = pd.Series({2024: "13.7"}), pd.Series({2024: "3.96"})
    >>> mix({"exports": exports, "imports": imports}).round(2).loc[("imports", 2024)].tolist()
    [22.42, 22.34, 22.51]
    """
    return _tables(*_mix(parts))


def growth_contributions(parts: Mapping[str, Figures]) -> pd.DataFrame:
    r"""Return how much each part's change adds to the growth of the sum of the parts.

    Parameters
    ----------
    parts : mapping of str to Series or DataFrame
        Levels by year of each part, by its name, in one unit.

    Returns
    -------
    DataFrame
        By series (the name of the part) and year: ``value``, ``lower`` and ``upper`` in percentage
        points. At face value the contributions of one year add up to the growth of the sum.

    Notes
    -----
    :math:`(p_{i,t} - p_{i,t-1}) / \sum_j p_{j,t-1}`.

    Examples
    --------
    >>> parts = {"a": pd.Series({1: "1.0", 2: "2.0"}), "b": pd.Series({1: "3.0", 2: "3.0"})}
    >>> growth_contributions(parts).round(2).loc[("a", 2)].tolist()
    [25.0, 21.95, 28.21]
    """
    annual, columns = _read_parts(parts)
    sums = _sums(annual)
    return _tables(
        {
            name: {t: _share(change, sums[t - 1]) for t, change in _changes(part).items()}
            for name, part in annual.items()
        },
        columns,
    )


def growth_shares(parts: Mapping[str, Figures]) -> pd.DataFrame:
    r"""Return the share of each part's change in the change of the sum of the parts.

    Parameters
    ----------
    parts : mapping of str to Series or DataFrame
        Levels by year of each part, by its name, in one unit. The sum must surely grow in every
        year; `growth_contributions` has no such need.

    Returns
    -------
    DataFrame
        By series (the name of the part) and year: ``value``, ``lower`` and ``upper`` in percent.

    Notes
    -----
    :math:`(p_{i,t} - p_{i,t-1}) / \sum_j (p_{j,t} - p_{j,t-1})`.

    Examples
    --------
    >>> exports, imports = pd.Series({1: "13.24", 2: "13.7"}), pd.Series({1: "3.61", 2: "3.96"})
    >>> parts = {"exports": exports, "imports": imports}
    >>> growth_shares(parts).round(1).loc[("imports", 2)].tolist()
    [43.2, 39.8, 47.1]
    """
    annual, columns = _read_parts(parts)
    growth = _changes(_sums(annual))
    return _tables(
        {
            name: {t: _share(change, growth[t]) for t, change in _changes(part).items()}
            for name, part in annual.items()
        },
        columns,
    )


def ranges(rows: pd.DataFrame) -> pd.DataFrame:
    """Return rows of printed figures with the range that each stands for.

    Parameters
    ----------
    rows : DataFrame
        With a column ``printed``, as `cbec.load` returns them.

    Returns
    -------
    DataFrame
        The rows with ``lower`` and ``upper``, all that rounds half-up to what is printed.

    Raises
    ------
    PrintedFigureError
        If a text is no printed figure.

    Examples
    --------
    >>> ranges(pd.DataFrame({"printed": ["17.66"]}))[["lower", "upper"]].to_numpy().tolist()
    [[17.655, 17.665]]
    """
    ends = [_ends(parse_printed(text).interval(), text) for text in rows["printed"]]
    return rows.assign(
        lower=[float(low) for low, _ in ends], upper=[float(high) for _, high in ends]
    )


# Expressions ---------------------------------------------------------------------------------


def _share(part: Expression, whole: Expression) -> Expression:
    return Call("share", (part, whole))


def _changes(levels: _Formulas) -> _Formulas:
    return {t: Call("difference", (levels[t], levels[t - 1])) for t in levels if t - 1 in levels}


def _sums(parts: Mapping[str, _Annual]) -> _Formulas:
    years = next(iter(parts.values()))
    return {t: Call("sum", tuple(part[t] for part in parts.values())) for t in years}


def _mix(parts: Mapping[str, Figures]) -> tuple[dict[str, _Formulas], dict[str, str]]:
    annual, columns = _read_parts(parts)
    sums = _sums(annual)
    return {
        name: {t: _share(part[t], sums[t]) for t in part} for name, part in annual.items()
    }, columns


# Evaluation ----------------------------------------------------------------------------------


def _tables(formulas: Mapping[str, _Formulas], columns: Mapping[str, str]) -> pd.DataFrame:
    tables = {name: _table(by_year, columns) for name, by_year in formulas.items()}
    return pd.concat(tables, names=["series", "year"])


def _table(formulas: _Formulas, columns: Mapping[str, str]) -> pd.DataFrame:
    rows = [_measured(formula) for formula in formulas.values()]
    years = pd.Index(list(formulas), dtype="int64", name="year")
    return pd.DataFrame(rows, index=years, columns=list(columns)).astype(dict(columns))


def _measured(formula: Expression) -> dict[str, Any]:
    """Return value and bounds in percent, and what they rest on."""
    for base in _bases(formula):
        low, high = _range(base)
        if low <= 0:
            raise TableError(
                f"{_labels(base)}: a base must be above zero, and this one may be anything from "
                f"{float(low):g} to {float(high):g}; leave the year out"
            )
    value, _ = _range(formula, at_face_value=True)
    low, high = _range(formula)
    measured: dict[str, Any] = {
        column: float(100 * number)
        for column, number in zip(_MEASURED, (value, low, high), strict=True)
    }
    rows = {figure.row: figure.evidence for figure in _leaves(formula) if figure.row}
    if rows:
        measured["evidence"] = weakest(rows.values())
        measured["row"] = " ".join(rows)
    return measured


def _range(formula: Expression, *, at_face_value: bool = False) -> tuple[Fraction, Fraction]:
    box = {
        figure.id: Interval.point(figure.face) if at_face_value else figure.range
        for figure in _leaves(formula)
    }
    try:
        return _ends(bounds(formula, box), _labels(formula))
    except ExpressionError as error:
        raise TableError(f"{_labels(formula)}: {error}") from error


def _leaves(formula: Expression) -> Iterator[_Figure]:
    if isinstance(formula, _Figure):
        yield formula
    elif isinstance(formula, Call):
        for argument in formula.arguments:
            yield from _leaves(argument)


def _bases(formula: Expression) -> Iterator[Expression]:
    """Yield what a formula divides by."""
    if isinstance(formula, Call):
        if formula.function in {"growth", "share", "cagr"}:
            yield formula.arguments[1]
        for argument in formula.arguments:
            yield from _bases(argument)


def _labels(formula: Expression) -> str:
    return ", ".join(dict.fromkeys(figure.label for figure in _leaves(formula)))


# Reading -------------------------------------------------------------------------------------


def _read_parts(parts: Mapping[str, Figures]) -> tuple[dict[str, _Annual], dict[str, str]]:
    """Read the years that all parts have."""
    if not parts:
        raise TableError("there are no parts; give each part's figures by its name")
    annual, columns = _read(parts)
    years = set.intersection(*(set(levels) for levels in annual))
    return {
        name: {t: levels[t] for t in levels if t in years}
        for name, levels in zip(parts, annual, strict=True)
    }, columns


def _read(named: Mapping[str, Figures]) -> tuple[list[_Annual], dict[str, str]]:
    """Read annual figures, and tell the columns that a measure of them has, with their types."""
    frames = [name for name, figures in named.items() if isinstance(figures, pd.DataFrame)]
    others = [name for name in named if name not in frames]
    if frames and others:
        raise TableError(
            f"{', '.join(frames)} came with evidence, {', '.join(others)} without; "
            "give rows of a table for each, or a Series for each"
        )
    annual = [
        _from_frame(figures, name)
        if isinstance(figures, pd.DataFrame)
        else _from_series(figures, name)
        for name, figures in named.items()
    ]
    figures_read = [figure for levels in annual for figure in levels.values()]
    units = {figure.unit: figure.label for figure in figures_read if figure.unit}
    if len(units) > 1:
        listing = ", ".join(f"{label} in {unit}" for unit, label in units.items())
        raise TableError(f"the figures are in different units ({listing}); restate them in one")
    return annual, _MEASURED | (_TRACED if frames else {})


def _from_series(figures: pd.Series[Any], name: str) -> _Annual:
    return _by_year(figures.index, [_figure(x, f"{name} {t}") for t, x in figures.items()], name)


def _from_frame(frame: pd.DataFrame, name: str) -> _Annual:
    missing = [column for column in _NEEDED if column not in frame.columns]
    if missing:
        raise TableError(
            f"{name} lacks {', '.join(missing)}; give rows of one series as cbec.load returns them"
        )
    series = [str(one) for one in frame["series"].unique()]
    if len(series) > 1:
        raise TableError(f"{name} holds {', '.join(series)}; choose one series")
    name = " ".join(series) or name
    records = frame.to_dict("records")
    levels = _by_year(frame["year"], [_from_row(record, name) for record in records], name)
    unnamed = frame["row"].isin(["", None]) | frame["row"].isna() | frame["row"].duplicated()
    if unnamed.any():
        raise TableError(
            f"{name}: column row must name each row differently; give rows as cbec.load "
            "returns them"
        )
    return levels


def _by_year(years: Iterable[Any], figures: Iterable[_Figure], name: str) -> _Annual:
    levels: _Annual = {}
    for year, figure in zip(years, figures, strict=True):
        if not isinstance(year, Integral):
            raise TableError(f"{name}: {year!r} is no year; give whole years such as 2024")
        if int(year) in levels:
            raise TableError(f"{name}: the year {year} stands twice; choose one vintage of it")
        levels[int(year)] = figure
    return dict(sorted(levels.items()))


def _from_row(row: dict[Hashable, Any], name: str) -> _Figure:
    label = f"{name} {row['year']}"
    figure = _figure(row["printed"], label)
    stated = [None if pd.isna(row.get(end)) else row[end] for end in ("lower", "upper")]
    if any(end is not None for end in stated):
        low, high = (None if end is None else Fraction(str(end)) for end in stated)
        figure = replace(figure, range=Interval(low, high))
        _ends(figure.range, label)
    return replace(
        figure, id=row["row"], unit=row["unit"], evidence=row["evidence"], row=row["row"]
    )


def _figure(figure: object, label: str) -> _Figure:
    if isinstance(figure, Interval):
        low, high = _ends(figure, label)
        return _Figure(label, label, (low + high) / 2, figure)
    if not isinstance(figure, str):
        raise TableError(
            f"{label}: {figure!r} is no printed figure; give the text, such as '17.66'"
        )
    try:
        read = parse_printed(figure)
    except PrintedFigureError as error:
        raise PrintedFigureError(f"{label}: {error}") from error
    return _Figure(label, label, read.value, read.interval(), read.dimension)


def _ends(interval: Interval, label: str) -> tuple[Fraction, Fraction]:
    try:
        return interval.ends
    except ValueError:
        raise TableError(f"{label}: {interval} is unbounded; give both ends") from None


def _require(levels: _Annual, *years: int) -> None:
    for year in years:
        if year not in levels:
            known = ", ".join(figure.label for figure in levels.values()) or "none"
            raise TableError(f"there is no figure of {year}; there are {known}")
