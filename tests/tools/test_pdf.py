"""tools/pdf.py: pages that share one document, and what it says when it can't print."""

from __future__ import annotations

from pathlib import Path

import pytest
from bs4 import BeautifulSoup

from tools import pdf
from tools.pdf import Part, assemble, main, parts_of

NAMES = ["index", "chapters/one"]
PARTS = [Part("index", ""), Part("chapters/one", "Chapters")]
CONFIG = {"title": "A book", "author": "someone", "copyright": 2026}
HEAD = '<html><head><link rel="stylesheet" href="{}_static/a.css?v=1"></head><body>'
INDEX = """<nav>skip</nav><article><h1 id="top">Home<a class="headerlink" href="#top">#</a></h1>
<p id="a"><a href="#a">here</a> <a href="chapters/one.html">there</a>
<a href="chapters/one.html#a">deep</a> <a href="data/x.csv" download>file</a>
<a href="https://example.org/#a">away</a></p>
<script>1</script><details class="hide"><p>code</p></details></article>"""
ONE = """<article><h1>One "1"</h1><p id="a" aria-labelledby="a b">text</p>
<a href="../index.html#top">home</a> <a href="">self</a><details><summary>S</summary>x</details>
<svg><clipPath id="c"></clipPath><g clip-path="url(#c)"></g></svg><img src="../i/a%20b.png">
</article>"""


@pytest.fixture
def site(tmp_path: Path) -> Path:
    """Return a site of two pages."""
    (tmp_path / "chapters").mkdir()
    (tmp_path / "index.html").write_text(HEAD.format("") + INDEX, encoding="utf-8")
    (tmp_path / "chapters/one.html").write_text(HEAD.format("../") + ONE, encoding="utf-8")
    return tmp_path


@pytest.fixture
def document(site: Path) -> BeautifulSoup:
    """Return its pages in one document."""
    return BeautifulSoup(assemble(site, PARTS, CONFIG), "html.parser")


def test_the_books_pages_come_in_the_order_of_its_contents(tmp_path: Path) -> None:
    toc = tmp_path / "_toc.yml"
    toc.write_text(
        "format: jb-book\nroot: index\nparts:\n- caption: Chapters\n  chapters:\n"
        "  - file: chapters/one\n    sections:\n    - file: chapters/deep\n"
        "- caption: Reference\n  chapters:\n  - file: reference/api\n  - file: reference/last\n",
        encoding="utf-8",
    )
    assert parts_of(toc) == [
        *PARTS,
        Part("chapters/deep", "Chapters"),
        Part("reference/last", "Reference"),
    ]


def test_ids_of_two_pages_do_not_meet_and_links_find_them(document: BeautifulSoup) -> None:
    ids = [element["id"] for element in document.select("[id]")]
    assert len(ids) == len(set(ids))
    leads = {link.get_text(): link.get("href") for link in document.select(".pdf-part a")}
    assert leads == {
        "here": "#index--a",
        "there": "#chapters-one",
        "deep": "#chapters-one--a",
        "file": None,
        "away": "https://example.org/#a",
        "home": "#index--top",
        "self": "#chapters-one",
    }
    assert {a["href"].removeprefix("#") for a in document.select("a[href^='#']")} <= set(ids)


def test_what_refers_to_an_id_follows_it(document: BeautifulSoup) -> None:
    (clipped,) = document.select("g")
    assert clipped["clip-path"] == "url(#chapters-one--c)"
    labelled = document.find(id="chapters-one--a")
    assert labelled["aria-labelledby"] == "chapters-one--a chapters-one--b"


def test_a_file_of_the_site_keeps_its_address_where_the_site_has_one(site: Path) -> None:
    canonical = '<head><link rel="canonical" href="https://example.org/book/index.html">'
    index = site / "index.html"
    index.write_text(index.read_text("utf-8").replace("<head>", canonical), encoding="utf-8")
    document = BeautifulSoup(assemble(site, PARTS, CONFIG), "html.parser")
    (link,) = [a for a in document.select("a") if a.get_text() == "file"]
    assert link["href"] == "https://example.org/book/data/x.csv"


def test_boxes_stand_open_and_what_needs_a_screen_is_left_out(document: BeautifulSoup) -> None:
    text = document.body.get_text()
    assert [box.has_attr("open") for box in document.select("details")] == [True]
    assert not document.select("script, .headerlink, nav")
    assert "code" not in text.replace(pdf.LEFT_OUT, "")
    assert "skip" not in text


def test_pictures_and_styles_are_found_each_style_once(document: BeautifulSoup, site: Path) -> None:
    assert document.img["src"] == (site / "i/a b.png").as_uri()
    styles = [link["href"] for link in document.select("link")]
    assert styles == [(site / "_static/a.css").as_uri()]


def test_a_title_with_quotes_is_a_running_head(document: BeautifulSoup) -> None:
    assert '@page chapters-one { @top-right { content: "One \\"1\\""; } }' in document.style.string


def test_a_page_without_an_article_is_named(site: Path) -> None:
    (site / "index.html").write_text("<html></html>", encoding="utf-8")
    with pytest.raises(ValueError, match=r"index\.html"):
        assemble(site, PARTS, CONFIG)


def test_without_a_browser_the_remedy_is_said(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(pdf, "find", lambda: None)
    assert main() == 1
    said = capsys.readouterr().err
    assert "Chromium" in said
    assert "apt-get install chromium" in said


def test_without_a_site_the_remedy_is_said(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    monkeypatch.setattr(pdf, "find", lambda: "/usr/bin/chromium")
    monkeypatch.setattr(pdf, "SITE", tmp_path)
    assert main() == 1
    assert "make site" in capsys.readouterr().err
