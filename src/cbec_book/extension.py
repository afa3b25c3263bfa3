"""Sphinx extension of the book: charts, mathematics, the ledger, the data and first-party assets.

Load it as ``cbec_book.extension`` in ``extra_extensions``.
"""

from __future__ import annotations

from types import ModuleType
from typing import Any

from sphinx.application import Sphinx

from cbec_book import build_cache, ledger_links
from cbec_book.content import (
    api_signatures,
    bibtex,
    certificate_page,
    chart,
    code_cells,
    data_dictionary,
    discussions,
    forecast_benchmark,
    glossary_links,
    ledger_page,
    mathml,
    numbers,
    overview,
    preview_card,
    provenance_page,
    reading_time,
    roles,
    searches_and_counts,
    still_chart,
    what_if_form,
)
from cbec_book.hooks import change_pages, finish_site
from cbec_book.output import first_party, lighten, math_font, offline_copy, search_index
from cbec_book.page import (
    accessibility,
    content_policy,
    corrections_feed,
    head,
    not_found,
    scripts,
    whole_figures,
)
from cbec_book.wording import catalogues_of, read_catalogue

_DIRECTIVES = {
    "audit-what-if": what_if_form.AuditWhatIf,
    "bibtex": bibtex.BibTeX,
    "certificate": certificate_page.CertificatePage,
    "corrections-feed": corrections_feed.CorrectionsFeed,
    "data-dictionary": data_dictionary.DataDictionary,
    "figures-used": numbers.FiguresUsed,
    "forecast-benchmark": forecast_benchmark.ForecastBenchmark,
    "ledger": ledger_page.LedgerPage,
    "overview": overview.Overview,
    "provenance": provenance_page.Provenance,
    "searches": searches_and_counts.Searches,
    "slowdown-power": forecast_benchmark.SlowdownPower,
    "uncounted-numerals": searches_and_counts.UncountedNumerals,
    "still-chart": still_chart.StillChart,
    "verdict-list": overview.VerdictList,
}
#: What each finished page passes through.
_CHANGES = (
    ledger_links.link_entries,
    chart.gather_specs,
    chart.explain_marks_once,
    *accessibility.CHANGES,
    whole_figures.keep_whole,
    scripts.drop_idle_scripts,
    not_found.start_from_root,
    content_policy.clear_inline,
    content_policy.state_policy,
    head.title_once,
    lighten.tighten,
)
#: What adds itself to Sphinx.
_PARTS: tuple[ModuleType, ...] = (ledger_links, first_party, search_index, bibtex, mathml, chart)
_PARTS += (code_cells, still_chart, preview_card, numbers, roles, reading_time, head, not_found)
_PARTS += (api_signatures,)
#: What is written beside the pages.
_STEPS = (
    math_font.write_font,
    ledger_page.write_downloads,
    data_dictionary.copy_package,
    certificate_page.write_files,
    preview_card.write_cards,
    head.write_site_files,
    corrections_feed.write_feed,
    search_index.write_index,
)


#: Extensions of Jupyter Book that don't say whether pages may be read in parallel. They may: the
#: first numbers sections when all pages have been read, the second serves other builders.
_SILENT = ("sphinx_multitoc_numbering", "sphinx_jupyterbook_latex")


def _allow_parallel_reading(app: Sphinx, *_: Any) -> None:
    for name in _SILENT:
        if name in app.extensions:
            app.extensions[name].parallel_read_safe = True


def _write_in_small_shares(app: Sphinx, *_: Any) -> None:
    """Let the main process prepare pages while others write those before.

    Sphinx writes with one process less than it is given, and gives each its share when all of the
    share is prepared: of two processes one would always wait.
    """
    if app.parallel > 1:
        app.parallel *= 3


def setup(app: Sphinx) -> dict[str, Any]:
    """Wire the parts of the extension into Sphinx; what is returned are versions and promises."""
    for part in _PARTS:
        part.setup(app)
    for name, directive in _DIRECTIVES.items():
        app.add_directive(name, directive)
    app.add_env_collector(discussions.UsesCollector)
    app.add_post_transform(ledger_page.WriteEntries)
    app.add_post_transform(glossary_links.ExplainTerms)
    # Before the page is drawn, and before all other scripts.
    app.add_js_file("mode.js", priority=0)
    for script in scripts.OWN:
        app.add_js_file(script, loading_method="defer")
    change_pages(app, _CHANGES)
    app.connect("config-inited", lambda app, _: read_catalogue(*catalogues_of(app)))
    app.connect("env-before-read-docs", _allow_parallel_reading)
    app.connect("env-updated", _write_in_small_shares)
    finish_site(app, _STEPS, priority=500)
    # After all that still writes pages or files, in other extensions, too.
    last = [lighten.make_light, offline_copy.write_archive, build_cache.sweep]
    finish_site(app, last, priority=900)
    return {
        "version": "1",
        "env_version": 3,
        "parallel_read_safe": True,
        "parallel_write_safe": True,
    }
