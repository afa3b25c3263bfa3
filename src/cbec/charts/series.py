"""Charts of figures by year or date."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from math import log
from typing import Any

import altair as alt
import pandas as pd

from cbec.charts.axes import (
    logarithmic,
    names_at_ends,
    shaped,
    span,
    tight,
    wrapped,
    years,
    years_before_names,
)
from cbec.charts.colours import COLOURS, INK, outlined, plain
from cbec.charts.marks import key, layered, points, rounding_bars, segments, year_events
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


def annual_lines(
    frame: pd.DataFrame, *, unit: str, log: bool = False, order: Sequence[str] | None = None
) -> Any:
    """Draw annual series as lines, with their rounding ranges; several have their names at the end.

    Parameters
    ----------
    frame : DataFrame
        Columns ``year``, ``value``, ``series`` and, if known, ``lower`` and ``upper``, the range
        that rounding leaves, drawn as a wide bar; and ``event``, what is said of a year.
    log : bool
        Whether the value axis is logarithmic.
    order : Sequence of str, optional
        The series in the order of the colours, in words of at most twelve letters, since they stand
        beside their lines on a phone, too.

    Examples
    --------
    >>> from cbec import load
    >>> frame = load("market", series="market-total")
    >>> chart = annual_lines(frame, unit="trillion CNY")
    >>> chart.usermeta["cbec"]["columns"]
    [['year', 'Year'], ['series', 'Series'], ['value', 'trillion CNY']]
    """
    shown = [YEAR_COLUMN, SERIES_COLUMN, amount(unit), *range_columns()]
    data = _noted(chart_data(frame, shown, "event"))
    shown = [field for field in shown if field.column in data]
    names = list(order or dict.fromkeys(data["series"]))
    from_zero = alt.Y("value:Q", title=unit, scale=alt.Scale(zero=True))
    up = logarithmic(data["value"], unit) if log else from_zero
    across, written = years(), []
    if len(names) > 1:
        across = years_before_names(data)
        data["name"] = names_at_ends(data)
    base = alt.Chart(data).encode(across, up, tooltip=tooltip(shown, data))
    if len(names) > 1:
        written = [base.mark_text(align="left", dx=9, lineBreak="\n").encode(text="name:N")]
    hue = {channel: by.legend(None) for channel, by in outlined("series", names).items()}
    line = segments(base, "series", color=hue["color"])
    ranges = [rounding_bars(base, color=hue["color"])] if "lower" in data else []
    marks = [*year_events(base, data), line, *ranges, *points(base, **hue), *written]
    return layered(data, shown, *marks)


def share_band(frame: pd.DataFrame, *, unit: str, order: Sequence[str], panel: str) -> Any:
    """Draw variants of one measure by year side by side, each with the range that rounding leaves.

    The variants stand beside each other within a year, since their ranges overlap, and the axis
    needn't start at zero, since what matters is whether a range lies above the one before it.

    Parameters
    ----------
    frame : DataFrame
        Columns ``year``, ``series`` (the variant), ``value``, ``lower`` and ``upper``, and
        ``event`` as for `annual_lines`.
    order : Sequence of str
        The variants in the order of the legend, at most three.
    panel : str
        A column whose values get a panel each, with an axis of its own.

    Examples
    --------
    >>> frame = pd.DataFrame({"year": [2023, 2024], "series": "first-published totals",
    ...     "value": [40.35, 40.27], "lower": [40.33, 40.25], "upper": [40.37, 40.29]})
    >>> frame["definition"] = "customs"
    >>> order = ["first-published totals"]
    >>> chart = share_band(frame, unit="percent", order=order, panel="definition")
    >>> len(chart.usermeta["cbec"]["columns"])
    6
    """
    variant = Column("series", "Variant")
    shown = [
        Column(panel, "Basis"),
        YEAR_COLUMN,
        variant,
        amount(unit, ".2f"),
        *range_columns(".2f"),
    ]
    data = _noted(chart_data(frame, shown, "event"), panel)
    ranks = data["series"].map(list(order).index)
    data["place"] = data["year"] + 0.16 * (ranks - (len(order) - 1) / 2)
    across, up = years("place", span(data)), alt.Y("value:Q", title=unit, scale=tight(10))
    base = alt.Chart(data).encode(across, up, tooltip=tooltip(shown[1:], data))
    hue = outlined("series", order)
    line = segments(base, panel, "series", x="place", color=hue["color"])
    line = line.encode(strokeWidth=alt.value(1.2))
    ranges = rounding_bars(base, color=hue["color"], width=9)
    told = year_events(base, data, "place")
    chart = alt.layer(*told, line, ranges, *points(base, size=45, **hue), *key(data))
    above: Any = {"labelOrient": "top", "labelAngle": 0, "labelAnchor": "start"}
    header = alt.Header(title=None, labelPadding=30 if told else 10, **above)
    rows = alt.Row(f"{panel}:N", sort=list(dict.fromkeys(data[panel])), header=header)
    chart = chart.properties(width=600, height=230).facet(row=rows).resolve_scale(y="independent")
    return tabled(chart, data, shown)


def definitions(
    frame: pd.DataFrame,
    *,
    unit: str,
    order: Sequence[str],
    rivals: Collection[str],
    leap: tuple[str, str, str] | None = None,
) -> Any:
    r"""Draw one quantity by several definitions on a logarithmic axis, each line with its name.

    Parameters
    ----------
    frame : DataFrame
        Columns ``year``, ``series`` (the definition, in words of at most twelve letters, since
        it stands beside its line on a phone, too) and ``value``.
    order : Sequence of str
        The definitions, in the order of the colours.
    rivals : Collection of str
        Values of ``series`` that are single estimates of other publishers, drawn as crosses and
        not joined.
    leap : tuple of str, optional
        A definition, another one and what it is to go from the last figure of the first to the
        other's of five years later: a dotted line that has these words.

    Examples
    --------
    >>> from cbec import load
    >>> frame = load("market", series=["market-total", "market-import"])
    >>> order = ["market-total", "market-import"]
    >>> chart = definitions(frame, unit="trillion CNY", order=order, rivals=[])
    >>> [name for name in chart.data["name"] if name]
    ['market-total', 'market-\nimport']
    """
    shown = [YEAR_COLUMN, Column("series", "Definition"), amount(unit)]
    data = chart_data(frame, shown)
    data["joined"] = ~data["series"].isin(list(rivals))
    data["name"] = names_at_ends(data, data["joined"])
    data.loc[_farthest(data), "name"] = "other\npublishers"
    up = logarithmic(data["value"], unit, padding=18)
    base = alt.Chart(data).encode(years_before_names(data), up, tooltip=tooltip(shown, data))
    own, rival = base.transform_filter("datum.joined"), base.transform_filter("!datum.joined")
    hue = {channel: by.legend(None) for channel, by in outlined("series", order).items()}
    cross = {"shape": alt.value("cross"), "angle": alt.value(45), **plain("grey")}
    lines = [segments(own, "series", color=hue["color"]), *points(own, size=45, **hue)]
    names = own.mark_text(align="left", dx=9, lineBreak="\n").encode(text="name:N")
    marks = [*lines, *points(rival, size=60, **cross), names]
    named = rival.mark_text(align="left", dx=9, lineBreak="\n").encode(text="name:N")
    if leap:
        marks += _leap(data, *leap)
    return layered(data, shown, *marks, named, height=430)


def by_edition(frame: pd.DataFrame, *, unit: str) -> Any:
    """Draw what each edition of a report printed, without joining editions to a line.

    The frame has the columns ``year``, ``value``, ``series`` and ``vintage`` (the edition).
    """
    told = [YEAR_COLUMN, Column("series", "What"), amount(unit)]
    data = chart_data(frame, told)
    names = list(dict.fromkeys(data["series"]))
    labels = _editions(data[data["series"] == names[-1]])
    data["edition"] = labels.reindex(data.index, fill_value="")
    picked = alt.selection_point(fields=["vintage"], on="pointerover", empty=True, name="edition")
    opacity = alt.when(picked).then(alt.value(1)).otherwise(alt.value(0.2))
    up = alt.Y("value:Q", title=unit)
    base = alt.Chart(data).encode(years(), up, opacity=opacity, tooltip=tooltip(told, data))
    dots = points(base, size=80, shape=shaped("series", names), **outlined("series", names))
    written = base.mark_text(align="left", dx=9, fontSize=10, color=INK).encode(text="edition:N")
    year, what, value = told
    shown = [Column("vintage", "Edition"), what, year, value]
    return layered(data, shown, *dots, written, height=380).add_params(picked)


def picked_line(frame: pd.DataFrame, *, unit: str, first: str, breaks: pd.DataFrame) -> Any:
    """Draw a line for each country, the chosen one in colour and named, none through a break.

    Parameters
    ----------
    frame : DataFrame
        Columns ``country``, ``year`` and ``value``.
    first : str
        The country that is chosen at the beginning.
    breaks : DataFrame
        Breaks of method: columns ``country``, ``from_year``, ``to_year`` and ``what_en``. Figures
        of the first year and before, and of the last year and after, are each comparable. A break
        whose ``evidence`` is ``unconfirmed`` is marked ○.

    Examples
    --------
    >>> frame = pd.DataFrame({"country": "China", "year": [2022, 2023], "value": [75.6, 90.6]})
    >>> breaks = pd.DataFrame(
    ...     {"country": ["China"], "from_year": 2022, "to_year": 2023, "what_en": "another survey"})
    >>> chart = picked_line(frame, unit="percent", first="China", breaks=breaks)
    >>> chart.layer[-1].data["run"].tolist()
    [0, 1]
    """
    shown = [Column("country", "Country"), YEAR_COLUMN, amount(unit, ".1f")]
    data = chart_data(frame, shown).sort_values(["country", "year"])
    data["run"] = _runs(data, breaks)
    data["name"] = names_at_ends(data.assign(series=data["country"]))
    listed = alt.binding_select(options=sorted(data["country"].unique()), name="Country ")
    choice = alt.param(name="country_picked", value=first, bind=listed)
    up = alt.Y("value:Q", title=unit)
    across = years_before_names(data)
    base = alt.Chart(data).encode(across, up, tooltip=tooltip(shown, data))
    is_chosen = alt.datum.country == choice
    chosen, hue = base.transform_filter(is_chosen), plain("vermilion")
    others = segments(base, "country", "run", color=alt.value(COLOURS["grey"]))
    others = others.encode(opacity=alt.value(0.3), strokeWidth=alt.value(1.2))
    own = segments(chosen, "run", color=hue["color"]).encode(strokeWidth=alt.value(3))
    name = chosen.mark_text(align="left", dx=9, lineBreak="\n").encode(text="name:N")
    marks = [*_break_bands(breaks, is_chosen), others, own, *points(chosen, size=40, **hue), name]
    return layered(data, shown, *marks).add_params(choice)


def steps(frame: pd.DataFrame, *, unit: str) -> Any:
    """Draw a count that changes on certain dates as a staircase.

    The frame has the columns ``date``, ``value``, ``added`` and ``removed``.
    """
    counts = [Column(column, column.capitalize(), "Q") for column in ("added", "removed")]
    shown = [Column("day", "Date"), *counts, Column("value", unit, "Q")]
    data = chart_data(frame, shown, "date")
    data["day"] = pd.to_datetime(data["date"]).dt.strftime("%Y-%m-%d")
    across = alt.X("date:T", title=None, axis=alt.Axis(format="%Y"))
    up = alt.Y("value:Q", title=unit)
    base = alt.Chart(data).encode(across, up, tooltip=tooltip(shown, data))
    hue = plain("blue")
    line = base.mark_line(interpolate="step-after", strokeWidth=2).encode(color=hue["color"])
    return layered(data, shown, line, *points(base, **hue))


def _leap(data: pd.DataFrame, first: str, other: str, words: str) -> list[alt.Chart]:
    """Draw the way from one line to another, which is no growth."""
    start = data[data["series"] == first].nlargest(1, "year")
    end = data[data["series"] == other].assign(year=data["year"] - 5, to_year=data["year"])
    way = start.merge(end, on="year", suffixes=("", "_to"))
    way["middle"] = (way["year"] + way["to_year"]) / 2
    way["half"] = (way["value"] * way["value_to"]) ** 0.5
    base = alt.Chart(way[["year", "value", "to_year", "value_to", "middle", "half"]])
    line = base.mark_rule(strokeDash=[2, 4], strokeWidth=1.5, color=INK, opacity=0.7)
    line = line.encode(alt.X("year:Q"), alt.Y("value:Q"), alt.X2("to_year"), alt.Y2("value_to"))
    said = base.mark_text(align="left", dx=8, dy=8, lineBreak="\n", text=wrapped(words, 12))
    return [line, said.encode(alt.X("middle:Q"), alt.Y("half:Q"))]


def _noted(data: pd.DataFrame, *panel: str) -> pd.DataFrame:
    """Say of each event whether it is the second of two that follow each other in a panel."""
    if "event" not in data:
        return data
    told = data[data["event"].notna()].sort_values("year")
    odd = (told.groupby(list(panel)) if panel else told.assign(n=0).groupby("n")).cumcount() % 2
    return data.assign(event_odd=(odd == 1).reindex(data.index, fill_value=False))


def _farthest(data: pd.DataFrame) -> list[Any]:
    """Return where the estimate stands that is farthest from the lines of its year, if any."""
    lines, rivals = data[data["joined"]], data[~data["joined"]]
    away = {
        at: (lines.loc[lines["year"] == row["year"], "value"] / row["value"]).map(log).abs().min()
        for at, row in rivals.iterrows()
    }
    return [max(away, key=lambda at: (pd.isna(away[at]), away[at]))] if away else []


def _editions(forecasts: pd.DataFrame) -> pd.Series[Any]:
    """Label forecasts by edition; those of a year that lie too close together share one label."""
    close = 0.025 * forecasts["value"].max()
    rising = forecasts.sort_values(["year", "value"])
    apart = (rising["value"].diff() > close) | (rising["year"].diff() != 0)
    labels = rising["vintage"].str.slice(0, 4).groupby(apart.cumsum()).agg(", ".join)
    return pd.Series(labels.to_numpy(), index=rising.index[apart])


def _runs(data: pd.DataFrame, breaks: pd.DataFrame) -> pd.Series[Any]:
    """Count the breaks before each figure of a country, given in the order of years."""
    before = data.groupby("country")["year"].shift()
    cut = pd.Series(False, index=data.index)
    for gap in breaks.itertuples():
        crosses = (before < gap.to_year) & (data["year"] > gap.from_year)
        cut |= (data["country"] == gap.country) & crosses
    return cut.astype(int).groupby(data["country"]).cumsum()


def _break_bands(breaks: pd.DataFrame, is_chosen: Any) -> list[alt.Chart]:
    """Shade the years of a break of the chosen country, and say what the shade is."""
    shown = [Column("what_en", "Method break")]
    data = chart_data(breaks, shown, "country", "from_year", "to_year")
    data["name"] = "method break" + data["unconfirmed"].map({True: " ○", False: ""})
    shade = alt.Chart(data).transform_filter(is_chosen).encode(tooltip=tooltip(shown, data))
    base = shade.transform_calculate(middle="(datum.from_year + datum.to_year) / 2")
    band = base.mark_rect(color=INK, opacity=0.12).encode(alt.X("from_year:Q"), alt.X2("to_year:Q"))
    label = base.mark_text(y=0, dy=-8, color=INK).encode(alt.X("middle:Q"), text="name:N")
    return [band, label]
