"""A font for mathematics that comes with the site.

Browsers stretch fences, roots and sums only in a font with a MATH table, and many devices have
none. STIX Two Math (SIL Open Font License 1.1) is taken from the package ``ziamath``, reduced to
the signs that the formulas of the finished pages show, and written into the output. A browser
fetches it only on a page that has a formula.
"""

from __future__ import annotations

import io
import re
import unicodedata
from collections.abc import Iterable
from html import unescape
from importlib import metadata
from pathlib import Path

from sphinx.application import Sphinx

from cbec_book.build_cache import folder_of, kept

FONT = "cbec-math.woff"
_FACE = "STIXTwoMath-Regular.ttf"

#: OpenType features that formulas need: script sizes, composition and placing of accents.
FEATURES = ("ssty", "ccmp", "mark", "mkmk", "dtls", "flac")

_FORMULA = re.compile(r"<math\b.*?</math>", re.DOTALL)
_LEAF = re.compile(r"<(mi|mn|mo|ms|mtext)\b([^>]*)>([^<]*)<")
_ROOT = re.compile(r"<m(?:sqrt|root)\b")
_MINUS = {"-": "−"}
#: By letter the one that a browser shows for a variable of one letter, a mathematical italic.
_ITALICS = {
    chr(int(parts[1], 16)): chr(code)
    for code in (*range(0x1D434, 0x1D468), *range(0x1D6E2, 0x1D71C))
    if (parts := unicodedata.decomposition(chr(code)).split())
} | {"h": "ℎ"}


def signs(pages: Iterable[str]) -> set[str]:
    """Collect the signs that the formulas of pages show.

    Examples
    --------
    >>> sorted(signs(["<p>a</p><math><mi>x</mi><mo>-</mo><msqrt><mn>2</mn></msqrt></math>"]))
    [' ', '2', 'x', '−', '√', '𝑥']
    """
    found: set[str] = set()
    for formula in (match[0] for page in pages for match in _FORMULA.finditer(page)):
        found.add(" ")
        if _ROOT.search(formula):
            found.add("√")
        for kind, attributes, escaped in _LEAF.findall(formula):
            text = unescape(escaped)
            if kind == "mi" and len(text) == 1 and "mathvariant" not in attributes:
                # The upright letter too: Chromium takes a variable's height from it.
                text += _ITALICS.get(text, text)
            found.update(_MINUS.get(sign, sign) if kind == "mo" else sign for sign in text)
    return found - {"\n"}


def reduce_font(source: Path, shown: Iterable[str]) -> bytes:
    """Return the part of a font that formulas need, as WOFF."""
    # Loaded only where the font isn't in the cache.
    from fontTools import subset  # type: ignore[import-untyped]

    options = subset.Options(flavor="woff", layout_features=list(FEATURES), hinting=False)
    font = subset.load_font(str(source), options)
    subsetter = subset.Subsetter(options)
    subsetter.populate(text="".join(sorted(shown)))
    subsetter.subset(font)
    written = io.BytesIO()
    subset.save_font(font, written, options)
    return written.getvalue()


def write_font(app: Sphinx) -> None:
    """Write the font that the finished pages need."""
    pages = (path.read_text(encoding="utf-8") for path in Path(app.outdir).rglob("*.html"))
    if not (shown := signs(pages)):
        return

    def reduced() -> bytes:
        # Without an import of the package, which sets up more than its fonts.
        source = metadata.distribution("ziamath").locate_file(f"ziamath/fonts/{_FACE}")
        return reduce_font(Path(str(source)), shown)

    versions = map(metadata.version, ("fonttools", "ziamath"))
    font = kept(folder_of(app), reduced, "".join(sorted(shown)), *FEATURES, *versions)
    Path(app.outdir, "_static", FONT).write_bytes(font)
