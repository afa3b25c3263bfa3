"""The files of a ledger, read strictly."""

from __future__ import annotations

import functools
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import fields
from pathlib import Path
from types import MappingProxyType
from typing import Any, TypeVar, get_args

from cbec.audit.ledger import (
    PAPER,
    Alternative,
    Claim,
    Code,
    Comparator,
    Finding,
    FindingKind,
    Grade,
    Kind,
    Ledger,
    OutsideFigure,
    Source,
)
from cbec.audit.ledger_checks import check_references, refuse_circles
from cbec.errors import CbecError, ExpressionError, LedgerError, PrintedFigureError, TableError
from cbec.figures.expression import Comparison, parse
from cbec.figures.printed import Printed, parse_printed
from cbec.tables.csv_rows import content_of, read_rows
from cbec.tables.datapackage import data_dir

# The files that are read from the folder of the claims where they exist, and what they need.
BESIDE: Mapping[str, tuple[str, ...]] = {
    "inputs.csv": ("id", "printed", "unit"),
    "alternatives.csv": ("claim", "expression"),
    "evidence.csv": ("claim", "finding", "grade"),
    "sources.csv": ("id",),
}
R = TypeVar("R")
_T = TypeVar("_T", OutsideFigure, Claim, Alternative, Finding, Source)
_ID = re.compile(r"[A-Za-z][A-Za-z0-9_]*(-[A-Za-z0-9_]+)*")
_REQUIRED = ("id", "printed", "comparator", "kind", "derivation")


def ledger_file(given: str | Path | None = None) -> Path:
    """Return the path of a ledger's file of claims.

    Parameters
    ----------
    given : str or Path, optional
        The file, or the folder that holds it as ``claims.csv``; the project's data unless given.

    Raises
    ------
    LedgerError
        If there is no such file.
    DataNotFoundError
        If nothing is given and the project's data can't be found.
    """
    path = data_dir() if given is None else Path(given)
    if path.is_dir():
        path = path / "claims.csv"
    if not path.is_file():
        raise LedgerError(f"{path}: there is no such file; give the path of a ledger of claims")
    return path


def read_ledger(path: str | Path | None = None) -> Ledger:
    """Read a ledger and the tables beside it.

    Parameters
    ----------
    path : str or Path, optional
        The file of claims or its folder, see `ledger_file`. ``inputs.csv``,
        ``alternatives.csv``, ``evidence.csv`` and ``sources.csv`` are read from the same folder
        where they exist.

    Returns
    -------
    Ledger
        With every derivation parsed and every reference resolved. Files that haven't changed
        aren't read again: the same ledger is returned.

    Raises
    ------
    LedgerError
        If anything in it is broken, or derivations need each other in a circle: the message names
        file, row, column, value and remedy.

    Examples
    --------
    >>> read_ledger().claims["market-2024"].printed.text
    '17.66万亿元'
    """
    path = ledger_file(path)
    beside = (path.with_name(name) for name in BESIDE)
    try:
        contents = [content_of(file) if file.exists() else None for file in (path, *beside)]
    except TableError as error:
        raise LedgerError(str(error)) from error
    return _read(path, tuple(contents))


@functools.lru_cache(maxsize=8)
def _read(path: Path, _contents: tuple[bytes | None, ...]) -> Ledger:
    def beside(name: str) -> Iterator[_Row]:
        return _rows(path.with_name(name), BESIDE[name])

    claims = {claim.id: claim for claim in map(_claim, _rows(path, _REQUIRED))}
    if not claims:
        raise LedgerError(f"{path} holds no claim; add a row below the header")
    inputs = {figure.id: figure for figure in map(_outside, beside("inputs.csv"))}
    for id in inputs.keys() & claims.keys():
        raise LedgerError(
            f"{path.with_name('inputs.csv')} row {inputs[id].line}: id {id!r} is a claim's as "
            "well; give the outside figure another id"
        )
    alternatives = tuple(map(_alternative, beside("alternatives.csv")))
    findings = tuple(map(_finding, beside("evidence.csv")))
    sources = {source.id: source for source in map(_source, beside("sources.csv"))}
    # Whoever reads these files gets the same ledger: nobody may change it.
    ledger = Ledger(
        MappingProxyType(claims),
        MappingProxyType(inputs),
        alternatives,
        findings,
        MappingProxyType(sources),
    )
    check_references(ledger, path)
    refuse_circles(ledger, path)
    return ledger


