"""Build the book's site: python -m tools.site [FOLDER] writes FOLDER/_build/html.

Pages whose source is as it was are not read again, all are written anew, and what takes long to
make is kept in ``_build/cache``. So the site equals one that is built from nothing, byte by byte.
A build works beside the site and takes its place when it is complete: one that fails or is killed
leaves the site as it was. A second build waits for the first.
"""

from __future__ import annotations

import fcntl
import gc
import hashlib
import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple, TextIO

ROOT = Path(__file__).parents[1]
#: What each page is read from, and what none is: it only changes how pages are written.
PAGES = ("index.md", "chapters", "reference")
STYLE = "src/cbec_book/static"
#: What any page may be read with.
SHARED = (
    "_config.yml",
    "_toc.yml",
    "references.bib",
    "CITATION.cff",
    "requirements.txt",
    "benchmarks/results.csv",
    "benchmarks/outside.csv",
    "data",
    "locale",
    "src",
)
#: The digest of all that the site beside it was made from.
STAMP = ".built"
_KNOWN = "inputs.json"


class Inputs(NamedTuple):
    """Digests of what a site is made from: of each page's source, of what all share, of all."""

    pages: dict[str, str]
    shared: str
    all: str


def read_inputs(book: Path) -> Inputs:
    """Take the digests of what a book would be made from now."""
    found = {name: _digest(path.read_bytes()) for name, path in _files(book)}
    pages = {name: digest for name, digest in found.items() if name.split("/")[0] in PAGES}
    style = {name: digest for name, digest in found.items() if name.startswith(STYLE)}
    rest = {name: digest for name, digest in found.items() if name not in pages | style}
    shared = _digest([sys.version, os.environ.get("CBEC_DATA"), rest])
    # The certificate names the commit, which may change while every file stays as it is.
    command = ["git", "describe", "--always", "--dirty", "--abbrev=64"]
    try:
        commit = subprocess.run(command, cwd=book, capture_output=True, check=False).stdout.decode()
    except FileNotFoundError:
        commit = ""
    return Inputs(pages, shared, _digest([pages, style, shared, commit]))


def _files(book: Path) -> Iterator[tuple[str, Path]]:
    for name in (*PAGES, *SHARED):
        for path in sorted((book / name).rglob("*")) if (book / name).is_dir() else [book / name]:
            hidden = any(p.startswith((".", "__pycache__")) for p in path.relative_to(book).parts)
            if path.is_file() and not hidden:
                yield path.relative_to(book).as_posix(), path


def _digest(content: object) -> str:
    data = content if isinstance(content, bytes) else json.dumps(content, sort_keys=True).encode()
    return hashlib.sha256(data).hexdigest()


def is_current(site: Path, inputs: Inputs) -> bool:
    """Tell whether a site was made from these inputs."""
    stamp = site / STAMP
    return stamp.is_file() and stamp.read_text(encoding="utf-8") == inputs.all


@contextmanager
def alone(folder: Path) -> Iterator[None]:
    """Let one build at a time work in a folder; who comes second is told, and waits."""
    with open(folder / "lock", "a+", encoding="utf-8") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            said = f"Another build is at work in {folder} (process {_holder(lock)}); waiting for it"
            print(said, flush=True)
            fcntl.flock(lock, fcntl.LOCK_EX)
        lock.truncate(0)
        lock.write(str(os.getpid()))
        lock.flush()
        yield


def _holder(lock: TextIO) -> str:
    lock.seek(0)
    return lock.read() or "unknown"


def build(book: Path, site: Path, inputs: Inputs) -> int:
    """Build a site and let it take the place of the one before; return 1 if it can't be built."""
    doctrees, new, old = (site.parent / name for name in (".doctrees", "new", "old"))
    for left in (new, old):
        shutil.rmtree(left, ignore_errors=True)
    forget_pages(doctrees, inputs)
    from cbec_book.content import draw_ahead

    # Before Jupyter Book is imported, while a processor has nothing to do.
    notebooks = [book / name for name in inputs.pages if name.endswith(".ipynb")]
    draw_ahead.start(notebooks, site.parent / "cache")
    if _run_sphinx(book, new, doctrees):
        draw_ahead.stop(site.parent / "cache")
        # A page with a warning would count as read, and the next build would not say it again.
        shutil.rmtree(doctrees, ignore_errors=True)
        return 1
    known = {"pages": inputs.pages, "shared": inputs.shared}
    (doctrees / _KNOWN).write_text(json.dumps(known), encoding="utf-8")
    # Sphinx's own digest is of where packages lie, too, and asks for nothing here: all is written.
    (new / ".buildinfo").unlink()
    (new / STAMP).write_text(inputs.all, encoding="utf-8")
    if site.exists():
        site.rename(old)
    new.rename(site)
    shutil.rmtree(old, ignore_errors=True)
    return 0


def forget_pages(doctrees: Path, inputs: Inputs) -> None:
    """Remove what earlier builds have read of pages that would read otherwise now."""
    known = {}
    if (doctrees / _KNOWN).is_file():
        known = json.loads((doctrees / _KNOWN).read_text(encoding="utf-8"))
    if known.get("shared") != inputs.shared:
        shutil.rmtree(doctrees, ignore_errors=True)
    for name, digest in inputs.pages.items():
        if known.get("pages", {}).get(name) != digest:
            (doctrees / name).with_suffix(".doctree").unlink(missing_ok=True)


def _run_sphinx(book: Path, site: Path, doctrees: Path) -> int:
    # An import of Jupyter Book would spend a second on the grammar of addresses in another
    # alphabet, which no schema here asks for; jsonschema does without it where it isn't installed.
    sys.modules["rfc3987_syntax"] = None  # type: ignore[assignment]
    # A fifth of a build would go by with looks for circles in trees of pages, which stay anyway.
    gc.disable()
    from jupyter_book.sphinx import build_sphinx

    result = build_sphinx(
        book,
        site,
        noconfig=True,
        path_config=book / "_config.yml",
        confoverrides={"external_toc_path": "_toc.yml", "latex_individualpages": False},
        doctreedir=doctrees,
        force_all=True,
        quiet=True,
        warningiserror=True,
        keep_going=True,
        jobs=os.cpu_count(),
    )
    return int(result != 0)


def main(arguments: list[str]) -> int:
    """Build the site of a book unless there is one of what the book is made from now."""
    book = Path(*arguments[:1] or [ROOT]).resolve()
    site = book / "_build" / "html"
    os.chdir(book)
    if is_current(site, read_inputs(book)):
        return 0
    try:
        site.parent.mkdir(exist_ok=True)
        (site.parent / "lock").touch()
    except OSError as error:
        print(
            f"{site.parent}: {error.strerror}; the site is built there: make the folder writable, "
            "or work in a copy of the checkout",
            file=sys.stderr,
        )
        return 1
    with alone(site.parent):
        if is_current(site, inputs := read_inputs(book)):
            return 0
        print("Building the book", flush=True)
        return build(book, site, inputs)


if __name__ == "__main__":
    status = main(sys.argv[1:])
    sys.stdout.flush()
    sys.stderr.flush()
    # Without taking the book apart, object by object, for most of a second.
    os._exit(status)
