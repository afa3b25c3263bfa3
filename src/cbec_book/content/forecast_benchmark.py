"""The directive ``{forecast-benchmark}``: how the forecasts compare with other packages'.

Its argument is ``accuracy`` or ``intervals``, one table each of ``benchmarks/results.csv``, which
``make bench-forecast`` writes; ``outside``: the tables of ``benchmarks/outside.csv``, which
``make bench-forecast M4=FOLDER`` writes, or the sentence that it hasn't been made; or
``constants``: what ``make calibrate`` chose.
"""

from __future__ import annotations

import csv
from collections.abc import Mapping
from html import escape
from pathlib import Path
from typing import TYPE_CHECKING

from docutils import nodes
from sphinx.util.docutils import SphinxDirective

from cbec.display.html import html_table
from cbec.trend.combination import calibration
from cbec.trend.registry import MODELS
from cbec.trend.scales import SPREADS
from cbec_book.content.sections import scrolled_html

if TYPE_CHECKING:
    from sphinx.application import Sphinx

__all__ = ["setup"]

_FILE = Path("benchmarks", "results.csv")
_OUTSIDE = Path("benchmarks", "outside.csv")
# By table: the title of a column, the number in the file, and its decimals.
_Columns = Mapping[str, tuple[str, int]]
_TABLES: Mapping[str, _Columns] = {
    "accuracy": {
        "OWA": ("owa", 3),
        "M1": ("owa_M1", 3),
        "Tourism": ("owa_tourism", 3),
        "M3": ("owa_M3", 3),
        "Growing": ("owa_growing", 3),
        "Slowing": ("owa_slowing", 3),
        "Falling": ("owa_falling", 3),
        "Short": ("owa_short", 3),
    },
    "intervals": {
        "80% held": ("coverage_80", 2),
        "95% held": ("coverage_95", 2),
        "Error": ("interval_error", 3),
        "Error, M1": ("interval_error_M1", 3),
        "Error, tourism": ("interval_error_tourism", 3),
        "Error, M3": ("interval_error_M3", 3),
        "CRPS": ("crps", 3),
        "Failed": ("failed", 0),
        "ms": ("ms", 1),
    },
}
_SAID = {
    "accuracy": "OWA, smaller is better; in brackets the 95% bootstrap interval",
    "intervals": "What the intervals held, interval error and CRPS (smaller is better), failed "
    "calls, and milliseconds a series",
}
_OUTSIDE_ALL: _Columns = {
    "OWA": ("owa", 3),
    "sMAPE": ("smape", 2),
    "MASE": ("mase", 2),
    "MSIS": ("msis", 1),
    "CRPS": ("crps", 3),
    "80% held": ("coverage_80", 2),
    "95% held": ("coverage_95", 2),
    "Error": ("interval_error", 3),
}
_OUTSIDE_GROUPS: _Columns = {
    name: _OUTSIDE_ALL[name] for name in ("OWA", "CRPS", "80% held", "95% held", "Error")
}
_OUTSIDE_SAMPLE: _Columns = {
    name: _OUTSIDE_ALL[name] for name in ("OWA", "MSIS", "CRPS", "80% held", "95% held", "Error")
}
_SAMPLE = "last 9 to 16, sample"
_WINDOWS = {
    "last 16": "last 16 points",
    "last 9 to 16": "last 9 to 16 points, another number from series to series",
    "whole history": "whole history, as published",
}


def setup(app: Sphinx) -> None:
    """Add the directive to Sphinx."""
    app.add_directive("forecast-benchmark", _Benchmark)


