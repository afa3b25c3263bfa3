"""Each row of the register is remade from the data, and scored by the outturn of its own vintage.

Levels and outturns are copied here from the pages that data/sources.csv names.
"""

from __future__ import annotations

import hashlib
import json
import shutil
from collections.abc import Callable, Iterator
from datetime import date
from importlib import resources
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from cbec.chapters import forecast_scorecard, forecast_series
from cbec.chapters.forecast_register import (
    FIRST_DEFAULT,
    as_csv,
    excluded,
    forecasters,
    make_register,
)
from cbec.chapters.forecast_scorecard import scored_register
from cbec.chapters.forecast_series import KEPT_MODELS, annual_levels
from cbec.chapters.frozen_forecasts import DIGEST, problems
from cbec.chapters.published_forecasts import published_scored
from cbec.errors import TableError, TrendError
from cbec.figures.printed import parse_printed
from cbec.tables import frames, package_checks
from cbec.tables.evidence_grades import SETS
from cbec.trend.combination import calibration
from tools.register import main

DATA = Path(__file__).resolve().parents[2] / "data"
SHARE = ("market-trade-share", "as-published over first-published")
FORECAST = ["mean", "lower_80", "upper_80", "lower_95", "upper_95"]

# Series, vintage, set of figures | first year and number of years until 2024. Narrower sets have
# shorter runs by what data/market.csv and data/customs.csv grade as unconfirmed, or as printed.
RUNS = {
    ("market-total", "as-published", "all"): (2012, 13),
    ("market-total", "as-published", "without-unconfirmed"): (2019, 6),
    ("market-export", "as-published", "all"): (2013, 12),
    ("market-import", "as-published", "all"): (2013, 12),
    (*SHARE, "all"): (2013, 12),
    (*SHARE, "without-unconfirmed"): (2019, 6),
    ("customs-total", "first-published", "all"): (2020, 5),
    ("customs-total", "first-published", "without-unconfirmed"): (2020, 5),
    ("customs-total", "first-published", "sourced"): (2020, 5),
    ("customs-total", "revised", "all"): (2018, 7),
}
# Customs' survey as each year was first announced, and as it stood after revision.
CUSTOMS = {
    "first-published": {2020: 1.69, 2021: 1.98, 2022: 2.11, 2023: 2.38, 2024: 2.63},
    "revised": {
        2018: 1.0557,
        2019: 1.2903,
        2020: 1.6220,
        2021: 1.9237,
        2022: 2.0599,
        2023: 2.37,
        2024: 2.71,
    },
}


