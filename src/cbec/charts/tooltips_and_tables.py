"""What a chart shows of its figures: in its data, its tooltips and the table below it.

What a verdict means, which some tooltips show, is in `cbec.audit.verdicts`.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from typing import Any, NamedTuple

import altair as alt
import pandas as pd

from cbec.display.html import plain_words
from cbec.tables.evidence_grades import GRADE_WORDS

_PROVENANCE = {"printed": "Printed", "vintage": "Vintage", "evidence": "Evidence"}


class Column(NamedTuple):
    """A column that a chart shows in the tooltip and in the table below, with its title."""

    column: str
    title: str
    kind: str = "N"  # Vega-Lite's letter for its type
    format: Any = alt.Undefined  # of its numbers in the tooltip


YEAR_COLUMN = Column("year", "Year", "O")
SERIES_COLUMN = Column("series", "Series")


def amount(title: str, format: Any = ",.4~f", column: str = "value") -> Column:
    """Return the field of a number."""
    return Column(column, title, "Q", format)


def range_columns(
    format: str = ",.4~f", low: str = "at least", high: str = "at most"
) -> list[Column]:
    """Return the fields of the ends of a range."""
    return [amount(low, format, "lower"), amount(high, format, "upper")]


def chart_data(frame: pd.DataFrame, shown: Iterable[Column], *more: str) -> pd.DataFrame:
    """Keep the columns that a chart shows or draws and those that say where a figure comes from.

    Vintage and grade are in words, as tooltips and tables show them. The column ``unconfirmed`` is
    added. The marks look at it, and never at the words of ``evidence``, which a page may translate.
    """
    empty = [c for c in ("lower", "upper") if c in frame and frame[c].isna().all()]
    wanted = dict.fromkeys((*(field.column for field in shown), *more, "row", *_PROVENANCE))
    kept = [column for column in wanted if column in frame and column not in empty]
    unconfirmed = frame["evidence"].isin(["unconfirmed"]) if "evidence" in frame else False
    data = frame[kept].assign(unconfirmed=unconfirmed).reset_index(drop=True)
    said = {"vintage": plain_words, "evidence": lambda grade: GRADE_WORDS.get(grade, grade)}
    for column in said.keys() & set(kept):
        data[column] = data[column].map(said[column], na_action="ignore")
    return data


def rounded(frame: pd.DataFrame, *columns: str) -> pd.DataFrame:
    """Round what a model made: stored charts hold on machines whose arithmetic ends otherwise.

    An optimiser's last digits differ between processors; four decimals don't. Adding zero takes
    the sign off a zero.
    """
    return frame.assign(**{column: frame[column].round(4) + 0.0 for column in columns})


def tooltip(shown: Iterable[Column], frame: Collection[Any] = ()) -> list[alt.Tooltip]:
    """Return a tooltip that ends with what was printed, its vintage and its grade."""
    known = [Column(column, title) for column, title in _PROVENANCE.items() if column in frame]
    return [
        alt.Tooltip(f"{field.column}:{field.kind}", title=field.title, format=field.format)
        for field in (*shown, *known)
    ]


def tabled(chart: Any, frame: pd.DataFrame, shown: Iterable[Column], **size: Any) -> Any:
    """Say which columns of its data the table below a chart shows, and their titles.

    Vintage and grade come with the names of the rows; without these names they are columns.
    """
    named = "row" in frame.columns and frame["row"].notna().all()
    more = {} if named else {c: _PROVENANCE[c] for c in ("vintage", "evidence")}
    titles = {field.column: field.title for field in shown} | more
    columns = [[column, title] for column, title in titles.items() if column in frame]
    return chart.properties(usermeta={"cbec": {"columns": columns}}, **size)
