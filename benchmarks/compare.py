"""Score all forecasts of the windows, and print the table of models (run in .venv).

    .venv/bin/python -m benchmarks.compare _build/bench    # or --stored: the table as last made

The directory holds what series.py, own.py and peers.py wrote. Every measure is taken for each data
set and averaged over the three with equal weights. A model that failed on some windows is compared
with the naive forecast of the others. Intervals are percentiles of 1000 bootstrap samples of the
series of each data set, the same samples for all models.
"""

from __future__ import annotations

import argparse
import csv
import re
import time
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.stats import spearmanr
from tabulate import tabulate

from benchmarks.windows import HELD_OUT, LEVEL, SETS, STEPS, Array, Forecasts, Window, load, read
from cbec import trend
from cbec.trend import measures

OURS, REFERENCE = "combination", "naive"
DRAWS, SEED = 1000, 4
COMMAND = "make bench-forecast"
RESULTS = Path(__file__).with_name("results.csv")

GOALS = {
    "owa": ("OWA against naive", 0.81),
    "owa_growing": ("OWA on growing series", 0.69),
    "interval_error": ("interval error", 0.02),
    "crps": ("CRPS against naive", 0.70),
    "failed": ("failed calls", 0),
    "ms_panel": ("ms a series in a panel", 2),
    "ms_call": ("ms a call", 10),
}
"""What the combination is to reach: column of the results, its name, and the most it may be."""

Row = dict[str, str | float]


@dataclass(frozen=True)
class Scores:
    """The errors of a model, NaN where it failed or where a measure would divide by zero.

    Attributes
    ----------
    smape, mase, crps : ndarray, shape (windows,)
        The last divided by the mean absolute step of the window.
    covered : ndarray, shape (windows, steps, levels)
        1 where the outcome lay in the interval, else 0.
    """

    smape: Array
    mase: Array
    crps: Array
    covered: Array


def score(made: Forecasts, windows: Sequence[Window]) -> Scores:
    """Take all measures of a model's forecasts."""
    count = len(windows)
    smape, mase, crps = np.full((3, count), np.nan)
    covered = np.full((count, STEPS, len(LEVEL)), np.nan)
    scale = np.array([measures.mase_scale(window.y) for window in windows])
    steps = np.array([len(window.actual) for window in windows])
    for horizon in np.unique(steps):
        here = np.flatnonzero((steps == horizon) & np.isfinite(made.mean[:, 0]))
        if not here.size:
            continue
        actual = np.array([windows[i].actual for i in here])
        mean, lower, upper = (part[here, :horizon] for part in (made.mean, made.lower, made.upper))
        smape[here] = measures.smape(actual, mean)
        mase[here] = measures.mase(actual, mean, scale[here])
        quantiles = measures.quantiles_from_intervals(mean, lower, upper, LEVEL)
        with np.errstate(divide="ignore", invalid="ignore"):
            scaled = measures.crps_from_quantiles(actual, *quantiles) / scale[here]
        crps[here] = np.where(scale[here] > 0, scaled, np.nan)
        for k in range(len(LEVEL)):
            ends = (lower[..., k, None], upper[..., k, None])
            covered[here, :horizon, k] = measures.coverage(actual[..., None], *ends)
    return Scores(smape, mase, crps, covered)


def growing(y: Array) -> bool:
    """Tell whether a series rose by half or more, and in nearly every year."""
    return bool(y[0] > 0 and y[-1] >= 1.5 * y[0] and _rank_correlation(y) >= 0.9)


def _rank_correlation(y: Array) -> float:
    return float(spearmanr(np.arange(len(y)), y).statistic)


def samples(windows: Sequence[Window]) -> dict[str, Array]:
    """Return how often each window counts: once, then as drawn from its data set.

    Returns
    -------
    dict of str to ndarray, shape (1 + draws, windows)
        By data set; zero for the windows of the others.
    """
    rng = np.random.default_rng(SEED)
    drawn = {}
    for name in SETS:
        here = np.array([window.set == name for window in windows])
        if not here.any():
            continue
        counts = np.zeros((1 + DRAWS, len(windows)))
        counts[0, here] = 1
        counts[1:, here] = rng.multinomial(here.sum(), np.full(here.sum(), 1 / here.sum()), DRAWS)
        drawn[name] = counts
    return drawn


def owa(made: Scores, naive: Scores, counts: Array) -> Array:
    """Return the OWA of each sample, NaN for one without a forecast."""
    four = (*_means(made.smape, naive.smape, counts), *_means(made.mase, naive.mase, counts))
    smape, smape_naive, mase, mase_naive = four
    found = np.full(len(counts), np.nan)
    known = np.isfinite(four).all(axis=0)
    if known.any():
        found[known] = measures.owa(
            smape[known], mase[known], smape_naive[known], mase_naive[known]
        )
    return found


