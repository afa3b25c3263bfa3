"""Figures and ranges written in words; what is printed is read in `cbec.figures.printed`."""

from __future__ import annotations

import re
from collections.abc import Sequence
from fractions import Fraction

from cbec.errors import PrintedFigureError
from cbec.figures.interval import Interval
from cbec.figures.printed import Printed
from cbec.figures.rounding import Rule, decimal_text

_LARGE = ((10**6, "million"), (10**9, "billion"), (10**12, "trillion"))
_ORDINALS = {1: "first", 2: "second", 3: "third"}
_CURRENCIES = {"CNY": "yuan", "USD": "dollars"}
#: How computed numbers are put together in English, by the name of the form.
NUMBER_FORMS = {
    "number": "{}{unit}",
    "of": "{} of {}{unit}",
    "range": "{} to {}{unit}",
    "forecast": "{}{unit} ({} to {})",
    "years": "",  # as many as there are
}


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


def numbers_in_english(digits: Sequence[str], unit: str = "", form: str = "number") -> str:
    """Write computed numbers that belong together.

    Parameters
    ----------
    digits : sequence of str
        The numbers as digits, already rounded, with a sign if it is to be seen.
    unit : str
        Their unit, such as ``%`` or ``trillion CNY``.
    form : str
        A key of `NUMBER_FORMS`.

    Raises
    ------
    PrintedFigureError
        If there is no such form, or it takes another count of numbers.

    Examples
    --------
    >>> numbers_in_english(["-4.6"], "%")
    '−4.6%'
    >>> numbers_in_english(["24.7", "15.5", "36.8"], "trillion CNY", "forecast")
    '24.7 trillion yuan (15.5 to 36.8)'
    >>> numbers_in_english(["31974"], "firms")
    '31,974 firms'
    >>> numbers_in_english(["2016", "2020", "2021", "2022"], form="years")
    '2016 and 2020 to 2022'
    """
    if form not in NUMBER_FORMS:
        raise PrintedFigureError(
            f"there is no form {form!r}; choose one of {', '.join(NUMBER_FORMS)}"
        )
    if form == "years" and digits and all(text.isdigit() for text in digits):
        return _years_in_english([int(year) for year in digits])
    if form == "years" or len(digits) != NUMBER_FORMS[form].count("{}"):
        raise PrintedFigureError(f"the form {form!r} doesn't fit {len(digits)} numbers: {digits}")
    words = " ".join(_CURRENCIES.get(word, word) for word in unit.split())
    tail = words if words in {"", "%"} else f" {words}"
    return NUMBER_FORMS[form].format(*map(_grouped, digits), unit=tail).replace("-", "−")


def _grouped(digits: str) -> str:
    return re.sub(r"\d+", lambda m: f"{int(m[0]):,}", digits, count=1)


def _years_in_english(years: Sequence[int]) -> str:
    """Write years in their order, three or more that follow each other by the first and last."""
    runs: list[list[int]] = []
    for year in years:
        if runs and year == runs[-1][-1] + 1:
            runs[-1].append(year)
        else:
            runs.append([year])
    texts: list[str] = []
    for run in runs:
        texts += [f"{run[0]} to {run[-1]}"] if len(run) > 2 else map(str, run)
    return " and ".join(filter(None, (", ".join(texts[:-1]), *texts[-1:])))
