"""What the builders share: which data a chart keeps, and how an unconfirmed figure looks."""

from __future__ import annotations

import textwrap
from collections.abc import Mapping, Sequence
from math import ceil, floor, log10
from typing import Any

import altair as alt
import pandas as pd

from cbec.charts.theme import COLOURS

__all__ = [
    "colour_scale",
    "coloured",
    "dashed",
    "figures",
    "four_decimals",
    "hollow",
    "key",
    "label_axis",
    "labelled",
    "logarithmic",
    "outlined",
    "points",
    "room",
    "rounding",
    "segments",
    "tabled",
    "tooltip",
    "wrapped",
    "years",
]

_PROVENANCE = {"printed": "Printed", "vintage": "Vintage", "evidence": "Evidence"}
# Area of a circle that is 24 px wide, the least size of a target in WCAG 2.2 (2.5.8).
_TARGET = 450


def figures(frame: pd.DataFrame, *columns: str) -> pd.DataFrame:
    """Keep the columns that a chart draws and those that say where a figure comes from.

    The column ``unconfirmed`` is added. The marks look at it, and never at the words of
    ``evidence``, which a page may translate.
    """
    ends = [c for c in ("lower", "upper") if c in frame.columns and frame[c].isna().all()]
    frame = frame.drop(columns=ends)
    kept = [c for c in dict.fromkeys((*columns, "row", *_PROVENANCE)) if c in frame.columns]
    unconfirmed = frame["evidence"].isin(["unconfirmed"]) if "evidence" in frame.columns else False
    return frame[kept].assign(unconfirmed=unconfirmed).reset_index(drop=True)


def four_decimals(frame: pd.DataFrame, *columns: str) -> pd.DataFrame:
    """Round what a model made: stored charts hold on machines whose arithmetic ends otherwise.

    An optimiser's last digits differ between processors. Adding zero takes the sign off a zero.
    """
    return frame.assign(**{column: frame[column].round(4) + 0.0 for column in columns})


def tooltip(frame: pd.DataFrame, *shown: alt.Tooltip) -> list[alt.Tooltip]:
    """Return a tooltip that ends with what was printed, its vintage and its grade."""
    known = [alt.Tooltip(f"{c}:N", title=t) for c, t in _PROVENANCE.items() if c in frame.columns]
    return [*shown, *known]


def tabled(chart: Any, frame: pd.DataFrame, columns: Mapping[str, str]) -> Any:
    """Say which columns of its data the table below a chart shows, and their titles.

    Vintage and grade come with the names of the rows; without these names they are columns.
    """
    named = "row" in frame.columns and frame["row"].notna().all()
    more = {} if named else {c: _PROVENANCE[c] for c in ("vintage", "evidence")}
    shown = [[c, title] for c, title in {**columns, **more}.items() if c in frame.columns]
    return chart.properties(usermeta={"cbec": {"columns": shown}})


def hollow() -> Any:
    """Leave unconfirmed figures without filling."""
    return alt.when("datum.unconfirmed").then(alt.value(0)).otherwise(alt.value(1))


def key(frame: pd.DataFrame, symbol: str = "circle") -> list[alt.Chart]:
    """Say what a hollow mark means, in a chart with an unconfirmed figure.

    Vega-Lite has no legend for the opacity of a filling. A layer that shows nothing lends the
    legend of its dashes.
    """
    if not frame["unconfirmed"].any():
        return []
    legend = alt.Legend(
        title=None,
        orient="bottom",
        values=[True],
        labelExpr="'unconfirmed'",
        symbolType=symbol,
        symbolDash=[1, 0],
        symbolFillColor="transparent",
        symbolStrokeColor=COLOURS["grey"],
        symbolOpacity=1,
    )
    scale = alt.Scale(domain=[True], range=[[1, 0]])
    nothing = alt.Chart(frame).mark_point(opacity=0, size=0)
    return [nothing.encode(strokeDash=alt.StrokeDash("unconfirmed:N", scale=scale, legend=legend))]


def dashed() -> Any:
    """Dash a segment if the figure at either end of it is unconfirmed."""
    either = alt.datum.unconfirmed | alt.datum.next_unconfirmed
    return alt.when(either).then(alt.value([4, 4])).otherwise(alt.value([1, 0]))


def points(base: alt.Chart, *, size: int = 60, **look: Any) -> list[Any]:
    """Draw full and hollow points, and below them a larger target for finger and mouse."""
    drawn = base.mark_point(filled=True, size=size, strokeWidth=2, opacity=1)
    target = base.mark_point(filled=True, size=_TARGET).encode(opacity=alt.value(0))
    return [target, drawn.encode(fillOpacity=hollow(), **look)]


