"""Keep the site first-party: no page asks another host for anything.

Jupyter Book always activates ``sphinx_thebe``, which points every page at a content delivery
network, and MyST-NB has one ready for notebook widgets. Both are switched off here. What another
extension may bring in later is caught by :func:`refuse_remote_assets`, which makes a strict build
fail instead of letting the page ask.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from sphinx.util import logging

if TYPE_CHECKING:
    from docutils import nodes
    from sphinx.application import Sphinx
    from sphinx.config import Config

logger = logging.getLogger(__name__)

ASSETS = Path(__file__).parents[1] / "static"
# In the order of the cascade.
STYLESHEETS = (
    "colours.css",
    "text.css",
    "charts.css",
    "mathematics.css",
    "verdicts.css",
    "tables.css",
    "notes.css",
    "claims.css",
    "landing.css",
    "certificate.css",
    "accessibility.css",
    "ledger.css",
    "what_if.css",
    "navigation.css",
    "glossary.css",
    "print.css",
)
UNWANTED_MODULE = "sphinx_thebe"
UNWANTED_STYLESHEET = "sphinx-thebe.css"


def is_remote(address: str) -> bool:
    """Tell whether an asset's address names a host.

    Parameters
    ----------
    address : str
        The address as written in ``src`` or ``href``.

    Returns
    -------
    bool
        True if a browser would leave the site to load it.

    Examples
    --------
    >>> is_remote("https://example.org/x.js"), is_remote("//example.org/x.js")
    (True, True)
    >>> is_remote("_static/cbec.css?v=1")
    False
    """
    return bool(urlsplit(str(address)).netloc)


def drop_thebe(app: Sphinx, config: Config) -> None:
    """Disconnect ``sphinx_thebe`` and empty MyST-NB's list of remote widget scripts.

    Parameters
    ----------
    app : Sphinx
        The application.
    config : Config
        Its configuration, changed in place.
    """
    for listeners in app.events.listeners.values():
        for listener in list(listeners):
            if listener.handler.__module__ == UNWANTED_MODULE:
                app.disconnect(listener.id)
    app.registry.css_files[:] = [
        entry for entry in app.registry.css_files if entry[0] != UNWANTED_STYLESHEET
    ]
    if "nb_ipywidgets_js" in config.values:
        config.nb_ipywidgets_js = {}


def add_asset_folder(app: Sphinx) -> None:
    """Let Sphinx copy the extension's own assets into ``_static``.

    Parameters
    ----------
    app : Sphinx
        The application.
    """
    if app.builder.format == "html":
        app.config.html_static_path.append(str(ASSETS))


def refuse_remote_assets(
    app: Sphinx,
    pagename: str,
    templatename: str,
    context: dict[str, Any],
    doctree: nodes.document | None,
) -> None:
    """Warn about and remove scripts and style sheets that live on another host.

    Parameters
    ----------
    app : Sphinx
        The application.
    pagename : str
        Name of the page that is about to be written.
    templatename : str
        Name of its template.
    context : dict
        The template's context, changed in place.
    doctree : nodes.document or None
        The page's document, if it has one.
    """
    for kind in ("script_files", "css_files"):
        assets = context.get(kind, [])
        for asset in list(assets):
            address = str(getattr(asset, "filename", None) or asset)
            if is_remote(address):
                assets.remove(asset)
                logger.warning(
                    "%s would load %s from another host; ship the file with the site instead",
                    pagename,
                    address,
                    type="cbec",
                    subtype="firstparty",
                )


def setup(app: Sphinx) -> None:
    """Connect the module to Sphinx.

    Parameters
    ----------
    app : Sphinx
        The application.
    """
    app.connect("config-inited", drop_thebe, priority=1)
    app.connect("builder-inited", add_asset_folder)
    app.connect("html-page-context", refuse_remote_assets, priority=990)
    for sheet in STYLESHEETS:
        app.add_css_file(sheet, priority=900)
