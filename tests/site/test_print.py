"""A page by itself on paper: all of it, in light colours, without what needs a screen."""

from __future__ import annotations

import io
import unicodedata
from collections.abc import Callable
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
# As a list and with the boxes of all, for there are hundreds.
SEEN = """(elements) => elements
  .filter((e) => e.getClientRects().length && e.checkVisibility({ visibilityProperty: true }))
  .map((e) => e.outerHTML.slice(0, 80))"""
THEME = "document.documentElement.dataset.theme"
THEME_PRINTED = f"""() => {{
  dispatchEvent(new Event("beforeprint"));
  const printed = {THEME};
  dispatchEvent(new Event("afterprint"));
  return printed;
}}"""


# Parameters of the fixture, by which conftest.py puts tests next to each other.
pytestmark = pytest.mark.parametrize(("width", "scheme"), [(SHEET, "dark")])


@pytest.fixture
def sheet(any_page: str, visit: Callable[..., Any], width: int, scheme: str) -> Any:
    """Open a page that is read in the dark as a printer sees it."""
    return visit(any_page, width=width, scheme=scheme, media="print").page


def test_nothing_is_cut_at_the_right(sheet: Any) -> None:
    assert sheet.evaluate("document.documentElement.scrollWidth") <= SHEET
    assert sheet.evaluate(CUT) == []


def test_what_needs_a_screen_is_not_printed(sheet: Any) -> None:
    assert sheet.locator(SCREEN_ONLY).evaluate_all(SEEN) == []


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
