"""A chart on a phone: views below each other, as wide as there is room, with no word cut off."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest

from cbec_book.content.chart_layout import PHONE, narrowed
from cbec_book.content.chart_spec import Chart, stored_charts
from cbec_book.content.chart_svg import draw_svg, for_phone, size_of, stills
from tools.notebooks import NOTEBOOKS

CHARTS = [
    pytest.param(chart, id=f"{path.stem}-{name}")
    for path in NOTEBOOKS
    for name, chart in stored_charts(path).items()
]


@pytest.fixture(scope="module")
def cache(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("cache")


@pytest.mark.parametrize(
    ("spec", "expected"),
    [
        (
            {"mark": "point", "width": 640},
            {
                "mark": "point",
                "width": 328,
                "autosize": {"type": "fit-x", "contains": "padding"},
            },
        ),
        ({"mark": "bar", "width": {"step": 20}}, {"mark": "bar", "width": {"step": 20}}),
        (
            {"hconcat": [{"mark": "bar", "width": 300}, {"mark": "bar", "width": 300}]},
            {"vconcat": [{"mark": "bar", "width": 256}, {"mark": "bar", "width": 256}]},
        ),
        (
            {"facet": {"column": {"field": "a"}}, "spec": {"mark": "bar", "width": 300}},
            {"facet": {"field": "a"}, "columns": 1, "spec": {"mark": "bar", "width": 256}},
        ),
        (
            {"facet": {"row": {"field": "a"}}, "spec": {"layer": [], "width": 300}},
            {"facet": {"row": {"field": "a"}}, "spec": {"layer": [], "width": 256}},
        ),
        (
            {"mark": "bar", "width": 300, "encoding": {"column": {"field": "a"}}},
            {
                "mark": "bar",
                "width": 256,
                "encoding": {"facet": {"field": "a", "columns": 1}},
            },
        ),
    ],
)
def test_views_stand_below_each_other(spec: dict[str, Any], expected: dict[str, Any]) -> None:
    before = str(spec)
    assert narrowed(spec, PHONE) == expected
    assert str(spec) == before, "the chart itself stays as it is"


def test_no_plot_becomes_too_small_to_read() -> None:
    spec = {"vconcat": [{"mark": "bar", "width": 300}]}
    assert narrowed(spec, PHONE, excess=200)["vconcat"][0]["width"] == 120


@pytest.mark.parametrize("chart", CHARTS)
def test_every_chart_of_the_book_fits_a_phone(chart: Chart, cache: Path) -> None:
    svg = draw_svg(for_phone(chart.spec, cache), "", "p", cache)
    assert size_of(svg)[0] <= PHONE + 3


def test_a_page_has_both_pictures_each_with_ids_of_its_own(cache: Path) -> None:
    chart = stored_charts(NOTEBOOKS[1])["forecast"]
    both = stills(chart.spec, "Forecasts", "s", cache)
    assert re.findall(r'<svg[^>]* class="marks (\S+)"', both) == ["cbec-wide", "cbec-phone"]
    assert both.count('class="') == len(re.findall(r"<[^>]*?\bclass=", both)), "one class each"
    ids = re.findall(r' id="([^"]+)"', both)
    assert len(ids) == len(set(ids)) > 1


def test_a_chart_that_fits_a_phone_has_one_picture(cache: Path) -> None:
    data = {"values": [{"a": 1}]}
    spec = {"mark": "point", "width": 100, "data": data, "encoding": {"x": {"field": "a"}}}
    assert stills(spec, "Small", "s", cache).count("<svg") == 1
