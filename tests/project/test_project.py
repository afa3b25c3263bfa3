"""The project's rules: nothing heavy, machine-bound or stale is committed."""

from __future__ import annotations

import ast
import functools
import importlib
import json
import os
import re
import shutil
import subprocess
import tomllib
from pathlib import Path

import pytest
import yaml

import conftest
from tools import browser
from tools.notebooks import NOTEBOOKS, normalise, read, serialise

ROOT = Path(__file__).resolve().parents[2]
NOT_OURS = {".git", ".venv", ".venv-bench", "_build", "__pycache__", ".ipynb_checkpoints"}
CACHES = re.compile(r"\.\w+_cache|\.hypothesis|\.jupyter_cache|.*\.egg-info")

MAX_BYTES = 1_000_000
MAX_CODE_CELLS = 20
MAX_CODE_LINES = 15

# An absolute path, not the tail of an address or of a relative path.
MACHINE_PATH = re.compile(
    r"(?<![\w.:/+=~-])/(?:root|home|Users|tmp|work|opt|mnt|private)/\w|file:///\w|\b[A-Z]:\\Users"
)
CDN_HOST = re.compile(
    r"cdn\.jsdelivr\.net|unpkg\.com|googleapis\.com|gstatic\.com|cdnjs\.cloudflare\.com"
)

each_notebook = pytest.mark.parametrize("notebook", NOTEBOOKS, ids=lambda path: path.name)


@functools.cache
def project_files() -> list[Path]:
    """Return the files that git tracks or, without git or a repository, those of the tree."""
    if shutil.which("git") and (ROOT / ".git").exists():
        listed = subprocess.run(
            ["git", "-c", f"safe.directory={ROOT}", "ls-files", "-z"],
            cwd=ROOT,
            capture_output=True,
            check=True,
            text=True,
        ).stdout
        return [path for name in listed.split("\0") if name and (path := ROOT / name).is_file()]
    found = []
    for folder, folders, names in os.walk(ROOT):
        folders[:] = [f for f in folders if f not in NOT_OURS and not CACHES.fullmatch(f)]
        found += [Path(folder, name) for name in names]
    return found


def lines_with(pattern: re.Pattern[str]) -> list[str]:
    """Return `file:line: match` for each match in the project's text files, tests aside."""
    found = []
    for path in project_files():
        name = path.relative_to(ROOT)
        content = path.read_bytes()
        if name.parts[0] == "tests" or b"\0" in content:
            continue
        for number, line in enumerate(content.decode("utf-8", "replace").splitlines(), start=1):
            found += [f"{name}:{number}: {match[0]}" for match in pattern.finditer(line)]
    return found


def code_cells(notebook: Path) -> list[dict]:
    """Return the code cells of a notebook as JSON."""
    cells = json.loads(notebook.read_text(encoding="utf-8"))["cells"]
    return [cell for cell in cells if cell["cell_type"] == "code"]


def test_the_project_has_files():
    assert ROOT / "pyproject.toml" in project_files()


def test_no_file_is_larger_than_a_megabyte():
    large = {
        str(path.relative_to(ROOT)): size
        for path in project_files()
        if (size := path.stat().st_size) > MAX_BYTES
    }
    assert not large


def test_no_file_names_a_path_of_one_machine():
    assert not lines_with(MACHINE_PATH)


def test_no_file_names_a_cdn():
    assert not lines_with(CDN_HOST)


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("open('/home/ann/data.csv')", True),
        ("/tmp/pip.log", True),
        ("file:///opt/wheels", True),
        (r"C:\Users\ann", True),
        ("https://example.org/home/page", False),
        ("../tmp/page", False),
        ("chapters/work/notes", False),
    ],
)
def test_a_machine_path_is_told_from_an_address(text, found):
    assert bool(MACHINE_PATH.search(text)) is found


def test_the_book_has_its_five_chapters():
    assert [path.name[:3] for path in NOTEBOOKS] == ["01_", "02_", "03_", "04_", "05_", "tre"]


@each_notebook
def test_a_notebook_stays_short(notebook):
    cells = code_cells(notebook)
    assert len(cells) <= MAX_CODE_CELLS
    for cell in cells:
        lines = "".join(cell["source"]).splitlines()
        assert len(lines) <= MAX_CODE_LINES, f"{notebook.name} cell {cell['id']}"


