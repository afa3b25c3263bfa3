"""The runs of years that forecasts rest on: a series in one vintage, on one set of figures."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

import pandas as pd

from cbec.chapters.years_in_words import run_statement, weak_years
from cbec.errors import TableError
from cbec.measures.growth import ranges, share
from cbec.tables.evidence_grades import SET_LABELS, SETS, WEAK_GRADES, latest_run
from cbec.tables.frames import load
from cbec.trend.forecasting import forecast
from cbec.trend.result import Forecast

ORIGIN = 2024
"""Last year of data that the forecasts rest on."""

KEPT_MODELS = ("combination", "naive", "drift", "damped-holt", "grey")
"""The models that every series has rows for, the default first."""

SHARE_MODELS = ("logit-trend",)
"""Models of shares alone."""

DECIMALS = 4
"""Decimals of the forecasts; rows that differ by one unit of the last one are the same."""

COMPUTED = "as-published over first-published"
TRADE_SHARE = ("market-trade-share", COMPUTED)
"""Series and vintage of 100EC's market over customs' goods trade, which is computed."""

SERIES: Mapping[str, tuple[str, str]] = {
    "Market, 100EC": ("market-total", "as-published"),
    "Exports, 100EC": ("market-export", "as-published"),
    "Imports, 100EC": ("market-import", "as-published"),
    "100EC's market over goods trade": TRADE_SHARE,
    "CBEC, customs, first published": ("customs-total", "first-published"),
    "CBEC, customs, revised": ("customs-total", "revised"),
}
"""Series and vintage of what the chapters show, by label; the register's are `register_series`."""

ENDS = {80: ("lower_80", "upper_80"), 95: ("lower_95", "upper_95")}
"""The columns of a forecast's intervals, by level in percent."""

FORECAST = ("mean", *(end for ends in ENDS.values() for end in ends))
"""The columns of a forecast."""

_SHARE = TRADE_SHARE[0]
_FIRST = "first-published"
_FIGURES = ("series", "year", "value", "lower", "upper", "evidence", "row", "unit")


@dataclass(frozen=True)
class Series:
    """One series in one vintage, the tables that hold it, and what to know of it."""

    series: str
    tables: str  # joined by a blank, as the register names them
    vintage: str
    note: str = ""

    @property
    def models(self) -> tuple[str, ...]:
        """The models that it has forecasts of."""
        return (*KEPT_MODELS, *SHARE_MODELS) if self.series == _SHARE else KEPT_MODELS

    @cached_property
    def levels(self) -> pd.DataFrame:
        """Its figures by year, as `annual_levels` returns them; read once."""
        if self.series == _SHARE:
            market = load("market", series="market-total")
            trade = load("goods_trade", series="goods-trade-total", vintage=_FIRST)
            found = share(market, trade).reset_index().assign(series=_SHARE, unit="percent")
            return found[list(_FIGURES)]
        rows = load(self.tables, series=self.series, vintage=self.vintage)
        if "comparator" in rows:
            rows = rows[rows["comparator"] == "="]
        return ranges(rows)[list(_FIGURES)].sort_values("year", ignore_index=True)


@dataclass(frozen=True)
class Run:
    """The years of a series that a forecast rests on: ``rows``, among all that are ``known``."""

    of: Series
    basis: str
    known: pd.DataFrame
    rows: pd.DataFrame

    @classmethod
    def until(cls, last: int, of: Series, basis: str) -> Run:
        """Return the latest run up to a year, on one set of figures."""
        known = of.levels
        known = known[known["year"] <= last]
        return cls(of, basis, known, latest_run(known, basis))

    @property
    def first(self) -> int:
        """The first year."""
        return int(self.rows["year"].iloc[0])

    @property
    def last(self) -> int:
        """The last year."""
        return int(self.rows["year"].iloc[-1])

    @property
    def statement(self) -> str:
        """What the run is, and what ends it where years before it are known."""
        said = run_statement(self.rows)
        if self.rows.empty or self.first <= self.known["year"].min():
            return said
        before = self.known.loc[self.known["year"] == self.first - 1, "evidence"]
        ended = WEAK_GRADES.get(before.iloc[0], before.iloc[0]) if len(before) else "missing"
        return f"{said}; {self.first - 1} is {ended}"

    @cached_property
    def note(self) -> str:
        """Which of its figures are weak, and which other sets of figures give the same years."""
        alike = [
            name
            for name in SETS
            if name != self.basis and self.rows.equals(latest_run(self.known, name))
        ]
        same = f"the same years as {' and '.join(alike)}" if alike else ""
        return "; ".join(filter(None, (weak_years(self.rows), same, self.of.note)))

    def forecast(self, horizon: int, model: str) -> pd.DataFrame:
        """Return a row a year: ``target_year``, ``mean`` and the columns of `ENDS`."""
        values = self.rows["value"].to_numpy(dtype=float)
        # A model of shares takes fractions; for all others the unit doesn't matter.
        scale = 100.0 if model in SHARE_MODELS else 1.0
        made = forecast(
            values / scale,
            horizon,
            level=tuple(ENDS),
            model=model,
            index=self.rows["year"].to_numpy(),
        )
        rows = made.to_frame().rename(columns={"ds": "target_year"})
        return rows.assign(**(rows[[*FORECAST]] * scale).round(DECIMALS))


