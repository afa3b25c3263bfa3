"""Entries to copy: what they say is what the project's own files say."""

from __future__ import annotations

from pathlib import Path

import yaml
from pybtex.database import parse_file, parse_string

from cbec_book.content.bibtex import companion_entry, written

ROOT = Path(__file__).parents[3]
CITATION = yaml.safe_load((ROOT / "CITATION.cff").read_text(encoding="utf-8"))


def test_the_companion_is_cited_as_its_own_file_says() -> None:
    entry = companion_entry(CITATION, "2026")
    assert entry.fields["title"] == "{" + CITATION["title"] + "}"
    assert entry.fields["version"] == CITATION["version"]
    assert entry.fields["author"] == "{" + CITATION["authors"][0]["name"] + "}"
    assert "url" not in entry.fields
    assert companion_entry({**CITATION, "url": "u"}, "2026").fields["url"] == "u"


def test_what_is_written_can_be_read_again() -> None:
    stored = parse_file(ROOT / "references.bib", bib_format="bibtex").entries["xia2025"]
    (key, entry), *more = parse_string(written("xia2025", stored), "bibtex").entries.items()
    assert (key, entry.fields, entry.persons) == ("xia2025", stored.fields, stored.persons)
    assert not more
