"""Tables of the data package, by name, with types, checks and messages that say the remedy."""

from __future__ import annotations

import codecs
import csv
import hashlib
import io
import json
import os
import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from difflib import get_close_matches
from pathlib import Path
from typing import Any

import pandas as pd

from cbec.errors import DataNotFoundError, TableError

__all__ = ["Problem", "check", "data_dir", "load", "names", "read_rows"]

_DESCRIPTOR = "datapackage.json"
_ENVIRONMENT = "CBEC_DATA"
_SERIES = "series"
_SERIES_COLUMNS = ("label_en", "label_zh", "unit")
_STATE = "run 'make data'"
_RENEW = "restore the file, or run 'make data' if the change was meant"

Row = tuple[int, dict[str, str]]


@dataclass(frozen=True)
class Problem:
    """One thing that is wrong with a table, where it stands, and what mends it.

    Parameters
    ----------
    file : str
        The file with its folder, such as ``data/market.csv``.
    line : int or None
        The line in the file, counted from 1 at the header; none if the whole file is meant.
    field : str
        The column, the columns of a key, or the property of the package that the file doesn't
        meet; empty if a whole line or file is meant.
    value : str or None
        What was found there.
    problem : str
        What is wrong with it.
    remedy : str
        What to do.

    Examples
    --------
    >>> from cbec.tables.frames import Problem
    >>> print(Problem("data/market.csv", 2, "year", "", "is missing", "fill it in"))
    data/market.csv line 2, column year: '' is missing; fill it in
    """

    file: str
    line: int | None
    field: str
    value: str | None
    problem: str
    remedy: str

    def __str__(self) -> str:
        place = self.file if self.line is None else f"{self.file} line {self.line}"
        if self.field:
            place += f", {'property' if self.line is None else 'column'} {self.field}"
        if self.value is not None:
            place += f": {self.value!r}"
        return f"{place} {self.problem}; {self.remedy}"


class _BrokenTableError(TableError):
    """A file whose rows can't be told apart; its message is the first of the problems."""

    def __init__(self, *problems: Problem) -> None:
        super().__init__(str(problems[0]))
        self.problems = problems


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
    stated: Mapping[str, Any]
    fields: tuple[_Field, ...]
    missing_values: frozenset[str]
    primary_key: tuple[str, ...]
    foreign_keys: tuple[_ForeignKey, ...]

    @property
    def file(self) -> str:
        return _shown(self.path)

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


