"""The pages' policy: what gives way to it, what it refuses, and that a strict build says so."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from cbec_book.page.content_policy import POLICY, clear_inline, inline_parts

INDEX = '<table style="width: 100%" class="indextable genindextable"><tr>\n'
CELL = '<td style="width: 33%; vertical-align: top;"><ul>'


@pytest.mark.parametrize(
    "tag",
    [
        "<script>",
        '<script type="module">',
        '<script data-src="f.js">',
        "<style media='print'>",
        '<base href="/">',
        '<object data="f.svg">',
        '<p style="color: red">',
        '<p STYLE = "">',
        "<col style='width: 9%' />",
        '<path d="M0"\n  style="fill: red"/>',
        '<button type="button" onclick="f()">',
        '<img alt="a > b" src="f.png" onerror=f()>',
        '<a href="javascript:f()">',
        "<form action=' JavaScript:f()'>",
    ],
)
def test_what_stands_in_a_page_is_refused(tag: str) -> None:
    assert list(inline_parts(f"<body>{tag}{tag}</body>")) == [(tag, 2)]


@pytest.mark.parametrize(
    "tag",
    [
        '<script src="f.js">',
        '<script type="application/json" class="data">',
        '<script type="application/vnd.jupyter.widget-state+json">',
        '<link rel="stylesheet" href="f.css">',
        '<p class="style" data-style="onclick" title="if on = 1, style=&quot;x&quot;">',
        "<path fill='none' stroke-width=\"1\"/>",
        '<a href="f.html?onload=1&amp;to=javascript:f()">',
        '<input type="checkbox" open one>',
    ],
)
def test_files_data_and_other_attributes_are_not(tag: str) -> None:
    assert list(inline_parts(f"<body>{tag}</body>")) == []


def test_the_themes_own_pieces_go_and_others_stay() -> None:
    index = INDEX + CELL
    cleared = clear_inline(index, "genindex")
    assert list(dict(inline_parts(index))) == [index.partition("<tr>")[0], CELL[:-4]]
    assert list(inline_parts(cleared)) == []
    assert cleared == '<table class="indextable genindextable"><tr>\n<td><ul>'
    for other in (
        '<p style="width: 100%">',
        '<button onclick="f()">',
        "<script>DOCUMENTATION_OPTIONS.search_as_you_type = true;</script>",
        "<noscript><style>p { color: red }</style></noscript>",
    ):
        assert clear_inline(other, "index") == other


def test_a_page_states_the_policy_first_and_a_strict_build_names_what_it_refuses(
    tmp_path: Path, build_book: Callable[..., Any]
) -> None:
    piece = "```{raw} html\n<i onclick='f()'></i><i onclick='f()'></i>\n```\n"
    pages = {"index": f"# Book\n\n{piece}\n```{{toctree}}\ntwo\n```\n", "two": "# Two\n"}
    book = build_book(tmp_path, pages, suppress_warnings=[])
    mine = [line for line in book.warnings if "onclick" in line]
    assert mine == [
        "WARNING: index holds <i onclick='f()'> inline (2 times): browsers leave that out; "
        "move it into a file of the site"
    ]
    for page in ("index", "two", "search", "genindex", "404"):
        head = (tmp_path / f"_build/{page}.html").read_text("utf-8").partition("<head>")[2]
        first = f'<meta http-equiv="Content-Security-Policy" content="{POLICY}">'
        assert head.lstrip().startswith(first), page
