"""What search engines, link previews and readers are told about a page.

Each page gets Open Graph properties, and a description made of its first sentences. Only where
``html_baseurl`` says where the site is, addresses are known: then pages get theirs and that of
their picture (:mod:`cbec_book.content.preview_card`), and the site a ``sitemap.xml`` and a
``robots.txt``.
Sphinx itself writes the canonical link.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from html import escape, unescape
from pathlib import Path
from typing import Any

from docutils import nodes
from sphinx.application import Sphinx

import cbec
from cbec.audit.revision import revision_of
from cbec_book.hooks import site_address
from cbec_book.wording import translated

#: Letters of a description; what previews show at most.
LONGEST = 200
_SHORTEST = 60

_SENTENCE = re.compile(r"(?<=[.?!])\s+(?=[A-Z0-9“])")
_CITED = re.compile(r"\s*\[[^\]]*\d{4}[^\]]*\]")
_TAG = re.compile(r"<[^>]+>")
# Beside words: what stands in badges, notes, tables and code is no sentence of the page.
_NOT_PROSE = (nodes.raw, nodes.footnote_reference, nodes.math)


def describe(document: nodes.document) -> str:
    """Return a page's first sentences, as many as a preview shows.

    Without symbols, formulas and citations; empty if the page has no prose.
    """
    words = ""
    for sentence in _sentences(document):
        longer = f"{words} {sentence}".strip()
        if len(longer) > LONGEST:
            break
        words = longer
        if len(words) >= LONGEST - _SHORTEST:
            break
    else:
        return words
    if words:
        return words
    return sentence[: LONGEST - 1].rpartition(" ")[0].rstrip(",;:") + "…"


def _sentences(document: nodes.document) -> Iterator[str]:
    """Yield the sentences of the paragraphs that stand directly in the page's sections."""
    for paragraph in document.findall(nodes.paragraph):
        if isinstance(paragraph.parent, nodes.section | nodes.document):
            text = "".join(_texts(paragraph))
            yield from filter(None, _SENTENCE.split(_CITED.sub("", " ".join(text.split()))))


def _texts(node: nodes.Node) -> Iterator[str]:
    if isinstance(node, nodes.Text):
        yield str(node)
    elif not isinstance(node, _NOT_PROSE):
        for child in node.children:
            yield from _texts(child)


def add_metadata(
    app: Sphinx,
    pagename: str,
    templatename: str,
    context: dict[str, Any],
    doctree: nodes.document | None,
) -> None:
    """Add a page's metadata to its head."""
    description = describe(doctree) if doctree is not None else ""
    title = unescape(_TAG.sub("", context.get("title") or app.config.html_title))
    language = app.config.language.replace("-", "_")
    properties = {
        "og:title": title,
        "og:type": "website" if doctree is None or pagename == app.config.root_doc else "article",
        "og:locale": {"en": "en_US"}.get(language, language),
        "og:site_name": app.config.html_title,
        "og:description": description,
    }
    names = {"description": description}
    if app.config.html_baseurl:
        properties |= {"og:url": site_address(app.config, app.builder.get_target_uri(pagename))}
        if picture := context.get("cbec_card"):
            properties |= picture
            names["twitter:card"] = "summary_large_image"
    tags = [
        f'\n    <meta {kind}="{key}" content="{escape(value)}">'
        for kind, values in (("name", names), ("property", properties))
        for key, value in values.items()
        if value
    ]
    context["metatags"] = context.get("metatags", "") + "".join(tags)
    context["theme_extra_footer"] = f"<p>{app.cbec_version}</p>"  # type: ignore[attr-defined]


def find_version(app: Sphinx) -> None:
    """Find what every page says at its foot: the version, and the commit if there is one."""
    made = revision_of(Path(app.srcdir), ["_config.yml"])
    said = translated(
        "Version {version}, commit {commit} of {day}" if made.commit else "Version {version}"
    )
    app.cbec_version = said.format(  # type: ignore[attr-defined]
        version=cbec.__version__, commit=(made.commit or "")[:10], day=(made.date or "")[:10]
    )


def title_once(page: str, pagename: str) -> str:
    """Let the title of the book's own page stand alone: the theme puts the book's name after it.

    Examples
    --------
    >>> title_once("<title>Book &#8212; Book</title>", "index")
    '<title>Book</title>'
    """
    return re.sub(r"<title>(.+) &#8212; \1</title>", r"<title>\1</title>", page, count=1)


def write_site_files(app: Sphinx) -> None:
    """Write what tells search engines of the pages."""
    if not app.config.html_baseurl:
        return
    out = Path(app.outdir)
    pages = sorted(app.env.found_docs, key=lambda page: (page != app.config.root_doc, page))
    entries = "".join(
        f"<url><loc>{escape(site_address(app.config, target))}</loc></url>\n"
        for target in map(app.builder.get_target_uri, pages)
    )
    (out / "sitemap.xml").write_text(
        '<?xml version="1.0" encoding="UTF-8"?>\n'
        f'<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">\n{entries}</urlset>\n',
        encoding="utf-8",
    )
    (out / "robots.txt").write_text(
        f"User-agent: *\nAllow: /\nSitemap: {site_address(app.config, 'sitemap.xml')}\n",
        encoding="utf-8",
    )


def setup(app: Sphinx) -> None:
    """Connect the module to Sphinx."""
    app.connect("builder-inited", find_version)
    app.connect("html-page-context", add_metadata)
