"""The search finds English and Chinese, from a server and from a folder."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
from playwright.sync_api import Browser, Page

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


def opened_from_folder(browser: Browser, site: Path, name: str) -> tuple[Page, list[str]]:
    """Open a page of the folder; return it with the errors that it reports."""
    page = browser.new_page()
    errors: list[str] = []
    page.on("pageerror", lambda error: errors.append(str(error)))
    page.on("console", lambda said: errors.append(said.text) if said.type == "error" else None)
    page.goto(f"{site.as_uri()}/{name}")
    return page, errors


@pytest.mark.parametrize(
    "name",
    ["index.html", "chapters/05_conclusion.html", "reference/ledger.html", "reference/data.html"],
)
def test_a_page_of_the_folder_opens_without_an_error(
    browser: Browser, site: Path, name: str
) -> None:
    page, errors = opened_from_folder(browser, site, name)
    charts = page.locator(".cbec-chart")
    for number in range(charts.count()):
        charts.nth(number).locator("svg.marks").first.wait_for(timeout=8_000)
    assert page.locator("article h1").count() == 1
    assert errors == []
    page.close()


def test_a_search_from_a_folder_reports_no_error(browser: Browser, site: Path) -> None:
    page, errors = opened_from_folder(browser, site, "search.html?q=Guangdong")
    page.locator(FOUND).first.wait_for(timeout=8_000)
    page.wait_for_timeout(500)  # the summaries come, or can't, a moment later
    assert errors == []
    page.close()


def test_every_page_can_be_read_and_left_without_scripts(
    any_page: str | None, visit: Callable[..., Any]
) -> None:
    if any_page == "search.html":
        pytest.skip("a search is a script; without one the page says so")
    page = visit(any_page, scripts=False).page
    article = page.locator("main article").first
    assert len(article.inner_text()) > 200
    assert article.locator("h1").first.is_visible()
    assert page.locator("nav a[href]").count() > 5
