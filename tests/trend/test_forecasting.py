"""What holds for every model by name, and the errors of what is asked."""

import os
import re
import subprocess
import sys
import warnings
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from pybtex.database import parse_file

from cbec.errors import TrendError
from cbec.trend import MODELS, forecast

MARKET = [7.57, 9.0, 10.5, 12.5, 14.2, 15.7, 16.85, 17.66]
SHARES = [0.25, 0.284, 0.311, 0.333, 0.365, 0.386, 0.4, 0.4027]
CLOSED_FORM = ("naive", "drift", "log-linear", "grey")


def series_for(model):
    return SHARES if MODELS[model].share else MARKET


@pytest.fixture(params=sorted(MODELS))
def model(request):
    return request.param


def test_all_models_are_there():
    assert set(MODELS) >= {
        *("naive", "drift", "log-linear", "ses", "holt", "damped-holt", "ets", "theta"),
        *("local-linear-trend", "logistic", "gompertz", "bass", "grey", "logit-trend"),
    }
    assert all(model.name == name for name, model in MODELS.items())


def test_every_model_cites_a_source_that_the_bibliography_has(model):
    entries = parse_file(str(Path(__file__).parents[2] / "references.bib")).entries.values()
    held = {(entry.persons["author"][0].last_names[-1], entry.fields["year"]) for entry in entries}
    source = MODELS[model].source
    author, years = source.split()[0].strip(","), re.findall(r"\((\d{4})\)", source)
    assert model == "combination" or any((author, year) in held for year in years)
    assert MODELS[model].label_en


def test_shapes_and_years(model):
    y = pd.Series(series_for(model), index=range(2017, 2025))
    made = forecast(y, 6, level=(80, 95, 50), model=model)
    assert made.model == model
    assert made.mean.shape == (6,)
    assert made.lower.shape == made.upper.shape == (6, 3)
    assert made.level == (80.0, 95.0, 50.0)
    assert made.index.tolist() == list(range(2025, 2031))
    assert made.fitted.shape == made.observed.shape == (8,)
    assert all(part.shape == (6,) for part in made.components.values())
    assert made.intervals
    assert made.source == MODELS[model].source


def test_intervals_are_nested_around_the_mean(model):
    made = forecast(series_for(model), 6, level=(50, 80, 95, 99), model=model)
    path = np.column_stack([made.lower[:, ::-1], made.mean, made.upper])
    assert (np.diff(path, axis=1) >= 0).all()


@given(
    st.lists(st.floats(0.001, 0.999), min_size=5, max_size=20),
    st.floats(-0.5, 1e4),
    st.sampled_from(["combination", "logit-trend", *CLOSED_FORM]),
)
@settings(max_examples=200, deadline=None)
def test_intervals_of_any_series_are_nested_around_the_mean(y, shift, model):
    values = np.array(y) if MODELS[model].share else np.array(y) + shift
    assume(values.min() > 0 or not MODELS[model].positive)
    made = forecast(values, 8, level=(1, 50, 80, 90, 95, 99.9), model=model)
    path = np.column_stack([made.lower[:, ::-1], made.mean, made.upper])
    assert (np.diff(path, axis=1) >= -1e-9 * np.abs(path).max()).all()


@given(
    st.lists(st.floats(0.01, 1e3), min_size=5, max_size=16),
    st.sampled_from(["bass", "logistic", "gompertz", "ets"]),
)
@settings(max_examples=40 if os.environ.get("CBEC_EXHAUSTIVE") else 12, deadline=None)
def test_intervals_of_what_is_fitted_are_nested_if_it_can_be_fitted(y, model):
    try:
        made = forecast(y, 8, level=(50, 80, 95), model=model)
    except TrendError:
        return
    path = np.column_stack([made.lower[:, ::-1], made.mean, made.upper])
    assert (np.diff(path, axis=1) >= -1e-9 * np.abs(path).max()).all()


def test_what_bass_adds_in_a_late_year_is_not_negative():
    y = [1144.18, 12663.23, 78718.39, 83628.16, 14436.99, 1318.87, 111.43, 9.36, 0.79, 0.08]
    made = forecast([*y, 0.02, 0.01, 0.01, 0.01], 5, model="bass")
    assert (made.lower >= 0).all()
    assert (made.mean[:, None] >= made.lower).all()


