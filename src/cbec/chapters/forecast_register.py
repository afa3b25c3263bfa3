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

from collections.abc import Iterator, Sequence
from datetime import date
from typing import Any

import pandas as pd

from cbec import __version__
from cbec.chapters.forecast_series import (
    DECIMALS,
    FORECAST,
    KEPT_MODELS,
    ORIGIN,
    SHARE_MODELS,
    Run,
    register_series,
)
from cbec.chapters.frozen_forecasts import problems
from cbec.chapters.years_in_words import model_possible
from cbec.errors import TableError
from cbec.tables.evidence_grades import SETS
from cbec.tables.frames import load
from cbec.trend.combination import calibration

__all__ = [
    "COLUMNS",
    "FIRST_DEFAULT",
    "TARGETS",
    "as_csv",
    "check",
    "excluded",
    "forecasters",
    "made",
    "make_register",
]


TARGETS = range(2025, 2031)
"""The years that are forecast."""


FIRST_DEFAULT = "first-default"
"""What `forecasters` calls the default that was replaced."""


COLUMNS = (
    "id",
    "series",
    "data_table",
    "data_vintage",
    "basis",
    "origin",
    "first_year",
    "n",
    "model",
    "target_year",
    "mean",
    "lower_80",
    "upper_80",
    "lower_95",
    "upper_95",
    "unit",
    "package_version",
    "made_on",
    "evidence",
    "note",
)
"""The columns of ``data/forecasts.csv``, in order."""

_DEFAULT = KEPT_MODELS[0]
_KEPT = ("package_version", "made_on")


def make_register(
    previous: pd.DataFrame | None = None,
    *,
    models: Sequence[str] | None = None,
    today: date | None = None,
) -> pd.DataFrame:
    """Make every row of the register from the data.

    Parameters
    ----------
    previous : DataFrame, optional
        The register as it was, such as ``cbec.load("forecasts")``. A row of it whose data
        and forecasts are the same, numbers to one unit of the last decimal, is taken over as it
        stands, with its version and date. The rows of the first default are taken over whatever
        the data say; without a previous register there are none.
    models : sequence of str, optional
        Only these models; those of `KEPT_MODELS`, and a model of shares for the share, unless
        given.
    today : date, optional
        The date of new rows; today's unless given.

    Returns
    -------
    DataFrame
        The columns of `COLUMNS`. Forecasts are in the unit of their series.

    Raises
    ------
    TableError
        If a table is broken, a model is none of the register's, or the previous register doesn't
        hold the rows of the first default as they were published.
    TrendError
        If a model can't be fitted to a run that is long enough.

    See Also
    --------
    excluded : What has no row, and why.

    Examples
    --------
    >>> rows = make_register(models=["naive"])
    >>> total = rows[(rows["series"] == "customs-total") & (rows["target_year"] == 2025)]
    >>> total[["data_vintage", "basis", "n", "mean"]].to_numpy().tolist()
    [['revised', 'all', 7, 2.71], ['first-published', 'all', 5, 2.63],
     ['first-published', 'without-unconfirmed', 5, 2.63],
     ['first-published', 'sourced', 5, 2.63]]
    """
    known = (*KEPT_MODELS, *SHARE_MODELS)
    if models is not None and not len(models):
        raise TableError(f"there is no model to remake; choose some of {', '.join(known)}")
    for model in models or ():
        if model not in known:
            raise TableError(f"the register has no model {model!r}; it has {', '.join(known)}")
    stamp = pd.Timestamp(today or date.today())
    frames = [
        _rows(run, model, stamp)
        for run in _runs()
        if not _reason(run)
        for model in run.of.models
        if models is None or model in models
    ]
    present = pd.concat(frames, ignore_index=True)[list(COLUMNS)]
    present = present.astype({"made_on": "datetime64[s]", "note": "str"})
    if previous is None:
        return present
    _check_columns(previous, "previous register")
    present = _kept(present, previous)
    if models is not None and _DEFAULT not in models:
        return present
    first = previous[forecasters(previous) == FIRST_DEFAULT]
    if found := problems(_lines(first)):
        more = f"; {len(found) - 1} other rows differ, too" if len(found) > 1 else ""
        raise TableError(f"{found[0]}{more}")
    first = first[list(COLUMNS)].astype(dict(present.dtypes))
    return pd.concat([first, present], ignore_index=True)


