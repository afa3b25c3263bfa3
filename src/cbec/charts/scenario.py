"""A chart that asks: what if exports and imports grow by so much."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

import altair as alt
import pandas as pd

from cbec.charts.forecasts import BANDS, ENDS, painted, shared_key
from cbec.charts.marks import figures, four_decimals, points, segments, tabled, tooltip, years
from cbec.charts.theme import COLOURS, INK
from cbec.errors import TrendError

__all__ = ["what_if"]

_NUMBER = ",.4~f"
_LEAST, _MOST, _STEP = -10.0, 20.0, 0.5  # growth on the sliders, in percent a year


def what_if(
    history: pd.DataFrame,
    intervals: pd.DataFrame,
    *,
    exports: str,
    imports: str,
    trade: str,
    until: int,
    unit: str,
    start: Mapping[str, float] | None = None,
) -> Any:
    """Draw where exports and imports lead at growth rates that a reader sets with two sliders.

    The dotted lines start at the levels of the year before the forecast. Exports and imports make
    the market, which the reader compares with its forecast: the text above the drawing says how
    large it is in the last year, what share imports have, and in which of the forecast's intervals
    it lies. All of it is computed by Vega in the page.

    Parameters
    ----------
    history : DataFrame
        Columns ``year``, ``series`` and ``value``: exports, imports and, for drawing only, their
        sum.
    intervals : DataFrame
        The market's forecast: columns ``year``, ``mean``, ``lower80``, ``upper80``, ``lower95``
        and ``upper95``.
    exports, imports, trade : str
        Names of the three series; ``trade`` is the whole market, which `intervals` are about.
    until : int
        Last year of the lines, one of those of `intervals`.
    unit : str
        Title of the value axis, and unit in the text.
    start : Mapping of str to float, optional
        Growth in percent a year at which the sliders of exports and imports stand at first; by
        default that of the last year, to the nearest half.

    Returns
    -------
    altair.LayerChart

    Raises
    ------
    TrendError
        If exports or imports have no figure of the year before the forecast or, without `start`,
        of the year before that; or if the forecast has no year `until`.

    Notes
    -----
    After ``k`` years at ``g`` percent a year a level ``x`` becomes ``x * (1 + g / 100) ** k``.

    Examples
    --------
    >>> history = pd.DataFrame({"year": [2023, 2024] * 2, "value": [13.24, 13.7, 3.61, 3.96],
    ...     "series": ["Exports"] * 2 + ["Imports"] * 2})
    >>> forecast = pd.DataFrame({"year": [2025, 2026], "mean": [18.5, 19.3], "lower80": 17.4,
    ...     "upper80": 20.9, "lower95": 16.7, "upper95": 22.4})
    >>> chart = what_if(history, forecast, exports="Exports", imports="Imports", trade="Market",
    ...     until=2026, unit="trillion CNY")
    >>> [(param.name, param.value) for param in chart.params]
    [('growth_exports', 3.5), ('growth_imports', 9.5)]
    """
    parts = {"exports": exports, "imports": imports}
    known = figures(history, "year", "series", "value")
    if until not in set(intervals["year"]):
        raise TrendError(f"until: the forecast has no {until}; choose one of its years")
    ahead = four_decimals(intervals[intervals["year"] <= until], "mean", *ENDS)
    origin = int(ahead["year"].min()) - 1
    level = {part: _level(known, name, origin) for part, name in parts.items()}
    sliders = {
        part: alt.param(
            name=f"growth_{part}",
            value=_growth(known, name, origin) if start is None else start[name],
            bind=alt.binding_range(
                min=_LEAST, max=_MOST, step=_STEP, name=f"Growth of {part}, percent a year"
            ),
        )
        for part, name in parts.items()
    }
    names = [exports, imports, trade]
    hues = [COLOURS["blue"], COLOURS["vermilion"], INK]
    # The offset leaves room for the answer between legend and drawing.
    legend = alt.Legend(columns=2, symbolOpacity=1, offset=52)
    hue: dict[str, Any] = {
        "title": None,
        "sort": names,
        "scale": alt.Scale(domain=names, range=hues),
        "legend": legend,
    }
    colour, stroke = alt.Color("series:N", **hue), alt.Stroke("series:N", **hue)
    top = max(float(ahead["upper95"].max()), sum(level.values()) * _grown(until - origin))
    up = alt.Y("value:Q", title=unit, scale=alt.Scale(domain=[0, top], nice=True))

    told = [
        alt.Tooltip("year:O", title="Year"),
        alt.Tooltip("series:N", title="Series"),
        alt.Tooltip("value:Q", title=unit, format=_NUMBER),
    ]
    ends = [alt.Tooltip(f"{c}:Q", title=title, format=_NUMBER) for c, title in ENDS.items()]
    base = alt.Chart()
    bands = [
        painted(base, band, "grey")
        .mark_area(color=COLOURS["grey"])
        .encode(alt.Y(f"lower{band}:Q"), alt.Y2(f"upper{band}:Q"))
        for band in BANDS
    ]
    middle = base.mark_line(color=COLOURS["grey"], strokeWidth=2)
    target = points(base)[0].encode(tooltip=[*told, *ends])
    fan = alt.layer(*bands, middle, target).transform_filter("datum.kind != 'observed'")
    dots = points(base, size=35, color=colour, stroke=stroke)
    seen = alt.layer(segments(base, "series", color=colour), *dots)
    seen = seen.transform_filter("datum.kind == 'observed'").encode(tooltip=tooltip(known, *told))
    line = base.mark_line(strokeWidth=2.5, strokeDash=[2, 3]).encode(color=colour)
    later = base.transform_filter(f"datum.year > {origin}")
    scenario = alt.layer(
        line,
        *points(later, size=22, color=colour, stroke=stroke),
        *_answer(base.transform_filter(f"datum.year == {until}"), until, unit),
        data=pd.DataFrame({"year": range(origin, until + 1)}),
    )
    scenario = _grown_to(scenario, level, ahead, origin, until, names)
    scenario = scenario.encode(tooltip=[*told[:2], told[2].copy().format(",.2f")])
    source = alt.InlineData(values=_rows(known, ahead, trade, origin))
    chart = alt.layer(fan, seen, scenario, *shared_key(known), data=source).encode(years(), up)
    chart = chart.add_params(*sliders.values()).properties(width=640, height=340)
    columns = {"kind": "Figure", "year": "Year", "series": "Series", "value": unit, **ENDS}
    return tabled(chart, known.reindex(columns=[*known.columns, "kind", *ENDS]), columns)


def _level(known: pd.DataFrame, name: str, year: int) -> float:
    """Return a series' figure of a year."""
    found = known.loc[(known["series"] == name) & (known["year"] == year), "value"]
    if len(found) != 1:
        raise TrendError(
            f"history: {name!r} has {len(found)} figures of {year}, and one is needed; "
            "the sliders start in the year before the forecast"
        )
    return float(found.iloc[0])


