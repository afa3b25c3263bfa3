"""The table of the comparison: the file's own numbers, and what is said of a broken file."""

from __future__ import annotations

import csv
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from cbec.chapters.slowdown import power_table, slowdown_runs
from cbec.trend import MODELS
from cbec.trend.combination import calibration
from cbec.trend.scales import SPREADS
from cbec_book.content import forecast_benchmark

RESULTS = Path(__file__).parents[3] / "benchmarks" / "results.csv"
BOTH = "".join(f"```{{forecast-benchmark}} {kind}\n```\n\n" for kind in ("accuracy", "intervals"))
PAGE = {"index": f"# Comparison\n\n{BOTH}"}

Build = Callable[..., Any]


def rows() -> list[dict[str, str]]:
    with RESULTS.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def test_every_row_of_the_file_is_in_both_tables_the_most_accurate_first(
    tmp_path: Path, build_book: Build, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(forecast_benchmark, "_FILE", RESULTS)
    tables = build_book(tmp_path, PAGE).tree["index"].select("table")
    assert len(tables) == 2
    held = sorted(rows(), key=lambda row: float(row["owa"]))
    columns = (("M3", "owa_M3"), ("Error, M1", "interval_error_M1"))
    for table, (title, name) in zip(tables, columns, strict=True):
        head = [cell.get_text() for cell in table.select("thead th")]
        shown = [[c.get_text() for c in row.select("th, td")] for row in table.select("tbody tr")]
        assert len(shown) == len(held)
        for cells, row in zip(shown, held, strict=True):
            assert cells[head.index(title)] == f"{float(row[name]):.3f}"
        (ours,) = table.select("strong")
        assert ours.get_text() == MODELS["combination"].label_en
        caption = table.select_one("caption").get_text()
        assert f"{held[0]['windows']} short annual series" in caption
        assert held[0]["date"] in caption
        if "OWA" in head:
            (naive,) = (cells for cells in shown if cells[0] == MODELS["naive"].label_en)
            assert naive[head.index("OWA")] == "1.000"


@pytest.mark.parametrize(
    ("damage", "message"),
    [
        (None, "is missing; run make bench-forecast"),
        (lambda text: text.splitlines()[0] + "\n", "lacks all rows"),
        (lambda text: text.replace("owa_low", "low"), "lacks owa_low"),
        (
            lambda text: re.sub(r"(?m)^(combination,[^,]*,[^,]*),[^,]*", r"\1,no", text),
            "could not convert string to float: 'no'",
        ),
    ],
)
def test_a_broken_file_is_said_in_one_line(
    damage: Callable[[str], str] | None,
    message: str,
    tmp_path: Path,
    build_book: Build,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    path = tmp_path / "results.csv"
    if damage:
        before = RESULTS.read_text(encoding="utf-8")
        path.write_text(damage(before), encoding="utf-8")
        assert path.read_text(encoding="utf-8") != before
    monkeypatch.setattr(forecast_benchmark, "_FILE", path)
    book = build_book(tmp_path / "book", PAGE)
    assert book.warnings
    assert all("results.csv" in line for line in book.warnings)
    assert any(message in line for line in book.warnings)


def test_a_table_that_there_is_not_is_named(tmp_path: Path, build_book: Build) -> None:
    (heard,) = build_book(
        tmp_path, {"index": "# Comparison\n\n```{forecast-benchmark} speed\n```\n"}
    ).warnings
    assert "there is no table 'speed'; write accuracy, intervals, outside or constants" in heard


def test_the_constants_are_those_that_the_package_carries(
    tmp_path: Path, build_book: Build
) -> None:
    book = build_book(
        tmp_path, {"index": "# Constants\n\n```{forecast-benchmark} constants\n```\n"}
    )
    shown = book.tree["index"].get_text(" ", strip=True)
    assert f"a roughness of {calibration().gain[0]:g}" in shown
    for name, weights in zip(SPREADS, calibration().weights.T, strict=True):
        assert name in shown
        assert all(f"{weight:.3f}" in shown for weight in weights)


def test_the_power_of_the_tests_is_shown_as_it_is_computed(
    tmp_path: Path, build_book: Build
) -> None:
    page = build_book(tmp_path, {"index": "# Power\n\n```{slowdown-power}\n```\n"}).tree["index"]
    shown = [[c.get_text() for c in row.select("td")] for row in page.select("table tbody tr")]
    expected = power_table(slowdown_runs())
    assert [row[:2] for row in shown] == expected[["Years", "Test"]].to_numpy().tolist()
    assert [row[-2] for row in shown] == [f"{chance:.2f}" for chance in expected["Sees 1 point"]]
