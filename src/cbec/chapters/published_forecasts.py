"""Published forecasts beside ours from the same origin, and what came."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import pandas as pd

from cbec.audit.provenance import split_names
from cbec.chapters.forecast_series import (
    COMPUTED,
    ENDS,
    FORECAST,
    SHARE_MODELS,
    Run,
    register_series,
)
from cbec.chapters.years_in_words import model_possible
from cbec.errors import TableError
from cbec.figures.interval import Interval
from cbec.figures.printed import Printed, parse_printed
from cbec.tables.evidence_grades import SETS, weakest
from cbec.tables.frames import load


def published_scored(model: str = "combination") -> pd.DataFrame:
    """Score forecasts that others published, beside what a model here would have said.

    Parameters
    ----------
    model : str
        The model that speaks for us.

    Returns
    -------
    DataFrame
        For each row of ``published_forecasts``, each vintage of its outturn and each set of our
        figures, one row:

        - ``id``, ``forecaster``, ``vintage`` (forecast or target), ``quantity``, ``definition``,
          ``origin``, ``target_year``, ``comparator`` and ``unit`` of the forecast, and
          ``forecast``, its figure, of a range the middle, with ``forecast_lower`` and
          ``forecast_upper``, all that is printed;
        - ``outturn_vintage``, ``outturn``, ``outturn_printed``, the same as it was printed, and
          ``outturn_evidence``;
        - ``error``: forecast less outturn, in the unit, and ``error_percent`` of the outturn; NaN
          for a lower bound, which claims no level, and for a target; ``error_lower`` and
          ``error_upper``, what range and rounding of both allow;
        - ``result``: ``too high``, ``too low`` or ``right within rounding``; of a lower bound and
          of a target ``passed``, ``not passed`` or ``undecided within rounding``; or
          ``no outturn``;
        - ``basis``, ``data_to``, ``our_first_year``, ``our_last_year`` and ``our_n``: the data
          that we would have had; ``our_mean``, ``our_lower_80`` and so on; ``our_error``,
          ``our_error_percent``, ``inside_80``, ``inside_95``; ``our_statement``, what ours rests
          on, or that no model is possible;
        - ``evidence``, the weakest grade among forecast, outturn and our data; ``note``; ``row``.

    Raises
    ------
    TableError
        If the model is one of shares: the forecasts are of levels.
    TrendError
        If there is no such model, or it can't be fitted to our data.

    Notes
    -----
    Our data end in the year that the origin names ("data to 2022"), otherwise in the year before
    the origin. They are the figures as the tables have them now, not as they stood at the origin:
    older years may have been revised since, the last year wasn't always published by then, and a
    revised vintage wasn't known at all. That favours us.

    Where a text doesn't say what it counts, forecast and outturn compare by name only.

    Examples
    --------
    >>> rows = published_scored(model="drift").set_index(["id", "basis"])
    >>> rows.loc[("nipa-2021-for-2022", "all"), ["forecast", "outturn"]].tolist()
    [20.5, 15.7]
    >>> rows.loc[("nipa-2021-for-2022", "sourced"), "our_statement"]
    'no model is possible: 2 years, 2019 to 2020, and at least 5 are needed; 2018 is unconfirmed'
    """
    if model in SHARE_MODELS:
        raise TableError(f"{model} is a model of shares; choose one of levels, such as 'drift'")
    rows = (
        _published_row(record, outturn, basis, model)
        for record in load("published_forecasts").to_dict("records")
        for outturn in _outturns(record)
        for basis in SETS
    )
    return pd.DataFrame(rows)


def _outturns(record: dict[Any, Any]) -> Iterator[dict[Any, Any] | None]:
    """Yield the row of a forecast's outturn in each vintage; None if there is none.

    Beside it stands the series ``of`` which a model here would have been fitted to, if any.
    """
    series = record["outturn_series"]
    if pd.isna(series):
        yield None
        return
    catalogue = load("series").set_index("id")
    found = load(str(catalogue.loc[series, "table"]), series=series)
    found = found[found["year"] == record["target_year"]]
    if "comparator" in found:
        found = found[found["comparator"] == "="]
    if found.empty:
        yield None
    for row in found.to_dict("records"):
        alike = [one for one in register_series() if one.series == series]
        of = (one for one in alike if one.vintage in (row["vintage"], COMPUTED))
        yield row | {"of": next(of, None)}


def _published_row(
    record: dict[Any, Any], outturn: dict[Any, Any] | None, basis: str, model: str
) -> dict[str, Any]:
    # A target is no forecast: it is passed or not, like a lower bound.
    is_bound = record["comparator"] != "=" or record["vintage"] == "target"
    said = parse_printed(record["printed"])
    upper = said if pd.isna(record["printed_upper"]) else parse_printed(record["printed_upper"])
    face = float(said.value + upper.value) / 2
    kept = ("id", "forecaster", "vintage", "quantity", "definition", "origin", "target_year")
    row: dict[str, Any] = {name: record[name] for name in (*kept, "comparator", "unit")} | {
        "forecast": face,
        "forecast_lower": float(said.value),
        "forecast_upper": float(upper.value),
        "result": "no outturn",
        "basis": basis,
        "data_to": _data_to(record),
        "note": _published_note(record, outturn),
    }
    grades, names = [record["evidence"]], [record["row"]]
    if outturn is not None:
        came = parse_printed(outturn["printed"]).interval()
        row |= {
            "outturn_vintage": outturn["vintage"],
            "outturn": outturn["value"],
            "outturn_printed": outturn["printed"],
            "outturn_evidence": outturn["evidence"],
            "result": _result(said, upper, came, is_bound),
        }
        if not is_bound:
            low, high = came.ends
            row |= _error(face, outturn["value"]) | {
                "error_lower": float(said.interval().ends[0]) - float(high),
                "error_upper": float(upper.interval().ends[1]) - float(low),
            }
        grades.append(outturn["evidence"])
        names.append(outturn["row"])
    ours, run = _ours(record, outturn, basis, model)
    if run is not None:
        grades.extend(run.rows["evidence"])
        names.extend(run.rows["row"])
    rests = {"evidence": weakest(grades), "row": " ".join(split_names(names))}
    return row | ours | rests


def _error(forecast: float, outturn: float) -> dict[str, float]:
    error = forecast - outturn
    return {"error": error, "error_percent": 100 * error / outturn}


def _data_to(record: dict[Any, Any]) -> int:
    stated = re.match(r"data to (\d{4})\b", str(record["origin"]))
    return int(stated[1]) if stated else int(record["origin_year"]) - 1


def _ours(
    record: dict[Any, Any], outturn: dict[Any, Any] | None, basis: str, model: str
) -> tuple[dict[str, Any], Run | None]:
    """Return what the model would have said, and the run of years that it rests on, if any."""
    if outturn is None or outturn["of"] is None:
        return {"our_statement": "no series of ours is in this unit and definition"}, None
    run = Run.until(_data_to(record), outturn["of"], basis)
    if not model_possible(run.rows):
        return {"our_statement": run.statement}, None
    made = run.forecast(record["target_year"] - run.last, model)
    ours = made[made["target_year"] == record["target_year"]].iloc[0]
    error = _error(ours["mean"], outturn["value"])
    return (
        {"our_first_year": run.first, "our_last_year": run.last, "our_n": len(run.rows)}
        | {f"our_{name}": float(ours[name]) for name in FORECAST}
        | {f"our_{name}": number for name, number in error.items()}
        | {
            f"inside_{level}": bool(ours[lower] <= outturn["value"] <= ours[upper])
            for level, (lower, upper) in ENDS.items()
        }
        | {"our_statement": run.statement},
        run,
    )


def _result(said: Printed, upper: Printed, outturn: Interval, is_bound: bool) -> str:
    """Say how a forecast did, as far as rounding lets it be said."""
    if is_bound:
        # The bound is a threshold, hence exact.
        low, high = outturn.ends
        if low > said.value:
            return "passed"
        return "undecided within rounding" if high > said.value else "not passed"
    covered = Interval(said.interval().lower, upper.interval().upper, True, False)
    if covered.meets(outturn):
        return "right within rounding"
    return "too high" if covered.ends[0] > outturn.ends[0] else "too low"


def _published_note(record: dict[Any, Any], outturn: dict[Any, Any] | None) -> str:
    if outturn is None:
        return ""
    parts = []
    if record["definition"] == "unstated":
        parts.append("the text doesn't say what it counts: compared by name only")
    said = {"unconfirmed": "is unconfirmed", "printed": "was found only in the audited paper"}
    if outturn["evidence"] in said:
        parts.append(f"the outturn {said[outturn['evidence']]}")
    if outturn["vintage"] == "revised":
        parts.append("revised figures were not known at the origin")
    return "; ".join(parts)
