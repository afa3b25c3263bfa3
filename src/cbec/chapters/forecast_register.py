"""The register of forecasts: made from data to one year, remade at will, scored as outturns come.

Which series it holds says `cbec.chapters.forecast_series.register_series`.

A row that comes out the same as before keeps the version and the date at which it was first made; a
row that comes out otherwise gets new ones. A vintage is a series of its own: no forecast leans on
figures of two of them, and each is scored by its own outturn.

The rows of the first default, which was replaced, are not remade: they stay as they were
published, at the top and to the byte, and are scored on. See `cbec.chapters.frozen_forecasts`.
Every other row can be remade from ``data/``.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Any

import pandas as pd

from cbec import __version__
from cbec.chapters.forecast_series import (
    DECIMALS,
    FORECAST,
    KEPT_MODELS,
    ORIGIN,
    Run,
    register_series,
)
from cbec.chapters.frozen_forecasts import problems
from cbec.chapters.years_in_words import model_possible
from cbec.errors import TableError
from cbec.tables.evidence_grades import SETS, weakest
from cbec.trend.combination import calibration

TARGETS = range(2025, 2031)
"""The years that are forecast."""

FIRST_DEFAULT = "first-default"
"""What `forecasters` calls the default that was replaced."""

_DEFAULT = KEPT_MODELS[0]
_KEPT = ("package_version", "made_on")


def make_register(previous: pd.DataFrame, today: date | None = None) -> pd.DataFrame:
    """Make the register anew from the data.

    Parameters
    ----------
    previous : DataFrame
        The register as it was: ``cbec.load("forecasts")``. A row of it whose data and forecasts are
        the same, numbers to one unit of the last decimal, is taken over as it stands, with its
        version and date. The rows of the first default are taken over whatever the data say.
    today : date, optional
        The date of new rows; today's unless given.

    Returns
    -------
    DataFrame
        The columns of ``data/forecasts.csv``; forecasts are in the unit of their series.

    Raises
    ------
    TableError
        If a table is broken, or the previous register doesn't hold the rows of the first default as
        they were published.

    Examples
    --------
    >>> from cbec import load
    >>> rows = make_register(load("forecasts")).query("model == 'naive' and target_year == 2025")
    >>> total = rows[rows["series"] == "customs-total"]
    >>> total[["data_vintage", "basis", "n", "mean"]].to_numpy().tolist()
    [['revised', 'all', 7, 2.71], ['first-published', 'all', 5, 2.63],
     ['first-published', 'without-unconfirmed', 5, 2.63],
     ['first-published', 'sourced', 5, 2.63]]
    """
    stamp = pd.Timestamp(today or date.today())
    frames = [
        _rows(run, model, stamp) for run in _runs() if not _reason(run) for model in run.of.models
    ]
    present = pd.concat(frames, ignore_index=True)
    present = present.astype({"made_on": "datetime64[s]", "note": "str"})
    if missing := ", ".join(str(column) for column in present if column not in previous):
        raise TableError(
            f"the previous register lacks {missing}; "
            "give the table forecasts as cbec.load returns it"
        )
    first = previous[forecasters(previous) == FIRST_DEFAULT]
    if found := problems(as_csv(first).splitlines(keepends=True)[1:]):
        more = f"; {len(found) - 1} other rows differ, too" if len(found) > 1 else ""
        raise TableError(f"{found[0]}{more}")
    first = first.astype(dict(present.dtypes))
    return pd.concat([first, _kept(present, previous)], ignore_index=True)


def excluded() -> pd.DataFrame:
    """Return the series, vintages and bases that the register has no row for, and why.

    Besides ``reason`` there are ``first_year``, ``last_year`` and ``n`` of the latest unbroken run
    until `ORIGIN`.

    Examples
    --------
    >>> rows = excluded().set_index(["series", "data_vintage", "basis"])
    >>> rows.loc[("customs-total", "revised", "sourced"), "reason"]
    'no model is possible: 1 year, 2024, and at least 5 are needed; 2023 is unconfirmed'
    >>> rows.loc[("customs-import", "revised", "all"), "reason"]
    'the latest run is 2018 to 2022, and ends before 2024'
    """
    return pd.DataFrame(
        {
            "series": run.of.series,
            "data_vintage": run.of.vintage,
            "basis": run.basis,
            "first_year": run.first if len(run.rows) else pd.NA,
            "last_year": run.last if len(run.rows) else pd.NA,
            "n": len(run.rows),
            "reason": reason,
        }
        for run in _runs()
        if (reason := _reason(run))
    )


def forecasters(register: pd.DataFrame) -> pd.Series[Any]:
    """Return what made each row of the register: its model, or `FIRST_DEFAULT`.

    Both defaults have the same name in the column ``model``. The ids of the present one hold its
    version, that of the package when its constants were made; those of the first one hold none.

    Examples
    --------
    >>> from cbec import load
    >>> forecasters(load("forecasts")).unique().tolist()
    ['first-default', 'combination', 'naive', 'drift', 'damped-holt', 'grey', 'logit-trend']
    """
    is_present = register["id"].str.contains(f"-{_in_id(_DEFAULT)}-", regex=False)
    return register["model"].mask((register["model"] == _DEFAULT) & ~is_present, FIRST_DEFAULT)


def as_csv(register: pd.DataFrame) -> str:
    """Write a register as it is stored: comma-separated, with a fixed number of decimals."""
    decimals, day = f"%.{DECIMALS}f", "%Y-%m-%d"
    return register.to_csv(index=False, float_format=decimals, date_format=day, lineterminator="\n")


def _runs() -> Iterator[Run]:
    for one in register_series():
        for basis in SETS:
            yield Run.until(ORIGIN, one, basis)


def _reason(run: Run) -> str:
    """Say why a run has no rows; nothing if it has."""
    if not model_possible(run.rows):
        return run.statement
    if run.last < ORIGIN:
        return f"the latest run is {run.first} to {run.last}, and ends before {ORIGIN}"
    return ""


def _rows(run: Run, model: str, stamp: pd.Timestamp) -> pd.DataFrame:
    made = run.forecast(len(TARGETS), model)
    parts = (run.of.series, run.of.vintage, run.basis, _in_id(model), str(ORIGIN))
    name = "-".join(parts).replace(" ", "-")
    return pd.DataFrame(
        {
            "id": [f"{name}-for-{year}" for year in made["target_year"]],
            "series": run.of.series,
            "data_table": run.of.tables,
            "data_vintage": run.of.vintage,
            "basis": run.basis,
            "origin": ORIGIN,
            "first_year": run.first,
            "n": len(run.rows),
            "model": model,
            **made,
            "unit": run.rows["unit"].iloc[0],
            "package_version": __version__,
            "made_on": stamp,
            "evidence": weakest(run.rows["evidence"]),
            "note": run.note or None,
        }
    )


def _in_id(model: str) -> str:
    """Name a model as ids do: the default with its version, so that no two defaults share an id."""
    return f"{model}-{calibration().provenance['version']}" if model == _DEFAULT else model


def _kept(present: pd.DataFrame, previous: pd.DataFrame) -> pd.DataFrame:
    """Put the previous rows in the place of those that are the same."""
    held = {record["id"]: record for record in previous.to_dict("records")}
    rows = []
    for record in present.to_dict("records"):
        old = held.get(record["id"])
        same = old is not None and all(
            _same(column, record[column], old[column]) for column in record if column not in _KEPT
        )
        rows.append(old if same else record)
    return pd.DataFrame(rows).astype(dict(present.dtypes))


def _same(column: Any, one: Any, other: Any) -> bool:
    if column in FORECAST:
        # The optimisers' last digits differ between machines.
        return bool(abs(one - other) < 1.5 * 10**-DECIMALS)
    return bool(one == other or (pd.isna(one) and pd.isna(other)))
