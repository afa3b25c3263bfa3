"""The look of the book's charts, and the builders of its charts.

`enable` is called once in each notebook. It registers one theme, which is legible on a light and on
a dark page, and one renderer. What a notebook stores is the Vega-Lite specification, for the site,
and a picture, for everything that knows no Vega-Lite 6: GitHub, JupyterLab, VS Code. Run by a
person, it stores a live view besides.

A builder takes a frame and returns an Altair chart; ``unit`` is the title of its value axis.
Besides the columns that the builder names, a frame may carry ``row``, ``evidence``, ``vintage`` and
``printed``, as `cbec.load` gives them; they stay in the chart's data, so that the page can cite
each figure. A figure whose ``evidence`` is ``unconfirmed`` is drawn hollow in every chart: points
and bars are outlined, lines from or to them dashed. `present` gives a chart its words, and adds the
footnote if any of its figures is unconfirmed.
"""

from cbec.charts.colours import COLOURS
from cbec.charts.comparisons import bars, interval_dots, publication_years, ranked_pairs
from cbec.charts.composition import contributions, grouped_bars, stacked_counts, stacked_mix
from cbec.charts.forecast_errors import residuals, rolling_errors, scored
from cbec.charts.forecasts import fan, fan_panels
from cbec.charts.scenario import growth_scenario, needed_growth
from cbec.charts.series import annual_lines, by_edition, definitions, picked_line, share_band, steps
from cbec.charts.theme import enable, present
from cbec.charts.verdicts import interval_ladder, verdict_bars, verdict_map

__all__ = [
    "COLOURS",
    "annual_lines",
    "bars",
    "by_edition",
    "contributions",
    "definitions",
    "enable",
    "fan",
    "fan_panels",
    "grouped_bars",
    "growth_scenario",
    "interval_dots",
    "interval_ladder",
    "needed_growth",
    "picked_line",
    "present",
    "publication_years",
    "ranked_pairs",
    "residuals",
    "rolling_errors",
    "scored",
    "share_band",
    "stacked_counts",
    "stacked_mix",
    "steps",
    "verdict_bars",
    "verdict_map",
]
