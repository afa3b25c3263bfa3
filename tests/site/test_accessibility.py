"""The keyboard reaches and leaves everything; charts, tables and Chinese say what they are."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest

WIDE, PHONE = 1280, 360

# A picture's words have to tell what it shows: an amount, an order, or a change.
TELLS = re.compile(
    r"\d|\b(no|none|one|two|three|four|half|all|most|few|each|every|more|less|little|least|"
    r"(high|low|larg|small|great|narrow|wid)(e|er|est)?|above|below|between|exceeds?|leads?|"
    r"ris\w+|rose|fall\w*|fell|gr[eo]w\w*|gains?|los[es]\w*|climbs?|doubl\w+|equal|same)\b",
    re.IGNORECASE,
)
# Tables that are never wider than a page: those of the index, and the one of what survives.
FITTING = ".genindextable, .indextable, .modindextable, .cbec-survival > table"
SHORTEST = 40  # characters of a description

# One of each kind of control that is in sight, with what changes about it when it gets the focus.
UNSEEN_FOCUS = """() => {
  const still = new CSSStyleSheet();
  still.replaceSync("* { transition: none !important; }");
  document.adoptedStyleSheets.push(still);
  const look = (element) => JSON.stringify([element, ...element.children].map((e) => {
    const style = getComputedStyle(e);
    const outline = style.outlineStyle === "none" ? "" : style.outline;
    return [outline, style.boxShadow, style.backgroundColor, style.borderColor];
  }));
  const kinds = new Map();
  document.querySelectorAll("a[href], button, input, select, summary, [tabindex='0']")
    .forEach((e) => {
      if (!e.checkVisibility({ visibilityProperty: true }) || e.tabIndex < 0 || e.disabled) return;
      const kind = `${e.parentElement.className} > ${e.tagName}.${e.className}`;
      if (!kinds.has(kind)) kinds.set(kind, e);
    });
  const unseen = [...kinds].filter(([kind, element]) => {
    document.activeElement.blur();
    const before = look(element);
    element.focus({ preventScroll: true });
    return document.activeElement !== element || look(element) === before;
  });
  document.adoptedStyleSheets = document.adoptedStyleSheets.filter((sheet) => sheet !== still);
  return unseen.map(([kind]) => kind);
}"""

# Whether the focus has left the page, or is on something that comes after what had it at the last
# call, and whether that is in the main part. A note that opens and closes on the way moves all that
# follows, so places are compared, not counted.
STOP = """() => {
  const [before, now] = [window.cbecFocus, document.activeElement];
  window.cbecFocus = now;
  const position = before.compareDocumentPosition(now);
  return now === document.body ? null
    : [(position & Node.DOCUMENT_POSITION_FOLLOWING) > 0, now.closest("main") !== null];
}"""
IN_DIALOG = """() => document.activeElement.closest("dialog") !== null"""
HAN = re.compile("[\u3400-\u9fff]")
NO_LANGUAGE = ("code", "pre", "script", "style", "svg", "math", "option")


def test_landmarks_and_controls_have_names(any_page: str | None, visit: Callable[..., Any]) -> None:
    page = visit(any_page).page
    assert page.locator("header.cbec-masthead a.logo").count() == 1
    assert page.locator("dialog form[role=search]").count() == 1
    assert page.locator("main").get_attribute("tabindex") == "-1"
    unnamed = page.evaluate(
        """() => [...document.querySelectorAll("dialog, nav, form[role=search] input")]
        .filter((e) => !e.ariaLabel && !e.getAttribute("aria-labelledby") && !e.labels?.length)
        .map((e) => e.outerHTML)
        """
    )
    assert unnamed == []


def test_the_skip_link_comes_first_and_leads_into_the_main_part(
    any_page: str | None, tree_of: Callable[..., Any], visit: Callable[..., Any]
) -> None:
    soup = tree_of(any_page)
    first = soup.body.find(["a", "button", "input", "select", "textarea", "summary"])
    assert first.get_text() == "Skip to main content"
    page = visit(any_page).page
    page.locator("#pst-skip-link a").focus()
    assert page.locator("#pst-skip-link a").is_visible()
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "main-content"
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.closest('main') !== null")


def test_tabs_follow_the_order_of_the_page(any_page: str | None, visit: Callable[..., Any]) -> None:
    page = visit(any_page).page
    assert page.locator("[tabindex]:not([tabindex='0'], [tabindex='-1'])").count() == 0
    page.locator("#pst-skip-link a").focus()
    page.evaluate("() => { window.cbecFocus = document.activeElement; }")
    stops = []
    for _ in range(30):
        page.keyboard.press("Tab")
        stops.append(page.evaluate(STOP))
        if stops[-1] is None:
            break
    onward, areas = zip(*filter(None, stops), strict=True)
    assert all(onward), onward
    assert list(areas) == sorted(areas), "the sidebar comes before the main part"
    assert True in areas


@pytest.mark.parametrize("width", [WIDE, PHONE])
def test_every_kind_of_control_shows_that_it_has_the_focus(
    any_page: str | None, visit: Callable[..., Any], width: int
) -> None:
    page = visit(any_page, width=width).page
    page.locator("#pst-skip-link a").focus()
    page.keyboard.press("Tab")  # from here on, the focus is the keyboard's
    assert page.evaluate(UNSEEN_FOCUS) == []


@pytest.mark.parametrize(
    "opener", [".primary-toggle", ".secondary-toggle", ".article-header-buttons .search-button"]
)
def test_a_dialog_of_a_phone_keeps_the_focus_and_returns_it(
    visit: Callable[..., Any], opener: str
) -> None:
    page = visit("reference/methods.html", width=PHONE).page
    button = page.locator(opener)
    name = button.get_attribute("aria-label") or button.get_attribute("title")
    assert name
    button.focus()
    page.keyboard.press("Enter")
    page.wait_for_selector("dialog[open]")
    assert page.evaluate(IN_DIALOG)
    for _ in range(40):
        page.keyboard.press("Tab")
        # Beyond the last control of a dialog, a browser offers its own.
        assert page.evaluate(IN_DIALOG) or page.evaluate("document.activeElement.matches('body')")
    page.locator("dialog[open] :is(a[href], input)").first.focus()
    page.keyboard.press("Escape")
    page.wait_for_selector("dialog[open]", state="detached")
    page.wait_for_function("(e) => document.activeElement === e", arg=button.element_handle())


def test_the_theme_switch_works_by_keyboard_and_says_what_it_does(
    visit: Callable[..., Any],
) -> None:
    page = visit("reference/methods.html").page
    switch = page.locator(".theme-switch-button:visible").first
    assert switch.get_attribute("aria-label") == "Switch between light, dark and system colours"
    seen = set()
    for _ in range(3):
        switch.focus()
        page.keyboard.press("Enter")
        seen.add(page.evaluate("document.documentElement.dataset.mode"))
        page.wait_for_function("(e) => document.activeElement === e", arg=switch.element_handle())
    assert seen == {"light", "dark", "auto"}
    assert page.evaluate("document.documentElement.dataset.mode") == "auto"


def test_charts_are_described_and_their_figures_tabled(
    chart_page: str | None, tree_of: Callable[..., Any]
) -> None:
    soup = tree_of(chart_page)
    charts = soup.select("figure.cbec-chart")
    assert charts
    poor = {}
    for chart in charts:
        title = chart.select_one(".cbec-chart__title").get_text()
        told = chart.select_one(".cbec-chart__view > svg[role=img]")["aria-label"]
        if told == title or len(told) < SHORTEST or not TELLS.search(told):
            poor[title] = f"a poor description: {told!r}"
        table = chart.select_one("details table")
        if table is None:
            poor[title] = "no table of its figures"
        elif not (table.caption or table.get("aria-label")):
            poor[title] = "a table without a name"
    assert poor == {}


def test_the_figures_of_a_chart_open_by_keyboard(
    chart_page: str | None, visit: Callable[..., Any]
) -> None:
    page = visit(chart_page).page
    box = page.locator("figure.cbec-chart details:has(> .cbec-scroll)").first
    box.evaluate("(box) => { box.open = false; }")
    box.locator("summary").focus()
    page.keyboard.press("Enter")
    assert box.evaluate("(box) => box.open")
    for _ in range(box.locator("a").count() + 1):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.matches('.cbec-scroll')"):
            break
    assert page.evaluate("document.activeElement.ariaLabel").startswith("Figures of the chart: ")


def test_each_table_scrolls_in_a_box_with_a_name(
    any_page: str | None, tree_of: Callable[..., Any]
) -> None:
    soup = tree_of(any_page)
    boxes = {
        id(box)
        for box in soup.select(".cbec-scroll, .pst-scrollable-table-container")
        if box.get("aria-label") and box["tabindex"] == "0"
    }
    loose = [
        table.get_text(" ")[:60]
        for table in soup.select(f"article table:not({FITTING})")
        if not any(id(box) in boxes for box in table.parents)
    ]
    assert loose == []


def test_chinese_is_said_to_be_chinese(any_page: str | None, tree_of: Callable[..., Any]) -> None:
    soup = tree_of(any_page)

    def language(text: Any) -> str:
        return next((e["lang"] for e in text.parents if e.get("lang")), "")

    unmarked = [
        str(text).strip()[:60]
        for text in soup.body.find_all(string=HAN)
        if not language(text).startswith("zh") and text.find_parent(NO_LANGUAGE) is None
    ]
    assert unmarked == []


def test_nothing_moves_for_who_wants_no_motion(
    any_page: str | None, visit: Callable[..., Any]
) -> None:
    page = visit(any_page, reduced_motion="reduce").page
    moving = page.evaluate(
        """() => [...document.querySelectorAll("body *")].filter((e) => {
          const style = getComputedStyle(e);
          const times = `${style.transitionDuration}, ${style.animationDuration}`.split(", ");
          return style.scrollBehavior === "smooth" || times.some((t) => parseFloat(t) > 0.001);
        }).slice(0, 5).map((e) => `${e.tagName}.${e.className}`)"""
    )
    assert moving == []


def test_verdicts_and_focus_are_seen_in_the_colours_of_the_system(
    visit: Callable[..., Any],
) -> None:
    page = visit("reference/verdicts.html", forced_colors="active").page
    badges = page.evaluate(
        """() => [...document.querySelectorAll(".verdict")].map((badge) => {
          const style = getComputedStyle(badge);
          return [badge.textContent.trim(), style.borderStyle !== "none",
            style.color !== style.backgroundColor];
        })"""
    )
    page.locator("#pst-skip-link a").focus()
    page.keyboard.press("Tab")
    unseen = page.evaluate(UNSEEN_FOCUS)
    assert badges
    assert [words for words, *seen in badges if not words or not all(seen)] == []
    assert unseen == []


@pytest.mark.parametrize("width", [WIDE // 2])
def test_a_page_enlarged_twofold_loses_nothing(
    any_page: str | None, visit: Callable[..., Any], width: int
) -> None:
    page = visit(any_page, width=width).page
    assert page.evaluate("() => document.documentElement.scrollWidth <= innerWidth")
    for control in (".primary-toggle", ".theme-switch-button", ".search-button__button"):
        assert page.locator(f"{control}:visible").count(), control
    cut = page.evaluate(
        """() => [...document.querySelectorAll("article :is(p, li, h1, h2, h3, dd, dt)")]
        .filter((e) => e.checkVisibility() && e.getClientRects().length && !e.closest("svg")
          && e.getBoundingClientRect().right > innerWidth + 1
          && !e.closest(".cbec-scroll, .pst-scrollable-table-container"))
        .map((e) => e.textContent.slice(0, 60))"""
    )
    assert cut == []
