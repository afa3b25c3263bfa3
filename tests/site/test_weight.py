"""What a first visit to each page loads stays within its budget."""

from __future__ import annotations

from pathlib import Path

from playwright.sync_api import Browser

from tools.weigh import CHART_MARK, budget_of, load, weigh


def test_page_is_within_its_budget_and_loads_nothing_it_has_no_use_for(
    any_page: str | None, browser: Browser, address: str, site: Path
) -> None:
    name = str(any_page)
    page = (site / name).read_text(encoding="utf-8")
    loaded = load(browser, address, name)
    for part, used in {
        "cbec-site.css": True,
        "cbec-vega.js": CHART_MARK in page,
        "cbec-math.woff": "<math" in page,
        "copybutton.js": 'class="highlight"' in page,
        "searchindex.js": name == "search.html",
        "fontawesome": False,
        "bootstrap": False,
    }.items():
        assert any(part in url for url in loaded) == used, part
    weight = weigh(loaded)
    assert weight.total() <= budget_of(site, name), dict(weight)
