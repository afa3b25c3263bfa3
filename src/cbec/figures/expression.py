"""The small language in which a ledger says how a figure follows from others.

A derivation is a call such as ``growth(market-2024, market-2023)``, a comparison of two calls, a
figure's id, or a literal such as ``5``, ``10%`` or ``"a name to be counted"``. Ids may hold
hyphens, so there is no infix arithmetic. Nothing is ever executed: the text is parsed into a tree
of the types below.

Evaluation is exact. Every derivation without a root is a ratio of two polynomials in its inputs;
if the ratio is monotone in each input separately, its extremes over the box of input intervals lie
at corners of the box, however often an input occurs. So the bounds are sharp, not merely safe
(Moore, Kearfott and Cloud, Introduction to Interval Analysis, 2009, chapters 5 and 6). Where
monotonicity can't be shown, evaluation refuses instead of widening.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import NamedTuple

from cbec.errors import ExpressionError, PrintedFigureError
from cbec.figures.printed import parse_printed

_TOKEN = re.compile(
    r"""\s*(?:
      (?P<text>"[^"]*")
    | (?P<number>[0-9]+(?:\.[0-9]+)?%?)
    | (?P<name>[A-Za-z][A-Za-z0-9_]*(?:-[A-Za-z0-9_]+)*)
    | (?P<compare><=|>=|==|!=|<|>|=|≤|≥)
    | (?P<mark>[(),])
    )""",
    re.VERBOSE,
)
_COMPARATORS = {"≤": "<=", "≥": ">=", "==": "="}
# What to write instead of a character that begins nothing here.
_HINTS = {
    "-": "write difference(a, b)",
    "−": "write difference(a, b)",
    "+": "write sum(a, b)",
    "/": "write ratio(a, b)",
    "，": "write ,",
    "（": "write (",
    "）": "write )",
    '"': "end the quoted name with another quotation mark",
}
_MOST_CHARACTERS = 4000
_MOST_NESTED = 40


@dataclass(frozen=True)
class Name:
    """The id of a claim or of an outside figure."""

    id: str


@dataclass(frozen=True)
class Literal:
    """A number written in the derivation itself; exact, not rounded.

    ``dimension`` is ``ratio`` for a percentage and ``any`` for a plain number.
    """

    value: Fraction
    dimension: str = "any"


@dataclass(frozen=True)
class Text:
    """A quoted name, which can only be counted."""

    text: str


@dataclass(frozen=True)
class Call:
    """A function applied to arguments."""

    function: str
    arguments: tuple[Expression, ...]


@dataclass(frozen=True)
class Comparison:
    """Two expressions and the relation claimed to hold between them."""

    left: Expression
    comparator: str
    right: Expression

    @property
    def difference(self) -> Call:
        """The left one less the right one, which is held against zero."""
        return Call("difference", (self.left, self.right))


Expression = Name | Literal | Text | Call | Comparison


class _Signature(NamedTuple):
    least: int
    most: float
    usage: str


FUNCTIONS: Mapping[str, _Signature] = {
    "growth": _Signature(2, 2, "growth(new, old) = new/old - 1"),
    "share": _Signature(2, 2, "share(part, whole) = part/whole"),
    "ratio": _Signature(2, 2, "ratio(a, b) = a/b"),
    "multiple": _Signature(2, 2, "multiple(new, old) = new/old"),
    "difference": _Signature(2, 2, "difference(a, b) = a - b"),
    "sum": _Signature(1, math.inf, "sum(a, b, ...) = a + b + ..."),
    "cagr": _Signature(3, 3, "cagr(new, old, years) = (new/old)^(1/years) - 1"),
    "annualise": _Signature(2, 2, "annualise(rate, years) = (1 + rate)^(1/years) - 1"),
    "rank": _Signature(2, math.inf, "rank(a, others, ...) = 1 + how many others are larger"),
    "count": _Signature(1, math.inf, 'count("a", "b", ...) = how many are listed'),
}


def parse(text: str) -> Expression:
    """Return the tree of a derivation, such as ``share(import-2024, market-2024)``.

    Raises
    ------
    ExpressionError
        If the text doesn't follow the language; the message shows the place and what fits there.

    Examples
    --------
    >>> parse("growth(a-2, a-1)")
    Call(function='growth', arguments=(Name(id='a-2'), Name(id='a-1')))
    >>> parse("a - b")
    Traceback (most recent call last):
        ...
    cbec.errors.ExpressionError: 'a - b': can't read '- b' at character 3; write difference(a, b)
    """
    return _Parser(text).parse()


def names(expression: Expression) -> tuple[str, ...]:
    """Return the ids that an expression uses, each once, in order of appearance.

    Examples
    --------
    >>> names(parse("share(a, sum(a, b))"))
    ('a', 'b')
    """
    return tuple(dict.fromkeys(occurrences(expression)))


class _Parser:
    """Recursive descent over the tokens of one derivation."""

    def __init__(self, text: str) -> None:
        if len(text) > _MOST_CHARACTERS:
            raise ExpressionError(
                f"'{text[:20]}…' has {len(text)} characters; "
                f"write a derivation of at most {_MOST_CHARACTERS}"
            )
        self.text = text
        self.depth = 0
        self.tokens = [*self._tokens(), ("", "", len(text))]
        self.position = 0

    def parse(self) -> Expression:
        expression = self._operand()
        kind, token, _ = self.tokens[self.position]
        if kind == "compare":
            self.position += 1
            comparator = _COMPARATORS.get(token, token)
            expression = Comparison(expression, comparator, self._operand())
        kind, token, start = self.tokens[self.position]
        if kind:
            raise self._error(start, f"unexpected {token!r}; end the derivation here")
        return expression

    def _tokens(self) -> Iterator[tuple[str, str, int]]:
        position = 0
        while self.text[position:].strip():
            match = _TOKEN.match(self.text, position)
            if match is None or match.lastgroup is None:
                rest = self.text[position:].strip()
                start = len(self.text) - len(self.text[position:].lstrip()) + 1
                hint = _HINTS.get(
                    rest[0], f"write one of {', '.join(FUNCTIONS)} and ids in parentheses"
                )
                raise ExpressionError(
                    f"{self.text!r}: can't read {rest!r} at character {start}; {hint}"
                )
            yield match.lastgroup, match[match.lastgroup], match.start(match.lastgroup)
            position = match.end()

    def _take_comma(self) -> None:
        _, token, start = self.tokens[self.position]
        if token != ",":
            found = repr(token) if token else "the end"
            raise self._error(start, f"expected ',' or ')', found {found}")
        self.position += 1

    def _operand(self) -> Expression:
        kind, token, start = self.tokens[self.position]
        self.position += 1
        if kind == "text":
            return Text(token[1:-1])
        if kind == "number":
            return self._literal(token, start)
        if kind == "name":
            is_call = self.tokens[self.position][1] == "("
            return self._call(token, start) if is_call else Name(token)
        raise self._error(start, "expected a function, an id or a number")

    def _call(self, function: str, start: int) -> Call:
        if function not in FUNCTIONS:
            raise self._error(
                start, f"unknown function {function!r}; there are {', '.join(FUNCTIONS)}"
            )
        signature = FUNCTIONS[function]
        self.depth += 1
        if self.depth > _MOST_NESTED:
            raise self._error(start, "nested too deeply; write two derivations")
        self.position += 1  # the opening parenthesis
        arguments: list[Expression] = []
        while self.tokens[self.position][1] != ")":
            if arguments:
                self._take_comma()
            arguments.append(self._operand())
        self.position += 1
        self.depth -= 1
        if not signature.least <= len(arguments) <= signature.most:
            raise self._error(
                start, f"{function} got {len(arguments)} arguments; write {signature.usage}"
            )
        if function != "count" and any(isinstance(a, Text) for a in arguments):
            raise self._error(start, "quoted names can only be counted; write count(...)")
        return Call(function, tuple(arguments))

    def _literal(self, token: str, start: int) -> Literal:
        try:
            value = parse_printed(token).value
        except PrintedFigureError as error:
            raise self._error(start, str(error)) from error
        return Literal(value, "ratio" if token.endswith("%") else "any")

    def _error(self, start: int, message: str) -> ExpressionError:
        return ExpressionError(f"{self.text!r}: at character {start + 1}: {message}")


def occurrences(expression: Expression) -> Iterator[str]:
    """Yield the ids that an expression uses, as often as they stand in it."""
    match expression:
        case Name(id):
            yield id
        case Call(_, arguments):
            for argument in arguments:
                yield from occurrences(argument)
        case Comparison():
            yield from occurrences(expression.difference)
