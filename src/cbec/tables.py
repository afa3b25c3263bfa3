"""Tables of the data package, by name, with types, checks and messages that say the remedy."""

from __future__ import annotations

import csv
import io
import json
import os
import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from difflib import get_close_matches
from pathlib import Path
from typing import Any

import pandas as pd

from cbec.errors import DataNotFoundError, TableError

__all__ = ["data_dir", "load", "names", "read_rows"]

_DESCRIPTOR = "datapackage.json"
_ENVIRONMENT = "CBEC_DATA"
_SERIES = "series"
_SERIES_COLUMNS = ("label_en", "label_zh", "unit")

Row = tuple[int, dict[str, str]]


@dataclass(frozen=True)
class _Field:
    name: str
    type: str
    constraints: Mapping[str, Any]

    @property
    def required(self) -> bool:
        return bool(self.constraints.get("required"))


@dataclass(frozen=True)
class _ForeignKey:
    columns: tuple[str, ...]
    table: str
    targets: tuple[str, ...]


@dataclass(frozen=True)
class _Table:
    name: str
    path: Path
    fields: tuple[_Field, ...]
    missing_values: frozenset[str]
    primary_key: tuple[str, ...]
    foreign_keys: tuple[_ForeignKey, ...]

    @property
    def columns(self) -> tuple[str, ...]:
        return tuple(field.name for field in self.fields)

    @property
    def holds_series(self) -> bool:
        links = any(key.table == _SERIES for key in self.foreign_keys)
        return links and {"series", "printed"} <= set(self.columns)

    @property
    def is_sourced(self) -> bool:
        return bool(self.primary_key) and "source" in self.columns


def data_dir() -> Path:
    """Find the folder that holds ``datapackage.json``.

    Looked for, in this order: the folder that the environment variable ``CBEC_DATA`` names; the
    folder ``data`` of the working directory or of its nearest ancestor that has one; the folder
    ``data`` of the checkout that this package was imported from.

    Returns
    -------
    pathlib.Path
        The folder.

    Raises
    ------
    DataNotFoundError
        If there is none, or ``CBEC_DATA`` names a folder without a data package.

    Examples
    --------
    >>> from cbec.tables import data_dir
    >>> (data_dir() / "datapackage.json").is_file()
    True
    """
    if named := os.environ.get(_ENVIRONMENT):
        folder = Path(named).expanduser()
        if (folder / _DESCRIPTOR).is_file():
            return folder
        raise DataNotFoundError(
            f"{_ENVIRONMENT} is {named!r}, but there is no {_DESCRIPTOR} in that folder; "
            f"point {_ENVIRONMENT} at the companion's folder data, or unset it"
        )
    here = Path.cwd()
    tried = [folder / "data" for folder in (here, *here.parents)]
    tried.append(Path(__file__).resolve().parents[2] / "data")
    for folder in tried:
        if (folder / _DESCRIPTOR).is_file():
            return folder
    listing = "\n".join(f"  {folder / _DESCRIPTOR}" for folder in dict.fromkeys(tried))
    raise DataNotFoundError(
        f"the companion's data were not found; {_ENVIRONMENT} is not set, and none of these "
        f"exists:\n{listing}\nchange into a checkout of the companion, or set {_ENVIRONMENT} to "
        f"its folder data"
    )


