"""Growth, shares and contributions of printed series; expected values are worked by hand."""

from __future__ import annotations

import itertools
import random
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from fractions import Fraction

import pandas as pd
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from cbec.errors import CbecError, PrintedFigureError, TableError
from cbec.measures.growth import (
    contribution,
    growth_contributions,
    growth_shares,
    share,
    year_on_year,
)
from cbec.tables.frames import load

# Levels that the paper prints, in trillion yuan.
MARKET = pd.Series({2023: "16.85", 2024: "17.66"})
EXPORTS = pd.Series({2023: "13.24", 2024: "13.7"})
IMPORTS = pd.Series({2023: "3.61", 2024: "3.96"})
PARTS = {"exports": EXPORTS, "imports": IMPORTS}
# Goods trade as customs first published it.
TRADE = pd.Series({2023: "41.76", 2024: "43.85"})


def rows(
    series: str, printed: Mapping[int, object], grades: Mapping[int, str] | None = None
) -> pd.DataFrame:
    """Return a frame such as `cbec.load` returns, graded derived unless told."""
    return pd.DataFrame(
        [
            {
                "series": series,
                "year": year,
                "printed": text,
                "unit": "trillion CNY",
                "evidence": (grades or {}).get(year, "derived"),
                "row": f"{series}-{year}",
            }
            for year, text in printed.items()
        ]
    )


# Growth --------------------------------------------------------------------------------------


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
    assert frame.index.name == "year"


def test_the_lower_and_upper_ends_of_a_base_stand_in_for_its_rounding() -> None:
    # Customs printed 45.47 for 2025 at +3.8%, which implies 43.78 to 43.83 for 2024.
    base = rows("trade", {2024: "43.81"}).assign(lower=43.78, upper=43.83)
    row = year_on_year(rows("trade", {2025: "45.47"}), base).loc[2025]
    assert row["value"] == pytest.approx(100 * (45.47 / 43.81 - 1))
    assert row["lower"] == pytest.approx(100 * (45.465 / 43.83 - 1))
    assert row["upper"] == pytest.approx(100 * (45.475 / 43.78 - 1))
    assert row["lower"] < 3.8 < row["upper"]


def test_a_row_without_ends_is_read_as_printed() -> None:
    frame = rows("trade", {2023: "40", 2024: "41"}).assign(lower=None, upper=float("nan"))
    expected = year_on_year(rows("trade", {2023: "40", 2024: "41"}))
    pd.testing.assert_frame_equal(year_on_year(frame), expected)


# Shares --------------------------------------------------------------------------------------


def test_the_share_of_trade_fell_beyond_rounding_on_first_published_figures() -> None:
    # F2 of the brief: 40.35% to 40.27%.
    shares = share(MARKET, TRADE)
    assert shares["value"].round(2).to_dict() == {2023: 40.35, 2024: 40.27}
    assert shares.loc[2024, "upper"] < shares.loc[2023, "lower"]


def test_a_share_has_a_row_for_each_year_of_both() -> None:
    found = share(pd.Series({1: "1", 2: "2", 4: "4"}), pd.Series({2: "9", 3: "9", 4: "9"}))
    assert found.index.tolist() == [2, 4]


def test_a_year_that_one_part_lacks_has_no_row() -> None:
    parts = {
        "a": pd.Series({1: "1", 2: "2", 3: "3", 5: "5"}),
        "b": pd.Series({1: "1", 3: "3", 4: "4", 5: "5"}),
    }
    for measure in (growth_contributions, growth_shares):
        frame = measure(parts)
        assert frame.empty
        assert frame.index.names == ["series", "year"]


# Contributions -------------------------------------------------------------------------------


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


def test_imports_supply_43_percent_of_the_growth_of_2024() -> None:
    # F4 of the brief: 43%, 39.8 to 47.1; exports still more than half.
    frame = growth_shares(PARTS)
    assert frame.loc[("imports", 2024)].round(1).tolist() == [43.2, 39.8, 47.1]
    assert frame.loc[("exports", 2024), "lower"] > 50


def test_the_contributions_of_the_parts_add_up_to_the_growth_of_their_sum() -> None:
    parts = PARTS | {"other": pd.Series({2023: "1.2", 2024: "0.9"})}
    total = growth_contributions(parts).groupby("year")["value"].sum()
    # 13.24 + 3.61 + 1.2 = 18.05 and 13.7 + 3.96 + 0.9 = 18.56.
    assert total.to_dict() == pytest.approx({2024: 100 * (18.56 / 18.05 - 1)})