@dataclass(frozen=True)
class _Package:
    tables: Mapping[str, _Table]
    read: dict[str, list[Row]]

    def table(self, name: str) -> _Table:
        if name in self.tables:
            return self.tables[name]
        close = get_close_matches(str(name), self.tables, n=1)
        hint = f" (did you mean {close[0]!r}?)" if close else ""
        raise TableError(f"there is no table {name!r}{hint}; there are {', '.join(self.tables)}")

    def rows(self, table: _Table) -> list[Row]:
        """Read a table whose header must be the described one, once."""
        if table.name not in self.read:
            self.read[table.name] = _rows(table)
        return self.read[table.name]


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
    >>> from cbec.tables.frames import data_dir
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
    tried.append(Path(__file__).resolve().parents[3] / "data")
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
    >>> from cbec.tables.frames import data_dir, read_rows
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
                raise _broken(shown, line, "is empty", "delete it")
            if len(cells) != len(header):
                raise _broken(
                    shown,
                    line,
                    f"has {len(cells)} cells, the header has {len(header)}",
                    "add or remove cells, and quote any cell that holds a comma",
                )
            rows.append((line, dict(zip(header, cells, strict=True))))
            line = reader.line_num + 1
    except csv.Error as error:
        raise _broken(
            shown,
            line,
            f"can't be read as CSV ({error})",
            'close every quote, and double any quote (") within a quoted cell',
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
    >>> from cbec.tables.frames import names
    >>> "market" in names()
    True
    """
    return tuple(_package(data_dir()).tables)


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
    >>> from cbec.tables.frames import load
    >>> market = load("market")
    >>> row = market[(market.series == "market-export") & (market.year == 2024)].iloc[0]
    >>> row.printed, float(row.value), row.unit
    ('13.7', 13.7, 'trillion CNY')
    >>> row.row
    'market-export-2024-as-published'
    >>> load("goods_trade", vintage="communique").year.unique().tolist()
    [2023, 2024]
    """
    package = _package(data_dir())
    table = package.table(name)
    frame = _typed(table, package)
    if table.holds_series:
        frame = _with_series(frame, _typed(package.table(_SERIES), package))
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


def check(
    folder: str | os.PathLike[str] | None = None, names: Collection[str] | None = None
) -> tuple[Problem, ...]:
    """Check tables of a data package, and find all that is wrong rather than the first.

    Each file must have the size, the SHA-256 and the number of rows that the package states, the
    described columns, and in each cell the type, the constraints and the keys. :func:`load`
    doesn't compare size and hash, so that a table may be changed to see what follows.

    Parameters
    ----------
    folder : str or path-like, optional
        The folder that holds ``datapackage.json``; that of :func:`data_dir` unless given.
    names : collection of str, optional
        The tables to check; all unless given.

    Returns
    -------
    tuple of Problem
        In the order of the tables; empty if nothing is wrong. Of a table whose lines or columns
        can't be told apart, the cells aren't checked.

    Raises
    ------
    TableError
        If the package itself can't be read, or has no table of that name.
    DataNotFoundError
        If there is no package in the folder.

    Examples
    --------
    >>> from cbec.tables.frames import check
    >>> for problem in check():
    ...     print(problem)
    """
    if folder is not None and not (Path(folder) / _DESCRIPTOR).is_file():
        raise DataNotFoundError(
            f"there is no {_DESCRIPTOR} in {os.fspath(folder)}; give the folder of a data package"
        )
    package = _package(data_dir() if folder is None else Path(folder))
    found: list[Problem] = []
    for name in package.tables if names is None else _listed(names):
        table = package.table(name)
        found += _problems(table, package)
        found += _differences(table, package)
    # A file that can't be read is met again by every key that points to it.
    return tuple(dict.fromkeys(found))


def _shown(path: Path) -> str:
    return f"{path.resolve().parent.name}/{path.name}"


def _broken(file: str, line: int | None, problem: str, remedy: str) -> _BrokenTableError:
    return _BrokenTableError(Problem(file, line, "", None, problem, remedy))


def _text(path: Path) -> str:
    shown = _shown(path)
    try:
        data = path.read_bytes()
    except OSError as error:
        problem = f"can't be opened ({error.strerror})"
        raise _broken(shown, None, problem, "restore the file") from error
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise _broken(shown, line, "isn't UTF-8", "save the file as UTF-8") from error


def _check_header(header: Sequence[str], shown: str) -> None:
    if not header:
        raise _broken(shown, 1, "has no header", "name the columns there")
    if len(header) == 1 and (";" in header[0] or "\t" in header[0]):
        raise _broken(shown, 1, "has cells that aren't separated by commas", "save it as CSV")
    for position, column in enumerate(header, start=1):
        if not column.strip():
            raise _broken(shown, 1, f"has no name for column {position}", "name it")
        if column in header[: position - 1]:
            raise _broken(shown, 1, f"has column {column!r} twice", "rename one")


def _package(folder: Path) -> _Package:
    path = folder / _DESCRIPTOR
    try:
        descriptor = json.loads(_text(path))
        tables = [_table(resource, folder) for resource in descriptor["resources"]]
    except json.JSONDecodeError as error:
        raise TableError(
            f"{_shown(path)} line {error.lineno} isn't JSON ({error.msg}); mend it there"
        ) from error
    except TableError:
        raise
    except (AttributeError, KeyError, TypeError, ValueError, re.error) as error:
        raise TableError(
            f"{_shown(path)} isn't a tabular data package ({type(error).__name__}: {error}); every "
            "resource needs name, path and schema, every field name and type, and each constraint "
            "a value of that type"
        ) from error
    given = [table.name for table in tables]
    twice = [name for name in dict.fromkeys(given) if given.count(name) > 1]
    if twice or not given:
        problem = f"describes {twice[0]!r} twice" if twice else "describes no table"
        raise TableError(f"{_shown(path)} {problem}; mend its resources")
    package = _Package({table.name: table for table in tables}, {})
    for table in tables:
        _check_keys(table, package)
    return package


def _table(resource: Mapping[str, Any], folder: Path) -> _Table:
    schema = resource["schema"]
    fields = tuple(
        _Field(field["name"], field["type"], field.get("constraints") or {})
        for field in schema["fields"]
    )
    for field in fields:
        if field.type not in _READERS:
            raise TableError(
                f"{_shown(folder / _DESCRIPTOR)}: table {resource['name']!r}, "
                f"field {field.name!r}: type {field.type!r} can't be read here; "
                f"use one of {', '.join(_READERS)}"
            )
        for rule in field.constraints.keys() & {"minimum", "maximum"}:
            _READERS[field.type](str(field.constraints[rule]))
        re.compile(field.constraints.get("pattern", ""))
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
        stated=resource,
        fields=fields,
        missing_values=frozenset(
            item["value"] if isinstance(item, Mapping) else item
            for item in schema.get("missingValues", [""])
        ),
        primary_key=_listed(schema.get("primaryKey", ())),
        foreign_keys=keys,
    )


