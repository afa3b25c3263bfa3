"""Keep the site first-party: no page asks another host for anything.

Jupyter Book always activates ``sphinx_thebe``, which points every page at a content delivery
network, and MyST-NB has one ready for notebook widgets. Both are switched off here. What another
extension may bring in later is caught by :func:`refuse_remote_assets`, which makes a strict build
fail instead of letting the page ask.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from sphinx.application import Sphinx
from sphinx.config import Config

from cbec_book.hooks import warn

ASSETS = Path(__file__).parents[1] / "static"
# In the order of the cascade.
_SHEETS = """
colours text charts mathematics verdicts tables notes ledger_entries article landing certificate
accessibility ledger what_if navigation glossary not_found print math_font
"""


def use_own_assets(app: Sphinx, config: Config) -> None:
    """Disconnect ``sphinx_thebe``, empty MyST-NB's list of remote scripts, ship the book's own."""
    # A new object: Sphinx's own default lists outlive the application.
    config.html_static_path = [*config.html_static_path, str(ASSETS)]
    for listeners in app.events.listeners.values():
        for listener in list(listeners):
            if listener.handler.__module__ == "sphinx_thebe":
                app.disconnect(listener.id)
    sheets = app.registry.css_files
    sheets[:] = [entry for entry in sheets if entry[0] != "sphinx-thebe.css"]
    if "nb_ipywidgets_js" in config.values:
        config.nb_ipywidgets_js = {}


def refuse_remote_assets(
    app: Sphinx, pagename: str, _: str, context: dict[str, Any], *__: Any
) -> None:
    """Warn about and remove scripts and style sheets that live on another host."""
    for kind in ("script_files", "css_files"):
        assets = context.get(kind, [])
        for asset in list(assets):
            address = str(getattr(asset, "filename", None) or asset)
            if urlsplit(address).netloc:
                assets.remove(asset)
                remedy = "ship the file with the site instead"
                warn(
                    "firstparty", f"%s would load %s from another host; {remedy}", pagename, address
                )


def setup(app: Sphinx) -> None:
    """Connect the module to Sphinx."""
    app.connect("config-inited", use_own_assets, priority=1)
    app.connect("html-page-context", refuse_remote_assets, priority=990)
    for sheet in _SHEETS.split():
        app.add_css_file(f"{sheet}.css", priority=900)
