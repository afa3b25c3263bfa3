"""Print the built book as one PDF: its pages in one document, put on paper by Chromium.

The pages are those of the site, so the PDF says what the site says. All of them share one document:
each id gets its page's name before it, and a link to another page leads to that page's place in the
PDF. Paper can't be unfolded, so boxes that are closed on the site stand open; what is left out
instead, the front matter says. The book is printed twice, as only a printed book tells on which
sheet a page begins.
"""

from __future__ import annotations

import io
import re
import sys
import tempfile
from collections.abc import Collection, Iterator, Mapping, Sequence
from html import escape
from pathlib import Path
from posixpath import dirname, join, normpath
from typing import Any, NamedTuple
from urllib.parse import unquote, urlsplit

import yaml
from bs4 import BeautifulSoup, Tag
from playwright.sync_api import Browser, sync_playwright
from pypdf import PdfReader
from sphinx_external_toc.parsing import parse_toc_yaml

from tools.browser import PACKAGES, find

ROOT = Path(__file__).parents[1]
SITE = ROOT / "_build" / "html"
STYLE = Path(__file__).with_name("pdf.css")
NO_BROWSER = (
    "make pdf needs Chromium, and there is none on PATH and none of Playwright's own. Install it "
    f"with Chinese fonts (Debian, Ubuntu: apt-get install {' '.join(PACKAGES)}), or let "
    "`.venv/bin/python tools/browser.py` install one, and run make pdf again."
)
NO_SITE = "there is no built site to print; run make site"
LEFT_OUT = (
    "Solutions of exercises and the notes of numbers stand open here. Left to the site and the "
    "notebooks are code, the table of figures below each chart, and the pages that are looked up "
    "and not read, which the contents name."
)
# Pages for readers who sit at a screen, each with those below it.
SCREEN_ONLY = ("reference/ledger", "reference/data", "reference/provenance", "reference/api")
# What a reader of paper can't use, and what LEFT_OUT names.
_UNUSED = (
    "script, button, nav, template, .headerlink, .viewcode-link, .prev-next-footer, .pst-js-only, "
    ".sd-summary-state-marker, .cbec-note__back, details.hide, .cbec-chart__more, svg.cbec-phone, "
    "section#cbec-code"
)
_REFERRING = ("for", "headers", "list", "aria-labelledby", "aria-describedby", "aria-controls")
_URL = re.compile(r"""(url\(['"]?#)([^'")]+)""")


_FILL = """(sheets) => document.querySelectorAll("[data-sheet]").forEach((place) => {
  place.textContent = sheets[place.dataset.sheet];
})"""
_PATIENCE = 180_000  # ms; a busy machine takes its time


class Part(NamedTuple):
    """A page of the book, and the caption that stands above it in the contents."""

    name: str
    caption: str


def parts_of(toc: Path) -> list[Part]:
    """Return the book's pages in reading order, without those for the screen only."""
    site_map = parse_toc_yaml(toc)

    def below(name: str, caption: str) -> Iterator[Part]:
        if name in SCREEN_ONLY:
            return
        yield Part(name, caption)
        for tree in site_map[name].subtrees:
            for item in filter(site_map.__contains__, tree.items):
                yield from below(str(item), tree.caption or caption)

    return list(below(site_map.root.docname, ""))


def anchor_of(name: str, fragment: str = "") -> str:
    """Return the id in the document of a page, or of a place on it.

    >>> anchor_of("chapters/01_introduction"), anchor_of("index", "use-1-1")
    ('chapters-01_introduction', 'index--use-1-1')
    """
    return name.replace("/", "-") + (f"--{fragment}" if fragment else "")


def prepare(article: Tag, site: Path, name: str, names: Collection[str], base_url: str) -> None:
    """Make a page's article ready to share a document with those of the other pages.

    A link to a page of the book becomes one within the document. A link to another file of the site
    leads to its address, if the site has one (``base_url``), else only its words stay.
    """
    for element in article.select(_UNUSED):
        element.decompose()
    for box in article.find_all("details"):
        box["open"] = ""
    for element in article.find_all(True):
        for key, value in list(element.attrs.items()):
            if key == "id":
                element["id"] = anchor_of(name, value)
            elif key in _REFERRING:
                words = value if isinstance(value, list) else value.split()
                element[key] = " ".join(anchor_of(name, word) for word in words)
            elif isinstance(value, str) and "url(" in value:
                element[key] = _URL.sub(lambda url: url[1] + anchor_of(name, url[2]), value)
    for link in article.find_all(href=True):
        _lead(link, name, names, base_url)
    for image in article.find_all(src=True):
        image["src"] = (site / dirname(name) / unquote(image["src"])).resolve().as_uri()


def _lead(link: Tag, name: str, names: Collection[str], base_url: str) -> None:
    """Let a link lead to a place in the document, to another site, or nowhere."""
    parts = urlsplit(str(link["href"]))
    if parts.scheme or parts.netloc:
        return
    path = normpath(join(dirname(name), parts.path)) if parts.path else f"{name}.html"
    if path.removesuffix(".html") in names:
        link["href"] = f"#{anchor_of(path.removesuffix('.html'), parts.fragment)}"
    elif base_url:
        link["href"] = base_url + path
    else:
        del link["href"]


