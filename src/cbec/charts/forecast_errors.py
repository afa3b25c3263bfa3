"""Charts of errors: forecasts against what came, and how wrong models are."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from itertools import cycle
from math import ceil
from typing import Any

import altair as alt
import pandas as pd

from cbec.charts.axes import headed, panels, tight, years
from cbec.charts.colours import COLOURS, INK, outlined, plain
from cbec.charts.forecasts import BANDS, INTERVALS, interval_key
from cbec.charts.marks import heading, in_legend, key, layered, points, segments
from cbec.charts.tooltips_and_tables import (
    YEAR_COLUMN,
    Column,
    amount,
    chart_data,
    rounded,
    tabled,
    tooltip,
)

# Heights of an item's words in one line, of each further line, of each lane, of a single one.
_WORDS, _MORE, _LANE, _ALONE = 32, 14, 16, 20
_BELOW_WORDS = 7
# What of the axis is kept for the end of an interval beyond it, so that it stands on no bar.
_NOTE = 0.13
# How much further than forecasts, outturns and 80% intervals the axis may reach, by their span.
_SPARE = 1 / 3
# A vertical stroke, in the units of Vega's symbols.
_STROKE = "M-0.14,-1H0.14V1H-0.14Z"


def rolling_errors(frame: pd.DataFrame, *, unit: str, reference: str) -> Any:
    """Draw the error of each model by years ahead; a click in the legend selects.

    Parameters
    ----------
    frame : DataFrame
        Columns ``model``, ``step`` (years ahead), ``value``, and ``n``, the number of forecasts.
    reference : str
        The model that the others are compared with: it is grey.

    Examples
    --------
    >>> frame = pd.DataFrame({"model": ["naive", "drift"], "step": 1, "value": [1.2, 0.8], "n": 8})
    >>> chart = rolling_errors(frame, unit="trillion CNY", reference="naive")
    >>> chart.usermeta["cbec"]["columns"][:3]
    [['model', 'Model'], ['step', 'Years ahead'], ['value', 'trillion CNY']]
    """
    ahead = Column("step", "Years ahead", "O")
    shown = [Column("model", "Model"), ahead, amount(unit), Column("n", "Forecasts", "Q")]
    data = rounded(chart_data(frame, shown), "value")
    picked, opacity = in_legend("model")
    axis = alt.Axis(values=sorted(set(data["step"].tolist())), format="d", grid=False)
    across = alt.X("step:Q", title="years ahead", axis=axis, scale=tight(14))
    up = alt.Y("value:Q", title=unit, scale=alt.Scale(zero=True))
    base = alt.Chart(data).encode(across, up, tooltip=tooltip(shown, data), opacity=opacity)
    hue = _models(data, reference)
    line = segments(base, "model", x="step", color=hue["color"])
    return layered(data, shown, line, *points(base, size=50, **hue)).add_params(picked)


def residuals(frame: pd.DataFrame, *, unit: str) -> Any:
    """Draw what each model left unexplained, by year, a panel for each model.

    Parameters
    ----------
    frame : DataFrame
        Columns ``model``, ``year`` and ``value`` (observed less fitted).

    Examples
    --------
    >>> frame = pd.DataFrame({"model": "drift", "year": [2023, 2024], "value": [0.3, -0.2]})
    >>> residuals(frame, unit="trillion CNY").columns
    2
    """
    shown = [Column("model", "Model"), YEAR_COLUMN, amount(unit)]
    data = rounded(chart_data(frame, shown).dropna(subset="value"), "value")
    up = alt.Y("value:Q", title=unit, scale=alt.Scale(nice=False, padding=8))
    up = up.axis(alt.Axis(tickCount=5))
    base, hue = alt.Chart(data).encode(years(), up, tooltip=tooltip(shown, data)), plain("blue")
    stems = base.mark_rule(strokeWidth=2).encode(y2=alt.datum(0), color=hue["color"])
    across: Any = {"x": alt.value(0), "x2": alt.value("width"), "y": alt.datum(0)}
    zero = base.mark_rule(color=INK, opacity=0.6, strokeWidth=1)
    zero = zero.encode(**across, tooltip=alt.value(None))
    panel = alt.layer(zero, stems, *points(base, size=40, **hue), *key(data))
    facets = panels("model", list(dict.fromkeys(data["model"])))
    chart = panel.properties(width=280, height=150).facet(facets, columns=2)
    return tabled(chart.resolve_axis(x="independent", y="independent"), data, shown)


def scored(frame: pd.DataFrame, *, unit: str, relative: bool = False) -> Any:
    """Draw forecasts, each on a line of its own, against what came.

    A dot is a forecast, a triangle a lower bound ("more than"), a bar from dot to dot a range; the
    faint bars are 95 and 80 percent intervals where there are any. The upright stroke is what came:
    one for all forecasts of an item, or, if they were of different figures, one for each. The axis
    takes in all of these but 95 percent intervals that reach much further: behind what is drawn of
    them stand an arrow and their end.

    Parameters
    ----------
    frame : DataFrame
        Columns ``item`` (the words above the lines; rows with the same item stand below each
        other), ``made`` (who or which method: the colour), ``value``, ``comparator``
        (``=`` or ``>``), ``outturn`` (NaN if not known yet), and where known ``value_upper`` (the
        other end of a range), ``lower_80``, ``upper_80``, ``lower_95``, ``upper_95``.
    relative : bool
        Whether each forecast stands by how many percent it is off its own outturn, so that
        forecasts of small and of large figures can be compared; tooltip and table keep the levels.

    Examples
    --------
    >>> frame = pd.DataFrame({"item": ["Ministry, 2013"], "made": "published", "value": 3.1,
    ...     "value_upper": None, "comparator": ">", "outturn": 3.15, "lower_80": None,
    ...     "upper_80": None, "lower_95": None, "upper_95": None})
    >>> scored(frame, unit="trillion CNY").data["mark"].item()
    'at least'
    """
    who = [Column("item", "Forecast"), Column("made", "By")]
    outturn = amount("Outturn", column="outturn")
    numbers = [amount(unit), amount("to", column="value_upper"), *INTERVALS, outturn]
    columns = [number.column for number in numbers]
    lacking = [column for column in columns if column not in frame]
    data = chart_data(frame.assign(**dict.fromkeys(lacking)), [*who, *numbers], "comparator")
    data[columns] = data[columns].apply(pd.to_numeric)
    data["mark"] = data["comparator"].map({">": "at least"}).fillna("forecast")
    data = headed(data, "item", 44)
    known = [column for column in columns if data[column].notna().any()]

    groups = list(dict.fromkeys(data["made"]))
    items = data.groupby("item")
    lanes = len(groups) if bool(items.size().max() > 1) else 1
    lane: dict[str, Any] = {"yOffset": alt.YOffset("made:N", sort=groups)} if lanes > 1 else {}
    tall = max(_LANE * lanes, _ALONE)
    above = _WORDS + _MORE * int(data["breaks"].max())
    step, inner, outer = above + tall, above / (above + tall), 0.4
    band = alt.Scale(type="band", paddingInner=inner, paddingOuter=outer)
    row = alt.Y("item:N", title=None, axis=None, sort=None, scale=band)
    at, ends, axis_ends = _places(data, known, relative)
    signed = "datum.value ? format(datum.value, '+d') : '0'"
    axis = alt.Axis(tickCount=5, labelExpr=signed if relative else alt.Undefined)
    title = "percent off what came" if relative else unit
    scale = alt.Scale(domain=axis_ends, nice=False, zero=False, padding=14)
    across = alt.X("at_value:Q", title=title, scale=scale, axis=axis)
    marks = {*data["mark"], *(["outturn"] if "outturn" in known else [])}
    look = {"size": 75, "shape": _shapes(marks), **outlined("made", groups)}
    several = bool(items["outturn"].nunique().max() > 1)
    base = alt.Chart()
    further = f"(width > 480 ? 0 : {_MORE} * datum.breaks)"
    words = heading(base, "item", f"-{_BELOW_WORDS} - {further}")
    came = base.mark_tick(
        orient="vertical", thickness=3.5, size=_LANE if several else tall + 4, color=INK, opacity=1
    )
    layers = [
        # The words come first: they say in which order the items stand.
        words.encode(row.bandPosition(0), tooltip=alt.value(None)),
        *_intervals(
            known,
            11 if lanes > 1 else 14,
            {"color": look["color"], "stroke": look["stroke"], **lane},
        ),
        *(_ranges(across, lane, look) if "value_upper" in known else []),
        *_beyond(known, relative, ends, lane),
        came.encode(alt.X("at_outturn:Q"), **(lane if several else {})),
        *key(data, shared=True),
        *points(base.encode(across, **lane), **look),
    ]
    said = _statements(known)
    levels = [level for level in sorted(BANDS) if f"said_{level}" in said]
    intervals = [Column(f"said_{level}", f"{level}% interval") for level in levels]
    told = [*who, Column("said_value", unit), *intervals, Column("said_outturn", "Outturn")]
    chart = alt.layer(*layers, data=data).transform_calculate(**said, **at)
    chart = chart.encode(row, tooltip=tooltip(told, data))
    shown = [*who, Column("mark", "Kind"), *(n for n in numbers if n.column in known)]
    height = ceil(step * (len(items) - inner + 2 * outer))
    return tabled(chart, data, shown, width=640, height=height)


def _off(column: str, relative: bool) -> tuple[str, str]:
    """Return whether a figure has a place on the axis, and which, as expressions of Vega."""
    if relative:
        there = f"isValid(datum.{column}) && isValid(datum.outturn)"
        return there, f"100 * (datum.{column} / datum.outturn - 1)"
    return f"isValid(datum.{column})", f"datum.{column}"


def _places(
    data: pd.DataFrame, known: Collection[str], relative: bool
) -> tuple[dict[str, str], list[float], list[float]]:
    """Return where all figures stand on the axis, how far marks reach, and the axis' ends."""
    shown = data[list(known)]
    if relative:
        shown = 100 * (shown.div(data["outturn"], axis="index") - 1)
    within = shown[[column for column in known if not column.endswith("_95")]]
    low, high = float(within.min().min()), float(within.max().max())
    spare = _SPARE * (high - low)
    least, most = float(shown.min().min()), float(shown.max().max())
    ends = [max(least, low - spare), min(most, high + spare)]
    note = _NOTE * (ends[1] - ends[0])
    axis_ends = [ends[0] - note * (least < ends[0]), ends[1] + note * (most > ends[1])]
    at = {}
    for column in known:
        there, off = _off(column, relative)
        at[f"at_{column}"] = f"{there} ? clamp({off}, {ends[0]!r}, {ends[1]!r}) : null"
    return at, ends, axis_ends


