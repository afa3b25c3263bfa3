"""A chart of forecasts against what came."""

from __future__ import annotations

from collections.abc import Collection
from math import ceil
from typing import Any

import altair as alt
import pandas as pd

from cbec.charts.forecasts import BANDS, ENDS, painted, shared_key
from cbec.charts.marks import figures, outlined, points, tabled, tooltip, wrapped
from cbec.charts.theme import INK

__all__ = ["scored"]

_NUMBER = ",.4~f"
_WORDS, _LANE, _ALONE = 40, 12, 16  # heights of an item's words, of each lane, of a single one
# A vertical stroke, in the units of Vega's symbols.
_STROKE = "M-0.14,-1H0.14V1H-0.14Z"


def scored(frame: pd.DataFrame, *, unit: str) -> Any:
    """Draw forecasts, each on a line of its own, against what came.

    A dot is a forecast, a triangle a lower bound ("more than"), a bar from dot to dot a range; the
    light bars are 95 and 80 percent intervals where there are any. The upright stroke is what came:
    one for all forecasts of an item, or, if they were of different figures, one for each.

    Parameters
    ----------
    frame : DataFrame
        Columns ``item`` (the words above the lines; rows with the same item stand below each
        other), ``made`` (who or which method: the colour), ``value``, ``value_upper`` (other end
        of a range, else NaN), ``comparator`` (``=`` or ``>``), ``outturn`` (NaN if not known yet),
        and ``lower80``, ``upper80``, ``lower95``, ``upper95`` where known.
    unit : str
        Title of the value axis.

    Returns
    -------
    altair.LayerChart

    Examples
    --------
    >>> frame = pd.DataFrame({"item": ["Ministry, 2013"], "made": "published", "value": 3.1,
    ...     "value_upper": None, "comparator": ">", "outturn": 3.15})
    >>> scored(frame, unit="trillion CNY").data["mark"].item()
    'at least'
    """
    numeric = ["value", "value_upper", *ENDS, "outturn"]
    wanted = ["item", "made", "comparator", *numeric]
    data = figures(frame, *wanted)
    data = data.reindex(columns=[*data.columns, *(c for c in wanted if c not in data)])
    data[numeric] = data[numeric].apply(pd.to_numeric)
    data["mark"] = data["comparator"].map({">": "at least"}).fillna("forecast")
    data["broken"] = data["item"].map(lambda text: wrapped(text, 44))
    data["breaks"] = data["broken"].str.count("\n")
    data["first"] = ~data["item"].duplicated()
    said = {"value": unit, "value_upper": "to", **ENDS, "outturn": "Outturn"}
    said = {c: title for c, title in said.items() if data[c].notna().any()}

    groups = list(dict.fromkeys(data["made"]))
    items = data.groupby("item")
    lanes = len(groups) if bool(items.size().max() > 1) else 1
    lane: dict[str, Any] = {"yOffset": alt.YOffset("made:N", sort=groups)} if lanes > 1 else {}
    several = bool(items["outturn"].nunique().max() > 1)
    tall = max(_LANE * lanes, _ALONE)
    step, inner, outer = _WORDS + tall, _WORDS / (_WORDS + tall), 0.4
    band = alt.Scale(type="band", paddingInner=inner, paddingOuter=outer)
    row: dict[str, Any] = {"title": None, "axis": None, "sort": None, "scale": band}
    across = alt.X(
        "value:Q",
        title=unit,
        scale=alt.Scale(zero=False, nice=False, padding=14),
        axis=alt.Axis(tickCount=5),
    )
    hue = outlined("made", groups)
    one = {"color": hue["color"], **lane}
    shape = _shapes({*data["mark"], *(["outturn"] if "outturn" in said else [])})
    base = alt.Chart()
    statements = (
        base.transform_filter("datum.first")
        .mark_text(
            align="left",
            baseline="bottom",
            lineBreak="\n",
            x=0,
            dy={"expr": "-5 - (width > 480 ? 0 : 14 * datum.breaks)"},
            text={"expr": "width > 480 ? datum.item : datum.broken"},
        )
        .encode(alt.Y("item:N", **row, bandPosition=0), tooltip=alt.value(None))
    )
    # The words come first: they say in which order the items stand.
    layers: list[Any] = [statements]
    layers += [
        painted(base.transform_filter(f"isValid(datum.upper{level})"), level, "grey")
        .mark_rule(strokeWidth=9 if lanes > 1 else 12)
        .encode(alt.X(f"lower{level}:Q"), alt.X2(f"upper{level}:Q"), **one)
        for level in BANDS
        if f"upper{level}" in said
    ]
    if "value_upper" in said:
        ends = base.transform_filter("isValid(datum.value_upper)")
        joined = ends.mark_rule(strokeWidth=3).encode(across, alt.X2("value_upper:Q"), **one)
        other = ends.encode(alt.X("value_upper:Q"), **lane)
        layers += [joined, *points(other, size=75, shape=shape, **hue)]
    came = base.mark_tick(
        orient="vertical", thickness=3.5, size=_LANE if several else tall + 4, color=INK, opacity=1
    )
    layers += [
        came.encode(alt.X("outturn:Q"), **(lane if several else {})),
        *shared_key(data),
        *points(base.encode(across, **lane), size=75, shape=shape, **hue),
    ]
    chart = alt.layer(*layers, data=data).transform_calculate(**_statements(said))
    told = [
        alt.Tooltip("item:N", title="Forecast"),
        alt.Tooltip("made:N", title="By"),
        alt.Tooltip("said_value:N", title=unit),
        *(
            alt.Tooltip(f"said_{level}:N", title=f"{level}% interval")
            for level in sorted(BANDS)
            if f"upper{level}" in said
        ),
        alt.Tooltip("said_outturn:N", title="Outturn"),
    ]
    chart = chart.encode(alt.Y("item:N", **row), tooltip=tooltip(data, *told))
    height = ceil(step * (len(items) - inner + 2 * outer))
    columns = {"item": "Forecast", "made": "By", "mark": "Kind", **said}
    return tabled(chart.properties(width=640, height=height), data, columns)


def _shapes(marks: Collection[str]) -> alt.Shape:
    """Return a shape for each of the marks that a chart has, and their legend."""
    shapes = {"forecast": "circle", "at least": "triangle-right", "outturn": _STROKE}
    shapes = {mark: shape for mark, shape in shapes.items() if mark in marks}
    legend = alt.Legend(symbolFillColor=INK, symbolStrokeColor=INK, symbolStrokeWidth=0, columns=1)
    scale = alt.Scale(domain=list(shapes), range=list(shapes.values()))
    return alt.Shape("mark:N", title=None, sort=list(shapes), scale=scale, legend=legend)


def _statements(known: Collection[str]) -> dict[str, str]:
    """Return what a tooltip says of a forecast and its outturn, as expressions of Vega."""

    def number(column: str) -> str:
        return f"format(datum.{column}, '{_NUMBER}')"

    least = "(datum.mark == 'at least' ? 'more than ' : '')"
    upper = f"(isValid(datum.value_upper) ? ' to ' + {number('value_upper')} : '')"
    said = {
        "said_value": f"{least} + {number('value')} + {upper}",
        "said_outturn": f"isValid(datum.outturn) ? {number('outturn')} : 'not known yet'",
    }
    for level in BANDS:
        low, high = f"lower{level}", f"upper{level}"
        if high in known:
            both = f"{number(low)} + ' to ' + {number(high)}"
            said[f"said_{level}"] = f"isValid(datum.{high}) ? {both} : 'none given'"
    return said
