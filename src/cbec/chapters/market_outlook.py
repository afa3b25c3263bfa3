"""What may be said of 100EC's market after its last year: models, and what trade implies."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

import pandas as pd

from cbec.audit.provenance import split_names
from cbec.chapters.forecast_register import FIRST_DEFAULT, TARGETS, forecasters
from cbec.chapters.forecast_series import ORIGIN, TRADE_SHARE, annual_levels, forecast_run, run_of
from cbec.errors import TableError
from cbec.measures.growth import ranges, year_on_year
from cbec.tables.evidence_grades import weakest
from cbec.tables.frames import load
from cbec.trend.result import Forecast

OUTLOOK_MODELS = ("combination", "drift", "holt", "damped-holt")
"""The default and the three others with the least OWA on slowing series (`make bench-forecast`)."""

_NEXT = ORIGIN + 1
_ENDS = ("value", "lower", "upper")
_OPPOSITE = {"value": "value", "lower": "upper", "upper": "lower"}
_SHARES = 5  # past years whose shares make a range
_PART_YEAR = [f"goods-trade-total-{year}-01-to-08" for year in (_NEXT, _NEXT + 1)]


def views(models: Sequence[str]) -> pd.DataFrame:
    """Return views of the market one year after the last figure, and in the last year forecast.

    Parameters
    ----------
    models : Sequence of str
        Names of `cbec.trend.MODELS`, in the order to be shown.

    Returns
    -------
    DataFrame
        ``year``, ``item`` (the view), ``value`` with ``lower`` and ``upper`` in trillion yuan,
        ``range`` (what these ends are), ``evidence`` and ``row``. A model's range is its 80%
        interval. The views from trade are of the first year only: goods trade at the share that the
        first model forecasts, with its interval; at the last share, with the lowest and highest
        share of the last five years; and growth as customs counts it, in each vintage, with what
        rounding leaves.

    Examples
    --------
    >>> found = views(["naive"])
    >>> found[["year", "item", "range"]].iloc[[0, 1, 2, 3, 5]].to_numpy().tolist()
    [[2025, 'Naive (last value)', '80% interval'],
     [2025, 'Goods trade at a forecast share', '80% interval'],
     [2025, 'Goods trade at the share of 2024', 'shares 2020 to 2024'],
     [2025, "Growth as customs', revised", 'rounding'],
     [2030, 'Naive (last value)', '80% interval']]
    """
    run = run_of("market-total")
    rests = _rests(run.to_dict("records"))
    made = [_until(TARGETS[-1], run, name) for name in models]
    first, last = (
        [_view(year, one.label, _ends(one, year), "80% interval") | rests for one in made]
        for year in (_NEXT, TARGETS[-1])
    )
    trade = [_from_forecast_share(models[0]), _from_trade()]
    customs = map(_from_customs, ("revised", "first-published"))
    return pd.DataFrame([*first, *trade, *customs, *last])


def extremes(table: pd.DataFrame) -> pd.DataFrame:
    """Return the lowest and the highest central view of each year, from the table of `views`.

    By year: ``lowest`` and ``highest`` in trillion yuan, ``lowest_by`` and ``highest_by``, and
    ``evidence`` and ``row`` of both.
    """
    rows = {}
    for year, own in table.sort_values("value").groupby("year"):
        low, high = own.iloc[0], own.iloc[-1]
        named = {"lowest_by": low["item"], "highest_by": high["item"], **_rests([low, high])}
        rows[year] = {"lowest": low["value"], "highest": high["value"], **named}
    return pd.DataFrame.from_dict(rows, orient="index")


def misses() -> pd.DataFrame:
    """Return how far off the two guides to the next year would have been in the last four years.

    By year, in percent of the market: ``trade``, where its share of goods trade had stayed that of
    the year before, and ``customs``, where it had grown as customs' first-published count.

    Examples
    --------
    >>> misses().round(1).to_numpy().tolist()
    [[7.0, 3.1], [-2.7, -3.6], [-7.5, 5.1], [0.2, 5.4]]
    """
    market = run_of("market-total").set_index("year")["value"]
    share = run_of(*TRADE_SHARE).set_index("year")["value"]
    customs = run_of("customs-total", "first-published").set_index("year")["value"]
    # At the old share the market differs from what came as the share does.
    found = pd.DataFrame(
        {
            "trade": share.shift() / share - 1,
            "customs": market.shift() * customs / customs.shift() / market - 1,
        }
    )
    return 100 * found.tail(4)


def first_default(year: int) -> pd.Series[Any]:
    """Return the register's row of what the first default had said of the market of a year.

    It rests on all figures. `TableError` if the year is none of the register.

    Examples
    --------
    >>> print(first_default(2030)["mean"])
    27.9165
    """
    held = load("forecasts")
    own = held[(held["series"] == "market-total") & (held["basis"] == "all")]
    own = own[(forecasters(own) == FIRST_DEFAULT) & (own["target_year"] == year)]
    if own.empty:
        raise TableError(
            f"the first default said nothing of {year}; choose a year from {TARGETS[0]} to "
            f"{TARGETS[-1]}"
        )
    return own.iloc[0]


def trade_ahead(model: str = "combination") -> pd.DataFrame:
    """Return what follows for the market if goods trade goes on as in January to August 2026.

    Columns are ``value`` with ``lower`` and ``upper`` (what rounding leaves), ``evidence`` and
    ``row``; rows are

    - ``growth``: growth of goods trade in January to August, in percent;
    - ``trade``: goods trade in the whole of 2026 if it all grew so, in trillion yuan;
    - ``market``: the market that would hold the share of the last year, in trillion yuan;
    - ``share``: the model's forecast of 2026 over that trade, in percent; it takes the forecast as
      it is.

    Examples
    --------
    >>> trade_ahead("naive")["value"].round(1).tolist()
    [17.6, 53.5, 21.5, 33.0]
    """
    part = load("goods_trade_part_year").set_index("id", drop=False).loc[_PART_YEAR]
    part = part.assign(series="goods trade", year=part["period"].str[:4].astype(int))
    grown = year_on_year(part).iloc[0].to_dict()
    before, share, run = _trade(), run_of(*TRADE_SHARE).iloc[-1], run_of("market-total")
    trade = {end: before[end] * (1 + grown[end] / 100) for end in _ENDS}
    ahead = _until(_NEXT + 1, run, model).mean[-1]
    market = {end: share[end] * trade[end] / 100 for end in _ENDS}
    over = {end: 100 * ahead / trade[other] for end, other in _OPPOSITE.items()}
    found = {
        "growth": {end: grown[end] for end in _ENDS} | _rests([grown]),
        "trade": trade | _rests([before, grown]),
        "market": market | _rests([share, before, grown]),
        "share": over | _rests([before, grown, *run.to_dict("records")]),
    }
    return pd.DataFrame.from_dict(found, orient="index")


def _until(year: int, run: pd.DataFrame, model: str) -> Forecast:
    return forecast_run(run, year - int(run["year"].iloc[-1]), model, (80,))


def _ends(found: Forecast, year: int) -> tuple[float, float, float]:
    """Return the forecast of a year with the ends of its interval."""
    i = list(found.index).index(year)
    return found.mean[i], found.lower[i, 0], found.upper[i, 0]


def _from_forecast_share(model: str) -> dict[str, Any]:
    """Return the market that has the share which a model forecasts of the next year's trade."""
    run, trade = run_of(*TRADE_SHARE), _trade()
    shares = _ends(_until(_NEXT, run, model), _NEXT)
    ends = [share * trade["value"] / 100 for share in shares]
    rests = _rests([*run.to_dict("records"), trade])
    return _view(_NEXT, "Goods trade at a forecast share", ends, "80% interval") | rests


