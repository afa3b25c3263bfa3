"""Numbers in a page: figures with their verdicts, and mistakes that are reported."""

from __future__ import annotations

import io
import json
import re
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from babel.messages.pofile import read_po
from bs4 import BeautifulSoup, Tag
from sphinx.application import Sphinx
from sphinx.util.docutils import docutils_namespace

from cbec.audit.verdicts import Arithmetic, Evidence, Standing, sense, verdict_html
from cbec.chapters.text_numbers import LINK
from cbec.tables.datapackage import data_dir
from cbec_book.content.roles import links_to_roles, verdicts_to_show
from cbec_book.ledger_links import book_audit
from cbec_book.output.first_party import ASSETS
from tools.notebooks import NOTEBOOKS, ROOT, read

SEARCHES = (data_dir() / "searches.csv").read_text(encoding="utf-8")
GOOD = {
    "market": "[?](cbec:market-2024)",
    "growth": "[?](cbec:import-growth-2024)",
    "given": "[?](cbec:firms-2024)",
    "disputed": "[?](cbec:five-year-multiple)",
    "threshold": "[?](cbec:security-threshold)",
    "check": "[?](cbec:market-identity-2024)",
    "recomputed": "[?](cbec:import-growth-2024/recomputed)",
    "range": "[an old text](cbec:import-growth-2024/range)",
    "claims": "[](cbec:claims)",
    "exact": "[?](cbec:arithmetic/exact)",
    "derived": "[?](cbec:trade-share-change-2024-revised)",
    "derived-range": "[?](cbec:trade-share-change-2024-revised/range)",
    "outside": "[?](cbec:b2b-share-2022)",
    "date": "[?](cbec:evidence-date)",
}
# What is wrong, and what the message has to name: the input and the remedy.
BAD = {
    "no such name": (
        "[?](cbec:market-1066)",
        ["'market-1066'", "did you mean 'market-20", "derivations.csv"],
    ),
    "no such value": ("[?](cbec:firms-2024/recomputed)", ["firms-2024/recomputed", "drop"]),
    "no such verdict": ("[?](cbec:arithmetic/fine)", ["'arithmetic/fine'", "evidence/relayed"]),
    "not computed": ("[12](cbec:by_nobody)", ["'by_nobody'", "computed()"]),
}


@pytest.fixture(scope="module")
def built(
    tmp_path_factory: pytest.TempPathFactory, build_book: Callable[..., Any]
) -> tuple[dict, list[str]]:
    """Build one book with all kinds of links, right ones and wrong ones."""
    items = "".join(f"- {name}: {role} end\n" for name, role in GOOD.items())
    pages = {
        "index": f"# Good\n\n{items}\n```{{toctree}}\nbad\nparts/deep\nreference/ledger\n```\n",
        "bad": "# Bad\n\n" + "\n\n".join(role for role, _ in BAD.values()) + "\n",
        "parts/deep": "# Deep\n\n[?](cbec:market-2024)\n",
        "reference/ledger": "# Ledger\n\n```{ledger}\n```\n",
    }
    book = build_book(tmp_path_factory.mktemp("roles"), pages)
    return book.tree, book.warnings


@pytest.fixture(scope="module")
def shown(built: tuple[dict, list[str]]) -> dict[str, Tag]:
    """Return the list item of each right role."""
    items = built[0]["index"].find("div", class_="body").find("ul").find_all("li", recursive=False)
    return dict(zip(GOOD, items, strict=True))


@pytest.fixture(scope="module")
def warnings(built: tuple[dict, list[str]]) -> list[str]:
    """Return the warnings of the build."""
    return built[1]


def words(item: Tag) -> str:
    """Return the text of a role's item, between its name and its end."""
    text = re.sub(r"\s+", " ", item.get_text()).strip()
    return re.fullmatch(r"[\w-]+: (.*) end", text)[1]


