"""What several test files share: a small book, built by Sphinx, and machines with other fonts."""

from __future__ import annotations

import io
import json
import os
import re
import subprocess
import sys
from collections.abc import Callable
from importlib import resources
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from bs4 import BeautifulSoup
from fontTools.ttLib import TTFont
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
                "extensions": ["myst_nb", "cbec_book.extension"],
                "nb_execution_mode": "off",
                # Given here, or MyST-NB adds to a dictionary that later applications share.
                "source_suffix": {".md": "myst-nb", ".ipynb": "myst-nb"},
                "html_theme": "basic",
                # It has inline styles and a script, which test_content_policy.py asks for.
                "suppress_warnings": ["cbec.policy"],
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


@pytest.fixture
def with_other_fonts(tmp_path: Path) -> Callable[[str, Any], list[str]]:
    """Return a function that runs a line of Python, with a chart's specification as `spec`.

    It returns what the line prints where the fonts that could draw a chart are other ones under
    the same name, and where there is no font.
    """
    none, false = tmp_path / "none", tmp_path / "false"
    none.mkdir()
    false.mkdir()
    with resources.as_file(resources.files("ziamath.fonts") / "STIXTwoMath-Regular.ttf") as source:
        for family in ("DejaVu Sans", "Liberation Sans"):
            for style, weight in (("Regular", 400), ("Bold", 700)):
                font = TTFont(source)
                font["OS/2"].usWeightClass = weight
                for record in font["name"].names:
                    names = {1: family, 2: style, 4: f"{family} {style}", 6: f"{family}-{style}"}
                    record.string = names.get(record.nameID, record.toUnicode())
                font.save(false / f"{family} {style}.ttf")

    def run(line: str, spec: Any) -> list[str]:
        printed = []
        for folder in (false, none):
            settings = folder / "fonts.conf"
            settings.write_text(f"<fontconfig><dir>{folder}</dir></fontconfig>", encoding="utf-8")
            done = subprocess.run(
                [sys.executable, "-c", f"import json, sys; spec = json.load(sys.stdin); {line}"],
                env=os.environ | {"FONTCONFIG_FILE": str(settings)},
                input=json.dumps(spec),
                capture_output=True,
                check=True,
                text=True,
            )
            printed.append(done.stdout.strip())
        return printed

    return run
