"""Forecast the windows with the models of `cbec.trend` (run in .venv).

    .venv/bin/python -m benchmarks.own _build/bench/series.json _build/bench/own.npz

The logit trend is left out: it is for shares. The series are shared out among all cores, a model
after the other; each process keeps to one thread.
"""

from __future__ import annotations

import argparse
import warnings
from collections.abc import Sequence
from pathlib import Path

import joblib
import numpy as np

import cbec
from benchmarks.windows import LEVEL, Array, Forecasts, Said, Window, read, save, told
from benchmarks.windows import forecasts as run
from cbec import trend
from cbec.trend.forecasting import fit

NAMES = tuple(name for name, model in trend.MODELS.items() if not model.share)
CHUNK = 40


def forecasts(name: str, windows: Sequence[Window]) -> Forecasts:
    """Run a model on windows, and record what failed and why."""

    def model(y: Array, horizon: int) -> Said:
        path = fit(trend.MODELS[name], y, horizon, LEVEL)
        return path.mean, path.lower, path.upper

    return run(name, f"cbec {cbec.__version__}", model, windows)


def _quietly(name: str, windows: Sequence[Window]) -> Forecasts:
    with warnings.catch_warnings(), np.errstate(all="ignore"):
        warnings.simplefilter("ignore")
        return forecasts(name, windows)


def in_parallel(name: str, windows: Sequence[Window]) -> Forecasts:
    """Run a model on windows, shared out among all cores."""
    starts = range(0, len(windows), CHUNK)
    parts = joblib.Parallel(n_jobs=-1)(
        joblib.delayed(_quietly)(name, windows[start : start + CHUNK]) for start in starts
    )
    stacked = [
        np.concatenate([getattr(part, field) for part in parts])
        for field in ("mean", "lower", "upper", "ms")
    ]
    reasons = {
        start + i: reason
        for start, part in zip(starts, parts, strict=True)
        for i, reason in part.reasons.items()
    }
    return told(Forecasts(name, parts[0].package, *stacked, reasons))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("series", type=Path, help="what benchmarks/series.py wrote")
    parser.add_argument("target", type=Path, help="the file of the forecasts")
    options = parser.parse_args()
    windows, _, _ = read(options.series)
    save(options.target, windows, [in_parallel(name, windows) for name in NAMES])


if __name__ == "__main__":
    main()
