"""How long a chapter takes to read, beside its short path.

What counts is the text with nothing opened: no code, no tables, no words inside charts.
"""

from __future__ import annotations

from typing import Any

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.transforms import SphinxTransform

from cbec_book.content.chart import chart_node
from cbec_book.content.html_pieces import ancestors, raw
from cbec_book.wording import translated

WORDS_A_MINUTE = 220
_NOT_READ = (nodes.literal_block, nodes.raw, nodes.table, chart_node)


class TellReadingTime(SphinxTransform):
    """Say how long a page takes, where it has a short path."""

    default_priority = 885

    def apply(self, **kwargs: Any) -> None:
        """Put the minutes before the short path, after messages for translators were made."""
        for paragraph in self.document.findall(nodes.paragraph):
            # The paragraph itself is translated with the page.
            if paragraph.astext().startswith(("Short path.", translated("Short path."))):
                minutes = max(1, round(len(words(self.document)) / WORDS_A_MINUTE))
                label = f"<strong>{translated('All of it:')}</strong>"
                told = translated("{label} {minutes} min.").format(label=label, minutes=minutes)
                paragraph.insert(0, raw(f"{told} "))
                return


def words(document: nodes.document) -> list[str]:
    """List the words of a page that a reader sees with nothing opened."""
    found: list[str] = []
    for text in document.findall(nodes.Text):
        if not any(map(_is_left_out, ancestors(text))):
            found += text.split()
    return found


def _is_left_out(node: nodes.Node) -> bool:
    folded = isinstance(node, nodes.Element) and node.get("design_component") == "dropdown"
    return folded or isinstance(node, _NOT_READ)


def setup(app: Sphinx) -> None:
    """Add the transform to Sphinx."""
    app.add_transform(TellReadingTime)
