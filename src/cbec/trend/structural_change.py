"""Did growth slow down? Tests on a dozen growth rates, and what they can see.

All tests look at the *growth rates* of a series, the changes of its logarithm, in percent. The null
hypothesis is that they scatter around one constant, independently and normally, with one variance.
With so few years little can be detected: `power` gives the chance that a test had to see a slowdown
of a stated size, and `detectable` the slowdown that it would have seen four times in five. The size
is stated beforehand and not taken from the series: power against what was found would only repeat
the p-value. A test that finds nothing and had little chance to find anything says nothing.

No result rests on an asymptotic table: the t statistic of a trend has an exact distribution, and
those of the others are counted, or simulated for the number of years at hand with a fixed seed.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from itertools import combinations, permutations
from typing import Any

import numpy as np
from numpy.typing import NDArray

from cbec.errors import TrendError
from cbec.trend.annual_series import annual
from cbec.trend.arguments import as_integer, as_number, shown
from cbec.trend.model_types import Array

_DRAWS = 20_000
_SEED = 20_241_231
# How often a test may take constant growth for a slowdown.
_SIZE = 0.05
# Growth rates that a regime must have on each side of a break.
_TRIM = 2
# What a standard error is at the least.
_TINY = 1e-300
# The most rates whose orders are all counted; one more would take over a second.
_COUNTED = 12


@dataclass(frozen=True)
class ChangeTest:
    """The result of a test.

    Attributes
    ----------
    estimate : float
        Size of the change, in percentage points of growth: a year for a trend, of the mean for a
        break.
    statistic, p_value : float
        Test statistic, and the p-value (two-sided for a trend).
    n : int
        Growth rates that the test looked at.
    noise : float
        Standard deviation of growth around its straight line, in points.
    year : int, optional
        First year after the break, if there is one.
    """

    estimate: float
    statistic: float
    p_value: float
    n: int
    noise: float
    year: int | None = None


def growth_rates(y: Any) -> tuple[Array, NDArray[np.int_]]:
    """Return the growth rates of a series as changes of its logarithm, and their years.

    Parameters
    ----------
    y : array_like or Series, shape (n,)
        At least five positive values, as `cbec.trend.forecast` takes them.

    Returns
    -------
    rates : ndarray, shape (n - 1,)
        In percent.
    years : ndarray of int, shape (n - 1,)
        The later year of each; 1, 2, … for a series without years.

    Raises
    ------
    TrendError
        If the series can't be used, isn't positive, or has rates that differ by no more than the
        computer's own rounding.

    Examples
    --------
    >>> growth_rates([100, 110, 121, 125, 130])[0].round(2)
    array([9.53, 9.53, 3.25, 3.92])
    """
    series = annual(y)
    if series.values.min() <= 0:
        raise TrendError(
            f"growth rates need values above zero, and {series.values.min():g} is among them; "
            "test a positive series"
        )
    rates = 100 * np.diff(np.log(series.values))
    if np.ptp(rates) <= 1e-9:
        raise TrendError(
            f"growth is {rates[0]:.4g}% in every year, without any scatter to measure a change by; "
            "there is nothing to test"
        )
    years = np.arange(len(series.values)) if series.index is None else series.index
    return rates, years[1:]


def growth_trend(y: Any) -> ChangeTest:
    """Test whether growth changes along a straight line.

    Ordinary least squares of the `growth_rates` on time; the t statistic has exactly Student's
    distribution with n - 2 degrees of freedom under the null hypothesis. `permutation` gives a
    p-value that doesn't need normal errors.

    Parameters
    ----------
    y : array_like or Series, shape (n,)
        At least five positive values; `growth_rates` takes them and says what it refuses.

    Returns
    -------
    ChangeTest
        Its estimate is the slope, in percentage points a year, its statistic t.

    Examples
    --------
    >>> slowing = growth_trend([100, 130, 163, 195, 226, 253, 274])
    >>> round(slowing.estimate, 1), slowing.p_value < 0.001
    (-3.7, True)
    """
    from scipy.special import stdtr

    rates, _ = growth_rates(y)
    n = len(rates)
    slope, noise = _line(rates)
    statistic = float(_t(rates[None])[0])
    return ChangeTest(slope, statistic, float(2 * stdtr(n - 2, -abs(statistic))), n, noise)


def permutation(y: Any) -> ChangeTest:
    """Test as `growth_trend` does, by permuting the growth rates; the statistic is the slope.

    The null hypothesis is that the rates are exchangeable; nothing is said of their distribution.
    The p-value counts all orders for up to twelve rates, without listing them: for each choice of
    the rates that come first, the sums of both parts are sorted and met in the middle. Beyond
    twelve it counts 20,000 orders drawn with a fixed seed, and the given one as one more. What it
    takes, returns and raises is as there.

    Examples
    --------
    >>> round(permutation([100, 130, 163, 195, 226, 253, 274]).p_value, 4)
    0.0028
    """
    rates, _ = growth_rates(y)
    n = len(rates)
    t = _centred(n)
    deviations = rates - rates.mean()
    # An order that gives the same sum in exact arithmetic counts.
    observed = float(np.abs(deviations @ t) - 1e-9 * (np.sort(deviations) @ t))
    if n <= _COUNTED:
        p_value = _share_of_orders(deviations, observed)
    else:
        orders = np.random.default_rng(_SEED).permuted(np.tile(deviations, (_DRAWS, 1)), axis=1)
        p_value = _p_value(np.abs(orders @ t), observed)
    slope, noise = _line(rates)
    return ChangeTest(slope, slope, p_value, n, noise)


def sup_f(y: Any) -> ChangeTest:
    """Test whether mean growth has a break at an unknown year.

    The largest of Chow's F over all years that leave two rates on each side (Andrews 1993,
    Econometrica 61, 821-856). The p-value is simulated for this n: with estimated break and few
    years the asymptotic table doesn't hold.

    Parameters
    ----------
    y : array_like or Series, shape (n,)
        At least five positive values; `growth_rates` takes them and says what it refuses.

    Returns
    -------
    ChangeTest
        Its ``year`` is the first after the likeliest break, its estimate the change of mean growth
        there in percentage points, its statistic the largest F.

    Examples
    --------
    >>> sup_f([100, 120, 145, 172, 178, 187, 193]).year
    4
    """
    rates, years = growth_rates(y)
    statistics = _breaks(rates[None])[0]
    statistic = float(statistics.max())
    first = int(statistics.argmax()) + _TRIM
    return ChangeTest(
        estimate=float(rates[first:].mean() - rates[:first].mean()),
        statistic=statistic,
        p_value=_p_value(_null("sup-f", len(rates)), statistic),
        n=len(rates),
        noise=_line(rates)[1],
        year=int(years[first]),
    )


def power(test: str, n: int, *, slowdown: float, noise: float) -> float:
    """Return the chance that a test rejects constant growth at 5%, from 20,000 simulated series.

    Parameters
    ----------
    test : str
        ``trend`` (t test) or ``sup-f``.
    n : int
        Growth rates, at least 4.
    slowdown : float
        Points of growth that are lost from year to year, along a straight line.
    noise : float
        Standard deviation of growth around that line, in points.

    Raises
    ------
    TrendError
        If the test isn't known or a number can't be used.

    Examples
    --------
    >>> power("trend", 11, slowdown=0.0, noise=3.0) < 0.06
    True
    >>> power("trend", 11, slowdown=2.0, noise=3.0) > 0.9
    True
    """
    if not isinstance(test, str) or test not in TESTS:
        raise TrendError(f"no test is called {shown(test)}; use one of {', '.join(TESTS)}")
    count, size, scatter = as_integer(n), as_number(slowdown), as_number(noise)
    if count is None or count < 2 * _TRIM:
        raise TrendError(f"n is {shown(n)}; give a whole number, at least {2 * _TRIM}")
    if size is None or scatter is None or not math.isfinite(size) or not 0 < scatter < math.inf:
        raise TrendError(
            f"the slowdown is {shown(slowdown)} and the noise {shown(noise)}; give points of "
            "growth, the noise above zero"
        )
    return _power(test, count, round(size / scatter, 6))


def detectable(test: str, n: int, *, noise: float) -> float:
    """Return the slowdown, in points of growth a year, that a test sees with a chance of 80%.

    It is infinite if no steady slowdown would be seen so often. Parameters and errors are those of
    `power`.

    Examples
    --------
    >>> round(detectable("trend", 11, noise=3.0), 1)
    0.9
    """
    low, high = 0.0, 1.0
    while power(test, n, slowdown=high * noise, noise=noise) < 0.8:
        if high > 100:
            return math.inf
        high *= 2
    for _ in range(12):
        middle = (low + high) / 2
        if power(test, n, slowdown=middle * noise, noise=noise) < 0.8:
            low = middle
        else:
            high = middle
    return (low + high) / 2 * noise


def _centred(n: int) -> Array:
    return np.asarray(np.arange(n) - (n - 1) / 2, dtype=np.float64)


def _share_of_orders(deviations: Array, observed: float) -> float:
    """Return the share of all orders whose sum with centred time is as large, in absolute value."""
    n = len(deviations)
    centred, half = _centred(n), n // 2
    early, late = (np.array(list(permutations(range(k)))) for k in (half, n - half))
    everything = frozenset(range(n))
    extreme = 0
    for chosen in combinations(range(n), half):
        rest = sorted(everything.difference(chosen))
        first = deviations[list(chosen)][early] @ centred[:half]
        second = np.sort(deviations[rest][late] @ centred[half:])
        extreme += int(np.searchsorted(second, -observed - first, side="right").sum())
        extreme += int((len(second) - np.searchsorted(second, observed - first)).sum())
    return min(1.0, extreme / math.factorial(n))


@lru_cache(maxsize=256)
def _power(test: str, n: int, slope: float) -> float:
    # Drawn apart from the null distribution: the critical value mustn't know these series.
    noise = np.random.default_rng(_SEED + 1).standard_normal((_DRAWS, n))
    statistics = TESTS[test](noise - slope * np.arange(n))
    return float((statistics > np.quantile(_null(test, n), 1 - _SIZE)).mean())


@lru_cache(maxsize=64)
def _null(test: str, n: int) -> Array:
    """Return the statistic of many series of constant growth."""
    return TESTS[test](np.random.default_rng(_SEED).standard_normal((_DRAWS, n)))


def _p_value(null: Array, statistic: float) -> float:
    return float(((null >= statistic).sum() + 1) / (len(null) + 1))


def _line(rates: Array) -> tuple[float, float]:
    """Return the slope of a straight line, and the standard deviation around it."""
    slopes, variances = _lines(rates[None])
    return float(slopes[0]), math.sqrt(variances[0])


def _lines(rates: Array) -> tuple[Array, Array]:
    """Return slope and residual variance of each series."""
    n = rates.shape[1]
    t = _centred(n)
    slope = rates @ t / (t @ t)
    left = rates - rates.mean(axis=1, keepdims=True) - slope[:, None] * t
    return slope, np.asarray((left**2).sum(axis=1) / (n - 2))


def _t(rates: Array) -> Array:
    slope, variance = _lines(rates)
    t = _centred(rates.shape[1])
    return slope / np.maximum(np.sqrt(variance / (t @ t)), _TINY)


def _breaks(rates: Array) -> Array:
    """Return Chow's F of each series for each break, shape (series, n - 3)."""
    n = rates.shape[1]
    total = rates.sum(axis=1, keepdims=True)
    before = np.cumsum(rates, axis=1)[:, _TRIM - 1 : n - _TRIM]
    size = np.arange(_TRIM, n - _TRIM + 1)
    # What two means explain beyond one.
    gained = before**2 / size + (total - before) ** 2 / (n - size) - total**2 / n
    left = ((rates - rates.mean(axis=1, keepdims=True)) ** 2).sum(axis=1, keepdims=True) - gained
    return gained / np.maximum(left / (n - 2), _TINY)


TESTS: dict[str, Callable[[Array], Array]] = {
    "trend": lambda rates: np.abs(_t(rates)),
    "sup-f": lambda rates: np.asarray(_breaks(rates).max(axis=1)),
}
"""Statistic of each test, for growth rates of shape (series, n); large values speak for change."""
