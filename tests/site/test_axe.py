"""Axe finds nothing on any page, in light and dark, wide and on a phone.

It runs all of its rules for WCAG 2.2 A and AA and all its best practices. Left out are the rules
that axe itself calls experimental or deprecated, and those of level AAA. There are no exceptions.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

import axe_playwright_python
import pytest
from playwright.sync_api import TimeoutError

AXE = Path(axe_playwright_python.__file__).with_name("axe.min.js")
TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22a", "wcag22aa", "best-practice"]
WIDE, PHONE = 1280, 360
CONDITIONS = [("light", WIDE), ("light", PHONE), ("dark", WIDE), ("dark", PHONE)]

# Axe parses the same few colours anew for each text and each element below it, half of its time.
REMEMBER_COLOURS = """() => {
  const { prototype } = axe.commons.color.Color;
  const parse = prototype.parseString;
  const known = new Map();
  prototype.parseString = function (text) {
    if (!known.has(text)) {
      parse.call(this, text);
      known.set(text, [this.r, this.g, this.b, this.alpha]);
    }
    [this.r, this.g, this.b, this.alpha] = known.get(text);
    return this;
  };
}"""
FINISH_TRANSITIONS = """() => new Promise((done) => requestAnimationFrame(() => {
  document.getAnimations().forEach((one) => one.effect.getTiming().iterations === Infinity
    ? one.cancel() : one.finish());
  requestAnimationFrame(done);
}))"""
# The theme gives a box that begins to scroll its tab stop a moment later.
SCROLLERS_REACHED = """() => [...document.querySelectorAll(
  "pre, .cell_output > .output, .pst-scrollable-table-container")]
  .every((e) => e.tabIndex === 0 ||
    (e.scrollWidth <= e.clientWidth && e.scrollHeight <= e.clientHeight))"""
SET_BOXES = """(open) => document.querySelectorAll("details").forEach((d) => { d.open = open; })"""
# Its preload asks for style sheets a second time, some under a wrong address.
RUN_AXE = """([tags, rules]) => axe.run(document, {
  preload: false, resultTypes: ["violations"], runOnly: { type: "tag", values: tags }, rules,
}).then((result) => result.violations.flatMap((rule) => rule.nodes.map((node) =>
  `${rule.id}: ${node.target.join(" ")}\\n    ${node.failureSummary.replaceAll("\\n", "\\n    ")}`
)))"""


def settle(page: Any, scheme: str) -> None:
    """Wait until the page shows the scheme, and until no colour is on its way any more."""
    page.wait_for_function("(s) => document.documentElement.dataset.theme === s", arg=scheme)
    page.evaluate(FINISH_TRANSITIONS)
    with suppress(TimeoutError):  # then axe says which
        page.wait_for_function(SCROLLERS_REACHED, timeout=2_000)


def violations(page: Any, **rules: Any) -> list[str]:
    """Return what axe finds; ``rules`` are its settings of single ones."""
    if not page.evaluate("'axe' in window"):
        page.add_script_tag(path=AXE)
        page.evaluate(REMEMBER_COLOURS)
    found: list[str] = page.evaluate(RUN_AXE, [TAGS, rules])
    return found


def report(found: list[str]) -> str:
    """Say what was found, in as many words as a reader of a log can use."""
    return "\n".join([f"axe: {len(found)} violations", *found[:20]])


@pytest.mark.parametrize(("scheme", "width"), CONDITIONS)
def test_axe_finds_nothing(
    any_page: str | None, visit: Callable[..., Any], scheme: str, width: int
) -> None:
    page = visit(any_page, width=width, scheme=scheme).page
    page.evaluate(SET_BOXES, True)
    settle(page, scheme)
    found = violations(page)
    assert not found, report(found)


def test_axe_finds_nothing_while_boxes_are_closed(
    any_page: str | None, visit: Callable[..., Any]
) -> None:
    page = visit(any_page).page
    if not page.locator("details").count():
        return  # the page is the same
    page.evaluate(SET_BOXES, False)
    settle(page, "light")
    # What only a closed box shows has the colours of what an open one shows.
    found = violations(page, **{"color-contrast": {"enabled": False}})
    assert not found, report(found)