@each_notebook
def test_a_notebook_is_committed_with_its_outputs_and_without_errors(notebook):
    cells = [cell for cell in code_cells(notebook) if "".join(cell["source"]).strip()]
    assert [cell["execution_count"] for cell in cells] == list(range(1, len(cells) + 1))
    kinds = {output["output_type"] for cell in cells for output in cell["outputs"]}
    assert kinds & {"execute_result", "display_data", "stream"}
    assert "error" not in kinds


@each_notebook
def test_a_notebook_is_in_normal_form(notebook):
    stored = notebook.read_text(encoding="utf-8")
    assert serialise(normalise(read(notebook))) == stored, "run make notebooks"


def test_each_locked_package_has_a_hash_and_no_address():
    text = (ROOT / "requirements.txt").read_text(encoding="utf-8")
    entries = text.replace("\\\n", " ").splitlines()
    packages = [line for line in entries if line.strip() and not line.startswith("#")]
    assert packages
    for line in packages:
        assert re.match(r"[a-z0-9][\w.-]*==\S+ ", line), line
        assert "--hash=sha256:" in line, line
    assert not re.search(r"file:|https?://|(?m:^\s*-)", "\n".join(entries))


def test_the_lock_holds_what_the_project_asks_for():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    groups = project["dependency-groups"].values()
    asked = [*project["project"]["dependencies"], *(name for group in groups for name in group)]
    text = (ROOT / "requirements.txt").read_text(encoding="utf-8")
    locked = set(re.findall(r"^([a-z0-9][\w.-]*)==", text, flags=re.MULTILINE))
    names = {re.match(r"[\w.-]+", requirement)[0].lower() for requirement in asked}
    assert names <= locked, "run make lock"


# Programs of packages that no Debian machine is without: coreutils, diffutils, findutils, grep,
# mawk, and apt, which is asked only where it is there.
ALWAYS_THERE = {
    *("apt-get", "awk", "cat", "cmp", "cp", "find", "grep", "mkdir", "mktemp", "mv"),
    *("printf", "rm", "touch"),
}
SHELL_WORDS = {
    *("cd", "do", "done", "echo", "elif", "else", "exit", "fi", "for", "if", "set", "then", "trap")
}
# Where a command begins, after variables that are set for it.
COMMAND = re.compile(
    r"(?:^|[;|&{]|\b(?:then|else|do|if)\b|! )\s*@?(?:[A-Z]\w*=\S* )*([a-z][\w.+-]*)(?=\s|$)", re.M
)


def called_by_python(source: str) -> set[str]:
    """Return the programs that a module looks up on PATH or starts, by the names it spells out."""
    found = set()
    for node in ast.walk(ast.parse(source)):
        if not isinstance(node, ast.Call) or not node.args:
            continue
        name = getattr(node.func, "attr", getattr(node.func, "id", ""))
        first = node.args[0]
        if name not in {"which", "run", "Popen", "check_call", "check_output"}:
            continue
        if isinstance(first, ast.List | ast.Tuple) and first.elts:
            first = first.elts[0]
        value = getattr(first, "value", None)
        if isinstance(value, str) and re.fullmatch(r"[a-z][\w.+-]*", value):
            found.add(value)
    return found


def called_by_make(source: str) -> set[str]:
    """Return the programs that a Makefile's recipes and functions start."""
    recipes = "\n".join(re.findall(r"^\t.*|\$\(shell .*", source.replace("\\\n", " "), re.M))
    words = recipes.replace("$$(", "\n").replace("$(shell ", "\n")
    for text in (r"'[^']*'|#.*", r'"[^"\n]*"'):
        words = re.sub(text, "''", words)
    return set(COMMAND.findall(words)) - SHELL_WORDS


def installed_by(script: str) -> set[str]:
    """Return the packages that `.ci/run` installs where they are missing."""
    named = " ".join(re.findall(r"missing\+=\(([^)]*)\)", script)).split()
    looped = " ".join(re.findall(r"for tool in ([^;]*);", script)).split()
    return {name for name in named if name != '"$tool"'} | set(looped)


def test_every_system_package_that_the_tests_use_is_installed_on_a_bare_machine():
    called = called_by_make((ROOT / "Makefile").read_text(encoding="utf-8"))
    for path in project_files():
        if path.suffix == ".py":
            called |= called_by_python(path.read_text(encoding="utf-8"))
    assert {"git", "make", "awk"} <= called
    # The browser is one of several programs, and Python a variable of the Makefile.
    packages = {*browser.PACKAGES, "python3", "python3-venv"}
    packages |= called - ALWAYS_THERE - set(browser.NAMES)
    assert packages == installed_by((ROOT / ".ci/run").read_text(encoding="utf-8"))


