"""What a forecast holds, and how it shows itself."""

import dataclasses

import numpy as np
import pytest

from cbec.errors import TrendError
from cbec.trend import Forecast, forecast
from cbec.trend.forecasting import fit
from cbec.trend.model_types import Model, Path

MARKET = [10.5, 12.5, 14.2, 15.7, 16.85, 17.66]


def made(**changes):
    fields = {
        "model": "drift",
        "label": "Random walk with drift",
        "mean": np.array([5.0, 6.0]),
        "lower": np.array([[4.0, 3.0], [4.5, 3.5]]),
        "upper": np.array([[6.0, 7.0], [7.5, 8.5]]),
        "level": (80.0, 95.0),
        "index": np.array([2025, 2026]),
        "observed": np.array([1.0, 2.0, 3.0, 4.0, 5.0]),
        "observed_index": np.arange(2020, 2025),
        "fitted": np.full(5, np.nan),
    }
    return Forecast(**(fields | changes))


def test_a_frame_has_a_row_a_step_and_columns_in_the_fields_convention():
    frame = made().to_frame()
    assert list(frame) == ["ds", "mean", "lower_80", "upper_80", "lower_95", "upper_95"]
    assert frame["ds"].tolist() == [2025, 2026]
    assert frame["lower_95"].tolist() == [3.0, 3.5]
    assert frame["upper_80"].tolist() == [6.0, 7.5]


def test_columns_follow_the_order_of_the_levels():
    frame = forecast(MARKET, 2, model="drift", level=[95, 50, 99.5]).to_frame()
    assert list(frame)[2:] == [
        "lower_95",
        "upper_95",
        "lower_50",
        "upper_50",
        "lower_99.5",
        "upper_99.5",
    ]
    inner, middle, outer = (frame[f"upper_{p}"] for p in ("50", "95", "99.5"))
    assert (inner < middle).all()
    assert (middle < outer).all()


@pytest.mark.parametrize("broken", [np.nan, np.inf, -np.inf])
@pytest.mark.parametrize("part", ["mean", "lower", "upper"])
def test_a_forecast_must_be_finite(part, broken):
    one = made()
    values = getattr(one, part).copy()
    values.flat[-1] = broken
    parts = {"mean": one.mean, "lower": one.lower, "upper": one.upper, part: values}
    path = Path(**parts, fitted=one.fitted)
    model = Model("broken", "Broken", "", lambda *_: path)
    with pytest.raises(TrendError, match="Broken gives no finite forecast for this series"):
        fit(model, one.observed, 2, one.level)


def test_a_forecast_is_frozen():
    with pytest.raises(dataclasses.FrozenInstanceError):
        made().model = "naive"


def test_the_explanation_names_model_source_estimates_and_remarks():
    one = forecast(MARKET, 2, model="drift", index=range(2019, 2025))
    text = one.explain()
    assert one.label in text
    assert one.source in text
    assert "2019 to 2024" in text
    assert "1.432" in text  # the mean step, (17.66 - 10.5) / 5
    told = made(
        diagnostics=("the saturation level isn't identified",),
        components={"one part": np.array([1.25, 2.5])},
    ).explain()
    assert "the saturation level isn't identified" in told
    assert "one part: 1.25, 2.5" in told


def test_the_explanation_of_a_long_forecast_leaves_out_the_middle():
    said = forecast([1.0, 2.0, 3.0, 4.0, 5.0], 40).explain()
    (drift,) = (line for line in said.splitlines() if line.startswith("  drift:"))
    assert drift == "  drift: 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, …, 45"
    assert len(said) < 2000


def test_the_table_in_a_notebook_holds_every_figure():
    page = made()._repr_html_()
    assert page.count("<tr>") == 3
    assert "<caption>" in page
    assert "Random walk with drift" in page
    for text in ("Year", "2025", "2026", "5.000", "8.500"):
        assert text in page


@pytest.mark.parametrize(
    ("scale", "shown"), [(1e-2, "0.1766"), (1.0, "17.66"), (1e4, "176600"), (0.0, "0")]
)
def test_the_table_shows_about_four_digits(scale, shown):
    page = forecast(scale * np.array(MARKET), 1, model="naive")._repr_html_()
    assert f">{shown}<" in page
    assert "Step" in page


def test_forecasts_can_be_compared_and_kept_in_a_set():
    one, other = (forecast(MARKET, 1, model="naive") for _ in range(2))
    assert one != other
    assert len({one, one, other}) == 2


def test_years_of_observations_and_steps_ahead_join():
    without = forecast(MARKET, 2, model="naive")
    assert without.observed_index.tolist() == [-5, -4, -3, -2, -1, 0]
    assert without.index.tolist() == [1, 2]
    with_years = forecast(MARKET, 2, model="naive", index=range(2019, 2025))
    assert with_years.observed_index.tolist() == list(range(2019, 2025))
    assert with_years.index.tolist() == [2025, 2026]
    assert with_years.observed.tolist() == MARKET
