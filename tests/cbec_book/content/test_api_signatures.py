"""Signatures of the API are those that a reader can use."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("cbec.audit.verdicts.Arithmetic", "Arithmetic"),
        ("cbec.chapters.text_numbers.TextNumbers", "TextNumbers("),
    ],
)
def test_what_python_adds_to_a_class_is_not_shown(
    build_book: Callable[..., Any], tmp_path: Path, name: str, shown: str
) -> None:
    text = f"# API\n\n```{{eval-rst}}\n.. autoclass:: {name}\n```\n"
    book = build_book(tmp_path, {"index": text})
    signature = book.tree["index"].select_one("dt.sig").get_text()
    assert shown in signature
    assert "qualname" not in signature
    assert "<factory>" not in signature
