"""Dimensional analysis: in which units a derivation's value is, and whether its inputs fit."""

from __future__ import annotations

from collections.abc import Callable

from cbec.errors import ExpressionError
from cbec.figures.expression import Call, Comparison, Expression, Literal, Name, Text

# How to print what a bare number is no figure of.
FORMS = {"rank": " (第一, 1 rank)", "year": " (3年, 3 years)"}


def dimension_of(expression: Expression, measured: Callable[[str], str]) -> str:
    """Return what a derivation or a comparison measures, such as CNY, ratio or count.

    That is ``any`` for a bare literal; ``measured`` gives the dimension of the figure of an id.

    Raises
    ------
    ExpressionError
        If it mixes dimensions.

    Examples
    --------
    >>> from cbec.figures.expression import parse
    >>> dimension_of(parse("growth(a, b)"), {"a": "CNY", "b": "CNY"}.__getitem__)
    'ratio'
    """
    match expression:
        case Name(id):
            return measured(id)
        case Literal(_, dimension):
            return dimension
        case Text():
            raise ExpressionError("a quoted name can only be counted; write count(...)")
        case Comparison(left, _, right):
            sides = [dimension_of(side, measured) for side in (left, right)]
            return _same("a comparison", sides)
        case Call("count", _):
            return "count"
        case Call(function, arguments):
            found = [dimension_of(argument, measured) for argument in arguments]
            if function in {"cagr", "annualise"}:
                if found[-1] not in {"year", "any"}:
                    raise ExpressionError(
                        f"{function} needs years at the end, not {found[-1]}; write a number, or "
                        f"print the figure with its unit{FORMS['year']}"
                    )
                _same(function, found[:-1] if function == "cagr" else ["ratio", found[0]])
                return "ratio"
            if function == "ratio":
                return _quotient(*found)
            common = _same(function, found)
            if function in {"growth", "share", "multiple"}:
                return "ratio"
            return "rank" if function == "rank" else common
    raise ExpressionError(f"{expression} can't be measured")


def _same(what: str, dimensions: list[str]) -> str:
    definite = [d for d in dict.fromkeys(dimensions) if d != "any"]
    if len(definite) > 1:
        raise ExpressionError(f"{what} mixes {' and '.join(definite)}; convert one of them first")
    if "any" in dimensions and definite and definite[0] in {"CNY", "USD"}:
        raise ExpressionError(
            f"{what} mixes {definite[0]} and a bare number; give the amount a row in inputs.csv"
        )
    return definite[0] if definite else "any"


def _quotient(top: str, bottom: str) -> str:
    if bottom in {"any", "ratio"}:
        return top
    return "ratio" if top in {bottom, "any"} else f"{top}/{bottom}"
