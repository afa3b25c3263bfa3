"""The directive ``{audit-what-if}``: change one printed figure and see which verdicts fall.

The page gets the derivations as JSON and a form that ``what_if_form.js`` brings alive; the
arithmetic is that of ``what_if_arithmetic.js``, on exact rationals as here. Without scripts there remains
a table of what rests on each figure, and how far the figure could move before a verdict falls.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from html import escape
from itertools import groupby
from typing import TYPE_CHECKING, Any

from docutils import nodes
from sphinx.util import logging
from sphinx.util.docutils import SphinxDirective

from cbec.audit.judge import FAILING, Audit, check, printed_html
from cbec.audit.ledger import Claim, Figure, Ledger, OutsideFigure
from cbec.audit.provenance import find
from cbec.audit.verdicts import ARITHMETIC, Arithmetic
from cbec.display.table import figure_in_english, html_table
from cbec.display.vega import inline_json
from cbec.errors import ExpressionError
from cbec.figures.expression import Call, Comparison, Expression, Literal, Name
from cbec.figures.rounding import Printed
from cbec_book.content.sections import scrolled_html
from cbec_book.own_ledger import addresses, book_audit, note_data

if TYPE_CHECKING:
    from sphinx.application import Sphinx

__all__ = ["Room", "WhatIf", "replaced", "script_data", "setup", "tree", "what_if"]

logger = logging.getLogger(__name__)

SCRIPTS = ("what_if_arithmetic.js", "what_if_form.js")
_WRAPPER = "cbec-whatif"
# A figure that can move further than this has no limit worth telling.
_MOST_STEPS = 1000

Tree = str | dict[str, str] | list[Any]


def tree(expression: Expression) -> Tree:
    """Write a derivation the way ``what_if_arithmetic.js`` reads it.

    Parameters
    ----------
    expression : Expression
        A derivation or a comparison.

    Returns
    -------
    str, dict or list
        An id, ``{"value": "5/2"}``, or a function's name or comparator with its arguments.

    Raises
    ------
    ExpressionError
        If an input stands in it twice, or under a root: the arithmetic of intervals would not be
        sharp, or not rational.

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
    """Return a ledger in which one figure, a claim's or an outside one, is printed otherwise.

    Examples
    --------
    >>> from cbec.audit.ledger import read_ledger
    >>> from cbec.figures.rounding import parse_printed
    >>> from cbec.tables.frames import data_dir
    >>> ledger = read_ledger(data_dir() / "claims.csv")
    >>> replaced(ledger, "export-2024", parse_printed("13.70万亿元")).claims["export-2024"].printed
    Printed(text='13.70万亿元', ...)
    """
    if id in ledger.inputs:
        figure = replace(ledger.inputs[id], printed=printed)
        return replace(ledger, inputs={**ledger.inputs, id: figure})
    claim = replace(ledger.claims[id], printed=printed)
    return replace(ledger, claims={**ledger.claims, id: claim})


@dataclass(frozen=True)
class Room:
    """How far a figure can move by its last digit before a verdict that rests on it falls.

    Parameters
    ----------
    lowest, highest : Printed or None
        The last figures at which none falls; ``None`` where no end was found.
    below, above : Printed or None
        The first figures at which one falls.
    """

    lowest: Printed | None
    highest: Printed | None
    below: Printed | None
    above: Printed | None


@dataclass(frozen=True)
class WhatIf:
    """What can be asked of a ledger, one figure at a time.

    Parameters
    ----------
    audit : Audit
        The audit of the ledger as printed.
    trees : Mapping of str to Tree or None
        By claim, its derivation, ``None`` if it has none; those that are refused are left out.
    refused : Mapping of str to str
        By claim, why its derivation isn't offered.
    """

    audit: Audit
    trees: Mapping[str, Tree | None]
    refused: Mapping[str, str]

    @property
    def ledger(self) -> Ledger:
        """The ledger as printed."""
        return self.audit.ledger

    @property
    def derivable(self) -> list[str]:
        """The claims and cross-checks that have a derivation on offer."""
        return [id for id, made in self.trees.items() if made is not None]

    @property
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
            yield most, _number(room.above), "a digit further than its checks allow"
        for result in self.audit.claims:
            if result.claim.id in resting and result.arithmetic is Arithmetic.ROUNDING:
                tail = self._printed(result.claim.id).tail
                number = result.recomputed_text.removesuffix(tail)
                yield result.claim.id, number, "as recomputed"
        for id in resting.keys() & self.ledger.inputs.keys():
            figure = self.ledger.inputs[id]
            for other in self.ledger.inputs.values():
                same = (other.label_en, other.period) == (figure.label_en, figure.period)
                if same and other.id != id and other.printed is not None:
                    yield id, _number(other.printed), f"the vintage “{other.vintage}”"


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


