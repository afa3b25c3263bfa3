"""The page for wrong addresses, as a server shows it at an address of any depth."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from bs4 import BeautifulSoup
from playwright.sync_api import Browser, Route

CHAPTERS = 5


@pytest.fixture
def lost(browser: Browser, address: str, site: Path) -> Iterator[Any]:
    """Open a deep address that no page has, on a server that shows 404.html there."""
    page = browser.new_page()
    failed: list[str] = []
    page.on("response", lambda a: failed.append(a.url) if a.status >= 400 else None)
    body = (site / "404.html").read_text(encoding="utf-8")

    def show(route: Route) -> None:
        route.fulfill(status=200, content_type="text/html", body=body)

    page.route("**/no/such/page.html", show)
    page.goto(f"{address}no/such/page.html")
    yield page, failed
    page.close()


def test_it_is_styled_and_nothing_is_missing(lost: tuple[Any, list[str]]) -> None:
    page, failed = lost
    page.wait_for_load_state("networkidle")
    assert failed == []
    assert page.locator("h1").inner_text().startswith("Page not found")
    assert page.locator("[lang=zh-CN]").first.is_visible()


def test_its_contents_lead_to_pages(lost: tuple[Any, list[str]], address: str, site: Path) -> None:
    page, _ = lost
    links = page.locator("article a").evaluate_all("(all) => all.map((a) => a.href)")
    assert len([link for link in links if "/chapters/" in link]) == CHAPTERS
    assert [x for x in links if not (site / x.removeprefix(address)).is_file()] == []


def test_a_reader_can_search_from_it(lost: tuple[Any, list[str]], address: str) -> None:
    page, _ = lost
    page.get_by_label("Search the book").and_(page.locator("article input")).fill("vintage")
    page.locator("article").get_by_role("button", name="Search").click()
    page.wait_for_url(f"{address}search.html?q=vintage")
    page.locator("#search-results li").first.wait_for(timeout=8_000)


def test_all_that_it_names_starts_from_the_root_or_is_on_it(site: Path) -> None:
    page = BeautifulSoup((site / "404.html").read_text(encoding="utf-8"), "html.parser")
    named = [e[key] for key in ("href", "src", "action") for e in page.select(f"[{key}]")]
    assert len(named) > CHAPTERS
    assert [n for n in named if not n.startswith("/") and not page.select(f'[id="{n[1:]}"]')] == []
    assert page.base is None
