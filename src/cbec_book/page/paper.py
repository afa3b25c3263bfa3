"""What pages need to be printed: a script that turns them light. The rest is style."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from sphinx.application import Sphinx

__all__ = ["SCRIPT", "setup"]

SCRIPT = "print.js"


def setup(app: Sphinx) -> None:
    """Load the script on each page.

    Parameters
    ----------
    app : Sphinx
        The application.
    """
    app.add_js_file(SCRIPT, loading_method="defer")