def relative_crps(made: Scores, naive: Scores, counts: Array) -> Array:
    """Return the CRPS of each sample over that of the naive forecast."""
    crps, crps_naive = _means(made.crps, naive.crps, counts)
    return crps / crps_naive


def _means(made: Array, naive: Array, counts: Array) -> tuple[Array, Array]:
    """Return the means of both over the windows that both have, for each sample."""
    both = np.isfinite(made) & np.isfinite(naive)
    total = counts[:, both].sum(axis=1)
    with np.errstate(invalid="ignore"):
        return counts[:, both] @ made[both] / total, counts[:, both] @ naive[both] / total


def interval_error(covered: Array) -> float:
    """Return how far coverage is from nominal, averaged over steps and levels."""
    return float(np.nanmean(np.abs(_coverage(covered) - np.array(LEVEL) / 100)))


def _coverage(covered: Array) -> Array:
    """Return the coverage by step and level; NaN beyond the horizon."""
    known = np.isfinite(covered).sum(axis=0)
    with np.errstate(invalid="ignore"):
        return np.nansum(covered, axis=0) / known


def table(made: Sequence[Forecasts], windows: Sequence[Window]) -> list[Row]:
    """Return a row of results for each model, the combination's timing left out."""
    scores = [score(one, windows) for one in made]
    names = [one.name for one in made]
    naive, ours = scores[names.index(REFERENCE)], scores[names.index(OURS)]
    drawn = samples(windows)
    rising = {name: counts * _rising(windows) for name, counts in drawn.items()}
    measured = {
        "owa": (owa, drawn),
        "crps": (relative_crps, drawn),
        "owa_growing": (owa, rising),
    }
    rows = []
    for one, scored in zip(made, scores, strict=True):
        row: Row = {
            "model": one.name,
            "package": one.package,
            "windows": len(windows),
            "failed": len(one.reasons),
            "ms": float(np.nanmean(one.ms)),
        }
        for name, (measure, counts) in measured.items():
            by_set = {key: measure(scored, naive, each) for key, each in counts.items()}
            overall = np.mean(list(by_set.values()), axis=0)
            of_ours = np.mean([measure(ours, naive, each) for each in counts.values()], axis=0)
            row |= _with_interval(name, overall)
            row |= _with_interval(f"{name}_beyond_ours", overall - of_ours)
            row |= {f"{name}_{key}": float(value[0]) for key, value in by_set.items()}
        rows.append(row | _accuracy(scored, windows) | _honesty(scored, windows))
    return rows


def _rising(windows: Sequence[Window]) -> NDArray[np.bool_]:
    return np.array([growing(window.y) for window in windows])


def _with_interval(name: str, values: Array) -> Row:
    low, high = np.nanpercentile(values[1:], [2.5, 97.5])
    return {name: float(values[0]), f"{name}_low": float(low), f"{name}_high": float(high)}


def _members(windows: Sequence[Window]) -> dict[str, NDArray[np.bool_]]:
    members = {name: np.array([window.set == name for window in windows]) for name in SETS}
    return {name: here for name, here in members.items() if here.any()}


def _accuracy(scored: Scores, windows: Sequence[Window]) -> Row:
    row: Row = {}
    for name, here in _members(windows).items():
        row[f"smape_{name}"] = float(np.nanmean(scored.smape[here]))
        row[f"mase_{name}"] = float(np.nanmean(scored.mase[here]))
        unscaled = np.isnan(scored.mase[here]) & np.isfinite(scored.covered[here, 0, 0])
        row[f"without_scale_{name}"] = int(unscaled.sum())
    return row


def _honesty(scored: Scores, windows: Sequence[Window]) -> Row:
    members = _members(windows)
    errors = {name: interval_error(scored.covered[here]) for name, here in members.items()}
    by_step = np.array([_coverage(scored.covered[here]) for here in members.values()])
    row: Row = {
        "interval_error": float(np.mean(list(errors.values()))),
        "interval_error_pooled": interval_error(scored.covered),
    }
    row |= {f"interval_error_{name}": error for name, error in errors.items()}
    for k, level in enumerate(LEVEL):
        of_sets = np.nanmean(by_step[:, :, k], axis=1)
        row[f"coverage_{level}"] = float(of_sets.mean())
        row |= {
            f"coverage_{level}_{name}": float(value)
            for name, value in zip(members, of_sets, strict=True)
        }
        row |= {
            f"coverage_{level}_step_{step + 1}": float(np.nanmean(column))
            for step, column in enumerate(by_step[:, :, k].T)
            if np.isfinite(column).any()
        }
    return row


