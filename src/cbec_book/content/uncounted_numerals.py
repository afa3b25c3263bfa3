"""The paper's numerals beside its statistics: what its counts count, and what was left out.

``{uncounted-numerals}``
    The numerals and number words of the paper that are no statistics, with the reasons, in a box
    that is closed at first.
"""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING

from docutils import nodes
from sphinx.util.docutils import SphinxDirective

from cbec.audit.ledger import place_of
from cbec.display.html import disclosure_html, html_table
from cbec.tables.frames import load
from cbec_book.content.sections import scrolled_html
from cbec_book.own_ledger import note_data

if TYPE_CHECKING:
    from sphinx.application import Sphinx

__all__ = ["counted_facts", "setup"]

_KINDS = {
    "name": "Names and terms",
    "date": "Dates",
    "reference": "Numbering and references",
    "figure of speech": "Figures of speech",
    "indefinite": "Words that state no number",
}


def counted_facts() -> dict[str, dict[str, str]]:
    """Return what each count counts, and what else the paper names of it, with the places.

    Returns
    -------
    dict of str to dict of str to str
        By the id of the statistic lists as HTML by term, ``Counted`` and ``Also named``; none of
        a claim that counts nothing.

    Examples
    --------
    >>> facts = counted_facts()
    >>> print(facts["data-classes"]["Counted"][:60])
    <ul><li><span lang="zh-CN">用户信息</span> user information <sma
    >>> "market-2024" in facts
    False
    """
    listed: dict[str, dict[str, str]] = {}
    for item in load("counted_items").to_dict("records"):
        facts = listed.setdefault(item["claim"], {})
        term = "Counted" if item["counted"] else "Also named"
        place = f"paragraph {item['paragraph']}" if item["paragraph"] else "heading"
        facts[term] = facts.get(term, "") + (
            f'<li><span lang="zh-CN">{escape(item["item_zh"])}</span> {escape(item["item_en"])} '
            f"<small>({place_of(item['section'])}, {place})</small></li>"
        )
    return {
        claim: {term: f"<ul>{items}</ul>" for term, items in facts.items()}
        for claim, facts in listed.items()
    }


class _UncountedNumerals(SphinxDirective):
    has_content = False

    def run(self) -> list[nodes.Node]:
        note_data(self.env)
        table = load("uncounted_numerals")
        rows = [
            [
                f'<span lang="zh-CN">{escape(row["numeral"])}</span>',
                escape(row["meaning_en"]),
                ", ".join(map(place_of, row["sections"].split())),
                escape(row["reason_en"]),
            ]
            for row in table.to_dict("records")
        ]
        starts = table["kind"] != table["kind"].shift()
        groups = {int(start): _KINDS[table["kind"][start]] for start in table.index[starts]}
        head = ("Numeral", "Meaning", "Where", "Why it is no statistic")
        caption = f"The numerals of the paper that are no statistics, in {len(rows)} rows"
        shown = html_table(head, rows, caption=caption, cards=True, groups=groups)
        html = disclosure_html("Numerals that are no statistics", scrolled_html(shown))
        return [nodes.raw("", html, format="html")]


def setup(app: Sphinx) -> None:
    """Add the directive to Sphinx."""
    app.add_directive("uncounted-numerals", _UncountedNumerals)