@pytest.mark.parametrize("target", ["_build/bench/own.npz", "_build/bench/peers.npz"])
def test_what_the_benchmark_is_made_from_is_there(target):
    planned = subprocess.run(["make", "-n", target], cwd=ROOT, capture_output=True, text=True)
    assert planned.returncode == 0, planned.stderr
    assert target in planned.stdout


@pytest.mark.parametrize(
    ("line", "program"),
    [
        ('subprocess.run(["pandoc", "-o", name], check=True)', "pandoc"),
        ('run("git", "init")', "git"),
        ('shutil.which("pdftotext")', "pdftotext"),
        ("subprocess.run([sys.executable, '-m', 'x'])", None),
        ("notebooks.run(path)", None),
    ],
)
def test_a_program_that_a_module_calls_is_seen(line, program):
    assert called_by_python(line) == ({program} if program else set())


@pytest.mark.parametrize(
    ("recipe", "programs"),
    [
        ("\t@curl -s x | jq . > y", {"curl", "jq"}),
        ("X := $(shell find . -name x 2>/dev/null)", {"find"}),
        ("\t@set -e; if ! rsync a b; then \\\n\t\techo 'ask jq'; exit 1; fi", {"rsync"}),
        ('\t@revision=$$(git describe); \\\n\techo "$$revision; x" | cmp -s - $@', {"git", "cmp"}),
        ("\t@$(PY) -m ruff check .", set()),
        ("site: pages ## curl them", set()),
    ],
)
def test_a_program_that_a_recipe_calls_is_seen(recipe, programs):
    assert called_by_make(recipe) == programs


def test_the_versions_agree():
    version = importlib.import_module("cbec").__version__
    citation = yaml.safe_load((ROOT / "CITATION.cff").read_text(encoding="utf-8"))
    assert str(citation["version"]) == version
    assert f"\n## {version} (" in (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    assert project["tool"]["hatch"]["version"]["path"] == "src/cbec/__init__.py"


def test_the_readme_forecast_runs(capsys: pytest.CaptureFixture[str]) -> None:
    (block,) = re.findall(
        r"^```python\n(.*?)^```", (ROOT / "README.md").read_text("utf-8"), re.M | re.S
    )
    exec(compile(block, "README.md", "exec"), {})
    printed = capsys.readouterr().out
    assert "upper_95" in printed
    assert "(2019 to 2024)" in printed


# What `make check` leaves out -----------------------------------------------------------------

# What a test needs that a fresh clone lacks: the built site, a browser, or the run of a chapter.
NEEDS = re.compile(r'playwright|CBEC_SITE|tests\.site|ROOT / "_build|"-m", "pytest"')
LEFT_OUT = ("tests/site", "tests/nbval", "chapters", "reference")
BUILDS = "tests/tools/test_site.py"


def test_check_runs_all_but_what_builds_books_or_needs_more_than_a_clone():
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    (quick,) = re.findall(r"^QUICK := (.*)$", makefile, re.M)
    left_out = set(re.findall(r"--ignore=(\S+)", quick))
    pyproject = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    paths = set(pyproject["tool"]["pytest"]["ini_options"]["testpaths"])
    left_out |= paths - {word for word in quick.split() if not word.startswith("-")}
    assert left_out == {*LEFT_OUT, BUILDS}


def test_no_test_elsewhere_needs_more_than_a_clone():
    tests = {path.relative_to(ROOT).as_posix(): path for path in (ROOT / "tests").rglob("*.py")}
    mine = Path(__file__).relative_to(ROOT).as_posix()
    needing = [name for name, path in tests.items() if NEEDS.search(path.read_text("utf-8"))]
    assert {name.rpartition("/")[0] for name in needing} >= set(LEFT_OUT[:2])
    folders = tuple(f"{folder}/" for folder in LEFT_OUT)
    assert [name for name in needing if not name.startswith(folders) and name != mine] == []


@pytest.mark.parametrize(
    ("nodeid", "group"),
    [
        ("tests/site/test_axe.py::test_a[chapters/01_one.html-dark]", "chapters/01_one.html"),
        ("tests/site/test_axe.py::test_a[light-index.html]", "index.html"),
        ("tests/site/test_pdf.py::test_b", "tests/site/test_pdf.py"),
        ("tests/audit/test_badge.py::test_c[index.html]", "tests/audit/test_badge.py"),
        ("chapters/01_one.ipynb::Cell 3", "chapters/01_one.ipynb"),
    ],
)
def test_a_page_a_notebook_or_a_file_stays_on_one_worker(nodeid, group):
    assert conftest.group(nodeid) == group
