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

from cbec.book.audited import note_data
from cbec.book.sections import scrolled_html
from cbec.display import disclosure_html, html_table
from cbec.tables import load

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


def counted_facts(claim: str) -> dict[str, str]:
    """Return what a count counts, and what else the paper names of it, with the places.

    Parameters
    ----------
    claim : str
        The id of a statistic or cross-check.

    Returns
    -------
    dict of str to str
        Lists as HTML by term, ``Counted`` and ``Also named``; none of a claim that counts nothing.

    Examples
    --------
    >>> print(counted_facts("data-classes")["Counted"][:60])
    <ul><li><span lang="zh-CN">用户信息</span> user information <sma
    >>> counted_facts("market-2024")
    {}
    """
    table = load("counted_items")
    facts: dict[str, str] = {}
    for item in table[table["claim"] == claim].to_dict("records"):
        term = "Counted" if item["counted"] else "Also named"
        place = f"paragraph {item['paragraph']}" if item["paragraph"] else "heading"
        facts[term] = facts.get(term, "") + (
            f'<li><span lang="zh-CN">{escape(item["item_zh"])}</span> {escape(item["item_en"])} '
            f"<small>({_place(item['section'])}, {place})</small></li>"
        )
    return {term: f"<ul>{items}</ul>" for term, items in facts.items()}


class _UncountedNumerals(SphinxDirective):
    has_content = False

    def run(self) -> list[nodes.Node]:
        note_data(self.env)
        table = load("uncounted_numerals")
        rows = [
            [
                f'<span lang="zh-CN">{escape(row["numeral"])}</span>',
                escape(row["meaning_en"]),
                ", ".join(map(_place, row["sections"].split())),
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


def _place(section: str) -> str:
    return f"§{section}" if section[:1].isdigit() else section


def setup(app: Sphinx) -> None:
    """Add the directive to Sphinx."""
    app.add_directive("uncounted-numerals", _UncountedNumerals)