def _growth(known: pd.DataFrame, name: str, origin: int) -> float:
    """Return a series' growth in its last year, to the nearest step of a slider."""
    growth = 100 * (_level(known, name, origin) / _level(known, name, origin - 1) - 1)
    return float(min(max(_STEP * round(growth / _STEP), _LEAST), _MOST))


def _grown(years: int) -> float:
    return float((1 + _MOST / 100) ** years)


def _rows(
    known: pd.DataFrame, ahead: pd.DataFrame, trade: str, origin: int
) -> list[dict[str, Any]]:
    """Return the observed figures and the forecasts, and the point at which the fan opens."""
    made = ahead.rename(columns={"mean": "value"})[["year", "value", *ENDS]]
    made = made.assign(kind="forecast", series=trade, unconfirmed=False)
    both = pd.concat([known.assign(kind="observed"), made])
    rows: list[dict[str, Any]] = json.loads(both.to_json(orient="records"))
    last = known.loc[(known["series"] == trade) & (known["year"] == origin), "value"]
    if len(last):
        value = float(last.iloc[0])
        rows.append({"year": origin, "value": value, **dict.fromkeys(ENDS, value)})
    return rows


def _grown_to(
    scenario: Any,
    level: Mapping[str, float],
    ahead: pd.DataFrame,
    origin: int,
    until: int,
    names: list[str],
) -> Any:
    """Add the levels from the last year on, as the sliders make them."""
    bounds = ahead.set_index("year")[list(ENDS)].loc[until]
    exports, imports, trade = (json.dumps(name) for name in names)
    power = f"datum.year - {origin}"
    return (
        scenario.transform_calculate(
            exports=f"{level['exports']!r} * pow(1 + growth_exports / 100, {power})",
            imports=f"{level['imports']!r} * pow(1 + growth_imports / 100, {power})",
        )
        .transform_calculate(
            market="datum.exports + datum.imports",
            place=f"inrange(datum.exports + datum.imports, {[*bounds[['lower80', 'upper80']]]}) "
            "? 'inside the 80% interval of the forecast' "
            f": inrange(datum.exports + datum.imports, {[*bounds[['lower95', 'upper95']]]}) "
            "? 'outside the 80% interval, inside the 95% interval' "
            ": 'outside the 95% interval of the forecast'",
            share="100 * datum.imports / (datum.exports + datum.imports)",
        )
        .transform_fold(["exports", "imports", "market"], ["part", "value"])
        .transform_calculate(
            series=f"datum.part == 'exports' ? {exports} "
            f": datum.part == 'imports' ? {imports} : {trade}"
        )
    )


def _answer(end: alt.Chart, until: int, unit: str) -> list[alt.Chart]:
    """Write above the drawing what the growth rates lead to."""
    said = [
        f"'{until}: ' + format(datum.value, ',.1f') + {json.dumps(' ' + unit)} "
        "+ ', imports ' + format(datum.share, '.1f') + ' %'",
        "datum.place",
    ]
    texts = end.transform_filter("datum.part == 'market'")
    return [
        texts.mark_text(
            align="left",
            baseline="bottom",
            fontSize={"expr": "width > 480 ? 14 : 12"} if line == 0 else 12,
            fontWeight="bold" if line == 0 else "normal",
            dy=-30 + 18 * line,
            text={"expr": text},
        ).encode(x=alt.value(0), y=alt.value(0), tooltip=alt.value(None))
        for line, text in enumerate(said)
    ]
