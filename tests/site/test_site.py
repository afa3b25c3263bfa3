"""What a reader's browser makes of the built site."""

from __future__ import annotations

import io
import json
import re
from collections.abc import Callable
from typing import Any

import pytest
from PIL import Image

from cbec.charts import COLOURS

PHONE = 360
LEAST_DRAWN = 0.005  # share of a chart's pixels that differ from its background
SPEC_OF = """(view) => document.querySelector(
  `.cbec-chart__spec[data-chart="${view.closest("figure").id}"]`).textContent"""
LEAST_CONTRAST = 4.5  # WCAG 2.2, 1.4.3

GROUND = "() => getComputedStyle(document.documentElement).getPropertyValue('background-color')"
SHOWN = """(colour) => {
  const mark = document.querySelector(`.cbec-chart [fill="${colour}"]`);
  return mark && getComputedStyle(mark).fill;
}"""
CHART_TEXT = """() => {
  const roles = ["axis-label", "axis-title", "legend-label", "legend-title"];
  const texts = roles.map((role) => `.cbec-chart .role-${role} text`).join(", ");
  const background = (element) => {
    for (let e = element; e; e = e.parentElement) {
      const colour = getComputedStyle(e).backgroundColor;
      if (colour !== "rgba(0, 0, 0, 0)" && colour !== "transparent") return colour;
    }
    return "rgb(255, 255, 255)";
  };
  return [...document.querySelectorAll(texts)].map((text) => ({
    text: text.textContent,
    ink: getComputedStyle(text).fill,
    ground: background(text.closest(".cbec-chart")),
  }));
}"""


