"""The ledger: claims as printed, how they should follow from each other, and their evidence.

A ledger is a folder of small tables. ``claims.csv`` is required; beside it may lie ``inputs.csv``
(outside figures), ``alternatives.csv`` (other derivations of a claim, on another vintage or
definition), ``evidence.csv`` (what was found in sources) and ``sources.csv``.
"""

from __future__ import annotations

import difflib
import graphlib
import math
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar, cast, get_args
from typing import Literal as OneOf

from cbec.display.table import figure_in_english
from cbec.errors import CbecError, ExpressionError, LedgerError
from cbec.figures.expression import (
    Call,
    Comparison,
    Expression,
    Literal,
    Name,
    Text,
    bounds,
    names,
    parse,
)
from cbec.figures.interval import Interval
from cbec.figures.rounding import Printed, Rule, parse_printed
from cbec.tables.frames import read_rows
from cbec.tables.grades import weakest

if TYPE_CHECKING:
    import pandas as pd

__all__ = [
    "BESIDE",
    "PAPER",
    "Alternative",
    "Claim",
    "Comparator",
    "Figure",
    "Finding",
    "Kind",
    "Ledger",
    "OutsideFigure",
    "Source",
    "place_of",
    "read_ledger",
]

PAPER = "the-paper"
"""Id and origin of the paper under audit in ``sources.csv``, and of nothing else."""

# The files that are read from the folder of the claims where they exist.
BESIDE = ("inputs.csv", "alternatives.csv", "evidence.csv", "sources.csv")

T = TypeVar("T")
F = TypeVar("F", bound="Figure")

Comparator = OneOf["=", ">", "≥", "<", "≤"]
Kind = OneOf[
    "level",
    "share",
    "growth",
    "count",
    "multiple",
    "rank",
    "duration",
    "policy parameter",
    "cross-check",
]
Code = OneOf["", "given", "no-denominator", "no-inputs", "parameter"]
# What is printed to the last unit is exact in these, and rounded in all other kinds.
_EXACT_KINDS = frozenset({"count", "rank", "duration"})
# How to print what a bare number is no figure of.
_FORMS = {"rank": " (第一, 1 rank)", "year": " (3年, 3 years)"}
FindingKind = OneOf["supports", "contradicts", "cannot-bear", "not-found", "earlier-origin"]
Grade = OneOf["corroborated", "single-source", "derived", "unconfirmed", "not-found", "printed"]

_ID = re.compile(r"[A-Za-z][A-Za-z0-9_]*(-[A-Za-z0-9_]+)*")
_REQUIRED = ("id", "printed", "comparator", "kind", "derivation")


@dataclass(frozen=True)
class Figure:
    """A printed figure with what it says: a claim's, or an outside one.

    Parameters
    ----------
    id : str
        Its key, which derivations use.
    label_en, label_zh : str
        What is measured.
    period : str
        The year or date it is about.
    printed : Printed or None
        The figure as printed; ``None`` for a cross-check, which prints nothing.
    line : int
        Its line in the file, for messages.
    note_en, note_zh : str
        What a reader should know about it.
    """

    id: str
    label_en: str
    label_zh: str
    period: str
    printed: Printed | None
    line: int
    note_en: str = ""
    note_zh: str = ""

    def interval(self, rule: Rule = Rule.HALF_UP) -> Interval:
        """Return the numbers that the figure stands for, in base units; one if it is exact."""
        figure = self._figure()
        return Interval.point(figure.value) if self.is_exact else figure.interval(rule)

    @property
    def is_exact(self) -> bool:
        """Whether its digits are exact: it is printed to the unit, and a word says what it counts.

        A bare number is rounded.
        """
        figure = self._figure()
        return figure.is_whole and figure.worded

    @property
    def is_magnitude(self) -> bool:
        """Whether it states an order of magnitude, such as 厘米级, and no number to be rounded."""
        return self.printed is not None and self.printed.text.endswith("级")

    @property
    def face(self) -> Fraction:
        """The face value in base units."""
        return self._figure().value

    def _figure(self) -> Printed:
        if self.printed is None:
            raise LedgerError(f"{self.id!r} is a cross-check and prints no figure")
        return self.printed


@dataclass(frozen=True)
class OutsideFigure(Figure):
    """A figure that the paper doesn't print, with its provenance."""

    vintage: str = ""
    grade: str = ""
    source: str = ""


