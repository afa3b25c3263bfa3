"""A chart as a notebook stores it."""

from __future__ import annotations

import copy
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any


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
    words around it in ``usermeta``: an edition in another language maps it at this place.

    Parameters
    ----------
    spec : mapping
        A Vega-Lite specification; it is not changed.

    Returns
    -------
    Chart
        The words, and the specification without ``usermeta`` and ``$schema``, on a transparent
        background, described by ``alt``, and with no roles on its single marks, so that a screen
        reader meets one picture with one label.
    """
    drawing = copy.deepcopy(dict(spec))
    drawing.pop("$schema", None)
    words = drawing.pop("usermeta", {}).get("cbec", {})
    drawing["background"] = "transparent"
    drawing["config"] = {**drawing.get("config", {}), "aria": False}
    title = str(words.get("title", ""))
    alt = str(words.get("alt") or drawing.get("description") or "")
    drawing["description"] = alt or title
    return Chart(
        title=title,
        subtitle=str(words.get("subtitle", "")),
        source=str(words.get("source", "")),
        alt=alt,
        spec=drawing,
        note=str(words.get("note", "")),
        columns=tuple((str(column), str(title)) for column, title in words.get("columns", ())),
    )
