"""Draws the charts of a book's notebooks while its pages are read, in a process of its own.

vl-convert starts threads, and Sphinx's parallel writing forks: the copy of a process that has drawn
would wait for threads that it hasn't. So a process that forks doesn't draw, it finds all pictures,
and the script, in the cache.

The extension starts the process when the pages are known; who knows the notebooks before, as
``tools.site`` does, may start it then.
"""

from __future__ import annotations

import contextlib
import multiprocessing
from collections.abc import Sequence
from multiprocessing.process import BaseProcess
from pathlib import Path

from cbec_book.content.chart_spec import stored_charts
from cbec_book.content.chart_svg import bundle, drawn, for_phone

_at_work: dict[Path, BaseProcess] = {}


def start(notebooks: Sequence[Path], cache: Path) -> None:
    """Start to draw into a cache, unless that has been done for the build that is going on."""
    if cache not in _at_work:
        process = multiprocessing.get_context("spawn").Process(
            target=_draw, args=(notebooks, cache)
        )
        process.start()
        _at_work[cache] = process


def finish(cache: Path) -> None:
    """Wait for the last picture; a process that fell is an ``ExtensionError``."""
    if (process := _at_work.pop(cache, None)) is not None:
        process.join()
        if process.exitcode:
            from sphinx.errors import ExtensionError  # the process that draws does without Sphinx

            ended = f"the process that draws the charts ended with {process.exitcode}"
            raise ExtensionError(f"{ended}; build again, with more memory if it was killed")


def stop(cache: Path) -> None:
    """End the process of a build that has failed."""
    if (process := _at_work.pop(cache, None)) is not None:
        process.terminate()
        process.join()


def _draw(notebooks: Sequence[Path], cache: Path) -> None:
    """Fill a cache with the script and the pictures of charts.

    What can't be drawn is left to the page that shows it, and its warning.
    """
    bundle(cache)
    for notebook in notebooks:
        for chart in stored_charts(notebook).values():
            with contextlib.suppress(ValueError):
                drawn(chart.spec, cache)
                drawn(for_phone(chart.spec, cache), cache)
