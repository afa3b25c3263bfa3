"""Run the book's notebooks again, in parallel, and store them in one normal form.

The numbers and citations in their text, and in the other pages', are written anew. Outputs are
committed, so a notebook that is run again must not change unless its code or its data did:
everything that differs from run to run or from editor to editor is left out.
"""

from __future__ import annotations

import argparse
import base64
import copy
import functools
import io
import json
import os
import re
import sys
import time
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor, as_completed
from itertools import count, zip_longest
from multiprocessing import get_context
from pathlib import Path
from typing import Any, NamedTuple

import nbformat
from nbclient import NotebookClient
from nbclient.exceptions import CellExecutionError
from nbformat import NotebookNode
from PIL import Image
from pybtex.database import parse_file
from pybtex.utils import OrderedCaseInsensitiveDict

from cbec.chapters.text_numbers import CITATION, Kept, TextNumbers, write_numbers
from cbec.display.html import TABLE_MIME
from cbec.display.notebook import GLUE_PREFIX, TRACE_MIME
from cbec.display.vega import MIME
from cbec.errors import CbecError
from cbec.tables.csv_rows import write_whole

ROOT = Path(__file__).resolve().parents[1]
#: The chapters, and the appendix.
NOTEBOOKS = (*sorted((ROOT / "chapters").glob("*.ipynb")), ROOT / "reference/trend_models.ipynb")
METADATA = {
    "kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"},
    "language_info": {"name": "python"},
}
AUTHORED = ("tags", "mystnb")  # cell metadata that an author sets; editors write the rest
TIMEOUT = 600  # seconds for one cell


class NotebookError(Exception):
    """A notebook that can't be read, fails, or prints to stderr; names the file and the cell."""


class Run(NamedTuple):
    """What running one notebook gave."""

    path: Path
    before: str
    after: str
    seconds: float

    @property
    def changed(self) -> bool:
        """Whether anything differs from what is stored."""
        return self.before != self.after

    def where(self) -> str:
        """Name the first cell that differs."""
        pairs = zip_longest(json.loads(self.before)["cells"], json.loads(self.after)["cells"])
        for index, (old, new) in enumerate(pairs):
            if old != new:
                return f"at {describe(new or old, index)}"
        return "in its metadata or layout"


def describe(cell: dict, index: int) -> str:
    """Name a cell as an author finds it: its place from the top (from 1), its id, its first line.

    Examples
    --------
    >>> describe({"id": "growth", "source": "growth(a, b)"}, 4)
    "cell 5 (id growth, 'growth(a, b)')"
    """
    source = cell.get("source", "")
    lines = "".join(source).strip().splitlines() or [""]
    return f"cell {index + 1} (id {cell.get('id', 'missing')}, {lines[0][:60]!r})"


def read(path: Path) -> NotebookNode:
    """Read a notebook; a cell without an id gets one that is not random."""
    try:
        raw = json.loads(path.read_text(encoding="utf-8"))
        taken = {cell.get("id") for cell in raw["cells"]}
        fresh = (name for n in count(1) if (name := f"cell-{n}") not in taken)
        for cell in raw["cells"]:
            if "id" not in cell:
                cell["id"] = next(fresh)
    except (KeyError, ValueError, TypeError) as error:
        raise NotebookError(
            f"{_name(path)} is not a notebook of format 4 ({error!r}); open and save it in Jupyter"
        ) from error
    raw["nbformat_minor"] = 5
    return nbformat.reads(json.dumps(raw), as_version=4)


def normalise(notebook: NotebookNode) -> NotebookNode:
    """Bring an executed notebook to normal form, in place.

    Cells that ran are numbered 1..n; metadata keeps what an author sets; consecutive pieces of
    one stream are joined; nothing transient stays.

    Parameters
    ----------
    notebook : NotebookNode
        A notebook of format 4.5.

    Returns
    -------
    NotebookNode
        The same notebook.
    """
    notebook.metadata = nbformat.from_dict(METADATA)
    numbers = count(1)
    for cell in notebook.cells:
        cell.metadata = NotebookNode({k: cell.metadata[k] for k in AUTHORED if k in cell.metadata})
        if cell.cell_type != "code":
            continue
        if cell.execution_count is not None:
            cell.execution_count = next(numbers)
        cell.outputs = _merge_streams(cell.outputs)
        for output in cell.outputs:
            output.pop("transient", None)
            if "image/png" in output.get("data", {}):
                output.data["image/png"] = compact_picture(output.data["image/png"])
            if output.output_type == "execute_result":
                output.execution_count = cell.execution_count
    return notebook


