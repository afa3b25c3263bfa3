"""A printed figure stands for the numbers that round to it, no more and no fewer."""

from __future__ import annotations

import decimal
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from cbec.errors import PrintedFigureError
from cbec.figures.interval import Interval
from cbec.figures.printed import Printed, parse_printed
from cbec.figures.rounding import Rule, decimal_text, round_to

WAN, YI = 10**4, 10**8
PERCENT = Fraction(1, 100)

# The 42 statistics of the paper as printed, with the value and the last-digit unit read by hand.
PAPER: dict[str, list[tuple[str, Fraction | int, Fraction | int]]] = {
    "CNY": [
        ("17.66万亿元", 17_660_000_000_000, 10**10),
        ("16.85万亿元", 16_850_000_000_000, 10**10),
        ("13.7万亿元", 13_700_000_000_000, 10**11),
        ("13.24万亿元", 13_240_000_000_000, 10**10),
        ("3.96万亿元", 3_960_000_000_000, 10**10),
        ("3.61万亿元", 3_610_000_000_000, 10**10),
        ("10亿元", 1_000_000_000, YI),
        ("50万元", 500_000, WAN),
        ("500万元", 5_000_000, WAN),
    ],
    "USD": [("1310亿美元", 131_000_000_000, YI)],
    "ratio": [
        ("4.8%", Fraction(48, 1000), Fraction(1, 1000)),
        ("40.27%", Fraction(4027, 10_000), Fraction(1, 10_000)),
        ("77.6%", Fraction(776, 1000), Fraction(1, 1000)),
        ("22.4%", Fraction(224, 1000), Fraction(1, 1000)),
        ("3.5%", Fraction(35, 1000), Fraction(1, 1000)),
        ("9.57%", Fraction(957, 10_000), Fraction(1, 10_000)),
        ("10倍", 10, 1),
        ("20.87%", Fraction(2087, 10_000), Fraction(1, 10_000)),
        ("17.29%", Fraction(1729, 10_000), Fraction(1, 10_000)),
        ("16.65%", Fraction(1665, 10_000), Fraction(1, 10_000)),
        ("10%", Fraction(1, 10), PERCENT),
        ("65%", Fraction(65, 100), PERCENT),
        ("全额", 1, 1),
        ("42%", Fraction(42, 100), PERCENT),
    ],
    "count": [
        ("12万家", 120_000, WAN),
        ("3万个", 30_000, WAN),
        ("70,769家", 70_769, 1),
        ("14,772家", 14_772, 1),
        ("12,239家", 12_239, 1),
        ("11,784家", 11_784, 1),
        ("6个", 6, 1),
        ("58所", 58, 1),
        ("三类", 3, 1),
        ("四个", 4, 1),
    ],
    "rank": [("首位", 1, 1)],
    "year": [
        ("5年", 5, 1),
        ("1学期", Fraction(1, 2), Fraction(1, 2)),
        ("3学期", Fraction(3, 2), Fraction(1, 2)),
        ("1学期", Fraction(1, 2), Fraction(1, 2)),
        ("5年", 5, 1),
        ("两年", 2, 1),
    ],
    "metre": [("厘米级", PERCENT, PERCENT)],
}
STATISTICS = [(text, kind, v, step) for kind, rows in PAPER.items() for text, v, step in rows]

UNITS = ("", "%", "万", "亿", "万亿", "亿元", "万亿元", "亿美元", "家", " trillion CNY", "学期")
DECIMAL_MODES = {
    Rule.HALF_UP: decimal.ROUND_HALF_UP,
    Rule.HALF_EVEN: decimal.ROUND_HALF_EVEN,
    Rule.TRUNCATION: decimal.ROUND_DOWN,
    Rule.CEILING: decimal.ROUND_CEILING,
    Rule.FLOOR: decimal.ROUND_FLOOR,
}
each_rule = pytest.mark.parametrize("rule", Rule)
rules = st.sampled_from(list(Rule))


def by_decimal(number: Decimal, decimals: int, rule: Rule) -> Decimal:
    """Round with Python's decimal module, an implementation that owes nothing to this package."""
    with decimal.localcontext(prec=80):
        return number.quantize(Decimal(1).scaleb(-decimals), DECIMAL_MODES[rule])


