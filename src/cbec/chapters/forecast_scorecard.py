"""What the chapters show of the register: forecasts, and how they turned out."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd

from cbec.chapters.forecast_register import FIRST_DEFAULT, forecasters
from cbec.chapters.forecast_series import ENDS, FORECAST, SERIES, register_series
from cbec.chapters.published_forecasts import published_scored
from cbec.display.html import plain_words
from cbec.errors import TableError
from cbec.tables.evidence_grades import SET_LABELS, weakest
from cbec.tables.frames import load
from cbec.trend.accuracy import interval_score
from cbec.trend.models import MODELS

_ENDS = FORECAST[1:]


def register_table(forecaster: str) -> pd.DataFrame:
    """Return the register's forecasts of its first and its last year by one model.

    Parameters
    ----------
    forecaster : str
        A model of the register, or ``first-default`` for the rows of the first default.

    Returns
    -------
    DataFrame
        For each series, vintage and run of years: ``Series``, ``Basis``, the narrowest set of
        figures that gives these years, ``Years``, and for the first and the last target year the
        forecast and its 80% interval as text; ``row`` names the forecasts, and ``evidence`` is the
        weakest grade of their inputs.

    Raises
    ------
    TableError
        If the register has no such model.

    Examples
    --------
    >>> register_table("first-default")["2025"].iloc[0]
    '19.41 (16.96 to 21.29)'
    """
    made = load("forecasts")
    known = forecasters(made)
    if forecaster not in set(known):
        held = ", ".join(known.unique())
        raise TableError(f"the register has no model {forecaster!r}; it has {held}")
    made = made[known == forecaster]
    labels = {of: label for label, of in SERIES.items()}
    rows = []
    for _, runs in made.groupby(["series", "data_vintage", "first_year", "n"], sort=False):
        part = runs[runs["basis"] == runs["basis"].iloc[-1]]
        ends = part.sort_values("target_year").to_dict("records")
        first, last = ends[0], ends[-1]
        rows.append(
            {
                "Series": labels[(first["series"], first["data_vintage"])],
                "Basis": SET_LABELS[first["basis"]][0],
                "Years": f"{first['first_year']} to {first['origin']}",
                **{str(row["target_year"]): _stated(row) for row in (first, last)},
                "Unit": first["unit"],
                "row": " ".join(part["id"]),
                "evidence": first["evidence"],
            }
        )
    return pd.DataFrame(rows)


def _stated(row: Mapping[Any, Any]) -> str:
    return f"{row['mean']:.2f} ({row['lower_80']:.2f} to {row['upper_80']:.2f})"


def customs_outturn() -> pd.DataFrame:
    """Return the register's forecasts whose outturn is known, as `cbec.charts.scored` draws them.

    Besides what is drawn there are ``error_percent``, ``inside_80``, ``inside_95``, ``forecaster``
    (the model's name or ``first-default``), ``data_vintage`` and ``row``. The present default comes
    first, the first default next. A basis that is the same as another is left out.

    Examples
    --------
    >>> found = customs_outturn()
    >>> sorted(found["outturn"].unique().tolist())
    [2.75, 2.84]
    >>> found["forecaster"].unique()[:3].tolist()
    ['combination', 'first-default', 'naive']
    """
    found = scored_register()
    found = found.drop_duplicates(["series", "data_vintage", "forecaster", "target_year", "mean"])
    labels = {name: model.label_en for name, model in MODELS.items()}
    labels[FIRST_DEFAULT] = "First default"
    vintage = found["data_vintage"].str.replace("-", " ")
    shown = found.rename(columns={"mean": "value"}).assign(
        item=found["forecaster"].map(labels) + ", " + vintage,
        made="from " + vintage + " figures",
        comparator="=",
    )
    kept = ["item", "made", "value", "comparator", *_ENDS, "outturn", "error_percent"]
    more = ["inside_80", "inside_95", "forecaster", "data_vintage", "row", "evidence"]
    default, *others = MODELS
    order = [default, FIRST_DEFAULT, *others]
    return shown[[*kept, *more]].sort_values(
        "forecaster", key=lambda names: names.map(order.index), kind="stable", ignore_index=True
    )


def _published() -> pd.DataFrame:
    """Return the published forecasts that can be scored, by year, beside ours from all years."""
    found = published_scored()
    found = found[found["outturn"].notna() & (found["basis"] == "all")]
    found["is_range"] = found["forecast_upper"] - found["forecast_lower"] > 1e-9
    return found.sort_values("target_year", kind="stable")


def published_chart() -> pd.DataFrame:
    """Return published forecasts of levels and ours beside them, as `cbec.charts.scored` draws.

    Targets are left out. An item is a forecaster and a target year; ``made`` is ``published`` or
    ``our default``. Ours rests on all years.
    """
    found = _published()
    found = found[(found["unit"] == "trillion CNY") & (found["vintage"] == "forecast")]
    # Customs' series has two vintages of an outturn; the chart shows the first-published one.
    first = found["outturn_vintage"].ne("first-published").sort_values(kind="stable").index
    found = found[~found.loc[first, "id"].duplicated().reindex(found.index)]
    rows = []
    for row in found.to_dict("records"):
        item = f"{row['forecaster']}, for {row['target_year']}"
        same = {"item": item, "outturn": row["outturn"], "row": row["row"]}
        theirs = {
            "made": "published",
            "value": row["forecast_lower"] if row["is_range"] else row["forecast"],
            "value_upper": row["forecast_upper"] if row["is_range"] else np.nan,
            "comparator": row["comparator"],
            "evidence": row["outturn_evidence"],
        }
        rows.append(same | theirs)
        if np.isfinite(row["our_mean"]):
            ours = {"made": "our default", "value": row["our_mean"], "comparator": "="}
            ends = {end: row[f"our_{end}"] for end in _ENDS}
            rows.append(same | ours | ends | {"evidence": row["evidence"]})
    return pd.DataFrame(rows)


def published_table() -> pd.DataFrame:
    """Return how the published forecasts turned out, and how ours would have.

    Columns are ``Forecast`` (who, for which year, and whether it says what it counts), ``Said``,
    ``Came``, ``Result``, ``Ours`` and ``Ours rests on``, with errors in percent of what came, and
    ``row`` and ``evidence``.
    """
    rows = []
    for row in _published().to_dict("records"):
        bound = "more than " if row["comparator"] == ">" else ""
        aim = "a target for" if row["vintage"] == "target" else "for"
        said = f"{row['forecast']:g}"
        if row["is_range"]:
            said = f"{row['forecast_lower']:g} to {row['forecast_upper']:g}"
        rows.append(
            {
                "Forecast": f"{row['forecaster']}, {aim} {row['target_year']}; definition "
                + row["definition"],
                "Said": f"{bound}{said} {row['unit']}",
                "Came": f"{row['outturn_printed']} ({plain_words(row['outturn_vintage'])})",
                "Result": _with_error(row["result"], row["error_percent"]),
                "Ours": _with_error("", row["our_error_percent"]),
                "Ours rests on": row["our_statement"].replace("no model is possible: ", "none, "),
                "row": row["row"],
                "evidence": row["evidence"],
            }
        )
    return pd.DataFrame(rows)


def _with_error(result: str, percent: float) -> str:
    error = f"{percent:+.1f}%".replace("-", "−") if np.isfinite(percent) else ""
    return ", ".join(filter(None, (result, error)))


def scored_register() -> pd.DataFrame:
    """Score the register's rows whose outturn is in the data.

    Returns
    -------
    DataFrame
        The rows of the register for which the same series has a figure of the target year in the
        same vintage, with more columns:

        - ``forecaster``, the model or the first default, see `forecasters`;
        - ``outturn``, in the unit; ``error``, the mean less the outturn, and ``error_percent`` of
          the outturn;
        - ``inside_80`` and ``inside_95``, whether the interval holds the outturn at face value;
          ``interval_score_80`` and ``interval_score_95``, see
          `cbec.trend.accuracy.interval_score`;
        - ``hindsight``, whether the row was made after the target year had ended;
        - ``row``, the row of the outturn. ``evidence`` is the weakest grade of the data and the
          outturn.

    Notes
    -----
    Forecasts from first-published figures are held against the first-published outturn, those
    from revised figures against the revised one.

    Examples
    --------
    >>> rows = scored_register().query("forecaster == 'naive'")
    >>> rows[["data_vintage", "basis", "mean", "outturn"]].to_numpy().tolist()
    [['revised', 'all', 2.71, 2.84], ['first-published', 'all', 2.63, 2.75],
     ['first-published', 'without-unconfirmed', 2.63, 2.75],
     ['first-published', 'sourced', 2.63, 2.75]]
    """
    register = load("forecasts")
    register = register.assign(forecaster=forecasters(register))
    outturns = {
        (one.series, one.vintage, int(row["year"])): row
        for one in register_series()
        for row in one.levels.to_dict("records")
    }
    rows = []
    for record in register.to_dict("records"):
        key = (record["series"], record["data_vintage"], record["target_year"])
        if (outturn := outturns.get(key)) is None:
            continue
        value, error = outturn["value"], record["mean"] - outturn["value"]
        rows.append(
            record
            | {
                "outturn": value,
                "error": error,
                "error_percent": 100 * error / value,
                **{
                    f"inside_{level}": record[lower] <= value <= record[upper]
                    for level, (lower, upper) in ENDS.items()
                },
                **{
                    f"interval_score_{level}": interval_score(
                        [value], [record[lower]], [record[upper]], level
                    )
                    for level, (lower, upper) in ENDS.items()
                },
                "hindsight": record["made_on"].year > record["target_year"],
                "evidence": weakest([record["evidence"], outturn["evidence"]]),
                "row": outturn["row"],
            }
        )
    return pd.DataFrame(rows)
