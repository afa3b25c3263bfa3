"""The files of a ledger, read strictly."""

from __future__ import annotations

import functools
import graphlib
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path
from typing import TypeVar, cast, get_args

from cbec.audit.ledger import (
    PAPER,
    Alternative,
    Claim,
    Code,
    Comparator,
    Figure,
    Finding,
    FindingKind,
    Grade,
    Kind,
    Ledger,
    OutsideFigure,
    Source,
)
from cbec.errors import CbecError, ExpressionError, LedgerError, TableError, did_you_mean
from cbec.figures.dimensions import FORMS
from cbec.figures.expression import Comparison, Expression, names, parse
from cbec.figures.rounding import Printed, parse_printed
from cbec.tables.datapackage import data_dir
from cbec.tables.rows import content_of, read_rows

__all__ = ["BESIDE", "ledger_file", "read_ledger"]

# The files that are read from the folder of the claims where they exist.
BESIDE = ("inputs.csv", "alternatives.csv", "evidence.csv", "sources.csv")
T = TypeVar("T")
F = TypeVar("F", bound=Figure)
_ID = re.compile(r"[A-Za-z][A-Za-z0-9_]*(-[A-Za-z0-9_]+)*")
_REQUIRED = ("id", "printed", "comparator", "kind", "derivation")


def ledger_file(given: str | Path | None = None) -> Path:
    """Return the path of a ledger's file of claims.

    Parameters
    ----------
    given : str or Path, optional
        The file, or the folder that holds it as ``claims.csv``; the project's data unless given.

    Returns
    -------
    Path

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
        If anything in it is broken: the message names file, row, column, value and remedy.
        Derivations that need each other in a circle are refused too.

    Examples
    --------
    >>> read_ledger().claims["market-2024"].printed.text
    '17.66万亿元'
    """
    path = ledger_file(path)
    beside = (path.with_name(name) for name in BESIDE)
    try:
        contents = [content_of(file) if file.exists() else b"" for file in (path, *beside)]
    except TableError as error:
        raise LedgerError(str(error)) from error
    return _read(path, tuple(contents))


@functools.lru_cache(maxsize=8)
def _read(path: Path, _contents: tuple[bytes, ...]) -> Ledger:
    claims = _keyed(_Reader(path, _REQUIRED).each(_claim))
    if not claims:
        raise LedgerError(f"{path} holds no claim; add a row below the header")
    beside = path.parent
    inputs = _keyed(_Reader(beside / "inputs.csv", ("id", "printed", "unit")).each(_outside))
    for id in inputs.keys() & claims.keys():
        raise LedgerError(
            f"{beside / 'inputs.csv'} row {inputs[id].line}: id {id!r} is a claim's as well; "
            "give the outside figure another id"
        )
    ledger = Ledger(
        claims=claims,
        inputs=inputs,
        alternatives=tuple(
            _Reader(beside / "alternatives.csv", ("claim", "expression")).each(_alternative)
        ),
        findings=tuple(
            _Reader(beside / "evidence.csv", ("claim", "finding", "grade")).each(_finding)
        ),
        sources={s.id: s for s in _Reader(beside / "sources.csv", ("id",)).each(_source)},
    )
    _check_references(ledger, path)
    _refuse_circles(ledger, path)
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

    def choice(self, column: str, options: tuple[str, ...], default: str = "") -> str:
        value = self[column] or default
        if value not in options:
            listed = ", ".join(option for option in options if option)
            raise self.error(column, f"{value!r} is not one of {listed}; choose one")
        return value

    def parsed(self, column: str, text: str) -> Expression:
        try:
            return parse(text)
        except ExpressionError as error:
            raise self.error(column, str(error)) from error

    def figure(self, unit: str = "") -> Printed:
        try:
            figure = parse_printed(self["printed"], unit)
        except CbecError as error:
            raise self.error("printed", str(error)) from error
        override = self["resolution"]
        if not override:
            return figure
        if not self["resolution_reason"]:
            raise self.error("resolution_reason", "a resolution needs a reason; write one")
        try:
            return figure.with_resolution(parse_printed(override, unit))
        except CbecError as error:
            raise self.error("resolution", str(error)) from error


class _Reader:
    """The rows of one file; a missing optional file has none."""

    def __init__(self, path: Path, required: tuple[str, ...]) -> None:
        self.path = path
        if path.name in BESIDE and not path.exists():
            self.rows: list[_Row] = []
            return
        try:
            self.rows = [_Row(path, line, cells) for line, cells in read_rows(path)]
        except CbecError as error:
            raise LedgerError(str(error)) from error
        for column in required:
            if self.rows and column not in self.rows[0].cells:
                raise LedgerError(
                    f"{path} row 1: there is no column {column!r}; "
                    f"a ledger needs {', '.join(required)}"
                )

    def each(self, build: Callable[[_Row], T]) -> Iterator[T]:
        seen: dict[str, int] = {}
        for row in self.rows:
            id = row["id"]
            if "id" in row.cells:
                if not _ID.fullmatch(id) and self.path.name != "sources.csv":
                    raise row.error(
                        "id", f"{id!r} is not an id; write letters, digits and single hyphens"
                    )
                if id in seen:
                    raise row.error("id", f"{id!r} stands in row {seen[id]} already; rename one")
                seen[id] = row.line
            yield build(row)


def _keyed(figures: Iterator[F]) -> dict[str, F]:
    return {figure.id: figure for figure in figures}


