"""Serve the built site and open its pages in a headless Chromium.

The server sends the pages' policy, too, and a test in which a page breaks it fails, whoever opened
the page. ``CBEC_SITE`` names another folder than ``_build/html``.
"""

from __future__ import annotations

import os
import re
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import cache, lru_cache, partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
from bs4 import BeautifulSoup
from playwright.sync_api import (
    Browser,
    BrowserContext,
    ConsoleMessage,
    Page,
    Request,
    Response,
    Route,
    TimeoutError,
    sync_playwright,
)

from cbec_book.page.content_policy import POLICY
from tools.browser import find

ROOT = Path(__file__).parents[2]
SITE = Path(os.environ.get("CBEC_SITE", ROOT / "_build" / "html"))
HOST = "127.0.0.1"
WIDE = 1280
SPEC_MARK = 'class="cbec-chart__spec"'
NOTES_MARK = 'class="cbec-notes"'
NUMBER = re.compile(r'<a class="((?:[\w-]+ )*cbec-number)"')
ARGUMENTS = (
    "--no-sandbox",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
)

# The console says nothing of text that was to become a function.
TELL_VIOLATIONS = """addEventListener("securitypolicyviolation", (event) => console.error(
  "Content Security Policy:", event.effectiveDirective, event.blockedURI, event.sourceFile))"""

# What a test before may have left behind on the page.
TIDY = """() => {
  document.querySelectorAll("dialog[open]").forEach((dialog) => dialog.close());
  document.querySelectorAll(":popover-open").forEach((box) => box.hidePopover());
  document.activeElement?.blur();
  scrollTo({ top: 0, left: 0, behavior: "instant" });
}"""
SET_BOXES = """(open) => document.querySelectorAll("details").forEach((d) => { d.open = open; })"""
# The media of a page as it is opened.
REST = {
    "color_scheme": "light",
    "media": "null",  # as it is asked for: on a screen, or in a PDF
    "reduced_motion": "no-preference",
    "forced_colors": "none",
}

# A chart comes alive when a mouse reaches it.
ENLIVEN = """() => document.querySelectorAll(".cbec-chart__view").forEach(
  (view) => view.dispatchEvent(new PointerEvent("pointerenter")))"""
# The loader notes which still picture, the wide one or that for a phone, a chart came alive as.
ALL_CHARTS_DRAWN = """
() => [...document.querySelectorAll(".cbec-chart")].every((figure) => {
  if (figure.querySelector(".cbec-chart__view").clientWidth === 0) return true;
  const shown = matchMedia("(max-width: 35rem)").matches ? "phone" : "wide";
  return figure.dataset.state === "live" && figure.dataset.layout === shown;
})
"""


@dataclass
class Visit:
    """An open page and what was seen while it loaded."""

    page: Page
    foreign: list[str] = field(default_factory=list)
    failed: list[str] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)
    arrived: list[str] = field(default_factory=list)
    loaded: tuple[str, ...] = ()  # what had arrived before a test could do anything


class QuietHandler(SimpleHTTPRequestHandler):
    """Serves files under the pages' policy, without a line in the log for each."""

    def end_headers(self) -> None:
        """Send the policy last."""
        self.send_header("Content-Security-Policy", POLICY)
        super().end_headers()

    def log_message(self, format: str, *args: Any) -> None:
        """Say nothing."""