def _number(printed: Printed) -> str:
    """Return the digits of a figure, also where they are printed as a word."""
    if printed.spelled:
        return str(printed.value / printed.scale)
    return printed.text.removesuffix(printed.tail)


def _unit(figure: Figure) -> str:
    """Return the unit of a figure in English, for a number written as it is printed."""
    printed = figure.printed
    assert printed is not None
    unit = figure.unit if isinstance(figure, Claim) else find(figure.id).unit.split(" ")[-1]
    number = _number(printed)
    english = figure_in_english(printed, "%" if unit == "percent" else unit)
    rest = english.removeprefix(number).strip()
    # A word that depends on the number, such as a singular or an ordinal, is of no use here.
    return unit if rest == english or unit.startswith(rest) else rest


# The page ------------------------------------------------------------------------------------


class _AuditWhatIf(SphinxDirective):
    has_content = False

    def run(self) -> list[nodes.Node]:
        note_data(self.env)
        asked = what_if(book_audit())
        for id, reason in asked.refused.items():
            logger.warning(
                "audit-what-if leaves out %r: %s; write the derivation so that each input stands "
                "in it once and none under a root",
                id,
                reason,
                location=self.get_location(),
                type="cbec",
                subtype="whatif",
            )
        address = addresses(self.env, self.env.docname)
        page = _page(asked, lambda id: address(find(id)))
        return [nodes.raw("", page, format="html", classes=[_WRAPPER])]


def _page(asked: WhatIf, address: Callable[[str], str]) -> str:
    rooms = {id: asked.room(id) for id in asked.resting}
    table = html_table(
        ("Figure", "Printed", "What rests on it", "No verdict falls"),
        [list(_row(asked, id, rooms[id], address)) for id in asked.resting],
        caption="What rests on each figure, and the figures with as many digits that it could be, "
        "the others as printed, before a verdict falls",
        cards=True,
    )
    return (
        '<noscript><p class="cbec-footnote">To change a figure takes JavaScript. This table says '
        "what rests on each.</p></noscript>"
        f"{_form(asked, rooms)}"
        '<details class="cbec-more" open><summary>What rests on each figure</summary>'
        f"{scrolled_html(table)}</details>"
        '<script type="application/json" class="cbec-whatif__data">'
        f"{inline_json(script_data(asked, rooms, address))}</script>"
    )


def _row(asked: WhatIf, id: str, room: Room | None, address: Callable[[str], str]) -> Iterator[str]:
    figure = asked.ledger.figure(id)
    yield f'<a href="{escape(address(id))}">{escape(_title(figure))}</a>'
    yield printed_html(figure) if isinstance(figure, Claim) else escape(_english(figure))
    items = []
    for claim in asked.resting[id]:
        title = "its own derivation" if claim == id else asked.ledger.claims[claim].title
        items.append(f'<a href="{escape(address(claim))}">{escape(title)}</a>')
    yield "; ".join(items)
    yield _room_html(room)


def _room_html(room: Room | None) -> str:
    if room is None:
        return ""
    low, high = (
        f'<span class="cbec-figure" lang="zh-CN">{escape(end.text)}</span>' if end else ""
        for end in (room.lowest, room.highest)
    )
    if low == high:
        return f"only at {low}" if low else "wherever it moves"
    return " ".join(filter(None, (f"from {low}" if low else "", f"to {high}" if high else "")))


def _title(figure: Figure) -> str:
    if isinstance(figure, Claim):
        return figure.title
    vintage = figure.vintage if isinstance(figure, OutsideFigure) else ""
    return f"{figure.label_en} ({', '.join(filter(None, (figure.period, vintage)))})"


def _english(figure: Figure) -> str:
    if isinstance(figure, Claim):
        return figure.english
    assert figure.printed is not None
    return f"{_number(figure.printed)} {_unit(figure)}".replace(" %", "%")


