"""The audit of the book's own ledger, and the page and anchor at which each entry is shown."""

from __future__ import annotations

import functools
import re
from collections.abc import Mapping
from html import escape, unescape

from sphinx.application import Sphinx
from sphinx.environment import BuildEnvironment
from sphinx.util.osutil import relative_uri

from cbec.audit import provenance
from cbec.audit.ledger_reader import read_ledger
from cbec.audit.results import Audit
from cbec.audit.verdict_rules import audit_ledger
from cbec.chapters.text_numbers import TextNumbers
from cbec.tables.datapackage import read_package

LEDGER_PAGE = "reference/ledger"
PROVENANCE_PAGE = "reference/provenance"
DATA_PAGE = "reference/data"

# The page that shows an entry, and what stands before its name in the anchor, by its kind.
_PLACES = {
    "claim": (LEDGER_PAGE, "claim-"),
    "row": (PROVENANCE_PAGE, ""),
    "table": (DATA_PAGE, "table-"),
}
_MARK = re.compile(r'<a data-entry="([^"]*)">')


@functools.cache
def book_audit() -> Audit:
    """Return the audit of the book's ledger, as it stood when the build began."""
    return audit_ledger(read_ledger())


@functools.cache
def book_numbers() -> TextNumbers:
    """Return all that the text's numbers can be, as it stood when the build began."""
    return TextNumbers(book_audit())


@functools.cache
def entries() -> Mapping[str, provenance.Entry]:
    """Return all entries of the data package by name, as they stood when the build began."""
    return provenance.entries()


def find(name: str) -> provenance.Entry:
    """Return the entry of a name, or raise the `TableError` that names the nearest one."""
    return entries().get(name) or provenance.find(name)


def note_data(env: BuildEnvironment) -> None:
    """Make the page being read depend on the data package's files."""
    for path in read_package().files:
        env.note_dependency(str(path))


def entry_address(kind: str, name: str, page: str) -> str:
    """Return the address of a claim, a row or a table as seen from a page of the site.

    Examples
    --------
    >>> entry_address("claim", "market-2024", "chapters/01_introduction")
    '../reference/ledger.html#claim-market-2024'
    """
    target, _ = _PLACES[kind]
    return f"{relative_uri(f'{page}.html', f'{target}.html')}#{entry_anchor(kind, name)}"


def entry_anchor(kind: str, name: str) -> str:
    """Return the anchor of an entry on its page."""
    return _PLACES[kind][1] + name


def link_entries(page: str, pagename: str) -> str:
    """Link each place of a page that `cbec.display.html.entry_link` marks.

    A notebook can print the audit of another ledger, too: what the book's data don't know is left
    without a link.
    """
    known = entries() if _MARK.search(page) else {}

    def link(match: re.Match[str]) -> str:
        entry = known.get(unescape(match[1]))
        if entry is None:
            return "<a>"
        return f'<a href="{escape(entry_address(entry.kind, entry.name, pagename))}">'

    return _MARK.sub(link, page)


def _forget(_: Sphinx) -> None:
    book_audit.cache_clear()
    book_numbers.cache_clear()
    entries.cache_clear()


def setup(app: Sphinx) -> None:
    """Let each build read the data once: a file may have changed since the one before."""
    app.connect("builder-inited", _forget, priority=1)
