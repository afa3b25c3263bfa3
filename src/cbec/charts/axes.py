"""The axes, panels and shapes that the builders share, and the texts that stand at them."""

from __future__ import annotations

import textwrap
from collections.abc import Sequence
from math import ceil, floor, log10
from typing import Any

import altair as alt
import pandas as pd


def tight(padding: int) -> alt.Scale:
    """Return a scale that goes from the least to the greatest figure, with room at both ends."""
    return alt.Scale(zero=False, nice=False, padding=padding)


def room(values: pd.Series[Any], spare: float = 0.3) -> alt.Scale:
    """Return a scale from zero that leaves room for a number behind the longest bar."""
    return alt.Scale(domain=[0, float(values.max()) * (1 + spare)], nice=False)


def logarithmic(values: pd.Series[Any], unit: str, padding: int = 12) -> alt.Y:
    """Return an axis of figures above zero, with a line at each 1 and 3."""
    powers = range(floor(log10(values.min())), ceil(log10(values.max())) + 1)
    ticks = [float(f"{digit}e{power}") for power in powers for digit in (1, 3)]
    scale = alt.Scale(type="log", nice=False, padding=padding)
    return alt.Y("value:Q", title=unit, scale=scale, axis=alt.Axis(values=ticks, format="~g"))


def span(frame: pd.DataFrame) -> list[int]:
    """Return the years of a frame and those between them."""
    return list(range(int(frame["year"].min()), int(frame["year"].max()) + 1))


def years(column: str = "year", values: Any = alt.Undefined) -> alt.X:
    """Put years on the x axis, where a missing one leaves a gap, with ticks at ``values``."""
    axis = alt.Axis(
        format="d",
        grid=False,
        labelOverlap=True,
        labelSeparation=6,
        tickCount=8,
        tickMinStep=1,
        values=values,
    )
    return alt.X(f"{column}:Q", title=None, axis=axis, scale=tight(12))


def years_before_names(frame: pd.DataFrame) -> alt.X:
    """Put years on the x axis, with room behind the last for the names of lines."""
    covered = span(frame)
    end = covered[-1] + 0.46 * (covered[-1] - covered[0])
    # A band between two years in the same chart would have the axis begin at zero.
    scale = alt.Scale(domain=[covered[0] - 0.4, end], nice=False, zero=False)
    return years(values=covered).scale(scale)


def names_at_ends(frame: pd.DataFrame, joined: Any = slice(None)) -> pd.Series[Any]:
    """Return the name of each series in its last row, and nothing in the others."""
    found = pd.Series("", index=frame.index)
    for last in frame[joined].groupby("series")["year"].idxmax():
        found[last] = wrapped(frame.loc[last, "series"], 12)
    return found


def wrapped(text: object, width: int) -> str:
    """Break a text into lines."""
    return "\n".join(textwrap.wrap(str(text), width))


def labelled(frame: pd.DataFrame, column: str) -> pd.DataFrame:
    """Return a copy with the column ``label``: its text in lines short enough for a phone."""
    return frame.assign(label=frame[column].map(lambda text: wrapped(text, 26)))


def headed(frame: pd.DataFrame, column: str, width: int) -> pd.DataFrame:
    """Return a copy that says how a column breaks into short lines, and where it is new."""
    broken = frame[column].map(lambda text: wrapped(text, width))
    breaks = broken.str.count("\n")
    return frame.assign(broken=broken, breaks=breaks, first=~frame[column].duplicated())


def items(**options: Any) -> alt.Y:
    """Return an axis of items whose labels stand in several lines."""
    axis = alt.Axis(labelExpr="split(datum.label, '\\n')", labelLimit=0, **options)
    return alt.Y("label:N", title=None, sort=None, axis=axis)


def shaped(column: str, names: Sequence[str]) -> alt.Shape:
    """Give each name in a column a shape of its own."""
    return alt.Shape(f"{column}:N", title=None, sort=names, scale=alt.Scale(domain=names))


def panels(column: str, names: Sequence[str], label: Any = alt.Undefined) -> alt.Facet:
    """Return a panel for each name, or with what an expression makes of it above it."""
    bold: Any = {"labelAnchor": "start", "labelFontWeight": "bold"}
    header = alt.Header(title=None, labelExpr=label, **bold)
    return alt.Facet(f"{column}:N", sort=names, header=header)
