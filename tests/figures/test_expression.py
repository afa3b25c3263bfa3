"""Derivations are read strictly, evaluated exactly, and their bounds are sharp."""

from __future__ import annotations

import itertools
import math
import random
from collections.abc import Iterator, Mapping
from fractions import Fraction

import pytest
from hypothesis import HealthCheck, assume, example, given, settings
from hypothesis import strategies as st

from cbec.errors import ExpressionError, UndefinedError
from cbec.figures.bounds import Truth, bounds, inverse_bounds, linear_terms, truth
from cbec.figures.expression import (
    FUNCTIONS,
    Call,
    Comparison,
    Expression,
    Literal,
    Name,
    Text,
    names,
    parse,
)
from cbec.figures.interval import Interval
from cbec.figures.printed import parse_printed
from cbec.figures.rounding import Rule

Box = Mapping[str, Interval]


def closed(lower: Fraction | int | None, upper: Fraction | int | None) -> Interval:
    return Interval(*(None if end is None else Fraction(end) for end in (lower, upper)))


def opened(lower: Fraction | int | None, upper: Fraction | int | None) -> Interval:
    ends = closed(lower, upper)
    return Interval(ends.lower, ends.upper, False, False)


def half_open(lower: Fraction | int | None, upper: Fraction | int | None) -> Interval:
    ends = closed(lower, upper)
    return Interval(ends.lower, ends.upper, True, False)


def point(value: Fraction | int) -> Interval:
    return Interval.point(value)


def text_of(expression: str, **box: Interval) -> str:
    return str(bounds(parse(expression), box))


# The language ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("market-2024", Name("market-2024")),
        ("growth", Name("growth")),
        ("lambda", Name("lambda")),
        ("5", Literal(Fraction(5))),
        ("0.50", Literal(Fraction(1, 2))),
        ("10%", Literal(Fraction(1, 10), "ratio")),
        (" sum( a ,b )\n", Call("sum", (Name("a"), Name("b")))),
        ('count("a (1), b", c)', Call("count", (Text("a (1), b"), Name("c")))),
        (
            "share(a, sum(a, 2))",
            Call("share", (Name("a"), Call("sum", (Name("a"), Literal(Fraction(2)))))),
        ),
        ("a≤5%", Comparison(Name("a"), "<=", Literal(Fraction(1, 20), "ratio"))),
        ("a ≥ b", Comparison(Name("a"), ">=", Name("b"))),
        ("a == b", Comparison(Name("a"), "=", Name("b"))),
        ("a != b", Comparison(Name("a"), "!=", Name("b"))),
        ("sum(a) < b", Comparison(Call("sum", (Name("a"),)), "<", Name("b"))),
    ],
)
def test_a_derivation_is_read_into_its_tree(text: str, expected: Expression) -> None:
    assert parse(text) == expected


NESTED = 10_000


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "at character 1: expected a function, an id or a number"),
        ("growth(", "at character 8: expected a function, an id or a number"),
        ("growth(a", "at character 9: expected ',' or ')', found the end"),
        ("growth(a b)", "at character 10: expected ',' or ')', found 'b'"),
        ("growth(a, b, )", "at character 14: expected a function, an id or a number"),
        ("growth(, a)", "at character 8: expected a function"),
        ("growth(a, b))", "at character 13: unexpected ')'; end the derivation here"),
        ("growth(a)", "growth got 1 arguments; write growth(new, old)"),
        ("growth(a, b, c)", "growth got 3 arguments; write growth(new, old)"),
        ("cagr(a, b)", "cagr got 2 arguments; write cagr(new, old, years)"),
        ("sum()", "sum got 0 arguments; write sum(a, b, ...)"),
        ("rank(a)", "rank got 1 arguments; write rank(a, others, ...)"),
        ("Growth(a, b)", "at character 1: unknown function 'Growth'; there are growth, share"),
        ('sum("a", b)', "at character 1: quoted names can only be counted"),
        ("a = b = c", "at character 7: unexpected '='; end the derivation here"),
        ("= a", "at character 1: expected a function, an id or a number"),
        ("a <", "at character 4: expected a function, an id or a number"),
        ("sum(a = b)", "at character 7: expected ',' or ')', found '='"),
        ("a b", "at character 3: unexpected 'b'; end the derivation here"),
        ("5a", "at character 2: unexpected 'a'"),
        ("a - b", "can't read '- b' at character 3; write difference(a, b)"),
        ("a + b", "can't read '+ b' at character 3; write sum(a, b)"),
        ("a / b", "can't read '/ b' at character 3; write ratio(a, b)"),
        ("-5", "at character 1; write difference(a, b)"),
        ("share(a，b)", "at character 8; write ,"),
        ("share（a, b)", "at character 6; write ("),
        ('count("a, b)', "end the quoted name with another quotation mark"),
        ("05", "at character 1: '05' is not a number; write 5"),
        ("sum(a, 007)", "at character 8: '007' is not a number; write 7"),
        ("１", "can't read '１' at character 1; write one of growth"),
        ('__import__("os")', "can't read '__import__"),
        ('getattr(a, "b")', "unknown function 'getattr'"),
        ("(lambda: 1)()", "can't read ': 1)()' at character 8"),
        ("(a)", "at character 1: expected a function, an id or a number"),
        ("a.__class__", "can't read '.__class__' at character 2"),
        ("[a for a in b]", "can't read '["),
        ("a; b", "can't read '; b' at character 2"),
        ("a\0b", "at character 2"),
        ("sum(" * 41 + "a" + ")" * 41, "nested too deeply; write two derivations"),
        ("sum(" * 900 + "a", "nested too deeply; write two derivations"),
        ("(" * NESTED, "write a derivation of at most"),
        ("sum(" * NESTED + "a" + ")" * NESTED, "write a derivation of at most"),
        ("a" * 1_000_000, "write a derivation of at most"),
        ("1" * 3000, "write a figure of at most"),
    ],
    ids=lambda text: text[:16],
)
def test_a_text_outside_the_language_is_refused_with_place_and_remedy(
    text: str, message: str
) -> None:
    with pytest.raises(ExpressionError) as caught:
        parse(text)
    assert message in str(caught.value)


