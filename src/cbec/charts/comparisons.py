"""Charts that compare items: provinces, countries, definitions, references."""

from __future__ import annotations

from collections.abc import Hashable, Mapping, Sequence
from typing import Any

import altair as alt
import pandas as pd

from cbec.charts.marks import (
    coloured,
    figures,
    four_decimals,
    hollow,
    key,
    label_axis,
    labelled,
    outlined,
    points,
    room,
    tabled,
    tooltip,
)
from cbec.charts.theme import COLOURS, INK

__all__ = [
    "bars",
    "interval_dots",
    "needed_growth",
    "publication_years",
    "ranked_pairs",
    "stacked_counts",
]


def interval_dots(
    frame: pd.DataFrame,
    *,
    unit: str,
    log: bool = False,
    mark: float | None = None,
    group: str | None = None,
    panel: str | None = None,
) -> Any:
    """Draw one value a line with its interval, and a mark to compare them with.

    Parameters
    ----------
    frame : DataFrame
        Columns ``item``, ``value``, ``lower`` and ``upper``, in the order to be drawn.
    unit : str
        Title of the value axis.
    log : bool
        Whether the axis is logarithmic.
    mark : float, optional
        Where a dashed line stands, zero or a threshold for instance.
    group : str, optional
        A column that colours the items; names of up to twenty letters fit a phone.
    panel : str, optional
        A column whose values have a panel each, side by side, with a value axis of its own.

    Returns
    -------
    altair.LayerChart or altair.FacetChart

    Examples
    --------
    >>> frame = pd.DataFrame({"item": ["drift", "last value"], "year": 2025,
    ...     "value": [19.0, 17.7], "lower": [18.5, 15.9], "upper": [19.4, 19.4]})
    >>> chart = interval_dots(frame, unit="trillion CNY", panel="year")
    >>> chart.usermeta["cbec"]["columns"][:2]
    [['year', 'Year'], ['item', 'Item']]
    """
    scale = (
        alt.Scale(type="log", nice=False, padding=16) if log else alt.Scale(zero=False, nice=True)
    )
    axis = alt.Axis(values=[1, 2, 5, 10, 20]) if log else alt.Axis(tickCount=5)
    ends = {"value": unit, "lower": "from", "upper": "to"}
    data = figures(frame, *filter(None, [panel, "item", group]), *ends)
    data = labelled(four_decimals(data, *ends), "item")
    base = alt.Chart(data).encode(
        label_axis(),
        tooltip=tooltip(
            data,
            alt.Tooltip("item:N", title="Item"),
            *(alt.Tooltip(f"{c}:Q", title=title, format=".3~f") for c, title in ends.items()),
        ),
    )
    blue = alt.value(COLOURS["blue"])
    hue: dict[str, Any] = {"color": blue, "stroke": blue}
    if group:
        hue = outlined(group, list(dict.fromkeys(data[group])))
    ranges = base.mark_rule(strokeWidth=6, opacity=0.5).encode(
        alt.X("lower:Q", title=unit, scale=scale, axis=axis), alt.X2("upper:Q"), color=hue["color"]
    )
    layers = [ranges, *points(base.encode(alt.X("value:Q")), **hue)]
    if mark is not None:
        once = alt.Chart(data).transform_aggregate(items="count()")
        layers.append(once.mark_rule(strokeDash=[5, 4], color=INK).encode(alt.XDatum(mark)))
    chart = alt.layer(*layers, *key(data)).properties(width=440, height=alt.Step(42))
    if panel:
        header = alt.Header(title=None, labelFontWeight="bold")
        chart = chart.properties(width=220).facet(alt.Facet(f"{panel}:N", header=header), columns=2)
        chart = chart.resolve_scale(x="independent")
    named = {column: column.capitalize() for column in (panel, "item", group) if column}
    return tabled(chart, data, {**named, **ends})