@st.composite
def numbers(draw: st.DrawFn) -> tuple[Decimal, int]:
    """Return a number and the decimals to print, ties and ends of digits well represented."""
    decimals = draw(st.integers(0, 4))
    units = draw(st.one_of(st.integers(-30, 30), st.integers(-(10**14), 10**14)))
    twentieths = draw(st.integers(-20, 20))
    with decimal.localcontext(prec=80):
        return (Decimal(units) + Decimal(twentieths) / 20).scaleb(-decimals), decimals


# What the figures say --------------------------------------------------------------------------


def test_the_paper_prints_42_statistics() -> None:
    assert len(STATISTICS) == 42


@pytest.mark.parametrize(("text", "kind", "value", "step"), STATISTICS)
def test_every_statistic_of_the_paper_is_read(
    text: str, kind: str, value: Fraction, step: Fraction
) -> None:
    figure = parse_printed(text)
    assert (figure.value, figure.resolution, figure.dimension) == (value, step, kind)
    assert figure.text == str(figure) == figure.reprint(figure.value) == text
    assert all(figure.value in figure.interval(rule) for rule in Rule)


@pytest.mark.parametrize(
    ("text", "unit", "value", "step", "kind"),
    [
        ("43.85", "trillion CNY", 43_850_000_000_000, 10**10, "CNY"),
        ("131", "billion USD", 131 * 10**9, 10**9, "USD"),
        ("12万", "元", 120_000, WAN, "CNY"),
        ("12 million", "CNY", 12_000_000, 10**6, "CNY"),
        ("70,769家", "firms", 70_769, 1, "count"),
        ("1,310", "", 1310, 1, "count"),
        ("-0.8%", "", Fraction(-8, 1000), Fraction(1, 1000), "ratio"),
        ("−0.8%", "", Fraction(-8, 1000), Fraction(1, 1000), "ratio"),
        ("+10.80", "%", Fraction(108, 1000), Fraction(1, 10_000), "ratio"),
        ("5％", "", Fraction(5, 100), PERCENT, "ratio"),
        ("1.50个百分点", "", Fraction(15, 1000), Fraction(1, 10_000), "ratio"),
        (" 12 trillion CNY ", "", 12 * 10**12, 10**12, "CNY"),
        ("十二家", "", 12, 1, "count"),
        ("二十一个月", "", Fraction(21, 12), Fraction(1, 12), "year"),
        ("第一", "", 1, 1, "rank"),
        ("第二位", "", 2, 1, "rank"),
        ("全国第三", "", 3, 1, "rank"),
        ("第十二名", "", 12, 1, "rank"),
        ("第2", "", 2, 1, "rank"),
        ("第120位", "", 120, 1, "rank"),
    ],
)
def test_a_figure_has_the_value_and_the_last_digit_it_was_printed_with(
    text: str, unit: str, value: Fraction, step: Fraction, kind: str
) -> None:
    figure = parse_printed(text, unit)
    assert (figure.value, figure.resolution, figure.dimension) == (value, step, kind)
    assert figure.text == text.strip()


def test_trailing_zeros_are_never_padded_or_dropped() -> None:
    # As the R package scrutiny reads figures from strings: "13.70" says more than "13.7".
    short, long = parse_printed("13.7"), parse_printed("13.70")
    assert short.value == long.value
    assert short.resolution == 10 * long.resolution
    assert long.interval().within(short.interval())
    assert not short.interval().within(long.interval())
    assert (short.decimals, long.decimals) == (1, 2)


@pytest.mark.parametrize(
    ("text", "unit", "exact"),
    [
        ("70,769家", "", True),
        ("6个", "", True),
        ("两年", "", True),
        ("3学期", "", True),
        ("首位", "", True),
        ("全国首位", "", True),
        ("第二", "", True),
        ("58", "", True),
        ("58", "institutions", True),
        ("12万家", "", False),
        ("12", "万家", False),
        ("12 thousand firms", "", False),
        ("2.5年", "", False),
        ("10倍", "", False),
        ("10%", "", False),
        ("10元", "", False),
    ],
)
def test_only_counts_ranks_and_durations_to_the_last_unit_are_whole(
    text: str, unit: str, exact: bool
) -> None:
    assert parse_printed(text, unit).is_whole is exact


