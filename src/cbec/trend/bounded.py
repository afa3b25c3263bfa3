"""A trend for shares, which never leaves the range from 0 to 1."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from cbec.trend.models import Model, Path, quantiles

__all__ = ["MODELS"]

_Array: TypeAlias = NDArray[np.float64]


def _path(y: _Array, horizon: int, level: Sequence[float]) -> Path:
    """Carry the log-odds forward as a random walk with drift."""
    from scipy.special import expit, logit

    odds = logit(y)
    steps = np.diff(odds)
    drift, spread = float(steps.mean()), float(steps.std(ddof=1))
    h = np.arange(1, horizon + 1)
    centre = odds[-1] + drift * h
    half = (spread * np.sqrt(h * (1 + h / len(steps))))[:, None] * quantiles(level)
    return Path(
        mean=expit(centre),
        lower=expit(centre[:, None] - half),
        upper=expit(centre[:, None] + half),
        fitted=np.concatenate([[np.nan], expit(odds[:-1] + drift)]),
        intervals="Normal theory of a random walk with drift in the log-odds, the drift's own "
        "error included.",
        parameters={"drift of the log-odds": drift, "standard deviation of its steps": spread},
    )


MODELS = (
    Model(
        "logit-trend",
        "Logit trend (for shares)",
        "对数几率趋势（用于份额）",
        "Wallis (1987), Journal of Time Series Analysis 8, 115-123",
        "wallis1987",
        _path,
        share=True,
    ),
)
