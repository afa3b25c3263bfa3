"""Forecasts of many series: the same as one by one, in one process, several, or a cluster."""

from datetime import date

import joblib
import numpy as np
import pandas as pd
import pytest

from cbec.errors import TrendError
from cbec.trend import forecast, forecast_panel

YEARS = list(range(2013, 2025))


def long(count, n=12, seed=5):
    rng = np.random.default_rng(seed)
    values = 100 + rng.normal(2, 3, size=(count, n)).cumsum(axis=1)
    return pd.DataFrame(
        {
            "unique_id": np.repeat([f"s{i}" for i in range(count)], n),
            "ds": np.tile(YEARS[:n], count),
            "y": values.ravel(),
        }
    )


@pytest.mark.parametrize("model", ["combination", "drift", "grey"])
def test_a_panel_holds_the_forecasts_of_its_series(model):
    frame = long(3)
    made = forecast_panel(frame, 3, model=model, level=[95, 80])
    assert made.columns.tolist() == [
        "unique_id", "ds", "mean", "lower_95", "upper_95", "lower_80", "upper_80",
    ]  # fmt: skip
    for name, rows in frame.groupby("unique_id"):
        one = forecast(rows["y"].to_numpy(), 3, model=model, level=[95, 80], index=rows["ds"])
        own = made[made["unique_id"] == name].drop(columns="unique_id").reset_index(drop=True)
        pd.testing.assert_frame_equal(own, one.to_frame(), check_exact=True)


def test_rows_may_stand_in_any_order():
    frame = long(4)
    made = forecast_panel(frame, 2, model="drift")
    mixed = forecast_panel(frame.sample(frac=1, random_state=3), 2, model="drift")
    assert made["unique_id"].unique().tolist() == ["s0", "s1", "s2", "s3"]
    pd.testing.assert_frame_equal(
        mixed.sort_values(["unique_id", "ds"], ignore_index=True), made, check_exact=True
    )


def test_series_may_differ_in_length_and_years():
    frame = pd.concat([long(1), long(1, n=6).assign(unique_id="short")])
    made = forecast_panel(frame, 2, model="naive")
    assert made["ds"].tolist() == [2025, 2026, 2019, 2020]


@pytest.mark.parametrize(
    "dates",
    [
        pd.to_datetime([f"{year}-12-31" for year in YEARS]),
        pd.to_datetime([f"{year}-12-31" for year in YEARS]).tz_localize("Asia/Shanghai"),
        [date(year, 6, 30) for year in YEARS],
        pd.Series([pd.Timestamp(year, 1, 1) for year in YEARS], dtype=object),
        np.array([f"{year}" for year in YEARS], dtype="M8[Y]"),
        pd.period_range("2013", "2024", freq="Y"),
        pd.array(YEARS, dtype="Int64"),
        [float(year) for year in YEARS],
    ],
)
def test_years_may_be_dates_in_them(dates):
    made = forecast_panel(long(1).assign(ds=dates), 2, model="naive")
    assert made["ds"].tolist() == [2025, 2026]


@pytest.mark.parametrize(
    "dates",
    [
        pd.date_range("2013-01-31", periods=12, freq="ME"),
        pd.period_range("2013-01", periods=12, freq="M"),
        [date(2013, month, 1) for month in range(12, 0, -1)],
    ],
)
def test_months_are_to_be_added_up_first(dates):
    with pytest.raises(TrendError, match=r"monthly: y has 12 values in 2013.* add them up first"):
        forecast_panel(long(1).assign(unique_id="monthly", ds=dates), 1)


def test_no_more_processes_are_started_than_there_are_series(monkeypatch):
    asked = []
    whole = joblib.Parallel

    def counted(n_jobs):
        asked.append(n_jobs)
        return whole(n_jobs=1)

    monkeypatch.setattr(joblib, "Parallel", counted)
    forecast_panel(long(3), 1, model="naive", n_jobs=10**6)
    assert asked == [3]


@pytest.mark.parametrize("names", [[7, 3], ["乙", "甲"]])
def test_names_keep_their_type_and_order(names):
    frame = long(2).replace({"unique_id": dict(zip(["s0", "s1"], names, strict=True))})
    assert forecast_panel(frame, 1, model="naive")["unique_id"].tolist() == names
    categories = frame.astype({"unique_id": "category"})
    assert forecast_panel(categories, 1, model="naive")["unique_id"].tolist() == names


def test_the_frame_is_not_changed():
    frame = long(2)
    before = frame.copy()
    forecast_panel(frame, 2)
    pd.testing.assert_frame_equal(frame, before)


