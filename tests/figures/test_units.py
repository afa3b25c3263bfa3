"""Unit words stand for exact factors, and unknown ones are named with what would do."""

from __future__ import annotations

from fractions import Fraction

import pytest

from cbec.errors import PrintedFigureError
from cbec.figures.units import MULTIPLIERS, UNIT_WORDS, chinese_numeral, parse_unit


@pytest.mark.parametrize(
    ("text", "dimension", "factor"),
    [
        # 万 is ten thousand, 亿 a hundred million (GB/T 15835-2011 writes them so).
        ("", "count", 1),
        ("万", "count", 10_000),
        ("亿元", "CNY", 100_000_000),
        ("万亿元", "CNY", 1_000_000_000_000),
        ("千亿美元", "USD", 100_000_000_000),
        ("万亿", "count", 1_000_000_000_000),
        ("万元", "CNY", 10_000),
        ("亿元人民币", "CNY", 100_000_000),
        ("billion USD", "USD", 1_000_000_000),
        ("bn USD", "USD", 1_000_000_000),
        ("trillion CNY", "CNY", 1_000_000_000_000),
        ("trillion", "count", 1_000_000_000_000),
        ("million", "count", 1_000_000),
        ("%", "ratio", Fraction(1, 100)),
        ("％", "ratio", Fraction(1, 100)),
        ("个百分点", "ratio", Fraction(1, 100)),
        ("percentage points", "ratio", Fraction(1, 100)),
        ("倍", "ratio", 1),
        ("学期", "year", Fraction(1, 2)),
        ("个月", "year", Fraction(1, 12)),
        ("厘米", "metre", Fraction(1, 100)),
        ("万家", "count", 10_000),
        ("百万人", "count", 1_000_000),
        (" 亿元 ", "CNY", 100_000_000),
    ],
)
def test_a_unit_has_its_dimension_and_exact_factor(
    text: str, dimension: str, factor: Fraction
) -> None:
    unit = parse_unit(text)
    assert (unit.dimension, unit.factor) == (dimension, Fraction(factor))


@pytest.mark.parametrize("multiplier", MULTIPLIERS)
def test_a_multiplier_goes_with_every_unit_word(multiplier: str) -> None:
    for word, alone in UNIT_WORDS.items():
        unit = parse_unit(f"{multiplier} {word}")
        assert unit.dimension == alone.dimension
        assert unit.factor == MULTIPLIERS[multiplier] * alone.factor


@pytest.mark.parametrize("text", ["万亩", "亩", "万万", "元亿", "Percent", "%%", "0", "-", "厘"])
def test_an_unknown_unit_is_named_and_the_known_ones_are_listed(text: str) -> None:
    with pytest.raises(PrintedFigureError, match="is not a known unit; write") as caught:
        parse_unit(text)
    message = str(caught.value)
    assert repr(text) in message
    assert all(word in message for word in ("万亿", "trillion", "个百分点", "USD"))


def test_chinese_numerals_up_to_99_are_read() -> None:
    # The numerals are composed here by the rule of the script: tens, 十, ones.
    ones = "零一二三四五六七八九"
    for number in range(100):
        tens, rest = divmod(number, 10)
        spelled = ones[number] if number < 10 else ""
        if number >= 10:
            spelled = (ones[tens] if tens > 1 else "") + "十" + (ones[rest] if rest else "")
        assert chinese_numeral(spelled) == number
    assert (chinese_numeral("两"), chinese_numeral("〇"), chinese_numeral("一十二")) == (2, 0, 12)


@pytest.mark.parametrize(
    "text",
    ["", "家", "二三", "十十", "三百", "十二三", "12", "一二十", "零十", "十零", "〇十二", "十两"],
)
def test_what_is_no_chinese_numeral_below_100_gives_none(text: str) -> None:
    assert chinese_numeral(text) is None
