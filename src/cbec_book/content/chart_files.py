"""What a reader can take from a figure: its picture and its data as files, and how to cite it.

A picture is written as SVG, with its words inside, on white; as PNG, as the notebook stores it; the
figures that it draws as CSV. They lie in ``figures/`` and are named after page and figure.
"""

from __future__ import annotations

import base64
import csv
import io
import re
import textwrap
from html import escape
from pathlib import Path
from typing import Any

from sphinx.config import Config
from sphinx.util.osutil import relative_uri

import cbec
from cbec_book.content.chart_spec import Chart
from cbec_book.content.chart_svg import size_of
from cbec_book.hooks import issues_address, site_address
from cbec_book.wording import translated

FIGURES = "figures"
_INK, _QUIET, _MARGIN, _LINE = "#1b1f24", "#57606a", 16, 18


def write_figure(
    folder: Path, stem: str, chart: Chart, svg: str, png: str, records: list[dict[str, Any]]
) -> list[str]:
    """Write what there is of a figure; return the endings of the files.

    Parameters
    ----------
    folder : Path
        The site's folder.
    stem : str
        What the files are called.
    chart : Chart
        The chart.
    svg : str
        Its still picture.
    png : str
        The notebook's picture in base64, empty if it has none.
    records : list of dict
        The rows of its table.
    """
    content = {"svg": with_words(chart, svg).encode(), "png": base64.b64decode(png)}
    content["csv"] = table(chart, records).encode("utf-8-sig") if records else b""
    (folder / FIGURES).mkdir(parents=True, exist_ok=True)
    for ending, data in content.items():
        if data:
            (folder / FIGURES / f"{stem}.{ending}").write_bytes(data)
    return [ending for ending, data in content.items() if data]


def with_words(chart: Chart, svg: str) -> str:
    """Put a picture between its words, on white, so that it can stand by itself."""
    width, height = size_of(svg)
    across = int((width - _MARGIN) / 6.2)  # letters of the small lines
    title = textwrap.wrap(chart.title, int(across * 0.72))
    above = textwrap.wrap(chart.subtitle, across)
    below = [line for text in (chart.source, chart.note) for line in textwrap.wrap(text, across)]
    top = _MARGIN + _LINE * (len(title) + len(above) + 1)
    written = [
        _text(line, n, _INK, 'font-size="15" font-weight="bold"') for n, line in enumerate(title)
    ]
    written += [_text(line, len(title) + n, _QUIET) for n, line in enumerate(above)]
    end = (top + height) / _LINE - 0.5
    written += [_text(line, end + n, _QUIET) for n, line in enumerate(below)]
    tall = top + height + _LINE * (len(below) + 1)
    font = "system-ui, 'Noto Sans', 'Noto Sans CJK SC', sans-serif"
    inner = svg[: svg.index("</svg>") + len("</svg>")]  # that for a wide page
    inner = inner.replace("<svg", f'<svg x="{_MARGIN}" y="{top}"', 1)
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{width + 2 * _MARGIN:.0f}" '
        f'height="{tall:.0f}" font-family="{font}" font-size="12" color="{_INK}">'
        f'<rect width="100%" height="100%" fill="white"/>{"".join(written)}{inner}</svg>\n'
    )


def _text(line: str, row: float, colour: str, look: str = "") -> str:
    y = _MARGIN + _LINE * (row + 0.6)
    return f'<text x="{_MARGIN}" y="{y:.0f}" fill="{colour}" {look}>{escape(line)}</text>'


def table(chart: Chart, records: list[dict[str, Any]]) -> str:
    """Write the rows of a chart's table as CSV, with the grade and the rows that each rests on."""
    columns = [
        *chart.columns,
        ("evidence", translated("evidence")),
        ("row", translated("rests on")),
    ]
    known = [(column, title) for column, title in columns if any(column in r for r in records)]
    known = list(dict(known).items())
    stream = io.StringIO()
    writer = csv.writer(stream, lineterminator="\n")
    writer.writerow([title for _, title in known])
    writer.writerows([record.get(column) for column, _ in known] for record in records)
    return stream.getvalue()


def taking_html(
    chart: Chart, page: str, name: str, stem: str, endings: list[str], config: Config
) -> str:
    """Write the box from which a figure is linked, saved and cited."""
    home = relative_uri(f"{page}.html", FIGURES)
    files = ", ".join(
        f'<a href="{home}/{stem}.{ending}" download>{ending.upper()}</a>' for ending in endings
    )
    address = site_address(config, f"{page}.html") + f"#{name}" if config.html_baseurl else ""
    year = re.sub(r"\D", "", config.copyright)
    book = translated("In: {book}, version {version}").format(
        book=config.html_title, version=cbec.__version__
    )
    cited = ". ".join(filter(None, (f"{config.author} ({year})", chart.title, book, address)))
    report = issues_address(config, translated("Figure {name}: ").format(name=stem))
    words = translated("Report an error in this figure")
    told = f'<p><a href="{escape(report)}">{words}</a></p>' if report else ""
    link = f'<a class="cbec-permalink" href="#{name}">{translated("Link to this figure")}</a>'
    taken = translated("{link}; save as {files}.").format(link=link, files=files)
    cite = translated("Cite as: {citation}. {source}").format(
        citation=escape(cited), source=escape(chart.source)
    )
    return (
        f'<details class="cbec-more"><summary>{translated("Link, save, cite")}</summary>'
        f"<p>{taken}</p><p>{cite}</p>{told}</details>"
    )
