"""``404.html``: what a server shows for an address without a page.

A server shows it at the address that was asked for, however deep that is, so its links can't be
relative to where it stands. A ``base`` element makes them relative to the site's root, which is the
path of ``html_baseurl``, or that of the host.
"""

from __future__ import annotations

import os
import re
from html import escape
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from sphinx.application import Sphinx
from sphinx.config import Config

PAGE = "404"
TEMPLATES = Path(__file__).parents[1] / "templates"

_FRAGMENT = re.compile(r'\bhref="#')


def keep_fragments(html: str, pagename: str) -> str:
    """Let links to places of the page name the page, as ``base`` would lead them to the root.

    Examples
    --------
    >>> keep_fragments('<a href="#main">', "404"), keep_fragments('<a href="#main">', "index")
    ('<a href="404.html#main">', '<a href="#main">')
    """
    return _FRAGMENT.sub(f'href="{PAGE}.html#', html) if pagename == PAGE else html


def add_page(app: Sphinx, config: Config) -> None:
    """Let Sphinx write the page."""
    # New objects: Sphinx's own default lists outlive the application.
    config.templates_path = [*config.templates_path, os.path.relpath(TEMPLATES, app.confdir)]
    config.html_additional_pages = {PAGE: f"{PAGE}.html", **config.html_additional_pages}


def fill_page(app: Sphinx, pagename: str, _: str, context: dict[str, Any], *__: Any) -> None:
    """Give the page its base and the contents of the book."""
    if pagename != PAGE:
        return
    root = urlsplit(app.config.html_baseurl).path.rstrip("/") + "/"
    base = f'\n    <base href="{escape(root)}">\n    <meta name="robots" content="noindex">'
    context["metatags"] = base + context.get("metatags", "")
    context["title"] = "Page not found"
    titles = app.env.titles
    pages = app.env.toctree_includes.get(app.config.root_doc, [])
    # A page that has gone may still be listed.
    context["cbec_contents"] = [(page, titles[page].astext()) for page in pages if page in titles]


def setup(app: Sphinx) -> None:
    """Connect the module to Sphinx."""
    app.connect("config-inited", add_page)
    # After the metadata of cbec_book.page.head: the base has to stand before any address.
    app.connect("html-page-context", fill_page, priority=600)
