"""The directive ``{forecast-benchmark}``: how the forecasts compare with other packages'.

Its argument is ``accuracy`` or ``intervals``, one table each of ``benchmarks/results.csv``, which
``make bench-forecast`` writes; ``outside``: the tables of ``benchmarks/outside.csv``, which
``make bench-forecast M4=FOLDER`` writes, or the sentence that it hasn't been made; or
``constants``: what ``make calibrate`` chose. ``{slowdown-power}`` shows what the tests of a
slowdown can see, made at each build.
"""

from __future__ import annotations

import csv
from collections.abc import Mapping, Sequence
from html import escape
from pathlib import Path

from docutils import nodes
from sphinx.util.docutils import SphinxDirective

from cbec.chapters.slowdown import power_table, slowdown_runs
from cbec.display.html import scrolled_html
from cbec.display.notebook import Table
from cbec.trend.combination import calibration
from cbec.trend.models import MODELS
from cbec.trend.scales import SPREADS
from cbec_book.content.html_pieces import DataDirective, raw, table_html
from cbec_book.content.stored_tables import table_page_html
from cbec_book.wording import translated

_FILE = Path("benchmarks", "results.csv")
_OUTSIDE = Path("benchmarks", "outside.csv")
# By the title of a column: the number in the file, and its decimals.
_COLUMNS = {
    "OWA": ("owa", 3),
    "M1": ("owa_M1", 3),
    "Tourism": ("owa_tourism", 3),
    "M3": ("owa_M3", 3),
    "Growing": ("owa_growing", 3),
    "Slowing": ("owa_slowing", 3),
    "Falling": ("owa_falling", 3),
    "Short": ("owa_short", 3),
    "sMAPE": ("smape", 2),
    "MASE": ("mase", 2),
    "MSIS": ("msis", 1),
    "80% held": ("coverage_80", 2),
    "95% held": ("coverage_95", 2),
    "Error": ("interval_error", 3),
    "Error, M1": ("interval_error_M1", 3),
    "Error, tourism": ("interval_error_tourism", 3),
    "Error, M3": ("interval_error_M3", 3),
    "CRPS": ("crps", 3),
    "Failed": ("failed", 0),
    "ms": ("ms", 1),
}
_ACCURACY = ("OWA", "M1", "Tourism", "M3", "Growing", "Slowing", "Falling", "Short")
_HELD = ("80% held", "95% held", "Error")
_INTERVALS = (*_HELD, "Error, M1", "Error, tourism", "Error, M3", "CRPS", "Failed", "ms")
_TABLES = {"accuracy": _ACCURACY, "intervals": _INTERVALS}
_SAID = {
    "accuracy": "OWA, smaller is better; in brackets the 95% bootstrap interval",
    "intervals": "What the intervals held, interval error and CRPS (smaller is better), failed "
    "calls, and milliseconds a series",
}
_OUTSIDE_ALL = ("OWA", "sMAPE", "MASE", "MSIS", "CRPS", *_HELD)
_OUTSIDE_GROUPS = ("OWA", "CRPS", *_HELD)
_OUTSIDE_SAMPLE = ("OWA", "MSIS", "CRPS", *_HELD)
_SAMPLE = "last 9 to 16, sample"
_WINDOWS = {
    "last 16": "last 16 points",
    "last 9 to 16": "last 9 to 16 points, another number from series to series",
    "whole history": "whole history, as published",
}