# Intervals -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "rule", "expected"),
    [
        # scrutiny's unround() gives these ends for "up", "ceiling", "floor" and "trunc".
        ("13.7", Rule.HALF_UP, "[273/20, 55/4)"),
        ("13.7", Rule.CEILING, "(68/5, 137/10]"),
        ("13.7", Rule.FLOOR, "[137/10, 69/5)"),
        ("13.7", Rule.TRUNCATION, "[137/10, 69/5)"),
        # The rest by hand, from the ruling on the reference page "Verdicts".
        ("13.7", Rule.HALF_EVEN, "(273/20, 55/4)"),
        ("13.6", Rule.HALF_EVEN, "[271/20, 273/20]"),
        ("-13.7", Rule.HALF_UP, "(-55/4, -273/20]"),
        ("-13.7", Rule.HALF_EVEN, "(-55/4, -273/20)"),
        ("-13.6", Rule.HALF_EVEN, "[-273/20, -271/20]"),
        ("-13.7", Rule.TRUNCATION, "(-69/5, -137/10]"),
        ("-13.7", Rule.FLOOR, "[-137/10, -68/5)"),
        ("-13.7", Rule.CEILING, "(-69/5, -137/10]"),
        ("0.0", Rule.HALF_UP, "(-1/20, 1/20)"),
        ("0.0", Rule.HALF_EVEN, "[-1/20, 1/20]"),
        ("0.0", Rule.TRUNCATION, "(-1/10, 1/10)"),
        ("0.0", Rule.FLOOR, "[0, 1/10)"),
        ("-0.0", Rule.CEILING, "(-1/10, 0]"),
        ("12万", Rule.HALF_UP, "[115000, 125000)"),
        ("10%", Rule.HALF_UP, "[19/200, 21/200)"),
    ],
)
def test_each_rule_has_its_own_interval(text: str, rule: Rule, expected: str) -> None:
    assert str(parse_printed(text).interval(rule)) == expected


def test_half_up_is_the_rule_unless_told() -> None:
    figure = parse_printed("4.5")
    assert figure.interval() == figure.interval(Rule.HALF_UP)
    assert figure.reprint(Fraction(45, 10)) == "4.5"
    assert parse_printed("4").reprint(Fraction(45, 10)) == "5"


@given(numbers(), rules, st.sampled_from(UNITS), st.booleans())
@example((Decimal("-0.04"), 1), Rule.HALF_UP, "%", False)
@example((Decimal("0.5"), 0), Rule.HALF_EVEN, "万亿元", False)
@example((Decimal("1234567.25"), 1), Rule.HALF_UP, "家", True)
def test_a_number_lies_in_the_interval_of_its_printed_form(
    drawn: tuple[Decimal, int], rule: Rule, unit: str, grouped: bool
) -> None:
    number, decimals = drawn
    rounded = by_decimal(number, decimals, rule)
    text = f"{rounded:,f}" if grouped else f"{rounded:f}"
    figure = parse_printed(text + unit)
    assert Fraction(number) * figure.scale in figure.interval(rule)
    assert figure.value == Fraction(rounded) * figure.scale


@given(numbers(), st.integers(-40, 40), rules, st.sampled_from(UNITS))
def test_exactly_the_numbers_of_the_interval_round_to_the_figure(
    drawn: tuple[Decimal, int], twentieths: int, rule: Rule, unit: str
) -> None:
    number, decimals = drawn
    printed = by_decimal(number, decimals, rule)
    figure = parse_printed(f"{printed:f}{unit}")
    with decimal.localcontext(prec=80):
        other = printed + (Decimal(twentieths) / 20).scaleb(-decimals)
    inside = Fraction(other) * figure.scale in figure.interval(rule)
    assert inside == (by_decimal(other, decimals, rule) == printed)


@given(numbers(), rules, st.fractions(min_value=Fraction(1, 10**9), max_value=1))
def test_numbers_just_beyond_an_end_round_elsewhere(
    drawn: tuple[Decimal, int], rule: Rule, share: Fraction
) -> None:
    figure = parse_printed(f"{by_decimal(drawn[0], drawn[1], rule):f}")
    interval, step = figure.interval(rule), figure.resolution
    assert interval.lower is not None
    assert interval.upper is not None
    for outside in (interval.lower - share * step, interval.upper + share * step):
        assert round_to(outside, step, rule) != figure.value
    inner = interval.lower + share * (interval.upper - interval.lower) / 2
    assert round_to(inner, step, rule) == figure.value