def _form(asked: WhatIf, rooms: Mapping[str, Room | None]) -> str:
    """Write the form, hidden until its script runs."""
    choices = []
    for place, ids in groupby(asked.resting, lambda id: _place(asked.ledger.figure(id))):
        options = "".join(
            f'<option value="{escape(id)}">{escape(_title(asked.ledger.figure(id)))}: '
            f"{escape(_english(asked.ledger.figure(id)))}</option>"
            for id in ids
        )
        choices.append(f'<optgroup label="{escape(place)}">{options}</optgroup>')
    examples = "".join(
        f'<li><button type="button" data-figure="{escape(id)}" data-number="{escape(number)}">'
        f"{escape(_title(asked.ledger.figure(id)))}: {escape(number)}, {escape(what)}</button></li>"
        for id, number, what in asked.examples(rooms)
    )
    return f"""<form class="cbec-whatif__form" hidden>
<p class="cbec-whatif__field"><label for="cbec-whatif-figure">Figure</label>
<select id="cbec-whatif-figure" autocomplete="off">{"".join(choices)}</select></p>
<p class="cbec-whatif__field"><label for="cbec-whatif-number">If it were printed as</label>
<span class="cbec-whatif__entry">
<button type="button" data-step="-1" aria-label="One less in the last digit">−</button>
<input id="cbec-whatif-number" type="text" inputmode="text" autocomplete="off" spellcheck="false"
 aria-describedby="cbec-whatif-unit cbec-whatif-error">
<button type="button" data-step="1" aria-label="One more in the last digit">+</button>
<span class="cbec-whatif__unit" id="cbec-whatif-unit"></span>
<button type="reset">As printed</button></span></p>
<p class="cbec-whatif__error" id="cbec-whatif-error" role="alert"></p>
<p class="cbec-whatif__room"></p>
<div class="cbec-whatif__examples"><p>Try</p><ul>{examples}</ul></div>
</form>
<div class="cbec-whatif__result" hidden>
<p class="cbec-whatif__summary" role="status"></p>
{scrolled_html('<table class="cbec-table cbec-cards"></table>')}
</div>"""


def _place(figure: Figure) -> str:
    return f"The paper, {figure.place}" if isinstance(figure, Claim) else "Outside the paper"


def script_data(
    asked: WhatIf, rooms: Mapping[str, Room | None], address: Callable[[str], str]
) -> dict[str, Any]:
    """Return what the scripts need to know, ready for JSON; exact numbers are texts.

    Parameters
    ----------
    asked : WhatIf
        The figures and derivations.
    rooms : Mapping of str to Room or None
        How far figures can move, for those that should say so.
    address : callable
        Gives the address of a claim's entry by its id.

    Returns
    -------
    dict
        Figures by id, claims and cross-checks in the ledger's order, what rests on each figure,
        and the words of the verdicts.
    """
    ledger = asked.ledger
    claims = [ledger.claims[id] for id in asked.trees]
    figures = [claim for claim in claims if claim.printed is not None]
    outside = [ledger.inputs[id] for id in asked.resting if id in ledger.inputs]
    return {
        "figures": {
            figure.id: _figure_data(figure, rooms.get(figure.id)) for figure in (*figures, *outside)
        },
        "checks": [
            {
                "id": claim.id,
                "title": claim.title,
                "address": address(claim.id),
                "tree": asked.trees[claim.id],
            }
            for claim in claims
        ],
        "resting": asked.resting,
        "verdicts": {
            str(verdict): [sense.symbol, sense.label_en, sense.meaning_en]
            for verdict, sense in ARITHMETIC.items()
        },
        "failing": sorted(FAILING),
    }


def _figure_data(figure: Figure, room: Room | None) -> dict[str, Any]:
    printed = figure.printed
    assert printed is not None
    data: dict[str, Any] = {
        "text": printed.text,
        "value": str(printed.value),
        "resolution": str(printed.resolution),
        "scale": str(printed.scale),
        "dimension": printed.dimension,
        "decimals": printed.decimals,
        "multiplied": printed.multiplied,
        "sign": printed.sign,
        "grouped": printed.grouped,
        "tail": printed.tail,
        "spelled": printed.spelled,
        "worded": printed.worded,
        "roundedCount": printed.rounded_count,
        "comparator": figure.comparator if isinstance(figure, Claim) else "=",
        "kind": figure.kind if isinstance(figure, Claim) else "",
        "english": _english(figure),
        "unit": _unit(figure),
    }
    if room is not None:
        data["room"] = [end and _number(end) for end in (room.lowest, room.highest)]
    return data


def _add_scripts(
    app: Sphinx,
    pagename: str,
    templatename: str,
    context: dict[str, Any],
    doctree: nodes.document | None,
) -> None:
    """Load the scripts on pages that have the directive, and on no other."""
    raws = doctree.findall(nodes.raw) if doctree is not None else ()
    if any(_WRAPPER in raw["classes"] for raw in raws):
        for priority, script in enumerate(SCRIPTS, start=510):
            app.add_js_file(script, loading_method="defer", priority=priority)


def setup(app: Sphinx) -> None:
    """Add the directive to Sphinx."""
    app.add_directive("audit-what-if", _AuditWhatIf)
    app.connect("html-page-context", _add_scripts)
