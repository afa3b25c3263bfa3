"""The directive ``{forecast-benchmark}``: how the forecasts compare with other packages'.

Its argument is ``accuracy`` or ``intervals``, one table each.

It renders ``benchmarks/results.csv``, which ``make bench-forecast`` writes.
"""

from __future__ import annotations

import csv
from collections.abc import Mapping
from html import escape
from pathlib import Path
from typing import TYPE_CHECKING

from docutils import nodes
from sphinx.util.docutils import SphinxDirective

from cbec.book.sections import scrolled_html
from cbec.display import html_table
from cbec.trend.registry import MODELS

if TYPE_CHECKING:
    from sphinx.application import Sphinx

__all__ = ["setup"]

_FILE = Path("benchmarks", "results.csv")
# By table: the title of a column, the number in the file, and its decimals.
_TABLES: Mapping[str, Mapping[str, tuple[str, int]]] = {
    "accuracy": {
        "OWA": ("owa", 3),
        "M3, held out": ("owa_M3", 3),
        "M1": ("owa_M1", 3),
        "Tourism": ("owa_tourism", 3),
        "Growing": ("owa_growing", 3),
        "Growing, M3": ("owa_growing_M3", 3),
    },
    "intervals": {
        "80% held": ("coverage_80", 2),
        "95% held": ("coverage_95", 2),
        "Error": ("interval_error", 3),
        "Error, M3": ("interval_error_M3", 3),
        "CRPS": ("crps", 3),
        "CRPS, M3": ("crps_M3", 3),
        "Failed": ("failed", 0),
        "ms": ("ms", 1),
    },
}
_SAID = {
    "accuracy": "OWA, smaller is better; in brackets the 95% bootstrap interval",
    "intervals": "What the intervals held, interval error and CRPS (smaller is better), failed "
    "calls, and milliseconds a series",
}


def setup(app: Sphinx) -> None:
    """Add the directive to Sphinx."""
    app.add_directive("forecast-benchmark", _Benchmark)


class _Benchmark(SphinxDirective):
    has_content = False
    required_arguments = 1

    def run(self) -> list[nodes.Node]:
        kind = self.arguments[0]
        if kind not in _TABLES:
            raise self.error(
                f"forecast-benchmark: there is no table {kind!r}; write {' or '.join(_TABLES)}"
            )
        columns = _TABLES[kind]
        path = Path(self.env.srcdir) / _FILE
        self.env.note_dependency(str(path))
        if not path.is_file():
            raise self.error(f"{_FILE} is missing; run make bench-forecast, or restore it")
        with path.open(encoding="utf-8", newline="") as file:
            rows = list(csv.DictReader(file))
        wanted = {"model", "package", "date", "data", "command", "windows"}
        wanted |= {column for column, _ in columns.values()} | {"owa", "owa_low", "owa_high"}
        if not rows or (missing := wanted - set(rows[0])):
            lacks = ", ".join(sorted(missing)) if rows else "all rows"
            raise self.error(f"{_FILE} lacks {lacks}; run make bench-forecast")
        try:
            rows.sort(key=lambda row: float(row["owa"]))
            body = [[_name(row), *_numbers(row, columns)] for row in rows]
        except ValueError as error:
            raise self.error(f"{_FILE}: {error}; run make bench-forecast, or restore it") from error
        made = rows[0]
        caption = (
            f"{_SAID[kind]}. {made['windows']} short annual series, {made['data']}; made "
            f"{made['date']}, remade by {made['command']}."
        )
        head = ["Model", *columns]
        numeric = set(range(1, len(head)))
        table = html_table(head, body, numeric=numeric, caption=caption, cards=True)
        return [nodes.raw("", scrolled_html(table), format="html")]


def _name(row: Mapping[str, str]) -> str:
    package = row["package"].split()[0]
    own = MODELS.get(row["model"]) if package == "cbec" else None
    name = escape(own.label_en if own else row["model"])
    shown = f"<strong>{name}</strong>" if own and row["model"] == "combination" else name
    return shown if own else f"{shown} <small>({escape(package)})</small>"


def _numbers(row: Mapping[str, str], columns: Mapping[str, tuple[str, int]]) -> list[str]:
    texts = [
        f"{float(row[column]):.{decimals}f}" if row[column] else ""
        for column, decimals in columns.values()
    ]
    low, high = float(row["owa_low"]), float(row["owa_high"])
    if "OWA" in columns and low < high:
        texts[0] += f" ({low:.2f}–{high:.2f})"
    return texts
