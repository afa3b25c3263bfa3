"""What the site and a notebook share of Vega: the type of a chart, and the script that draws it."""

from __future__ import annotations

import json
from importlib import metadata

import vl_convert

__all__ = ["MIME", "inline_json", "vega_bundle"]

MIME = "application/vnd.vegalite.v6+json"


def inline_json(value: object) -> str:
    r"""Write a value as JSON that can stand inside a ``script`` element.

    Parameters
    ----------
    value : object
        Anything :mod:`json` can write.

    Returns
    -------
    str
        Compact JSON without ``<``, ``>`` and ``&``, hence without an end tag or a comment.

    Examples
    --------
    >>> inline_json({"a": "</script>"})
    '{"a":"\\u003c/script\\u003e"}'
    """
    text = json.dumps(value, ensure_ascii=False, separators=(",", ":"))
    return text.replace("<", "\\u003c").replace(">", "\\u003e").replace("&", "\\u0026")


def vega_bundle() -> str:
    """Make the script that brings Vega, Vega-Lite and vega-embed.

    The bundle's own names stay inside a function: one of them would hide Sphinx's global ``_``.

    Returns
    -------
    str
        A script that defines ``window.vegaEmbed``, with a note of its origin in the first line.
    """
    version = metadata.version("vl-convert-python")
    origin = (
        "/*! Vega, Vega-Lite, vega-embed (BSD-3-Clause), D3 (ISC) and their dependencies, "
        f"bundled by vl-convert {version}; not part of this project's own code. */"
    )
    script = vl_convert.javascript_bundle("window.vegaEmbed = vegaEmbed;")
    return f'{origin}\n(function () {{\n"use strict";\n{script}\n}})();\n'
