"""Horizons and levels: what is refused, in every function that takes them, and how it is written.

`cbec.trend.arguments` holds the one check. Here the functions are asked, not the check.
"""

import itertools
import math
from datetime import date, time
from decimal import Decimal
from fractions import Fraction
from inspect import signature

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cbec.chapters.forecast_series import run_of
from cbec.chapters.trend_tables import (
    evaluation,
    fan_table,
    forecast_ends,
    panel_table,
    sensitivity,
)
from cbec.errors import TrendError
from cbec.tables.frames import load
from cbec.trend import forecast, forecast_panel, rolling_origin
from cbec.trend.accuracy import interval_score, quantiles_from_intervals
from cbec.trend.arguments import LONGEST_HORIZON, level_label
from cbec.trend.combination import calibration

Y = [3.1, 3.9, 4.4, 5.2, 5.6, 6.5, 6.9]
YEARS = range(2018, 2025)
FRAME = pd.DataFrame({"unique_id": "a", "ds": YEARS, "y": Y})
CUSTOMS = run_of("customs-total", "first-published")

# The functions that take a horizon and levels, called with both by position.
BOTH = {
    forecast: lambda *options: forecast(Y, *options),
    forecast_panel: lambda *options: forecast_panel(FRAME, *options),
    rolling_origin: lambda *options: rolling_origin(Y, *options),
}
HORIZON_ALONE = {
    fan_table: lambda horizon: fan_table(CUSTOMS, ["drift"], horizon),
    panel_table: lambda horizon: panel_table({"Customs": CUSTOMS}, horizon),
    evaluation: lambda horizon: evaluation(run_of("market-total"), ["naive"], horizon),
    forecast_ends: lambda horizon: forecast_ends(CUSTOMS, 2024 + horizon),
    sensitivity: lambda horizon: sensitivity({"Customs": CUSTOMS}, 2024 + horizon),
}
LISTS = {call.__name__: lambda level, made=made: made(2, level) for call, made in BOTH.items()} | {
    "quantiles_from_intervals": lambda level: quantiles_from_intervals(
        [5.0], [[4.0] * len(level)], [[6.0] * len(level)], level
    )
}
HORIZONS = {
    **{
        call.__name__: lambda horizon, made=made: made(horizon, (80,))
        for call, made in BOTH.items()
    },
    **{call.__name__: made for call, made in HORIZON_ALONE.items()},
}


@pytest.fixture(params=sorted(LISTS))
def levels_of(request):
    return LISTS[request.param]


@pytest.mark.parametrize(
    ("level", "remedy"),
    [
        ((0.8, 0.95), "write (80, 95)"),
        ([0.5], "write (50,)"),
        ((0.07, 0.29), "write (7, 29)"),
        ((90, 0.995), "write (90, 99.5)"),
        ((0.9, 90), "write (90,)"),
        ((0.004, 0.8), "write percentages from 1 on, such as (80, 95)"),
        (np.array([0.6]), "write (60,)"),
    ],
)
def test_fractions_are_refused_and_written_in_percent(levels_of, level, remedy):
    with pytest.raises(TrendError) as raised:
        levels_of(level)
    first = next(value for value in level if value < 1)
    assert str(raised.value) == f"the level {first} is below 1, and levels are in percent; {remedy}"


@pytest.mark.parametrize(
    ("level", "said"),
    [
        ([100], "the level 100 isn't between 0 and 100; give a percentage"),
        ([0, 80], "the level 0 isn't between 0 and 100"),
        ([-0.5], "the level -0.5 isn't between 0 and 100"),
        ([math.nan], "the level nan isn't between 0 and 100"),
        ([10**400], "the level is [1000"),
        ([80, -math.inf], "the level -inf isn't between 0 and 100"),
        ([90, 50, 90.0], "the level 90 stands twice; give each once"),
        ([True], "give a list of percentages, such as (80, 95)"),
        (["80"], "the level is ['80']; give a list of percentages"),
        ([[80, 95]], "the level is [[80, 95]]; give a list"),
        ([[80], [80, 95]], "the level is [[80], [80, 95]]; give a list"),
        ([80 + 0j], "the level is [(80+0j)]; give a list"),
        ([np.timedelta64(80, "D")], "the level is [np.timedelta64(80,'D')]; give a list"),
        ("naive", "the level is 'naive'; give a list of percentages"),
        ({80: 95, 90: 99}, "the level is {80: 95, 90: 99}; give a list of percentages"),
        (frozenset({80}), "the level is frozenset({80}); give a list of percentages"),
    ],
)
def test_what_is_no_list_of_percentages_is_refused_alike_everywhere(levels_of, level, said):
    with pytest.raises(TrendError) as raised:
        levels_of(level)
    assert said in str(raised.value)


