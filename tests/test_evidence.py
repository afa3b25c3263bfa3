"""Grades of evidence and unbroken runs of confirmed years; expected values are worked by hand."""

from __future__ import annotations

import itertools
from typing import get_args

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cbec.errors import TableError
from cbec.evidence import (
    GRADES,
    MODEL_MINIMUM,
    UNCONFIRMED_EN,
    UNCONFIRMED_ZH,
    confirmed_run,
    is_usable,
    model_possible,
    weakest,
)
from cbec.ledger import Grade
from cbec.tables import load


def graded(grades: dict[int, str]) -> pd.DataFrame:
    return pd.DataFrame({"series": "market", "year": grades.keys(), "evidence": grades.values()})


def years(frame: pd.DataFrame) -> list[int]:
    return confirmed_run(frame)["year"].tolist()


def test_the_grades_are_those_of_the_ledger() -> None:
    assert set(GRADES) == set(get_args(Grade))


@pytest.mark.parametrize(("better", "worse"), [*itertools.combinations(GRADES, 2)])
def test_the_weaker_of_two_grades_counts_in_any_order(better: str, worse: str) -> None:
    assert weakest([better, worse]) == weakest([worse, better, worse]) == worse


def test_one_grade_is_its_own_weakest() -> None:
    assert weakest(iter(["derived"])) == "derived"


@pytest.mark.parametrize("grades", [["confirmed"], ["printed", ""], ["printed", float("nan")]])
def test_an_unknown_grade_is_refused_with_the_known_ones(grades: list[str]) -> None:
    with pytest.raises(TableError, match="is no grade of evidence; use one of corroborated"):
        weakest(grades)


def test_no_grade_at_all_is_refused() -> None:
    with pytest.raises(TableError, match="no grade to choose from"):
        weakest([])


def test_the_market_without_unconfirmed_years_runs_from_2019_to_2024() -> None:
    # Item 5 of issue 3: "for the market total 2019-2024".
    run = confirmed_run(load("market", series="market-total"))
    assert run["year"].tolist() == list(range(2019, 2025))
    assert model_possible(run)


@pytest.mark.parametrize(
    ("grades", "expected"),
    [
        ({}, []),
        ({2020: "unconfirmed", 2021: "not-found"}, []),
        ({2020: "printed"}, [2020]),
        ({2019: "derived", 2020: "unconfirmed", 2021: "derived"}, [2021]),
        ({2019: "derived", 2020: "not-found", 2021: "derived"}, [2021]),
        # A missing year breaks the run as an unconfirmed one does.
        ({2018: "derived", 2019: "derived", 2021: "printed", 2022: "corroborated"}, [2021, 2022]),
        # The latest run counts, not the longest, and it may end before the series does.
        ({2018: "derived", 2019: "derived", 2020: "unconfirmed"}, [2018, 2019]),
        ({1: "derived", 2: "derived", 3: "derived", 5: "derived"}, [5]),
    ],
)
def test_the_run_is_the_latest_of_consecutive_confirmed_years(
    grades: dict[int, str], expected: list[int]
) -> None:
    assert years(graded(grades)) == expected


@settings(deadline=None)
@given(st.dictionaries(st.integers(2000, 2015), st.sampled_from(GRADES)))
def test_a_run_is_unbroken_confirmed_and_can_not_be_extended(grades: dict[int, str]) -> None:
    run = years(graded(grades))
    usable = {y for y, grade in grades.items() if grade not in {"unconfirmed", "not-found"}}
    assert bool(run) == bool(usable)
    if run:
        assert run == list(range(run[0], run[-1] + 1))
        assert run[-1] == max(usable)
        assert set(run) <= usable
        assert run[0] - 1 not in usable


def test_rows_may_stand_in_any_order_and_keep_their_columns() -> None:
    frame = graded({2021: "derived", 2019: "derived", 2020: "printed"}).assign(printed="1.0")
    run = confirmed_run(frame)
    assert run["year"].tolist() == [2019, 2020, 2021]
    assert run.columns.tolist() == frame.columns.tolist()


def test_a_year_that_stands_twice_is_refused_with_the_series() -> None:
    frame = pd.concat([graded({2023: "derived"}), graded({2023: "printed"})])
    with pytest.raises(TableError, match=r"2023 stands twice in market; choose one vintage"):
        confirmed_run(frame)
    with pytest.raises(TableError, match=r"2023 stands twice; choose one vintage"):
        confirmed_run(frame.drop(columns="series"))


def test_two_series_are_refused() -> None:
    frame = pd.concat([graded({1: "derived"}), graded({2: "derived"}).assign(series="exports")])
    with pytest.raises(TableError, match="holds market, exports; choose one series"):
        confirmed_run(frame)


def test_a_misspelt_grade_is_never_taken_for_a_confirmed_one() -> None:
    with pytest.raises(TableError, match="'uncofirmed' is no grade"):
        confirmed_run(graded({2020: "uncofirmed"}))


def test_a_frame_without_grades_is_refused() -> None:
    with pytest.raises(TableError, match="lacks evidence; give rows as"):
        confirmed_run(pd.DataFrame({"year": [2020]}))


@pytest.mark.parametrize("length", range(8))
def test_a_model_needs_five_years(length: int) -> None:
    # Item 5 of issue 3: "fewer than five points, say that no model is possible".
    assert MODEL_MINIMUM == 5
    run = confirmed_run(graded(dict.fromkeys(range(2000, 2000 + length), "derived")))
    assert model_possible(run) is (length >= 5)


def test_the_footnote_names_both_marks_in_both_languages() -> None:
    assert UNCONFIRMED_EN.startswith("Hollow points and figures marked ○ are unconfirmed:")
    assert UNCONFIRMED_ZH.startswith("空心点和标有○的数字未经证实")


def test_only_what_was_recalled_or_not_found_is_unusable() -> None:
    assert [grade for grade in GRADES if not is_usable(grade)] == ["unconfirmed", "not-found"]
