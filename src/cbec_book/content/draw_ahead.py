"""Draws the charts of a book's notebooks while its pages are read, in processes of their own.

vl-convert starts threads, and Sphinx's parallel writing forks: the copy of a process that has drawn
would wait for threads that it hasn't. So a process that forks doesn't draw, it finds all pictures,
and the script, in the cache.

The extension starts them when the pages are known; who knows the notebooks before, as
``tools.site`` does, may start them then.
"""

from __future__ import annotations

import contextlib
import multiprocessing
from collections.abc import Sequence
from multiprocessing.process import BaseProcess
from pathlib import Path

from cbec_book.content.chart_spec import stored_charts
from cbec_book.content.chart_svg import bundle, drawn, for_phone
from cbec_book.wording import read_catalogue

_at_work: dict[Path, list[BaseProcess]] = {}


def start(
    notebooks: Sequence[Path], cache: Path, catalogues: tuple[Sequence[str], str] = ((), "en")
) -> None:
    """Start to draw into a cache, unless that has been done for the build that is going on.

    Charts have their words in the language of the catalogues.

    Two processes fill one that is empty; in others there is little to do for one.
    """
    if cache not in _at_work:
        shares = 1 if cache.is_dir() and any(cache.iterdir()) else 2
        context = multiprocessing.get_context("spawn")
        _at_work[cache] = [
            context.Process(
                target=_draw,
                args=(notebooks, cache, slice(share, None, shares), catalogues),
            )
            for share in range(shares)
        ]
        for process in _at_work[cache]:
            process.start()


def finish(cache: Path) -> None:
    """Wait for the last picture; a process that fell is an ``ExtensionError``."""
    processes = _at_work.pop(cache, [])
    for process in processes:
        process.join()
    for process in processes:
        if process.exitcode:
            from sphinx.errors import ExtensionError  # what draws does without this

            ended = f"the process that draws the charts ended with {process.exitcode}"
            raise ExtensionError(f"{ended}; build again, with more memory if it was killed")


def stop(cache: Path) -> None:
    """End the processes of a build that has failed."""
    for process in _at_work.pop(cache, []):
        process.terminate()
        process.join()


def _draw(
    notebooks: Sequence[Path], cache: Path, share: slice, catalogues: tuple[Sequence[str], str]
) -> None:
    """Fill a cache with a share of the pictures of charts, the first with the script.

    What can't be drawn is left to the page that shows it, and its warning.
    """
    if not share.start:
        bundle(cache)
    read_catalogue(*catalogues)
    charts = [chart for path in notebooks for chart in stored_charts(path).values()]
    for chart in charts[share]:
        with contextlib.suppress(ValueError):
            drawn(chart.spec, cache)
            drawn(for_phone(chart.spec, cache), cache)
