"""Charts of the chapters on other pages, as still pictures.

``{still-chart} chapters/02_development#tenfold``
    The picture that a notebook stores in its cell of that id, with its title and its source, linked
    to its place. Tests hold it with the chapter, and no chart script is loaded for it. The option
    ``small`` leaves title and source to the text beside it.
"""

from __future__ import annotations

from html import escape
from pathlib import Path
from typing import Any, ClassVar

from docutils import nodes
from docutils.parsers.rst import directives
from sphinx.application import Sphinx
from sphinx.util.docutils import SphinxDirective
from sphinx.writers.html5 import HTML5Translator

from cbec_book import build_cache
from cbec_book.content.chart_spec import stored_charts
from cbec_book.content.chart_svg import stills
from cbec_book.hooks import add_node, warn


class still_chart(nodes.General, nodes.Element):  # noqa: N801 (docutils names nodes so)
    """A chapter's chart: ``page`` and ``name`` say which, ``small`` how."""


class StillChart(SphinxDirective):
    """A chapter's chart, still."""

    required_arguments = 1
    option_spec: ClassVar[dict[str, Any]] = {"small": directives.flag}

    def run(self) -> list[nodes.Node]:
        """Return the place of the picture, which is drawn when the page is written."""
        page, _, name = self.arguments[0].partition("#")
        place = still_chart(page=page, name=name, small="small" in self.options)
        self.set_source_info(place)
        return [place]


def visit_html(self: HTML5Translator, node: still_chart) -> None:
    """Draw the chart as it is stored now."""
    app, page, name = self.builder.app, node["page"], node["name"]
    path = Path(app.srcdir, f"{page}.ipynb")
    charts = stored_charts(path) if path.is_file() else {}
    if name not in charts:
        known = ", ".join(charts) or f"{page}.ipynb stores no chart"
        warn("chart", "still-chart: no chart %r; there are: %s", f"{page}#{name}", known, at=node)
        raise nodes.SkipNode
    chart = charts[name]
    number = getattr(self, "_cbec_stills", 0) + 1
    self._cbec_stills = number
    still = stills(
        chart.spec, chart.alt or chart.title, f"still-{number}", build_cache.folder_of(app)
    )
    home = self.builder.get_relative_uri(self.builder.current_docname, page)
    said, source = f"<p>{escape(chart.subtitle)}</p>", ""
    if not node["small"]:
        said = f'<p class="cbec-still__title">{escape(chart.title)}</p>{said}'
        source = f'<p class="cbec-still__source">{escape(chart.source)}</p>'
    self.body.append(
        f'<figure class="cbec-still"><figcaption>{said}</figcaption>'
        f'<a href="{home}#chart-{name}">{still}</a>{source}</figure>\n'
    )
    raise nodes.SkipNode


def _skip(self: nodes.NodeVisitor, node: still_chart) -> None:
    raise nodes.SkipNode


def setup(app: Sphinx) -> None:
    """Add the node to Sphinx."""
    add_node(app, still_chart, (visit_html, None), (_skip, None))
