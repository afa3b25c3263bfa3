"""The short windows that the models are compared on, and arrays of what was forecast for them.

Used in both environments: it needs numpy alone.
"""

from __future__ import annotations

import json
import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]
# Median forecast, and both ends at each level.
Said = tuple[Array, Array, Array]
Model = Callable[[Array, int], Said]

DEVELOPMENT = ("M1", "tourism", "M3")
# The row of peers.py that is no single model.
MEDIAN = "median of ETS, CES, ARIMA and dynamic Theta"
SHORTEST, LONGEST = 9, 16
LEVEL = (80, 95)
STEPS = 6


@dataclass(frozen=True)
class Window:
    """The last points of a series before its hold-out, and the hold-out.

    Attributes
    ----------
    set, id : str
        Data set and series.
    y : ndarray, shape (n,)
        From `SHORTEST` to `LONGEST` values.
    actual : ndarray, shape (horizon,)
        What followed: 6 values, for tourism 4.
    """

    set: str
    id: str
    y: Array
    actual: Array


@dataclass(frozen=True)
class Forecasts:
    """What a model said of a number of windows.

    Attributes
    ----------
    name, package : str
        Model, and the package with its version.
    mean : ndarray, shape (windows, 6)
        Point forecasts, NaN beyond the horizon of a window and where the model failed.
    lower, upper : ndarray, shape (windows, 6, 2)
        Ends of the intervals at 80 and 95%.
    ms : ndarray, shape (windows,)
        Milliseconds of processor time.
    reasons : Mapping of int to str
        Why it failed, by the position of the window.
    """

    name: str
    package: str
    mean: Array
    lower: Array
    upper: Array
    ms: Array
    reasons: Mapping[int, str]

    @classmethod
    def empty(cls, name: str, package: str, count: int) -> Forecasts:
        """Return arrays of NaN to be filled."""
        mean = np.full((count, STEPS), np.nan)
        ends = np.full((count, STEPS, len(LEVEL)), np.nan)
        return cls(name, package, mean, ends, ends.copy(), np.full(count, np.nan), {})


def read(path: Path) -> tuple[list[Window], Mapping[str, int], str]:
    """Read what series.py wrote: the windows, how many series are too short, and the source."""
    content = json.loads(path.read_text(encoding="utf-8"))
    left_out = Counter(item["set"] for item in content["series"] if len(item["before"]) < SHORTEST)
    return list(cut(content["series"])), left_out, content["source"]


def cut(series: Sequence[Mapping[str, Any]]) -> Iterator[Window]:
    """Cut each series to its last 9 to 16 values.

    A series with fewer than 16 values before its hold-out is kept whole, and left out below 9. The
    others get lengths from 9 to 16 in turn, by their position in the data set: their ``place``, if
    they are a part of it.
    """
    seen: Counter[str] = Counter()
    for item in series:
        place = item.get("place", seen[item["set"]])
        seen[item["set"]] += 1
        before = np.array(item["before"], dtype=np.float64)
        if len(before) < SHORTEST:
            continue
        turn = SHORTEST + place % (LONGEST - SHORTEST + 1)
        n = turn if len(before) >= LONGEST else len(before)
        actual = np.array(item["after"], dtype=np.float64)
        yield Window(item["set"], item["id"], before[-n:], actual)


def forecasts(name: str, package: str, model: Model, windows: Sequence[Window]) -> Forecasts:
    """Run a model on every window, and record what failed and why."""
    made = Forecasts.empty(name, package, len(windows))
    reasons = {}
    # The first call loads what the others find loaded.
    model(np.linspace(1.0, 2.0, 12) ** 2, STEPS)
    for i, window in enumerate(windows):
        horizon = len(window.actual)
        began = time.process_time()
        try:
            mean, lower, upper = model(window.y, horizon)
        except Exception as error:
            reasons[i] = f"{type(error).__name__}: {error}"
            continue
        made.ms[i] = 1000 * (time.process_time() - began)
        if not all(np.isfinite(part).all() for part in (mean, lower, upper)):
            reasons[i] = "a forecast or an end of an interval isn't finite"
            continue
        made.mean[i, :horizon] = mean
        made.lower[i, :horizon], made.upper[i, :horizon] = lower, upper
    return Forecasts(name, package, made.mean, made.lower, made.upper, made.ms, reasons)


def told(made: Forecasts) -> Forecasts:
    """Print what a model took and how often it failed, and return its forecasts."""
    spent = np.nanmean(made.ms)
    print(f"{made.name}: {spent:.2f} ms a series, {len(made.reasons)} failed", flush=True)
    return made


def save(path: Path, windows: Sequence[Window], made: Sequence[Forecasts]) -> None:
    """Write forecasts as a compressed file of arrays."""
    told = [
        {"name": one.name, "package": one.package, "reasons": one.reasons.items()} for one in made
    ]
    path.parent.mkdir(parents=True, exist_ok=True)
    np.savez_compressed(
        path,
        windows=np.array([f"{window.set} {window.id} {len(window.y)}" for window in windows]),
        models=np.array(json.dumps([{**one, "reasons": list(one["reasons"])} for one in told])),
        mean=np.array([one.mean for one in made]),
        lower=np.array([one.lower for one in made]),
        upper=np.array([one.upper for one in made]),
        ms=np.array([one.ms for one in made]),
    )


def load(path: Path, windows: Sequence[Window]) -> list[Forecasts]:
    """Read what `save` wrote, if it was made for these windows."""
    with np.load(path) as stored:
        wanted = [f"{window.set} {window.id} {len(window.y)}" for window in windows]
        if stored["windows"].tolist() != wanted:
            raise SystemExit(f"{path} was made for other windows; remove it and run again")
        parts = zip(
            json.loads(str(stored["models"])),
            *(stored[name] for name in ("mean", "lower", "upper", "ms")),
            strict=True,
        )
        return [
            Forecasts(one["name"], one["package"], *arrays, dict(one["reasons"]))
            for one, *arrays in parts
        ]
