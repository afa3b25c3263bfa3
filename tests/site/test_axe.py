"""Axe finds nothing on any page: light and dark, wide and on a phone, boxes open and closed.

It runs all of its rules for WCAG 2.2 A and AA and all its best practices. Left out are the rules
that axe itself calls experimental or deprecated, and those of level AAA. There are no exceptions.

Each rule looks at all of a page once. In another condition a rule runs again if its outcome can be
another there: on a phone all do, and those on colours look at one element of each look; in the
dark nothing but colours changes. ``CBEC_EXHAUSTIVE=1`` runs all rules on all of each condition.
"""

from __future__ import annotations

import os
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
COLOURS = ["color-contrast", "link-in-text-block"]
EXHAUSTIVE = os.environ.get("CBEC_EXHAUSTIVE") == "1"

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
# The first element of each look: what can matter for the contrast of its own text.
LOOKS = """() => {
  const style = (element) => getComputedStyle(element);
  const grounds = new Map();
  const ground = (element) => {
    if (!element) return "";
    if (!grounds.has(element)) {
      const { backgroundColor, backgroundImage, filter, opacity } = style(element);
      const own = [backgroundColor, backgroundImage, filter, opacity].join();
      const plain = own === "rgba(0, 0, 0, 0),none,none,1";
      grounds.set(element, (plain ? "" : `${own}/`) + ground(element.parentElement));
    }
    return grounds.get(element);
  };
  const name = (element) => `${element.tagName}.${element.getAttribute("class") ?? ""}`;
  const first = new Map();
  for (const element of document.body.querySelectorAll("*")) {
    const texts = [...element.childNodes].filter((node) => node.nodeType === Node.TEXT_NODE);
    if (!texts.some((text) => text.data.trim()) || !element.checkVisibility()) continue;
    const { color, fill, fontSize, fontWeight, textDecorationLine } = style(element);
    const look = [name(element), name(element.parentElement), color, fill, fontSize, fontWeight,
      textDecorationLine, ground(element)].join("|");
    if (!first.has(look)) first.set(look, element);
  }
  return [...first.values()];
}"""
RULES = """(tags) => axe.getRules(tags)
  .filter(({ tags }) => !tags.includes("experimental") && !tags.includes("deprecated"))
  .map(({ ruleId }) => ruleId)"""
# Its preload asks for style sheets a second time, some under a wrong address.
RUN_AXE = """([context, rules]) => axe.run(context, {
  preload: false, resultTypes: ["violations"], runOnly: { type: "rule", values: rules },
}).then((result) => result.violations.flatMap((rule) => rule.nodes.map((node) =>
  `${rule.id}: ${node.target.join(" ")}\\n    ${node.failureSummary.replaceAll("\\n", "\\n    ")}`
)))"""


def settle(page: Any, scheme: str) -> None:
    """Wait until the page shows the scheme, and until no colour is on its way any more."""
    page.wait_for_function("(s) => document.documentElement.dataset.theme === s", arg=scheme)
    page.evaluate(FINISH_TRANSITIONS)
    with suppress(TimeoutError):  # then axe says which
        page.wait_for_function(SCROLLERS_REACHED, timeout=2_000)


def violations(page: Any, *, colours: str, others: bool) -> list[str]:
    """Return what axe finds.

    The rules on colours look at ``"all"`` elements, at one of each look (``"looks"``) or at
    ``"none"``, and the other rules at all, if they are wanted.
    """
    if not page.evaluate("'axe' in window"):
        page.evaluate(AXE.read_text(encoding="utf-8"))
        page.evaluate(REMEMBER_COLOURS)
    rules = page.evaluate(RULES, TAGS)
    assert set(COLOURS) < set(rules)
    everything = page.evaluate_handle("document")
    if EXHAUSTIVE or colours == "all":
        return run(page, everything, rules)
    found = []
    if others:
        found += run(page, everything, [rule for rule in rules if rule not in COLOURS])
    if colours == "looks":
        found += run(page, page.evaluate_handle(f"({{ include: ({LOOKS})() }})"), COLOURS)
    return found


def run(page: Any, context: Any, rules: list[str]) -> list[str]:
    """Run some rules on a part of a page."""
    found: list[str] = page.evaluate(RUN_AXE, [context, rules])
    return found


def report(found: list[str]) -> str:
    """Say what was found, in as many words as a reader of a log can use."""
    return "\n".join([f"axe: {len(found)} violations", *found[:20]])


@pytest.mark.parametrize(
    ("scheme", "width", "colours", "others"),
    [
        ("light", WIDE, "all", True),
        ("light", PHONE, "looks", True),
        ("dark", WIDE, "looks", False),
        ("dark", PHONE, "looks", False),
    ],
)
def test_axe_finds_nothing(
    any_page: str | None,
    visit: Callable[..., Any],
    scheme: str,
    width: int,
    colours: str,
    others: bool,
) -> None:
    page = visit(any_page, width=width, scheme=scheme).page
    page.evaluate(SET_BOXES, True)
    settle(page, scheme)
    found = violations(page, colours=colours, others=others)
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
    found = violations(page, colours="none", others=True)
    assert not found, report(found)
