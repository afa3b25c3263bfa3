"""Charts that compare items: provinces, countries, definitions, references."""

from __future__ import annotations

from collections.abc import Hashable, Mapping, Sequence
from typing import Any

import altair as alt
import pandas as pd

from cbec.charts.axes import items, labelled, room, shaped, tight
from cbec.charts.colours import COLOURS, INK, outlined, plain
from cbec.charts.marks import hollow, key, layered, points
from cbec.charts.tooltips_and_tables import (
    Column,
    amount,
    chart_data,
    range_columns,
    rounded,
    tabled,
    tooltip,
)


def interval_dots(
    frame: pd.DataFrame,
    *,
    unit: str,
    mark: float,
    group: str,
    panel: str = "",
    log: bool = False,
    said: str = "",
) -> Any:
    """Draw one value a line with its interval, and a mark to compare them with.

    Parameters
    ----------
    frame : DataFrame
        Columns ``item``, ``value``, ``lower`` and ``upper``, in the order to be drawn.
    mark : float
        Where a dashed line stands.
    group : str
        A column that colours the items; names of up to twenty letters fit a phone.
    panel : str, optional
        A column whose values have a panel each, below each other, with axes of their own.
    log : bool
        Whether the axis is logarithmic.
    said : str, optional
        What the dashed line is; with it, each value stands beside its dot.

    Examples
    --------
    >>> frame = pd.DataFrame({"item": ["drift", "last value"], "year": 2025, "from": "2024",
    ...     "value": [19.0, 17.7], "lower": [18.5, 15.9], "upper": [19.4, 19.4]})
    >>> chart = interval_dots(frame, unit="trillion CNY", mark=17.7, group="from", panel="year")
    >>> chart.usermeta["cbec"]["columns"][:3]
    [['year', 'Year'], ['item', 'Item'], ['from', 'From']]
    """
    grouped = [Column(name, name.capitalize()) for name in (panel, "item", group) if name]
    numbers = [amount(unit, ".3~f"), *range_columns(".3~f", "from", "to")]
    shown = [*grouped, *numbers]
    data = rounded(chart_data(frame, shown), *(field.column for field in numbers))
    data = labelled(data, "item")
    told = tooltip([Column("item", "Item"), *numbers], data)
    # A range that ended at the edge would look as if it went on.
    scale = alt.Scale(type="log", nice=False, padding=16) if log else tight(14)
    axis = (
        alt.Axis(values=[1, 2, 5, 10, 20])
        if log
        else alt.Axis(tickCount=5, labelOverlap=True, labelSeparation=8)
    )
    across = alt.X("lower:Q", title=unit, scale=scale, axis=axis)
    # Between the legend and the drawing there is room for what the mark is.
    look: dict[str, Any] = {"offset": 30} if said else {}
    hue = outlined(group, list(dict.fromkeys(data[group])), **look)

    def drawn(rows: pd.DataFrame, **head: Any) -> Any:
        base = alt.Chart(rows).encode(items(), tooltip=told)
        ranges = base.encode(across, alt.X2("upper:Q"), color=hue["color"])
        ranges = ranges.mark_rule(strokeWidth=6, opacity=0.5)
        dots = points(base.encode(alt.X("value:Q")), **hue)
        once = alt.Chart(rows).transform_aggregate(items="count()").encode(alt.XDatum(mark))
        line = once.mark_rule(strokeDash=[5, 4], color=INK)
        words = []
        if said:
            label = once.mark_text(baseline="bottom", dy=-5, fontWeight="bold")
            value = base.mark_text(align="left", dx=9).encode(
                alt.X("value:Q"), text=alt.Text("value:Q", format=".3r")
            )
            words = [label.encode(y=alt.value(0), text=alt.TextDatum(said)), value]
        chart = alt.layer(ranges, *dots, line, *words, *key(rows))
        return chart.properties(width=440, height=alt.Step(42), **head)

    if not panel:
        return tabled(drawn(data), data, shown)
    # Not one chart with facets: each has only the rows that it needs, and axes of its own.
    heads: Any = {"anchor": "start", "frame": "group", "fontSize": 12, "color": INK, "offset": 8}
    views = [
        drawn(rows.reset_index(drop=True), title=alt.TitleParams(str(name), **heads))
        for name, rows in data.groupby(panel, sort=False)
    ]
    return tabled(alt.vconcat(*views), data, shown)


