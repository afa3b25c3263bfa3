"""Tables of the notebooks, written anew from what their outputs say that they show.

An output of type ``TABLE_MIME`` holds the cells of a table, or names figures or statements of the
data package. So a page never shows a table whose words another edition couldn't map. Names that
give another table than the notebook has shown are those of another ledger: its table stays.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from docutils import nodes
from myst_nb.core.render import MimeData, NbElementRenderer

from cbec.chapters.propositions import Robustness, robustness
from cbec.chapters.survival_grid import SurvivalGrid
from cbec.display.html import TABLE_MIME
from cbec.display.notebook import table_page
from cbec.display.table import content_html
from cbec.errors import CbecError
from cbec.tables.evidence_grades import UNCONFIRMED_EN
from cbec_book.hooks import output_of, warn
from cbec_book.ledger_links import book_audit
from cbec_book.wording import translated


def _statements(ids: list[str]) -> Robustness:
    known = robustness(book_audit().ledger)
    return Robustness(tuple(known[id] for id in ids))


#: What `table_page` says of any table.
_AROUND = (UNCONFIRMED_EN, "Sources of this table")
#: How a table is written, by what its content has.
_WRITERS: Mapping[str, Callable[[Mapping[str, Any]], str]] = {
    "claims": lambda told: book_audit().select(*told["claims"])._repr_html_(),
    "propositions": lambda told: _statements(told["propositions"])._repr_html_(),
    "survival": lambda told: SurvivalGrid(
        _statements(told["survival"]), translated(told["caption"])
    )._repr_html_(),
    "rests on": lambda told: table_page_html(told),
    "rows": lambda told: content_html(translated_table(told)),
}


def table_page_html(content: Mapping[str, Any]) -> str:
    """Write a table with its sources, all of its words translated."""
    html = table_page(translated_table(content))
    for words in _AROUND:
        html = html.replace(words, translated(words))
    return html


def translated_table(content: Mapping[str, Any]) -> dict[str, Any]:
    """Return what a table shows with its caption, titles and words translated.

    Examples
    --------
    >>> told = {"caption": "Two", "columns": ["Year", "Standing"], "rows": [[2023, "holds"]]}
    >>> translated_table(told) == told
    True
    """

    def word(cell: Any) -> Any:
        return translated(cell) if isinstance(cell, str) else cell

    return {
        **content,
        "caption": translated(content["caption"]),
        "columns": [translated(title) for title in content["columns"]],
        "rows": [[word(cell) for cell in row] for row in content["rows"]],
    }


def write_table(content: Mapping[str, Any]) -> str:
    """Write a table from its content; `CbecError` if it names what isn't in the data package."""
    for kind, write in _WRITERS.items():
        if kind in content:
            return write(content)
    raise CbecError(f"no table has {', '.join(content)}; {', '.join(_WRITERS)} are known")


class TableRenderer:
    """MyST-NB plug-in that writes the tables of outputs."""

    @staticmethod
    def handle_mime(
        renderer: NbElementRenderer, data: MimeData, inline: bool
    ) -> list[nodes.Element] | None:
        """Write one output, or return None to leave it to MyST-NB."""
        if (asked := output_of(renderer, data, inline, TABLE_MIME)) is None:
            return None
        told, cell = asked
        stored = cell.outputs[data.output_index].data.get("text/html", "")
        try:
            html = write_table(told)
        except CbecError as error:
            html = ""
            if not stored:
                warn(
                    "table",
                    "table of an output: %s",
                    error,
                    at=renderer.renderer.sphinx_env.docname,
                )
        if "rows" not in told and stored and html != stored:
            html = stored
        return [nodes.raw(text=html, format="html", classes=["output", "text_html"])]