@cache
def pages() -> dict[str, int]:
    """Return the site's pages, with the number of charts on each."""
    found = {}
    for path in sorted(SITE.rglob("*.html")):
        name = path.relative_to(SITE)
        if not any(part.startswith("_") for part in name.parts):
            found[name.as_posix()] = read(name.as_posix()).count(SPEC_MARK)
    return found


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Run a test on each page, or on each page with charts; on none if there is no site."""
    names = list(pages()) or [None]
    if "any_page" in metafunc.fixturenames:
        metafunc.parametrize("any_page", names, scope="session")
    if "chart_page" in metafunc.fixturenames:
        with_charts = [name for name in names if name is None or pages()[name]]
        metafunc.parametrize("chart_page", with_charts, scope="session")
    if "note_page" in metafunc.fixturenames:
        with_notes = [name for name in names if name is None or NOTES_MARK in read(name)]
        if "numbers" in metafunc.fixturenames:
            pairs = [(name, kind) for name in with_notes for kind in kinds_of_numbers(name)]
            metafunc.parametrize(("note_page", "numbers"), pairs, scope="session")
        else:
            metafunc.parametrize("note_page", with_notes, scope="session")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Put tests of one page next to each other, and among them those of one width and scheme."""

    def order(item: pytest.Item) -> tuple[Any, ...]:
        asked: dict[str, Any] = item.callspec.params if hasattr(item, "callspec") else {}
        kinds = ("any_page", "chart_page", "note_page")
        name = next((asked[kind] for kind in kinds if asked.get(kind)), "")
        return name, -asked.get("width", WIDE), asked.get("scheme") == "dark"

    places = [n for n, item in enumerate(items) if item.path.is_relative_to(Path(__file__).parent)]
    for place, item in zip(places, sorted((items[n] for n in places), key=order), strict=True):
        items[place] = item


def kinds_of_numbers(name: str | None) -> list[str]:
    """Return the classes of the links from a page's numbers to their notes."""
    return sorted(set(NUMBER.findall(read(name)))) if name else [""]


def read(name: str) -> str:
    """Return a page of the site as text."""
    return (SITE / name).read_text(encoding="utf-8")


@pytest.fixture(scope="session")
def site() -> Path:
    """Return the folder of the built site."""
    if not (SITE / "index.html").is_file():
        pytest.fail("there is no built site: run `make site`")
    return SITE


@pytest.fixture(scope="session")
def tree_of(site: Path) -> Callable[[str], BeautifulSoup]:
    """Return a function that parses a page, whose tree no test may change."""

    @lru_cache(maxsize=2)  # trees are large, and tests of one page run after each other
    def parse(name: str) -> BeautifulSoup:
        return BeautifulSoup(read(name), "html.parser")

    return parse


@pytest.fixture(scope="session")
def address(site: Path) -> Iterator[str]:
    """Serve the site on a free port for as long as the session lasts."""
    handler = partial(QuietHandler, directory=str(site))
    with ThreadingHTTPServer((HOST, 0), handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://{HOST}:{server.server_port}/"
        server.shutdown()


@pytest.fixture(scope="session")
def violations() -> list[str]:
    """Return what pages have done against the policy since the last test."""
    return []


@pytest.fixture(autouse=True)
def policy_holds(violations: list[str]) -> Iterator[None]:
    """Fail a test in which a page breaks the policy."""
    yield
    found = violations.copy()
    violations.clear()
    assert found == []


def watch_policy(browser: Browser, violations: list[str]) -> None:
    """Record what any page of the browser does against the policy."""

    def note(message: ConsoleMessage) -> None:
        if message.type == "error" and "Content Security Policy" in message.text:
            violations.append(f"{message.page and message.page.url}: {message.text}")

    def watched(context: BrowserContext) -> None:
        context.add_init_script(TELL_VIOLATIONS)
        context.on("console", note)

    new_context, new_page = browser.new_context, browser.new_page

    def watched_context(**options: Any) -> BrowserContext:
        context = new_context(**options)
        watched(context)
        return context

    def watched_page(**options: Any) -> Page:
        page = new_page(**options)
        watched(page.context)
        return page

    browser.new_context, browser.new_page = watched_context, watched_page  # type: ignore[method-assign]


@pytest.fixture(scope="session")
def browser(address: str, violations: list[str]) -> Iterator[Browser]:
    """Start the one browser of this worker."""
    path = find()
    if path is None:
        reason = "no Chromium on PATH and none of Playwright's own: install chromium"
        if os.environ.get("CI") == "true":
            pytest.fail(reason)
        pytest.skip(reason)
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=path, args=list(ARGUMENTS))
        watch_policy(started, violations)
        yield started
        started.close()