def read_rows(path: str | os.PathLike[str]) -> list[Row]:
    """Read a CSV file strictly, as text, with the line number of each row.

    Parameters
    ----------
    path : str or path-like
        A comma-separated file in UTF-8, with or without the byte-order mark that spreadsheets
        write, whose first line names the columns and whose rows all have as many cells as there
        are columns.

    Returns
    -------
    list of tuple of int and dict of str to str
        For each row the number of its first line, counted from 1 at the header, and its cells
        by column.

    Raises
    ------
    TableError
        If the file is missing, isn't UTF-8, has no usable header, or a row is empty, ragged or
        badly quoted.

    Examples
    --------
    >>> from cbec.tables import data_dir, read_rows
    >>> line, row = read_rows(data_dir() / "countries.csv")[0]
    >>> line, row["iso3"]
    (2, 'CHN')
    """
    path = Path(path)
    shown = _shown(path)
    reader = csv.reader(io.StringIO(_text(path), newline=""), strict=True)
    rows: list[Row] = []
    line = 1
    try:
        header = next(reader, [])
        _check_header(header, shown)
        line = reader.line_num + 1
        for cells in reader:
            if not cells:
                raise TableError(f"{shown} line {line} is empty; delete it")
            if len(cells) != len(header):
                raise TableError(
                    f"{shown} line {line} has {len(cells)} cells, the header has {len(header)}; "
                    "add or remove cells, and quote any cell that holds a comma"
                )
            rows.append((line, dict(zip(header, cells, strict=True))))
            line = reader.line_num + 1
    except csv.Error as error:
        raise TableError(
            f"{shown} line {line} can't be read as CSV ({error}); "
            'close every quote, and double any quote (") within a quoted cell'
        ) from error
    return rows


