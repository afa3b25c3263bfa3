"""Score all forecasts of the windows, and print the tables of models (run in .venv).

    .venv/bin/python -m benchmarks.compare _build/bench    # or --stored: the tables as last made

The directory holds what series.py, own.py and peers.py wrote. Every measure is taken for each data
set and averaged over the three with equal weights. A model that failed on some windows is compared
with the naive forecast of the others. Intervals are percentiles of 1000 bootstrap samples of the
series of each data set, the same samples for all models. What outside.py stored is printed below.
"""

from __future__ import annotations

import argparse
import csv
import re
import time
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.stats import rankdata
from tabulate import tabulate

from benchmarks.windows import (
    DEVELOPMENT,
    LEVEL,
    MEDIAN,
    STEPS,
    Array,
    Forecasts,
    Window,
    load,
    read,
)
from cbec import trend
from cbec.trend import accuracy

OURS, REFERENCE = "combination", "naive"
DRAWS, SEED = 1000, 4
COMMAND = "make bench-forecast"
RESULTS, OUTSIDE = (Path(__file__).with_name(name) for name in ("results.csv", "outside.csv"))
# The kinds of windows of outside.csv.
IN_TURN, LAST_16 = "last 9 to 16", "last 16"
SAMPLE, PUBLISHED = f"{IN_TURN}, sample", "whole history"

WORSE = 0.01
"""How much greater the OWA may be on a data set than that of the best single model."""
GOALS = {
    "owa": ("mean OWA", 0.815),
    "failed": ("failed calls", 0),
    "ms_panel": ("ms a series in a panel", 2),
    "ms_call": ("ms a call", 10),
}
"""What the combination is to reach: column of the results, its name, and the most it may be."""
OUTSIDE_GOALS = {
    (LAST_16, "all", "owa"): 0.774,
    (LAST_16, "all", "msis"): 23.9,
    (IN_TURN, "all", "owa"): 0.785,
    (IN_TURN, "all", "crps"): 0.68,
    (IN_TURN, "all", "interval_error"): 0.01,
    (IN_TURN, "growing", "owa"): 0.65,
}
"""The same on the series of outside.py, by window, group and column."""

Row = dict[str, str | float]


@dataclass(frozen=True)
class Scores:
    """The errors of a model, NaN where it failed or where a measure would divide by zero.

    Attributes
    ----------
    smape, mase, msis, crps : ndarray, shape (windows,)
        The last two divided by the scale: MSIS is the mean interval score at 95%.
    covered : ndarray, shape (windows, steps, levels)
        1 where the outcome lay in the interval, else 0.
    """

    smape: Array
    mase: Array
    msis: Array
    crps: Array
    covered: Array

    def of(self, here: NDArray[np.int_]) -> Scores:
        """Return the errors on some windows."""
        return Scores(*(getattr(self, name)[here] for name in self.__dataclass_fields__))


def score(made: Forecasts, windows: Sequence[Window], scale: Array | None = None) -> Scores:
    """Take all measures of a model's forecasts, scaled by the mean absolute step of the window."""
    count = len(windows)
    smape, mase, msis, crps = np.full((4, count), np.nan)
    covered = np.full((count, STEPS, len(LEVEL)), np.nan)
    if scale is None:
        scale = np.array([accuracy.mase_scale(window.y) for window in windows])
    steps = np.array([len(window.actual) for window in windows])
    for horizon in np.unique(steps):
        here = np.flatnonzero((steps == horizon) & np.isfinite(made.mean[:, 0]))
        if not here.size:
            continue
        actual = np.array([windows[i].actual for i in here])
        mean, lower, upper = (part[here, :horizon] for part in (made.mean, made.lower, made.upper))
        smape[here] = accuracy.smape(actual, mean)
        mase[here] = accuracy.mase(actual, mean, scale[here])
        quantiles = accuracy.quantiles_from_intervals(mean, lower, upper, LEVEL)
        widest = accuracy.interval_score(actual, lower[..., -1], upper[..., -1], LEVEL[-1])
        for scaled, plain in (
            (msis, widest),
            (crps, accuracy.crps_from_quantiles(actual, *quantiles)),
        ):
            with np.errstate(divide="ignore", invalid="ignore"):
                scaled[here] = np.where(scale[here] > 0, plain / scale[here], np.nan)
        for k in range(len(LEVEL)):
            ends = (lower[..., k, None], upper[..., k, None])
            covered[here, :horizon, k] = accuracy.coverage(actual[..., None], *ends)
    return Scores(smape, mase, msis, crps, covered)


