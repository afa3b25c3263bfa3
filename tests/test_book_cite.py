"""The citations that a reader copies are those of CITATION.cff and references.bib."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml
from pybtex.database import Entry, parse_string

from cbec.book.cite import companion_entry

ROOT = Path(__file__).parents[1]
CITATION = yaml.safe_load((ROOT / "CITATION.cff").read_text(encoding="utf-8"))
AUTHOR = {"family-names": "Xia", "given-names": "Guangkai"}


@pytest.fixture
def blocks(tmp_path: Path, build_book: Callable[..., Any]) -> Any:
    """Build a page of citations; return its code blocks and the warnings."""
    for name in ("CITATION.cff", "references.bib"):
        shutil.copy(ROOT / name, tmp_path)
    page = "# Cite\n\n" + "".join(
        f"```{{bibtex}} {key}\n```\n\n" for key in ("companion", "xia2025", "xia")
    )
    book = build_book(tmp_path, {"index": page}, copyright="2026")
    return [block.get_text() for block in book.tree["index"].select("pre")], book.warnings


def parsed(text: str) -> Entry:
    """Return the one entry of a BibTeX text."""
    (entry,) = parse_string(text, "bibtex").entries.values()
    return entry


def test_the_companion_is_cited_as_its_file_says(blocks: Any) -> None:
    entry = parsed(blocks[0][0])
    assert CITATION["title"] in entry.fields["title"]
    assert CITATION["version"] in entry.fields["howpublished"]
    assert entry.fields["year"] == "2026"
    (author,) = entry.persons["author"]
    assert CITATION["authors"][0]["name"] in str(author)


def test_the_paper_is_cited_as_the_bibliography_has_it(blocks: Any) -> None:
    entry = parsed(blocks[0][1])
    assert blocks[0][1].strip() in (ROOT / "references.bib").read_text(encoding="utf-8")
    assert entry.fields["doi"] == CITATION["references"][0]["doi"]


def test_an_unknown_key_is_an_error_with_its_place(blocks: Any) -> None:
    (warning,) = blocks[1]
    assert "references.bib has no entry 'xia'" in warning
    assert "index.md:9" in warning


def test_a_date_an_identifier_and_a_person_are_taken_from_the_file() -> None:
    more = {"date-released": "2027-01-02", "doi": "10.1/x", "authors": [AUTHOR]}
    entry = parsed(companion_entry(CITATION | more, "2026"))
    assert (entry.fields["year"], entry.fields["doi"]) == ("2027", "10.1/x")
    assert entry.persons["author"][0].last_names == ["Xia"]
