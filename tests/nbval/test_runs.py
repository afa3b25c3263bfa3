"""Notebooks that are run: what is stored, and what one that fails leaves behind."""

from __future__ import annotations

from pathlib import Path

import nbformat
import pytest
from nbclient import NotebookClient
from nbformat.v4 import new_code_cell, new_notebook

from tools import notebooks


@pytest.fixture
def write(tmp_path):
    """Return a function that writes a notebook of the given code cells and returns its path."""

    def write_cells(*sources: str, name: str = "toy") -> Path:
        cells = [new_code_cell(text, id=f"c{n}") for n, text in enumerate(sources, start=1)]
        path = tmp_path / f"{name}.ipynb"
        nbformat.write(new_notebook(cells=cells), path)
        return path

    return write_cells


def test_a_run_is_stored_and_a_second_one_changes_nothing(write, capsys):
    path = write("import os\nprint(os.environ['CBEC_CHARTS'], os.path.basename(os.getcwd()))")
    assert notebooks.main(["--check", str(path)]) == 1
    assert "would change at cell 1 (id c1" in capsys.readouterr().err
    assert notebooks.main([str(path)]) == 0
    [cell] = notebooks.read(path).cells
    assert cell.outputs[0].text == f"stored {path.parent.name}\n"
    assert cell.execution_count == 1
    assert notebooks.main(["--check", str(path)]) == 0
    assert [left.name for left in path.parent.iterdir()] == ["toy.ipynb"]


FAILURES = {
    "missing_name": "NameError: name 'missing_name' is not defined",
    "import sys\nprint('a warning', file=sys.stderr)": "prints to stderr: 'a warning'",
    # What fails when it is shown, as a chart may.
    "class Chart:\n def _repr_html_(self):\n  raise ValueError('no font')\nChart()": (
        "ValueError: no font"
    ),
}


def test_failing_cells_are_named_and_nothing_is_written(write, capsys):
    paths = [write("1", source, name=f"toy{n}") for n, source in enumerate(FAILURES)]
    before = [path.read_bytes() for path in paths]
    assert notebooks.main([str(path) for path in paths]) == 1
    said = capsys.readouterr().err
    for path, reason in zip(paths, FAILURES.values(), strict=True):
        (error,) = (line for line in said.splitlines() if path.name in line)
        assert f"{path.name} cell 2 (id c2" in error
        assert reason in error
    assert [path.read_bytes() for path in paths] == before


def test_a_notebook_with_computed_numbers_is_valid_and_the_same_when_run_again() -> None:
    code = 'from cbec import computed\ncomputed("zones", 8, ["pilot-zones-2015-03-07"])'

    def run() -> str:
        notebook = new_notebook(cells=[new_code_cell(code, id="one")])
        NotebookClient(notebook, kernel_name="python3", record_timing=False).execute()
        nbformat.validate(notebook)
        return nbformat.writes(notebook)

    assert "vnd.cbec.trace" in run()
    assert run() == run()
