"""The colours of charts, and which of them a part of a chart has.

No colour belongs to a series: a chart gives them out in the order in which its caller names the
series, such as ``order=["Exports", "Imports"]``. Models, verdicts and the function
`cbec.charts.growth_scenario` have colours of their own.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from itertools import cycle, islice
from typing import Any

import altair as alt

# Okabe and Ito's colour-blind safe hues, with orange, sky blue and pink darkened so that each has a
# contrast of at least 3 to 1 against white and against the dark page (a test computes it).
COLOURS: Mapping[str, str] = {
    "blue": "#0072b2",
    "vermilion": "#d55e00",
    "green": "#009e73",
    "pink": "#c56f9f",
    "sky": "#3a98cc",
    "ochre": "#b88600",
    "grey": "#808890",
    "crimson": "#d23f78",
    "violet": "#8f6bd0",
}
INK = "currentColor"


def plain(colour: str) -> dict[str, Any]:
    """Give filling and outline one colour of the theme, so that a hollow mark keeps it."""
    return {"color": alt.value(COLOURS[colour]), "stroke": alt.value(COLOURS[colour])}


def coloured(column: str, names: Sequence[str]) -> alt.Color:
    """Colour by a column."""
    return outlined(column, names)["color"]


def outlined(
    column: str, names: Sequence[str], hues: Iterable[str] = COLOURS.values(), **look: Any
) -> dict[str, Any]:
    """Colour filling and outline by a column, so that a hollow mark keeps its colour.

    The legend stands in two columns if that fits a phone.
    """
    columns = 2 if max((len(name) for name in names), default=0) <= 12 else 1
    legend = alt.Legend(columns=columns, symbolOpacity=1, **look) if len(names) > 1 else None
    scale = alt.Scale(domain=list(names), range=list(islice(cycle(hues), len(names))))
    hue: dict[str, Any] = {"title": None, "sort": list(names), "scale": scale, "legend": legend}
    return {"color": alt.Color(f"{column}:N", **hue), "stroke": alt.Stroke(f"{column}:N", **hue)}
