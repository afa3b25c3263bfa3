"""The certificate as it is read: on one sheet of paper, and with the files that it offers."""

from __future__ import annotations

import io
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

from pypdf import PdfReader

PAGE = "reference/certificate.html"


def test_with_its_boxes_closed_it_prints_on_one_page(visit: Callable[..., Any]) -> None:
    page = visit(PAGE, boxes=False).page
    printed = PdfReader(io.BytesIO(page.pdf(format="A4")))
    assert len(printed.pages) == 1
    assert "make site" in printed.pages[0].extract_text()  # the commands, near the end


def test_the_badge_is_drawn(visit: Callable[..., Any], site: Path) -> None:
    image = visit(PAGE).page.locator("img.cbec-certificate__badge")
    assert image.evaluate("image => image.complete && image.naturalHeight") == 42


def test_the_texts_of_the_badge_are_not_cut(visit: Callable[..., Any]) -> None:
    page = visit("badge.svg").page
    boxes = page.evaluate(
        "[...document.querySelectorAll('text')].map(t => t.getBBox()).map(b => [b.x, b.width])"
    )
    width = page.evaluate("document.documentElement.width.baseVal.value")
    assert len(boxes) == 4  # a label and a message for each axis
    for (label, label_width), (message, message_width) in zip(boxes[::2], boxes[1::2], strict=True):
        assert 0 < label < label + label_width < message < message + message_width < width


def test_page_and_file_name_the_same_commit(visit: Callable[..., Any], site: Path) -> None:
    made = json.loads((site / "certificate.json").read_text(encoding="utf-8"))
    revision = made["ledger"]["revision"]
    text = visit(PAGE).page.locator(".cbec-certificate").inner_text()
    assert (revision["commit"] or revision["reason"]) in text
    changed = False in (revision["clean"], made["software"]["revision"]["clean"])
    assert changed is ("This site was built from a tree with uncommitted changes" in text)
