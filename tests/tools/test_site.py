"""A small checkout is built in all the ways in which a build may go on from an earlier one."""

from __future__ import annotations

import errno
import json
import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from cbec.display.vega import MIME
from tools import site

ROOT = Path(__file__).parents[2]
COPIED = ("_config.yml", "references.bib", "CITATION.cff", "requirements.txt", "data", "src")
PAGES = {
    "index.md": "# Home\n\nIt is [?](cbec:market-2024), and $\\sqrt{x}$.\n\n{ref}`see <two>`\n",
    "chapters/two.md": "(two)=\n# Two\n\n[?](cbec:export-2024) [?](cbec:cite/xia2025)\n",
    "chapters/three.md": "# Three\n\n[?](cbec:market-2023)\n",
    "reference/ledger.md": "# Ledger\n\n```{ledger}\n```\n",
    "reference/provenance.md": "# Provenance\n\n```{provenance}\n```\n",
    "reference/data.md": "# Data\n\n```{data-dictionary}\n```\n",
    "reference/bibliography.md": "# Sources\n\n```{bibliography}\n```\n",
}
TOC = ("chapters/one", *(page.removesuffix(".md") for page in PAGES if page != "index.md"))
CHANGES: dict[str, Callable[[Path], None]] = {}


def change(function: Callable[[Path], None]) -> Callable[[Path], None]:
    """List a change that somebody makes to a book between two builds."""
    CHANGES[function.__name__] = function
    return function


@change
def touched_chapter(book: Path) -> None:
    page = book / "chapters" / "two.md"
    text = (
        page.read_text("utf-8").replace("# Two", "# Second").replace("export-2024", "import-2024")
    )
    page.write_text(text + "\nA word that only the search knows.\n", "utf-8")
    # As an archive or a synchronised folder brings it: not a second younger.
    os.utime(page, (0, 0))


@change
def changed_figure(book: Path) -> None:
    table = book / "data" / "claims.csv"
    table.write_text(table.read_text("utf-8").replace("17.66万亿元", "17.67万亿元"), "utf-8")


@change
def changed_style_sheet(book: Path) -> None:
    with (book / site.STYLE / "text.css").open("a", encoding="utf-8") as sheet:
        sheet.write("\n.cbec-claim { font-variant: small-caps; }\n")


@change
def removed_page(book: Path) -> None:
    (book / "chapters" / "three.md").unlink()
    write_toc(book, [name for name in TOC if name != "chapters/three"])


def write_toc(book: Path, pages: Any) -> None:
    entries = "".join(f"  - file: {name}\n" for name in pages)
    (book / "_toc.yml").write_text(f"format: jb-book\nroot: index\nchapters:\n{entries}", "utf-8")


def a_chapter() -> dict[str, Any]:
    """Return a notebook with a title and the first chart of the book's third chapter."""
    notebook = json.loads((ROOT / "chapters" / "03_challenges.ipynb").read_text("utf-8"))
    outputs = ((cell, output) for cell in notebook["cells"] for output in cell.get("outputs", ()))
    chart = next(cell for cell, output in outputs if MIME in output.get("data", ()))
    title = {"cell_type": "markdown", "id": "title", "metadata": {}, "source": "# One"}
    return notebook | {"cells": [title, chart]}


def copy_of_the_sources(folder: Path) -> Path:
    for name in COPIED:
        target = folder / name
        target.parent.mkdir(parents=True, exist_ok=True)
        if (ROOT / name).is_dir():
            shutil.copytree(ROOT / name, target, ignore=shutil.ignore_patterns("__pycache__"))
        else:
            shutil.copyfile(ROOT / name, target)
    for name, text in PAGES.items():
        (folder / name).parent.mkdir(exist_ok=True)
        (folder / name).write_text(text, "utf-8")
    (folder / "chapters" / "one.ipynb").write_text(json.dumps(a_chapter()), "utf-8")
    write_toc(folder, TOC)
    return folder


def command(book: Path) -> dict[str, Any]:
    """Return how a build of a book is started."""
    return {
        "args": [sys.executable, "-X", "utf8", "-m", "tools.site", str(book)],
        "cwd": ROOT,
        "env": os.environ | {"PYTHONPATH": str(book / "src")},
        "stdout": subprocess.PIPE,
        "stderr": subprocess.STDOUT,
        "text": True,
        "encoding": "utf-8",
    }


def built(book: Path, **environment: str) -> dict[str, bytes]:
    """Build a book, and return the files of its site."""
    how = command(book)
    how["env"] |= environment
    done = subprocess.run(**how, check=False)
    assert done.returncode == 0, done.stdout
    folder = book / "_build" / "html"
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in folder.rglob("*")
        if path.is_file()
    }


