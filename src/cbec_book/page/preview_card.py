"""The picture of a link's preview: the title, and how many statistics have which verdict."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator, Mapping
from html import escape
from pathlib import Path

import vl_convert

from cbec.audit.results import Audit
from cbec.audit.verdicts import Arithmetic, Evidence, Verdict
from cbec.display.vega import FONT, register_font

FILE = "cbec-card.png"
WIDTH, HEIGHT = 1200, 630

_MARGIN = 70
_BAR = 62
_GAP = 3
_LETTERS = 82  # of a line below a bar
_BLUE, _GREY = "#0b4a80", "#4c5763"
# The inks of the site's badges by tone, dark enough for a white number.
_INKS = {
    "good": _BLUE,
    "fair": "#0b5550",
    "note": "#654600",
    "bad": "#8f2f00",
    "worst": "#97184a",
    "own": "#54337f",
    "none": _GREY,
}
_AXES = (
    ("arithmetic", Arithmetic, "Does it follow from what is printed?"),
    ("evidence", Evidence, "Does a source bear it?"),
)


def _counted(audit: Audit) -> Iterator[tuple[str, dict[Verdict, int]]]:
    """Yield each axis's question with the counts of the verdicts that occur."""
    for axis, verdicts, question in _AXES:
        counts = audit.counts(axis)
        yield question, {v: counts[str(v)] for v in verdicts if counts[str(v)]}


def _words(counts: Mapping[Verdict, int]) -> str:
    return ", ".join(f"{count} {verdict.label_en}" for verdict, count in counts.items())


def alt(title: str, audit: Audit) -> str:
    """Say in words what the picture shows."""
    said = [f"{question} {_words(counts)}." for question, counts in _counted(audit)]
    return f"{title}: {len(audit.claims)} printed statistics. {' '.join(said)}"


def svg(title: str, audit: Audit) -> str:
    """Draw the picture."""
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{WIDTH}" height="{HEIGHT}" '
        f'font-family="{FONT}" fill="#1b2733">',
        f'<rect width="{WIDTH}" height="{HEIGHT}" fill="#ffffff"/>',
        f'<rect width="{WIDTH}" height="14" fill="{_BLUE}"/>',
        _text(_MARGIN, 105, title, 50, "bold"),
        _text(_MARGIN, 155, f"{len(audit.claims)} printed statistics, each with its verdict", 30),
    ]
    top = 225
    for question, counts in _counted(audit):
        parts += [_text(_MARGIN, top, question, 28, "bold"), *_bar(top + 20, counts)]
        parts += [
            _text(_MARGIN, top + 20 + _BAR + 38 + 32 * n, line, 25)
            for n, line in enumerate(textwrap.wrap(_words(counts), _LETTERS))
        ]
        top += 205
    return "".join([*parts, "</svg>"])


def _bar(top: int, counts: Mapping[Verdict, int]) -> Iterator[str]:
    unit = (WIDTH - 2 * _MARGIN + _GAP) / sum(counts.values())
    left = float(_MARGIN)
    for verdict, count in counts.items():
        width = unit * count
        yield (
            f'<rect x="{left:.1f}" y="{top}" width="{width - _GAP:.1f}" height="{_BAR}" '
            f'fill="{_INKS[verdict.tone]}"/>'
            f'<text x="{left + (width - _GAP) / 2:.1f}" y="{top + _BAR - 21}" font-size="28" '
            f'text-anchor="middle" fill="#ffffff">{count}</text>'
        )
        left += width


def _text(left: int, base: int, words: str, size: int, weight: str = "normal") -> str:
    return (
        f'<text x="{left}" y="{base}" font-size="{size}" font-weight="{weight}">'
        f"{escape(words)}</text>"
    )


def write_card(path: Path, title: str, audit: Audit) -> None:
    """Write the picture as PNG."""
    register_font()
    path.write_bytes(vl_convert.svg_to_png(svg(title, audit)))
