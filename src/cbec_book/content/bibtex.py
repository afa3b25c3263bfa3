"""Entries for a bibliography, to be copied from the page on citing.

``{bibtex}`` without an argument
    The companion itself, from ``CITATION.cff`` and the book's year of copyright.
``{bibtex} key``
    An entry of the book's own bibliography.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import yaml
from docutils import nodes
from pybtex.database import BibliographyData, Entry, parse_file
from pybtex.plugin import find_plugin, register_plugin
from sphinx.application import Sphinx
from sphinx.util.docutils import SphinxDirective

from cbec_book.wording import translated

CITATION = "CITATION.cff"
_BACKENDS = "pybtex.backends"


def companion_entry(citation: dict[str, Any], year: str) -> Entry:
    """Make the entry of the companion.

    Its authors are a group, whose name BibTeX doesn't take apart.
    """
    names = " and ".join("{" + author["name"] + "}" for author in citation["authors"])
    fields = {
        "author": names,
        "title": "{" + citation["title"] + "}",
        "year": year,
        "version": citation["version"],
        "note": translated("Licences: {names}").format(names=", ".join(citation["license"])),
    }
    if "url" in citation:
        fields["url"] = citation["url"]
    return Entry(citation["type"], fields=fields)


def written(key: str, entry: Entry) -> str:
    """Write an entry as BibTeX."""
    return str(BibliographyData(entries={key: entry}).to_string("bibtex")).strip()


class BibTeX(SphinxDirective):
    """An entry, as BibTeX."""

    optional_arguments = 1

    def run(self) -> list[nodes.Node]:
        """Return the entry as a block of code."""
        if self.arguments:
            (key,) = self.arguments
            files = [self._noted(name) for name in self.config.bibtex_bibfiles]
            found = [parse_file(file, bib_format="bibtex").entries.get(key) for file in files]
            entry = next(filter(None, found), None)
            if entry is None:
                raise self.error(f"bibtex: no entry {key!r} in {', '.join(map(str, files))}")
        else:
            key = "cbec"
            citation = yaml.safe_load(self._noted(CITATION).read_text(encoding="utf-8"))
            entry = companion_entry(citation, str(self.config.copyright))
        text = written(key, entry)
        return [nodes.literal_block(text, text, language="bibtex")]

    def _noted(self, name: str) -> Path:
        """Return a file of the book, on which the page then depends."""
        self.env.note_dependency(name)
        return Path(self.env.srcdir, name)


def setup(app: Sphinx) -> None:
    """Let pybtex remember its plug-ins: it searches all installed packages at each citation."""
    for name in ("docutils", "plaintext"):
        register_plugin(_BACKENDS, name, find_plugin(_BACKENDS, name), force=True)
