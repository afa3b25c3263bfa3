"""The directive ``{audit-what-if}``: change one printed figure and see which verdicts fall.

The page gets the derivations as JSON and a form that ``what_if_form.js`` brings alive; the
arithmetic is that of ``what_if_verdicts.js``, on exact rationals as here. Without scripts there
remains a table of what rests on each figure, and how far the figure could move before a verdict
falls.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from html import escape
from itertools import groupby
from typing import Any

from docutils import nodes

from cbec.audit.ledger import Claim, Figure, OutsideFigure
from cbec.audit.results import FAILING, printed_html
from cbec.audit.verdicts import Arithmetic
from cbec.audit.what_if import Room, WhatIf, number_text, what_if
from cbec.display.html import entry_link, plain_words, scrolled_html
from cbec.display.vega import inline_json
from cbec.figures.in_words import figure_in_english
from cbec_book.content.html_pieces import DataDirective, table_html
from cbec_book.hooks import warn
from cbec_book.ledger_links import book_audit, entry_address, find
from cbec_book.wording import translated


def _unit(figure: Figure) -> str:
    """Return the unit of a figure in English, for a number written as it is printed."""
    printed = figure.printed
    assert printed is not None
    unit = figure.unit if isinstance(figure, Claim) else find(figure.id).unit.split(" ")[-1]
    number = number_text(printed)
    english = figure_in_english(printed, "%" if unit == "percent" else unit)
    rest = english.removeprefix(number).strip()
    # A word that depends on the number, such as a singular or an ordinal, is of no use here.
    return unit if rest == english or unit.startswith(rest) else rest


# The page ------------------------------------------------------------------------------------


class AuditWhatIf(DataDirective):
    """The form, and the table for who has no scripts."""

    def write(self) -> list[nodes.Node]:
        """Write both, and warn of derivations that the script can't follow."""
        asked = what_if(book_audit())
        for id, reason in asked.refused.items():
            said = (
                "audit-what-if leaves out %r: %s; write the derivation so that each input stands "
                "in it once and none under a root"
            )
            warn("whatif", said, id, reason, at=self.get_location())
        page = _page(asked, self.env.docname)
        return [nodes.raw("", page, format="html", classes=["cbec-whatif"])]


def _page(asked: WhatIf, pagename: str) -> str:
    rooms = {id: asked.room(id) for id in asked.resting}
    table = table_html(
        ("Figure", "Printed", "What rests on it", "No verdict falls"),
        [list(_row(asked, id, rooms[id])) for id in asked.resting],
        caption=translated(
            "What rests on each figure, and the figures with as many digits that it could be, the "
            "others as printed, before a verdict falls"
        ),
    )
    without = translated("To change a figure takes JavaScript. This table says what rests on each.")
    return (
        f'<noscript><p class="cbec-footnote">{without}</p></noscript>'
        f"{_form(asked, rooms)}"
        '<details class="cbec-more" open>'
        f"<summary>{translated('What rests on each figure')}</summary>{table}</details>"
        '<script type="application/json" class="cbec-whatif__data">'
        f"{inline_json(script_data(asked, rooms, pagename))}</script>"
    )


def _row(asked: WhatIf, id: str, room: Room | None) -> Iterator[str]:
    figure = asked.ledger.figure(id)
    yield entry_link(id, escape(_title(figure)))
    yield printed_html(figure) if isinstance(figure, Claim) else escape(_english(figure))
    items = []
    for claim in asked.resting[id]:
        other = asked.ledger.claims[claim]
        title = translated("its own derivation") if claim == id else other.title
        items.append(entry_link(claim, escape(title)))
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
        said = "only at {low}" if low else "wherever it moves"
    elif low and high:
        said = "from {low} to {high}"
    else:
        said = "from {low}" if low else "to {high}"
    return translated(said).format(low=low, high=high)


def _title(figure: Figure) -> str:
    if isinstance(figure, Claim):
        return figure.title
    vintage = figure.vintage if isinstance(figure, OutsideFigure) else ""
    return f"{figure.label_en} ({', '.join(filter(None, (figure.period, plain_words(vintage))))})"


def _english(figure: Figure) -> str:
    if isinstance(figure, Claim):
        return figure.english
    assert figure.printed is not None
    return f"{number_text(figure.printed)} {_unit(figure)}".replace(" %", "%")


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
    if_printed = translated("If it were printed as")
    less, more = translated("One less in the last digit"), translated("One more in the last digit")
    return f"""<form class="cbec-whatif__form" hidden>
<p class="cbec-whatif__field"><label for="cbec-whatif-figure">{translated("Figure")}</label>
<select id="cbec-whatif-figure" autocomplete="off">{"".join(choices)}</select></p>
<p class="cbec-whatif__field"><label for="cbec-whatif-number">{if_printed}</label>
<span class="cbec-whatif__entry">
<button type="button" data-step="-1" aria-label="{less}">−</button>
<input id="cbec-whatif-number" type="text" inputmode="text" autocomplete="off" spellcheck="false"
 aria-describedby="cbec-whatif-unit cbec-whatif-error">
<button type="button" data-step="1" aria-label="{more}">+</button>
<span class="cbec-whatif__unit" id="cbec-whatif-unit"></span>
<button type="reset">{translated("As printed")}</button></span></p>
<p class="cbec-whatif__error" id="cbec-whatif-error" role="alert"></p>
<p class="cbec-whatif__room"></p>
<div class="cbec-whatif__examples"><p>{translated("Try")}</p><ul>{examples}</ul></div>
</form>
<div class="cbec-whatif__result" hidden>
<p class="cbec-whatif__summary" role="status"></p>
{scrolled_html('<table class="cbec-table cbec-cards"></table>')}
</div>"""


def _place(figure: Figure) -> str:
    if isinstance(figure, Claim):
        return translated("The paper, {place}").format(place=figure.place)
    return translated("Outside the paper")


def script_data(asked: WhatIf, rooms: Mapping[str, Room | None], pagename: str) -> dict[str, Any]:
    """Return what the scripts need to know, ready for JSON; exact numbers are texts."""
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
                "address": entry_address("claim", claim.id, pagename),
                "tree": asked.trees[claim.id],
            }
            for claim in claims
        ],
        "resting": asked.resting,
        "verdicts": {
            str(verdict): [verdict.symbol, verdict.label_en, verdict.meaning_en, verdict.tone]
            for verdict in Arithmetic
        },
        "failing": sorted(FAILING),
    }


def _figure_data(figure: Figure, room: Room | None) -> dict[str, Any]:
    printed = figure.printed
    assert printed is not None
    exact, plain = ("value", "resolution", "scale"), ("dimension", "decimals", "multiplied")
    written = ("sign", "grouped", "tail", "spelled", "worded")
    data: dict[str, Any] = {
        "text": printed.text,
        **{name: str(getattr(printed, name)) for name in exact},
        **{name: getattr(printed, name) for name in (*plain, *written)},
        "roundedCount": printed.rounded_count,
        "comparator": figure.comparator if isinstance(figure, Claim) else "=",
        "kind": figure.kind if isinstance(figure, Claim) else "",
        "english": _english(figure),
        "unit": _unit(figure),
    }
    if room is not None:
        data["room"] = [end and number_text(end) for end in (room.lowest, room.highest)]
    return data
