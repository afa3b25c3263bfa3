"""What a forecast rests on is said in words, and weak years are named."""

from __future__ import annotations

import pandas as pd
import pytest

from cbec.chapters.years_in_words import run_statement, weak_years
from cbec.tables.frames import load


@pytest.mark.parametrize(
    ("grades", "said"),
    [
        ({}, "no model is possible: no year, and at least 5 are needed"),
        ({2024: "printed"}, "no model is possible: 1 year, 2024, and at least 5 are needed"),
        (dict.fromkeys(range(2020, 2025), "derived"), "5 years, 2020 to 2024"),
        (
            dict.fromkeys(range(2020, 2025), "derived") | {2022: "unconfirmed", 2024: "printed"},
            "5 years, 2020 to 2024; unconfirmed: 2022; found only in the paper: 2024",
        ),
    ],
)
def test_a_run_says_what_it_is_or_that_no_model_is_possible(
    grades: dict[int, str], said: str
) -> None:
    frame = pd.DataFrame({"year": list(grades), "evidence": list(grades.values())})
    assert run_statement(frame) == said


def test_the_weak_years_of_the_market_are_those_of_the_table() -> None:
    said = weak_years(load("market", series="market-total"))
    assert said == "unconfirmed: 2013, 2017, 2018; found only in the paper: 2023, 2024"
    assert weak_years(load("customs", series="customs-total", vintage="first-published")) == ""
