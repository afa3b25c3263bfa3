"""Growth and contributions of printed series; expected values are worked by hand."""

from __future__ import annotations

from fractions import Fraction

import pandas as pd
import pytest

from cbec.errors import CbecError, ExpressionError, PrintedFigureError, TableError
from cbec.growth import contribution, implied, year_on_year
from cbec.tables import load


def test_growth_has_value_and_bounds_in_percent() -> None:
    # 3.96/3.61 - 1; 3.955/3.615 - 1 and 3.965/3.605 - 1: finding F1 of the brief.
    row = year_on_year(pd.Series({2023: "3.61", 2024: "3.96"})).loc[2024]
    assert row["value"] == pytest.approx(float(Fraction(35, 361) * 100))
    assert row["lower"] == pytest.approx(float((Fraction(3955, 3615) - 1) * 100))
    assert row["upper"] == pytest.approx(float((Fraction(3965, 3605) - 1) * 100))


def test_integers_of_a_series_are_rounded_measurements() -> None:
    # 10 and 11 stand for [9.5, 10.5) and [10.5, 11.5): from 0 to 2/9.5.
    row = year_on_year(pd.Series({1: "10", 2: "11"})).loc[2]
    assert row.tolist() == pytest.approx([10, 0, 200 / 9.5])


def test_trailing_zeros_narrow_the_bounds() -> None:
    coarse = year_on_year(pd.Series({1: "10", 2: "11"})).loc[2]
    fine = year_on_year(pd.Series({1: "10.0", 2: "11.0"})).loc[2]
    assert coarse["lower"] < fine["lower"] < fine["value"] < fine["upper"] < coarse["upper"]


def test_a_gap_is_never_bridged() -> None:
    frame = year_on_year(pd.Series({2018: "1", 2020: "4", 2021: "5"}))
    assert frame.index.tolist() == [2021]


def test_years_may_stand_in_any_order() -> None:
    frame = year_on_year(pd.Series({2021: "4.0", 2019: "1.0", 2020: "2.0"}))
    assert frame.index.tolist() == [2020, 2021]
    assert frame["value"].tolist() == pytest.approx([100, 100])


def test_a_revised_base_replaces_the_year_before() -> None:
    base = pd.Series({2023: "2.00"})
    frame = year_on_year(pd.Series({2023: "4.00", 2024: "3.00"}), base)
    assert frame.loc[2024, "value"] == pytest.approx(50)


@pytest.mark.parametrize("series", [{}, {2024: "1"}])
def test_without_two_years_there_is_no_row_but_columns(series: dict[int, str]) -> None:
    frame = year_on_year(pd.Series(series, dtype=object))
    assert frame.empty
    assert frame.columns.tolist() == ["value", "lower", "upper"]


def test_a_year_that_stands_twice_is_refused() -> None:
    with pytest.raises(TableError, match=r"2024 stands twice; choose one vintage"):
        year_on_year(pd.Series(["1", "2"], index=[2024, 2024]))


def test_a_figure_that_is_none_is_refused_with_the_remedy() -> None:
    with pytest.raises(PrintedFigureError, match=r"'13,24' is not a number; write 13\.24"):
        year_on_year(pd.Series({2023: "13,24", 2024: "14"}))


def test_growth_from_zero_is_refused() -> None:
    with pytest.raises(ExpressionError, match="may be zero"):
        year_on_year(pd.Series({2023: "0.0", 2024: "1.0"}))


def test_every_error_is_the_packages_own() -> None:
    assert issubclass(TableError, CbecError)
    with pytest.raises(CbecError):
        year_on_year(pd.Series({2023: "1.0", 2024: None}))


def test_a_contribution_is_the_change_of_the_part_over_the_former_whole() -> None:
    part = pd.Series({1: "2.0", 2: "3.0"})
    whole = pd.Series({1: "10.0", 2: "12.0"})
    row = contribution(part, whole).loc[2]
    # Change within (0.9, 1.1), former whole in [9.95, 10.05).
    assert row.tolist() == pytest.approx([10, 100 * 0.9 / 10.05, 100 * 1.1 / 9.95])


def test_the_contribution_of_a_falling_part_is_negative() -> None:
    row = contribution(pd.Series({1: "3.0", 2: "2.0"}), pd.Series({1: "10.0"})).loc[2]
    assert row.tolist() == pytest.approx([-10, -100 * 1.1 / 9.95, -100 * 0.9 / 10.05])


def test_contributions_need_the_part_twice_and_the_whole_once_before() -> None:
    part = pd.Series({1: "2", 2: "3", 4: "5"})
    assert contribution(part, pd.Series({1: "10", 3: "12"})).index.tolist() == [2]


def test_exports_and_imports_contribute_what_the_market_grows() -> None:
    # Levels of 2023 and 2024 that the paper prints: 13.24 + 3.61 = 16.85, 13.7 + 3.96 = 17.66.
    market = pd.Series({2023: "16.85", 2024: "17.66"})
    exports = contribution(pd.Series({2023: "13.24", 2024: "13.7"}), market)
    imports = contribution(pd.Series({2023: "3.61", 2024: "3.96"}), market)
    total = exports.loc[2024, "value"] + imports.loc[2024, "value"]
    assert total == pytest.approx(year_on_year(market).loc[2024, "value"])


def test_an_implied_base_gives_back_the_rate_that_implied_it() -> None:
    # Customs printed 45.47 for 2025 at +3.8%, which implies 43.78 to 43.83 for 2024.
    base = implied(pd.DataFrame({"year": [2024], "lower": [43.78], "upper": [43.83]}))
    growth = year_on_year(pd.Series({2025: "45.47"}), base).loc[2025]
    assert growth["lower"] < 3.8 < growth["upper"]
    assert growth["value"] == pytest.approx(3.8, abs=0.05)


def test_each_base_of_goods_trade_agrees_with_the_printed_total_and_its_rate() -> None:
    table = load("goods_trade", vintage="implied").query("series == 'goods-trade-total'")
    assert (table["lower"] <= table["value"]).all()
    assert (table["value"] <= table["upper"]).all()
    # The notes give the range in words as well.
    for row in table.itertuples():
        assert f"{row.lower:.2f} to {row.upper:.2f}" in row.note
