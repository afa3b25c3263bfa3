"""How good a model would have been: forecasts from origins in the past of a series."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from cbec.display.table import AsTable, table_content
from cbec.errors import TrendError
from cbec.trend.accuracy import (
    coverage,
    crps_from_quantiles,
    interval_score,
    mase,
    mase_scale,
    quantiles_from_intervals,
    rmsse,
    rmsse_scale,
    smape,
)
from cbec.trend.annual_series import annual
from cbec.trend.arguments import checked_horizon, checked_levels, level_label, shown
from cbec.trend.forecasting import checked_model, fit
from cbec.trend.model_types import MODEL_MINIMUM, Model, interval_columns
from cbec.trend.models import MODELS

_GROUPS = ("model", "origin", "step", "year")


@dataclass(frozen=True)
class Evaluation(AsTable):
    """Forecasts from past origins, beside what came.

    Attributes
    ----------
    errors : DataFrame
        A row for each model, origin and step: ``model``, ``origin`` (last year that the model was
        given), ``step``, ``year``, ``actual``, ``mean``, ``error`` (actual less mean), the ends of
        the intervals (``lower_80``, …), and the scales of MASE and RMSSE, which are the naive
        forecast's errors up to the origin.
    failures : DataFrame
        ``model``, ``origin`` and ``reason`` of each fit that wasn't possible.
    level : tuple of float
        Nominal coverages in percent.
    """

    errors: pd.DataFrame
    failures: pd.DataFrame
    level: tuple[float, ...]

    def scores(self, by: Sequence[str] = ("model",)) -> pd.DataFrame:
        """Return the mean errors.

        Parameters
        ----------
        by : sequence of str
            Columns of ``errors`` to group by, such as ``("model", "step")``.

        Returns
        -------
        DataFrame
            The groups in the order of their first row; ``n`` forecasts and the ``origins`` they
            come from; ``sMAPE`` in percent, ``MASE``, ``RMSSE``; for each level ``coverage-80``
            (from 0 to 1) and ``interval score-80``; ``CRPS`` from the quantiles of the intervals
            and the mean, in the unit of the series; ``failed`` fits, if grouped by model alone;
            and ``reason`` for a NaN. A model that couldn't be fitted at any origin has a row too.

        Raises
        ------
        TrendError
            If there is no such column to group by.

        Notes
        -----
        Forecasts from overlapping origins err together: ten of them tell less than ten
        independent ones. No significance is claimed.

        Examples
        --------
        >>> made = rolling_origin([1, 2, 4, 5, 7, 8, 10], 1, models=["naive", "drift"])
        >>> made.scores()[["model", "n", "MASE", "coverage-80"]].round(2)
           model  n  MASE  coverage-80
        0  naive  2  1.05          0.5
        1  drift  2  0.38          1.0
        """
        named = list(by) if np.iterable(by) and not isinstance(by, str) else [by]
        listed = ", ".join(_GROUPS)
        if not named:
            raise TrendError(f"there is nothing to group by; use some of {listed}")
        for column in named:
            if not isinstance(column, str) or column not in _GROUPS:
                raise TrendError(
                    f"errors can't be grouped by {shown(column)}; use some of {listed}"
                )
        wanted = list(dict.fromkeys(named))
        rows = [
            {**dict(zip(wanted, group, strict=True)), **self._scored(part)}
            for group, part in self.errors.groupby(wanted, sort=False)
        ]
        if wanted != ["model"]:
            return pd.DataFrame(rows)
        scored = {row["model"] for row in rows}
        last = dict(zip(self.failures["model"], self.failures["reason"], strict=True))
        for model, reason in last.items():
            if model not in scored:
                why = f"not fitted at any origin: {reason}"
                rows.append({"model": model, "n": 0, "origins": 0, "reason": why})
        made = pd.DataFrame(rows)
        failed = made["model"].map(self.failures["model"].value_counts())
        made.insert(len(made.columns) - 1, "failed", failed.fillna(0).astype(int))
        return made

    def _scored(self, part: pd.DataFrame) -> dict[str, Any]:
        actual, mean = part["actual"].to_numpy(), part["mean"].to_numpy()
        # One by one, for their scales differ; a scale of zero makes these NaN.
        squared = rmsse(actual[:, None], mean[:, None], part["rmsse_scale"].to_numpy()) ** 2
        scored: dict[str, Any] = {
            "n": len(part),
            "origins": part["origin"].nunique(),
            "sMAPE": smape(actual, mean),
            "MASE": mase(actual, mean, part["mase_scale"].to_numpy()),
            "RMSSE": float(np.sqrt(np.mean(squared))),
        }
        lower, upper = (
            part[[f"{side}_{level_label(p)}" for p in self.level]].to_numpy()
            for side in ("lower", "upper")
        )
        for j, wanted in enumerate(self.level):
            low, high, label = lower[:, j], upper[:, j], level_label(wanted)
            scored[f"coverage-{label}"] = coverage(actual, low, high)
            scored[f"interval score-{label}"] = interval_score(actual, low, high, wanted)
        quantiles = quantiles_from_intervals(mean, lower, upper, self.level)
        scored["CRPS"] = crps_from_quantiles(actual, *quantiles)
        reasons = {
            "MASE": "the series does not change up to an origin: no scale",
            "sMAPE": "forecast and outcome are both zero: no sMAPE",
        }
        said = [reason for name, reason in reasons.items() if np.isnan(scored[name])]
        return {**scored, "reason": "; ".join(said)}

    def __repr__(self) -> str:
        return self.scores().drop(columns="reason").round(2).to_string(index=False)

    def _content(self) -> dict[str, Any]:
        scores = self.scores()
        labels = {model.name: model.label_en for model in MODELS.values()}
        shown = scores[["model", "sMAPE", "MASE", "CRPS"]].replace({"model": labels})
        for wanted in self.level:
            held = scores[f"coverage-{level_label(wanted)}"]
            shown[f"{level_label(wanted)}% held"] = [
                f"{share:.0%}" if share == share else "" for share in held
            ]
        if scores["failed"].any():
            shown["Failed"] = scores["failed"]
        if scores["reason"].any():
            shown["Note"] = scores["reason"]
        steps, n = int(self.errors["step"].max()), int(scores["n"].max())
        caption = (
            f"Errors of {n} forecasts up to {steps} years ahead, from {scores['origins'].max()} "
            "origins; sMAPE in percent, CRPS in the unit of the series"
        )
        return table_content(shown.rename(columns={"model": "Model"}), caption, cards=True)


def rolling_origin(
    y: Any,
    horizon: int,
    level: Sequence[float] = (80, 95),
    *,
    models: Sequence[str] = ("combination", "naive"),
) -> Evaluation:
    """Forecast from each past year in turn, and compare with what came.

    The window expands: a model is given all years up to the origin, and no later one (Tashman 2000,
    International Journal of Forecasting 16, 437-450). All origins see today's figures: where those
    were revised, a forecaster of that year saw others.

    Parameters
    ----------
    y, horizon, level
        As `cbec.trend.forecast` takes them; near the end of the series fewer years are compared.
    models : sequence of str
        Names of `cbec.trend.MODELS`.

    Raises
    ------
    TrendError
        If the series has no year after the first origin, its fifth year, or an argument can't be
        used. A fit that isn't possible is kept in ``failures``; if none is possible, that is an
        error too.

    Examples
    --------
    >>> made = rolling_origin([1, 2, 3, 4, 5, 6, 8], 2, models=["drift"])
    >>> made.errors[["origin", "step", "error"]].to_numpy().tolist()
    [[-1.0, 1.0, 0.0], [-1.0, 2.0, 1.0], [0.0, 1.0, 1.0]]
    """
    series = annual(y)
    steps, levels = checked_horizon(horizon), checked_levels(level)
    chosen, n = _chosen(models), len(series.values)
    if n <= MODEL_MINIMUM:
        raise TrendError(
            f"the series has {n} values; an evaluation needs at least {MODEL_MINIMUM + 1}"
        )
    # Without years, the last value of the series is year 1: origins count back from 0.
    years = np.arange(2 - n, 2) if series.index is None else series.index
    parts, failures = [], []
    for model in chosen:
        for end in range(MODEL_MINIMUM, n):
            known, ahead = series.values[:end], series.values[end : end + steps]
            origin = {"model": model.name, "origin": int(years[end - 1])}
            try:
                path = fit(model, known, len(ahead), levels)
            except TrendError as error:
                failures.append({**origin, "reason": str(error)})
                continue
            errors = {
                **origin,
                "step": np.arange(1, len(ahead) + 1),
                "year": years[end : end + steps],
                "actual": ahead,
                "mean": path.mean,
                "error": ahead - path.mean,
                **interval_columns(path.lower, path.upper, levels),
                "mase_scale": mase_scale(known),
                "rmsse_scale": rmsse_scale(known),
            }
            parts.append(pd.DataFrame(errors))
    if not parts:
        raise TrendError(
            f"no model could be fitted; {failures[0]['model']}: {failures[0]['reason']}"
        )
    failed = pd.DataFrame(failures, columns=["model", "origin", "reason"])
    return Evaluation(pd.concat(parts, ignore_index=True), failed, levels)


def _chosen(models: Sequence[str]) -> list[Model]:
    """Return the models of these names, each once."""
    if isinstance(models, str) or not np.iterable(models):
        raise TrendError(f"the models are {shown(models)}; give a list of names, such as ['naive']")
    found = [checked_model(name) for name in models]
    if not found:
        raise TrendError(f"there is no model to evaluate; use some of {', '.join(MODELS)}")
    return list({model.name: model for model in found}.values())
