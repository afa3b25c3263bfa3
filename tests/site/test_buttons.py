"""Menus, hints, icons and the way back to the top."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, expect

WIDE, PHONE = 1280, 360
PAGE = "reference/data.html"
ICONS = ".fas, .fa-solid"
MENU_BUTTON = ".dropdown-download-buttons > button"
MENU = ".dropdown-download-buttons > .dropdown-menu"

NOT_DRAWN = """(elements) => elements
  .filter((element) => element.checkVisibility())
  .filter((element) => {
    const drawn = getComputedStyle(element, "::before");
    const size = Math.min(parseFloat(drawn.width), parseFloat(drawn.height));
    const seen = drawn.maskImage.startsWith("url") && drawn.backgroundColor !== "rgba(0, 0, 0, 0)";
    return !(size >= 5) || !seen;
  })
  .map((element) => element.className)"""


@pytest.fixture(params=[WIDE, PHONE])
def page(request: pytest.FixtureRequest, visit: Callable[..., Any]) -> Page:
    """Open a page with a menu."""
    return visit(PAGE, width=request.param).page


@pytest.mark.parametrize("width", [WIDE, PHONE])
def test_every_icon_is_drawn(any_page: str | None, visit: Callable[..., Any], width: int) -> None:
    page = visit(any_page, width=width).page
    page.keyboard.press("Control+k")
    found = page.locator(ICONS)
    assert found.evaluate_all("(all) => all.filter((e) => e.checkVisibility()).length") >= 3
    assert found.evaluate_all(NOT_DRAWN) == []


def test_no_style_sheet_asks_for_a_character_of_an_icon_font(site: Path) -> None:
    [sheet] = site.rglob("*.css")
    css = sheet.read_text(encoding="utf-8")
    assert len(css) > 10_000
    assert re.findall("[\ue000-\uf8ff]", css) == []


def test_the_theme_button_shows_one_icon_for_each_mode(page: Page) -> None:
    icons = page.locator(".theme-switch-button .theme-switch:visible")
    shown = []
    for _ in range(3):
        expect(icons).to_have_count(1)
        shown.append(icons.get_attribute("data-mode"))
        page.locator(".theme-switch-button").click()
    assert sorted(shown) == ["auto", "dark", "light"]


def test_the_menu_opens_within_the_page_and_closes(page: Page) -> None:
    button, menu = page.locator(MENU_BUTTON), page.locator(MENU)
    expect(menu).to_be_hidden()
    button.click()
    page.mouse.move(5, 700)
    expect(menu).to_be_visible()
    expect(button).to_have_attribute("aria-expanded", "true")
    box = menu.bounding_box()
    assert box is not None
    assert page.viewport_size is not None
    assert 0 <= box["x"] <= box["x"] + box["width"] <= page.viewport_size["width"]
    page.mouse.click(5, 700)
    expect(menu).to_be_hidden()
    expect(button).to_have_attribute("aria-expanded", "false")


def test_the_menu_obeys_the_keyboard(page: Page) -> None:
    button, menu = page.locator(MENU_BUTTON), page.locator(MENU)
    items = menu.locator(".dropdown-item")
    button.focus()
    page.keyboard.press("ArrowDown")
    expect(items.first).to_be_focused()
    page.keyboard.press("ArrowDown")
    expect(items.nth(1)).to_be_focused()
    page.keyboard.press("ArrowUp")
    page.keyboard.press("ArrowUp")
    expect(items.first).to_be_focused()
    page.keyboard.press("Escape")
    expect(menu).to_be_hidden()
    expect(button).to_be_focused()
    page.keyboard.press("Enter")
    expect(menu).to_be_visible()
    for _ in range(items.count() + 1):
        page.keyboard.press("Tab")
    expect(menu).to_be_hidden()


@pytest.mark.parametrize("way", ["mouse", "keyboard"])
def test_a_hint_names_the_button_and_stays_within_the_page(page: Page, way: str) -> None:
    button, hint = page.locator(".primary-toggle"), page.locator("[role=tooltip]")
    expect(button).to_have_attribute("aria-label", "Contents of the book")
    if way == "mouse":
        button.hover()
    else:
        button.focus()
    expect(hint).to_have_text("Contents of the book")
    expect(button).to_have_attribute("aria-describedby", hint.get_attribute("id") or "none")
    box, owner = hint.bounding_box(), button.bounding_box()
    assert box is not None
    assert owner is not None
    assert page.viewport_size is not None
    assert 0 <= box["x"] <= box["x"] + box["width"] <= page.viewport_size["width"]
    beside = box["x"] >= owner["x"] + owner["width"]
    assert beside or box["y"] >= owner["y"] + owner["height"]
    page.keyboard.press("Escape")
    expect(hint).to_have_count(0)
    assert button.get_attribute("aria-describedby") is None


# What a page hears of scrolling comes once a frame, so that two turns in one frame are none.
SCROLL = """(length) => new Promise((done) => {
  scrollBy({ top: length, behavior: "instant" });
  requestAnimationFrame(() => requestAnimationFrame(done));
})"""


def test_the_way_back_shows_when_a_reader_scrolls_up(visit: Callable[..., Any]) -> None:
    # On a wide screen, the theme has no such button.
    page = visit(PAGE, width=800).page
    button = page.locator("#pst-back-to-top")
    for length, shown in ((3000, False), (-300, True), (200, False), (-200, True)):
        page.evaluate(SCROLL, length)
        expect(button).to_be_visible(visible=shown)
    button.click()
    page.wait_for_function("() => scrollY === 0")
