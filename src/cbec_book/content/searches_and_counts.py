"""What is told beside the ledger: searches made in vain, what counts count, and other numerals.

``{searches}``
    All searches behind the verdict *untraced*: the words, where, what they found, when, and for
    which statistics.
``{uncounted-numerals}``
    The numerals and number words of the paper that are no statistics, with the reasons.
"""

from __future__ import annotations

from html import escape
from typing import Any

import pandas as pd

from cbec.audit.ledger import place_of
from cbec.display.html import disclosure_html
from cbec.tables.frames import load
from cbec_book.content.html_pieces import DataDirective, claim_link, folded_table, list_html
from cbec_book.ledger_links import book_audit
from cbec_book.wording import translated

_KINDS = {
    "name": "Names and terms",
    "date": "Dates",
    "reference": "Numbering and references",
    "figure of speech": "Figures of speech",
    "indefinite": "Words that state no number",
}


def searched_html(page: str) -> dict[str, str]:
    """Write the searches for each statistic, in a box that is closed at first.

    By the id of the statistic; none if no search for it was written down.
    """
    every = f'<p><a href="{escape(page)}#searches">{translated("All searches")}</a></p>'
    found = searches()
    boxes = {}
    by_claim = found.assign(claim=found["claims"].str.split()).explode("claim").groupby("claim")
    for claim, mine in by_claim:
        count = translated("{count} search, {day}" if len(mine) == 1 else "{count} searches, {day}")
        summary = count.format(count=len(mine), day=mine["date"].max())
        item = translated("{words}, in {place}: {found}")
        items = [
            item.format(
                words=_words(row), place=escape(row["where"]), found=escape(row["found_en"])
            )
            for row in mine.to_dict("records")
        ]
        boxes[str(claim)] = disclosure_html(summary, list_html(items) + every)
    return boxes


def searches() -> pd.DataFrame:
    """Return the table of searches, its days as text."""
    found = load("searches").fillna("")
    return found.assign(date=found["date"].map(lambda day: f"{day:%Y-%m-%d}"))


def _words(row: dict[Any, Any]) -> str:
    return f"<q>{escape(row['words'])}</q>"


class Searches(DataDirective):
    """All searches, in a box that is closed at first."""

    def write(self) -> str:
        """Write the table."""
        claims = book_audit().ledger.claims
        rows = [
            [
                _words(row),
                escape(row["where"]),
                escape(row["found_en"]),
                row["date"],
                ", ".join(claim_link(claims[id]) for id in row["claims"].split()),
            ]
            for row in searches().to_dict("records")
        ]
        head = ("Words", "Where", "Found", "Date", "Looked for")
        caption = translated("{count} searches; earlier ones were not written down")
        caption = caption.format(count=len(rows))
        return folded_table(translated("All searches"), head, rows, caption=caption)


def counted_facts() -> dict[str, dict[str, str]]:
    """Return what each count counts, and what else the paper names of it, with the places.

    By the id of the statistic lists as HTML by term, ``Counted`` and ``Also named``.

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
        place = translated("paragraph {n}" if item["paragraph"] else "heading")
        place = place.format(n=item["paragraph"])
        facts[term] = facts.get(term, "") + (
            f'<li><span lang="zh-CN">{escape(item["item_zh"])}</span> {escape(item["item_en"])} '
            f"<small>({place_of(item['section'])}, {place})</small></li>"
        )
    return {
        claim: {term: f"<ul>{items}</ul>" for term, items in facts.items()}
        for claim, facts in listed.items()
    }


class UncountedNumerals(DataDirective):
    """The numerals that are no statistics, in a box that is closed at first."""

    def write(self) -> str:
        """Write the table."""
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
        groups = {
            int(start): translated(_KINDS[table["kind"][start]]) for start in table.index[starts]
        }
        head = ("Numeral", "Meaning", "Where", "Why it is no statistic")
        caption = translated("The numerals of the paper that are no statistics, in {count} rows")
        caption = caption.format(count=len(rows))
        summary = translated("Numerals that are no statistics")
        return folded_table(summary, head, rows, caption=caption, groups=groups)
