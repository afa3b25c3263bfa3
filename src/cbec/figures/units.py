"""Units and number words of printed figures, Chinese and English, with exact factors."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

from cbec.errors import PrintedFigureError

__all__ = ["MULTIPLIERS", "UNIT_WORDS", "Unit", "chinese_numeral", "parse_unit"]


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


def _unit(dimension: str, factor: Fraction | int = 1) -> Unit:
    return Unit(dimension, Fraction(factor))


_PERCENT = _unit("ratio", Fraction(1, 100))
_HALF_YEAR = _unit("year", Fraction(1, 2))

MULTIPLIERS: dict[str, int] = {
    "百": 10**2,
    "千": 10**3,
    "万": 10**4,
    "百万": 10**6,
    "千万": 10**7,
    "亿": 10**8,
    "十亿": 10**9,
    "百亿": 10**10,
    "千亿": 10**11,
    "万亿": 10**12,
    "thousand": 10**3,
    "million": 10**6,
    "billion": 10**9,
    "bn": 10**9,
    "trillion": 10**12,
    "trn": 10**12,
}

UNIT_WORDS: dict[str, Unit] = {
    "": _unit("count"),
    "元": _unit("CNY"),
    "人民币": _unit("CNY"),
    "元人民币": _unit("CNY"),
    "CNY": _unit("CNY"),
    "RMB": _unit("CNY"),
    "yuan": _unit("CNY"),
    "美元": _unit("USD"),
    "USD": _unit("USD"),
    "dollars": _unit("USD"),
    "%": _PERCENT,
    "％": _PERCENT,
    "percent": _PERCENT,
    "per cent": _PERCENT,
    "个百分点": _PERCENT,
    "percentage points": _PERCENT,
    "points": _PERCENT,
    "倍": _unit("ratio"),
    "times": _unit("ratio"),
    "年": _unit("year"),
    "year": _unit("year"),
    "years": _unit("year"),
    "学期": _HALF_YEAR,
    "semester": _HALF_YEAR,
    "semesters": _HALF_YEAR,
    "个月": _unit("year", Fraction(1, 12)),
    "months": _unit("year", Fraction(1, 12)),
    "rank": _unit("rank"),
    "米": _unit("metre"),
    "metres": _unit("metre"),
    "厘米": _unit("metre", Fraction(1, 100)),
    "centimetres": _unit("metre", Fraction(1, 100)),
} | {
    word: _unit("count")
    for word in (
        *("家", "个", "所", "类", "种", "项", "人", "名", "件", "次", "国", "座", "份", "条"),
        *("firms", "institutions", "countries", "classes", "dimensions", "trademarks", "people"),
        *("zones", "agreements", "units", "items", "provinces", "places", "entities"),
    )
}

_DIGITS = {c: i for i, c in enumerate("零一二三四五六七八九")} | {"两": 2, "〇": 0}


def parse_unit(text: str) -> Unit:
    """Read a unit such as ``万亿元``, ``percent`` or ``trillion CNY``.

    Parameters
    ----------
    text : str
        An optional multiplier followed by an optional unit word.

    Returns
    -------
    Unit
        The dimension and the exact factor to its base unit.

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
    tens, ten, ones = text.partition("十")
    if not text or len(tens) > 1 or len(ones) > 1 or (not ten and ones):
        return None
    if any(c not in _DIGITS for c in tens + ones):
        return None
    if ten and any(c in "零〇两" for c in tens + ones):
        return None
    if not ten:
        return _DIGITS[tens]
    return (_DIGITS[tens] if tens else 1) * 10 + (_DIGITS[ones] if ones else 0)
