"""Changes to whole pages, made as each is written: what no template or node can reach."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from sphinx.application import Sphinx

__all__ = ["Change", "setup"]

#: Takes a page's HTML and its name, such as ``chapters/01_introduction``, and returns it changed.
Change = Callable[[str, str], str]


def setup(app: Sphinx, changes: Sequence[Change]) -> None:
    """Let each page pass through the changes, in their order, before it is written.

    Parameters
    ----------
    app : Sphinx
        The application.
    changes : sequence of Change
        Pure functions of a page.
    """

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
