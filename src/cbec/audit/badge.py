"""A badge: the outcome of an audit, a line for each axis, as a small SVG picture.

The badge of one verdict on a page is `cbec.audit.verdicts.verdict_html`.
"""

from __future__ import annotations

import functools
import math
from html import escape
from importlib import resources

from fontTools.ttLib import TTFont  # type: ignore[import-untyped]

from cbec.audit.results import Audit
from cbec.audit.verdicts import Arithmetic, Evidence

_SIZE, _LINE, _GAP, _PADDING = 11, 20, 2, 6
_UNITS_PER_EM = 2048
# White text has a contrast of at least 5 on each; the words say the same as the colour.
_LABEL_COLOUR = "#3f4a55"
_COLOURS = {
    "good": "#1a7240",
    "fair": "#2a5f8f",
    "note": "#7c5410",
    "bad": "#a3260f",
    "none": "#5c6670",
}
_NOT_LOOKED_FOR = {Evidence.OWN_TEXT, Evidence.PROPOSAL, Evidence.NOT_CHECKED}
# The tones of the other verdicts that say that a source bears the figure.
_BORNE = {"good", "fair", "note"}


def arithmetic_outcome(audit: Audit) -> str:
    """Say how many figures could be recomputed, and how many of them are wide or inconsistent.

    Cross-checks are counted apart, and each count has its denominator.

    Examples
    --------
    >>> import cbec
    >>> print(arithmetic_outcome(cbec.audit_ledger(cbec.read_ledger())))
    11 of 42 figures recomputed, none inconsistent
    """
    parts = [f"{len(audit.recomputed)} of {len(audit.claims)} figures recomputed"]
    if wide := audit.counts()[Arithmetic.WIDE]:
        parts.append(f"{wide} wide")
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


def evidence_outcome(audit: Audit) -> str:
    """Say how many figures have which verdict on their evidence.

    Proposals, what the work's own text shows and what wasn't checked are left out.

    Examples
    --------
    >>> import cbec
    >>> print(evidence_outcome(cbec.audit_ledger(cbec.read_ledger())))
    of 42: 1 single source, 3 relayed, 2 misattributed, 1 disputed, 24 untraced
    """
    counts = audit.counts("evidence")
    looked_for = [v for v in Evidence if v not in _NOT_LOOKED_FOR]
    found = [f"{counts[v]} {v.label_en}" for v in looked_for if counts[v]]
    total = len(audit.claims)
    return f"of {total}: {', '.join(found)}" if found else f"checked: none of {total}"


def badge(audit: Audit) -> str:
    """Draw the badge of an audit: an SVG picture of two lines, arithmetic and evidence.

    It is red if a figure is inconsistent or a check failed, and green only if some figure agrees
    with what was recomputed, not just within a wide range, nothing is inconsistent and no figure
    that was looked for is misattributed, disputed, contradicted or untraced.
    """
    tones = {r.evidence.tone for r in audit.claims if r.evidence not in _NOT_LOOKED_FOR}
    doubtful = bool(tones - _BORNE)
    arithmetic, evidence = arithmetic_outcome(audit), evidence_outcome(audit)
    agrees = len(audit.recomputed) > audit.counts()[Arithmetic.WIDE]
    good = "fair" if doubtful else "good"
    lines = (
        ("arithmetic", arithmetic, "bad" if audit.failing else good if agrees else "none"),
        ("evidence", evidence, "note" if doubtful else "good" if tones else "none"),
    )
    left = max(_width(label) for label, _, _ in lines) + 2 * _PADDING
    width = left + max(_width(message) for _, message, _ in lines) + 2 * _PADDING
    height = 2 * _LINE + _GAP
    title = f"Arithmetic of the printed figures: {arithmetic}. Evidence for them, {evidence}."
    drawn = "".join(
        _drawn(*line, left, width, number * (_LINE + _GAP)) for number, line in enumerate(lines)
    )
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{height}" '
        f'viewBox="0 0 {width} {height}" role="img">\n'
        f"<title>{escape(title)}</title>\n{drawn}</svg>\n"
    )


def _drawn(label: str, message: str, tone: str, left: int, width: int, top: int) -> str:
    """Draw one line: its label, and what was found on the colour of its tone."""
    corner = "a3 3 0 0 1"
    return (
        f'<rect y="{top}" width="{width}" height="{_LINE}" rx="3" fill="{_COLOURS[tone]}"/>\n'
        f'<path d="M{left} {top}v{_LINE}H3{corner}-3-3V{top + 3}{corner} 3-3z" '
        f'fill="{_LABEL_COLOUR}"/>\n'
        f'<g fill="#fff" font-family="Verdana,DejaVu Sans,Geneva,sans-serif" '
        f'font-size="{_SIZE}">\n'
        f"{_text(label, _PADDING, top)}\n{_text(message, left + _PADDING, top)}\n</g>\n"
    )


def _width(text: str) -> int:
    """Return the width of a text in DejaVu Sans, in pixels, rounded up.

    The text is fitted to it, so another font can't cut it.
    """
    advance = _advances()
    return math.ceil(_SIZE * sum(advance[c] for c in text) / _UNITS_PER_EM)


@functools.cache
def _advances() -> dict[str, int]:
    """Return how wide each character is in the font, in its own units."""
    with resources.as_file(resources.files("ziafont.fonts") / "DejaVuSans.ttf") as source:
        font = TTFont(source, lazy=True)
        widths = font["hmtx"].metrics
        return {chr(code): widths[glyph][0] for code, glyph in font.getBestCmap().items()}


def _text(text: str, start: int, top: int) -> str:
    return (
        f'<text x="{start}" y="{top + 14}" textLength="{_width(text)}" '
        f'lengthAdjust="spacingAndGlyphs">{text}</text>'
    )
