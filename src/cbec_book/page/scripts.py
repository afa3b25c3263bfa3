"""The scripts that a page loads: those that find something to do on it, and no others.

All scripts are linked on every page at first. The changes here see a page's finished HTML,
so they know what it holds.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

_CHART = re.compile(r'class="cbec-chart__spec"')
_WHAT_IF = re.compile(r'class="cbec-whatif__data"')
#: The book's own scripts in the order in which they run, and what a page holds that they work on.
#: The first has printed pages light, the next keeps the focus of who uses the keyboard.
OWN: Mapping[str, re.Pattern[str] | None] = {
    "print.js": None,
    "focus.js": None,
    "buttons.js": None,
    "cbec-vega.js": _CHART,
    "notes.js": re.compile(r'class="(?:cbec-notes|(?:[^"]*\s)?cbec-term)[\s"]'),
    "ledger.js": re.compile(r'class="cbec-ledger__data"'),
    "charts.js": _CHART,
    # Each of these builds on those before it.
    "what_if_intervals.js": _WHAT_IF,
    "what_if_figures.js": _WHAT_IF,
    "what_if_verdicts.js": _WHAT_IF,
    "what_if_form.js": _WHAT_IF,
}

#: The same of others' scripts. Those that are not listed stay.
WORK: Mapping[str, re.Pattern[str] | None] = {
    **OWN,
    # Icons are drawn by the style sheet.
    "fontawesome.js": re.compile(r"(?!)"),
    # buttons.js serves these two; for anything else it leaves the page to Bootstrap.
    "bootstrap.js": re.compile(r'data-bs-toggle="(?!(?:tooltip|dropdown)")'),
    "clipboard.min.js": re.compile(r'class="highlight"'),
    "copybutton.js": re.compile(r'class="highlight"'),
    "togglebutton.js": re.compile(
        r'class="(?:[^"]*\s)?(?:toggle|(?:admonition\s(?:[^"]*\s)?dropdown))[\s"]'
    ),
    "design-tabs.js": re.compile(r'class="(?:[^"]*\s)?sd-tab-'),
    "searchtools.js": re.compile(r'id="search-results"'),
    "language_data.js": re.compile(r'id="search-results"'),
    "searchindex.js": re.compile(r'id="search-results"'),
}
#: Variables that are set for a script in the page itself.
SETTINGS = {"toggle": "togglebutton.js"}

_SCRIPT = re.compile(r'[ \t]*<script\b[^>]*\bsrc="(?:[^"]*/)?([^"/?]+)[^>]*></script>[ \t]*\n?')
_PRELOAD = re.compile(r'[ \t]*<link rel="preload" as="script" href="(?:[^"]*/)?([^"/?]+)[^>]*>\n?')
_SETTING = re.compile(r"[ \t]*<script>(?:let|var) ([a-z]+)\w* = [^<]*</script>[ \t]*\n?")
_OPTIONS = re.compile(r'<script src="[^"]*documentation_options\.js[^>]*></script>\n?')

# A browser lets no page read another from a folder: results without an excerpt are still results.
_NO_SUMMARIES = """\
<script>
if (location.protocol === "file:") DOCUMENTATION_OPTIONS.SHOW_SEARCH_SUMMARY = false;
</script>
"""


def drop_idle_scripts(page: str, pagename: str) -> str:
    """Leave out the scripts that find nothing to do on a page.

    Examples
    --------
    >>> script = '<script src="_static/design-tabs.js?v=1"></script>'
    >>> drop_idle_scripts(script + '<p class="note">', "index")
    '<p class="note">'
    >>> drop_idle_scripts(script + '<p class="sd-tab-set">', "index") == script
    False
    """
    idle = {name for name, work in WORK.items() if work and not work.search(page)}

    def unless_idle(match: re.Match[str]) -> str:
        return "" if SETTINGS.get(match[1], match[1]) in idle else match[0]

    for link in (_SCRIPT, _PRELOAD, _SETTING):
        page = link.sub(unless_idle, page)
    return page


def spare_summaries(page: str, pagename: str) -> str:
    """Let the search show results without excerpts where a browser can't fetch the pages."""
    spared = _OPTIONS.sub(lambda match: match[0] + _NO_SUMMARIES, page, count=1)
    return spared if pagename == "search" else page
