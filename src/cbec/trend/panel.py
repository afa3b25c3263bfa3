"""Forecasting many series at once."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from cbec.errors import TrendError
from cbec.trend.api import checked_model, fit
from cbec.trend.options import as_integer, checked_horizon, checked_levels, level_label, shown
from cbec.trend.series import Annual, annual

__all__ = ["forecast_panel"]

_COLUMNS = ("unique_id", "ds", "y")
# The most series in one task of a parallel run, and the tasks that each process gets at least.
_CHUNK = 50
_TASKS = 4


def forecast_panel(
    frame: pd.DataFrame,
    horizon: int,
    level: Sequence[float] = (80, 95),
    *,
    model: str = "combination",
    n_jobs: int = 1,
) -> pd.DataFrame:
    """Forecast each series of a long table.

    Parameters
    ----------
    frame : DataFrame
        Columns ``unique_id`` (name of the series), ``ds`` (year, or a date in it) and ``y``
        (value), in any order of rows. Each series needs at least five consecutive years.
    horizon : int
        Years ahead, from 1 to 100.
    level : sequence of float
        Nominal coverages of the intervals in percent, each from 1 to below 100.
    model : str
        A name of `cbec.trend.MODELS`.
    n_jobs : int
        Processes to use, as joblib counts them: 1 for none besides this one, -1 for one a core.

    Returns
    -------
    DataFrame
        ``unique_id``, ``ds``, ``mean``, and for each level ``lower-80`` and ``upper-80``; the
        series in the order of their first row.

    Raises
    ------
    TrendError
        If a column is missing, or series can't be forecast: all of them are named, each with its
        reason, and nothing is returned.

    Notes
    -----
    The work goes through `joblib.Parallel`, so joblib's backends serve. To use a Dask cluster,
    install ``cbec[dask]`` and write::

        import joblib
        from dask.distributed import Client

        client = Client("tcp://scheduler:8786")
        with joblib.parallel_config(backend="dask"):
            made = forecast_panel(frame, 6, n_jobs=-1)

    Ray registers its backend with ``ray.util.joblib.register_ray()``; then it is
    ``joblib.parallel_config(backend="ray")``.

    Examples
    --------
    >>> years = range(2019, 2025)
    >>> one = pd.DataFrame({"unique_id": "a", "ds": years, "y": [5, 6, 7, 8, 9, 10]})
    >>> two = pd.DataFrame({"unique_id": "b", "ds": years, "y": [3, 3, 4, 4, 5, 5]})
    >>> forecast_panel(pd.concat([one, two]), 1, model="naive", level=[80]).round(2)
      unique_id    ds  mean  lower-80  upper-80
    0         a  2025  10.0      8.72     11.28
    1         b  2025   5.0      4.19      5.81
    """
    import joblib

    steps, levels, chosen = checked_horizon(horizon), checked_levels(level), checked_model(model)
    names, series = _series(frame)
    jobs = as_integer(n_jobs)
    if not jobs:
        raise TrendError(
            f"n_jobs is {shown(n_jobs)}; give a number of processes, or -1 for one on each core"
        )
    jobs = min(jobs, len(series))
    tasks = _TASKS * joblib.effective_n_jobs(jobs)
    size = min(_CHUNK, -(-len(series) // tasks))
    chunks = [series[start : start + size] for start in range(0, len(series), size)]
    # One process needs no pool: joblib runs the chunks here, unless a cluster is configured.
    results = joblib.Parallel(n_jobs=jobs)(
        joblib.delayed(_forecast)(chunk, steps, levels, chosen.name) for chunk in chunks
    )
    made = [result for chunk in results for result in chunk]
    failed = [
        f"{name}: {result}"
        for name, result in zip(names, made, strict=True)
        if isinstance(result, str)
    ]
    if failed:
        raise TrendError(_named(failed, len(names)))
    numbers = np.concatenate(made)
    columns: dict[str, Any] = {
        "unique_id": [name for name in names for _ in range(steps)],
        "ds": np.concatenate([one.ahead(steps) for one in series]),
        "mean": numbers[:, 0],
    }
    for j, wanted in enumerate(levels):
        columns[f"lower-{level_label(wanted)}"] = numbers[:, 1 + 2 * j]
        columns[f"upper-{level_label(wanted)}"] = numbers[:, 2 + 2 * j]
    return pd.DataFrame(columns)


def _series(frame: pd.DataFrame) -> tuple[list[Any], list[Annual]]:
    if not isinstance(frame, pd.DataFrame):
        raise TrendError(
            f"the frame is of the type {type(frame).__name__}; give a DataFrame with unique_id, ds "
            "(year) and y (value), or use cbec.trend.forecast for one series"
        )
    missing = [column for column in _COLUMNS if column not in frame.columns]
    if missing:
        raise TrendError(
            f"the frame lacks {', '.join(missing)}; give unique_id, ds (year) and y (value)"
        )
    twice = [column for column in _COLUMNS if list(frame.columns).count(column) > 1]
    if twice:
        raise TrendError(f"the frame has {', '.join(twice)} twice; keep one column of each name")
    if frame.empty:
        raise TrendError("the frame has no rows; give at least one series")
    unnamed = frame["unique_id"].isna()
    if unnamed.any():
        raise TrendError(f"row {int(np.flatnonzero(unnamed)[0])} has no unique_id; name its series")
    undated = frame["ds"].isna()
    if undated.any():
        raise TrendError(f"row {int(np.flatnonzero(undated)[0])} has no ds; give its year")
    years = frame["ds"].to_numpy()
    try:
        codes, unique = pd.factorize(frame["unique_id"])
    except TypeError:
        raise TrendError("unique_id holds lists or the like; give texts or numbers") from None
    names = list(unique)
    try:
        order = np.argsort(years, kind="stable")
    except (TypeError, ValueError):
        first = years[0]
        other = next((year for year in years if type(year) is not type(first)), first)
        raise TrendError(
            f"ds holds {shown(first)} and {shown(other)}, which have no order; give whole numbers, "
            "or dates of one type"
        ) from None
    order = order[np.argsort(codes[order], kind="stable")]
    ends = np.cumsum(np.bincount(codes))[:-1]
    values, years_of = frame["y"].to_numpy()[order], years[order]
    series, failed = [], []
    parts = zip(names, np.split(values, ends), np.split(years_of, ends), strict=True)
    for name, own, own_years in parts:
        try:
            series.append(annual(own, own_years))
        except TrendError as error:
            failed.append(f"{name}: {error}")
    if failed:
        raise TrendError(_named(failed, len(names)))
    return names, series


def _named(failed: Sequence[str], count: int) -> str:
    listed = "\n".join(f"  {line}" for line in failed)
    return f"{len(failed)} of {count} series can't be forecast; mend or drop them:\n{listed}"


def _forecast(
    series: Sequence[Annual], horizon: int, level: Sequence[float], model: str
) -> list[NDArray[np.float64] | str]:
    """Return for each series an array of shape (horizon, 1 + 2 * levels), or why there is none."""
    chosen = checked_model(model)
    results: list[NDArray[np.float64] | str] = []
    for one in series:
        try:
            path = fit(chosen, one.values, horizon, level)
        except TrendError as error:
            results.append(str(error))
            continue
        ends = np.stack([path.lower, path.upper], axis=2).reshape(horizon, -1)
        numbers = np.concatenate([path.mean[:, None], ends], axis=1)
        if np.isfinite(numbers).all():
            results.append(numbers)
        else:
            results.append(f"{chosen.label_en} gives no finite forecast; use another model")
    return results
