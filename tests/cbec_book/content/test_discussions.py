"""The ledger says where each claim is discussed, after each kind of build."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from bs4 import Tag

Build = Callable[..., Any]

LEDGER = "# Ledger\n\n```{ledger}\n```\n"
INDEX = (
    "# Book\n\nThe market was [?](cbec:market-2024).\n\n"
    "```{toctree}\nchapters/one\nchapters/two\nreference/ledger\n```\n"
)
ONE = """# Chapter one

## The market

It grew by [?](cbec:market-growth-2024/recomputed), to [?](cbec:market-2024).

### Since then

[?](cbec:import-growth-2024/range) and [?](cbec:market-2024) <b>again</b>, [?](cbec:market-2024).

## Mix & trade

Imports and exports: [?](cbec:import-part-of-growth-2024),
as [?](cbec:arithmetic/exact), and [?](cbec:customs-growth-2024-first).
"""
PAGES = {
    "index": INDEX,
    "chapters/one": ONE,
    "chapters/two": "# Of [?](cbec:firms-2024)\n\n## Beside\n\nNothing.\n",
    "reference/ledger": LEDGER,
}


def discussed(book: Any, id: str) -> Tag | None:
    """Return what a claim's entry says of where it is discussed."""
    entry = book.tree["reference/ledger"].find(id=f"claim-{id}")
    term = entry.find("dt", string="Discussed in")
    return term.find_next_sibling("dd") if term else None


def links(book: Any, id: str) -> list[tuple[str, str]]:
    """Return the links of that."""
    found = discussed(book, id)
    return [(a["href"], a.get_text()) for a in found.find_all("a")] if found else []


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("uses")


@pytest.fixture(scope="module")
def book(folder: Path, build_book: Build) -> Any:
    """Build the book once."""
    return build_book(folder, PAGES)


def test_each_page_and_section_is_linked_once_in_reading_order(book: Any) -> None:
    assert links(book, "market-2024") == [
        ("../index.html", "Book"),
        ("../chapters/one.html", "Chapter one"),
        ("../chapters/one.html#the-market", "The market"),
        ("../chapters/one.html#since-then", "Since then"),
    ]
    assert discussed(book, "market-2024").get_text() == "BookChapter one: The market, Since then"


@pytest.mark.parametrize(
    ("id", "anchor", "title"),
    [
        ("market-growth-2024", "the-market", "The market"),  # recomputed
        ("import-growth-2024", "since-then", "Since then"),  # bounds
        ("import-2024", "mix-trade", "Mix & trade"),  # in a derivation
        ("export-2024", "mix-trade", "Mix & trade"),
    ],
)
def test_each_role_counts_as_a_use(book: Any, id: str, anchor: str, title: str) -> None:
    assert links(book, id)[-1] == (f"../chapters/one.html#{anchor}", title)


def test_a_claim_in_a_heading_is_told_by_the_page(book: Any) -> None:
    ((href, title),) = links(book, "firms-2024")
    assert href == "../chapters/two.html"
    assert title.startswith("Of 70,769 firms")
    assert "span" not in title


def test_a_claim_that_no_page_discusses_says_nothing(book: Any) -> None:
    assert discussed(book, "talent-inflow") is None


def test_the_places_exist(book: Any) -> None:
    for id in ("market-2024", "import-2024", "firms-2024"):
        for href, _ in links(book, id):
            page, _, anchor = href.removeprefix("../").partition("#")
            target = book.tree[page.removesuffix(".html")]
            assert not anchor or target.find(id=anchor) is not None


def test_processes_that_read_in_parallel_bring_their_uses_together(
    tmp_path: Path, build_book: Build
) -> None:
    many = {f"chapters/{i:02}": f"# Chapter {i}\n\n[?](cbec:market-2023)\n" for i in range(12)}
    tree = "\n".join(many)
    index = f"# Book\n\n```{{toctree}}\n{tree}\nreference/ledger\n```\n"
    pages = {"index": index, "reference/ledger": LEDGER, **many}
    book = build_book(tmp_path, pages, jobs=2)
    assert links(book, "market-2023") == [
        (f"../chapters/{i:02}.html", f"Chapter {i}") for i in range(12)
    ]


# The next ones change the book of the others, each from how the one before left it.


@pytest.mark.usefixtures("book")
def test_a_change_that_moves_no_claim_leaves_the_ledger(folder: Path, build_book: Build) -> None:
    ledger = folder / "_build/reference/ledger.html"
    written = ledger.stat().st_mtime_ns
    book = build_book(folder, PAGES | {"chapters/one": ONE + "\nMore words.\n"})
    assert "More words." in book.text["chapters/one"]
    assert ledger.stat().st_mtime_ns == written


@pytest.mark.usefixtures("book")
def test_a_changed_page_changes_the_ledger_too(folder: Path, build_book: Build) -> None:
    other = folder / "_trees/chapters/two.doctree"
    written = other.stat().st_mtime_ns
    one = "# Chapter one\n\n## New\n\n[?](cbec:import-2024)\n"
    book = build_book(folder, PAGES | {"chapters/one": one})
    assert other.stat().st_mtime_ns == written, "the build began anew"
    assert links(book, "market-2024") == [("../index.html", "Book")]
    assert ("../chapters/one.html#new", "New") in links(book, "import-2024")
    assert links(book, "export-2024") == []


@pytest.mark.usefixtures("book")
def test_a_page_that_has_gone_is_told_no_more(folder: Path, build_book: Build) -> None:
    (folder / "chapters/two.md").unlink()
    left = {name: text for name, text in PAGES.items() if name != "chapters/two"}
    book = build_book(folder, left)
    assert links(book, "firms-2024") == []
    assert len(links(book, "market-2024")) == 4
