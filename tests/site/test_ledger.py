"""A reader finds claims in the ledger by filters, search and order, and takes the view away."""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Callable, Iterator
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page

from cbec.audit.formats import render
from cbec.audit.results import Audit, ClaimAudit
from cbec_book.ledger_links import book_audit

LEDGER = "reference/ledger.html"
WIDE, PHONE = 1280, 360
ROWS = ".cbec-ledger tbody tr"


# What the page does at the back button: it shows the view of its address.
GO_TO = """(address) => {
  history.replaceState(null, "", address);
  dispatchEvent(new PopStateEvent("popstate"));
}"""


@pytest.fixture
def ledger(visit: Callable[..., Any], address: str) -> Iterator[Callable[..., Page]]:
    """Return a function that shows a view of the ledger.

    The page is opened anew for it if so asked, or else made to show it.
    """
    visits = []

    def open_page(query: str = "", **options: Any) -> Page:
        seen = visit(LEDGER, query=query, **options)
        visits.append(seen)
        if not options.get("fresh") and options.get("scripts", True):
            seen.page.evaluate(GO_TO, address + LEDGER + query)
        return seen.page

    yield open_page
    for seen in visits:
        assert seen.errors == []


def ids(found: list[ClaimAudit]) -> list[str]:
    """Return the ids of some results."""
    return [result.claim.id for result in found]


def those(keep: Callable[[ClaimAudit], bool]) -> list[str]:
    """Return the ids of the results of a kind, in the paper's order."""
    found = ids([result for result in book_audit().results if keep(result)])
    assert 0 < len(found) < len(book_audit().results), "the test needs a true choice"
    return found


def shown(page: Page) -> list[str]:
    """Return the ids of the rows that are seen, from above."""
    links = page.locator(f"{ROWS}:visible td:first-child a")
    hrefs = links.evaluate_all("(found) => found.map((a) => a.getAttribute('href'))")
    return [href.removeprefix("#claim-") for href in hrefs]


def entries(page: Page) -> list[str]:
    """Return the ids of the entries that are seen."""
    seen = page.locator("section.cbec-entry:visible")
    return seen.evaluate_all("(found) => found.map((e) => e.id.replace('claim-', ''))")


def tick(page: Page, name: str, value: str) -> None:
    """Tick a box of the tools."""
    page.locator(f'.cbec-ledger input[name="{name}"][value="{value}"]').check()


def count_of(found: list[str]) -> str:
    """Return how the page counts some claims."""
    audit = book_audit()
    told = []
    for results, name in ((audit.claims, "statistics"), (audit.cross_checks, "cross-checks")):
        told.append(f"{len(set(ids(list(results))) & set(found))} of {len(results)} {name}")
    return " and ".join(told)


# Filters -------------------------------------------------------------------------------------


def test_at_first_all_is_shown_and_nothing_to_clear_or_copy(ledger: Callable[..., Page]) -> None:
    page = ledger(fresh=True)
    everything = ids(list(book_audit().results))
    assert shown(page) == entries(page) == everything
    assert page.locator(".cbec-ledger__count").text_content() == count_of(everything)
    assert not page.get_by_role("button", name="Show all").is_visible()
    assert not page.locator(".cbec-ledger__view").is_visible()


@pytest.mark.parametrize(
    ("name", "value", "keep"),
    [
        ("arithmetic", "exact", lambda r: r.arithmetic == "exact"),
        ("arithmetic", "not-derivable", lambda r: r.arithmetic == "not-derivable"),
        ("evidence", "untraced", lambda r: r.evidence == "untraced"),
        ("kind", "cross-check", lambda r: r.claim.is_cross_check),
        ("kind", "statistic", lambda r: not r.claim.is_cross_check),
    ],
)
def test_a_box_keeps_its_rows_and_entries(
    ledger: Callable[..., Page], name: str, value: str, keep: Callable[[ClaimAudit], bool]
) -> None:
    page = ledger()
    label = page.locator(f'.cbec-ledger label:has(input[name="{name}"][value="{value}"])')
    wanted = those(keep)
    assert label.locator(".cbec-ledger__n").text_content() == str(len(wanted))
    label.click()
    assert shown(page) == entries(page) == wanted
    assert page.locator(".cbec-ledger__count").text_content() == count_of(wanted)


