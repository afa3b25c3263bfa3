"""Claims that a notebook's table names lead to their entries in the ledger."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import nbformat
from nbformat.v4 import new_code_cell, new_notebook, new_output

from cbec.audit.ledger_reader import read_ledger
from cbec.audit.provenance import find
from cbec.audit.verdict_rules import audit_ledger
from cbec_book.ledger_links import book_audit, entry_address


def page(html: str) -> str:
    cell = new_code_cell("table", outputs=[new_output("display_data", {"text/html": html})])
    notebook = new_notebook(cells=[cell])
    notebook.metadata["kernelspec"] = {"name": "python3", "display_name": "", "language": ""}
    return nbformat.writes(notebook)


def test_the_claims_of_the_books_ledger_are_linked_and_others_are_not(
    tmp_path: Path, build_book: Callable[..., Any]
) -> None:
    own = book_audit().in_section("4.1")._repr_html_()
    (tmp_path / "foreign").mkdir()
    foreign = tmp_path / "foreign" / "claims.csv"
    foreign.write_text(
        "id,label_en,printed,comparator,kind,derivation\nsales-2023,Sales,11,=,level,\n",
        encoding="utf-8",
    )
    other = audit_ledger(read_ledger(foreign))._repr_html_()
    assert "data-entry" in own
    assert "data-entry" in other
    book = build_book(
        tmp_path / "book",
        {
            "index": "# Book\n\n```{toctree}\nchapters/one\nreference/ledger\n```\n",
            "chapters/one": page(own + other),
            "reference/ledger": "# Ledger\n\n```{ledger}\n```\n",
        },
    )
    links = [a["href"] for a in book.tree["chapters/one"].select("table.cbec-table a[href]")]
    assert links == [
        f"../reference/ledger.html#claim-{result.claim.id}"
        for result in book_audit().in_section("4.1").results
    ]
    anchors = {tag["id"] for tag in book.tree["reference/ledger"].select("[id]")}
    assert {link.partition("#")[2] for link in links} <= anchors
    assert "Sales" in book.text["chapters/one"]


def test_each_kind_has_its_page_and_anchor() -> None:
    for name, place in {
        "market-total-2024-as-published": "reference/provenance#market-total-2024-as-published",
        "goods-trade-2024-first": "reference/provenance#goods-trade-2024-first",
        "market-2024": "reference/ledger#claim-market-2024",
        "market": "reference/data#table-market",
    }.items():
        path, _, anchor = place.partition("#")
        entry = find(name)
        assert entry_address(entry.kind, entry.name, "index") == f"{path}.html#{anchor}"