# Rounding and printing -------------------------------------------------------------------------


@each_rule
@given(drawn=numbers())
def test_rounding_agrees_with_the_decimal_module(rule: Rule, drawn: tuple[Decimal, int]) -> None:
    number, decimals = drawn
    step = Fraction(1, 10**decimals)
    assert round_to(Fraction(number), step, rule) == Fraction(by_decimal(number, decimals, rule))


@given(numbers(), rules, st.booleans())
def test_decimal_text_agrees_with_the_decimal_module(
    drawn: tuple[Decimal, int], rule: Rule, grouped: bool
) -> None:
    number, decimals = drawn
    rounded = by_decimal(number, decimals, rule)
    expected = f"{rounded:,f}" if grouped else f"{rounded:f}"
    if rounded == 0:  # the decimal module keeps a minus that rounding has emptied
        expected = expected.lstrip("-")
    assert decimal_text(Fraction(number), decimals, grouped=grouped, rule=rule) == expected


@given(
    st.sampled_from(["", "-", "−", "+"]),
    st.integers(0, 10**13),
    st.integers(0, 4),
    st.booleans(),
    st.sampled_from(UNITS),
)
def test_a_figure_prints_as_it_was_read(
    sign: str, units: int, decimals: int, grouped: bool, unit: str
) -> None:
    number = Decimal(units).scaleb(-decimals)
    text = sign + (f"{number:,f}" if grouped else f"{number:f}") + unit
    figure = parse_printed(text)
    assert figure.text == text
    assert figure.reprint(figure.value) == text


@pytest.mark.parametrize(
    ("like", "value", "expected"),
    [
        ("9.57%", Fraction(35, 361), "9.70%"),
        ("70,769家", Fraction(1_234_567), "1,234,567家"),
        ("17.66万亿元", Fraction(10**12), "1.00万亿元"),
        ("+4.8%", Fraction(51, 1000), "+5.1%"),
        ("+4.8%", Fraction(-51, 1000), "-5.1%"),
        ("−4.8%", Fraction(-51, 1000), "−5.1%"),
        ("−4.8%", Fraction(51, 1000), "5.1%"),
        ("-0.4", Fraction(-4, 100), "0.0"),
        ("12 trillion CNY", Fraction(13 * 10**12), "13 trillion CNY"),
        ("三类", Fraction(4), "4类"),
        ("两年", Fraction(3), "3年"),
        ("首位", Fraction(2), "2 rank"),
        ("第2位", Fraction(2), "第2位"),
        ("第二", Fraction(3), "3 rank"),
        ("厘米级", Fraction(5, 100), "5厘米"),
    ],
)
def test_another_number_is_printed_the_same_way(like: str, value: Fraction, expected: str) -> None:
    assert parse_printed(like).reprint(value) == expected


@given(numbers(), st.sampled_from(["1.2%", "3万亿元", "70,769家", "三类", "0.000"]), rules)
def test_what_is_reprinted_stands_for_the_number(
    drawn: tuple[Decimal, int], like: str, rule: Rule
) -> None:
    figure = parse_printed(like)
    number = Fraction(drawn[0]) * figure.scale
    again = parse_printed(figure.reprint(number, rule))
    assert again.resolution == figure.resolution
    assert number in again.interval(rule)


# Other units and resolutions -------------------------------------------------------------------


def test_another_resolution_widens_the_interval_and_keeps_text_and_value() -> None:
    figure = parse_printed("70,000家").with_resolution(parse_printed("1000家"))
    assert figure.text == "70,000家"
    assert figure.interval() == Interval(Fraction(69_500), Fraction(70_500), True, False)
    assert not figure.is_whole
    assert figure.reprint(Fraction(71_499)) == "71,000家"


def test_a_resolution_finer_than_print_is_shown_when_printing() -> None:
    figure = parse_printed("12万").with_resolution(parse_printed("1000"))
    assert figure.interval() == Interval(Fraction(119_500), Fraction(120_500), True, False)
    assert figure.reprint(Fraction(123_456)) == "12.3万"


