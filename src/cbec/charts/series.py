"""Charts of figures by year or date."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Any

import altair as alt
import pandas as pd

from cbec.charts.marks import (
    figures,
    key,
    logarithmic,
    outlined,
    points,
    rounding,
    segments,
    tabled,
    tooltip,
    wrapped,
    years,
)
from cbec.charts.theme import COLOURS, INK

__all__ = ["annual_lines", "by_edition", "definitions", "picked_line", "share_band", "steps"]

_NUMBER = ",.4~f"


def annual_lines(
    frame: pd.DataFrame,
    *,
    value: str = "value",
    series: str = "series",
    unit: str,
    log: bool = False,
    order: Sequence[str] | None = None,
) -> Any:
    """Draw annual series as lines, with their rounding ranges; a click in the legend selects.

    Parameters
    ----------
    frame : DataFrame
        Columns ``year``, the value, the series and, if known, ``lower`` and ``upper``, the range
        that rounding leaves, drawn as a thin rule.
    value, series : str
        Names of the columns.
    unit : str
        Title of the value axis.
    log : bool
        Whether the value axis is logarithmic.
    order : list of str, optional
        The series in the order of the legend.

    Returns
    -------
    altair.LayerChart

    Examples
    --------
    >>> from cbec import load
    >>> frame = load("market", series="market-total")
    >>> chart = annual_lines(frame, unit="trillion CNY")
    >>> chart.usermeta["cbec"]["columns"]
    [['year', 'Year'], ['series', 'Series'], ['value', 'trillion CNY']]
    """
    names = list(order or dict.fromkeys(frame[series]))
    bind = "legend" if len(names) > 1 else alt.Undefined
    picked = alt.selection_point(fields=[series], bind=bind, name="series_in_legend")
    data = figures(frame, "year", series, value, "lower", "upper")
    up = logarithmic(data[value], unit) if log else {"title": unit, "scale": alt.Scale(zero=True)}
    base = alt.Chart(data).encode(
        years(),
        alt.Y(f"{value}:Q", **up),
        tooltip=tooltip(
            data,
            alt.Tooltip("year:O", title="Year"),
            alt.Tooltip(f"{series}:N", title="Series"),
            alt.Tooltip(f"{value}:Q", title=unit, format=_NUMBER),
            *_tips(data),
        ),
        opacity=alt.when(picked).then(alt.value(1)).otherwise(alt.value(0.15)),
    )
    hue = outlined(series, names)
    line = segments(base, series, y=value, color=hue["color"])
    ranges = [rounding(base, color=hue["color"])] if "lower" in data.columns else []
    chart = alt.layer(line, *ranges, *points(base, **hue), *key(data)).add_params(picked)
    chart = chart.properties(width=640)
    return tabled(chart, data, {"year": "Year", series: "Series", value: unit, **_ends(data)})


def share_band(
    frame: pd.DataFrame, *, unit: str, order: Sequence[str], panel: str | None = None
) -> Any:
    """Draw variants of one measure by year side by side, each with the range that rounding leaves.

    The variants stand beside each other within a year, since their ranges overlap, and the axis
    needn't start at zero, since what matters is whether a range lies above the one before it.

    Parameters
    ----------
    frame : DataFrame
        Columns ``year``, ``series`` (the variant), ``value``, ``lower`` and ``upper``.
    unit : str
        Title of the value axis.
    order : list of str
        The variants in the order of the legend, at most three.
    panel : str, optional
        A column whose values get a panel each, with an axis of its own: the definition, for
        instance, if definitions differ too much for one axis.

    Returns
    -------
    altair.LayerChart or altair.FacetChart

    Examples
    --------
    >>> frame = pd.DataFrame({"year": [2023, 2024], "series": "first-published totals",
    ...     "value": [40.35, 40.27], "lower": [40.33, 40.25], "upper": [40.37, 40.29]})
    >>> chart = share_band(frame, unit="percent", order=["first-published totals"])
    >>> len(chart.usermeta["cbec"]["columns"])
    5
    """
    names = list(order)
    data = figures(frame, *filter(None, ["year", panel, "series", "value", "lower", "upper"]))
    middle = (len(names) - 1) / 2
    data["place"] = data["year"] + 0.16 * (data["series"].map(names.index) - middle)
    span = list(range(int(data["year"].min()), int(data["year"].max()) + 1))
    base = alt.Chart(data).encode(
        years("place", span),
        alt.Y("value:Q", title=unit, scale=alt.Scale(zero=False, nice=False, padding=10)),
        tooltip=tooltip(
            data,
            alt.Tooltip("year:O", title="Year"),
            alt.Tooltip("series:N", title="Variant"),
            alt.Tooltip("value:Q", title=unit, format=".2f"),
            *_tips(data, ".2f"),
        ),
    )
    hue = outlined("series", names)
    line = segments(base, *filter(None, [panel, "series"]), x="place", color=hue["color"])
    line = line.encode(strokeWidth=alt.value(1.2))
    ranges = rounding(base, color=hue["color"], width=9)
    chart = alt.layer(line, ranges, *points(base, size=45, **hue), *key(data))
    columns = {"year": "Year", "series": "Variant", "value": unit, **_ends(data)}
    if panel is None:
        return tabled(chart.properties(width=640), data, columns)
    header = alt.Header(title=None, labelOrient="top", labelAngle=0, labelAnchor="start")
    rows = alt.Row(f"{panel}:N", sort=list(dict.fromkeys(data[panel])), header=header)
    chart = chart.properties(width=600, height=230).facet(row=rows).resolve_scale(y="independent")
    return tabled(chart, data, {panel: "Basis", **columns})


def definitions(
    frame: pd.DataFrame, *, unit: str, order: Sequence[str], rivals: Collection[str] = ()
) -> Any:
    r"""Draw one quantity by several definitions on a logarithmic axis, each line with its name.

    Parameters
    ----------
    frame : DataFrame
        Columns ``year``, ``series`` (the definition, in words of at most twelve letters, since
        it stands beside its line on a phone, too) and ``value``.
    unit : str
        Title of the value axis.
    order : list of str
        The definitions, in the order of the colours.
    rivals : collection of str
        Values of ``series`` that are single estimates of other publishers, drawn as crosses and
        not joined.

    Returns
    -------
    altair.LayerChart

    Examples
    --------
    >>> from cbec import load
    >>> frame = load("market", series=["market-total", "market-import"])
    >>> chart = definitions(frame, unit="trillion CNY", order=["market-total", "market-import"])
    >>> [name for name in chart.data["name"] if name]
    ['market-total', 'market-\nimport']
    """
    names = list(order)
    data = figures(frame, "year", "series", "value")
    data["joined"] = ~data["series"].isin(list(rivals))
    data["name"] = ""
    lines = data[data["joined"]]
    for last in lines.groupby("series")["year"].idxmax():
        data.loc[last, "name"] = wrapped(data.loc[last, "series"], 12)
    others = data[~data["joined"]]
    if len(others):
        data.loc[others["value"].idxmax(), "name"] = "other publishers"
    first, end = int(data["year"].min()), int(data["year"].max())
    # The names stand to the right of the lines, also on a phone.
    across = alt.Scale(domain=[first - 0.4, end + 0.46 * (end - first)], nice=False)
    base = alt.Chart(data).encode(
        years(values=range(first, end + 1)).scale(across),
        alt.Y("value:Q", **logarithmic(data["value"], unit, padding=18)),
        tooltip=tooltip(
            data,
            alt.Tooltip("year:O", title="Year"),
            alt.Tooltip("series:N", title="Definition"),
            alt.Tooltip("value:Q", title=unit, format=_NUMBER),
        ),
    )
    own, rival = base.transform_filter("datum.joined"), base.transform_filter("!datum.joined")
    hue = outlined("series", names, legend=False)
    names_of_lines = own.mark_text(align="left", dx=9, lineBreak="\n").encode(text="name:N")
    grey = alt.value(COLOURS["grey"])
    cross = {"shape": alt.value("cross"), "angle": alt.value(45), "color": grey, "stroke": grey}
    name_of_rivals = rival.mark_text(dy=-14).encode(text="name:N")
    chart = alt.layer(
        segments(own, "series", color=hue["color"]),
        *points(own, size=45, **hue),
        *points(rival, size=60, **cross),
        names_of_lines,
        name_of_rivals,
        *key(data),
    )
    columns = {"year": "Year", "series": "Definition", "value": unit}
    return tabled(chart.properties(width=640, height=430), data, columns)


def by_edition(frame: pd.DataFrame, *, unit: str) -> Any:
    """Draw what each edition of a report printed, without joining editions to a line.

    Parameters
    ----------
    frame : DataFrame
        Columns ``year``, ``value``, ``series`` and ``vintage``.
    unit : str
        Title of the value axis.

    Returns
    -------
    altair.LayerChart
    """
    names = list(dict.fromkeys(frame["series"]))
    picked = alt.selection_point(fields=["vintage"], on="pointerover", empty=True, name="edition")
    data = figures(frame, "year", "series", "value")
    data["edition"] = _editions(data[data["series"] == names[-1]]).reindex(
        data.index, fill_value=""
    )
    shape = alt.Shape("series:N", title=None, sort=names, scale=alt.Scale(domain=names))
    base = alt.Chart(data).encode(
        years(),
        alt.Y("value:Q", title=unit),
        opacity=alt.when(picked).then(alt.value(1)).otherwise(alt.value(0.2)),
        tooltip=tooltip(
            data,
            alt.Tooltip("year:O", title="Year"),
            alt.Tooltip("series:N", title="What"),
            alt.Tooltip("value:Q", title=unit, format=_NUMBER),
        ),
    )
    labels = base.mark_text(align="left", dx=9, fontSize=10, color=INK).encode(text="edition:N")
    marks = points(base, size=80, shape=shape, **outlined("series", names))
    chart = alt.layer(*marks, labels, *key(data)).add_params(picked)
    columns = {"vintage": "Edition", "series": "What", "year": "Year", "value": unit}
    return tabled(chart.properties(width=640, height=380), data, columns)


def picked_line(
    frame: pd.DataFrame, *, unit: str, first: str, breaks: pd.DataFrame | None = None
) -> Any:
    """Draw a line for each country, the chosen one in colour, and no line through a break.

    Parameters
    ----------
    frame : DataFrame
        Columns ``country``, ``year`` and ``value``.
    unit : str
        Title of the value axis.
    first : str
        The country that is chosen at the beginning.
    breaks : DataFrame, optional
        Breaks of method: columns ``country``, ``from_year``, ``to_year`` and ``what_en``. Figures
        of the first year and before, and of the last year and after, are each comparable. A break
        whose ``evidence`` is ``unconfirmed`` is marked ○.

    Returns
    -------
    altair.LayerChart

    Examples
    --------
    >>> frame = pd.DataFrame({"country": "China", "year": [2022, 2023], "value": [75.6, 90.6]})
    >>> breaks = pd.DataFrame(
    ...     {"country": ["China"], "from_year": 2022, "to_year": 2023, "what_en": "another survey"})
    >>> chart = picked_line(frame, unit="percent", first="China", breaks=breaks)
    >>> chart.layer[-1].data["run"].tolist()
    [0, 1]
    """
    countries = sorted(frame["country"].unique())
    choice = alt.param(
        name="country_picked",
        value=first,
        bind=alt.binding_select(options=countries, name="Country "),
    )
    data = figures(frame, "country", "year", "value").sort_values(["country", "year"])
    data["run"] = _runs(data, breaks)
    base = alt.Chart(data).encode(
        years(),
        alt.Y("value:Q", title=unit),
        tooltip=tooltip(
            data,
            alt.Tooltip("country:N", title="Country"),
            alt.Tooltip("year:O", title="Year"),
            alt.Tooltip("value:Q", title=unit, format=".1f"),
        ),
    )
    is_chosen = alt.datum.country == choice
    chosen = base.transform_filter(is_chosen)
    others = segments(base, "country", "run", color=alt.value(COLOURS["grey"])).encode(
        opacity=alt.value(0.3), strokeWidth=alt.value(1.2)
    )
    vermilion = alt.value(COLOURS["vermilion"])
    layers = [
        others,
        segments(chosen, "run", color=vermilion).encode(strokeWidth=alt.value(3)),
        *points(chosen, size=40, color=vermilion, stroke=vermilion),
        *key(data),
    ]
    if breaks is not None:
        layers[:0] = _break_bands(breaks, is_chosen)
    chart = alt.layer(*layers).add_params(choice).properties(width=640)
    return tabled(chart, data, {"country": "Country", "year": "Year", "value": unit})


def steps(frame: pd.DataFrame, *, unit: str) -> Any:
    """Draw a count that changes on certain dates as a staircase.

    Parameters
    ----------
    frame : DataFrame
        Columns ``date``, ``value``, ``added`` and ``removed``.
    unit : str
        Title of the value axis.

    Returns
    -------
    altair.LayerChart
    """
    data = figures(frame, "date", "value", "added", "removed")
    data["day"] = pd.to_datetime(data["date"]).dt.strftime("%Y-%m-%d")
    base = alt.Chart(data).encode(
        alt.X("date:T", title=None, axis=alt.Axis(format="%Y")),
        alt.Y("value:Q", title=unit),
        tooltip=tooltip(
            data,
            alt.Tooltip("day:N", title="Date"),
            alt.Tooltip("added:Q", title="Added"),
            alt.Tooltip("removed:Q", title="Removed"),
            alt.Tooltip("value:Q", title=unit),
        ),
    )
    blue = alt.value(COLOURS["blue"])
    line = base.mark_line(interpolate="step-after", strokeWidth=2).encode(color=blue)
    chart = alt.layer(line, *points(base, color=blue, stroke=blue), *key(data)).properties(
        width=640
    )
    columns = {"day": "Date", "added": "Added", "removed": "Removed", "value": unit}
    return tabled(chart, data, columns)


def _tips(data: pd.DataFrame, format: str = _NUMBER) -> list[alt.Tooltip]:
    """Show the ends of a range where there is one."""
    return [alt.Tooltip(f"{c}:Q", title=t, format=format) for c, t in _ends(data).items()]


def _ends(data: pd.DataFrame) -> dict[str, str]:
    return {"lower": "at least", "upper": "at most"} if "lower" in data.columns else {}


def _editions(forecasts: pd.DataFrame) -> pd.Series[Any]:
    """Label forecasts by edition; those of a year that lie too close together share one label."""
    close = 0.025 * forecasts["value"].max()
    rising = forecasts.sort_values(["year", "value"])
    apart = (rising["value"].diff() > close) | (rising["year"].diff() != 0)
    labels = rising["vintage"].str.slice(0, 4).groupby(apart.cumsum()).agg(", ".join)
    return pd.Series(labels.to_numpy(), index=rising.index[apart])


def _runs(data: pd.DataFrame, breaks: pd.DataFrame | None) -> pd.Series[Any]:
    """Count the breaks before each figure of a country, given in the order of years."""
    before = data.groupby("country")["year"].shift()
    cut = pd.Series(False, index=data.index)
    for gap in () if breaks is None else breaks.itertuples():
        crosses = (before < gap.to_year) & (data["year"] > gap.from_year)
        cut |= (data["country"] == gap.country) & crosses
    return cut.astype(int).groupby(data["country"]).cumsum()


def _break_bands(breaks: pd.DataFrame, is_chosen: Any) -> list[alt.Chart]:
    """Shade the years of a break of the chosen country, and say what the shade is."""
    data = figures(breaks, "country", "from_year", "to_year", "what_en")
    data["name"] = "method break" + data["unconfirmed"].map({True: " ○", False: ""})
    base = (
        alt.Chart(data)
        .transform_filter(is_chosen)
        .transform_calculate(middle="(datum.from_year + datum.to_year) / 2")
        .encode(tooltip=tooltip(data, alt.Tooltip("what_en:N", title="Method break")))
    )
    band = base.mark_rect(color=INK, opacity=0.12).encode(alt.X("from_year:Q"), alt.X2("to_year:Q"))
    label = base.mark_text(y=0, dy=-8, color=INK).encode(alt.X("middle:Q"), text="name:N")
    return [band, label]