def test_forty_levels_of_nesting_are_read_and_evaluated() -> None:
    deep = parse("sum(" * 40 + "a" + ")" * 40)
    assert names(deep) == ("a",)
    assert bounds(deep, {"a": closed(1, 2)}) == closed(1, 2)


@given(
    st.text(alphabet='abgrowthsum(),"=<>≤!5.%- \n_\0，（', max_size=40)
    | st.text(max_size=20)
    | st.lists(st.sampled_from(["sum(", "growth(", "a", "5%", ",", ")", "=", '"x"', " "])).map(
        "".join
    )
)
def test_any_text_is_a_derivation_or_a_named_error(text: str) -> None:
    try:
        expression = parse(text)
    except ExpressionError:
        return
    assert isinstance(expression, Expression)
    assert all(name in text for name in names(expression))


def test_ids_are_listed_once_in_order_of_appearance() -> None:
    assert names(parse('share(b, sum(a, b, count("c"))) >= a-2')) == ("b", "a", "a-2")


def test_usage_texts_name_their_function() -> None:
    assert all(s.usage.startswith(f"{name}(") for name, s in FUNCTIONS.items())


# Sharp bounds: against evaluation point by point -----------------------------------------------


def value_at(node: Expression, at: Mapping[str, Fraction]) -> Fraction:
    """Evaluate straight from the usage texts, sharing nothing with the code under test."""
    if isinstance(node, Name):
        return at[node.id]
    if isinstance(node, Literal):
        return node.value
    assert isinstance(node, Call)
    given = [value_at(argument, at) for argument in node.arguments]
    if node.function == "sum":
        return sum(given, Fraction(0))
    if node.function == "difference":
        return given[0] - given[1]
    if node.function == "growth":
        return given[0] / given[1] - 1
    assert node.function in {"share", "ratio", "multiple"}
    return given[0] / given[1]


def inside(interval: Interval) -> list[Fraction]:
    """Return the closed ends and two numbers from the inside, near the ends if these are open."""
    lower, upper = interval.lower, interval.upper
    if interval.is_point:
        return [lower] if lower is not None else []
    near, far = Fraction(1, 10**40), Fraction(10**40)
    low = -far if lower is None else lower
    high = far if upper is None else upper
    return [
        low if interval.lower_closed else low + near,
        high if interval.upper_closed else high - near,
        low + (high - low) / 3,
    ]


def grid(box: Box) -> Iterator[dict[str, Fraction]]:
    for chosen in itertools.product(*(inside(interval) for interval in box.values())):
        yield dict(zip(box, chosen, strict=True))


def check_sharp(expression: Expression, box: Box, result: Interval) -> None:
    used = {name: box[name] for name in names(expression)}
    sampled = [value_at(expression, at) for at in grid(used)]
    assert all(value in result for value in sampled)
    for end, closed_end, reached in (
        (result.lower, result.lower_closed, min(sampled)),
        (result.upper, result.upper_closed, max(sampled)),
    ):
        if end is None:
            assert abs(reached) > 10**6
        else:
            assert abs(reached - end) <= Fraction(1, 10**6) * (1 + abs(end))
            assert closed_end == (reached == end)


@st.composite
def input_intervals(draw: st.DrawFn, least: int = 1, most: int = 12) -> Interval:
    low, high = sorted(draw(st.lists(st.integers(least, most), min_size=2, max_size=2)))
    if low == high:
        return point(low)
    return Interval(Fraction(low), Fraction(high), draw(st.booleans()), draw(st.booleans()))


