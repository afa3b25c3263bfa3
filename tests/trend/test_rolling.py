"""Rolling-origin evaluation against forecasts made one by one and hand-worked scores."""

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from cbec.errors import TrendError
from cbec.trend import accuracy, forecast, rolling_origin

Y = pd.Series([10.5, 12.5, 14.2, 15.7, 16.85, 17.66, 19.1, 19.9], index=range(2017, 2025))


def test_each_forecast_sees_only_the_years_up_to_its_origin():
    changed = Y.copy()
    changed.loc[2024] = 99.0
    one, two = (rolling_origin(y, 2, models=["combination"]).errors for y in (Y, changed))
    same = [column for column in one if column not in ("actual", "error")]
    pd.testing.assert_frame_equal(one[same], two[same])
    assert (one["origin"] < one["year"]).all()


@pytest.mark.parametrize("model", ["combination", "naive", "drift", "damped-holt"])
def test_rows_are_the_forecasts_that_would_have_been_made(model):
    """Near the end fewer steps are asked for, which mustn't change them."""
    errors = rolling_origin(Y, 3, models=[model], level=[80]).errors
    assert errors["origin"].value_counts().sort_index().to_dict() == {2021: 3, 2022: 2, 2023: 1}
    for origin, rows in errors.groupby("origin"):
        made = forecast(Y.loc[:origin], 3, model=model, level=[80])
        count = len(rows)
        assert rows["year"].tolist() == made.index[:count].tolist()
        np.testing.assert_allclose(rows["mean"], made.mean[:count], rtol=1e-12)
        np.testing.assert_allclose(rows["lower_80"], made.lower[:count, 0], rtol=1e-12)
        np.testing.assert_allclose(rows["upper_80"], made.upper[:count, 0], rtol=1e-12)
        np.testing.assert_allclose(rows["actual"], Y.loc[rows["year"]])
        np.testing.assert_allclose(rows["error"], rows["actual"] - rows["mean"])


def test_the_first_origin_has_the_minimum_of_years():
    assert rolling_origin(Y, 1, models=["naive"]).errors["origin"].min() == 2021


def test_scores_of_the_naive_forecast_by_hand():
    # Origins at 5 and 7; outcomes 7 and 6; errors 2 and -1.
    made = rolling_origin([1, 2, 4, 4, 5, 7, 6], 1, models=["naive"]).scores().iloc[0]
    maes, mean_squares = (4 / 4, 6 / 5), (6 / 4, 10 / 5)
    assert (made["n"], made["origins"], made["failed"], made["reason"]) == (2, 2, 0, "")
    assert made["sMAPE"] == pytest.approx((200 * 2 / 12 + 200 * 1 / 13) / 2)
    assert made["MASE"] == pytest.approx((2 / maes[0] + 1 / maes[1]) / 2)
    assert made["RMSSE"] == pytest.approx(np.sqrt((4 / mean_squares[0] + 1 / mean_squares[1]) / 2))


def test_scores_are_the_measures_of_all_forecasts_of_a_model():
    made = rolling_origin(Y, 2, models=["naive", "drift"], level=[95, 80])
    scores = made.scores().set_index("model")
    assert scores.index.tolist() == ["naive", "drift"]
    for model, rows in made.errors.groupby("model"):
        score = scores.loc[model]
        actual, mean = rows["actual"], rows["mean"]
        assert score["n"] == len(rows) == 5
        assert score["MASE"] == pytest.approx(accuracy.mase(actual, mean, rows["mase_scale"]))
        assert score["RMSSE"] == pytest.approx(accuracy.rmsse(actual, mean, rows["rmsse_scale"]))
        quantiles = rows[["lower_95", "lower_80", "mean", "upper_80", "upper_95"]]
        assert score["CRPS"] == pytest.approx(
            accuracy.crps_from_quantiles(actual, quantiles, (0.025, 0.1, 0.5, 0.9, 0.975))
        )
        for level in (80, 95):
            ends = actual, rows[f"lower_{level}"], rows[f"upper_{level}"]
            assert score[f"coverage-{level}"] == pytest.approx(accuracy.coverage(*ends))
            assert score[f"interval score-{level}"] == pytest.approx(
                accuracy.interval_score(*ends, level)
            )


def test_scores_by_step_are_those_of_its_rows():
    made = rolling_origin(Y, 3, models=["naive"])
    by_step = made.scores(["model", "step"])
    assert by_step[["step", "n"]].to_numpy().tolist() == [[1, 3], [2, 2], [3, 1]]
    pd.testing.assert_frame_equal(by_step.drop(columns="model"), made.scores("step"))


def test_a_scale_of_zero_makes_no_score_and_says_why():
    made = rolling_origin([4, 4, 4, 4, 4, 5, 7], 1, models=["naive"]).scores().iloc[0]
    assert np.isnan(made["MASE"])
    assert np.isnan(made["RMSSE"])
    assert made["reason"] == "the series does not change up to an origin: no scale"
    assert made["sMAPE"] > 0


def test_two_zeros_make_no_smape_and_say_why():
    made = rolling_origin([1, 2, 3, 4, 0, 0, 0], 1, models=["naive"]).scores().iloc[0]
    assert np.isnan(made["sMAPE"])
    assert made["reason"] == "forecast and outcome are both zero: no sMAPE"


