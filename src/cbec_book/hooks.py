"""How the parts of the extension take part in a build: changes to pages, last steps, warnings."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from typing import Any
from urllib.parse import quote

from docutils import nodes
from myst_nb.core.render import MimeData, NbElementRenderer
from nbformat import NotebookNode
from sphinx.application import Sphinx
from sphinx.config import Config
from sphinx.util import logging

#: Takes a page's HTML and its name, such as ``chapters/01_introduction``, and returns it changed.
Change = Callable[[str, str], str]
#: What writes a node before and after what stands in it.
Visitors = tuple[Callable[..., None], Callable[..., None] | None]

_logger = logging.getLogger(__name__)


def site_address(config: Config, target: str) -> str:
    """Return the address of a page or file of the site, of which the base is known."""
    return f"{config.html_baseurl.rstrip('/')}/{quote(target)}"


def issues_address(config: Config, new: str = "") -> str:
    """Return the address for replies and errors, or that of a new one with a title.

    It is that of the repository, as the theme's options hold it; empty if there is none.
    """
    repository = config.html_theme_options.get("repository_url", "").rstrip("/")
    if not repository:
        return ""
    return f"{repository}/issues/new?title={quote(new)}" if new else f"{repository}/issues"


def warn(subtype: str, message: str, *words: object, at: nodes.Node | str | None = None) -> None:
    """Warn of something in the book; ``cbec.subtype`` is what the warning can be hushed by."""
    _logger.warning(message, *words, location=at, type="cbec", subtype=subtype)


def change_pages(app: Sphinx, changes: Sequence[Change]) -> None:
    """Let each page of a site pass through the changes, in their order, before it is written."""

    def wrap(app: Sphinx) -> None:
        if app.builder.format != "html":
            return
        render = app.builder.templates.render

        def rendered(template: str, context: dict[str, Any]) -> str:
            page = render(template, context)
            for change in changes if template.endswith(".html") else ():
                page = change(page, context["pagename"])
            return page

        app.builder.templates.render = rendered

    app.connect("builder-inited", wrap)


def finish_site(app: Sphinx, steps: Sequence[Callable[[Sphinx], None]], priority: int) -> None:
    """Take the steps, in their order, when a site has been built."""

    def finish(app: Sphinx, error: Exception | None) -> None:
        if error is None and app.builder.format == "html":
            for step in steps:
                step(app)

    app.connect("build-finished", finish, priority=priority)


def output_of(
    renderer: NbElementRenderer, data: MimeData, inline: bool, mime: str
) -> tuple[dict[str, Any], NotebookNode] | None:
    """Return an output's content and its cell if it is a plug-in's to render, or None.

    MyST-NB finds plug-ins in every book of the environment that this package is installed in: where
    the extension isn't loaded, they leave all outputs to others.
    """
    env = getattr(renderer.renderer, "sphinx_env", None)
    if inline or data.mime_type != mime or env is None:
        return None
    if "cbec_book.extension" not in env.app.extensions:
        return None
    content: Any = data.content
    cells = renderer.renderer.nb_client.notebook.cells
    return json.loads(content) if isinstance(content, str) else content, cells[data.cell_index]


def add_node(app: Sphinx, node: type[nodes.Element], html: Visitors, others: Visitors) -> None:
    """Say how a node of the book is written on a page of the site, and by other builders."""
    visitors: Any = dict.fromkeys(("latex", "text", "man", "texinfo"), others)
    app.add_node(node, html=html, **visitors)
