"""Rounding and unconfirmed years move a forecast as far as they can, and no further.

Expected values are closed forms of the naive forecast and of the random walk with drift.
"""

from __future__ import annotations

import re
from typing import Any

import numpy as np
import pandas as pd
import pytest

from cbec.errors import PrintedFigureError, TableError, TrendError
from cbec.figures.interval import Interval
from cbec.measures.growth import share
from cbec.tables.frames import load
from cbec.trend.propagation import rounding_band, run_statement, weak_years

# 100EC's market as data/market.csv prints it.
PRINTED = {2019: "10.5", 2020: "12.5", 2021: "14.2", 2022: "15.7", 2023: "16.85", 2024: "17.66"}


def series(printed: dict[int, str] | None = None) -> pd.Series[Any]:
    return pd.Series(printed or PRINTED)


def rows(grades: dict[int, str], start: float = 1.0) -> pd.DataFrame:
    years = list(grades)
    values = [start + 0.5 * (year - years[0]) + 0.1 * (year % 3) for year in years]
    return pd.DataFrame(
        {
            "series": "made-up",
            "year": years,
            "printed": [f"{value:.1f}" for value in values],
            "value": values,
            "evidence": list(grades.values()),
        }
    )


# Rounding


def test_a_naive_forecast_moves_over_all_that_prints_as_the_last_figure() -> None:
    band = rounding_band(series(), 3, model="naive", draws=400, within=100)
    assert band.means[:, 0] == pytest.approx([17.655] * 3, abs=1e-4)
    assert band.means[:, 1] == pytest.approx([17.665] * 3, abs=1e-4)
    assert (band.means[:, 0] >= 17.655).all()
    assert (band.means[:, 1] <= 17.665).all()


def test_the_central_share_of_the_draws_is_what_is_reported() -> None:
    # The last figure is uniform over a hundredth: half of the draws lie in the inner half of it.
    band = rounding_band(series(), 1, model="naive", draws=4000, within=50)
    assert band.means[0] == pytest.approx([17.6575, 17.6625], abs=3e-4)


def test_a_drift_forecast_moves_by_the_rounding_of_its_first_and_last_figure() -> None:
    # y_n + h (y_n - y_1) / (n - 1), with y_1 in [10.45, 10.55) and y_n in [17.655, 17.665).
    band = rounding_band(series(), 2, model="drift", draws=500, within=100)
    for step, (low, high) in enumerate(band.means, start=1):
        least = 17.655 + step * (17.655 - 10.55) / 5
        most = 17.665 + step * (17.665 - 10.45) / 5
        assert least <= low < high <= most
        assert high - low > 0.8 * (most - least)


def test_figures_without_rounding_move_nothing() -> None:
    exact = pd.DataFrame({"year": list(PRINTED), "value": [float(x) for x in PRINTED.values()]})
    exact = exact.assign(lower=exact["value"], upper=exact["value"])
    band = rounding_band(exact, 3, model="drift", draws=20)
    assert (band.means == band.base.mean[:, None]).all()
    assert (band.lower == band.base.lower).all()
    assert (band.upper == band.base.upper).all()
    assert (band.widening == 0).all()


def test_a_coarser_figure_moves_more() -> None:
    coarse = PRINTED | {2024: "18", 2023: "17"}
    fine = PRINTED | {2024: "18.00", 2023: "17.00"}
    wide, narrow = (rounding_band(series(p), 2, model="drift") for p in (coarse, fine))
    assert (np.ptp(wide.means, axis=1) > 5 * np.ptp(narrow.means, axis=1)).all()
    assert (wide.widening > narrow.widening).all()
    assert wide.base.mean == pytest.approx(narrow.base.mean)


@pytest.mark.parametrize("model", ["naive", "drift", "damped-holt", "grey"])
def test_the_ranges_hold_what_the_face_values_give(model: str) -> None:
    band = rounding_band(series(), 4, model=model, draws=30)
    base = band.base
    assert (band.means[:, 0] <= base.mean).all()
    assert (band.means[:, 1] >= base.mean).all()
    assert (band.lower <= base.lower).all()
    assert (band.upper >= base.upper).all()
    assert (band.lower_ends[..., 1] >= base.lower).all()
    assert (band.upper_ends[..., 0] <= base.upper).all()


def test_the_same_seed_gives_the_same_band() -> None:
    one, same, other = (
        rounding_band(series(), 2, model="drift", draws=20, seed=seed) for seed in (7, 7, 8)
    )
    pd.testing.assert_frame_equal(one.to_frame(), same.to_frame())
    assert (one.means != other.means).any()


def test_rows_of_a_table_and_their_texts_give_the_same_band() -> None:
    frame = load("market", series="market-total", year=list(PRINTED)).sample(frac=1, random_state=1)
    of_rows, of_texts = (rounding_band(x, 2, model="drift") for x in (frame, series()))
    pd.testing.assert_frame_equal(of_rows.to_frame(), of_texts.to_frame())


def test_stated_bounds_are_taken_in_place_of_rounding() -> None:
    frame = load("market", series="market-total", year=list(PRINTED))
    frame = frame.assign(lower=np.nan, upper=np.nan)
    frame.loc[frame["year"] == 2024, ["lower", "upper"]] = [17.0, 18.0]
    band = rounding_band(frame, 1, model="naive", draws=300, within=100)
    assert band.means[0] == pytest.approx([17.0, 18.0], abs=0.02)