def compact_picture(encoded: str) -> str:
    """Store a chart's picture with a palette of 128 colours, a fraction of the size.

    Parameters
    ----------
    encoded : str
        A PNG in base64.

    Returns
    -------
    str
        A PNG in base64.
    """
    with Image.open(io.BytesIO(base64.b64decode(encoded))) as picture:
        if picture.mode == "P":
            return encoded
        reduced = picture.convert("RGB").quantize(128, dither=Image.Dither.NONE)
    stream = io.BytesIO()
    # Only the greatest effort compresses the same on every kind of processor (zlib-ng).
    reduced.save(stream, "PNG", optimize=True)
    return base64.b64encode(stream.getvalue()).decode("ascii")


def serialise(notebook: NotebookNode) -> str:
    """Write a notebook as JSON: keys sorted, indent 1, Chinese as it is, newline at the end.

    What a chart or a table says of itself stands on one line: indented, it would be twice as large.
    """
    nbformat.validate(notebook)
    slim, lines = copy.deepcopy(notebook), {}
    for cell in slim.cells:
        for output in cell.get("outputs", ()):
            for mime in {MIME, TABLE_MIME} & output.get("data", {}).keys():
                mark = f"content on line {len(lines)}"
                content = output.data[mime]
                lines[mark] = json.dumps(
                    content, ensure_ascii=False, sort_keys=True, separators=(",", ":")
                )
                output.data[mime] = mark
    text = nbformat.writes(slim, version=4).rstrip("\n") + "\n"
    for mark, line in lines.items():
        text = text.replace(f': "{mark}"', f": {line}", 1)
    return text


def write_text(text: str, numbers: TextNumbers, kept: Kept) -> str:
    """Write the numbers of a Markdown text, and the names and years of the works that it cites.

    Raises
    ------
    CbecError
        If a link names no number or no entry of the bibliography.
    """
    works = _works()

    def cite(match: re.Match[str]) -> str:
        if match[2] not in works:
            raise CbecError(f"cbec:cite/{match[2]} names no entry of references.bib")
        work = works[match[2]]
        people = [family_name(" ".join(one.last_names)) for one in work.persons["author"]]
        who = people[0] if len(people) == 1 else f"{people[0]} et al."
        who = " and ".join(people) if len(people) == 2 else who
        return f"[{who} {work.fields['year']}](cbec:cite/{match[2]})"

    return write_numbers(CITATION.sub(cite, text), numbers, kept)


@functools.cache
def _works() -> OrderedCaseInsensitiveDict:
    return parse_file(ROOT / "references.bib", bib_format="bibtex").entries


def computed(notebook: NotebookNode) -> dict[str, dict[str, Any]]:
    """Return what a notebook that has run keeps for its text, by name."""
    return {
        output.metadata["scrapbook"]["name"]: output.data[GLUE_PREFIX + TRACE_MIME]
        for cell in notebook.cells
        for output in cell.get("outputs", ())
        if GLUE_PREFIX + TRACE_MIME in output.get("data", {})
    }


def family_name(written: str) -> str:
    """Return the family name of an author; a group in braces has none and is written whole.

    Examples
    --------
    >>> family_name("{Xia Guangkai 夏广凯}"), family_name("{World Bank}"), family_name("Cloud")
    ('Xia', 'World Bank', 'Cloud')
    """
    name = written.strip("{}")
    # A Chinese name stands in braces with its characters, the family name first.
    return name.split()[0] if re.search(r"[\u3400-\u9fff]", name) else name


def write_texts(notebook: NotebookNode) -> None:
    """Write the numbers in the text of a notebook that has run, in place."""
    numbers, kept = TextNumbers(), computed(notebook)
    for index, cell in enumerate(notebook.cells):
        if cell.cell_type == "markdown":
            try:
                cell.source = write_text(cell.source, numbers, kept)
            except CbecError as error:
                raise NotebookError(f"{describe(cell, index)}: {error}") from None


def write_pages(store: bool) -> list[str]:
    """Write the numbers in the pages that aren't notebooks; return the names of those changed."""
    numbers, changed = TextNumbers(), []
    for path in (ROOT / "index.md", *sorted((ROOT / "reference").rglob("*.md"))):
        text = path.read_text(encoding="utf-8")
        try:
            written = write_text(text, numbers, {})
        except CbecError as error:
            raise NotebookError(f"{_name(path)}: {error}") from None
        if written != text:
            changed.append(_name(path))
            if store:
                write_whole(path, written)
    return changed


def run(path: Path, store: bool = False) -> Run:
    """Run one notebook in a fresh kernel that starts in the notebook's folder.

    Parameters
    ----------
    path : Path
        The notebook.
    store : bool
        Whether to write it when it has run, if something is new.

    Returns
    -------
    Run
        Its text before, and its normal form after.

    Raises
    ------
    NotebookError
        If a cell raises, times out, kills the kernel or prints to stderr.
    """
    done = _run(path)
    if store and done.changed:
        write_whole(path, done.after)
        if _sources(done.before) != _sources(done.after):
            # A cell may compare the numbers in the text as it is stored.
            try:
                again = _run(path)
            except NotebookError:
                write_whole(path, done.before)
                raise
            write_whole(path, again.after)
            return again._replace(before=done.before)
    return done


