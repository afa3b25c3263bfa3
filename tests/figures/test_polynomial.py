"""Polynomial arithmetic agrees with arithmetic on values."""

from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cbec.figures.interval import Interval
from cbec.figures.polynomial import (
    Polynomial,
    Ratio,
    add,
    constant,
    degree_in,
    derivative,
    evaluate,
    leading,
    multiply,
    sign_over,
    substitute,
)

NAMES = ("x", "y", "z")
small = st.integers(-4, 4).map(Fraction)
values = st.fixed_dictionaries({name: small for name in NAMES})
# 2 x^2 y - 3 z + 5
EXAMPLE: Polynomial = {
    (("x", 2), ("y", 1)): Fraction(2),
    (("z", 1),): Fraction(-3),
    (): Fraction(5),
}


@st.composite
def polynomials(draw: st.DrawFn) -> Polynomial:
    powers = st.tuples(*(st.integers(0, 2) for _ in NAMES))
    terms = draw(st.dictionaries(powers, small.filter(bool), max_size=4))
    return {
        tuple((name, power) for name, power in zip(NAMES, key, strict=True) if power): coefficient
        for key, coefficient in terms.items()
    }


def test_the_example_by_hand() -> None:
    at = {"x": Fraction(3), "y": Fraction(-1), "z": Fraction(2)}
    assert evaluate(EXAMPLE, at) == 2 * 9 * -1 - 3 * 2 + 5
    assert derivative(EXAMPLE, "x") == {(("x", 1), ("y", 1)): Fraction(4)}
    assert derivative(EXAMPLE, "z") == constant(-3)
    assert substitute(EXAMPLE, "x", Fraction(0)) == {(("z", 1),): -3, (): 5}
    assert leading(EXAMPLE, "x", 2) == {(("y", 1),): 2}
    assert (degree_in(EXAMPLE, "x"), degree_in(EXAMPLE, "w"), degree_in({}, "x")) == (2, 0, 0)


def test_what_cancels_leaves_no_monomial() -> None:
    negative = multiply(EXAMPLE, constant(-1))
    assert add(EXAMPLE, negative) == {}
    assert multiply(EXAMPLE, constant(0)) == {} == constant(0)
    assert substitute({(("x", 1),): Fraction(1), (): Fraction(-2)}, "x", Fraction(2)) == {}


@given(polynomials(), polynomials(), values)
def test_sums_and_products_of_polynomials_have_the_sums_and_products_as_values(
    p: Polynomial, q: Polynomial, at: dict[str, Fraction]
) -> None:
    assert evaluate(add(p, q), at) == evaluate(p, at) + evaluate(q, at)
    assert evaluate(multiply(p, q), at) == evaluate(p, at) * evaluate(q, at)
    assert all(add(p, q).values())
    assert all(multiply(p, q).values())


@given(polynomials(), values)
def test_substituting_every_input_evaluates(p: Polynomial, at: dict[str, Fraction]) -> None:
    rest = p
    for name, value in at.items():
        rest = substitute(rest, name, value)
    assert rest == constant(evaluate(p, at))


@given(polynomials(), polynomials(), st.sampled_from(NAMES))
def test_the_derivative_follows_the_product_rule(p: Polynomial, q: Polynomial, name: str) -> None:
    expected = add(multiply(derivative(p, name), q), multiply(p, derivative(q, name)))
    assert derivative(multiply(p, q), name) == expected


@given(polynomials(), st.sampled_from(NAMES))
def test_a_polynomial_is_the_sum_of_its_powers_of_one_input(p: Polynomial, name: str) -> None:
    total: Polynomial = {}
    for power in range(degree_in(p, name) + 1):
        monomial: Polynomial = {((name, power),) if power else (): Fraction(1)}
        total = add(total, multiply(leading(p, name, power), monomial))
    assert total == p


@given(polynomials(), st.fixed_dictionaries({n: st.tuples(small, small) for n in NAMES}), st.data())
def test_the_sign_over_a_box_is_safe(
    p: Polynomial, ends: dict[str, tuple[Fraction, Fraction]], data: st.DataObject
) -> None:
    box = {name: Interval(min(pair), max(pair)) for name, pair in ends.items()}
    at = {n: data.draw(st.fractions(i.lower, i.upper, max_denominator=8)) for n, i in box.items()}
    sign = sign_over(p, box)
    assert sign == 0 or sign * evaluate(p, at) >= 0


@pytest.mark.parametrize(
    ("polynomial", "x", "expected"),
    [
        ({(("x", 1),): Fraction(1)}, Interval(Fraction(0), Fraction(1)), 1),
        ({(("x", 1),): Fraction(1)}, Interval(Fraction(-1), Fraction(0)), -1),
        ({(("x", 1),): Fraction(1)}, Interval(Fraction(-1), Fraction(1)), 0),
        ({(("x", 2),): Fraction(1)}, Interval(Fraction(-2), Fraction(1)), 1),
        ({(("x", 2),): Fraction(-1)}, Interval(None, None), -1),
        ({(("x", 1),): Fraction(-2)}, Interval(Fraction(0), None), -1),
        ({(("x", 3),): Fraction(1)}, Interval(None, Fraction(0)), -1),
        ({(("x", 1),): Fraction(1), (): Fraction(-1)}, Interval(Fraction(1), None), 1),
        ({}, Interval(None, None), 1),
        # An unbounded range times a number too large for a float.
        ({(("x", 1),): Fraction(10) ** 400}, Interval(Fraction(1), None), 1),
        # Ends may be given as plain integers.
        ({(("x", 1),): Fraction(1), (): Fraction(-3)}, Interval(1, 2), -1),  # type: ignore[arg-type]
    ],
)
def test_the_sign_over_a_box_by_hand(polynomial: Polynomial, x: Interval, expected: int) -> None:
    assert sign_over(polynomial, {"x": x}) == expected


@given(polynomials(), polynomials(), polynomials(), polynomials(), values)
def test_ratios_calculate_like_fractions(
    a: Polynomial, b: Polynomial, c: Polynomial, d: Polynomial, at: dict[str, Fraction]
) -> None:
    p, q, r, s = (evaluate(x, at) for x in (a, b, c, d))
    if 0 in {q, r, s}:
        return

    def value(ratio: Ratio) -> Fraction:
        return evaluate(ratio.numerator, at) / evaluate(ratio.denominator, at)

    left, right = Ratio(a, b), Ratio(c, d)
    assert value(left.plus(right)) == p / q + r / s
    assert value(left.over(right)) == p / q / (r / s)
    assert value(left.times(Fraction(-2, 3))) == p / q * Fraction(-2, 3)
    assert value(left.plus(Ratio(c, b))) == (p + r) / q
    assert value(left.over(Ratio(c, b))) == p / r


def test_a_ratio_knows_its_inputs_and_degrees() -> None:
    ratio = Ratio({(("b", 1),): Fraction(1)}, {(("a", 2), ("b", 1)): Fraction(1)})
    assert ratio.inputs() == ["b", "a"]
    assert [ratio.degree(name) for name in ("a", "b", "c")] == [2, 1, 0]
    assert ratio.substitute("a", Fraction(2)).denominator == {(("b", 1),): 4}