@dataclass(frozen=True)
class Claim(Figure):
    """One statistic of the paper, or one cross-check between several.

    Parameters
    ----------
    section, paragraph : str
        Where it is printed.
    comparator : {'=', '>', '≥', '<', '≤'}
        The relation claimed between the true value and the printed one.
    kind : str
        level, share, growth, count, multiple, rank, duration, policy parameter or cross-check.
    derivation : Expression or None
        How it follows from printed inputs; a comparison for a cross-check.
    code : str
        Why there is no derivation: given, no-denominator, no-inputs or parameter.
    reference, credited : str
        The reference the paper cites at that place, and the source it names.
    """

    section: str = ""
    paragraph: str = ""
    comparator: Comparator = "="
    kind: Kind = "level"
    unit: str = ""
    derivation: Expression | None = None
    derivation_text: str = ""
    code: Code = ""
    reference: str = ""
    credited_en: str = ""
    credited_zh: str = ""

    @property
    def title(self) -> str:
        """What is measured, and when."""
        return f"{self.label_en} ({self.period})" if self.period else self.label_en

    @property
    def place(self) -> str:
        """The part of the paper that prints it: ``§2.1.1``, or ``abstract``."""
        return place_of(self.section)

    @property
    def english(self) -> str:
        """The figure with its comparator for an English reader, empty for a cross-check."""
        if self.printed is None:
            return ""
        exact = self.comparator != "=" or self.kind == "policy parameter"
        words = {">": "more than ", "≥": "at least ", "<": "less than ", "≤": "at most "}
        written = figure_in_english(self.printed, self.unit, exact=exact)
        return words.get(self.comparator, "") + written

    @property
    def is_exact(self) -> bool:
        """Whether its digits are exact: a count, a rank or a duration printed to the unit.

        The kind decides: a level, a rate or an index number that is printed as an integer is
        rounded.
        """
        return self.kind in _EXACT_KINDS and self._figure().is_whole

    @property
    def is_cross_check(self) -> bool:
        """Whether it compares printed figures instead of printing one."""
        return self.kind == "cross-check"

    def interval(self, rule: Rule = Rule.HALF_UP) -> Interval:
        """Return the numbers that the claim allows, in base units.

        Inequalities are thresholds: ``> 12万`` is (120000, ∞). Below a threshold, quantities that
        can't be negative end at zero; growth may go below, and so may what is below zero.
        """
        figure = self._figure()
        floor = Fraction(0) if self.kind != "growth" and figure.value > 0 else None
        match self.comparator:
            case ">" | "≥":
                return Interval(figure.value, None, self.comparator == "≥", False)
            case "<" | "≤":
                return Interval(floor, figure.value, True, self.comparator == "≤")
        if self.kind == "policy parameter":
            return Interval.point(figure.value)
        return super().interval(rule)


@dataclass(frozen=True)
class Alternative:
    """Another derivation of a claim, on another vintage or definition."""

    claim: str
    label_en: str
    label_zh: str
    expression: Expression
    text: str
    line: int


@dataclass(frozen=True)
class Finding:
    """What one source says about a claim."""

    claim: str
    finding: FindingKind
    source: str
    grade: Grade
    date: str
    printed: str
    note_en: str
    note_zh: str
    line: int


@dataclass(frozen=True)
class Source:
    """Where a figure or a finding comes from.

    ``origin`` names whoever made the figures that the page gives: pages of one origin are no
    independent evidence, however many there are. Empty where it isn't known.
    """

    id: str
    title: str
    publisher: str
    url: str
    date: str
    licence: str
    origin: str = ""