def luminance(colour: str) -> float:
    """Return the relative luminance of an ``rgb()`` colour."""
    channels = [float(number) / 255 for number in re.findall(r"[\d.]+", colour)[:3]]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(first: str, second: str) -> float:
    """Return the contrast ratio of two colours, 1 to 21."""
    light, dark = sorted((luminance(first), luminance(second)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def drawn_share(png: bytes) -> float:
    """Return the share of pixels that differ from the most frequent colour."""
    image = Image.open(io.BytesIO(png)).convert("RGB")
    size = image.width * image.height
    counts = image.getcolors(maxcolors=size) or []
    return 1 - max(count for count, _ in counts) / size


def test_page_loads_without_a_third_party_a_failure_or_an_error(
    any_page: str | None, visit: Callable[..., Any]
) -> None:
    seen = visit(any_page)
    assert seen.foreign == [], "requests to other hosts"
    assert seen.failed == [], "requests that failed"
    assert seen.errors == [], "errors in the console"


@pytest.mark.parametrize(("width", "scheme"), [(PHONE, "dark")])
def test_page_does_not_scroll_sideways_on_a_phone(
    any_page: str | None, visit: Callable[..., Any], width: int, scheme: str
) -> None:
    page = visit(any_page, width=width, scheme=scheme).page
    wide = page.evaluate(
        """() => document.documentElement.scrollWidth <= innerWidth ? [] :
        [...document.querySelectorAll("main *")]
          .filter((e) => e.getBoundingClientRect().right > innerWidth + 1)
          .slice(0, 5).map((e) => `${e.tagName}.${e.className}`)"""
    )
    assert page.evaluate("() => document.documentElement.scrollWidth <= innerWidth"), wide


def test_charts_come_alive(
    chart_page: str | None, visit: Callable[..., Any], expected_charts: dict[str, int]
) -> None:
    page = visit(chart_page).page
    views = page.locator(".cbec-chart__view svg.marks")
    assert page.locator(".cbec-chart[data-state=live]").count() == expected_charts[chart_page]
    assert views.count() == page.locator("script.cbec-chart__spec").count()
    for view in views.all():
        label = view.get_attribute("aria-label")
        assert label
        assert drawn_share(view.screenshot()) > LEAST_DRAWN, label


@pytest.mark.parametrize(("width", "scheme"), [(PHONE, "dark")])
def test_charts_fit_a_phone(
    chart_page: str | None, visit: Callable[..., Any], width: int, scheme: str
) -> None:
    seen = visit(chart_page, width=width, scheme=scheme)
    assert seen.errors == []
    for view in seen.page.locator(".cbec-chart__view svg.marks").all():
        box = view.bounding_box()
        assert box is not None
        label = view.get_attribute("aria-label")
        assert box["x"] + box["width"] <= width, label
        # Drawn for this width: one that is scaled down has small letters. A chart whose columns
        # have a width of their own can't be.
        spec = json.loads(view.evaluate(SPEC_OF))
        if isinstance(spec.get("width"), int | float):
            assert box["width"] > 0.99 * float(view.get_attribute("width") or 0), label


def test_what_a_reader_has_chosen_outlives_a_new_size_and_theme(visit: Callable[..., Any]) -> None:
    page = visit("chapters/02_development.html").page
    sliders = page.locator(".cbec-chart input[type=range]")
    lists = page.locator(".cbec-chart select")
    sliders.first.fill("12")
    for number in range(lists.count()):
        lists.nth(number).select_option(index=1)
    chosen = [box.input_value() for box in (*sliders.all(), *lists.all())]
    drawn = page.locator(".cbec-chart:has(input[type=range]) svg.marks")
    above = [text for text in drawn.locator(".mark-text").all_text_contents() if "%" in text]
    page = visit("chapters/02_development.html", width=PHONE, scheme="dark").page
    assert [box.input_value() for box in (*sliders.all(), *lists.all())] == chosen
    again = drawn.locator(".mark-text").all_text_contents()
    assert above
    assert [text for text in again if "%" in text] == above, "the drawing follows the sliders"
    page.reload()


@pytest.mark.parametrize(("width", "scheme"), [(PHONE, "dark")])
def test_charts_are_readable_on_a_dark_page(
    chart_page: str | None, visit: Callable[..., Any], width: int, scheme: str
) -> None:
    page = visit(chart_page, width=width, scheme=scheme).page
    faint = {
        item["text"]: round(contrast(item["ink"], item["ground"]), 2)
        for item in page.evaluate(CHART_TEXT)
        if contrast(item["ink"], item["ground"]) < LEAST_CONTRAST
    }
    assert faint == {}


@pytest.mark.parametrize("name", ["chapters/02_development.html", "reference/trend_models.html"])
def test_marks_stand_out_from_a_dark_page(name: str, visit: Callable[..., Any]) -> None:
    page = visit(name, scheme="dark").page
    ground = page.evaluate(GROUND)
    shown = {colour: page.evaluate(SHOWN, colour) for colour in COLOURS.values()}
    found = {colour: ink for colour, ink in shown.items() if ink}
    assert found
    assert {c: ink for c, ink in found.items() if contrast(ink, ground) < LEAST_CONTRAST} == {}


def test_charts_are_shown_without_scripts(
    chart_page: str | None, visit: Callable[..., Any], expected_charts: dict[str, int]
) -> None:
    page = visit(chart_page, scripts=False).page
    stills = page.locator(".cbec-chart__view svg[role=img]:visible")
    assert stills.count() == expected_charts[chart_page]
    assert all(still.get_attribute("aria-label") for still in stills.all())


def test_an_entry_for_a_bibliography_can_be_copied(visit: Callable[..., Any]) -> None:
    page = visit("reference/cite.html").page
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    blocks = page.locator("div.highlight-bibtex")
    assert [block.inner_text().split("{")[0] for block in blocks.all()] == ["@software", "@article"]
    blocks.first.hover()
    blocks.first.locator("button").click()
    copied = page.evaluate("() => navigator.clipboard.readText()")
    assert copied.strip() == blocks.first.locator("pre").inner_text().strip()


@pytest.mark.parametrize(
    ("first", "second", "ratio"),
    [
        ("rgb(0, 0, 0)", "rgb(255, 255, 255)", 21.0),
        ("rgb(119, 119, 119)", "rgb(255,255,255)", 4.48),
    ],
)
def test_contrast_agrees_with_wcag_examples(first: str, second: str, ratio: float) -> None:
    assert contrast(first, second) == pytest.approx(ratio, abs=0.01)
