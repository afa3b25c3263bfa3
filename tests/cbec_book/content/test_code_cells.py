"""Code on a page: under its chart, or gathered at the end; solutions stay where they are."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest
from bs4 import Tag

from cbec.display.vega import MIME

SPEC = {
    "mark": "point",
    "data": {"values": [{"a": 1}]},
    "encoding": {"x": {"field": "a", "type": "quantitative"}},
    "usermeta": {"cbec": {"title": "Points", "alt": "One point."}},
}


def cell(source: str, tag: str = "hide-input", **data: Any) -> dict[str, Any]:
    outputs = [{"output_type": "display_data", "data": data, "metadata": {}}] if data else []
    return {
        "cell_type": "code",
        "id": source,
        "source": source,
        "metadata": {"tags": [tag]},
        "outputs": outputs,
        "execution_count": 1,
    }


@pytest.fixture(scope="module")
def page(tmp_path_factory: pytest.TempPathFactory, build_book: Callable[..., Any]) -> Tag:
    text = {"cell_type": "markdown", "id": "t", "metadata": {}, "source": "# One\n\n## Part\n"}
    cells = [
        text,
        cell("setup"),
        cell("drawing", **{MIME: SPEC}),
        cell("tabled", **{"text/html": "<table><tr><td>1</td></tr></table>"}),
        cell("solved", "hide-cell", **{"text/plain": "42"}),
    ]
    kernel = {"kernelspec": {"name": "python3", "display_name": "", "language": "python"}}
    notebook = {"cells": cells, "metadata": kernel, "nbformat": 4, "nbformat_minor": 5}
    book = build_book(tmp_path_factory.mktemp("code"), {"index": json.dumps(notebook)})
    assert book.warnings == []
    return book.tree["index"].find("div", class_="body")


def test_the_code_of_a_chart_is_in_a_closed_box_below_it(page: Tag) -> None:
    (box,) = page.select("figure.cbec-chart figcaption details.cbec-code")
    assert not box.has_attr("open")
    assert box.summary.get_text() == "Code"
    assert box.pre.get_text().strip() == "drawing"
    assert box.find_parent("figure")["id"] == "chart-drawing"


def test_all_other_code_is_gathered_at_the_end_in_its_order(page: Tag) -> None:
    (end,) = page.select("section#cbec-code")
    assert [pre.get_text().strip() for pre in end.select("details pre")] == ["setup", "tabled"]
    before = end.find_previous("pre")
    assert before is not None
    assert before.get_text().strip() == "42", "the section is the last"
    assert end.h2.find_next_sibling().name == "p", "no box under a heading"


def test_what_a_cell_shows_stays_where_it_was(page: Tag) -> None:
    names = [tag.name for tag in page.find_all(["figure", "table"])]
    assert names == ["figure", "table"]
    assert page.select(".cell_input") == page.select("details .cell_input"), "no code stands open"


def test_a_solution_is_hidden_whole(page: Tag) -> None:
    (box,) = page.select("details.hide")
    assert [pre.get_text().strip() for pre in box.select("pre")] == ["solved", "42"]
