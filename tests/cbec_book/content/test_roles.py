"""Roles of the ledger in a page: figures with their verdicts, and mistakes that are reported."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest
from bs4 import BeautifulSoup, Tag

from cbec.audit.verdicts import Arithmetic, Evidence, Standing, sense, verdict_html
from cbec_book.content.roles import main_verdict
from cbec_book.ledger_links import book_audit
from cbec_book.output.first_party import ASSETS

GOOD = {
    "market": "{claim}`market-2024`",
    "growth": "{claim}`import-growth-2024`",
    "given": "{claim}`firms-2024`",
    "disputed": "{claim}`five-year-multiple`",
    "threshold": "{claim}`security-threshold`",
    "check": "{claim}`market-identity-2024`",
    "recomputed": "{recomputed}`import-growth-2024`",
    "bounds": "{bounds}`import-growth-2024`",
    "claims": "{verdicts}`claims`",
    "checks": "{verdicts}`cross-checks`",
    "exact": "{verdicts}`arithmetic exact`",
    "untraced": "{verdicts}`evidence untraced`",
    "none": "{verdicts}`evidence confirmed`",
    "percent": "{derive}`growth(import-2024, import-2023); 2; %`",
    "spaced": "{derive}`  growth( import-2024,import-2023 ) ;1;%  `",
    "percent-bounds": "{derive}`growth(import-2024, import-2023); 2; %; bounds`",
    "multiple": "{derive}`multiple(market-2024, import-2024); 1`",
    "years": "{derive}`sum(training-theory, training-enterprise, training-internship); 1; years`",
    "yuan": "{derive}`difference(market-2024, market-2023); 2; trillion CNY`",
    "alike": "{derive}`share(market-2024, goods-trade-2024-first); 0; %; bounds`",
    "open-range": "{derive}`ratio(cbec-programmes-share, 7); 1; %; bounds`",
    "negative": "{derive}`difference(market-2023, market-2024); 2; trillion CNY`",
    "large": "{derive}`ratio(cbec-programmes, 0.01%); 0`",
    "root": "{derive}`cagr(2, 1, 5); 1; %`",
}
# What is wrong, and what the message has to name: the input and the remedy.
BAD = {
    "claim, no such id": ("{claim}`market-1066`", ["claim: ", "'market-1066'", "market-2024"]),
    "claim, nothing": ("{claim}` `", ["claim: ", "market-2024"]),
    "recomputed, no such id": ("{recomputed}`market-1066`", ["'market-1066'", "market-2024"]),
    "recomputed, no recomputed value": (
        "{recomputed}`firms-2024`",
        ["'firms-2024'", "no recomputed value"],
    ),
    "bounds, no recomputed value": (
        "{bounds}`firms-2024`",
        ["'firms-2024'", "no recomputed value"],
    ),
    "bounds, a comparison": ("{bounds}`market-identity-2024`", ["'market-identity-2024'"]),
    "verdicts, no such verdict": ("{verdicts}`arithmetic fine`", ["'arithmetic fine'", "write"]),
    "verdicts, other axis": ("{verdicts}`arithmetic relayed`", ["'arithmetic relayed'", "write"]),
    "verdicts, no axis": ("{verdicts}`exact`", ["'exact'", "write"]),
    "verdicts, not an axis": ("{verdicts}`__class__ exact`", ["'__class__ exact'", "write"]),
    "derive, a range": ("{derive}`ratio(cbec-programmes-share, 7); 1; %`", ["add '; bounds'"]),
    "derive, no such id": ("{derive}`growth(market-1066, market-2023); 1; %`", ["market-1066"]),
    "derive, no such function": ("{derive}`square(market-2023); 1; %`", ["square"]),
    "derive, too few arguments": ("{derive}`growth(market-2023); 1; %`", ["growth"]),
    "derive, a comparison": ("{derive}`market-2024 > market-2023; 1; %`", ["comparison"]),
    "derive, division by zero": ("{derive}`ratio(market-2024, 0); 1`", ["derive: "]),
    "derive, no decimals": ("{derive}`growth(market-2024, market-2023)`", ["; decimals; unit"]),
    "derive, decimals in words": (
        "{derive}`growth(market-2024, market-2023); one; %`",
        ["; decimals; unit"],
    ),
    "derive, negative decimals": (
        "{derive}`growth(market-2024, market-2023); -1; %`",
        ["; decimals; unit"],
    ),
    "derive, unknown unit": (
        "{derive}`growth(market-2024, market-2023); 1; furlongs`",
        ["'furlongs'", "percent"],
    ),
    "derive, unknown form": (
        "{derive}`growth(market-2024, market-2023); 1; %; range`",
        ["; decimals; unit; bounds"],
    ),
    "derive, a field too many": (
        "{derive}`growth(market-2024, market-2023); 1; %; bounds; more`",
        ["; decimals; unit; bounds"],
    ),
}


@pytest.fixture(scope="module")
def built(
    tmp_path_factory: pytest.TempPathFactory, build_book: Callable[..., Any]
) -> tuple[dict, list[str]]:
    """Build one book with all roles, right ones and wrong ones."""
    items = "".join(f"- {name}: {role} end\n" for name, role in GOOD.items())
    pages = {
        "index": f"# Good\n\n{items}\n```{{toctree}}\nbad\nparts/deep\nreference/ledger\n```\n",
        "bad": "# Bad\n\n" + "\n\n".join(role for role, _ in BAD.values()) + "\n",
        "parts/deep": "# Deep\n\n{claim}`market-2024`\n",
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
    badge = link.find("span", class_="verdict")
    main = main_verdict(result)
    if verdict is not None:
        assert main is sense(verdict)
        assert f"verdict--{main.tone}" in badge["class"]
    assert badge.get_text() == main.symbol
    assert badge["aria-hidden"] == "true"
    both = f"{result.arithmetic.label_en}, {result.evidence.label_en}"
    assert badge["data-words"] == both
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


def test_claim_shows_arithmetic_where_it_can_and_evidence_where_it_cannot() -> None:
    results = book_audit()
    assert main_verdict(results["import-growth-2024"]) == "rounding"
    assert main_verdict(results["market-2024"]) == results["market-2024"].evidence


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


# Computed text -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "text"),
    [
        # 3.96 / 3.61 - 1; its bounds from 3.955 / 3.615 and 3.965 / 3.605 (CONTENT.md, F1).
        ("recomputed", "9.70%"),
        ("bounds", "9.405 to 9.986%"),
        ("percent", "9.70%"),
        ("spaced", "9.7%"),
        ("percent-bounds", "9.41 to 9.99%"),
        ("multiple", "4.5"),  # 17.66 / 3.96
        ("years", "2.5 years"),  # five semesters
        ("yuan", "0.81 trillion CNY"),  # 17.66 - 16.85
        ("negative", "−0.81 trillion CNY"),
        ("large", "580,000"),  # 58 / 0.0001
        ("root", "14.9%"),  # 2 ** (1 / 5)
        ("claims", "42"),
    ],
)
def test_computed_text(shown: dict[str, Tag], name: str, text: str) -> None:
    assert words(shown[name]) == text


def test_counts_carry_their_denominator_and_agree_with_the_audit(shown: dict[str, Tag]) -> None:
    results = book_audit()
    for name, axis, verdict in (
        ("exact", "arithmetic", "exact"),
        ("untraced", "evidence", "untraced"),
        ("none", "evidence", "confirmed"),
    ):
        count = sum(getattr(result, axis) == verdict for result in results.claims)
        assert words(shown[name]) == f"{count} of 42"
    assert words(shown["checks"]) == f"{7 - len(results.failing)} of 7"


def test_derived_text_tells_the_other_form_on_hover(shown: dict[str, Tag]) -> None:
    def hover(name: str) -> str:
        return shown[name].find("span", class_="cbec-derived")["title"]

    assert hover("percent").startswith("9.405 to 9.986%")
    assert hover("percent-bounds").endswith("9.70%")
    assert hover("negative").startswith("−0.820 to −0.800 trillion CNY")


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


def test_bounds_that_look_alike_are_shown_as_one_number(shown: dict[str, Tag]) -> None:
    assert words(shown["alike"]) == "40%"


def test_the_ends_of_a_threshold_are_rounded_outward(shown: dict[str, Tag]) -> None:
    # Less than 10% over 7 is from 0 to below 1.4286%.
    assert words(shown["open-range"]) == "0.0 to 1.5%"