def _beyond(
    known: Collection[str], relative: bool, ends: Sequence[float], lane: Mapping[str, Any]
) -> list[alt.Chart]:
    """Write where intervals end that go on beyond the axis, behind what is drawn of them."""
    layers = []
    sides: Any = (("lower", 0, "<", "right", -4), ("upper", 1, ">", "left", 4))
    form = "'+.0f'" if relative else "',.4~f'"
    for side, end, sign, align, dx in sides:
        column = f"{side}_95"
        if column not in known:
            continue
        there, off = _off(column, relative)
        arrow = f"'← ' + format({off}, {form})" if end == 0 else f"format({off}, {form}) + ' →'"
        base = alt.Chart().transform_filter(f"{there} && {off} {sign} {ends[end]!r}")
        words = base.mark_text(align=align, dx=dx, fontSize=11, text={"expr": arrow}, color=INK)
        layers.append(words.encode(alt.X(f"at_{column}:Q"), **lane))
    return layers


def _intervals(known: Collection[str], width: int, look: Mapping[str, Any]) -> list[alt.Chart]:
    drawn = [
        alt.Chart()
        .transform_filter(f"isValid(datum.upper_{level})")
        .mark_bar(size=width, strokeWidth=1, fillOpacity=strength)
        .encode(alt.X(f"at_lower_{level}:Q"), alt.X2(f"at_upper_{level}:Q"), **look)
        for level, strength in BANDS.items()
        if f"upper_{level}" in known
    ]
    return [*drawn, interval_key("grey")] if drawn else []


