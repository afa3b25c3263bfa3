"""Charts of the verdicts on statistics."""

from __future__ import annotations

import json
from typing import Any

import altair as alt
import pandas as pd

from cbec.audit.results import Audit, ClaimAudit
from cbec.audit.verdicts import sense
from cbec.charts.axes import items, labelled, room, wrapped
from cbec.charts.colours import COLOURS, INK
from cbec.charts.tooltips_and_tables import Column, tabled, tooltip
from cbec.figures.rounding import Rule

# The hue of each tone, as in the style sheet of the site.
_HUES = {
    "good": "blue",
    "fair": "green",
    "note": "ochre",
    "bad": "vermilion",
    "worst": "crimson",
    "own": "violet",
    "none": "grey",
}
_VERDICT = Column("verdict", "Verdict")
_AXES = ("arithmetic", "evidence")
# Of the plane of both verdicts: cells in a line, between columns and rows, and a cell's side.
_LINE, _GAP, _CELL = 5, 0.8, 0.86


def interval_ladder(results: list[ClaimAudit]) -> Any:
    """Draw printed figures and recomputed ranges as offsets, in units of the last printed digit.

    On this scale each printed figure covers the band from minus to plus one half, and figures of
    any size can stand below each other. Claims without a finite recomputed range are left out.
    """
    shown = [Column("claim", "Claim"), Column("bounds", "Recomputed"), _VERDICT]
    frame = pd.DataFrame([row for result in results if (row := _offsets(result))])
    across = alt.X("low:Q", title="units of the last digit")
    hue = alt.Color("verdict:N", title=None, scale=_scale(frame["verdict"]))
    base = alt.Chart(labelled(frame, "claim")).encode(items(), hue, tooltip=tooltip(shown))
    half = pd.DataFrame({"low": [-0.5], "high": [0.5]})
    band = alt.Chart(half).mark_rect(color=INK, opacity=0.12)
    ranges = base.mark_rule(strokeWidth=6, opacity=0.65).encode(across, alt.X2("high:Q"))
    faces = base.mark_point(filled=True, size=70, opacity=1).encode(alt.X("face:Q"))
    chart = band.encode(alt.X("low:Q"), alt.X2("high:Q")) + ranges + faces
    return tabled(chart, frame, shown, width=440, height=alt.Step(54))


def verdict_bars(audit: Audit, axis: str) -> Any:
    """Draw how many of the printed statistics have each verdict on an axis.

    The axis is ``arithmetic`` or ``evidence``.
    """
    claims, meaning = Column("claims", "Statistics", "Q"), Column("meaning", "Meaning")
    shown = [_VERDICT, claims, meaning]
    counted = {verdict: n for verdict, n in audit.counts(axis).items() if n}
    frame = pd.DataFrame({"verdict": map(_word, counted), "claims": counted.values()})
    frame["of"] = len(audit.claims)
    frame["meaning"] = [sense(verdict).meaning_en for verdict in counted]
    frame["colour"] = [_colour(verdict) for verdict in counted]
    down = alt.Y("verdict:N", title=None, sort=None, axis=alt.Axis(labelLimit=220))
    across = alt.X("claims:Q", title="statistics", scale=room(frame["claims"]))
    across = across.axis(alt.Axis(tickMinStep=5))
    told = tooltip([_VERDICT, claims, Column("of", "of", "Q"), meaning])
    base = alt.Chart(frame).encode(down, across, tooltip=told)
    bars = base.mark_bar(height={"band": 0.7}).encode(alt.Color("colour:N", scale=None))
    labels = base.mark_text(align="left", dx=5, color=INK).encode(alt.Text("claims:Q"))
    return tabled(bars + labels, frame, shown, width=480, height=alt.Step(26))


