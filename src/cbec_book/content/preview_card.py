"""The picture of a link's preview: a page's first chart with its words, or else the landing page's.

The landing page shows a chapter's stored chart, still; a chapter has its own.
"""

from __future__ import annotations

import re
from dataclasses import replace
from html import escape
from pathlib import Path
from typing import Any

import vl_convert
from docutils import nodes
from sphinx.application import Sphinx

from cbec.display.vega import FONT, register_font
from cbec_book import build_cache
from cbec_book.content.chart_files import with_words
from cbec_book.content.chart_spec import Chart, stored_charts
from cbec_book.content.chart_svg import draw_svg, size_of
from cbec_book.content.still_chart import still_chart
from cbec_book.hooks import site_address

WIDTH, HEIGHT = 1200, 630

_MARGIN, _BAR, _FOOT = 40, 14, 60
_BLUE = "#0b4a80"
_FONT_NAMES = re.compile(r'font-family="[^"]*"')


def first_chart(srcdir: Path, pagename: str, doctree: nodes.document) -> Chart | None:
    """Return the chart that a page shows first, if it shows one."""
    for still in doctree.findall(still_chart):
        return stored_charts(srcdir / f"{still['page']}.ipynb").get(still["name"])
    notebook = srcdir / f"{pagename}.ipynb"
    return next(iter(stored_charts(notebook).values()), None) if notebook.is_file() else None


def _card_of(
    app: Sphinx, pagename: str, doctree: nodes.document | None
) -> tuple[str, Chart] | None:
    """Return the file of a page's picture, below the site, and the chart that it shows."""
    name, chart = pagename, doctree and first_chart(Path(app.srcdir), pagename, doctree)
    if not chart:
        name = app.config.root_doc
        chart = first_chart(Path(app.srcdir), name, app.env.get_doctree(name))
    return (f"_static/card-{name.replace('/', '-')}.png", chart) if chart else None


def tell_card(
    app: Sphinx,
    pagename: str,
    templatename: str,
    context: dict[str, Any],
    doctree: nodes.document | None,
) -> None:
    """Leave what a page's metadata say of its picture, where the site's address is known."""
    if app.config.html_baseurl and (card := _card_of(app, pagename, doctree)):
        file, chart = card
        context["cbec_card"] = {
            "og:image": site_address(app.config, file),
            "og:image:width": str(WIDTH),
            "og:image:height": str(HEIGHT),
            "og:image:alt": chart.alt or chart.title,
        }


def svg(title: str, chart: Chart, still: str) -> str:
    """Draw the picture: the chart with its words, as large as fits, over the book's title."""
    inner = with_words(replace(chart, note=""), still)
    width, height = size_of(inner)
    scale = min((WIDTH - 2 * _MARGIN) / width, (HEIGHT - _BAR - _FOOT) / height)
    drawn = (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{WIDTH}" height="{HEIGHT}">'
        f'<rect width="{WIDTH}" height="{HEIGHT}" fill="#ffffff"/>'
        f'<rect width="{WIDTH}" height="{_BAR}" fill="{_BLUE}"/>'
        f'<g transform="translate({(WIDTH - width * scale) / 2:.1f},{_BAR}) scale({scale:.4f})">'
        f'{inner}</g><text x="{_MARGIN}" y="{HEIGHT - 22}" font-size="26" fill="{_BLUE}" '
        f'font-family="">{escape(title)}</text></svg>'
    )
    # The same letters on every machine.
    return _FONT_NAMES.sub(f'font-family="{FONT}"', drawn)


def write_cards(app: Sphinx) -> None:
    """Write the pictures as PNG, each once, where the site's address is known."""
    if not app.config.html_baseurl:
        return
    register_font()
    pages = ((page, app.env.get_doctree(page)) for page in app.env.found_docs)
    for file, chart in dict(filter(None, (_card_of(app, *page) for page in pages))).items():
        still = draw_svg(chart.spec, chart.title, "card", build_cache.folder_of(app))
        drawn = vl_convert.svg_to_png(svg(app.config.html_title, chart, still))
        Path(app.outdir, file).write_bytes(drawn)


def setup(app: Sphinx) -> None:
    """Let pages know their pictures before their heads are written."""
    app.connect("html-page-context", tell_card, priority=400)
