"""Growth curves: known parameters come back, and what the data leave open is said."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import curve_fit

from cbec.errors import TrendError
from cbec.trend import forecast

T = np.arange(1.0, 16.0)
CURVES = ("logistic", "gompertz", "bass")
LEVEL = {"logistic": "saturation level", "gompertz": "saturation level"} | {
    "bass": "total of all years"
}
# Video recorders sold in the United States, 1980 to 1989, in thousands.
VCR = np.array([840, 1470, 2110, 4000, 7590, 10950, 10530, 9470, 7790, 5890], dtype=float)


def logistic(t, level, rate, turning):
    return level / (1 + np.exp(-rate * (t - turning)))


def gompertz(t, level, rate, turning):
    return level * np.exp(-np.exp(-rate * (t - turning)))


def bass(t, total, p, q):
    """Return the flow of a year (Srinivasan and Mason 1986, equation 5)."""

    def adopted(time):
        fading = np.exp(-(p + q) * time)
        return (1 - fading) / (1 + q / p * fading)

    return total * (adopted(t) - adopted(t - 1))


EXACT = [
    ("logistic", logistic, {"saturation level": 20.0, "rate": 0.45, "turning point": 7.0}),
    ("logistic", logistic, {"saturation level": 0.3, "rate": 1.1, "turning point": 4.0}),
    ("gompertz", gompertz, {"saturation level": 20.0, "rate": 0.3, "turning point": 5.0}),
    ("bass", bass, {"total of all years": 500.0, "innovation p": 0.02, "imitation q": 0.45}),
    ("bass", bass, {"total of all years": 9e6, "innovation p": 0.05, "imitation q": 0.2}),
]


@pytest.mark.parametrize(("model", "curve", "parameters"), EXACT)
def test_the_parameters_of_an_exact_curve_come_back(model, curve, parameters):
    made = forecast(curve(T, *parameters.values()), 5, model=model)
    for name, value in parameters.items():
        assert made.parameters[name] == pytest.approx(value, rel=1e-4)
    np.testing.assert_allclose(made.mean, curve(np.arange(16.0, 21.0), *parameters.values()), 1e-5)
    np.testing.assert_allclose(made.fitted, curve(T, *parameters.values()), rtol=1e-5)
    assert not any("isn't identified" in remark for remark in made.diagnostics)


@pytest.mark.parametrize(
    ("model", "curve", "parameters"), [EXACT[0], EXACT[2], EXACT[3]], ids=CURVES
)
def test_estimates_and_level_interval_are_those_of_scipy_curve_fit(model, curve, parameters):
    rng = np.random.default_rng(7)
    truth = np.array(list(parameters.values()))
    y = curve(T, *truth)
    y = y + rng.normal(0, 0.01 * y.max(), len(T))
    found, covariance = curve_fit(curve, T, y, truth, maxfev=10000)
    made = forecast(y, 3, model=model)
    np.testing.assert_allclose([made.parameters[name] for name in parameters], found, rtol=1e-4)
    level = LEVEL[model]
    # Both by the delta method: curve_fit's deviation of the level, carried to its logarithm.
    from scipy.stats import t as student

    half = student.ppf(0.975, len(T) - 3) * np.sqrt(covariance[0, 0]) / found[0]
    assert made.parameters[f"{level}, lower 95%"] == pytest.approx(
        found[0] * np.exp(-half), rel=1e-3
    )
    assert made.parameters[f"{level}, upper 95%"] == pytest.approx(
        found[0] * np.exp(half), rel=1e-3
    )


def test_the_intervals_are_those_of_the_delta_method():
    rng = np.random.default_rng(8)
    y = logistic(T, 20.0, 0.45, 7.0) + rng.normal(0, 0.2, len(T))
    found, covariance = curve_fit(logistic, T, y, (20.0, 0.45, 7.0))
    ahead = np.arange(16.0, 19.0)
    gradient = np.stack(
        [
            (logistic(ahead, *(found + step)) - logistic(ahead, *(found - step))) / 2e-6
            for step in 1e-6 * np.eye(3)
        ],
        axis=1,
    )
    from scipy.stats import t as student

    noise = np.sum((y - logistic(T, *found)) ** 2) / (len(T) - 3)
    deviation = np.sqrt(noise + np.einsum("ij,jk,ik->i", gradient, covariance, gradient))
    made = forecast(y, 3, model="logistic", level=[80])
    half = student.ppf(0.9, len(T) - 3) * deviation
    np.testing.assert_allclose(made.upper[:, 0] - made.mean, half, rtol=1e-3)


def test_bass_on_video_recorders_comes_near_the_published_estimates():
    """Published: M 68,000, P 0.0066, Q 0.638 (rpubs.com/chengjun/bass_model, R's nls).

    That example fits the density at the end of each year, and this package the flow of the year.
    So the time of the peak differs by half a year, and with it p; total and imitation compare.
    """
    made = forecast(VCR, 3, model="bass", index=range(1980, 1990))
    assert made.parameters["total of all years"] == pytest.approx(6.80e4, rel=0.01)
    assert made.parameters["imitation q"] == pytest.approx(0.638, rel=0.01)
    assert made.parameters["innovation p"] == pytest.approx(6.59e-3 * np.exp(0.645 / 2), rel=0.05)
    assert not any("isn't identified" in remark for remark in made.diagnostics)


def open_level(made):
    return [remark for remark in made.diagnostics if "isn't identified" in remark]


@pytest.mark.parametrize("model", CURVES)
def test_exponential_growth_has_no_saturation_level(model):
    y = 2 * 1.3 ** np.arange(10.0)
    made = forecast(y, 3, model=model)
    assert len(open_level(made)) == 1
    assert made.parameters[LEVEL[model]] == np.inf
    assert not any("95%" in name for name in made.parameters)
    # The forecast doesn't lean on a bound of the search: it is exponential growth.
    np.testing.assert_allclose(made.mean, 2 * 1.3 ** np.arange(10.0, 13.0), rtol=1e-4)
    assert any("turning point lies after the last year" in remark for remark in made.diagnostics)


@pytest.mark.parametrize("model", CURVES)
def test_a_noisy_beginning_of_the_curve_does_not_determine_its_level(model):
    rng = np.random.default_rng(3)
    y = logistic(np.arange(1.0, 9.0), 100.0, 0.5, 12.0) * np.exp(rng.normal(0, 0.08, 8))
    made = forecast(y, 3, model=model)
    assert "no upper end" in open_level(made)[0]
    assert f"{LEVEL[model]}, upper 95%" not in made.parameters


@pytest.mark.parametrize("model", ["logistic", "gompertz"])
def test_a_saturated_series_determines_the_level_even_if_it_ends_below_a_noisy_peak(model):
    rng = np.random.default_rng(0)
    y = logistic(np.arange(1.0, 21.0), 10.0, 0.8, 6.0) + rng.normal(0, 0.15, 20)
    made = forecast(y, 3, model=model)
    assert open_level(made) == []
    level = made.parameters["saturation level"]
    assert level < y.max()
    assert made.parameters["saturation level, lower 95%"] < 10.1
    assert made.parameters["saturation level, upper 95%"] > 9.9
    assert not any("turning point" in remark for remark in made.diagnostics)


def test_a_level_that_is_significant_before_the_turning_point_is_doubted_too():
    y = logistic(np.arange(1.0, 11.0), 100.0, 0.5, 12.0)
    made = forecast(y, 3, model="logistic")
    assert open_level(made) == []
    assert any("turning point lies after the last year" in remark for remark in made.diagnostics)


def test_bass_says_what_it_takes_the_series_for():
    made = forecast(VCR, 1, model="bass")
    assert any("first year of adoption" in remark for remark in made.diagnostics)


@pytest.mark.parametrize("model", ["logistic", "gompertz"])
@pytest.mark.parametrize("y", [[5, 4, 3, 2, 1], [3, 4, 5, 4, 3]])
def test_a_series_that_does_not_grow_is_refused(model, y):
    with pytest.raises(TrendError, match=r"describes growth.*use 'combination'"):
        forecast(y, 2, model=model)


def test_a_falling_series_is_a_bass_curve_of_innovators_alone():
    y = 100 * (np.exp(-0.3 * np.arange(8.0)) - np.exp(-0.3 * np.arange(1.0, 9.0)))
    made = forecast(y, 2, model="bass")
    assert made.parameters["innovation p"] == pytest.approx(0.3, rel=1e-3)
    assert made.parameters["imitation q"] == pytest.approx(0.0, abs=1e-4)


@given(
    st.lists(st.floats(0.1, 100.0), min_size=5, max_size=12),
    st.sampled_from(CURVES),
    st.integers(-20, 20),
)
@settings(max_examples=6, deadline=None)
def test_any_positive_series_gives_a_forecast_that_scales_or_is_refused(y, model, power):
    y = np.array(y)
    if model != "bass" and y[-1] <= y[0]:
        with pytest.raises(TrendError, match="describes growth"):
            forecast(y, 3, model=model)
        return
    made = forecast(y, 3, model=model)
    assert (made.lower >= 0).all()
    scaled = forecast(y * 2.0**power, 3, model=model)
    np.testing.assert_allclose(scaled.mean, made.mean * 2.0**power, rtol=1e-12)
    np.testing.assert_allclose(scaled.lower, made.lower * 2.0**power, rtol=1e-12)
    np.testing.assert_allclose(scaled.upper, made.upper * 2.0**power, rtol=1e-12)
