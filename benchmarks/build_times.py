"""How long builds, imports and checks take: python -m benchmarks.build_times [BOOK] [--checks].

This book is built beside the same five chapters as Jupyter Book itself builds them, with still
pictures and no extension of ours, and beside another Jupyter Book if the folder of one is given:
from nothing, after one chapter was touched, and with nothing changed. Everything happens in copies
in a temporary folder, with the Python that runs this. Seconds are by the clock, then of the
processors, all processes together; the least of three runs is shown.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import re
import resource
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

from cbec.display.vega import MIME

ROOT = Path(__file__).parents[1]
REPEATS = 3
IMPORTS = ("cbec", "cbec.audit", "cbec.trend", "cbec.charts", "pandas", "jupyter_book.sphinx")
_LEFT_OUT = shutil.ignore_patterns("_build", ".*", "__pycache__")
_STOCK = 'title: Stock\nexecute:\n  execute_notebooks: "off"\nbibtex_bibfiles: [references.bib]\n'


class Taken(NamedTuple):
    """Seconds that a command took."""

    clock: float
    processor: float

    def __str__(self) -> str:
        return f"{self.clock:6.2f} {self.processor:6.2f}"


class Book(NamedTuple):
    """A book to build: its folder, and the commands that build it from nothing and go on."""

    folder: Path
    cold: Sequence[str]
    going_on: Sequence[str]


def taken(command: Sequence[str], folder: Path) -> Taken:
    """Run a command in a folder and say how long it took; what it printed if it failed."""
    paths = os.pathsep.join((str(folder / "src"), str(ROOT)))
    # As most people have it: modules are compiled once.
    environment = {k: v for k, v in os.environ.items() if k != "PYTHONDONTWRITEBYTECODE"}
    before, start = resource.getrusage(resource.RUSAGE_CHILDREN), time.perf_counter()
    done = subprocess.run(
        command,
        cwd=folder,
        env=environment | {"PYTHONPATH": paths},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        check=False,
    )
    clock, after = time.perf_counter() - start, resource.getrusage(resource.RUSAGE_CHILDREN)
    if done.returncode:
        sys.exit(f"{' '.join(command)} in {folder} failed:\n{done.stdout.decode()}")
    user, system = after.ru_utime - before.ru_utime, after.ru_stime - before.ru_stime
    return Taken(clock, user + system)


def own_book(folder: Path) -> Book:
    """Copy this book."""
    shutil.copytree(ROOT, folder, ignore=_LEFT_OUT)
    command = [sys.executable, "-X", "utf8", "-m", "tools.site", str(folder)]
    return Book(folder, command, command)


def stock_book(folder: Path) -> Book:
    """Make a book of the same chapters as Jupyter Book shows them: pictures, no extension."""
    shutil.copytree(ROOT / "chapters", folder / "chapters", ignore=_LEFT_OUT)
    shutil.copy(ROOT / "references.bib", folder)
    chapters = sorted(folder.glob("chapters/*.ipynb"))
    for path in chapters:
        notebook = json.loads(path.read_text(encoding="utf-8"))
        for cell in notebook["cells"]:
            for output in cell.get("outputs", ()):
                output.get("data", {}).pop(MIME, None)
        path.write_text(json.dumps(notebook), encoding="utf-8")
    files = "".join(f"- file: chapters/{path.stem}\n" for path in chapters)
    (folder / "_toc.yml").write_text(f"format: jb-book\nroot: index\nchapters:\n{files}", "utf-8")
    (folder / "_config.yml").write_text(_STOCK, "utf-8")
    (folder / "index.md").write_text("# Stock\n", "utf-8")
    return _with_jupyter_book(folder)


def other_book(source: Path, folder: Path) -> Book:
    """Copy another Jupyter Book."""
    shutil.copytree(source, folder, ignore=_LEFT_OUT)
    return _with_jupyter_book(folder)


def _with_jupyter_book(folder: Path) -> Book:
    command = [str(Path(sys.executable).with_name("jupyter-book")), "build", "-q", "."]
    return Book(folder, [*command, "--all"], command)


def touch(book: Book, number: int) -> None:
    """Change a word of the book's first chapter, or of its root."""
    pages = [*sorted(book.folder.glob("chapters/*.ipynb")), *sorted(book.folder.glob("*.md"))]
    text = pages[0].read_text(encoding="utf-8")
    pages[0].write_text(re.sub(r"\bthe\d*\b", f"the{number}", text, count=1), encoding="utf-8")


def pages_of(book: Book) -> int:
    """Count the pages of a built book; those of the API are one."""
    site = book.folder / "_build" / "html"
    names = {path.relative_to(site).as_posix() for path in site.rglob("*.html")}
    return sum(not name.startswith(("_static", "reference/api/")) for name in names)


def show_builds(books: dict[str, Book]) -> None:
    """Print a row for each book."""
    print(f"{'':<22}{'pages':>6}{'cold':>14}{'a page':>8}{'touched':>15}{'no change':>14}")
    found: dict[str, list[list[Taken]]] = {name: [[], [], []] for name in books}
    for number in range(REPEATS):
        for name, book in books.items():
            shutil.rmtree(book.folder / "_build", ignore_errors=True)
            found[name][0].append(taken(book.cold, book.folder))
            touch(book, number)
            found[name][1].append(taken(book.going_on, book.folder))
            found[name][2].append(taken(book.going_on, book.folder))
    for name, book in books.items():
        cold, touched, same = map(min, found[name])
        pages = pages_of(book)
        print(f"{name:<22}{pages:>6} {cold}{cold.clock / pages:>8.2f}  {touched} {same}", end="")
        print(f"   touched : cold {touched.clock / cold.clock:.2f}")


def main() -> None:
    """Print everything."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("book", nargs="?", type=Path, help="the folder of another Jupyter Book")
    parser.add_argument("--checks", action="store_true", help="also time make check and make test")
    given = parser.parse_args()
    print(f"{platform.machine()}, {os.cpu_count()} processors, Python {platform.python_version()}")
    print("Seconds by the clock, then of the processors; the least of", REPEATS)
    with tempfile.TemporaryDirectory(prefix="cbec-bench-") as scratch:
        folder = Path(scratch)
        books = {"this book": own_book(folder / "own"), "stock": stock_book(folder / "stock")}
        if given.book:
            books[given.book.resolve().name] = other_book(given.book, folder / "other")
        show_builds(books)
    bare = min(taken([sys.executable, "-c", ""], ROOT) for _ in range(REPEATS))
    for name in IMPORTS:
        command = [sys.executable, "-c", f"import {name}"]
        least = min(taken(command, ROOT) for _ in range(REPEATS))
        more = Taken(least.clock - bare.clock, least.processor - bare.processor)
        print(f"{'import ' + name:<28} {more}")
    for target in ("check", "test") if given.checks else ():
        print(f"{'make ' + target:<28} {taken(['make', target], ROOT)}", flush=True)


if __name__ == "__main__":
    main()
