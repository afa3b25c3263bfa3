"""Grades of evidence, the sets of figures that they make, and the latest run of years in a set."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import pandas as pd

from cbec.errors import TableError

GRADE_WORDS: Mapping[str, str] = {
    "corroborated": "read on two or more pages",
    "single-source": "from a single source",
    "derived": "derived from a published text",
    "printed": "found only in the paper",
    "unconfirmed": "unconfirmed",
    "not-found": "not found",
}
"""What each grade means in a few words, the strongest first."""

GRADES = tuple(GRADE_WORDS)
"""The grades, the strongest first; ``printed`` is what the paper itself prints."""

SETS: Mapping[str, frozenset[str]] = {
    "all": frozenset(GRADES) - {"not-found"},
    "without-unconfirmed": frozenset(GRADES) - {"not-found", "unconfirmed"},
    "sourced": frozenset({"corroborated", "single-source", "derived"}),
}
"""The sets of figures that a result may rest on, by the grades that each admits, widest first.

In ``sourced`` an independent page bears each figure. What the paper under audit prints itself is in
``without-unconfirmed`` only.
"""

SET_LABELS: Mapping[str, tuple[str, str]] = {
    "all": ("all figures", "全部数字"),
    "without-unconfirmed": ("without unconfirmed", "剔除未证实数字"),
    "sourced": ("sourced only", "仅用有来源的数字"),
}
"""What the sets are called in English and Chinese."""

WEAK_GRADES: Mapping[str, str] = {grade: GRADE_WORDS[grade] for grade in ("unconfirmed", "printed")}
"""The grades that a model may rest on though no independent page bears the figure, in words."""

UNCONFIRMED_EN = (
    "Hollow points and figures marked ○ are unconfirmed: recalled by those who compiled the "
    "evidence, or known from texts whose page could not be opened."
)


def weakest(grades: Iterable[str]) -> str:
    """Return the weakest of some grades: a result is as good as the worst figure in it.

    Raises
    ------
    TableError
        If there is no grade, or one that isn't in `GRADES`.

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


def latest_run(frame: pd.DataFrame, figures: str = "all") -> pd.DataFrame:
    """Return the latest years without a gap, on one set of figures.

    A gap, or a year whose figure isn't in the set, ends the run: nothing is bridged. It has no rows
    if no figure is in the set.

    Parameters
    ----------
    frame : DataFrame
        Rows of one series, one a year, with the columns ``year`` and ``evidence``, as
        `cbec.load` or `cbec.chapters.forecast_series.annual_levels` return them.
    figures : str
        A name of `SETS`.

    Raises
    ------
    TableError
        If the set isn't known, a column is missing, a grade isn't known, or the rows hold two
        series or a year twice.

    Examples
    --------
    >>> from cbec import load
    >>> market = load("market", series="market-total")
    >>> for name in SETS:
    ...     print(name, *latest_run(market, name).year.iloc[[0, -1]])
    all 2012 2024
    without-unconfirmed 2019 2024
    sourced 2019 2022
    """
    if figures not in SETS:
        raise TableError(f"there is no set {figures!r} of figures; use one of {', '.join(SETS)}")
    missing = [column for column in ("year", "evidence") if column not in frame.columns]
    if missing:
        raise TableError(
            f"the frame lacks {', '.join(missing)}; give rows as cbec.load returns them"
        )
    _check(set(frame["evidence"]))
    series = list(frame["series"].unique()) if "series" in frame.columns else []
    if len(series) > 1:
        raise TableError(f"the frame holds {', '.join(series)}; choose one series")
    twice = frame.loc[frame["year"].duplicated(), "year"]
    if len(twice):
        name = f" in {series[0]}" if series else ""
        raise TableError(f"the year {twice.iloc[0]} stands twice{name}; choose one vintage of it")
    ordered = frame[frame["evidence"].isin(SETS[figures])].sort_values("year")
    run = ordered["year"].diff().ne(1).cumsum()
    return ordered[run == run.max()].reset_index(drop=True)


def _check(grades: set[str]) -> None:
    unknown = sorted(str(grade) for grade in grades if grade not in GRADES)
    if unknown:
        raise TableError(f"{unknown[0]!r} is no grade of evidence; use one of {', '.join(GRADES)}")
