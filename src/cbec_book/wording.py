"""The site's own words, in the language of the edition that is built.

Titles, captions, sentences and labels that this package writes, and those that notebooks store in
charts and tables, pass through `translated`, and those of the scripts through the functions that
Sphinx gives to scripts. Beside the catalogues of the prose, in ``locale_dirs``, those of another
edition are ``LANGUAGE/LC_MESSAGES/cbec_book.mo`` and, for scripts, ``sphinx.js``; without one the
words are English. What comes from the data has a column for each language instead, and what authors
are told stays English.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from sphinx import locale

if TYPE_CHECKING:  # a process that draws charts does without most of Sphinx
    from sphinx.application import Sphinx

_CATALOGUE = "cbec_book"


def translated(text: str) -> str:
    """Return a text in the language of the edition, or the text itself if no catalogue has it.

    A message is a whole sentence or label, with places that have a name, so that another language
    can say it in its own order. It is looked up when it is written: a table of words in a module
    is made before any language is known.

    Examples
    --------
    >>> translated("{count} of {total}").format(count=4, total=42)
    '4 of 42'
    """
    # To gettext, the empty message is the head of the catalogue.
    return locale.get_translator(_CATALOGUE).gettext(text) if text else ""


def catalogues_of(app: Sphinx) -> tuple[list[str], str]:
    """Return the folders of a book's catalogues and the language of its edition."""
    folders = [str(Path(app.srcdir, folder)) for folder in app.config.locale_dirs]
    return folders, app.config.language


def read_catalogue(folders: Sequence[str], language: str) -> None:
    """Read the catalogue of a language, if one of the folders has it.

    Sphinx's ``add_message_catalog`` would keep that of another build of the same process.
    """
    locale.translators.pop(("general", _CATALOGUE), None)
    locale.init(folders, language, _CATALOGUE)
