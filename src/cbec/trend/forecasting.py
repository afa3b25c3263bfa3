"""Forecast one series with one of the models of `cbec.trend.models`.

Each says how wide its intervals are: most by `cbec.trend.model_types.normal_path`, the combination
in `cbec.trend.combination.path`.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from cbec.errors import TrendError
from cbec.trend.annual_series import annual
from cbec.trend.arguments import checked_horizon, checked_levels, shown
from cbec.trend.model_types import Model, Path
from cbec.trend.models import MODELS
from cbec.trend.result import Forecast


def forecast(
    y: Any,
    horizon: int,
    level: Sequence[float] = (80, 95),
    *,
    model: str = "combination",
    index: Iterable[Any] | None = None,
) -> Forecast:
    """Forecast an annual series.

    The result depends on the arguments alone. For ``c > 0`` the forecast of ``c * y`` is ``c``
    times that of ``y`` (except for shares). Where all values lie between 0 and 1 and the forecast
    or an interval passes 1, the explanation names the model that never passes it. Percentages get
    no such note: nothing tells 98 percent from 98 of something else. Divide them by 100, and use
    ``model="logit-trend"``.

    Parameters
    ----------
    y : array_like or Series, shape (n,)
        At least five values a year apart, oldest first; a Series may carry its years.
    horizon : int
        Years ahead, from 1 to 100.
    level : sequence of float
        Nominal coverages of the intervals in percent, each from 1 to below 100; 0.8 is refused.
    model : str
        A name of `cbec.trend.MODELS`.
    index : iterable of int or date, optional
        The years, or a date, datetime or period in each.

    Raises
    ------
    TrendError
        If the series, the horizon or a level can't be used, the model isn't known, needs values
        above zero or between 0 and 1, or can't be fitted.

    Examples
    --------
    >>> market = [10.5, 12.5, 14.2, 15.7, 16.85, 17.66]
    >>> made = forecast(market, 2, (80, 95), index=range(2019, 2025))
    >>> made.index
    array([2025, 2026])
    >>> bool((made.lower[:, 1] < made.lower[:, 0]).all())
    True
    """
    series = annual(y, index)
    steps, levels, chosen = checked_horizon(horizon), checked_levels(level), checked_model(model)
    path = fit(chosen, series.values, steps, levels)
    n = len(series.values)
    known = np.arange(1 - n, 1) if series.index is None else series.index
    if chosen.one_step is not None:
        path = replace(path, fitted=chosen.one_step(series.values))
    remarks = (*path.diagnostics, *_beyond_one(chosen, series.values, path))
    return Forecast(
        **vars(replace(path, diagnostics=remarks)),
        model=chosen.name,
        label=chosen.label_en,
        level=levels,
        index=series.ahead(steps),
        observed=series.values,
        observed_index=known,
        source=chosen.source,
    )


def _beyond_one(model: Model, values: Any, path: Path) -> list[str]:
    """Name the model of shares where values may be shares and the forecast isn't."""
    highest = max(path.mean.max(), path.upper.max())
    if model.share or values.min() <= 0 or values.max() >= 1 or highest <= 1:
        return []
    what = "the forecast passes" if path.mean.max() > 1 else "an interval reaches beyond"
    bounded = " or ".join(repr(one.name) for one in MODELS.values() if one.share)
    return [
        f"all values lie between 0 and 1, and {what} 1; if they are shares, use model={bounded}, "
        "which never passes it"
    ]


def fit(model: Model, values: Any, horizon: int, level: Sequence[float]) -> Path:
    """Fit a model to values that were checked, or raise `TrendError`."""
    if model.positive and values.min() <= 0:
        raise TrendError(
            f"{model.label_en} needs values above zero, and {values.min():g} is among them; "
            "use a model that allows it, such as 'combination' or 'drift'"
        )
    if model.share and (values.min() <= 0 or values.max() >= 1):
        outside = values.min() if values.min() <= 0 else values.max()
        raise TrendError(
            f"{model.label_en} needs shares between 0 and 1, and {outside:g} is among the values; "
            "divide percentages by 100, or use 'combination'"
        )
    try:
        with np.errstate(all="ignore"):
            path = model.fit(values, horizon, level)
    except (np.linalg.LinAlgError, FloatingPointError, OverflowError, ZeroDivisionError) as error:
        raise TrendError(
            f"{model.label_en} can't be fitted to this series ({error}); use another model"
        ) from error
    if not all(np.isfinite(part).all() for part in (path.mean, path.lower, path.upper)):
        raise TrendError(
            f"{model.label_en} gives no finite forecast for this series; use another model"
        )
    return path


def checked_model(model: Any) -> Model:
    """Return the model of this name, or raise `TrendError`."""
    try:
        return MODELS[model]
    except (KeyError, TypeError):
        raise TrendError(
            f"no model is called {shown(model)}; use one of {', '.join(MODELS)}"
        ) from None
