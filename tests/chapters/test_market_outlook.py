"""The range of views, recomputed from the printed figures by hand."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

from cbec.chapters.forecast_series import run_of
from cbec.chapters.market_outlook import (
    OUTLOOK_MODELS,
    extremes,
    first_default,
    misses,
    trade_ahead,
    views,
)
from cbec.errors import TableError, TrendError
from cbec.tables.frames import load
from cbec.trend import MODELS as KNOWN
from cbec.trend import forecast

TRADE = {2020: 32.16, 2021: 39.1, 2022: 42.07, 2023: 41.76, 2024: 43.85, 2025: 45.47}
MARKET = {2020: 12.5, 2021: 14.2, 2022: 15.7, 2023: 16.85, 2024: 17.66}


@pytest.fixture(scope="module")
def found() -> pd.DataFrame:
    return views(["naive", "drift"])


def of(found: pd.DataFrame, year: int, item: str) -> pd.Series:
    (row,) = found[(found["year"] == year) & (found["item"] == item)].to_dict("records")
    return pd.Series(row)


def test_a_model_speaks_for_both_years_with_its_interval(found: pd.DataFrame) -> None:
    made = forecast(run_of("market-total")["value"].to_numpy(), 6, level=(80,), model="drift")
    for year, step in ((2025, 0), (2030, 5)):
        row = of(found, year, made.label)
        ends = (made.mean[step], made.lower[step, 0], made.upper[step, 0])
        assert row[["value", "lower", "upper"]].tolist() == pytest.approx(ends)
        assert row["evidence"] == "unconfirmed"


def test_trade_at_past_shares_by_hand(found: pd.DataFrame) -> None:
    levels = {year: MARKET[year] / TRADE[year] * TRADE[2025] for year in MARKET}
    row = of(found, 2025, "Goods trade at the share of 2024")
    expected = [levels[2024], min(levels.values()), max(levels.values())]
    assert row[["value", "lower", "upper"]].tolist() == pytest.approx(expected)
    assert row["range"] == "shares 2020 to 2024"
    assert row["evidence"] == "printed"


@pytest.mark.parametrize(
    ("vintage", "then", "now"), [("revised", 2.71, 2.84), ("first published", 2.63, 2.75)]
)
def test_customs_growth_is_within_one_vintage(
    vintage: str, then: float, now: float, found: pd.DataFrame
) -> None:
    row = of(found, 2025, f"Growth as customs', {vintage}")
    expected = [
        17.66 * now / then,
        17.655 * (now - 0.005) / (then + 0.005),
        17.665 * (now + 0.005) / (then - 0.005),
    ]
    assert row[["value", "lower", "upper"]].tolist() == pytest.approx(expected)
    assert f"-{vintage.replace(' ', '-')}" in row["row"].split()[-1]


def test_every_view_names_the_rows_that_it_rests_on(found: pd.DataFrame) -> None:
    ends = found[["lower", "value", "upper"]]
    assert (ends["lower"] <= ends["value"]).all()
    assert (ends["value"] <= ends["upper"]).all()
    known = {*load("market")["row"], *load("goods_trade")["row"], *load("customs")["row"]}
    assert {name for text in found["row"] for name in text.split()} <= known


def test_extremes_are_those_of_the_views(found: pd.DataFrame) -> None:
    by_year = found.groupby("year")["value"]
    made = extremes(found.sample(frac=1, random_state=1))
    assert made["lowest"].tolist() == by_year.min().tolist()
    assert made["highest"].tolist() == by_year.max().tolist()
    assert made.loc[2030, "lowest_by"] == "Naive (last value)"


def test_trade_that_goes_on_by_hand() -> None:
    made = trade_ahead("naive")
    growth = 34.78 / 29.57
    trade = 45.47 * growth
    assert made["value"].to_dict() == pytest.approx(
        {
            "growth": 100 * (growth - 1),
            "trade": trade,
            "market": 17.66 / 43.85 * trade,
            "share": 100 * 17.66 / trade,
        }
    )
    low, high = made.loc["growth", ["lower", "upper"]]
    assert low == pytest.approx(100 * (34.775 / 29.575 - 1))
    assert high == pytest.approx(100 * (34.785 / 29.565 - 1))
    assert (made["lower"] < made["value"]).all()
    assert (made["value"] < made["upper"]).all()
    assert set(made["evidence"]) == {"unconfirmed"}


def test_what_cannot_be_shown_is_said() -> None:
    with pytest.raises(TrendError, match="no model is called 'oracle'"):
        views(["oracle"])
    with pytest.raises(TrendError, match="no model is called 'oracle'"):
        trade_ahead("oracle")


def test_the_models_shown_err_least_on_slowing_series() -> None:
    results = pd.read_csv(Path(__file__).parents[2] / "benchmarks/results.csv")
    own = results[results["model"].isin(list(KNOWN))].sort_values("owa_slowing")
    assert tuple(own["model"].head(len(OUTLOOK_MODELS))) == OUTLOOK_MODELS


def test_what_the_first_default_said_is_told_as_it_was() -> None:
    assert [first_default(year)["mean"] for year in (2025, 2030)] == [19.4085, 27.9165]
    with pytest.raises(TableError, match="nothing of 2031; choose a year from 2025 to 2030"):
        first_default(2031)


def test_past_misses_of_the_two_guides_by_hand() -> None:
    found = misses()
    kept = MARKET[2022] / TRADE[2022] * TRADE[2023]
    assert found.loc[2023, "trade"] == pytest.approx(100 * (kept / MARKET[2023] - 1))
    grown = MARKET[2023] * 2.63 / 2.38
    assert found.loc[2024, "customs"] == pytest.approx(100 * (grown / MARKET[2024] - 1))
    assert found.index.tolist() == [2021, 2022, 2023, 2024]


def test_trade_at_the_share_that_a_model_forecasts(found: pd.DataFrame) -> None:
    row = of(found, 2025, "Goods trade at a forecast share")
    # The first model is the last value, of the share 17.66 / 43.85.
    assert row["value"] == pytest.approx(TRADE[2025] * MARKET[2024] / TRADE[2024])
    assert row["lower"] < row["value"] < row["upper"]
    assert row["range"] == "80% interval"
