"""The marks that the builders share, and how an unconfirmed figure looks."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import altair as alt
import pandas as pd

from cbec.charts.colours import COLOURS, INK
from cbec.charts.tooltips_and_tables import Column, tabled

# Area of a circle that is 24 px wide, the least size of a target in WCAG 2.2 (2.5.8).
_TARGET = 450


def hollow() -> Any:
    """Leave unconfirmed figures without filling."""
    return alt.when("datum.unconfirmed").then(alt.value(0)).otherwise(alt.value(1))


def key(frame: pd.DataFrame, symbol: str = "circle", *, shared: bool = False) -> list[alt.Chart]:
    """Return the layer that says what a hollow mark means, none if no row is ``unconfirmed``.

    Vega-Lite has no legend for the opacity of a filling. A layer that shows nothing lends the
    legend of its dashes; it may share the data of the chart around it.
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
    nothing = alt.Chart(alt.Undefined if shared else frame).mark_point(opacity=0, size=0)
    return [nothing.encode(strokeDash=alt.StrokeDash("unconfirmed:N", scale=scale, legend=legend))]


def layered(
    frame: pd.DataFrame, shown: Iterable[Column], *marks: Any, symbol: str = "circle", **size: Any
) -> Any:
    """Lay marks over each other, say what a hollow one means, and which figures are shown."""
    chart = alt.layer(*marks, *key(frame, symbol))
    return tabled(chart, frame, shown, **{"width": 640, **size})


def points(base: alt.Chart, *, size: int = 60, **look: Any) -> list[Any]:
    """Draw full and hollow points, and below them a larger target for finger and mouse."""
    drawn = base.mark_point(filled=True, size=size, strokeWidth=2, opacity=1)
    target = base.mark_point(filled=True, size=_TARGET).encode(opacity=alt.value(0))
    return [target, drawn.encode(fillOpacity=hollow(), **look)]


def segments(base: alt.Chart, *groups: str, x: str = "year", color: Any) -> alt.Chart:
    """Join the points of a group from year to year, each pair by a segment of its own.

    A segment is dashed if the figure at either end of it is unconfirmed. Where a year is missing,
    there is none: what happened in between isn't known.
    """
    following = [
        alt.WindowFieldDef.from_dict({"op": "lead", "field": column, "as": f"next_{column}"})
        for column in (x, "value", "unconfirmed")
    ]
    either = alt.datum.unconfirmed | alt.datum.next_unconfirmed
    dashes = alt.when(either).then(alt.value([4, 4])).otherwise(alt.value([1, 0]))
    return (
        base.transform_window(following, groupby=list(groups), sort=[alt.SortField(x)])
        .transform_filter(f"isValid(datum.next_{x}) && datum.next_{x} - datum.{x} < 1.5")
        .mark_rule(strokeWidth=2)
        .encode(x2=alt.X2(f"next_{x}:Q"), y2=alt.Y2("next_value:Q"), strokeDash=dashes, color=color)
    )


def year_events(base: alt.Chart, data: pd.DataFrame, x: str = "year") -> list[alt.Chart]:
    """Write what happened in a year above the drawing, with a dotted line down from it.

    The words are in the column ``event`` of the row at whose place they stand; they end there. Each
    one after the first stands lower or higher than the one before it, so that they fit a phone.
    """
    if "event" not in data or not data["event"].notna().any():
        return []
    noted = base.transform_filter("isValid(datum.event)").encode(alt.X(f"{x}:Q"))
    ends: dict[str, Any] = {"y": alt.value(0), "y2": alt.value("height")}
    line = noted.encode(**ends).mark_rule(strokeDash=[2, 3], opacity=0.6, color=INK)
    words = [
        noted.transform_filter(f"{parity}datum.event_odd")
        .mark_text(align="right", baseline="bottom", dx=3, dy=dy, fontSize=11)
        .encode(y=alt.value(0), text="event:N")
        for parity, dy in (("!", -3), ("", -16))
    ]
    return [line, *words]


def rounding_bars(
    base: alt.Chart, *, color: Any, ends: tuple[str, str] = ("lower", "upper"), width: int = 7
) -> alt.Chart:
    """Draw the range that rounding leaves as a wide bar up and down from each point."""
    rule = base.mark_rule(strokeWidth=width, strokeOpacity=0.65)
    return rule.encode(alt.Y(f"{ends[0]}:Q"), alt.Y2(f"{ends[1]}:Q"), color=color)


def in_legend(column: str, bind: Any = "legend", *, faint: float = 0.15) -> tuple[Any, Any]:
    """Let a click in the legend pick, and return the picking and the opacity that shows it."""
    picked = alt.selection_point(fields=[column], bind=bind, name=f"{column}_in_legend")
    return picked, alt.when(picked).then(alt.value(1)).otherwise(alt.value(faint))


def heading(base: alt.Chart, column: str, above: str) -> alt.Chart:
    """Write each text of a column once, above its row, broken into lines on a phone."""
    return base.transform_filter("datum.first").mark_text(
        align="left",
        baseline="bottom",
        lineBreak="\n",
        x=0,
        dy={"expr": above},
        text={"expr": f"width > 480 ? datum.{column} : datum.broken"},
    )
