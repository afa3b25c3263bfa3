"""What was looked for in vain: the searches behind the verdict *untraced*.

``{searches}``
    All searches: the words, where, what they found, when, and for which statistics.
``{evidence-date}`latest```
    The day of the latest of them, as of which the evidence stands.
"""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING, Any

import pandas as pd
from docutils import nodes
from sphinx.util.docutils import SphinxDirective, SphinxRole

from cbec.display.html import disclosure_html, html_table
from cbec.tables.frames import load
from cbec_book.content.sections import scrolled_html
from cbec_book.own_ledger import LEDGER_PAGE, book_audit, note_data

if TYPE_CHECKING:
    from sphinx.application import Sphinx

__all__ = ["searched_html", "setup"]


def searched_html(page: str) -> dict[str, str]:
    """Write the searches for each statistic, in a box that is closed at first.

    Parameters
    ----------
    page : str
        The address of the page with all searches.

    Returns
    -------
    dict of str to str
        HTML by the id of the statistic; none if no search for it was written down.
    """
    every = f'<p><a href="{escape(page)}#searches">All searches</a></p>'
    found = _searches()
    boxes = {}
    by_claim = found.assign(claim=found["claims"].str.split()).explode("claim").groupby("claim")
    for claim, mine in by_claim:
        count = f"{len(mine)} {'search' if len(mine) == 1 else 'searches'}, {mine['date'].max()}"
        items = "".join(
            f"<li>{_words(row)}, in {escape(row['where'])}: {escape(row['found_en'])}</li>"
            for row in mine.to_dict("records")
        )
        boxes[str(claim)] = disclosure_html(count, f"<ul>{items}</ul>{every}")
    return boxes


def _searches() -> pd.DataFrame:
    found = load("searches").fillna("")
    return found.assign(date=found["date"].map(lambda day: f"{day:%Y-%m-%d}"))


def _words(row: dict[Any, Any]) -> str:
    return f"<q>{escape(row['words'])}</q>"


class _Searches(SphinxDirective):
    has_content = False

    def run(self) -> list[nodes.Node]:
        note_data(self.env)
        ledger = self.env.app.builder.get_relative_uri(self.env.docname, LEDGER_PAGE)
        audit = book_audit()
        rows = [
            [
                _words(row),
                escape(row["where"]),
                escape(row["found_en"]),
                row["date"],
                ", ".join(
                    f'<a href="{ledger}#claim-{id}">{escape(audit[id].claim.title)}</a>'
                    for id in row["claims"].split()
                ),
            ]
            for row in _searches().to_dict("records")
        ]
        head = ("Words", "Where", "Found", "Date", "Looked for")
        caption = f"{len(rows)} searches; earlier ones were not written down"
        table = scrolled_html(html_table(head, rows, caption=caption, cards=True))
        return [nodes.raw("", disclosure_html("All searches", table), format="html")]


class _EvidenceDate(SphinxRole):
    def run(self) -> tuple[list[nodes.Node], list[nodes.system_message]]:
        note_data(self.env)
        return [nodes.Text(_searches()["date"].max())], []


def setup(app: Sphinx) -> None:
    """Add the directive and the role to Sphinx."""
    app.add_directive("searches", _Searches)
    app.add_role("evidence-date", _EvidenceDate())
