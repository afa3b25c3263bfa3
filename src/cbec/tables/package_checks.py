"""Checks of a data package: what is said of a cell, a row, a key or a file that breaks its rules.

What a type or a constraint allows is in `cbec.tables.datapackage`.
"""

from __future__ import annotations

import codecs
import hashlib
import operator
import os
import re
from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from pathlib import Path

from cbec.errors import DataNotFoundError, did_you_mean
from cbec.tables.csv_rows import BrokenTableError, Problem, Row
from cbec.tables.datapackage import DESCRIPTOR, Field, ForeignKey, Package, Resource, read_package


def check_package(folder: str | os.PathLike[str] | None = None) -> tuple[Problem, ...]:
    """Check the tables of a data package, and return all that is wrong rather than the first.

    Each file must have the size, the SHA-256 and the number of rows that the package states, the
    described columns, and in each cell the type, the constraints and the keys. :func:`load`
    doesn't compare size and hash, so that a table may be changed to see what follows.

    The package is the one in a folder, that of :func:`data_dir` unless given. Of a table whose
    lines or columns can't be told apart, the cells aren't checked.

    Raises
    ------
    TableError
        If the package itself can't be read.
    DataNotFoundError
        If there is no package in the folder.

    Examples
    --------
    >>> check_package()
    ()
    """
    if folder is not None and not (Path(folder) / DESCRIPTOR).is_file():
        raise DataNotFoundError(
            f"there is no {DESCRIPTOR} in {os.fspath(folder)}; give the folder of a data package"
        )
    package = read_package(None if folder is None else Path(folder))
    found: list[Problem] = []
    for table in package.tables.values():
        found += problems_of(table, package)
        found += _differences(table, package)
    # A file that can't be read is met again by every key that points to it.
    return tuple(dict.fromkeys(found))


def problems_of(table: Resource, package: Package) -> Iterator[Problem]:
    """Find what is wrong with the rows of a table, whatever the package states of its file."""
    try:
        rows = package.rows(table)
    except BrokenTableError as error:
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


def _violation(field: Field, text: str, missing: bool) -> tuple[str, str] | None:
    """Say what is wrong with a cell, and the remedy; None if nothing is."""
    if missing:
        return ("is missing", "fill it in") if field.required else None
    type, rules = field.type, field.constraints
    try:
        value = type.read(text)
    except ValueError:
        return f"is not {type.called}", f"write it like {type.example}"
    allowed = [str(item) for item in rules.get("enum", [text])]
    if text not in allowed:
        return "is not an allowed value", f"use one of {', '.join(allowed)}"
    for rule, word, beyond in (
        ("minimum", "below", operator.lt),
        ("maximum", "above", operator.gt),
    ):
        if rule in rules and beyond(value, type.read(str(rules[rule]))):
            return (
                f"is {word} the {rule} {rules[rule]}",
                f"mend the cell, or the {rule} in {DESCRIPTOR} if the table really grew",
            )
    if "pattern" in rules and not re.fullmatch(rules["pattern"], text):
        return "doesn't have the form of this column", f"it must match {rules['pattern']}"
    return None


def _keys(
    table: Resource, columns: tuple[str, ...], rows: Iterable[Row]
) -> Iterator[tuple[int, tuple[str, ...]]]:
    """Return the line of each row and its cells in some columns; not where all are missing."""
    for line, cells in rows:
        key = tuple(cells[column] for column in columns)
        if not table.missing_values.issuperset(key):
            yield line, key


def _duplicates(
    table: Resource, columns: tuple[str, ...], rows: Sequence[Row]
) -> Iterator[Problem]:
    first: dict[tuple[str, ...], int] = {}
    for line, key in _keys(table, columns, rows):
        if key in first:
            problem = f"is the key of line {first[key]} already"
            remedy = "delete one of the two rows or mend its key"
            yield Problem(table.file, line, ", ".join(columns), ", ".join(key), problem, remedy)
        first.setdefault(key, line)


def _strays(
    table: Resource, key: ForeignKey, rows: Sequence[Row], package: Package
) -> Iterator[Problem]:
    target = package.table(key.table)
    try:
        held = package.rows(target)
    except BrokenTableError as error:
        yield from error.problems
        return
    known = {tuple(cells[column] for column in key.targets) for _, cells in held}
    for line, value in _keys(table, key.columns, rows):
        if value not in known:
            hint = did_you_mean(value[0], [item[0] for item in known])
            problem = f"is not in column {', '.join(key.targets)} of {target.file}{hint}"
            place = (table.file, line, ", ".join(key.columns), ", ".join(value))
            yield Problem(*place, problem, "mend it here or add its row there")


def _differences(table: Resource, package: Package) -> Iterator[Problem]:
    """Compare a file with what the package states of it."""
    try:
        content = table.path.read_bytes()
    except OSError:
        return
    found: dict[str, int | str] = {"bytes": len(content), "hash": _hash(content)}
    with suppress(BrokenTableError):
        found["rows"] = len(package.rows(table))
    plain = content.removeprefix(codecs.BOM_UTF8).replace(b"\r\n", b"\n")
    cause = ""
    if plain != content and _hash(plain) == table.stated.get("hash"):
        cause = " (only its line ends or byte-order mark differ)"
    for name, value in found.items():
        stated = table.stated.get(name)
        problem = f"is not the {stated!r} that {DESCRIPTOR} states{cause}"
        remedy = "restore the file, or run 'make data' if the change was meant"
        if stated is None:
            problem, remedy = f"isn't stated in {DESCRIPTOR}", "run 'make data'"
        if stated != value:
            yield Problem(table.file, None, name, str(value), problem, remedy)


def _hash(content: bytes) -> str:
    return f"sha256:{hashlib.sha256(content).hexdigest()}"
