"""What follows for all verdicts if one figure had been printed otherwise.

Each verdict is that of `cbec.audit.verdict_rules`; on the page ``what_if_verdicts.js`` gives it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

from cbec.audit.ledger import Ledger
from cbec.audit.results import FAILING, Audit
from cbec.audit.verdict_rules import check
from cbec.audit.verdicts import Arithmetic
from cbec.display.html import plain_words
from cbec.errors import ExpressionError
from cbec.figures.expression import Call, Comparison, Expression, Literal, Name
from cbec.figures.printed import Printed

# A figure that can move further than this has no limit worth telling.
_MOST_STEPS = 1000
Tree = str | dict[str, str] | list[Any]


def tree(expression: Expression) -> Tree:
    """Write a derivation as ``what_if_verdicts.js`` reads it.

    That is an id, ``{"value": "5/2"}``, or a function's name or comparator with its arguments. It
    raises `ExpressionError` if an input stands in it twice, or under a root: the arithmetic of
    intervals would not be sharp, or not rational.

    Examples
    --------
    >>> from cbec.figures.expression import parse
    >>> tree(parse("sum(a, b) < 2.5"))
    ['<', ['sum', 'a', 'b'], {'value': '5/2'}]
    """
    made = _tree(expression)
    used = list(_ids(made))
    twice = sorted({id for id in used if used.count(id) > 1})
    if twice:
        raise ExpressionError(f"{', '.join(twice)} stands in it twice")
    return made


def _tree(expression: Expression) -> Tree:
    match expression:
        case Name(id):
            return id
        case Literal(value, _):
            return {"value": str(value)}
        case Comparison(left, comparator, right):
            return [comparator, _tree(left), _tree(right)]
        case Call("count", arguments):
            return {"value": str(len(arguments))}
        case Call("cagr" | "annualise" as function, _):
            raise ExpressionError(f"{function} takes a root")
        case Call(function, arguments):
            return [function, *map(_tree, arguments)]
    raise ExpressionError("a quoted name can only be counted")


def _ids(made: Tree) -> Iterator[str]:
    """Return the ids of a tree, as often as they occur."""
    if isinstance(made, str):
        yield made
    elif isinstance(made, list):
        for branch in made[1:]:
            yield from _ids(branch)


def replaced(ledger: Ledger, id: str, printed: Printed) -> Ledger:
    """Return a ledger in which one figure, a claim's or an outside one, is printed otherwise."""
    if id in ledger.inputs:
        figure = replace(ledger.inputs[id], printed=printed)
        return replace(ledger, inputs={**ledger.inputs, id: figure})
    claim = replace(ledger.claims[id], printed=printed)
    return replace(ledger, claims={**ledger.claims, id: claim})


@dataclass(frozen=True)
class Room:
    """How far a figure can move by its last digit before a verdict that rests on it falls.

    From lowest to highest none falls, below and above are the first figures at which one does;
    they are ``None`` where no end was found.
    """

    lowest: Printed | None
    highest: Printed | None
    below: Printed | None
    above: Printed | None


@dataclass(frozen=True)
class WhatIf:
    """What can be asked of an audited ledger, one figure at a time.

    By claim there is the tree of its derivation, ``None`` if it has none, or why that is refused.
    """

    audit: Audit
    trees: Mapping[str, Tree | None]
    refused: Mapping[str, str]

    @property
    def ledger(self) -> Ledger:
        """The ledger as printed."""
        return self.audit.ledger

    @cached_property
    def resting(self) -> dict[str, list[str]]:
        """By figure, the claims and cross-checks that rest on it; its own derivation comes first.

        Figures of the paper come in the order of the ledger, outside figures after them.
        """
        uses = {id: {id, *_ids(made)} for id, made in self.trees.items() if made is not None}
        found = {
            id: sorted((c for c, used in uses.items() if id in used), key=lambda c: c != id)
            for id in (*self.ledger.claims, *self.ledger.inputs)
            if self.ledger.figure(id).printed is not None
        }
        return {id: claims for id, claims in found.items() if claims}

    def falling(self, id: str, printed: Printed) -> list[str]:
        """Return which verdicts fall if a figure is printed otherwise, all others as they are."""
        other = replaced(self.ledger, id, printed)
        return [c for c in self.resting[id] if _verdict(other, c) in FAILING]

    def room(self, id: str) -> Room | None:
        """Return how far a figure can move, ``None`` if a verdict has fallen as it is printed.

        The figure is moved digit by digit, so that no gap is passed over.
        """
        printed = self._printed(id)
        if self.falling(id, printed):
            return None

        def walk(direction: int) -> tuple[Printed | None, Printed | None]:
            last = printed
            for steps in range(1, _MOST_STEPS + 1):
                there = _moved(printed, direction * steps)
                if self.falling(id, there):
                    return last, there
                last = there
            return None, None

        (lowest, below), (highest, above) = walk(-1), walk(1)
        return Room(lowest, highest, below, above)

    def _printed(self, id: str) -> Printed:
        printed = self.ledger.figure(id).printed
        assert printed is not None
        return printed

    def examples(self, rooms: Mapping[str, Room | None]) -> Iterator[tuple[str, str, str]]:
        """Suggest changes by rule: the figure, the number to write, and what it is.

        The first takes the figure that bears most, past the room it has. The next print rates
        that agree only within rounding as they are recomputed, and the others take an outside
        figure in its other vintages.
        """
        resting = self.resting
        most = max(resting, key=lambda id: len(resting[id]))
        room = rooms[most]
        if room is not None and room.above is not None:
            yield most, number_text(room.above), "a digit further than its checks allow"
        for result in self.audit.claims:
            if result.claim.id in resting and result.arithmetic is Arithmetic.ROUNDING:
                tail = self._printed(result.claim.id).tail
                number = result.recomputed_text.removesuffix(tail)
                yield result.claim.id, number, "as recomputed"
        inputs = self.ledger.inputs
        for figure in (inputs[id] for id in resting if id in inputs):
            for other in inputs.values():
                same = (other.label_en, other.period) == (figure.label_en, figure.period)
                if same and other.id != figure.id and other.printed is not None:
                    yield (
                        figure.id,
                        number_text(other.printed),
                        f"the vintage “{plain_words(other.vintage)}”",
                    )


def what_if(audit: Audit) -> WhatIf:
    """Collect what can be asked of an audited ledger."""
    trees: dict[str, Tree | None] = {}
    refused: dict[str, str] = {}
    for claim in audit.ledger.claims.values():
        try:
            trees[claim.id] = None if claim.derivation is None else tree(claim.derivation)
        except ExpressionError as error:
            refused[claim.id] = str(error)
    return WhatIf(audit, trees, refused)


def _verdict(ledger: Ledger, id: str) -> Arithmetic:
    claim = ledger.claims[id]
    assert claim.derivation is not None
    return check(claim, claim.derivation, claim.derivation_text, ledger).verdict


def _moved(printed: Printed, steps: int) -> Printed:
    value = printed.value + steps * printed.resolution
    return replace(printed, value=value, text=printed.reprint(value))


def number_text(printed: Printed) -> str:
    """Return the digits of a figure, also where they are printed as a word."""
    if printed.spelled:
        return str(printed.value / printed.scale)
    return printed.text.removesuffix(printed.tail)