class _Row:
    """One row of a file, which knows its place for messages."""

    def __init__(self, path: Path, line: int, cells: Mapping[str, str]) -> None:
        self.path, self.line, self.cells = path, line, cells

    def __getitem__(self, column: str) -> str:
        return self.cells.get(column, "").strip()

    def error(self, column: str, problem: str) -> LedgerError:
        id = self["id"] or self["claim"]
        name = f" (id {id})" if id else ""
        return LedgerError(f"{self.path} row {self.line}{name}: {column}: {problem}")

    def entry(self, of: type[_T], /, **given: Any) -> _T:
        """Return an entry of the ledger; what isn't given is the cell of the same name."""
        given["line"] = self.line
        return of(**{f.name: given.get(f.name, self[f.name]) for f in fields(of)})

    def choice(self, column: str, options: tuple[str, ...], default: str = "") -> str:
        value = self[column] or default
        if value not in options:
            listed = ", ".join(filter(None, options))
            raise self.error(column, f"{value!r} is not one of {listed}; choose one")
        return value

    def read(self, column: str, reader: Callable[..., R], *given: Any) -> R:
        """Return what a reader makes of a cell; its errors name the cell."""
        try:
            return reader(*given)
        except (ExpressionError, PrintedFigureError) as error:
            raise self.error(column, str(error)) from error

    def figure(self, unit: str = "") -> Printed:
        figure = self.read("printed", parse_printed, self["printed"], unit)
        if not self["resolution"]:
            return figure
        if not self["resolution_reason"]:
            raise self.error("resolution_reason", "a resolution needs a reason; write one")
        step = self.read("resolution", parse_printed, self["resolution"], unit)
        return self.read("resolution", figure.with_resolution, step)


def _rows(path: Path, required: Sequence[str]) -> Iterator[_Row]:
    """Read one file of a ledger; where a file beside the claims is missing, it has no rows."""
    if path.name in BESIDE and not path.exists():
        return
    try:
        rows = [_Row(path, line, cells) for line, cells in read_rows(path)]
    except CbecError as error:
        raise LedgerError(str(error)) from error
    for column in required if rows else ():
        if column not in rows[0].cells:
            raise LedgerError(
                f"{path} row 1: there is no column {column!r}; a ledger needs {', '.join(required)}"
            )
    seen: dict[str, int] = {}
    for row in rows:
        id = row["id"]
        if "id" in row.cells:
            if not _ID.fullmatch(id) and path.name != "sources.csv":
                raise row.error(
                    "id", f"{id!r} is not an id; write letters, digits and single hyphens"
                )
            if id in seen:
                raise row.error("id", f"{id!r} stands in row {seen[id]} already; rename one")
            seen[id] = row.line
        yield row


def _claim(row: _Row) -> Claim:
    kind = row.choice("kind", get_args(Kind))
    comparator = row.choice("comparator", get_args(Comparator), "=")
    code = row.choice("not_derivable", get_args(Code))
    text = row["derivation"]
    derivation = row.read("derivation", parse, text) if text else None
    printed = None
    if kind == "cross-check":
        if row["printed"]:
            raise row.error("printed", "a cross-check prints nothing; leave it empty")
        if not isinstance(derivation, Comparison):
            raise row.error("derivation", "a cross-check is a comparison, such as sum(a, b) = c")
    else:
        printed = row.figure()
        if isinstance(derivation, Comparison):
            raise row.error("derivation", "a comparison needs the kind cross-check; change one")
        if derivation is None and not code:
            code = "parameter" if kind == "policy parameter" else "given"
        if derivation is not None and code:
            raise row.error("not_derivable", f"{code!r} contradicts the derivation; drop one")
    return row.entry(
        Claim,
        label_en=row["label_en"] or row["id"],
        printed=printed,
        comparator=comparator,
        kind=kind,
        derivation=derivation,
        derivation_text=text,
        code=code,
    )


def _outside(row: _Row) -> OutsideFigure:
    printed, grade = row.figure(row["unit"]), row.choice("evidence", ("", *get_args(Grade)))
    label = row["label_en"] or row["id"]
    return row.entry(OutsideFigure, label_en=label, printed=printed, grade=grade)


def _alternative(row: _Row) -> Alternative:
    text = row["expression"]
    expression = row.read("expression", parse, text)
    label = row["label_en"] or text
    return row.entry(Alternative, label_en=label, expression=expression, text=text)


def _finding(row: _Row) -> Finding:
    finding = row.choice("finding", get_args(FindingKind))
    grade = row.choice("grade", get_args(Grade))
    if finding == "not-found" and grade not in {"not-found", "unconfirmed"}:
        raise row.error("grade", f"nothing was found, so {grade!r} can't be; write not-found")
    if finding != "not-found" and grade == "not-found":
        raise row.error("grade", f"a source that {finding} was found; write its grade")
    if finding in {"supports", "earlier-origin"} and (grade == "printed" or row["source"] == PAPER):
        raise row.error(
            "finding", "the work that prints the figure is no evidence for it; drop the finding"
        )
    if finding in {"supports", "contradicts", "earlier-origin"} and not row["source"]:
        raise row.error("source", f"{finding!r} names no source; write the id of one")
    return row.entry(Finding)


def _source(row: _Row) -> Source:
    if row["origin"] == PAPER != row["id"]:
        raise row.error(
            "origin",
            f"{PAPER!r} is the paper under audit, and its row has this id; "
            "name whoever made the figures of the page",
        )
    return row.entry(Source)
