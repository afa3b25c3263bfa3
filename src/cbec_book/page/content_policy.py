"""The policy that every page runs under: a browser takes scripts and styles from the site's files.

What stands in a page itself does nothing then, so a table, a note or the output of a notebook can't
bring a script along. The theme's own inline pieces give way to ``static/mode.js``,
``static/buttons.js`` and the style sheets. What a page still holds, makes a strict build fail: a
browser would leave it out without a word to the reader.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator

from cbec_book.hooks import warn

#: What a server may send with each page, too. An icon of a style sheet is an image in its address.
POLICY = (
    "default-src 'self'; script-src 'self'; style-src 'self'; img-src 'self' data:; "
    "base-uri 'none'; object-src 'none'"
)
_META = f'<meta http-equiv="Content-Security-Policy" content="{POLICY}">'

# One after the other, each from its first letters on: a joined expression takes ten times as long.
_THEMES = (
    # mode.js
    re.compile(
        r'<script data-cfasync="false">\s*document\.documentElement\.dataset\.mode = '
        r"[^<]*</script>\s*"
    ),
    # navigation.css
    re.compile(r"<noscript>\s*<style>\s*\.pst-js-only [^<]*</style>\s*</noscript>\s*"),
    # Read by the theme's list of versions, and only if it's true.
    re.compile(
        r"<script>DOCUMENTATION_OPTIONS\.(?:pagename = '[^']*'|search_as_you_type = false);"
        r"</script>\s*"
    ),
    # It means the field of the search page and finds that of the closed dialog.
    re.compile(r"<script>\s*// Activate the search field on page load[^<]*</script>\s*"),
    # buttons.js
    re.compile(r' onclick="window\.print\(\)"'),
    # The index, in tables.css.
    re.compile(r' style="width: 100%"(?= class="indextable)'),
    re.compile(r' style="width: 33%; vertical-align: top;"'),
)

_TAG = re.compile(r"<([a-zA-Z][\w:-]*)((?:[^<>\"']|\"[^\"]*\"|'[^']*')*)>")
_VALUE = re.compile(r"\"[^\"]*\"|'[^']*'")
_ELEMENTS = ("style", "base", "object", "embed")
_ATTRIBUTE = re.compile(r"\s(?:style|on[a-z]+)\s*=", re.IGNORECASE)
_ADDRESS = re.compile(r"\s[\w:-]+\s*=\s*[\"']?\s*javascript:", re.IGNORECASE)
# A script's file, or data that no browser runs.
_NO_CODE = re.compile(r"\s(?:src\s*=|type\s*=\s*[\"']?[\w./+-]*json\b)", re.IGNORECASE)


def clear_inline(page: str, pagename: str) -> str:
    """Leave out what the theme writes into a page itself and files of the site do instead.

    Examples
    --------
    >>> clear_inline('<button onclick="window.print()" class="btn">', "index")
    '<button class="btn">'
    """
    for inline in _THEMES:
        page = inline.sub("", page)
    return page


def inline_parts(page: str) -> Iterator[tuple[str, int]]:
    """Yield the tags of a page that the policy refuses, or that hold that, and how often each.

    Examples
    --------
    >>> list(inline_parts('<p title=" style=0"><a href="#" onclick="f()"><script src="f.js">'))
    [('<a href="#" onclick="f()">', 1)]
    """
    for (name, attributes), count in Counter(_TAG.findall(page)).items():
        if (
            name.lower() in _ELEMENTS
            or (name.lower() == "script" and not _NO_CODE.search(attributes))
            or (_ATTRIBUTE.search(attributes) and _ATTRIBUTE.search(_VALUE.sub('""', attributes)))
            or _ADDRESS.search(attributes)
        ):
            yield f"<{name}{attributes}>", count


def state_policy(page: str, pagename: str) -> str:
    """State the policy before anything that it governs, and warn of what it refuses."""
    for tag, count in inline_parts(page):
        remedy = "browsers leave that out; move it into a file of the site"
        warn("policy", "%s holds %s inline (%d times): %s", pagename, tag, count, remedy)
    return page.replace("<head>", f"<head>\n{_META}", 1)
