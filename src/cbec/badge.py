"""A badge: the outcome of an audit's arithmetic in one line, as a small SVG picture."""

from __future__ import annotations

from collections.abc import Mapping
from html import escape

from cbec.audit import Audit
from cbec.verdicts import Arithmetic

__all__ = ["badge", "outcome"]

_LABEL = "arithmetic"
_SIZE, _HEIGHT, _PADDING = 11, 20, 6
# White text has a contrast of at least 5 on each; the words say the same as the colour.
_LABEL_COLOUR, _GOOD, _BAD, _NONE = "#3f4a55", "#1a7240", "#a3260f", "#5c6670"
# Widths of the characters that a badge uses in DejaVu Sans, which are near those of Verdana, in
# units of 1/2048 of the size. The text is fitted to its width, so another font can't cut it.
_WIDTHS: Mapping[str, int] = {
    character: width
    for width, characters in {
        569: "ijl",
        651: " ,",
        721: "f",
        739: "-",
        803: "t",
        842: "r",
        1067: "s",
        1075: "z",
        1126: "c",
        1186: "k",
        1212: "vxy",
        1253: "o",
        1255: "a",
        1260: "e",
        1298: "hnu",
        1300: "bdgpq",
        1303: "0123456789",
        1675: "w",
        1995: "m",
    }.items()
    for character in characters
}


def outcome(audit: Audit) -> str:
    """Say in a few words what the arithmetic found, with every denominator.

    Parameters
    ----------
    audit : Audit
        The audited ledger.

    Returns
    -------
    str
        How many figures could be recomputed, and how many of these, and of the cross-checks, are
        inconsistent.

    Examples
    --------
    >>> from cbec.audit import audit
    >>> from cbec.ledger import read_ledger
    >>> from cbec.tables import data_dir
    >>> print(outcome(audit(read_ledger(data_dir() / "claims.csv"))))
    12 of 42 figures recomputed, none inconsistent
    """
    parts = [f"{len(audit.recomputed)} of {len(audit.claims)} figures recomputed"]
    broken = [r for r in audit.failing if r.arithmetic is Arithmetic.FAILED]
    wrong = [r for r in audit.failing if r not in broken]
    checks = [r for r in wrong if r.claim.is_cross_check]
    if figures := len(wrong) - len(checks):
        parts.append(f"{figures} inconsistent")
    if checks:
        parts.append(f"{len(checks)} of {len(audit.cross_checks)} cross-checks inconsistent")
    if broken:
        parts.append(f"{len(broken)} {'check' if len(broken) == 1 else 'checks'} failed")
    if audit.recomputed and not audit.failing:
        parts.append("none inconsistent")
    return ", ".join(parts)


def badge(audit: Audit) -> str:
    """Draw the badge of an audit.

    Parameters
    ----------
    audit : Audit
        The audited ledger.

    Returns
    -------
    str
        An SVG picture, 20 pixels high. It is green only if something was recomputed and nothing
        is inconsistent or failed.
    """
    message = outcome(audit)
    colour = _BAD if audit.failing else _GOOD if audit.recomputed else _NONE
    left, right = (_width(text) + 2 * _PADDING for text in (_LABEL, message))
    title = (
        f"Arithmetic of the printed figures: {message}. "
        "Whether sources bear the figures is another question."
    )
    corner = "a3 3 0 0 1"
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{left + right}" height="{_HEIGHT}" '
        f'role="img">\n'
        f"<title>{escape(title)}</title>\n"
        f'<rect width="{left + right}" height="{_HEIGHT}" rx="3" fill="{colour}"/>\n'
        f'<path d="M{left} 0v{_HEIGHT}H3{corner}-3-3V3{corner} 3-3z" fill="{_LABEL_COLOUR}"/>\n'
        f'<g fill="#fff" font-family="Verdana,DejaVu Sans,Geneva,sans-serif" '
        f'font-size="{_SIZE}">\n'
        f"{_text(_LABEL, _PADDING)}\n{_text(message, left + _PADDING)}\n</g>\n</svg>\n"
    )


def _width(text: str) -> int:
    """Return the width of a text in pixels, rounded up."""
    return -(-_SIZE * sum(_WIDTHS[character] for character in text) // 2048)


def _text(text: str, start: int) -> str:
    return (
        f'<text x="{start}" y="14" textLength="{_width(text)}" lengthAdjust="spacingAndGlyphs">'
        f"{text}</text>"
    )