def growing(y: Array) -> bool:
    """Tell whether a series rose by half or more, and in nearly every year."""
    return bool(y[0] > 0 and y[-1] >= 1.5 * y[0] and _rank_correlation(y) >= 0.9)


def _rank_correlation(y: Array) -> float:
    return float(np.corrcoef(np.arange(len(y)), rankdata(y))[0, 1])


def slowing(y: Array) -> bool:
    """Tell whether a growing series lately grew at less than 0.6 of its first rates."""
    if not growing(y):
        return False
    with np.errstate(divide="ignore", invalid="ignore"):
        rates = np.diff(y) / y[:-1]
    return bool(rates[-2:].mean() < 0.6 * rates[:2].mean())


def falling(y: Array) -> bool:
    """Tell whether the median step is negative."""
    return bool(np.median(np.diff(y)) < 0)


def fallen(y: Array) -> bool:
    """Tell whether a series lost a tenth or more, and in most years."""
    return bool(y[0] > 0 and y[-1] <= 0.9 * y[0] and _rank_correlation(y) <= -0.6)


def short(y: Array) -> bool:
    """Tell whether a window has 11 points or fewer."""
    return len(y) <= 11


Groups = Mapping[str, Callable[[Array], bool]]
GROUPS: Groups = {"falling": falling, "growing": growing, "slowing": slowing, "short": short}


def grouped(windows: Sequence[Window], groups: Groups = GROUPS) -> dict[str, NDArray[np.bool_]]:
    """Return which windows belong to each group."""
    return {name: np.array([has(one.y) for one in windows]) for name, has in groups.items()}


def samples(windows: Sequence[Window]) -> dict[str, Array]:
    """Return how often each window counts: once, then as drawn from its data set.

    Returns
    -------
    dict of str to ndarray, shape (1 + draws, windows)
        By data set; zero for the windows of the others.
    """
    rng = np.random.default_rng(SEED)
    drawn = {}
    for name in dict.fromkeys(window.set for window in windows):
        here = np.array([window.set == name for window in windows])
        counts = np.zeros((1 + DRAWS, len(windows)))
        counts[0, here] = 1
        counts[1:, here] = rng.multinomial(here.sum(), np.full(here.sum(), 1 / here.sum()), DRAWS)
        drawn[name] = counts
    return drawn


def owa(made: Scores, naive: Scores, counts: Array) -> Array:
    """Return the OWA of each sample, NaN without a forecast or an error of the naive one."""
    smape, smape_naive = _means(made.smape, naive.smape, counts)
    mase, mase_naive = _means(made.mase, naive.mase, counts)
    smape_naive, mase_naive = (
        np.where(each > 0, each, np.nan) for each in (smape_naive, mase_naive)
    )
    return (smape / smape_naive + mase / mase_naive) / 2


def relative_crps(made: Scores, naive: Scores, counts: Array) -> Array:
    """Return the CRPS of each sample over that of the naive forecast."""
    crps, crps_naive = _means(made.crps, naive.crps, counts)
    return crps / crps_naive


def _means(made: Array, naive: Array, counts: Array) -> tuple[Array, Array]:
    """Return the means of both over the windows that both have, for each sample."""
    both = np.isfinite(made) & np.isfinite(naive)
    total = counts @ both
    with np.errstate(invalid="ignore"):
        return tuple(counts @ np.where(both, part, 0.0) / total for part in (made, naive))


def averaged(made: Array, counts: Array) -> Array:
    """Return the mean of each sample over the windows that have a value."""
    return _means(made, made, counts)[0]


def coverage(scored: Scores, counts: Array) -> Array:
    """Return the coverage of each sample by step and level, NaN beyond the horizon."""
    known = np.isfinite(scored.covered)
    inside = np.where(known, scored.covered, 0.0)
    with np.errstate(invalid="ignore"):
        return np.tensordot(counts, inside, 1) / np.tensordot(counts, known.astype(float), 1)


def interval_error(covered: Array) -> Array:
    """Return how far coverage is from nominal, averaged over steps and levels."""
    missed = np.abs(covered - np.array(LEVEL) / 100)
    # Not nanmean, which warns of a group on which a model failed altogether.
    with np.errstate(invalid="ignore"):
        return np.nansum(missed, axis=(-2, -1)) / np.isfinite(missed).sum(axis=(-2, -1))


