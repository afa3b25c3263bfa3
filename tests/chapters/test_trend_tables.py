"""The tables behind the charts of trends, recomputed by hand."""

from __future__ import annotations

import csv
from pathlib import Path

import numpy as np
import pytest

from cbec.chapters.forecast_series import SERIES, annual_levels, run_of, runs_by_set
from cbec.chapters.slowdown import change_table, power_table, slowdown_runs
from cbec.chapters.trend_tables import (
    error_table,
    evaluation,
    fan_table,
    forecast_ends,
    panel_table,
    residual_table,
    sensitivity,
)
from cbec.errors import TableError, TrendError
from cbec.tables.evidence_grades import SETS, latest_run
from cbec.trend import forecast
from cbec.trend.structural_change import power

DATA = Path(__file__).parents[2] / "data"


@pytest.fixture(autouse=True)
def _data_of_this_checkout(monkeypatch):
    monkeypatch.setenv("CBEC_DATA", str(DATA))


@pytest.fixture(scope="module")
def market() -> dict[int, float]:
    """Return the market's printed figures by year, from the file itself."""
    with (DATA / "market.csv").open(encoding="utf-8", newline="") as file:
        rows = [row for row in csv.DictReader(file) if row["series"] == "market-total"]
    return {int(row["year"]): float(row["printed"]) for row in rows}


@pytest.mark.parametrize("label", SERIES)
def test_every_series_of_the_chapters_is_an_unbroken_run_to_2024(label):
    years = run_of(*SERIES[label])["year"]
    assert years.iloc[-1] == 2024
    assert years.diff().iloc[1:].eq(1).all()


def test_each_set_of_figures_has_its_years(market):
    every, surer, sourced = (run_of("market-total", basis=name) for name in SETS)
    assert dict(zip(every["year"], every["value"], strict=True)) == market
    assert set(sourced["year"]) < set(surer["year"]) < set(every["year"])
    assert "unconfirmed" not in set(surer["evidence"])
    assert not {"unconfirmed", "printed"} & set(sourced["evidence"])


def test_a_set_that_gives_the_same_years_is_not_repeated():
    runs = runs_by_set()
    assert set(SERIES) <= set(runs)
    assert [label for label in runs if label.startswith("CBEC, customs, first")] == [
        "CBEC, customs, first published"
    ]
    assert len(runs["100EC's market over goods trade: sourced only"]) == 4
    for label, run in runs.items():
        allowed = SETS["sourced"] if label.endswith("sourced only") else SETS["all"]
        assert set(run["evidence"]) <= allowed


def test_a_series_that_begins_later_has_no_year_and_says_so_in_every_table():
    late = {"Customs": latest_run(annual_levels("customs-total", "first-published", until=2019))}
    assert late["Customs"].empty
    said = "is possible: no year, and at least 5 are needed"
    (row,) = change_table(late).to_dict("records")
    assert (row["Test"], row["row"], row["evidence"]) == (f"no test {said}", "", "")
    (row,) = sensitivity(late, 2030).to_dict("records")
    assert (row["Series"], row["Rests on"], row["evidence"]) == ("Customs", f"no model {said}", "")
    with pytest.raises(TrendError, match="0 values; a trend model needs at least 5"):
        panel_table(late, 2)


def test_a_run_that_is_too_short_is_refused_and_said_to_be_so_among_the_tests():
    run = run_of("market-total", basis="sourced")
    said = "4 years, 2019 to 2022, and at least 5 are needed"
    with pytest.raises(TrendError, match="4 values; a trend model needs at least 5"):
        forecast_ends(run, 2030)
    (row,) = change_table({"Sourced": run}).to_dict("records")
    assert row["Test"] == f"no test is possible: {said}"


def test_the_naive_fan_is_the_last_value_and_its_residuals_are_the_steps(market):
    values = list(market.values())
    table = fan_table(run_of("market-total"), ["naive"], 3)
    assert table.query("kind == 'observed'")["value"].tolist() == values
    ahead = table.query("kind == 'forecast'")
    assert ahead["year"].tolist() == [2025, 2026, 2027]
    assert ahead["value"].tolist() == [values[-1]] * 3
    # Four recalled figures are among the inputs, so every forecast rests on unconfirmed ones.
    assert set(ahead["evidence"]) == {"unconfirmed"}
    left = residual_table(run_of("market-total"), ["naive"])
    assert left["value"].tolist() == pytest.approx(np.diff(values).tolist())
    assert left["year"].tolist() == list(market)[1:]


