"""Charts: the words around them, their still picture and the data that a script reads."""

from __future__ import annotations

import base64
import io
import json
import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import nbformat
import numpy as np
import pytest
import vl_convert
from bs4 import BeautifulSoup
from docutils import nodes
from myst_nb.core.render import MimeData
from nbformat.v4 import new_code_cell, new_notebook, new_output
from PIL import Image

from cbec.audit.provenance import find
from cbec.display.html import plain_words
from cbec.display.vega import vega_bundle
from cbec.errors import TableError
from cbec_book.content import chart, chart_spec, chart_svg
from cbec_book.ledger_links import DATA_PAGE, entry_address, link_entries

WORDS = {
    "title": "Title <1>",
    "subtitle": "Sub",
    "source": "Source: </script> & co",
    "alt": 'A "b"',
}


def make_spec(**changes: Any) -> dict[str, Any]:
    spec = {
        "$schema": "https://vega.github.io/schema/vega-lite/v6.json",
        "config": {"axis": {"labelColor": "currentColor"}},
        "data": {"values": [{"a": 1, "b": 2}, {"a": 2, "b": 3}]},
        "mark": {"type": "line", "clip": True},
        "encoding": {
            "x": {"field": "a", "type": "quantitative"},
            "y": {"field": "b", "type": "quantitative"},
        },
        "usermeta": {"cbec": WORDS},
    }
    return spec | changes


def test_words_are_taken_out_of_the_drawing() -> None:
    spec = make_spec()
    read = chart_spec.read_chart(spec)
    assert (read.title, read.subtitle, read.source, read.alt) == tuple(WORDS.values())
    assert "usermeta" not in read.spec
    assert "$schema" not in read.spec
    assert read.spec["background"] == "transparent"
    assert read.spec["description"] == WORDS["alt"]
    assert spec == make_spec(), "the notebook's specification stays as it was"


def test_description_stands_in_for_a_missing_alt() -> None:
    assert chart_spec.read_chart(make_spec(usermeta={}, description="Drawn")).alt == "Drawn"


def test_still_picture_has_a_label_and_follows_the_theme(tmp_path: Path) -> None:
    svg = chart_svg.draw_svg(chart_spec.read_chart(make_spec()).spec, 'A "b"', "c", tmp_path)
    assert svg.startswith('<svg role="img" aria-label="A &quot;b&quot;"')
    assert 'fill="currentColor"' in svg


def test_still_picture_is_laid_out_without_the_fonts_of_the_machine(
    with_other_fonts: Callable[[str, Any], list[str]], tmp_path: Path
) -> None:
    spec = chart_spec.read_chart(make_spec(config={"font": "'DejaVu Sans', serif"})).spec
    line = "import pathlib, tempfile; from cbec_book.content import chart_svg; "
    line += "cache = pathlib.Path(tempfile.mkdtemp()); "
    line += "print(chart_svg.draw_svg(spec, 'A', 'c', cache))"
    svg = chart_svg.draw_svg(spec, "A", "c", tmp_path)
    assert with_other_fonts(line, spec) == [svg] * 2
    assert "font-family=\"'DejaVu Sans', serif\"" in svg


def test_ids_are_the_same_in_each_build_and_differ_on_a_page(tmp_path: Path) -> None:
    spec = chart_spec.read_chart(make_spec()).spec
    first, again, other = (
        chart_svg.draw_svg(spec, "A", prefix, tmp_path / str(build))
        for build, prefix in enumerate(("c-1", "c-1", "c-2"))
    )
    assert first == again
    ids = [set(re.findall(r'id="([^"]+)"', svg)) for svg in (first, other)]
    assert ids[0]
    assert not ids[0] & ids[1]
    assert set(re.findall(r"url\(#([^)]+)\)", first)) <= ids[0]


def test_references_to_other_things_keep_their_address() -> None:
    assert chart_svg.renumber_ids('<a href="#elsewhere"/>', "c") == '<a href="#elsewhere"/>'