LETTERS = ("a", "b", "c", "d")
positive_boxes = st.fixed_dictionaries({name: input_intervals() for name in LETTERS})
signed_boxes = st.fixed_dictionaries({name: input_intervals(-4, 6) for name in LETTERS})
unbounded_boxes = st.fixed_dictionaries(
    {
        name: st.builds(
            lambda own, low, high: Interval(
                None if low else own.lower,
                None if high else own.upper,
                own.lower_closed,
                own.upper_closed,
            ),
            input_intervals(-2, 3),
            st.booleans(),
            st.booleans(),
        )
        for name in LETTERS
    }
)
trees: st.SearchStrategy[Expression] = st.recursive(
    st.sampled_from([*map(Name, LETTERS), Literal(Fraction(2))]),
    lambda inner: (
        st.builds(
            Call,
            st.sampled_from(["growth", "share", "ratio", "multiple", "difference"]),
            st.tuples(inner, inner),
        )
        | st.builds(Call, st.just("sum"), st.lists(inner, min_size=1, max_size=3).map(tuple))
    ),
    max_leaves=5,
)
# Forms that ledgers use, with inputs that occur more than once.
FORMS = [
    "growth(a, b)",
    "share(a, sum(a, b))",
    "share(a, sum(b, a, c))",
    "share(difference(a, b), sum(difference(a, b), difference(c, d)))",
    "share(difference(a, b), difference(c, b))",
    "difference(growth(a, b), growth(c, d))",
    "difference(share(a, b), share(c, d))",
    "difference(share(a, sum(a, b)), share(c, sum(c, d)))",
    "difference(growth(a, b), growth(b, c))",
    "growth(sum(a, b), sum(c, d))",
    "share(difference(a, b), d)",
    "sum(share(a, c), share(b, c))",
    "difference(a, a)",
    "ratio(a, a)",
    "sum(a, a, a)",
    "ratio(share(a, c), share(b, c))",
    "ratio(a, ratio(1, b))",
    "growth(ratio(a, b), ratio(c, d))",
]
thorough = settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.filter_too_much]
)


@pytest.mark.parametrize("form", FORMS)
@settings(max_examples=20, deadline=None)
@given(box=positive_boxes)
def test_bounds_of_what_ledgers_derive_are_sharp(form: str, box: Box) -> None:
    expression = parse(form)
    try:
        result = bounds(expression, box)
    except ExpressionError:  # a difference may be zero, in a divisor or at an open end
        assert "difference" in form
        return
    check_sharp(expression, box, result)


@settings(thorough, max_examples=300)
@given(trees, st.one_of(positive_boxes, signed_boxes, unbounded_boxes))
def test_bounds_of_any_derivation_are_sharp_or_refused(tree: Expression, box: Box) -> None:
    try:
        result = bounds(tree, box)
    except ExpressionError:
        assume(False)
    check_sharp(tree, box, result)


def times(interval: Interval, factor: Fraction) -> Interval:
    lower, upper = (
        None if end is None else end * factor for end in (interval.lower, interval.upper)
    )
    if factor > 0:
        return Interval(lower, upper, interval.lower_closed, interval.upper_closed)
    return Interval(upper, lower, interval.upper_closed, interval.lower_closed)


@settings(thorough, max_examples=100)
@given(
    st.sampled_from(["ratio(a, b)", "multiple(b, a)", "growth(a, b)", "ratio(a, ratio(1, b))"]),
    st.booleans(),
    input_intervals(),
    input_intervals(0, 6),
    st.sampled_from([1, -1]),
    st.sampled_from([1, -1]),
)
@example("ratio(a, b)", True, opened(1, 2), opened(0, 1), 1, -1)
def test_bounds_with_an_infinite_end_are_sharp(
    form: str, unbounded: bool, a: Interval, b: Interval, sign_a: int, sign_b: int
) -> None:
    first = Interval(a.lower, None, a.lower_closed) if unbounded else a
    box = {"a": times(first, Fraction(sign_a)), "b": times(b, Fraction(sign_b))}
    divisor = box["a"] if form == "multiple(b, a)" else box["b"]
    # Growth and a multiple have a positive base.
    refused = Fraction(0) in divisor
    if form in {"multiple(b, a)", "growth(a, b)"}:
        refused = not divisor.within(Interval(Fraction(0), None, False, False))
    if refused:
        with pytest.raises(UndefinedError):
            bounds(parse(form), box)
        return
    check_sharp(parse(form), box, bounds(parse(form), box))


@thorough
@given(st.sampled_from(FORMS), positive_boxes, st.sampled_from(LETTERS))
def test_a_wider_input_never_narrows_the_range(form: str, box: Box, name: str) -> None:
    old = box[name]
    assert old.lower is not None
    assert old.upper is not None
    wider = {**box, name: closed(old.lower - Fraction(1, 2), old.upper + 2)}
    try:
        narrow, wide = bounds(parse(form), box), bounds(parse(form), wider)
    except ExpressionError:
        assume(False)
    assert narrow.within(wide)