def excluded() -> pd.DataFrame:
    """Return the series, vintages and bases that the register has no row for, and why.

    Returns
    -------
    DataFrame
        ``series``, ``data_vintage``, ``basis``, ``first_year``, ``last_year`` and ``n`` of the
        latest unbroken run until `ORIGIN`, and ``reason``.

    Examples
    --------
    >>> rows = excluded().set_index(["series", "data_vintage", "basis"])
    >>> rows.loc[("customs-total", "revised", "sourced"), "reason"]
    'no model is possible: 1 year, 2024, and at least 5 are needed; 2023 is unconfirmed'
    >>> rows.loc[("market-total", "as-published", "sourced"), "reason"]
    'no model is possible: 4 years, 2019 to 2022, and at least 5 are needed; 2018 is unconfirmed'
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


def check(stored: pd.DataFrame | None = None, *, models: Sequence[str] | None = None) -> list[str]:
    """Compare the stored register with the one that the data give now.

    The rows of the first default are held against what was published instead.

    Parameters
    ----------
    stored : DataFrame, optional
        The register; ``cbec.load("forecasts")`` unless given.
    models : sequence of str, optional
        Compare these models only.

    Returns
    -------
    list of str
        What differs, one line for each row; empty if every row of the first default stands as it
        was published, and every other row is remade.

    Raises
    ------
    TableError, TrendError
        See `make_register`.

    Examples
    --------
    >>> check(models=["naive", "drift"])
    []
    """
    stored = made() if stored is None else stored
    _check_columns(stored, "stored register")
    if models is not None:
        stored = stored[stored["model"].isin(models)]
    is_first = forecasters(stored) == FIRST_DEFAULT
    found = []
    if models is None or _DEFAULT in models:
        found += problems(_lines(stored[is_first]))
    present = make_register(models=models).set_index("id")
    held = stored[~is_first].set_index("id")
    found += [
        f"{id}: is missing; run 'make register'" for id in present.index.difference(held.index)
    ]
    found += [
        f"{id}: the data give no such row; run 'make register'"
        for id in held.index.difference(present.index)
    ]
    for id in present.index.intersection(held.index):
        new, old = present.loc[id].to_dict(), held.loc[id].to_dict()
        found += [
            f"{id}: {column} is {old[column]}, and the data give {new[column]}; run 'make register'"
            for column in COLUMNS[1:]
            if column not in _KEPT and not _same(column, new[column], old[column])
        ]
    return found


def made() -> pd.DataFrame:
    """Return the stored register.

    Returns
    -------
    DataFrame
        The table ``forecasts``, checked against the data package; `TableError` if it is broken.

    Examples
    --------
    >>> made()["origin"].unique().tolist()
    [2024]
    """
    return load("forecasts")


def forecasters(register: pd.DataFrame) -> pd.Series[Any]:
    """Return what made each row: its model, or the first default.

    Both defaults have the same name in the column ``model``. The ids of the present one hold its
    version, that of the package when its constants were made; those of the first one hold none.

    Parameters
    ----------
    register : DataFrame
        Rows of the register.

    Returns
    -------
    Series of str
        The column ``model``, with `FIRST_DEFAULT` in the rows of the first default.

    Raises
    ------
    TableError
        If the frame isn't of the register's columns.

    Examples
    --------
    >>> forecasters(made()).unique().tolist()
    ['first-default', 'combination', 'naive', 'drift', 'damped-holt', 'grey', 'logit-trend']
    """
    _check_columns(register, "register")
    is_present = register["id"].str.contains(f"-{_in_id(_DEFAULT)}-", regex=False)
    return register["model"].mask((register["model"] == _DEFAULT) & ~is_present, FIRST_DEFAULT)


def as_csv(register: pd.DataFrame) -> str:
    """Write a register as it is stored: comma-separated, with a fixed number of decimals.

    Examples
    --------
    >>> as_csv(make_register(models=["naive"])).splitlines()[1][:62]
    'market-total-as-published-all-naive-2024-for-2025,market-total'
    """
    written = register[list(COLUMNS)].copy()
    for column in FORECAST:
        written[column] = [f"{number:.{DECIMALS}f}" for number in written[column]]
    written["made_on"] = [f"{day:%Y-%m-%d}" for day in written["made_on"]]
    return str(written.to_csv(index=False, lineterminator="\n"))


def _runs(origin: int = ORIGIN) -> Iterator[Run]:
    for one in register_series():
        for basis in SETS:
            yield Run.until(origin, one, basis)


def _reason(run: Run, origin: int = ORIGIN) -> str:
    """Say why a run has no rows; nothing if it has."""
    if not model_possible(run.rows):
        return run.statement
    if run.last < origin:
        return f"the latest run is {run.first} to {run.last}, and ends before {origin}"
    return ""


def _rows(run: Run, model: str, stamp: pd.Timestamp) -> pd.DataFrame:
    rows = run.forecast(TARGETS[-1] - ORIGIN, model)
    rows = rows[rows["target_year"].isin(TARGETS)]
    parts = (run.of.series, run.of.vintage, run.basis, _in_id(model), str(ORIGIN))
    name = "-".join(parts).replace(" ", "-")
    return rows.assign(
        id=[f"{name}-for-{year}" for year in rows["target_year"]],
        series=run.of.series,
        data_table=" ".join(run.of.tables),
        data_vintage=run.of.vintage,
        basis=run.basis,
        origin=ORIGIN,
        first_year=run.first,
        n=len(run.rows),
        model=model,
        unit=run.unit,
        package_version=__version__,
        made_on=stamp,
        evidence=run.evidence,
        note=run.note or None,
    )


def _in_id(model: str) -> str:
    """Name a model as ids do: the default with its version, so that no two defaults share an id."""
    return f"{model}-{calibration().provenance['version']}" if model == _DEFAULT else model


def _lines(register: pd.DataFrame) -> list[str]:
    """Return the rows as the lines of the file."""
    return as_csv(register).splitlines(keepends=True)[1:]


def _kept(present: pd.DataFrame, previous: pd.DataFrame) -> pd.DataFrame:
    """Put the previous rows in the place of those that are the same."""
    held = {record["id"]: record for record in previous.to_dict("records")}
    rows = []
    for record in present.to_dict("records"):
        old = held.get(record["id"])
        same = old is not None and all(
            _same(column, record[column], old[column]) for column in COLUMNS if column not in _KEPT
        )
        rows.append(old if same else record)
    return pd.DataFrame(rows, columns=list(COLUMNS)).astype(dict(present.dtypes))


def _check_columns(register: pd.DataFrame, name: str) -> None:
    if missing := [column for column in COLUMNS if column not in register.columns]:
        raise TableError(
            f"the {name} lacks {', '.join(missing)}; give the table forecasts as "
            "cbec.load returns it"
        )
    if not pd.api.types.is_datetime64_dtype(register["made_on"]):
        raise TableError(
            f"the {name} has no dates in made_on; give the table forecasts as cbec.load returns it"
        )


def _same(column: str, one: Any, other: Any) -> bool:
    if column in FORECAST:
        # The optimisers' last digits differ between machines.
        return bool(abs(one - other) < 1.5 * 10**-DECIMALS)
    return bool(one == other or (pd.isna(one) and pd.isna(other)))


# What others published -----------------------------------------------------------------------
