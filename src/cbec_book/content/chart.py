"""Charts of the notebooks: an accessible still picture that a script makes interactive.

A notebook output of type :data:`MIME` holds a Vega-Lite specification. Its ``usermeta`` carries the
words around the chart::

    {"cbec": {"title": ..., "subtitle": ..., "source": ..., "alt": ..., "note": ...,
              "columns": [[column, title], ...]}}

The page gets a ``figure.cbec-chart`` with these words as HTML, the still picture as SVG and the
specification as JSON. Where ``columns`` names some, the chart's data follow as a table, in a box
that is closed at first; a row of the data that names the rows of the data package it rests on, in
``row``, shows their vintages, grades and sources. Where scripts run, ``charts.js`` replaces
the picture by a live view. Every other builder takes the PNG which lies beside the specification in
the notebook.
"""

from __future__ import annotations

import json
import math
import re
from collections.abc import Iterable, Mapping, Sequence
from html import escape
from pathlib import Path
from typing import Any

from docutils import nodes
from myst_nb.core.render import MimeData, NbElementRenderer
from sphinx.application import Sphinx
from sphinx.config import Config
from sphinx.environment import BuildEnvironment
from sphinx.util.parallel import parallel_available
from sphinx.writers.html5 import HTML5Translator

from cbec.audit.provenance import Entry, split_names
from cbec.display.html import TABLE_MIME, UNCONFIRMED_MARK, disclosure_html, entry_link
from cbec.display.sources import grouped, origin_html, origin_of
from cbec.display.vega import MIME, inline_json
from cbec.errors import CbecError
from cbec.tables.evidence_grades import UNCONFIRMED_EN
from cbec_book import build_cache
from cbec_book.content import chart_files, draw_ahead
from cbec_book.content.chart_spec import Chart, name_of, read_chart
from cbec_book.content.chart_svg import bundle, stills
from cbec_book.content.html_pieces import table_html
from cbec_book.hooks import add_node, output_of, warn
from cbec_book.ledger_links import find, note_data
from cbec_book.wording import catalogues_of, translated

_SPEC = re.compile(r'<script [^>]*class="cbec-chart__spec"[^>]*>.*?</script>\n?', re.DOTALL)


class chart_node(nodes.General, nodes.Element):  # noqa: N801 (docutils names nodes so)
    """A chart in a document.

    ``spec`` is its Vega-Lite specification; ``anchor`` its name on the page, if it has one, and
    ``png`` its picture in base64.
    """


def data_rows(chart: Chart) -> list[dict[str, Any]]:
    """Return the chart's data that its table shows: what holds all its columns, each once.

    They are in ``datasets``, as Altair holds them; a chart without columns has no table.
    """
    shown = [column for column, _ in chart.columns]
    found: dict[str, dict[str, Any]] = {}
    for dataset in chart.spec.get("datasets", {}).values() if shown else ():
        for record in dataset:
            if record.keys() >= set(shown):
                same = [record.get("row"), *(record[column] for column in shown)]
                found.setdefault(json.dumps(same), record)
    return list(found.values())


def chart_table_html(chart: Chart) -> str:
    """Write the table of a chart's data.

    It is closed at first; a chart without columns has none.
    """
    records = data_rows(chart)
    if not records:
        return ""
    numeric = {
        i
        for i, (column, _) in enumerate(chart.columns)
        if all(isinstance(record[column], int | float | None) for record in records)
    }
    formats = [_format([record[column] for record in records]) for column, _ in chart.columns]
    fractional = [i for i in sorted(numeric) if formats[i] not in ("", ",")]
    marked = fractional[0] if fractional else 0
    rests = [[find(name) for name in split_names(record.get("row") or "")] for record in records]
    origins = {origin_of(entry) for entries in rests for entry in entries}
    rows = []
    for record, entries in zip(records, rests, strict=True):
        cells = [
            escape(_cell(record, column, form))
            for (column, _), form in zip(chart.columns, formats, strict=True)
        ]
        if record.get("evidence") == translated("unconfirmed"):
            cells[marked] = f"{UNCONFIRMED_MARK} {cells[marked]}"
        if len(origins) > 1:
            cells.append(_origins_html(entries))
        elif origins:
            cells.append(_rows_html(entries))
        rows.append(cells)
    head = [title for _, title in chart.columns]
    above = ""
    if len(origins) > 1:
        head.append(translated("Vintage, grade and source"))
    elif origins:
        head.append(translated("Row"))
        shared = next(entry for entries in rests for entry in entries)
        told = translated("All figures: {origin}").format(origin=origin_html(shared))
        above = f"<p>{told}</p>"
    # Origins are long: on a phone they would be squeezed into a column out of sight.
    table = table_html(head, rows, numeric=numeric, cards=len(origins) > 1)
    return disclosure_html(translated("Figures of this chart"), above + table)


