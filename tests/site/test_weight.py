"""What a first visit to each page loads stays within its budget."""

from __future__ import annotations

import gzip
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urljoin, urlsplit

import pytest
from playwright.sync_api import Browser

from tools.weigh import BUDGET, LEVEL, addresses, load, weigh


@cache
def compressed(path: Path) -> int:
    """Return a file's compressed size."""
    return len(gzip.compress(path.read_bytes(), LEVEL))


@pytest.fixture
def weights(visit: Callable[..., Any], address: str, site: Path) -> Callable[[str], dict[str, int]]:
    """Return a function that weighs what came as a page was opened, file by file, with its icon."""

    def weights_of(name: str) -> dict[str, int]:
        page = (site / name).read_text(encoding="utf-8")
        icons = [urljoin(address + name, icon) for icon in addresses(page, ("icon",))]
        loaded = {*visit(name).loaded, *icons}
        paths = [unquote(urlsplit(url).path[1:]) for url in loaded if url.startswith(address)]
        return {path: compressed(site / path) for path in paths}

    return weights_of


def test_page_is_within_its_budget_and_loads_nothing_it_has_no_use_for(
    any_page: str | None, weights: Callable[[str], dict[str, int]], site: Path
) -> None:
    name = str(any_page)
    page = (site / name).read_text(encoding="utf-8")
    loaded = weights(name)
    for part, used in {
        "cbec-site.css": True,
        "cbec-vega.js": False,
        "cbec-math.woff": "<math" in page,
        "copybutton.js": 'class="highlight"' in page,
        "search.js": name == "search.html",
        "search-index.js": False,
        "fontawesome": False,
        "bootstrap": False,
    }.items():
        assert any(part in path for path in loaded) == used, part
    assert sum(loaded.values()) <= BUDGET, loaded


@pytest.mark.parametrize("name", ["chapters/03_challenges.html"])
def test_it_is_what_make_weigh_says(
    name: str, weights: Callable[[str], dict[str, int]], browser: Browser, address: str
) -> None:
    assert weigh(load(browser, address, name)).total() == sum(weights(name).values())