def segments(
    base: alt.Chart, *groups: str, x: str = "year", y: str = "value", color: Any
) -> alt.Chart:
    """Join the points of a group from year to year, each pair by a segment of its own."""
    following = [
        alt.WindowFieldDef.from_dict({"op": "lead", "field": column, "as": f"next_{column}"})
        for column in (x, y, "unconfirmed")
    ]
    return (
        base.transform_window(following, groupby=list(groups), sort=[alt.SortField(x)])
        .transform_filter(f"isValid(datum.next_{x})")
        .mark_rule(strokeWidth=2)
        .encode(
            x2=alt.X2(f"next_{x}:Q"), y2=alt.Y2(f"next_{y}:Q"), strokeDash=dashed(), color=color
        )
    )


def rounding(base: alt.Chart, *, color: Any, width: int = 7) -> alt.Chart:
    """Draw the range that rounding leaves as a light bar up and down from each point."""
    rule = base.mark_rule(strokeWidth=width, strokeOpacity=0.45)
    return rule.encode(alt.Y("lower:Q"), alt.Y2("upper:Q"), color=color)


def wrapped(text: object, width: int) -> str:
    """Break a text into lines."""
    return "\n".join(textwrap.wrap(str(text), width))


def labelled(frame: pd.DataFrame, column: str) -> pd.DataFrame:
    """Return a copy with the column ``label``: its text in lines short enough for a phone."""
    return frame.assign(label=frame[column].map(lambda text: wrapped(text, 26)))


def label_axis(**options: Any) -> alt.Y:
    """Return an axis of items whose labels stand in several lines."""
    axis = alt.Axis(labelExpr="split(datum.label, '\\n')", labelLimit=0, **options)
    return alt.Y("label:N", title=None, sort=None, axis=axis)


def room(values: pd.Series[Any], spare: float = 0.3) -> alt.Scale:
    """Return a scale from zero that leaves room for a number behind the longest bar."""
    return alt.Scale(domain=[0, float(values.max()) * (1 + spare)], nice=False)


def years(column: str = "year", values: Sequence[int] | None = None) -> alt.X:
    """Return an axis on which a missing year leaves a gap."""
    axis = alt.Axis(
        format="d",
        grid=False,
        labelOverlap=True,
        labelSeparation=6,
        tickCount=8,
        tickMinStep=1,
        values=alt.Undefined if values is None else list(values),
    )
    scale = alt.Scale(zero=False, nice=False, padding=12)
    return alt.X(f"{column}:Q", title=None, axis=axis, scale=scale)


def logarithmic(values: pd.Series[Any], unit: str, padding: int = 12) -> dict[str, Any]:
    """Return title, scale and axis of figures above zero, with a line at each 1 and 3."""
    powers = range(floor(log10(values.min())), ceil(log10(values.max())) + 1)
    ticks = [float(f"{digit}e{power}") for power in powers for digit in (1, 3)]
    return {
        "title": unit,
        "scale": alt.Scale(type="log", nice=False, padding=padding),
        "axis": alt.Axis(values=ticks, format="~g"),
    }


def coloured(column: str, names: Sequence[str], *, legend: bool = True) -> alt.Color:
    """Colour by a column; the legend stands in two columns if that fits a phone."""
    return alt.Color(f"{column}:N", **_hue(names, legend=legend))


def outlined(column: str, names: Sequence[str], *, legend: bool = True) -> dict[str, Any]:
    """Colour filling and outline by a column, so that a hollow mark keeps its colour."""
    hue = _hue(names, legend=legend)
    return {"color": alt.Color(f"{column}:N", **hue), "stroke": alt.Stroke(f"{column}:N", **hue)}


def colour_scale(names: Sequence[str]) -> alt.Scale:
    """Return a colour for each name, in the order of the theme."""
    hues = list(COLOURS.values())
    return alt.Scale(domain=list(names), range=[hues[i % len(hues)] for i in range(len(names))])


def _hue(names: Sequence[str], *, legend: bool) -> dict[str, Any]:
    columns = 2 if max((len(name) for name in names), default=0) <= 12 else 1
    shown = alt.Legend(columns=columns, symbolOpacity=1) if legend and len(names) > 1 else None
    return {
        "title": None,
        "sort": list(names),
        "scale": colour_scale(names),
        "legend": shown,
    }
