"""Every table of the package, damaged in every way that applies to it, is reported.

The report must name file, line, field, value and remedy, and Frictionless must find the same: for
each way on one table, and on all of them in `make test-exhaustive`.
"""

from __future__ import annotations

import csv
import io
import json
import os
import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from string import ascii_letters
from typing import Any

import pytest
from frictionless import Package, Resource, system

from cbec.tables.csv_rows import Problem
from cbec.tables.package_checks import check_package

DATA = Path(__file__).resolve().parents[3] / "data"
DESCRIPTOR = json.loads((DATA / "datapackage.json").read_text(encoding="utf-8"))
RESOURCES = {resource["name"]: resource for resource in DESCRIPTOR["resources"]}
STATED = ("bytes", "hash", "rows")


class Table:
    """A table as its lines of cells, the header first, with its description."""

    def __init__(self, resource: dict[str, Any]) -> None:
        self.resource = resource
        self.schema = resource["schema"]
        self.fields = {field["name"]: field for field in self.schema["fields"]}
        with (DATA / resource["path"]).open(encoding="utf-8", newline="") as file:
            self.lines = list(csv.reader(file))

    def field(self, **wanted: Any) -> str | None:
        """Name the first field that has a constraint, one of several types, or a pattern."""
        for name, field in self.fields.items():
            rules = field.get("constraints", {})
            if "rule" in wanted and wanted["rule"] not in rules:
                continue
            if "types" in wanted and field["type"] not in wanted["types"]:
                continue
            if "digits" in wanted and "[0-9]+" not in rules.get("pattern", "")[:8]:
                continue
            return name
        return None

    def written(self, *changes: tuple[int, str, str]) -> bytes:
        """Write the table with some cells changed: line, field and text."""
        lines = [list(cells) for cells in self.lines]
        for line, name, text in changes:
            lines[line - 1][list(self.fields).index(name)] = text
        return as_csv(lines)


def as_csv(lines: list[list[str]]) -> bytes:
    stream = io.StringIO()
    csv.writer(stream, lineterminator="\n").writerows(lines)
    return stream.getvalue().encode()


TABLES = {name: Table(resource) for name, resource in RESOURCES.items()}


@dataclass(frozen=True)
class Damaged:
    """The file's new content (none: the file is gone), and what the reports must say."""

    content: bytes | None
    line: int | None
    field: str
    value: str | None
    said: str  # of the problem or the remedy
    error: str  # the type of Frictionless' error


Damage = Callable[[Table], Damaged | None]


def cell(table: Table, name: str | None, text: str, said: str, error: str) -> Damaged | None:
    if name is None:
        return None
    return Damaged(table.written((2, name, text)), 2, name, text, said, error)


def missing_key(table: Table) -> Damaged | None:
    return cell(table, table.schema["primaryKey"][0], "", "fill it in", "constraint-error")


def missing_required(table: Table) -> Damaged | None:
    plain = [
        name
        for name, field in table.fields.items()
        if field.get("constraints", {}).get("required") and name not in table.schema["primaryKey"]
    ]
    return cell(table, plain[-1] if plain else None, "", "fill it in", "constraint-error")


def duplicate_key(table: Table) -> Damaged | None:
    key = table.schema["primaryKey"]
    values = dict(zip(table.fields, table.lines[1], strict=True))
    return Damaged(
        as_csv([*table.lines, table.lines[1]]),
        as_csv(table.lines).count(b"\n") + 1,
        ", ".join(key),
        ", ".join(values[name] for name in key),
        "is the key of line 2 already; delete one of the two rows",
        "primary-key",
    )


def wrong_type(table: Table) -> Damaged | None:
    name = table.field(types=("integer", "number", "boolean", "date"))
    return cell(table, name, "many", "write it like", "type-error")


def wrong_form(table: Table) -> Damaged | None:
    return cell(table, table.field(rule="pattern"), "§ 2", "it must match", "constraint-error")


def negative(table: Table) -> Damaged | None:
    if name := table.field(rule="minimum"):
        return cell(table, name, "-1", "is below the minimum", "constraint-error")
    return cell(table, table.field(digits=True), "-1", "it must match", "constraint-error")


def too_large(table: Table) -> Damaged | None:
    name = table.field(rule="maximum")
    beyond = str(table.fields[name]["constraints"]["maximum"] + 1) if name else ""
    return cell(table, name, beyond, "is above the maximum", "constraint-error")


def outside_enum(table: Table) -> Damaged | None:
    return cell(table, table.field(rule="enum"), "proven", "use one of", "constraint-error")