def _check_keys(table: _Table, package: _Package) -> None:
    wanted = [(table, table.primary_key)]
    for key in table.foreign_keys:
        wanted += [(table, key.columns), (package.table(key.table), key.targets)]
    for held, columns in wanted:
        for column in columns:
            if column not in held.columns:
                raise TableError(
                    f"{_shown(table.path.parent / _DESCRIPTOR)}: table {table.name!r}, key: "
                    f"{column!r} is no field of {held.name!r}; mend the key there"
                )


def _listed(value: Any) -> tuple[Any, ...]:
    # A text is a collection too, of letters.
    if isinstance(value, str) or not isinstance(value, Collection):
        return (value,)
    return tuple(value)


def _rows(table: _Table) -> list[Row]:
    rows = read_rows(table.path)
    if not rows:
        raise _broken(table.file, None, "holds no rows", "restore the file")
    found = tuple(rows[0][1])
    if found == table.columns:
        return rows
    listing = f"the columns must be: {','.join(table.columns)}"
    wrong = [
        Problem(table.file, 1, column, None, problem, remedy)
        for columns, others, problem, remedy in (
            (table.columns, found, "is not in the header", f"add it; {listing}"),
            (found, table.columns, f"is not in {_DESCRIPTOR}", f"delete it; {listing}"),
        )
        for column in columns
        if column not in others
    ]
    order = Problem(table.file, 1, "", None, "has its columns in another order", listing)
    raise _BrokenTableError(*(wrong or [order]))


def _typed(table: _Table, package: _Package) -> pd.DataFrame:
    for problem in _problems(table, package):
        raise TableError(str(problem))
    rows = package.rows(table)
    columns = {}
    for field in table.fields:
        texts = (cells[field.name] for _, cells in rows)
        values = [None if t in table.missing_values else _READERS[field.type](t) for t in texts]
        filled, fillable = _DTYPES[field.type]
        columns[field.name] = pd.Series(values, dtype=filled if field.required else fillable)
    return pd.DataFrame(columns)


def _problems(table: _Table, package: _Package) -> Iterator[Problem]:
    """Find what is wrong with the rows of a table, whatever the package states of its file."""
    try:
        rows = package.rows(table)
    except _BrokenTableError as error:
        yield from error.problems
        return
    for line, cells in rows:
        for field in table.fields:
            text = cells[field.name]
            if wrong := _violation(field, text, text in table.missing_values):
                yield Problem(table.file, line, field.name, text, *wrong)
    unique = [(field.name,) for field in table.fields if field.constraints.get("unique")]
    for columns in dict.fromkeys([table.primary_key, *unique]):
        yield from _duplicates(table, columns, rows)
    for key in table.foreign_keys:
        yield from _strays(table, key, rows, package)


