"""What the chapters show of the register, held against the files themselves."""

from __future__ import annotations

import csv
import re
import shutil
from pathlib import Path

import pandas as pd
import pytest

from cbec.chapters import forecast_scorecard, published_forecasts
from cbec.chapters.forecast_scorecard import (
    customs_outturn,
    published_chart,
    published_table,
    register_table,
)
from cbec.chapters.forecast_series import KEPT_MODELS
from cbec.errors import TableError
from cbec.tables.evidence_grades import SET_LABELS
from cbec.trend.models import MODELS

DATA = Path(__file__).parents[2] / "data"


@pytest.fixture(autouse=True)
def _data_of_this_checkout(monkeypatch):
    monkeypatch.setenv("CBEC_DATA", str(DATA))


@pytest.fixture(scope="module")
def stored() -> dict[str, dict[str, str]]:
    """Return the rows of the register's own file by id."""
    with (DATA / "forecasts.csv").open(encoding="utf-8", newline="") as file:
        return {row["id"]: row for row in csv.DictReader(file)}


def forecaster(row: dict[str, str]) -> str:
    """Return what a row of the file is shown as: ids of the first default have no version."""
    is_first = "-combination-2024-for-" in row["id"]
    return "first-default" if is_first else row["model"]


@pytest.mark.parametrize("shown", ["combination", "first-default"])
def test_the_first_and_the_last_year_are_those_of_the_file(stored, shown):
    table = register_table(shown)
    assert not table.isna().any(axis=None)
    for row in table.to_dict("records"):
        held = {stored[name]["target_year"]: stored[name] for name in row["row"].split()}
        assert list(held) == [str(year) for year in range(2025, 2031)]
        assert {forecaster(one) for one in held.values()} == {shown}
        for year in ("2025", "2030"):
            ends = (float(held[year][end]) for end in ("mean", "lower_80", "upper_80"))
            assert row[year] == "{:.2f} ({:.2f} to {:.2f})".format(*ends)
            assert row["evidence"] == held[year]["evidence"]
    kept = [name for row in table["row"] for name in row.split()]
    assert len(kept) == len(set(kept))
    # Each run of years stands once, under the narrowest set of figures that gives it.
    runs = {}
    for row in stored.values():
        if forecaster(row) == shown:
            key = (row["series"], row["data_vintage"], row["first_year"], row["n"])
            runs[key] = row["basis"]
    assert table["Basis"].tolist() == [SET_LABELS[basis][0] for basis in runs.values()]


def test_an_unknown_model_is_named():
    with pytest.raises(TableError, match="has no model 'oracle'; it has first-default, comb"):
        register_table("oracle")


def test_each_vintage_is_scored_by_its_own_outturn(stored):
    with (DATA / "customs.csv").open(encoding="utf-8", newline="") as file:
        came = {
            row["vintage"]: float(row["printed"])
            for row in csv.DictReader(file)
            if (row["series"], row["year"]) == ("customs-total", "2025")
        }
    found = customs_outturn()
    assert len(found) == 2 * (len(KEPT_MODELS) + 1)
    means = {
        (forecaster(row), row["data_vintage"]): float(row["mean"])
        for row in stored.values()
        if (row["series"], row["target_year"]) == ("customs-total", "2025")
    }
    for row in found.to_dict("records"):
        outturn = came[row["data_vintage"]]
        assert row["outturn"] == outturn
        assert row["value"] == means[row["forecaster"], row["data_vintage"]]
        assert row["error_percent"] == pytest.approx(100 * (row["value"] / outturn - 1))
        assert row["inside_80"] == (row["lower_80"] <= outturn <= row["upper_80"])
        assert row["inside_95"] == (row["lower_95"] <= outturn <= row["upper_95"])


def test_the_outturn_shows_the_present_default_then_the_first_then_the_others():
    found = customs_outturn()
    assert list(found["forecaster"].unique())[:2] == ["combination", "first-default"]
    assert set(found["forecaster"]) == {"first-default", *KEPT_MODELS}
    labels = dict(zip(found["forecaster"], found["item"].str.rsplit(",", n=1).str[0], strict=True))
    assert labels["first-default"] == "First default"
    assert labels["combination"] == MODELS["combination"].label_en
    names = found["forecaster"] + "_" + found["data_vintage"]
    assert names.is_unique
    assert found["item"].is_unique


def test_the_same_number_for_two_years_is_scored_twice(monkeypatch):
    found = forecast_scorecard.scored_register()
    again = found.assign(target_year=found["target_year"] + 1)
    monkeypatch.setattr(forecast_scorecard, "scored_register", lambda: pd.concat([found, again]))
    assert len(customs_outturn()) == 2 * 2 * (len(KEPT_MODELS) + 1)


def test_published_forecasts_stand_beside_ours():
    with (DATA / "published_forecasts.csv").open(encoding="utf-8", newline="") as file:
        said = {
            f"{row['forecaster']}, for {row['target_year']}": row
            for row in csv.DictReader(file)
            if row["unit"] == "trillion CNY"
        }
    found = published_chart()
    theirs = found[found["made"] == "published"]
    assert theirs["item"].is_unique
    for row in theirs.to_dict("records"):
        printed = said[row["item"]]
        assert row["value"] == float(printed["printed"])
        upper = printed["printed_upper"]
        assert (row["value_upper"] == float(upper)) if upper else pd.isna(row["value_upper"])
    ours = found[found["made"] == "our default"]
    assert set(ours["item"]) <= set(theirs["item"])
    assert (ours["lower_95"] <= ours["lower_80"]).all()
    assert (ours["lower_80"] <= ours["value"]).all()


def test_a_target_is_passed_or_not_and_no_forecast():
    # The plan of 2021 aimed at 2.5 trillion for 2025; customs has 2.75, and 2.84 as revised.
    rows = published_forecasts.published_scored(model="naive")
    target = rows[rows["vintage"] == "target"]
    assert set(target["target_year"]) == {2025}
    assert set(target["result"]) == {"passed"}
    assert target["error"].isna().all()
    assert "target" not in set(published_chart()["made"])
    assert not published_chart()["item"].str.contains("plan").any()
    shown = published_table()
    (said,) = set(shown.loc[shown["Forecast"].str.contains("plan"), "Forecast"])
    assert ", a target for 2025; " in said


def test_the_chart_shows_the_first_published_outturn_in_any_order_of_the_file(
    tmp_path, monkeypatch
):
    folder = shutil.copytree(DATA, tmp_path / "data")
    monkeypatch.setenv("CBEC_DATA", str(folder))
    path = folder / "customs.csv"
    lines = path.read_text(encoding="utf-8").splitlines(keepends=True)
    path.write_text("".join([lines[0], *reversed(lines[1:])]), encoding="utf-8")
    came = published_chart().query("item.str.endswith('for 2024')")["outturn"]
    assert set(came) == {2.63}


def test_results_follow_from_the_figures():
    for row in published_table().to_dict("records"):
        result = row["Result"]
        if not result.startswith("too"):
            continue
        said = [float(text) for text in re.findall(r"[\d.]+", row["Said"])]
        lowest, highest = said[0], said[-1]
        came = float(row["Came"].split()[0])
        assert (lowest > came) if result.startswith("too high") else (highest < came)
        percent = float(result.split(", ")[1].rstrip("%").replace("−", "-"))
        assert percent == pytest.approx(100 * ((lowest + highest) / 2 / came - 1), abs=0.06)