def assemble(site: Path, parts: Sequence[Part], config: Mapping[str, Any]) -> str:
    """Write the book as one HTML document."""
    names, base_url = [part.name for part in parts], ""
    styles: dict[str, None] = {}
    titles, articles = {}, []
    for name in names:
        html = (site / f"{name}.html").read_text(encoding="utf-8")
        page = BeautifulSoup(html, "html.parser")
        canonical = page.select_one("link[rel=canonical]")
        base_url = str(canonical["href"]).removesuffix(f"{name}.html") if canonical else ""
        for link in page.select("head link[rel=stylesheet]"):
            sheet = site / dirname(name) / urlsplit(str(link["href"])).path
            styles[sheet.resolve().as_uri()] = None
        if page.article is None or page.article.h1 is None:
            raise ValueError(f"{name}.html has no article with a heading")
        prepare(page.article, site, name, names, base_url)
        titles[name] = page.article.h1.get_text(" ", strip=True)
        articles.append(f'<div class="pdf-part" id="{anchor_of(name)}">{page.article}</div>')
    title = escape(config["title"])
    return "".join(
        [
            '<!DOCTYPE html><html lang="en" data-theme="light" data-mode="light">',
            f'<head><meta charset="utf-8"><title>{title}</title>',
            *(f'<link rel="stylesheet" href="{escape(style)}">' for style in styles),
            f"<style>{STYLE.read_text(encoding='utf-8')}{_running_heads(titles)}</style></head>",
            f'<body><section class="pdf-cover"><p class="pdf-cover__title">{title}</p>',
            f"<p>By {escape(config['author'])}, {escape(str(config['copyright']))}</p>",
            f'<p class="pdf-cover__said">{LEFT_OUT}</p></section>',
            '<section class="pdf-contents"><h1>Contents</h1>',
            *_contents(parts, titles),
            *_on_the_site(site, base_url),
            '</section><main class="bd-main"><div class="bd-content">',
            *articles,
            "</div></main></body></html>",
        ]
    )


def _on_the_site(site: Path, base_url: str) -> Iterator[str]:
    """Name the pages that aren't printed, with their addresses if the site has one."""
    found = [name for name in SCREEN_ONLY if (site / f"{name}.html").is_file()]
    if found:
        yield '<p class="pdf-contents__caption">Only on the site</p>'
    for name in found:
        page = BeautifulSoup((site / f"{name}.html").read_text(encoding="utf-8"), "html.parser")
        title = escape(page.article.h1.get_text(" ", strip=True))  # type: ignore[union-attr]
        address = f"{base_url}{name}.html"
        linked = f'<a href="{escape(address)}">{title}</a>' if base_url else title
        yield f'<p class="pdf-contents__line">{linked}</p>'


def _running_heads(titles: Mapping[str, str]) -> str:
    """Write the style that puts each page's title at the head of its sheets."""
    rules = []
    for name, title in titles.items():
        text = title.replace("\\", "\\\\").replace('"', '\\"')
        rules.append(
            f"#{anchor_of(name)} {{ page: {anchor_of(name)}; }}\n"
            f'@page {anchor_of(name)} {{ @top-right {{ content: "{text}"; }} }}\n'
        )
    return "".join(rules)


def _contents(parts: Sequence[Part], titles: Mapping[str, str]) -> Iterator[str]:
    """Write the lines of the table of contents; the sheets' numbers come when they are known."""
    above = ""
    for name, caption in parts:
        if caption != above:
            above = caption
            yield f'<p class="pdf-contents__caption">{escape(caption)}</p>'
        yield (
            f'<p class="pdf-contents__line"><a href="#{anchor_of(name)}">{escape(titles[name])}</a>'
            f'<span data-sheet="{anchor_of(name)}"></span></p>'
        )


def sheets_in(reader: PdfReader, anchors: Collection[str]) -> dict[str, int]:
    """Return on which sheet of a PDF each of these places is."""
    places = reader.named_destinations
    return {
        anchor: 1 + (reader.get_destination_page_number(places[f"/{anchor}"]) or 0)
        for anchor in anchors
    }


def print_document(document: Path, names: Collection[str], chromium: Browser) -> bytes:
    """Return the book's document as a PDF."""
    page = chromium.new_page(color_scheme="light")
    page.set_default_timeout(_PATIENCE)
    page.goto(document.as_uri())
    draft = PdfReader(io.BytesIO(page.pdf(prefer_css_page_size=True)))
    page.evaluate(_FILL, sheets_in(draft, [anchor_of(name) for name in names]))
    pdf = page.pdf(prefer_css_page_size=True, outline=True, tagged=True)
    page.close()
    return pdf


def file_name(title: str) -> str:
    """Return the name of the PDF.

    >>> file_name("Trade, recomputed")
    'trade-recomputed.pdf'
    """
    return "-".join(re.findall(r"\w+", title.lower())) + ".pdf"


def main() -> int:
    """Print the book to ``_build/pdf``; return 1 if it can't be done."""
    path = find()
    if path is None or not (SITE / "index.html").is_file():
        print(NO_BROWSER if path is None else NO_SITE, file=sys.stderr)
        return 1
    config = yaml.safe_load((ROOT / "_config.yml").read_text(encoding="utf-8"))
    parts = parts_of(ROOT / "_toc.yml")
    with (
        tempfile.TemporaryDirectory() as folder,
        sync_playwright() as playwright,
        playwright.chromium.launch(executable_path=path, args=["--no-sandbox"]) as chromium,
    ):
        document = Path(folder, "book.html")
        document.write_text(assemble(SITE, parts, config), encoding="utf-8")
        pdf = print_document(document, [part.name for part in parts], chromium)
    target = ROOT / "_build" / "pdf" / file_name(config["title"])
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_bytes(pdf)
    print(f"The book is in {target.relative_to(ROOT)}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