@pytest.mark.parametrize(
    ("level", "said"),
    [
        (90, "the level is 90; give a list of percentages, such as (90,)"),
        (np.array(90), "the level is array(90); give a list of percentages, such as (90,)"),
        (0.9, "the level 0.9 is below 1, and levels are in percent; write (90,)"),
        (100, "the level 100 isn't between 0 and 100"),
        (10**400, "the level is 1000"),
        (None, "the level is None; give a list of percentages"),
    ],
)
@pytest.mark.parametrize("call", BOTH)
def test_a_lone_level_is_answered_with_the_list_of_it(call, level, said):
    with pytest.raises(TrendError) as raised:
        BOTH[call](2, level)
    assert said in str(raised.value)


@pytest.mark.parametrize(
    ("level", "said"),
    [
        (0.9, "the level 0.9 is below 1, and levels are in percent; write 90"),
        (100, "the level 100 isn't between 0 and 100"),
        ((80, 95), "the level is (80, 95); give one percentage, such as 80"),
        ("80", "the level is '80'; give one percentage"),
        (10**400, "the level is 1000"),
        (None, "the level is None; give one percentage"),
    ],
)
def test_the_score_of_an_interval_takes_one_percentage(level, said):
    with pytest.raises(TrendError) as raised:
        interval_score([1.0], [0.0], [2.0], level)
    assert said in str(raised.value)


def test_one_percent_is_a_level(levels_of):
    assert levels_of((1, 99.5)) is not None
    assert interval_score([1.0], [0.0], [2.0], 1) == pytest.approx(2.0)


@pytest.mark.parametrize("call", BOTH)
def test_levels_go_by_position_as_by_name_and_other_options_by_name_alone(call):
    kinds = [(name, option.kind.name) for name, option in signature(call).parameters.items()]
    assert kinds[1:3] == [("horizon", "POSITIONAL_OR_KEYWORD"), ("level", "POSITIONAL_OR_KEYWORD")]
    assert {kind for _, kind in kinds[3:]} == {"KEYWORD_ONLY"}


def test_a_level_by_position_is_the_one_by_name():
    made, named = forecast(Y, 3, (60, 90)), forecast(Y, 3, level=(60, 90))
    pd.testing.assert_frame_equal(made.to_frame(), named.to_frame(), check_exact=True)
    panel = forecast_panel(FRAME, 3, (60, 90))
    assert panel["lower_60"].tolist() == made.lower[:, 0].tolist()
    assert rolling_origin(Y, 1, (60, 90)).level == (60, 90)


# Horizons ------------------------------------------------------------------------------------


@pytest.mark.parametrize("call", HORIZONS)
@pytest.mark.parametrize("horizon", [10**12, LONGEST_HORIZON + 1, 0, -3])
def test_a_horizon_out_of_reach_is_answered_with_the_longest(call, horizon):
    with pytest.raises(TrendError) as raised:
        HORIZONS[call](horizon)
    said = str(raised.value)
    # Those that take a year to forecast refuse one that isn't after the series themselves.
    assert (
        f"the horizon is {horizon}; give a whole number of years from 1 to 100" in said
        or f"ends in 2024; choose a year after it, not {2024 + horizon}" in said
    )
    assert "from 1 to 100" in said or horizon < 1


@pytest.mark.parametrize("call", BOTH)
@pytest.mark.parametrize(
    "horizon",
    [10**5000, -(10**5000), [10**5000], True, np.array([3]), np.timedelta64(3, "D")],
    ids=["long", "long below zero", "list", "truth", "array", "duration"],
)
def test_what_is_no_horizon_is_never_a_traceback(call, horizon):
    with pytest.raises(TrendError, match=r"the horizon is .*; give a whole number of years from 1"):
        BOTH[call](horizon, (80,))


@pytest.mark.parametrize("call", HORIZONS)
def test_the_longest_horizon_is_forecast(call):
    assert HORIZONS[call](LONGEST_HORIZON) is not None


def test_the_longest_horizon_holds_all_that_was_calibrated():
    assert calibration().horizon < calibration().longest < LONGEST_HORIZON


# Labels --------------------------------------------------------------------------------------

NEAR = (99.99999, 99.999999, 97.123456789, 97.1234567891, 80, 80 + 1e-9)


@given(st.floats(1, 100, exclude_max=True))
def test_a_label_reads_as_its_level(level):
    written = level_label(level)
    assert float(written) == level
    assert Decimal(written) == Decimal(repr(level))
    assert not written.endswith(".0")
    assert "e" not in written