def test_panels_leave_fitted_values_out():
    table = panel_table({"a": run_of("market-total"), "b": run_of("market-import")}, 2, "drift")
    assert table.groupby("series", sort=False)["kind"].unique().map(list).to_dict() == {
        "a": ["observed", "forecast"],
        "b": ["observed", "forecast"],
    }


def test_the_ends_are_those_of_the_forecast(market):
    made = forecast(list(market.values()), 2, level=(80,), model="drift")
    ends = [made.mean[1], made.lower[1, 0], made.upper[1, 0]]
    assert forecast_ends(run_of("market-total"), 2026, "drift") == ends


def test_naive_errors_by_step_are_percent_changes(market):
    y = np.array(list(market.values()))
    run = run_of("market-total")
    found = error_table(evaluation(run, ["naive", "drift"], 2), run)
    assert set(found["evidence"]) == {"unconfirmed"}
    for step in (1, 2):
        was, came = y[4 : len(y) - step], y[4 + step :]
        by_hand = np.mean(200 * np.abs(came - was) / (came + was))
        row = found.query("model == 'Naive (last value)' and step == @step")
        assert row["value"].item() == pytest.approx(by_hand)


def test_changes_of_growth_are_least_squares(market):
    rates = 100 * np.diff(np.log(list(market.values())))
    table = change_table({"Market": run_of("market-total")}).set_index("Test")
    slope = np.polyfit(np.arange(len(rates)), rates, 1)[0]
    change, when = table.loc["trend, t test", "Change"].split(" ", 1)
    assert float(change.replace("−", "-")) == pytest.approx(slope, abs=0.05)
    assert when == "a year"
    assert set(table["Rates"]) == {len(rates)}
    change, year = table.loc["break (supF)", "Change"].split(" at ")
    first = list(market)[1:].index(int(year))
    by_hand = rates[first:].mean() - rates[:first].mean()
    assert float(change.replace("−", "-")) == pytest.approx(by_hand, abs=0.05)


def test_power_is_told_of_each_run_that_can_be_tested():
    runs = slowdown_runs()
    table = power_table(runs).set_index(["Years", "Test"])
    tested = change_table(runs).dropna(subset="p").set_index(["Years", "Test"])
    assert set(table.index) < set(tested.index)
    assert table["Rates"].equals(tested.loc[table.index, "Rates"].astype("int64"))
    for (_, test), row in table.iterrows():
        name = "sup-f" if "supF" in test else "trend"
        seen = {"test": name, "n": row["Rates"], "noise": row["Scatter"]}
        assert row["Sees 1 point"] == power(**seen, slowdown=1)
        if row["Sees mostly from"] != "none":
            least = float(row["Sees mostly from"])
            assert power(**seen, slowdown=0.97 * least) < 0.82
            assert power(**seen, slowdown=1.03 * least) > 0.78
    assert (table["Sees mostly from"] != "none").any()


def test_sensitivity_says_what_the_fan_says():
    run = run_of("market-total")
    row = sensitivity({"Market": run}, 2026, "drift").iloc[0]
    last = fan_table(run, ["drift"], 2).iloc[-1]
    assert row["Forecast"] == last["value"]
    assert row["80%"] == f"{last['lower_80']:.1f}–{last['upper_80']:.1f}"
    assert row["95%"] == f"{last['lower_95']:.1f}–{last['upper_95']:.1f}"


def test_a_run_that_is_too_short_gets_a_statement():
    run = run_of("market-import", basis="without-unconfirmed")
    row = sensitivity({"Imports": run}, 2025).iloc[0]
    assert row["Series"] == "Imports, trillion CNY"
    assert row["Rests on"].startswith(f"no model is possible: {len(run)} years")
    assert "Forecast" not in row.index


def test_what_cannot_be_shown_is_said():
    with pytest.raises(TrendError, match="Market ends in 2024; choose a year after it, not 2024"):
        sensitivity({"Market": run_of("market-total")}, 2024)
    with pytest.raises(TrendError, match="the horizon is -1"):
        forecast_ends(run_of("market-total"), 2023)
    with pytest.raises(TrendError, match="no model is called 'oracle'"):
        fan_table(run_of("market-total"), ["oracle"], 2)
    with pytest.raises(TrendError, match="there is no model to show"):
        residual_table(run_of("market-total"), [])
    with pytest.raises(TrendError, match="there is no series to show"):
        panel_table({}, 2)
    with pytest.raises(TableError, match="there is no series 'market'"):
        run_of("market")
    with pytest.raises(TableError, match="there is no set 'sure' of figures"):
        run_of("market-total", basis="sure")