def test_data_from_an_address_is_refused(tmp_path: Path) -> None:
    spec = make_spec(data={"url": "http://127.0.0.1:9/a.csv"})
    with pytest.raises(ValueError, match="not allowed"):
        chart_svg.draw_svg(chart_spec.read_chart(spec).spec, "A", "c", tmp_path)


def test_a_lighter_picture_has_the_same_pixels_to_the_eye() -> None:
    def pixels(svg: str) -> Any:
        picture = Image.open(io.BytesIO(vl_convert.svg_to_png(svg, scale=2))).convert("RGBA")
        ground = Image.new("RGBA", picture.size, "white")
        return np.asarray(Image.alpha_composite(ground, picture).convert("L"), dtype=float)

    spec = make_spec(mark={"type": "point", "opacity": 0.25, "filled": True})
    heavy = vl_convert.vegalite_to_svg(spec)
    light = chart_svg.lightened(heavy)
    assert len(light) < 0.8 * len(heavy)
    # A twentieth of a pixel shades the edges of lines and letters a little.
    assert np.abs(pixels(heavy) - pixels(light)).mean() < 0.5
    assert 'opacity="0.25"' in light


def test_two_fonts_of_a_picture_are_both_kept() -> None:
    svg = '<svg><text font-family="A">a</text><text font-family="B">b</text></svg>'
    assert chart_svg.lightened(svg) == svg
    assert chart_svg.lightened(svg.replace('"B"', '"A"')) == (
        '<svg font-family="A"><text>a</text><text>b</text></svg>'
    )


def test_specifications_are_gathered_at_the_end_of_the_page() -> None:
    read = chart_spec.read_chart(make_spec())
    figures = [
        chart.figure_html(read, name, "<svg/>") + chart.FIGURE_END for name in ("c-1", "c-2")
    ]
    page = f"<body>{figures[0]}<p>between</p>{figures[1]}<p>last</p></body></html>"
    gathered = BeautifulSoup(chart.gather_specs(page, "p"), "html.parser")
    assert [tag.name for tag in gathered.body.find_all(recursive=False)][-2:] == ["script"] * 2
    assert [script["data-chart"] for script in gathered.find_all("script")] == ["c-1", "c-2"]
    assert gathered.find("figure").script is None
    assert chart.gather_specs("<body>none</body>", "p") == "<body>none</body>"


def test_figure_escapes_words_and_specification() -> None:
    read = chart_spec.read_chart(make_spec(name="</script><!--"))
    html = chart.figure_html(read, "c-1", "<svg/>")
    assert html.count("</script>") == 1
    assert "<!--" not in html
    assert "Title &lt;1&gt;" in html
    assert "&lt;/script&gt; &amp; co</p>" in html
    data = re.search(r'class="cbec-chart__spec" data-chart="c-1">(.*?)</script>', html)
    assert data is not None
    assert json.loads(data[1])["name"] == "</script><!--"


def test_figure_leaves_out_lines_that_are_empty() -> None:
    read = chart_spec.read_chart(make_spec(usermeta={"cbec": {"alt": "A"}}))
    html = chart.figure_html(read, "c-1", "<svg/>")
    assert "__source" not in html
    assert "__title" not in html
    assert "aria-labelledby" not in html