@pytest.fixture(autouse=True)
def _data_of_this_checkout(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CBEC_DATA", str(DATA))


@pytest.fixture
def copy(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Give the test a copy of the data that it may change."""
    folder = shutil.copytree(DATA, tmp_path / "data")
    monkeypatch.setenv("CBEC_DATA", str(folder))
    return folder


Change = Callable[[str, str, str], None]


@pytest.fixture
def change(copy: Path) -> Change:
    """Replace the one place of a file that holds a text."""

    def replace(file: str, old: str, new: str) -> None:
        path = copy / file
        text = path.read_text(encoding="utf-8")
        assert text.count(old) == 1, f"{old!r} must stand in {file} once"
        path.write_text(text.replace(old, new), encoding="utf-8")

    return replace


@pytest.fixture(autouse=True, scope="module")
def each_forecast_is_made_once() -> Iterator[None]:
    """Remember forecasts: a test changes a row or two, and remakes the whole register."""
    known: dict[tuple[Any, ...], Any] = {}
    forecast = forecast_series.forecast

    def once(y: Any, horizon: int, *, level: Any, model: str, index: Any) -> Any:
        key = (np.asarray(y).tobytes(), horizon, level, model, np.asarray(index).tobytes())
        if key not in known:
            known[key] = forecast(y, horizon, level=level, model=model, index=index)
        return known[key]

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(forecast_series, "forecast", once)
        yield


def made() -> pd.DataFrame:
    return frames.load("forecasts")


def first_of(register: pd.DataFrame) -> pd.DataFrame:
    return register[forecasters(register) == FIRST_DEFAULT]


def run_of(frame: pd.DataFrame) -> pd.Series[Any]:
    return frame["series"] + "|" + frame["data_vintage"] + "|" + frame["basis"]


# What the register holds


def test_every_row_is_remade_from_the_data() -> None:
    stored = (DATA / "forecasts.csv").read_text(encoding="utf-8")
    assert as_csv(make_register(made())) == stored


def test_each_series_vintage_and_basis_has_a_row_for_each_model_and_year_or_a_reason() -> None:
    register = made()
    for run, (first, count) in RUNS.items():
        rows = register[run_of(register) == "|".join(run)]
        models = [*KEPT_MODELS, "logit-trend"] if run[0] == SHARE[0] else [*KEPT_MODELS]
        made_by = forecasters(rows)
        assert [*made_by.unique()] == [FIRST_DEFAULT, *models], run
        for _, of_model in rows.groupby(made_by):
            assert of_model["target_year"].tolist() == [2025, 2026, 2027, 2028, 2029, 2030]
        assert set(rows["first_year"]) == {first}
        assert set(rows["n"]) == {count}
        assert set(rows["origin"]) == {2024}
    assert set(run_of(register)) == {"|".join(run) for run in RUNS}
    without = set(run_of(excluded()))
    assert not without & set(run_of(register))
    customs = frames.load("customs")[["series", "vintage"]].drop_duplicates()
    listed = [
        *customs.itertuples(index=False, name=None),
        *((f"market-{flow}", "as-published") for flow in ("total", "export", "import")),
        SHARE,
    ]
    expected = {"|".join((*one, basis)) for one in listed for basis in SETS}
    assert without | set(run_of(register)) == expected


@pytest.mark.parametrize(
    ("series", "vintage", "basis", "reason"),
    [
        (
            "market-export",
            "as-published",
            "without-unconfirmed",
            "no model is possible: 2 years, 2023 to 2024, and at least 5 are needed; "
            "2022 is unconfirmed",
        ),
        (
            "market-total",
            "as-published",
            "sourced",
            "no model is possible: 4 years, 2019 to 2022, and at least 5 are needed; "
            "2018 is unconfirmed",
        ),
        (
            *SHARE,
            "sourced",
            "no model is possible: 4 years, 2019 to 2022, and at least 5 are needed; "
            "2018 is unconfirmed",
        ),
        (
            "customs-total",
            "revised",
            "without-unconfirmed",
            "no model is possible: 1 year, 2024, and at least 5 are needed; 2023 is unconfirmed",
        ),
        (
            "customs-export",
            "revised",
            "all",
            "no model is possible: 1 year, 2024, and at least 5 are needed; 2023 is missing",
        ),
        (
            "customs-import",
            "revised",
            "sourced",
            "the latest run is 2018 to 2022, and ends before 2024",
        ),
        (
            "customs-narrow-total",
            "as-published",
            "all",
            "no model is possible: 3 years, 2017 to 2019, and at least 5 are needed; "
            "2016 is missing",
        ),
    ],
)
def test_what_is_left_out_has_its_reason(
    series: str, vintage: str, basis: str, reason: str
) -> None:
    rows = excluded().set_index(["series", "data_vintage", "basis"])
    assert rows.loc[(series, vintage, basis), "reason"] == reason


def test_forecasts_lie_in_their_intervals_and_the_narrow_interval_in_the_wide_one() -> None:
    rows = made()
    ordered = rows[["lower_95", "lower_80", "mean", "upper_80", "upper_95"]]
    assert (np.diff(ordered.to_numpy(), axis=1) >= 0).all()
    assert (rows["upper_95"] > rows["lower_95"]).all()


def test_a_row_carries_the_weakest_grade_and_names_the_unconfirmed_years() -> None:
    rows = made()
    grade = dict(zip(run_of(rows), rows["evidence"], strict=True))
    assert grade["market-total|as-published|all"] == "unconfirmed"
    assert grade["market-total|as-published|without-unconfirmed"] == "printed"
    assert grade["customs-total|first-published|sourced"] == "corroborated"
    assert grade["customs-total|revised|all"] == "unconfirmed"
    note = dict(zip(run_of(rows), rows["note"], strict=True))
    printed = "found only in the paper: 2023, 2024"
    assert note["market-total|as-published|all"] == f"unconfirmed: 2013, 2017, 2018; {printed}"
    assert note["market-total|as-published|without-unconfirmed"] == printed
    assert note["customs-total|revised|all"] == "unconfirmed: 2023"
    assert note["customs-total|first-published|all"].startswith(
        "the same years as without-unconfirmed and sourced; each year as first published"
    )
    doubtful = rows["note"].str.contains("unconfirmed: ", na=False)
    assert (doubtful == (rows["evidence"] == "unconfirmed")).all()
    assert set(rows.loc[doubtful, "basis"]) == {"all"}
    for name, grades in SETS.items():
        assert set(rows.loc[rows["basis"] == name, "evidence"]) <= grades


def test_an_id_is_made_of_what_tells_a_row_from_others() -> None:
    ids = made()["id"]
    assert ids.is_unique
    assert "customs-total-first-published-without-unconfirmed-drift-2024-for-2025" in set(ids)


# The rows of the first default


@pytest.fixture
def lines() -> list[str]:
    """Return the rows of the first default as lines of the file."""
    with (DATA / "forecasts.csv").open(encoding="utf-8", newline="") as file:
        rows = file.readlines()[1:]
    return [line for line in rows if "-combination-2024-for-" in line.partition(",")[0]]


def test_the_first_defaults_lines_stand_at_the_top_as_they_were_published(lines: list[str]) -> None:
    text = (DATA / "forecasts.csv").read_bytes()
    assert text.startswith((",".join(made().columns) + "\n" + "".join(lines)).encode())
    assert len(lines) == 60
    assert hashlib.sha256("".join(lines).encode()).hexdigest() == DIGEST
    assert problems(lines) == []


def test_pandas_writes_the_first_defaults_lines_as_it_read_them(lines: list[str]) -> None:
    assert as_csv(first_of(made())).splitlines(keepends=True)[1:] == lines


def test_ids_of_the_present_default_have_its_version() -> None:
    version = calibration().provenance["version"]
    rows = made()
    present = rows[forecasters(rows) == "combination"]
    assert len(present) == 60
    assert present["id"].str.contains(f"-combination-{version}-2024-for-", regex=False).all()
    assert set(first_of(rows)["package_version"]) <= {"0.1.0", "0.2.0"}
    others = rows[rows["model"] != "combination"]
    assert not others["id"].str.contains(".", regex=False).any()
    # Of another version's default the rows would be neither the first default's nor the present's.
    later = present.iloc[:1].assign(id=lambda row: row["id"].str.replace(version, "9.9.9"))
    with pytest.raises(TableError, match=r"-9\.9\.9-2024-for-2025: is a row of neither"):
        make_register(pd.concat([rows, later]))


def test_a_frame_that_is_no_register_is_refused() -> None:
    with pytest.raises(
        TableError, match=r"lacks id, made_on; give the table forecasts as cbec\.load"
    ):
        make_register(made().drop(columns=["id", "made_on"]))


def test_a_changed_row_of_the_first_default_is_found(lines: list[str]) -> None:
    lines[7] = lines[7].replace(",0.2.0,", ",0.3.0,")
    (found,) = problems(lines)
    assert found == (
        f"{lines[7].partition(',')[0]}: was changed since it was published with 0.2.0; "
        "restore data/forecasts.csv from git"
    )


def test_missing_added_and_moved_rows_of_the_first_default_are_found(lines: list[str]) -> None:
    gone = lines[0].partition(",")[0]
    (found,) = problems(lines[1:])
    assert found.startswith(f"{gone}: is missing, and was published with 0.2.0; restore ")
    (found,) = problems([*lines, lines[0].replace("for-2025", "for-2031", 1)])
    assert found.startswith(f"{gone.replace('2025', '2031')}: is a row of neither the first ")
    for moved in (lines[::-1], [*lines, lines[-1]]):
        (found,) = problems(moved)
        assert found.startswith("the rows of the first default: one stands twice or elsewhere; ")


@pytest.mark.parametrize("change", ["changed", "missing", "added"])
def test_a_register_that_lost_what_was_published_is_not_remade(change: str) -> None:
    rows = made()
    id = rows["id"].iloc[0]
    if change == "changed":
        rows["mean"] = rows["mean"].mask(rows["id"] == id, 1.0)
    elif change == "missing":
        rows = rows.iloc[1:]
    else:
        id = id.replace("2025", "2031")
        rows = pd.concat([rows.iloc[:1].assign(id=id), rows], ignore_index=True)
    with pytest.raises(TableError, match=f"^{id}: .*restore data/forecasts.csv from git"):
        make_register(rows)


def test_an_older_file_without_the_first_defaults_rows_is_refused_in_one_line(
    copy: Path, lines: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    path = copy / "forecasts.csv"
    text = path.read_text(encoding="utf-8").replace("".join(lines), "")
    path.write_text(text, encoding="utf-8", newline="\n")
    for arguments in ([], ["--anew"]):
        assert main(arguments) == 1
        assert capsys.readouterr().err == (
            f"the register can't be remade: {lines[0].partition(',')[0]}: is missing, and was "
            "published with 0.2.0; restore data/forecasts.csv from git; 59 other rows differ, too\n"
        )
    assert path.read_text(encoding="utf-8") == text


# The data


@pytest.mark.parametrize("vintage", CUSTOMS)
def test_a_vintage_of_customs_is_a_series_of_its_own(vintage: str) -> None:
    found = annual_levels("customs-total", vintage, until=2024)
    assert dict(zip(found["year"], found["value"], strict=True)) == CUSTOMS[vintage]
    assert found["row"].str.endswith(vintage).all()


def test_a_lower_bound_is_no_level() -> None:
    # Exports of 2023 were announced as more than 1.8.
    assert 2023 not in set(annual_levels("customs-export", "first-published")["year"])


def test_the_trade_share_is_computed_from_first_publications_and_agrees_with_the_printed() -> None:
    shares = annual_levels(*SHARE).set_index("year")
    assert shares.loc[2022, "value"] == pytest.approx(100 * 15.7 / 42.07)
    names = " ".join(shares["row"])
    assert "communique" not in names
    assert "implied" not in names
    for year, printed in {2019: "33.29", 2021: "36.32", 2024: "40.27"}.items():
        ends = parse_printed(printed).interval()
        assert shares.loc[year, "lower"] < ends.upper
        assert shares.loc[year, "upper"] > ends.lower


def test_figures_keep_what_they_stand_for_and_where_they_come_from() -> None:
    (row,) = annual_levels("market-total", "as-published").query("year == 2024").to_dict("records")
    assert (row["lower"], row["upper"]) == (17.655, 17.665)
    assert row["row"] == "market-total-2024-as-published"
    assert row["unit"] == "trillion CNY"


@pytest.mark.parametrize(
    ("series", "vintage", "said"),
    [
        ("market", "as-published", "no series 'market' in vintage 'as-published'; there are"),
        ("customs-total", "as-published", "customs-total, revised"),
    ],
)
def test_an_unknown_series_or_vintage_is_refused(series: str, vintage: str, said: str) -> None:
    with pytest.raises(TableError) as raised:
        annual_levels(series, vintage)
    assert said in str(raised.value)


def test_a_series_has_no_row_before_its_first_figure() -> None:
    found = annual_levels("market-total", "as-published", until=1999)
    assert found.empty
    assert list(found) == list(annual_levels("market-total", "as-published"))


# Remaking


def test_naive_rows_repeat_the_last_figure_and_drift_rows_its_mean_step() -> None:
    register = make_register(first_of(made()))
    rows = register[run_of(register) == "customs-total|revised|all"].set_index(
        ["model", "target_year"]
    )
    step = (2.71 - 1.0557) / 6
    for ahead, year in enumerate(range(2025, 2031), start=1):
        assert rows.loc[("naive", year), "mean"] == 2.71
        assert rows.loc[("drift", year), "mean"] == pytest.approx(2.71 + ahead * step, abs=5e-5)


def test_a_changed_figure_changes_the_rows_that_rest_on_it_and_no_others(change: Change) -> None:
    old = made()
    change("customs.csv", "customs-total,2022,=,2.0599,", "customs-total,2022,=,2.0499,")
    change("customs.csv", "customs-total,2018,=,1.0557,", "customs-total,2018,=,1.0857,")
    new = make_register(old, today=date(2030, 1, 2))
    touched = new["made_on"] == pd.Timestamp(2030, 1, 2)
    assert set(run_of(new[touched])) == {"customs-total|revised|all"}
    # The naive forecast doesn't see the first years; its intervals do.
    assert set(new.loc[touched, "model"]) == set(KEPT_MODELS)
    pd.testing.assert_frame_equal(new[~touched], old[~touched])


def test_a_changed_grade_changes_the_run(change: Change) -> None:
    change(
        "market.csv",
        "market-total,2020,12.5,as-published,single-source,r435-14795,the",
        "market-total,2020,12.5,as-published,unconfirmed,none-recalled,unconfirmed; the",
    )
    rows = make_register(first_of(made()))
    rows = rows[forecasters(rows) == "naive"]
    assert "market-total|as-published|without-unconfirmed" not in set(run_of(rows))
    reasons = excluded().set_index(["series", "data_vintage", "basis"])["reason"]
    assert "2020 is unconfirmed" in reasons["market-total", "as-published", "without-unconfirmed"]


def test_figures_after_the_origin_change_nothing(change: Change) -> None:
    old = made()
    change("customs.csv", "customs-total,2025,=,2.84,", "customs-total,2025,=,9.99,")
    change("goods_trade.csv", "goods-trade-total,2025,45.47,", "goods-trade-total,2025,99.99,")
    assert as_csv(make_register(old, today=date(2030, 1, 2))) == as_csv(old)


def test_a_row_that_differs_by_the_last_digit_is_taken_over() -> None:
    old = made()
    remade = forecasters(old) != FIRST_DEFAULT
    nearly = old.assign(mean=old["mean"] + 1e-4 * remade, upper_95=old["upper_95"] - 1e-4 * remade)
    assert as_csv(make_register(nearly, today=date(2030, 1, 2))) == as_csv(nearly)
    off = old.assign(mean=old["mean"] + 2e-4 * remade)
    new = make_register(off, today=date(2030, 1, 2))
    assert ((new["made_on"] == pd.Timestamp(2030, 1, 2)) == remade).all()
    pd.testing.assert_series_equal(new["mean"], old["mean"])


def test_a_row_keeps_the_version_and_the_date_of_its_making() -> None:
    old = made()
    remade = forecasters(old) != FIRST_DEFAULT
    old["package_version"] = old["package_version"].mask(remade, "0.0.1")
    old["made_on"] = old["made_on"].mask(remade, pd.Timestamp(2026, 1, 2))
    new = make_register(old, today=date(2030, 1, 2))[remade]
    assert set(new["package_version"]) == {"0.0.1"}
    assert set(new["made_on"]) == {pd.Timestamp(2026, 1, 2)}


@pytest.mark.parametrize(
    ("column", "value"),
    [("mean", 1.0), ("note", "another"), ("n", 99), ("evidence", "printed"), ("basis", "none")],
)
def test_a_row_that_the_data_do_not_give_is_remade(column: str, value: object) -> None:
    stored = made()
    place = stored.index[forecasters(stored) == "combination"][3]
    changed = stored.assign(**{column: stored[column].mask(stored.index == place, value)})
    new = make_register(changed, today=date(2030, 1, 2))
    assert new.index[new["made_on"] == pd.Timestamp(2030, 1, 2)].tolist() == [place]
    assert new[column][place] == stored[column][place] != value


def test_missing_rows_are_made_and_superfluous_ones_left_out() -> None:
    stored = made()
    new = make_register(stored.iloc[:-1], today=date(2030, 1, 2))
    assert new["id"].tolist() == stored["id"].tolist()
    assert new.index[new["made_on"] == pd.Timestamp(2030, 1, 2)].tolist() == [stored.index[-1]]
    more = pd.concat([stored, stored.iloc[-1:].assign(id="made-up")])
    assert as_csv(make_register(more)) == as_csv(stored)


# Scores


def test_the_outturn_of_2025_is_of_the_vintage_of_the_data() -> None:
    rows = scored_register()
    assert set(rows["target_year"]) == {2025}
    assert set(zip(rows["data_vintage"], rows["outturn"], strict=True)) == {
        ("first-published", 2.75),
        ("revised", 2.84),
    }
    assert set(rows["series"]) == {"customs-total"}
    assert set(rows["model"]) == set(KEPT_MODELS)
    # Both outturns were public before the register was made.
    assert rows["hindsight"].all()


def test_both_defaults_are_scored_and_told_apart() -> None:
    rows = scored_register()
    counts = rows["forecaster"].value_counts()
    assert list(rows["forecaster"].unique()) == [FIRST_DEFAULT, *KEPT_MODELS]
    assert set(counts) == {4}
    both = rows[rows["model"] == "combination"]
    assert set(both["forecaster"]) == {FIRST_DEFAULT, "combination"}
    versioned = both["id"].str.contains("-combination-2024-", regex=False)
    assert (versioned == (both["forecaster"] == FIRST_DEFAULT)).all()


def test_a_score_is_that_of_its_row() -> None:
    for row in scored_register().to_dict("records"):
        assert row["error"] == pytest.approx(row["mean"] - row["outturn"])
        assert row["error_percent"] == pytest.approx(100 * row["error"] / row["outturn"])
        for level, penalty in [(80, 10), (95, 40)]:
            low, high, y = row[f"lower_{level}"], row[f"upper_{level}"], row["outturn"]
            assert row[f"inside_{level}"] == (low <= y <= high)
            # Gneiting and Raftery 2007, equation 43: 2 / alpha times what was missed by.
            missed = max(low - y, y - high, 0)
            expected = high - low + penalty * missed
            assert row[f"interval_score_{level}"] == pytest.approx(expected)


def test_a_score_is_as_good_as_its_weakest_figure() -> None:
    rows = scored_register().set_index(["data_vintage", "model"])
    # The first figure of 2025 was read on one page.
    assert set(rows.loc["first-published", "evidence"]) == {"single-source"}
    # The revised figure of 2023 is unconfirmed.
    assert set(rows.loc["revised", "evidence"]) == {"unconfirmed"}


def test_a_new_outturn_is_scored_when_it_comes(copy: Path) -> None:
    path = copy / "market.csv"
    line = "market-total,2025,18.50,as-published,single-source,askci-2023-04-23,made up\n"
    path.write_text(path.read_text(encoding="utf-8") + line, encoding="utf-8")
    text = (copy / "datapackage.json").read_text(encoding="utf-8")
    market = text.index('"name": "market"')
    raised = text[market:].replace('"maximum": 2024', '"maximum": 2025', 1)
    (copy / "datapackage.json").write_text(text[:market] + raised, encoding="utf-8")
    rows = scored_register()
    found = rows[rows["series"] == "market-total"]
    assert set(found["outturn"]) == {18.5}
    assert set(found["basis"]) == {"all", "without-unconfirmed"}
    # The share of 2025: the made-up market over goods trade as first published, 45.47.
    share = rows[rows["series"] == SHARE[0]]
    assert share["outturn"].to_numpy() == pytest.approx(100 * 18.5 / 45.47)


def test_a_register_without_an_outturn_has_no_scores(monkeypatch: pytest.MonkeyPatch) -> None:
    later = made().query("target_year > 2025")
    monkeypatch.setattr(forecast_scorecard, "load", lambda _: later)
    assert scored_register().empty


# Published forecasts


@pytest.fixture(scope="module")
def published() -> pd.DataFrame:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("CBEC_DATA", str(DATA))
        return published_scored(model="drift").set_index(["id", "basis"])


@pytest.mark.parametrize(
    ("id", "forecast", "outturn", "result", "least", "most"),
    [
        # Forecast and outturn as printed; the error's ends are arithmetic on half a last digit.
        ("nipa-2021-for-2022", 20.5, 15.7, "too high", 4.7, 4.9),
        ("jide-2024-for-2023", 18.847, 16.85, "too high", 18.7595 - 16.855, 18.9345 - 16.845),
        ("askci-2023-for-2023", 16.8, 16.85, "right within rounding", -0.105, 0.005),
        ("mofcom-2013-for-2016", 6.5, 6.7, "too low", -0.3, -0.1),
        ("iresearch-2014-for-2017", 20.0, 29.0, "too low", -10.0, -8.0),
        ("dhgate-2016-for-2018", 10.0, 9.0, "too high", 0.45, 1.55),
    ],
)
def test_a_published_forecast_is_held_against_its_outturn(
    published: pd.DataFrame,
    id: str,
    forecast: float,
    outturn: float,
    result: str,
    least: float,
    most: float,
) -> None:
    row = published.loc[(id, "all")]
    assert (row["forecast"], row["outturn"]) == pytest.approx((forecast, outturn))
    assert row["error"] == pytest.approx(forecast - outturn)
    assert row["error_percent"] == pytest.approx(100 * (forecast - outturn) / outturn)
    assert (row["error_lower"], row["error_upper"]) == pytest.approx((least, most))
    assert row["result"] == result


@pytest.mark.parametrize(
    ("id", "result"),
    [
        # 3.15 prints for [3.145, 3.155), above 3.1; 9.0 prints for [8.95, 9.05), around 9.
        ("mofcom-2013-for-2013", "passed"),
        ("ceca-2018-for-2018", "undecided within rounding"),
    ],
)
def test_a_lower_bound_is_only_checked_for_being_passed(
    published: pd.DataFrame, id: str, result: str
) -> None:
    row = published.loc[(id, "all")]
    assert row["result"] == result
    assert np.isnan([row["error"], row["error_percent"], row["error_lower"]]).all()


def test_a_bound_that_was_missed_is_not_passed(change: Change) -> None:
    change("market.csv", "market-total,2018,9.0,", "market-total,2018,8.9,")
    rows = published_scored(model="naive").set_index(["id", "basis"])
    assert rows.loc[("ceca-2018-for-2018", "all"), "result"] == "not passed"


@pytest.mark.parametrize("id", ["marketingfuture-2020-for-2020", "iresearch-2023-for-2025"])
def test_a_forecast_without_a_comparable_outturn_says_so(published: pd.DataFrame, id: str) -> None:
    for basis in SETS:
        row = published.loc[(id, basis)]
        assert row["result"] == "no outturn"
        assert np.isnan(row["error"])


def test_customs_outturns_stand_in_both_vintages() -> None:
    rows = published_scored(model="naive")
    rows = rows[(rows["id"] == "imsilkroad-2024-for-2024") & (rows["basis"] == "all")]
    assert dict(zip(rows["outturn_vintage"], rows["outturn"], strict=True)) == {
        "first-published": 2.63,
        "revised": 2.71,
    }
    # First publications to 2023 are four; of the revised vintage six are known now.
    said = dict(zip(rows["outturn_vintage"], rows["our_statement"], strict=True))
    assert said["first-published"].startswith("no model is possible: 4 years, 2020 to 2023")
    assert said["revised"] == "6 years, 2018 to 2023; unconfirmed: 2023"
    note = dict(zip(rows["outturn_vintage"], rows["note"], strict=True))
    assert "not known at the origin" in note["revised"]
    assert "not known" not in note["first-published"]


@pytest.mark.parametrize(
    ("id", "data_to", "count", "base", "ahead"),
    [
        # The grey-model paper names its data; others are taken to know the year before.
        ("jide-2024-for-2023", 2022, 11, 2.1, 1),
        ("nipa-2021-for-2022", 2020, 9, 2.1, 2),
        ("askci-2023-for-2023", 2022, 11, 2.1, 1),
        ("cbec-index-2017-for-2018", 2016, 5, 2.1, 2),
    ],
)
def test_ours_rests_on_what_was_known_at_the_origin(
    published: pd.DataFrame, id: str, data_to: int, count: int, base: float, ahead: int
) -> None:
    row = published.loc[(id, "all")]
    assert (row["data_to"], row["our_last_year"], row["our_n"]) == (data_to, data_to, count)
    last = {2016: 6.7, 2020: 12.5, 2022: 15.7}[data_to]
    expected = last + ahead * (last - base) / (count - 1)
    assert row["our_mean"] == pytest.approx(expected, abs=5e-5)
    assert row["our_error"] == pytest.approx(row["our_mean"] - row["outturn"])
    assert row["inside_80"] == (row["our_lower_80"] <= row["outturn"] <= row["our_upper_80"])


def test_later_figures_do_not_change_what_ours_would_have_said(change: Change) -> None:
    before = published_scored(model="damped-holt")
    change("market.csv", "market-total,2023,16.85,", "market-total,2023,19.85,")
    change("market.csv", "market-total,2024,17.66,", "market-total,2024,27.66,")
    after = published_scored(model="damped-holt")
    of_2023 = before["target_year"] == 2023
    assert set(after.loc[of_2023, "outturn"]) == {19.85}
    columns = [f"our_{name}" for name in FORECAST]
    pd.testing.assert_frame_equal(after[columns], before[columns])


@pytest.mark.parametrize("figures", ["without-unconfirmed", "sourced"])
def test_without_five_such_years_no_model_is_possible(
    published: pd.DataFrame, figures: str
) -> None:
    found = published.xs(figures, level="basis")
    # To 2023, only the revised vintage of customs has five such years in a row.
    possible = found["our_n"].notna()
    assert {id for id in found[possible].index if "plan" not in id} == {"imsilkroad-2024-for-2024"}
    has_outturn = found["result"] != "no outturn"
    said = found.loc[~possible & has_outturn, "our_statement"]
    assert said.str.startswith("no model is possible: ").all()
    assert found.loc[~possible, "our_mean"].isna().all()
    jide = found.loc["jide-2024-for-2023", "our_statement"]
    assert "4 years, 2019 to 2022" in jide


def test_what_is_unstated_or_unconfirmed_is_noted(published: pd.DataFrame) -> None:
    scored_rows = published[published["result"] != "no outturn"]
    unstated = scored_rows["definition"] == "unstated"
    assert (scored_rows["note"].str.contains("compared by name only") == unstated).all()
    doubtful = scored_rows["outturn_evidence"] == "unconfirmed"
    assert (scored_rows["note"].str.contains("the outturn is unconfirmed") == doubtful).all()
    assert (scored_rows.loc[doubtful, "evidence"] == "unconfirmed").all()
    printed = scored_rows["outturn_evidence"] == "printed"
    said = scored_rows["note"].str.contains("the outturn was found only in the audited paper")
    assert (said == printed).all()
    assert printed.any()
    all_years = published.loc[("jide-2024-for-2023", "all")]
    assert all_years["evidence"] == "unconfirmed"


def test_every_published_forecast_is_there_on_each_set(published: pd.DataFrame) -> None:
    ids = set(frames.load("published_forecasts")["id"])
    for basis in SETS:
        assert set(published.xs(basis, level="basis").index) == ids


def test_the_rows_that_a_score_names_are_known(published: pd.DataFrame) -> None:
    from cbec.audit.provenance import find, split_names

    for row in split_names([*published["row"], *scored_register()["row"]]):
        assert find(row).name == row


def test_an_unknown_model_is_refused() -> None:
    with pytest.raises(TrendError, match="oracle"):
        published_scored(model="oracle")


# The tool


def test_remaking_an_unchanged_register_leaves_every_byte(
    copy: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    before = {path.name: path.read_bytes() for path in copy.iterdir()}
    assert main(["--date", "2030-01-02"]) == 0
    assert capsys.readouterr().out == f"{len(made())} rows: nothing changed\n"
    assert {path.name: path.read_bytes() for path in copy.iterdir()} == before


def test_remaking_after_a_change_renews_the_rows_and_the_package(
    copy: Path, change: Change, capsys: pytest.CaptureFixture[str]
) -> None:
    change("customs.csv", "customs-total,2024,=,2.71,", "customs-total,2024,=,2.81,")
    assert main(["--date", "2030-01-02"]) == 0
    count = 6 * len(KEPT_MODELS)
    assert capsys.readouterr().out == f"{len(made())} rows: {count} changed\n"
    assert (made()["made_on"] == pd.Timestamp(2030, 1, 2)).sum() == count
    assert package_checks.check_package() == ()
    assert as_csv(make_register(made())) == (copy / "forecasts.csv").read_text(encoding="utf-8")


def test_a_register_made_anew_has_one_date_and_the_first_defaults_rows(
    copy: Path, change: Change, lines: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    change("customs.csv", "customs-total,2024,=,2.71,", "customs-total,2024,=,2.81,")
    before = made()
    count = len(before)
    assert main(["--anew", "--date", "2030-01-02"]) == 0
    assert capsys.readouterr().out == f"{count} rows: {count - len(lines)} new\n"
    rows = made()
    assert set(rows["made_on"].iloc[len(lines) :]) == {pd.Timestamp(2030, 1, 2)}
    assert list(rows.columns) == list(before.columns)
    written = (copy / "forecasts.csv").read_bytes().splitlines(keepends=True)
    assert b"".join(written[1 : 1 + len(lines)]).decode() == "".join(lines)


def test_without_the_file_nothing_is_made_anew(
    copy: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (copy / "forecasts.csv").unlink()
    for arguments in ([], ["--anew"]):
        assert main(arguments) == 1
        assert "can't be opened" in capsys.readouterr().err
    assert not (copy / "forecasts.csv").exists()


def test_a_broken_table_is_said_in_one_line_and_nothing_is_written(
    copy: Path, change: Change, capsys: pytest.CaptureFixture[str]
) -> None:
    change("customs.csv", "customs-total,2024,=,2.71,", "customs-total,2024,=,many,")
    before = (copy / "forecasts.csv").read_bytes()
    assert main([]) == 1
    heard = capsys.readouterr().err
    assert heard.startswith("the register can't be remade: data/customs.csv line ")
    assert heard.count("\n") == 1
    assert (copy / "forecasts.csv").read_bytes() == before


def test_a_model_of_shares_says_nothing_of_levels() -> None:
    with pytest.raises(TableError, match="logit-trend is a model of shares"):
        published_scored(model="logit-trend")


def test_a_version_of_the_default_keeps_its_constants() -> None:
    """With other constants its rows would be remade under the same ids."""
    text = resources.files("cbec.trend").joinpath("calibration.json").read_text("utf-8")
    held = json.loads(text)
    del held["provenance"]["made_on"]
    digest = hashlib.sha256(json.dumps(held, sort_keys=True).encode()).hexdigest()
    published = {"0.3.0": "3e3fc433cc37b8d8"}
    assert digest.startswith(published[held["provenance"]["version"]]), (
        "raise the version of the package before the constants change, freeze the rows of the "
        "default that is replaced in cbec.chapters.frozen_forecasts, and add the digest here"
    )
