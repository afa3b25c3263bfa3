"""The PDF of the book: short, in order, with Chinese, formulas and links that lead somewhere."""

from __future__ import annotations

import io
import re
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import yaml
from bs4 import BeautifulSoup
from playwright.sync_api import Browser, Page
from pypdf import PageObject, PdfReader

from tools.pdf import ROOT, assemble, parts_of, print_document, sheets_in
from tools.pdf_front import SCREEN_ONLY, anchor_of

FEWEST_SHEETS, MOST_SHEETS = 50, 90
FEWEST_LETTERS = 30
SHOWS_TEXT = re.compile(rb"\bT[jJ]\b")
CONTENTS = (2, 3)
SUM = "∑"
BODY = 9.5  # points, as pdf.css sets it
CHAPTERS = ["Introduction", "Development status", "Challenges", "Countermeasures", "Conclusion"]
ROOM = 650  # px: an A4 sheet between its margins
AUTHOR = "夏广凯"
# Radicals, compatibility ideographs and ligatures: nobody looks for a word by these.
STAND_IN = re.compile("[\u2e80-\u2fdf\uf900-\ufaff\ufb00-\ufb06\U0002f800-\U0002fa1f]")
BY_HAND = re.compile(
    r"\b(?:clicks?|taps?|(?<!in )touch(?:es)?|hovers?|tooltips?|sliders?|buttons?|unfold)\b", re.I
)


@pytest.fixture(scope="module")
def names() -> list[str]:
    """Return the book's pages in reading order."""
    return list(parts_of(ROOT / "_toc.yml"))