def test_boxes_of_one_group_add_up_and_groups_narrow_each_other(
    ledger: Callable[..., Page],
) -> None:
    page = ledger()
    tick(page, "evidence", "single-source")
    tick(page, "evidence", "untraced")
    either = those(lambda r: r.evidence in {"single-source", "untraced"})
    assert shown(page) == either
    tick(page, "arithmetic", "exact")
    both = those(lambda r: r.claim.id in either and r.arithmetic == "exact")
    assert shown(page) == entries(page) == both
    left = page.locator('label:has(input[value="not-derivable"]) .cbec-ledger__n').text_content()
    assert int(left) == len(
        those(lambda r: r.claim.id in either and r.arithmetic == "not-derivable")
    )


@pytest.mark.parametrize("section", ["2", "2.1.2", "4", "abstract"])
def test_a_chapter_holds_its_sections(ledger: Callable[..., Page], section: str) -> None:
    page = ledger()
    page.get_by_label("Section").select_option(section)
    wanted = those(lambda r: f"{r.claim.section}.".startswith(f"{section}."))
    assert shown(page) == wanted
    chosen = page.locator('select[name="section"] option:checked').text_content()
    assert chosen.endswith(f"({len(wanted)})")


@pytest.mark.parametrize(
    ("words", "found"),
    [
        ("进口", "import-growth-2024"),  # in the Chinese label
        ("１７．６６万亿", "market-2024"),  # full width
        ("IMPORTS growth", "import-growth-2024"),  # two words, in any order and case
        ("five-year-mult", "five-year-multiple"),  # an id
        ("17.66 trillion", "market-2024"),  # the figure in English
        ("网经社", "market-2024"),  # whom the paper credits
        ("wucea", "five-year-multiple"),  # a source
        ("  ", "market-2024"),  # nothing asked
    ],
)
def test_the_search_finds_labels_ids_figures_and_sources(
    ledger: Callable[..., Page], words: str, found: str
) -> None:
    page = ledger()
    page.locator('input[name="find"]').fill(words)
    assert found in shown(page)
    assert entries(page) == shown(page)
    if words.strip():
        assert len(shown(page)) < len(book_audit().results)


def test_the_search_finds_every_claim_by_its_chinese_label(ledger: Callable[..., Page]) -> None:
    page = ledger()
    field = page.locator('input[name="find"]')
    for result in book_audit().results[::7]:
        field.fill(result.claim.label_zh[1:])
        assert result.claim.id in shown(page)


def test_when_nothing_matches_the_page_says_so_and_offers_all(ledger: Callable[..., Page]) -> None:
    page = ledger("?find=no-such-claim&arithmetic=exact&sort=claim")
    assert shown(page) == entries(page) == []
    assert page.locator(".cbec-ledger__count").text_content() == count_of([])
    note = page.locator(".cbec-ledger__none")
    assert note.is_visible()
    note.get_by_role("button", name="Show all").click()
    assert shown(page) == ids(list(book_audit().results))
    assert not note.is_visible()
    assert page.url.endswith(LEDGER)
    assert page.evaluate("document.activeElement.name") == "find"


# Order ---------------------------------------------------------------------------------------


def test_a_heading_sorts_up_down_and_back(ledger: Callable[..., Page]) -> None:
    page = ledger("?kind=statistic")
    audit = {r.claim.id: r for r in book_audit().claims}
    heading = page.get_by_role("columnheader", name="Claim")
    heading.get_by_role("button").click()
    assert heading.get_attribute("aria-sort") == "ascending"
    titles = [audit[id].claim.title.casefold() for id in shown(page)]
    assert titles == sorted(titles)
    assert titles != [r.claim.title.casefold() for r in audit.values()]
    heading.get_by_role("button").click()
    assert heading.get_attribute("aria-sort") == "descending"
    falling = [audit[id].claim.title.casefold() for id in shown(page)]
    assert falling == titles[::-1]
    heading.get_by_role("button").click()
    assert heading.get_attribute("aria-sort") is None
    assert shown(page) == list(audit)


