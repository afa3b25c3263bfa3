"""The ledger's page carries what its script compares, and the files that it offers."""

from __future__ import annotations

import csv
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from bs4 import Tag

from cbec.audit.formats import render
from cbec_book.content.ledger_tools import data_html
from cbec_book.ledger_links import book_audit


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the folder of the book."""
    return tmp_path_factory.mktemp("ledgertools")


@pytest.fixture(scope="module")
def book(folder: Path, build_book: Callable[..., Any]) -> Any:
    """Build a book with a ledger."""
    pages = {
        "index": "# Book\n\n```{toctree}\nreference/ledger\n```\n",
        "reference/ledger": "# Ledger\n\n```{ledger}\n```\n",
    }
    return build_book(folder, pages)


@pytest.fixture(scope="module")
def box(book: Any) -> Tag:
    """Return the table with its tools."""
    return book.tree["reference/ledger"].select_one(".cbec-ledger")


@pytest.fixture(scope="module")
def data(box: Tag) -> dict[str, Any]:
    """Return the rows as the script reads them."""
    return json.loads(box.select_one("script").string)


def test_the_script_knows_each_row_in_the_tables_order(box: Tag, data: dict[str, Any]) -> None:
    links = [a["href"] for a in box.select("tbody td:first-child a")]
    assert [f"#claim-{row['id']}" for row in data["rows"]] == links
    for row, result in zip(data["rows"], book_audit().results, strict=True):
        assert (row["arithmetic"], row["evidence"]) == (result.arithmetic, result.evidence)
        assert row["section"] == result.claim.section
        assert row["kind"] == ("cross-check" if result.claim.is_cross_check else "statistic")


def test_rows_put_together_are_what_the_command_writes(data: dict[str, Any]) -> None:
    lines = [data["head"], *(row["csv"] for row in data["rows"])]
    assert "\n".join(lines) == render(book_audit(), "csv")
    whole = json.dumps([row["json"] for row in data["rows"]], ensure_ascii=False, indent=2)
    assert whole == render(book_audit(), "json")


@pytest.mark.parametrize("style", ["csv", "json"])
def test_the_files_lie_beside_the_page(box: Tag, book: Any, folder: Path, style: str) -> None:
    link = box.select_one(f'a[download$=".{style}"]')
    file = folder / "_build/reference" / link["href"]
    assert file.read_text(encoding="utf-8") == render(book_audit(), style) + "\n"
    if style == "csv":
        with file.open(encoding="utf-8", newline="") as lines:
            assert len(list(csv.reader(lines))) == 1 + len(book_audit().results)


def test_text_holds_labels_figures_credits_and_sources(data: dict[str, Any]) -> None:
    texts = {row["id"]: row["text"] for row in data["rows"]}
    for part in ("market-2024", "CBEC market size", "跨境电商市场规模", "17.66万亿元", "网经社"):
        assert part in texts["market-2024"], part
    assert "17.66 trillion yuan" in texts["market-2024"]
    for result in book_audit().results:
        assert result.claim.label_zh in texts[result.claim.id]
        for finding in result.findings:
            assert finding.source in texts[result.claim.id]


def test_the_order_of_figures_is_by_unit_and_value(data: dict[str, Any]) -> None:
    ranks = {row["id"]: row["ranks"]["printed"] for row in data["rows"]}
    # Trillion yuan in the paper: 3.61, 3.96, 13.24, 13.7, 16.85, 17.66.
    rising = ["import-2023", "import-2024", "export-2023", "export-2024", "market-2023"]
    assert [ranks[id] for id in rising] == sorted(ranks[id] for id in rising)
    # 10 times and 10 percent are of different units; a cross-check prints nothing.
    assert ranks["shares-sum"] is None
    assert ranks["five-year-multiple"] != ranks["cbec-programmes-share"]


def test_the_order_of_verdicts_is_that_of_the_verdicts_page(data: dict[str, Any]) -> None:
    rows = sorted(data["rows"], key=lambda row: row["ranks"]["verdicts"])
    order = [row["arithmetic"] for row in rows]
    assert list(dict.fromkeys(order)) == ["exact", "rounding", "not-derivable"]


def test_controls_are_hidden_and_name_what_the_ledger_has(box: Tag) -> None:
    form = box.select_one("form")
    assert form.has_attr("hidden")
    assert form["role"] == "search"
    boxes = [(i["name"], i["value"]) for i in form.select("input[type=checkbox]")]
    for axis in ("arithmetic", "evidence"):
        found = {str(getattr(result, axis)) for result in book_audit().results}
        assert {value for name, value in boxes if name == axis} == found
    sections = [option["value"] for option in form.select("select[name=section] option")]
    assert {r.claim.section for r in book_audit().results} <= set(sections)
    assert len(set(sections)) == len(sections)
    assert sections[:3] == ["", "abstract", "2"]


def test_no_text_of_the_ledger_ends_the_script() -> None:
    assert data_html(book_audit()).count("<") == 2  # the tag and its end


def test_the_script_is_loaded_on_the_ledger_alone(book: Any) -> None:
    assert [name for name, text in book.text.items() if "ledger.js" in text] == ["reference/ledger"]
