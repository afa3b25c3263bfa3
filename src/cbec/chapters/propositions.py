"""Whether a conclusion survives rounding, another vintage, another definition, a weaker grade.

A proposition is a statement that figures can decide, such as *the share rose*. Each of its variants
holds it against other figures: the totals as first published or as revised, one definition or
another, with or without unconfirmed years. What is typed, in ``propositions.csv`` and
``variants.csv``, is the statement and the conditions; how it stands is always computed.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from html import escape
from typing import Any

import pandas as pd

from cbec.audit.ledger import Ledger
from cbec.audit.provenance import find
from cbec.audit.verdicts import Standing, verdict_html
from cbec.chapters.trials import Trial, deciding, tried
from cbec.display.html import TABLE_MIME, disclosure_html, html_table, plain_words, scrolled_html
from cbec.display.sources import sources_html
from cbec.errors import CbecError, LedgerError
from cbec.figures.expression import Comparison, names, parse
from cbec.tables.evidence_grades import SET_LABELS, SETS
from cbec.tables.frames import load

# What the figures of a variant differ in, and the two readings of the base.
AXES: Mapping[str, tuple[str, str]] = {
    "face": ("at face value", "按字面值"),
    "rounding": ("within rounding", "计入舍入"),
    "vintage": ("other vintage", "其他版本"),
    "definition": ("other definition", "其他口径"),
    "without-unconfirmed": SET_LABELS["without-unconfirmed"],
    "sourced": SET_LABELS["sourced"],
    "assumption": ("with an assumption", "附加假定"),
}


@dataclass(frozen=True)
class Variant:
    """One set of figures that a proposition is held against.

    Parameters
    ----------
    axis : str
        What the figures differ in from those of the base: base, vintage, definition,
        without-unconfirmed, sourced or assumption.
    label_en, label_zh : str
        Which figures they are.
    conditions : tuple of str
        Comparisons that must all hold; none if no figures were found.
    at_face, standing : Standing
        How it stands at face values, and over all values that round to the figures.
    figures, evidence : tuple of str, str
        Ids of the figures that the conditions name, and the weakest grade among them.
    trials : tuple of Trial
        How each of the conditions stands, with its numbers.
    """

    axis: str
    label_en: str
    label_zh: str
    conditions: tuple[str, ...]
    at_face: Standing
    standing: Standing
    figures: tuple[str, ...]
    evidence: str
    trials: tuple[Trial, ...] = ()


@dataclass(frozen=True)
class Proposition:
    """A statement, the chapter that tries it, and its variants."""

    id: str
    chapter: int
    statement_en: str
    statement_zh: str
    variants: tuple[Variant, ...]

    def standing(self, axis: str) -> Standing | None:
        """Return how the proposition stands on one of `AXES`, ``None`` if it wasn't tested there.

        `LedgerError` if there is no such axis.
        """
        tested = self.tested(axis)
        return _agreed(v.at_face if axis == "face" else v.standing for v in tested)

    def tested(self, axis: str) -> tuple[Variant, ...]:
        """Return the variants that decide on one axis.

        On a set of figures without a variant of its own, these are those of the base whose figures
        are all in the set.
        """
        if axis not in AXES:
            raise LedgerError(f"there is no axis {axis!r}; there are {', '.join(AXES)}")
        base = tuple(v for v in self.variants if v.axis == "base")
        if axis in {"face", "rounding"}:
            return base
        own = tuple(v for v in self.variants if v.axis == axis)
        if own or axis not in SETS or not all(v.evidence in SETS[axis] for v in base):
            return own
        return base


@dataclass(frozen=True)
class Robustness:
    """Propositions in the order of their table."""

    propositions: tuple[Proposition, ...]

    def __getitem__(self, id: str) -> Proposition:
        """Return the proposition of an id; `LedgerError` if there is none."""
        for proposition in self.propositions:
            if proposition.id == id:
                return proposition
        known = ", ".join(p.id for p in self.propositions)
        raise LedgerError(f"there is no proposition {id!r}; there are {known}")

    def in_chapter(self, number: int) -> Robustness:
        """Return the propositions of a chapter; `LedgerError` if it has none."""
        known = sorted({p.chapter for p in self.propositions})
        if number not in known:
            raise LedgerError(f"chapter {number} has no proposition; those with one are {known}")
        return Robustness(tuple(p for p in self.propositions if p.chapter == number))

    def to_frame(self) -> pd.DataFrame:
        """Return one row for each proposition and axis on which it was tested, in words.

        The column ``axis`` is categorical, in the order of `AXES`.
        """
        rows = [
            (one.statement_en, label, str(standing), _detail(one, axis))
            for one in self.propositions
            for axis, (label, _) in AXES.items()
            if (standing := one.standing(axis)) is not None
        ]
        columns = ["proposition", "axis", "verdict", "detail"]
        frame = pd.DataFrame(rows, columns=columns)
        # No proposition need be tested on every axis: the order of the axes goes with the column.
        order = [label for label, _ in AXES.values()]
        return frame.assign(axis=pd.Categorical(frame["axis"], order))

    def __repr__(self) -> str:
        return f"Robustness of {len(self.propositions)} propositions"

    def _repr_html_(self) -> str:
        rows: list[list[str]] = []
        groups = {}
        for proposition in self.propositions:
            groups[len(rows)] = escape(proposition.statement_en)
            rows += [
                [
                    escape(variant.label_en),
                    verdict_html(variant.standing),
                    verdict_html(variant.at_face),
                    escape(plain_words(variant.evidence)),
                ]
                for variant in proposition.variants
            ]
        head = ("Figures", "Within rounding", "At face value", "Weakest grade")
        caption = "Which statements hold, on which figures"
        table = html_table(head, rows, caption=caption, groups=groups, cards=True)
        variants = (variant for p in self.propositions for variant in p.variants)
        figures = dict.fromkeys(id for variant in variants for id in variant.figures)
        listed = "".join(map(_conditions_html, self.propositions))
        rests_on = f"<ul>{listed}</ul>" + sources_html(find(id) for id in figures)
        below = disclosure_html("Conditions and figures of this table", rests_on)
        # The site puts a table that stands in an output by itself into such a box.
        return disclosure_html(caption, scrolled_html(table) + below)

    def _repr_mimebundle_(self, **_: Any) -> dict[str, Any]:
        return {TABLE_MIME: {"propositions": [one.id for one in self.propositions]}}


def robustness(ledger: Ledger) -> Robustness:
    """Hold the propositions of the data package against the figures of a ledger.

    Parameters
    ----------
    ledger : Ledger
        Where the conditions find their figures.

    Raises
    ------
    LedgerError
        If a condition can't be read, is no comparison, or names an unknown figure; or if a
        proposition has no base.

    Notes
    -----
    A condition holds if it is true for all values that round half-up to its figures, fails if it is
    true for none, and is undecided otherwise. A figure that occurs several times in one condition
    takes the same value everywhere in it. Several conditions of one variant are judged one by one:
    all must hold, and one that fails makes the variant fail. That is safe, not always sharp: the
    conditions may exclude each other within rounding without one of them failing alone.

    Examples
    --------
    >>> from cbec.audit.ledger_reader import read_ledger
    >>> share = robustness(read_ledger())["share-rose"]
    >>> [str(share.standing(axis)) for axis in ("face", "rounding", "vintage", "definition")]
    ['fails', 'fails', 'undecided', 'holds']
    """
    variants: dict[str, list[Variant]] = {}
    tests = load("variants")
    for (proposition, axis, label), rows in tests.groupby(
        ["proposition", "axis", "label_en"], sort=False
    ):
        variant = _variant(str(axis), str(label), rows, ledger, f"variants.csv, {proposition!r}")
        variants.setdefault(str(proposition), []).append(variant)
    found = []
    for row in load("propositions").to_dict("records"):
        own = tuple(variants.get(row["id"], ()))
        if not any(variant.axis == "base" for variant in own):
            raise LedgerError(
                f"proposition {row['id']!r} has no variant base; add one to variants.csv"
            )
        statement = row["statement_en"], row["statement_zh"]
        found.append(Proposition(row["id"], int(row["chapter"]), *statement, own))
    return Robustness(tuple(found))


def _variant(axis: str, label: str, rows: pd.DataFrame, ledger: Ledger, place: str) -> Variant:
    conditions = tuple(text for text in rows["condition"] if isinstance(text, str))
    otherwise = Standing(rows["otherwise"].iloc[0])
    trials: list[Trial] = []
    used: list[str] = []
    for text in conditions:
        try:
            comparison = parse(text)
            if not isinstance(comparison, Comparison):
                raise LedgerError(f"{text!r} is no comparison; write one with <, >, = or !=")
            trials.append(tried(comparison, ledger, otherwise))
        except CbecError as error:
            raise LedgerError(f"{place}, {label!r}: {error}") from error
        used += names(comparison)
    figures = tuple(dict.fromkeys(used))
    grade = ledger.weakest_grade(figures)
    outside = [id for id in figures if axis in SETS and ledger.grade(id) not in SETS[axis]]
    if outside:
        raise LedgerError(
            f"{place}, {label!r}: {outside[0]} is {ledger.grade(outside[0])}, which the set "
            f"{axis!r} doesn't admit; leave it out or choose another axis"
        )
    return Variant(
        axis,
        label,
        rows["label_zh"].iloc[0],
        conditions,
        _all([trial.at_face for trial in trials]),
        _all([trial.standing for trial in trials]),
        figures,
        grade,
        tuple(trials),
    )


def _conditions_html(proposition: Proposition) -> str:
    conditions = "; ".join(
        f"{escape(variant.label_en)} <code>{escape(' and '.join(variant.conditions))}</code>"
        for variant in proposition.variants
        if variant.conditions
    )
    return f"<li>{escape(proposition.statement_en)}: {conditions}</li>"


def _all(standings: list[Standing]) -> Standing:
    """Return how a conjunction stands."""
    if not standings:
        return Standing.NOT_CHECKABLE
    for verdict in (Standing.FAILS, Standing.UNDECIDED):
        if verdict in standings:
            return verdict
    return Standing.HOLDS


def _agreed(standings: Iterable[Standing]) -> Standing | None:
    """Return what several variants say together."""
    different = set(standings)
    if len(different) > 1:
        return Standing.DIFFERS
    return next(iter(different), None)


def _detail(proposition: Proposition, axis: str) -> str:
    """Say for each variant of an axis how it stands, and on which numbers."""
    parts = []
    for variant in proposition.tested(axis):
        at_face = axis == "face"
        standing = variant.at_face if at_face else variant.standing
        part = f"{variant.label_en}: {standing.label_en}"
        if variant.trials:
            part += f", {deciding(variant.trials, at_face=at_face)}"
        parts.append(part)
    return "; ".join(parts)
