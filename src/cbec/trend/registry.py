"""The models by name."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from cbec.trend import bounded, combination, curves, grey, simple, smoothing
from cbec.trend.models import Model

__all__ = ["MODELS"]

MODELS: Mapping[str, Model] = MappingProxyType(
    {
        model.name: model
        for module in (combination, simple, smoothing, curves, grey, bounded)
        for model in module.MODELS
    }
)
"""The models by name, the default first."""
