"""What the chapters show of a series: the tables behind their charts of trends."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import pandas as pd

from cbec.chapters.forecast_series import forecast_run
from cbec.chapters.years_in_words import model_possible, rests_on, run_statement
from cbec.errors import TrendError
from cbec.trend.forecasting import checked_model
from cbec.trend.models import MODELS
from cbec.trend.rolling import Evaluation, rolling_origin


def forecast_ends(run: pd.DataFrame, year: int, model: str = "combination") -> list[float]:
    """Return the forecast of a year and the ends of its 80% interval, in the unit of the run.

    `TrendError` if the run is too short for a model.

    Examples
    --------
    >>> from cbec.chapters.forecast_series import run_of
    >>> [round(end, 1) for end in forecast_ends(run_of("market-total"), 2025)]
    [18.9, 17.3, 20.7]
    """
    made = forecast_run(run, year - int(run["year"].iloc[-1]), model, (80,))
    return [float(end) for end in (made.mean[-1], made.lower[-1, 0], made.upper[-1, 0])]


def fan_table(run: pd.DataFrame, models: Sequence[str], horizon: int) -> pd.DataFrame:
    """Return what `cbec.charts.fan` draws: a series, and what some models make of it.

    The run has the columns of `cbec.chapters.forecast_series.run_of`.

    Columns are ``choice`` (a model's label; empty for observed figures), ``kind``, ``year``,
    ``value``, ends of the rounding range and of the intervals, ``evidence`` and ``row``.

    Examples
    --------
    >>> from cbec.chapters.forecast_series import run_of
    >>> table = fan_table(run_of("customs-total", "first-published"), ["drift"], 2)
    >>> table.groupby("kind", sort=False).size().to_dict()
    {'observed': 5, 'fitted': 4, 'forecast': 2}
    """
    grade = rests_on(run)["evidence"]
    observed = run.rename(columns={"lower": "least", "upper": "most"}).assign(kind="observed")
    observed = observed[["kind", "year", "value", "least", "most", "evidence", "row"]]
    parts = [observed.assign(choice="")]
    for name in models:
        made = forecast_run(run, horizon, name)
        fitted = pd.DataFrame({"year": run["year"], "value": made.fitted}).dropna()
        ahead = made.to_frame().rename(columns={"ds": "year", "mean": "value"})
        parts.append(fitted.assign(kind="fitted", choice=made.label, evidence=grade))
        parts.append(ahead.assign(kind="forecast", choice=made.label, evidence=grade))
    return pd.concat(parts, ignore_index=True)


def panel_table(
    runs: Mapping[str, pd.DataFrame], horizon: int, model: str = "combination"
) -> pd.DataFrame:
    """Return what `cbec.charts.fan_panels` draws: several series, and what one model says.

    The table is that of `fan_table`, with ``series`` (the label of a run) instead of ``choice`` and
    without fitted values.
    """
    if not runs:
        raise TrendError("there is no series to show; give at least one run of years")
    parts = []
    for label, run in runs.items():
        table = fan_table(run, [model], horizon).drop(columns="choice")
        parts.append(table[table["kind"] != "fitted"].assign(series=label))
    return pd.concat(parts, ignore_index=True)


def residual_table(run: pd.DataFrame, models: Sequence[str]) -> pd.DataFrame:
    """Return what `cbec.charts.residuals` draws: observed less fitted, by model and year.

    Columns are ``model`` (its label), ``year``, ``value`` in the unit of the series, and
    ``evidence``, the weakest grade of the run. For the models that look at one step at a time these
    are one-step errors, though with parameters that saw the whole series; for lines and curves they
    are distances from the fit.

    Examples
    --------
    >>> from cbec.chapters.forecast_series import run_of
    >>> run = run_of("customs-total", "first-published")
    >>> residual_table(run, ["naive"])["value"].round(2).tolist()
    [0.29, 0.13, 0.27, 0.25]
    """
    if not models:
        raise TrendError(f"there is no model to show; use some of {', '.join(MODELS)}")
    parts = []
    for name in models:
        made = forecast_run(run, 1, name)
        left = pd.DataFrame({"year": run["year"], "value": run["value"] - made.fitted}).dropna()
        parts.append(left.assign(model=made.label))
    table = pd.concat(parts, ignore_index=True)[["model", "year", "value"]]
    return table.assign(evidence=rests_on(run)["evidence"])


def evaluation(run: pd.DataFrame, models: Sequence[str], horizon: int) -> Evaluation:
    """Return what `cbec.trend.rolling_origin` finds for some models on a run of years."""
    return rolling_origin(run.set_index("year")["value"], horizon, models=models)


def error_table(found: Evaluation, run: pd.DataFrame) -> pd.DataFrame:
    """Return what `cbec.charts.rolling_errors` draws: sMAPE by model and step.

    It is made from an evaluation and the run that this was made from. Columns are ``model`` (its
    label), ``step``, ``value`` in percent, ``n``, the number of forecasts, and ``evidence``, the
    weakest grade of the run.

    Examples
    --------
    >>> from cbec.chapters.forecast_series import run_of
    >>> run = run_of("market-total")
    >>> error_table(evaluation(run, ["naive"], 2), run)["value"].round(1).tolist()
    [12.1, 24.2]
    """
    made = found.scores(("model", "step")).rename(columns={"sMAPE": "value"})
    labels = {model.name: model.label_en for model in MODELS.values()}
    made = made.assign(model=made["model"].map(labels), evidence=rests_on(run)["evidence"])
    return made[["model", "step", "value", "n", "evidence"]]


def sensitivity(
    runs: Mapping[str, pd.DataFrame], year: int, model: str = "combination"
) -> pd.DataFrame:
    """Return the forecast of one year from each run, by label, and what it rests on.

    Columns are ``Series``, ``Rests on``, ``Forecast``, and the ends of the 80% and 95% intervals;
    ``row`` and ``evidence`` are those of the figures. A run that is too short for a model gets a
    statement. `TrendError` if the year isn't after a run.
    """
    checked_model(model)
    rows = []
    for label, run in runs.items():
        unit = run["unit"].unique()
        row = {"Series": ", ".join([label, *unit]), "Rests on": run_statement(run)}
        rests = rests_on(run)
        if not model_possible(run):
            rows.append({**row, **rests})
            continue
        last = int(run["year"].iloc[-1])
        if year <= last:
            raise TrendError(f"{label} ends in {last}; choose a year after it, not {year}")
        made = forecast_run(run, year - last, model)
        ends = {
            f"{level:g}%": f"{made.lower[-1, i]:.1f}–{made.upper[-1, i]:.1f}"
            for i, level in enumerate(made.level)
        }
        rows.append({**row, "Forecast": made.mean[-1], **ends, **rests})
    return pd.DataFrame(rows)
