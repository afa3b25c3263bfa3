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

__all__ = [
    "error_table",
    "evaluation",
    "fan_table",
    "in_words",
    "panel_table",
    "residual_table",
    "sensitivity",
]


def in_words(run: pd.DataFrame, year: int, model: str = "combination") -> str:
    """Return the forecast of a year with its 80% interval as text, or why there is none.

    Parameters
    ----------
    run : DataFrame
        Consecutive years of one series, few or many.
    year : int
        A year after it.
    model : str
        Name of a model.

    Returns
    -------
    str

    Raises
    ------
    TrendError
        If the year isn't after the run, or the model can't be fitted.

    Examples
    --------
    >>> from cbec.chapters.forecast_series import run_of
    >>> in_words(run_of("customs-total", "first-published"), 2025, "naive")
    '2.6 (2.3 to 2.9)'
    >>> in_words(run_of("market-total", basis="sourced"), 2025)
    'no model is possible: 4 years, 2019 to 2022, and at least 5 are needed'
    """
    if not model_possible(run):
        return run_statement(run)
    made = forecast_run(run, year - int(run["year"].iloc[-1]), model, (80,))
    return f"{made.mean[-1]:.1f} ({made.lower[-1, 0]:.1f} to {made.upper[-1, 0]:.1f})"


def _observed(run: pd.DataFrame) -> pd.DataFrame:
    shown = run.rename(columns={"lower": "least", "upper": "most"}).assign(kind="observed")
    kept = ["kind", "year", "value", "least", "most", "printed", "vintage", "evidence", "row"]
    return shown[[column for column in kept if column in shown]]


def fan_table(run: pd.DataFrame, models: Sequence[str], horizon: int) -> pd.DataFrame:
    """Return what `cbec.charts.fan` draws: a series, and what some models make of it.

    Parameters
    ----------
    run : DataFrame
        Consecutive years of one series, as `cbec.tables.evidence_grades.latest_run` returns them.
    models : sequence of str
        Names of `cbec.trend.MODELS`.
    horizon : int
        Years ahead.

    Returns
    -------
    DataFrame
        ``choice`` (a model's label; empty for observed figures), ``kind``, ``year``, ``value``,
        ends of the rounding range and of the intervals, ``evidence`` and ``row``.

    Raises
    ------
    TrendError
        If a model isn't known or can't be fitted.

    Examples
    --------
    >>> from cbec.chapters.forecast_series import figures
    >>> run = figures("customs-total", "first-published", until=2024)
    >>> table = fan_table(run, ["drift"], 2)
    >>> table.groupby("kind", sort=False).size().to_dict()
    {'observed': 5, 'fitted': 4, 'forecast': 2}
    """
    years = run["year"]
    rests = {"evidence": rests_on(run)["evidence"]}
    parts = [_observed(run).assign(choice="")]
    for name in models:
        made = forecast_run(run, horizon, name)
        fitted = pd.DataFrame({"year": years, "value": made.fitted}).dropna()
        ahead = made.to_frame().rename(columns=_renamed)
        parts.append(fitted.assign(kind="fitted", choice=made.label, **rests))
        parts.append(ahead.assign(kind="forecast", choice=made.label, **rests))
    return pd.concat(parts, ignore_index=True)


def _renamed(column: str) -> str:
    return {"ds": "year", "mean": "value"}.get(column, column.replace("-", ""))


def panel_table(
    runs: Mapping[str, pd.DataFrame], horizon: int, model: str = "combination"
) -> pd.DataFrame:
    """Return what `cbec.charts.fan_panels` draws: several series, and what one model says.

    Parameters
    ----------
    runs : Mapping of str to DataFrame
        Consecutive years of each series, by its label.
    horizon : int
        Years ahead.
    model : str
        Name of a model.

    Returns
    -------
    DataFrame
        As `fan_table`, with ``series`` instead of ``choice`` and without fitted values.

    Raises
    ------
    TrendError
        If there is no run, or the model isn't known or can't be fitted.

    Examples
    --------
    >>> from cbec.chapters.forecast_series import figures
    >>> runs = {"Customs": figures("customs-total", "first-published", until=2024)}
    >>> panel_table(runs, 2)["series"].unique().tolist()
    ['Customs']
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

    Parameters
    ----------
    run : DataFrame
        Consecutive years of one series.
    models : sequence of str
        Names of models.

    Returns
    -------
    DataFrame
        ``model`` (label), ``year``, ``value`` in the unit of the series, and ``evidence``, the
        weakest grade of the run.

    Raises
    ------
    TrendError
        If there is no model, or one isn't known or can't be fitted.

    Notes
    -----
    For the models that look at one step at a time these are one-step errors, though with parameters
    that saw the whole series; for lines and curves they are distances from the fit.

    Examples
    --------
    >>> from cbec.chapters.forecast_series import figures
    >>> run = figures("customs-total", "first-published", until=2024)
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
    """Return the rolling-origin evaluation of some models on a series.

    Parameters
    ----------
    run : DataFrame
        Consecutive years of one series, at least six.
    models : sequence of str
        Names of models.
    horizon : int
        Years ahead.

    Returns
    -------
    Evaluation

    Raises
    ------
    TrendError
        If the run is too short or an argument can't be used.

    Examples
    --------
    >>> from cbec.chapters.forecast_series import figures
    >>> run = figures("market-total", "as-published", until=2024)
    >>> evaluation(run, ["naive"], 3).scores()["n"].tolist()
    [21]
    """
    return rolling_origin(run.set_index("year")["value"], horizon, models=models)


def error_table(found: Evaluation, run: pd.DataFrame) -> pd.DataFrame:
    """Return what `cbec.charts.rolling_errors` draws: sMAPE by model and step.

    Parameters
    ----------
    found : Evaluation
        What `evaluation` returned.
    run : DataFrame
        The years that it was made from.

    Returns
    -------
    DataFrame
        ``model`` (label; ``naive`` for the reference), ``step``, ``value`` in percent,
        and ``evidence``, the weakest grade of the run.

    Examples
    --------
    >>> from cbec.chapters.forecast_series import run_of
    >>> run = run_of("market-total")
    >>> error_table(evaluation(run, ["naive"], 2), run)["value"].round(1).tolist()
    [12.1, 24.2]
    """
    made = found.scores(("model", "step")).rename(columns={"sMAPE": "value"})
    # The chart knows its reference by name.
    labels = {model.name: model.label_en for model in MODELS.values()} | {"naive": "naive"}
    made = made.assign(model=made["model"].map(labels), evidence=rests_on(run)["evidence"])
    return made[["model", "step", "value", "n", "evidence"]]


def sensitivity(
    runs: Mapping[str, pd.DataFrame], year: int, model: str = "combination"
) -> pd.DataFrame:
    """Return the forecast of one year, and what it rests on.

    Parameters
    ----------
    runs : Mapping of str to DataFrame
        Consecutive years by label. A run that is too short for a model gets a statement.
    year : int
        The year to forecast.
    model : str
        Name of a model.

    Returns
    -------
    DataFrame
        ``Series``, ``Rests on``, ``Forecast``, and the ends of the 80% and 95% intervals; ``row``
        and ``evidence`` as of the figures.

    Raises
    ------
    TrendError
        If the year isn't after a run, or the model can't be fitted.

    Examples
    --------
    >>> from cbec.chapters.forecast_series import figures
    >>> runs = {"Customs": figures("customs-total", "first-published", until=2024)}
    >>> sensitivity(runs, 2025, "naive")["Forecast"].tolist()
    [2.63]
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
