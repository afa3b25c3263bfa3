"""The directive ``{slowdown-power}``: what the tests of a slowdown can see, made at each build."""

from __future__ import annotations

from typing import TYPE_CHECKING

from docutils import nodes
from sphinx.util.docutils import SphinxDirective

from cbec.display.notebook import Table
from cbec_book.content.sections import scrolled_html
from cbec_book.own_ledger import note_data

if TYPE_CHECKING:
    from sphinx.application import Sphinx

__all__ = ["setup"]


def setup(app: Sphinx) -> None:
    """Add the directive to Sphinx."""
    app.add_directive("slowdown-power", _Power)


class _Power(SphinxDirective):
    has_content = False

    def run(self) -> list[nodes.Node]:
        # The models take most of a second to import, and one page needs them.
        from cbec.chapters.slowdown import power_table, slowdown_runs

        note_data(self.env)
        caption = "What each test can see; scatter and slowdowns in points of growth"
        table = Table(power_table(slowdown_runs()), caption, cards=True)
        return [nodes.raw("", scrolled_html(table._repr_html_()), format="html")]
