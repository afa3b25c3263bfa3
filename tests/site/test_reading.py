"""What a reader meets: the result first, a picture soon, not too many words, figures to take."""

from __future__ import annotations

import itertools
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from bs4 import BeautifulSoup
from playwright.sync_api import Browser, Route, expect

from cbec import __version__
from cbec.tables.evidence_grades import UNCONFIRMED_EN

PHONE = 360
CHAPTERS = [
    f"chapters/{name}.html"
    for name in (
        "01_introduction",
        "02_development",
        "03_challenges",
        "04_countermeasures",
        "05_conclusion",
    )
]
OPENING = [*CHAPTERS, "reference/trend_models.html", "index.html"]
# A drawing, or the table of verdicts, which is one of coloured cells.
FIRST_PICTURE = """() =>
  [...document.querySelectorAll("article :is(svg[role=img], .cbec-survival)")]
  .map((svg) => svg.getBoundingClientRect()).filter((box) => box.width > 100)
  .map((box) => box.top + scrollY)[0]"""
# By how many pixels the text of a picture leaves it, and that text.
CUT_OFF = """() => [...document.querySelectorAll("article svg.marks")].flatMap((svg) => {
  const room = svg.getBoundingClientRect();
  if (!room.width) return [];
  return [...svg.querySelectorAll("text")].flatMap((text) => {
    const box = text.getBoundingClientRect();
    const over = Math.max(room.left - box.left, box.right - room.right, 0);
    return over > 1.5 && box.width ? [`${Math.round(over)}: ${text.textContent}`] : [];
  });
})"""


@pytest.mark.parametrize("name", OPENING)
@pytest.mark.parametrize(("width", "least"), [(1280, 1400), (PHONE, 1800)])
def test_a_picture_comes_soon(name: str, visit: Callable[..., Any], width: int, least: int) -> None:
    assert visit(name, width=width, boxes=False).page.evaluate(FIRST_PICTURE) < least


@pytest.mark.parametrize("width", [1280, PHONE])
def test_the_heads_of_what_survives_stay_and_a_tap_opens_a_note(
    visit: Callable[..., Any], width: int
) -> None:
    page = visit(CHAPTERS[4], width=width, boxes=False).page
    cell = page.locator(".cbec-survival details").last
    cell.evaluate("(box) => box.scrollIntoView({ block: 'center', behavior: 'instant' })")
    heads = page.locator(".cbec-survival thead th")
    boxes = [heads.nth(i).bounding_box() for i in range(heads.count())]
    assert all(0 < box["y"] < cell.bounding_box()["y"] for box in boxes)
    lefts = [box["x"] for box in boxes]
    assert max(b - a for a, b in itertools.pairwise(lefts)) - boxes[0]["width"] < 2
    expect(cell.locator("ul")).to_be_hidden()
    cell.locator("summary").click()
    expect(cell.locator("ul")).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth") <= width, "it needs no box"
    note = cell.locator("ul").bounding_box()
    assert note["x"] >= 0
    assert note["x"] + note["width"] <= width


def article(site: Path, name: str) -> BeautifulSoup:
    """Return what a page shows with nothing opened, without pictures."""
    page = BeautifulSoup((site / name).read_text("utf-8"), "html.parser").find("article")
    for part in page.select("svg, script, .visually-hidden, .headerlink, [hidden]"):
        part.decompose()
    for box in page.select("details:not([open])"):
        for child in list(box.children):
            if child.name != "summary":
                child.extract()
    return page


def test_the_longest_chapter_can_be_finished(site: Path) -> None:
    page = article(site, CHAPTERS[1])
    assert len(page.get_text(" ").split()) <= 5500
    assert len(page.select("figure.cbec-chart")) <= 10


@pytest.mark.parametrize("name", CHAPTERS)
def test_the_time_that_a_chapter_takes_stands_at_its_short_path(site: Path, name: str) -> None:
    page = article(site, name)
    (told,) = re.findall(r"All of it: (\d+) min\. Short path\.", page.get_text())
    words = len(page.get_text(" ").split())
    assert 0.4 < int(told) / (words / 220) < 1.3, "tables are not read"


@pytest.mark.parametrize("name", OPENING[:-1])
def test_no_code_and_no_list_of_sources_stands_open(site: Path, name: str) -> None:
    page = article(site, name)
    assert page.select("div.cell_input") == []
    assert page.select("ol.cbec-notes > li") == []
    for box in page.select("details.cbec-code"):
        before = box.find_previous_sibling()
        assert before is None or not re.fullmatch("h[1-6]", before.name)