def verdict_map(audit: Audit) -> Any:
    """Draw each printed statistic as a cell on the plane of the two verdicts.

    The cells of a place stand in lines of five, so that all columns have one width, which a phone
    has room for. Their colour is that of what a source says.
    """
    shown = [Column(c, c.capitalize()) for c in ("section", "claim", "printed", *_AXES)]
    rows = [
        {
            "claim": result.claim.label_en,
            "printed": result.claim.printed.text if result.claim.printed else "",
            "section": result.claim.section,
            "arithmetic": _word(result.arithmetic),
            "evidence": _word(result.evidence),
            "colour": _colour(result.evidence),
        }
        for result in audit.claims
    ]
    frame = pd.DataFrame(rows)
    across, down = ([_word(v) for v, n in audit.counts(axis).items() if n] for axis in _AXES)
    place = frame.groupby([*_AXES]).cumcount()
    lines = (place // _LINE).groupby(frame["evidence"]).max()[down] + 1 + _GAP
    tops = dict(zip(down, lines.cumsum() - lines, strict=True))
    lefts = {verdict: column * (_LINE + _GAP) for column, verdict in enumerate(across)}
    frame["x"] = frame["arithmetic"].map(lefts) + place % _LINE
    frame["y"] = frame["evidence"].map(tops) + place // _LINE
    size = {"right": f"datum.x + {_CELL}", "bottom": f"datum.y + {_CELL}"}
    ends = {"x": [0, len(across) * (_LINE + _GAP)], "y": [lines.sum(), 0]}
    heads = {left: wrapped(verdict, 12) for verdict, left in lefts.items()}
    names = {top + _CELL / 2: verdict for verdict, top in tops.items()}
    cells = (
        alt.Chart(frame)
        .transform_calculate(**size)
        .mark_rect()
        .encode(
            alt.X("x:Q", title=None, scale=_fixed(ends["x"]), axis=_named(heads, orient="top")),
            alt.X2("right:Q"),
            alt.Y("y:Q", title=None, scale=_fixed(ends["y"]), axis=_named(names)),
            alt.Y2("bottom:Q"),
            alt.Color("colour:N", scale=None),
            tooltip=tooltip(shown),
        )
    )
    return tabled(cells, frame, shown, width=480, height=round(17 * float(lines.sum())))


def _fixed(ends: list[float]) -> alt.Scale:
    return alt.Scale(domain=ends, nice=False, zero=False)


def _named(names: dict[float, str], **look: Any) -> alt.Axis:
    """Return an axis that has names instead of numbers; at the top they begin where they stand."""
    at_top: Any = (
        {"labelAlign": "left", "labelPadding": 20, "labelFontSize": 11}
        if look
        else {"labelPadding": 8}
    )
    said = {f"{place:.2f}": name for place, name in names.items()}
    return alt.Axis(
        values=list(names),
        labelExpr=f"split({json.dumps(said)}[format(datum.value, '.2f')], '\\n')",
        labelOverlap=False,
        labelLimit=0,
        grid=False,
        domain=False,
        ticks=False,
        **at_top,
        **look,
    )


def _offsets(result: ClaimAudit) -> dict[str, Any] | None:
    """Return how far off a recomputed figure and its range are, if there is a finite one."""
    printed, check = result.claim.printed, result.primary
    if printed is None or check is None or check.face is None or result.claim.is_exact:
        return None
    interval = check.recomputed[Rule.HALF_UP]
    if interval.lower is None or interval.upper is None:
        return None
    offsets = {"low": interval.lower, "high": interval.upper, "face": check.face}
    return {
        "claim": f"{result.claim.label_en} ({printed.text})",
        **{k: float((x - printed.value) / printed.resolution) for k, x in offsets.items()},
        "verdict": str(result.arithmetic),
        "bounds": result.bounds_text,
    }


def _word(verdict: str) -> str:
    shown = sense(verdict)
    return f"{shown.symbol} {shown.label_en}"


def _colour(verdict: str) -> str:
    return COLOURS[_HUES[sense(verdict).tone]]


def _scale(verdicts: pd.Series[Any]) -> alt.Scale:
    names = list(dict.fromkeys(verdicts))
    return alt.Scale(domain=names, range=[_colour(name) for name in names])