def _claim(row: _Row) -> Claim:
    kind = cast(Kind, row.choice("kind", get_args(Kind)))
    comparator = cast(Comparator, row.choice("comparator", get_args(Comparator), "="))
    code = cast(Code, row.choice("not_derivable", get_args(Code)))
    text = row["derivation"]
    derivation = row.parsed("derivation", text) if text else None
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
    return Claim(
        id=row["id"],
        label_en=row["label_en"] or row["id"],
        label_zh=row["label_zh"],
        period=row["period"],
        printed=printed,
        line=row.line,
        note_en=row["note_en"],
        note_zh=row["note_zh"],
        section=row["section"],
        paragraph=row["paragraph"],
        comparator=comparator,
        kind=kind,
        unit=row["unit"],
        derivation=derivation,
        derivation_text=text,
        code=code,
        reference=row["reference"],
        credited_en=row["credited_en"],
        credited_zh=row["credited_zh"],
    )


def _outside(row: _Row) -> OutsideFigure:
    return OutsideFigure(
        id=row["id"],
        label_en=row["label_en"] or row["id"],
        label_zh=row["label_zh"],
        period=row["period"],
        printed=row.figure(row["unit"]),
        line=row.line,
        note_en=row["note_en"],
        note_zh=row["note_zh"],
        vintage=row["vintage"],
        grade=row.choice("evidence", ("", *get_args(Grade))),
        source=row["source"],
    )


def _alternative(row: _Row) -> Alternative:
    text = row["expression"]
    return Alternative(
        row["claim"],
        row["label_en"] or text,
        row["label_zh"],
        row.parsed("expression", text),
        text,
        row.line,
    )


def _finding(row: _Row) -> Finding:
    finding = cast(FindingKind, row.choice("finding", get_args(FindingKind)))
    grade = cast(Grade, row.choice("grade", get_args(Grade)))
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
    return Finding(
        claim=row["claim"],
        finding=finding,
        source=row["source"],
        grade=grade,
        date=row["date"],
        printed=row["printed"],
        note_en=row["note_en"],
        note_zh=row["note_zh"],
        line=row.line,
    )


def _source(row: _Row) -> Source:
    if row["origin"] == PAPER != row["id"]:
        raise row.error(
            "origin",
            f"{PAPER!r} is the paper under audit, and its row has this id; "
            "name whoever made the figures of the page",
        )
    return Source(
        row["id"],
        row["title"],
        row["publisher"],
        row["url"],
        row["date"],
        row["licence"],
        row["origin"],
    )


def _check_references(ledger: Ledger, path: Path) -> None:
    """Refuse unknown ids and derivations whose units don't fit."""
    known = [*ledger.claims, *ledger.inputs]
    uses: list[tuple[Path, int, str, str, Expression]] = [
        (path, claim.line, claim.id, "derivation", claim.derivation)
        for claim in ledger.claims.values()
        if claim.derivation is not None
    ]
    beside = path.with_name("alternatives.csv")
    uses += [(beside, a.line, a.claim, "expression", a.expression) for a in ledger.alternatives]
    for file, line, id, column, expression in uses:
        place = f"{file} row {line} (id {id})"
        if id not in ledger.claims:
            raise LedgerError(f"{place}: claim: there is no claim {id!r}{_nearest(id, known)}")
        place += f": {column}"
        if isinstance(expression, Comparison) is not ledger.claims[id].is_cross_check:
            raise LedgerError(f"{place}: only a cross-check is a comparison; change the expression")
        for name in names(expression):
            if name not in ledger.claims and name not in ledger.inputs:
                raise LedgerError(f"{place}: unknown id {name!r}{_nearest(name, known)}")
            if ledger.figure(name).printed is None:
                raise LedgerError(f"{place}: {name!r} is a cross-check and has no value to use")
            if name == id:
                raise LedgerError(f"{place}: the figure is derived from itself; drop it from there")
        try:
            dimension = ledger.measured(expression)
        except ExpressionError as error:
            raise LedgerError(f"{place}: {error}") from error
        printed = ledger.claims[id].printed
        if ledger.claims[id].is_magnitude:
            raise LedgerError(
                f"{place}: {str(printed)!r} is an order of magnitude, and no value can be held "
                "against it; drop the derivation"
            )
        if printed is not None and dimension not in {printed.dimension, "any"}:
            raise LedgerError(
                f"{place}: the derivation gives {dimension}, the printed {printed.text!r} "
                f"measures {printed.dimension}; mend the derivation, or the unit in the column "
                f"printed{FORMS.get(dimension, '')}"
            )
    evidence = path.with_name("evidence.csv")
    for finding in ledger.findings:
        if finding.claim not in ledger.claims:
            raise LedgerError(
                f"{evidence} row {finding.line}: claim: there is no claim "
                f"{finding.claim!r}{_nearest(finding.claim, known)}"
            )
    cited = [(evidence, f.line, f.source) for f in ledger.findings]
    cited += [(path.with_name("inputs.csv"), i.line, i.source) for i in ledger.inputs.values()]
    listed = path.with_name("sources.csv").exists()
    for file, line, source in cited:
        if source and listed and source not in ledger.sources:
            raise LedgerError(
                f"{file} row {line}: source: there is no source {source!r}"
                f"{_nearest(source, list(ledger.sources))}"
            )


def _nearest(word: str, known: Iterable[str]) -> str:
    return did_you_mean(word, known) or "; add a row for it or mend its spelling"


def _refuse_circles(ledger: Ledger, path: Path) -> None:
    """Refuse derivations that need each other."""
    graph = {
        claim.id: [n for n in names(claim.derivation) if n in ledger.claims]
        if claim.derivation is not None
        else []
        for claim in ledger.claims.values()
    }
    try:
        graphlib.TopologicalSorter(graph).prepare()
    except graphlib.CycleError as error:
        circle = " → ".join(reversed(error.args[1]))
        row = ledger.claims[error.args[1][0]].line
        raise LedgerError(
            f"{path} row {row}: the derivations form a circle: {circle}; "
            "make one of these figures a given one"
        ) from error
