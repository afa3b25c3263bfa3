"""Charts of forecasts: a series, what models make of it, and how sure they are."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

import altair as alt
import pandas as pd

from cbec.charts.axes import panels, years
from cbec.charts.colours import COLOURS, outlined, plain
from cbec.charts.marks import key, points, rounding_bars, segments
from cbec.charts.tooltips_and_tables import (
    SERIES_COLUMN,
    YEAR_COLUMN,
    Column,
    amount,
    chart_data,
    tabled,
    tooltip,
)
from cbec.errors import TrendError

# How strong an interval of so many percent is filled, the wider one below. Both have an edge, by
# which the wider one, faint so that the two differ, stands out from the page.
BANDS: Mapping[str, float] = {"95": 0.14, "80": 0.55}
# The same of their keys, which have no edge.
_KEYS: Mapping[str, float] = {"95": 0.35, "80": 0.8}
INTERVALS = [
    amount(f"{level}% {side}", column=f"{end}_{level}")
    for level in sorted(BANDS)
    for end, side in {"lower": "from", "upper": "to"}.items()
]
INTERVAL_COLUMNS = [field.column for field in INTERVALS]
_KIND = Column("kind", "Figure")
_DIGITS = 5  # of what a model says: enough for a drawing, and for its table
_EXTREME = 3.0


def fan(frame: pd.DataFrame, *, unit: str, first: str) -> Any:
    """Draw a series, one model's line through it and its forecast with both intervals.

    A list below the drawing changes the model. The axis is the same for all of them: it takes in
    the observed figures and the forecasts with their intervals, except those of a model whose
    widest interval is more than three times the median model's, unless that model comes first.
    What lies beyond is cut off; the tooltip and the table have it.

    Parameters
    ----------
    frame : DataFrame
        Columns ``choice`` (the model), ``kind`` (``observed``, ``fitted`` or ``forecast``),
        ``year``, ``value``, and for forecasts ``lower_80``, ``upper_80``, ``lower_95`` and
        ``upper_95``. Observed figures stand there once, with an empty ``choice``, and have
        ``least`` and ``most``, the ends of their rounding range, if known. A forecast that rests
        on unconfirmed figures is hollow if its own ``evidence`` says ``unconfirmed``.
    first : str
        The model that is chosen at the beginning; `TrendError` if it has no forecast.

    Examples
    --------
    >>> frame = pd.DataFrame({"choice": ["", "", "drift"], "kind": ["observed"] * 2 + ["forecast"],
    ...     "year": [2023, 2024, 2025], "value": [16.85, 17.66, 18.47], "lower_80": 17.5,
    ...     "upper_80": 19.4, "lower_95": 17.0, "upper_95": 19.9})
    >>> chart = fan(frame, unit="trillion CNY", first="drift")
    >>> chart.usermeta["cbec"]["columns"][0]
    ['choice', 'Model']
    """
    data = _prepared(frame)
    choices = list(dict.fromkeys(data.loc[data["kind"] == "forecast", "choice"]))
    if first not in choices:
        raise TrendError(f"first: there is no forecast of {first!r}; choose one of {choices}")
    shown = [Column("choice", "Model"), _KIND, YEAR_COLUMN, amount(unit), *INTERVALS]
    listed = alt.binding_select(options=choices, name="Model ")
    picked = alt.param(name="choice_picked", value=first, bind=listed)
    scale = alt.Scale(domain=_span(data, first), nice=True, zero=False)
    source = alt.InlineData(values=_records(data, shown))
    chart = alt.layer(*_fan(data, unit), data=source)
    chart = chart.encode(years(), alt.Y("value:Q", title=unit, scale=scale)).add_params(picked)
    chart = chart.transform_filter(f"datum.choice == '' || datum.choice == {picked.name}")
    return tabled(chart, data, shown, width=640)


def fan_panels(frame: pd.DataFrame, *, unit: str | Mapping[str, str]) -> Any:
    """Draw several series with their forecasts, each in a panel with axes of its own.

    Parameters
    ----------
    frame : DataFrame
        As for `fan`, with ``series`` instead of ``choice``, in the order of the panels.
    unit : str or Mapping of str to str
        Unit of all series, or of each; it stands below the name of the series.

    Examples
    --------
    >>> frame = pd.DataFrame({"series": ["Exports", "Imports"] * 2, "year": [2024] * 2 + [2025] * 2,
    ...     "kind": ["observed"] * 2 + ["forecast"] * 2, "value": [13.7, 3.96, 14.4, 4.3],
    ...     "lower_80": [None, None, 13.9, 4.0], "upper_80": [None, None, 15.0, 4.7],
    ...     "lower_95": [None, None, 13.6, 3.8], "upper_95": [None, None, 15.4, 4.9]})
    >>> units = dict.fromkeys(["Exports", "Imports"], "trillion CNY")
    >>> fan_panels(frame, unit=units).usermeta["cbec"]["columns"][:2]
    [['series', 'Series'], ['kind', 'Figure']]
    """
    data = _prepared(frame)
    shown = [SERIES_COLUMN, _KIND, YEAR_COLUMN, amount("Value"), *INTERVALS]
    lowest = data.groupby("series")[["value", *INTERVAL_COLUMNS]].agg(["min", "max"])
    zero = all(_from_zero(row.min(), row.max()) for _, row in lowest.iterrows())
    up = alt.Y("value:Q", title=None, scale=alt.Scale(zero=zero))
    panel = alt.layer(*_fan(data, "Value")).encode(years(), up).properties(width=290, height=220)
    names = list(dict.fromkeys(data["series"]))
    units = json.dumps({name: unit if isinstance(unit, str) else unit[name] for name in names})
    facets = panels("series", names, f"[datum.label, {units}[datum.label]]")
    chart = panel.facet(facets, data=alt.InlineData(values=_records(data, shown)), columns=2)
    chart = chart.resolve_axis(x="independent").resolve_scale(x="independent", y="independent")
    return tabled(chart, data, shown)


def interval_key(colour: str) -> alt.Chart:
    """Return the layer that says which interval is which; it draws nothing."""
    names = {f"{level}% interval": _KEYS[level] for level in sorted(_KEYS)}
    scale = alt.Scale(domain=list(names), range=list(names.values()))
    legend = alt.Legend(
        orient="bottom",
        # Three short names fit a phone: these two and "unconfirmed".
        labelExpr="datum.index ? datum.label : slice(datum.label, 0, 3)",
        symbolType="square",
        symbolFillColor=COLOURS[colour],
        symbolStrokeColor=COLOURS[colour],
        symbolStrokeWidth=1,
    )
    said = alt.Opacity("interval:O", title=None, scale=scale, legend=legend)
    corner: Any = {"x": alt.value(0), "y": alt.value(0), "tooltip": alt.value(None)}
    nothing = alt.Chart().transform_calculate(interval="'80% interval'")
    nothing = nothing.mark_text(text="", color=COLOURS[colour])
    return nothing.encode(opacity=said, **corner)


def areas(colour: str, **look: Any) -> list[alt.Chart]:
    """Draw the intervals of a forecast as areas."""
    hue: dict[str, Any] = {"color": COLOURS[colour], "stroke": COLOURS[colour], "strokeWidth": 1}
    drawn = [
        alt.Chart()
        .mark_area(fillOpacity=strength, **hue, **look)
        .encode(alt.Y(f"lower_{level}:Q"), alt.Y2(f"upper_{level}:Q"))
        for level, strength in BANDS.items()
    ]
    return [*drawn, interval_key(colour)]


def _prepared(frame: pd.DataFrame) -> pd.DataFrame:
    """Keep what a fan draws; numbers of a model with five digits."""
    numbers = ["value", *INTERVAL_COLUMNS]
    shown = [Column("choice", "Model"), SERIES_COLUMN, _KIND, YEAR_COLUMN]
    data = chart_data(frame, shown, *numbers, "least", "most")
    if "choice" in data:
        data["choice"] = data["choice"].fillna("")
    data[numbers] = data[numbers].astype(float)
    made = data["kind"] != "observed"
    data.loc[made, numbers] = data.loc[made, numbers].map(lambda x: float(f"{x:.{_DIGITS}g}"))
    data.loc[data["kind"] != "forecast", INTERVAL_COLUMNS] = float("nan")
    return data


def _fan(data: pd.DataFrame, unit: str) -> list[Any]:
    """Return the layers of a fan, which have data and axes in common."""
    kinds = [kind for kind in ("observed", "forecast", "fitted") if kind in set(data["kind"])]
    hue, vermilion, blue = outlined("kind", kinds), plain("vermilion"), plain("blue")
    base = alt.Chart()
    ahead = segments(base, color=vermilion["color"])
    ahead.mark.clip = True
    path = alt.layer(*areas("vermilion", clip=True), ahead)
    layers = [path.transform_filter("datum.kind != 'observed' && datum.kind != 'fitted'")]
    if "fitted" in kinds:
        fitted = base.transform_filter("datum.kind == 'fitted'")
        layers.append(fitted.mark_line(strokeWidth=1.6, clip=True).encode(color=hue["color"]))
    ranges = rounding_bars(base, color=blue["color"], ends=("least", "most"))
    joined = segments(base, color=blue["color"]).encode(strokeWidth=alt.value(1))
    seen = [*([ranges] if "least" in data else []), joined, *points(base, size=45, **hue)]
    expected = points(base, size=35, **hue)
    for dots in expected:
        dots.mark.clip = True
    told = [YEAR_COLUMN, _KIND, amount(unit)]
    for kind, marks, more in (("observed", seen, []), ("forecast", expected, INTERVALS)):
        own = data[data["kind"] == kind].dropna(axis="columns", how="all")
        group = alt.layer(*marks).transform_filter(f"datum.kind == '{kind}'")
        layers.append(group.encode(tooltip=tooltip([*told, *more], own)))
    return [*layers, *key(data, shared=True)]


def _records(data: pd.DataFrame, shown: Sequence[Column]) -> list[dict[str, Any]]:
    """Return the rows without what is empty, and the points at which the fans open.

    The table shows the rows that have all its columns: fitted ones are not among them. A fan opens
    at the last figure before it; that point has no kind, so that no table shows it either.
    """
    listed: list[dict[str, Any]] = []
    told = {*(field.column for field in shown), "vintage", "evidence"}
    for row in json.loads(data.to_json(orient="records")):
        if row["kind"] == "fitted":
            drawn = ("choice", "series", "kind", "year", "value")
            listed.append({column: row[column] for column in drawn if column in row})
        else:
            listed.append({k: v for k, v in row.items() if k in told or v not in (None, False)})
    named = shown[0].column
    for choice, made in data[data["kind"] == "forecast"].groupby(named, sort=False):
        own = (data["kind"] == "observed") & data[named].isin([choice, ""])
        before = data[own & (data["year"] < made["year"].min())]
        for last in before.nlargest(1, "year").to_dict("records"):
            point = {column: last[column] for column in ("year", "value", "unconfirmed")}
            listed.append(
                {named: choice, **point, **dict.fromkeys(INTERVAL_COLUMNS, last["value"])}
            )
    return listed


def _span(data: pd.DataFrame, first: str) -> list[float]:
    """Return the ends of an axis for all figures but those of models with extreme intervals."""
    made = data[data["kind"] == "forecast"]
    widest = (made["upper_95"] - made["lower_95"]).groupby(made["choice"]).max()
    extreme = set(widest.index[widest > _EXTREME * widest.median()]) - {first}
    data = data[~data["choice"].isin(extreme)]
    shown = data[["value", *INTERVAL_COLUMNS, *({"least", "most"} & set(data.columns))]]
    low, high = float(shown.min().min()), float(shown.max().max())
    return [0.0 if _from_zero(low, high) else low, high]


def _from_zero(low: float, high: float) -> bool:
    """Tell whether an axis of such figures should begin at zero."""
    return 0 <= low < 0.5 * high
