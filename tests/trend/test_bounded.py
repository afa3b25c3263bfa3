"""The trend for shares never leaves the range from 0 to 1."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.special import expit, logit

from cbec.errors import TrendError
from cbec.trend import forecast

SHARES = [0.333, 0.365, 0.386, 0.4, 0.4027]


def test_it_is_the_drift_forecast_of_the_log_odds():
    made = forecast(SHARES, 3, model="logit-trend")
    odds = forecast(logit(SHARES), 3, model="drift")
    np.testing.assert_allclose(made.mean, expit(odds.mean), rtol=1e-12)
    np.testing.assert_allclose(made.lower, expit(odds.lower), rtol=1e-12)
    np.testing.assert_allclose(made.upper, expit(odds.upper), rtol=1e-12)


@given(
    st.lists(st.floats(1e-6, 1 - 1e-6), min_size=5, max_size=30),
    st.integers(1, 10),
)
@settings(max_examples=50, deadline=None)
def test_no_interval_leaves_the_range(y, horizon):
    made = forecast(y, horizon, model="logit-trend")
    assert (made.lower >= 0).all()
    assert (made.upper <= 1).all()
    assert (made.lower <= made.mean[:, None]).all()
    assert (made.mean[:, None] <= made.upper).all()


def test_a_share_and_its_rest_are_forecast_alike():
    share = forecast(SHARES, 4, model="logit-trend")
    rest = forecast(1 - np.array(SHARES), 4, model="logit-trend")
    np.testing.assert_allclose(share.mean, 1 - rest.mean, rtol=1e-12)
    np.testing.assert_allclose(share.lower, 1 - rest.upper, rtol=1e-12)


@pytest.mark.parametrize(
    ("y", "named"),
    [
        ([33.3, 36.5, 38.6, 40.0, 40.27], "divide percentages by 100"),
        ([0.1, 0.2, 0.3, 0.4, 1.0], "1 is among"),
        ([0.0, 0.2, 0.3, 0.4, 0.5], "0 is among"),
        ([-0.1, 0.2, 0.3, 0.4, 0.5], "-0.1 is among"),
    ],
)
def test_what_is_no_share_is_refused_with_the_remedy(y, named):
    with pytest.raises(TrendError, match=named):
        forecast(y, 2, model="logit-trend")