# Claims --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "id", "figure", "printed", "verdict"),
    [
        # Figures as in CONTENT.md's list of the paper's statistics; verdicts by its findings.
        ("market", "market-2024", "17.66 trillion yuan", "17.66万亿元", "untraced"),
        ("growth", "import-growth-2024", "9.57%", "9.57%", "rounding"),
        ("given", "firms-2024", "70,769 firms", "70,769家", None),
        ("disputed", "five-year-multiple", None, "10倍", "disputed"),
        ("threshold", "security-threshold", "more than 1 billion yuan", "10亿元", "proposal"),
    ],
)
def test_claim_shows_figure_and_verdict_and_links_to_its_entry(
    shown: dict[str, Tag], name: str, id: str, figure: str | None, printed: str, verdict: str | None
) -> None:
    link = shown[name].find("a", class_="cbec-claim")
    assert link["href"] == f"reference/ledger.html#claim-{id}"
    if figure is not None:
        assert link.get_text().startswith(f"{figure} ")
    result = book_audit()[id]
    assert result.claim.printed.text == printed
    badges, due = link.find_all("span", class_="verdict"), verdicts_to_show(result)
    if verdict is not None:
        assert due[0] is sense(verdict)
    assert [badge.get_text() for badge in badges] == [one.symbol for one in due]
    for badge, one in zip(badges, due, strict=True):
        assert f"verdict--{one.tone}" in badge["class"]
        assert badge["aria-hidden"] == "true"
    both = f"{result.arithmetic.label_en}, {result.evidence.label_en}"
    assert [badge.get("data-words") for badge in badges] == [None] * (len(due) - 1) + [both]
    assert link.find("span", class_="visually-hidden").get_text() == f" ({both})"


def test_a_claim_reads_as_figure_and_both_verdicts(shown: dict[str, Tag]) -> None:
    link = shown["market"].find("a", class_="cbec-claim")
    link.find(attrs={"aria-hidden": "true"}).extract()
    assert link.get_text().strip() == "17.66 trillion yuan (not derivable, untraced)"


def test_claim_links_to_an_anchor_that_exists(built: tuple[dict, list[str]]) -> None:
    pages, _ = built
    for page, address in (("index", "reference/"), ("parts/deep", "../reference/")):
        links = [a["href"] for a in pages[page].find_all("a", class_="cbec-claim")]
        assert links
        for link in links:
            path, _, anchor = link.partition("#")
            assert path == f"{address}ledger.html"
            assert pages["reference/ledger"].find(id=anchor) is not None, anchor


def test_cross_check_is_named_by_its_label(shown: dict[str, Tag]) -> None:
    label = book_audit()["market-identity-2024"].claim.label_en
    assert words(shown["check"]).startswith(label)


def test_claim_shows_arithmetic_where_it_can_and_its_evidence_always() -> None:
    results = book_audit()
    assert verdicts_to_show(results["import-growth-2024"]) == ["rounding", "not-checked"]
    assert verdicts_to_show(results["market-2024"]) == ["untraced"]


def test_each_tone_has_a_colour_in_the_style_sheet() -> None:
    sheet = (ASSETS / "verdicts.css").read_text(encoding="utf-8")
    for verdict in (*Arithmetic, *Evidence, *Standing):
        assert f".verdict--{verdict.tone} {{" in sheet


def test_badge_holds_symbol_word_and_meaning() -> None:
    for verdict in (*Arithmetic, *Evidence):
        badge = BeautifulSoup(verdict_html(verdict, "a<b"), "html.parser").span
        assert badge["class"] == ["verdict", f"verdict--{verdict.tone}"]
        assert badge["title"] == verdict.meaning_en
        assert badge.get_text() == f"{verdict.symbol} {verdict.label_en}: a<b"


# Other numbers -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "text"),
    [
        # 3.96 / 3.61 - 1; its bounds from 3.955 / 3.615 and 3.965 / 3.605 (CONTENT.md, F1).
        ("recomputed", "9.70%"),
        ("range", "9.405 to 9.986%"),
        ("claims", "42"),
        ("exact", "10 of 42"),
        ("derived-range", "−0.10 to 0.03 points"),  # CONTENT.md, F2
        ("outside", "75.6%"),
        ("date", max(re.findall(r"2026-\d\d-\d\d", SEARCHES))),
    ],
)
def test_a_number_is_as_it_is_now_whatever_the_link_says(
    shown: dict[str, Tag], name: str, text: str
) -> None:
    assert words(shown[name]) == text


