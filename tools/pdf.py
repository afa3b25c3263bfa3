"""Print the built book as one PDF: its pages in one document, put on paper by Chromium.

The pages are those of the site, so the PDF says what the site says. All of them share one document:
each id gets its page's name before it, and a link to another page leads to that page's place in the
PDF. Paper can't be unfolded, so boxes that are closed on the site stand open; what is left out
instead, the front matter (``tools/pdf_front.py``) says. The book is printed twice, as only a
printed book tells on which sheet a page begins.
"""

from __future__ import annotations

import io
import re
import sys
import tempfile
from collections.abc import Collection, Iterator, Mapping
from html import escape
from pathlib import Path
from posixpath import dirname, join, normpath
from typing import Any
from urllib.parse import unquote, urlsplit

import yaml
from bs4 import BeautifulSoup, Tag
from playwright.sync_api import Browser, sync_playwright
from pypdf import PdfReader
from sphinx_external_toc.parsing import parse_toc_yaml

from tools.browser import PACKAGES, find
from tools.pdf_front import SCREEN_ONLY, anchor_of, contents, cover, on_the_site, running_heads
from tools.pdf_text import with_plain_characters

ROOT = Path(__file__).parents[1]
SITE = ROOT / "_build" / "html"
STYLE = Path(__file__).with_name("pdf.css")
NO_BROWSER = (
    "make pdf needs Chromium, and there is none on PATH and none of Playwright's own. Install it "
    f"with Chinese fonts (Debian, Ubuntu: apt-get install {' '.join(PACKAGES)}), or let "
    "`.venv/bin/python tools/browser.py` install one, and run make pdf again."
)
NO_SITE = "there is no built site to print; run make site"
# What a reader of paper can't use, and what the front matter says is left out.
_UNUSED = (
    "script, noscript, form, button, nav, template, .headerlink, .viewcode-link, .pst-js-only, "
    ".prev-next-footer, .sd-summary-state-marker, .cbec-note__back, .cbec-chart__more, "
    ".cbec-whatif__result, details.hide, details.cbec-more:not(:has(table)), "
    "svg.cbec-phone:not(.cbec-finding *), .cbec-finding svg.cbec-wide, "
    "section#figures-and-their-sources, section#certificate details, section#cbec-code"
)
_REFERRING = ("for", "headers", "list", "aria-labelledby", "aria-describedby", "aria-controls")
_URL = re.compile(r"""(url\(['"]?#)([^'")]+)""")
_FILL = """(sheets) => document.querySelectorAll("[data-sheet]").forEach((place) => {
  place.textContent = sheets[place.dataset.sheet];
})"""
_LISTED = """() => [...document.querySelectorAll("[data-sheet]")].map((e) => e.dataset.sheet)"""
_PATIENCE = 180_000  # ms; a busy machine takes its time


def parts_of(toc: Path) -> dict[str, str]:
    """Return the book's pages in reading order, each with the caption that it stands under.

    Those for the screen only aren't among them, nor those below them.
    """
    site_map = parse_toc_yaml(toc)

    def below(name: str, caption: str) -> Iterator[tuple[str, str]]:
        if name in SCREEN_ONLY:
            return
        yield name, caption
        for tree in site_map[name].subtrees:
            for item in filter(site_map.__contains__, tree.items):
                yield from below(str(item), tree.caption or caption)

    return dict(below(site_map.root.docname, ""))


def prepare(article: Tag, site: Path, name: str) -> None:
    """Make a page's article ready to share a document with those of the other pages."""
    for element in article.select(_UNUSED):
        if not element.decomposed:
            element.decompose()
    # Of boxes that share a name, one can be open.
    for box in article.select("details:not([name])"):
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
    for image in article.find_all(src=True):
        image["src"] = (site / dirname(name) / unquote(image["src"])).resolve().as_uri()


def lead(link: Tag, name: str, places: Collection[str], base_url: str) -> None:
    """Let a link of a page lead to a place in the document, to the site, or nowhere.

    What isn't in the document is on the site. If that has an address (``base_url``), the link leads
    there, else only its words stay.
    """
    parts = urlsplit(str(link["href"]))
    if parts.scheme or parts.netloc:
        return
    path = normpath(join(dirname(name), parts.path)) if parts.path else f"{name}.html"
    place = anchor_of(path.removesuffix(".html"), unquote(parts.fragment))
    if place in places:
        link["href"] = f"#{place}"
    elif base_url:
        link["href"] = base_url + path + (f"#{parts.fragment}" if parts.fragment else "")
    else:
        del link["href"]


def assemble(site: Path, parts: Mapping[str, str], config: Mapping[str, Any]) -> str:
    """Write the book as one HTML document."""
    base_url, styles, articles = "", dict[str, None](), dict[str, Tag]()
    for name in parts:
        html = (site / f"{name}.html").read_text(encoding="utf-8")
        page = BeautifulSoup(html, "html.parser")
        canonical = page.select_one("link[rel=canonical]")
        if canonical:
            base_url = str(canonical["href"]).removesuffix(f"{name}.html")
        for link in page.select("head link[rel=stylesheet]"):
            sheet = site / dirname(name) / urlsplit(str(link["href"])).path
            styles[sheet.resolve().as_uri()] = None
        if page.article is None or page.article.h1 is None:
            raise ValueError(f"{name}.html has no article with a heading")
        prepare(page.article, site, name)
        articles[name] = page.article
    places = {str(e["id"]) for article in articles.values() for e in article.find_all(id=True)}
    places |= {anchor_of(name) for name in articles}
    for name, article in articles.items():
        for link in article.find_all(href=True):
            lead(link, name, places, base_url)
    chart = articles["index"].select_one(".cbec-landing .cbec-still")
    front = [
        *cover(config, chart.extract() if chart else None),
        *contents(parts, articles),
        *on_the_site(site, base_url),
    ]
    return "".join(
        [
            '<!DOCTYPE html><html lang="en" data-theme="light" data-mode="light">',
            f'<head><meta charset="utf-8"><title>{escape(config["title"])}</title>',
            *(f'<link rel="stylesheet" href="{escape(style)}">' for style in styles),
            f"<style>{STYLE.read_text(encoding='utf-8')}{running_heads(articles)}</style></head>",
            "<body>",
            *front,
            '<main class="bd-main"><div class="bd-content">',
            *(
                f'<div class="pdf-part" id="{anchor_of(name)}">{article}</div>'
                for name, article in articles.items()
            ),
            "</div></main></body></html>",
        ]
    )


def sheets_in(reader: PdfReader, anchors: Collection[str]) -> dict[str, int]:
    """Return on which sheet of a PDF each of these places is."""
    places = reader.named_destinations
    return {
        anchor: 1 + (reader.get_destination_page_number(places[f"/{anchor}"]) or 0)
        for anchor in anchors
    }


def print_document(document: Path, chromium: Browser) -> bytes:
    """Return the book's document as a PDF."""
    page = chromium.new_page(color_scheme="light")
    page.set_default_timeout(_PATIENCE)
    page.goto(document.as_uri())
    draft = PdfReader(io.BytesIO(page.pdf(prefer_css_page_size=True)))
    page.evaluate(_FILL, sheets_in(draft, page.evaluate(_LISTED)))
    pdf = page.pdf(prefer_css_page_size=True, outline=True, tagged=True)
    page.close()
    return with_plain_characters(pdf)


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
        pdf = print_document(document, chromium)
    target = ROOT / "_build" / "pdf" / file_name(config["title"])
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_bytes(pdf)
    print(f"The book is in {target.relative_to(ROOT)}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