def test_plug_in_takes_vega_lite_and_nothing_else() -> None:
    def handle(
        mime: str, *, inline: bool = False, extension: str = "cbec_book.extension"
    ) -> list[nodes.Element] | None:
        env = SimpleNamespace(app=SimpleNamespace(extensions={extension: None}))
        output = SimpleNamespace(data={chart.MIME: make_spec(), "image/png": "UE5H"})
        output.get = lambda name, other: getattr(output, name, other)
        cell = nbformat.NotebookNode(id="scale", outputs=[output, output])
        client = SimpleNamespace(notebook=SimpleNamespace(cells=[cell]))
        renderer: Any = SimpleNamespace(renderer=SimpleNamespace(sphinx_env=env, nb_client=client))
        data = MimeData(mime, make_spec(), cell_index=0, output_index=1)  # type: ignore[arg-type]
        return chart.VegaLiteRenderer.handle_mime(renderer, data, inline)

    assert handle(chart.MIME, extension="myst_nb") is None
    made = handle(chart.MIME)
    assert made is not None
    assert made[0]["spec"] == make_spec()
    assert made[0]["anchor"] == "scale.2", "it is the second chart of its cell"
    assert made[0]["png"] == "UE5H"
    assert handle("image/png") is None
    assert handle(chart.MIME, inline=True) is None


def test_a_book_without_the_extension_shows_what_it_would_show_without_the_package(
    tmp_path: Path, build_book: Callable[..., Any]
) -> None:
    drawn = io.BytesIO()
    Image.new("RGB", (1, 1)).save(drawn, "PNG")
    picture = base64.b64encode(drawn.getvalue()).decode("ascii")
    outputs = [new_output("display_data", {chart.MIME: make_spec(), "image/png": picture})]
    notebook = new_notebook(cells=[new_code_cell("chart", outputs=outputs)])
    notebook.metadata["kernelspec"] = {"name": "python3", "display_name": "", "language": ""}
    pages = {"index": nbformat.writes(notebook)}
    other = build_book(tmp_path, pages, extensions=["myst_nb"], html_math_renderer="mathjax")
    (warning,) = other.warnings
    assert "skipping unknown output mime type" in warning  # as MyST-NB says by itself
    assert other.tree["index"].select_one("img")["src"].endswith(".png")
    assert "cbec" not in other.text["index"]


def test_the_renderer_loads_where_nothing_is_installed_that_only_this_book_needs() -> None:
    code = """if True:
        import sys
        from importlib.metadata import entry_points

        class Missing:
            def find_spec(self, name, path=None, target=None):
                if name.partition(".")[0] in {"pybtex", "latex2mathml", "tinycss2", "ziamath"}:
                    raise ModuleNotFoundError(name)

        sys.meta_path.insert(0, Missing())
        (point,) = (p for p in entry_points(group="myst_nb.mime_renderers") if p.name == "vegalite")
        print(point.load().__name__)
    """
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "VegaLiteRenderer\n"


def test_bundle_keeps_its_names_to_itself() -> None:
    lines = vega_bundle().splitlines()
    assert lines[0].startswith("/*!")
    assert "BSD-3-Clause" in lines[0]
    assert lines[1] == "(function () {"
    assert lines[-1] == "})();"
    assert "window.vegaEmbed" in lines[-2]


# The data table ------------------------------------------------------------------------------

ROW = "market-total-2018-as-published"  # CONTENT.md: unconfirmed
DATA = [
    {"year": 2018, "value": 9.0, "printed": "9.0", "row": ROW, "evidence": "unconfirmed"},
    {"year": 2024, "value": 17.66, "row": "market-total-2024-as-published", "evidence": "derived"},
    {"year": 2025, "value": -0.123456},
]
COLUMNS = [["year", "Year"], ["value", "Size, <trillion>"]]


def make_data_spec(data: list[dict[str, Any]] = DATA, columns: Any = COLUMNS) -> dict[str, Any]:
    again = {"a": data, "b": data[:1], "axis": [{"year": 2018}]}
    words = {"cbec": {**WORDS, "columns": columns, "note": "A note & more"}}
    return make_spec(datasets=again, usermeta=words)


def data_table(spec: dict[str, Any]) -> BeautifulSoup:
    read = chart_spec.read_chart(spec)
    return BeautifulSoup(link_entries(chart.chart_table_html(read), DATA_PAGE), "html.parser")


