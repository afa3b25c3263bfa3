"""A reader meets a term of the glossary: by mouse, key, touch, and without scripts."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

POPOVER = "#cbec-popover"
PAGE = "reference/methods.html"
NARROW = 360


@pytest.mark.parametrize("width", [NARROW, 1280])
def test_a_click_shows_the_definition_and_leads_on_to_the_glossary(
    visit: Callable[..., Any], width: int
) -> None:
    page = visit(PAGE, width=width).page
    term, box = page.locator("a.cbec-term").first, page.locator(POPOVER)
    term.scroll_into_view_if_needed()
    term.click()
    assert box.is_visible()
    place = box.bounding_box()
    assert place["x"] >= 0
    assert place["x"] + place["width"] <= width
    link = box.locator("a")
    assert link.get_attribute("href") == term.evaluate("(term) => term.href")
    assert len(box.inner_text()) > len(link.inner_text())
    page.keyboard.press("Escape")
    assert not box.is_visible()
    assert term.evaluate("(term) => term === document.activeElement")
    assert term.get_attribute("aria-expanded") == "false"


def test_a_resting_mouse_shows_the_definition(visit: Callable[..., Any]) -> None:
    page = visit(PAGE).page
    term, box = page.locator("a.cbec-term").nth(1), page.locator(POPOVER)
    term.scroll_into_view_if_needed()
    page.mouse.move(1, 1)
    term.hover()
    box.wait_for(state="visible", timeout=3_000)
    page.mouse.move(1, 1)
    box.wait_for(state="hidden", timeout=3_000)


def test_focus_by_key_shows_the_definition_and_going_on_hides_it(
    visit: Callable[..., Any],
) -> None:
    page = visit(PAGE).page
    term, box = page.locator("a.cbec-term").last, page.locator(POPOVER)
    term.evaluate(
        "(term) => { term.before(Object.assign(document.createElement('a'), "
        "{ href: '#', id: 'before', textContent: '.' })); }"
    )
    page.locator("#before").focus()
    page.keyboard.press("Tab")
    assert box.is_visible()
    assert term.evaluate("(term) => term === document.activeElement")
    page.keyboard.press("Tab")
    assert term.get_attribute("aria-expanded") == "false", "the definition is no stop of its own"
    assert not box.locator("a").evaluate("(link) => link === document.activeElement")
    page.locator("#before").evaluate("(element) => element.remove()")


def test_without_scripts_a_term_leads_to_its_entry(visit: Callable[..., Any]) -> None:
    page = visit(PAGE, scripts=False).page
    term = page.locator("a.cbec-term").first
    assert term.get_attribute("title")
    anchor = term.get_attribute("href").partition("#")[2]
    term.click()
    page.wait_for_url(f"**/reference/glossary.html#{anchor}")
    assert page.locator(f'[id="{anchor}"]').is_visible()
    page.go_back()
