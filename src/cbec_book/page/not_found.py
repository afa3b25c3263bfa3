"""``404.html``: what a server shows for an address without a page.

A server shows it at the address that was asked for, however deep that is, so its links can't be
relative to where it stands. They start from the site's root, which is the path of ``html_baseurl``,
or that of the host. A ``base`` element would be shorter, and the pages' policy forbids it.
"""

from __future__ import annotations

import os
import re
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from sphinx.application import Sphinx
from sphinx.config import Config

from cbec_book.wording import translated

PAGE = "404"
TEMPLATES = Path(__file__).parents[1] / "templates"

_ROOT = re.compile(r'<html\b[^>]* data-content_root="([^"]*)"')
_RELATIVE = re.compile(r' (href|src|action)="(?![a-z]+:|[/#])(?:\./)?')


def start_from_root(page: str, pagename: str) -> str:
    """Let each relative address of the page for wrong addresses start from the site's root.

    Examples
    --------
    >>> page = '<html data-content_root="/book/"><a href="index.html"><a href="#main">'
    >>> start_from_root(page, "404")
    '<html data-content_root="/book/"><a href="/book/index.html"><a href="#main">'
    >>> start_from_root(page, "index") == page
    True
    """
    if pagename != PAGE or not (root := _ROOT.search(page)):
        return page
    return _RELATIVE.sub(lambda address: f' {address[1]}="{root[1]}', page)


def add_page(app: Sphinx, config: Config) -> None:
    """Let Sphinx write the page."""
    # New objects: Sphinx's own default lists outlive the application.
    config.templates_path = [*config.templates_path, os.path.relpath(TEMPLATES, app.confdir)]
    config.html_additional_pages = {PAGE: f"{PAGE}.html", **config.html_additional_pages}


def fill_page(app: Sphinx, pagename: str, _: str, context: dict[str, Any], *__: Any) -> None:
    """Tell the page the root of the site, and the contents of the book."""
    if pagename != PAGE:
        return
    # Scripts of Sphinx and the theme read it, too.
    context["content_root"] = urlsplit(app.config.html_baseurl).path.rstrip("/") + "/"
    robots = '\n    <meta name="robots" content="noindex">'
    context["metatags"] = robots + context.get("metatags", "")
    context["title"] = translated("Page not found")
    context["translated"] = translated
    titles = app.env.titles
    pages = app.env.toctree_includes.get(app.config.root_doc, [])
    # A page that has gone may still be listed.
    context["cbec_contents"] = [(page, titles[page].astext()) for page in pages if page in titles]


def setup(app: Sphinx) -> None:
    """Connect the module to Sphinx."""
    app.connect("config-inited", add_page)
    app.connect("html-page-context", fill_page)