def test_several_processes_give_the_same():
    frame = long(30)
    one = forecast_panel(frame, 2)
    pd.testing.assert_frame_equal(forecast_panel(frame, 2, n_jobs=2), one, check_exact=True)


def test_a_dask_cluster_gives_the_same():
    """As the documentation shows it; the tasks must run on the cluster, not here."""
    distributed = pytest.importorskip("distributed")
    frame = long(30)
    one = forecast_panel(frame, 2)
    with (
        distributed.LocalCluster(
            n_workers=1,
            threads_per_worker=2,
            processes=False,
            protocol="tcp",
            host="127.0.0.1",
            dashboard_address=None,
        ) as cluster,
        distributed.Client(cluster),
    ):
        assert cluster.scheduler.transition_counter == 0
        with joblib.parallel_config(backend="dask"):
            made = forecast_panel(frame, 2, n_jobs=-1)
        moved = cluster.scheduler.transition_counter
    pd.testing.assert_frame_equal(made, one, check_exact=True)
    assert moved > 0


def test_all_bad_series_are_named_in_one_error():
    frame = long(4)
    frame.loc[frame.index[3], "y"] = np.nan
    frame = frame[~((frame["unique_id"] == "s1") & (frame["ds"] == 2018))]
    frame = pd.concat([frame, frame[frame["unique_id"] == "s2"].tail(1)])
    with pytest.raises(TrendError) as caught:
        forecast_panel(frame, 2, model="naive")
    first, *rest = str(caught.value).splitlines()
    assert first == "3 of 4 series can't be forecast; mend or drop them:"
    assert [line.split(":")[0].strip() for line in rest] == ["s0", "s1", "s2"]
    assert "y is nan in 2016" in rest[0]
    assert "y lacks 2018, between 2017 and 2019" in rest[1]
    assert "y has the year 2024 twice" in rest[2]


def test_series_that_do_not_suit_the_model_are_named_too():
    frame = long(3)
    frame.loc[frame["unique_id"] != "s1", "y"] -= 1000
    with pytest.raises(TrendError, match=r"2 of 3 series(.|\n)*s0: .*above zero(.|\n)*s2: "):
        forecast_panel(frame, 1, model="log-linear")


def test_a_forecast_that_is_not_finite_is_an_error_as_for_one_series():
    frame = pd.DataFrame(
        {"unique_id": "a", "ds": YEARS[:6], "y": [1e-40, 1, 1e40, 1e80, 1e99, 9e99]}
    )
    for made in (
        lambda: forecast(frame["y"].to_numpy(), 6, model="log-linear"),
        lambda: forecast_panel(frame, 6, model="log-linear"),
    ):
        with pytest.raises(TrendError, match="no finite forecast"):
            made()


@pytest.mark.parametrize(
    ("changed", "message"),
    [
        ({"frame": [1, 2, 3]}, "the frame is of the type list; give a DataFrame with unique_id"),
        ({"frame": long(1).drop(columns=["ds", "y"])}, r"the frame lacks ds, y; give unique_id"),
        ({"frame": long(1).head(0)}, "the frame has no rows"),
        ({"frame": long(1).assign(unique_id=["s", None] * 6)}, "row 1 has no unique_id"),
        ({"frame": long(1).assign(ds=[2013, None] * 6)}, "row 1 has no ds; give its year"),
        (
            {"frame": long(1).assign(ds=[2013, "2014"] * 6)},
            "ds holds 2013 and '2014', which have no order",
        ),
        ({"frame": long(1).assign(ds=[str(year) for year in YEARS])}, "s0: '2013' .* is no year"),
        ({"frame": long(1).assign(y=["x"] * 12)}, "s0: value 1 of y is 'x'"),
        ({"frame": long(1, n=4)}, "s0: y has 4 values; a trend model needs at least 5"),
        ({"n_jobs": 0}, "n_jobs is 0; give a number of processes"),
        ({"n_jobs": "2"}, "n_jobs is '2'; give a number of processes"),
        ({"horizon": 1.5}, "the horizon is 1.5"),
        ({"level": []}, "there is no level"),
        ({"model": "arima"}, "no model is called 'arima'"),
    ],
)
def test_a_panel_that_cannot_be_forecast_is_named_with_its_remedy(changed, message):
    given = {"frame": long(1), "horizon": 1, "model": "naive"} | changed
    with pytest.raises(TrendError, match=message):
        forecast_panel(given.pop("frame"), given.pop("horizon"), **given)
