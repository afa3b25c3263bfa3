"""Charts that ask what growth leads to, and what growth a level needs, with sliders."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

import altair as alt
import pandas as pd

from cbec.charts.axes import years
from cbec.charts.colours import COLOURS, INK, coloured, outlined
from cbec.charts.forecasts import INTERVAL_COLUMNS, INTERVALS, areas
from cbec.charts.marks import key, points, segments
from cbec.charts.tooltips_and_tables import (
    SERIES_COLUMN,
    YEAR_COLUMN,
    Column,
    amount,
    chart_data,
    rounded,
    tabled,
    tooltip,
)
from cbec.errors import TrendError

_FOOT = 24  # what a number at the foot of a bar takes, in pixels
_LEAST, _MOST, _STEP = -10.0, 20.0, 0.5  # growth on the sliders, in percent a year


def growth_scenario(
    history: pd.DataFrame, intervals: pd.DataFrame, *, order: Sequence[str], unit: str
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
        The market's forecast: columns ``year``, ``mean``, ``lower_80``, ``upper_80``, ``lower_95``
        and ``upper_95``.
    order : Sequence of str
        Names of exports, imports and the market.

    Raises
    ------
    TrendError
        If exports or imports have no figure of the year before the forecast or of the year before
        that.

    Notes
    -----
    After ``k`` years at ``g`` percent a year a level ``x`` becomes ``x * (1 + g / 100) ** k``.

    Examples
    --------
    >>> history = pd.DataFrame({"year": [2023, 2024] * 2, "value": [13.24, 13.7, 3.61, 3.96],
    ...     "series": ["Exports"] * 2 + ["Imports"] * 2})
    >>> forecast = pd.DataFrame({"year": [2025, 2026], "mean": [18.5, 19.3], "lower_80": 17.4,
    ...     "upper_80": 20.9, "lower_95": 16.7, "upper_95": 22.4})
    >>> order = ["Exports", "Imports", "Market"]
    >>> chart = growth_scenario(history, forecast, order=order, unit="trillion CNY")
    >>> [(param.name, param.value) for param in chart.params]
    [('growth_exports', 3.5), ('growth_imports', 9.5)]
    """
    told = [YEAR_COLUMN, SERIES_COLUMN, amount(unit)]
    known = chart_data(history, told)
    ahead = rounded(intervals, "mean", *INTERVAL_COLUMNS)
    origin, until = int(ahead["year"].min()) - 1, int(ahead["year"].max())
    parts = {"exports": order[0], "imports": order[1]}
    level = {part: _level(known, name, origin) for part, name in parts.items()}
    sliders = [_slider(part, _growth(known, name, origin)) for part, name in parts.items()]
    # The offset leaves room for the answer between legend and drawing.
    hue = outlined("series", order, [COLOURS["blue"], COLOURS["vermilion"], INK], offset=52)
    base = alt.Chart()

    middle = base.mark_line(color=COLOURS["grey"], strokeWidth=2)
    target = points(base)[0].encode(tooltip=tooltip([*told, *INTERVALS]))
    fan = alt.layer(*areas("grey"), middle, target).transform_filter("datum.kind != 'observed'")
    dots = points(base, size=35, **hue)
    seen = alt.layer(segments(base, "series", color=hue["color"]), *dots)
    seen = seen.transform_filter("datum.kind == 'observed'").encode(tooltip=tooltip(told, known))
    scenario = alt.layer(
        base.mark_line(strokeWidth=2.5, strokeDash=[2, 3]).encode(color=hue["color"]),
        *points(base.transform_filter(f"datum.year > {origin}"), size=22, **hue),
        *_answer(base.transform_filter(f"datum.year == {until}"), until, unit),
        data=pd.DataFrame({"year": range(origin, until + 1)}),
    )
    scenario = _grown(scenario, level, order, origin, ahead[ahead["year"] == until])
    scenario = scenario.encode(tooltip=tooltip([YEAR_COLUMN, SERIES_COLUMN, amount(unit, ",.2f")]))

    source = alt.InlineData(values=_rows(known, ahead, order[2], origin))
    most = sum(level.values()) * (1 + _MOST / 100) ** (until - origin)
    top = max(float(ahead["upper_95"].max()), most)
    up = alt.Y("value:Q", title=unit, scale=alt.Scale(domain=[0, top], nice=True))
    layers = [fan, seen, scenario, *key(known, shared=True)]
    chart = alt.layer(*layers, data=source).encode(years(), up)
    shown = [Column("kind", "Figure"), *told, *INTERVALS]
    both = known.reindex(columns=[*known.columns, "kind", *INTERVAL_COLUMNS])
    return tabled(chart.add_params(*sliders), both, shown, width=640, height=340)


