"""Each number in prose leads to a note with its figures, their vintages, grades and sources."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from typing import Any

import pytest
from bs4 import Tag

from cbec.audit.provenance import Entry, find
from cbec.display.html import plain_words
from cbec.display.notebook import GLUE_PREFIX, TRACE_MIME
from cbec_book.ledger_links import book_audit, entry_address

ZONES = ["pilot-zones-2015-03-07", "pilot-zones-2016-01-15"]
DOUBTFUL = "market-total-2018-as-published"  # CONTENT.md: unconfirmed
PROSE = """# Chapter

Imports grew by [?](cbec:import-growth-2024),
[?](cbec:import-growth-2024/recomputed) at face values.

The share is [?](cbec:trade-share-2024-first), which is
[?](cbec:trade-share-2024-first/range) within rounding.

[?](cbec:zones) zones came in [?](cbec:batches) batches; [?](cbec:arithmetic/rounding)
statistics hold within rounding, of [?](cbec:claims); [?](cbec:cross-checks) hold.

Imports grew by [?](cbec:import-growth-2024), and [?](cbec:firms-2024) took part.
The market was [?](cbec:doubtful), by [?](cbec:table) tables, says [?](cbec:plain).
"""
USED = "\n## Figures and their sources\n\n```{figures-used}\n```\n"
FIRST_USES = [
    "9.57%",
    "40.3%",
    "13",
    "2",
    "1 of 42",
    "42",
    "7 of 7",
    "70,769 firms",
    "9.0",
    "1",
    "77",
]


def kept(name: str, digits: list[str], rows: list[str]) -> dict[str, Any]:
    """Return an output as `cbec.display.notebook.computed` stores it."""
    number = {"digits": digits, "unit": "", "form": "number", "rows": rows}
    return {
        "output_type": "display_data",
        "data": {GLUE_PREFIX + TRACE_MIME: number},
        "metadata": {"scrapbook": {"name": name, "mime_prefix": GLUE_PREFIX}},
    }


def notebook(*texts: str) -> str:
    """Return a notebook that keeps some numbers, with Markdown below."""
    glued = kept("glued", [], [])
    glued["data"] = {GLUE_PREFIX + "text/plain": "'7'"}
    outputs = [
        kept("zones", ["13"], ZONES),
        kept("batches", ["2"], [*ZONES, "inputs"]),
        kept("doubtful", ["9.0"], [DOUBTFUL]),
        kept("table", ["1"], ["claims"]),
        kept("plain", ["77"], []),
        glued,
    ]
    code = {"cell_type": "code", "id": "code", "source": "", "outputs": outputs}
    cells: list[dict[str, Any]] = [code | {"metadata": {}, "execution_count": 1}]
    cells += [
        {"cell_type": "markdown", "id": f"text-{i}", "metadata": {}, "source": text}
        for i, text in enumerate(texts)
    ]
    kernel = {"kernelspec": {"name": "python3", "display_name": "", "language": "python"}}
    return json.dumps({"cells": cells, "metadata": kernel, "nbformat": 4, "nbformat_minor": 5})


@pytest.fixture(scope="module")
def book(tmp_path_factory: pytest.TempPathFactory, build_book: Callable[..., Any]) -> Any:
    """Build a chapter with notes, one without, and mistakes."""
    trees = "chapters/one\nchapters/bare\nbad\nempty\ntwice\nreference/ledger\nreference/provenance"
    pages = {
        "index": f"# Book\n\n```{{toctree}}\n{trees}\nreference/data\n```\n",
        "chapters/one": notebook(PROSE, USED),
        "chapters/bare": notebook(PROSE),
        "bad": notebook("# Bad\n\n[?](cbec:zone)", "[?](cbec:glued)"),
        "empty": f"# Empty\n{USED}",
        "twice": f"# Of [?](cbec:market-2024)\n{USED}{USED}",
        "reference/ledger": "# Ledger\n\n```{ledger}\n```\n",
        "reference/provenance": "# Provenance\n\n```{provenance}\n```\n",
        "reference/data": "# Data\n\n```{data-dictionary}\n```\n",
    }
    return build_book(tmp_path_factory.mktemp("numbers"), pages)


@pytest.fixture(scope="module")
def chapter(book: Any) -> Tag:
    """Return the chapter with notes."""
    return book.tree["chapters/one"].find("div", class_="body")


@pytest.fixture(scope="module")
def notes(chapter: Tag) -> list[Tag]:
    """Return its notes."""
    return chapter.select("ol.cbec-notes > li")


def shown(number: Tag) -> str:
    """Return a number's text without its badge."""
    texts = number.find_all(string=True, recursive=False)
    return "".join(texts).strip()


