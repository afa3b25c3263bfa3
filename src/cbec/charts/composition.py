"""Charts of parts that add up: of figures by year, and of counts."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import altair as alt
import pandas as pd

from cbec.charts.axes import items, labelled, span
from cbec.charts.colours import INK, coloured, outlined
from cbec.charts.marks import hollow, in_legend, layered, points
from cbec.charts.tooltips_and_tables import (
    SERIES_COLUMN,
    YEAR_COLUMN,
    Column,
    amount,
    chart_data,
    range_columns,
    tabled,
    tooltip,
)


def stacked_mix(frame: pd.DataFrame, *, unit: str, order: Sequence[str], total: str) -> Any:
    """Draw the parts of a whole as stacked bars by year, and the printed whole as a diamond.

    The whole is a figure of its own: it may be known where its parts aren't, and differ from their
    sum. The share of a part, in the tooltip and the table, is that in the sum of the parts.

    Parameters
    ----------
    frame : DataFrame
        Columns ``year``, ``series`` and ``value``.
    order, total : Sequence of str, str
        The series that are parts, from the axis upwards, and the one that is the whole.

    Examples
    --------
    >>> from cbec import load
    >>> frame = load("market", year=2024)
    >>> parts = ["market-export", "market-import"]
    >>> chart = stacked_mix(frame, unit="trillion CNY", order=parts, total="market-total")
    >>> chart.data.set_index("series")["share"].tolist()
    [77.6, 22.4, nan]
    """
    told = [YEAR_COLUMN, SERIES_COLUMN, amount(unit)]
    shown = [*told, amount("Share, %", ".1f", "share")]
    data = _stacked(chart_data(frame, told), order, total)
    parts = data["value"].where(~data["whole"])
    data["share"] = (100 * parts / parts.groupby(data["year"]).transform("sum")).round(1)
    base = alt.Chart(data).encode(_bands(data), tooltip=tooltip(told, data))
    bars = _bars(base, order, unit).encode(tooltip=tooltip(shown, data))
    wholes = base.transform_filter("datum.whole").encode(alt.Y("value:Q"))
    # On a phone there is room for every second number only.
    written = f"width > 480 || ({data['year'].max()} - datum.year) % 2 == 0"
    # As printed: a zero at the end says how finely.
    text = (
        alt.when(written)
        .then(alt.Text("printed:N" if "printed" in data else "value:Q"))
        .otherwise(alt.value(""))
    )
    numbers = wholes.mark_text(dy=-12, fontSize=11, color=INK).encode(text=text)
    return layered(data, shown, bars, *_wholes(wholes, total), numbers, symbol="square")


def contributions(frame: pd.DataFrame, *, unit: str, order: Sequence[str], total: str) -> Any:
    """Draw what parts add to the growth of a whole by year, and the growth itself as a diamond.

    Contributions below zero hang from the axis. Thin rules show the range that rounding leaves: of
    a part around the end of its bar, of the whole around the diamond.

    Parameters
    ----------
    frame : DataFrame
        Columns ``year``, ``series``, ``value``, ``lower`` and ``upper``, in percentage points.
    order, total : Sequence of str, str
        The series that are parts, from the axis outwards, and the growth of the whole.

    Examples
    --------
    >>> frame = pd.DataFrame({"year": 2024, "series": ["Exports", "Imports", "Growth"],
    ...     "value": [2.7, 2.1, 4.8], "lower": 2.0, "upper": 5.0})
    >>> chart = contributions(frame, unit="points", order=["Exports", "Imports"], total="Growth")
    >>> chart.data["start"].tolist()
    [0.0, 2.7, nan]
    """
    shown = [YEAR_COLUMN, SERIES_COLUMN, amount(unit, ".2f"), *range_columns(".2f")]
    data = _stacked(chart_data(frame, shown), order, total)
    data["bottom"] = data["lower"] + data["start"].fillna(0)
    data["top"] = data["upper"] + data["start"].fillna(0)
    base = alt.Chart(data).encode(_bands(data), tooltip=tooltip(shown, data))
    wholes = base.transform_filter("datum.whole").encode(alt.Y("value:Q"))
    # The rules of parts stand beside each other: the last one ends near that of the whole.
    places = [0.22 + 0.56 * rank / max(1, len(order) - 1) for rank in range(len(order))]
    rules = [
        base.transform_filter(alt.datum.rank == rank)
        .mark_rule(color=INK)
        .encode(_bands(data, place), alt.Y("bottom:Q"), alt.Y2("top:Q"))
        for rank, place in enumerate([*places, 0.5])
    ]
    marks = [_bars(base, order, unit), *rules, *_wholes(wholes, total)]
    return layered(data, shown, *marks, symbol="square")


def grouped_bars(frame: pd.DataFrame, *, unit: str, order: Sequence[str]) -> Any:
    """Draw bars for several series side by side in each year, with the range left by rounding.

    Parameters
    ----------
    frame : DataFrame
        Columns ``year``, ``series``, ``value``, ``lower`` and ``upper``.
    order : Sequence of str
        The series in the order of the bars.
    """
    shown = [YEAR_COLUMN, SERIES_COLUMN, amount(unit, ".2f"), *range_columns(".2f")]
    data = chart_data(frame, shown)
    picked, opacity = in_legend("series")
    beside, told = alt.XOffset("series:N", sort=list(order)), tooltip(shown, data)
    base = alt.Chart(data).encode(_bands(data), beside, opacity=opacity, tooltip=told)
    drawn = base.mark_bar(strokeWidth=1.5).add_params(picked)
    up = alt.Y("value:Q", title=unit)
    bars = drawn.encode(up, fillOpacity=hollow(), **outlined("series", order))
    rules = base.mark_rule(color=INK).encode(alt.Y("lower:Q"), alt.Y2("upper:Q"))
    return layered(data, shown, bars, rules, symbol="square")


def stacked_counts(frame: pd.DataFrame, *, category: str, colour: str, unit: str) -> Any:
    """Draw how many items each category has, by the colour of a second property.

    Parameters
    ----------
    frame : DataFrame
        One row an item, with a column ``statement`` for the tooltip.
    category, colour : str
        Names of the two columns.
    """
    told = [Column("statement", "Statement"), Column(colour, "Comes with")]
    shown = [Column(category, "Part"), *told]
    data = labelled(chart_data(frame, shown), category)
    data["place"] = data.groupby(category).cumcount() + 1
    gap = alt.Scale(paddingInner=0.15)
    chart = (
        alt.Chart(data)
        .mark_rect()
        .encode(
            alt.X("place:O", title=unit, axis=alt.Axis(labelAngle=0), scale=gap),
            items().scale(padding=0.25),
            coloured(colour, list(dict.fromkeys(data[colour]))),
            tooltip=tooltip(told, data),
        )
    )
    return tabled(chart, data, shown, width=400, height=alt.Step(40))


def _stacked(data: pd.DataFrame, order: Sequence[str], total: str) -> pd.DataFrame:
    """Place each part on those before it, upwards from zero if positive, else downwards."""
    ranks = {name: place for place, name in enumerate([*order, total])}
    data = data.assign(rank=data["series"].map(ranks)).dropna(subset=["rank", "value"])
    data = data.sort_values(["year", "rank"]).astype({"rank": int}).reset_index(drop=True)
    whole = data["series"] == total
    height = data["value"].mask(whole, 0)
    sides = [data["year"], height >= 0]
    start = height.groupby(sides).cumsum().groupby(sides).shift(fill_value=0)
    return data.assign(whole=whole, start=start.mask(whole))


def _bands(data: pd.DataFrame, place: float = 0.5) -> alt.X:
    """Return an axis with a band for each year, also for those without a figure."""
    return alt.X(
        "year:O",
        title=None,
        bandPosition=place,
        scale=alt.Scale(domain=span(data), paddingInner=0.25, paddingOuter=0.15),
        axis=alt.Axis(labelAngle=0, labelOverlap=True),
    )


def _bars(base: alt.Chart, order: Sequence[str], unit: str) -> alt.Chart:
    parts = base.transform_filter("!datum.whole")
    bars = parts.transform_calculate(end="datum.start + datum.value").mark_bar(strokeWidth=1.5)
    up = alt.Y("start:Q", title=unit)
    return bars.encode(up, alt.Y2("end:Q"), fillOpacity=hollow(), **outlined("series", order))


def _wholes(base: alt.Chart, total: str) -> list[alt.Chart]:
    ink = alt.value(INK)
    legend = alt.Legend(symbolFillColor=INK, symbolStrokeColor=INK)
    scale = alt.Scale(domain=[total], range=["diamond"])
    shape = alt.Shape("series:N", title=None, scale=scale, legend=legend)
    return points(base, size=50, shape=shape, color=ink, stroke=ink)