@pytest.mark.parametrize("name", OPENING[:-1])
def test_every_figure_has_a_link_files_and_a_citation(site: Path, name: str) -> None:
    page = BeautifulSoup((site / name).read_text("utf-8"), "html.parser")
    figures = page.select("figure.cbec-chart")
    assert figures
    for figure in figures:
        assert figure.select_one(f'a.cbec-permalink[href="#{figure["id"]}"]')
        files = [link["href"] for link in figure.select("a[download]")]
        assert [file.rpartition(".")[2] for file in files][:2] == ["svg", "png"]
        for file in files:
            assert ((site / name).parent / file).resolve().stat().st_size > 100
        (cited,) = [p.get_text() for p in figure.select("p") if p.get_text().startswith("Cite as")]
        assert figure.select_one(".cbec-chart__title").get_text() in cited


@pytest.mark.parametrize("name", OPENING)
def test_no_text_of_a_picture_is_cut_off_on_a_phone(name: str, visit: Callable[..., Any]) -> None:
    page = visit(name, width=PHONE, scripts=False).page
    assert page.evaluate(CUT_OFF) == []


def test_what_hollow_points_mean_is_said_once_where_it_is_seen(site: Path) -> None:
    said = {name: article(site, name).get_text().count(UNCONFIRMED_EN) for name in OPENING}
    assert set(said.values()) <= {0, 1}
    # The others have such figures in folded tables only, each with the explanation, or none.
    drawn = {CHAPTERS[0], CHAPTERS[1], CHAPTERS[4], "reference/trend_models.html"}
    assert {name for name, times in said.items() if times} == drawn


def test_a_request_that_failed_is_made_again(browser: Browser, address: str) -> None:
    page, asked = browser.new_page(), []

    def refuse_the_first(route: Route) -> None:
        asked.append(route.request.url)
        route.abort() if len(asked) == 1 else route.continue_()

    page.route("**/cbec-vega.js*", refuse_the_first)
    page.goto(f"{address}chapters/03_challenges.html")
    chart = page.locator(".cbec-chart").first
    hint, view = chart.locator(".cbec-chart__hint"), chart.locator(".cbec-chart__view")
    with page.expect_console_message(lambda said: "stays a still picture" in said.text):
        view.hover()
    expect(hint).to_be_visible()
    page.mouse.move(0, 0)
    view.hover()
    expect(chart).to_have_attribute("data-state", "live")
    expect(hint).to_have_count(0)
    page.close()


def test_a_tap_on_a_mark_shows_its_value(visit: Callable[..., Any]) -> None:
    page = visit(CHAPTERS[1], width=PHONE, touch=True).page
    marks = page.locator("#chart-tenfold .mark-symbol.role-mark path")
    for mark, said in ((marks.first, "2018 to 2023"), (marks.nth(1), "2019 to 2024 (first)")):
        mark.scroll_into_view_if_needed()
        mark.tap(force=True)
        expect(page.locator("#vg-tooltip-element.visible")).to_contain_text(said)


# The size of what a chart draws, and the place and the text of each of its words.
DRAWN = """(chart) => {
  const shown = (svg) => svg.getClientRects().length > 0;
  const svg = [...chart.querySelectorAll(".cbec-chart__view svg")].find(shown);
  const box = svg.getBoundingClientRect();
  const texts = [...svg.querySelectorAll("text")].filter((text) => text.textContent.trim());
  return [[box.width, box.height, ""], ...texts.map((text) => {
    const at = text.getBoundingClientRect();
    return [at.x - box.x, at.y - box.y, text.textContent];
  })];
}"""


@pytest.mark.parametrize("width", [PHONE, 1280])
def test_a_chart_that_comes_alive_stays_as_it_is(
    chart_page: str | None, browser: Browser, address: str, width: int
) -> None:
    page = browser.new_page(viewport={"width": width, "height": 800})
    # As on a machine whose letters are narrower than those by which the stills are laid out.
    page.add_init_script(
        """const measure = CanvasRenderingContext2D.prototype.measureText;
        CanvasRenderingContext2D.prototype.measureText = function (text) {
          return { width: 0.8 * measure.call(this, text).width };
        };"""
    )
    page.emulate_media(reduced_motion="reduce")
    page.goto(f"{address}{chart_page}")
    for chart in page.locator(".cbec-chart").all():
        before = chart.evaluate(DRAWN)
        chart.locator(".cbec-chart__view").dispatch_event("pointerenter")
        expect(chart).to_have_attribute("data-state", "live")
        after = chart.evaluate(DRAWN)
        name = chart.get_attribute("id")
        assert [text for *_, text in after] == [text for *_, text in before], name
        for (*was, text), (*now, _) in zip(before, after, strict=True):
            assert now == pytest.approx(was, abs=2), f"{name}: {text or 'the whole'}"
    page.close()


