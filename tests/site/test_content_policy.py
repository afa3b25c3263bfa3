"""All of the site works under its policy, from a server, and from a folder by the pages' own words.

That no page breaks the policy is asked at the end of each test here, by ``policy_holds``.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from bs4 import BeautifulSoup
from playwright.sync_api import Browser, Locator, Page, expect

from cbec_book.page.content_policy import POLICY

DATA = "application/json"
LEDGER, CODE = "reference/ledger.html", "reference/reproduce.html"
INTRODUCTION, CONCLUSION = "chapters/01_introduction.html", "chapters/05_conclusion.html"
TOOLTIP = "#vg-tooltip-element.visible"

# What the pages' policy forbids, in the words of each of its parts.
BREACHES = {
    "script-src-elem": """() => {
      const script = document.createElement("script");
      script.textContent = "document.title = 'run'";
      document.head.append(script);
    }""",
    "script-src": """() => { setTimeout("document.title = 'run'"); }""",
    "script-src-attr": """() => {
      document.body.setAttribute("onclick", "document.title = 'run'");
      document.body.click();
    }""",
    "style-src-elem": """() => {
      const style = document.createElement("style");
      style.textContent = "body { display: none }";
      document.head.append(style);
    }""",
    "style-src-attr": """() => document.body.setAttribute("style", "display: none")""",
    "img-src": """() => { new Image().src = "https://example.org/f.png"; }""",
    "base-uri": """() => {
      document.head.append(Object.assign(document.createElement("base"), { href: "/else/" }));
    }""",
    "object-src": """() => {
      document.body.append(Object.assign(document.createElement("object"), { data: "f.svg" }));
    }""",
    "connect-src": """() => { fetch("https://example.org/").catch(() => {}); }""",
}
# The themes in which the page was, from the moment when it had something to paint.
RECORD_THEMES = """() => {
  const themes = window.cbecThemes = [];
  const note = () => {
    const { theme } = document.documentElement.dataset;
    if (document.body && themes.at(-1) !== theme) themes.push(theme);
  };
  new MutationObserver(note).observe(document, {
    attributes: true, childList: true, subtree: true,
  });
}"""
# The middles of a chart's marks, from which the mouse finds out what a mark says.
MIDDLES = """(chart) => [...chart.querySelectorAll(".role-mark path, .role-mark line")]
  .map((mark) => mark.getBoundingClientRect())
  .filter((box) => box.width + box.height > 0)
  .map((box) => [box.x + box.width / 2, box.y + box.height / 2])"""
DRAWN = "(chart) => chart.querySelector('svg.marks').innerHTML"


@pytest.fixture(params=["server", "folder"])
def base(request: pytest.FixtureRequest, address: str, site: Path) -> str:
    """Return where the site is: on a server, which sends the policy, too, or in a folder."""
    return address if request.param == "server" else f"{site.resolve().as_uri()}/"


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    """Open an empty page that isn't on the way to a printer."""
    context = browser.new_context(viewport={"width": 1280, "height": 800})
    context.add_init_script("window.print = () => { document.title = 'printed'; }")
    yield context.new_page()
    context.close()


def test_every_page_states_the_policy_before_all_else_and_holds_nothing_inline(
    any_page: str | None, site: Path
) -> None:
    soup = BeautifulSoup((site / str(any_page)).read_text(encoding="utf-8"), "html.parser")
    first = soup.head.find(True)
    assert first.attrs == {"http-equiv": "Content-Security-Policy", "content": POLICY}
    assert soup.select("style, base, object, embed, iframe, [style]") == []
    assert [s for s in soup.select("script:not([src])") if s.get("type") != DATA] == []
    handlers = {key for element in soup.find_all(True) for key in element.attrs if key[:2] == "on"}
    assert handlers == set()


def test_a_breach_does_nothing_and_is_noticed(page: Page, base: str, violations: list[str]) -> None:
    page.goto(f"{base}reference/cite.html")
    title = page.title()
    for part, breach in BREACHES.items():
        told = f"Content Security Policy: {part} "
        with page.expect_console_message(lambda message, told=told: told in message.text):
            page.evaluate(breach)
        assert page.title() == title, part
        assert page.locator("body").is_visible(), part
    page.goto("about:blank")  # by then, header and element have both been heard
    noticed = [part for part in BREACHES if any(f": {part} " in line for line in violations)]
    violations.clear()
    assert noticed == list(BREACHES)