@dataclass(frozen=True)
class Ledger:
    """Claims in the order of the file, and what belongs to them."""

    claims: Mapping[str, Claim]
    inputs: Mapping[str, OutsideFigure] = field(default_factory=dict)
    alternatives: tuple[Alternative, ...] = ()
    findings: tuple[Finding, ...] = ()
    sources: Mapping[str, Source] = field(default_factory=dict)
    order: tuple[str, ...] = ()

    def figure(self, id: str) -> Figure:
        """Return the claim or the outside figure of an id.

        Raises
        ------
        LedgerError
            If there is none.
        """
        if id in self.claims:
            return self.claims[id]
        if id in self.inputs:
            return self.inputs[id]
        raise LedgerError(f"{id!r} is neither a claim nor an outside figure")

    def box(self, used: tuple[str, ...], rule: Rule = Rule.HALF_UP) -> dict[str, Interval]:
        """Return the interval of each id under one rounding rule."""
        return {id: self.figure(id).interval(rule) for id in used}

    def derive(self, text: str) -> tuple[Fraction | None, Interval]:
        """Evaluate a derivation of your own over the ledger's figures.

        Parameters
        ----------
        text : str
            The derivation, for instance ``growth(market-2024, market-2023)``.

        Returns
        -------
        value : Fraction or None
            At face values; ``None`` where a threshold leaves no single value.
        bounds : Interval
            The range under half-up rounding. Both in base units.

        Raises
        ------
        ExpressionError
            If the text isn't a derivation or mixes dimensions.
        LedgerError
            If an id is unknown.
        """
        expression = self._value_expression(text)
        return self.at_face(expression), bounds(expression, self.box(names(expression)))

    def dimension(self, text: str) -> str:
        """Return what a derivation measures: CNY, ratio, count, …, or ``any`` for a literal.

        Raises
        ------
        ExpressionError
            If the text isn't a derivation or mixes dimensions.
        LedgerError
            If an id is unknown.
        """
        return _dimension(self._value_expression(text), self)

    def _value_expression(self, text: str) -> Expression:
        """Parse a derivation that has a value, and refuse one that mixes dimensions."""
        expression = parse(text)
        if isinstance(expression, Comparison):
            raise ExpressionError(f"{text!r} is a comparison and has no value; write one side")
        _dimension(expression, self)
        return expression

    def at_face(self, expression: Expression) -> Fraction | None:
        """Return the value of a derivation at face values, ``None`` if a threshold leaves several.

        An irrational root is given by the lower end of its enclosure.
        """
        faces = self.faces(names(expression))
        found = bounds(expression, faces)
        single = found.is_point or all(face.is_point for face in faces.values())
        return found.lower if single else None

    def derive_all(self, derivations: Mapping[str, str], scale: float = 1.0) -> pd.DataFrame:
        """Evaluate several derivations into a table.

        Parameters
        ----------
        derivations : Mapping of str to str
            Label to derivation.
        scale : float
            What to multiply the numbers with, 100 for percent.

        Returns
        -------
        DataFrame
            Columns ``item``, ``value``, ``lower`` and ``upper``; infinite ends are infinite. And
            what each rests on: ``evidence``, the weakest grade of the figures used, and ``row``,
            their ids joined by blanks.
        """
        import pandas as pd

        rows = []
        for item, text in derivations.items():
            value, interval = self.derive(text)
            low = -math.inf if interval.lower is None else float(interval.lower) * scale
            high = math.inf if interval.upper is None else float(interval.upper) * scale
            face = math.nan if value is None else float(value) * scale
            used = names(parse(text))
            measured = {"item": item, "value": face, "lower": low, "upper": high}
            grade = self.weakest_grade(used)
            rows.append({**measured, "evidence": grade, "row": " ".join(used)})
        return pd.DataFrame(rows)

    def weakest_grade(self, used: Sequence[str]) -> str:
        """Return the weakest grade of evidence among some figures; a claim's is ``printed``.

        Returns
        -------
        str
            Empty if there are no figures, or the grade of one isn't stated.

        Raises
        ------
        LedgerError
            If there is no such figure.
        """
        grades = [self.grade(id) for id in used]
        return weakest(grades) if grades and all(grades) else ""

    def grade(self, id: str) -> str:
        """Return a figure's grade of evidence; a claim's is ``printed``.

        Raises
        ------
        LedgerError
            If there is no such figure.
        """
        figure = self.figure(id)
        return figure.grade if isinstance(figure, OutsideFigure) else "printed"

    def faces(self, used: tuple[str, ...]) -> dict[str, Interval]:
        """Return the face value of each id as a point.

        A threshold has no face value of its own and keeps its interval.
        """
        return {
            id: figure.interval()
            if isinstance(figure, Claim) and figure.comparator != "="
            else Interval.point(figure.face)
            for id, figure in ((id, self.figure(id)) for id in used)
        }