@pytest.mark.parametrize("width", [PHONE, 412])
def test_the_first_tap_on_a_still_shows_the_value_below_the_finger(
    browser: Browser, address: str, width: int
) -> None:
    screen = {"width": width, "height": 740}
    context = browser.new_context(viewport=screen, has_touch=True, is_mobile=True)  # type: ignore[arg-type]
    page = context.new_page()
    page.goto(f"{address}{CHAPTERS[1]}")
    still = page.locator("#chart-tenfold svg.cbec-phone")
    still.scroll_into_view_if_needed()
    mark = still.locator(".mark-symbol.role-mark path").first.bounding_box()
    page.touchscreen.tap(mark["x"] + mark["width"] / 2, mark["y"] + mark["height"] / 2)
    expect(page.locator("#vg-tooltip-element.visible")).to_contain_text("2018 to 2023")
    context.close()


def test_a_touch_screen_waits_for_a_touch(browser: Browser, address: str) -> None:
    screen = {"width": PHONE, "height": 740}
    context = browser.new_context(viewport=screen, has_touch=True, is_mobile=True)  # type: ignore[arg-type]
    page, asked = context.new_page(), []
    page.on("request", lambda request: asked.append(request.url))
    page.goto(f"{address}{CHAPTERS[1]}", wait_until="networkidle")
    chart = page.locator("#chart-forecast")
    chart.scroll_into_view_if_needed()
    expect(chart.locator(".cbec-chart__hint")).to_have_text(re.compile("to choose"))
    page.wait_for_timeout(1500)  # long enough for what a page with a mouse does by itself
    assert not [url for url in asked if "cbec-vega" in url]
    chart.locator(".cbec-chart__view").tap()
    expect(chart).to_have_attribute("data-state", "live")
    expect(chart.locator("select, input").first).to_be_visible()
    context.close()


def test_the_heads_of_a_long_table_stay_in_sight(visit: Callable[..., Any]) -> None:
    page = visit("reference/ledger.html").page
    page.evaluate("document.querySelector('.cbec-ledger tbody').rows[20].scrollIntoView()")
    head = page.locator(".cbec-ledger thead th").first
    expect(head).to_be_in_viewport()
    bar = page.locator(".bd-header-article").first.bounding_box()
    assert abs(head.bounding_box()["y"] - bar["height"]) < 12  # right below the page's own head


@pytest.mark.parametrize(
    ("name", "kind"), [("reference/trend_models", ".cbec-scroll"), ("reference/api/figures", "pre")]
)
def test_what_goes_on_at_the_right_shows_it(
    visit: Callable[..., Any], name: str, kind: str
) -> None:
    page = visit(f"{name}.html", width=PHONE).page
    box = page.locator(f"{kind}[data-overflow=more]").first
    expect(box).to_have_css("mask-image", re.compile("gradient"))
    box.evaluate("box => { box.scrollLeft = box.scrollWidth; box.id = 'at-its-end'; }")
    expect(page.locator("#at-its-end")).to_have_attribute("data-overflow", "end")
    expect(page.locator("#at-its-end")).to_have_css("mask-image", "none")


def test_every_page_says_of_which_version_it_is(site: Path) -> None:
    pages = [path for path in site.rglob("*.html") if "_static" not in path.parts]
    said = {
        " ".join(
            BeautifulSoup(path.read_text("utf-8"), "html.parser")
            .select_one(".extra_footer")
            .text.split()
        )
        for path in pages
    }
    (one,) = said
    assert re.fullmatch(
        rf"Version {re.escape(__version__)}(, commit \w{{10}} of \d{{4}}-\d\d-\d\d)?", one
    )


def test_a_link_to_a_figure_leads_to_it(site: Path, visit: Callable[..., Any]) -> None:
    page = visit(CHAPTERS[1], query="#chart-tenfold").page
    assert abs(page.locator("#chart-tenfold").bounding_box()["y"]) < 300