def _violation(field: _Field, text: str, missing: bool) -> tuple[str, str] | None:
    """Say what is wrong with a cell, and the remedy; None if nothing is."""
    if missing:
        return ("is missing", "fill it in") if field.required else None
    read, rules = _READERS[field.type], field.constraints
    try:
        value = read(text)
    except ValueError:
        kind, example = _EXAMPLES[field.type]
        return f"is not {kind}", f"write it like {example}"
    if "enum" in rules:
        allowed = [str(item) for item in rules["enum"]]
        if text not in allowed:
            return "is not an allowed value", f"use one of {', '.join(allowed)}"
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


def _duplicates(table: _Table, columns: tuple[str, ...], rows: Sequence[Row]) -> Iterator[Problem]:
    first: dict[tuple[str, ...], int] = {}
    for line, cells in rows if columns else ():
        key = tuple(cells[column] for column in columns)
        if all(cell in table.missing_values for cell in key):
            continue
        if key in first:
            problem = f"is the key of line {first[key]} already"
            remedy = "delete one of the two rows or mend its key"
            yield Problem(table.file, line, ", ".join(columns), ", ".join(key), problem, remedy)
        first.setdefault(key, line)


def _strays(
    table: _Table, key: _ForeignKey, rows: Sequence[Row], package: _Package
) -> Iterator[Problem]:
    target = package.table(key.table)
    try:
        held = package.rows(target)
    except _BrokenTableError as error:
        yield from error.problems
        return
    known = {tuple(cells[column] for column in key.targets) for _, cells in held}
    for line, cells in rows:
        value = tuple(cells[column] for column in key.columns)
        if value in known or all(cell in table.missing_values for cell in value):
            continue
        close = get_close_matches(value[0], [item[0] for item in known], n=1)
        hint = f" (did you mean {close[0]!r}?)" if close else ""
        problem = f"is not in column {', '.join(key.targets)} of {target.file}{hint}"
        remedy = "mend it here or add its row there"
        yield Problem(table.file, line, ", ".join(key.columns), ", ".join(value), problem, remedy)


def _differences(table: _Table, package: _Package) -> Iterator[Problem]:
    """Compare a file with what the package states of it."""
    try:
        content = table.path.read_bytes()
    except OSError:
        return
    found: dict[str, int | str] = {"bytes": len(content), "hash": _hash(content)}
    if table.name in package.read:
        found["rows"] = len(package.read[table.name])
    plain = content.removeprefix(codecs.BOM_UTF8).replace(b"\r\n", b"\n")
    cause = ""
    if plain != content and _hash(plain) == table.stated.get("hash"):
        cause = " (only its line ends or byte-order mark differ)"
    for name, value in found.items():
        stated = table.stated.get(name)
        if stated is None:
            yield Problem(
                table.file, None, name, str(value), f"isn't stated in {_DESCRIPTOR}", _STATE
            )
        elif stated != value:
            problem = f"is not the {stated!r} that {_DESCRIPTOR} states{cause}"
            yield Problem(table.file, None, name, str(value), problem, _RENEW)


def _hash(content: bytes) -> str:
    return f"sha256:{hashlib.sha256(content).hexdigest()}"


def _with_series(frame: pd.DataFrame, series: pd.DataFrame) -> pd.DataFrame:
    described = series.set_index("id")
    added = {column: frame["series"].map(described[column]) for column in _SERIES_COLUMNS}
    return frame.assign(value=frame["printed"].astype("float64"), **added)


def _row_names(frame: pd.DataFrame, table: _Table) -> list[str]:
    """Name each row by its key, in letters, digits and hyphens, as an anchor of a page can be."""
    key = frame[list(table.primary_key)]
    # A date is a time stamp to pandas; a cell that is empty adds nothing to the name.
    texts = key.astype(str).where(key.notna(), "")
    joined = ("-".join(filter(None, cells)).lower() for cells in texts.itertuples(index=False))
    return [re.sub(r"[^0-9a-z]+", "-", name) for name in joined]


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