def test_a_falling_sum_has_contributions_but_no_shares_of_its_growth() -> None:
    parts = {"a": pd.Series({1: "5.0", 2: "3.0"}), "b": pd.Series({1: "5.0", 2: "6.0"})}
    values = growth_contributions(parts)["value"]
    assert values.to_dict() == pytest.approx({("a", 2): -20, ("b", 2): 10})
    with pytest.raises(TableError, match=r"a 2, b 2, a 1, b 1: a base must be above zero"):
        growth_shares(parts)


def test_the_same_row_as_part_and_whole_is_one_number() -> None:
    frame = rows("a", {1: "10", 2: "12"})
    assert share(frame, frame)[["value", "lower", "upper"]].to_numpy().tolist() == [[100] * 3] * 2
    pd.testing.assert_frame_equal(contribution(frame, frame), year_on_year(frame))


def test_two_vintages_of_a_year_are_two_numbers() -> None:
    first = rows("a", {1: "10"})
    revised = first.assign(row="a-1-revised")
    row = share(first, revised).loc[1]
    assert row[["lower", "upper"]].tolist() == pytest.approx([100 * 9.5 / 10.5, 100 * 10.5 / 9.5])
    assert row["row"] == "a-1 a-1-revised"


# Sharpness -----------------------------------------------------------------------------------

Levels = dict[str, Fraction]


@dataclass(frozen=True)
class Measure:
    """A function of the package on the levels a1, a2, b1, b2, c1, c2, and its formula."""

    found: Callable[[dict[str, str]], pd.Series]
    formula: Callable[[Levels], float | Fraction]
    inputs: tuple[str, ...] = ("a1", "a2", "b1", "b2", "c1", "c2")


def series(texts: dict[str, str], name: str) -> pd.Series:
    return pd.Series({1: texts[f"{name}1"], 2: texts[f"{name}2"]})


def parts_of(texts: dict[str, str]) -> dict[str, pd.Series]:
    return {name: series(texts, name) for name in "abc"}


def total(levels: Levels, year: int) -> Fraction:
    return sum((levels[f"{name}{year}"] for name in "abc"), Fraction(0))


MEASURES = {
    "year_on_year": Measure(
        lambda t: year_on_year(series(t, "a")).loc[2],
        lambda x: x["a2"] / x["a1"] - 1,
        ("a1", "a2"),
    ),
    "year_on_year, revised": Measure(
        lambda t: year_on_year(series(t, "a"), series(t, "b")).loc[2],
        lambda x: x["a2"] / x["b1"] - 1,
        ("a2", "b1"),
    ),
    "share": Measure(
        lambda t: share(series(t, "a"), series(t, "b")).loc[2],
        lambda x: x["a2"] / x["b2"],
        ("a2", "b2"),
    ),
    "contribution": Measure(
        lambda t: contribution(series(t, "a"), series(t, "b")).loc[2],
        lambda x: (x["a2"] - x["a1"]) / x["b1"],
        ("a1", "a2", "b1"),
    ),
    "growth_contributions": Measure(
        lambda t: growth_contributions(parts_of(t)).loc[("a", 2)],
        lambda x: (x["a2"] - x["a1"]) / total(x, 1),
    ),
    "growth_shares": Measure(
        lambda t: growth_shares(parts_of(t)).loc[("a", 2)],
        lambda x: (x["a2"] - x["a1"]) / (total(x, 2) - total(x, 1)),
    ),
}


def printed(last_digits: int, decimals: int) -> tuple[str, Fraction, Fraction]:
    """Return a figure as printed, its face value and half a unit of its last digit."""
    value = Fraction(last_digits, 10**decimals)
    return f"{float(value):.{decimals}f}", value, Fraction(1, 2 * 10**decimals)


figures = st.builds(printed, st.integers(1, 500), st.integers(0, 2))


@pytest.mark.parametrize("name", MEASURES)
@settings(deadline=None)
@given(st.data())
def test_the_bounds_are_the_extremes_over_the_corners_and_hold_every_point_between(
    name: str, data: st.DataObject
) -> None:
    measure = MEASURES[name]
    drawn = {id: data.draw(figures, label=id) for id in MEASURES["growth_shares"].inputs}
    texts = {id: text for id, (text, _, _) in drawn.items()}
    face = {id: value for id, (_, value, _) in drawn.items()}
    half = {id: reach for id, (_, _, reach) in drawn.items()}
    if name == "growth_shares":  # defined where the sum surely grows
        assume(total(face, 2) - total(face, 1) > sum(half.values()))
    found = measure.found(texts)
    assert found["value"] == pytest.approx(float(100 * measure.formula(face)))
    corners = [
        100 * float(measure.formula(face | dict(zip(measure.inputs, corner, strict=True))))
        for corner in itertools.product(
            *((face[id] - half[id], face[id] + half[id]) for id in measure.inputs)
        )
    ]
    assert found["lower"] == pytest.approx(min(corners), abs=1e-9)
    assert found["upper"] == pytest.approx(max(corners), abs=1e-9)
    chance = random.Random(data.draw(st.integers(0, 1000), label="seed"))
    for _ in range(10):
        inside = {id: face[id] + half[id] * Fraction(chance.uniform(-1, 1)) for id in face}
        value = 100 * float(measure.formula(inside))
        assert found["lower"] - 1e-9 <= value <= found["upper"] + 1e-9


