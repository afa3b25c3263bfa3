"""What rounding of the inputs does to a forecast, and what a forecast rests on, in words.

A printed figure stands for an interval. A model takes one number a year as it is. Here the same
model is fitted again, to other numbers that print the same. The extra band is small or large as it
turns out.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from numbers import Integral
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from cbec.display.table import frame_html
from cbec.errors import PrintedFigureError, TableError, TrendError
from cbec.figures.rounding import parse_printed
from cbec.tables.grades import MODEL_MINIMUM, WEAK_GRADES, model_possible
from cbec.trend.api import checked_model, fit, forecast
from cbec.trend.options import as_integer, as_number, level_label, shown
from cbec.trend.series import own_years

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from cbec.trend.result import Forecast

__all__ = [
    "RoundingBand",
    "rounding_band",
    "run_statement",
    "weak_years",
]

_WITHIN = 95.0
# The model is fitted to each.
_MOST_DRAWS = 100_000


@dataclass(frozen=True)
class RoundingBand:
    """A forecast, and how far rounding of its inputs alone may move it.

    Parameters
    ----------
    base : Forecast
        The forecast from the figures at face value, with horizon h and k levels.
    means : ndarray of float, shape (h, 2)
        From where to where the mean moves.
    lower_ends, upper_ends : ndarray of float, shape (h, k, 2)
        From where to where each end of the intervals moves.
    draws : int
        How many sets of inputs the model was fitted to.
    within : float
        Percent of the draws, the central ones, that these ranges hold. Each range also holds what
        the face values give.
    """

    base: Forecast
    means: NDArray[np.float64]
    lower_ends: NDArray[np.float64]
    upper_ends: NDArray[np.float64]
    draws: int
    within: float

    @property
    def lower(self) -> NDArray[np.float64]:
        """Lower ends of the widened intervals, shape (h, k)."""
        return self.lower_ends[..., 0]

    @property
    def upper(self) -> NDArray[np.float64]:
        """Upper ends of the widened intervals, shape (h, k)."""
        return self.upper_ends[..., 1]

    @property
    def widening(self) -> NDArray[np.float64]:
        """Percent by which rounding widens each interval, shape (h, k); NaN if it had no width."""
        width = self.base.upper - self.base.lower
        wider = self.upper - self.lower
        ratio = np.divide(wider, width, out=np.full_like(width, np.nan), where=width > 0)
        return np.asarray(100 * (ratio - 1))

    def to_frame(self) -> pd.DataFrame:
        """Return a row a step.

        Returns
        -------
        DataFrame
            ``ds``, ``mean`` and its range ``mean-from``, ``mean-to``; then for each level, 80 for
            instance, ``lower-80`` and ``upper-80`` from the face values, and ``widened-lower-80``
            and ``widened-upper-80``.
        """
        columns: dict[str, Any] = {
            "ds": self.base.index,
            "mean": self.base.mean,
            "mean-from": self.means[:, 0],
            "mean-to": self.means[:, 1],
        }
        for place, level in enumerate(self.base.level):
            columns[f"lower-{level_label(level)}"] = self.base.lower[:, place]
            columns[f"upper-{level_label(level)}"] = self.base.upper[:, place]
            columns[f"widened-lower-{level_label(level)}"] = self.lower[:, place]
            columns[f"widened-upper-{level_label(level)}"] = self.upper[:, place]
        return pd.DataFrame(columns)

    def _repr_html_(self) -> str:
        caption = (
            f"{self.base.model}: what rounding of the inputs moves, "
            f"{level_label(self.within)}% of {self.draws} draws"
        )
        return frame_html(self.to_frame(), caption)


def run_statement(run: pd.DataFrame) -> str:
    """Say what a forecast from these years rests on, or that no model is possible.

    Parameters
    ----------
    run : DataFrame
        Consecutive years, as `cbec.tables.grades.latest_run` returns them.

    Returns
    -------
    str
        A sentence without a full stop.

    Examples
    --------
    >>> from cbec.tables.grades import latest_run
    >>> from cbec.tables.frames import load
    >>> market = load("market", series="market-total")
    >>> run_statement(latest_run(market))
    '13 years, 2012 to 2024; unconfirmed: 2013, 2017, 2018; found only in the paper: 2023, 2024'
    >>> run_statement(latest_run(market, "sourced"))
    'no model is possible: 4 years, 2019 to 2022, and at least 5 are needed'
    """
    years = [int(year) for year in run["year"]]
    count = "no year"
    if years:
        count = f"1 year, {years[0]}"
    if len(years) > 1:
        count = f"{len(years)} years, {years[0]} to {years[-1]}"
    if not model_possible(run):
        return f"no model is possible: {count}, and at least {MODEL_MINIMUM} are needed"
    return "; ".join(filter(None, (count, weak_years(run))))


def weak_years(run: pd.DataFrame) -> str:
    """Say which years of a run are unconfirmed, and which were found only in the paper.

    Parameters
    ----------
    run : DataFrame
        Rows with ``year`` and ``evidence``.

    Returns
    -------
    str
        Empty if an independent page bears each figure.

    Examples
    --------
    >>> grades = ["corroborated", "unconfirmed", "printed"]
    >>> weak_years(pd.DataFrame({"year": [2022, 2023, 2024], "evidence": grades}))
    'unconfirmed: 2023; found only in the paper: 2024'
    """
    years = {said: run.loc[run["evidence"] == grade, "year"] for grade, said in WEAK_GRADES.items()}
    return "; ".join(
        f"{said}: {', '.join(str(int(year)) for year in found)}"
        for said, found in years.items()
        if len(found)
    )


def rounding_band(
    figures: pd.Series[Any] | pd.DataFrame,
    horizon: int,
    level: Sequence[float] = (80, 95),
    *,
    model: str = "combination",
    draws: int = 200,
    seed: int = 0,
    within: float = _WITHIN,
) -> RoundingBand:
    r"""Forecast again from other numbers that print the same.

    Parameters
    ----------
    figures : Series or DataFrame
        Printed figures (texts) by year or date; or rows of one series, one a year, as
        `cbec.tables.frames.load` returns them; or a measure of them with its bounds, as the functions of
        `cbec.measures.growth` return it. Bounds, where a row has them, are taken in place of the rounding
        of what it prints.
    horizon : int
        Years to forecast, from 1 to 100.
    level : sequence of float
        Levels of the intervals in percent, each from 1 to below 100.
    model : str
        Name of a model, see `cbec.trend.forecast`.
    draws : int
        How many sets of inputs, from 20 to 100,000.
    seed : int
        Of the random numbers. The same seed gives the same band.
    within : float
        Percent of the draws, the central ones, that the reported ranges hold.

    Returns
    -------
    RoundingBand
        The forecast at face value, and the ranges.

    Raises
    ------
    TrendError
        If the model can't be fitted, a year is missing, or an argument is out of range.
    TableError
        If a row is a lower bound or about a figure, so no level; if a year stands twice; or if
        there are no years, as in a Series with the default index.
    PrintedFigureError
        If a text is no printed figure.

    Notes
    -----
    Input t of a draw is :math:`x_t \sim U(a_t, b_t)`, independently, where :math:`[a_t, b_t)` is
    all that rounds half-up to what is printed. Independence is an assumption: where a publisher
    makes the levels from each other, their rounding errors are linked. The widened interval goes
    from the low end of the range of lower ends to the high end of the range of upper ends, which
    is wider than a mixture of the draws would be.

    Examples
    --------
    >>> market = pd.Series({2020: "12.5", 2021: "14.2", 2022: "15.7", 2023: "16.85", 2024: "17.66"})
    >>> band = rounding_band(market, 2, model="naive", draws=50)
    >>> band.means.round(2).tolist()
    [[17.66, 17.66], [17.66, 17.66]]
    >>> bool((band.widening >= 0).all())
    True
    """
    years, measured = _ends(figures)
    face, low, high = measured.T
    draws = _checked_integer(draws, "draws", 20, _MOST_DRAWS)
    seed = _checked_integer(seed, "seed", 0)
    held = as_number(within)
    if held is None or not 0 < held <= 100:
        raise TrendError(f"within is {shown(within)}; give the percent of draws, such as 95")
    base = forecast(face, horizon, level=level, model=model, index=years)
    inputs = np.random.default_rng(seed).uniform(low, high, size=(draws, len(face)))
    made = [fit(checked_model(model), y, len(base.mean), base.level) for y in inputs]
    return RoundingBand(
        base=base,
        means=_range([one.mean for one in made], base.mean, held),
        lower_ends=_range([one.lower for one in made], base.lower, held),
        upper_ends=_range([one.upper for one in made], base.upper, held),
        draws=draws,
        within=held,
    )


def _ends(
    figures: pd.Series[Any] | pd.DataFrame,
) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
    """Return the years, and for each its face value and the two ends of what it stands for."""
    if isinstance(figures, pd.DataFrame):
        table = figures if "year" in figures.columns else figures.reset_index()
        if "year" not in table.columns or not {"printed", "value"} & set(table.columns):
            raise TableError(
                "the frame lacks year, or both printed and value; give rows as cbec.tables.frames.load "
                "returns them"
            )
        _check_levels(table)
        rows = [_row_ends(row) for row in table.to_dict("records")]
        years = list(table["year"])
    elif (own := own_years(figures, "the series")) is not None:
        years = own.tolist()
        rows = [_printed_ends(text, f"{year}") for year, text in zip(years, figures, strict=True)]
    else:
        raise TableError(
            f"the {type(figures).__name__} has no years; give a Series of printed figures by year, "
            "or rows as cbec.tables.frames.load returns them"
        )
    for year in years:
        if isinstance(year, bool) or not isinstance(year, Integral):
            raise TableError(f"{year!r} is no year; give whole years such as 2024")
        if years.count(year) > 1:
            raise TableError(f"the year {year} stands twice; choose one series and one vintage")
    order = np.argsort(years, kind="stable")
    measured = np.array(rows, dtype=float).reshape(len(rows), 3)
    return np.array(years, dtype=np.int64)[order], measured[order]


def _row_ends(row: Mapping[Any, Any]) -> tuple[float, float, float]:
    label = f"{row.get('series', '')} {row['year']}".strip()
    stated = {end: row[end] for end in ("lower", "upper") if pd.notna(row.get(end))}
    if pd.notna(row.get("printed")):
        face, low, high = _printed_ends(row["printed"], label)
    elif len(stated) == 2:
        face, low, high = float(row["value"]), 0.0, 0.0
    else:
        raise TableError(f"{label} is neither printed nor bounded; give printed, or both ends")
    low, high = float(stated.get("lower", low)), float(stated.get("upper", high))
    if not low <= face <= high:
        raise TableError(f"{label}: {face:g} isn't between {low:g} and {high:g}; mend the bounds")
    return face, low, high


def _printed_ends(text: object, label: str) -> tuple[float, float, float]:
    if not isinstance(text, str):
        raise TableError(f"{label}: {text!r} is no printed figure; give the text, such as '17.66'")
    try:
        figure = parse_printed(text)
    except PrintedFigureError as error:
        raise PrintedFigureError(f"{label}: {error}") from error
    interval = figure.interval()
    assert interval.lower is not None  # half-up has two ends
    assert interval.upper is not None
    return float(figure.value), float(interval.lower), float(interval.upper)


def _check_levels(frame: pd.DataFrame) -> None:
    if "comparator" not in frame.columns:
        return
    for row in frame[frame["comparator"] != "="].to_dict("records"):
        raise TableError(
            f"{row.get('series', 'the series')} {row['year']} is printed as {row['comparator']} "
            f"{row.get('printed', '')}, which is no level; leave the row out"
        )


def _checked_integer(number: object, name: str, least: int, most: float = math.inf) -> int:
    whole = as_integer(number)
    if whole is None or not least <= whole <= most:
        allowed = f", at least {least}" if math.isinf(most) else f" from {least} to {most:,}"
        raise TrendError(f"{name} is {shown(number)}; give a whole number{allowed}")
    return whole


def _range(
    made: list[NDArray[np.float64]], base: NDArray[np.float64], within: float
) -> NDArray[np.float64]:
    tail = (1 - within / 100) / 2
    low, high = np.quantile(np.stack(made), [tail, 1 - tail], axis=0)
    return np.stack([np.minimum(low, base), np.maximum(high, base)], axis=-1)
