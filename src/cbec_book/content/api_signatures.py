"""Signatures of the API as a reader can use them: without what Python adds to a class by itself.

A class of fixed values isn't called, yet Python gives it the parameters of the machine that makes
such classes. A default that is made anew for each object has no text.
"""

from __future__ import annotations

from enum import Enum
from typing import Any

from sphinx.application import Sphinx

_MADE_ANEW = "<factory>"


def signature_of(
    app: Sphinx, what: str, name: str, thing: Any, options: Any, signature: str, returned: str
) -> tuple[str, str] | None:
    """Return another signature for what autodoc is about to show, or none to leave it.

    Examples
    --------
    >>> signature_of(None, "class", "Box", dict, {}, "(kept=<factory>)", "")
    ('(kept=…)', '')
    """
    if isinstance(thing, type) and issubclass(thing, Enum):
        return "", ""
    if signature and _MADE_ANEW in signature:
        return signature.replace(_MADE_ANEW, "…"), returned
    return None


def setup(app: Sphinx) -> None:
    """Listen to autodoc, where it is loaded."""
    app.setup_extension("sphinx.ext.autodoc")
    app.connect("autodoc-process-signature", signature_of)