def test_derived_text_tells_the_other_form_on_hover(shown: dict[str, Tag]) -> None:
    def hover(name: str) -> str:
        return shown[name].find("span", class_="cbec-derived")["title"]

    assert hover("derived").startswith("−0.103 to 0.030 points")
    assert hover("derived-range").startswith("at face values −0.0")


def test_links_become_roles_and_their_numbers_go() -> None:
    source = ["It was [17.66 trillion yuan](cbec:market-2024), says [Xia 2025](cbec:cite/xia2025)."]
    links_to_roles(None, "page", source)  # type: ignore[arg-type]
    assert source == ["It was {number}`market-2024`, says {cite}`xia2025`."]


@pytest.mark.parametrize("path", [*NOTEBOOKS, ROOT / "index.md"], ids=lambda path: path.name)
def test_no_number_of_the_book_is_left_to_translators(path: Path) -> None:
    before = path.read_text(encoding="utf-8")
    source = [before]
    links_to_roles(None, "page", source)  # type: ignore[arg-type]
    names = [target for _, target in LINK.findall(before)]
    assert names
    assert re.findall(r"\{number\}`([^`]+)`", source[0]) == names
    assert "](cbec:" not in source[0]
    if path.suffix == ".ipynb":
        assert len(json.loads(source[0])["cells"]) == len(json.loads(before)["cells"])


def test_links_to_other_places_stay_as_they_are() -> None:
    source = ["[one](https://example.org/cbec) and [two](page.md#cbec) `[3](x)`"]
    before = list(source)
    links_to_roles(None, "page", source)  # type: ignore[arg-type]
    assert source == before


# Mistakes ------------------------------------------------------------------------------------


def test_right_roles_warn_of_nothing(warnings: list[str]) -> None:
    assert [line for line in warnings if "bad.md" not in line] == []


@pytest.mark.parametrize("name", BAD)
def test_a_mistake_is_a_warning_with_its_place_and_remedy(warnings: list[str], name: str) -> None:
    role, parts = BAD[name]
    line = 3 + 2 * list(BAD).index(name)
    found = [w for w in warnings if re.search(rf"\bbad\.md:{line}: ", w)]
    assert found, f"{role} gives no warning"
    (message,) = found
    assert re.search(r": (?:ERROR|WARNING): ", message)
    assert [part for part in parts if part not in message] == [], message


def test_a_mistake_is_shown_as_it_was_written(built: tuple[dict, list[str]]) -> None:
    marked = [span.get_text() for span in built[0]["bad"].find_all(class_="problematic")]
    assert any("market-1066" in text for text in marked)


def test_a_mistake_shows_no_figure(built: tuple[dict, list[str]]) -> None:
    body = built[0]["bad"].find("div", class_="body")
    assert body.find_all(class_="cbec-derived") == []
    assert body.find_all("a", class_="cbec-claim") == []


def test_messages_for_translators_hold_names_and_no_numbers(tmp_path: Path) -> None:
    shutil.copy(NOTEBOOKS[1], tmp_path / "index.ipynb")
    options = {
        "extensions": ["myst_nb", "sphinx_togglebutton", "sphinx_design", "cbec_book.extension"],
        "nb_execution_mode": "off",
        "source_suffix": {".md": "myst-nb", ".ipynb": "myst-nb"},
    }
    with docutils_namespace():
        out, trees, heard = tmp_path / "out", tmp_path / "trees", io.StringIO()
        Sphinx(tmp_path, None, out, trees, "gettext", options, None, heard).build()
    with (out / "index.pot").open("rb") as file:
        messages = [str(message.id) for message in read_po(file) if message.id]
    source = "".join("".join(cell.source) for cell in read(NOTEBOOKS[1]).cells)
    names = {name for _, name in LINK.findall(source)}
    assert len(names) > 30
    assert names <= {name for text in messages for name in re.findall(r"{number}`(.+?)`", text)}
    # Sections of the paper are called by their numbers, licences by their versions.
    texts = [re.sub(r"{[a-z]+}`[^`]*`|§[\d.]+|CC BY [\d.]+", "", text) for text in messages]
    assert [text for text in texts if re.search(r"\d[.,]\d|\d\s?%|cbec:", text)] == []