@pytest.mark.parametrize(
    ("step", "said"),
    [
        ("0个月", "the resolution '0个月' isn't above zero; write the step"),
        ("-1年", "the resolution '-1年' isn't above zero; write the step"),
        ("1学期", "'8个月' isn't a multiple of the resolution '1学期'; choose one that divides it"),
        ("2年", "isn't a multiple of the resolution '2年'"),
        ("1", "'1' measures count, the figure year; write both in units of one kind"),
    ],
)
def test_an_impossible_resolution_is_refused_as_it_is_written(step: str, said: str) -> None:
    with pytest.raises(PrintedFigureError) as raised:
        parse_printed("8个月").with_resolution(parse_printed(step))
    assert said in str(raised.value)


# Mistakes --------------------------------------------------------------------------------------


def test_a_number_is_no_printed_figure() -> None:
    with pytest.raises(PrintedFigureError, match=r"12\.5 is no text; give the figure as printed"):
        parse_printed(12.5)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("text", "remedy"),
    [
        ("13,24", "'13,24' is not a number; write 13.24"),
        ("1,31", "'1,31' is not a number; write 1.31"),
        ("-1,5%", "write -1.5%"),
        ("12,34,567", "write digits"),
        ("1,5.3", "write digits"),
        ("13,24万亿元", "write 13.24万亿元"),
        ("５", "'５' is not a number; write 5"),
        ("１，３１０", "write 1,310"),
        ("－５．２％", "write -5.2%"),
        ("约12万", "put the comparator into its own column"),
        ("逾12万", "put the comparator into its own column"),
        (">5", "put the comparator into its own column"),
        ("≤500万元", "put the comparator into its own column"),
        ("007", "'007' is not a number; write 7"),
        ("-00.5%", "write -0.5%"),
        ("", "write the figure as it is printed"),
        ("   ", "write the figure as it is printed"),
        ("1.2.3", "write digits, with a decimal point"),
        ("--5", "write digits, with a decimal point"),
        ("nan", "write digits, with a decimal point"),
        ("inf", "write digits, with a decimal point"),
        (".5", "write digits, with a decimal point"),
        ("5.", "write digits, with a decimal point"),
        ("1 310", "write digits, with a decimal point"),
        ("0,123", "write digits, with a decimal point"),
        ("1,310,22", "write digits, with a decimal point"),
        ("٣", "write digits, with a decimal point"),
        ("三", "write digits, with a decimal point"),
        ("三百家", "write digits, with a decimal point"),
        ("第0位", "if it is a rank, write 第2位 or 2 rank"),
        ("第十十", "if it is a rank, write 第2位 or 2 rank"),
        ("第三季度", "if it is a rank, write 第2位 or 2 rank"),
        ("世界第二", "if it is a rank, write 第2位 or 2 rank"),
        ("12万亩", "'万亩' is not a known unit; write"),
        ("12万万", "'万万' is not a known unit; write"),
        ("1e5", "'e5' is not a known unit; write"),
        ("1_000", "'_000' is not a known unit; write"),
        ("5-10", "'-10' is not a known unit; write"),
        ("9" * 5000, "write a figure of at most 100"),
        ("1." + "9" * 100_000, "write a figure of at most 100"),
        ("x" * 100_000, "write a figure of at most 100"),
    ],
    ids=lambda text: text[:12],
)
def test_a_malformed_figure_is_refused_with_a_remedy(text: str, remedy: str) -> None:
    with pytest.raises(PrintedFigureError) as caught:
        parse_printed(text)
    assert remedy in str(caught.value)
    assert len(str(caught.value)) < 1500


@pytest.mark.parametrize(
    "text", ["13,24", "-1,5%", "５", "１，３１０", "－５．２％", "007", "-00.5%"]
)
def test_a_remedy_that_spells_the_figure_is_itself_a_figure(text: str) -> None:
    with pytest.raises(PrintedFigureError) as caught:
        parse_printed(text)
    assert isinstance(parse_printed(str(caught.value).rpartition("write ")[2]), Printed)


@given(st.text(alphabet="0123456789.,+-−%万亿元家三十两第位 \t\n５，e_x(", max_size=12))
@example("0" * 101)
def test_any_text_is_a_figure_or_a_named_error(text: str) -> None:
    try:
        figure = parse_printed(text)
    except PrintedFigureError:
        return
    assert figure.reprint(figure.value) == figure.text == text.strip()
    assert all(figure.value in figure.interval(rule) for rule in Rule)
