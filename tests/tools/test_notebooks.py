"""tools/notebooks.py: the normal form of a notebook."""

from __future__ import annotations

import json
from pathlib import Path

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output

from cbec.chapters.text_numbers import TextNumbers
from cbec.errors import CbecError
from tools import notebooks


def executed() -> nbformat.NotebookNode:
    """Return a notebook as an editor may leave it after many runs."""
    return new_notebook(
        metadata={
            "kernelspec": {"name": "mine", "display_name": "Mine", "language": "python"},
            "language_info": {"name": "python", "version": "3.11.7"},
            "widgets": {},
        },
        cells=[
            new_markdown_cell("# 跨境电商", id="title", metadata={"collapsed": True}),
            new_code_cell(
                "print(1); print(2); 3",
                id="first",
                execution_count=41,
                metadata={
                    "tags": ["hide-input"],
                    "mystnb": {"image": {"alt": "one"}},
                    "execution": {"iopub.status.busy": "2026-01-01T00:00:00Z"},
                    "scrolled": True,
                },
                outputs=[
                    new_output("stream", name="stdout", text="1\n"),
                    new_output("stream", name="stdout", text="2\n"),
                    new_output("execute_result", {"text/plain": "3"}, execution_count=41),
                    new_output("stream", name="stdout", text="after\n"),
                ],
            ),
            new_code_cell("", id="empty"),
            new_code_cell("4", id="last", execution_count=57),
        ],
    )


def test_cells_that_ran_are_numbered_from_one():
    cells = notebooks.normalise(executed()).cells
    assert [cell.execution_count for cell in cells[1:]] == [1, None, 2]
    assert cells[1].outputs[1].execution_count == 1


def test_metadata_keeps_only_what_an_author_sets():
    notebook = notebooks.normalise(executed())
    assert notebook.metadata == notebooks.METADATA
    assert notebook.cells[0].metadata == {}
    assert notebook.cells[1].metadata == {
        "tags": ["hide-input"],
        "mystnb": {"image": {"alt": "one"}},
    }


def test_pieces_of_a_stream_are_joined_where_nothing_stands_between():
    outputs = notebooks.normalise(executed()).cells[1].outputs
    assert [output.get("text") for output in outputs] == ["1\n2\n", None, "after\n"]


def test_normal_form_is_reached_once(tmp_path):
    text = notebooks.serialise(notebooks.normalise(executed()))
    path = tmp_path / "toy.ipynb"
    path.write_text(text, encoding="utf-8")
    assert notebooks.serialise(notebooks.normalise(notebooks.read(path))) == text


def test_the_file_is_readable_json():
    text = notebooks.serialise(notebooks.normalise(executed()))
    assert "跨境电商" in text
    assert text.startswith('{\n "cells"')
    assert text.endswith("}\n")
    assert not text.endswith("\n\n")


def test_ids_stay_and_missing_ones_are_the_same_each_time(tmp_path):
    path = tmp_path / "toy.ipynb"
    cells = [new_code_cell(text, id=f"c{text}") for text in "123"]
    raw = json.loads(nbformat.writes(new_notebook(cells=cells)))
    raw["cells"][0]["id"] = "cell-1"
    del raw["cells"][1]["id"]
    path.write_text(json.dumps(raw), encoding="utf-8")
    assert [cell.id for cell in notebooks.read(path).cells] == ["cell-1", "cell-2", "c3"]


def test_a_citation_is_written_with_names_and_year():
    text = "[?](cbec:cite/xia2025) and [?](cbec:cite/hyndman2006)"
    written = "[Xia 2025](cbec:cite/xia2025) and [Hyndman and Koehler 2006](cbec:cite/hyndman2006)"
    assert notebooks.write_text(text, TextNumbers(), {}) == written


def test_a_citation_of_an_unknown_work_is_refused():
    with pytest.raises(CbecError, match=r"cbec:cite/nobody1066 names no entry of references\.bib"):
        notebooks.write_text("[?](cbec:cite/nobody1066)", TextNumbers(), {})


def test_a_file_that_is_no_notebook_is_named(tmp_path):
    path = tmp_path / "toy.ipynb"
    path.write_text("{}", encoding="utf-8")
    with pytest.raises(notebooks.NotebookError, match=r"toy\.ipynb is not a notebook"):
        notebooks.read(path)


def test_another_picture_is_a_change():
    def text(picture: str) -> str:
        outputs = [new_output("display_data", {"image/png": picture})]
        return notebooks.serialise(
            new_notebook(cells=[new_code_cell("chart", id="chart", outputs=outputs)])
        )

    result = notebooks.Run(Path("toy.ipynb"), text("iVBORw0KGgo="), text("iVBORw0KGgoAAAA="), 0.0)
    assert result.changed
    assert result.where() == "at cell 1 (id chart, 'chart')"