def note_of(chapter: Tag, text: str) -> Tag:
    """Return the note that the first number of a text leads to."""
    number = next(a for a in chapter.select("a.cbec-number") if shown(a) == text)
    return chapter.find(id=number["href"].removeprefix("#"))


def assert_traced(note: Tag, entry: Entry) -> None:
    """Check that a note shows a figure with its origin, and leads to its row and its source."""
    text = note.get_text(" ")
    assert entry.source is not None
    words = map(plain_words, (entry.vintage, entry.evidence))
    for part in (entry.label_en, entry.printed, *words, entry.period):
        assert part in text, part
    links = [a["href"] for a in note.find_all("a")]
    assert entry_address(entry.kind, entry.name, "chapters/one") in links
    if entry.source.url:
        assert entry.source.url in links


def test_every_number_links_to_a_note_of_its_page(chapter: Tag, notes: list[Tag]) -> None:
    numbers = chapter.select("a.cbec-number")
    assert len(numbers) == 14
    assert {a["href"] for a in numbers} == {f"#{note['id']}" for note in notes}
    assert all(a["data-note"] == a["href"].removeprefix("#figure-") for a in numbers)


def test_notes_come_in_the_order_of_first_use_each_once(chapter: Tag, notes: list[Tag]) -> None:
    first: dict[str, str] = {}
    for number in chapter.select("a.cbec-number"):
        first.setdefault(number["href"], shown(number))
    assert list(first.values()) == FIRST_USES
    assert list(first) == [f"#figure-{i}" for i in range(1, len(notes) + 1)]


def test_each_note_leads_back_to_every_use(chapter: Tag, notes: list[Tag]) -> None:
    for note in notes:
        back = [a["href"].removeprefix("#") for a in note.select(".cbec-note__back a")]
        uses = [a["id"] for a in chapter.find_all("a", href=f"#{note['id']}")]
        assert back == uses
        assert all(a["aria-label"] for a in note.select(".cbec-note__back a"))
    assert len(notes[0].select(".cbec-note__back a")) == 3


def test_a_claim_is_told_with_verdicts_range_and_inputs(chapter: Tag) -> None:
    note = note_of(chapter, "9.57%")
    text = note.get_text(" ")
    # 9.405 to 9.986 as in CONTENT.md, F1
    for part in ("9.57%", "stands for 9.565 to 9.575", "9.70%", "9.405 to 9.986%", "rounding"):
        assert part in text.replace("Stands", "stands"), part
    assert "growth(import-2024, import-2023)" in text
    links = [a["href"] for a in note.find_all("a")]
    for id in ("import-growth-2024", "import-2024", "import-2023"):
        assert f"../reference/ledger.html#claim-{id}" in links
    assert "3.61 trillion yuan" in text


def test_a_given_claim_tells_what_its_sources_say(chapter: Tag) -> None:
    text = note_of(chapter, "70,769 firms").get_text(" ")
    result = book_audit()["firms-2024"]
    assert result.findings
    for finding in result.findings:
        assert finding.note_en in text