def unknown(column: str) -> Damage:
    """Point a foreign key at a row that isn't there."""

    def damage(table: Table) -> Damaged | None:
        if not any(column in key["fields"] for key in table.schema.get("foreignKeys", ())):
            return None
        text = "XXX" if column == "country" else "no-such-row"
        return cell(table, column, text, "add its row there", "foreign-key")

    return damage


def missing_column(table: Table) -> Damaged | None:
    lines = [cells[:-1] for cells in table.lines]
    return Damaged(as_csv(lines), 1, list(table.fields)[-1], None, "add it", "missing-label")


def extra_column(table: Table) -> Damaged | None:
    lines = [[*cells, text] for cells, text in zip(table.lines, ["more", *["1"] * 999])]  # noqa: B905
    return Damaged(as_csv(lines), 1, "more", None, "delete it", "extra-label")


def swapped_columns(table: Table) -> Damaged | None:
    lines = [[second, first, *rest] for first, second, *rest in table.lines]
    said = "the columns must be"
    return Damaged(as_csv(lines), 1, "", None, said, "incorrect-label")


def ragged_row(table: Table) -> Damaged | None:
    header, first, *rest = table.lines
    content = as_csv([header, [*first, "one more"], *rest])
    return Damaged(content, 2, "", None, "add or remove cells", "extra-cell")


def unclosed_quote(table: Table) -> Damaged | None:
    content = as_csv(table.lines) + b'"' + as_csv(table.lines[1:2]).replace(b'"', b"")
    line = as_csv(table.lines).count(b"\n") + 1
    return Damaged(content, line, "", None, "close every quote", "")


def empty_line(table: Table) -> Damaged | None:
    content = as_csv(table.lines)
    return Damaged(content.replace(b"\n", b"\n\n", 1), 2, "", None, "delete it", "blank-row")


def broken_encoding(table: Table) -> Damaged | None:
    content = as_csv(table.lines).replace(b"\n", b"\n\xd6\xd0", 1)
    return Damaged(content, 2, "", None, "save the file as UTF-8", "encoding-error")


def missing_file(table: Table) -> Damaged | None:
    return Damaged(None, None, "", None, "restore the file", "scheme-error")


def empty_file(table: Table) -> Damaged | None:
    return Damaged(b"", 1, "", None, "name the columns", "source-error")


def header_alone(table: Table) -> Damaged | None:
    return Damaged(as_csv(table.lines[:1]), None, "", None, "restore the file", "")


def changed_byte(table: Table) -> Damaged | None:
    content = bytearray(as_csv(table.lines))
    letter = max(place for place, byte in enumerate(content) if chr(byte) in ascii_letters)
    content[letter] = ord("y" if content[letter] == ord("x") else "x")
    said = "restore the file, or run 'make data'"
    return Damaged(bytes(content), None, "hash", "sha256:", said, "hash-count")


def dropped_row(table: Table) -> Damaged | None:
    content = as_csv(table.lines[:-1])
    return Damaged(content, None, "rows", str(len(table.lines) - 2), "run 'make data'", "row-count")


def line_ends(table: Table) -> Damaged | None:
    content = as_csv(table.lines).replace(b"\n", b"\r\n")
    said = "only its line ends or byte-order mark differ"
    return Damaged(content, None, "bytes", str(len(content)), said, "byte-count")


def byte_order_mark(table: Table) -> Damaged | None:
    content = b"\xef\xbb\xbf" + as_csv(table.lines)
    said = "only its line ends or byte-order mark differ"
    return Damaged(content, None, "bytes", str(len(content)), said, "byte-count")


KEY_COLUMNS = sorted(
    {key["fields"][0] for table in TABLES.values() for key in table.schema.get("foreignKeys", ())}
)
DAMAGES: dict[str, Damage] = {
    damage.__name__: damage
    for damage in (
        missing_key,
        missing_required,
        duplicate_key,
        wrong_type,
        wrong_form,
        negative,
        too_large,
        outside_enum,
        missing_column,
        extra_column,
        swapped_columns,
        ragged_row,
        unclosed_quote,
        empty_line,
        broken_encoding,
        missing_file,
        empty_file,
        header_alone,
        changed_byte,
        dropped_row,
        line_ends,
        byte_order_mark,
    )
} | {f"unknown_{column}": unknown(column) for column in KEY_COLUMNS}
CASES = {
    kind: {name: damaged for name, table in TABLES.items() if (damaged := damage(table))}
    for kind, damage in DAMAGES.items()
}