def table(made: Sequence[Forecasts], windows: Sequence[Window]) -> list[Row]:
    """Return a row of results for each model, the combination's timing left out."""
    scores = [score(one, windows) for one in made]
    naive = scores[[one.name for one in made].index(REFERENCE)]
    drawn = samples(windows)
    measured: dict[str, tuple[Callable[[Scores, Scores, Array], Array], dict[str, Array]]] = {
        "owa": (owa, drawn),
        "crps": (relative_crps, drawn),
    }
    for name, here in grouped(windows).items():
        measured[f"owa_{name}"] = (owa, {key: counts * here for key, counts in drawn.items()})
    rows = []
    for one, scored in zip(made, scores, strict=True):
        row: Row = {
            "model": one.name,
            "package": one.package,
            "windows": len(windows),
            "failed": len(one.reasons),
            "ms": float(np.nanmean(one.ms)),
        }
        for name, (measure, samples_of) in measured.items():
            by_set = {key: measure(scored, naive, each) for key, each in samples_of.items()}
            row |= with_interval(name, np.mean(list(by_set.values()), axis=0))
            row |= {f"{name}_{key}": float(value[0]) for key, value in by_set.items()}
        rows.append(row | _by_set(scored, drawn))
    return rows


def with_interval(name: str, values: Array) -> Row:
    """Return a measure and its bootstrap interval, from its value and those of the samples."""
    known = values[1:][np.isfinite(values[1:])]
    low, high = np.percentile(known, [2.5, 97.5]) if known.size else (np.nan, np.nan)
    return {name: float(values[0]), f"{name}_low": float(low), f"{name}_high": float(high)}


def _by_set(scored: Scores, drawn: Mapping[str, Array]) -> Row:
    """Return the measures without intervals: errors by data set, and what the intervals held."""
    once = {key: counts[:1] for key, counts in drawn.items()}
    row = {
        f"{name}_{key}": float(averaged(getattr(scored, name), counts)[0])
        for name in ("smape", "mase", "msis")
        for key, counts in once.items()
    }
    covered = {key: coverage(scored, counts)[0] for key, counts in once.items()}
    errors = {key: float(interval_error(each)) for key, each in covered.items()}
    row["interval_error"] = float(np.mean(list(errors.values())))
    row |= {f"interval_error_{key}": error for key, error in errors.items()}
    of_sets = np.mean([np.nanmean(each, axis=0) for each in covered.values()], axis=0)
    return row | {f"coverage_{level}": float(of_sets[k]) for k, level in enumerate(LEVEL)}


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


def goals(rows: Sequence[Row], outside: Sequence[Row]) -> str:
    """Return the goals beside what the combination reached."""
    ours = next(row for row in rows if row["model"] == OURS)
    lines = [(name, most, ours[column]) for column, (name, most) in GOALS.items()]
    for name in DEVELOPMENT:
        column = f"owa_{name}"
        single = (row for row in rows if row["model"] not in (OURS, MEDIAN))
        best = min(single, key=lambda row: row[column])
        beyond = f"OWA on {name} beyond that of {best['model']}, the best single model"
        lines.append((beyond, WORSE, ours[column] - best[column]))
    lines += [
        (f"interval error on {name}", None, ours[f"interval_error_{name}"]) for name in DEVELOPMENT
    ]
    for row in outside:
        for (window, group, column), most in OUTSIDE_GOALS.items():
            if (row["model"], row["window"], row["group"]) == (OURS, window, group):
                lines.append((f"M4, {window}, {group}: {column}", most, row[column]))
    body = [
        [name, "", f"{reached:.3g}", ""]
        if most is None
        else [name, f"at most {most:g}", f"{reached:.3g}", "yes" if reached <= most else "NO"]
        for name, most, reached in lines
    ]
    return str(tabulate(body, headers=["goal", "wanted", "reached", "met"], disable_numparse=True))


def printed(rows: Iterable[Row], name: str = "") -> str:
    """Return the table of models, the most accurate first: the means, or those of a data set."""
    at = f"_{name}" if name else ""
    measured = ["owa", *(f"owa_{group}" for group in GROUPS), "crps", "interval_error"]
    measured += ["smape", "mase", "msis"] if name else []
    columns = {f"{column}{at}": column for column in measured}
    if not name:
        columns |= {f"coverage_{level}": f"covers {level}%" for level in LEVEL}
        columns |= {"failed": "failed", "ms": "ms"}
    return _shown(
        sorted(rows, key=lambda row: row[f"owa{at}"]),
        {"model": name or "mean of the sets", **columns},
    )