def place_of(section: str) -> str:
    """Write a part of the paper as a reader looks for it.

    Examples
    --------
    >>> place_of("2.1.1"), place_of("abstract")
    ('§2.1.1', 'abstract')
    """
    return f"§{section}" if section[:1].isdigit() else section


def read_ledger(path: str | Path) -> Ledger:
    """Read a ledger and the tables beside it.

    Parameters
    ----------
    path : str or Path
        The file of claims. ``inputs.csv``, ``alternatives.csv``, ``evidence.csv`` and
        ``sources.csv`` are read from the same folder where they exist.

    Returns
    -------
    Ledger
        With every derivation parsed and every reference resolved.

    Raises
    ------
    LedgerError
        If anything in it is broken: the message names file, row, column, value and remedy.
        Derivations that need each other in a circle are refused too.

    Examples
    --------
    >>> from cbec.tables.frames import data_dir
    >>> ledger = read_ledger(data_dir() / "claims.csv")
    >>> ledger.claims["market-2024"].printed.text
    '17.66万亿元'
    """
    path = Path(path)
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
    return Ledger(**{**ledger.__dict__, "order": _dependency_order(ledger, path)})


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
            dimension = _dimension(expression, ledger)
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
                f"printed{_FORMS.get(dimension, '')}"
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


def _nearest(word: str, known: list[str]) -> str:
    close = difflib.get_close_matches(word, known, 1)
    return f"; did you mean {close[0]!r}?" if close else "; add a row for it or mend its spelling"


def _dependency_order(ledger: Ledger, path: Path) -> tuple[str, ...]:
    """Return the claims such that inputs come first; a circle is an error."""
    graph = {
        claim.id: [n for n in names(claim.derivation) if n in ledger.claims]
        if claim.derivation is not None
        else []
        for claim in ledger.claims.values()
    }
    try:
        return tuple(graphlib.TopologicalSorter(graph).static_order())
    except graphlib.CycleError as error:
        circle = " → ".join(reversed(error.args[1]))
        row = ledger.claims[error.args[1][0]].line
        raise LedgerError(
            f"{path} row {row}: the derivations form a circle: {circle}; "
            "make one of these figures a given one"
        ) from error


def _dimension(expression: Expression, ledger: Ledger) -> str:
    """Return what an expression measures, ``any`` for a bare literal."""
    match expression:
        case Name(id):
            figure = ledger.figure(id)
            if figure.is_magnitude:
                raise ExpressionError(
                    f"{id!r} prints an order of magnitude, {figure.printed}, and no value to use; "
                    "drop it from there"
                )
            return figure.printed.dimension if figure.printed else "any"
        case Literal(_, dimension):
            return dimension
        case Text():
            raise ExpressionError("a quoted name can only be counted; write count(...)")
        case Comparison(left, _, right):
            return _same("a comparison", [_dimension(left, ledger), _dimension(right, ledger)])
        case Call("count", _):
            return "count"
        case Call(function, arguments):
            found = [_dimension(argument, ledger) for argument in arguments]
            if function in {"cagr", "annualise"}:
                if found[-1] not in {"year", "any"}:
                    raise ExpressionError(
                        f"{function} needs years at the end, not {found[-1]}; write a number, or "
                        f"print the figure with its unit{_FORMS['year']}"
                    )
                _same(function, found[:-1] if function == "cagr" else ["ratio", found[0]])
                return "ratio"
            if function == "ratio":
                return _quotient(*found)
            common = _same(function, found)
            if function in {"growth", "share", "multiple"}:
                return "ratio"
            return "rank" if function == "rank" else common
    raise ExpressionError(f"{expression} can't be measured")


def _same(what: str, dimensions: list[str]) -> str:
    definite = [d for d in dict.fromkeys(dimensions) if d != "any"]
    if len(definite) > 1:
        raise ExpressionError(f"{what} mixes {' and '.join(definite)}; convert one of them first")
    if "any" in dimensions and definite and definite[0] in {"CNY", "USD"}:
        raise ExpressionError(
            f"{what} mixes {definite[0]} and a bare number; give the amount a row in inputs.csv"
        )
    return definite[0] if definite else "any"


def _quotient(top: str, bottom: str) -> str:
    if bottom in {"any", "ratio"}:
        return top
    return "ratio" if top in {bottom, "any"} else f"{top}/{bottom}"
