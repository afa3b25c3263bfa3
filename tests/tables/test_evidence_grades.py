"""Grades of evidence, sets of figures, unbroken runs of years; expected values worked by hand."""

from __future__ import annotations

import itertools
from typing import get_args

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cbec.audit.ledger import Grade
from cbec.chapters.years_in_words import model_possible
from cbec.errors import TableError
from cbec.tables.evidence_grades import (
    GRADES,
    SET_LABELS,
    SETS,
    UNCONFIRMED_EN,
    latest_run,
    weakest,
)
from cbec.tables.frames import load
from cbec.trend.model_types import MODEL_MINIMUM


def graded(grades: dict[int, str]) -> pd.DataFrame:
    return pd.DataFrame({"series": "market", "year": grades.keys(), "evidence": grades.values()})


def years(frame: pd.DataFrame, figures: str = "without-unconfirmed") -> list[int]:
    return latest_run(frame, figures)["year"].tolist()


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


def test_each_set_holds_the_next_and_says_which_grades_it_admits() -> None:
    # The ruling on three sets: an independent page bears each sourced figure, and what the audited
    # paper prints itself is not sourced.
    wide, middle, narrow = SETS.values()
    assert list(SETS) == list(SET_LABELS) == ["all", "without-unconfirmed", "sourced"]
    assert narrow < middle < wide < set(GRADES)
    assert wide - middle == {"unconfirmed"}
    assert middle - narrow == {"printed"}
    assert set(GRADES) - wide == {"not-found"}


@pytest.mark.parametrize(
    ("figures", "expected", "possible"),
    [
        ("all", range(2012, 2025), True),
        ("without-unconfirmed", range(2019, 2025), True),
        # The brief: sourced is 2012, 2014-2016 and 2019-2022, its latest run four years.
        ("sourced", range(2019, 2023), False),
    ],
)
def test_the_market_has_these_years_on_each_set(
    figures: str, expected: range, possible: bool
) -> None:
    run = latest_run(load("market", series="market-total"), figures)
    assert run["year"].tolist() == list(expected)
    assert model_possible(run) is possible


def test_the_sourced_years_of_the_market_are_those_of_the_brief() -> None:
    market = load("market", series="market-total")
    sourced = market[market["evidence"].isin(SETS["sourced"])]
    assert sourced["year"].tolist() == [2012, 2014, 2015, 2016, 2019, 2020, 2021, 2022]


def test_customs_first_published_figures_are_all_sourced() -> None:
    customs = load("customs", series="customs-total", vintage="first-published")
    run = latest_run(customs[customs["year"] <= 2024], "sourced")
    assert run["year"].tolist() == list(range(2020, 2025))


def test_an_unknown_set_is_refused_with_the_known_ones() -> None:
    with pytest.raises(TableError, match="no set 'confirmed' of figures; use one of all, without"):
        latest_run(graded({2020: "derived"}), "confirmed")


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
def test_the_run_is_the_latest_of_consecutive_years_of_the_set(
    grades: dict[int, str], expected: list[int]
) -> None:
    assert years(graded(grades)) == expected


@settings(deadline=None)
@given(st.dictionaries(st.integers(2000, 2015), st.sampled_from(GRADES)), st.sampled_from([*SETS]))
def test_a_run_is_unbroken_in_its_set_and_can_not_be_extended(
    grades: dict[int, str], figures: str
) -> None:
    run = years(graded(grades), figures)
    usable = {y for y, grade in grades.items() if grade in SETS[figures]}
    assert bool(run) == bool(usable)
    if run:
        assert run == list(range(run[0], run[-1] + 1))
        assert run[-1] == max(usable)
        assert set(run) <= usable
        assert run[0] - 1 not in usable


def test_rows_may_stand_in_any_order_and_keep_their_columns() -> None:
    frame = graded({2021: "derived", 2019: "derived", 2020: "printed"}).assign(printed="1.0")
    run = latest_run(frame)
    assert run["year"].tolist() == [2019, 2020, 2021]
    assert run.columns.tolist() == frame.columns.tolist()


def test_a_year_that_stands_twice_is_refused_with_the_series() -> None:
    frame = pd.concat([graded({2023: "derived"}), graded({2023: "printed"})])
    with pytest.raises(TableError, match=r"2023 stands twice in market; choose one vintage"):
        latest_run(frame)
    with pytest.raises(TableError, match=r"2023 stands twice; choose one vintage"):
        latest_run(frame.drop(columns="series"))


def test_two_series_are_refused() -> None:
    frame = pd.concat([graded({1: "derived"}), graded({2: "derived"}).assign(series="exports")])
    with pytest.raises(TableError, match="holds market, exports; choose one series"):
        latest_run(frame)


def test_a_misspelt_grade_is_never_taken_for_a_known_one() -> None:
    with pytest.raises(TableError, match="'uncofirmed' is no grade"):
        latest_run(graded({2020: "uncofirmed"}))


def test_a_frame_without_grades_is_refused() -> None:
    with pytest.raises(TableError, match="lacks evidence; give rows as"):
        latest_run(pd.DataFrame({"year": [2020]}))


@pytest.mark.parametrize("length", range(8))
def test_a_model_needs_five_years(length: int) -> None:
    # Item 5 of issue 3: "fewer than five points, say that no model is possible".
    assert MODEL_MINIMUM == 5
    run = latest_run(graded(dict.fromkeys(range(2000, 2000 + length), "derived")))
    assert model_possible(run) is (length >= 5)


def test_the_footnote_names_both_marks_in_both_languages() -> None:
    assert UNCONFIRMED_EN.startswith("Hollow points and figures marked ○ are unconfirmed:")