@thorough
@given(
    st.sampled_from([form for form in FORMS if form not in {"sum(a, a, a)", "difference(a, a)"}]),
    positive_boxes,
    st.fractions(Fraction(1, 1000), 10**12),
)
def test_growth_shares_and_ratios_do_not_depend_on_the_unit(
    form: str, box: Box, factor: Fraction
) -> None:
    assume(form != "ratio(a, ratio(1, b))")  # a product, which does
    scaled = {name: times(interval, factor) for name, interval in box.items()}
    try:
        expected = bounds(parse(form), box)
    except ExpressionError:
        assume(False)
    assert bounds(parse(form), scaled) == expected


# Sharp bounds: by hand -------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("expression", "box", "expected"),
    [
        # The findings of the paper's section 2.1.1, from 3.96/3.61 under half-up, in permille.
        ("growth(a, b)", {"a": half_open(3955, 3965), "b": half_open(3605, 3615)}, None),
        ("share(a, sum(a, b))", {"a": closed(1, 3), "b": closed(1, 2)}, "[1/3, 3/4]"),
        ("difference(a, a)", {"a": opened(1, 3)}, "[0, 0]"),
        ("ratio(a, a)", {"a": opened(1, 3)}, "[1, 1]"),
        ("ratio(a, a)", {"a": opened(0, None)}, "[1, 1]"),
        ("sum(a, b)", {"a": half_open(1, 2), "b": closed(1, 2)}, "[2, 4)"),
        ("difference(a, b)", {"a": half_open(1, 2), "b": half_open(1, 2)}, "(-1, 1)"),
        # An extreme is attained although an input is open, where that input doesn't matter.
        ("share(a, b)", {"a": closed(0, 1), "b": half_open(1, 2)}, "[0, 1]"),
        ("ratio(a, ratio(1, b))", {"a": closed(0, 1), "b": opened(1, 2)}, "[0, 2)"),
        # It is not attained where two open inputs matter together, each edge being constant.
        ("ratio(a, ratio(1, b))", {"a": opened(0, 1), "b": opened(0, 1)}, "(0, 1)"),
        (
            "ratio(difference(a, c), ratio(1, b))",
            {"a": opened(0, 1), "b": opened(0, 1), "c": opened(0, 1)},
            "(-1, 1)",
        ),
        # A divisor that only comes near zero.
        ("ratio(a, b)", {"a": closed(1, 2), "b": opened(0, 1)}, "(1, inf)"),
        ("ratio(a, b)", {"a": closed(1, 2), "b": opened(-1, 0)}, "(-inf, -1)"),
        ("ratio(a, b)", {"a": opened(1, None), "b": opened(-1, 0)}, "(-inf, -1)"),
        ("share(a, sum(a, b))", {"a": opened(0, 1), "b": opened(0, 1)}, "(0, 1)"),
        # And the dividend may have either sign, or come near zero as well.
        ("ratio(a, b)", {"a": closed(None, 2), "b": opened(0, None)}, "(-inf, inf)"),
        ("ratio(a, b)", {"a": closed(-1, 2), "b": opened(-1, 0)}, "(-inf, inf)"),
        (
            "share(a, share(b, c))",
            {"a": opened(-1, None), "b": opened(-1, 0), "c": opened(0, 2)},
            "(-inf, inf)",
        ),
        ("sum(a, ratio(a, a))", {"a": half_open(-1, 0)}, "[0, 1)"),
        # Once the value runs off, a dividend that goes to zero after it doesn't bring it back.
        (
            "growth(a, ratio(difference(b, c), d))",
            {"a": closed(-1, 0), "b": closed(1, 2), "c": opened(0, 1), "d": opened(1, 4)},
            "(-inf, -1]",
        ),
        # Thresholds: more than 12万, less than 10%.
        ("ratio(a, b)", {"a": opened(120_000, None), "b": point(70_769)}, "(120000/70769, inf)"),
        ("ratio(b, a)", {"a": opened(120_000, None), "b": point(70_769)}, "(0, 70769/120000)"),
        ("multiple(a, b)", {"a": opened(10, None), "b": opened(2, None)}, "(0, inf)"),
        ("sum(a, b)", {"a": opened(10, None), "b": closed(1, 2)}, "(11, inf)"),
        ("difference(a, b)", {"a": opened(10, None), "b": closed(1, 2)}, "(8, inf)"),
        ("difference(b, a)", {"a": opened(10, None), "b": closed(1, 2)}, "(-inf, -8)"),
        ("difference(a, b)", {"a": opened(1, None), "b": opened(1, None)}, "(-inf, inf)"),
        ("share(a, sum(a, b))", {"a": closed(1, None), "b": closed(1, 3)}, "[1/4, 1)"),
        ("share(b, sum(a, b))", {"a": closed(1, None), "b": closed(1, 3)}, "(0, 3/4]"),
        ("growth(a, b)", {"a": closed(None, -1), "b": closed(1, 2)}, "(-inf, -3/2]"),
        ("sum(a)", {"a": closed(None, None)}, "(-inf, inf)"),
        ("count(a, b, 3)", {}, "[3, 3]"),
        ('ratio(count("x", "y"), 4)', {}, "[1/2, 1/2]"),
        ("5%", {}, "[1/20, 1/20]"),
    ],
)
def test_bounds_by_hand(expression: str, box: Box, expected: str | None) -> None:
    result = bounds(parse(expression), box)
    if expected is None:
        expected = f"({Fraction(3955, 3615) - 1}, {Fraction(3965, 3605) - 1})"
    assert str(result) == expected.replace("70769/120000", str(Fraction(70769, 120000)))


