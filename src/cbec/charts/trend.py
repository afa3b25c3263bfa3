"""Charts of forecasts: fans, and forecasts against what came."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

import altair as alt
import pandas as pd

from cbec.charts.look import COLOURS, INK
from cbec.charts.parts import (
    figures,
    key,
    outlined,
    points,
    segments,
    tabled,
    tooltip,
    wrapped,
    years,
)

__all__ = ["BANDS", "ENDS", "fan", "fan_panels", "painted", "scored"]

ENDS: Mapping[str, str] = {
    "lower80": "80 % from",
    "upper80": "80 % to",
    "lower95": "95 % from",
    "upper95": "95 % to",
}
BANDS: Mapping[str, float] = {"95": 0.22, "80": 0.42}
_KINDS = ["observed", "forecast", "fitted"]
_NUMBER = ",.4~f"
_DIGITS = 5  # of what a model says: enough for a drawing, and for its table
_EXTREME = 3.0
# A vertical stroke, in the units of Vega's symbols.
_STROKE = "M-0.14,-1H0.14V1H-0.14Z"


def fan(frame: pd.DataFrame, *, unit: str, first: str, label: str = "Model") -> Any:
    """Draw a series, one model's line through it and its forecast with both intervals.

    A list below the drawing changes the model. The axis is the same for all of them: it takes in
    the observed figures and the forecasts with their intervals, except those of a model whose
    widest interval is more than three times the median model's, unless that model comes first.
    What lies beyond is cut off; the tooltip and the table have it.

    Parameters
    ----------
    frame : DataFrame
        Columns ``choice`` (the model), ``kind`` (``observed``, ``fitted`` or ``forecast``),
        ``year``, ``value``, and for forecasts ``lower80``, ``upper80``, ``lower95`` and
        ``upper95``. Observed figures stand there once, with an empty ``choice``, and have
        ``least`` and ``most``, the ends of their rounding range, if known. A forecast that rests
        on unconfirmed figures is hollow if its own ``evidence`` says ``unconfirmed``.
    unit : str
        Title of the value axis.
    first : str
        The model that is chosen at the beginning.
    label : str
        What is chosen.

    Returns
    -------
    altair.LayerChart

    Examples
    --------
    >>> frame = pd.DataFrame({"choice": ["", "", "drift"], "kind": ["observed"] * 2 + ["forecast"],
    ...     "year": [2023, 2024, 2025], "value": [16.85, 17.66, 18.47], "lower80": 17.5,
    ...     "upper80": 19.4, "lower95": 17.0, "upper95": 19.9})
    >>> chart = fan(frame, unit="trillion CNY", first="drift")
    >>> chart.usermeta["cbec"]["columns"][0]
    ['choice', 'Model']
    """
    data = _prepared(frame)
    choices = list(dict.fromkeys(data.loc[data["kind"] == "forecast", "choice"]))
    picked = alt.param(
        name="choice_picked",
        value=first,
        bind=alt.binding_select(options=choices, name=f"{label} "),
    )
    shown = f"datum.choice == '' || datum.choice == {picked.name}"
    chart = alt.layer(*_fan(data, unit, shown, first), *_hollow_key(data)).add_params(picked)
    return tabled(chart.properties(width=640), data, {"choice": label, **_columns(unit)})


def fan_panels(frame: pd.DataFrame, *, unit: str | Mapping[str, str]) -> Any:
    """Draw several series with their forecasts, each in a panel with axes of its own.

    Parameters
    ----------
    frame : DataFrame
        As for `fan`, with ``series`` instead of ``choice``, in the order of the panels.
    unit : str or Mapping of str to str
        Unit of all series, or of each.

    Returns
    -------
    altair.ConcatChart

    Examples
    --------
    >>> frame = pd.DataFrame({"series": ["Exports", "Imports"] * 2, "year": [2024] * 2 + [2025] * 2,
    ...     "kind": ["observed"] * 2 + ["forecast"] * 2, "value": [13.7, 3.96, 14.4, 4.3],
    ...     "lower80": [None, None, 13.9, 4.0], "upper80": [None, None, 15.0, 4.7],
    ...     "lower95": [None, None, 13.6, 3.8], "upper95": [None, None, 15.4, 4.9]})
    >>> chart = fan_panels(frame, unit="trillion CNY")
    >>> [panel.title.text for panel in chart.concat]
    ['Exports', 'Imports']
    """
    data = _prepared(frame)
    panels = []
    for series, part in data.groupby("series", sort=False):
        title = alt.Title(str(series), color=INK, anchor="start", fontSize=13)
        own = unit if isinstance(unit, str) else unit[str(series)]
        layers = [*_fan(part, own), *_hollow_key(data)]
        panels.append(alt.layer(*layers).properties(width=290, height=220, title=title))
    said = unit if isinstance(unit, str) else "Value"
    columns = {"series": "Series", **_columns(said)}
    return tabled(alt.concat(*panels, columns=2), data, columns)


def scored(frame: pd.DataFrame, *, unit: str) -> Any:
    """Draw forecasts, each on a line of its own, against what came.

    A dot is a forecast, a triangle a lower bound ("more than"), a bar from dot to dot a range; the
    light bars are 95 and 80 percent intervals where there are any. The upright stroke is what came.

    Parameters
    ----------
    frame : DataFrame
        Columns ``item`` (the words above the line; rows with the same item share one), ``made``
        (who or which method, at most three: the colour), ``value``, ``value_upper`` (other end of
        a range, else NaN), ``comparator`` (``=`` or ``>``), ``outturn``, and ``lower80``,
        ``upper80``, ``lower95``, ``upper95`` where known.
    unit : str
        Title of the value axis.

    Returns
    -------
    altair.LayerChart

    Examples
    --------
    >>> frame = pd.DataFrame({"item": ["Ministry, 2013"], "made": "published", "value": 3.1,
    ...     "value_upper": None, "comparator": ">", "outturn": 3.15})
    >>> scored(frame, unit="trillion CNY").data["mark"].item()
    'at least'
    """
    wanted = ["item", "made", "value", "value_upper", "comparator", *ENDS, "outturn"]
    data = figures(frame, *wanted)
    data = data.reindex(columns=[*data.columns, *(set(wanted) - set(data.columns))])
    numeric = ["value", "value_upper", *ENDS, "outturn"]
    data[numeric] = data[numeric].apply(pd.to_numeric)
    data["mark"] = data["comparator"].map({">": "at least"}).fillna("forecast")
    data["broken"] = data["item"].map(lambda text: wrapped(text, 44))
    data["breaks"] = data["broken"].str.count("\n")
    data["first"] = ~data["item"].duplicated()
    groups = list(dict.fromkeys(data["made"]))
    abreast = bool(data.groupby("item").size().max() > 1)
    lane: dict[str, Any] = {"yOffset": alt.YOffset("made:N", sort=groups)} if abreast else {}
    band = alt.Scale(type="band", paddingInner=0.62 if abreast else 0.7, paddingOuter=0.4)
    row: dict[str, Any] = {"title": None, "axis": None, "sort": None, "scale": band}
    scale = alt.Scale(zero=False, nice=False, padding=14)
    across = alt.X("value:Q", title=unit, scale=scale, axis=alt.Axis(tickCount=5))
    said = {"value": unit, "value_upper": "to", **ENDS, "outturn": "Outturn"}
    said = {c: title for c, title in said.items() if data[c].notna().any()}
    base = alt.Chart(data).encode(
        alt.Y("item:N", **row),
        tooltip=tooltip(
            data,
            alt.Tooltip("item:N", title="Forecast"),
            alt.Tooltip("made:N", title="By"),
            alt.Tooltip("mark:N", title="Kind"),
            *(alt.Tooltip(f"{c}:Q", title=title, format=_NUMBER) for c, title in said.items()),
        ),
    )
    hue = outlined("made", groups)
    one = {"color": hue["color"], **lane}
    marks = ["forecast", "at least", "outturn"]
    shapes = alt.Scale(domain=marks, range=["circle", "triangle-right", _STROKE])
    legend = alt.Legend(symbolFillColor=INK, symbolStrokeColor=INK, symbolStrokeWidth=0, columns=1)
    shape = alt.Shape("mark:N", title=None, sort=marks, scale=shapes, legend=legend)
    statements = (
        base.transform_filter("datum.first")
        .mark_text(
            align="left",
            baseline="bottom",
            lineBreak="\n",
            x=0,
            dy={"expr": "-5 - (width > 480 ? 0 : 14 * datum.breaks)"},
            text={"expr": "width > 480 ? datum.item : datum.broken"},
        )
        .encode(alt.Y("item:N", **row, bandPosition=0))
    )
    # The words come first: they say in which order the items stand.
    layers: list[Any] = [statements]
    layers += [
        painted(base.transform_filter(f"isValid(datum.upper{level})"), level, "grey")
        .mark_rule(strokeWidth=9 if abreast else 12)
        .encode(alt.X(f"lower{level}:Q"), alt.X2(f"upper{level}:Q"), **one)
        for level in BANDS
        if f"upper{level}" in said
    ]
    ends = base.transform_filter("isValid(datum.value_upper)")
    if "value_upper" in said:
        joined = ends.mark_rule(strokeWidth=3).encode(across, alt.X2("value_upper:Q"), **one)
        other = ends.encode(alt.X("value_upper:Q"), **lane)
        layers += [joined, *points(other, size=75, shape=shape, **hue)]
    came = base.mark_tick(orient="vertical", thickness=3.5, size=24, color=INK, opacity=1)
    layers += [
        came.encode(alt.X("outturn:Q")),
        *key(data),
        *points(base.encode(across, **lane), size=75, shape=shape, **hue),
    ]
    height = int(data["first"].sum()) * (64 if abreast else 56)
    columns = {"item": "Forecast", "made": "By", "mark": "Kind", **said}
    return tabled(alt.layer(*layers).properties(width=640, height=height), data, columns)


def painted(base: alt.Chart, level: str, colour: str = "vermilion") -> alt.Chart:
    """Let a mark be as strong as its interval, and a legend say which interval that is."""
    names = {f"{known} % interval": BANDS[known] for known in sorted(BANDS)}
    scale = alt.Scale(domain=list(names), range=list(names.values()))
    legend = alt.Legend(
        orient="bottom",
        # Three short names fit a phone: these two and "unconfirmed".
        labelExpr="datum.index ? datum.label : slice(datum.label, 0, 4)",
        symbolType="square",
        symbolFillColor=COLOURS[colour],
        symbolStrokeColor=COLOURS[colour],
        symbolStrokeWidth=0,
    )
    return base.transform_calculate(interval=f"'{level} % interval'").encode(
        opacity=alt.Opacity("interval:O", title=None, scale=scale, legend=legend)
    )


def _columns(unit: str) -> dict[str, str]:
    return {"kind": "Figure", "year": "Year", "value": unit, **ENDS}


def _prepared(frame: pd.DataFrame) -> pd.DataFrame:
    """Keep what a fan draws; numbers of a model with five digits."""
    data = figures(frame, "choice", "series", "kind", "year", "value", *ENDS, "least", "most")
    if "choice" in data:
        data["choice"] = data["choice"].fillna("")
    made = data["kind"] != "observed"
    for column in ("value", *ENDS):
        short = data.loc[made, column].map(lambda number: float(f"{number:.{_DIGITS}g}"))
        data[column] = data[column].astype(float)
        data.loc[made, column] = short
        if column in ENDS:
            data[column] = data[column].where(data["kind"] == "forecast")
    return data


def _fan(data: pd.DataFrame, unit: str, shown: str = "true", first: str = "") -> list[Any]:
    """Return the layers of a fan; ``shown`` tells which rows."""
    low, high = _span(data, first)
    scale = alt.Scale(domain=[low, high], nice=True, zero=False)
    base = (
        alt.Chart(alt.InlineData(values=_records(data)))
        .transform_filter(shown)
        .encode(years(), alt.Y("value:Q", title=unit, scale=scale))
    )
    tips = [
        alt.Tooltip("year:O", title="Year"),
        alt.Tooltip("kind:N", title="Figure"),
        alt.Tooltip("value:Q", title=unit, format=_NUMBER),
    ]
    ends = [alt.Tooltip(f"{c}:Q", title=title, format=_NUMBER) for c, title in ENDS.items()]
    hue = outlined("kind", _KINDS)
    vermilion, blue = alt.value(COLOURS["vermilion"]), alt.value(COLOURS["blue"])
    path = base.transform_filter("datum.kind != 'observed' && datum.kind != 'fitted'")
    seen = base.transform_filter("datum.kind == 'observed'").encode(tooltip=tooltip(data, *tips))
    made = base.transform_filter("datum.kind == 'forecast'").encode(
        tooltip=tooltip(data, *tips, *ends)
    )
    bands = [
        painted(path, level)
        .mark_area(clip=True, color=COLOURS["vermilion"])
        .encode(alt.Y(f"lower{level}:Q"), alt.Y2(f"upper{level}:Q"))
        for level in BANDS
    ]
    fitted = (
        base.transform_filter("datum.kind == 'fitted'")
        .mark_line(strokeWidth=1.6, clip=True)
        .encode(color=hue["color"])
    )
    ranges = (
        [
            seen.mark_rule(strokeWidth=7, strokeOpacity=0.45).encode(
                alt.Y("least:Q"), alt.Y2("most:Q"), color=blue
            )
        ]
        if "least" in data.columns
        else []
    )
    joined = segments(seen, color=blue).encode(strokeWidth=alt.value(1))
    ahead = segments(path, color=vermilion)
    ahead.mark.clip = True
    dots = [*points(seen, size=45, **hue), *points(made, size=35, **hue)]
    for layer in dots[2:]:
        layer.mark.clip = True
    return [*bands, fitted, *ranges, joined, ahead, *dots]


def _records(data: pd.DataFrame) -> list[dict[str, Any]]:
    """Return the rows, the fitted ones short, and the points at which the fans open.

    A fan opens at the last figure before it. That point has no kind, so that no table shows it.
    """
    rows: list[dict[str, Any]] = json.loads(data.to_json(orient="records"))
    short = {"choice", "series", "kind", "year", "value"}
    listed = [
        {k: v for k, v in row.items() if row["kind"] != "fitted" or k in short} for row in rows
    ]
    named = "choice" if "choice" in data else "series"
    for choice, made in data[data["kind"] == "forecast"].groupby(named, sort=False):
        own = (data["kind"] == "observed") & data[named].isin([choice, ""])
        before = data[own & (data["year"] < made["year"].min())]
        if len(before):
            last = before.loc[before["year"].idxmax()]
            value = float(last["value"])
            point = {"year": int(last["year"]), "value": value, **dict.fromkeys(ENDS, value)}
            listed.append({named: choice, **point, "unconfirmed": bool(last["unconfirmed"])})
    return listed


def _span(data: pd.DataFrame, first: str) -> tuple[float, float]:
    """Return the ends of an axis for all figures but those of models with extreme intervals."""
    made = data[data["kind"] == "forecast"]
    width = made["upper95"] - made["lower95"]
    widest = width.groupby(made["choice"]).max() if "choice" in made else pd.Series(dtype=float)
    extreme = widest.index[widest > _EXTREME * widest.median()]
    if len(extreme):
        data = data[~data["choice"].isin(set(extreme) - {first})]
    shown = data[["value", *ENDS, *({"least", "most"} & set(data.columns))]]
    low, high = float(shown.min().min()), float(shown.max().max())
    # Near zero, zero belongs to the axis.
    return (0.0 if 0 <= low < 0.5 * high else low), high


def _hollow_key(data: pd.DataFrame) -> Sequence[alt.Chart]:
    return key(pd.DataFrame({"unconfirmed": [bool(data["unconfirmed"].any())]}))