@pytest.fixture(scope="session")
def visit(browser: Browser, address: str, site: Path) -> Callable[..., Visit]:
    """Open pages; one that is open already is tidied and handed out in the wanted size and media.

    A page is opened with scripts or without, from the server or from its folder, by mouse or by
    touch; ``fresh`` opens it anew, with a ``query`` if one is given. Its boxes then stand open or
    closed, or as they were (``boxes=None``), and its charts are ``alive`` or still. Other options
    are media that ``emulate_media`` knows.
    """
    open_now: dict[tuple[bool, bool, bool], Visit] = {}
    media_of: dict[Page, dict[str, Any]] = {}

    def show(page: Page, width: int, media: dict[str, Any]) -> None:
        if page.viewport_size != (size := {"width": width, "height": 800}):
            page.set_viewport_size(size)
        if media_of.get(page) != media:
            page.emulate_media(**media)
            media_of[page] = media

    def visit_page(
        name: str,
        *,
        width: int = WIDE,
        scheme: Any = "light",
        scripts: bool = True,
        folder: bool = False,
        touch: bool = False,
        boxes: bool | None = True,
        alive: bool = True,
        fresh: bool = False,
        query: str = "",
        **media: Any,
    ) -> Visit:
        media = REST | media | {"color_scheme": scheme}
        kind = (scripts, folder, touch)
        base = f"{site.resolve().as_uri()}/" if folder else address
        if kind not in open_now:
            context = browser.new_context(java_script_enabled=scripts, has_touch=touch)
            open_now[kind] = Visit(context.new_page())
            watch(open_now[kind], base)
        seen = open_now[kind]
        page = seen.page
        if re.split("[?#]", page.url)[0] != base + name or fresh:
            for record in (seen.foreign, seen.failed, seen.errors, seen.arrived):
                record.clear()
            show(page, *((width, media) if fresh else (WIDE, REST)))
            # Without scripts nothing is asked for after that, and a folder doesn't keep waiting.
            until: Any = "load" if folder or not scripts else "networkidle"
            page.goto(base + name + query, wait_until=until)
            seen.loaded = tuple(seen.arrived)
        else:
            page.mouse.move(0, 0)
            page.evaluate(TIDY)
        show(page, width, media)
        if boxes is not None:
            page.evaluate(SET_BOXES, boxes)
        if alive and scripts and pages().get(name):
            page.evaluate(ENLIVEN)
            try:
                page.wait_for_function(ALL_CHARTS_DRAWN, timeout=15_000)
            except TimeoutError:
                seen.errors.append(f"a chart has not come alive at a width of {width} px")
        return seen

    return visit_page


def watch(seen: Visit, address: str) -> None:
    """Record what the page asks for, what it does not get, and what it complains about."""

    def pass_own(route: Route) -> None:
        url = route.request.url
        if url.startswith((address, "data:", "blob:")):
            route.continue_()
        else:
            seen.foreign.append(url)
            route.abort()

    def note_answer(answer: Response) -> None:
        seen.arrived.append(answer.url)
        if answer.status >= 400:
            seen.failed.append(f"{answer.status} {answer.url}")

    def note_failure(request: Request) -> None:
        # What the page before was still waiting for, its icon for instance, ends with that page.
        if request.failure != "net::ERR_ABORTED":
            seen.failed.append(request.url)

    def note_message(message: ConsoleMessage) -> None:
        if message.type == "error":
            seen.errors.append(message.text)

    seen.page.route("**/*", pass_own)
    seen.page.on("requestfailed", note_failure)
    seen.page.on("response", note_answer)
    seen.page.on("console", note_message)
    seen.page.on("pageerror", lambda error: seen.errors.append(str(error)))


@pytest.fixture(scope="session")
def expected_charts() -> dict[str, int]:
    """Return the number of charts that each page holds."""
    return pages()