def test_a_derivation_is_told_with_value_range_and_figures(chapter: Tag) -> None:
    note = note_of(chapter, "40.3%")
    text = note.get_text(" ")
    assert re.search(r"100EC's market of 2024 .* \(40\.26 to 40\.29%, within rounding\)", text)
    assert "share(market-2024, goods-trade-2024-first)" in text
    assert_traced(note, find("goods-trade-2024-first"))


def test_both_forms_of_a_derivation_share_a_note(chapter: Tag) -> None:
    hrefs = [a["href"] for a in chapter.select("a.cbec-derived")]
    assert len(hrefs) == 2
    assert len(set(hrefs)) == 1


def test_a_computed_number_is_told_with_its_rows(chapter: Tag) -> None:
    note = note_of(chapter, "13")
    for name in ZONES:
        assert_traced(note, find(name))
    with_table = note_of(chapter, "2")
    assert '../reference/data.html#table-inputs"' in str(with_table)
    assert note_of(chapter, "77").get_text().endswith("77, computed by the code of this page")


def test_an_unconfirmed_figure_is_marked_and_said_so(chapter: Tag) -> None:
    text = note_of(chapter, "9.0").get_text()
    assert "○" in text
    assert "unconfirmed" in text
    assert "○" not in note_of(chapter, "13").get_text()


def test_a_count_of_verdicts_names_the_claims(chapter: Tag) -> None:
    links = [a["href"] for a in note_of(chapter, "1 of 42").select("p a")]
    counted = [r.claim.id for r in book_audit().claims if r.arithmetic == "rounding"]
    assert links == [f"../reference/ledger.html#claim-{id}" for id in counted]


def test_every_link_of_a_note_has_its_target(book: Any, notes: list[Tag]) -> None:
    for note in notes:
        for link in note.select('a[href^="../"]'):
            page, _, anchor = link["href"].removeprefix("../").partition("#")
            target = book.tree[page.removesuffix(".html")]
            assert not anchor or target.find(id=anchor) is not None, link["href"]


def test_without_the_directive_claims_lead_to_the_ledger(book: Any) -> None:
    body = book.tree["chapters/bare"].find("div", class_="body")
    assert body.select("a.cbec-number") == []
    leading = {a["href"] for a in body.select("a.cbec-claim")}
    assert leading == {
        "../reference/ledger.html#claim-import-growth-2024",
        "../reference/ledger.html#claim-firms-2024",
    }
    assert "13 zones came in 2 batches" in body.get_text()


def test_the_script_is_loaded_where_notes_are_and_nowhere_else(book: Any) -> None:
    loading = {name for name, text in book.text.items() if "notes.js" in text}
    assert loading == {"chapters/one", "empty", "twice"}


@pytest.mark.parametrize(
    ("name", "parts"),
    [
        ("zone", ["'zone' names no number", "did you mean 'zones'?"]),
        ("glued", ["'glued' names no number", "keeps with computed()"]),
    ],
)
def test_a_number_that_was_not_computed_is_a_warning_with_its_place(
    book: Any, name: str, parts: list[str]
) -> None:
    (message,) = [line for line in book.warnings if f"'{name}'" in line]
    assert re.search(r"bad\.ipynb:\d+", message)
    assert [part for part in parts if part not in message] == []


def test_a_page_with_no_number_to_note_is_a_warning(book: Any) -> None:
    (message,) = [w for w in book.warnings if "figures-used" in w and "empty.md" in w]
    assert "empty.md:5" in message


def test_nothing_else_is_a_warning(book: Any) -> None:
    mistakes = ("bad.ipynb", "empty.md", "twice.md")
    rest = [w for w in book.warnings if not any(page in w for page in mistakes)]
    assert rest == []


def test_a_second_place_for_notes_is_a_warning(book: Any) -> None:
    assert any("twice.md" in line and "drop this directive" in line for line in book.warnings)


def test_a_number_in_a_heading_makes_no_link_within_a_link(book: Any) -> None:
    assert book.tree["index"].select("a a") == []
    assert "17.66 trillion yuan" in book.tree["index"].get_text()
