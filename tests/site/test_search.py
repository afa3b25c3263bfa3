"""The search finds English and Chinese, from a server and from a folder."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
from playwright.sync_api import Browser, Page, expect

WORD = "growth"
FOUND = "#search-results li a"
SUMMARY = "#search-results .search-summary"


@pytest.fixture(scope="module")
def results(browser: Browser, address: str, site: Path) -> Iterator[Callable[..., list[str]]]:
    """Search for words and return the titles that are found."""
    page = browser.new_page()

    def search(words: str, base: str = address) -> list[str]:
        page.goto(f"{base}search.html?q={quote(words)}")
        page.locator(SUMMARY).get_by_text("Search finished").or_(
            page.locator(SUMMARY).get_by_text("did not match")
        ).wait_for(timeout=8_000)
        return page.locator(FOUND).all_inner_texts()

    yield search
    page.close()


@pytest.mark.parametrize(
    ("words", "title"),
    [
        ("rounding interval", "Glossary"),
        ("Guangdong", "Ledger"),
        ("recomputed", "Ledger"),
        ("广东", "Ledger"),  # a part of 广东省
        ("跨境电商企业", "Ledger"),
        ("口径", "Glossary"),
        ("省", "Ledger"),
    ],
)
def test_words_are_found(results: Callable[..., list[str]], words: str, title: str) -> None:
    assert title in results(words)


@pytest.mark.parametrize("words", ["zzzyx", "东广"])
def test_what_no_page_has_is_not_found(results: Callable[..., list[str]], words: str) -> None:
    assert results(words) == []


@pytest.mark.parametrize("words", ["Guangdong", "广东"])
def test_search_works_from_a_folder_without_a_server(
    browser: Browser, site: Path, results: Callable[..., list[str]], words: str
) -> None:
    assert results(words, f"{site.as_uri()}/") == results(words) != []


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
    any_page: str | None, visit: Callable[..., Any]
) -> None:
    if any_page == "404.html":
        return  # only a server shows it, at its own root
    seen = visit(any_page, folder=True)
    # The browser's own style sheet gives the body a margin.
    expect(seen.page.locator("body")).to_have_css("margin", "0px")
    assert (seen.foreign, seen.failed, seen.errors) == ([], [], [])


def test_every_page_can_be_read_and_left_without_scripts(
    any_page: str | None, visit: Callable[..., Any]
) -> None:
    page = visit(any_page, scripts=False).page
    if any_page == "search.html":
        assert "Please activate JavaScript" in page.content()
        return
    article = page.locator("main article").first
    assert len(article.inner_text()) > 200
    assert article.locator("h1").first.is_visible()
    assert page.locator("nav a[href]").count() > 5