def _from_trade() -> dict[str, Any]:
    """Return the market that has a past share of the goods trade of the next year."""
    shares, trade = run_of(*TRADE_SHARE).tail(_SHARES), _trade()
    levels = shares["value"] * trade["value"] / 100
    ends = (levels.iloc[-1], levels.min(), levels.max())
    kind = f"shares {shares['year'].iloc[0]} to {ORIGIN}"
    rests = _rests([*shares.to_dict("records"), trade])
    return _view(_NEXT, f"Goods trade at the share of {ORIGIN}", ends, kind) | rests


def _from_customs(vintage: str) -> dict[str, Any]:
    """Return the market that grew as customs' count of CBEC did, in one vintage."""
    known = annual_levels("customs-total", vintage).set_index("year").to_dict("index")
    then, now, market = known[ORIGIN], known[_NEXT], run_of("market-total").iloc[-1]
    ends = [market[end] * now[end] / then[other] for end, other in _OPPOSITE.items()]
    view = _view(_NEXT, f"Growth as customs', {vintage.replace('-', ' ')}", ends, "rounding")
    return view | _rests([market, then, now])


def _trade() -> dict[Any, Any]:
    """Return the goods trade of the next year, with what rounding leaves."""
    rows = load("goods_trade", series="goods-trade-total", vintage="first-published")
    (row,) = ranges(rows[rows["year"] == _NEXT]).to_dict("records")
    return row


def _view(year: int, item: str, ends: Sequence[float], kind: str) -> dict[str, Any]:
    return {"year": year, "item": item, **dict(zip(_ENDS, ends, strict=True)), "range": kind}


def _rests(rows: Iterable[Any]) -> dict[str, str]:
    rows = list(rows)
    names = split_names(row["row"] for row in rows)
    return {"evidence": weakest(row["evidence"] for row in rows), "row": " ".join(names)}
