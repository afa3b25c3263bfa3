"""What a first visit to each page loads stays within its budget."""

from __future__ import annotations

from pathlib import Path

from playwright.sync_api import Browser

from tools.weigh import budget_of, load, weigh


def test_page_is_within_its_budget(
    any_page: str | None, browser: Browser, address: str, site: Path
) -> None:
    assert any_page is not None
    weight = weigh(load(browser, address, any_page))
    assert weight["html"] > 0
    assert weight["css"] > 0
    assert weight.total() <= budget_of(site, any_page), dict(weight)


def test_only_pages_with_charts_load_the_chart_library(
    any_page: str | None, browser: Browser, address: str, site: Path
) -> None:
    assert any_page is not None
    page = (site / any_page).read_text(encoding="utf-8")
    loaded = load(browser, address, any_page)
    assert any("cbec-vega" in url for url in loaded) == ("cbec-chart__spec" in page)
    assert any(".woff" in url for url in loaded) == ("<math" in page)
    assert any("searchindex" in url for url in loaded) == (any_page == "search.html")
    assert not any("fontawesome" in url for url in loaded)
