"""A page by itself on paper: all of it, in light colours, without what needs a screen."""

from __future__ import annotations

import io
import unicodedata
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from pypdf import PdfReader

SHEET = 718  # px: A4 between margins of 1 cm

# What a reader of paper can't use.
SCREEN_ONLY = "main button, main nav, .bd-sidebar, .prev-next-area, .headerlink, .cbec-popover"
CUT = """() => [...document.querySelectorAll("main *")]
  .filter((e) => ["auto", "hidden", "scroll"].includes(getComputedStyle(e).overflowX)
    && e.scrollWidth > e.clientWidth + 1 && e.clientWidth > 1 && !e.closest("svg, math"))
  .map((e) => `${e.tagName}.${e.className} ${e.scrollWidth} in ${e.clientWidth}`)"""
THEME = "document.documentElement.dataset.theme"
THEME_PRINTED = f"""() => {{
  dispatchEvent(new Event("beforeprint"));
  const printed = {THEME};
  dispatchEvent(new Event("afterprint"));
  return printed;
}}"""


@pytest.fixture
def sheet(any_page: str, visit: Callable[..., Any]) -> Iterator[Any]:
    """Open a page that is read in the dark as a printer sees it."""
    page = visit(any_page, width=SHEET, scheme="dark").page
    page.emulate_media(media="print")
    yield page
    page.emulate_media(media="screen")


def test_nothing_is_cut_at_the_right(sheet: Any) -> None:
    assert sheet.evaluate("document.documentElement.scrollWidth") <= SHEET
    assert sheet.evaluate(CUT) == []


def test_what_needs_a_screen_is_not_printed(sheet: Any) -> None:
    shown = [e for e in sheet.locator(SCREEN_ONLY).all() if e.is_visible()]
    assert [e.evaluate("(e) => e.outerHTML.slice(0, 80)") for e in shown] == []


def test_a_page_prints_with_its_title_first_and_dark_pages_print_light(
    sheet: Any, any_page: str
) -> None:
    title = sheet.locator("main h1:visible").first.evaluate(
        "(e) => e.firstChild.textContent.trim()"
    )
    printed = PdfReader(io.BytesIO(sheet.pdf(format="A4", page_ranges="1")))
    # On paper, letters may be ligatures.
    text = unicodedata.normalize("NFKC", printed.pages[0].extract_text())
    assert " ".join(text.split()).startswith(title)
    assert sheet.evaluate(THEME) == "dark"
    assert sheet.evaluate(THEME_PRINTED) == "light"
    assert sheet.evaluate(THEME) == "dark"