@pytest.mark.parametrize(
    ("mode", "scheme", "theme"),
    [("", "dark", "dark"), ("", "light", "light"), ("dark", "light", "dark"),
     ("light", "dark", "light"), ("auto", "dark", "dark")],
)  # fmt: skip
def test_a_page_is_never_painted_in_another_theme_than_the_chosen_one(
    page: Page, base: str, mode: str, scheme: Any, theme: str
) -> None:
    page.emulate_media(color_scheme=scheme)
    if mode:
        page.add_init_script(f"localStorage.setItem('mode', '{mode}')")
    page.add_init_script(f"({RECORD_THEMES})()")
    page.goto(f"{base}{LEDGER}")
    assert page.evaluate("window.cbecThemes") == [theme]
    assert page.evaluate("document.documentElement.dataset.mode") == (mode or "auto")


def test_the_mode_that_a_reader_chooses_is_that_of_the_next_page(page: Page, base: str) -> None:
    page.goto(f"{base}index.html")
    page.locator(".theme-switch-button:visible").first.click()
    chosen = page.evaluate("document.documentElement.dataset.mode")
    assert chosen != "auto"
    page.goto(f"{base}reference/methods.html")
    expect(page.locator(f"html[data-mode={chosen}][data-theme={chosen}]")).to_be_visible()


def changed(chart: Locator, act: Callable[[], None]) -> None:
    """Do something to a chart and wait until it is drawn otherwise."""
    before = [chart.element_handle(), chart.evaluate(DRAWN)]
    act()
    chart.page.wait_for_function(f"([chart, was]) => ({DRAWN})(chart) !== was", arg=before)


@pytest.mark.parametrize("base", ["folder"], indirect=True)  # test_site.py has the server
def test_charts_answer_mouse_lists_sliders_and_legends(
    chart_page: str | None, page: Page, base: str
) -> None:
    page.goto(f"{base}{chart_page}")
    for chart in page.locator(".cbec-chart").all():
        chart.scroll_into_view_if_needed()
        name = chart.get_attribute("id")
        chart.locator(".cbec-chart__view").hover()
        expect(chart).to_have_attribute("data-state", "live")
        for x, y in chart.evaluate(MIDDLES):
            page.mouse.move(x, y)
            if page.locator(TOOLTIP).count():
                break
        assert page.locator(TOOLTIP).inner_text(), name
        page.mouse.move(0, 0)
        for slider in chart.locator("input[type=range]").all():
            changed(chart, lambda slider=slider: slider.fill(slider.get_attribute("max")))
        for choice in chart.locator("select").all():
            changed(chart, lambda choice=choice: choice.select_option(index=1))
        spec = page.locator(f'.cbec-chart__spec[data-chart="{name}"]').text_content() or ""
        if '"bind":"legend"' in spec:
            changed(chart, chart.locator(".role-legend-symbol path").first.click)
    assert page.locator("style").count() == 0


def test_numbers_and_terms_open_their_notes(page: Page, base: str) -> None:
    page.goto(f"{base}{INTRODUCTION}")
    page.locator("a.cbec-number").first.click()
    expect(page.locator("#cbec-popover")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.locator("#cbec-popover")).to_be_hidden()


def test_the_ledger_filters_searches_and_sorts(page: Page, base: str) -> None:
    page.goto(f"{base}{LEDGER}")
    rows = page.locator(".cbec-ledger tbody tr:visible")
    every = rows.count()
    page.locator(".cbec-ledger input[type=checkbox]").first.check()
    some = rows.count()
    assert 0 < some < every
    page.locator('.cbec-ledger select[name="sort"]').select_option(index=1)
    page.locator('.cbec-ledger input[name="find"]').fill("zzz")
    expect(rows).to_have_count(0)
    page.reload()
    expect(rows).to_have_count(0)


def test_another_figure_gives_another_verdict(page: Page, base: str) -> None:
    page.goto(f"{base}{CONCLUSION}")
    form = page.locator(".cbec-whatif")
    told = form.locator(".cbec-whatif__summary, [role=status]").first
    before = told.inner_text()
    form.locator("input[type=text], input:not([type])").first.fill("1")
    expect(told).not_to_have_text(before)


def test_the_menu_opens_and_its_button_prints(page: Page, base: str) -> None:
    page.goto(f"{base}{INTRODUCTION}")
    page.locator(".dropdown-download-buttons > button").click()
    page.locator(".btn-download-pdf-button").click()
    assert page.title() == "printed"
    assert page.pdf().startswith(b"%PDF")


def test_code_is_copied(page: Page, base: str) -> None:
    page.goto(f"{base}{CODE}")
    block = page.locator("div.highlight:has(.copybtn)").first
    block.hover()
    block.locator(".copybtn").click()
    expect(block.locator(".copybtn")).to_have_attribute("data-tooltip", "Copied!")
