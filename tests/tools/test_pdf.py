"""tools/pdf.py: pages that share one document, and what it says when it can't print."""

from __future__ import annotations

from pathlib import Path

import pytest
from bs4 import BeautifulSoup

from tools import pdf
from tools.pdf import assemble, main, parts_of
from tools.pdf_front import SCREEN_ONLY

PARTS = {"index": "", "chapters/one": "Chapters"}
CONFIG = {"title": "A book", "author": "someone", "copyright": 2026}
HEAD = '<html><head><link rel="stylesheet" href="{}_static/a.css?v=1"></head><body>'
INDEX = """<nav>skip</nav><article><h1 id="top">Home<a class="headerlink" href="#top">#</a></h1>
<p id="a"><a href="#a">here</a> <a href="chapters/one.html">there</a>
<a href="chapters/one.html#a">deep</a> <a href="data/x.csv" download>file</a>
<a href="chapters/one.html#gone">gone</a> <a href="https://example.org/#a">away</a></p>
<div class="cbec-landing">
<figure class="cbec-still"><a href="chapters/one.html">chart</a></figure></div>
<script>1</script><details class="hide"><p>code</p></details></article>"""
ONE = """<article><h1>One "1"</h1>
<section id="s"><h2>Part <em>two</em>, long<a class="headerlink" href="#s">#</a></h2></section>
<p id="a" aria-labelledby="a b">text</p>
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
    assert list(parts_of(toc).items()) == [
        *PARTS.items(),
        ("chapters/deep", "Chapters"),
        ("reference/last", "Reference"),
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
        "gone": None,
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
    leads = {link.get_text(): link.get("href") for link in document.select(".pdf-part a")}
    assert leads["file"] == "https://example.org/book/data/x.csv"
    assert leads["gone"] == "https://example.org/book/chapters/one.html#gone"


def test_boxes_stand_open_and_what_needs_a_screen_is_left_out(document: BeautifulSoup) -> None:
    text = document.main.get_text()
    assert [box.has_attr("open") for box in document.select("details")] == [True]
    assert not document.select("script, .headerlink, nav")
    assert "code" not in text
    assert "skip" not in text


def test_the_chart_of_the_landing_page_stands_on_the_cover_alone(document: BeautifulSoup) -> None:
    (chart,) = document.select(".cbec-still")
    assert chart.find_parent(class_="pdf-cover")
    assert chart.get_text() == "chart"


def test_contents_have_pages_and_their_sections(document: BeautifulSoup) -> None:
    lines = document.select(".pdf-contents__columns p")
    assert [(line.get_text(), line.a["href"] if line.a else None) for line in lines] == [
        ("Home", "#index"),
        ("Chapters", None),
        ('One "1"', "#chapters-one"),
        ("Part two, long", "#chapters-one--s"),
    ]


@pytest.mark.parametrize(
    ("head", "says", "leads"),
    [
        ("", "no public address yet", None),
        (
            '<link rel="canonical" href="https://example.org/book/{}">',
            "https://example.org/book/;",
            "https://example.org/book/reference/ledger.html",
        ),
    ],
)
def test_what_is_only_on_the_site_is_named(
    site: Path, head: str, says: str, leads: str | None
) -> None:
    for name in PARTS:
        page = site / f"{name}.html"
        page.write_text(head.format(f"{name}.html") + page.read_text("utf-8"), encoding="utf-8")
    (site / "reference").mkdir()
    (site / "reference/ledger.html").write_text(
        '<h1>Ledger<a class="headerlink">#</a></h1>', encoding="utf-8"
    )
    document = BeautifulSoup(assemble(site, PARTS, CONFIG), "html.parser")
    ledger, notes = document.select(".pdf-site tr")
    assert says in " ".join(document.select_one(".pdf-site").get_text().split())
    assert [cell.get_text() for cell in ledger] == [
        "Ledger",
        SCREEN_ONLY["reference/ledger"],
        "reference/ledger.html",
    ]
    assert (ledger.a["href"] if ledger.a else None) == leads
    assert "at the end of each page" in notes.get_text()


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
