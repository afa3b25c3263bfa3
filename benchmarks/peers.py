"""Forecast the windows with the models of statsforecast and statsmodels (run in .venv-bench).

    .venv-bench/bin/python -m benchmarks.peers _build/bench/series.json _build/bench/peers.npz

Every model runs with its own defaults and its own intervals, on one core: set
OMP_NUM_THREADS and OPENBLAS_NUM_THREADS to 1, as `make bench-forecast` does. Two rows are made of
them: the median of four models, of their means and of their intervals' ends; and conformal
intervals around the drift, from the series' own past errors.
"""

from __future__ import annotations

import argparse
import warnings
from importlib.metadata import version
from pathlib import Path

import numpy as np
import pandas as pd
from statsforecast import models as sf
from statsmodels.tsa.exponential_smoothing.ets import ETSModel

from benchmarks.windows import (
    LEVEL,
    MEDIAN,
    Array,
    Forecasts,
    Model,
    Said,
    forecasts,
    read,
    save,
    told,
)

MEDIAN_OF = ("AutoETS", "AutoCES", "AutoARIMA", "DynamicOptimizedTheta")
CONFORMAL = "drift with conformal intervals"


def of_statsforecast(model: sf._TS) -> Model:
    def run(y: Array, horizon: int) -> Said:
        made = model.forecast(y=y, h=horizon, level=list(LEVEL))
        ends = (
            np.stack([np.asarray(made[f"{end}-{wanted}"]) for wanted in LEVEL], axis=1)
            for end in ("lo", "hi")
        )
        return np.asarray(made["mean"]), *ends

    return run


def of_statsmodels(*, damped: bool) -> Model:
    def run(y: Array, horizon: int) -> Said:
        model = ETSModel(pd.Series(y), error="add", trend="add", damped_trend=damped)
        predicted = model.fit(disp=False).get_prediction(start=len(y), end=len(y) + horizon - 1)
        frames = [predicted.summary_frame(alpha=1 - wanted / 100) for wanted in LEVEL]
        ends = (
            np.stack([frame[f"pi_{end}"].to_numpy() for frame in frames], axis=1)
            for end in ("lower", "upper")
        )
        return frames[0]["mean"].to_numpy(), *ends

    return run


def conformal_drift(y: Array, horizon: int) -> Said:
    """Forecast the mean step, with split conformal intervals from rolling origins.

    The errors from every origin with at least three values before it, divided by the root of their
    step, are pooled. The half-width is their quantile with the correction for a finite sample, the
    largest where they are too few, times the root of the step.
    """
    errors = []
    for origin in range(3, len(y)):
        past, steps = y[:origin], np.arange(1, min(horizon, len(y) - origin) + 1)
        ahead = past[-1] + steps * (past[-1] - past[0]) / (origin - 1)
        errors += (np.abs(y[origin : origin + len(steps)] - ahead) / np.sqrt(steps)).tolist()
    steps = np.arange(1, horizon + 1)
    mean = y[-1] + steps * (y[-1] - y[0]) / (len(y) - 1)
    ranks = [min(len(errors), int(np.ceil((len(errors) + 1) * p / 100))) - 1 for p in LEVEL]
    half = np.sqrt(steps)[:, None] * np.sort(errors)[ranks]
    return mean, mean[:, None] - half, mean[:, None] + half


def peers() -> dict[tuple[str, str], Model]:
    """Return the models by name and package."""
    season = {"season_length": 1}
    ours = {
        "Naive": sf.Naive(),
        "RandomWalkWithDrift": sf.RandomWalkWithDrift(),
        "AutoARIMA": sf.AutoARIMA(**season),
        "AutoETS": sf.AutoETS(**season),
        "AutoCES": sf.AutoCES(**season),
        "AutoTheta": sf.AutoTheta(**season),
        "DynamicOptimizedTheta": sf.DynamicOptimizedTheta(**season),
    }
    statsforecast, statsmodels = (f"{p} {version(p)}" for p in ("statsforecast", "statsmodels"))
    return {
        **{(name, statsforecast): of_statsforecast(model) for name, model in ours.items()},
        ("Holt", statsmodels): of_statsmodels(damped=False),
        ("damped Holt", statsmodels): of_statsmodels(damped=True),
        (CONFORMAL, "benchmarks/peers.py"): conformal_drift,
    }


def median(made: list[Forecasts]) -> Forecasts:
    """Return the median of four models; a window where one of them failed has failed."""
    four = [one for one in made if one.name in MEDIAN_OF]
    reasons = {i: f"{one.name}: {reason}" for one in four for i, reason in one.reasons.items()}
    parts = [
        np.median([getattr(one, part) for one in four], axis=0)
        for part in ("mean", "lower", "upper")
    ]
    return Forecasts(
        MEDIAN, four[0].package, *parts, np.sum([one.ms for one in four], axis=0), reasons
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("series", type=Path, help="what benchmarks/series.py wrote")
    parser.add_argument("target", type=Path, help="the file of the forecasts")
    options = parser.parse_args()
    windows, _, _ = read(options.series)
    warnings.simplefilter("ignore")
    made = [told(forecasts(*key, model, windows)) for key, model in peers().items()]
    save(options.target, windows, [*made, median(made)])


if __name__ == "__main__":
    main()