@pytest.fixture(scope="module")
def book(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a small book whose site has been built."""
    folder = copy_of_the_sources(tmp_path_factory.mktemp("book"))
    built(folder)
    return folder


@pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES)
def test_going_on_from_a_build_gives_what_a_build_from_nothing_gives(
    book: Path, change: Callable[[Path], None], tmp_path: Path
) -> None:
    before = built(book)
    change(book)
    after = built(book)
    assert after != before
    elsewhere = tmp_path / "from nothing 贸易"
    shutil.copytree(book, elsewhere, ignore=shutil.ignore_patterns("_build"))
    fresh = built(elsewhere, LC_ALL="C", TZ="Asia/Shanghai")
    assert sorted(after) == sorted(fresh)
    assert [name for name in after if after[name] != fresh[name]] == []


def test_nothing_is_built_where_nothing_has_changed(book: Path) -> None:
    done = subprocess.run(**command(book), check=True)
    os.utime(book / "index.md")
    again = subprocess.run(**command(book), check=True)
    assert "Building" not in done.stdout + again.stdout


def test_of_two_builds_the_second_waits_and_both_end_well(book: Path) -> None:
    shutil.rmtree(book / "_build" / "html")
    first, second = (subprocess.Popen(**command(book)) for _ in range(2))
    said = [first.communicate()[0], second.communicate()[0]]
    assert (first.returncode, second.returncode) == (0, 0)
    assert sum("Building the book" in text for text in said) == 1
    assert sum("waiting" in text for text in said) == 1
    assert (book / "_build" / "html" / "index.html").is_file()


def test_a_build_that_is_killed_leaves_the_site_and_the_next_ends_well(book: Path) -> None:
    before = built(book)
    touched = book / "chapters" / "two.md"
    text = touched.read_text("utf-8")
    touched.write_text(text + "\nMore.\n", "utf-8")
    process = subprocess.Popen(**command(book), start_new_session=True)
    assert process.stdout is not None
    assert "Building" in process.stdout.readline()
    while not any((book / "_build" / "new").rglob("*.html")):
        assert process.poll() is None
    os.killpg(process.pid, signal.SIGKILL)
    process.communicate()
    kept = (book / "_build" / "html" / "index.html").read_bytes()
    assert kept == before["index.html"]
    touched.write_text(text, "utf-8")
    (book / "_build" / "html" / site.STAMP).unlink()
    assert built(book) == before


def test_a_build_with_a_warning_fails_each_time_and_leaves_the_site(book: Path) -> None:
    before = built(book)
    page = book / "chapters" / "two.md"
    text = page.read_text("utf-8")
    page.write_text(text + "\n[?](cbec:no-such-claim)\n", "utf-8")
    for _ in range(2):
        done = subprocess.run(**command(book), check=False)
        assert done.returncode == 1
        assert "no-such-claim" in done.stdout
        assert "Traceback" not in done.stdout
    assert (book / "_build" / "html" / "index.html").read_bytes() == before["index.html"]
    page.write_text(text, "utf-8")
    assert built(book) == before


def test_another_commit_or_state_of_the_tree_makes_another_site(tmp_path: Path) -> None:
    environment = {k: v for k, v in os.environ.items() if not k.startswith("GIT_")}

    def git(*command: str) -> None:
        author = ("-c", "user.name=a", "-c", "user.email=a@b.invalid")
        subprocess.run(["git", *author, *command], cwd=tmp_path, env=environment, check=True)

    def digest() -> str:
        assert site.read_inputs(tmp_path) == site.read_inputs(tmp_path)
        return site.read_inputs(tmp_path).all

    for name in ("index.md", "notes.md"):
        (tmp_path / name).write_text("", encoding="utf-8")
    digests = [digest()]
    git("init", "-q")
    git("add", ".")
    git("commit", "-qm", "First", "--no-gpg-sign")
    digests.append(digest())
    git("commit", "-qm", "Second", "--no-gpg-sign", "--allow-empty")
    digests.append(digest())
    (tmp_path / "notes.md").write_text("no source of the site\n", encoding="utf-8")
    digests.append(digest())
    git("commit", "-qam", "Third", "--no-gpg-sign")
    digests.append(digest())
    assert len(set(digests)) == len(digests)


def test_where_nothing_may_be_written_one_line_says_so(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def refuse(*_: Any, **__: Any) -> None:
        raise OSError(errno.EROFS, "Read-only file system")

    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(Path, "mkdir", refuse)
    assert site.main([str(tmp_path)]) == 1
    said = capsys.readouterr().err
    assert said.count("\n") == 1
    assert "Read-only file system" in said
    assert "copy" in said
