"""A forecast, as a user gets it."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from cbec.display.table import AsTable, table_content
from cbec.trend.model_types import Array, Path, interval_columns

# Steps of a component that an explanation lists; of more it has the first and the last.
_SHOWN = 12


@dataclass(frozen=True, eq=False, kw_only=True)
class Forecast(Path, AsTable):
    """Point forecasts with intervals, and what they rest on.

    Besides what a `cbec.trend.model_types.Path` holds: ``mean``, ``lower``, ``upper``, ``fitted``,
    ``intervals``, ``parameters``, ``diagnostics`` and ``components``. The means of the combination
    are central values chosen for small absolute errors, not expectations.

    Attributes
    ----------
    model, label, source : str
        The model by name, what a reader calls it, and where it was published.
    level : tuple of float
        Nominal coverages in percent.
    index : ndarray of int, shape (horizon,)
        Years; steps 1, 2, … for a series without years.
    observed : ndarray, shape (n,)
        The series.
    observed_index : ndarray of int, shape (n,)
        Its years; steps up to 0 for a series without years.

    Examples
    --------
    >>> from cbec.trend import forecast
    >>> forecast([1, 2, 3, 4, 5], 2, model="drift", level=[80]).to_frame().round(2)
       ds  mean  lower_80  upper_80
    0   1   6.0       6.0       6.0
    1   2   7.0       7.0       7.0
    """

    model: str
    label: str
    level: tuple[float, ...]
    index: NDArray[np.int_]
    observed: Array
    observed_index: NDArray[np.int_]
    source: str = ""

    def to_frame(self) -> pd.DataFrame:
        """Return ``ds`` (year or step), ``mean``, and for each level ``lower_80``, ``upper_80``."""
        intervals = interval_columns(self.lower, self.upper, self.level)
        return pd.DataFrame({"ds": self.index, "mean": self.mean, **intervals})

    def explain(self) -> str:
        """Return in plain text the model, its source, its estimates, and what to know of them."""
        first, last = self.observed_index[0], self.observed_index[-1]
        lines = [
            f"{self.label}, fitted to {len(self.observed)} values ({first} to {last}).",
            f"Source: {self.source}.",
            f"Intervals: {self.intervals}",
        ]
        if self.parameters:
            estimates = ", ".join(f"{name} {value:.4g}" for name, value in self.parameters.items())
            lines.append(f"Estimates: {estimates}.")
        for name, values in self.components.items():
            said = [f"{value:.5g}" for value in values]
            if len(said) > _SHOWN:
                said[_SHOWN - 1 : -1] = ["…"]
            lines.append(f"  {name}: " + ", ".join(said))
        lines += [f"Note: {remark}." for remark in self.diagnostics]
        return "\n".join(lines)

    def _content(self) -> dict[str, Any]:
        caption = f"{self.label}, from {len(self.observed)} values; intervals in percent"
        shown = self.to_frame().rename(columns={"ds": "Year" if self.index[0] > 1 else "Step"})
        # Four digits of the largest forecast: a share needs more places than a count of firms.
        largest = float(np.abs(self.mean).max())
        places = 3 - math.floor(math.log10(largest)) if largest > 0 else 0
        return table_content(shown, caption, decimals=min(max(places, 0), 8))