def bars(frame: pd.DataFrame, *, unit: str) -> Any:
    """Draw one bar an item, with its value, or with the range in which the value must lie.

    Parameters
    ----------
    frame : DataFrame
        Column ``item``, in the order to be drawn, and ``value``. An item that has no value but
        ``lower`` and ``upper`` gets a faint bar from the one to the other.

    Examples
    --------
    >>> frame = pd.DataFrame({"item": ["Guangdong", "any other"], "value": [14772, None],
    ...     "lower": [None, 0], "upper": [None, 31974]})
    >>> bars(frame, unit="firms").usermeta["cbec"]["columns"][1:]
    [['value', 'firms'], ['lower', 'at least'], ['upper', 'at most']]
    """
    item, value = Column("item", "Item"), Column("value", unit)
    data = labelled(chart_data(frame, [item, value, *range_columns()]), "item")
    bounded = bool(data["value"].isna().any())
    data["written"] = [_written(row) for row in data.to_dict("records")]
    data["end"] = data["value"].fillna(data["upper"]) if bounded else data["value"]
    base = alt.Chart(data).encode(items(), tooltip=tooltip([item, Column("written", unit)], data))
    scale = room(data["end"], 0.85 if bounded else 0.3)
    across = alt.X("value:Q", title=unit, scale=scale, axis=alt.Axis(tickCount=4, format=",~f"))
    drawn = base.mark_bar(height={"band": 0.7}, strokeWidth=1.5)
    layers = [drawn.encode(across, fillOpacity=hollow(), **plain("blue"))]
    if bounded:
        ranges = base.transform_filter("!isValid(datum.value)")
        ranges = ranges.encode(alt.X("lower:Q"), alt.X2("upper:Q"))
        light = ranges.mark_bar(height={"band": 0.7}, color=COLOURS["grey"], opacity=0.35)
        edge = ranges.mark_rule(color=COLOURS["grey"], strokeWidth=2, strokeDash=[5, 3])
        layers += [light, edge]
    labels = base.mark_text(align="left", dx=5, color=INK)
    layers.append(labels.encode(alt.X("end:Q"), text=alt.Text("written:N")))
    shown = [item, value, *(range_columns() if bounded else [])]
    return layered(data, shown, *layers, symbol="square", width=440, height=alt.Step(34))


def ranked_pairs(frame: pd.DataFrame, *, unit: str, order: Sequence[str]) -> Any:
    """Draw two dates of one measure as dots on a line for each country, in order downwards.

    Parameters
    ----------
    frame : DataFrame
        Columns ``country``, ``year`` (two) and ``value``.
    """
    shown = [Column("country", "Country"), Column("year", "Year"), Column("value", unit, "Q")]
    data = chart_data(frame, shown).astype({"year": str})
    dates = sorted(data["year"].unique())
    down = alt.Y("country:N", title=None, sort=list(order))
    across = alt.X("value:Q", title=unit, scale=tight(14), axis=alt.Axis(tickCount=5))
    base = alt.Chart(data).encode(down, across, tooltip=tooltip(shown, data))
    dots = points(base, size=90, shape=shaped("year", dates), **outlined("year", dates))
    lines = base.mark_line(color=COLOURS["grey"], strokeWidth=2).encode(alt.Detail("country:N"))
    return layered(data, shown, lines, *dots, width=460, height=alt.Step(26))


#: The colours of what is said of a reference; what isn't known is grey.
_JUDGED = {"yes": "blue", "partly": "sky", "no": "vermilion"}


def publication_years(frame: pd.DataFrame) -> Any:
    """Draw the year of each reference, coloured by whether it fits what it is cited for.

    Parameters
    ----------
    frame : DataFrame
        Columns ``item``, ``value`` (the year) and ``verdict``.
    """
    judged = Column("verdict", "Does it fit?")
    shown = [Column("item", "Reference"), Column("value", "Year", "Q"), judged]
    data = labelled(chart_data(frame, shown), "item")
    names = list(dict.fromkeys(data["verdict"]))
    hues = [COLOURS[_JUDGED.get(name.partition(",")[0], "grey")] for name in names]
    axis = alt.Axis(format="d", tickMinStep=1)
    dots = alt.Chart(data).mark_point(filled=True, size=110, opacity=1)
    chart = dots.encode(
        items(grid=True),
        alt.X("value:Q", title="year of publication", scale=tight(12), axis=axis),
        outlined("verdict", names, hues)["color"],
        shaped("verdict", names),
        tooltip=tooltip(shown, data),
    )
    return tabled(chart, data, shown, width=440, height=alt.Step(40))


def _written(row: Mapping[Hashable, Any]) -> str:
    """Write a value, or the range that stands for it."""
    if not pd.isna(row["value"]):
        return f"{row['value']:,.6g}"
    return f"{row['lower']:,.6g} – {row['upper']:,.6g}"
