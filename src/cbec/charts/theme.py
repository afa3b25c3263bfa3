"""Theme and renderer, and the words around a chart."""

from __future__ import annotations

import base64
import copy
import os
import re
import textwrap
import uuid
from typing import Any
from xml.etree import ElementTree

import altair as alt

from cbec.charts.colours import COLOURS, INK
from cbec.display.vega import FONT, MIME, inline_json, register_font, vega_bundle
from cbec.errors import PictureError
from cbec.tables.evidence_grades import UNCONFIRMED_EN

# Which of the two ways a notebook is run: "stored" for `make notebooks` and the tests.
_MODE = "CBEC_CHARTS"
# Pixels of a stored picture for each of the drawing's: enough for a slide as wide as a screen.
_SCALE = 2
# A name in Chinese that is followed by the same in Latin letters, in brackets.
_BOTH_NAMES = re.compile(r"[\u3400-\u9fff]+ ?\(([^()\u3400-\u9fff]+)\)")


def enable() -> None:
    """Register the theme and the renderer for this session's charts."""
    alt.theme.register("cbec", enable=True)(theme)
    alt.renderers.register("cbec", mime_bundle)
    alt.renderers.enable("cbec")


def present(chart: Any, *, title: str, unit: str, source: str, description: str) -> Any:
    """Give a chart its words.

    The words stay outside the drawing, so that a page can wrap, translate and read them aloud.

    Parameters
    ----------
    title, unit, source : str
        What is shown; unit and scope, the line below the title; where the figures come from.
    description : str
        What a reader who can't see the drawing should know: what it shows, not its title.

    Returns
    -------
    altair chart
        A copy with the words in ``usermeta`` and as ``description``. There, too, are ``columns``,
        the columns of the table below the chart, as pairs of name and title, and ``note``, the
        footnote, if a figure of the chart is unconfirmed.

    Examples
    --------
    >>> import pandas as pd
    >>> from cbec import charts
    >>> firms = pd.DataFrame({"item": ["Guangdong"], "value": [14772], "evidence": ["printed"]})
    >>> words = {"title": "Firms", "unit": "firms", "source": "The paper.", "description": "One."}
    >>> chart = charts.present(charts.bars(firms, unit="firms"), **words)
    >>> chart.usermeta["cbec"]["columns"]
    [['item', 'Item'], ['value', 'firms'], ['evidence', 'Evidence']]
    """
    declared = chart["usermeta"]
    own = {} if declared is alt.Undefined else declared["cbec"]
    words = {"title": title, "subtitle": unit, "source": source, "alt": description, **own}
    # Whether the whole is valid, words and all, is seen when it is shown.
    datasets = chart.to_dict(validate=False)["datasets"]
    figures = (row for rows in datasets.values() for row in rows)
    if any(row.get("evidence") == "unconfirmed" for row in figures):
        words["note"] = UNCONFIRMED_EN
    return chart.properties(usermeta={"cbec": words}, description=description)


def theme() -> alt.theme.ThemeConfig:
    """Return the theme: currentColor for all that is ink, on a transparent ground."""
    inks = {"labelColor": INK, "titleColor": INK}
    sizes = {"labelFontSize": 12, "titleFontSize": 12, "titleFontWeight": "normal"}
    lines = {"tickColor": INK, "domainColor": INK, "gridColor": INK}
    faint = {"domainOpacity": 0.4, "tickOpacity": 0.4, "gridOpacity": 0.13}
    place = {"orient": "top", "direction": "horizontal", "columns": 2}
    config: Any = {
        "background": "transparent",
        "font": "system-ui, 'Noto Sans', 'Noto Sans CJK SC', 'Liberation Sans', sans-serif",
        "view": {"stroke": None, "continuousWidth": 640, "continuousHeight": 320},
        "axis": {**inks, **lines, **sizes, **faint},
        "axisX": {"grid": False},
        "axisQuantitative": {"grid": True},
        "legend": {**inks, **sizes, "labelLimit": 320, **place, "symbolStrokeWidth": 2},
        "header": {**inks, "labelFontSize": 12},
        "mark": {"color": COLOURS["blue"]},
        "text": {"color": INK, "fontSize": 12},
        "rule": {"color": INK},
        "range": {"category": list(COLOURS.values())},
    }
    return alt.theme.ThemeConfig(config=config)