def _sources(notebook: str) -> list[object]:
    return [cell["source"] for cell in json.loads(notebook)["cells"]]


def _run(path: Path) -> Run:
    # Charts that are stored carry a PNG beside their specification (see cbec.charts).
    os.environ["CBEC_CHARTS"] = "stored"
    # A kernel "python3" of the user's own must not win over the one of this environment.
    os.environ["JUPYTER_PREFER_ENV_PATH"] = "1"
    started = time.monotonic()
    before = path.read_text(encoding="utf-8")
    notebook = read(path)
    current, running = "before its first cell", NotebookNode()

    def note(cell: NotebookNode, cell_index: int) -> None:
        nonlocal current, running
        current, running = describe(cell, cell_index), cell

    client = NotebookClient(
        notebook,
        timeout=TIMEOUT,
        kernel_name="python3",
        record_timing=False,
        extra_arguments=["--log-level=ERROR"],  # not the kernel's remark that it uses TCP
        resources={"metadata": {"path": str(path.parent)}},
        on_cell_start=note,
    )
    try:
        client.execute()
    except CellExecutionError as error:
        # Where a value can't be shown, the kernel's reply says nothing: the output has the error.
        shown = (o for o in running.get("outputs", ()) if o.output_type == "error")
        cause = next(shown, error)
        raise NotebookError(f"{_name(path)} {current}: {cause.ename}: {cause.evalue}") from None
    except (TimeoutError, RuntimeError) as error:  # a cell too slow; a kernel that died or hangs
        raise NotebookError(f"{_name(path)} {current}: {_first_line(error)}") from None
    for index, cell in enumerate(notebook.cells):
        for output in cell.get("outputs", ()):
            if output.output_type == "error":  # of what display() was given
                raise NotebookError(
                    f"{_name(path)} {describe(cell, index)}: {output.ename}: {output.evalue}"
                )
            if output.output_type == "stream" and output.name == "stderr":
                raise NotebookError(
                    f"{_name(path)} {describe(cell, index)} prints to stderr: "
                    f"{_first_line(output.text)!r}; mend its cause"
                )
    try:
        write_texts(notebook)
    except NotebookError as error:
        raise NotebookError(f"{_name(path)} {error}") from None
    after = serialise(normalise(notebook))
    return Run(path, before, after, time.monotonic() - started)


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the notebooks; return 0 if all is well, 1 if one failed or, with --check, changed."""
    parser = argparse.ArgumentParser(
        description="Run notebooks again in parallel and store them in normal form. "
        "A notebook that fails or prints to stderr is named and left as it was."
    )
    parser.add_argument("notebooks", nargs="*", type=Path, help="default: all of the book")
    parser.add_argument("--jobs", type=int, default=2, metavar="N", help="at once (default: 2)")
    parser.add_argument(
        "--check", action="store_true", help="write nothing; exit 1 if a notebook would change"
    )
    options = parser.parse_args(arguments)
    paths = [path.resolve() for path in options.notebooks]
    paths = paths or list(NOTEBOOKS)
    if missing := [str(path) for path in paths if not path.is_file()]:
        parser.error(f"no such notebook: {', '.join(missing)}")
    if options.jobs < 1:
        parser.error(f"--jobs {options.jobs}: at least 1 is needed")

    bad = 0
    with ProcessPoolExecutor(min(options.jobs, len(paths)), get_context("spawn")) as pool:
        for future in as_completed([pool.submit(run, path, not options.check) for path in paths]):
            try:
                result = future.result()
            except NotebookError as error:
                bad += 1
                print(error, file=sys.stderr)
                continue
            took = f"{_name(result.path)} ({result.seconds:.1f} s)"
            if not result.changed:
                print(f"{took} is as stored")
            elif options.check:
                bad += 1
                print(f"{took} would change {result.where()}; run make notebooks", file=sys.stderr)
            else:
                print(f"{took} written")
    if not options.notebooks:
        try:
            changed = write_pages(not options.check)
        except NotebookError as error:
            changed, bad = [], bad + 1
            print(error, file=sys.stderr)
        for name in changed:
            print(f"{name} {'would change; run make notebooks' if options.check else 'written'}")
        bad += len(changed) if options.check else 0
    return int(bad > 0)


def _merge_streams(outputs: Sequence[NotebookNode]) -> list[NotebookNode]:
    merged: list[NotebookNode] = []
    for output in outputs:
        last = merged[-1] if merged else None
        if (
            last is not None
            and output.output_type == last.output_type == "stream"
            and output.name == last.name
        ):
            last.text += output.text
        else:
            merged.append(output)
    return merged


def _first_line(text: object) -> str:
    return next(iter(str(text).strip().splitlines()), "")


def _name(path: Path) -> str:
    return str(path.relative_to(ROOT) if path.is_relative_to(ROOT) else path)


if __name__ == "__main__":
    sys.exit(main())
