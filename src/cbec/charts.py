"""The look of the book's charts, and the charts that more than one place needs.

`enable` is called once in each notebook. It registers one theme, which is legible on a light and on
a dark page, and one renderer. What a notebook stores is the Vega-Lite specification, for the site,
and a picture, for everything that knows no Vega-Lite 6: GitHub, JupyterLab, VS Code. Run by a
person, it stores a live view besides.
"""

from __future__ import annotations

import base64
import copy
import os
import textwrap
import uuid
from collections.abc import Mapping
from typing import Any

import altair as alt
import pandas as pd

from cbec.audit import Audit, ClaimAudit
from cbec.rounding import Rule
from cbec.vega import MIME, inline_json, vega_bundle
from cbec.verdicts import Arithmetic, Evidence, sense

__all__ = [
    "COLOURS",
    "annual_lines",
    "bars",
    "by_edition",
    "enable",
    "grouped_bars",
    "interval_dots",
    "interval_ladder",
    "needed_growth",
    "picked_line",
    "present",
    "publication_years",
    "ranked_pairs",
    "stacked_counts",
    "steps",
    "verdict_bars",
    "verdict_map",
]

# Which of the two ways a notebook is run: "stored" for `make notebooks` and the tests.
_MODE = "CBEC_CHARTS"

# Okabe and Ito's colour-blind safe hues, with orange, sky blue and pink darkened so that each has a
# contrast of at least 3 to 1 against white and against the dark page (a test computes it).
COLOURS: Mapping[str, str] = {
    "blue": "#0072b2",
    "vermilion": "#d55e00",
    "green": "#009e73",
    "pink": "#c56f9f",
    "sky": "#3a98cc",
    "ochre": "#b88600",
    "grey": "#808890",
    "crimson": "#d23f78",
    "violet": "#8f6bd0",
}
# The hues of the badges in cbec.css.
_VERDICT_COLOURS: Mapping[str, str] = {
    Arithmetic.EXACT: COLOURS["blue"],
    Arithmetic.ROUNDING: COLOURS["green"],
    Arithmetic.ROUNDING_RULE: COLOURS["ochre"],
    Arithmetic.WIDE: COLOURS["ochre"],
    Arithmetic.INCONSISTENT: COLOURS["vermilion"],
    Arithmetic.DECISION: COLOURS["crimson"],
    Arithmetic.NOT_DERIVABLE: COLOURS["grey"],
    Arithmetic.FAILED: COLOURS["crimson"],
    Evidence.CONFIRMED: COLOURS["blue"],
    Evidence.SINGLE_SOURCE: COLOURS["green"],
    Evidence.RELAYED: COLOURS["ochre"],
    Evidence.MISATTRIBUTED: COLOURS["vermilion"],
    Evidence.CONTRADICTED: COLOURS["crimson"],
    Evidence.UNTRACEABLE: COLOURS["grey"],
    Evidence.OWN_TEXT: COLOURS["violet"],
    Evidence.PROPOSAL: COLOURS["violet"],
    Evidence.NOT_CHECKED: COLOURS["grey"],
}
_INK = "currentColor"


def enable() -> None:
    """Register the theme and the renderer for this session's charts."""
    alt.theme.register("cbec", enable=True)(_theme)
    alt.renderers.register("cbec", _mime_bundle)
    alt.renderers.enable("cbec")


def present(
    chart: Any, *, title: str, unit: str, source: str, description: str, height: int | None = None
) -> Any:
    """Give a chart its words.

    The words stay outside the drawing, so that a page can wrap, translate and read them aloud.

    Parameters
    ----------
    chart : altair chart
        The drawing.
    title : str
        What is shown.
    unit : str
        Unit and scope, the line below the title.
    source : str
        Where the figures come from.
    description : str
        What a reader who can't see the drawing should know: what it shows, not its title.
    height : int, optional
        Height of the drawing in pixels.

    Returns
    -------
    altair chart
        A copy with the words in ``usermeta`` and as ``description``.
    """
    words = {"title": title, "subtitle": unit, "source": source, "alt": description}
    size: dict[str, Any] = {} if height is None else {"height": height}
    return chart.properties(usermeta={"cbec": words}, description=description, **size)


