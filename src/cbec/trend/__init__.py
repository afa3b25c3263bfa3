"""Trend models for short annual series, and how wrong they are.

`forecast` is the way in: by default it gives the companion's own combination, whose intervals were
measured; every model of `MODELS` is there by name. `forecast_panel` does the same for many series.
`rolling_origin` says how good a model would have been on a series. ``accuracy`` and
``structural_change`` hold the rest.
"""

from cbec.trend.forecasting import forecast
from cbec.trend.models import MODELS
from cbec.trend.panel import forecast_panel
from cbec.trend.result import Forecast
from cbec.trend.rolling import Evaluation, rolling_origin

__all__ = ["MODELS", "Evaluation", "Forecast", "forecast", "forecast_panel", "rolling_origin"]
