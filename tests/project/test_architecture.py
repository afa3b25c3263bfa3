"""The architecture: which module may import which, how large its files are, what is named.

A module imports from the rows above its own, or from its own group. The
import graph is read from the source, so an import in a function or for types alone counts, too.
"""

from __future__ import annotations

import ast
import csv
import functools
import graphlib
import importlib
import re
import subprocess
import sys
from pathlib import Path

import pytest

import cbec

ROOT = Path(__file__).resolve().parents[2]
SRC = ROOT / "src"

# Lowest first. Groups of one row don't know each other.
ORDER = (
    ("cbec",),
    ("cbec.errors",),
    ("cbec.figures", "cbec.tables"),
    ("cbec.display.html",),
    ("cbec.display.table", "cbec.display.vega"),
    ("cbec.audit", "cbec.measures", "cbec.trend"),
    ("cbec.display", "cbec.charts"),
    ("cbec.chapters",),
    ("cbec.cli", "cbec_book.build_cache", "cbec_book.hooks", "cbec_book.ledger_links"),
    ("cbec_book.wording",),
    ("cbec_book.content", "cbec_book.page", "cbec_book.output"),
    ("cbec_book.extension",),
    ("cbec_book",),
)
# What only one room knows.
ALONE = {
    "altair": "cbec.charts",
    "argparse": "cbec.cli",
    "sphinx": "cbec_book",
    "docutils": "cbec_book",
    "myst_nb": "cbec_book",
}
RIDDLES = {"abroad", "still", "slim", "look", "parts", "items", "uses"} | {
    *("paper", "study", "audited", "card"),
}
LONGEST, SHORTEST, LONGEST_FUNCTION = 400, 30, 60

Graph = dict[str, set[str]]


def modules() -> dict[str, Path]:
    """Return the files of both packages by the name of their module."""
    found = {}
    for path in sorted(SRC.rglob("*.py")):
        parts = path.relative_to(SRC).with_suffix("").parts
        found[".".join(parts[:-1] if parts[-1] == "__init__" else parts)] = path
    return found


@functools.cache
def imported(name: str, source: str) -> list[str]:
    """Return all that a module imports, whatever for; the face names what it lends to others."""
    tree = ast.parse(source)
    if name == "cbec":  # what it loads when asked, told to checkers
        tree.body = [node for node in tree.body if not isinstance(node, ast.If)]
    found = []
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            found += [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            found += [f"{node.module}.{alias.name}" for alias in node.names]
    return found


def graph(sources: dict[str, str]) -> Graph:
    """Return which modules of the two packages each imports."""

    def known(name: str) -> str:
        return name if name in sources else name.rpartition(".")[0]

    return {
        module: {known(name) for name in imported(module, source) if name.startswith("cbec")}
        - {module}
        for module, source in sources.items()
    }


def place(module: str) -> tuple[int, str]:
    """Return the row and the group of a module."""
    fitting = [
        (group, row)
        for row, groups in enumerate(ORDER)
        for group in groups
        if module == group or module.startswith(f"{group}.")
    ]
    group, row = max(fitting, key=lambda fit: len(fit[0]))
    return row, group


def against_the_order(arrows: Graph) -> list[str]:
    """Return the arrows that go up, or to another group of the same row."""
    return [
        f"{module} imports {other}"
        for module, others in sorted(arrows.items())
        for other in sorted(others)
        if place(other)[0] > place(module)[0]
        or (place(other)[0] == place(module)[0] and place(other)[1] != place(module)[1])
    ]


def circle(arrows: Graph) -> list[str]:
    """Return the modules of a circle, if there is one."""
    try:
        graphlib.TopologicalSorter(arrows).prepare()
    except graphlib.CycleError as error:
        return list(error.args[1])
    return []


@pytest.fixture(scope="module")
def sources() -> dict[str, str]:
    return {name: path.read_text(encoding="utf-8") for name, path in modules().items()}


def test_every_import_goes_down(sources: dict[str, str]) -> None:
    assert against_the_order(graph(sources)) == []


def test_there_is_no_circle(sources: dict[str, str]) -> None:
    assert circle(graph(sources)) == []


@pytest.mark.parametrize(
    ("module", "line"),
    [
        ("cbec.figures.units", "from cbec.tables import rows"),
        ("cbec.figures.units", "from cbec.audit.ledger import Claim"),
        ("cbec.audit.verdicts", "from cbec.display.sources import sources_html"),
        ("cbec.trend.model_types", "from cbec.measures.growth import share"),
        ("cbec.charts.theme", "from cbec.chapters import runs"),
        ("cbec.chapters.forecast_series", "def f():\n    from cbec_book import ledger_links"),
        ("cbec_book.page.head", "from cbec_book.content import chart"),
    ],
)
def test_an_arrow_against_the_order_is_seen(
    sources: dict[str, str], module: str, line: str
) -> None:
    changed = sources | {module: f"{sources[module]}\n\n{line}\n"}
    assert len(against_the_order(graph(changed))) == 1


def test_a_circle_is_seen(sources: dict[str, str]) -> None:
    line = "if TYPE_CHECKING:\n    from cbec.figures.bounds import bounds"
    changed = sources | {"cbec.figures.interval": f"{sources['cbec.figures.interval']}\n\n{line}\n"}
    assert {"cbec.figures.interval", "cbec.figures.bounds"} <= set(circle(graph(changed)))


def test_what_only_one_room_knows_is_imported_nowhere_else(sources: dict[str, str]) -> None:
    strays = [
        f"{module} imports {name}"
        for module, source in sources.items()
        for name in imported(module, source)
        if (room := ALONE.get(name.partition(".")[0])) and not module.startswith(room)
    ]
    assert strays == []


def constants(source: str) -> set[str]:
    """Return the texts of a module, the docstrings aside."""
    tree = ast.parse(source)
    documented = {
        id(node.body[0].value)
        for node in ast.walk(tree)
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef)
        and node.body
        and isinstance(node.body[0], ast.Expr)
    }
    return {
        node.value
        for node in ast.walk(tree)
        if isinstance(node, ast.Constant)
        and isinstance(node.value, str)
        and id(node) not in documented
    }


