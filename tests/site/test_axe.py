"""Axe finds nothing on any page: light and dark, wide and on a phone, boxes open and closed.

It runs all of its rules for WCAG 2.2 A and AA and all its best practices. Left out are the rules
that axe itself calls experimental or deprecated, and those of level AAA. There are no exceptions.

Each rule looks at all of a page once. In another condition a rule runs again if its outcome can be
another there: on a phone and with boxes closed all do, in the dark nothing but colours changes. The
rules on colours then look at one element of each look that the page hasn't shown before.
``CBEC_EXHAUSTIVE=1`` runs all rules on all of each condition.
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

# Axe keeps the fields of its colours in weak maps, and parses the same few colours anew for each
# text and each element below it: three quarters of its time. Plain fields do as well, and colours
# can be remembered.
LOAD_AXE = """(() => {
  class Fields {
    #key = Symbol();
    has(object) { return this.#key in object; }
    get(object) { return object[this.#key]; }
    set(object, value) { object[this.#key] = value; return this; }
    add(object) { return this.set(object, true); }
  }
  ((WeakMap, WeakSet) => {
    AXE
  })(Fields, Fields);
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
})()"""
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
# The first element of each look: what can matter for the contrast of its own text. The page
# remembers the looks that it has shown.
NEW_LOOKS = """() => {
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
  // What WCAG calls large needs less contrast; a link may be told from its text by its size.
  const isLarge = ({ fontSize, fontWeight }) =>
    Math.ceil(parseFloat(fontSize) * 72) / 96 >= (fontWeight >= 700 ? 14 : 18);
  const first = new Map();
  for (const element of document.body.querySelectorAll("*")) {
    const texts = [...element.childNodes].filter((node) => node.nodeType === Node.TEXT_NODE);
    if (!texts.some((text) => text.data.trim()) || !element.checkVisibility()) continue;
    const own = style(element);
    const isSized = own.fontSize !== style(element.parentElement).fontSize;
    const look = [name(element), name(element.parentElement), own.color, own.fill, isLarge(own),
      isSized, own.fontWeight, own.textDecorationLine, ground(element)].join("|");
    if (!first.has(look)) first.set(look, element);
  }
  const seen = (window.cbecLooks ??= new Set());
  const unseen = [...first].filter(([look]) => !seen.has(look));
  unseen.forEach(([look]) => seen.add(look));
  return new Set(unseen.map(([, element]) => element));
}"""
RULES = """(tags) => axe.getRules(tags)
  .filter(({ tags }) => !tags.includes("experimental") && !tags.includes("deprecated"))
  .map(({ ruleId }) => ruleId)"""
# Its preload asks for style sheets a second time, some under a wrong address.
RUN_AXE = """([rules, colours, looks]) => {
  for (const rule of axe._audit.rules.filter(({ id }) => colours.includes(id))) {
    rule.matchesAll ??= rule.matches;
    rule.matches = (element, ...rest) =>
      (!looks || looks.has(element)) && rule.matchesAll(element, ...rest);
  }
  return axe.run(document, {
    preload: false, resultTypes: ["violations"], runOnly: { type: "rule", values: rules },
  }).then((result) => result.violations.flatMap((rule) => rule.nodes.map((node) => {
    const summary = node.failureSummary.replaceAll("\\n", "\\n    ");
    return `${rule.id}: ${node.target.join(" ")}\\n    ${summary}`;
  })));
}"""


def settle(page: Any, scheme: str) -> None:
    """Wait until the page shows the scheme, and until no colour is on its way any more."""
    page.wait_for_function("(s) => document.documentElement.dataset.theme === s", arg=scheme)
    page.evaluate(FINISH_TRANSITIONS)
    with suppress(TimeoutError):  # then axe says which
        page.wait_for_function(SCROLLERS_REACHED, timeout=2_000)


def violations(page: Any, *, whole: bool = False, others: bool = True) -> list[str]:
    """Return what axe finds by its rules on colours, and by the others if they are wanted.

    The rules on colours look at the ``whole`` page, or at one element of each new look.
    """
    if not page.evaluate("'axe' in window"):
        page.evaluate(LOAD_AXE.replace("AXE", AXE.read_text(encoding="utf-8"), 1))
    rules = page.evaluate(RULES, TAGS)
    assert set(COLOURS) < set(rules)
    looks = page.evaluate_handle(NEW_LOOKS)
    if EXHAUSTIVE or whole:
        looks = None
    elif not page.evaluate("(looks) => looks.size", looks):
        rules = [rule for rule in rules if rule not in COLOURS]
    if not (EXHAUSTIVE or others):
        rules = [rule for rule in rules if rule in COLOURS]
    # With no rule named, axe would run all.
    return page.evaluate(RUN_AXE, [rules, COLOURS, looks]) if rules else []


def report(found: list[str]) -> str:
    """Say what was found, in as many words as a reader of a log can use."""
    return "\n".join([f"axe: {len(found)} violations", *found[:20]])


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [WIDE, PHONE])
def test_axe_finds_nothing(
    any_page: str | None, visit: Callable[..., Any], scheme: str, width: int
) -> None:
    page = visit(any_page, width=width, scheme=scheme).page
    settle(page, scheme)
    light = scheme == "light"
    found = violations(page, whole=light and width == WIDE, others=light)
    assert not found, report(found)


def test_axe_finds_nothing_while_boxes_are_closed(
    any_page: str | None, visit: Callable[..., Any]
) -> None:
    page = visit(any_page, boxes=False).page
    if not page.locator("details").count():
        return  # the page is the same
    settle(page, "light")
    found = violations(page)
    assert not found, report(found)