def parameters(chosen: dict[str, list[str]]) -> list[Any]:
    """Return the cases of some tables for each kind of damage."""
    return [
        pytest.param(kind, name, id=f"{name}-{kind}")
        for kind, names in chosen.items()
        for name in names
    ]


def known_to_frictionless() -> dict[str, list[str]]:
    """Return the tables that Frictionless reads for each kind: another one each time, or all."""
    known = {
        kind: [name for name, damaged in cases.items() if damaged.error]
        for kind, cases in CASES.items()
    }
    if os.environ.get("CBEC_EXHAUSTIVE"):
        return known
    return {
        kind: [names[turn % len(names)]]
        for turn, (kind, names) in enumerate(known.items())
        if names
    }


def write(folder: Path, name: str, damaged: Damaged) -> None:
    path = folder / RESOURCES[name]["path"]
    if damaged.content is None:
        path.unlink()
    else:
        path.write_bytes(damaged.content)


@pytest.fixture(scope="module")
def reported(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], tuple[Problem, ...]]:
    """Return what is reported of a package of which every table is damaged in one way."""

    @cache
    def report(kind: str) -> tuple[Problem, ...]:
        copy = shutil.copytree(DATA, tmp_path_factory.mktemp(kind) / "data")
        for name, damaged in CASES[kind].items():
            write(copy, name, damaged)
        return check_package(copy)

    return report


@pytest.fixture(scope="module")
def copy(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return shutil.copytree(DATA, tmp_path_factory.mktemp("package") / "data")


@pytest.fixture
def one_damaged(copy: Path, kind: str, name: str) -> Iterator[Path]:
    """Damage one file of the copy for one test."""
    write(copy, name, CASES[kind][name])
    yield copy
    shutil.copyfile(DATA / RESOURCES[name]["path"], copy / RESOURCES[name]["path"])


@cache
def alone(folder: Path, name: str, *, measured: bool) -> Resource:
    """Read the description of one table with those that its keys point to."""
    keys = RESOURCES[name]["schema"].get("foreignKeys", ())
    wanted = dict.fromkeys([name, *(key["reference"]["resource"] for key in keys)])
    resources = [
        {k: v for k, v in RESOURCES[each].items() if k not in STATED or (measured and each == name)}
        for each in wanted
    ]
    descriptor = {"$schema": DESCRIPTOR["$schema"], "resources": resources}
    return Package.from_descriptor(descriptor, basepath=str(folder)).get_resource(name)


def test_each_table_is_damaged_in_at_least_ten_ways() -> None:
    for name in TABLES:
        assert sum(name in cases for cases in CASES.values()) >= 10, name


def test_frictionless_meets_every_kind_of_damage_that_it_knows() -> None:
    assert known_to_frictionless().keys() == {
        kind for kind, cases in CASES.items() if any(damaged.error for damaged in cases.values())
    }
    assert CASES.keys() - known_to_frictionless().keys() == {"unclosed_quote", "header_alone"}


@pytest.mark.parametrize(
    ("kind", "name"), parameters({kind: list(cases) for kind, cases in CASES.items()})
)
def test_damage_is_reported_with_place_value_and_remedy(
    reported: Callable[[str], tuple[Problem, ...]], kind: str, name: str
) -> None:
    file, damaged = f"data/{RESOURCES[name]['path']}", CASES[kind][name]
    found = [
        problem
        for problem in reported(kind)
        if (problem.file, problem.line, problem.field) == (file, damaged.line, damaged.field)
        and (problem.value or "").startswith(damaged.value or "")
        and damaged.said in str(problem)
    ]
    assert found, [problem for problem in reported(kind) if problem.file == file]
    text = str(found[0])
    for part in (file, f"line {damaged.line}" if damaged.line else "", damaged.field):
        assert part in text
    assert repr(found[0].value) in text or found[0].value is None
    assert found[0].problem
    assert text.endswith(f"; {found[0].remedy}")


@pytest.mark.parametrize(("kind", "name"), parameters(known_to_frictionless()))
def test_frictionless_finds_the_same_damage(one_damaged: Path, kind: str, name: str) -> None:
    error = CASES[kind][name].error
    measured = error in ("hash-count", "byte-count", "row-count")
    with system.use_context(trusted=True):  # the copy's absolute path is safe
        report = alone(one_damaged, name, measured=measured).validate()
    assert error in {error for (error,) in report.flatten(["type"])}
