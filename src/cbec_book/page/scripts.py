"""The scripts that a page loads: those that find something to do on it, and no others.

All scripts are linked on every page at first. The changes here see a page's finished HTML,
so they know what it holds.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

_CHART = re.compile(r'class="cbec-chart__spec"')
_WHAT_IF = re.compile(r'class="cbec-whatif__data"')
_SEARCH = re.compile(r'id="search-results"')
#: The book's own scripts that wait for the page, in the order in which they run, and what a page
#: holds that they work on. The first keeps the focus of who uses the keyboard.
OWN: Mapping[str, re.Pattern[str] | None] = {
    "focus.js": None,
    "buttons.js": None,
    "search.js": _SEARCH,
    "notes.js": re.compile(r'class="(?:cbec-notes|(?:[^"]*\s)?cbec-term)[\s"]'),
    "overflow.js": re.compile(
        r'class="(?:cbec-scroll|pst-scrollable|highlight")|<math[^>]*display="block"'
    ),
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
    # search.js looks through an index of the book's own.
    "searchtools.js": re.compile(r"(?!)"),
    "language_data.js": re.compile(r"(?!)"),
    "searchindex.js": re.compile(r"(?!)"),
}
#: Variables that are set for a script in the page itself.
SETTINGS = {"toggle": "togglebutton.js", "togglebutton": "togglebutton.js"}

# Blanks before them would slow the search down, and go with all others.
_SCRIPT = re.compile(r'<script\b[^>]*\bsrc="(?:[^"]*/)?([^"/?]+)[^>]*></script>[ \t]*\n?')
_PRELOAD = re.compile(r'<link rel="preload" as="script" href="(?:[^"]*/)?([^"/?]+)[^>]*>\n?')
_SETTING = re.compile(r"<script>(?:let|var) ([a-z]+)\w* = [^<]*</script>[ \t]*\n?")


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
