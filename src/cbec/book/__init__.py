"""Sphinx extension of the book: charts, mathematics, the ledger, the data and first-party assets.

Load it as ``cbec.book`` in ``extra_extensions``.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from cbec.book import (
    accessible,
    benchmark,
    certificate,
    chart,
    citing,
    claimlinks,
    dictionary,
    directives,
    firstparty,
    ledgerpage,
    mathfont,
    mathml,
    meta,
    notfound,
    numbers,
    numerals,
    origins,
    overview,
    pages,
    paper,
    power,
    roles,
    scripts,
    search,
    searches,
    slim,
    terms,
    uses,
    whatif,
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
        What Sphinx wants to know: the versions, of what is kept from build to build as well, and
        that builds may run in parallel.
    """
    firstparty.setup(app)
    mathml.setup(app)
    mathfont.setup(app)
    chart.setup(app)
    claimlinks.setup(app)
    numbers.setup(app)
    roles.setup(app)
    directives.setup(app)
    uses.setup(app)
    ledgerpage.setup(app)
    searches.setup(app)
    numerals.setup(app)
    dictionary.setup(app)
    origins.setup(app)
    benchmark.setup(app)
    power.setup(app)
    overview.setup(app)
    search.setup(app)
    certificate.setup(app)
    citing.setup(app)
    whatif.setup(app)
    terms.setup(app)
    meta.setup(app)
    notfound.setup(app)
    paper.setup(app)
    accessible.setup(app)
    scripts.setup(app)
    slim.setup(app)
    pages.setup(
        app,
        (
            chart.gather_specs,
            *accessible.CHANGES,
            scripts.drop_idle_scripts,
            scripts.spare_summaries,
            notfound.keep_fragments,
            slim.tighten,
        ),
    )
    return {
        "version": "1",
        "env_version": 1,
        "parallel_read_safe": True,
        "parallel_write_safe": True,
    }
