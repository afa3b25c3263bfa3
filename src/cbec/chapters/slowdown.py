"""Whether growth slowed down: tests on the runs of years, and what they can see."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd

from cbec.chapters.forecast_series import runs_by_set
from cbec.chapters.years_in_words import model_possible, rests_on, run_statement
from cbec.trend.structural_change import detectable, growth_trend, permutation, power, sup_f

_SURVEY = "CBEC, customs, revised"
_TESTS = {
    growth_trend: "trend, t test",
    permutation: "trend, permutation test",
    sup_f: "break (supF)",
}


def slowdown_runs() -> dict[str, pd.DataFrame]:
    """Return the runs of years that the tests of a slowdown look at, by label.

    They are those of `runs_by_set` for the market and for customs' revised series.
    """
    runs = runs_by_set()
    return {label: runs[label] for label in runs if label.startswith("Market") or label == _SURVEY}


def change_table(runs: Mapping[str, pd.DataFrame]) -> pd.DataFrame:
    """Return tests of a slowdown for several runs of years.

    Parameters
    ----------
    runs : Mapping of str to DataFrame
        Consecutive years by label. A run that is too short for a model gets a statement.

    Returns
    -------
    DataFrame
        For each run and test: the change in percentage points of growth (a year for a trend, of
        the mean for a break), p-value and number of growth rates; ``row`` and ``evidence`` as of
        the figures.

    Examples
    --------
    >>> from cbec.chapters.forecast_series import run_of
    >>> change_table({"Customs": run_of("customs-total", "first-published")})["Test"].tolist()
    ['trend, t test', 'trend, permutation test', 'break (supF)']
    """
    rows: list[dict[str, Any]] = []
    for label, run in runs.items():
        rests = rests_on(run)
        if not model_possible(run):
            none = run_statement(run).replace("no model", "no test")
            rows.append({"Years": label, "Test": none, **rests})
            continue
        for test, name in _TESTS.items():
            found = test(_levels(run))
            change = f"{found.estimate:+.1f}".replace("-", "−")
            when = "a year" if found.year is None else f"at {found.year}"
            p = "<0.001" if found.p_value < 0.001 else f"{found.p_value:.3f}"
            said = {"Change": f"{change} {when}", "p": p, "Rates": found.n}
            rows.append({"Years": label, "Test": name, **said, **rests})
    table = pd.DataFrame(rows)
    return table.astype({"Rates": "Int64"}) if "Rates" in table else table


def power_table(runs: Mapping[str, pd.DataFrame]) -> pd.DataFrame:
    """Return what the tests of a slowdown can see.

    Parameters
    ----------
    runs : Mapping of str to DataFrame
        Consecutive years by label; a run that is too short for a test is left out.

    Returns
    -------
    DataFrame
        For each run and test: number of growth rates, their scatter around a straight line in
        points, the chance to see a slowdown of one point a year, and from which slowdown, in points
        a year, the chance is 80%; ``row`` and ``evidence`` as of the figures.
    """
    rows = []
    for label, run in runs.items():
        if not model_possible(run):
            continue
        scatter = growth_trend(_levels(run))
        n, noise = scatter.n, scatter.noise
        for test, name in {"trend": _TESTS[growth_trend], "sup-f": _TESTS[sup_f]}.items():
            seen = detectable(test, n, noise=noise)
            row = {
                "Years": label,
                "Test": name,
                "Rates": n,
                "Scatter": noise,
                "Sees 1 point": power(test, n, slowdown=1, noise=noise),
                "Sees mostly from": f"{seen:.1f}" if np.isfinite(seen) else "none",
            }
            rows.append(row | rests_on(run))
    return pd.DataFrame(rows)


def _levels(run: pd.DataFrame) -> pd.Series[Any]:
    return run.set_index("year")["value"]
