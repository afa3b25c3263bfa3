"""Where a page shows the code of its notebook: out of the way, one click from what it makes.

The code of a cell that draws a chart is in a closed box under that chart. What the other cells do,
setting up, computing the numbers of the text and making tables, is gathered in one box at the end
of the page, in its order. Cells of exercises, hidden as a whole, stay where they are.
"""

from __future__ import annotations

from typing import Any

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.transforms import SphinxTransform

from cbec_book.content.chart import chart_node
from cbec_book.content.html_pieces import raw
from cbec_book.wording import translated

_INTRO = (
    "What prepares this page, in its order. The code of each chart is under the chart, and the "
    "notebook has all of it."
)


class ArrangeCode(SphinxTransform):
    """Move the code of cells whose input is hidden to where a reader finds it."""

    default_priority = 870

    def apply(self, **kwargs: Any) -> None:
        """Put each cell's code under its chart, or at the page's end."""
        gathered = []
        for cell in list(self.document.findall(_hides_input)):
            source = cell.children[0]
            cell.remove(source)
            del cell["hide_mode"]
            charts = list(cell.findall(chart_node))
            if charts:
                charts[-1] += _box("Code", [source])
            else:
                gathered.append(source)
            if not cell.children:
                cell.parent.remove(cell)
        if gathered and isinstance(self.document[0], nodes.section):
            title = nodes.title("", translated("Code of this page"))
            end = nodes.section(ids=["cbec-code"], names=["cbec-code"])
            intro = nodes.paragraph("", translated(_INTRO))
            end += [title, intro, *_box("Show the code", gathered)]
            self.document[0] += end


def _hides_input(node: nodes.Node) -> bool:
    return isinstance(node, nodes.container) and node.get("hide_mode") == "input"


def _box(summary: str, content: list[nodes.Node]) -> list[nodes.Node]:
    start = raw(f'<details class="cbec-more cbec-code"><summary>{translated(summary)}</summary>')
    return [start, *content, raw("</details>")]


def setup(app: Sphinx) -> None:
    """Add the transform to Sphinx."""
    app.add_transform(ArrangeCode)