@pytest.mark.parametrize(("sort", "factor"), [("printed", 1), ("-printed", -1)])
def test_figures_of_one_unit_are_sorted_by_value_with_none_last(
    ledger: Callable[..., Page], sort: str, factor: int
) -> None:
    page = ledger(f"?sort={sort}")
    claims = [book_audit()[id].claim for id in shown(page)]
    printed = [claim for claim in claims if claim.printed is not None]
    assert claims[len(printed) :] == [r.claim for r in book_audit().cross_checks]
    by_unit: dict[str, list[Fraction]] = {}
    for claim in printed:
        by_unit.setdefault(claim.unit, []).append(factor * claim.printed.value)
    assert len(by_unit["CNY"]) > 5
    assert len(by_unit["%"]) > 5
    for unit, values in by_unit.items():
        assert values == sorted(values), unit
    units = [claim.unit for claim in printed]
    assert len([u for u, before in zip(units, [None, *units], strict=False) if u != before]) == len(
        by_unit
    )


def test_recomputed_figures_come_first_and_the_rest_keep_the_papers_order(
    ledger: Callable[..., Page],
) -> None:
    found = shown(ledger("?sort=-recomputed"))
    with_value = [id for id in found if book_audit()[id].recomputed_text]
    assert found[: len(with_value)] == with_value
    assert found[len(with_value) :] == those(lambda r: not r.recomputed_text)


def test_the_list_of_orders_and_the_headings_agree(ledger: Callable[..., Page]) -> None:
    page = ledger()
    page.get_by_label("Order").select_option("-verdicts")
    sorted_by = page.locator("th[aria-sort]")
    assert sorted_by.count() == 1
    assert sorted_by.text_content() == "Verdicts"
    assert sorted_by.get_attribute("aria-sort") == "descending"


# Links ---------------------------------------------------------------------------------------


def test_a_link_with_the_old_word_for_untraced_still_works(ledger: Callable[..., Page]) -> None:
    page = ledger("?evidence=untraceable", fresh=True)
    assert page.locator('input[name="evidence"][value="untraced"]').is_checked()
    assert shown(page) == those(lambda r: r.evidence == "untraced")


def test_a_copied_link_brings_the_view_back_in_a_new_page(
    ledger: Callable[..., Page], address: str
) -> None:
    page = ledger(fresh=True)
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    tick(page, "evidence", "untraced")
    tick(page, "evidence", "single-source")
    page.locator('input[name="find"]').fill("出口")
    page.get_by_label("Order").select_option("-claim")
    view = shown(page)
    assert 1 < len(view) < 10
    page.get_by_role("button", name="Copy a link").click()
    page.get_by_text("The link is copied.").wait_for()
    link = page.evaluate("navigator.clipboard.readText()")
    assert link.startswith(address)
    assert "evidence=single-source&evidence=untraced" in link
    other = ledger("?" + link.partition("?")[2], fresh=True)
    assert shown(other) == view
    assert other.locator(".cbec-ledger__count").text_content() == count_of(view)


def test_where_nothing_can_be_copied_the_page_says_what_to_do(ledger: Callable[..., Page]) -> None:
    page = ledger("?kind=statistic")
    page.evaluate("() => { navigator.clipboard.writeText = () => Promise.reject(new Error()); }")
    page.get_by_role("button", name="Copy a link").click()
    page.get_by_text("take the address bar's link").wait_for()
    page.evaluate("() => { delete navigator.clipboard.writeText; }")


def test_the_back_button_undoes_a_choice_and_a_search_at_once(ledger: Callable[..., Page]) -> None:
    page = ledger()
    tick(page, "arithmetic", "exact")
    exact = shown(page)
    page.locator('input[name="find"]').press_sequentially("import")
    assert shown(page) != exact
    page.go_back()
    assert shown(page) == exact
    assert page.locator('input[name="find"]').input_value() == ""
    page.go_back()
    assert shown(page) == ids(list(book_audit().results))
    page.go_forward()
    assert shown(page) == exact
    assert page.locator('input[value="exact"]').is_checked()


def in_view(page: Page, id: str) -> bool:
    """Tell whether an entry is displayed and its top is in the window."""
    top = page.locator(f"#claim-{id}").evaluate("(e) => e.getBoundingClientRect().top")
    return page.locator(f"#claim-{id}").is_visible() and -5 < top < 800


def test_a_link_to_an_entry_leads_there_though_the_filter_hides_it(
    ledger: Callable[..., Page],
) -> None:
    # The derivation of import-growth-2024 links to import-2024, which the search doesn't match.
    page = ledger("?find=import-growth-2024")
    assert entries(page) == ["import-growth-2024"]
    page.locator("#claim-import-growth-2024 a[href='#claim-import-2024']").click()
    assert entries(page) == ["import-2024", "import-growth-2024"]
    assert shown(page) == ["import-growth-2024"]
    assert in_view(page, "import-2024")
    page.go_back()
    assert entries(page) == ["import-growth-2024"]


