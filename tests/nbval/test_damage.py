"""Deliberate damage: a changed figure, table or chart makes the checks of a chapter fail.

That an undamaged chapter passes is what `make test` itself sees.
"""

from __future__ import annotations

import csv
import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest

from cbec.audit.ledger_reader import read_ledger
from cbec.audit.verdict_rules import audit_ledger
from cbec.display.vega import MIME

ROOT = Path(__file__).resolve().parents[2]
CHAPTER = "01_introduction.ipynb"  # it shows the verdicts, a table and charts, and runs fast
# A level of the paper, CNY: imports of the last year. Its growth and its share are printed too.
FIGURE, TRUE, FALSE = "import-2024", "3.96", "4.96"
PARTS = ("conftest.py", "pyproject.toml", "data", f"chapters/{CHAPTER}")


def copy_project(folder: Path) -> Path:
    """Copy what a chapter needs to be run and compared."""
    for part in PARTS:
        source, target = ROOT / part, folder / part
        target.parent.mkdir(parents=True, exist_ok=True)
        if source.is_dir():
            shutil.copytree(source, target)
        else:
            shutil.copy2(source, target)
    return folder


def run_nbval(project: Path) -> tuple[set[int], set[int]]:
    """Run a chapter as `make test` does; return the code cells that passed and that failed.

    Cells are counted from 0 among the code cells of the notebook.
    """
    report = project / "report.xml"
    mine = {k: v for k, v in os.environ.items() if not k.startswith(("PYTEST_", "COV_"))}
    done = subprocess.run(
        [
            *(sys.executable, "-m", "pytest", "-n0", "-q", "-p", "no:cacheprovider"),
            f"--junitxml={report}",
            f"chapters/{CHAPTER}",
        ],
        cwd=project,
        env=mine | {"CBEC_DATA": str(project / "data"), "CBEC_CHARTS": "stored"},
        capture_output=True,
        text=True,
        timeout=240,
    )
    assert done.returncode in {0, 1}, done.stdout + done.stderr
    passed, failed = set(), set()
    for case in ElementTree.parse(report).iter("testcase"):
        cell = int(re.fullmatch(r"Cell (\d+)", case.attrib["name"])[1])
        assert case.find("skipped") is None
        (failed if case.find("failure") is not None else passed).add(cell)
    assert (done.returncode == 1) == bool(failed)
    return passed, failed


def change_figure(project: Path) -> None:
    """Print another figure in the ledger."""
    path = project / "data" / "claims.csv"
    with path.open(encoding="utf-8", newline="") as file:
        head, *rows = csv.reader(file)
    (row,) = (row for row in rows if row[0] == FIGURE)
    place = head.index("printed")
    assert row[place].startswith(TRUE)
    row[place] = row[place].replace(TRUE, FALSE, 1)
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file, lineterminator="\n").writerows([head, *rows])


def code_cells(project: Path) -> list[dict[str, Any]]:
    """Return the code cells of the chapter."""
    notebook = json.loads((project / "chapters" / CHAPTER).read_text(encoding="utf-8"))
    return [cell for cell in notebook["cells"] if cell["cell_type"] == "code"]


def table_cell(cells: list[dict[str, Any]]) -> int:
    """Return the number of the first code cell that shows a table."""
    return next(i for i, c in enumerate(cells) if _holds(c, "text/html"))


def chart_cell(cells: list[dict[str, Any]]) -> int:
    """Return the number of the last code cell that shows a chart."""
    return max(i for i, c in enumerate(cells) if _holds(c, MIME))


def _holds(cell: dict[str, Any], mime: str) -> bool:
    return any(mime in output.get("data", {}) for output in cell["outputs"])


def change_outputs(project: Path) -> None:
    """Change the last digit of a number in a stored table, and a number in a stored chart."""
    path = project / "chapters" / CHAPTER
    notebook = json.loads(path.read_text(encoding="utf-8"))
    cells = [cell for cell in notebook["cells"] if cell["cell_type"] == "code"]

    (table,) = (o["data"] for o in cells[table_cell(cells)]["outputs"])
    html = "".join(table["text/html"])
    number = re.search(r'<td class="num"[^>]*>[^<]*?(\d)</td>', html)
    assert number is not None
    other = str((int(number[1]) + 1) % 10)
    table["text/html"] = html[: number.start(1)] + other + html[number.end(1) :]

    (chart,) = (o["data"] for o in cells[chart_cell(cells)]["outputs"])
    (rows,) = chart[MIME]["datasets"].values()
    rows[0]["value"] += 0.01
    path.write_text(json.dumps(notebook, ensure_ascii=False), encoding="utf-8")


DAMAGES: dict[str, Callable[[Path], None]] = {
    "figure": change_figure,
    "outputs": change_outputs,
}


@pytest.fixture(scope="module")
def projects(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """Copy the project once for each damage, and damage it."""
    found = {}
    for name, damage in DAMAGES.items():
        found[name] = copy_project(tmp_path_factory.mktemp(name))
        damage(found[name])
    return found


@pytest.fixture(scope="module")
def runs(projects: dict[str, Path]) -> dict[str, tuple[set[int], set[int]]]:
    """Run the chapter in every copy, all at once."""
    with ThreadPoolExecutor(len(projects)) as pool:
        return dict(zip(projects, pool.map(run_nbval, projects.values()), strict=True))


def test_a_changed_figure_changes_its_verdicts(projects: dict[str, Path]) -> None:
    before, after = (
        {
            r.claim.id: str(r.arithmetic)
            for r in audit_ledger(read_ledger(path / "data" / "claims.csv")).results
        }
        for path in (ROOT, projects["figure"])
    )
    changed = {id: (before[id], after[id]) for id in before if before[id] != after[id]}
    # The ledger's derivations that have the figure as an input, of which one is an identity.
    assert changed == {
        "import-growth-2024": ("rounding", "inconsistent"),
        "import-share-2024": ("exact", "inconsistent"),
        "market-identity-2024": ("exact", "inconsistent"),
    }


def test_a_changed_figure_fails_where_the_chapter_shows_the_verdicts(
    projects: dict[str, Path], runs: dict[str, tuple[set[int], set[int]]]
) -> None:
    passed, failed = runs["figure"]
    cells = code_cells(projects["figure"])
    shows = {
        index
        for index, cell in enumerate(cells)
        if 'verdict_bars(verdicts, "arithmetic")' in "".join(cell["source"])
        or "verdicts.to_frame()" in "".join(cell["source"])
        or "check_numbers(" in "".join(cell["source"])  # its text names counts of verdicts
    }
    assert len(shows) == 3
    assert failed == shows
    assert passed | failed == set(range(len(cells)))


def test_changed_outputs_fail_at_their_own_cells(
    projects: dict[str, Path], runs: dict[str, tuple[set[int], set[int]]]
) -> None:
    cells = code_cells(projects["outputs"])
    assert table_cell(cells) != chart_cell(cells)
    passed, failed = runs["outputs"]
    assert failed == {table_cell(cells), chart_cell(cells)}
    assert passed | failed == set(range(len(cells)))
