"""Forecasting many series at once."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd

from cbec.errors import TrendError
from cbec.trend.annual_series import annual
from cbec.trend.arguments import as_integer, checked_horizon, checked_levels, shown
from cbec.trend.forecasting import checked_model, fit
from cbec.trend.model_types import Array, interval_columns
from cbec.trend.models import MODELS

_COLUMNS = ("unique_id", "ds", "y")


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
    horizon, level, model
        As `cbec.trend.forecast` takes them.
    n_jobs : int
        Processes to use, as joblib counts them: 1 for none besides this one, -1 for one a core.

    Returns
    -------
    DataFrame
        ``unique_id``, ``ds``, ``mean``, and for each level ``lower_80`` and ``upper_80``; the
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
      unique_id    ds  mean  lower_80  upper_80
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
    # One process needs no pool: joblib runs the series here, unless a cluster is configured.
    results = joblib.Parallel(n_jobs=min(jobs, len(series)))(
        joblib.delayed(_forecast)(values, years, steps, levels, chosen.name)
        for values, years in series
    )
    made = dict(zip(names, results, strict=True))
    failed = [f"  {name}: {said}" for name, said in made.items() if isinstance(said, str)]
    if failed:
        raise TrendError(
            f"{len(failed)} of {len(names)} series can't be forecast; mend or drop them:\n"
            + "\n".join(failed)
        )
    years, mean, *sides = np.concatenate(list(made.values())).T
    lower, upper = np.split(np.array(sides).T, 2, axis=1)
    return pd.DataFrame(
        {
            "unique_id": [name for name in names for _ in range(steps)],
            "ds": years.astype(int),
            "mean": mean,
            **interval_columns(lower, upper, levels),
        }
    )


def _series(frame: pd.DataFrame) -> tuple[list[Any], list[tuple[Any, Any]]]:
    """Return the names of the series, and values and years of each."""
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
    for column, remedy in {"unique_id": "name its series", "ds": "give its year"}.items():
        lacking = frame[column].isna().to_numpy()
        if lacking.any():
            raise TrendError(f"row {lacking.argmax()} has no {column}; {remedy}")
    years = frame["ds"].to_numpy()
    try:
        codes, unique = pd.factorize(frame["unique_id"])
    except TypeError:
        raise TrendError("unique_id holds lists or the like; give texts or numbers") from None
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
    lengths = np.cumsum(np.bincount(codes))[:-1]
    values = np.split(frame["y"].to_numpy()[order], lengths)
    return list(unique), list(zip(values, np.split(years[order], lengths), strict=True))


def _forecast(
    values: Any, years: Any, horizon: int, level: Sequence[float], model: str
) -> Array | str:
    """Return years, mean and ends of a series in columns, or why there are none."""
    try:
        one = annual(values, years)
        path = fit(MODELS[model], one.values, horizon, level)
    except TrendError as error:
        return str(error)
    return np.column_stack([one.ahead(horizon), path.mean, path.lower, path.upper])