def mime_bundle(spec: dict[str, Any], **_: Any) -> dict[str, Any]:
    """Return what a notebook stores for a chart.

    Raises
    ------
    PictureError
        If the picture is to be stored, and would depend on the machine's fonts.
    """
    titled = with_words(spec)
    words = spec.get("usermeta", {}).get("cbec", {})
    stored = os.environ.get(_MODE) == "stored"
    bundle: dict[str, Any] = {
        MIME: spec,
        "image/png": base64.b64encode(_picture(titled, strict=stored)).decode("ascii"),
        "text/plain": f"Chart: {words.get('title', 'untitled')}",
    }
    if not stored:
        bundle["text/html"] = _live_view(titled)
    return bundle


def _picture(titled: dict[str, Any], *, strict: bool) -> bytes:
    """Draw a chart with its words, with the font that is the same on every machine."""
    import vl_convert

    known = register_font()
    drawn = _in_latin_letters(titled)
    drawn["config"] = {**drawn.get("config", {}), "font": FONT}
    svg = vl_convert.vegalite_to_svg(drawn)
    if strict:
        _refuse_other_fonts(svg, known, titled["title"]["text"])
    return vl_convert.svg_to_png(svg, scale=_SCALE)


def _in_latin_letters(part: Any) -> Any:
    """Give names that stand in both scripts in Latin letters: the pictures' font lacks Chinese."""
    if isinstance(part, str):
        return _BOTH_NAMES.sub(r"\1", part)
    if isinstance(part, list):
        return [_in_latin_letters(item) for item in part]
    if isinstance(part, dict):
        # The columns of the data with what names them: fields and expressions.
        return {_in_latin_letters(name): _in_latin_letters(item) for name, item in part.items()}
    return part


def _refuse_other_fonts(svg: str, known: frozenset[str], title: str) -> None:
    for text in ElementTree.fromstring(svg).iter("{http://www.w3.org/2000/svg}text"):
        words = "".join(text.itertext())
        if lacking := "".join(sorted(set(words) - known)):
            raise PictureError(
                f"chart {title!r}: the text {words!r} holds {lacking!r}, which the font of stored "
                "pictures lacks; write it in Latin letters, or a name as '中文 (Latin)': the "
                "picture shows the part in brackets"
            )
        if text.get("font-family") != FONT:
            raise PictureError(
                f"chart {title!r}: the text {words!r} is in the font {text.get('font-family')!r}, "
                "which differs between machines; set no font for a mark, an axis or a title"
            )


def _live_view(spec: dict[str, Any]) -> str:
    """Return a view that is live without a network: the script travels with each output.

    Outputs may share one page, as in JupyterLab, or each have a frame of its own, as in Colab.
    """
    place = f"cbec-{uuid.uuid4().hex}"
    script = vega_bundle().replace("</script", "<\\/script")
    return (
        f'<div id="{place}"></div>\n<script>\nif (!window.vegaEmbed) {{\n{script}}}\n'
        f'window.vegaEmbed("#{place}", {inline_json(spec)}, {{"actions": false}});\n</script>'
    )


def with_words(spec: dict[str, Any]) -> dict[str, Any]:
    """Return a copy that carries its words inside the drawing, on white, in black."""
    words = spec.get("usermeta", {}).get("cbec", {})
    below = [line for key in ("source", "note") for line in textwrap.wrap(words.get(key, ""), 100)]
    look = {"anchor": "start", "fontSize": 15, "subtitleFontSize": 11, "subtitlePadding": 4}
    title = {
        "text": words.get("title", ""),
        "subtitle": [words.get("subtitle", ""), *below],
        **look,
    }
    return {**copy.deepcopy(spec), "title": title, "background": "white", "padding": 12}
