"""What a run of years is, and what results of it rest on, in words."""

from __future__ import annotations

import pandas as pd

from cbec.tables.evidence_grades import WEAK_GRADES, weakest
from cbec.trend.model_types import MODEL_MINIMUM


def rests_on(run: pd.DataFrame) -> dict[str, str]:
    """Return what a result of these years rests on: their rows, and the weakest grade."""
    grade = weakest(run["evidence"]) if len(run) else ""
    return {"row": " ".join(run["row"]), "evidence": grade}


def run_statement(run: pd.DataFrame) -> str:
    """Say what a forecast from these consecutive years rests on, or that no model is possible.

    Examples
    --------
    >>> from cbec import load
    >>> from cbec.tables.evidence_grades import latest_run
    >>> market = load("market", series="market-total")
    >>> run_statement(latest_run(market))
    '13 years, 2012 to 2024; unconfirmed: 2013, 2017, 2018; found only in the paper: 2023, 2024'
    >>> run_statement(latest_run(market, "sourced"))
    'no model is possible: 4 years, 2019 to 2022, and at least 5 are needed'
    """
    years = [int(year) for year in run["year"]]
    count = "no year"
    if years:
        count = f"1 year, {years[0]}"
    if len(years) > 1:
        count = f"{len(years)} years, {years[0]} to {years[-1]}"
    if not model_possible(run):
        return f"no model is possible: {count}, and at least {MODEL_MINIMUM} are needed"
    return "; ".join(filter(None, (count, weak_years(run))))


def weak_years(run: pd.DataFrame) -> str:
    """Say which years of a run are unconfirmed, and which were found only in the paper.

    Nothing is said if an independent page bears each figure.
    """
    years = {said: run.loc[run["evidence"] == grade, "year"] for grade, said in WEAK_GRADES.items()}
    return "; ".join(
        f"{said}: {', '.join(str(int(year)) for year in found)}"
        for said, found in years.items()
        if len(found)
    )


def model_possible(run: pd.DataFrame) -> bool:
    """Tell whether a run has the `MODEL_MINIMUM` years that a trend model needs."""
    return len(run) >= MODEL_MINIMUM
