"""Tables of the data package, by name, with types, checks and messages that say the remedy."""

from __future__ import annotations

import functools
import re
from collections.abc import Collection
from typing import Any

import pandas as pd

from cbec.errors import TableError
from cbec.tables.datapackage import SERIES_TABLE, Package, Resource, listed, read_package
from cbec.tables.package_checks import problems_of

_SERIES_COLUMNS = ("label_en", "label_zh", "unit")


def load(
    name: str,
    *,
    series: str | Collection[str] | None = None,
    vintage: str | Collection[str] | None = None,
    evidence: str | Collection[str] | None = None,
    year: int | Collection[int] | None = None,
) -> pd.DataFrame:
    """Load a table, checked against the data package.

    Parameters
    ----------
    name : str
        Its name in the data package, such as ``market``.
    series, vintage, evidence, year : str, int or collection of them, optional
        Keep only rows of this series, vintage, grade or year, or of any of these. Without them
        all rows are kept, so that several vintages of one year may stand side by side.

    Returns
    -------
    pandas.DataFrame
        The columns of the data package, with its types. A table whose rows have sources has a
        column more: ``row``, the name of the row by which a page can cite it. A table of series
        has four more: ``value``, the printed figure as a float in the unit of its series, and
        ``unit``, ``label_en`` and ``label_zh`` of the series.

    Raises
    ------
    TableError
        If there is no such table, series, vintage, grade or year, or a cell breaks a rule of the
        data package; the message names file, line, column, value and remedy.
    DataNotFoundError
        If the data can't be found; see :func:`data_dir`.

    Examples
    --------
    >>> market = load("market")
    >>> row = market[(market.series == "market-export") & (market.year == 2024)].iloc[0]
    >>> row.printed, float(row.value), row.unit
    ('13.7', 13.7, 'trillion CNY')
    >>> row.row
    'market-export-2024-as-published'
    >>> load("goods_trade", vintage="communique").year.unique().tolist()
    [2023, 2024]
    """
    package = read_package()
    table = package.table(name)
    wanted = (name, SERIES_TABLE) if table.holds_series else (name,)
    frame = _whole(package, name, package.contents(*wanted)).copy()
    filters = {"series": series, "vintage": vintage, "evidence": evidence, "year": year}
    for column, choice in filters.items():
        if choice is not None:
            frame = _kept(frame, table, column, choice)
    return frame


@functools.lru_cache(maxsize=256)
def _whole(package: Package, name: str, _contents: tuple[bytes, ...]) -> pd.DataFrame:
    """Return a table with all its columns; the same content isn't read twice."""
    table = package.table(name)
    frame = _typed(table, package)
    if table.holds_series:
        frame = _with_series(frame, _typed(package.table(SERIES_TABLE), package))
    return frame.assign(row=_row_names(frame, table)) if table.is_citable else frame


def _typed(table: Resource, package: Package) -> pd.DataFrame:
    for problem in problems_of(table, package):
        raise TableError(str(problem))
    rows = package.rows(table)
    columns = {}
    for field in table.fields:
        texts = (cells[field.name] for _, cells in rows)
        values = [None if t in table.missing_values else field.type.read(t) for t in texts]
        dtype = field.type.dtype_if_required if field.required else field.type.dtype
        columns[field.name] = pd.Series(values, dtype=dtype)
    return pd.DataFrame(columns)


def _with_series(frame: pd.DataFrame, series: pd.DataFrame) -> pd.DataFrame:
    described = series.set_index("id")
    added = {column: frame["series"].map(described[column]) for column in _SERIES_COLUMNS}
    return frame.assign(value=frame["printed"].astype("float64"), **added)


def _row_names(frame: pd.DataFrame, table: Resource) -> list[str]:
    """Name each row by its key, in letters, digits and hyphens, as an anchor of a page can be."""
    key = frame[list(table.primary_key)]
    # A date is a time stamp to pandas; a cell that is empty adds nothing to the name.
    texts = key.astype(str).where(key.notna(), "")
    joined = ("-".join(filter(None, cells)).lower() for cells in texts.itertuples(index=False))
    return [re.sub(r"[^0-9a-z]+", "-", name) for name in joined]


def _kept(frame: pd.DataFrame, table: Resource, column: str, wanted: Any) -> pd.DataFrame:
    if column not in table.columns:
        raise TableError(
            f"table {table.name!r} has no column {column!r}; it has {', '.join(table.columns)}"
        )
    choice = listed(wanted)
    held = list(frame[column].drop_duplicates())
    (field,) = (field for field in table.fields if field.name == column)
    allowed = field.constraints.get("enum", held)
    unknown = [item for item in choice if item not in allowed]
    kept = frame[frame[column].isin(choice)].reset_index(drop=True)
    if unknown or kept.empty:
        raise TableError(
            f"table {table.name!r} holds no {column} "
            f"{', '.join(map(repr, unknown or choice)) or '(none given)'}; "
            f"it holds {', '.join(map(str, held))}"
        )
    return kept
