"""Remake every calibrated constant of `cbec.trend.combination` (run in .venv).

    python -m benchmarks.calibrate _build/bench/series.json src/cbec/trend/calibration.json

All three collections are development sets: none of their series says how good the result is. Each
series gives windows of 5 to 16 values that end before its published hold-out, and, from its own
past, windows that end earlier, up to eight of them, two years apart. A series weighs the same
however many windows it gives, the hold-out as much as all earlier ends together, the collections
the same, and windows shorter than nine values a quarter of the others.

1. The two constants of the gain's fall minimise the overall weighted average (OWA) of sMAPE and
   MASE against the naive forecast, by Nelder and Mead's search.
2. For each side, the weights of the spread statistics minimise the sum of the pinball losses at
   80 and 95%, smoothed at the kink, in mean absolute steps of all that was known of the series,
   as the M4 competition scaled its interval score. They are not negative, and those at 95% not
   below those at 80%, so that the intervals are nested (limited-memory BFGS with bounds).

The greatest gain, one, isn't fitted: it says that a trend is never amplified. Nor are the other
round numbers of `cbec.trend.combination`.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize

import cbec
from benchmarks.windows import DEVELOPMENT, LONGEST
from benchmarks.windows import SHORTEST as USUAL
from benchmarks.windows import STEPS as HORIZON
from cbec.trend.combination import components, gain, increment
from cbec.trend.scales import SPREADS, roughness, scales, spreads

SHORTEST = 5
EARLIER_ENDS, EVERY = 8, 2
# Width of the stretch in which the pinball loss is rounded off, in the scale of the errors.
SMOOTHING = 0.02
RIDGE = 1e-4

Array = NDArray[np.float64]


@dataclass(frozen=True)
class Sample:
    """Windows, and what became of them.

    Attributes
    ----------
    last, middle, actual : ndarray, shape (windows, horizon)
        Last value, median increment, and outcome (NaN where there is none).
    scale, whole : ndarray, shape (windows, 1)
        Mean absolute step of the window, and of all values up to its end.
    rough, weight : ndarray, shape (windows,)
        Roughness, and weight (each data set sums to 1).
    spread : ndarray, shape (windows, 7, horizon)
        Spread statistics.
    floor : ndarray of bool, shape (windows, 1)
        Whether the window is nowhere negative, so that the forecast isn't either.
    group : ndarray of int, shape (windows,)
        Data set, an index of `DEVELOPMENT`.
    """

    last: Array
    middle: Array
    actual: Array
    scale: Array
    whole: Array
    rough: Array
    weight: Array
    spread: Array
    floor: NDArray[np.bool_]
    group: NDArray[np.int_]

    def mean(self, constants: Sequence[float]) -> Array:
        """Return the point forecasts for some constants of the gain."""
        with np.errstate(over="ignore"):
            forecast = self.last + gain(self.rough, constants)[:, None] * self.middle
        return np.where(self.floor, np.maximum(forecast, 0.0), forecast)


def sample(series: Sequence[Mapping[str, Any]]) -> Sample:
    """Cut the windows of the development series."""
    rows = [row for item in series if item["set"] in DEVELOPMENT for row in _windows(item)]
    stacked = {name: np.array([row[name] for row in rows]) for name in rows[0]}
    for group in range(len(DEVELOPMENT)):
        here = stacked["group"] == group
        stacked["weight"][here] /= stacked["weight"][here].sum()
    return Sample(**stacked)


def _windows(item: Mapping[str, Any]) -> list[dict[str, Any]]:
    before, after = np.array(item["before"]), np.array(item["after"])
    if len(before) < USUAL:
        return []
    values = np.concatenate([before, after])
    past = range(len(before) - EVERY, SHORTEST + 1, -EVERY)
    ends = {len(before): len(after), **dict.fromkeys(list(past)[:EARLIER_ENDS], HORIZON)}
    cut = [
        (end, end == len(before), n, values[end - n : end], values[end : end + steps])
        for end, steps in ends.items()
        for n in _lengths(end, every=1 if end == len(before) else 3)
        if np.abs(np.diff(values[end - n : end])).max() > 0
    ]
    kinds = [(final, n >= USUAL) for _, final, n, _, _ in cut]
    rows = []
    for (end, _, n, y, outcome), kind in zip(cut, kinds, strict=True):
        measured = scales(y)
        parts = components(y, measured, HORIZON)
        actual = np.full(HORIZON, np.nan)
        actual[: len(outcome)] = outcome
        rows.append(
            {
                "last": np.full(HORIZON, y[-1]),
                "middle": increment(y[-1], parts, measured),
                "actual": actual,
                "scale": [np.abs(np.diff(y)).mean()],
                "whole": [np.abs(np.diff(values[:end])).mean()],
                "rough": roughness(measured),
                "weight": (1.0 if n >= USUAL else 0.25) / kinds.count(kind),
                "spread": spreads(parts, measured),
                "floor": [bool(y.min() >= 0)],
                "group": DEVELOPMENT.index(item["set"]),
            }
        )
    return rows


def _lengths(end: int, *, every: int) -> list[int]:
    lengths = range(SHORTEST, min(end, LONGEST) + 1)
    short = [n for n in lengths if n < USUAL]
    return [*short[::every], *[n for n in lengths if n >= USUAL][::every]]


def owa(data: Sample, mean: Array) -> float:
    """Return the OWA against the naive forecast, averaged over the data sets."""
    return float(np.mean([_owa(data, mean, data.group == g) for g in np.unique(data.group)]))


def _owa(data: Sample, mean: Array, here: NDArray[np.bool_]) -> float:
    weight, actual = data.weight[here], data.actual[here]
    errors = []
    for forecast in (mean[here], data.last[here]):
        missed = np.abs(forecast - actual)
        smape = np.nanmean(missed / (np.abs(forecast) + np.abs(actual)), axis=1)
        mase = np.nanmean(missed, axis=1) / data.scale[here, 0]
        errors.append((weight @ smape, weight @ mase))
    (smape, mase), (smape_naive, mase_naive) = errors
    return (smape / smape_naive + mase / mase_naive) / 2


def fit_gain(data: Sample) -> dict[str, float]:
    """Choose the gain's constants."""

    def loss(logs: Array) -> float:
        return owa(data, data.mean(np.exp(logs)))

    options = {"xatol": 1e-4, "fatol": 1e-7, "maxiter": 2000}
    found = minimize(loss, np.log([0.3, 4.0]), method="Nelder-Mead", options=options)
    if not found.success:
        raise SystemExit(f"the search for the gain did not end: {found.message}")
    names = ("half-at", "exponent")
    return {
        name: round(float(value), 3) for name, value in zip(names, np.exp(found.x), strict=True)
    }