def test_open_ends_of_import_growth_come_from_half_up() -> None:
    # F1 of the paper's audit: 3.96 over 3.61 allows 9.405 to 9.986 per cent.
    box = {name: parse_printed(text).interval() for name, text in (("a", "3.96"), ("b", "3.61"))}
    growth = bounds(parse("growth(a, b)"), box)
    assert growth.lower is not None
    assert growth.upper is not None
    assert (round(float(growth.lower), 5), round(float(growth.upper), 5)) == (0.09405, 0.09986)
    assert (growth.lower_closed, growth.upper_closed) == (False, False)


def test_ends_may_be_plain_integers() -> None:
    box = {"a": Interval(1, None), "b": Interval(1, 2)}  # type: ignore[arg-type]
    assert str(bounds(parse("share(b, sum(a, b))"), box)) == "(0, 2/3]"


@pytest.mark.parametrize(
    ("expression", "box", "message"),
    [
        ("ratio(a, b)", {"a": point(1), "b": closed(-1, 1)}, "divisor of ratio, b, may be zero"),
        ("ratio(a, b)", {"a": point(1), "b": closed(0, 1)}, "divisor of ratio, b, may be zero"),
        ("ratio(a, b)", {"a": point(1), "b": point(0)}, "divisor of ratio, b, may be zero"),
        ("share(a, 0)", {"a": point(1)}, "divisor of share, 0, may be zero"),
        ("growth(a, difference(b, b))", {"a": point(1), "b": closed(1, 2)}, "is zero"),
        ("growth(a, b)", {"a": point(1), "b": closed(-2, -1)}, "base of growth, b, is negative"),
        ("growth(a, b)", {"a": point(1), "b": closed(-2, 0)}, "b, is zero or negative"),
        ("multiple(a, b)", {"a": point(1), "b": closed(-2, 1)}, "b, may be zero or negative"),
        ("multiple(a, b)", {"a": point(1), "b": closed(None, 1)}, "b, may be zero or negative"),
        ("share(a, difference(a, b))", {"a": closed(1, 3), "b": closed(2, 4)}, "may be zero"),
        ("cagr(a, b, 2)", {"a": point(1), "b": closed(-1, 1)}, "may be zero"),
        ("growth(a, c)", {"a": point(1)}, "unknown id 'c'; give it a row or mend its spelling"),
        ("a = b", {"a": point(1), "b": point(1)}, "use truth()"),
        ('"a"', {}, "the quoted name 'a' can only be counted"),
        # a/b + b/a falls and rises again around a = b.
        ("sum(ratio(a, b), ratio(b, a))", {"a": closed(1, 3), "b": point(2)}, "monotone in 'a'"),
        ("cagr(a, b, 0)", {"a": point(2), "b": point(1)}, "a whole number of years, not [0, 0]"),
        ("cagr(a, b, 1.5)", {"a": point(2), "b": point(1)}, "a whole number of years"),
        ("cagr(a, b, c)", {"a": point(2), "b": point(1), "c": closed(2, 3)}, "the kind duration"),
        ("cagr(a, b, 51)", {"a": point(2), "b": point(1)}, "cagr takes at most 50 years, not 51"),
        ("cagr(a, b, 99999999)", {"a": point(2), "b": point(1)}, "at most 50 years"),
        ("cagr(a, b, 2)", {"a": closed(-1, 2), "b": point(1)}, "may be negative: a"),
        ("cagr(a, b, 3)", {"a": point(-1), "b": point(1)}, "may be negative: a"),
        ("annualise(a, 2)", {"a": closed(-2, 1)}, "may be negative: a"),
        ("annualise(a, 2)", {"a": closed(None, 1)}, "may be negative: a"),
        ("annualise(a, 0.5)", {"a": point(1)}, "a whole number of years"),
        (
            "difference(cagr(a, b, 2), a)",
            {"a": closed(1, 2), "b": point(1)},
            "'a' is an input of cagr and used outside of it as well, so the bounds would not be "
            "sharp; write it so that the inputs of cagr stand nowhere else",
        ),
        ("rank(a, b, sum(b, c))", {n: closed(1, 2) for n in "abc"}, "stands in two of its"),
    ],
)
def test_what_has_no_sharp_bounds_is_refused(expression: str, box: Box, message: str) -> None:
    with pytest.raises(ExpressionError) as caught:
        bounds(parse(expression), box)
    assert message in str(caught.value)