def test_five_values_are_enough_or_the_reason_is_given(model):
    y = np.array(series_for(model)[-5:])
    made = forecast(y, 3, model=model)
    assert np.isfinite(made.mean).all()


def test_the_same_call_gives_the_same_numbers(model):
    one, other = (forecast(series_for(model), 4, model=model) for _ in range(2))
    for part in ("mean", "lower", "upper", "fitted"):
        np.testing.assert_array_equal(getattr(one, part), getattr(other, part))
    assert one.parameters == other.parameters


def test_the_input_is_not_changed(model):
    y = np.array(series_for(model))
    before = y.copy()
    forecast(y, 3, model=model)
    np.testing.assert_array_equal(y, before)
    assert y.flags.writeable


def test_a_level_is_the_same_whatever_stands_beside_it(model):
    alone = forecast(series_for(model), 3, level=[95], model=model)
    beside = forecast(series_for(model), 3, level=[80, 95], model=model)
    np.testing.assert_array_equal(alone.lower[:, 0], beside.lower[:, 1])
    np.testing.assert_array_equal(alone.mean, beside.mean)


def test_longer_horizons_begin_alike(model):
    short = forecast(series_for(model), 2, model=model)
    long = forecast(series_for(model), 6, model=model)
    np.testing.assert_allclose(short.mean, long.mean[:2], rtol=1e-12)
    np.testing.assert_allclose(short.upper, long.upper[:2], rtol=1e-12)


@pytest.mark.parametrize("factor", [1 / 7, 1e12])
@pytest.mark.parametrize("model", sorted(n for n, m in MODELS.items() if not m.share))
def test_a_series_in_another_unit_is_forecast_in_that_unit(model, factor):
    y = np.array(MARKET)
    made, scaled = forecast(y, 4, model=model), forecast(factor * y, 4, model=model)
    for part in ("mean", "lower", "upper"):
        np.testing.assert_allclose(
            getattr(scaled, part), factor * getattr(made, part), rtol=1e-5, err_msg=part
        )


@given(
    st.lists(st.floats(1.0, 1000.0), min_size=5, max_size=30),
    st.floats(1e-6, 1e6),
    st.sampled_from(CLOSED_FORM),
)
@settings(max_examples=60, deadline=None)
def test_closed_forms_scale_for_any_series(y, factor, model):
    made, scaled = (forecast(c * np.array(y), 3, model=model) for c in (1.0, factor))
    spread = np.abs(made.upper - made.lower).max() + np.abs(made.mean).max()
    np.testing.assert_allclose(
        scaled.mean, factor * made.mean, rtol=1e-7, atol=1e-9 * factor * spread
    )
    np.testing.assert_allclose(
        scaled.upper, factor * made.upper, rtol=1e-7, atol=1e-9 * factor * spread
    )


@given(
    st.lists(st.floats(-1000.0, 1000.0).map(lambda y: round(y, 6)), min_size=5, max_size=30),
    st.floats(-1e4, 1e4).map(lambda shift: round(shift, 6)),
    st.sampled_from(["naive", "drift"]),
)
@settings(max_examples=40, deadline=None)
def test_random_walks_shift_with_the_series(y, shift, model):
    made, shifted = (forecast(np.array(y) + c, 3, model=model) for c in (0.0, shift))
    np.testing.assert_allclose(shifted.mean, made.mean + shift, rtol=1e-9, atol=1e-6)
    np.testing.assert_allclose(shifted.lower, made.lower + shift, rtol=1e-9, atol=1e-6)


def test_the_callers_numpy_settings_are_kept_and_count_for_nothing(model):
    made = forecast(series_for(model), 6, model=model)
    with np.errstate(all="raise"):
        before = np.geterr()
        again = forecast(series_for(model), 6, model=model)
        assert np.geterr() == before
    np.testing.assert_array_equal(again.mean, made.mean)
    np.testing.assert_array_equal(again.upper, made.upper)


