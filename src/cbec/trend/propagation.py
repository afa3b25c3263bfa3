"""What rounding and unconfirmed years of the inputs do to a forecast.

A printed figure stands for an interval, and some figures of a series were recalled rather than
read. A model sees neither: it takes one number a year as it is. Here the same model is fitted
again, to other numbers that print the same, and without the years that no page confirms. The
extra band is small or large as it turns out.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from numbers import Integral
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from cbec.display import Table
from cbec.errors import PrintedFigureError, TableError, TrendError
from cbec.evidence import MODEL_MINIMUM, confirmed_run, is_usable, model_possible, weakest
from cbec.rounding import parse_printed
from cbec.trend.api import checked_model, fit, forecast
from cbec.trend.options import as_integer, as_number, checked_horizon, level_label, shown
from cbec.trend.series import years_of

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from cbec.trend.result import Forecast

__all__ = [
    "BASES",
    "RoundingBand",
    "WithAndWithout",
    "latest_run",
    "rounding_band",
    "run_statement",
    "unconfirmed_years",
    "with_and_without",
]

BASES = ("all", "confirmed")
"""The two bases of a forecast: all years, and the confirmed ones only."""

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
        return Table(self.to_frame(), caption)._repr_html_()


@dataclass(frozen=True)
class WithAndWithout:
    """A forecast from all years, and one from the confirmed years only.

    Parameters
    ----------
    forecasts : mapping of str to Forecast
        By basis, see `BASES`; a basis on which no model is possible isn't in it.
    runs : mapping of str to DataFrame
        By basis, the years that the forecast rests on, or that were too few.
    last_year : int
        Last year of the figures that were given; forecasts are of the years after it.
    """

    forecasts: Mapping[str, Forecast]
    runs: Mapping[str, pd.DataFrame]
    last_year: int

    @property
    def statements(self) -> dict[str, str]:
        """By basis, what a forecast rests on or why there is none, as a sentence."""
        return {basis: run_statement(run) for basis, run in self.runs.items()}

    def to_frame(self) -> pd.DataFrame:
        """Return a row for each basis and year.

        Returns
        -------
        DataFrame
            ``basis``, ``ds``, ``mean`` and the ends of the intervals, as in `Forecast.to_frame`;
            ``n``, how many years it rests on, and ``evidence``, the weakest grade among them. No
            row for a basis on which no model is possible.
        """
        frames = []
        for basis, made in self.forecasts.items():
            frame = made.to_frame()
            run = self.runs[basis]
            frame = frame[frame["ds"] > self.last_year].reset_index(drop=True)
            frame.insert(0, "basis", basis)
            frames.append(frame.assign(n=len(run), evidence=weakest(run["evidence"])))
        return pd.concat(frames, ignore_index=True) if frames else pd.DataFrame()

    def _repr_html_(self) -> str:
        said = "; ".join(f"{basis}: {text}" for basis, text in self.statements.items())
        frame = self.to_frame()
        return f"<p>{said}</p>" if frame.empty else Table(frame, said)._repr_html_()


def latest_run(frame: pd.DataFrame, basis: str = "all") -> pd.DataFrame:
    """Return the latest years without a gap, on one basis.

    Parameters
    ----------
    frame : DataFrame
        Rows of one series, one a year, with the columns ``year`` and ``evidence``, as
        `cbec.tables.load` or `cbec.trend.register.figures` return them.
    basis : str
        ``all``, or ``confirmed`` for `cbec.evidence.confirmed_run`.

    Returns
    -------
    DataFrame
        The rows of the run, by year. A gap, or on the confirmed basis an unconfirmed year, ends
        it: nothing is bridged.

    Raises
    ------
    TableError
        If the basis isn't known, or the frame isn't one of a single series, see
        `cbec.evidence.confirmed_run`.

    Examples
    --------
    >>> from cbec.tables import load
    >>> exports = load("customs", series="customs-export", vintage="revised")
    >>> exports = exports[exports["year"] <= 2022]
    >>> latest_run(exports)["year"].tolist()
    [2018, 2019, 2020, 2021, 2022]
    """
    if basis not in BASES:
        raise TableError(f"there is no basis {basis!r}; use one of {', '.join(BASES)}")
    confirmed = confirmed_run(frame)  # also checks the frame
    if basis == "confirmed":
        return confirmed.reset_index(drop=True)
    ordered = frame.sort_values("year")
    run = ordered["year"].diff().ne(1).cumsum()
    return ordered[run == run.max()].reset_index(drop=True)


def run_statement(run: pd.DataFrame) -> str:
    """Say what a forecast from these years rests on, or that no model is possible.

    Parameters
    ----------
    run : DataFrame
        Consecutive years, as `latest_run` returns them.

    Returns
    -------
    str
        A sentence without a full stop.

    Examples
    --------
    >>> from cbec.tables import load
    >>> market = load("market", series="market-total")
    >>> run_statement(latest_run(market))
    '13 years, 2012 to 2024; unconfirmed: 2013, 2015, 2017, 2018'
    >>> run_statement(latest_run(load("market", series="market-export"), "confirmed"))
    'no model is possible: 2 years, 2023 to 2024, and at least 5 are needed'
    """
    years = [int(year) for year in run["year"]]
    count = "no year"
    if years:
        count = f"1 year, {years[0]}"
    if len(years) > 1:
        count = f"{len(years)} years, {years[0]} to {years[-1]}"
    if not model_possible(run):
        return f"no model is possible: {count}, and at least {MODEL_MINIMUM} are needed"
    doubtful = unconfirmed_years(run)
    return f"{count}; unconfirmed: {', '.join(map(str, doubtful))}" if doubtful else count


def unconfirmed_years(run: pd.DataFrame) -> list[int]:
    """Return the years whose figures aren't confirmed.

    Parameters
    ----------
    run : DataFrame
        Rows with ``year`` and ``evidence``.

    Returns
    -------
    list of int
        In the order of the rows.

    Examples
    --------
    >>> grades = ["corroborated", "unconfirmed"]
    >>> unconfirmed_years(pd.DataFrame({"year": [2023, 2024], "evidence": grades}))
    [2024]
    """
    return [
        int(year)
        for year, grade in zip(run["year"], run["evidence"], strict=True)
        if not is_usable(grade)
    ]


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
        `cbec.tables.load` returns them; or a measure of them with its bounds, as the functions of
        `cbec.growth` return it. Bounds, where a row has them, are taken in place of the rounding
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
        If a row is a lower bound or about a figure, so no level, or a year stands twice.
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


def with_and_without(
    frame: pd.DataFrame,
    horizon: int,
    level: Sequence[float] = (80, 95),
    *,
    model: str = "combination",
) -> WithAndWithout:
    """Forecast from all years, and from the latest unbroken run of confirmed years.

    Parameters
    ----------
    frame : DataFrame
        Rows of one series, one a year, with ``year``, ``value`` and ``evidence``, as
        `cbec.tables.load` or `cbec.trend.register.figures` return them.
    horizon : int
        Years to forecast after the last year of the frame, from 1 to 100. A run that ends earlier
        is forecast further, so that both bases speak of the same years.
    level : sequence of float
        Levels of the intervals in percent, each from 1 to below 100.
    model : str
        Name of a model, see `cbec.trend.forecast`.

    Returns
    -------
    WithAndWithout
        Two forecasts, or a statement in place of one for which the run has too few years: an
        unconfirmed year or a gap within the series is never bridged.

    Raises
    ------
    TableError
        If a column is missing, a row is no level, or the rows hold two series or a year twice.
    TrendError
        If the model can't be fitted or an argument is out of range.

    Examples
    --------
    >>> from cbec.tables import load
    >>> both = with_and_without(load("market", series="market-import"), 2, model="drift")
    >>> list(both.forecasts)
    ['all']
    >>> both.statements["confirmed"]
    'no model is possible: 2 years, 2023 to 2024, and at least 5 are needed'
    """
    steps = checked_horizon(horizon)
    if missing := [name for name in ("year", "value", "evidence") if name not in frame.columns]:
        raise TableError(
            f"the frame lacks {', '.join(missing)}; give rows as cbec.tables.load returns them"
        )
    if frame.empty:
        raise TableError("the frame holds no rows; give those of one series")
    _check_levels(frame)
    last = int(frame["year"].max())
    runs = {basis: latest_run(frame, basis) for basis in BASES}
    forecasts = {
        basis: forecast(
            run["value"].to_numpy(dtype=float),
            steps + last - int(run["year"].iloc[-1]),
            level=level,
            model=model,
            index=run["year"].to_numpy(),
        )
        for basis, run in runs.items()
        if model_possible(run)
    }
    return WithAndWithout(forecasts, runs, last)


def _ends(
    figures: pd.Series[Any] | pd.DataFrame,
) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
    """Return the years, and for each its face value and the two ends of what it stands for."""
    if isinstance(figures, pd.DataFrame):
        table = figures if "year" in figures.columns else figures.reset_index()
        if "year" not in table.columns or not {"printed", "value"} & set(table.columns):
            raise TableError(
                "the frame lacks year, or both printed and value; give rows as cbec.tables.load "
                "returns them"
            )
        _check_levels(table)
        rows = [_row_ends(row) for row in table.to_dict("records")]
        years = list(table["year"])
    elif isinstance(figures, pd.Series):
        years = years_of(figures.index, "the series").tolist()
        rows = [_printed_ends(text, f"{year}") for year, text in zip(years, figures, strict=True)]
    else:
        raise TableError(
            f"{type(figures).__name__} has no years; give a Series of printed figures by year, or "
            "rows as cbec.tables.load returns them"
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
