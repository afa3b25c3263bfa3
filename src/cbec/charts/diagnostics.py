"""Charts of how wrong models are."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import altair as alt
import pandas as pd

from cbec.charts.marks import (
    figures,
    four_decimals,
    key,
    outlined,
    points,
    segments,
    tabled,
    tooltip,
    years,
)
from cbec.charts.theme import COLOURS, INK

__all__ = ["residuals", "rolling_errors"]

_NUMBER = ",.4~f"
_REFERENCE = "naive"


def rolling_errors(frame: pd.DataFrame, *, unit: str) -> Any:
    """Draw the error of each model by years ahead; a click in the legend selects.

    Parameters
    ----------
    frame : DataFrame
        Columns ``model``, ``step`` (years ahead) and ``value``; the model ``naive`` is the grey
        reference. ``n``, the number of forecasts, joins the table if it is there.
    unit : str
        Title of the value axis.

    Returns
    -------
    altair.LayerChart

    Examples
    --------
    >>> frame = pd.DataFrame({"model": ["naive", "drift"], "step": 1, "value": [1.2, 0.8]})
    >>> chart = rolling_errors(frame, unit="trillion CNY")
    >>> chart.usermeta["cbec"]["columns"]
    [['model', 'Model'], ['step', 'Years ahead'], ['value', 'trillion CNY']]
    """
    data = four_decimals(figures(frame, "model", "step", "value", "n"), "value")
    picked = alt.selection_point(fields=["model"], bind="legend", name="model_in_legend")
    base = _by_step(data).encode(
        alt.Y("value:Q", title=unit, scale=alt.Scale(zero=True)),
        tooltip=_tips(data, unit),
        opacity=alt.when(picked).then(alt.value(1)).otherwise(alt.value(0.15)),
    )
    hue = _models(data)
    line = segments(base, "model", x="step", color=hue["color"])
    chart = alt.layer(line, *points(base, size=50, **hue), *key(data)).add_params(picked)
    return tabled(chart.properties(width=640), data, _titles(data, unit))


def residuals(frame: pd.DataFrame, *, unit: str) -> Any:
    """Draw what each model left unexplained, by year, a panel for each model.

    Parameters
    ----------
    frame : DataFrame
        Columns ``model``, ``year`` and ``value`` (observed less fitted).
    unit : str
        Title of the value axis.

    Returns
    -------
    altair.FacetChart

    Examples
    --------
    >>> frame = pd.DataFrame({"model": "drift", "year": [2023, 2024], "value": [0.3, -0.2]})
    >>> residuals(frame, unit="trillion CNY").columns
    3
    """
    data = figures(frame, "model", "year", "value").dropna(subset="value")
    data = four_decimals(data, "value")
    base = alt.Chart(data).encode(
        years(),
        alt.Y(
            "value:Q",
            title=unit,
            axis=alt.Axis(tickCount=5),
            scale=alt.Scale(nice=False, padding=8),
        ),
        tooltip=tooltip(
            data,
            alt.Tooltip("model:N", title="Model"),
            alt.Tooltip("year:O", title="Year"),
            alt.Tooltip("value:Q", title=unit, format=_NUMBER),
        ),
    )
    blue = alt.value(COLOURS["blue"])
    stems = base.mark_rule(strokeWidth=2).encode(y2=alt.datum(0), color=blue)
    rule = base.mark_rule(color=INK, opacity=0.6, strokeWidth=1)
    zero = rule.encode(
        x=alt.value(0), x2=alt.value("width"), y=alt.datum(0), tooltip=alt.value(None)
    )
    panel = alt.layer(zero, stems, *points(base, size=40, color=blue, stroke=blue), *key(data))
    names = list(dict.fromkeys(data["model"]))
    chart = panel.properties(width=200, height=150).facet(_panels("model", names), columns=3)
    chart = chart.resolve_axis(x="independent", y="independent")
    return tabled(chart, data, {"model": "Model", "year": "Year", "value": unit})


def _by_step(data: pd.DataFrame) -> alt.Chart:
    steps = sorted(int(step) for step in data["step"].unique())
    across = alt.X(
        "step:Q",
        title="years ahead",
        axis=alt.Axis(values=steps, format="d", grid=False),
        scale=alt.Scale(zero=False, nice=False, padding=14),
    )
    return alt.Chart(data).encode(across)


def _titles(data: pd.DataFrame, unit: str) -> dict[str, str]:
    count = {"n": "Forecasts"} if "n" in data.columns else {}
    return {"model": "Model", "step": "Years ahead", "value": unit, **count}


def _tips(data: pd.DataFrame, unit: str) -> list[alt.Tooltip]:
    shown = _titles(data, unit)
    kinds = {"model": "N", "step": "O", "n": "Q"}
    listed = [alt.Tooltip(f"{c}:{kinds[c]}", title=t) for c, t in shown.items() if c in kinds]
    listed.insert(2, alt.Tooltip("value:Q", title=unit, format=_NUMBER))
    return tooltip(data, *listed)


def _models(data: pd.DataFrame) -> dict[str, Any]:
    """Colour models by name; grey is kept for the reference."""
    names = list(dict.fromkeys(data["model"]))
    hue = outlined("model", names)
    hues = [colour for name, colour in COLOURS.items() if name != "grey"]
    others = iter(hues * (1 + len(names) // len(hues)))
    colours = [COLOURS["grey"] if name == _REFERENCE else next(others) for name in names]
    scale = alt.Scale(domain=names, range=colours)
    return {channel: colour.scale(scale) for channel, colour in hue.items()}


def _panels(column: str, names: Sequence[str]) -> alt.Facet:
    header = alt.Header(title=None, labelAnchor="start", labelFontWeight="bold")
    return alt.Facet(f"{column}:N", sort=list(names), header=header)
