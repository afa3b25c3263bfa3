"""Citations to copy, made from the files that state them.

``{bibtex} companion``
    The companion's BibTeX entry, from ``CITATION.cff``.
``{bibtex} xia2025``
    An entry of ``references.bib`` by its key, as it stands there.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import yaml
from docutils import nodes
from sphinx.util.docutils import SphinxDirective

if TYPE_CHECKING:
    from sphinx.application import Sphinx

__all__ = ["COMPANION", "companion_entry", "find_entry", "setup"]

COMPANION = "companion"

_CITATION = "CITATION.cff"
_REFERENCES = "references.bib"


def companion_entry(citation: Mapping[str, Any], year: str) -> str:
    """Write a citation file as a BibTeX entry that every style knows.

    Parameters
    ----------
    citation : mapping
        The content of a ``CITATION.cff``.
    year : str
        The year of publication, if the file has no date.

    Returns
    -------
    str
        An entry of type ``misc``.

    Examples
    --------
    >>> authors = [{"name": "The makers"}, {"family-names": "Xia", "given-names": "G."}]
    >>> print(companion_entry({"title": "T", "version": "1", "authors": authors}, "2026"))
    @misc{companion,
      author       = {{The makers} and Xia, G.},
      title        = {{T}},
      year         = {2026},
      howpublished = {Version 1}
    }
    """
    authors = [
        f"{{{author['name']}}}"
        if "name" in author
        else ", ".join(author[part] for part in ("family-names", "given-names") if part in author)
        for author in citation["authors"]
    ]
    fields = {
        "author": " and ".join(authors),
        "title": f"{{{citation['title']}}}",
        "year": str(citation.get("date-released", year))[:4],
        "howpublished": f"Version {citation['version']}",
        "doi": citation.get("doi", ""),
        "url": citation.get("url", ""),
    }
    lines = ",\n".join(f"  {key:<12} = {{{value}}}" for key, value in fields.items() if value)
    return f"@misc{{{COMPANION},\n{lines}\n}}"


def find_entry(references: str, key: str) -> str | None:
    """Return the entry of a key as it stands in a BibTeX file, if it is there.

    Parameters
    ----------
    references : str
        The file's text; an entry ends with a brace at the beginning of a line.
    key : str
        The entry's key.

    Returns
    -------
    str or None
        The entry.
    """
    found = re.search(rf"^@\w+\{{{re.escape(key)},.*?^\}}", references, re.DOTALL | re.MULTILINE)
    return found[0] if found else None


class _BibTeX(SphinxDirective):
    required_arguments = 1
    has_content = False

    def run(self) -> list[nodes.Node]:
        key = self.arguments[0]
        file = Path(self.env.srcdir, _CITATION if key == COMPANION else _REFERENCES)
        self.env.note_dependency(str(file))
        text = file.read_text(encoding="utf-8")
        if key == COMPANION:
            entry = companion_entry(yaml.safe_load(text), str(self.config.copyright))
        else:
            found = find_entry(text, key)
            if found is None:
                raise self.error(f"bibtex: {file.name} has no entry {key!r}")
            entry = found
        block = nodes.literal_block(entry, entry, language="bibtex")
        self.set_source_info(block)
        return [block]


def setup(app: Sphinx) -> None:
    """Add the directive to Sphinx.

    Parameters
    ----------
    app : Sphinx
        The application.
    """
    app.add_directive("bibtex", _BibTeX)
