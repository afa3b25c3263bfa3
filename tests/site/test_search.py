"""The search finds English and Chinese, from a server and from a folder."""

from __future__ import annotations

import gzip
import hashlib
import re
import shutil
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
from bs4 import BeautifulSoup
from playwright.sync_api import Browser, Page, expect

from cbec_book.output import search_index

WORD = "growth"
ITEMS = "#search-results ul.search > li"
FOUND = f"{ITEMS} > a"
SUMMARY = "#search-results .search-summary"


@pytest.fixture(scope="module")
def results(browser: Browser, address: str) -> Iterator[Callable[..., Page]]:
    """Search for words and return the page with what was found."""
    page = browser.new_page()

    def search(words: str, base: str = address) -> Page:
        page.goto(f"{base}search.html?q={quote(words)}")
        page.locator(SUMMARY).wait_for(timeout=8_000)
        return page

    yield search
    page.close()


def places(page: Page) -> list[str]:
    """Return where the links of the results lead, in their order."""
    return [str(link.get_attribute("href")) for link in page.locator(FOUND).all()]


def near_the_top(page: Page, place: str) -> bool:
    """Whether a place is among the first five that are found."""
    return any(found.endswith(place) for found in places(page)[:5])


@pytest.mark.parametrize(
    ("words", "place"),
    [
        ("17.66", "reference/ledger.html#claim-market-2024"),
        ("9.57%", "chapters/02_development.html#import-growth-within-rounding"),
        ("70,769", "chapters/02_development.html#two-counts-of-firms-and-who-counted"),
        ("14772", "reference/ledger.html#claim-firms-guangdong"),  # printed as 14,772
        ("广东", "reference/ledger.html#claim-firms-guangdong"),  # a part of 广东省
        ("跨境电商企业", "reference/ledger.html#claim-firms-2024"),
        ("进口增速", "reference/ledger.html#claim-import-growth-2024"),  # 进口跨境电商同比增长
        ("舍入", "reference/glossary.html#term-rounding-interval"),
        ("四舍五入", "reference/glossary.html#term-half-up"),
        ("口径", "reference/glossary.html#term-definition"),
        ("rounding intervals", "reference/methods.html#rounding-as-an-interval"),
        ("Guangdong", "chapters/02_development.html#concentration-what-a-partial-table-can-tell"),
        ("“tenfold”, claim?", "chapters/02_development.html#the-tenfold-claim"),
        ("进口增速。", "reference/ledger.html#claim-import-growth-2024"),
        ("tenfold claim", "chapters/02_development.html#the-tenfold-claim"),
        ("share of trade", "chapters/02_development.html#did-the-share-of-trade-rise"),
        ("year_on_year", "reference/api/measures.html#cbec.measures.growth.year_on_year"),
    ],
)
def test_a_hit_opens_the_place(
    results: Callable[..., Page], words: str, place: str, site: Path
) -> None:
    assert near_the_top(results(words), place), places(results(words))[:5]
    name, anchor = place.split("#")
    assert f'id="{anchor}"' in (site / name).read_text(encoding="utf-8")


@pytest.mark.parametrize("words", ["zzzyx", "东广", "7.66"])
def test_who_finds_nothing_is_sent_to_the_ledger(results: Callable[..., Page], words: str) -> None:
    page = results(words)
    assert places(page) == []
    link = page.locator(SUMMARY).get_by_role("link")
    link.click()
    expect(page.locator(".cbec-ledger [name=find]")).to_have_value(words)


@pytest.mark.parametrize("words", ["growth", "interval"])
def test_long_lists_come_last(results: Callable[..., Page], words: str) -> None:
    last = [
        place.startswith(("reference/api", "reference/bib")) for place in places(results(words))
    ]
    assert last == sorted(last)
    assert not all(last)


@pytest.fixture(scope="module")
def text_of(site: Path) -> Callable[[str], str]:
    """Return a function that reads the text of a page, once."""

    @cache
    def read_text(name: str) -> str:
        page = BeautifulSoup((site / name).read_bytes(), "html.parser")
        return " ".join(page.get_text().split())

    return read_text


@pytest.mark.parametrize("words", ["growth", "17.66", "广东", "customs", "interval"])
def test_an_excerpt_begins_with_a_word_of_the_prose(
    results: Callable[..., Page], words: str, text_of: Callable[[str], str]
) -> None:
    page = results(words)
    for item in page.locator(ITEMS).filter(has=page.locator("p.context")).all():
        excerpt = " ".join(item.locator("p.context").inner_text().split())
        begin = re.match(r"(?:… )?([A-Za-z]+)", excerpt)
        if begin:
            name = str(item.locator("a").get_attribute("href")).partition("#")[0]
            assert re.search(rf"\b{begin[1]}\b", text_of(name)), excerpt
    assert page.locator("mark").filter(has_text=re.compile(words, re.IGNORECASE)).count() > 0


def test_words_of_a_table_are_found_and_not_quoted(results: Callable[..., Page]) -> None:
    page = results("claim_zh")
    assert places(page)
    told = page.locator(ITEMS).filter(has_text="Found in a table").locator("p.context")
    assert told.count()
    assert "claim_zh" not in " ".join(told.all_inner_texts())


@pytest.mark.parametrize("words", ["Guangdong", "广东"])
def test_search_works_from_a_folder_without_a_server(
    site: Path, results: Callable[..., Page], words: str
) -> None:
    folder = places(results(words, f"{site.as_uri()}/"))
    assert folder == places(results(words)) != []


def test_the_index_is_light_and_loaded_only_for_a_search(
    browser: Browser, address: str, site: Path
) -> None:
    assert len(gzip.compress((site / "_static" / search_index.INDEX_FILE).read_bytes())) <= 150_000
    page = browser.new_page()
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.goto(f"{address}search.html")
    page.get_by_text("figures as they are printed").wait_for()
    assert not [url for url in asked if search_index.INDEX_FILE in url]
    page.close()


def test_a_changed_index_has_another_address(site: Path) -> None:
    page = BeautifulSoup((site / "search.html").read_bytes(), "html.parser")
    name, _, version = page.find(id="search-results")["data-index"].partition("?v=")
    content = (site / name).read_bytes()
    assert version
    assert hashlib.sha256(content).hexdigest().startswith(version)


def test_the_whole_site_comes_as_one_zip_that_opens_from_a_folder(
    browser: Browser, site: Path, tmp_path: Path
) -> None:
    link = BeautifulSoup((site / "index.html").read_bytes(), "html.parser").find("a", download=True)
    archive = site / str(link["href"])
    shutil.unpack_archive(archive, tmp_path)
    (folder,) = tmp_path.iterdir()
    packed = {path.relative_to(folder): path for path in folder.rglob("*") if path.is_file()}
    lying = {path.relative_to(site): path for path in site.rglob("[!.]*") if path.is_file()}
    assert lying.keys() - packed.keys() == {archive.relative_to(site), Path("404.html")}
    assert all(path.read_bytes() == lying[name].read_bytes() for name, path in packed.items())
    page = browser.new_page()
    page.goto(f"{folder.as_uri()}/search.html?q=17.66")
    page.locator(FOUND).first.click()
    expect(page.locator("article h1, article h2").first).to_be_visible()
    page.close()


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
    page, _, errors = start
    page.keyboard.press("Control+k")
    page.keyboard.type(WORD)
    page.keyboard.press("Enter")
    expect(page.locator(".search-summary")).to_contain_text("found")
    found = page.locator("ul.search > li")
    assert found.count() > 5
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
    seen = visit(any_page, folder=True, alive=False)  # test_content_policy.py looks at its charts
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
