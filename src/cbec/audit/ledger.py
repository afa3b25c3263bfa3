"""The ledger: claims as printed, how they should follow from each other, and their evidence.

A ledger is a folder of small tables. ``claims.csv`` is required; beside it may lie ``inputs.csv``
(outside figures), ``alternatives.csv`` (other derivations of a claim, on another vintage or
definition), ``evidence.csv`` (what was found in sources) and ``sources.csv``.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from typing import TYPE_CHECKING
from typing import Literal as OneOf

from cbec.errors import ExpressionError, LedgerError
from cbec.figures.bounds import bounds
from cbec.figures.dimensions import dimension_of
from cbec.figures.expression import Comparison, Expression, names, parse
from cbec.figures.in_words import figure_in_english
from cbec.figures.interval import Interval
from cbec.figures.printed import Printed
from cbec.figures.rounding import Rule
from cbec.tables.evidence_grades import weakest

if TYPE_CHECKING:
    import pandas as pd

PAPER = "the-paper"
"""Id and origin of the paper under audit in ``sources.csv``, and of nothing else."""

Comparator = OneOf["=", ">", "≥", "<", "≤"]
_Measure = OneOf["level", "share", "growth", "count", "multiple", "rank", "duration"]
Kind = OneOf[_Measure, "policy parameter", "cross-check"]
Code = OneOf["", "given", "no-denominator", "no-inputs", "parameter"]
# What is printed to the last unit is exact in these, and rounded in all other kinds.
_EXACT_KINDS = frozenset({"count", "rank", "duration"})
FindingKind = OneOf["supports", "contradicts", "cannot-bear", "not-found", "earlier-origin"]
Grade = OneOf["corroborated", "single-source", "derived", "unconfirmed", "not-found", "printed"]


@dataclass(frozen=True)
class Figure:
    """A printed figure with what it says: a claim's, or an outside one.

    Derivations name it by its ``id``. ``printed`` is ``None`` for a cross-check, which prints
    nothing; ``line`` is its line there, for messages.
    """

    id: str
    label_en: str
    label_zh: str
    period: str
    printed: Printed | None
    line: int
    note_en: str = ""

    def interval(self, rule: Rule = Rule.HALF_UP) -> Interval:
        """Return the numbers that the figure stands for, in base units; one if it is exact."""
        figure = self._figure()
        return Interval.point(figure.value) if self.is_exact else figure.interval(rule)

    @property
    def is_exact(self) -> bool:
        """Whether its digits are exact, since it is printed to the unit and says what it counts.

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
    comparator : {'=', '>', '≥', '<', '≤'}
        The relation claimed between the true value and the printed one.
    kind : str
        level, share, growth, count, multiple, rank, duration, policy parameter or cross-check.
    derivation : Expression or None
        How it follows from printed inputs; a comparison for a cross-check.
    code : str
        Why there is no derivation: given, no-denominator, no-inputs or parameter.
    reference, credited_en, credited_zh : str
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
        """The part of the paper that prints it."""
        return place_of(self.section)

    @property
    def stated(self) -> str:
        """The figure as printed, after its comparator; empty for a cross-check."""
        if self.printed is None:
            return ""
        return self.printed.text if self.comparator == "=" else f"{self.comparator} {self.printed}"

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
        """Whether it is a count, a rank or a duration printed to the unit; others are rounded."""
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
    origin: str = ""


@dataclass(frozen=True, eq=False)
class Ledger:
    """Claims in the order of the file, and what belongs to them; equal only to itself."""

    claims: Mapping[str, Claim]
    inputs: Mapping[str, OutsideFigure] = field(default_factory=dict)
    alternatives: tuple[Alternative, ...] = ()
    findings: tuple[Finding, ...] = ()
    sources: Mapping[str, Source] = field(default_factory=dict)

    def figure(self, id: str) -> Figure:
        """Return the claim or the outside figure of an id; raise `LedgerError` if there is none."""
        figure = self.claims.get(id) or self.inputs.get(id)
        if figure is None:
            raise LedgerError(f"{id!r} is neither a claim nor an outside figure")
        return figure

    def box(self, used: tuple[str, ...], rule: Rule = Rule.HALF_UP) -> dict[str, Interval]:
        """Return the interval of each id under one rounding rule."""
        return {id: self.figure(id).interval(rule) for id in used}

    def derive(self, text: str) -> tuple[Fraction | None, Interval]:
        """Evaluate a derivation of your own, such as ``growth(market-2024, market-2023)``.

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
        expression = parse(text)
        if isinstance(expression, Comparison):
            raise ExpressionError(f"{text!r} is a comparison and has no value; write one side")
        self.measured(expression)
        return self.at_face(expression), bounds(expression, self.box(names(expression)))

    def measured(self, expression: Expression) -> str:
        """Return what a derivation measures: CNY, ratio, count, …, or ``any`` for a literal.

        It raises `ExpressionError` if it mixes dimensions or uses an order of magnitude, and
        `LedgerError` if an id is unknown.
        """

        def of_figure(id: str) -> str:
            figure = self.figure(id)
            if figure.is_magnitude:
                raise ExpressionError(
                    f"{id!r} prints an order of magnitude, {figure.printed}, and no value to use; "
                    "drop it from there"
                )
            return figure.printed.dimension if figure.printed else "any"

        return dimension_of(expression, of_figure)

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
            Columns ``item``, ``value``, ``lower`` and ``upper``, with infinite ends where there is
            no bound; ``evidence``, the weakest grade of the figures used, and ``row``, their ids
            joined by blanks.
        """
        import pandas as pd

        rows = []
        for item, text in derivations.items():
            value, interval = self.derive(text)
            ends = (math.nan if value is None else value, *interval.limits)
            face, low, high = (float(end) * scale for end in ends)
            used = names(parse(text))
            rows.append((item, face, low, high, self.weakest_grade(used), " ".join(used)))
        return pd.DataFrame(rows, columns=["item", "value", "lower", "upper", "evidence", "row"])

    def weakest_grade(self, used: Sequence[str]) -> str:
        """Return the weakest `grade` of some figures; empty if one has none, or there are none."""
        grades = [self.grade(id) for id in used]
        return weakest(grades) if grades and all(grades) else ""

    def grade(self, id: str) -> str:
        """Return a figure's grade of evidence; a claim's is ``printed``."""
        figure = self.figure(id)
        return figure.grade if isinstance(figure, OutsideFigure) else "printed"

    def faces(self, used: tuple[str, ...]) -> dict[str, Interval]:
        """Return the face value of each id as a point; a threshold keeps its interval."""
        faces = {id: Interval.point(self.figure(id).face) for id in used}
        thresholds = {id for id in used if id in self.claims and self.claims[id].comparator != "="}
        return faces | {id: self.figure(id).interval() for id in thresholds}


def place_of(section: str) -> str:
    """Write a part of the paper as a reader looks for it: ``§2.1.1``, or ``abstract``."""
    return f"§{section}" if section[:1].isdigit() else section