# Provenance ----------------------------------------------------------------------------------


def test_without_a_frame_there_is_no_provenance() -> None:
    assert "row" not in share(MARKET, TRADE).columns


def test_growth_carries_the_weakest_grade_and_the_rows_used() -> None:
    frame = rows("m", {1: "1", 2: "2", 3: "3"}, {1: "unconfirmed", 2: "printed"})
    growth = year_on_year(frame)
    assert growth["evidence"].to_dict() == {2: "unconfirmed", 3: "printed"}
    assert growth["row"].to_dict() == {2: "m-2 m-1", 3: "m-3 m-2"}


def test_frames_and_series_of_the_same_figures_give_the_same_measures() -> None:
    traced = growth_contributions(
        {name: rows(name, printed.to_dict()) for name, printed in PARTS.items()}
    )
    pd.testing.assert_frame_equal(
        traced[["value", "lower", "upper"]], growth_contributions(PARTS), check_dtype=False
    )


def test_a_row_used_twice_is_named_once() -> None:
    frame = rows("m", {1: "1", 2: "2"})
    assert share(frame, frame)["row"].to_dict() == {1: "m-1", 2: "m-2"}


def test_every_part_bears_on_a_share_of_their_sum() -> None:
    parts = {"a": rows("a", {1: "1", 2: "2"}), "b": rows("b", {1: "1", 2: "2"}, {1: "not-found"})}
    frame = growth_contributions(parts)
    assert frame["evidence"].tolist() == ["not-found"] * 2
    assert set(frame.loc[("a", 2), "row"].split()) == {"a-1", "a-2", "b-1"}


def test_a_measure_of_graded_rows_without_a_result_keeps_its_columns() -> None:
    frame = year_on_year(rows("m", {1: "1"}))
    assert frame.empty
    assert frame.columns.tolist() == ["value", "lower", "upper", "evidence", "row"]


def test_the_growth_of_a_table_names_its_rows() -> None:
    growth = year_on_year(load("market", series="market-import"))
    # F1 of the brief: 3.96 on 3.61 lies within 9.405 to 9.986 percent.
    row = growth.loc[2024]
    assert [round(row["lower"], 3), round(row["upper"], 3)] == [9.405, 9.986]
    assert row["row"] == "market-import-2024-as-published market-import-2023-as-published"


def test_each_base_of_goods_trade_agrees_with_the_printed_total_and_its_rate() -> None:
    table = load("goods_trade", vintage="implied").query("series == 'goods-trade-total'")
    assert (table["lower"] <= table["value"]).all()
    assert (table["value"] <= table["upper"]).all()
    # The notes give the range in words as well.
    for row in table.itertuples():
        assert f"{row.lower:.2f} to {row.upper:.2f}" in row.note


# Errors --------------------------------------------------------------------------------------


def test_a_year_that_stands_twice_is_refused() -> None:
    with pytest.raises(TableError, match=r"figures: the year 2024 stands twice; choose one vint"):
        year_on_year(pd.Series(["1", "2"], index=[2024, 2024]))
    twice = pd.concat([rows("market", {2024: "1"}), rows("market", {2024: "2"})])
    with pytest.raises(TableError, match=r"market: the year 2024 stands twice"):
        growth_contributions({"a": twice, "b": twice})


@pytest.mark.parametrize("year", ["2024", 2024.0, None, pd.NA])
def test_a_year_that_is_none_is_refused(year: object) -> None:
    with pytest.raises(TableError, match=r"whole: .* is no year; give whole years such as 2024"):
        share(MARKET, pd.Series(["1"], index=pd.Index([year], dtype=object)))


def test_a_text_that_is_no_figure_is_refused_with_series_year_and_remedy() -> None:
    message = r"figures 2023: '13,24' is not a number; write 13\.24"
    with pytest.raises(PrintedFigureError, match=message):
        year_on_year(pd.Series({2023: "13,24", 2024: "14"}))


