"""Charts of verdicts."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import altair as alt
import pandas as pd

from cbec.audit.results import Audit, ClaimAudit
from cbec.audit.verdicts import Arithmetic, Evidence, Standing, sense
from cbec.charts.marks import colour_scale, figures, label_axis, labelled, room, tabled, wrapped
from cbec.charts.theme import COLOURS, INK
from cbec.figures.rounding import Rule

__all__ = ["findings_grid", "interval_ladder", "verdict_bars", "verdict_map"]

# The hues of the badges in cbec.css.
_COLOURS: Mapping[str, str] = {
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
    Evidence.DISPUTED: COLOURS["violet"],
    Evidence.CONTRADICTED: COLOURS["crimson"],
    Evidence.UNTRACED: COLOURS["grey"],
    Evidence.OWN_TEXT: COLOURS["violet"],
    Evidence.PROPOSAL: COLOURS["violet"],
    Evidence.NOT_CHECKED: COLOURS["grey"],
    Standing.HOLDS: COLOURS["blue"],
    Standing.UNDECIDED: COLOURS["ochre"],
    Standing.FAILS: COLOURS["vermilion"],
    Standing.DIFFERS: COLOURS["violet"],
    Standing.NOT_CHECKABLE: COLOURS["grey"],
}


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
        if interval.lower is None or interval.upper is None or result.claim.is_exact:
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
    base = alt.Chart(labelled(frame, "claim")).encode(
        label_axis(),
        alt.Color(
            "verdict:N",
            title=None,
            scale=alt.Scale(domain=names, range=[_COLOURS[n] for n in names]),
        ),
        tooltip=[
            alt.Tooltip("claim:N", title="Claim"),
            alt.Tooltip("bounds:N", title="Recomputed"),
            alt.Tooltip("verdict:N", title="Verdict"),
        ],
    )
    band = (
        alt.Chart(pd.DataFrame({"low": [-0.5], "high": [0.5]}))
        .mark_rect(color=INK, opacity=0.12)
        .encode(alt.X("low:Q"), alt.X2("high:Q"))
    )
    ranges = base.mark_rule(strokeWidth=6, opacity=0.65).encode(
        alt.X("low:Q", title="units of the last printed digit"), alt.X2("high:Q")
    )
    faces = base.mark_point(filled=True, size=70, opacity=1).encode(alt.X("face:Q"))
    chart = (band + ranges + faces).properties(width=440, height=alt.Step(46))
    return tabled(chart, frame, {"claim": "Claim", "bounds": "Recomputed", "verdict": "Verdict"})


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
            "colour": _COLOURS[verdict],
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
            scale=room(frame["claims"]),
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
    labels = base.mark_text(align="left", dx=5, color=INK).encode(alt.Text("claims:Q"))
    chart = (bars + labels).properties(width=480, height=alt.Step(26))
    return tabled(
        chart, frame, {"verdict": "Verdict", "claims": "Statistics", "meaning": "Meaning"}
    )


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
    chart = (
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
                scale=colour_scale(sections),
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
    columns = {
        "section": "Section",
        "claim": "Claim",
        "printed": "Printed",
        "arithmetic": "Arithmetic",
        "evidence": "Evidence",
    }
    return tabled(chart, frame, columns)


def findings_grid(frame: pd.DataFrame) -> Any:
    """Draw which proposition stands on which axis: symbol, word and colour in each cell.

    The statement stands above its cells, so that both fit a phone. A cell stays empty where nothing
    was held against the proposition.

    Parameters
    ----------
    frame : DataFrame
        Columns ``finding`` (its number), ``proposition``, ``axis``, ``verdict`` (one of
        `cbec.audit.verdicts.Standing`) and ``detail``, as
        `cbec.chapters.propositions.Robustness.to_frame` gives them: propositions in the order to
        be drawn; axes, too, unless ``axis`` is categorical and has an order of its own.

    Returns
    -------
    altair.LayerChart

    Examples
    --------
    >>> frame = pd.DataFrame([["F2", "The share rose", "within rounding", "fails", "base"]],
    ...     columns=["finding", "proposition", "axis", "verdict", "detail"])
    >>> findings_grid(frame).data["word"].item()
    '× fails'
    """
    data = figures(frame, "finding", "proposition", "axis", "verdict", "detail")
    data["statement"] = data["finding"] + "  " + data["proposition"]
    data["broken"] = data["statement"].map(lambda text: wrapped(text, 46))
    data["breaks"] = data["broken"].str.count("\n")
    data["head"] = data["axis"].map(lambda text: wrapped(text, 11))
    data["word"] = data["verdict"].map(lambda verdict: wrapped(_word(verdict), 10))
    data["word_breaks"] = data["word"].str.count("\n")
    data["first"] = ~data["statement"].duplicated()
    verdicts = list(dict.fromkeys(data["verdict"]))
    heads = [wrapped(axis, 11) for axis in _in_order(frame["axis"])]
    base = alt.Chart(data).encode(
        tooltip=[
            alt.Tooltip("proposition:N", title="Proposition"),
            alt.Tooltip("axis:N", title="Axis"),
            alt.Tooltip("verdict:N", title="Verdict"),
            alt.Tooltip("detail:N", title="Detail"),
        ],
    )
    across = alt.X(
        "head:N",
        sort=heads,
        title=None,
        scale=alt.Scale(paddingInner=0.06, paddingOuter=0),
        axis=alt.Axis(
            orient="top",
            labelAngle=0,
            labelExpr="split(datum.label, '\\n')",
            labelFontSize=10,
            labelPadding=26,
            labelOverlap=False,
            domain=False,
            ticks=False,
        ),
    )
    hues = alt.Scale(domain=verdicts, range=[_COLOURS[v] for v in verdicts])
    row: dict[str, Any] = {"sort": None, "title": None, "axis": None}
    hue: dict[str, Any] = {"scale": hues, "legend": None}
    statements = (
        base.transform_filter("datum.first")
        .mark_text(
            align="left",
            baseline="bottom",
            dy={"expr": "width > 480 ? 0 : -14 * datum.breaks"},
            lineBreak="\n",
            text={"expr": "width > 480 ? datum.statement : datum.broken"},
            x=0,
        )
        .encode(alt.Y("statement:N", **row, bandPosition=0.25))
    )
    cells = base.mark_rect(
        strokeWidth=1.5, fillOpacity=0.18, cornerRadius=3, height={"band": 0.44}
    ).encode(
        across,
        alt.Y("statement:N", **row),
        color=alt.Color("verdict:N", **hue),
        stroke=alt.Stroke("verdict:N", **hue),
    )
    words = base.mark_text(
        lineBreak="\n",
        fontSize={"expr": "width > 480 ? 12 : 9.5"},
        baseline="middle",
        dy={"expr": "-6.5 * datum.word_breaks"},
    ).encode(across, alt.Y("statement:N", **row), text="word:N")
    chart = alt.layer(statements, cells, words).properties(width=640, height=alt.Step(72))
    columns = {
        "finding": "Finding",
        "proposition": "Proposition",
        "axis": "Axis",
        "verdict": "Verdict",
        "detail": "Detail",
    }
    return tabled(chart, data, columns)


def _in_order(axes: pd.Series) -> list[str]:
    held = set(axes)
    known = axes.cat.categories if isinstance(axes.dtype, pd.CategoricalDtype) else axes.unique()
    return [axis for axis in known if axis in held]


def _word(verdict: str) -> str:
    shown = sense(verdict)
    return f"{shown.symbol} {shown.label_en}"
