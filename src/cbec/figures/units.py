"""Units and number words of printed figures, Chinese and English, with exact factors."""

from __future__ import annotations

import re
from dataclasses import dataclass
from fractions import Fraction

from cbec.errors import PrintedFigureError


@dataclass(frozen=True)
class Unit:
    """What a unit word stands for.

    Parameters
    ----------
    dimension : str
        What is measured: ``CNY``, ``USD``, ``ratio``, ``count``, ``rank``, ``year`` or ``metre``.
        Figures can be compared only within a dimension; a plain number is a ``count``.
    factor : Fraction
        One such unit in the base unit of its dimension: a percent is 1/100, a semester 1/2 year.
    """

    dimension: str
    factor: Fraction


# By zeros of the number that they stand for.
_ZEROS = {
    **{"百": 2, "千": 3, "万": 4, "百万": 6, "千万": 7, "亿": 8, "十亿": 9},
    **{"百亿": 10, "千亿": 11, "万亿": 12},
    **{"thousand": 3, "million": 6, "billion": 9, "bn": 9, "trillion": 12, "trn": 12},
}
MULTIPLIERS = {word: 10**zeros for word, zeros in _ZEROS.items()}

# A bare number is a count.
_UNITS: tuple[tuple[str, Fraction | int, str], ...] = (
    ("count", 1, ""),
    ("CNY", 1, "元, 人民币, 元人民币, CNY, RMB, yuan"),
    ("USD", 1, "美元, USD, dollars"),
    ("ratio", Fraction(1, 100), "%, ％, percent, per cent, 个百分点, percentage points, points"),
    ("ratio", 1, "倍, times"),
    ("year", 1, "年, year, years"),
    ("year", Fraction(1, 2), "学期, semester, semesters"),
    ("year", Fraction(1, 12), "个月, months"),
    ("rank", 1, "rank"),
    ("metre", 1, "米, metres"),
    ("metre", Fraction(1, 100), "厘米, centimetres"),
    ("count", 1, "家, 个, 所, 类, 种, 项, 人, 名, 件, 次, 国, 座, 份, 条"),
    ("count", 1, "firms, institutions, countries, classes, dimensions, trademarks, people"),
    ("count", 1, "zones, agreements, units, items, provinces, places, entities"),
)
UNIT_WORDS: dict[str, Unit] = {
    word: Unit(dimension, Fraction(factor))
    for dimension, factor, words in _UNITS
    for word in words.split(", ")
}

_DIGITS = {c: i for i, c in enumerate("零一二三四五六七八九")} | {"两": 2, "〇": 0}


def parse_unit(text: str) -> Unit:
    """Read a unit such as ``万亿元``, ``percent`` or ``trillion CNY``.

    It is an optional multiplier followed by an optional unit word.

    Raises
    ------
    PrintedFigureError
        If no reading fits; the message lists the known words.

    Examples
    --------
    >>> parse_unit("万亿元").factor == 10**12
    True
    >>> parse_unit("billion USD").dimension
    'USD'
    """
    stripped = text.strip()
    for multiplier in ("", *MULTIPLIERS):
        if not stripped.startswith(multiplier):
            continue
        word = stripped[len(multiplier) :].strip()
        if word in UNIT_WORDS:
            unit = UNIT_WORDS[word]
            return Unit(unit.dimension, unit.factor * MULTIPLIERS.get(multiplier, 1))
    known = ", ".join(word for word in UNIT_WORDS if word)
    raise PrintedFigureError(
        f"{text!r} is not a known unit; write an optional multiplier "
        f"({', '.join(MULTIPLIERS)}) and one of: {known}"
    )


def chinese_numeral(text: str) -> int | None:
    """Return the integer from 0 to 99 that Chinese numerals spell, ``None`` if they spell none.

    Examples
    --------
    >>> [chinese_numeral(t) for t in ("三", "十二", "四十", "两", "家")]
    [3, 12, 40, 2, None]
    """
    if text in _DIGITS:
        return _DIGITS[text]
    match = re.fullmatch("([一二三四五六七八九]?)十([一二三四五六七八九]?)", text)
    return match and 10 * _DIGITS.get(match[1], 1) + _DIGITS.get(match[2], 0)
