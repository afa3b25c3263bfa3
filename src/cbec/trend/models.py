"""The models by name, with what a reader calls them and where they were published.

What all of them need, such as `cbec.trend.model_types.MODEL_MINIMUM` years, is in ``model_types``.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from types import MappingProxyType

from cbec.trend import closed_form, combination, curves, smoothing
from cbec.trend.model_types import Model

_PRINCIPLES = "Hyndman and Athanasopoulos (2021), Forecasting: Principles and Practice, section 5.2"
_DIFFUSION = "Meade and Islam (2006), International Journal of Forecasting 22, 519-545"
_ALL = (
    Model(
        "combination",
        "Default (calibrated combination)",
        "This companion; benchmarks/calibrate.py makes its constants",
        combination.path,
        one_step=combination.one_step,
    ),
    Model("naive", "Naive (last value)", _PRINCIPLES, closed_form.naive),
    Model("drift", "Random walk with drift", _PRINCIPLES, closed_form.drift),
    Model(
        "log-linear",
        "Log-linear trend (OLS, HAC)",
        "Newey and West (1987) for the standard error",
        closed_form.log_linear,
        positive=True,
    ),
    Model(
        "ses",
        "Simple exponential smoothing",
        "Brown (1959), Statistical Forecasting for Inventory Control",
        partial(smoothing.smoothed, trends=("no trend",)),
    ),
    Model(
        "holt",
        "Holt's linear trend",
        "Holt (1957), reprinted in the International Journal of Forecasting 20 (2004), 5-10",
        partial(smoothing.smoothed, trends=("trend",)),
    ),
    Model(
        "damped-holt",
        "Damped trend",
        "Gardner and McKenzie (1985), Management Science 31, 1237-1246",
        partial(smoothing.smoothed, trends=("damped trend",)),
    ),
    Model(
        "ets",
        "Exponential smoothing, chosen by AICc",
        "Hyndman, Koehler, Ord and Snyder (2008), Forecasting with Exponential Smoothing",
        partial(smoothing.smoothed, trends=("no trend", "trend", "damped trend")),
    ),
    Model(
        "theta",
        "Theta",
        "Assimakopoulos and Nikolopoulos (2000), International Journal of Forecasting 16, 521-530",
        smoothing.theta,
    ),
    Model(
        "local-linear-trend",
        "Local linear trend",
        "Harvey (1989), Forecasting, Structural Time Series Models and the Kalman Filter",
        smoothing.local_linear_trend,
    ),
    Model("logistic", "Logistic curve", _DIFFUSION, curves.LOGISTIC.path, positive=True),
    Model("gompertz", "Gompertz curve", _DIFFUSION, curves.GOMPERTZ.path, positive=True),
    Model(
        "bass",
        "Bass diffusion",
        "Bass (1969), Management Science 15, 215-227; fitted as Srinivasan and Mason (1986) do, "
        "Marketing Science 5, 169-178",
        curves.BASS.path,
        positive=True,
    ),
    Model(
        "grey",
        "Grey model GM(1,1)",
        "Deng (1982), Systems and Control Letters 1, 288-294",
        closed_form.grey,
        positive=True,
    ),
    Model(
        "logit-trend",
        "Logit trend (for shares)",
        "Wallis (1987), Journal of Time Series Analysis 8, 115-123",
        closed_form.logit_trend,
        share=True,
    ),
)

MODELS: Mapping[str, Model] = MappingProxyType({model.name: model for model in _ALL})
"""The models by name, the default first."""