def _ranges(across: alt.X, lane: Mapping[str, Any], look: Mapping[str, Any]) -> list[alt.Chart]:
    ends = alt.Chart().transform_filter("isValid(datum.value_upper)")
    joined = ends.mark_rule(strokeWidth=3).encode(across, alt.X2("at_value_upper:Q"), **lane)
    other = ends.encode(alt.X("at_value_upper:Q"), **lane)
    return [joined.encode(color=look["color"]), *points(other, **look)]


def _shapes(marks: Collection[str]) -> alt.Shape:
    """Return a shape for each of the marks that a chart has, and their legend."""
    shapes = {"forecast": "circle", "at least": "triangle-right", "outturn": _STROKE}
    shapes = {mark: shape for mark, shape in shapes.items() if mark in marks}
    legend = alt.Legend(symbolFillColor=INK, symbolStrokeColor=INK, symbolStrokeWidth=0, columns=1)
    scale = alt.Scale(domain=list(shapes), range=list(shapes.values()))
    return alt.Shape("mark:N", title=None, sort=list(shapes), scale=scale, legend=legend)


def _statements(known: Collection[str]) -> dict[str, str]:
    """Return what a tooltip says of a forecast and its outturn, as expressions of Vega."""

    def number(column: str) -> str:
        return f"format(datum.{column}, ',.4~f')"

    least = "(datum.mark == 'at least' ? 'more than ' : '')"
    upper = f"(isValid(datum.value_upper) ? ' to ' + {number('value_upper')} : '')"
    said = {
        "said_value": f"{least} + {number('value')} + {upper}",
        "said_outturn": f"isValid(datum.outturn) ? {number('outturn')} : 'not known yet'",
    }
    for level in BANDS:
        low, high = f"lower_{level}", f"upper_{level}"
        if high in known:
            both = f"{number(low)} + ' to ' + {number(high)}"
            said[f"said_{level}"] = f"isValid(datum.{high}) ? {both} : 'none given'"
    return said


def _models(data: pd.DataFrame, reference: str) -> dict[str, Any]:
    """Colour models by name; grey is kept for the reference."""
    names = list(dict.fromkeys(data["model"]))
    others = cycle(colour for name, colour in COLOURS.items() if name != "grey")
    hues = [COLOURS["grey"] if name == reference else next(others) for name in names]
    return outlined("model", names, hues)