@pytest.fixture(scope="module")
def document(site: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the HTML document that is printed."""
    config = yaml.safe_load((ROOT / "_config.yml").read_text(encoding="utf-8"))
    path = tmp_path_factory.mktemp("pdf") / "book.html"
    path.write_text(assemble(site, parts_of(ROOT / "_toc.yml"), config), encoding="utf-8")
    return path


@pytest.fixture(scope="module")
def opened(document: Path, browser: Browser) -> Iterator[Page]:
    """Open that document in a window as wide as a sheet."""
    page = browser.new_page(viewport={"width": ROOM, "height": 900})
    page.goto(document.as_uri())
    yield page
    page.close()


@pytest.fixture(scope="module")
def pdf(document: Path, browser: Browser) -> PdfReader:
    """Return the printed book."""
    return PdfReader(io.BytesIO(print_document(document, browser)))


@pytest.fixture(scope="module")
def read(pdf: PdfReader, names: list[str]) -> Callable[[int | str], str]:
    """Return a function that reads a sheet, or the first sheet of a page, which takes its time."""
    places = sheets_in(pdf, [anchor_of(name) for name in names])

    @cache
    def read_sheet(sheet: int | str) -> str:
        number = places[anchor_of(sheet)] if isinstance(sheet, str) else sheet
        return " ".join(pdf.pages[number - 1].extract_text().split())

    return read_sheet


def links_of(pdf: PdfReader) -> Iterator[Any]:
    """Return the links of all sheets."""
    for sheet in pdf.pages:
        for annotation in sheet.get("/Annots", ()):
            yield annotation.get_object()


def fonts_of(sheet: PageObject) -> Iterator[Any]:
    """Return the fonts that a sheet uses."""
    resources: Any = sheet["/Resources"]
    for font in resources.get("/Font", {}).values():
        yield font.get_object()


def outlined(items: list[Any], depth: int = 0) -> Iterator[tuple[int, Any]]:
    """Return the items of an outline, each with its depth."""
    for item in items:
        if isinstance(item, list):
            yield from outlined(item, depth + 1)
        else:
            yield depth, item


def test_outline_and_contents_have_pages_and_sections_in_order(
    pdf: PdfReader, read: Callable[[int | str], str], document: Path
) -> None:
    whole = BeautifulSoup(document.read_text(encoding="utf-8"), "html.parser")
    headings = [" ".join(h.get_text().split()) for h in whole.main.select("h1, h2")]
    items = [item for depth, item in outlined(pdf.outline) if depth < 2]
    assert [item.title for item in items] == ["Contents", *headings]
    assert [heading for heading in headings if heading in CHAPTERS] == CHAPTERS
    sheets = [1 + pdf.get_destination_page_number(item) for item in items]
    assert sheets == sorted(sheets)
    listed = [f"{item.title} {n}" for item, n in zip(items[1:], sheets[1:], strict=True)]
    contents = " ".join(map(read, CONTENTS))
    assert [line for line in listed if line not in contents] == []


def test_contents_name_what_is_only_on_the_site(read: Callable[[int | str], str]) -> None:
    contents = " ".join(map(read, CONTENTS))
    lines = [f"{held} {name}.html" for name, held in SCREEN_ONLY.items()]
    assert [line for line in lines if line not in contents] == []


def test_the_chart_of_the_landing_page_is_on_the_cover(
    opened: Page, read: Callable[[int | str], str]
) -> None:
    assert opened.locator(".pdf-cover svg.cbec-wide").is_visible()
    title = opened.locator(".pdf-cover .cbec-still__title").inner_text()
    assert title in read(1)
    assert title not in read("index")


def test_every_link_within_the_book_has_its_place(pdf: PdfReader, names: list[str]) -> None:
    places = set(pdf.named_destinations)
    inner = [str(link["/Dest"]) for link in links_of(pdf) if "/Dest" in link]
    assert len(inner) > len(names)
    assert {f"/{anchor_of(name)}" for name in names} <= set(inner)
    assert [place for place in inner if place not in places] == []


def test_no_link_leads_to_a_file_of_this_machine(pdf: PdfReader) -> None:
    addresses = [str(link["/A"].get("/URI", "")) for link in links_of(pdf) if "/A" in link]
    assert addresses
    assert [a for a in addresses if not a.startswith(("https://", "http://", "mailto:"))] == []


def test_no_id_is_used_twice(opened: Page) -> None:
    twice = opened.evaluate(
        """() => {
          const ids = [...document.querySelectorAll("[id]")].map((e) => e.id);
          return ids.filter((id, i) => ids.indexOf(id) !== i);
        }"""
    )
    lost = opened.evaluate(
        """() => [...document.querySelectorAll('a[href^="#"]')].map((a) => a.hash.slice(1))
          .filter((id) => !document.getElementById(decodeURIComponent(id)))"""
    )
    assert (twice, lost) == ([], [])


def test_nothing_is_wider_than_its_sheet(opened: Page) -> None:
    """Or Chromium would shrink the whole book."""
    opened.emulate_media(media="print")
    assert opened.evaluate("document.documentElement.scrollWidth") <= ROOM


def test_text_has_the_size_that_the_style_says(pdf: PdfReader) -> None:
    letters: dict[float, int] = {}

    def count(text: str, page: Any, line: Any, font: Any, size: float) -> None:
        drawn = round(size * abs(line[0] * page[0]), 1)
        letters[drawn] = letters.get(drawn, 0) + len(text.strip())

    for item in pdf.outline:
        if not isinstance(item, list) and item.title in CHAPTERS:
            pdf.pages[pdf.get_destination_page_number(item)].extract_text(visitor_text=count)
    assert max(letters, key=lambda size: letters[size]) == pytest.approx(BODY, abs=0.5)


def test_every_sheet_has_text_and_their_number_is_sane(pdf: PdfReader) -> None:
    assert FEWEST_SHEETS < len(pdf.pages) < MOST_SHEETS
    shown = [len(SHOWS_TEXT.findall(sheet.get_contents().get_data())) for sheet in pdf.pages]
    assert [n for n, times in enumerate(shown, 1) if times < FEWEST_LETTERS] == []


def test_sheets_are_numbered_after_the_first(
    names: list[str], read: Callable[[int | str], str], pdf: PdfReader
) -> None:
    assert "1" not in read(1).split()
    first = sheets_in(pdf, [anchor_of(name) for name in names])
    assert [n for n in (*CONTENTS, *first.values()) if str(n) not in read(n).split()] == []


def test_chinese_and_formulas_can_be_read_and_searched(
    read: Callable[[int | str], str], pdf: PdfReader, names: list[str]
) -> None:
    assert "跨境电商" in read("reference/glossary")
    assert "海关总署" in read("reference/glossary")
    begin = sheets_in(pdf, [anchor_of("reference/methods")])[anchor_of("reference/methods")]
    assert SUM in "".join(read(begin + n) for n in range(3))


def test_letters_are_ordinary_characters(read: Callable[[int | str], str], pdf: PdfReader) -> None:
    sheets = {n: read(n) for n in range(1, 1 + len(pdf.pages))}
    assert AUTHOR in sheets[len(sheets)]
    assert "figures" in sheets[1]
    assert {n: set(found) for n, text in sheets.items() if (found := STAND_IN.findall(text))} == {}


def test_fonts_are_embedded_and_formulas_have_theirs(pdf: PdfReader) -> None:
    fonts = [font for sheet in pdf.pages for font in fonts_of(sheet)]
    bare = set()
    for font in fonts:
        if font["/Subtype"] == "/Type3":  # its glyphs are drawings within the PDF
            continue
        described = font["/DescendantFonts"][0].get_object() if "/DescendantFonts" in font else font
        descriptor = described["/FontDescriptor"]
        if not {"/FontFile", "/FontFile2", "/FontFile3"} & set(descriptor):
            bare.add(font["/BaseFont"])
    assert bare == set()
    assert any("STIXTwoMath" in font.get("/BaseFont", "") for font in fonts)


def test_what_needs_a_screen_is_not_printed(document: Path) -> None:
    whole = document.read_text(encoding="utf-8")
    for words in ("Show code cell", "Figures of this chart", "Skip to main content", "<script"):
        assert words not in whole
    assert "Solution" in whole


def test_sentences_for_hands_say_that_they_are_of_the_screen(opened: Page) -> None:
    opened.emulate_media(media="print")
    sentences = re.split(r"(?<=[.:?!])\s|\n", opened.locator("body").inner_text())
    assert [s for s in sentences if BY_HAND.search(s) and "on screen" not in s.lower()] == []
