"""The descriptor of a data package: where it is, and which tables with which rules it describes."""

from __future__ import annotations

import functools
import json
import os
import re
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from types import MappingProxyType
from typing import Any, NamedTuple

from cbec.errors import DataNotFoundError, TableError, did_you_mean
from cbec.tables.csv_rows import (
    BrokenTableError,
    Problem,
    Row,
    broken,
    content_of,
    decoded,
    file_shown,
    read_rows,
)

DESCRIPTOR = "datapackage.json"
_ENVIRONMENT = "CBEC_DATA"
SERIES_TABLE = "series"
_NOT_TABULAR = (
    "isn't a tabular data package; every resource needs name, path and schema, every field name "
    "and type, and each constraint a value of that type"
)


class FieldType(NamedTuple):
    """What a cell holds: in words, an example, how it is written and read, and pandas' types."""

    called: str
    example: str
    pattern: str
    converted: Callable[[str], Any]
    dtype_if_required: Any
    dtype: Any

    def read(self, text: str) -> Any:
        """Return the value that a cell writes, or raise `ValueError`."""
        if not re.fullmatch(self.pattern, text):
            raise ValueError(text)
        return self.converted(text)


_NUMBER = r"-?[0-9]+(\.[0-9]+)?([eE][+-]?[0-9]+)?"
_DATE = "[0-9]{4}-[0-9]{2}-[0-9]{2}"
_TIME = "datetime64[s]"
TYPES: Mapping[str, FieldType] = {
    "string": FieldType("a text", "text", "(?s:.*)", str, "str", "str"),
    "integer": FieldType("a whole number", "2024", "-?[0-9]+", int, "int64", "Int64"),
    "number": FieldType("a number", "13.7", _NUMBER, float, "float64", "float64"),
    "boolean": FieldType("true or false", "true", "true|false", "true".__eq__, "bool", "boolean"),
    "date": FieldType("a date", "2024-11-18", _DATE, date.fromisoformat, _TIME, _TIME),
}


@dataclass(frozen=True)
class Field:
    """A column: its name, its type and what its cells must keep to."""

    name: str
    type: FieldType
    constraints: Mapping[str, Any]

    @property
    def required(self) -> bool:
        """Whether each cell must be filled."""
        return bool(self.constraints.get("required"))


@dataclass(frozen=True)
class ForeignKey:
    """Columns whose cells must stand in the columns of another table."""

    columns: tuple[str, ...]
    table: str
    targets: tuple[str, ...]


@dataclass(frozen=True)
class Resource:
    """A table as the descriptor describes it; ``stated`` is its entry there."""

    name: str
    path: Path
    stated: Mapping[str, Any]
    fields: tuple[Field, ...]
    missing_values: frozenset[str]
    primary_key: tuple[str, ...]
    foreign_keys: tuple[ForeignKey, ...]

    @property
    def file(self) -> str:
        """The file with its folder, for messages."""
        return file_shown(self.path)

    @property
    def columns(self) -> tuple[str, ...]:
        """The names of the columns, in order."""
        return tuple(field.name for field in self.fields)

    @property
    def holds_series(self) -> bool:
        """Whether its rows are printed figures of series."""
        links = any(key.table == SERIES_TABLE for key in self.foreign_keys)
        return links and {"series", "printed"} <= set(self.columns)

    @property
    def is_citable(self) -> bool:
        """Whether its rows have keys and sources, so that a page can cite them."""
        return bool(self.primary_key) and "source" in self.columns


@dataclass(frozen=True, eq=False)
class Package:
    """A data package: its folder, the content of its descriptor, and its tables by name."""

    folder: Path
    descriptor: Mapping[str, Any]
    tables: Mapping[str, Resource]

    def table(self, name: str) -> Resource:
        """Return the table of a name, or raise `TableError` with the nearest one."""
        if name in self.tables:
            return self.tables[name]
        hint = did_you_mean(str(name), self.tables)
        raise TableError(f"there is no table {name!r}{hint}; there are {', '.join(self.tables)}")

    def rows(self, table: Resource) -> list[Row]:
        """Read a table, whose header must be the described one."""
        rows = read_rows(table.path)
        if not rows:
            raise broken(table.file, None, "holds no rows", "restore the file")
        found = tuple(rows[0][1])
        if found == table.columns:
            return rows
        listing = f"the columns must be: {','.join(table.columns)}"
        missing, more = "is not in the header", f"is not in {DESCRIPTOR}"
        wrong = [(c, missing, f"add it; {listing}") for c in table.columns if c not in found]
        wrong += [(c, more, f"delete it; {listing}") for c in found if c not in table.columns]
        if not wrong:
            wrong = [("", "has its columns in another order", listing)]
        raise BrokenTableError(*(Problem(table.file, 1, c, None, *said) for c, *said in wrong))

    def contents(self, *names: str) -> tuple[bytes, ...]:
        """Return the content of tables, and of all that their keys point to."""
        wanted = dict.fromkeys(names)
        for name in names:
            wanted |= dict.fromkeys(key.table for key in self.table(name).foreign_keys)
        return tuple(content_of(self.table(name).path) for name in wanted)

    @property
    def files(self) -> list[Path]:
        """The descriptor, the readme and the tables that are there, by name."""
        paths = [self.folder / DESCRIPTOR, self.folder / "README.md"]
        paths += [table.path for table in self.tables.values()]
        return sorted(path for path in paths if path.is_file())


