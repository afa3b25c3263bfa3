"""No page has a fault that axe can find, in light and dark, wide and on a phone.

axe-core comes from the package axe-playwright-python. All its rules run but the experimental ones:
WCAG 2.0 to 2.2, A and AA, and best practices.
"""

from __future__ import annotations

from collections.abc import Callable
from importlib import resources
from typing import Any

import pytest

AXE = resources.files("axe_playwright_python").joinpath("axe.min.js").read_text(encoding="utf-8")
# Preloading style sheets asks for files that a style sheet never names.
RUN = "() => axe.run(document, { resultTypes: ['violations'], preload: false })"
CONDITIONS = [
    pytest.param(width, scheme, id=f"{scheme}-{width}")
    for width in (1280, 360)
    for scheme in ("light", "dark")
]


def faults(page: Any) -> list[str]:
    """Return what axe finds, a line for each element."""
    if not page.evaluate("() => 'axe' in window"):
        page.evaluate(AXE)
    return [
        f"{rule['id']}: {' '.join(map(str, node['target']))}: {node['failureSummary']}"
        for rule in page.evaluate(RUN)["violations"]
        for node in rule["nodes"]
    ]


@pytest.mark.parametrize(("width", "scheme"), CONDITIONS)
def test_axe_finds_no_fault(
    any_page: str | None, width: int, scheme: str, visit: Callable[..., Any]
) -> None:
    page = visit(any_page, width=width, scheme=scheme).page
    found = faults(page)
    assert not found, "\n".join(found[:40])


def test_axe_finds_a_fault_that_is_there(visit: Callable[..., Any]) -> None:
    page = visit("index.html").page
    page.evaluate("() => document.body.append(Object.assign(document.createElement('img'), {}))")
    found = faults(page)
    page.locator("body > img").evaluate("(image) => image.remove()")
    assert any(line.startswith("image-alt: ") for line in found)
