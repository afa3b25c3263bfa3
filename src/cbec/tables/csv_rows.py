"""Rows of a CSV file, read strictly, as text; `cbec.tables.package_checks` checks the cells."""

from __future__ import annotations

import csv
import functools
import io
import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType

from cbec.errors import TableError

Row = tuple[int, Mapping[str, str]]


@dataclass(frozen=True)
class Problem:
    """One thing that is wrong with a table, where it stands, and what mends it.

    Parameters
    ----------
    file : str
        The file with its folder.
    line : int or None
        The line in the file, counted from 1 at the header; none if the whole file is meant.
    field : str
        The column, the columns of a key, or the property of the package that the file doesn't
        meet; empty if a whole line or file is meant.
    value : str or None
        What was found there.
    problem, remedy : str
        What is wrong with it, and what to do.

    Examples
    --------
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


class BrokenTableError(TableError):
    """A file whose rows can't be told apart; its message is the first of the problems."""

    def __init__(self, *problems: Problem) -> None:
        super().__init__(str(problems[0]))
        self.problems = problems


def read_rows(path: str | os.PathLike[str]) -> list[Row]:
    """Read a CSV file strictly: the line of each row, from 1 at the header, and its cells as text.

    Parameters
    ----------
    path : str or path-like
        A comma-separated file in UTF-8, with or without the byte-order mark that spreadsheets
        write, whose first line names the columns and whose rows all have as many cells as there
        are columns.

    Raises
    ------
    TableError
        If the file is missing, isn't UTF-8, has no usable header, or a row is empty, ragged or
        badly quoted.

    Examples
    --------
    >>> from cbec.tables.datapackage import data_dir
    >>> line, row = read_rows(data_dir() / "countries.csv")[0]
    >>> line, row["iso3"]
    (2, 'CHN')
    """
    path = Path(path)
    return list(_parsed(file_shown(path), content_of(path)))


@functools.lru_cache(maxsize=256)
def _parsed(shown: str, content: bytes) -> tuple[Row, ...]:
    """Read a file's content; the same content isn't read twice."""
    reader = csv.reader(io.StringIO(decoded(shown, content), newline=""), strict=True)
    rows: list[Row] = []
    line = 1
    try:
        header = next(reader, [])
        _check_header(header, shown)
        line = reader.line_num + 1
        for cells in reader:
            if not cells:
                raise broken(shown, line, "is empty", "delete it")
            if len(cells) != len(header):
                problem = f"has {len(cells)} cells, the header has {len(header)}"
                remedy = "add or remove cells, and quote any cell that holds a comma"
                raise broken(shown, line, problem, remedy)
            rows.append((line, MappingProxyType(dict(zip(header, cells, strict=True)))))
            line = reader.line_num + 1
    except csv.Error as error:
        remedy = 'close every quote, and double any quote (") within a quoted cell'
        raise broken(shown, line, f"can't be read as CSV ({error})", remedy) from error
    return tuple(rows)


def file_shown(path: Path) -> str:
    """Name a file with its folder, for messages."""
    return f"{path.resolve().parent.name}/{path.name}"


def broken(file: str, line: int | None, problem: str, remedy: str) -> BrokenTableError:
    """Return the error to raise for a file that can't be read as rows."""
    return BrokenTableError(Problem(file, line, "", None, problem, remedy))


def content_of(path: Path) -> bytes:
    """Return the content of a file, or raise `TableError` if it can't be opened."""
    try:
        return path.read_bytes()
    except OSError as error:
        problem = f"can't be opened ({error.strerror})"
        raise broken(file_shown(path), None, problem, "restore the file") from error


def decoded(shown: str, content: bytes) -> str:
    """Return the text of a file in UTF-8, with or without a byte-order mark."""
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        raise broken(shown, line, "isn't UTF-8", "save the file as UTF-8") from error


def write_whole(path: Path, text: str) -> None:
    """Write a file in UTF-8 in one step, so that no reader meets half of it.

    If that fails, the file is as it was.
    """
    path = Path(os.path.realpath(path))  # not the link to it
    if path.exists() and not path.is_file():  # a device, which nothing may replace
        path.write_text(text, encoding="utf-8", newline="\n")
        return
    scratch = path.with_name(f".{path.name}.{os.getpid()}.tmp")
    try:
        scratch.write_text(text, encoding="utf-8", newline="\n")
        os.replace(scratch, path)
    finally:
        scratch.unlink(missing_ok=True)


def _check_header(header: Sequence[str], shown: str) -> None:
    if not header:
        raise broken(shown, 1, "has no header", "name the columns there")
    if len(header) == 1 and (";" in header[0] or "\t" in header[0]):
        raise broken(shown, 1, "has cells that aren't separated by commas", "save it as CSV")
    for position, column in enumerate(header, start=1):
        if not column.strip():
            raise broken(shown, 1, f"has no name for column {position}", "name it")
        if column in header[: position - 1]:
            raise broken(shown, 1, f"has column {column!r} twice", "rename one")
