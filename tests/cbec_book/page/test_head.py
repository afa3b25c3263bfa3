"""What search engines and link previews are told, and what a known address adds to it."""

from __future__ import annotations

import io
import re
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest
from bs4 import BeautifulSoup
from PIL import Image

from cbec_book.content.chart_spec import stored_charts
from cbec_book.page.corrections_feed import FEED
from cbec_book.page.head import LONGEST
from tools.notebooks import NOTEBOOKS

BASE = "https://example.org/book/"
ATOM = "{http://www.w3.org/2005/Atom}"
SITEMAP = "{http://www.sitemaps.org/schemas/sitemap/0.9}"
PAGES = {
    "index": (
        "# A book\n\nIt says a thing.\n\n```{toctree}\nchapters/one\nlong\nquoted\nbare\n```\n"
    ),
    "chapters/one": (
        "# Of `code` & *more*\n\n- a list first\n\nImports grew by [?](cbec:import-growth-2024), "
        'as a "paper" says [Xia, 2025]. It is so! Is it?\n\n- to '
        "[the tracker](cbec:issues)\n\n## Next\n\nThe 2nd part.\n"
    ),
    "long": "# Long\n\n" + "word, " * 100 + "end.",
    "quoted": '# A `"` in it\n\nIt says `a = "b" & c`.\n',
    "bare": "# Bare\n\n```\ncode only\n```\n",
}


@pytest.fixture(scope="module")
def placeless(tmp_path_factory: pytest.TempPathFactory, build_book: Callable[..., Any]) -> Any:
    """Build the book without an address; return it and its folder."""
    folder = tmp_path_factory.mktemp("placeless")
    return build_book(folder, PAGES), folder / "_build"


@pytest.fixture(scope="module")
def placed(tmp_path_factory: pytest.TempPathFactory, build_book: Callable[..., Any]) -> Any:
    """Build the book with an address; return it and its folder."""
    folder = tmp_path_factory.mktemp("placed")
    return build_book(folder, PAGES, html_baseurl=BASE), folder / "_build"


def told(built: tuple[Any, Path], name: str) -> dict[str, str]:
    """Return a page's metadata; each is told once."""
    tags = built[0].tree[name].select("meta[property], meta[name]")
    found = [(tag.get("property") or tag["name"], tag["content"]) for tag in tags]
    names = [key for key, _ in found if key != "viewport"]
    assert len(names) == len(set(names))
    return dict(found)


def test_a_description_is_the_pages_first_sentences_as_prose(placeless: Any) -> None:
    said = told(placeless, "chapters/one")["description"]
    assert said == "Imports grew by 9.57%, as a “paper” says. It is so! Is it? The 2nd part."
    assert told(placeless, "chapters/one")["og:description"] == said


def test_a_long_sentence_is_cut_at_a_word(placeless: Any) -> None:
    said = told(placeless, "long")["description"]
    assert len(said) <= LONGEST
    assert said.endswith("word…")


def test_quotation_marks_stay_within_the_description_and_the_title(placeless: Any) -> None:
    said = told(placeless, "quoted")
    assert said["description"] == 'It says a = "b" & c.'
    assert said["og:title"] == 'A " in it'


def test_a_page_without_prose_has_no_description(placeless: Any) -> None:
    assert "description" not in told(placeless, "bare")
    assert "og:description" not in told(placeless, "bare")


def test_open_graph_names_the_page_and_the_book(placeless: Any) -> None:
    page, index = told(placeless, "chapters/one"), told(placeless, "index")
    assert page["og:title"] == "Of code & more"
    assert (page["og:type"], index["og:type"]) == ("article", "website")
    assert page["og:locale"] == "en_US"
    assert page["og:site_name"]


def test_without_an_address_nothing_names_a_host(placeless: Any) -> None:
    book, folder = placeless
    for name in PAGES:
        assert {"og:url", "og:image", "twitter:card"} & told(placeless, name).keys() == set()
        assert book.tree[name].select("link[rel=canonical]") == []
        assert "https://" not in str(book.tree[name].head)
    for file in ("sitemap.xml", "robots.txt", FEED):
        assert not (folder / file).exists()


def test_with_an_address_a_page_says_its_own_and_its_pictures(placed: Any) -> None:
    page = told(placed, "chapters/one")
    assert page["og:url"] == f"{BASE}chapters/one.html"
    assert "og:image" not in page  # the book has no chart
    (canonical,) = placed[0].tree["chapters/one"].select("link[rel=canonical]")
    assert canonical["href"] == page["og:url"]


def test_the_sitemap_lists_each_page_once_and_robots_find_it(placed: Any) -> None:
    _, folder = placed
    sitemap = ElementTree.parse(folder / "sitemap.xml").getroot()
    listed = [entry.text for entry in sitemap.iter(f"{SITEMAP}loc")]
    assert listed[0] == f"{BASE}index.html"
    assert sorted(listed) == sorted(f"{BASE}{name}.html" for name in PAGES)
    robots = (folder / "robots.txt").read_text("utf-8").splitlines()
    assert f"Sitemap: {BASE}sitemap.xml" in robots


