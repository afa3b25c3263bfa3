"""What stands before the first page of the PDF: cover, contents, and what is only on the site."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from html import escape
from pathlib import Path
from typing import Any

from bs4 import BeautifulSoup, Tag

#: Pages to look something up in, each with what it holds; those below them aren't printed either.
SCREEN_ONLY = {
    "reference/ledger": "Each statistic of the paper: verdicts, derivation, evidence",
    "reference/data": "The tables that the book rests on, with every column explained, as files",
    "reference/provenance": "Where each figure of the data comes from, and what was searched",
    "reference/api": "How to call the package from Python",
}
_NOTES = (
    "Figures and their sources",
    "What each number of the text rests on",
    "at the end of each page",
)
_SAID = (
    "Solutions of exercises, and tables that are folded on the site, stand open here. Left to the "
    "site are code, the figures below each chart, and what is looked up and not read: the end of "
    "the contents names it."
)


def anchor_of(name: str, fragment: str = "") -> str:
    """Return the id in the document of a page, or of a place on it.

    >>> anchor_of("chapters/01_introduction"), anchor_of("index", "use-1-1")
    ('chapters-01_introduction', 'index--use-1-1')
    """
    return name.replace("/", "-") + (f"--{fragment}" if fragment else "")


def cover(config: Mapping[str, Any], chart: Tag | None) -> Iterator[str]:
    """Write the cover, with the chart of the landing page."""
    yield f'<section class="pdf-cover"><p class="pdf-cover__title">{escape(config["title"])}</p>'
    yield f"<p>By {escape(config['author'])}, {escape(str(config['copyright']))}</p>"
    if chart is not None and chart.a is not None:
        chart.a.unwrap()
    yield f'<div class="bd-article">{chart or ""}</div>'
    yield f'<p class="pdf-cover__said">{_SAID}</p></section>'


def contents(captions: Mapping[str, str], articles: Mapping[str, Tag]) -> Iterator[str]:
    """Write the contents: pages and their sections. Numbers of sheets come when they are known."""
    yield '<section class="pdf-contents"><h1>Contents</h1><div class="pdf-contents__columns">'
    above = ""
    for name, article in articles.items():
        if captions[name] != above:
            above = captions[name]
            yield f'<p class="pdf-contents__caption">{escape(above)}</p>'
        yield _line("pdf-contents__page", anchor_of(name), article.h1)
        for heading in article.find_all("h2"):
            section = heading.find_parent("section")
            yield _line("pdf-contents__section", str(section["id"]), heading)  # type: ignore[index]
    yield "</div></section>"


def _line(kind: str, anchor: str, heading: Tag | None) -> str:
    return (
        f'<p class="{kind}"><a href="#{anchor}">{escape(words_of(heading))}</a>'
        f'<span data-sheet="{anchor}"></span></p>'
    )


def words_of(heading: Tag | None) -> str:
    """Return what a heading says, in one line."""
    return " ".join(heading.get_text().split()) if heading else ""


def on_the_site(site: Path, base_url: str) -> Iterator[str]:
    """Write a table of what isn't printed, with addresses if the site has one."""
    rows = []
    for name, held in SCREEN_ONLY.items():
        if (site / f"{name}.html").is_file():
            page = BeautifulSoup((site / f"{name}.html").read_text(encoding="utf-8"), "html.parser")
            for link in page.select(".headerlink"):
                link.decompose()
            path = f"{name}.html"
            place = f'<a href="{escape(base_url + path)}">{path}</a>' if base_url else path
            rows.append((escape(words_of(page.h1)), held, place))
    if not rows:
        return
    where = (
        f'The site is at <a href="{escape(base_url)}">{escape(base_url)}</a>; the last column says '
        "where on it."
        if base_url
        else "The site has no public address yet: <code>make site</code> builds it from the "
        "book's repository in <code>_build/html</code>. The last column says where in it."
    )
    yield '<section class="pdf-site"><p class="pdf-contents__caption">Only on the site</p>'
    yield f'<p>{where}</p><table class="cbec-table"><tbody>'
    for title, held, place in [*rows, _NOTES]:
        yield f'<tr><th scope="row">{title}</th><td>{held}</td><td>{place}</td></tr>'
    yield "</tbody></table></section>"


def running_heads(articles: Mapping[str, Tag]) -> str:
    """Write the style that puts each page's title at the head of its sheets."""
    rules = []
    for name, article in articles.items():
        text = words_of(article.h1).replace("\\", "\\\\").replace('"', '\\"')
        rules.append(
            f"#{anchor_of(name)} {{ page: {anchor_of(name)}; }}\n"
            f'@page {anchor_of(name)} {{ @top-right {{ content: "{text}"; }} }}\n'
        )
    return "".join(rules)
