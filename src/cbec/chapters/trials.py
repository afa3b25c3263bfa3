"""A condition tried on figures: how it stands, and the numbers on which that rests."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

from cbec.audit.ledger import Ledger
from cbec.audit.verdicts import Standing
from cbec.figures.bounds import bounds, truth
from cbec.figures.expression import Call, Comparison, Expression, Literal, Name, names
from cbec.figures.in_words import interval_text
from cbec.figures.interval import Interval
from cbec.figures.printed import Printed, parse_printed
from cbec.figures.rounding import decimal_text

_NEEDED = {
    "<": "less than ",
    "<=": "at most ",
    ">": "more than ",
    ">=": "at least ",
    "=": "",
    "!=": "other than ",
}
# How numbers are written, by example. Their ranges have one decimal more, and so have they.
_PERCENT, _TIMES, _WHOLE = map(parse_printed, ("1.0%", "1.0", "1,000"))
_DECIMALS = 2


@dataclass(frozen=True)
class Trial:
    """How a condition stands at face values and over all values that round to its figures.

    Parameters
    ----------
    at_face, standing : Standing
        The two judgements.
    face, rounding : str
        What was found and what is needed, at face values and with their ranges.
    """

    at_face: Standing
    standing: Standing
    face: str
    rounding: str


def tried(comparison: Comparison, ledger: Ledger, otherwise: Standing) -> Trial:
    """Hold a condition against the figures of a ledger; where it can't hold, it stands otherwise.

    Examples
    --------
    >>> from cbec.audit.ledger_reader import read_ledger
    >>> from cbec.figures.expression import parse
    >>> condition = parse("growth(import-2024, import-2023) = import-growth-2024")
    >>> tried(condition, read_ledger(), Standing.FAILS).rounding
    '9.70% (9.41 to 9.99%) where 9.57% (9.565 to 9.575%) is needed'
    """
    ids = names(comparison)
    return Trial(
        _judged(comparison, ledger.faces(ids), otherwise),
        _judged(comparison, ledger.box(ids), otherwise),
        _sides(comparison, ledger, ranges=False),
        _sides(comparison, ledger, ranges=True),
    )


def deciding(trials: Sequence[Trial], *, at_face: bool = False) -> str:
    """Return the numbers of the conditions that don't hold, or of the last if all do.

    Of several it says how many hold.
    """
    judged = [(t.at_face, t.face) if at_face else (t.standing, t.rounding) for t in trials]
    short = [text for standing, text in judged if standing is not Standing.HOLDS]
    if len(judged) == 1:
        return f"with {judged[0][1]}"
    held = f"{len(judged) - len(short)} of {len(judged)} steps hold"
    if short:
        return f"{held}, not {', nor '.join(short)}"
    return f"{held}, the last with {judged[-1][1]}"


def _judged(comparison: Comparison, box: dict[str, Interval], otherwise: Standing) -> Standing:
    found = truth(comparison, box)
    if found.certain:
        return Standing.HOLDS
    return Standing.UNDECIDED if found.possible else otherwise


def _sides(comparison: Comparison, ledger: Ledger, *, ranges: bool) -> str:
    multiple = any(_is_multiple(side) for side in (comparison.left, comparison.right))
    ratio = ledger.measured(comparison) == "ratio"
    like = _TIMES if multiple else _PERCENT if ratio else _WHOLE
    left, right = (
        _number(side, ledger, like, ranges=ranges) for side in (comparison.left, comparison.right)
    )
    return f"{left} where {_NEEDED[comparison.comparator]}{right} is needed"


def _is_multiple(side: Expression) -> bool:
    return isinstance(side, Call) and side.function == "multiple"


def _number(side: Expression, ledger: Ledger, like: Printed, *, ranges: bool) -> str:
    """Write one side of a condition, with its range if that is more than a point."""
    if isinstance(side, Name) and like is _PERCENT:
        like = ledger.figure(side.id).printed or like
    within = bounds(side, ledger.box(names(side)))
    face = ledger.at_face(side)
    tail = " times" if like is _TIMES else ""
    if face is None:
        return interval_text(within, like) + tail
    said = _written(face, like, exact=isinstance(side, Literal))
    if not ranges or within.is_point:
        return said + tail
    return f"{said}{tail} ({interval_text(within, like)})"


def _written(value: Fraction, like: Printed, *, exact: bool) -> str:
    scaled = value / like.scale
    whole = scaled.denominator == 1 and (exact or like.is_whole)
    decimals = 0 if whole else max(like.decimals, _DECIMALS)
    return decimal_text(scaled, decimals, grouped=like.grouped) + like.tail
