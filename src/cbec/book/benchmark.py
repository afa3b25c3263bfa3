"""The directive ``{forecast-benchmark}``: how the forecasts compare with other packages'.

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
# Title of a column, the number in the file, and its decimals.
_COLUMNS = {
    "OWA": ("owa", 3),
    "OWA, M1": ("owa_M1", 3),
    "OWA, tourism": ("owa_tourism", 3),
    "OWA, M3 (held out)": ("owa_M3", 3),
    "OWA, growing": ("owa_growing", 3),
    "Interval error": ("interval_error", 3),
    "Interval error, M3": ("interval_error_M3", 3),
    "80% holds": ("coverage_80", 2),
    "95% holds": ("coverage_95", 2),
    "CRPS": ("crps", 3),
    "CRPS, M3": ("crps_M3", 3),
    "Failed": ("failed", 0),
    "ms": ("ms", 1),
}


def setup(app: Sphinx) -> None:
    """Add the directive to Sphinx."""
    app.add_directive("forecast-benchmark", _Benchmark)


class _Benchmark(SphinxDirective):
    has_content = False

    def run(self) -> list[nodes.Node]:
        path = Path(self.env.srcdir) / _FILE
        self.env.note_dependency(str(path))
        if not path.is_file():
            raise self.error(f"{_FILE} is missing; run make bench-forecast, or restore it")
        with path.open(encoding="utf-8", newline="") as file:
            rows = list(csv.DictReader(file))
        wanted = {"model", "package", "date", "data", "command", "windows"}
        wanted |= {column for column, _ in _COLUMNS.values()} | {"owa_low", "owa_high"}
        if not rows or (missing := wanted - set(rows[0])):
            lacks = ", ".join(sorted(missing)) if rows else "all rows"
            raise self.error(f"{_FILE} lacks {lacks}; run make bench-forecast")
        rows.sort(key=lambda row: float(row["owa"]))
        made = rows[0]
        caption = (
            f"Forecasts of {made['windows']} short annual series, {made['date']}, {made['data']}; "
            f"remade by {made['command']}. M1 and tourism were used for development, M3 was held "
            "out. In brackets the 95% bootstrap interval. Smaller is better, but for the two "
            "columns on what intervals hold."
        )
        head = ["Model", "By", *_COLUMNS]
        body = [[_name(row), escape(row["package"]), *_numbers(row)] for row in rows]
        numeric = set(range(2, len(head)))
        table = html_table(head, body, numeric=numeric, caption=caption)
        return [nodes.raw("", scrolled_html(table), format="html")]


def _name(row: Mapping[str, str]) -> str:
    own = MODELS.get(row["model"]) if row["package"].startswith("cbec") else None
    name = escape(own.label_en if own else row["model"])
    return f"<strong>{name}</strong>" if row["model"] == "combination" else name


def _numbers(row: Mapping[str, str]) -> list[str]:
    texts = [
        f"{float(row[column]):.{decimals}f}" if row[column] else ""
        for column, decimals in _COLUMNS.values()
    ]
    low, high = float(row["owa_low"]), float(row["owa_high"])
    if low < high:
        texts[0] += f" ({low:.2f}–{high:.2f})"
    return texts
