"""The table of what the tests of a slowdown can see."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

from cbec.chapters.slowdown import power_table, slowdown_runs


def test_the_page_has_the_table_as_it_is_computed(
    tmp_path: Path, build_book: Callable[..., Any]
) -> None:
    page = build_book(tmp_path, {"index": "# Power\n\n```{slowdown-power}\n```\n"}).tree["index"]
    shown = [[c.get_text() for c in row.select("td")] for row in page.select("table tbody tr")]
    expected = power_table(slowdown_runs())
    assert [row[:2] for row in shown] == expected[["Years", "Test"]].to_numpy().tolist()
    assert [row[-2] for row in shown] == [f"{chance:.2f}" for chance in expected["Sees 1 point"]]