def _rows_html(entries: Iterable[Entry]) -> str:
    """Link the rows of some figures, by their periods."""
    return ", ".join(
        entry_link(entry.name, escape(entry.period or translated("row"))) for entry in entries
    )


def _origins_html(entries: Iterable[Entry]) -> str:
    """Link the rows of some figures, a line for each vintage, grade and source."""
    return "<br>".join(
        f"{_rows_html(group)}: {origin_html(group[0])}" for group in grouped(entries, origin_of)
    )


def _format(values: Sequence[Any]) -> str:
    """Return the format of a column: about four digits for its largest number."""
    numbers = [abs(value) for value in values if isinstance(value, int | float)]
    if all(float(value).is_integer() for value in numbers):
        years = all(1000 <= value < 3000 for value in numbers)
        return "" if years else ","
    size = math.floor(math.log10(max(numbers)))
    return f",.{min(max(3 - size, 0), 4)}f"


def _cell(record: Mapping[str, Any], column: str, form: str) -> str:
    """Write a cell; a printed figure keeps the decimals it was printed with."""
    value = record[column]
    if value is None:
        return ""
    if not isinstance(value, int | float) or isinstance(value, bool):
        return str(value).removesuffix("T00:00:00")
    printed = str(record.get("printed", ""))
    is_figure = form != "," and re.fullmatch(r"\d+(\.\d+)?", printed)
    if is_figure and float(printed) == value:
        return printed
    return f"{int(value) if form in ('', ',') else value:{form}}".replace("-", "−")


def figure_html(chart: Chart, name: str, still: str, data: str = "") -> str:
    """Write a chart as HTML, but for its end: what stands below it in boxes follows."""
    labelled = f' aria-labelledby="{name}-title"' if chart.title else ""
    parts = [f'<figure class="cbec-chart" id="{name}"{labelled}>']
    if chart.title:
        parts.append(f'<p class="cbec-chart__title" id="{name}-title">{escape(chart.title)}</p>')
    if chart.subtitle:
        parts.append(f'<p class="cbec-chart__subtitle">{escape(chart.subtitle)}</p>')
    parts += [
        f'<div class="cbec-chart__view">{still}</div>',
        f'<script type="application/json" class="cbec-chart__spec" data-chart="{name}">'
        f"{inline_json(chart.spec)}</script>",
    ]
    words = [
        f'<p class="cbec-chart__{kind}">{escape(text)}</p>'
        for kind, text in (("source", chart.source), ("note", chart.note))
        if text
    ]
    parts.append(f'<figcaption class="cbec-chart__words">{"".join(words)}')
    with_controls = translated("Touch the chart to choose, and for its values")
    hint = (
        f'<span class="cbec-chart__hint" hidden data-controls="{with_controls}">'
        f"{translated('Touch the chart for its values')}</span>"
    )
    parts.append(f'<div class="cbec-chart__more">{hint}{data}')
    return "\n".join(parts)


def explain_marks_once(page: str, pagename: str) -> str:
    """Say what hollow points and the mark of unconfirmed figures mean once a page.

    What follows the first that a reader sees with nothing opened is left out.

    Examples
    --------
    >>> note = f'<p class="cbec-footnote">{UNCONFIRMED_EN}</p>'
    >>> page = f"<details>{note}</details>1{note}2{note}"
    >>> explain_marks_once(page, "page").count(UNCONFIRMED_EN)
    2
    """
    said = "|".join(map(re.escape, (UNCONFIRMED_EN, translated(UNCONFIRMED_EN))))
    explained = re.compile(rf'<p class="cbec-[a-z_-]+">(?:{said})</p>')
    for match in explained.finditer(page):
        before = page[: match.start()]
        if before.count("<details") == before.count("</details>"):
            return page[: match.end()] + explained.sub("", page[match.end() :])
    return page


#: What ends a figure.
FIGURE_END = "</div></figcaption></figure>\n"


def gather_specs(page: str, pagename: str) -> str:
    """Put the specifications of a page's charts side by side at its end.

    Compression looks back a few pages only: side by side, the charts' common parts are sent once.
    """
    specs = "".join(match[0] for match in _SPEC.finditer(page))
    before, end, after = _SPEC.sub("", page).rpartition("</body>")
    return before + specs + end + after