class ForecastBenchmark(SphinxDirective):
    """One of the tables, or those of the outside series."""

    required_arguments = 1

    def run(self) -> list[nodes.Node]:
        """Return the tables that the argument names."""
        kind = self.arguments[0]
        if kind == "constants":
            return [_constants()]
        if kind not in _TABLES and kind != "outside":
            raise self.error(
                f"forecast-benchmark: there is no table {kind!r}; write "
                f"{', '.join(_TABLES)}, outside or constants"
            )
        outside = kind == "outside"
        file, target = (_OUTSIDE, " M4=FOLDER") if outside else (_FILE, "")
        command = f"make bench-forecast{target}"
        try:
            return self._outside(command) if outside else self._compared(kind, command)
        except ValueError as error:
            raise self.error(f"{file}: {error}; run {command}, or restore it") from error

    def _compared(self, kind: str, command: str) -> list[nodes.Node]:
        columns = _TABLES[kind]
        rows = self._rows(_FILE, command, {"windows"}, columns)
        body, made = _ranked(rows, columns), rows[0]
        caption = translated(
            "{measures}. {windows} short annual series, {data}; made {date}, remade by {command}."
        ).format(measures=translated(_SAID[kind]), **made)
        return [_table(["Model", *columns], body, caption)]

    def _outside(self, command: str) -> list[nodes.Node]:
        if not (Path(self.env.srcdir) / _OUTSIDE).is_file():
            self.env.note_dependency(str(Path(self.env.srcdir) / _OUTSIDE))
            text = translated(
                "The comparison on outside series hasn't been made; {command} makes it."
            )
            return [nodes.paragraph("", text.format(command=command))]
        wanted = {"window", "group", "series", "commit"}
        held = self._rows(_OUTSIDE, command, wanted, _OUTSIDE_ALL)
        rows = [row for row in held if row["window"] in _WINDOWS]
        if not rows:
            raise self.error(f"{_OUTSIDE} has no row of {', '.join(_WINDOWS)}; run {command}")
        sample = [row for row in held if row["window"] == _SAMPLE and row["group"] == "all"]
        whole = [row for row in rows if row["group"] == "all"]
        parts = [row for row in rows if row["group"] != "all"]
        caption = translated(
            "OWA (in brackets its own 95% bootstrap interval), other errors and what the "
            "intervals held. {data}; made {date} by commit {commit}, remade by {command}. These "
            "series were looked at before with variants of the method: this is no blind test."
        ).format(**rows[0])
        tables = [_grouped(whole, _OUTSIDE_ALL, caption)]
        if parts:
            same = translated("The same by group of series.")
            tables.append(_grouped(parts, _OUTSIDE_GROUPS, same))
        if sample:
            body = _ranked(sample, _OUTSIDE_SAMPLE)
            many = translated(
                "All models on {count} of these series, drawn at random; 9 to 16 points."
            ).format(count=f"{int(sample[0]['series']):,}")
            tables.append(_table(["Model", *_OUTSIDE_SAMPLE], body, many))
        return tables

    def _rows(
        self, file: Path, command: str, wanted: set[str], columns: Sequence[str]
    ) -> list[dict[str, str]]:
        path = Path(self.env.srcdir) / file
        self.env.note_dependency(str(path))
        if not path.is_file():
            raise self.error(f"{file} is missing; run {command}, or restore it")
        with path.open(encoding="utf-8", newline="") as opened:
            rows = list(csv.DictReader(opened))
        wanted |= {_COLUMNS[title][0] for title in columns}
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
    caption = translated(
        "Weights of the statistics that a half-width is made of. Half of the gain is left at a "
        "roughness of {half_at}; the exponent of its fall is {exponent}. From {windows} windows "
        "of these numbers of series: {counts} ({source}). Made {made_on} with version {version}, "
        "remade by {command}."
    ).format(
        **{**made, "windows": f"{made['windows']:,}"},
        half_at=f"{half_at:g}",
        exponent=f"{exponent:g}",
        counts=series,
    )
    body = [
        [
            escape(translated(name)),
            escape(translated(meaning)),
            *(f"{weight:.3f}" for weight in weights),
        ]
        for (name, meaning), weights in zip(SPREADS.items(), constants.weights.T, strict=True)
    ]
    head = ["Statistic", "What it is", "Lower, 95%", "Lower, 80%", "Upper, 80%", "Upper, 95%"]
    return raw(table_html(head, body, numeric={2, 3, 4, 5}, caption=caption))


def _table(
    head: list[str], body: list[list[str]], caption: str, groups: Mapping[int, str] | None = None
) -> nodes.Node:
    numeric = set(range(1, len(head)))
    return raw(table_html(head, body, numeric=numeric, caption=caption, groups=groups))


def _grouped(rows: list[dict[str, str]], columns: Sequence[str], caption: str) -> nodes.Node:
    """Return a table with a line across it wherever the windows or the group change."""
    groups: dict[int, str] = {}
    for i, row in enumerate(rows):
        group = ""
        if row["group"] != "all":
            group = f"{translated(row['group'].capitalize())}, "
        across = f"{group}{translated(_WINDOWS[row['window']])}"
        if row["series"]:
            said = translated("{windows} ({count} series)")
            across = said.format(windows=across, count=f"{int(row['series']):,}")
        across = escape(across[0].upper() + across[1:])
        if across not in groups.values():
            groups[i] = across
    body = [[_name(row), *_numbers(row, columns)] for row in rows]
    return _table(["Model", *columns], body, caption, groups)


def _ranked(rows: list[dict[str, str]], columns: Sequence[str]) -> list[list[str]]:
    rows.sort(key=lambda row: float(row["owa"]))
    return [[_name(row), *_numbers(row, columns)] for row in rows]


def _name(row: Mapping[str, str]) -> str:
    package = row["package"].split()[0]
    own = MODELS.get(row["model"]) if package == "cbec" else None
    name = escape(own.label_en if own else row["model"])
    shown = f"<strong>{name}</strong>" if own and row["model"] == "combination" else name
    return shown if own else f"{shown} <small>({escape(package)})</small>"


def _numbers(row: Mapping[str, str], columns: Sequence[str]) -> list[str]:
    texts = [
        f"{float(row[column]):.{decimals}f}" if row[column] else ""
        for column, decimals in map(_COLUMNS.__getitem__, columns)
    ]
    low, high = (float(row[name] or "nan") for name in ("owa_low", "owa_high"))
    if "OWA" in columns and low < high:
        texts[0] += f" ({low:.3f}–{high:.3f})"
    return texts


class SlowdownPower(DataDirective):
    """The power of the tests of a slowdown."""

    def write(self) -> str:
        """Compute the table."""
        caption = "What each test can see; scatter and slowdowns in points of growth"
        content = Table(power_table(slowdown_runs()), caption, cards=True)._content()
        return scrolled_html(table_page_html(content))