@pytest.mark.parametrize("base", [closed(0, 5), half_open(0, 5), closed(0, None)])
def test_a_base_that_cannot_be_negative_is_not_called_so(base: Interval) -> None:
    with pytest.raises(UndefinedError, match=r"of growth, b, may be zero$"):
        bounds(parse("growth(a, b)"), {"a": point(1), "b": base})


@pytest.mark.parametrize("terms", [8, 13, 40])
def test_a_derivation_too_large_to_evaluate_is_refused(terms: int) -> None:
    shares = ", ".join(f"share(x{i}, sum(x{i}, y{i}))" for i in range(terms))
    box = {f"{letter}{i}": closed(1, 2) for letter in "xy" for i in range(terms)}
    with pytest.raises(ExpressionError, match="too many terms; write two derivations"):
        bounds(parse(f"sum({shares})"), box)


def test_too_many_inputs_without_a_direction_are_refused() -> None:
    listed = ", ".join(f"x{i}" for i in range(11))
    box = {f"x{i}": closed(1, 2) for i in range(11)} | {"y": closed(1, 3), "z": closed(2, 3)}
    with pytest.raises(ExpressionError, match="too many inputs without a direction: x0, x1"):
        bounds(parse(f"share(sum({listed}), sum({listed}, difference(y, z)))"), box)


# Roots -----------------------------------------------------------------------------------------


@settings(thorough)
@given(
    st.fractions(Fraction(1, 20), 20, max_denominator=500),
    st.fractions(Fraction(1, 20), 20, max_denominator=500),
    st.integers(1, 12),
)
def test_the_root_is_enclosed_tightly(new: Fraction, old: Fraction, years: int) -> None:
    found = bounds(parse(f"cagr(a, b, {years})"), {"a": point(new), "b": point(old)})
    assert found.lower is not None
    assert found.width is not None
    assert (1 + found.lower) ** years <= new / old <= (1 + found.lower + found.width) ** years
    assert found.width <= Fraction(1, 10**30)
    assert math.isclose(1 + found.lower, (new / old) ** (1 / years), rel_tol=1e-9)
    rate = bounds(parse(f"annualise(a, {years})"), {"a": point(new / old - 1)})
    assert rate == found


@settings(thorough)
@given(
    st.fractions(Fraction(1, 50), 50, max_denominator=60),
    st.integers(1, 50),
    st.booleans(),
    st.booleans(),
)
@example(Fraction(4, 3), 2, True, True)
def test_a_rational_root_is_exact_and_keeps_its_ends(
    root: Fraction, years: int, lower_closed: bool, upper_closed: bool
) -> None:
    one = {"a": point(root**years), "b": point(1)}
    assert bounds(parse(f"cagr(a, b, {years})"), one) == point(root - 1)
    rate = Interval(root**years - 1, (2 * root) ** years - 1, lower_closed, upper_closed)
    expected = Interval(root - 1, 2 * root - 1, lower_closed, upper_closed)
    assert bounds(parse(f"annualise(a, {years})"), {"a": rate}) == expected


def test_an_irrational_end_is_enclosed_from_outside_and_open() -> None:
    found = bounds(parse("cagr(a, b, 2)"), {"a": closed(2, 3), "b": point(1)})
    assert found.lower is not None
    assert found.upper is not None
    assert (1 + found.lower) ** 2 < 2
    assert (1 + found.upper) ** 2 > 3
    assert (found.lower_closed, found.upper_closed) == (False, False)


def test_roots_by_hand() -> None:
    # The paper's 42% in two years is 19.16% a year; ten times in five years is 58.49% a year.
    two = bounds(parse("annualise(a, b)"), {"a": point(Fraction(42, 100)), "b": point(2)})
    five = bounds(parse("cagr(a, b, 5)"), {"a": opened(10, None), "b": point(1)})
    assert two.lower is not None
    assert five.lower is not None
    assert round(float(two.lower), 4) == 0.1916
    assert round(float(five.lower), 4) == 0.5849
    assert five.upper is None
    assert text_of("cagr(a, b, 3)", a=closed(0, 8), b=point(1)) == "[-1, 1]"
    assert text_of("cagr(a, b, 1)", a=half_open(4, 5), b=point(3)) == "[1/3, 2/3)"
    assert text_of("annualise(growth(a, b), 2)", a=point(9), b=point(4)) == "[1/2, 1/2]"


def test_roots_stand_inside_other_derivations_and_share_exact_years() -> None:
    box = {"a": closed(4, 9), "b": point(1), "c": closed(16, 25), "n": point(2)}
    difference = "difference(cagr(a, b, n), cagr(c, b, n))"
    assert text_of(difference, **box) == "[-3, -1]"
    assert truth(parse("cagr(c, b, n) > cagr(a, b, n)"), box) == Truth(True, True)  # type: ignore[arg-type]