def names() -> tuple[str, ...]:
    """Name the tables of the data package.

    Returns
    -------
    tuple of str
        Names that :func:`load` takes, in the order of the data package.

    Examples
    --------
    >>> from cbec.tables import names
    >>> "market" in names()
    True
    """
    return tuple(_package())


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
        One of :func:`names`.
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
    >>> from cbec.tables import load
    >>> market = load("market")
    >>> row = market[(market.series == "market-export") & (market.year == 2024)].iloc[0]
    >>> row.printed, float(row.value), row.unit
    ('13.7', 13.7, 'trillion CNY')
    >>> row.row
    'market-export-2024-as-published'
    >>> load("goods_trade", vintage="communique").year.unique().tolist()
    [2023, 2024]
    """
    package = _package()
    table = _named(package, name)
    frame = _typed(table, package)
    if table.holds_series:
        frame = _with_series(frame, _typed(_named(package, _SERIES), package))
    if table.is_sourced:
        frame = frame.assign(row=_row_names(frame, table))
    filters: dict[str, Any] = {
        "series": series,
        "vintage": vintage,
        "evidence": evidence,
        "year": year,
    }
    for column, wanted in filters.items():
        if wanted is not None:
            frame = _kept(frame, table, column, wanted)
    return frame


def _shown(path: Path) -> str:
    return f"{path.resolve().parent.name}/{path.name}"


def _text(path: Path) -> str:
    shown = _shown(path)
    try:
        data = path.read_bytes()
    except OSError as error:
        raise TableError(f"{shown} can't be opened ({error.strerror}); restore the file") from error
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise TableError(f"{shown} line {line} isn't UTF-8; save the file as UTF-8") from error


def _check_header(header: Sequence[str], shown: str) -> None:
    if not header:
        raise TableError(f"{shown} line 1 has no header; name the columns there")
    if len(header) == 1 and (";" in header[0] or "\t" in header[0]):
        raise TableError(f"{shown} line 1: the cells aren't separated by commas; save it as CSV")
    for position, column in enumerate(header, start=1):
        if not column.strip():
            raise TableError(f"{shown} line 1: column {position} has no name; name it")
        if column in header[: position - 1]:
            raise TableError(f"{shown} line 1: column {column!r} is named twice; rename one")


def _package() -> dict[str, _Table]:
    path = data_dir() / _DESCRIPTOR
    try:
        descriptor = json.loads(_text(path))
        tables = [_table(resource, path.parent) for resource in descriptor["resources"]]
    except json.JSONDecodeError as error:
        raise TableError(
            f"{_shown(path)} line {error.lineno} isn't JSON ({error.msg}); mend it there"
        ) from error
    except (AttributeError, KeyError, TypeError) as error:
        raise TableError(
            f"{_shown(path)} isn't a tabular data package ({type(error).__name__}: {error}); every "
            "resource needs name, path and schema, every field name and type"
        ) from error
    return {table.name: table for table in tables}


def _table(resource: Mapping[str, Any], folder: Path) -> _Table:
    schema = resource["schema"]
    fields = tuple(
        _Field(field["name"], field["type"], field.get("constraints", {}))
        for field in schema["fields"]
    )
    for field in fields:
        if field.type not in _READERS:
            raise TableError(
                f"{_shown(folder / _DESCRIPTOR)}: table {resource['name']!r}, "
                f"field {field.name!r}: type {field.type!r} can't be read here; "
                f"use one of {', '.join(_READERS)}"
            )
    keys = tuple(
        _ForeignKey(
            _listed(key["fields"]),
            key["reference"].get("resource") or resource["name"],
            _listed(key["reference"]["fields"]),
        )
        for key in schema.get("foreignKeys", ())
    )
    return _Table(
        name=resource["name"],
        path=folder / resource["path"],
        fields=fields,
        missing_values=frozenset(schema.get("missingValues", [""])),
        primary_key=_listed(schema.get("primaryKey", ())),
        foreign_keys=keys,
    )


def _listed(value: Any) -> tuple[Any, ...]:
    # A text is a collection too, of letters.
    if isinstance(value, str) or not isinstance(value, Collection):
        return (value,)
    return tuple(value)


def _named(package: Mapping[str, _Table], name: str) -> _Table:
    if name in package:
        return package[name]
    close = get_close_matches(str(name), package, n=1)
    hint = f" (did you mean {close[0]!r}?)" if close else ""
    raise TableError(f"there is no table {name!r}{hint}; there are {', '.join(package)}")


def _rows(table: _Table) -> list[Row]:
    rows, shown = read_rows(table.path), _shown(table.path)
    if not rows:
        raise TableError(f"{shown} holds no rows; restore the file")
    found = tuple(rows[0][1])
    if found != table.columns:
        missing = [column for column in table.columns if column not in found]
        surplus = [column for column in found if column not in table.columns]
        problem = "; ".join(
            f"{word} {', '.join(columns)}"
            for word, columns in (("lacks", missing), ("has undescribed", surplus))
            if columns
        )
        raise TableError(
            f"{shown} line 1 {problem or 'has its columns in another order'}; "
            f"the columns must be: {','.join(table.columns)}"
        )
    return rows


def _typed(table: _Table, package: Mapping[str, _Table]) -> pd.DataFrame:
    rows = _rows(table)
    columns = {field.name: _column(field, rows, table) for field in table.fields}
    _check_unique(table, rows)
    for key in table.foreign_keys:
        _check_foreign_key(table, key, rows, package)
    return pd.DataFrame(columns)


def _column(field: _Field, rows: Sequence[Row], table: _Table) -> pd.Series[Any]:
    values: list[Any] = []
    for line, cells in rows:
        text = cells[field.name]
        if text in table.missing_values:
            if field.required:
                raise _broken(table, line, field.name, text, "is missing", "fill it in")
            values.append(None)
            continue
        try:
            value = _READERS[field.type](text)
        except ValueError:
            kind, example = _EXAMPLES[field.type]
            raise _broken(
                table, line, field.name, text, f"is not {kind}", f"write it like {example}"
            ) from None
        if problem := _violation(field, text, value):
            raise _broken(table, line, field.name, text, *problem)
        values.append(value)
    dtype = _DTYPES[field.type]
    return pd.Series(values, dtype=dtype[0] if field.required else dtype[1])


def _violation(field: _Field, text: str, value: Any) -> tuple[str, str] | None:
    """Say which constraint a cell breaks, and the remedy; None if it breaks none."""
    rules = field.constraints
    if "enum" in rules:
        allowed = [str(item) for item in rules["enum"]]
        if text not in allowed:
            return "is not an allowed value", f"use one of {', '.join(allowed)}"
    read = _READERS[field.type]
    for rule, word, beyond in (
        ("minimum", "below", lambda bound: value < bound),
        ("maximum", "above", lambda bound: value > bound),
    ):
        if rule in rules and beyond(read(str(rules[rule]))):
            return (
                f"is {word} the {rule} {rules[rule]}",
                f"mend the cell, or the {rule} in {_DESCRIPTOR} if the table really grew",
            )
    if "pattern" in rules and not re.fullmatch(rules["pattern"], text):
        return "doesn't have the form of this column", f"it must match {rules['pattern']}"
    return None


def _check_unique(table: _Table, rows: Sequence[Row]) -> None:
    unique = [(field.name,) for field in table.fields if field.constraints.get("unique")]
    for columns in dict.fromkeys([table.primary_key, *unique]):
        first: dict[tuple[str, ...], int] = {}
        for line, cells in rows if columns else ():
            key = tuple(cells[column] for column in columns)
            if key in first:
                raise _broken(
                    table,
                    line,
                    ", ".join(columns),
                    ", ".join(key),
                    f"is the key of line {first[key]} already",
                    "delete one of the two rows or mend its key",
                )
            first[key] = line


def _check_foreign_key(
    table: _Table, key: _ForeignKey, rows: Sequence[Row], package: Mapping[str, _Table]
) -> None:
    target = _named(package, key.table)
    known = {tuple(cells[column] for column in key.targets) for _, cells in _rows(target)}
    for line, cells in rows:
        value = tuple(cells[column] for column in key.columns)
        if value in known or all(cell in table.missing_values for cell in value):
            continue
        close = get_close_matches(value[0], [item[0] for item in known], n=1)
        hint = f" (did you mean {close[0]!r}?)" if close else ""
        raise _broken(
            table,
            line,
            ", ".join(key.columns),
            ", ".join(value),
            f"is not in column {', '.join(key.targets)} of {_shown(target.path)}{hint}",
            "mend it here or add its row there",
        )


def _broken(
    table: _Table, line: int, column: str, text: str, problem: str, remedy: str
) -> TableError:
    return TableError(
        f"{_shown(table.path)} line {line}, column {column}: {text!r} {problem}; {remedy}"
    )


def _with_series(frame: pd.DataFrame, series: pd.DataFrame) -> pd.DataFrame:
    described = series.set_index("id")
    added = {column: frame["series"].map(described[column]) for column in _SERIES_COLUMNS}
    return frame.assign(value=frame["printed"].astype("float64"), **added)


def _row_names(frame: pd.DataFrame, table: _Table) -> list[str]:
    """Name each row by its key, in letters, digits and hyphens, as an anchor of a page can be."""
    # A date is a time stamp to pandas.
    keys = frame[list(table.primary_key)].astype(str)
    return [re.sub(r"[^0-9a-z]+", "-", "-".join(key).lower()) for key in keys.itertuples(False)]


def _kept(frame: pd.DataFrame, table: _Table, column: str, wanted: Any) -> pd.DataFrame:
    if column not in table.columns:
        raise TableError(
            f"table {table.name!r} has no column {column!r}; it has {', '.join(table.columns)}"
        )
    choice = _listed(wanted)
    held = list(frame[column].drop_duplicates())
    field = next(field for field in table.fields if field.name == column)
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


def _boolean(text: str) -> bool:
    if text not in ("true", "false"):
        raise ValueError(text)
    return text == "true"


def _integer(text: str) -> int:
    if not re.fullmatch(r"-?[0-9]+", text):
        raise ValueError(text)
    return int(text)


def _number(text: str) -> float:
    if not re.fullmatch(r"-?[0-9]+(\.[0-9]+)?([eE][+-]?[0-9]+)?", text):
        raise ValueError(text)
    return float(text)


def _date(text: str) -> date:
    if not re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", text):
        raise ValueError(text)
    return date.fromisoformat(text)


_READERS: dict[str, Any] = {
    "string": str,
    "integer": _integer,
    "number": _number,
    "boolean": _boolean,
    "date": _date,
}
_EXAMPLES = {
    "string": ("a text", "text"),
    "integer": ("a whole number", "2024"),
    "number": ("a number", "13.7"),
    "boolean": ("true or false", "true"),
    "date": ("a date", "2024-11-18"),
}
# The pandas type of a column that must be filled, and of one that needn't.
_DTYPES: dict[str, tuple[Any, Any]] = {
    "string": ("str", "str"),
    "integer": ("int64", "Int64"),
    "number": ("float64", "float64"),
    "boolean": ("bool", "boolean"),
    "date": ("datetime64[s]", "datetime64[s]"),
}