def annual_levels(series: str, vintage: str, *, until: int | None = None) -> pd.DataFrame:
    """Return the levels of one series in one vintage, as the register's models take them.

    Parameters
    ----------
    series : str
        A series of the tables ``market`` or ``customs``, or the trade share,
        ``market-trade-share``: 100EC's market over customs' goods trade, each as first published.
    vintage : str
        The vintage of the figures; of the trade share ``as-published over first-published``.
    until : int, optional
        The last year to return.

    Returns
    -------
    DataFrame
        A row a year: ``series``, ``year``, ``value``, ``lower`` and ``upper`` (all that the
        printed figure stands for), ``evidence``, ``row`` and ``unit``. Figures that are printed
        as more than or about are no levels and left out, so that their year is missing.

    Raises
    ------
    TableError
        If there is no such series or vintage.

    Examples
    --------
    >>> annual_levels("customs-total", "first-published", until=2024)["value"].tolist()
    [1.69, 1.98, 2.11, 2.38, 2.63]
    >>> shares = annual_levels(*TRADE_SHARE, until=2024)
    >>> shares[["year", "value"]].tail(2).round(2).to_numpy().tolist()
    [[2023.0, 40.35], [2024.0, 40.27]]
    """
    for one in register_series():
        if (one.series, one.vintage) == (series, vintage):
            found = one.levels
            kept = found if until is None else found[found["year"] <= until]
            return kept.reset_index(drop=True)
    known = "; ".join(f"{one.series}, {one.vintage}" for one in register_series())
    raise TableError(f"there is no series {series!r} in vintage {vintage!r}; there are {known}")


def register_series() -> Iterator[Series]:
    """Yield the series of the market, the trade share, and all of customs in each vintage."""
    for series in ("market-total", "market-export", "market-import"):
        yield Series(series, "market", "as-published")
    yield Series(
        _SHARE,
        "market goods_trade",
        COMPUTED,
        "computed: 100EC's market over customs' goods trade as first published",
    )
    customs = load("customs")[["series", "vintage"]].drop_duplicates()
    for series, vintage in customs.itertuples(index=False):
        note = ""
        if (series, vintage) == ("customs-total", _FIRST):
            note = "each year as first published; the growth printed beside it is on a revised base"
        yield Series(series, "customs", vintage, note)


def run_of(series: str, vintage: str = "as-published", basis: str = "all") -> pd.DataFrame:
    """Return the years of a series that a forecast rests on: the latest unbroken run to `ORIGIN`.

    Parameters
    ----------
    series, vintage : str
        As in `annual_levels`.
    basis : str
        The set of figures, a name of `cbec.tables.evidence_grades.SETS`.

    Raises
    ------
    TableError
        If there is no such series, vintage or set.

    Examples
    --------
    >>> run_of("market-total", basis="sourced")["year"].tolist()
    [2019, 2020, 2021, 2022]
    """
    return latest_run(annual_levels(series, vintage, until=ORIGIN), basis)


def runs_by_set() -> dict[str, pd.DataFrame]:
    """Return the run of each series of `SERIES` on each set of figures that gives other years.

    They are by label; where a set is narrower, the label names it.

    Examples
    --------
    >>> {label: len(run) for label, run in runs_by_set().items() if "Market" in label}
    {'Market, 100EC': 13, 'Market, 100EC: without unconfirmed': 6, 'Market, 100EC: sourced only': 4}
    """
    found: dict[str, pd.DataFrame] = {}
    for label, of in SERIES.items():
        before: list[int] | None = None
        for name in SETS:
            run = run_of(*of, name)
            if (years := run["year"].tolist()) != before:
                found[label if before is None else f"{label}: {SET_LABELS[name][0]}"] = run
            before = years
    return found


def forecast_run(
    run: pd.DataFrame,
    horizon: int,
    model: str = "combination",
    level: Sequence[float] = tuple(ENDS),
) -> Forecast:
    """Return what a model makes of the column ``value`` of a run of years, as it stands.

    `Run.forecast` takes a share in percent to a fraction for the models that need one.
    """
    return forecast(run.set_index("year")["value"], horizon, level=level, model=model)