def bars(frame: pd.DataFrame, *, unit: str) -> Any:
    """Draw one bar an item, with its value, or with the range in which the value must lie.

    Parameters
    ----------
    frame : DataFrame
        Column ``item``, in the order to be drawn, and ``value``. An item that has no value but
        ``lower`` and ``upper`` gets a light bar from the one to the other.
    unit : str
        Title of the value axis.

    Returns
    -------
    altair.LayerChart

    Examples
    --------
    >>> frame = pd.DataFrame({"item": ["Guangdong", "any other"], "value": [14772, None],
    ...     "lower": [None, 0], "upper": [None, 31974]})
    >>> bars(frame, unit="firms").usermeta["cbec"]["columns"][1:]
    [['value', 'firms'], ['lower', 'at least'], ['upper', 'at most']]
    """
    data = labelled(figures(frame, "item", "value", "lower", "upper"), "item")
    bounded = bool(data["value"].isna().any())
    data["written"] = [_written(row) for row in data.to_dict("records")]
    data["end"] = data["value"].fillna(data["upper"]) if bounded else data["value"]
    ends = {"lower": "at least", "upper": "at most"} if bounded else {}
    base = alt.Chart(data).encode(
        label_axis(),
        tooltip=tooltip(
            data,
            alt.Tooltip("item:N", title="Item"),
            alt.Tooltip("written:N", title=unit),
        ),
    )
    scale = room(data["end"], 0.55 if bounded else 0.3)
    across = alt.X("value:Q", title=unit, scale=scale, axis=alt.Axis(tickCount=4, format=",~f"))
    blue = alt.value(COLOURS["blue"])
    drawn = base.mark_bar(height={"band": 0.7}, strokeWidth=1.5)
    layers = [drawn.encode(across, color=blue, stroke=blue, fillOpacity=hollow())]
    if bounded:
        ranges = base.transform_filter("!isValid(datum.value)").encode(
            alt.X("lower:Q"), alt.X2("upper:Q")
        )
        grey = COLOURS["grey"]
        layers += [
            ranges.mark_bar(height={"band": 0.7}, color=grey, opacity=0.35),
            ranges.mark_rule(color=grey, strokeWidth=2, strokeDash=[5, 3]),
        ]
    labels = base.mark_text(align="left", dx=5, color=INK).encode(
        alt.X("end:Q"), text=alt.Text("written:N")
    )
    chart = alt.layer(*layers, labels, *key(data, "square"))
    columns = {"item": "Item", "value": unit, **ends}
    return tabled(chart.properties(width=440, height=alt.Step(34)), data, columns)


def ranked_pairs(frame: pd.DataFrame, *, unit: str, order: Sequence[str]) -> Any:
    """Draw two dates of one measure as dots on a line for each country.

    Parameters
    ----------
    frame : DataFrame
        Columns ``country``, ``year`` and ``value``, two years.
    unit : str
        Title of the value axis.
    order : list of str
        The countries from top to bottom.

    Returns
    -------
    altair.LayerChart
    """
    dates = [str(year) for year in sorted(frame["year"].unique())]
    data = figures(frame, "country", "year", "value").astype({"year": str})
    base = alt.Chart(data).encode(
        alt.Y("country:N", title=None, sort=list(order)),
        alt.X(
            "value:Q",
            title=unit,
            scale=alt.Scale(zero=False, nice=False, padding=14),
            axis=alt.Axis(tickCount=5),
        ),
        tooltip=tooltip(
            data,
            alt.Tooltip("country:N", title="Country"),
            alt.Tooltip("year:N", title="Year"),
            alt.Tooltip("value:Q", title=unit),
        ),
    )
    shape = alt.Shape("year:N", title=None, sort=dates, scale=alt.Scale(domain=dates))
    dots = points(base, size=90, shape=shape, **outlined("year", dates))
    lines = base.mark_line(color=COLOURS["grey"], strokeWidth=2).encode(alt.Detail("country:N"))
    chart = alt.layer(lines, *dots, *key(data)).properties(width=460, height=alt.Step(26))
    return tabled(chart, data, {"country": "Country", "year": "Year", "value": unit})