def needed_growth(observed: pd.DataFrame, *, multiples: Sequence[float], years: int) -> Any:
    """Draw the yearly growth that a multiple needs, with a slider for the years.

    Parameters
    ----------
    observed : DataFrame
        Columns ``item`` and ``rate`` in percent, drawn as dashed lines to compare with.
    multiples : Sequence of float
        End over start.
    years : int
        Where the slider stands at the beginning.
    """
    slider = alt.binding_range(min=1, max=10, step=1, name="Years ")
    window = alt.param(name="window_years", value=years, bind=slider)
    multiple, rate = Column("multiple", "Multiple", "O"), amount("Percent a year", ".1f", "rate")
    shown = [Column("item", "Observed"), rate]
    data = chart_data(observed, shown)
    across = alt.X("multiple:O", title="multiple of the start", axis=alt.Axis(labelAngle=0))
    up = alt.Y("rate:Q", title="percent a year")
    bars = alt.Chart(pd.DataFrame({"multiple": list(multiples)}))
    needed = bars.encode(across, up, tooltip=tooltip([multiple, rate]))
    formula = "100 * (pow(datum.multiple, 1 / window_years) - 1)"
    needed = needed.transform_calculate(rate=formula).add_params(window)
    labels = needed.mark_text(fontWeight="bold", color=INK, dy={"expr": _clear_of(data, multiples)})
    labels = labels.encode(y=alt.value("height"), text=alt.Text("rate:Q", format=".1f"))
    hue = coloured("item", list(data["item"]))
    rules = alt.Chart(data).encode(alt.Y("rate:Q"), hue, tooltip=tooltip(shown, data))
    lines = rules.mark_rule(strokeDash=[5, 4], strokeWidth=2)
    chart = alt.layer(needed.mark_bar(color=COLOURS["grey"], opacity=0.5), lines, labels)
    return tabled(chart, data, shown, width=560)


def _clear_of(lines: pd.DataFrame, multiples: Sequence[float]) -> str:
    """Return where numbers stand at the feet of bars, as an expression: on no line.

    They stand on the axis, or, where the lowest line would cross them there, above the highest.
    """
    # The axis ends beyond the highest bar, so that lines are lower than that, never higher.
    top = f"(100 * (pow({max(multiples)}, 1 / window_years) - 1))"
    low, high = (f"height * {rate} / {top}" for rate in (lines["rate"].min(), lines["rate"].max()))
    return f"{low} > {_FOOT} ? -9 : -9 - {high}"


def _slider(part: str, value: float) -> alt.Parameter:
    words = f"Growth of {part}, percent a year"
    bind = alt.binding_range(min=_LEAST, max=_MOST, step=_STEP, name=words)
    return alt.param(name=f"growth_{part}", value=value, bind=bind)


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


def _rows(known: pd.DataFrame, ahead: pd.DataFrame, trade: str, origin: int) -> list[Any]:
    """Return the observed figures and the forecasts, and the point at which the fan opens."""
    made = ahead.rename(columns={"mean": "value"})[["year", "value", *INTERVAL_COLUMNS]]
    made = made.assign(kind="forecast", series=trade, unconfirmed=False)
    both = pd.concat([known.assign(kind="observed"), made])
    rows: list[Any] = json.loads(both.to_json(orient="records"))
    before = known[(known["series"] == trade) & (known["year"] == origin)]
    for last in before[["year", "value"]].to_dict("records"):
        rows.append({**last, **dict.fromkeys(INTERVAL_COLUMNS, last["value"])})
    return rows


def _grown(
    chart: Any, level: Mapping[str, float], names: Sequence[str], origin: int, end: pd.DataFrame
) -> Any:
    """Add the levels from the last year on, as the sliders make them."""
    powers = {
        part: f"{start!r} * pow(1 + growth_{part} / 100, datum.year - {origin})"
        for part, start in level.items()
    }
    market = "datum.exports + datum.imports"
    inside = [
        f"inrange({market}, {end[[f'lower_{band}', f'upper_{band}']].iloc[0].tolist()})"
        for band in ("80", "95")
    ]
    place = (
        f"{inside[0]} ? 'inside the 80% interval of the forecast' "
        f": {inside[1]} ? 'outside the 80% interval, inside the 95% interval' "
        ": 'outside the 95% interval of the forecast'"
    )
    exports, imports, trade = map(json.dumps, names)
    said = f"datum.part == 'exports' ? {exports} : datum.part == 'imports' ? {imports} : {trade}"
    return (
        chart.transform_calculate(**powers)
        .transform_calculate(market=market, place=place, share=f"100 * datum.imports / ({market})")
        .transform_fold(["exports", "imports", "market"], ["part", "value"])
        .transform_calculate(series=said)
    )


def _answer(end: alt.Chart, until: int, unit: str) -> list[alt.Chart]:
    """Write above the drawing what the growth rates lead to."""
    said = (
        f"'{until}: ' + format(datum.value, ',.1f') + {json.dumps(' ' + unit)} "
        "+ ', imports ' + format(datum.share, '.1f') + '%'"
    )
    large: Any = {"fontSize": {"expr": "width > 480 ? 14 : 12"}, "fontWeight": "bold"}
    small: Any = {"fontSize": 12, "fontWeight": "normal"}
    corner: Any = {"x": alt.value(0), "y": alt.value(0), "tooltip": alt.value(None)}
    texts = end.transform_filter("datum.part == 'market'").encode(**corner)
    lines = ((said, -30, large), ("datum.place", -12, small))
    return [
        texts.mark_text(align="left", baseline="bottom", dy=dy, text={"expr": text}, **font)
        for text, dy, font in lines
    ]