def timing(windows: Sequence[Window]) -> Row:
    """Return the milliseconds of processor time of a series in a panel, and of one call."""
    frames = [
        pd.DataFrame({"unique_id": i, "ds": np.arange(len(window.y)) + 2000, "y": window.y})
        for i, window in enumerate(windows)
    ]
    panel = pd.concat(frames)
    began = time.process_time()
    trend.forecast_panel(panel, STEPS)
    in_panel = 1000 * (time.process_time() - began) / len(windows)
    calls = []
    for window in windows[:100]:
        began = time.process_time()
        trend.forecast(window.y, STEPS)
        calls.append(1000 * (time.process_time() - began))
    return {"ms_panel": in_panel, "ms_call": float(np.median(calls))}


def goals(row: Mapping[str, str | float]) -> str:
    """Return the goals beside what the combination reached."""
    rows = [
        [name, f"at most {most:g}", f"{row[key]:.3g}", "yes" if row[key] <= most else "NO"]
        for key, (name, most) in GOALS.items()
    ]
    return str(tabulate(rows, headers=["goal", "wanted", "reached", "met"], disable_numparse=True))


def printed(rows: Iterable[Mapping[str, str | float]]) -> str:
    """Return the table of models, the most accurate first."""
    sets = {name: f"{name} {'held out' if name in HELD_OUT else 'dev.'}" for name in SETS}
    headers = ["model", "OWA", "95%", *sets.values(), "growing", "interval error"]
    headers += [f"covers {level}%" for level in LEVEL]
    headers += ["CRPS", "95%", "failed", "ms"]
    body = [
        [
            row["model"],
            f"{row['owa']:.3f}",
            f"{row['owa_low']:.3f}-{row['owa_high']:.3f}",
            *(f"{row[f'owa_{name}']:.3f}" for name in sets),
            f"{row['owa_growing']:.3f}",
            f"{row['interval_error']:.3f}",
            *(f"{100 * row[f'coverage_{level}']:.0f}" for level in LEVEL),
            f"{row['crps']:.3f}",
            f"{row['crps_low']:.3f}-{row['crps_high']:.3f}",
            row["failed"],
            f"{row['ms']:.2f}",
        ]
        for row in sorted(rows, key=lambda row: row["owa"])
    ]
    return str(tabulate(body, headers=headers, disable_numparse=True))


def write(rows: Sequence[Row]) -> None:
    """Write the results as CSV, a row for each model, with five significant digits."""
    columns = list(dict.fromkeys(name for row in rows for name in row))
    with RESULTS.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, columns, lineterminator="\n")
        writer.writeheader()
        for row in rows:
            writer.writerow(
                {key: f"{v:.5g}" if isinstance(v, float) else v for key, v in row.items()}
            )


def stored() -> list[Row]:
    """Read the results as they were last written."""
    text = ("model", "package", "date", "data", "command")
    whole = ("windows", "failed")
    with RESULTS.open(encoding="utf-8", newline="") as file:
        return [
            {
                key: v if key in text else int(v) if key in whole else float(v or "nan")
                for key, v in row.items()
            }
            for row in csv.DictReader(file)
        ]


def show(rows: Sequence[Row]) -> None:
    """Print the table of models, and the goals beside what the combination reached."""
    ours = next(row for row in rows if row["model"] == OURS)
    print(f"{ours['date']}, {ours['windows']} windows, {ours['data']}, {ours['package']}\n")
    print(printed(rows), goals(ours), sep="\n\n")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    chosen = parser.add_mutually_exclusive_group(required=True)
    chosen.add_argument(
        "directory", type=Path, nargs="?", help="where series.json and the forecasts are"
    )
    chosen.add_argument("--stored", action="store_true", help="print the table as last made")
    options = parser.parse_args()
    if options.stored:
        show(stored())
        return
    windows, left_out, source = read(options.directory / "series.json")
    made = [
        *load(options.directory / "own.npz", windows),
        *load(options.directory / "peers.npz", windows),
    ]
    rows = table(made, windows)
    rows[0] |= timing(windows)
    stamp: Row = {"date": date.today().isoformat(), "data": source, "command": COMMAND}
    write([row | stamp for row in rows])
    show(stored())
    counts = ", ".join(
        f"{name} {here.sum()} ({left_out[name]} shorter series left out)"
        for name, here in _members(windows).items()
    )
    print(f"\nWindows: {counts}; growing: {_rising(windows).sum()}")
    for one in made:
        alike = Counter(re.sub(r"-?\d[\d.e+-]*", "...", reason) for reason in one.reasons.values())
        for reason, count in alike.most_common():
            print(f"{one.name} failed on {count}: {reason}")


if __name__ == "__main__":
    main()
