"""The comparison of forecasts and the calibration, on small made-up series."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from benchmarks import calibrate, compare, own
from benchmarks.windows import (
    DEVELOPMENT,
    LEVEL,
    MEDIAN,
    STEPS,
    Forecasts,
    Window,
    cut,
    load,
    read,
    save,
)

ROOT = Path(__file__).parents[2]


def window(y, actual, name="M1", id="a"):
    return Window(name, id, np.array(y, dtype=float), np.array(actual, dtype=float))


def said(windows, mean, half=(1.0, 2.0), name="combination"):
    """Return forecasts of one number, or one a step, with half-widths at both levels."""
    made = Forecasts.empty(name, "made up", len(windows))
    for i, one in enumerate(windows):
        horizon = len(one.actual)
        made.mean[i, :horizon] = mean(one) if callable(mean) else mean
        for k in range(len(LEVEL)):
            made.lower[i, :horizon, k] = made.mean[i, :horizon] - half[k]
            made.upper[i, :horizon, k] = made.mean[i, :horizon] + half[k]
        made.ms[i] = 1.0
    return made


def naive(windows):
    return said(windows, lambda one: one.y[-1], name="naive")


RISING = list(range(1, 10))


def series(name, before, after=(0.0,) * STEPS):
    return {"set": name, "id": "a", "before": list(before), "after": list(after)}


def test_a_window_is_as_long_as_the_place_of_its_series_says():
    given = [series("M1", range(n)) for n in (8, 12, 20, 16, 15)] + [series("M3", range(30))]
    made = list(cut(given))
    assert [len(one.y) for one in made] == [12, 11, 12, 15, 9]
    assert [one.y[-1] for one in made] == [11, 19, 15, 14, 29]
    (moved,) = cut([{**given[2], "place": 7}])
    assert len(moved.y) == 16


def test_short_series_are_counted_by_data_set(tmp_path):
    path = tmp_path / "series.json"
    given = [series("M1", range(8)), series("tourism", range(9), range(4))]
    path.write_text(json.dumps({"source": "made up", "series": given}), encoding="utf-8")
    windows, left_out, source = read(path)
    assert [one.set for one in windows] == ["tourism"]
    assert (left_out["M1"], left_out["tourism"], source) == (1, 0, "made up")


def test_stored_forecasts_are_read_back_for_the_same_windows_alone(tmp_path):
    windows = [window(RISING, [10] * 6), window(RISING, [10] * 4, "tourism")]
    made = replace(said(windows, 9.5), reasons={1: "it rains"})
    save(tmp_path / "made.npz", windows, [made])
    (back,) = load(tmp_path / "made.npz", windows)
    np.testing.assert_array_equal(back.lower, made.lower)
    assert (back.name, back.reasons) == (made.name, {1: "it rains"})
    with pytest.raises(SystemExit, match="other windows"):
        load(tmp_path / "made.npz", windows[:1])


def test_a_forecast_half_as_wrong_as_the_naive_one():
    windows = [window(RISING, [10] * 6)]
    ours, reference = compare.table([said(windows, 9.5), naive(windows)], windows)
    assert ours["owa"] == pytest.approx(((0.5 / 19.5) / (1 / 19) + 0.5 / 1) / 2)
    assert ours["smape_M1"] == pytest.approx(200 * 0.5 / 19.5)
    assert (ours["mase_M1"], reference["mase_M1"]) == (0.5, 1.0)
    assert (reference["owa"], reference["crps"]) == (1.0, 1.0)


def test_msis_is_the_width_and_what_was_missed_in_mean_absolute_steps():
    windows = [window([2 * value for value in RISING], [10, 10, 10, 10, 10, 13])]
    ours, _ = compare.table([said(windows, 10.0), naive(windows)], windows)
    # The 95% interval is 4 wide, and one in six outcomes lies 1 above it; a step is 2.
    assert ours["msis_M1"] == pytest.approx((4 + (2 / 0.05) * 1 / 6) / 2)


def test_crps_is_twice_the_mean_pinball_loss_over_that_of_the_naive_forecast():
    windows = [window(RISING, [10] * 6)]
    ours, _ = compare.table([said(windows, 9.5), naive(windows)], windows)
    # Errors at the quantiles 2.5, 10, 50, 90 and 97.5%; where it is below zero, times 1 - tau.
    losses = 0.025 * 2.5 + 0.1 * 1.5 + 0.5 * 0.5 + 0.1 * 0.5 + 0.025 * 1.5
    of_naive = 0.025 * 3 + 0.1 * 2 + 0.5 * 1 + 0.9 * 0 + 0.025 * 1
    assert ours["crps"] == pytest.approx(losses / of_naive)


def test_interval_error_is_averaged_over_steps_and_levels():
    windows = [window(RISING, [10, 10, 10, 11.5, 11.5, 20])]
    ours, _ = compare.table([said(windows, 10.0), naive(windows)], windows)
    assert (ours["coverage_80"], ours["coverage_95"]) == (3 / 6, pytest.approx(5 / 6))
    at80, at95 = 3 * 0.2 + 3 * 0.8, 5 * 0.05 + 0.95
    assert ours["interval_error"] == pytest.approx((at80 + at95) / 12)


def test_data_sets_weigh_the_same():
    windows = [
        window(RISING, [10] * 6),
        *(window(RISING, [10] * 4, "tourism", id) for id in "bcd"),
    ]
    made = said(windows, lambda one: 9.5 if one.set == "M1" else 10.0, half=(0.1, 0.1))
    ours, _ = compare.table([made, naive(windows)], windows)
    assert ours["owa_tourism"] == 0
    assert ours["owa"] == pytest.approx(ours["owa_M1"] / 2)
    assert ours["interval_error"] == pytest.approx(((0.8 + 0.95) / 2 + (0.2 + 0.05) / 2) / 2)


def test_what_failed_is_counted_and_compared_on_the_others():
    windows = [window(RISING, [10] * 6), window(RISING, [50] * 6, id="b")]
    made = said(windows, 9.5)
    for part in (made.mean, made.lower, made.upper):
        part[1] = np.nan
    ours, _ = compare.table([replace(made, reasons={1: "it rains"}), naive(windows)], windows)
    alone, _ = compare.table([said(windows[:1], 9.5), naive(windows[:1])], windows[:1])
    assert ours["failed"] == 1
    assert ours["owa"] == pytest.approx(alone["owa"])
    assert ours["coverage_80"] == alone["coverage_80"]


def test_a_window_without_change_has_no_scale_and_is_left_out():
    windows = [window(RISING, [10] * 6), window([5] * 9, [6] * 6, id="b")]
    ours, _ = compare.table([said(windows, 9.5), naive(windows)], windows)
    assert ours["mase_M1"] == 0.5
    assert np.isfinite([ours["crps"], ours["msis_M1"]]).all()


@pytest.mark.parametrize(
    ("y", "wanted"),
    [
        ([10, 11, 12, 13, 15], True),
        ([10, 11, 12, 13, 14], False),
        ([10, 18, 9, 20, 15], False),
        ([-1, 2, 3, 4, 5], False),
    ],
    ids=["by half", "by less", "not in order", "from below zero"],
)
def test_what_counts_as_growing(y, wanted):
    assert compare.growing(np.array(y, dtype=float)) is wanted


SLOWER = [100, 200, 400, 600, 700, 800, 900, 990, 1000]


@pytest.mark.parametrize(
    ("y", "wanted"),
    [
        (RISING, {"growing", "slowing", "short"}),
        ([2.0**n for n in range(12)], {"growing"}),
        (SLOWER, {"growing", "slowing", "short"}),
        ([*SLOWER[:8], 3000], {"growing", "short"}),
        ([10, 9, 8, 7, 20, 19, 18, 17, 16, 15, 14, 13], {"falling"}),
        ([5] * 12, set()),
    ],
)
def test_what_belongs_to_a_group(y, wanted):
    found = compare.grouped([window(y, [1] * 6)])
    assert {name for name, (has,) in found.items() if has} == wanted


@pytest.mark.parametrize(("late", "wanted"), [(0.0599, True), (0.0601, False)])
def test_what_counts_as_slowing(late, wanted):
    rates = [0.1, 0.1, 0.2, 0.2, late, late]
    assert compare.slowing(np.cumprod([1, *(1 + rate for rate in rates)])) is wanted


@pytest.mark.parametrize(
    ("y", "wanted"),
    [
        (range(20, 10, -1), True),
        ([100, 96, 95, 94, 93, 92, 90], True),
        ([100, 96, 95, 94, 93, 92, 90.1], False),
        ([*range(100, 91, -1)], False),
        ([20, 8, 9, 10, 11, 12, 13, 14, 18], False),
        ([60, 90, 99, 80, 70, 50, 40], True),
        ([60, 90, 99, 70, 80, 50, 40], False),
    ],
    ids=[
        "by half",
        "by a tenth",
        "by less",
        "by a twelfth",
        "at once",
        "in order enough",
        "out of order",
    ],
)
def test_what_counts_as_fallen(y, wanted):
    assert compare.fallen(np.array(y, dtype=float)) is wanted


def test_a_group_is_scored_by_data_set_and_overall():
    windows = [window(RISING, [10] * 6), window(RISING[::-1], [1] * 4, "tourism")]
    made = said(windows, lambda one: one.actual[0] - 0.5)
    ours, _ = compare.table([made, naive(windows)], windows)
    assert ours["owa_growing_M1"] == pytest.approx(ours["owa_M1"])
    assert np.isnan([ours["owa_falling_M1"], ours["owa_falling"], ours["owa_falling_low"]]).all()


def test_the_bootstrap_is_deterministic():
    windows = [window(RISING, [10 + i] * 6, id=str(i)) for i in range(6)]
    made = [said(windows, 9.5), naive(windows)]
    first, second = compare.table(made, windows), compare.table(made, windows)
    np.testing.assert_equal(first, second)
    ours, reference = first
    assert ours["owa_low"] < ours["owa"] < ours["owa_high"] < 1
    assert reference["owa_low"] == reference["owa_high"] == 1


def test_samples_draw_as_many_series_as_a_data_set_has():
    windows = [window(RISING, [10] * 6)] * 3 + [window(RISING, [10] * 4, "tourism")] * 2
    drawn = compare.samples(windows)
    assert set(drawn) == {"M1", "tourism"}
    assert (drawn["M1"].sum(axis=1) == 3).all()
    assert not drawn["M1"][:, 3:].any()
    assert (drawn["M1"][0, :3] == 1).all()
    assert drawn["M1"][:, :3].max() > 1


def test_our_models_are_run_and_their_failures_kept():
    windows = [window(RISING, [10] * 6), window([-1, *RISING], [10] * 4, "tourism")]
    made = own.forecasts("log-linear", windows)
    assert list(made.reasons) == [1]
    assert "above zero" in made.reasons[1]
    assert np.isfinite(made.upper[0]).all()
    assert np.isnan(made.mean[1]).all()
    whole = own.forecasts("naive", windows)
    assert np.isfinite(whole.mean[1, :4]).all()
    assert np.isnan(whole.mean[1, 4:]).all()


def test_the_stored_tables_show_every_goal(capsys):
    compare.show()
    shown = capsys.readouterr().out
    for name, most in compare.GOALS.values():
        assert re.search(rf"{name} +at most {most:g} ", shown)
    for name in DEVELOPMENT:
        assert re.search(rf"OWA on {name} beyond that of .* at most 0.01 ", shown)
        assert f"interval error on {name}" in shown
    for row in compare.stored(compare.RESULTS):
        assert shown.count(f"\n{row['model']} ") >= 1 + len(DEVELOPMENT)


def goal_rows(ours=0.8, best=0.795, combined=0.7):
    """Return rows whose OWA on each data set is given, and that reach the other goals."""
    both = {name: most for name, (_, most) in compare.GOALS.items()}
    both |= {f"interval_error_{name}": 0.02 for name in DEVELOPMENT}
    owas = {compare.OURS: ours, "holt": best, MEDIAN: combined}
    return [
        {"model": model, **both, **{f"owa_{name}": value for name in DEVELOPMENT}}
        for model, value in owas.items()
    ]


def test_an_unmet_goal_is_shown_as_such():
    assert "NO" not in compare.goals(goal_rows(), [])
    assert compare.goals([{**goal_rows()[0], "owa": 0.82}, *goal_rows()[1:]], []).count("NO") == 1
    # The median of four models is no single model.
    assert compare.goals(goal_rows(best=0.78), []).count("NO") == 3


def test_the_goals_on_outside_series_are_those_of_their_rows():
    row = {"model": compare.OURS, "owa": 0.78, "msis": 23.0, "crps": 0.7, "interval_error": 0.01}
    outside = [
        {**row, "window": window, "group": group}
        for window, group in (("last 16", "all"), ("last 9 to 16", "all"), ("last 16", "short"))
    ]
    shown = compare.goals(goal_rows(), outside)
    assert re.search(r"M4, last 16, all: owa +at most 0.774 +0.78 +NO", shown)
    assert re.search(r"M4, last 9 to 16, all: owa +at most 0.785 +0.78 +yes", shown)
    assert shown.count("M4, ") == 5


def test_the_other_packages_are_locked_with_hashes_and_without_address():
    text = (ROOT / "benchmarks/requirements.txt").read_text(encoding="utf-8")
    entries = [line for line in text.replace("\\\n", " ").splitlines() if line.strip()]
    assert all(re.match(r"[a-z0-9][\w.-]*==\S+ .*--hash=sha256:", line) for line in entries)
    assert not re.search(r"file:|https?://|(?m:^\s*-)", "\n".join(entries))
    asked = (ROOT / "benchmarks/requirements.in").read_text(encoding="utf-8")
    names = re.findall(r"^[a-z]+", asked, flags=re.MULTILINE)
    assert names
    assert all(f"\n{name}==" in f"\n{text}" for name in names), "run make bench-lock"


def made_up(names=("M1", "tourism"), count=16):
    """Return series that grow, and scatter around their path; the more they scatter, the slower."""
    rng = np.random.default_rng(3)
    found = []
    for name in names:
        for i in range(count):
            noise = 0.02 + 0.015 * i
            error = noise * rng.standard_normal(20 if name == "tourism" else 22)
            growth = 0.08 / (1 + (noise / 0.12) ** 3)
            path = growth * np.arange(1, len(error) + 1) + (error + error.cumsum()) / 2
            y = 100 * np.exp(path)
            found.append(series(name, y[:16], y[16:]))
    return {"source": "made up", "series": found}


@pytest.fixture(scope="module")
def constants():
    return calibrate.calibrate(made_up())


def test_the_constants_of_a_small_sample_are_remade(constants):
    wanted = {"half-at": 0.276, "exponent": 6.121}
    assert constants["gain"] == pytest.approx(wanted, rel=0.01)
    assert constants["weights"]["upper-95"] == pytest.approx(
        {
            "change scatter": 0.302,
            "median step": 0.0,
            "recent step": 0.0,
            "drift error": 0.306,
            "disagreement": 0.247,
            "level": 5.906,
            "largest step": 0.41,
        },
        abs=0.02,
    )
    assert constants["provenance"]["series"] == {"M1": 16, "tourism": 16, "M3": 0}


def test_calibration_is_deterministic(constants):
    assert calibrate.calibrate(made_up()) == constants


def test_no_gain_near_the_chosen_one_is_better(constants):
    data = calibrate.sample(made_up()["series"])
    chosen = np.array(list(constants["gain"].values()))
    least = calibrate.owa(data, data.mean(chosen))
    for factor in np.eye(2) * 0.05:
        for near in (chosen * (1 + factor), chosen * (1 - factor)):
            assert calibrate.owa(data, data.mean(near)) > least - 1e-5


def test_calibrated_intervals_are_nested_and_cover_what_they_should(constants):
    weights = {end: np.array(list(each.values())) for end, each in constants["weights"].items()}
    for side in ("lower", "upper"):
        assert (weights[f"{side}-80"] >= 0).all()
        assert (weights[f"{side}-95"] >= weights[f"{side}-80"]).all()
    data = calibrate.sample(made_up()["series"])
    error = data.actual - data.mean(list(constants["gain"].values()))
    known = np.isfinite(error)
    share = data.weight[:, None] * known
    for level in LEVEL:
        below, above = (
            np.einsum("k,wkh->wh", weights[f"{side}-{level}"], data.spread)
            for side in ("lower", "upper")
        )
        inside = (-below <= error) & (error <= above)
        assert (share * inside).sum() / share.sum() == pytest.approx(level / 100, abs=0.05)
