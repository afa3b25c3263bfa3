"""A reader who doubts a figure gets from it to its row and its source, with scripts or without."""

from __future__ import annotations

import functools
import hashlib
import json
import zipfile
from collections.abc import Callable
from html.parser import HTMLParser
from pathlib import Path
from typing import Any
from urllib.parse import urljoin, urlsplit

import pytest

NARROW = 360
POPOVER = "#cbec-popover"

# Where a reader is led to find out more.
TRACES = ".cbec-notes a, .cbec-more a, .cbec-facts a, .cbec-table a"


class Anchors(HTMLParser):
    """The ids of a page."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.found: set[str] = set()
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note the id of an element, if it has one."""
        self.found |= {value for name, value in attrs if name == "id" and value}


@functools.cache
def anchors(path: Path) -> set[str]:
    """Return the ids of a page."""
    return Anchors(path.read_text(encoding="utf-8")).found


def text_of(page: Any, selector: str) -> str:
    """Return an element's words, without the links back to the text."""
    words: str = page.locator(selector).evaluate(
        """(element) => {
          const copy = element.cloneNode(true);
          copy.querySelectorAll(".cbec-note__back").forEach((back) => back.remove());
          return copy.textContent.trim();
        }"""
    )
    return words


def test_every_chapter_has_notes(site: Path) -> None:
    chapters = sorted((site / "chapters").glob("*.html"))
    without = [p.name for p in chapters if 'class="cbec-notes"' not in p.read_text("utf-8")]
    assert chapters
    assert without == []


@pytest.mark.parametrize("width", [NARROW, 1280])
def test_a_number_of_each_kind_opens_its_note_beside_it(
    note_page: str, numbers: str, visit: Callable[..., Any], width: int
) -> None:
    page = visit(note_page, width=width).page
    number = page.locator(f'a[class="{numbers}"]').first
    number.scroll_into_view_if_needed()
    number.click()
    box = page.locator(POPOVER)
    assert box.is_visible()
    assert box.get_attribute("role") == "dialog"
    assert number.get_attribute("aria-expanded") == "true"
    assert text_of(page, POPOVER) == text_of(page, number.get_attribute("href"))
    place = box.bounding_box()
    assert place["x"] >= 0
    assert place["x"] + place["width"] <= width
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    page.keyboard.press("Escape")
    assert not box.is_visible()
    assert number.evaluate("(link) => link === document.activeElement")


def test_on_a_wide_page_a_note_stands_in_the_margin_and_the_contents_give_way(
    note_page: str, visit: Callable[..., Any]
) -> None:
    page = visit(note_page, width=1440).page
    number, box = page.locator("article a.cbec-number").first, page.locator(POPOVER)
    number.scroll_into_view_if_needed()
    number.click()
    assert box.is_visible()
    text, place = page.locator("article").bounding_box(), box.bounding_box()
    assert place["x"] + place["width"] <= 1440
    assert 0 <= place["y"] < page.viewport_size["height"] - 40
    seen = "(all) => all.some((e) => e.checkVisibility({ visibilityProperty: true }))"
    contents = page.locator(".bd-sidebar-secondary")
    # The landing page has no contents, and its text takes their place.
    assert (place["x"] >= text["x"] + text["width"]) == (note_page != "index.html")
    assert not contents.evaluate_all(seen)
    page.keyboard.press("Escape")
    assert contents.evaluate_all(seen) == (note_page != "index.html")


def test_a_note_closes_by_a_click_elsewhere_and_by_tabbing_on(
    note_page: str, visit: Callable[..., Any]
) -> None:
    page = visit(note_page).page
    number, box = page.locator("a.cbec-number").first, page.locator(POPOVER)
    number.click()
    assert box.is_visible()
    page.locator("article h1").first.click(position={"x": 2, "y": 2})
    assert not box.is_visible()
    number.focus()
    page.keyboard.press("Enter")
    links = box.locator("a").count()
    for _ in range(links):
        page.keyboard.press("Tab")
        assert box.is_visible()
    page.keyboard.press("Tab")
    # What comes next may open the box for itself.
    assert number.get_attribute("aria-expanded") == "false"
    assert not box.is_visible() or page.locator("a[aria-expanded=true]").count() == 1


def test_a_note_opens_under_a_resting_mouse_and_closes_behind_it(
    note_page: str, visit: Callable[..., Any]
) -> None:
    page = visit(note_page).page
    number, box = page.locator("a.cbec-number").first, page.locator(POPOVER)
    number.scroll_into_view_if_needed()
    page.mouse.move(1, 1)
    number.hover()
    box.wait_for(state="visible", timeout=3_000)
    page.mouse.move(1, 1)
    box.wait_for(state="hidden", timeout=3_000)


def test_without_scripts_a_number_jumps_to_its_note(
    note_page: str, visit: Callable[..., Any]
) -> None:
    page = visit(note_page, scripts=False).page
    number = page.locator("a.cbec-number").first
    target = number.get_attribute("href")
    number.click()
    assert page.url.endswith(target)
    note = page.locator(target)
    assert note.is_visible()
    top = note.bounding_box()["y"]
    assert 0 <= top < page.viewport_size["height"]
    note.locator(".cbec-note__back a").first.click()
    assert 0 <= number.bounding_box()["y"] < page.viewport_size["height"]


def test_every_trace_leads_to_a_place_that_exists(
    any_page: str, site: Path, tree_of: Callable[..., Any]
) -> None:
    page = tree_of(any_page)
    lost = []
    for link in page.select(TRACES):
        address = link["href"]
        parts = urlsplit(urljoin(any_page, address))
        if parts.netloc or parts.scheme:
            continue
        target = site / parts.path
        if not target.is_file() or (
            parts.fragment and target.suffix == ".html" and parts.fragment not in anchors(target)
        ):
            lost.append(address)
    assert lost == []


def test_the_package_can_be_taken_away_whole(site: Path) -> None:
    described = json.loads((site / "data/datapackage.json").read_text(encoding="utf-8"))
    name = described["name"]
    with zipfile.ZipFile(site / f"data/{name}.zip") as archive:
        held = {entry.removeprefix(f"{name}/"): archive.read(entry) for entry in archive.namelist()}
    assert held.keys() >= {"datapackage.json", "README.md"}
    for table in described["resources"]:
        content = (site / "data" / table["path"]).read_bytes()
        assert table["hash"] == f"sha256:{hashlib.sha256(content).hexdigest()}", table["path"]
        assert held[table["path"]] == content
