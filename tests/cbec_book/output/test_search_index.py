"""Which places of a page the search knows, and what of their text."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from cbec_book.output.search_index import PageReader, index


def read(html: str) -> list[list[str]]:
    """Return the places of a piece of HTML."""
    reader = PageReader()
    reader.feed(html)
    return [place.to_list() for place in reader.places]


@pytest.mark.parametrize(
    ("html", "places"),
    [
        (
            '<section id="a"><h1>One</h1><p>First.</p>'
            '<section id="b"><h2>Two</h2><p>Second.<br>Third.</p></section><p>Last.</p></section>',
            [["a", "One", "First. Last.", ""], ["b", "Two", "Second. Third.", ""]],
        ),
        (  # words of a table are found, those of the prose not twice
            '<section id="a"><h2>T</h2><p>Prose.</p><table><tr><td>Prose.</td><td>70,769</td>'
            "</tr></table></section>",
            [["a", "T", "Prose.", "Prose 70,769"]],
        ),
        (  # formulas, code, buttons and what is for screen readers alone are left out
            '<section id="a"><h2>T<a class="headerlink" href="#a">#</a></h2><p>A <math><mi>x</mi>'
            '</math><button>B</button>b<span class="visually-hidden"> (exact)</span></p>'
            "<pre>code</pre></section>",
            [["a", "T", "A b", ""]],
        ),
        (
            '<section id="g"><h1>G</h1><dl><dt id="term-a">a (甲)</dt><dd>First.</dd>'
            '<dt id="term-b">b</dt><dd>Second.</dd></dl><p>After.</p></section>',
            [
                ["g", "G", "After.", ""],
                ["term-a", "a (甲)", "First.", ""],
                ["term-b", "b", "Second.", ""],
            ],
        ),
        (
            '<section id="m"><h1>M</h1><dl><dt class="sig" id="m.C">class m.C(x)</dt><dd>Is.'
            '<dl><dt class="sig" id="m.C.f">f()</dt><dd>Does.</dd></dl></dd></dl></section>',
            [
                ["m", "M", "", ""],
                ["m.C", "m.C", "Is.", ""],
                ["m.C.f", "m.C.f", "Does.", ""],
            ],
        ),
        (
            '<section id="a"><h2>T</h2><figure class="cbec-chart" id="chart-x"><p '
            'class="cbec-chart__title">Finding</p><p>What.</p></figure><p>After.</p></section>',
            [["a", "T", "After.", ""], ["chart-x", "Finding", "What.", ""]],
        ),
        (
            '<section id="e"><h2>E</h2><dl><dt>Where</dt><dd>§1</dd><dt>Note</dt><dd>N.</dd></dl>'
            "</section>",
            [["e", "E", "§1 · N.", ""]],
        ),
    ],
    ids=["sections", "table", "unread", "terms", "functions", "chart", "fields"],
)
def test_a_place_has_a_heading_a_prose_and_the_words_of_its_tables(
    html: str, places: list[list[str]]
) -> None:
    assert read(html) == places


def test_a_site_has_its_pages_their_places_and_the_terms_of_the_glossary(
    tmp_path: Path, build_book: Callable[..., Any]
) -> None:
    book = build_book(
        tmp_path,
        {
            "index": "# Book\n\nBegins.\n\n```{toctree}\nglossary\n```\n\n## Part\n\nEnds.\n",
            "glossary": "# Glossary\n\n```{glossary}\nvintage (数据版本)\n    When.\n```\n",
        },
        html_theme="sphinx_book_theme",
    )
    assert book.warnings == []
    made = index(tmp_path / "_build")
    assert [page[:2] for page in made["pages"]] == [
        ["glossary.html", "Glossary"],
        ["index.html", "Book"],
    ]
    assert [1, "part", "Part", "Ends.", ""] in made["places"]
    assert ("数据版本", "vintage") in made["synonyms"]
    assert not (tmp_path / "_build" / "searchindex.js").exists()
