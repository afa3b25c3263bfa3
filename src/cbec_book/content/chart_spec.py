"""What a chart's specification holds: the drawing, and the words around it in ``usermeta``."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from cbec.display.vega import MIME
from cbec_book.content.chart_words import translated_drawing
from cbec_book.wording import translated


@dataclass(frozen=True)
class Chart:
    """A chart taken apart into words and drawing.

    Attributes
    ----------
    title, subtitle, source : str
        The lines above and below the drawing, empty if there is none.
    alt : str
        What a reader who cannot see the drawing should know.
    spec : dict
        The Vega-Lite specification, ready to be drawn on a page of any background.
    note : str
        A footnote.
    columns : tuple of (str, str)
        The columns of the data table and their titles.
    """

    title: str
    subtitle: str
    source: str
    alt: str
    spec: dict[str, Any]
    note: str = ""
    columns: tuple[tuple[str, str], ...] = ()


def read_chart(spec: Mapping[str, Any]) -> Chart:
    """Take a specification apart into its words and its drawing.

    All the text that a chart shows passes through here, the drawing's own in ``spec`` and the
    words around it in ``usermeta``, and is put into the language of the edition.

    The specification is not changed. Its drawing loses ``usermeta`` and ``$schema``, stands on a
    transparent background, is described by ``alt``, and has no roles on its single marks, so that
    a screen reader meets one picture with one label.
    """
    drawing = translated_drawing(
        {k: v for k, v in spec.items() if k not in ("$schema", "usermeta")}
    )
    words = spec.get("usermeta", {}).get("cbec", {})
    drawing["background"] = "transparent"
    drawing["config"] = {**drawing.get("config", {}), "aria": False}
    title, subtitle, source, alt, note = (
        translated(str(words.get(name) or ""))
        for name in ("title", "subtitle", "source", "alt", "note")
    )
    alt = alt or str(drawing.get("description") or "")
    drawing["description"] = alt or title
    return Chart(
        title=title,
        subtitle=subtitle,
        source=source,
        alt=alt,
        spec=drawing,
        note=note,
        columns=tuple(
            (str(column), translated(str(title))) for column, title in words.get("columns", ())
        ),
    )


def stored_charts(notebook: Path) -> dict[str, Chart]:
    """Read the charts that a notebook stores, by name.

    Those of a cell without an id are called after its place.
    """
    found = {}
    for index, cell in enumerate(json.loads(notebook.read_bytes())["cells"]):
        specs = [output["data"].get(MIME) for output in cell.get("outputs", ()) if "data" in output]
        for place, spec in enumerate(filter(None, specs)):
            found[name_of(cell, place) or f"{index}.{place}"] = read_chart(spec)
    return found


def name_of(cell: Mapping[str, Any], place: int) -> str:
    """Call a chart after the id of its cell; the second of a cell has a number, too.

    Examples
    --------
    >>> name_of({"id": "sizes"}, 0), name_of({"id": "sizes"}, 1), name_of({}, 0)
    ('sizes', 'sizes.2', '')
    """
    name = cell.get("id", "")
    return f"{name}.{place + 1}" if name and place else name
