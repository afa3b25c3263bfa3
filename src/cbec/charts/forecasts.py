"""Charts of forecasts: a series, what models make of it, and how sure they are."""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping
from typing import Any

import altair as alt
import pandas as pd

from cbec.charts.marks import figures, key, outlined, points, segments, tabled, tooltip, years
from cbec.charts.theme import COLOURS
from cbec.errors import TrendError

__all__ = ["BANDS", "ENDS", "fan", "fan_panels", "painted", "shared_key"]

ENDS: Mapping[str, str] = {
    "lower80": "80% from",
    "upper80": "80% to",
    "lower95": "95% from",
    "upper95": "95% to",
}
BANDS: Mapping[str, float] = {"95": 0.26, "80": 0.42}
_KINDS = ["observed", "forecast", "fitted"]
_NUMBER = ",.4~f"
_DIGITS = 5  # of what a model says: enough for a drawing, and for its table
_EXTREME = 3.0


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

    Raises
    ------
    TrendError
        If there is no forecast of `first`.

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
    if first not in choices:
        raise TrendError(f"first: there is no forecast of {first!r}; choose one of {choices}")
    columns = {"choice": label, **_columns(unit)}
    picked = alt.param(
        name="choice_picked",
        value=first,
        bind=alt.binding_select(options=choices, name=f"{label} "),
    )
    low, high = _span(data, first)
    up = alt.Y("value:Q", title=unit, scale=alt.Scale(domain=[low, high], nice=True, zero=False))
    source = alt.InlineData(values=_records(data, columns))
    chart = alt.layer(*_fan(data, unit), data=source).encode(years(), up)
    chart = chart.transform_filter(f"datum.choice == '' || datum.choice == {picked.name}")
    return tabled(chart.add_params(picked).properties(width=640), data, columns)


def fan_panels(frame: pd.DataFrame, *, unit: str | Mapping[str, str]) -> Any:
    """Draw several series with their forecasts, each in a panel with axes of its own.

    Parameters
    ----------
    frame : DataFrame
        As for `fan`, with ``series`` instead of ``choice``, in the order of the panels.
    unit : str or Mapping of str to str
        Unit of all series, or of each; units that differ stand below the names of the series.

    Returns
    -------
    altair.FacetChart

    Examples
    --------
    >>> frame = pd.DataFrame({"series": ["Exports", "Imports"] * 2, "year": [2024] * 2 + [2025] * 2,
    ...     "kind": ["observed"] * 2 + ["forecast"] * 2, "value": [13.7, 3.96, 14.4, 4.3],
    ...     "lower80": [None, None, 13.9, 4.0], "upper80": [None, None, 15.0, 4.7],
    ...     "lower95": [None, None, 13.6, 3.8], "upper95": [None, None, 15.4, 4.9]})
    >>> fan_panels(frame, unit="trillion CNY").usermeta["cbec"]["columns"][:2]
    [['series', 'Series'], ['kind', 'Figure']]
    """
    data = _prepared(frame)
    names = list(dict.fromkeys(data["series"]))
    units = {name: unit if isinstance(unit, str) else unit[name] for name in names}
    one = next(iter(units.values())) if len(set(units.values())) == 1 else None
    columns = {"series": "Series", **_columns(one or "Value")}
    lowest = data.groupby("series")[["value", *ENDS]].agg(["min", "max"])
    zero = all(_from_zero(row.min(), row.max()) for _, row in lowest.iterrows())
    up = alt.Y("value:Q", title=one, scale=alt.Scale(zero=zero))
    panel = alt.layer(*_fan(data, one or "Value")).encode(years(), up)
    named = alt.Undefined if one else f"[datum.label, {json.dumps(units)}[datum.label]]"
    header = alt.Header(title=None, labelAnchor="start", labelFontWeight="bold", labelExpr=named)
    chart = panel.properties(width=290, height=220).facet(
        alt.Facet("series:N", sort=names, header=header),
        data=alt.InlineData(values=_records(data, columns)),
        columns=2,
    )
    return tabled(
        chart.resolve_axis(x="independent").resolve_scale(x="independent", y="independent"),
        data,
        columns,
    )