def annual_lines(
    frame: pd.DataFrame,
    *,
    value: str = "value",
    series: str = "series",
    unit: str,
    log: bool = False,
    order: list[str] | None = None,
) -> Any:
    """Draw annual series as lines; unconfirmed years are hollow, a click in the legend selects.

    Parameters
    ----------
    frame : DataFrame
        Columns ``year``, the value, the series and, if known, ``evidence`` and ``printed``.
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
    """
    names = order or list(dict.fromkeys(frame[series]))
    bind = "legend" if len(names) > 1 else alt.Undefined
    picked = alt.selection_point(fields=[series], bind=bind, name="series_in_legend")
    scale = alt.Scale(type="log", nice=False) if log else alt.Scale(zero=True)
    axis = alt.Axis(tickCount=6) if log else alt.Axis()
    columns = [c for c in ("printed", "vintage", "evidence") if c in frame.columns]
    colour = _colour(series, names)
    base = alt.Chart(frame).encode(
        _years(),
        alt.Y(f"{value}:Q", title=unit, scale=scale, axis=axis),
        colour,
        tooltip=[
            alt.Tooltip("year:O", title="Year"),
            alt.Tooltip(f"{series}:N", title="Series"),
            alt.Tooltip(f"{value}:Q", title=unit),
            *(alt.Tooltip(f"{c}:N", title=c.capitalize()) for c in columns),
        ],
        opacity=alt.when(picked).then(alt.value(1)).otherwise(alt.value(0.15)),
    )
    points = base.mark_point(size=55, filled=True)
    layers = [base.mark_line(strokeWidth=2), points.add_params(picked)]
    if "evidence" in frame.columns and (frame["evidence"] == "unconfirmed").any():
        unconfirmed = alt.datum.evidence == "unconfirmed"
        layers[1] = points.transform_filter(~unconfirmed).add_params(picked)
        hollow = base.mark_point(size=55, strokeWidth=2).transform_filter(unconfirmed)
        layers.append(hollow)
    return alt.layer(*layers).properties(width=640)