def test_models_and_charts_know_no_series_of_this_book(sources: dict[str, str]) -> None:
    with (ROOT / "data/series.csv").open(encoding="utf-8", newline="") as file:
        series = {row["id"] for row in csv.DictReader(file)}
    assert "market-total" in series
    for module, source in sources.items():
        if module.startswith(("cbec.trend", "cbec.charts", "cbec.measures")):
            assert not constants(source) & series, module


def test_the_core_knows_no_page(sources: dict[str, str]) -> None:
    for module, source in sources.items():
        if place(module)[0] < place("cbec_book.ledger_links")[0]:
            pages = [t for t in constants(source) if ".html" in t or t.startswith("reference/")]
            assert pages == [], module


def test_files_hold_one_subject_each(sources: dict[str, str]) -> None:
    names = modules()
    lengths = {module: len(source.splitlines()) for module, source in sources.items()}
    assert {m: n for m, n in lengths.items() if n > LONGEST} == {}
    packages = {module for module, path in names.items() if path.name == "__init__.py"}
    assert {m: n for m, n in lengths.items() if n < SHORTEST and m not in packages} == {}


def code_lines(node: ast.AST, source: list[str]) -> int:
    """Count the lines of a function that are no docstring, comment or blank."""
    told: set[int] = set()
    for inner in ast.walk(node):
        if isinstance(inner, ast.Expr) and isinstance(inner.value, ast.Constant):
            told |= set(range(inner.lineno, inner.end_lineno + 1))
    lines = range(node.lineno, node.end_lineno + 1)
    texts = (source[line - 1].strip() for line in lines if line not in told)
    return sum(bool(text) and not text.startswith("#") for text in texts)


def test_no_function_is_too_long_to_be_read_at_once(sources: dict[str, str]) -> None:
    long = {
        f"{module}.{node.name}": size
        for module, source in sources.items()
        for node in ast.walk(ast.parse(source))
        if isinstance(node, ast.FunctionDef)
        and (size := code_lines(node, source.splitlines())) > LONGEST_FUNCTION
    }
    assert long == {}


def test_names_are_those_of_the_field() -> None:
    assert not {module.rpartition(".")[2] for module in modules()} & RIDDLES


# The face ------------------------------------------------------------------------------------


