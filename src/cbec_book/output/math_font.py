"""A font for mathematics that comes with the site.

Browsers stretch fences, roots and sums only in a font with a MATH table, and many devices have
none. STIX Two Math (SIL Open Font License 1.1) is taken from the package ``ziamath``, reduced to
the signs that the formulas of the finished pages show, and written into the output. A browser
fetches it only on a page that has a formula.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from html import unescape
from importlib import resources
from pathlib import Path
from typing import TYPE_CHECKING

from sphinx.util import logging

if TYPE_CHECKING:
    from sphinx.application import Sphinx

logger = logging.getLogger(__name__)

FONT = "cbec-math.woff"
STYLESHEET = "math_font.css"

#: OpenType features that formulas need: script sizes, composition and placing of accents.
FEATURES = ("ssty", "ccmp", "mark", "mkmk", "dtls", "flac")

_FORMULA = re.compile(r"<math\b.*?</math>", re.DOTALL)
_LEAF = re.compile(r"<(mi|mn|mo|ms|mtext)\b([^>]*)>([^<]*)<")
_ROOT = re.compile(r"<m(?:sqrt|root)\b")
_RADICAL = "√"
_MINUS = {"-": "−"}
#: First letter of an alphabet, its last, and the first of the same in italics.
_ITALICS = (("A", "Z", 0x1D434), ("a", "z", 0x1D44E), ("Α", "Ω", 0x1D6E2), ("α", "ω", 0x1D6FC))
#: Letters whose italics stand outside their alphabet.
_APART = {"h": "ℎ", "∂": "𝜕", "∇": "𝛻", "ϵ": "𝜖", "ϑ": "𝜗", "ϕ": "𝜙", "ϱ": "𝜚", "ϖ": "𝜛"}


def italic(letter: str) -> str:
    """Return the letter that a browser shows for a variable of one letter.

    Parameters
    ----------
    letter : str
        A letter, as in ``<mi>x</mi>``.

    Returns
    -------
    str
        The mathematical italic, or the letter itself if it has none.

    Examples
    --------
    >>> italic("x"), italic("h"), italic("∅")
    ('𝑥', 'ℎ', '∅')
    """
    if letter in _APART:
        return _APART[letter]
    for first, last, start in _ITALICS:
        if first <= letter <= last:
            return chr(start + ord(letter) - ord(first))
    return letter


def signs(pages: Iterable[str]) -> set[str]:
    """Collect the signs that the formulas of pages show.

    Parameters
    ----------
    pages : iterable of str
        HTML of the pages.

    Returns
    -------
    set of str
        Characters, as a browser draws them; none if there is no formula.

    Examples
    --------
    >>> sorted(signs(["<p>a</p><math><mi>x</mi><mo>-</mo><msqrt><mn>2</mn></msqrt></math>"]))
    [' ', '2', 'x', '−', '√', '𝑥']
    """
    found: set[str] = set()
    for formula in (match[0] for page in pages for match in _FORMULA.finditer(page)):
        found.add(" ")
        if _ROOT.search(formula):
            found.add(_RADICAL)
        for kind, attributes, escaped in _LEAF.findall(formula):
            text = unescape(escaped)
            if kind == "mi" and len(text) == 1 and "mathvariant" not in attributes:
                # The upright letter too: Chromium takes a variable's height from it.
                text += italic(text)
            found.update(_MINUS.get(sign, sign) if kind == "mo" else sign for sign in text)
    return found - {"\n"}


def reduce_font(source: Path, target: Path, kept: Iterable[str]) -> None:
    """Write the part of a font that formulas need.

    Parameters
    ----------
    source : Path
        An OpenType font with a MATH table.
    target : Path
        The WOFF file to write.
    kept : iterable of str
        Characters to keep, with their larger and their smaller forms.
    """
    from fontTools import subset  # type: ignore[import-untyped]

    options = subset.Options(flavor="woff", layout_features=list(FEATURES), hinting=False)
    font = subset.load_font(str(source), options)
    subsetter = subset.Subsetter(options)
    subsetter.populate(text="".join(sorted(kept)))
    subsetter.subset(font)
    subset.save_font(font, str(target), options)


def write_font(app: Sphinx, exception: Exception | None) -> None:
    """Write the font that the finished pages need.

    Parameters
    ----------
    app : Sphinx
        The application.
    exception : Exception or None
        What ended the build, if it failed.
    """
    if exception is not None or app.builder.format != "html":
        return
    pages = (path.read_text(encoding="utf-8") for path in Path(app.outdir).rglob("*.html"))
    if not (kept := signs(pages)):
        return
    try:
        fonts = resources.files("ziamath.fonts")
        with resources.as_file(fonts / "STIXTwoMath-Regular.ttf") as source:
            reduce_font(source, Path(app.outdir, "_static", FONT), kept)
    except ImportError as error:
        logger.warning(
            "no font for mathematics (%s); install the packages ziamath and fonttools",
            error,
            type="cbec",
            subtype="mathfont",
        )


def setup(app: Sphinx) -> None:
    """Connect the module to Sphinx.

    Parameters
    ----------
    app : Sphinx
        The application.
    """
    app.add_css_file(STYLESHEET, priority=901)
    app.connect("build-finished", write_font)