def test_fifty_years_are_rooted_at_both_ends() -> None:
    found = bounds(parse("cagr(a, b, 50)"), {"a": closed(16, 17), "b": closed(9, 10)})
    assert found.lower is not None
    assert found.upper is not None
    ends = [float(found.lower), float(found.upper)]
    assert ends == pytest.approx([(16 / 10) ** (1 / 50) - 1, (17 / 9) ** (1 / 50) - 1])


# Rank, truth -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("a", "b", "c", "expected"),
    [
        (point(3), point(2), point(1), "[1, 1]"),
        (point(1), point(2), point(3), "[3, 3]"),
        (point(2), point(2), point(2), "[1, 1]"),
        (closed(1, 3), point(2), point(5), "[2, 3]"),
        (half_open(1, 2), point(2), point(0), "[2, 2]"),
        (closed(1, 2), point(2), point(0), "[1, 2]"),
        (opened(5, None), point(4), closed(1, 9), "[1, 2]"),
    ],
)
def test_a_rank_counts_those_that_may_and_those_that_must_be_larger(
    a: Interval, b: Interval, c: Interval, expected: str
) -> None:
    assert text_of("rank(a, b, c)", a=a, b=b, c=c) == expected


@given(positive_boxes)
@settings(deadline=None)
def test_the_best_and_the_worst_rank_are_both_taken(box: Box) -> None:
    ranks = [1 + sum(at[name] > at["a"] for name in "bcd") for at in grid(box)]
    assert bounds(parse("rank(a, b, c, d)"), box) == closed(min(ranks), max(ranks))


@pytest.mark.parametrize(
    ("text", "possible", "certain"),
    [
        ("a < b", True, False),
        ("a <= b", True, True),
        ("b >= a", True, True),
        ("a > b", False, False),
        ("a = b", True, False),
        ("a != b", True, False),
        ("a < c", True, True),
        ("a != c", True, True),
        ("a = c", False, False),
        ("a >= c", False, False),
        ("a = a", True, True),
        ("a != a", False, False),
        ("difference(a, a) = 0", True, True),
        ("sum(a, b) <= 5", True, True),
        ("sum(a, b) < 5", True, False),
        ("a < d", True, True),
        ("d > 2", True, True),
        ("count(a, b) = 2", True, True),
        ("rank(a, c) <= 2", True, True),
        ("100% = sum(share(a, sum(a, b)), share(b, sum(a, b)))", True, True),
    ],
)
def test_a_comparison_is_impossible_possible_or_certain(
    text: str, possible: bool, certain: bool
) -> None:
    box = {"a": closed(1, 2), "b": closed(2, 3), "c": half_open(5, 6), "d": opened(2, None)}
    comparison = parse(text)
    assert isinstance(comparison, Comparison)
    assert truth(comparison, box) == Truth(possible, certain)


@given(positive_boxes, st.sampled_from(["<", "<=", "=", "!=", ">", ">="]))
@settings(deadline=None)
def test_truth_agrees_with_points_and_with_the_opposite(box: Box, comparator: str) -> None:
    holds = {
        "<": lambda x, y: x < y,
        "<=": lambda x, y: x <= y,
        "=": lambda x, y: x == y,
        "!=": lambda x, y: x != y,
        ">": lambda x, y: x > y,
        ">=": lambda x, y: x >= y,
    }[comparator]
    opposite = {"<": ">=", "<=": ">", "=": "!=", "!=": "=", ">": "<=", ">=": "<"}[comparator]
    found = truth(Comparison(Name("a"), comparator, Name("b")), box)
    other = truth(Comparison(Name("a"), opposite, Name("b")), box)
    sampled = {holds(at["a"], at["b"]) for at in grid({name: box[name] for name in "ab"})}
    assert not (found.certain and False in sampled)
    assert found.possible or True not in sampled
    assert found.possible or not found.certain
    assert (other.possible, other.certain) == (not found.certain, not found.possible)