def test_a_computed_share_is_drawn_within_its_bounds() -> None:
    market = load("market", series="market-total")
    trade = load("goods_trade", series="goods-trade-total", vintage="first-published")
    shares = share(market, trade)
    band = rounding_band(shares, 1, model="naive", draws=300, within=100)
    assert band.base.mean == pytest.approx([17.66 / 43.85 * 100])
    bounds = [17.655 / 43.855 * 100, 17.665 / 43.845 * 100]
    assert band.means[0] == pytest.approx(bounds, abs=1e-3)


def test_the_band_is_a_table_with_both_intervals() -> None:
    band = rounding_band(series(), 2, model="drift", draws=20)
    frame = band.to_frame()
    assert frame["ds"].tolist() == [2025, 2026]
    for level in (80, 95):
        assert (frame[f"widened-lower-{level}"] <= frame[f"lower-{level}"]).all()
        assert (frame[f"widened-upper-{level}"] >= frame[f"upper-{level}"]).all()
    page = band._repr_html_()
    assert page.startswith("<table")
    assert "95% of 20 draws" in page


@pytest.mark.parametrize(
    ("figures", "error", "said"),
    [
        (series(PRINTED | {2022: ">15"}), PrintedFigureError, "2022: '>15' is not a number"),
        (series().astype(float), TableError, "2019: 10.5 is no printed figure; give the text"),
        (series().drop(2021), TrendError, "2021"),
        (series().loc[2021:], TrendError, "5"),
        (
            series().set_axis(list("abcdef")),
            TrendError,
            "'a' at place 1 in the index of the series is no year",
        ),
        (list(PRINTED.values()), TableError, "list has no years"),
        (series().reset_index(drop=True), TableError, "the Series has no years; give a Series"),
        (
            pd.DataFrame({"year": [2024], "x": [1]}),
            TableError,
            "give rows as cbec.tables.frames.load",
        ),
        (pd.DataFrame({"year": [2024], "value": [1.0]}), TableError, "2024 is neither printed"),
        (
            load("customs", series="customs-export"),
            TableError,
            "printed as > 1.8, which is no level",
        ),
        (load("customs", series="customs-total"), TableError, "the year 2020 stands twice"),
    ],
)
def test_what_is_no_series_of_printed_levels_is_refused(
    figures: Any, error: type[Exception], said: str
) -> None:
    with pytest.raises(error) as raised:
        rounding_band(figures, 2, model="naive", draws=20)
    assert said in str(raised.value)


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ({"draws": 5}, "draws is 5; give a whole number from 20 to 100,000"),
        ({"draws": 20.0}, "draws is 20.0"),
        ({"draws": 10**12}, "draws is 1000000000000; give a whole number from 20 to 100,000"),
        ({"seed": np.timedelta64(3, "D")}, "seed is np.timedelta64(3,'D')"),
        ({"seed": -1}, "seed is -1; give a whole number, at least 0"),
        ({"within": 0}, "within is 0; give the percent of draws"),
        ({"within": 101}, "within is 101"),
        ({"within": True}, "within is True"),
        ({"horizon": 0}, "horizon"),
        ({"model": "crystal-ball"}, "crystal-ball"),
        ({"level": (0,)}, "0"),
    ],
)
def test_an_argument_out_of_range_is_named(arguments: dict[str, Any], said: str) -> None:
    with pytest.raises(TrendError) as raised:
        rounding_band(series(), **{"horizon": 2, "model": "naive", **arguments})
    assert said in str(raised.value)


# What a forecast rests on


@pytest.mark.parametrize(
    ("grades", "said"),
    [
        ({}, "no model is possible: no year, and at least 5 are needed"),
        ({2024: "printed"}, "no model is possible: 1 year, 2024, and at least 5 are needed"),
        (dict.fromkeys(range(2020, 2025), "derived"), "5 years, 2020 to 2024"),
        (
            dict.fromkeys(range(2020, 2025), "derived") | {2022: "unconfirmed", 2024: "printed"},
            "5 years, 2020 to 2024; unconfirmed: 2022; found only in the paper: 2024",
        ),
    ],
)
def test_a_run_says_what_it_is_or_that_no_model_is_possible(
    grades: dict[int, str], said: str
) -> None:
    frame = rows(grades) if grades else rows({2024: "printed"}).iloc[:0]
    assert run_statement(frame) == said


def test_the_weak_years_of_the_market_are_those_of_the_table() -> None:
    said = weak_years(load("market", series="market-total"))
    assert said == "unconfirmed: 2013, 2017, 2018; found only in the paper: 2023, 2024"
    assert weak_years(load("customs", series="customs-total", vintage="first-published")) == ""


def test_the_frame_is_left_as_it_was() -> None:
    frame = load("market", series="market-total")
    before = frame.copy(deep=True)
    rounding_band(frame, 2, model="drift", draws=20)
    pd.testing.assert_frame_equal(frame, before)


@pytest.mark.parametrize(
    ("series", "vintage", "said"),
    [
        (
            "customs-export",
            "first-published",
            "customs-export 2023 is printed as > 1.8, which is no level; leave the row out",
        ),
        ("customs-total", None, "stands twice; choose one series and one vintage"),
    ],
)
def test_rows_that_are_no_levels_of_one_series_are_refused(
    series: str, vintage: str | None, said: str
) -> None:
    asked = {"series": series} | ({"vintage": vintage} if vintage else {})
    with pytest.raises(TableError, match=re.escape(said)):
        rounding_band(load("customs", **asked), 2, model="naive")


def test_an_interval_is_no_printed_text() -> None:
    ranges = pd.Series({year: Interval.point(1) for year in PRINTED})
    with pytest.raises(TableError, match="is no printed figure"):
        rounding_band(ranges, 2, model="naive")
