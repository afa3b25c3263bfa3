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
from collections.abc import Iterator, Mapping, Sequence
from html import escape
from pathlib import Path
from posixpath import dirname, join, normpath
from typing import Any, NamedTuple
from urllib.parse import unquote, urlsplit

import yaml
from bs4 import BeautifulSoup, Tag
from sphinx_external_toc.parsing import parse_toc_yaml

from tools.browser import find

ROOT = Path(__file__).parents[1]
SITE = ROOT / "_build" / "html"
STYLE = Path(__file__).with_name("pdf.css")
NO_BROWSER = (
    "make pdf needs Chromium, and there is none on PATH and none of Playwright's own. Install it "
    "with Chinese fonts (Debian, Ubuntu: apt-get install chromium fonts-noto-cjk), or let "
    "`.venv/bin/python tools/browser.py` install one, and run make pdf again."
)
NO_SITE = "there is no built site to print; run make site"
LEFT_OUT = (
    "Solutions of exercises and the notes of numbers stand open here. Two things are left to the "
    "site and the notebooks: code that is folded away there, and the table of figures below each "
    "chart, whose rows and sources the page on provenance lists."
)
# What a reader of paper can't use, and what LEFT_OUT names.
_UNUSED = (
    "script, button, nav, template, .headerlink, .viewcode-link, .prev-next-footer, .pst-js-only, "
    ".cbec-note__back, .cbec-popover, details.hide, .cbec-chart details.cbec-more"
)
_REFERRING = ("for", "headers", "list", "aria-labelledby", "aria-describedby", "aria-controls")
_URL = re.compile(r"url\((['\"]?)#")


class Part(NamedTuple):
    """A page of the book, and the caption that stands above it in the contents."""

    name: str
    caption: str


def parts_of(toc: Path) -> list[Part]:
    """Return the book's pages in reading order."""
    site_map = parse_toc_yaml(toc)

    def below(name: str, caption: str) -> Iterator[Part]:
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


def read_article(site: Path, name: str, names: Sequence[str], base_url: str) -> Tag:
    """Return a page's article, ready to share a document with those of the other pages.

    A link to a page of the book becomes one within the document. A link to another file of the site
    leads to its address, if the site has one, else only its words stay.
    """
    page = BeautifulSoup((site / f"{name}.html").read_text(encoding="utf-8"), "html.parser")
    article = page.select_one("article")
    if article is None:
        raise ValueError(f"{name}.html has no article")
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
                element[key] = _URL.sub(rf"url(\1#{anchor_of(name, ' ').rstrip()}", value)
    for link in article.find_all(href=True):
        _lead(link, name, names, base_url)
    for image in article.find_all(src=True):
        image["src"] = (site / dirname(name) / unquote(image["src"])).resolve().as_uri()
    return article


def _lead(link: Tag, name: str, names: Sequence[str], base_url: str) -> None:
    """Let a link lead to a place in the document, to another site, or nowhere."""
    parts = urlsplit(str(link["href"]))
    if parts.scheme or parts.netloc:
        return
    path = normpath(join(dirname(name), parts.path)) if parts.path else f"{name}.html"
    if path.removesuffix(".html") in names:
        link["href"] = f"#{anchor_of(path.removesuffix('.html'), parts.fragment)}"
    elif base_url:
        link["href"] = f"{base_url.rstrip('/')}/{path}"
    else:
        del link["href"]


def assemble(
    site: Path, parts: Sequence[Part], config: Mapping[str, Any], sheets: Mapping[str, int]
) -> str:
    """Write the book as one HTML document.

    ``sheets`` says on which sheet of the PDF a page begins, as far as that is known.
    """
    names = [part.name for part in parts]
    base_url = config.get("sphinx", {}).get("config", {}).get("html_baseurl", "")
    articles = {name: read_article(site, name, names, base_url) for name in names}
    titles = {
        name: heading.get_text(" ", strip=True) if (heading := article.h1) else name
        for name, article in articles.items()
    }
    styles = dict.fromkeys(
        (site / dirname(name) / urlsplit(str(link["href"])).path).resolve().as_uri()
        for name in names
        for link in BeautifulSoup(
            (site / f"{name}.html").read_text(encoding="utf-8").partition("</head>")[0],
            "html.parser",
        ).select("link[rel=stylesheet]")
    )
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
            *_contents(parts, titles, sheets),
            '</section><main class="bd-main"><div class="bd-content">',
            *(
                f'<div class="pdf-part" id="{anchor_of(name)}">{article}</div>'
                for name, article in articles.items()
            ),
            "</div></main></body></html>",
        ]
    )


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


def _contents(
    parts: Sequence[Part], titles: Mapping[str, str], sheets: Mapping[str, int]
) -> Iterator[str]:
    """Write the lines of the table of contents."""
    above = ""
    for name, caption in parts:
        if caption != above:
            above = caption
            yield f'<p class="pdf-contents__caption">{escape(caption)}</p>'
        yield (
            f'<p class="pdf-contents__line"><a href="#{anchor_of(name)}">{escape(titles[name])}</a>'
            f"<span>{sheets.get(name, '')}</span></p>"
        )


def sheets_of(pdf: bytes, names: Sequence[str]) -> dict[str, int]:
    """Return on which sheet each page of the book begins."""
    from pypdf import PdfReader

    reader = PdfReader(io.BytesIO(pdf))
    places = reader.named_destinations
    found = {}
    for name in names:
        place = places[f"/{anchor_of(name)}"]
        found[name] = 1 + (reader.get_destination_page_number(place) or 0)
    return found


def print_book(site: Path, browser: str) -> bytes:
    """Return the book as a PDF."""
    from playwright.sync_api import sync_playwright

    config = yaml.safe_load((ROOT / "_config.yml").read_text(encoding="utf-8"))
    parts = parts_of(ROOT / "_toc.yml")
    names = [part.name for part in parts]
    pdf, sheets = b"", dict[str, int]()
    with (
        tempfile.TemporaryDirectory() as folder,
        sync_playwright() as playwright,
        playwright.chromium.launch(executable_path=browser, args=["--no-sandbox"]) as chromium,
    ):
        page = chromium.new_context(java_script_enabled=False).new_page()
        page.emulate_media(media="print", color_scheme="light")
        document = Path(folder, "book.html")
        while not pdf or sheets != (sheets := sheets_of(pdf, names)):
            document.write_text(assemble(site, parts, config, sheets), encoding="utf-8")
            page.goto(document.as_uri())
            pdf = page.pdf(prefer_css_page_size=True, outline=True, tagged=True)
    return pdf


def file_name(title: str) -> str:
    """Return the name of the PDF.

    >>> file_name("Trade, recomputed")
    'trade-recomputed.pdf'
    """
    return "-".join(re.findall(r"\w+", title.lower())) + ".pdf"


def main() -> int:
    """Print the book to ``_build/pdf``; return 1 if it can't be done."""
    browser = find()
    if browser is None or not (SITE / "index.html").is_file():
        print(NO_BROWSER if browser is None else NO_SITE, file=sys.stderr)
        return 1
    pdf = print_book(SITE, browser)
    config = yaml.safe_load((ROOT / "_config.yml").read_text(encoding="utf-8"))
    target = ROOT / "_build" / "pdf" / file_name(config["title"])
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_bytes(pdf)
    print(f"The book is in {target.relative_to(ROOT)}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
