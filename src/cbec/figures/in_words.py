"""Figures and ranges written in words; what is printed is read in `cbec.figures.printed`."""

from __future__ import annotations

from fractions import Fraction

from cbec.figures.interval import Interval
from cbec.figures.printed import Printed
from cbec.figures.rounding import Rule, decimal_text

_LARGE = ((10**6, "million"), (10**9, "billion"), (10**12, "trillion"))
_ORDINALS = {1: "first", 2: "second", 3: "third"}
_CURRENCIES = {"CNY": "yuan", "USD": "dollars"}


def figure_in_english(figure: Printed, unit: str, *, exact: bool = False) -> str:
    """Write a printed figure with English units, at its own resolution.

    Parameters
    ----------
    figure : Printed
        As printed, in any language.
    unit : str
        The English unit: ``CNY``, ``USD``, ``%``, ``rank``, ``firms``, ``semesters``, …
    exact : bool
        Whether the figure is a threshold or a parameter, whose trailing zeros say nothing.

    Examples
    --------
    >>> from cbec.figures.printed import parse_printed
    >>> figure_in_english(parse_printed("17.66万亿元"), "CNY")
    '17.66 trillion yuan'
    >>> figure_in_english(parse_printed("12万家"), "firms", exact=True)
    '120,000 firms'
    """
    if unit == "%":
        return decimal_text(figure.value * 100, figure.decimals) + "%"
    if unit == "rank":
        return _ORDINALS.get(int(figure.value), f"rank {figure.value}")
    if unit == "centimetres":
        return "centimetre"  # an order of magnitude, not a length
    one = figure.scale if figure.dimension == "year" else Fraction(1)
    scale, word = one, ""
    for size, name in _LARGE:
        if abs(figure.value) >= size * one:
            scale, word = size * one, f"{name} "
    amount, step = figure.value / scale, figure.resolution / scale
    decimals = 0
    # Exact figures are written to the last digit that counts, others to their resolution.
    while (amount * 10**decimals).denominator > 1 if exact else Fraction(1, 10**decimals) > step:
        decimals += 1
    number = decimal_text(amount, decimals, grouped=True)
    noun = _CURRENCIES.get(unit, unit)
    if number == "1" and not word and noun.endswith("s"):
        noun = noun.removesuffix("s")
    return f"{number} {word}{noun}".strip()


def interval_text(interval: Interval, like: Printed, *, ends: bool = False) -> str:
    """Write bounds in the unit of a printed figure, rounded half-up; a single end outward.

    Parameters
    ----------
    interval : Interval
        The bounds in base units.
    like : Printed
        The figure whose unit and grouping to use. Bounds get one decimal more than it has, and
        more where they would look alike or have fewer than three digits.
    ends : bool
        Whether to write open and closed ends as brackets.

    Examples
    --------
    >>> from cbec.figures.printed import parse_printed
    >>> growth = parse_printed("4.8%")
    >>> interval_text(growth.interval(), growth)
    '4.75 to 4.85%'
    >>> interval_text(growth.interval(), growth, ends=True)
    '[4.75, 4.85)%'
    """
    low = None if interval.lower is None else interval.lower / like.scale
    high = None if interval.upper is None else interval.upper / like.scale
    finite = [end for end in (low, high) if end is not None]
    whole = like.is_whole and all(end.denominator == 1 for end in finite)
    decimals = 0 if whole else like.decimals + 1

    # A single end is rounded outward, so that "above" and "below" stay true.
    rule = Rule.HALF_UP
    if len(finite) == 1:
        rule = Rule.CEILING if low is None else Rule.FLOOR

    def texts() -> list[str]:
        return [decimal_text(end, decimals, grouped=like.grouped, rule=rule) for end in finite]

    def short() -> bool:
        alike = len(finite) == 2 and finite[0] != finite[1] and len(set(texts())) == 1
        # A zero says all with any number of digits.
        others = [text.lstrip("-0.") for text, end in zip(texts(), finite, strict=True) if end]
        return alike or max((sum(c.isdigit() for c in text) for text in others), default=3) < 3

    while not whole and short() and decimals < 8:
        decimals += 1
    written = texts()
    tail = like.tail
    if interval.is_point:
        return written[0] + tail
    if ends:
        lower, upper = "−∞" if low is None else written[0], "∞" if high is None else written[-1]
        return interval.bracketed(lower, upper) + tail
    if not finite:
        return "any value"
    if low is None:
        return f"{'at most' if interval.upper_closed else 'below'} {written[0]}{tail}"
    if high is None:
        return f"{'at least' if interval.lower_closed else 'above'} {written[0]}{tail}"
    return f"{written[0]} to {written[1]}{tail}"