def fit_weights(data: Sample, constants: Sequence[float]) -> dict[str, dict[str, float]]:
    """Choose the weights of the spread statistics for the four ends."""
    error = (data.actual - data.mean(constants)) / data.whole
    known = np.isfinite(error)
    weight = (data.weight / known.sum(axis=1))[:, None] * known
    design = (data.spread / data.whole[:, :, None]).transpose(0, 2, 1)[known]
    found = {}
    for side, sign in (("lower", -1.0), ("upper", 1.0)):
        at80, at95 = _fit_side(design, sign * error[known], weight[known] / weight.sum())
        found[f"{side}-80"], found[f"{side}-95"] = at80, at95
    return {
        end: dict(zip(SPREADS, found[end].round(3).tolist(), strict=True))
        for end in ("lower-95", "lower-80", "upper-80", "upper-95")
    }


def _fit_side(design: Array, error: Array, weight: Array) -> tuple[Array, Array]:
    k = design.shape[1]

    def loss(free: Array) -> tuple[float, Array]:
        total, slope = RIDGE * (free @ free), 2 * RIDGE * free
        for quantile, weights in ((0.9, free[:k]), (0.975, free[:k] + free[k:])):
            beyond = error - design @ weights
            soft = SMOOTHING * np.logaddexp(0, beyond / SMOOTHING)
            total += weight @ (soft - (1 - quantile) * beyond)
            share = np.exp(-np.logaddexp(0, -beyond / SMOOTHING))
            pull = -design.T @ (weight * (share - (1 - quantile)))
            slope[:k] += pull
            if quantile > 0.9:
                slope[k:] += pull
        return total, slope

    options = {"maxiter": 2000, "maxfun": 10000, "ftol": 1e-12, "gtol": 1e-8}
    start, bounds = np.full(2 * k, 0.1), [(0.0, None)] * (2 * k)
    found = minimize(loss, start, jac=True, method="L-BFGS-B", bounds=bounds, options=options)
    if not found.success:
        raise SystemExit(f"the search for the interval weights did not end: {found.message}")
    return found.x[:k], found.x[:k] + found.x[k:]


def calibrate(content: Mapping[str, Any]) -> dict[str, Any]:
    """Return what ``calibration.json`` holds, without version and date."""
    data = sample(content["series"])
    constants = fit_gain(data)
    return {
        "gain": constants,
        "weights": fit_weights(data, list(constants.values())),
        "longest": LONGEST,
        "horizon": HORIZON,
        "provenance": {
            "source": content["source"],
            "series": {
                name: sum(
                    item["set"] == name and len(item["before"]) >= USUAL
                    for item in content["series"]
                )
                for name in DEVELOPMENT
            },
            "windows": len(data.weight),
            "owa": round(owa(data, data.mean(list(constants.values()))), 4),
            "command": "make calibrate",
        },
    }


def _alike(made: Any, old: Any) -> bool:
    """Compare constants; the optimisers' last digit differs between machines."""
    if isinstance(made, dict) and isinstance(old, dict):
        return made.keys() == old.keys() and all(_alike(made[key], old[key]) for key in made)
    if isinstance(made, float) and isinstance(old, float):
        return abs(made - old) < 1.5e-3
    return bool(made == old)


def main() -> None:
    """Read the series, and write the constants if they changed."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("series", type=Path, help="what benchmarks/series.py wrote")
    parser.add_argument("target", type=Path, help="the file of the constants")
    options = parser.parse_args()
    made = calibrate(json.loads(options.series.read_text(encoding="utf-8")))
    old = json.loads(options.target.read_text("utf-8")) if options.target.exists() else {}
    stamp = {"version": cbec.__version__, "made_on": date.today().isoformat()}
    since = {key: old.get("provenance", {}).pop(key, None) for key in stamp}
    if _alike(made, old):
        # The version is that of the default: it names the forecasts in the register.
        print(f"{options.target} is as before, made on {since['made_on']}")
        return
    made["provenance"] |= stamp
    options.target.write_text(json.dumps(made, indent=2) + "\n", encoding="utf-8")
    print(f"{options.target}: {made['provenance']['windows']} windows, gain {made['gain']}")


if __name__ == "__main__":
    main()