# Solving for one input -------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("expression", "unknown", "box", "target", "expected"),
    [
        # By hand: 3.61 grown by 9.565 to 9.575 per cent.
        (
            "growth(a, b)",
            "a",
            {"a": point(396), "b": point(361)},
            half_open(Fraction(9565, 10**5), Fraction(9575, 10**5)),
            f"[{361 * Fraction(109565, 10**5)}, {361 * Fraction(109575, 10**5)})",
        ),
        ("share(a, b)", "b", {"a": point(2), "b": point(9)}, half_open(1, 2), "(1, 2]"),
        ("share(a, sum(a, b))", "a", {"a": point(1), "b": point(3)}, point(1), None),
        (
            "share(a, sum(a, b))",
            "a",
            {"a": point(1), "b": closed(2, 3)},
            point(Fraction(1, 2)),
            "[2, 3]",
        ),
        # The sign of the unknown cuts the solutions, it doesn't move their other end.
        (
            "difference(a, b)",
            "a",
            {"a": closed(1, 2), "b": closed(1, 2)},
            closed(-5, 5),
            "(0, 7]",
        ),
        ("difference(a, b)", "a", {"a": point(-1), "b": point(2)}, closed(-5, 5), "[-3, 0)"),
        ("difference(a, b)", "a", {"a": closed(-1, 1), "b": point(2)}, closed(-5, 5), "[-3, 7]"),
        ("difference(a, b)", "a", {"a": point(1), "b": point(2)}, point(-9), None),
        # A threshold among the others leaves the solution open to that side.
        ("ratio(a, b)", "a", {"a": closed(1, 2), "b": closed(3, None)}, closed(1, 2), "[3, inf)"),
        ("ratio(a, b)", "a", {"a": closed(1, 2), "b": point(3)}, opened(1, None), "(3, inf)"),
        ("sum(a, b, c)", "c", {n: point(1) for n in "abc"}, point(9), "[7, 7]"),
        (
            "share(c, difference(a, b))",
            "a",
            {"a": point(10), "b": point(9), "c": point(8)},
            point(1),
            "[17, 17]",
        ),
        ("cagr(a, b, 2)", "a", {"a": point(2), "b": point(1)}, point(1), None),
        ("ratio(b, c)", "a", {n: point(1) for n in "abc"}, point(1), None),
        ("ratio(a, a)", "a", {"a": closed(1, 2)}, point(1), None),
        ("growth(a, z)", "a", {"a": point(1)}, point(1), None),
    ],
)
def test_solving_for_one_input_by_hand(
    expression: str, unknown: str, box: Box, target: Interval, expected: str | None
) -> None:
    found = inverse_bounds(parse(expression), box, unknown, target)
    assert (str(found) if found else None) == expected


@thorough
@given(
    st.sampled_from(
        [
            "growth(a, b)",
            "share(a, sum(a, b))",
            "share(b, sum(a, b))",
            "difference(a, b)",
            "sum(a, b, c)",
            "growth(b, a)",
            "difference(share(a, b), c)",
        ]
    ),
    positive_boxes,
    st.integers(0, 10**6),
)
def test_the_ends_of_the_solution_give_back_the_target(form: str, box: Box, seed: int) -> None:
    expression = parse(form)
    chance = random.Random(seed)
    start = {n: chance.choice(inside(box[n])) for n in names(expression)}
    hit = value_at(expression, start)
    target = closed(hit, hit + Fraction(chance.randint(0, 9), 100))
    others = {name: box[name] for name in names(expression) if name != "a"}
    found = inverse_bounds(expression, box, "a", target)
    assume(found is not None)
    assert found is not None
    assert start["a"] in found
    for end, is_closed in ((found.lower, found.lower_closed), (found.upper, found.upper_closed)):
        if end is None or not is_closed:
            continue
        reached = bounds(expression, {**others, "a": point(end)})
        assert reached.meets(target)
    for end, step in ((found.lower, -1), (found.upper, 1)):
        if end is None or end == 0:
            continue
        beyond = end + step * abs(end) / 10**6
        assert not bounds(expression, {**others, "a": point(beyond)}).meets(target)


# Identities ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("sum(a, b) = c", {"a": 1, "b": 1, "c": -1}),
        ("c = sum(a, b)", {"a": -1, "b": -1, "c": 1}),
        ("difference(a, b) = sum(c, c)", {"a": 1, "b": -1, "c": -2}),
        ("ratio(a, 2) = b", {"a": Fraction(1, 2), "b": -1}),
        ("a = sum(a, b)", {"b": -1}),
        ("a = a", {}),
        ("sum(a, b) = 1", None),
        ("sum(a, b) = count(c)", None),
        ("sum(a, b) < c", None),
        ("share(a, b) = c", None),
        ("share(a, b) = 10%", None),
        ("growth(a, b) = growth(c, b)", None),
        ("ratio(a, ratio(1, b)) = c", None),
        ("ratio(a, difference(b, c)) = c", None),
        ("cagr(a, b, 2) = c", None),
        ("rank(a, b) = c", None),
        ('"a" = b', None),
    ],
)
def test_the_terms_of_an_identity_are_those_of_a_linear_equality(
    text: str, expected: dict[str, Fraction] | None
) -> None:
    comparison = parse(text)
    assert isinstance(comparison, Comparison)
    assert linear_terms(comparison) == expected


def test_one_rule_applies_to_every_input() -> None:
    # 1.5 and 0.5 cut down stand for [1.5, 1.6) and [0.5, 0.6): the ratio is in (2.5, 3.2).
    box = {n: parse_printed(t).interval(Rule.TRUNCATION) for n, t in (("a", "1.5"), ("b", "0.5"))}
    assert text_of("ratio(a, b)", **box) == "(5/2, 16/5)"
