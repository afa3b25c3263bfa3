"""Printed figures: the text, its resolution, and the exact interval it stands for.

A printed figure is a string. ``13.7`` and ``13.70`` are the same number and different
statements: the first stands for everything that rounds to it at one decimal. Which numbers these
are depends on the rounding rule, so each rule has its own interval. All arithmetic is rational.

The approach, to read figures as strings and to name the rounding rules, follows the R package
scrutiny (Jung, https://github.com/lhdjung/scrutiny).
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from fractions import Fraction

from cbec.errors import PrintedFigureError
from cbec.figures.interval import Interval
from cbec.figures.rounding import Rule, decimal_text, round_to
from cbec.figures.units import MULTIPLIERS, UNIT_WORDS, Unit, chinese_numeral, parse_unit

# Words that say one unit by themselves, and how other numbers of the unit are written.
_WORDS: dict[str, tuple[Unit, str]] = {
    "全额": (UNIT_WORDS["倍"], "倍"),
    "厘米级": (UNIT_WORDS["厘米"], "厘米"),
}
_RANK = re.compile(r"(全国)?(首位|第(?P<number>[1-9]\d*|[一二三四五六七八九十]+)[位名]?)", re.ASCII)
# Longer than any figure in print, and short enough for every sum done with it.
_MOST_CHARACTERS = 100
_NUMBER = re.compile(
    r"(?P<sign>[+\-−]?)(?P<whole>[1-9]\d{0,2}(?:,\d{3})+|0|[1-9]\d*)(?:\.(?P<decimals>\d+))?"
    r"(?P<space>\s*)(?P<tail>.*)",
    re.ASCII,
)


@dataclass(frozen=True)
class Printed:
    """A figure as printed; value, resolution and scale are in the base unit of what it measures.

    Parameters
    ----------
    text : str
        The figure as it stands in print, unit included.
    value, resolution : Fraction
        Its face value, and one unit of its last printed digit.
    dimension : str
        What is measured, see `cbec.figures.units.Unit`.
    decimals : int
        Digits after the decimal point, as printed.
    scale : Fraction
        One printed unit (万亿元, %, …).
    multiplied, grouped : bool
        Whether there is a multiplier word (万, 亿, million, …), and commas between thousands.
    sign, tail : str
        The sign as printed (``+``, ``-``, ``−`` or none), and what follows the digits: space,
        multiplier and unit.
    spelled : bool
        Whether the number is a word or Chinese numerals.
    worded : bool
        Whether a word says what is counted or measured; a bare number has none.
    rounded_count : bool
        Whether a count is known to be rounded although it is printed to the last unit.
    """

    text: str
    value: Fraction
    resolution: Fraction
    dimension: str
    decimals: int = 0
    scale: Fraction = Fraction(1)
    multiplied: bool = False
    sign: str = ""
    grouped: bool = False
    tail: str = ""
    spelled: bool = False
    worded: bool = True
    rounded_count: bool = False

    @property
    def is_whole(self) -> bool:
        """Whether it could count, rank or time something and is printed to the last unit.

        ``70,769家`` is, ``12万家`` is rounded to ten thousands. Whether such digits are exact is
        for what is printed there to say: see `cbec.audit.ledger.Figure.is_exact`.
        """
        known_rounded = self.multiplied or self.rounded_count
        return self.dimension in {"count", "rank", "year"} and not known_rounded

    def interval(self, rule: Rule = Rule.HALF_UP) -> Interval:
        """Return the numbers that print as this figure under a rounding rule, in the base unit.

        With last-digit unit :math:`s`, face value :math:`v` and :math:`h = s/2`, positive
        figures stand for :math:`[v-h, v+h)` under half-up, for the same interval closed at both
        ends under half-even if the last digit is even and open at both if it is odd, for
        :math:`[v, v+s)` under truncation and floor, and for :math:`(v-s, v]` under ceiling.
        Half-up and truncation are mirrored for negative figures.

        Examples
        --------
        >>> print(parse_printed("13.7").interval())
        [273/20, 55/4)
        >>> print(parse_printed("-0.8%").interval(Rule.TRUNCATION))
        (-9/1000, -1/125]
        """
        value, step = self.value, self.resolution
        half = step / 2
        if rule is Rule.HALF_EVEN:
            even = (value / step) % 2 == 0
            return Interval(value - half, value + half, even, even)
        if rule is Rule.FLOOR:
            return Interval(value, value + step, True, False)
        if rule is Rule.CEILING:
            return Interval(value - step, value, False, True)
        reach = half if rule is Rule.HALF_UP else step
        inner = half if rule is Rule.HALF_UP else Fraction(0)
        if value > 0:
            return Interval(value - inner, value + reach, True, False)
        if value < 0:
            return Interval(value - reach, value + inner, False, True)
        return Interval(-reach, reach, False, False)

    def reprint(self, value: Fraction, rule: Rule = Rule.HALF_UP) -> str:
        """Print another number, given in the base unit, the way this figure is printed.

        Examples
        --------
        >>> from fractions import Fraction
        >>> parse_printed("9.57%").reprint(Fraction(35, 361))
        '9.70%'
        """
        value = round_to(value, self.resolution, rule)
        if self.spelled and value == self.value:
            return self.text
        # A resolution finer than what is printed needs the digits to show it, if any number does.
        denominator = (self.resolution / self.scale).denominator
        enough = (d for d in range(denominator.bit_length()) if 10**d % denominator == 0)
        decimals = max(self.decimals, next(enough, 0))
        number = decimal_text(value / self.scale, decimals, grouped=self.grouped)
        if value == 0 == self.value or (value > 0 and self.sign == "+"):
            number = self.sign + number
        elif value < 0 and self.sign == "−":
            number = number.replace("-", "−")
        return number + self.tail

    def with_resolution(self, step: Printed) -> Printed:
        """Return the figure as one that was rounded to another step; the text stays.

        Raises
        ------
        PrintedFigureError
            If the figure can't have been rounded to the step.

        Examples
        --------
        >>> print(parse_printed("70,000家").with_resolution(parse_printed("1000家")).interval())
        [69500, 70500)
        """
        if step.dimension != self.dimension:
            raise PrintedFigureError(
                f"{step.text!r} measures {step.dimension}, the figure {self.dimension}; "
                "write both in units of one kind"
            )
        if step.value <= 0:
            raise PrintedFigureError(
                f"the resolution {step.text!r} isn't above zero; "
                "write the step that the figure was rounded to"
            )
        if (self.value / step.value).denominator != 1:
            raise PrintedFigureError(
                f"{self.text!r} isn't a multiple of the resolution {step.text!r}; "
                "choose one that divides it"
            )
        return replace(self, resolution=step.value, rounded_count=True)

    def __str__(self) -> str:
        return self.text


def parse_printed(text: str, unit: str = "") -> Printed:
    """Read a printed figure such as ``17.66万亿元``, ``1,310``, ``12万``, ``4.8%`` or ``三类``.

    Parameters
    ----------
    text : str
        The figure as printed. Thousands may be grouped by commas; a multiplier and a unit word may
        follow (see `cbec.figures.units`). Chinese numerals up to 99, ranks such as 首位, 第二,
        第12位 and 全国第三, and the words 全额 (the full amount) and 厘米级 (the order of a
        centimetre) are understood.
    unit : str, optional
        The unit where the text itself names none, ``trillion CNY`` for instance.

    Raises
    ------
    PrintedFigureError
        If it isn't a text, or the text isn't a figure; the message says what to write.

    Examples
    --------
    >>> parse_printed("17.66万亿元").value == 17_660_000_000_000
    True
    >>> parse_printed("13,24")
    Traceback (most recent call last):
        ...
    cbec.errors.PrintedFigureError: '13,24' is not a number; write 13.24
    """
    if not isinstance(text, str):
        raise PrintedFigureError(f"{text!r} is no text; give the figure as printed, in quotes")
    stripped = text.strip()
    if len(stripped) > _MOST_CHARACTERS:
        raise PrintedFigureError(
            f"'{stripped[:20]}…' has {len(stripped)} characters; "
            f"write a figure of at most {_MOST_CHARACTERS}"
        )
    if stripped in _WORDS:
        said, tail = _WORDS[stripped]
        return _spelled_figure(stripped, 1, said, tail)
    chinese = _chinese(stripped)
    if chinese is not None:
        return chinese
    match = _NUMBER.fullmatch(stripped)
    if match is None or re.match(r"[\d,.]", match["tail"]):
        raise PrintedFigureError(f"{text!r} is not a number; {_remedy(stripped)}")
    tail, digits = match["tail"], match["decimals"] or ""
    is_multiplier = tail.strip() in MULTIPLIERS
    scale = parse_unit(f"{tail.strip()}{unit}" if is_multiplier else tail or unit)
    decimals = len(digits)
    number = Fraction(f"{match['whole'].replace(',', '')}.{digits or 0}")
    if match["sign"] in {"-", "−"}:
        number = -number
    return Printed(
        text=stripped,
        value=number * scale.factor,
        resolution=scale.factor / 10**decimals,
        dimension=scale.dimension,
        decimals=decimals,
        scale=scale.factor,
        multiplied=any((tail or unit).strip().startswith(word) for word in MULTIPLIERS),
        sign=match["sign"],
        grouped="," in match["whole"],
        tail=match["space"] + tail,
        worded=bool(tail.strip() or unit.strip()),
        rounded_count=decimals > 0,
    )


def _chinese(text: str) -> Printed | None:
    """Read a rank, such as 第二, or Chinese numerals with a unit word, such as 三类 or 两年."""
    if rank := _RANK.fullmatch(text):
        said = rank["number"] or "一"
        place = int(said) if said.isdecimal() else chinese_numeral(said)
        return _spelled_figure(text, place, UNIT_WORDS["rank"], " rank") if place else None
    for length in (3, 2, 1):
        number, word = chinese_numeral(text[:length]), text[length:]
        if number is not None and word in UNIT_WORDS and word:
            return _spelled_figure(text, number, UNIT_WORDS[word], word)
    return None


def _spelled_figure(text: str, number: int, unit: Unit, tail: str) -> Printed:
    return Printed(
        text=text,
        value=number * unit.factor,
        resolution=unit.factor,
        dimension=unit.dimension,
        scale=unit.factor,
        tail=tail,
        spelled=True,
    )


def _remedy(text: str) -> str:
    if not text:
        return "write the figure as it is printed"
    folded = text.translate({full: full - 0xFEE0 for full in range(0xFF01, 0xFF5F)})
    if folded != text:
        return f"write {folded}"
    if text[0] in "<>≤≥=≈~约超逾近":
        return "put the comparator into its own column and keep the number only"
    if "第" in text:
        return "if it is a rank, write 第2位 or 2 rank"
    comma = re.fullmatch(r"([+\-−]?\d+),(\d{1,2}|\d{4,})([^\d,.].*)?", text)
    if comma:
        return f"write {comma[1]}.{comma[2]}{comma[3] or ''}"
    zeros = re.fullmatch(r"([+\-−]?)0+(\d.*)", text, re.ASCII)
    if zeros:
        return f"write {zeros[1]}{zeros[2]}"
    return (
        "write digits, with a decimal point and a unit if there is one, such as 17.66万亿元 or 4.8%"
    )
