"""Sphinx extension of the book: charts, mathematics, the ledger, the data and first-party assets.

Load it as ``cbec.book`` in ``extra_extensions``.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from cbec.book import (
    benchmark,
    chart,
    cite,
    claimlinks,
    dictionary,
    directives,
    firstparty,
    mathfont,
    mathml,
    meta,
    notfound,
    numbers,
    origins,
    pages,
    paper,
    roles,
    terms,
)

if TYPE_CHECKING:
    from sphinx.application import Sphinx

__all__ = ["setup"]


def setup(app: Sphinx) -> dict[str, Any]:
    """Wire the parts of the extension into Sphinx.

    Parameters
    ----------
    app : Sphinx
        The application that loads the extension.

    Returns
    -------
    dict
        What Sphinx wants to know: the version, and that builds may run in parallel.
    """
    firstparty.setup(app)
    mathml.setup(app)
    mathfont.setup(app)
    chart.setup(app)
    claimlinks.setup(app)
    numbers.setup(app)
    roles.setup(app)
    directives.setup(app)
    dictionary.setup(app)
    origins.setup(app)
    benchmark.setup(app)
    terms.setup(app)
    cite.setup(app)
    meta.setup(app)
    notfound.setup(app)
    paper.setup(app)
    pages.setup(app, (notfound.keep_fragments,))
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": True}