def test_data_are_shown_in_a_closed_table_each_row_once() -> None:
    page = data_table(make_data_spec())
    assert page.details is not None
    assert not page.details.has_attr("open")
    assert page.summary.get_text() == "Figures of this chart"
    heads = [th.get_text() for th in page.find_all("th")]
    assert heads[:2] == ["Year", "Size, <trillion>"]
    assert [row.td.get_text() for row in page.tbody.find_all("tr")] == ["2018", "2024", "2025"]


def test_numbers_keep_printed_digits_and_otherwise_have_about_four() -> None:
    page = data_table(make_data_spec())
    values = [row.find_all("td")[1] for row in page.tbody.find_all("tr")]
    assert [cell.get_text() for cell in values] == ["○ 9.0", "17.66", "−0.12"]
    assert all("num" in cell["class"] for cell in values)


@pytest.mark.parametrize(
    ("values", "texts"),
    [
        ([2012, 2024], ["2012", "2024"]),
        ([70769, 12], ["70,769", "12"]),
        ([0.5, 0.25], ["0.5000", "0.2500"]),
        ([45.47, None], ["45.47", ""]),
        (["2015-03-07T00:00:00", "x"], ["2015-03-07", "x"]),
    ],
)
def test_columns_have_the_digits_that_they_need(values: list[Any], texts: list[str]) -> None:
    spec = make_data_spec([{"v": value} for value in values], [["v", "V"]])
    assert [td.get_text() for td in data_table(spec).find_all("td")] == texts


def test_a_row_tells_vintage_grade_and_source_and_leads_to_its_place() -> None:
    page = data_table(make_data_spec())
    origins = [row.find_all("td")[2] for row in page.tbody.find_all("tr")]
    for row, cell in zip(DATA[:2], origins, strict=False):
        entry = find(row["row"])
        assert cell.a["href"] == entry_address(entry.kind, entry.name, DATA_PAGE)
        for part in map(plain_words, (entry.vintage, entry.evidence)):
            assert part in cell.get_text()
    assert origins[1].find_all("a")[1]["href"] == entry.source.url
    assert origins[2].get_text() == ""


def test_an_origin_that_all_rows_share_is_told_once() -> None:
    rows = [f"market-total-{year}-as-published" for year in (2023, 2024)]  # one page has both
    page = data_table(
        make_data_spec([{"year": y, "value": 1.5, "row": r} for y, r in enumerate(rows)])
    )
    assert page.p.get_text().startswith("All figures: as published · printed · ")
    links = [row.find_all("td")[2].a["href"] for row in page.tbody.find_all("tr")]
    assert links == [entry_address("row", row, DATA_PAGE) for row in rows]


def test_a_printed_count_is_grouped_like_its_column() -> None:
    counts = [{"v": 70769, "printed": "70769"}, {"v": 31974}]  # CONTENT.md: firms, and the rest
    page = data_table(make_data_spec(counts, [["v", "V"]]))
    assert [td.get_text() for td in page.find_all("td")] == ["70,769", "31,974"]


def test_a_chart_without_columns_has_no_table() -> None:
    assert not data_table(make_data_spec(columns=[])).find("details")
    assert not data_table(make_spec()).find("details")


def test_a_chart_of_no_rows_has_no_column_for_them() -> None:
    page = data_table(make_data_spec([{"year": 2018, "value": 1.5}]))
    assert [th.get_text() for th in page.find_all("th")] == ["Year", "Size, <trillion>"]


def test_a_wrong_row_name_is_refused() -> None:
    with pytest.raises(TableError, match="market-totl"):
        data_table(make_data_spec([{"year": 2018, "value": 1.5, "row": "market-totl"}]))


def test_the_note_and_the_table_stand_below_the_source() -> None:
    read = chart_spec.read_chart(make_data_spec())
    html = chart.figure_html(read, "c-1", "<svg/>", "<details></details>")
    caption = BeautifulSoup(html, "html.parser").figcaption
    assert [child.name for child in caption.find_all(recursive=False)] == ["p", "p", "div"]
    assert caption.find_all("p")[1].get_text() == "A note & more"