class _Benchmark(SphinxDirective):
    has_content = False
    required_arguments = 1

    def run(self) -> list[nodes.Node]:
        kind = self.arguments[0]
        if kind == "constants":
            return [_constants()]
        if kind == "outside":
            return self._outside()
        if kind not in _TABLES:
            raise self.error(
                f"forecast-benchmark: there is no table {kind!r}; write "
                f"{', '.join(_TABLES)}, outside or constants"
            )
        return self._compared(kind)

    def _compared(self, kind: str) -> list[nodes.Node]:
        columns, command = _TABLES[kind], "make bench-forecast"
        rows = self._rows(_FILE, command, {"windows", *(name for name, _ in columns.values())})
        try:
            rows.sort(key=lambda row: float(row["owa"]))
            body = [[_name(row), *_numbers(row, columns)] for row in rows]
        except ValueError as error:
            raise self.error(f"{_FILE}: {error}; run {command}, or restore it") from error
        made = rows[0]
        caption = (
            f"{_SAID[kind]}. {made['windows']} short annual series, {made['data']}; made "
            f"{made['date']}, remade by {made['command']}."
        )
        return [_table(["Model", *columns], body, caption)]

    def _outside(self) -> list[nodes.Node]:
        command = "make bench-forecast M4=FOLDER"
        if not (Path(self.env.srcdir) / _OUTSIDE).is_file():
            self.env.note_dependency(str(Path(self.env.srcdir) / _OUTSIDE))
            text = f"The comparison on outside series hasn't been made; {command} makes it."
            return [nodes.paragraph("", text)]
        wanted = {"window", "group", "series", "commit"}
        wanted |= {name for name, _ in _OUTSIDE_ALL.values()}
        held = self._rows(_OUTSIDE, command, wanted)
        rows = [row for row in held if row["window"] in _WINDOWS]
        if not rows:
            raise self.error(f"{_OUTSIDE} has no row of {', '.join(_WINDOWS)}; run {command}")
        sample = [row for row in held if row["window"] == _SAMPLE and row["group"] == "all"]
        whole = [row for row in rows if row["group"] == "all"]
        parts = [row for row in rows if row["group"] != "all"]
        made = rows[0]
        caption = (
            "OWA (in brackets its own 95% bootstrap interval), other errors and what the "
            f"intervals held. {made['data']}; made {made['date']} by commit {made['commit']}, "
            f"remade by {made['command']}. These series were looked at before with variants of "
            "the method: this is no blind test."
        )
        try:
            tables = [_grouped(whole, _OUTSIDE_ALL, caption)]
            if parts:
                tables.append(_grouped(parts, _OUTSIDE_GROUPS, "The same by group of series."))
            if sample:
                sample.sort(key=lambda row: float(row["owa"]))
                body = [[_name(row), *_numbers(row, _OUTSIDE_SAMPLE)] for row in sample]
                many = (
                    f"All models on {int(sample[0]['series']):,} of these series, drawn at random; "
                    "9 to 16 points."
                )
                tables.append(_table(["Model", *_OUTSIDE_SAMPLE], body, many))
            return tables
        except ValueError as error:
            raise self.error(f"{_OUTSIDE}: {error}; run {command}, or restore it") from error

    def _rows(self, file: Path, command: str, wanted: set[str]) -> list[dict[str, str]]:
        path = Path(self.env.srcdir) / file
        self.env.note_dependency(str(path))
        if not path.is_file():
            raise self.error(f"{file} is missing; run {command}, or restore it")
        with path.open(encoding="utf-8", newline="") as opened:
            rows = list(csv.DictReader(opened))
        wanted |= {"model", "package", "date", "data", "command", "owa", "owa_low", "owa_high"}
        if not rows or (missing := wanted - set(rows[0])):
            lacks = ", ".join(sorted(missing)) if rows else "all rows"
            raise self.error(f"{file} lacks {lacks}; run {command}")
        return rows


def _constants() -> nodes.Node:
    """Return the calibrated constants of the default, as the package carries them."""
    constants = calibration()
    (half_at, exponent), made = constants.gain, constants.provenance
    series = ", ".join(f"{name} {count}" for name, count in made["series"].items())
    caption = (
        "Weights of the statistics that a half-width is made of. Half of the gain is left at a "
        f"roughness of {half_at:g}; the exponent of its fall is {exponent:g}. From "
        f"{made['windows']:,} windows of these numbers of series: {series} ({made['source']}). "
        f"Made {made['made_on']} with version {made['version']}, remade by {made['command']}."
    )
    body = [
        [escape(name), escape(meaning), *(f"{weight:.3f}" for weight in weights)]
        for (name, meaning), weights in zip(SPREADS.items(), constants.weights.T, strict=True)
    ]
    head = ["Statistic", "What it is", "Lower, 95%", "Lower, 80%", "Upper, 80%", "Upper, 95%"]
    table = html_table(head, body, numeric={2, 3, 4, 5}, caption=caption, cards=True)
    return nodes.raw("", scrolled_html(table), format="html")


def _table(
    head: list[str], body: list[list[str]], caption: str, groups: Mapping[int, str] | None = None
) -> nodes.Node:
    numeric = set(range(1, len(head)))
    table = html_table(head, body, numeric=numeric, caption=caption, cards=True, groups=groups)
    return nodes.raw("", scrolled_html(table), format="html")


def _grouped(rows: list[dict[str, str]], columns: _Columns, caption: str) -> nodes.Node:
    """Return a table with a line across it wherever the windows or the group change."""
    groups: dict[int, str] = {}
    for i, row in enumerate(rows):
        group = "" if row["group"] == "all" else f"{row['group'].capitalize()}, "
        many = f" ({int(row['series']):,} series)" if row["series"] else ""
        across = f"{group}{_WINDOWS[row['window']]}{many}"
        across = escape(across[0].upper() + across[1:])
        if across not in groups.values():
            groups[i] = across
    body = [[_name(row), *_numbers(row, columns)] for row in rows]
    return _table(["Model", *columns], body, caption, groups)


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
    low, high = (float(row[name] or "nan") for name in ("owa_low", "owa_high"))
    if "OWA" in columns and low < high:
        texts[0] += f" ({low:.3f}–{high:.3f})"
    return texts