def test_a_link_scrolls_to_a_hidden_entry_far_below(ledger: Callable[..., Page]) -> None:
    page = ledger("?arithmetic=exact")
    far = those(lambda r: r.arithmetic != "exact")[-1]
    assert far not in entries(page)
    page.evaluate("(id) => { location.hash = `claim-${id}`; }", far)
    page.locator(f"#claim-{far}").wait_for(state="visible")
    assert in_view(page, far)


@pytest.mark.parametrize("query", ["", "?arithmetic=exact"])
def test_an_anchor_leads_to_its_entry_on_arrival(ledger: Callable[..., Page], query: str) -> None:
    id = "talent-inflow"
    assert book_audit()[id].arithmetic != "exact"
    page = ledger(f"{query}#claim-{id}", fresh=True, boxes=None)
    assert in_view(page, id)


def test_an_address_with_unknown_words_shows_all(ledger: Callable[..., Page]) -> None:
    page = ledger("?arithmetic=splendid&section=9&sort=beauty&other=1", fresh=True)
    assert shown(page) == ids(list(book_audit().results))


# Downloads -----------------------------------------------------------------------------------


def fetched(page: Page, name: str) -> str:
    """Return the text of the file that a click on a link or button of this name downloads."""
    with page.expect_download() as waiting:
        page.locator(".cbec-ledger__files").get_by_text(re.compile(f"^{name}")).last.click()
    return Path(waiting.value.path()).read_text(encoding="utf-8")


@pytest.mark.parametrize("scripts", [True, False])
@pytest.mark.parametrize("style", ["csv", "json"])
def test_the_files_are_what_the_command_writes(
    ledger: Callable[..., Page], style: str, scripts: bool
) -> None:
    page = ledger(scripts=scripts)
    link = page.locator(f'.cbec-ledger__files a[href="ledger.{style}"]')
    with page.expect_download() as waiting:
        link.click()
    text = Path(waiting.value.path()).read_text(encoding="utf-8")
    assert text == render(book_audit(), style) + "\n"


def test_a_view_is_downloaded_as_it_is_shown(ledger: Callable[..., Page]) -> None:
    page = ledger("?arithmetic=exact&section=2.1.1&sort=-printed")
    view = [book_audit()[id] for id in shown(page)]
    assert 1 < len(view) < len(book_audit().results)
    part = Audit(book_audit().ledger, tuple(view))
    assert fetched(page, "CSV of this view") == render(part, "csv") + "\n"
    assert fetched(page, "JSON of this view") == render(part, "json") + "\n"
    rows = list(csv.DictReader(io.StringIO(render(part, "csv"))))
    assert [row["id"] for row in rows] == shown(page)
    assert json.loads(render(part, "json"))[0]["label_zh"]


# Readers -------------------------------------------------------------------------------------


def test_without_scripts_the_table_is_whole_and_no_control_is_dead(
    ledger: Callable[..., Page],
) -> None:
    page = ledger("?arithmetic=exact", scripts=False, fresh=True, boxes=None)
    everything = ids(list(book_audit().results))
    assert shown(page) == entries(page) == everything
    controls = ".cbec-ledger :is(input, select, button, summary)"
    assert page.locator(controls).count() > 10
    assert page.locator(f"{controls}:visible").count() == 0


@pytest.mark.parametrize("opened", [False, True])
def test_on_a_phone_the_tools_fold_and_nothing_scrolls_sideways(
    ledger: Callable[..., Page], opened: bool
) -> None:
    page = ledger(width=PHONE, touch=True, scheme="dark", fresh=True, boxes=None)
    field = page.locator('input[name="find"]')
    assert not field.is_visible()
    if opened:
        page.locator(".cbec-ledger summary").first.tap()
        assert field.is_visible()
        tick(page, "kind", "cross-check")
        page.get_by_label("Order").select_option("-claim")
        assert len(shown(page)) == len(book_audit().cross_checks)
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    assert page.locator(".cbec-ledger__sort").first.evaluate(
        "(button) => { button.focus(); return document.activeElement !== button; }"
    ), "an unseen button takes the focus"


