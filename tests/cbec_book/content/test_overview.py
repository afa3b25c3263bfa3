"""Directives of the ledger: complete, adding up, well-formed, and reachable by anchors."""

from __future__ import annotations

import csv
import re
from collections import Counter
from collections.abc import Callable
from html.parser import HTMLParser
from typing import Any

import pytest
from bs4 import Tag

from cbec.audit.verdicts import Arithmetic, Evidence, Standing
from cbec.tables.datapackage import data_dir
from cbec_book.ledger_links import book_audit

STATISTICS, CROSS_CHECKS = 42, 7  # CONTENT.md, the list of the paper's statistics and the checks
AXES = {"arithmetic": Arithmetic, "evidence": Evidence}
VOID = {"area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "wbr"}

PAGES = {
    "index": "# Overview\n\n```{overview}\n```\n\n"
    "[There](#claim-market-2024), {ref}`claim-talent-inflow`\n\n"
    "```{toctree}\nreference/ledger\nnumerals\nlists\nstandings\nbad\n```\n",
    "reference/ledger": "# Ledger\n\n```{ledger}\n```\n",
    "numerals": "# Numerals\n\n```{uncounted-numerals}\n```\n",
    "lists": "# Lists\n\n```{verdict-list} arithmetic\n```\n\n```{verdict-list} evidence\n```\n",
    "standings": "# Standings\n\n```{verdict-list} standing\n```\n",
    "bad": "# Bad\n\n```{verdict-list} fairness\n```\n\nText.\n\n```{verdict-list}\n```\n",
}


@pytest.fixture(scope="module")
def book(tmp_path_factory: pytest.TempPathFactory, build_book: Callable[..., Any]) -> Any:
    """Build one book with all directives."""
    return build_book(tmp_path_factory.mktemp("directives"), PAGES)


@pytest.fixture(scope="module")
def claims() -> dict[str, dict[str, str]]:
    """Return the rows of the ledger's own file by id."""
    with (data_dir() / "claims.csv").open(encoding="utf-8", newline="") as file:
        return {row["id"]: row for row in csv.DictReader(file)}


@pytest.fixture(scope="module")
def entries(book: Any) -> dict[str, Tag]:
    """Return the ledger's entries by anchor."""
    return {e["id"]: e for e in book.tree["reference/ledger"].select("section.cbec-entry")}


def facts(entry: Tag) -> dict[str, Tag]:
    """Return what an entry says, by term."""
    (box,) = entry.select("dl.cbec-facts")
    parts = box.find_all(["dt", "dd"], recursive=False)
    assert [part.name for part in parts] == ["dt", "dd"] * (len(parts) // 2)
    return {dt.get_text(): dd for dt, dd in zip(parts[::2], parts[1::2], strict=True)}


# HTML ----------------------------------------------------------------------------------------


class Nesting(HTMLParser):
    """Notes each end tag that closes something else than what is open."""

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.wrong: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        pass

    def handle_endtag(self, tag: str) -> None:
        if self.open and self.open[-1] == tag:
            self.open.pop()
        elif tag not in VOID:
            self.wrong.append(f"</{tag}> at {self.getpos()} where {self.open[-3:]} is open")


def misnested(html: str) -> list[str]:
    """Return what is not well-formed in a page."""
    parser = Nesting()
    parser.feed(html)
    parser.close()
    return parser.wrong + [f"<{tag}> stays open" for tag in parser.open]


@pytest.mark.parametrize("page", PAGES)
def test_pages_are_well_formed(book: Any, page: str) -> None:
    assert misnested(book.text[page]) == []


@pytest.mark.parametrize("html", ["<p><b>x</p></b>", "<ul><li>x</ul>", "<div>", "</p>"])
def test_malformed_html_is_noticed(html: str) -> None:
    assert misnested(html)


@pytest.mark.parametrize("page", PAGES)
def test_ids_are_unique(book: Any, page: str) -> None:
    ids = Counter(tag["id"] for tag in book.tree[page].find_all(id=True))
    assert [name for name, count in ids.items() if count > 1] == []


@pytest.mark.parametrize("page", PAGES)
def test_links_within_the_page_lead_somewhere(book: Any, page: str) -> None:
    tree = book.tree[page]
    ids = {tag["id"] for tag in tree.find_all(id=True)}
    inner = {a["href"][1:] for a in tree.find_all("a", href=re.compile(r"^#."))}
    assert inner - ids == set()


@pytest.mark.parametrize("page", PAGES)
def test_no_python_shows_through(book: Any, page: str) -> None:
    body = book.tree[page].find("div", class_="body").get_text(" ")
    assert re.findall(r"Fraction\(|Interval\(|\bNone\b|\bnan\b|<\w+\.\w+|\b0x", body) == []


def test_only_the_mistakes_are_warned_of(book: Any) -> None:
    assert [line for line in book.warnings if "bad.md" not in line] == []


# The overview --------------------------------------------------------------------------------


def test_each_statistic_is_a_tile_with_both_verdicts_that_leads_to_its_entry(book: Any) -> None:
    tiles = book.tree["index"].select("a.cbec-overview__tile")
    results = book_audit().claims
    assert [tile["href"] for tile in tiles] == [
        f"reference/ledger.html#claim-{result.claim.id}" for result in results
    ]
    assert len(tiles) == STATISTICS
    for tile, result in zip(tiles, results, strict=True):
        halves = [(half["class"][-1], half.get_text()) for half in tile.select("span")]
        verdicts = (result.arithmetic, result.evidence)
        assert halves == [(f"verdict--{verdict.tone}", verdict.symbol) for verdict in verdicts]
        for verdict in (result.arithmetic, result.evidence):
            assert verdict.label_en in tile["aria-label"]
        assert result.claim.english in tile["aria-label"]


def test_tiles_stand_under_the_part_of_the_paper_that_prints_them(book: Any) -> None:
    parts = book.tree["index"].select(".cbec-overview__parts > div")
    found = [(part.p.get_text(), len(part.select("a"))) for part in parts]
    counts = Counter(result.claim.place for result in book_audit().claims)
    assert [number for _, number in found] == list(counts.values())
    for (title, _), place in zip(found, counts, strict=True):
        assert re.fullmatch(rf"\w[\w ]+ \({re.escape(place)}\)|{place.capitalize()}", title)


@pytest.mark.parametrize(("place", "axis"), [(0, "arithmetic"), (1, "evidence")])
def test_the_key_of_the_overview_adds_up_to_all_statistics(
    book: Any, place: int, axis: str
) -> None:
    told = {}
    for item in book.tree["index"].select(".cbec-overview ul")[place].select("li"):
        sign, label, count = re.fullmatch(
            rf"(\S) (.+) (\d+) of {STATISTICS}", item.get_text()
        ).groups()
        told[label] = int(count)
        assert sign in {verdict.symbol for verdict in AXES[axis]}
    expected = Counter(getattr(r, axis).label_en for r in book_audit().claims)
    assert told == expected
    assert sum(told.values()) == STATISTICS


# The lists -----------------------------------------------------------------------------------


@pytest.mark.parametrize(("place", "axis"), [(0, "arithmetic"), (1, "evidence")])
def test_verdict_list_shows_every_verdict_and_adds_up(book: Any, place: int, axis: str) -> None:
    table = book.tree["lists"].select("table.cbec-table")[place]
    head = [th.get_text() for th in table.select("thead th")]
    assert any(str(STATISTICS) in title for title in head)
    count = next(i for i, title in enumerate(head) if str(STATISTICS) in title)
    rows = [tr.find_all("td") for tr in table.select("tbody tr")]
    assert len(rows) == len(AXES[axis])
    for row, verdict in zip(rows, AXES[axis], strict=True):
        texts = [cell.get_text() for cell in row]
        assert texts[0] == f"{verdict.symbol} {verdict.label_en}"
        assert {verdict.meaning_en, verdict.label_zh} <= set(texts)
        assert int(texts[count]) == sum(getattr(r, axis) == verdict for r in book_audit().claims)
    assert sum(int(row[count].get_text()) for row in rows) == STATISTICS


def test_an_unknown_axis_is_reported_with_its_place_and_remedy(book: Any) -> None:
    (found,) = (line for line in book.warnings if re.search(r"bad\.md:3: ", line))
    assert "'fairness' is no axis; write arithmetic, evidence or standing" in found


def test_standings_are_listed_with_symbol_word_and_meaning(book: Any) -> None:
    rows = [row.find_all("td") for row in book.tree["standings"].select("tbody tr")]
    assert [cells[0].get_text(strip=True) for cells in rows] == [
        shown.symbol + shown.label_en for shown in Standing
    ]
    assert [cells[1].get_text() for cells in rows] == [s.meaning_en for s in Standing]


def test_a_missing_axis_is_reported_with_its_place(book: Any) -> None:
    assert any(re.search(r"bad\.md:8: ", line) for line in book.warnings)
    assert book.tree["bad"].find("table") is None


# The ledger ----------------------------------------------------------------------------------


def test_ledger_has_an_entry_and_a_row_for_each_claim_and_check(
    book: Any, entries: dict[str, Tag], claims: dict[str, dict[str, str]]
) -> None:
    checks = [row for row in claims.values() if row["kind"] == "cross-check"]
    assert (len(claims) - len(checks), len(checks)) == (STATISTICS, CROSS_CHECKS)
    anchors = [f"claim-{id}" for id in claims]
    assert list(entries) == anchors
    rows = book.tree["reference/ledger"].select_one("table.cbec-table").select("tbody tr")
    assert [tr.find("a")["href"] for tr in rows] == [f"#{anchor}" for anchor in anchors]


def test_rows_show_figure_and_both_verdicts(book: Any, claims: dict[str, dict[str, str]]) -> None:
    rows = book.tree["reference/ledger"].select_one("table.cbec-table").select("tbody tr")
    for tr, claim in zip(rows, claims.values(), strict=True):
        result = book_audit()[claim["id"]]
        text = tr.get_text(" ")
        assert claim["label_en"] in text
        assert claim["section"] in text
        assert claim["printed"] in text
        badges = tr.select("span.verdict")
        for badge, verdict in zip(badges, (result.arithmetic, result.evidence), strict=True):
            assert badge["class"][1] == f"verdict--{verdict.tone}"
            assert badge.get_text().startswith(f"{verdict.symbol} {verdict.label_en}")


def test_entries_say_what_the_ledger_holds(
    entries: dict[str, Tag], claims: dict[str, dict[str, str]]
) -> None:
    for id, claim in claims.items():
        entry = entries[f"claim-{id}"]
        said = facts(entry)
        title = entry.find(re.compile(r"h\d")).get_text().replace("’", "'")
        assert title.startswith(claim["label_en"])
        assert claim["period"] in title
        assert said["Chinese"].get_text() == claim["label_zh"]
        assert said["Chinese"].span["lang"] == "zh-CN"
        assert claim["section"] in said["Where"].get_text()
        assert said["Id"].get_text() == id
        for column, term in (
            ("printed", "Printed"),
            ("credited_en", "Credited to"),
            ("note_en", "Note"),
            ("derivation", "Derivation"),
        ):
            assert claim[column] in (said[term].get_text() if term in said else ""), (id, column)
        for axis in ("Arithmetic", "Evidence"):
            verdict = getattr(book_audit()[id], axis.lower())
            assert f"verdict--{verdict.tone}" in said[axis].span["class"]
            assert verdict.label_en in said[axis].span.get_text()


def test_entry_shows_what_a_figure_stands_for(entries: dict[str, Tag]) -> None:
    # Half a unit of the last digit on either side, the upper end open (DESIGN.md, rulings).
    assert "[17.655, 17.665)" in facts(entries["claim-market-2024"])["Printed"].get_text()
    assert "[4.75, 4.85)%" in facts(entries["claim-market-growth-2024"])["Printed"].get_text()


def test_entry_shows_derivation_inputs_and_rules(entries: dict[str, Tag]) -> None:
    derivation = facts(entries["claim-import-growth-2024"])["Derivation"]
    assert derivation.code.get_text() == "growth(import-2024, import-2023)"
    assert {a["href"] for a in derivation.find_all("a")} == {
        "#claim-import-2024",
        "#claim-import-2023",
    }
    rules = [li.get_text() for li in derivation.details.find_all("li")]
    assert len(rules) == 5  # half-up, half-even, truncation, ceiling, floor
    assert any(rule.startswith("half-up: ") and "meets" in rule for rule in rules)


def test_entry_lists_other_inputs_with_their_verdicts(entries: dict[str, Tag]) -> None:
    # CONTENT.md, F1 and F2: exact on first-published totals, no longer on revised ones.
    items = facts(entries["claim-trade-share-2024"])["On other inputs"].find_all("li")
    assert any("inconsistent" in item.span.get_text() for item in items)
    assert all(item.code is not None for item in items)


def test_entry_lists_sources_of_its_findings(entries: dict[str, Tag]) -> None:
    for result in book_audit().results:
        said = facts(entries[f"claim-{result.claim.id}"])
        assert ("Sources" in said) == bool(result.findings)
        if result.findings:
            assert len(said["Sources"].find_all("li")) == len(result.findings)
            for link in said["Sources"].find_all("a"):
                assert link["href"].startswith(("https://", "http://"))


def test_entry_of_a_count_shows_what_is_counted_with_its_place(entries: dict[str, Tag]) -> None:
    items = facts(entries["claim-data-classes"])["Counted"].find_all("li")
    # The paper, section 4.1, second paragraph.
    assert [item.find("span", lang="zh-CN").get_text() for item in items] == [
        "用户信息",
        "交易数据",
        "供应链数据",
    ]
    assert items[0].get_text() == "用户信息 user information (§4.1, paragraph 2)"
    said = facts(entries["claim-countermeasure-dimensions"])
    assert "(§4.1, heading)" in said["Counted"].li.get_text()
    assert [item.span.get_text() for item in said["Also named"].find_all("li")] == [
        "制度创新",
        "技术赋能",
        "人才培育",
        "品牌升级",
    ]


def test_only_counts_have_counted_items(
    entries: dict[str, Tag], claims: dict[str, dict[str, str]]
) -> None:
    for id, claim in claims.items():
        found = "Counted" in facts(entries[f"claim-{id}"])
        assert found == ("count(" in claim["derivation"]), id


# What the ledger leaves out ------------------------------------------------------------------


def test_numerals_left_out_stand_folded_with_place_and_reason(book: Any) -> None:
    (box,) = book.tree["numerals"].select("details.cbec-more")
    assert not box.has_attr("open")
    with (data_dir() / "uncounted_numerals.csv").open(encoding="utf-8", newline="") as file:
        held = list(csv.DictReader(file))
    shown = [row.find_all("td") for row in box.select("tbody tr:not(.cbec-group)")]
    assert len(shown) == len(held)
    for cells, row in zip(shown, held, strict=True):
        assert cells[0].find("span", lang="zh-CN").get_text() == row["numeral"]
        texts = [cell.get_text().replace("§", "") for cell in cells[1:]]
        places = row["sections"].replace(" ", ", ")
        assert texts == [row["meaning_en"], places, row["reason_en"]]


def test_numerals_left_out_are_grouped_by_what_they_are(book: Any) -> None:
    titles = [row.get_text() for row in book.tree["numerals"].select("tr.cbec-group")]
    assert "Figures of speech" in titles
    assert len(set(titles)) == len(titles), "a kind stands in two places"
    head = book.tree["numerals"].find(string="最后一公里").find_previous("tr", "cbec-group")
    assert head.get_text() == "Figures of speech"


def test_other_pages_can_link_to_an_entry(book: Any) -> None:
    links = {a["href"]: a.get_text() for a in book.tree["index"].select("div.body p a")}
    assert links["reference/ledger.html#claim-market-2024"] == "There"
    assert links["reference/ledger.html#claim-talent-inflow"].startswith(
        book_audit()["talent-inflow"].claim.label_en
    )


@pytest.mark.parametrize("page", ["reference/ledger", "numerals", "lists", "standings"])
def test_every_table_has_a_caption(book: Any, page: str) -> None:
    captions = [t.caption.get_text() for t in book.tree[page].select("table.cbec-table")]
    assert captions
    assert len(set(captions)) == len(captions)


@pytest.mark.parametrize("page", ["reference/ledger", "numerals", "lists"])
def test_a_keyboard_can_scroll_wide_tables(book: Any, page: str) -> None:
    tables = book.tree[page].select("table.cbec-table")
    assert tables
    assert all(table.parent["tabindex"] == "0" for table in tables)
