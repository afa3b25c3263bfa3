"""Axe finds nothing on any page; the keyboard reaches everything; charts and Chinese say so.

Axe runs all of its rules for WCAG 2.2 A and AA and all its best practices. Left out are the rules
that axe itself calls experimental or deprecated, and those of level AAA.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import axe_playwright_python
import pytest

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
SET_BOXES = """(open) => document.querySelectorAll("details").forEach((d) => { d.open = open; })"""
# Its preload asks for style sheets a second time, some under a wrong address.
RUN_AXE = """(tags) => axe.run(document, {
  preload: false, resultTypes: ["violations"], runOnly: { type: "tag", values: tags },
}).then((result) => result.violations.flatMap((rule) => rule.nodes.map((node) =>
  `${rule.id}: ${node.target.join(" ")}\\n    ${node.failureSummary.replaceAll("\\n", "\\n    ")}`
)))"""

# What a reader can do something with, in the order of the page.
CONTROLS = "a[href], button, input, select, textarea, summary, math[tabindex='0'], [tabindex='0']"
LOOK = """(element) => {
  const styles = (e) => {
    const s = getComputedStyle(e);
    return [s.outlineStyle === "none" ? "" : s.outline, s.boxShadow, s.backgroundColor,
      s.borderColor, s.textDecorationLine];
  };
  return JSON.stringify([element, ...element.children].map(styles));
}"""
FOCUSED = """() => {
  const e = document.activeElement;
  return `${e.tagName.toLowerCase()}${e.id ? "#" + e.id : ""}.${e.className}: ` +
    (e.getAttribute("aria-label") || e.textContent.trim().slice(0, 40));
}"""


def settle(page: Any, scheme: str) -> None:
    """Wait until the page shows the scheme, and until no colour is on its way any more."""
    page.wait_for_function("(s) => document.documentElement.dataset.theme === s", arg=scheme)
    page.evaluate(FINISH_TRANSITIONS)


def violations(page: Any) -> list[str]:
    """Return what axe finds."""
    if not page.evaluate("'axe' in window"):
        page.add_script_tag(path=AXE)
        page.evaluate(REMEMBER_COLOURS)
    found: list[str] = page.evaluate(RUN_AXE, TAGS)
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