def test_a_fit_that_is_not_possible_is_recorded_and_counted():
    # Logarithms fail at the origins from the sixth value on.
    y = pd.Series([3, 4, 5, 6, 7, -1, 8, 9.0], index=range(2017, 2025))
    made = rolling_origin(y, 1, models=["naive", "log-linear"])
    assert made.failures["model"].tolist() == ["log-linear"] * 2
    assert made.failures["origin"].tolist() == [2022, 2023]
    assert made.failures["reason"].str.contains("needs values above zero, and -1").all()
    scores = made.scores().set_index("model")
    assert scores["n"].to_dict() == {"naive": 3, "log-linear": 1}
    assert scores["failed"].to_dict() == {"naive": 0, "log-linear": 2}


def test_a_model_that_never_fits_keeps_its_row():
    scores = rolling_origin([-1, 2, 3, 4, 5, 6, 7], 1, models=["log-linear", "naive"]).scores()
    row = scores.set_index("model").loc["log-linear"]
    assert (row["n"], row["origins"], row["failed"]) == (0, 0, 2)
    assert np.isnan(row["MASE"])
    assert row["reason"].startswith("not fitted at any origin: ")
    assert "needs values above zero" in row["reason"]


def test_a_model_named_twice_is_evaluated_once():
    assert rolling_origin(Y, 1, models=["naive", "naive"]).scores()["n"].tolist() == [3]


def test_without_years_the_origins_count_back_from_the_last_but_one_value():
    errors = rolling_origin(Y.to_numpy(), 1, models=["naive"]).errors
    assert errors["origin"].tolist() == [-2, -1, 0]
    assert errors["year"].tolist() == [-1, 0, 1]


def test_y_is_not_changed_and_results_are_the_same_again():
    y = Y.to_numpy().copy()
    one, two = rolling_origin(y, 2), rolling_origin(y, 2)
    assert y.tolist() == Y.tolist()
    pd.testing.assert_frame_equal(one.errors, two.errors)
    assert one.errors["model"].unique().tolist() == ["combination", "naive"]


def test_intervals_of_the_right_model_hold_their_level():
    """Random walks with drift: the drift model's exact coverage, as in test_simple."""
    rng = np.random.default_rng(11)
    walks = 100 + np.cumsum(rng.normal(1, 2, size=(1000, 13)), axis=1)
    made = pd.concat(
        rolling_origin(walk, 1, models=["drift"], level=[80]).errors.tail(1) for walk in walks
    )
    exact = 1 - 2 * stats.t.sf(stats.norm.ppf(0.9), 10)
    held = accuracy.coverage(made["actual"], made["lower_80"], made["upper_80"])
    assert held == pytest.approx(exact, abs=4 * np.sqrt(exact * (1 - exact) / 1000))


def test_page_shows_labels_and_reasons():
    page = rolling_origin([-1, 2, 3, 4, 5, 6, 7], 2, models=["naive", "log-linear"])._repr_html_()
    assert "<caption>Errors of 3 forecasts up to 2 years ahead, from 2 origins" in page
    assert "Naive" in page
    assert "not fitted at any origin" in page


@pytest.mark.parametrize(
    ("changed", "message"),
    [
        ({"models": "naive"}, r"the models are 'naive'; give a list of names, such as \['naive'\]"),
        ({"models": []}, "there is no model to evaluate; use some of combination"),
        ({"models": ["arima"]}, "no model is called 'arima'; use one of combination"),
        ({"y": Y[:5]}, "the series has 5 values; an evaluation needs at least 6"),
        ({"horizon": 0}, "the horizon is 0"),
        ({"level": [120]}, "the level 120 isn't between 0 and 100"),
        ({"y": [1, 2, 3, np.nan, 5, 6]}, "y is nan at position 4"),
        ({"y": [-1, 2, 3, 4, 5, 6], "models": ["log-linear"]}, "no model could be fitted"),
    ],
)
def test_an_evaluation_that_cannot_be_made_is_named_with_its_remedy(changed, message):
    given = {"y": Y, "horizon": 1, "models": ["naive"]} | changed
    with pytest.raises(TrendError, match=message):
        rolling_origin(given.pop("y"), given.pop("horizon"), **given)


def test_scores_by_a_column_that_is_no_group():
    made = rolling_origin(Y, 1, models=["naive"])
    with pytest.raises(TrendError, match="can't be grouped by 'mean'; use some of model, origin"):
        made.scores(["model", "mean"])


@pytest.mark.parametrize("by", [None, 5, ["step", ["model"]], [np.array([1, 2])]])
def test_what_is_no_name_of_a_column_is_no_traceback(by):
    made = rolling_origin(Y, 1, models=["naive"])
    with pytest.raises(TrendError, match=r"can't be grouped by .*; use some of model, origin"):
        made.scores(by)


def test_a_column_to_group_by_may_be_named_twice():
    made = rolling_origin(Y, 2, models=["naive"])
    pd.testing.assert_frame_equal(made.scores(["step", "step"]), made.scores("step"))


@pytest.mark.parametrize("models", [np.array("naive"), 3, None, [["naive"]], [None]])
def test_what_is_no_list_of_models_is_no_traceback(models):
    with pytest.raises(TrendError, match=r"the models are .*|no model is called .*naive"):
        rolling_origin(Y, 1, models=models)