def interval_dots(
    frame: pd.DataFrame,
    *,
    unit: str,
    log: bool = False,
    mark: float | None = None,
    group: str | None = None,
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
        A column that colours the items.

    Returns
    -------
    altair.LayerChart
    """
    scale = (
        alt.Scale(type="log", nice=False, padding=16) if log else alt.Scale(zero=False, nice=True)
    )
    names = list(dict.fromkeys(frame[group])) if group else []
    axis = alt.Axis(values=[1, 2, 5, 10, 20]) if log else alt.Axis(tickCount=5)
    base = alt.Chart(_labelled(frame, "item")).encode(
        _label_axis(),
        color=_colour(group, names) if group else alt.value(COLOURS["blue"]),
        tooltip=[
            alt.Tooltip("item:N", title="Item"),
            alt.Tooltip("value:Q", title=unit, format=".3~f"),
            alt.Tooltip("lower:Q", title="at least", format=".3~f"),
            alt.Tooltip("upper:Q", title="at most", format=".3~f"),
        ],
    )
    ranges = base.mark_rule(strokeWidth=6, opacity=0.5).encode(
        alt.X("lower:Q", title=unit, scale=scale, axis=axis), alt.X2("upper:Q")
    )
    layers = [ranges, base.mark_point(filled=True, size=70, opacity=1).encode(alt.X("value:Q"))]
    if mark is not None:
        line = alt.Chart(pd.DataFrame({"mark": [mark]})).mark_rule(strokeDash=[5, 4], color=_INK)
        layers.append(line.encode(alt.X("mark:Q")))
    return alt.layer(*layers).properties(width=440, height=alt.Step(42))


def bars(frame: pd.DataFrame, *, unit: str) -> Any:
    """Draw one bar an item, with its value.

    Parameters
    ----------
    frame : DataFrame
        Columns ``item`` and ``value``, in the order to be drawn.
    unit : str
        Title of the value axis.

    Returns
    -------
    altair.LayerChart
    """
    base = alt.Chart(_labelled(frame, "item")).encode(
        _label_axis(),
        alt.X("value:Q", title=unit, scale=_room(frame["value"]), axis=alt.Axis(tickCount=5)),
        tooltip=[alt.Tooltip("item:N", title="Item"), alt.Tooltip("value:Q", title=unit)],
    )
    labels = base.mark_text(align="left", dx=5, color=_INK).encode(alt.Text("value:Q", format=","))
    drawn = base.mark_bar(color=COLOURS["blue"], height={"band": 0.7})
    return (drawn + labels).properties(width=440, height=alt.Step(30))


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
    altair.Chart
    """
    names = list(dict.fromkeys(frame["series"]))
    picked = alt.selection_point(fields=["vintage"], on="pointerover", empty=True, name="edition")
    frame = frame.assign(edition=frame["vintage"].str.slice(0, 4))
    points = (
        alt.Chart(frame)
        .mark_point(size=90, strokeWidth=2.5)
        .encode(
            _years(),
            alt.Y("value:Q", title=unit),
            _colour("series", names),
            alt.Shape("series:N", title=None, sort=names, scale=alt.Scale(domain=names)),
            opacity=alt.when(picked).then(alt.value(1)).otherwise(alt.value(0.2)),
            tooltip=[
                alt.Tooltip("vintage:N", title="Edition"),
                alt.Tooltip("series:N", title="What"),
                alt.Tooltip("year:O", title="Year"),
                alt.Tooltip("printed:N", title=unit),
                alt.Tooltip("evidence:N", title="Evidence"),
            ],
        )
        .add_params(picked)
    )
    forecasts = alt.Chart(frame[frame["series"] == names[-1]])
    labels = forecasts.mark_text(align="left", dx=9, fontSize=10, color=_INK).encode(
        _years(), alt.Y("value:Q"), alt.Text("edition:N")
    )
    return (points + labels).properties(width=640, height=380)


def picked_line(frame: pd.DataFrame, *, unit: str, first: str) -> Any:
    """Draw a line for each country, the chosen one in colour.

    Parameters
    ----------
    frame : DataFrame
        Columns ``country``, ``year`` and ``value``.
    unit : str
        Title of the value axis.
    first : str
        The country that is chosen at the beginning.

    Returns
    -------
    altair.LayerChart
    """
    countries = sorted(frame["country"].unique())
    choice = alt.param(
        name="country_picked",
        value=first,
        bind=alt.binding_select(options=countries, name="Country "),
    )
    base = alt.Chart(frame).encode(
        _years(),
        alt.Y("value:Q", title=unit),
        alt.Detail("country:N"),
        tooltip=[
            alt.Tooltip("country:N", title="Country"),
            alt.Tooltip("year:O", title="Year"),
            alt.Tooltip("value:Q", title=unit, format=".1f"),
        ],
    )
    others = base.mark_line(color=COLOURS["grey"], opacity=0.45).add_params(choice)
    dot = alt.OverlayMarkDef(color=COLOURS["vermilion"])
    chosen = base.mark_line(color=COLOURS["vermilion"], strokeWidth=3, point=dot)
    return alt.layer(others, chosen.transform_filter(alt.datum.country == choice)).properties(
        width=640
    )


def ranked_pairs(frame: pd.DataFrame, *, unit: str, order: list[str]) -> Any:
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
    years = [str(year) for year in sorted(frame["year"].unique())]
    base = alt.Chart(frame.assign(year=frame["year"].astype(str))).encode(
        alt.Y("country:N", title=None, sort=order),
        alt.X("value:Q", title=unit, scale=alt.Scale(zero=False, nice=False, padding=14)),
    )
    dots = base.mark_point(filled=True, size=90, opacity=1).encode(
        _colour("year", years),
        alt.Shape("year:N", title=None, scale=alt.Scale(domain=years)),
        tooltip=[
            alt.Tooltip("country:N", title="Country"),
            alt.Tooltip("year:N", title="Year"),
            alt.Tooltip("value:Q", title=unit),
        ],
    )
    lines = base.mark_line(color=COLOURS["grey"], strokeWidth=2).encode(alt.Detail("country:N"))
    return (lines + dots).properties(width=460, height=alt.Step(24))


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
    placed = _labelled(frame, category).assign(place=frame.groupby(category).cumcount() + 1)
    return (
        alt.Chart(placed)
        .mark_square(size=360, opacity=1)
        .encode(
            alt.X("place:O", title=unit, axis=alt.Axis(labelAngle=0)),
            _label_axis(),
            _colour(colour, names),
            tooltip=[
                alt.Tooltip("statement:N", title="Statement"),
                alt.Tooltip(f"{colour}:N", title="Carries"),
            ],
        )
        .properties(width=400, height=alt.Step(40))
    )


def steps(frame: pd.DataFrame, *, unit: str) -> Any:
    """Draw a count that changes on certain dates as a staircase.

    Parameters
    ----------
    frame : DataFrame
        Columns ``date``, ``value``, ``added`` and ``evidence``.
    unit : str
        Title of the value axis.

    Returns
    -------
    altair.LayerChart
    """
    base = alt.Chart(frame).encode(
        alt.X("date:T", title=None, axis=alt.Axis(format="%Y")),
        alt.Y("value:Q", title=unit),
        tooltip=[
            alt.Tooltip("date:T", title="Date", format="%Y-%m-%d"),
            alt.Tooltip("added:Q", title="Added"),
            alt.Tooltip("value:Q", title=unit),
            alt.Tooltip("evidence:N", title="Evidence"),
        ],
    )
    line = base.mark_line(interpolate="step-after", color=COLOURS["blue"], strokeWidth=2)
    return (line + base.mark_point(filled=True, size=70, color=COLOURS["blue"])).properties(
        width=640
    )


def needed_growth(observed: pd.DataFrame, *, multiples: list[float], years: int) -> Any:
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
        alt.Chart(pd.DataFrame({"multiple": multiples}))
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
    names = list(observed["item"])
    lines = (
        alt.Chart(observed)
        .mark_rule(strokeDash=[5, 4], strokeWidth=2)
        .encode(
            alt.Y("rate:Q"),
            _colour("item", names),
            tooltip=[
                alt.Tooltip("item:N", title="Observed"),
                alt.Tooltip("rate:Q", title="Percent a year", format=".1f"),
            ],
        )
    )
    return alt.layer(needed.mark_bar(color=COLOURS["grey"]), lines, labels).properties(width=560)


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
    return (
        alt.Chart(_labelled(frame, "item"))
        .mark_point(filled=True, size=110, opacity=1)
        .encode(
            _label_axis(grid=True),
            alt.X(
                "value:Q",
                title="year of publication",
                scale=alt.Scale(zero=False, nice=False, padding=12),
                axis=alt.Axis(format="d", tickMinStep=1),
            ),
            _colour("verdict", names),
            alt.Shape("verdict:N", title=None, sort=names, scale=alt.Scale(domain=names)),
            tooltip=[
                alt.Tooltip("item:N", title="Reference"),
                alt.Tooltip("value:Q", title="Year"),
                alt.Tooltip("verdict:N", title="Can it bear it?"),
            ],
        )
        .properties(width=440, height=alt.Step(40))
    )


def grouped_bars(frame: pd.DataFrame, *, unit: str, order: list[str]) -> Any:
    """Draw bars for several series side by side in each year, with the range left by rounding.

    Parameters
    ----------
    frame : DataFrame
        Columns ``year``, ``series``, ``value``, ``lower`` and ``upper``.
    unit : str
        Title of the value axis.
    order : list of str
        The series in the order of the bars and the legend.

    Returns
    -------
    altair.LayerChart
    """
    picked = alt.selection_point(fields=["series"], bind="legend", name="series_in_legend")
    base = alt.Chart(frame).encode(
        alt.X("year:O", title=None, axis=alt.Axis(labelAngle=0, labelOverlap=True)),
        alt.XOffset("series:N", sort=order),
        opacity=alt.when(picked).then(alt.value(1)).otherwise(alt.value(0.15)),
        tooltip=[
            alt.Tooltip("year:O", title="Year"),
            alt.Tooltip("series:N", title="Series"),
            alt.Tooltip("value:Q", title=unit, format=".2f"),
            alt.Tooltip("lower:Q", title="at least", format=".2f"),
            alt.Tooltip("upper:Q", title="at most", format=".2f"),
        ],
    )
    bars = base.mark_bar().encode(
        alt.Y("value:Q", title=unit),
        _colour("series", order),
    )
    rules = base.mark_rule(color=_INK).encode(alt.Y("lower:Q"), alt.Y2("upper:Q"))
    return (bars.add_params(picked) + rules).properties(width=640)


def interval_ladder(results: list[ClaimAudit]) -> Any:
    """Draw printed figures and recomputed ranges as offsets, in units of the last printed digit.

    On this scale each printed figure covers the band from minus to plus one half, and figures of
    any size can stand below each other.

    Parameters
    ----------
    results : list of ClaimAudit
        Claims with a derivation and a finite range.

    Returns
    -------
    altair.LayerChart
    """
    rows = []
    for result in results:
        printed, check = result.claim.printed, result.primary
        if printed is None or check is None or check.face is None:
            continue
        interval = check.recomputed[Rule.HALF_UP]
        if interval.lower is None or interval.upper is None or printed.is_exact_count:
            continue
        low, high, face = (
            float((x - printed.value) / printed.resolution)
            for x in (interval.lower, interval.upper, check.face)
        )
        rows.append(
            {
                "claim": f"{result.claim.label_en} ({printed.text})",
                "low": low,
                "high": high,
                "face": face,
                "verdict": str(result.arithmetic),
                "bounds": result.bounds_text,
            }
        )
    frame = pd.DataFrame(rows)
    names = list(dict.fromkeys(frame["verdict"]))
    base = alt.Chart(_labelled(frame, "claim")).encode(
        _label_axis(),
        alt.Color(
            "verdict:N",
            title=None,
            scale=alt.Scale(domain=names, range=[_VERDICT_COLOURS[n] for n in names]),
        ),
        tooltip=[
            alt.Tooltip("claim:N", title="Claim"),
            alt.Tooltip("bounds:N", title="Recomputed"),
            alt.Tooltip("verdict:N", title="Verdict"),
        ],
    )
    band = (
        alt.Chart(pd.DataFrame({"low": [-0.5], "high": [0.5]}))
        .mark_rect(color=_INK, opacity=0.12)
        .encode(alt.X("low:Q"), alt.X2("high:Q"))
    )
    ranges = base.mark_rule(strokeWidth=6, opacity=0.65).encode(
        alt.X("low:Q", title="units of the last printed digit"), alt.X2("high:Q")
    )
    faces = base.mark_point(filled=True, size=70, opacity=1).encode(alt.X("face:Q"))
    return (band + ranges + faces).properties(width=440, height=alt.Step(46))


def verdict_bars(audit: Audit, axis: str = "arithmetic") -> Any:
    """Draw how many of the printed statistics have each verdict of one axis.

    Parameters
    ----------
    audit : Audit
        The verdicts.
    axis : {'arithmetic', 'evidence'}
        Which of the two.

    Returns
    -------
    altair.LayerChart
    """
    rows = [
        {
            "verdict": _word(verdict),
            "claims": count,
            "of": len(audit.claims),
            "meaning": sense(verdict).meaning_en,
            "colour": _VERDICT_COLOURS[verdict],
        }
        for verdict, count in audit.counts(axis).items()
        if count
    ]
    frame = pd.DataFrame(rows)
    base = alt.Chart(frame).encode(
        alt.Y("verdict:N", title=None, sort=None, axis=alt.Axis(labelLimit=220)),
        alt.X(
            "claims:Q",
            title="statistics",
            scale=_room(frame["claims"]),
            axis=alt.Axis(tickMinStep=5),
        ),
        tooltip=[
            alt.Tooltip("verdict:N", title="Verdict"),
            alt.Tooltip("claims:Q", title="Statistics"),
            alt.Tooltip("of:Q", title="of"),
            alt.Tooltip("meaning:N", title="Meaning"),
        ],
    )
    bars = base.mark_bar(height={"band": 0.7}).encode(alt.Color("colour:N", scale=None))
    labels = base.mark_text(align="left", dx=5, color=_INK).encode(alt.Text("claims:Q"))
    return (bars + labels).properties(width=480, height=alt.Step(26))


def verdict_map(audit: Audit) -> Any:
    """Draw each printed statistic as a cell on the plane of the two verdicts."""
    rows = [
        {
            "claim": result.claim.label_en,
            "printed": result.claim.printed.text if result.claim.printed else "",
            "section": result.claim.section,
            "arithmetic": _word(result.arithmetic),
            "evidence": _word(result.evidence),
        }
        for result in audit.claims
    ]
    frame = pd.DataFrame(rows)
    frame["place"] = frame.groupby(["arithmetic", "evidence"]).cumcount()
    across = [_word(v) for v, n in audit.counts("arithmetic").items() if n]
    down = [_word(v) for v, n in audit.counts("evidence").items() if n]
    sections = list(dict.fromkeys(frame["section"]))
    picked = alt.selection_point(fields=["section"], bind="legend", name="section_in_legend")
    return (
        alt.Chart(frame)
        .mark_square(size=150, opacity=1)
        .encode(
            alt.X("place:O", axis=None, title=None),
            alt.Y("evidence:N", sort=down, title=None, axis=alt.Axis(labelLimit=200)),
            alt.Column(
                "arithmetic:N", sort=across, title=None, header=alt.Header(labelOrient="top")
            ),
            alt.Color(
                "section:N",
                title="Section",
                sort=sections,
                scale=_colour_scale(sections),
                legend=alt.Legend(columns=4),
            ),
            opacity=alt.when(picked).then(alt.value(1)).otherwise(alt.value(0.12)),
            tooltip=[
                alt.Tooltip("claim:N", title="Claim"),
                alt.Tooltip("printed:N", title="Printed"),
                alt.Tooltip("arithmetic:N", title="Arithmetic"),
                alt.Tooltip("evidence:N", title="Evidence"),
            ],
        )
        .resolve_scale(x="independent")
        .add_params(picked)
        .properties(width=alt.Step(18), height=alt.Step(24))
    )


def _labelled(frame: pd.DataFrame, column: str) -> pd.DataFrame:
    """Return a copy with the column ``label``: its text in lines short enough for a phone."""
    lines = frame[column].map(lambda text: "\n".join(textwrap.wrap(str(text), 26)))
    return frame.assign(label=lines)


def _label_axis(**options: Any) -> alt.Y:
    """Return an axis of items whose labels stand in several lines."""
    axis = alt.Axis(labelExpr="split(datum.label, '\\n')", labelLimit=0, **options)
    return alt.Y("label:N", title=None, sort=None, axis=axis)


def _room(values: pd.Series[Any]) -> alt.Scale:
    """Return a scale from zero that leaves room for a number behind the longest bar."""
    return alt.Scale(domain=[0, float(values.max()) * 1.3], nice=False)


def _years() -> alt.X:
    """Return an axis on which a missing year leaves a gap."""
    axis = alt.Axis(format="d", tickMinStep=1, tickCount=8, labelOverlap=True)
    scale = alt.Scale(zero=False, nice=False, padding=12)
    return alt.X("year:Q", title=None, axis=axis, scale=scale)


def _word(verdict: str) -> str:
    shown = sense(verdict)
    return f"{shown.symbol} {shown.label_en}"


def _colour(column: str, names: list[str]) -> alt.Color:
    """Colour by a column; the legend stands in two columns if that fits a phone."""
    columns = 2 if max((len(name) for name in names), default=0) <= 12 else 1
    legend = alt.Legend(columns=columns, symbolOpacity=1) if len(names) > 1 else None
    return alt.Color(
        f"{column}:N", title=None, sort=names, scale=_colour_scale(names), legend=legend
    )


def _colour_scale(names: list[str]) -> alt.Scale:
    hues = list(COLOURS.values())
    return alt.Scale(domain=names, range=[hues[i % len(hues)] for i in range(len(names))])


def _theme() -> alt.theme.ThemeConfig:
    faint = {"domainOpacity": 0.4, "tickOpacity": 0.4, "gridOpacity": 0.13}
    config: Any = {
        "background": "transparent",
        "font": "system-ui, 'Noto Sans', 'Noto Sans CJK SC', 'Liberation Sans', sans-serif",
        "view": {"stroke": None, "continuousWidth": 640, "continuousHeight": 320},
        "axis": {
            "labelColor": _INK,
            "titleColor": _INK,
            "tickColor": _INK,
            "domainColor": _INK,
            "gridColor": _INK,
            "labelFontSize": 12,
            "titleFontSize": 12,
            "titleFontWeight": "normal",
            **faint,
        },
        "axisX": {"grid": False},
        "axisQuantitative": {"grid": True},
        "legend": {
            "labelColor": _INK,
            "titleColor": _INK,
            "labelFontSize": 12,
            "titleFontSize": 12,
            "titleFontWeight": "normal",
            "labelLimit": 320,
            "orient": "top",
            "direction": "horizontal",
            "columns": 2,
            "symbolStrokeWidth": 2,
        },
        "header": {"labelColor": _INK, "titleColor": _INK, "labelFontSize": 12},
        "mark": {"color": COLOURS["blue"]},
        "text": {"color": _INK, "fontSize": 12},
        "rule": {"color": _INK},
        "range": {"category": list(COLOURS.values())},
    }
    return alt.theme.ThemeConfig(config=config)


def _mime_bundle(spec: dict[str, Any], **_: Any) -> dict[str, Any]:
    """Return what a notebook stores for a chart."""
    import vl_convert

    titled = _with_words(spec)
    picture = vl_convert.vegalite_to_png(titled, scale=1.5)
    words = spec.get("usermeta", {}).get("cbec", {})
    bundle: dict[str, Any] = {
        MIME: spec,
        "image/png": base64.b64encode(picture).decode("ascii"),
        "text/plain": f"Chart: {words.get('title', 'untitled')}",
    }
    if os.environ.get(_MODE) != "stored":
        bundle["text/html"] = _live_view(titled)
    return bundle


def _live_view(spec: dict[str, Any]) -> str:
    """Return a view that is live without a network: the script travels with each output.

    Outputs may share one page, as in JupyterLab, or each have a frame of its own, as in Colab.
    """
    place = f"cbec-{uuid.uuid4().hex}"
    script = vega_bundle().replace("</script", "<\\/script")
    return (
        f'<div id="{place}"></div>\n<script>\nif (!window.vegaEmbed) {{\n{script}}}\n'
        f'window.vegaEmbed("#{place}", {inline_json(spec)}, {{"actions": false}});\n</script>'
    )


def _with_words(spec: dict[str, Any]) -> dict[str, Any]:
    """Return a copy that carries its words inside the drawing, on white, in black."""
    titled = copy.deepcopy(spec)
    words = titled.get("usermeta", {}).get("cbec", {})
    source = textwrap.wrap(words.get("source", ""), 100)
    titled["title"] = {
        "text": words.get("title", ""),
        "subtitle": [words.get("subtitle", ""), *source],
        "anchor": "start",
        "fontSize": 15,
        "subtitleFontSize": 11,
        "subtitlePadding": 4,
    }
    titled["background"] = "white"
    # A font that travels with vl-convert, so that the picture is the same on every machine.
    titled["config"] = {**titled.get("config", {}), "font": "Liberation Sans"}
    titled["padding"] = 12
    return titled
