"""What the site and a notebook share of Vega: a chart's type, its script and its pictures' font."""

from __future__ import annotations

import functools
import json
import tempfile
from importlib import metadata, resources
from pathlib import Path

import vl_convert

MIME = "application/vnd.vegalite.v6+json"

# No system has a font of this name: another version of DejaVu Sans, or its bold face, can't win.
FONT = "cbec DejaVu Sans"
# Of a font's names: family, unique name, full name, typographic family.
_NAMES = (1, 3, 4, 16)

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
    from fontTools.ttLib import TTFont  # type: ignore[import-untyped]

    folder = tempfile.TemporaryDirectory(prefix="cbec-font-")
    _FOLDERS.append(folder)
    with resources.as_file(resources.files("ziafont.fonts") / "DejaVuSans.ttf") as source:
        font = TTFont(source)
        for record in font["name"].names:
            if record.nameID in _NAMES:
                record.string = FONT
        font.save(Path(folder.name, "font.ttf"))
    vl_convert.register_font_directory(folder.name)
    return frozenset(map(chr, font.getBestCmap()))
