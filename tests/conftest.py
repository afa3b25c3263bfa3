"""What several test files share: a small book, built by Sphinx with the book's extension."""

from __future__ import annotations

import io
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from bs4 import BeautifulSoup
from sphinx.application import Sphinx
from sphinx.util.docutils import docutils_namespace


class Book(NamedTuple):
    """A built book: each page as text and as a tree, and the warnings."""

    text: dict[str, str]
    tree: dict[str, BeautifulSoup]
    warnings: list[str]


@pytest.fixture(scope="session")
def build_book() -> Callable[..., Book]:
    """Return a function that builds a book from its pages' Markdown, or notebooks' JSON.

    A second build in the same folder goes on from the first.
    """
    return _build


def _build(source: Path, pages: dict[str, str], jobs: int = 1, **config: Any) -> Book:
    for name, text in pages.items():
        path = source / f"{name}.{'ipynb' if text.startswith('{') else 'md'}"
        path.parent.mkdir(parents=True, exist_ok=True)
        if not path.is_file() or path.read_text(encoding="utf-8") != text:
            path.write_text(text, encoding="utf-8")
    heard = io.StringIO()
    with docutils_namespace():
        app = Sphinx(
            source,
            None,
            source / "_build",
            source / "_trees",
            "html",
            confoverrides={
                "extensions": ["myst_nb", "cbec.book"],
                "nb_execution_mode": "off",
                # Given here, or MyST-NB adds to a dictionary that later applications share.
                "source_suffix": {".md": "myst-nb", ".ipynb": "myst-nb"},
                "html_theme": "basic",
                "html_math_renderer": "mathml",
                "exclude_patterns": ["_build"],
            }
            | config,
            status=None,
            warning=heard,
            parallel=jobs,
        )
        app.build()
    plain = re.sub(r"\x1b\[[\d;]*m", "", heard.getvalue())
    text = {name: (source / f"_build/{name}.html").read_text("utf-8") for name in pages}
    tree = {name: BeautifulSoup(page, "html.parser") for name, page in text.items()}
    return Book(text, tree, [line for line in plain.splitlines() if line.strip()])
