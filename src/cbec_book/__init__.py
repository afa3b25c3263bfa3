"""Sphinx extension of the book: charts, mathematics, the ledger, the data and first-party assets.

Load it as ``cbec_book`` in ``extra_extensions``.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from cbec_book.content import (
    bibtex,
    certificate_page,
    chart,
    data_dictionary,
    discussions,
    forecast_benchmark,
    glossary_links,
    ledger_page,
    mathml,
    numbers,
    overview,
    provenance_page,
    roles,
    searches,
    slowdown_power,
    uncounted_numerals,
    verdict_list,
    what_if_form,
)
from cbec_book.output import first_party, math_font, search, weight
from cbec_book.own_ledger import link_entries
from cbec_book.page import accessibility, changes, head, not_found, paper, scripts

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
    first_party.setup(app)
    mathml.setup(app)
    math_font.setup(app)
    chart.setup(app)
    numbers.setup(app)
    roles.setup(app)
    verdict_list.setup(app)
    discussions.setup(app)
    ledger_page.setup(app)
    searches.setup(app)
    uncounted_numerals.setup(app)
    data_dictionary.setup(app)
    provenance_page.setup(app)
    forecast_benchmark.setup(app)
    slowdown_power.setup(app)
    overview.setup(app)
    search.setup(app)
    certificate_page.setup(app)
    bibtex.setup(app)
    what_if_form.setup(app)
    glossary_links.setup(app)
    head.setup(app)
    not_found.setup(app)
    paper.setup(app)
    accessibility.setup(app)
    scripts.setup(app)
    weight.setup(app)
    changes.setup(
        app,
        (
            link_entries,
            chart.gather_specs,
            *accessibility.CHANGES,
            scripts.drop_idle_scripts,
            scripts.spare_summaries,
            not_found.keep_fragments,
            weight.tighten,
        ),
    )
    return {
        "version": "1",
        "env_version": 1,
        "parallel_read_safe": True,
        "parallel_write_safe": True,
    }