def painted(base: alt.Chart, level: str, colour: str = "vermilion") -> alt.Chart:
    """Let a mark be as strong as its interval, and a legend say which interval that is."""
    names = {f"{known}% interval": BANDS[known] for known in sorted(BANDS)}
    scale = alt.Scale(domain=list(names), range=list(names.values()))
    legend = alt.Legend(
        orient="bottom",
        # Three short names fit a phone: these two and "unconfirmed".
        labelExpr="datum.index ? datum.label : slice(datum.label, 0, 3)",
        symbolType="square",
        symbolFillColor=COLOURS[colour],
        symbolStrokeColor=COLOURS[colour],
        symbolStrokeWidth=0,
    )
    return base.transform_calculate(interval=f"'{level}% interval'").encode(
        opacity=alt.Opacity("interval:O", title=None, scale=scale, legend=legend)
    )


def shared_key(frame: pd.DataFrame) -> list[alt.Chart]:
    """Say what a hollow mark means, in a layer that takes its data from the chart around it."""
    layers = key(frame)
    for layer in layers:
        layer.data = alt.Undefined
    return layers


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


def _fan(data: pd.DataFrame, unit: str) -> list[Any]:
    """Return the layers of a fan, which have data and axes in common."""
    kinds = [kind for kind in _KINDS if data["kind"].eq(kind).any()]
    hue = outlined("kind", kinds)
    vermilion, blue = alt.value(COLOURS["vermilion"]), alt.value(COLOURS["blue"])
    tips = [
        alt.Tooltip("year:O", title="Year"),
        alt.Tooltip("kind:N", title="Figure"),
        alt.Tooltip("value:Q", title=unit, format=_NUMBER),
    ]
    ends = [alt.Tooltip(f"{c}:Q", title=title, format=_NUMBER) for c, title in ENDS.items()]
    base = alt.Chart()
    bands = [
        painted(base, level)
        .mark_area(clip=True, color=COLOURS["vermilion"])
        .encode(alt.Y(f"lower{level}:Q"), alt.Y2(f"upper{level}:Q"))
        for level in BANDS
    ]
    ahead = segments(base, color=vermilion)
    ahead.mark.clip = True
    path = alt.layer(*bands, ahead).transform_filter(
        "datum.kind != 'observed' && datum.kind != 'fitted'"
    )
    layers = [path]
    if "fitted" in kinds:
        fitted = base.transform_filter("datum.kind == 'fitted'")
        layers.append(fitted.mark_line(strokeWidth=1.6, clip=True).encode(color=hue["color"]))
    joined = segments(base, color=blue).encode(strokeWidth=alt.value(1))
    ranges = base.mark_rule(strokeWidth=7, strokeOpacity=0.45).encode(
        alt.Y("least:Q"), alt.Y2("most:Q"), color=blue
    )
    groups = {
        "observed": [*([ranges] if "least" in data else []), joined, *points(base, size=45, **hue)],
        "forecast": points(base, size=35, **hue),
    }
    for dots in groups["forecast"]:
        dots.mark.clip = True
    for kind, marks in groups.items():
        own = data[data["kind"] == kind].dropna(axis="columns", how="all")
        told = tooltip(own, *tips, *(ends if kind == "forecast" else []))
        group = alt.layer(*marks).transform_filter(f"datum.kind == '{kind}'")
        layers.append(group.encode(tooltip=told))
    return [*layers, *shared_key(data)]


def _records(data: pd.DataFrame, columns: Collection[str]) -> list[dict[str, Any]]:
    """Return the rows without what is empty, and the points at which the fans open.

    The table shows the rows that have all its columns: fitted ones are not among them. A fan opens
    at the last figure before it; that point has no kind, so that no table shows it either.
    """
    listed: list[dict[str, Any]] = []
    told = {*columns, "vintage", "evidence"}
    for row in json.loads(data.to_json(orient="records")):
        if row["kind"] == "fitted":
            listed.append(
                {k: row[k] for k in ("choice", "series", "kind", "year", "value") if k in row}
            )
        else:
            listed.append({k: v for k, v in row.items() if k in told or v not in (None, False)})
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
    return (0.0 if _from_zero(low, high) else low), high


def _from_zero(low: float, high: float) -> bool:
    """Tell whether an axis of such figures should begin at zero."""
    return 0 <= low < 0.5 * high
