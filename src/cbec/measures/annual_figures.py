"""Reading annual figures: printed ones, or rows of a table with their evidence."""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Mapping
from dataclasses import dataclass, replace
from fractions import Fraction
from numbers import Integral
from typing import Any, TypeAlias

import pandas as pd

from cbec.errors import PrintedFigureError, TableError
from cbec.figures.expression import Name
from cbec.figures.interval import Interval
from cbec.figures.printed import parse_printed

Figures: TypeAlias = "pd.DataFrame | pd.Series[Any]"

_MEASURED = {"value": "float", "lower": "float", "upper": "float"}
_TRACED = {"evidence": "str", "row": "str"}
_NEEDED = ("series", "year", "printed", "unit", "evidence", "row")


@dataclass(frozen=True)
class AnnualFigure(Name):
    """A figure of one year, itself a leaf of an expression."""

    label: str
    face: Fraction
    range: Interval
    unit: str = ""
    evidence: str = ""
    row: str = ""


FiguresByYear: TypeAlias = dict[int, AnnualFigure]


def read(named: Mapping[str, Figures]) -> tuple[list[FiguresByYear], dict[str, str]]:
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
        else _by_year(figures.items(), name)
        for name, figures in named.items()
    ]
    units = {figure.unit: figure.label for levels in annual for figure in levels.values()}
    units.pop("", None)
    if len(units) > 1:
        listing = ", ".join(f"{label} in {unit}" for unit, label in units.items())
        raise TableError(f"the figures are in different units ({listing}); restate them in one")
    return annual, _MEASURED | (_TRACED if frames else {})


def read_parts(parts: Mapping[str, Figures]) -> tuple[dict[str, FiguresByYear], dict[str, str]]:
    """Read the figures of the years that all parts have; the pair is as that of `read`."""
    if not parts:
        raise TableError("there are no parts; give each part's figures by its name")
    annual, columns = read(parts)
    years = set.intersection(*(set(levels) for levels in annual))
    return {
        name: {t: levels[t] for t in levels if t in years}
        for name, levels in zip(parts, annual, strict=True)
    }, columns


def _from_frame(frame: pd.DataFrame, name: str) -> FiguresByYear:
    missing = [column for column in _NEEDED if column not in frame.columns]
    if missing:
        raise TableError(
            f"{name} lacks {', '.join(missing)}; give rows of one series as cbec.load returns them"
        )
    series = [str(one) for one in frame["series"].unique()]
    if len(series) > 1:
        raise TableError(f"{name} holds {', '.join(series)}; choose one series")
    name = " ".join(series) or name
    levels = _by_year(zip(frame["year"], frame.to_dict("records"), strict=True), name)
    unnamed = frame["row"].isin(["", None]) | frame["row"].isna() | frame["row"].duplicated()
    if unnamed.any():
        raise TableError(
            f"{name}: column row must name each row differently; give rows as cbec.load "
            "returns them"
        )
    return levels


def _by_year(figures: Iterable[tuple[Any, Any]], name: str) -> FiguresByYear:
    levels: FiguresByYear = {}
    for year, given in figures:
        label = f"{name} {year}"
        figure = _from_row(given, label) if isinstance(given, dict) else _figure(given, label)
        if not isinstance(year, Integral):
            raise TableError(f"{name}: {year!r} is no year; give whole years such as 2024")
        if int(year) in levels:
            raise TableError(f"{name}: the year {year} stands twice; choose one vintage of it")
        levels[int(year)] = figure
    return dict(sorted(levels.items()))


def _from_row(row: dict[Hashable, Any], label: str) -> AnnualFigure:
    figure = _figure(row["printed"], label)
    stated = [None if pd.isna(row.get(end)) else row[end] for end in ("lower", "upper")]
    if stated != [None, None]:
        low, high = (None if end is None else Fraction(str(end)) for end in stated)
        figure = replace(figure, range=Interval(low, high))
        if low is None or high is None:
            raise TableError(f"{label}: {figure.range} is unbounded; give both ends")
    return replace(
        figure, id=row["row"], unit=row["unit"], evidence=row["evidence"], row=row["row"]
    )


def _figure(figure: object, label: str) -> AnnualFigure:
    if not isinstance(figure, str):
        raise TableError(
            f"{label}: {figure!r} is no printed figure; give the text, such as '17.66'"
        )
    try:
        printed = parse_printed(figure)
    except PrintedFigureError as error:
        raise PrintedFigureError(f"{label}: {error}") from error
    return AnnualFigure(label, label, printed.value, printed.interval(), printed.dimension)