@pytest.mark.parametrize("figure", [None, 13.24, 13, float("nan")])
def test_a_figure_that_is_no_text_is_refused_with_series_and_year(figure: object) -> None:
    with pytest.raises(TableError, match=r"part 2023: .* is no printed figure; give the text"):
        contribution(pd.Series({2023: figure, 2024: "14"}, dtype=object), TRADE)
    with pytest.raises(TableError, match=r"market 2023: .* is no printed figure; give the text"):
        year_on_year(rows("market", {2023: figure}))


@pytest.mark.parametrize("base", ["0.0", "0", "-1.0"])
@pytest.mark.parametrize(
    "measure",
    [
        year_on_year,
        lambda figures: share(MARKET, figures),
        lambda figures: contribution(MARKET, figures),
        lambda figures: growth_contributions({"figures": figures}),
    ],
)
def test_a_base_that_may_be_zero_or_negative_is_refused(
    measure: Callable[[pd.Series], object], base: str
) -> None:
    with pytest.raises(TableError, match=r"(figures|whole) 2023: a base must be .*; leave the ye"):
        measure(pd.Series({2023: base, 2024: "1.0"}))


def test_a_part_that_may_be_zero_or_negative_is_no_base() -> None:
    balance = pd.Series({2023: "-1.0", 2024: "0.0"})
    assert share(balance, TRADE).loc[2023, "value"] < 0
    assert contribution(balance, TRADE).loc[2024, "lower"] > 0


def test_figures_in_different_units_are_refused() -> None:
    gdp = rows("gdp", {2024: "134908.4"}).assign(unit="billion CNY")
    with pytest.raises(TableError, match=r"trade 2024 in trillion CNY, gdp 2024 in billion CNY"):
        share(rows("trade", {2024: "43.85"}), gdp)
    with pytest.raises(TableError, match=r"figures 2023 in count, figures 2024 in CNY"):
        year_on_year(pd.Series({2023: "16.85", 2024: "17.66万亿元"}))


def test_figures_whose_texts_name_their_units_are_restated() -> None:
    growth = year_on_year(pd.Series({2023: "16.85万亿元", 2024: "176600亿元"}))
    assert growth.loc[2024, "value"] == pytest.approx(100 * (17.66 / 16.85 - 1))


def test_a_measure_of_which_one_argument_has_no_evidence_is_refused() -> None:
    with pytest.raises(TableError, match=r"part came with evidence, whole without; give rows"):
        share(rows("market", {2024: "17.66"}), TRADE)


def test_a_frame_without_a_column_is_refused_with_its_name() -> None:
    frame = rows("market", {2024: "1"})
    with pytest.raises(TableError, match=r"whole lacks unit, row; give rows of one series"):
        share(frame, frame.drop(columns=["unit", "row"]))


def test_two_series_in_one_frame_are_refused() -> None:
    frame = pd.concat([rows("exports", {2023: "1"}), rows("imports", {2024: "1"})])
    with pytest.raises(TableError, match=r"figures holds exports, imports; choose one series"):
        year_on_year(frame)


@pytest.mark.parametrize("ends", [{"lower": 1.0, "upper": None}, {"lower": None, "upper": 2.0}])
def test_a_row_with_one_end_is_refused(ends: dict[str, float | None]) -> None:
    with pytest.raises(TableError, match=r"market 2024: .* is unbounded; give both ends"):
        year_on_year(rows("market", {2024: "1.5"}).assign(**ends))


def test_an_unknown_grade_is_refused() -> None:
    with pytest.raises(TableError, match=r"'sure' is no grade of evidence"):
        year_on_year(rows("market", {2023: "1", 2024: "2"}, {2024: "sure"}))


@pytest.mark.parametrize("measure", [growth_contributions, growth_shares])
def test_no_parts_at_all_are_refused(measure: Callable[[dict[str, pd.Series]], object]) -> None:
    with pytest.raises(TableError, match="there are no parts; give each part's figures"):
        measure({})


def test_every_error_is_the_packages_own() -> None:
    assert issubclass(TableError, CbecError)
    assert issubclass(PrintedFigureError, CbecError)


@pytest.mark.parametrize("names", [["", ""], [None, None], ["x", "x"]])
def test_rows_without_names_of_their_own_are_refused(names: list[str | None]) -> None:
    frame = load("market", series="market-total", year=[2023, 2024]).assign(row=names)
    with pytest.raises(TableError, match="column row must name each row differently"):
        year_on_year(frame)
