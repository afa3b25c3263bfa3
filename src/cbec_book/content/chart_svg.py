"""The still picture of a chart: an SVG that is the same in each build, and as light as it can be.

vl-convert draws for any use: each line carries the attributes that a browser assumes anyway, each
number more digits than a screen has, and a page with many charts is sent mostly for its stills.
"""

from __future__ import annotations

import inspect
import json
import re
from collections.abc import Mapping
from html import escape
from importlib import metadata
from pathlib import Path
from typing import Any
from xml.sax.saxutils import quoteattr

import vl_convert

from cbec.display import vega
from cbec.display.vega import FONT, inline_json, letter_widths, register_font, vega_bundle
from cbec_book.build_cache import kept
from cbec_book.content.chart_layout import PHONE, narrowed

_SIZE = re.compile(r'<svg\b[^>]*?\bwidth="([\d.]+)"[^>]*?\bheight="([\d.]+)"')
_IDENTIFIER = re.compile(r'\bid="([^"]+)"')
_REFERENCE = re.compile(r'url\(#([^)]+)\)|((?:xlink:)?href)="#([^"]+)"')

# A tag with its attributes; the text between tags is left alone.
_TAG = re.compile(r"<[^>]+>")
# What SVG assumes of a shape, and what is said once for the whole picture.
_ASSUMED = re.compile(
    r' (?:opacity="1"|font-weight="normal"|pointer-events="none"|aria-hidden="true"'
    r'|role="graphics-(?:object|symbol)"|aria-roledescription="[^"]*"|aria-label="[^"]*"'
    r'|transform="translate\(0,0\)")'
)
_FONT = re.compile(r' font-family="([^"]*)"')
_UNSEEN = re.compile(
    r'<path class="(?:background|foreground)"[^>]*(?: d=""| d="M0,0h0v0h0Z")[^>]*/>'
)
# Lengths in pixels; an opacity or a scale needs all its digits.
_LENGTHS = re.compile(r' (?:d|[xy][12]?|d[xy]|width|height|transform)="(?![^"]*scale)[^"]*"')
_DIGITS = re.compile(r"\d+\.\d{2,}")


def stills(spec: Mapping[str, Any], label: str, prefix: str, cache: Path) -> str:
    """Draw a chart for a wide page, and for a phone if it is laid out otherwise there."""
    wide = draw_svg(spec, label, prefix, cache)
    if size_of(wide)[0] <= PHONE:
        return wide
    phone = draw_svg(for_phone(spec, cache), label, f"{prefix}-phone", cache)
    both = {"wide": wide, "phone": phone}
    marked = (
        svg.replace('class="marks"', f'class="marks cbec-{at}"', 1) for at, svg in both.items()
    )
    return "".join(marked)


def for_phone(spec: Mapping[str, Any], cache: Path) -> dict[str, Any]:
    """Lay a chart out for a phone; what a first drawing misses, the second doesn't."""
    first = narrowed(spec, PHONE)
    excess = size_of(drawn(first, cache))[0] - PHONE
    return narrowed(spec, PHONE, excess) if excess > 1 else first


def size_of(svg: str) -> tuple[float, float]:
    """Return the width and the height of a picture in pixels."""
    width, height = _SIZE.findall(svg)[0]
    return float(width), float(height)


def draw_svg(spec: Mapping[str, Any], label: str, prefix: str, cache: Path) -> str:
    """Draw the still picture of a chart, or take it as drawn before from a cache.

    Its text is measured in the font of :func:`cbec.display.vega.register_font`, so that the
    picture doesn't depend on the fonts of the machine that builds the site, and shown in the
    specification's.

    A specification that is wrong, or wants data from an address, is a ValueError.
    """
    shown = quoteattr(spec.get("config", {}).get("font", "sans-serif"))
    svg = drawn(spec, cache)
    svg = svg.replace(f'font-family="{FONT}"', f"font-family={shown}")
    svg = renumber_ids(lightened(svg), prefix)
    return re.sub(r"<svg\b", f'<svg role="img" aria-label="{escape(label)}"', svg, count=1)


def drawn(spec: Mapping[str, Any], cache: Path) -> str:
    """Return a chart's picture as vl-convert draws it."""
    measured = {**spec, "config": {**spec.get("config", {}), "font": FONT}}

    def draw() -> bytes:
        register_font()
        return str(vl_convert.vegalite_to_svg(measured, allowed_base_urls=[])).encode()

    return kept(cache, draw, json.dumps(measured), *_drawn_by()).decode()


def _drawn_by() -> list[str]:
    return [metadata.version(name) for name in ("vl-convert-python", "ziafont")]


def bundle(cache: Path) -> bytes:
    """Return the script that brings charts alive, and the widths of letters for ``charts.js``.

    The live view is laid out by them, as the still picture was, whatever fonts a reader has.
    """

    def made() -> bytes:
        letters = inline_json({"font": FONT, "widths": letter_widths()})
        return f"{vega_bundle()}window.cbecLetters = {letters};\n".encode()

    made_of = inspect.getsource(vega), inspect.getsource(made)
    return kept(cache, made, *made_of, *_drawn_by())


def lightened(svg: str) -> str:
    """Drop what a browser assumes anyway, and digits beyond a tenth of a pixel.

    Examples
    --------
    >>> lightened('<svg><text opacity="1" fill-opacity="0.25" x="1.2345">1.2345</text></svg>')
    '<svg><text fill-opacity="0.25" x="1.2">1.2345</text></svg>'
    """
    fonts = set(_FONT.findall(svg))

    def lighter(tag: re.Match[str]) -> str:
        text = _ASSUMED.sub("", tag[0])
        if len(fonts) == 1:
            text = _FONT.sub("", text)
        return _LENGTHS.sub(lambda length: _DIGITS.sub(shorter, length[0]), text)

    def shorter(number: re.Match[str]) -> str:
        return f"{float(number[0]):.1f}".removesuffix(".0")

    svg = _TAG.sub(lighter, _UNSEEN.sub("", svg))
    if len(fonts) == 1:
        svg = svg.replace("<svg", f'<svg font-family="{fonts.pop()}"', 1)
    return svg


def renumber_ids(svg: str, prefix: str) -> str:
    """Give an SVG's ids a prefix and numbers of their own.

    vl-convert counts its clip paths through the whole life of a process, so the same chart gets
    other ids in each build, and two charts of one page may collide.

    Examples
    --------
    >>> renumber_ids('<a clip-path="url(#clip7)"/><clipPath id="clip7"/>', "c")
    '<a clip-path="url(#c-1)"/><clipPath id="c-1"/>'
    """
    names: dict[str, str] = {}
    known = set(_IDENTIFIER.findall(svg))

    def new(old: str) -> str:
        if old not in known:
            return old
        return names.setdefault(old, f"{prefix}-{len(names) + 1}")

    def refer(match: re.Match[str]) -> str:
        if match[1] is not None:
            return f"url(#{new(match[1])})"
        return f'{match[2]}="#{new(match[3])}"'

    svg = _REFERENCE.sub(refer, svg)
    return _IDENTIFIER.sub(lambda match: f'id="{new(match[1])}"', svg)