def stacked_counts(frame: pd.DataFrame, *, category: str, colour: str, unit: str) -> Any:
    """Draw how many items each category has, divided by a second property.

    Parameters
    ----------
    frame : DataFrame
        One row an item, with a column ``statement`` for the tooltip.
    category, colour : str
        Names of the columns.
    unit : str
        Title of the count axis.

    Returns
    -------
    altair.Chart
    """
    names = list(dict.fromkeys(frame[colour]))
    data = labelled(figures(frame, category, colour, "statement"), category)
    data["place"] = data.groupby(category).cumcount() + 1
    chart = (
        alt.Chart(data)
        .mark_square(size=360, opacity=1)
        .encode(
            alt.X("place:O", title=unit, axis=alt.Axis(labelAngle=0)),
            label_axis(),
            coloured(colour, names),
            tooltip=[
                alt.Tooltip("statement:N", title="Statement"),
                alt.Tooltip(f"{colour}:N", title="Carries"),
            ],
        )
        .properties(width=400, height=alt.Step(40))
    )
    return tabled(chart, data, {category: "Part", "statement": "Statement", colour: "Carries"})


def needed_growth(observed: pd.DataFrame, *, multiples: Sequence[float], years: int) -> Any:
    """Draw the yearly growth that a multiple needs, with a slider for the years.

    Parameters
    ----------
    observed : DataFrame
        Columns ``item`` and ``rate`` in percent, drawn as dashed lines to compare with.
    multiples : list of float
        End over start.
    years : int
        Where the slider stands at the beginning.

    Returns
    -------
    altair.LayerChart
    """
    window = alt.param(
        name="window_years",
        value=years,
        bind=alt.binding_range(min=1, max=10, step=1, name="Years "),
    )
    needed = (
        alt.Chart(pd.DataFrame({"multiple": list(multiples)}))
        .transform_calculate(rate="100 * (pow(datum.multiple, 1 / window_years) - 1)")
        .encode(
            alt.X("multiple:O", title="multiple of the start", axis=alt.Axis(labelAngle=0)),
            alt.Y("rate:Q", title="percent a year"),
            tooltip=[
                alt.Tooltip("multiple:O", title="Multiple"),
                alt.Tooltip("rate:Q", title="Percent a year", format=".1f"),
            ],
        )
        .add_params(window)
    )
    labels = needed.mark_text(dy=14, fontWeight="bold", color="white").encode(
        alt.Text("rate:Q", format=".1f")
    )
    data = figures(observed, "item", "rate")
    lines = (
        alt.Chart(data)
        .mark_rule(strokeDash=[5, 4], strokeWidth=2)
        .encode(
            alt.Y("rate:Q"),
            coloured("item", list(data["item"])),
            tooltip=tooltip(
                data,
                alt.Tooltip("item:N", title="Observed"),
                alt.Tooltip("rate:Q", title="Percent a year", format=".1f"),
            ),
        )
    )
    chart = alt.layer(needed.mark_bar(color=COLOURS["grey"]), lines, labels).properties(width=560)
    return tabled(chart, data, {"item": "Observed", "rate": "Percent a year"})


def publication_years(frame: pd.DataFrame) -> Any:
    """Draw the year of each reference, coloured by whether it can bear what it is cited for.

    Parameters
    ----------
    frame : DataFrame
        Columns ``item``, ``value`` (the year) and ``verdict``.

    Returns
    -------
    altair.Chart
    """
    names = list(dict.fromkeys(frame["verdict"]))
    data = labelled(figures(frame, "item", "value", "verdict"), "item")
    chart = (
        alt.Chart(data)
        .mark_point(filled=True, size=110, opacity=1)
        .encode(
            label_axis(grid=True),
            alt.X(
                "value:Q",
                title="year of publication",
                scale=alt.Scale(zero=False, nice=False, padding=12),
                axis=alt.Axis(format="d", tickMinStep=1),
            ),
            coloured("verdict", names),
            alt.Shape("verdict:N", title=None, sort=names, scale=alt.Scale(domain=names)),
            tooltip=[
                alt.Tooltip("item:N", title="Reference"),
                alt.Tooltip("value:Q", title="Year"),
                alt.Tooltip("verdict:N", title="Can it bear it?"),
            ],
        )
        .properties(width=440, height=alt.Step(40))
    )
    return tabled(chart, data, {"item": "Reference", "value": "Year", "verdict": "Can it bear it?"})


def _written(row: Mapping[Hashable, Any]) -> str:
    """Write a value, or the range that stands for it."""
    if not pd.isna(row["value"]):
        return f"{row['value']:,.6g}"
    return f"{row['lower']:,.6g} – {row['upper']:,.6g}"
