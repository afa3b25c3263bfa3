"""Grades of evidence, and what is left of a series without its unconfirmed years."""

from __future__ import annotations

from collections.abc import Iterable

import pandas as pd

from cbec.errors import TableError

__all__ = [
    "GRADES",
    "MODEL_MINIMUM",
    "UNCONFIRMED_EN",
    "UNCONFIRMED_ZH",
    "confirmed_run",
    "is_usable",
    "model_possible",
    "weakest",
]

GRADES = ("corroborated", "single-source", "derived", "printed", "unconfirmed", "not-found")
"""The grades, the strongest first; ``printed`` is what the paper itself prints."""

MODEL_MINIMUM = 5
"""The fewest consecutive years that a trend model is fitted to."""

UNCONFIRMED_EN = (
    "Hollow points and figures marked ○ are unconfirmed: recalled from the publisher's reports; "
    "no page with them could be opened."
)
UNCONFIRMED_ZH = (
    "空心点和标有○的数字未经证实：凭对发布机构报告的记忆录入，未能打开载有这些数字的页面。"
)

_UNUSABLE = ("unconfirmed", "not-found")


def is_usable(grade: str) -> bool:
    """Tell whether a figure of this grade may stand without a mark beside it.

    Parameters
    ----------
    grade : str
        One of `GRADES`.

    Returns
    -------
    bool
        False for what is unconfirmed or wasn't found.

    Examples
    --------
    >>> is_usable("printed"), is_usable("unconfirmed")
    (True, False)
    """
    return grade not in _UNUSABLE


def weakest(grades: Iterable[str]) -> str:
    """Return the weakest of some grades: a result is as good as the worst figure in it.

    Parameters
    ----------
    grades : iterable of str
        At least one of `GRADES`.

    Returns
    -------
    str
        The one that stands last in `GRADES`.

    Raises
    ------
    TableError
        If there is no grade, or one that isn't known.

    Examples
    --------
    >>> weakest(["printed", "corroborated"])
    'printed'
    """
    found = set(grades)
    if not found:
        raise TableError("there is no grade to choose from; give that of each figure used")
    _check(found)
    return max(found, key=GRADES.index)


def confirmed_run(frame: pd.DataFrame) -> pd.DataFrame:
    """Return the latest unbroken run of years whose figures are confirmed.

    A figure that the paper prints is not confirmed by others, yet it is what the paper is judged
    by, so it counts here.

    Parameters
    ----------
    frame : DataFrame
        Rows of one series, one a year, with the columns ``year`` and ``evidence``, as
        `cbec.tables.load` returns them.

    Returns
    -------
    DataFrame
        The rows of the run, by year; none if no year is confirmed.

    Raises
    ------
    TableError
        If a column is missing, a grade isn't known, or the rows hold two series or a year twice.

    Examples
    --------
    >>> from cbec.tables import load
    >>> confirmed_run(load("market", series="market-total")).year.tolist()
    [2019, 2020, 2021, 2022, 2023, 2024]
    """
    missing = [column for column in ("year", "evidence") if column not in frame.columns]
    if missing:
        raise TableError(
            f"the frame lacks {', '.join(missing)}; give rows as cbec.tables.load returns them"
        )
    _check(set(frame["evidence"]))
    series = list(frame["series"].unique()) if "series" in frame.columns else []
    if len(series) > 1:
        raise TableError(f"the frame holds {', '.join(series)}; choose one series")
    twice = frame.loc[frame["year"].duplicated(), "year"]
    if len(twice):
        name = f" in {series[0]}" if series else ""
        raise TableError(f"the year {twice.iloc[0]} stands twice{name}; choose one vintage of it")
    usable = frame[frame["evidence"].map(is_usable).astype(bool)].sort_values("year")
    run = usable["year"].diff().ne(1).cumsum()
    return usable[run == run.max()]


def model_possible(run: pd.DataFrame) -> bool:
    """Tell whether a run of years is long enough for a trend model.

    Parameters
    ----------
    run : DataFrame
        One row a year, as `confirmed_run` returns them.

    Returns
    -------
    bool
        Whether there are at least `MODEL_MINIMUM` years.

    Examples
    --------
    >>> model_possible(pd.DataFrame({"year": [2021, 2022, 2023, 2024]}))
    False
    """
    return len(run) >= MODEL_MINIMUM


def _check(grades: set[str]) -> None:
    unknown = sorted(str(grade) for grade in grades if grade not in GRADES)
    if unknown:
        raise TableError(f"{unknown[0]!r} is no grade of evidence; use one of {', '.join(GRADES)}")
