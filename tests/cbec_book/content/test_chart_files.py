"""The files of a figure: a picture that stands by itself, and data with what they rest on."""

from __future__ import annotations

import csv
import io
from pathlib import Path
from types import SimpleNamespace
from typing import Any
from xml.etree import ElementTree

import pytest

from cbec_book.content.chart import data_rows
from cbec_book.content.chart_files import taking_html, with_words, write_figure
from cbec_book.content.chart_spec import Chart, stored_charts
from cbec_book.content.chart_svg import stills
from tools.notebooks import NOTEBOOKS

SVG = "{http://www.w3.org/2000/svg}"


@pytest.fixture(scope="module")
def chart() -> Chart:
    return stored_charts(NOTEBOOKS[1])["tenfold"]


@pytest.fixture(scope="module")
def still(chart: Chart, tmp_path_factory: pytest.TempPathFactory) -> str:
    return stills(chart.spec, "label", "s", tmp_path_factory.mktemp("cache"))


def test_the_picture_holds_its_words_on_a_ground_of_its_own(chart: Chart, still: str) -> None:
    root = ElementTree.fromstring(with_words(chart, still))
    own = [text.text for text in root.findall(f"{SVG}text")]
    said = " ".join(filter(None, own))
    for words in (chart.title, chart.subtitle, chart.source, chart.note):
        assert words in said
    assert root.find(f"{SVG}rect").get("fill") == "white"
    (inner,) = root.findall(f"{SVG}svg")
    assert float(inner.get("y") or 0) > max(float(t.get("y") or 0) for t in root[1:3])
    assert float(root.get("height") or 0) > float(inner.get("height") or 0)


def test_the_data_say_what_each_row_rests_on(chart: Chart, still: str, tmp_path: Path) -> None:
    endings = write_figure(tmp_path, "two-tenfold", chart, still, "UE5H", data_rows(chart))
    assert endings == ["svg", "png", "csv"]
    assert (tmp_path / "figures/two-tenfold.png").read_bytes() == b"PNG"
    text = (tmp_path / "figures/two-tenfold.csv").read_text("utf-8-sig")
    head, *rows = csv.reader(io.StringIO(text))
    assert head == ["Item", "Basis", "times the start", "from", "to", "evidence", "rests on"]
    assert len(rows) == len(data_rows(chart))
    assert all("customs-" in row[-1] or "market-" in row[-1] for row in rows)


def test_what_a_figure_lacks_is_not_written(chart: Chart, still: str, tmp_path: Path) -> None:
    assert write_figure(tmp_path, "bare", chart, still, "", []) == ["svg"]
    assert [path.name for path in (tmp_path / "figures").iterdir()] == ["bare.svg"]


@pytest.mark.parametrize("base", ["", "https://book.example/"])
def test_a_figure_is_cited_with_its_address_where_there_is_one(chart: Chart, base: str) -> None:
    config: Any = SimpleNamespace(
        html_baseurl=base,
        html_title="Book & more",
        author="We",
        copyright="2026",
        html_theme_options={},
    )
    html = taking_html(chart, "chapters/two", "chart-tenfold", "two-tenfold", ["svg"], config)
    assert 'href="#chart-tenfold"' in html
    assert 'href="../figures/two-tenfold.svg" download' in html
    assert "We (2026). " in html
    assert "In: Book &amp; more, version " in html
    assert ("https://book.example/chapters/two.html#chart-tenfold" in html) == bool(base)
