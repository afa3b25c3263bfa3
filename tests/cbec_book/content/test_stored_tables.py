"""A table of an output is written from what it says that it shows, not from its stored HTML."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import nbformat
import pandas as pd
import pytest

from cbec.audit.ledger_reader import read_ledger
from cbec.audit.verdict_rules import audit_ledger
from cbec.chapters.propositions import robustness
from cbec.chapters.survival_grid import SurvivalGrid
from cbec.display.html import TABLE_MIME
from cbec.display.notebook import Table
from cbec.trend.forecasting import forecast
from cbec.trend.rolling import rolling_origin
from cbec_book.content.stored_tables import write_table

FRAME = pd.DataFrame(
    {
        "Year": [2023, 2024],
        "Value": [-0.001, 2.345],
        "Word": ["<a>", None],
        "row": ["market-total-2013-as-published", "customs-total-2023-revised"],
    }
)
LEVELS = [1.0, 2.1, 2.9, 4.2, 5.1, 5.8, 7.2, 8.1]
SHOWN: dict[str, Callable[[], Any]] = {
    "audit": lambda: audit_ledger(read_ledger()).in_section("3"),
    "robustness": lambda: robustness(read_ledger()).in_chapter(2),
    "survival": lambda: SurvivalGrid(robustness(read_ledger()), "What survives."),
    "table": lambda: Table(FRAME, "Two years", decimals=1),
    "folded table": lambda: Table(FRAME, "Two years", folded=True),
    "empty table": lambda: Table(FRAME.iloc[:0], "No year"),
    "forecast": lambda: forecast(LEVELS, 3),
    "evaluation": lambda: rolling_origin(LEVELS, 2, models=["naive", "drift"]),
}


@pytest.mark.parametrize("make", SHOWN.values(), ids=SHOWN)
def test_what_a_table_stores_is_enough_to_write_it(make: Callable[[], Any]) -> None:
    shown = make()
    content = shown._repr_mimebundle_()[TABLE_MIME]
    assert write_table(json.loads(json.dumps(content))) == shown._repr_html_()


def test_numbers_are_stored_as_numbers_and_rounded() -> None:
    content = SHOWN["table"]()._repr_mimebundle_()[TABLE_MIME]
    assert content["columns"] == ["Year", "Value", "Word"]
    assert content["rows"] == [[2023, 0.0, "<a>"], [2024, 2.3, None]]
    assert content["rests on"] == [
        ["market-total-2013-as-published"],
        ["customs-total-2023-revised"],
    ]
    html = write_table(content)
    assert "</abbr> 0.0</td>" in html  # and no minus
    assert "&lt;a&gt;" in html
    assert html.partition("</table>")[0].count('<abbr title="unconfirmed">') == 2


def test_the_page_shows_the_content_and_names_what_is_not_there(
    tmp_path: Path, build_book: Callable[..., Any]
) -> None:
    outputs = [
        {TABLE_MIME: Table(FRAME)._content(), "text/html": "an old text"},
        {TABLE_MIME: {"claims": ["market-1066"]}},
        # An audit of another ledger, with and without names that the book's ledger has.
        {TABLE_MIME: {"claims": ["market-1066"]}, "text/html": "another ledger"},
        {TABLE_MIME: {"claims": ["market-2024"]}, "text/html": "a ledger alike"},
    ]
    cell = nbformat.v4.new_code_cell(
        "shown", outputs=[nbformat.v4.new_output("display_data", data) for data in outputs]
    )
    heading = nbformat.v4.new_markdown_cell("# Book")
    notebook = nbformat.v4.new_notebook(cells=[heading, cell])
    book = build_book(tmp_path, {"index": nbformat.writes(notebook)})
    assert "an old text" not in book.text["index"]
    assert "another ledger" in book.text["index"]
    assert "a ledger alike" in book.text["index"]
    assert [cell.get_text() for cell in book.tree["index"].select("td")][:2] == ["2023", "○ 0.00"]
    said = [w for w in book.warnings if "table of an output: there is no claim" in w]
    assert len(said) == 1