def data_dir() -> Path:
    """Find the folder that holds ``datapackage.json``.

    Looked for, in this order: the folder that the environment variable ``CBEC_DATA`` names; the
    folder ``data`` of the working directory or of its nearest ancestor that has one; the folder
    ``data`` of the checkout that this package was imported from.

    Raises
    ------
    DataNotFoundError
        If there is none, or ``CBEC_DATA`` names a folder without a data package.

    Examples
    --------
    >>> (data_dir() / "datapackage.json").is_file()
    True
    """
    if named := os.environ.get(_ENVIRONMENT):
        folder = Path(named).expanduser()
        if (folder / DESCRIPTOR).is_file():
            return folder
        raise DataNotFoundError(
            f"{_ENVIRONMENT} is {named!r}, but there is no {DESCRIPTOR} in that folder; "
            f"point {_ENVIRONMENT} at the companion's folder data, or unset it"
        )
    here = Path.cwd()
    tried = [folder / "data" for folder in (here, *here.parents)]
    tried.append(Path(__file__).resolve().parents[3] / "data")
    for folder in tried:
        if (folder / DESCRIPTOR).is_file():
            return folder
    listing = "\n".join(f"  {folder / DESCRIPTOR}" for folder in dict.fromkeys(tried))
    raise DataNotFoundError(
        f"the companion's data were not found; {_ENVIRONMENT} is not set, and none of these "
        f"exists:\n{listing}\nchange into a checkout of the companion, or set {_ENVIRONMENT} to "
        f"its folder data"
    )


def read_package(folder: Path | None = None) -> Package:
    """Read the descriptor in a folder, the project's unless given."""
    folder = data_dir() if folder is None else folder
    return _described(folder, content_of(folder / DESCRIPTOR))


def read_descriptor(folder: Path) -> Mapping[str, Any]:
    """Return what a folder's ``datapackage.json`` holds, or raise `TableError` if it isn't JSON."""
    return _descriptor(folder / DESCRIPTOR, content_of(folder / DESCRIPTOR))


def _descriptor(path: Path, content: bytes) -> Mapping[str, Any]:
    try:
        found = json.loads(decoded(file_shown(path), content))
    except json.JSONDecodeError as error:
        raise TableError(
            f"{file_shown(path)} line {error.lineno} isn't JSON ({error.msg}); mend it there"
        ) from error
    if not isinstance(found, dict):
        raise TableError(f"{file_shown(path)} {_NOT_TABULAR}")
    return found


@functools.lru_cache(maxsize=16)
def _described(folder: Path, content: bytes) -> Package:
    path = folder / DESCRIPTOR
    descriptor = _descriptor(path, content)
    try:
        tables = [_table(resource, folder) for resource in descriptor["resources"]]
    except TableError:
        raise
    except (AttributeError, KeyError, TypeError, ValueError, re.error) as error:
        raise TableError(
            f"{file_shown(path)} {_NOT_TABULAR} ({type(error).__name__}: {error})"
        ) from error
    given = [table.name for table in tables]
    twice = [name for name in dict.fromkeys(given) if given.count(name) > 1]
    if twice or not given:
        problem = f"describes {twice[0]!r} twice" if twice else "describes no table"
        raise TableError(f"{file_shown(path)} {problem}; mend its resources")
    named = MappingProxyType({table.name: table for table in tables})
    package = Package(folder, descriptor, named)
    for table in tables:
        _check_keys(table, package)
    return package


def _table(resource: Mapping[str, Any], folder: Path) -> Resource:
    schema = resource["schema"]
    place = f"{file_shown(folder / DESCRIPTOR)}: table {resource['name']!r}"
    fields = tuple(_field(stated, place) for stated in schema["fields"])
    return Resource(
        name=resource["name"],
        path=folder / resource["path"],
        stated=resource,
        fields=fields,
        missing_values=frozenset(
            item["value"] if isinstance(item, Mapping) else item
            for item in schema.get("missingValues", [""])
        ),
        primary_key=listed(schema.get("primaryKey", ())),
        foreign_keys=tuple(
            _foreign_key(key, resource["name"]) for key in schema.get("foreignKeys", ())
        ),
    )


def _foreign_key(stated: Mapping[str, Any], own: str) -> ForeignKey:
    there = stated["reference"]
    table = there.get("resource") or own
    return ForeignKey(listed(stated["fields"]), table, listed(there["fields"]))


def _field(stated: Mapping[str, Any], place: str) -> Field:
    name, type = stated["name"], stated["type"]
    if type not in TYPES:
        raise TableError(
            f"{place}, field {name!r}: type {type!r} can't be read here; "
            f"use one of {', '.join(TYPES)}"
        )
    field = Field(name, TYPES[type], stated.get("constraints") or {})
    for rule in field.constraints.keys() & {"minimum", "maximum"}:
        field.type.read(str(field.constraints[rule]))
    re.compile(field.constraints.get("pattern", ""))
    return field


def _check_keys(table: Resource, package: Package) -> None:
    wanted = [(table, table.primary_key)]
    for key in table.foreign_keys:
        wanted += [(table, key.columns), (package.table(key.table), key.targets)]
    for held, columns in wanted:
        for column in columns:
            if column not in held.columns:
                raise TableError(
                    f"{file_shown(table.path.parent / DESCRIPTOR)}: table {table.name!r}, key: "
                    f"{column!r} is no field of {held.name!r}; mend the key there"
                )


def listed(value: Any) -> tuple[Any, ...]:
    """Return one value or many as a tuple."""
    # A text is a collection too, of letters.
    if isinstance(value, str) or not isinstance(value, Collection):
        return (value,)
    return tuple(value)