@pytest.fixture(scope="module")
def pictured(tmp_path_factory: pytest.TempPathFactory, build_book: Callable[..., Any]) -> Any:
    """Build a book with charts, corrections and both addresses; return it and its folder."""
    folder = tmp_path_factory.mktemp("pictured")
    (folder / "chapters").mkdir()
    for chapter in NOTEBOOKS[:2]:
        shutil.copy(chapter, folder / "chapters")
    pages = {
        "index": (
            "# A book\n\n```{still-chart} chapters/02_development#tenfold\n```\n\n"
            "```{toctree}\nchapters/01_introduction\nchapters/02_development\nreference/cite\n```\n"
        ),
        "reference/cite": (
            "# Cite\n\nWrite to [the tracker](cbec:issues).\n\n## Corrections\n\n"
            "```{corrections-feed}\n```\n\n**2026-11-30, version 2.** Noticed by <A>.\n\n"
            "- *A rate.* It was [?](cbec:market-2024) & more.\n\n**2026-11-29, version 1.**\n\n"
            "- *A year.* It was 2023.\n- No name.\n"
        ),
    }
    options = {"repository_url": "https://github.com/a/book/"}
    book = build_book(
        folder, pages, html_baseurl=BASE, html_theme="sphinx_book_theme", html_theme_options=options
    )
    return book, folder / "_build"


@pytest.mark.parametrize(
    ("name", "file", "chart"),
    [
        ("index", "card-index.png", "tenfold"),
        ("reference/cite", "card-index.png", "tenfold"),
        ("chapters/02_development", "card-chapters-02_development.png", "share-change"),
    ],
)
def test_a_page_is_previewed_by_its_first_chart_or_the_landing_pages(
    pictured: Any, name: str, file: str, chart: str
) -> None:
    page = BeautifulSoup((pictured[1] / f"{name}.html").read_bytes(), "html.parser")
    said = {tag["property"]: tag["content"] for tag in page.select("meta[property^='og:image']")}
    assert said["og:image"] == f"{BASE}_static/{file}"
    assert said["og:image:alt"] == stored_charts(NOTEBOOKS[1])[chart].alt
    assert page.select("meta[name='twitter:card'][content=summary_large_image]")


def test_the_pictures_have_the_size_that_pages_say_and_are_drawn(pictured: Any) -> None:
    _, folder = pictured
    names = [
        f"card-{name}.png" for name in ("index", *(f"chapters-{n.stem}" for n in NOTEBOOKS[:2]))
    ]
    assert sorted(path.name for path in (folder / "_static").glob("card-*")) == sorted(names)
    page = told(pictured, "index")
    for name in names:
        picture = Image.open(io.BytesIO((folder / "_static" / name).read_bytes()))
        assert picture.size == (int(page["og:image:width"]), int(page["og:image:height"]))
        assert len(picture.convert("RGB").getcolors(picture.width * picture.height) or []) > 50


def test_replies_and_errors_have_a_place(pictured: Any, placeless: Any) -> None:
    book, folder = pictured
    link = book.tree["reference/cite"].find("a", string="the tracker")
    assert link["href"] == "https://github.com/a/book/issues"
    chapter = (folder / "chapters/01_introduction.html").read_text("utf-8")
    charts = chapter.count('<figure class="cbec-chart"')
    assert chapter.count("https://github.com/a/book/issues/new?title=Figure%20") == charts > 0
    chapter = placeless[0].text["chapters/one"]
    assert "the tracker (this copy of the site names no address for it)" in chapter
    assert "Report an error" not in chapter


def test_the_corrections_are_a_feed(pictured: Any) -> None:
    book, folder = pictured
    root = ElementTree.parse(folder / FEED).getroot()
    entries = root.findall(f"{ATOM}entry")
    told_by = [
        [entry.findtext(f"{ATOM}{part}") for part in ("updated", "title")] for entry in entries
    ]
    assert told_by == [
        ["2026-11-30T00:00:00Z", "A rate"],
        ["2026-11-29T00:00:00Z", "A year"],
        ["2026-11-29T00:00:00Z", "No name"],
    ]
    assert entries[0].findtext(f"{ATOM}content") == "A rate. It was 17.66 trillion yuan & more."
    assert root.findtext(f"{ATOM}updated") == "2026-11-30T00:00:00Z"
    ids = [entry.findtext(f"{ATOM}id") for entry in [root, *entries]]
    assert len(set(ids)) == 4
    assert all(str(one).startswith(BASE) for one in ids)
    # An entry keeps its id when others join it.
    assert str(ids[-1]).endswith("2026-11-29-no-name")
    assert book.tree["reference/cite"].find("a", string="feed")["href"] == f"{BASE}{FEED}"


@pytest.mark.parametrize(
    ("address", "root"),
    [("", "/"), (BASE, "/book/"), ("https://example.org", "/"), ("https://a.org/b/c", "/b/c/")],
)
def test_the_page_for_wrong_addresses_works_at_any_depth(
    tmp_path: Path,
    build_book: Callable[..., Any],
    placeless: Any,
    placed: Any,
    address: str,
    root: str,
) -> None:
    built = {"": placeless[1], BASE: placed[1]}
    if address not in built:
        build_book(tmp_path, {"index": "# A book\n"}, html_baseurl=address)
    page = (built.get(address, tmp_path / "_build") / "404.html").read_text("utf-8")
    found = re.findall(r'\b(?:href|src|action|data-content_root)="([^"]*)"', page)
    assert root in found
    assert f"{root}_static/mode.js" in [address.partition("?")[0] for address in found]
    assert [a for a in found if not a.startswith((root, "#", "https://"))] == []
    assert "<base" not in page