def visit_chart_html(self: HTML5Translator, node: chart_node) -> None:
    """Begin the node's figure; those without a name are numbered in the order of their page."""
    number = getattr(self, "_cbec_charts", 0) + 1
    self._cbec_charts = number
    name = f"chart-{node.get('anchor') or number}"
    chart = read_chart(node["spec"])
    if not chart.alt:
        remedy = "set usermeta['cbec']['alt']"
        warn("chart", f"chart %r has no alternative text; {remedy}", chart.title, at=node)
    try:
        data = chart_table_html(chart)
    except CbecError as error:
        data = ""
        warn("chart", "chart %r: %s", chart.title, error, at=node)
    cache = build_cache.folder_of(self.builder.app)
    still = stills(chart.spec, chart.alt or chart.title, name, cache)
    page = self.builder.current_docname
    stem = f"{page.replace('/', '-')}-{name.removeprefix('chart-')}"
    outdir, rows = Path(self.builder.outdir), data_rows(chart)
    endings = chart_files.write_figure(outdir, stem, chart, still, node.get("png", ""), rows)
    taking = chart_files.taking_html(chart, page, name, stem, endings, self.config)
    self.body.append(figure_html(chart, name, still, data + taking))


def depart_chart_html(self: HTML5Translator, node: chart_node) -> None:
    """End the figure."""
    self.body.append(FIGURE_END)


def skip_chart(self: nodes.NodeVisitor, node: chart_node) -> None:
    """Write nothing: other builders select the picture beside the specification."""
    raise nodes.SkipNode


class VegaLiteRenderer:
    """MyST-NB plug-in that turns Vega-Lite outputs into chart nodes."""

    @staticmethod
    def handle_mime(
        renderer: NbElementRenderer, data: MimeData, inline: bool
    ) -> list[nodes.Element] | None:
        """Render one output, or return None to leave it to MyST-NB."""
        if (asked := output_of(renderer, data, inline, MIME)) is None:
            return None
        spec, cell = asked
        charts = [i for i, output in enumerate(cell.outputs) if MIME in output.get("data", ())]
        # A notebook of an older format has no ids: then charts are numbered.
        anchor = name_of(cell, charts.index(data.output_index))
        png = cell.outputs[data.output_index].data.get("image/png", "")
        return [chart_node(spec=spec, anchor=anchor, png=png)]


def prefer_specifications(app: Sphinx, config: Config) -> None:
    """Let MyST-NB take what an output says of itself before its picture or its HTML."""
    if "nb_mime_priority_overrides" in config.values:
        # First, so that a book's own settings go before it.
        own = [("html", MIME, 5), ("html", TABLE_MIME, 4)]
        config.nb_mime_priority_overrides = [*own, *config.nb_mime_priority_overrides]


def draw_notebooks(app: Sphinx, env: BuildEnvironment, docnames: list[str]) -> None:
    """Start to draw the charts of all notebooks if their pages will be written in parallel."""
    if app.builder.format == "html" and app.parallel > 1 and parallel_available:
        paths = [Path(env.doc2path(name)) for name in sorted(env.found_docs)]
        notebooks = [path for path in paths if path.suffix == ".ipynb"]
        draw_ahead.start(notebooks, build_cache.folder_of(app), catalogues_of(app))


def write_script(app: Sphinx, env: BuildEnvironment) -> None:
    """Wait for the last picture, and write the script into the output."""
    cache = build_cache.folder_of(app)
    draw_ahead.finish(cache)
    if app.builder.format == "html":
        target = Path(app.outdir, "_static", "cbec-vega.js")
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(bundle(cache))


def stop_drawing(app: Sphinx, error: Exception | None) -> None:
    """Leave no process at work if the build has failed."""
    draw_ahead.stop(build_cache.folder_of(app))


def note_chart_data(app: Sphinx, document: nodes.document) -> None:
    """Make a page depend on the data package if its charts or outputs name rows of it."""
    marked = any("data-entry=" in node.astext() for node in document.findall(nodes.raw))
    if marked or next(document.findall(chart_node), None) is not None:
        note_data(app.env)


def setup(app: Sphinx) -> None:
    """Connect the module to Sphinx."""
    add_node(app, chart_node, (visit_chart_html, depart_chart_html), (skip_chart, None))
    app.connect("config-inited", prefer_specifications)
    app.connect("env-before-read-docs", draw_notebooks)
    app.connect("env-updated", write_script, priority=900)
    app.connect("build-finished", stop_drawing)
    app.connect("doctree-read", note_chart_data)