def test_the_keyboard_alone_filters_sorts_and_clears(ledger: Callable[..., Page]) -> None:
    page = ledger()
    page.locator(".cbec-ledger summary").first.focus()
    page.keyboard.press("Tab")
    page.keyboard.type("import")
    page.keyboard.press("Enter")
    searched = shown(page)
    assert searched == entries(page)
    assert 1 < len(searched) < 20
    seen = []
    for _ in range(40):
        page.keyboard.press("Tab")
        seen.append(page.evaluate("document.activeElement.value || document.activeElement.text"))
        if seen[-1] == "exact":
            page.keyboard.press("Space")
            assert set(shown(page)) < set(searched)
        if page.evaluate("document.activeElement.className") == "cbec-ledger__sort":
            break
    page.keyboard.press("Enter")
    assert page.locator("th").first.get_attribute("aria-sort") == "ascending", seen
    page.get_by_role("button", name="Show all").focus()
    page.keyboard.press("Enter")
    assert shown(page) == ids(list(book_audit().results))
    assert page.evaluate("document.activeElement.name") == "find"


def test_paper_shows_the_view_without_the_tools(ledger: Callable[..., Page]) -> None:
    page = ledger("?kind=cross-check", media="print")
    assert len(shown(page)) == len(entries(page)) == len(book_audit().cross_checks)
    assert page.locator(".cbec-ledger__count").is_visible()
    assert page.locator(".cbec-ledger :is(input, select, summary):visible").count() == 0
    assert not page.locator(".cbec-ledger__acts").is_visible()


# Badges --------------------------------------------------------------------------------------


@pytest.fixture
def badge(visit: Callable[..., Any]) -> Any:
    """Return a claim's badge in the first chapter, in sight, with nothing open."""
    page = visit("chapters/01_introduction.html").page
    link = page.locator("a.cbec-claim").first
    link.scroll_into_view_if_needed()
    return link


def words_beside(badge: Any) -> str:
    """Return the words that the style shows beside a badge, if any."""
    return badge.locator(".verdict[data-words]").evaluate(
        "(symbol) => getComputedStyle(symbol, '::after').content.replace(/^none$|\"/g, '')"
    )


def test_a_screen_reader_hears_figure_and_both_verdicts(badge: Any) -> None:
    result = book_audit()["import-growth-2024"]
    name = f"{result.claim.english} ({result.arithmetic}, not checked)"
    assert badge.page.get_by_role("link", name=name, exact=True).count() >= 1


def test_the_words_show_on_keyboard_focus_and_go_by_escape(badge: Any) -> None:
    assert words_beside(badge) == ""
    badge.page.keyboard.press("Tab")  # from here on, focus is seen
    badge.focus()
    assert words_beside(badge) == "rounding, not checked"
    badge.page.keyboard.press("Escape")
    assert words_beside(badge) == ""
    badge.evaluate("(link) => link.blur()")
    badge.focus()
    assert words_beside(badge) == "rounding, not checked"
    badge.page.keyboard.press("Enter")
    assert badge.page.locator("#cbec-popover").is_visible()
    assert words_beside(badge) == ""


def test_the_note_tells_both_verdicts_and_links_to_the_entry(badge: Any) -> None:
    badge.click()
    note = badge.page.locator("#cbec-popover")
    link = note.locator('a[href="../reference/ledger.html#claim-import-growth-2024"]').first
    assert link.is_visible()
    assert note.locator("p").first.locator(".verdict").all_text_contents() == [
        "≈ rounding",
        "· not checked",
    ]
    badge.page.keyboard.press("Escape")


def test_a_tap_opens_the_note(visit: Callable[..., Any]) -> None:
    page = visit("chapters/01_introduction.html", width=PHONE, touch=True).page
    page.locator("a.cbec-claim").first.tap()
    assert page.locator("#cbec-popover a[href*='ledger.html#claim-']").first.is_visible()
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


def test_without_scripts_the_words_show_on_hover(visit: Callable[..., Any]) -> None:
    page = visit("chapters/01_introduction.html", scripts=False).page
    link = page.locator("a.cbec-claim").first
    link.hover()
    assert words_beside(link) == "rounding, not checked"


@pytest.mark.parametrize("width", [PHONE, WIDE])
def test_the_words_stay_in_the_window_beside_each_badge(
    visit: Callable[..., Any], width: int
) -> None:
    page = visit("chapters/01_introduction.html", width=width).page
    page.keyboard.press("Tab")
    for badge in page.locator("a.cbec-claim:visible").all():
        badge.focus()
        assert words_beside(badge)
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
