"""Nothing is too small, cut, broken or covered, on a phone and on a laptop."""

from __future__ import annotations

import re
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from bs4 import BeautifulSoup

PHONE, LAPTOP = 360, 1366
# Letters of drawings are smaller than those of text.
SMALLEST, SMALLEST_DRAWN = 11, 10
LEDGER = "reference/ledger.html"
TEXTS = """function* texts() {
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (walker.nextNode()) {
    const text = walker.currentNode, parent = text.parentElement;
    const seen = text.data.trim() && parent.checkVisibility({ visibilityProperty: true });
    if (seen && !parent.closest("script, style, math, .visually-hidden")) yield [text, parent];
  }
}"""
SMALL = f"""() => {{
  {TEXTS}
  return [...texts()].flatMap(([text, parent]) => {{
    let size = parseFloat(getComputedStyle(parent).fontSize);
    const drawing = parent.closest("svg"), least = drawing ? {SMALLEST_DRAWN} : {SMALLEST};
    if (drawing) {{
      const turned = parent.getScreenCTM();
      size *= Math.hypot(turned.a, turned.b);
    }}
    // A word of no size is hidden so.
    return size && size < least - 0.01 ? [`${{size}}: ${{text.data.trim().slice(0, 40)}}`] : [];
  }});
}}"""
BROKEN = f"""() => {{
  {TEXTS}
  const whole =
    /(?<![\\w.-])\\d{{4}}-\\d\\d-\\d\\d(?![\\w-])|\\d[\\d.]*–\\d[\\d.]*|\\d[\\d.]*[万亿]+元?/g;
  return [...texts()].flatMap(([text, parent]) =>
    parent.closest("code, pre, svg") ? [] : [...text.data.matchAll(whole)].flatMap((found) => {{
      const range = document.createRange();
      range.setStart(text, found.index);
      range.setEnd(text, found.index + found[0].length);
      const tops = [...range.getClientRects()].filter((b) => b.width > 1).map((b) => b.top);
      return Math.max(...tops) - Math.min(...tops) > 5 ? [found[0]] : [];
    }}));
}}"""
TOO_WIDE = """() => [...document.querySelectorAll("article .cbec-scroll:not(.cbec-grid)")]
  .filter((box) => box.scrollWidth > box.clientWidth + 1).map((box) => box.ariaLabel)"""
GAPS = """() => [...document.querySelectorAll(".cbec-ledger td:has(> .verdict + br)")].map((td) => {
  const [first, second] = [...td.querySelectorAll(".verdict")].map((badge) =>
    badge.getBoundingClientRect());
  return second.top - first.bottom;
})"""


@pytest.mark.parametrize("width", [PHONE])
def test_no_letters_are_too_small_to_read(
    any_page: str | None, visit: Callable[..., Any], width: int
) -> None:
    assert visit(any_page, width=width).page.evaluate(SMALL) == []


@pytest.mark.parametrize("width", [LAPTOP, PHONE])
def test_no_date_no_range_and_no_figure_is_broken(
    any_page: str | None, visit: Callable[..., Any], width: int
) -> None:
    assert visit(any_page, width=width).page.evaluate(BROKEN) == []


@pytest.mark.parametrize("width", [LAPTOP])
def test_tables_fit_a_laptop(any_page: str | None, visit: Callable[..., Any], width: int) -> None:
    assert visit(any_page, width=width).page.evaluate(TOO_WIDE) == []


def test_the_badges_of_a_claim_stand_apart(visit: Callable[..., Any]) -> None:
    gaps = visit(LEDGER, width=PHONE).page.evaluate(GAPS)
    assert gaps
    assert min(gaps) >= 3


def test_what_an_exact_figure_stands_for_goes_without_saying(site: Path) -> None:
    page = BeautifulSoup((site / LEDGER).read_text(encoding="utf-8"), "html.parser")
    facts = [text for text in page.find_all(string=re.compile("stands for$|stands for "))]
    said = [fact.parent.get_text() for fact in facts if fact.find_parent(class_="cbec-facts")]
    assert said
    assert [text for text in said if not re.search(r"stands for [\[(]", text)] == []


@pytest.mark.parametrize("width", [PHONE, LAPTOP])
def test_the_outcome_on_the_certificate_is_a_picture_or_on_a_phone_words(
    visit: Callable[..., Any], width: int
) -> None:
    page = visit("reference/certificate.html", width=width).page
    picture = page.locator(".cbec-certificate__badge")
    assert picture.is_visible() == (width > PHONE)
    words = page.get_by_text(str(picture.get_attribute("alt")), exact=True)
    assert words.is_visible() == (width == PHONE)


def test_entries_for_a_bibliography_are_not_cut_on_a_phone(visit: Callable[..., Any]) -> None:
    page = visit("reference/cite.html", width=PHONE).page
    cut = "(all) => all.filter((pre) => pre.scrollWidth > pre.clientWidth).length"
    assert page.locator(".highlight-bibtex pre").count() == 2
    assert page.locator(".highlight-bibtex pre").evaluate_all(cut) == 0


@pytest.mark.parametrize("width", [PHONE, 800, 1000])
def test_the_way_back_covers_no_text_and_no_button(visit: Callable[..., Any], width: int) -> None:
    page = visit(LEDGER, width=width).page
    for top in (3000, 2500):
        page.evaluate("(top) => scrollTo({ top, behavior: 'instant' })", top)
        page.wait_for_timeout(100)
    button = page.locator("#pst-back-to-top").bounding_box()
    head = page.locator(".bd-header-article").first
    bar = head.bounding_box()
    assert button["y"] >= bar["y"]
    assert button["y"] + button["height"] <= bar["y"] + bar["height"]
    for other in head.locator("button:visible").all():
        box = other.bounding_box()
        beside = box["x"] >= button["x"] + button["width"] or box["x"] + box["width"] <= button["x"]
        assert beside, other.get_attribute("title")


def test_the_offline_copy_holds_the_site_without_the_page_for_servers(site: Path) -> None:
    with zipfile.ZipFile(site / "cbec-book.zip") as archive:
        held = {name.removeprefix("cbec-book/") for name in archive.namelist()}
    pages = {path.relative_to(site).as_posix() for path in site.rglob("*.html")}
    assert pages - held == {"404.html"}
