"""The search works from a plain server and from a folder."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

WORD = "growth"


@pytest.fixture(params=["server", "folder"])
def start(
    request: pytest.FixtureRequest, browser: Browser, address: str, site: Path
) -> Iterator[tuple[Page, str, list[str]]]:
    """Open the first page; give it, the site's address and what the console complains about."""
    base = address if request.param == "server" else site.resolve().as_uri() + "/"
    context = browser.new_context()
    page = context.new_page()
    errors: list[str] = []
    page.on("console", lambda m: errors.append(m.text) if m.type == "error" else None)
    page.on("pageerror", lambda error: errors.append(str(error)))
    page.goto(base + "index.html")
    yield page, base, errors
    context.close()


def test_a_search_finds_pages_and_marks_the_word_there(
    start: tuple[Page, str, list[str]],
) -> None:
    page, base, errors = start
    page.keyboard.press("Control+k")
    page.keyboard.type(WORD)
    page.keyboard.press("Enter")
    expect(page.locator(".search-summary")).to_contain_text("found")
    found = page.locator("ul.search > li")
    assert found.count() > 5
    if base.startswith("http"):
        expect(page.locator("p.context").first).to_contain_text(WORD, ignore_case=True)
    found.locator("a[href^='chapters/']").first.click()
    expect(page.locator("span.highlighted").first).to_have_text(WORD, ignore_case=True)
    page.get_by_role("link", name="Hide Search Matches").click()
    expect(page.locator("span.highlighted")).to_have_count(0)
    assert errors == []


def test_a_page_opened_from_a_folder_is_complete(
    any_page: str | None, browser: Browser, site: Path
) -> None:
    path = site.resolve() / str(any_page)
    context = browser.new_context()
    page = context.new_page()
    errors: list[str] = []
    page.on("console", lambda m: errors.append(m.text) if m.type == "error" else None)
    page.on("pageerror", lambda error: errors.append(str(error)))
    page.goto(path.as_uri())
    if "cbec-chart__spec" in path.read_text(encoding="utf-8"):
        expect(page.locator(".cbec-chart[data-state=live]").first).to_be_visible()
    # The browser's own style sheet gives the body a margin.
    expect(page.locator("body")).to_have_css("margin", "0px")
    assert errors == []
    context.close()
