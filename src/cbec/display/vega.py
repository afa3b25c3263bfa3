"""What the site and a notebook share of Vega: a chart's type, its script and its pictures' font."""

from __future__ import annotations

import functools
import json
import tempfile
from importlib import metadata, resources
from pathlib import Path
from typing import Any

import vl_convert

MIME = "application/vnd.vegalite.v6+json"

# No system has a font of this name: another version of DejaVu Sans, or its bold face, can't win.
FONT = "cbec DejaVu Sans"
# Of a font's names: family, unique name, full name, typographic family.
_NAMES = (1, 3, 4, 16)

# Latin letters; punctuation, arrows and signs of mathematics; shapes and other signs.
_BLOCKS = (range(0x20, 0x250), range(0x2000, 0x2300), range(0x2500, 0x27C0))

# vl-convert reads a font's file whenever it draws, so the folder stays until the process ends.
_FOLDERS: list[tempfile.TemporaryDirectory[str]] = []


def inline_json(value: object) -> str:
    """Write a value as JSON that can stand in a ``script`` element: without ``<``, ``>``, ``&``."""
    text = json.dumps(value, ensure_ascii=False, separators=(",", ":"))
    return text.replace("<", "\\u003c").replace(">", "\\u003e").replace("&", "\\u0026")


@functools.cache
def vega_bundle() -> str:
    """Make the script that brings Vega, Vega-Lite and vega-embed, as ``window.vegaEmbed``.

    The bundle's own names stay inside a function: one of them would hide Sphinx's global ``_``.
    """
    version = metadata.version("vl-convert-python")
    origin = (
        "/*! Vega, Vega-Lite, vega-embed (BSD-3-Clause), D3 (ISC) and their dependencies, "
        f"bundled by vl-convert {version}; not part of this project's own code. */"
    )
    script = vl_convert.javascript_bundle("window.vegaEmbed = vegaEmbed;")
    return f'{origin}\n(function () {{\n"use strict";\n{script}\n}})();\n'


@functools.cache
def register_font() -> frozenset[str]:
    """Let vl-convert draw with :data:`FONT`, and return the characters that it has.

    So a picture is the same on every machine; what the font lacks would come from one of the
    system. It is the DejaVu Sans of the package ``ziafont`` under a name of its own, and has one
    face: bold text is drawn with it, too.
    """
    folder = tempfile.TemporaryDirectory(prefix="cbec-font-")
    _FOLDERS.append(folder)
    font = _font()
    for record in font["name"].names:
        if record.nameID in _NAMES:
            record.string = FONT
    font.save(Path(folder.name, "font.ttf"))
    vl_convert.register_font_directory(folder.name)
    return frozenset(map(chr, font.getBestCmap()))


def letter_widths() -> dict[str, str]:
    """Return the letters of :data:`FONT` in the scripts and signs of a chart, by their widths.

    A width is in thousandths of the font's size.

    Examples
    --------
    >>> widths = letter_widths()
    >>> next(width for width, letters in widths.items() if "0" in letters)
    '636.2'
    """
    font = _font()
    names, advances, em = font.getBestCmap(), font["hmtx"], font["head"].unitsPerEm
    widths: dict[str, str] = {}
    for code in (code for block in _BLOCKS for code in block if code in names):
        width = f"{1000 * advances[names[code]][0] / em:.1f}"
        widths[width] = widths.get(width, "") + chr(code)
    return widths


def _font() -> Any:
    from fontTools.ttLib import TTFont  # type: ignore[import-untyped]

    with resources.as_file(resources.files("ziafont.fonts") / "DejaVuSans.ttf") as source:
        return TTFont(source, lazy=False)