@pytest.mark.parametrize("call", BOTH)
def test_no_two_levels_share_a_column(call):
    made = BOTH[call](1, NEAR)
    frame = made.errors if call is rolling_origin else made
    frame = frame if isinstance(frame, pd.DataFrame) else frame.to_frame()
    wanted = [f"{side}_{level}" for level in NEAR for side in ("lower", "upper")]
    assert [name for name in frame if name.startswith(("lower", "upper"))] == wanted
    assert frame.columns.is_unique


def test_texts_write_all_digits_of_a_level():
    made = forecast(Y, 1, (97.123456789, 99.99999))
    assert "97.123456789, 99.99999% follows from them" in made.explain()
    assert ">lower_99.99999<" in made._repr_html_()
    scores = rolling_origin(Y, 1, NEAR).scores()
    assert {f"coverage-{level}" for level in NEAR} < set(scores)
    assert {f"interval score-{level}" for level in NEAR} < set(scores)
    assert "99.99999% held" in rolling_origin(Y, 1, NEAR)._repr_html_()


def test_quantiles_of_levels_near_all_are_probabilities_below_one():
    level = (80, 99.99999, 99.99999999999)
    ends = np.array([[1.0, 2.0, 3.0]])
    _, probabilities = quantiles_from_intervals([5.0], 5 - ends, 5 + ends, level)
    assert probabilities[:3] == (5e-14, 5e-8, 0.1)
    assert all(one < other for one, other in itertools.pairwise((0, *probabilities, 1)))


def test_charts_and_register_keep_their_names():
    table = fan_table(CUSTOMS, ["naive"], 1)
    assert {"lower_80", "upper_80", "lower_95", "upper_95"} < set(table)
    assert {"lower_80", "upper_80", "lower_95", "upper_95"} < set(load("forecasts"))


# Whatever a user gives ---------------------------------------------------------------------------


class Broken:
    """What fails in its own way, whatever is asked of it."""

    def fail(self, *_):
        raise RuntimeError

    __repr__ = __float__ = __index__ = __iter__ = fail


ODD = st.sampled_from(
    [
        Broken(),
        *(None, True, "x", "80", b"5", 1 + 2j, [1], [[1], [1, 2]], (), {}, {1, 2}, object(), int),
        *(10**400, 10**5000, Decimal("sNaN"), Fraction(1, 3), pd.NA, pd.NaT, np.float16(2.5)),
        *(np.array([1]), np.array(5), np.array([]), np.complex64(3), np.timedelta64(5, "D")),
        *(np.datetime64("NaT"), np.datetime64("2020"), date(2020, 1, 1), time(3), range(3)),
        *(pd.Timestamp("2022", tz="UTC"), pd.Period("2023Q1"), pd.Series([1]), pd.DataFrame([1])),
    ]
)
NUMBER = st.one_of(st.floats(), st.integers(-100, 100))
SERIES = st.lists(st.one_of(NUMBER, ODD), min_size=5, max_size=7)


def test_a_value_that_fails_to_be_written_is_named_by_its_type():
    with pytest.raises(TrendError, match="the horizon is of the type Broken; give a whole"):
        forecast(Y, Broken())
    with pytest.raises(TrendError, match="the level is of the type Broken; give a list"):
        forecast(Y, 2, Broken())
    with pytest.raises(TrendError, match="value 1 of y is of the type Broken; give a number"):
        forecast([Broken(), *Y], 2)
    with pytest.raises(TrendError, match="the index of y is of the type Broken, which can't be"):
        forecast(Y, 2, index=Broken())
    with pytest.raises(TrendError, match="the horizon is too large to write; give a whole"):
        forecast(Y, 10**5000)


@settings(max_examples=150, deadline=None)
@given(
    st.one_of(st.lists(NUMBER, min_size=6, max_size=6), SERIES, ODD),
    st.one_of(st.just(2), st.integers(), ODD),
    st.one_of(st.just((80, 95)), st.lists(st.one_of(NUMBER, ODD), max_size=3), ODD),
    st.one_of(st.sampled_from(["combination", "drift", "logit-trend", "grey"]), ODD),
    st.one_of(st.none(), st.just(range(2019, 2025)), SERIES, ODD),
)
def test_any_mistake_is_answered_in_words(y, horizon, level, model, index):
    try:
        made = forecast(y, horizon, level, model=model, index=index)
    except TrendError as error:
        said = str(error)
    else:
        said = made.explain()
        assert made.to_frame().columns.is_unique
    assert 10 < len(said) < 2000