def printed_outside(rows: Sequence[Row]) -> str:
    """Return the table of the outside test, in the order of the file."""
    columns = ("owa", "smape", "mase", "msis", "crps", *(f"coverage_{level}" for level in LEVEL))
    names = ("window", "group", "model", "series", "failed", *columns, "interval_error")
    return _shown(rows, {name: name for name in names})


def _shown(rows: Iterable[Row], columns: Mapping[str, str]) -> str:
    def cell(row: Row, column: str) -> str:
        value = row.get(column, "")
        if not isinstance(value, float):
            return str(value)
        text = "" if np.isnan(value) else f"{value:.3f}"
        if not column.startswith(("owa", "crps")):
            return text
        low, high = (row.get(f"{column}_{end}", np.nan) for end in ("low", "high"))
        return f"{text} ({low:.3f}-{high:.3f})" if low < high else text

    body = [[cell(row, column) for column in columns] for row in rows]
    return str(tabulate(body, headers=list(columns.values()), disable_numparse=True))


def write(rows: Sequence[Row], path: Path) -> None:
    """Write results as CSV, with five significant digits; empty where there is no number."""
    columns = list(dict.fromkeys(name for row in rows for name in row))
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, columns, lineterminator="\n")
        writer.writeheader()
        for row in rows:
            writer.writerow({key: _text(value) for key, value in row.items()})


def _text(value: str | float) -> str | float:
    if not isinstance(value, float):
        return value
    return "" if np.isnan(value) else f"{value:.5g}"


def stored(path: Path) -> list[Row]:
    """Read results as they were last written; none if they haven't been made."""
    text = ("model", "package", "window", "group", "date", "data", "commit", "command")
    whole = ("windows", "series", "failed")
    if not path.exists():
        return []
    with path.open(encoding="utf-8", newline="") as file:
        return [
            {
                key: v if key in text else int(v) if key in whole and v else float(v or "nan")
                for key, v in row.items()
            }
            for row in csv.DictReader(file)
        ]


def show() -> None:
    """Print the stored tables, and the goals beside what the combination reached."""
    rows, outside = stored(RESULTS), stored(OUTSIDE)
    ours = next((row for row in rows if row["model"] == OURS), None)
    if ours is None:
        raise SystemExit(f"{RESULTS} has no row of {OURS}; restore it from git or run {COMMAND}")
    print(f"{ours['date']}, {ours['windows']} windows, {ours['data']}, {ours['package']}")
    for name in ("", *DEVELOPMENT):
        print(f"\n{printed(rows, name)}")
    print()
    show_outside(outside)
    print(f"\n{goals(rows, outside)}")


def show_outside(rows: Sequence[Row]) -> None:
    """Print the table of the outside test, or how it is made."""
    if not rows:
        print(f"The outside test hasn't been made: {COMMAND} M4=FOLDER (see benchmarks/README.md)")
        return
    print(f"Outside test, {rows[0]['date']}, commit {rows[0]['commit']}, {rows[0]['data']}\n")
    print(printed_outside(rows))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    chosen = parser.add_mutually_exclusive_group(required=True)
    chosen.add_argument(
        "directory", type=Path, nargs="?", help="where series.json and the forecasts are"
    )
    chosen.add_argument("--stored", action="store_true", help="print the table as last made")
    options = parser.parse_args()
    if options.stored:
        show()
        return
    windows, left_out, source = read(options.directory / "series.json")
    made = [
        *load(options.directory / "own.npz", windows),
        *load(options.directory / "peers.npz", windows),
    ]
    rows = table(made, windows)
    rows[0] |= timing(windows)
    stamp: Row = {"date": date.today().isoformat(), "data": source, "command": COMMAND}
    write([row | stamp for row in rows], RESULTS)
    show()
    groups, of_set = grouped(windows), np.array([window.set for window in windows])
    for name in DEVELOPMENT:
        counts = ", ".join(
            f"{group} {(of_set[here] == name).sum()}" for group, here in groups.items()
        )
        short_of = f"{left_out[name]} series left out as too short"
        print(f"{name}: {(of_set == name).sum()} windows ({counts}); {short_of}")
    for one in made:
        alike = Counter(re.sub(r"-?\d[\d.e+-]*", "...", reason) for reason in one.reasons.values())
        for reason, count in alike.most_common():
            print(f"{one.name} failed on {count}: {reason}")


if __name__ == "__main__":
    main()