@pytest.mark.parametrize("model", sorted(n for n, m in MODELS.items() if not m.share))
def test_a_wild_series_gives_finite_numbers_or_a_reason_and_no_warning(model):
    made, reason = None, ""
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        try:
            made = forecast([1e17, 1, 1, 1, 1], 3, model=model)
        except TrendError as error:
            reason = str(error)
    assert made is not None or "use " in reason


def test_no_model_prints_a_warning(model):
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        forecast(series_for(model), 6, model=model)
    assert [str(one.message) for one in caught] == []


@pytest.mark.parametrize("horizon", [1.5, "3", None, np.nan, [3]])
def test_a_horizon_must_be_a_whole_number(horizon):
    with pytest.raises(TrendError, match=r"horizon is .*; give a whole number of years from 1"):
        forecast(MARKET, horizon, model="naive")


@pytest.mark.parametrize("horizon", [3, np.int64(3), np.int8(3)])
def test_any_integer_is_a_horizon(horizon):
    assert len(forecast(MARKET, horizon, model="naive").mean) == 3


@pytest.mark.parametrize("name", ["arima", "", None, 3, ["naive"]])
def test_an_unknown_model_is_answered_with_those_there_are(name):
    with pytest.raises(TrendError, match=r"no model is called.*naive.*drift"):
        forecast(MARKET, 2, model=name)


@pytest.mark.parametrize("worst", [0.0, -2.5])
@pytest.mark.parametrize("model", sorted(n for n, m in MODELS.items() if m.positive))
def test_models_of_positive_values_name_the_value_that_is_not(model, worst):
    with pytest.raises(TrendError, match=rf"needs values above zero, and {worst:g} .*use a model"):
        forecast([1, 2, worst, 4, 5], 2, model=model)


def test_a_bad_series_is_answered_in_words():
    with pytest.raises(TrendError, match=r"2019 is|lacks 2019"):
        forecast(MARKET[:5], 2, model="naive", index=[2017, 2018, 2020, 2021, 2022])
    with pytest.raises(TrendError, match="at least 5"):
        forecast(MARKET[:4], 2, model="naive")


NEAR_ONE = [0.9, 0.93, 0.95, 0.97, 0.985, 0.992]


@pytest.mark.parametrize("model", ["combination", "drift", "holt"])
def test_a_forecast_of_shares_above_one_names_the_bounded_model(model):
    made = forecast(NEAR_ONE, 6, model=model)
    assert made.mean.max() > 1
    *_, last = made.explain().splitlines()
    assert last.startswith("Note: all values lie between 0 and 1, and the forecast passes 1;")
    (named,) = [name for name in MODELS if f"model='{name}'" in last]
    assert forecast(NEAR_ONE, 6, model=named).upper.max() <= 1


def test_an_interval_above_one_is_enough_to_name_it():
    made = forecast(NEAR_ONE, 6, model="naive")
    assert made.mean.max() < 1 < made.upper.max()
    assert "an interval reaches beyond 1" in made.explain()
    narrow = forecast(NEAR_ONE, 1, (1,), model="naive")
    assert narrow.upper.max() < 1
    assert "logit-trend" not in narrow.explain()


@pytest.mark.parametrize(
    "y",
    [
        [100 * share for share in NEAR_ONE],
        [*NEAR_ONE, 1.0],
        [0.0, *NEAR_ONE],
        [-0.1, *NEAR_ONE],
        [*NEAR_ONE, 1.004],
    ],
    ids=["percent", "one", "zero", "below zero", "above one"],
)
def test_what_the_bounded_model_would_refuse_names_none(y):
    assert forecast(y, 6).upper.max() > 1
    assert "logit-trend" not in forecast(y, 6).explain()
    with pytest.raises(TrendError, match="needs shares between 0 and 1"):
        forecast(y, 6, model="logit-trend")


def test_shares_whose_forecast_stays_below_one_name_none():
    assert "logit-trend" not in forecast(SHARES, 2).explain()


def test_importing_the_package_loads_no_heavy_library():
    code = (
        "import sys, cbec.trend; print([m for m in ('scipy', 'statsmodels') if m in sys.modules])"
    )
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert run.stdout.strip() == "[]"