def names_of(source: str) -> set[str]:
    """Return what a module defines for others: functions, classes and values."""
    named = set()
    for node in ast.parse(source).body:
        if isinstance(node, ast.FunctionDef | ast.ClassDef):
            named.add(node.name)
        elif isinstance(node, ast.Assign | ast.AnnAssign):
            targets = node.targets if isinstance(node, ast.Assign) else [node.target]
            named |= {target.id for target in targets if isinstance(target, ast.Name)}
    return {name for name in named if not name.startswith("_")} - {"setup"}  # Sphinx wants that


@pytest.mark.parametrize("package", ["cbec", "cbec_book"])
def test_no_name_stands_for_two_things(package: str, sources: dict[str, str]) -> None:
    places: dict[str, list[str]] = {}
    for module, source in sources.items():
        if module.partition(".")[0] == package:
            for name in names_of(source):
                places.setdefault(name, []).append(module)
    assert {name: modules for name, modules in places.items() if len(modules) > 1} == {}


def test_the_face_offers_what_it_names_and_loads_it_when_asked() -> None:
    code = "import sys, cbec; print(sorted(m for m in sys.modules if m.startswith('cbec.')))"
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, check=True, encoding="utf-8"
    )
    assert done.stdout == "[]\n"
    for name in cbec.__all__:
        assert callable(getattr(cbec, name)), name
        assert name in dir(cbec)
    with pytest.raises(AttributeError, match="has no attribute 'nothing'"):
        _ = cbec.nothing


def test_the_face_leads_to_each_subpackage() -> None:
    packages = {path.parent.name for path in (SRC / "cbec").glob("*/__init__.py")}
    code = "import cbec; print(*(getattr(cbec, name).__name__ for name in {}))"
    done = subprocess.run(
        [sys.executable, "-c", code.format(sorted(packages))], capture_output=True, encoding="utf-8"
    )
    assert done.stdout.split() == [f"cbec.{name}" for name in sorted(packages)], done.stderr
    assert packages < set(dir(cbec))


def test_no_name_of_the_face_is_a_subpackage() -> None:
    packages = {path.parent.name for path in (SRC / "cbec").glob("*/__init__.py")}
    files = {path.stem for path in (SRC / "cbec").glob("*.py")}
    assert {"audit", "trend"} <= packages
    assert not set(cbec.__all__) & (packages | files)


def test_what_checkers_see_of_the_face_is_what_it_loads() -> None:
    (block,) = (
        node
        for node in ast.parse((SRC / "cbec/__init__.py").read_text(encoding="utf-8")).body
        if isinstance(node, ast.If)
    )
    told = {
        alias.name: getattr(importlib.import_module(line.module), alias.name)
        for line in block.body
        if isinstance(line, ast.ImportFrom)
        for alias in line.names
    }
    assert told == {name: getattr(cbec, name) for name in cbec.__all__}


# What is named ---------------------------------------------------------------------------------

DOTTED = re.compile(r"(?<![\w/.-])cbec(?:_book)?(?:\.[A-Za-z_]\w*)+")
#: No names of modules: files of the site or of a test, and what a message is hushed by.
NO_MODULE = re.compile(r"\.(?:css|js|svg|json|csv|subtype|egg|book|math)\b")


def is_there(name: str) -> bool:
    """Tell whether a dotted name leads to a module, or to something in one."""
    parts = name.split(".")
    for size in range(len(parts), 0, -1):
        module = ".".join(parts[:size])
        if module in modules():
            found: object = importlib.import_module(module)
            for part in parts[size:]:
                if isinstance(found, type) and part in getattr(found, "__annotations__", {}):
                    return True
                if not hasattr(found, part):
                    return False
                found = getattr(found, part)
            return True
    return False


def test_every_module_that_a_text_names_is_there() -> None:
    listed = [*SRC.rglob("*"), *(ROOT / "reference").glob("*.md"), *(ROOT / "chapters").glob("*")]
    listed += [*(ROOT / "tools").glob("*.py"), *(ROOT / "benchmarks").glob("*.py")]
    listed += [ROOT / name for name in ("README.md", "CONTRIBUTING.md", "data/README.md")]
    named: dict[str, str] = {}
    for path in listed:
        if path.suffix in {".py", ".md", ".css", ".js", ".ipynb"}:
            for name in DOTTED.findall(path.read_text(encoding="utf-8")):
                named.setdefault(name, path.name)
    assert len(named) > 100
    gone = {n: f for n, f in named.items() if not NO_MODULE.search(n) and not is_there(n)}
    assert gone == {}
