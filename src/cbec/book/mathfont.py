"""A font for mathematics that comes with the site.

Browsers stretch fences, roots and sums only in a font with a MATH table, and many devices have
none. STIX Two Math (SIL Open Font License 1.1) is taken from the package ``ziamath``, reduced to
the signs that the book's formulas may use, and written into the output when the site is built. A
browser fetches it only on a page that has a formula.
"""

from __future__ import annotations

from importlib import metadata, resources
from pathlib import Path
from typing import TYPE_CHECKING

from sphinx.util import logging

if TYPE_CHECKING:
    from sphinx.application import Sphinx

logger = logging.getLogger(__name__)

FONT = "cbec-math.woff"
STYLESHEET = "cbec-math.css"
FAMILY = "CBEC Math"

#: First and last code point of each block that is kept.
RANGES = (
    (0x0020, 0x007E),  # Latin
    (0x00A0, 0x00FF),
    (0x02C6, 0x02DC),  # accents
    (0x0300, 0x0338),
    (0x0391, 0x03F6),  # Greek
    (0x2010, 0x2044),  # dashes, bars, primes
    (0x2061, 0x2064),  # invisible operators
    (0x2102, 0x2134),  # letterlike symbols
    (0x2190, 0x21D5),  # arrows
    (0x2200, 0x22FF),  # operators
    (0x2308, 0x230B),  # floor and ceiling
    (0x23DC, 0x23E1),  # braces above and below
    (0x27E8, 0x27EB),  # angle brackets
    (0x27F5, 0x27FA),  # long arrows
    (0x1D400, 0x1D503),  # bold, italic and script letters
    (0x1D538, 0x1D56B),  # double-struck letters
    (0x1D5A0, 0x1D5D3),  # sans-serif letters
    (0x1D670, 0x1D6A3),  # monospace letters
    (0x1D6A8, 0x1D755),  # bold and italic Greek
    (0x1D7CE, 0x1D7D7),  # bold digits
)

#: OpenType features that formulas need: script sizes, composition and placing of accents.
FEATURES = ("ssty", "ccmp", "mark", "mkmk", "dtls", "flac")

_STYLE = """/* STIX Two Math, reduced; SIL Open Font License 1.1, https://openfontlicense.org */
@font-face {
  font-family: "%(family)s";
  src: url("%(font)s") format("woff");
  font-display: swap;
}

math {
  font-family: "%(family)s", math;
}
"""


def reduce_font(source: Path, target: Path) -> None:
    """Write the part of a font that formulas need.

    Parameters
    ----------
    source : Path
        An OpenType font with a MATH table.
    target : Path
        The WOFF file to write.
    """
    from fontTools import subset  # type: ignore[import-untyped]

    options = subset.Options(flavor="woff", layout_features=list(FEATURES), hinting=False)
    font = subset.load_font(str(source), options)
    subsetter = subset.Subsetter(options)
    subsetter.populate(unicodes=[c for first, last in RANGES for c in range(first, last + 1)])
    subsetter.subset(font)
    subset.save_font(font, str(target), options)


def write_font(app: Sphinx) -> None:
    """Write the font and its style sheet into the output, unless they are there.

    Parameters
    ----------
    app : Sphinx
        The application.
    """
    if app.builder.format != "html":
        return
    static = Path(app.outdir, "_static")
    static.mkdir(parents=True, exist_ok=True)
    try:
        origin = f"/* from ziamath {metadata.version('ziamath')} */\n"
        style = origin + _STYLE % {"family": FAMILY, "font": FONT}
        sheet = static / STYLESHEET
        if not (sheet.is_file() and sheet.read_text(encoding="utf-8") == style):
            fonts = resources.files("ziamath.fonts")
            with resources.as_file(fonts / "STIXTwoMath-Regular.ttf") as source:
                reduce_font(source, static / FONT)
            sheet.write_text(style, encoding="utf-8")
    except (ImportError, metadata.PackageNotFoundError) as error:
        logger.warning(
            "no font for mathematics (%s); install the packages ziamath and fonttools",
            error,
            type="cbec",
            subtype="mathfont",
        )
        return
    app.add_css_file(STYLESHEET, priority=901)


def setup(app: Sphinx) -> None:
    """Connect the module to Sphinx.

    Parameters
    ----------
    app : Sphinx
        The application.
    """
    app.connect("builder-inited", write_font)
