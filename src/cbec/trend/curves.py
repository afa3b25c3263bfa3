r"""Growth curves with a saturation level: logistic, Gompertz, Bass.

Each curve is written so that growth without a saturation level is an ordinary point of it, at which
one parameter, the *brake*, is zero. So a series that doesn't saturate is fitted by exponential
growth, not by a level somewhere far off, and whether the data determine the level is a test of that
parameter: an F test of the curve without a brake against the curve with one. Where the test doesn't
reject, the 95% interval of the level has no upper end, and the fit says so.

References
----------
- Bass, A New Product Growth for Model Consumer Durables, Management Science 15(5), 1969, 215-227.
- Srinivasan and Mason, Nonlinear Least Squares Estimation of New Product Diffusion Models,
  Marketing Science 5(2), 1986, 169-178.
- Meade and Islam, Modelling and forecasting the diffusion of innovation, International Journal of
  Forecasting 22(3), 2006, 519-545.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from cbec.errors import TrendError
from cbec.trend.models import Model, Path

__all__ = ["MODELS"]

_Array: TypeAlias = NDArray[np.float64]

# Search grids, in units of one year; the best points are only where the search starts.
_RATES = np.geomspace(0.01, 3.0, 16)
_INNOVATION = np.array([0.0, 1e-4, 1e-3, 3e-3, 0.01, 0.03, 0.1, 0.3])
_IMITATION = np.array([0.0, 0.05, 0.1, 0.2, 0.3, 0.45, 0.6, 0.8, 1.2])
_SEARCHES = 3

_LARGEST = 700.0  # beyond which an exponential isn't finite
_EXACT = 1e-18  # mean square, relative to the largest value, below which a fit is exact
_TIE = 1e-6  # what the brake must save of the sum of squares, at the least


@dataclass(frozen=True)
class _Curve:
    """A curve of three parameters, for times from 1 on.

    Attributes
    ----------
    name : str
        What a message calls it.
    value : callable
        The curve, for parameters and times.
    starts : callable
        Parameters near the best, for times and values; the first is the brake.
    lower : tuple of float
        Lower bounds of the parameters; there are no upper ones.
    level : callable
        The saturation level, for parameters; infinite without a brake.
    estimates : callable
        What a reader calls the parameters, for parameters.
    what : str
        What a reader calls the saturation level.
    turning : callable
        Time of the fastest growth, or for flows of the largest flow; for parameters.
    flow : bool
        Whether the series is what is added each year.
    """

    name: str
    value: Callable[[_Array, _Array], _Array]
    starts: Callable[[_Array, _Array], list[_Array]]
    lower: tuple[float, float, float]
    level: Callable[[_Array], float]
    estimates: Callable[[_Array], dict[str, float]]
    what: str
    turning: Callable[[_Array], float]
    flow: bool = False


def _exp(x: Any) -> Any:
    return np.exp(np.minimum(x, _LARGEST))


def _ratio(numerator: float, denominator: float) -> float:
    return numerator / denominator if denominator > 0 else math.inf


# Logistic: 1 / (brake + exp(log_b - rate t)) ------------------------------------------------


def _logistic(p: _Array, t: _Array) -> _Array:
    brake, log_b, rate = p
    return 1 / (brake + _exp(log_b - rate * t))


def _logistic_starts(t: _Array, y: _Array) -> list[_Array]:
    from scipy.optimize import nnls

    slope, c = np.polyfit(t, np.log(y), 1)
    found = [np.array([0.0, -c, max(slope, 0.0)])]
    for rate in _RATES:
        # For a given rate the reciprocals are linear; their errors weigh by the square of y.
        fading = np.exp(-rate * (t - t[-1]))
        weighted = (y**2)[:, None] * np.stack([np.ones_like(t), fading], axis=1)
        brake, b = nnls(weighted, y)[0]
        if b > 0:
            found.append(np.array([brake, math.log(b) + rate * t[-1], rate]))
    return found


def _logistic_turning(p: _Array) -> float:
    brake, log_b, rate = p
    if brake <= 0 or rate <= 0:
        return math.inf
    return float((log_b - math.log(brake)) / rate)


# Gompertz: exp(c + slope (1 - exp(-brake t)) / brake) -----------------------------------------


def _slowed(brake: float, t: _Array) -> _Array:
    """Return (1 - exp(-brake t)) / brake, which is t without a brake."""
    x = brake * t
    return t * np.divide(-np.expm1(-x), x, out=np.ones_like(t), where=np.abs(x) > 1e-12)


def _gompertz(p: _Array, t: _Array) -> _Array:
    brake, c, slope = p
    return _exp(c + slope * _slowed(brake, t))


def _gompertz_starts(t: _Array, y: _Array) -> list[_Array]:
    found = []
    for brake in (0.0, *_RATES):
        # Errors of the logarithms weigh by y.
        design = y[:, None] * np.stack([np.ones_like(t), _slowed(brake, t)], axis=1)
        c, slope = np.linalg.lstsq(design, y * np.log(y), rcond=None)[0]
        found.append(np.array([brake, c, max(slope, 0.0)]))
    return found


def _gompertz_turning(p: _Array) -> float:
    brake, _, slope = p
    if brake <= 0 or slope <= 0:
        return math.inf
    return float(math.log(slope / brake) / brake)


# Bass: flow of a year, m (F(t) - F(t - 1)), with brake p and first flow A = m p --------------


def _adopted(p: _Array, t: _Array) -> _Array:
    """Return the total until a time; with brake p = A / m and s = p + q."""
    brake, log_flow, imitation = p
    grown = _slowed(-(brake + imitation), t)
    return _exp(log_flow) * grown / (1 + brake * grown)


def _bass(p: _Array, t: _Array) -> _Array:
    return _adopted(p, t) - _adopted(p, t - 1)


def _bass_starts(t: _Array, y: _Array) -> list[_Array]:
    found = []
    for innovation in _INNOVATION:
        for imitation in _IMITATION:
            # The first flow is linear, given the rest.
            unit = _bass(np.array([innovation, 0.0, imitation]), t)
            flow = float(unit @ y / (unit @ unit))
            if flow > 0:
                found.append(np.array([innovation, math.log(flow), imitation]))
    return found


def _bass_turning(p: _Array) -> float:
    brake, _, imitation = p
    if brake <= 0:
        return math.inf
    if imitation <= brake:
        return 0.0
    return float(math.log(imitation / brake) / (brake + imitation))


# Fitting -----------------------------------------------------------------------------------


@dataclass(frozen=True)
class _Fit:
    estimates: _Array
    squares: float


def _search(curve: _Curve, t: _Array, y: _Array, *, brake: bool) -> _Fit:
    """Minimise the sum of squares, with a brake or without."""
    from scipy.optimize import least_squares

    free = slice(0 if brake else 1, 3)

    def whole(free_part: _Array) -> _Array:
        return free_part if brake else np.concatenate([[0.0], free_part])

    def residuals(free_part: _Array) -> _Array:
        return np.clip(curve.value(whole(free_part), t) - y, -1e100, 1e100)

    lower = np.array(curve.lower)
    starts = [
        start if brake else np.concatenate([[0.0], start[1:]]) for start in curve.starts(t, y)
    ]
    starts.sort(key=lambda start: float(np.sum(residuals(start[free]) ** 2)))
    fits = [
        least_squares(
            residuals,
            np.maximum(start, lower)[free],
            bounds=(lower[free], np.inf),
            x_scale="jac",
            ftol=1e-12,
            xtol=1e-12,
            gtol=1e-12,
            max_nfev=400,
        )
        for start in starts[:_SEARCHES]
    ]
    best = min(fits, key=lambda fit: fit.cost)
    return _Fit(whole(best.x), 2 * float(best.cost))


def _path(curve: _Curve, y: _Array, horizon: int, level: Sequence[float]) -> Path:
    r"""Fit by least squares; intervals by the delta method with Student's t."""
    from scipy.stats import f as fisher
    from scipy.stats import t as student

    n, scale = len(y), float(y.max())
    t, ahead = np.arange(1.0, n + 1), np.arange(n + 1.0, n + horizon + 1)
    degrees = n - 3
    with np.errstate(over="ignore", under="ignore"):
        unbraked = _search(curve, t, y / scale, brake=False)
        fit = _search(curve, t, y / scale, brake=True)
        if unbraked.squares <= max((1 + _TIE) * fit.squares, n * _EXACT):
            fit = unbraked
        noise = fit.squares / degrees
        excess = unbraked.squares - fit.squares
        ratio = excess / max(noise, _EXACT)
        critical = float(fisher.ppf(0.95, 1, degrees))
        slope = _slope(curve, fit.estimates, t)
        covariance = np.asarray(np.linalg.pinv(slope.T @ slope) * noise, dtype=np.float64)
        ahead_slope = _slope(curve, fit.estimates, ahead)
        variance = noise + np.einsum("ij,jk,ik->i", ahead_slope, covariance, ahead_slope)
        mean = curve.value(fit.estimates, ahead) * scale
    half = np.sqrt(variance)[:, None] * student.ppf(0.5 + np.asarray(level) / 200, degrees) * scale
    parameters = {curve.what: curve.level(fit.estimates) * scale}
    if ratio > critical:
        parameters |= _ends(curve, fit.estimates, covariance, degrees, scale)
    parameters |= curve.estimates(fit.estimates)
    return Path(
        mean=mean,
        lower=np.maximum(mean[:, None] - half, 0.0),
        upper=mean[:, None] + half,
        fitted=curve.value(fit.estimates, t) * scale,
        intervals="Delta method with Student's t, cut at zero; it supposes independent errors "
        "around a curve that is the right one.",
        parameters=parameters,
        diagnostics=_remarks(curve, fit.estimates, ratio, critical, n),
    )


def _slope(curve: _Curve, estimates: _Array, t: _Array) -> _Array:
    columns = []
    for j in range(3):
        step = np.zeros(3)
        step[j] = 1e-6 * max(abs(estimates[j]), 1e-2)
        rise = curve.value(estimates + step, t) - curve.value(estimates - step, t)
        columns.append(rise / (2 * step[j]))
    return np.stack(columns, axis=1)


def _ends(
    curve: _Curve, estimates: _Array, covariance: _Array, degrees: int, scale: float
) -> dict[str, float]:
    """Return a 95% interval of the saturation level: delta method on its logarithm."""
    from scipy.stats import t as student

    def log_level(p: _Array) -> float:
        return math.log(curve.level(p))

    gradient = np.zeros(3)
    for j in range(3):
        # A relative step keeps the brake above zero.
        step = np.zeros(3)
        step[j] = 1e-6 * (abs(estimates[j]) or 1.0)
        rise = log_level(estimates + step) - log_level(estimates - step)
        gradient[j] = rise / (2 * step[j])
    half = student.ppf(0.975, degrees) * math.sqrt(
        max(float(gradient @ covariance @ gradient), 0.0)
    )
    centre = log_level(estimates)
    return {
        f"{curve.what}, lower 95%": scale * math.exp(centre - half),
        f"{curve.what}, upper 95%": scale * math.exp(min(centre + half, _LARGEST)),
    }


def _remarks(
    curve: _Curve, estimates: _Array, ratio: float, critical: float, n: int
) -> tuple[str, ...]:
    remarks = []
    if not math.isfinite(curve.level(estimates)):
        remarks.append(
            f"the {curve.what} isn't identified: growth without one fits best, so its 95% interval "
            "has no upper end"
        )
    elif ratio <= critical:
        remarks.append(
            f"the {curve.what} isn't identified: growth without one fits nearly as well (F "
            f"{ratio:.2f}, critical {critical:.2f}), so its 95% interval has no upper end"
        )
    if curve.turning(estimates) > n:
        remarks.append(
            "the turning point lies after the last year: the data show no slowdown that could "
            f"determine the {curve.what}"
        )
    if curve.flow:
        remarks.append(
            "the first year of the series is taken as the first year of adoption, and the values "
            "as first purchases"
        )
    return tuple(remarks)


_LOGISTIC = _Curve(
    name="the logistic curve",
    value=_logistic,
    starts=_logistic_starts,
    lower=(0.0, -np.inf, 0.0),
    level=lambda p: _ratio(1.0, p[0]),
    estimates=lambda p: {"rate": float(p[2]), "turning point": _logistic_turning(p)},
    what="saturation level",
    turning=_logistic_turning,
)
_GOMPERTZ = _Curve(
    name="the Gompertz curve",
    value=_gompertz,
    starts=_gompertz_starts,
    lower=(0.0, -np.inf, 0.0),
    level=lambda p: float(_exp(p[1] + _ratio(p[2], p[0]))) if p[0] > 0 else math.inf,
    estimates=lambda p: {"rate": float(p[0]), "turning point": _gompertz_turning(p)},
    what="saturation level",
    turning=_gompertz_turning,
)
_BASS = _Curve(
    name="the Bass model",
    value=_bass,
    starts=_bass_starts,
    lower=(0.0, -np.inf, 0.0),
    level=lambda p: _ratio(float(_exp(p[1])), p[0]),
    estimates=lambda p: {
        "innovation p": float(p[0]),
        "imitation q": float(p[2]),
        "turning point": _bass_turning(p),
    },
    what="total of all years",
    turning=_bass_turning,
    flow=True,
)


def _rising(y: _Array, name: str) -> None:
    if y[-1] <= y[0]:
        raise TrendError(
            f"{name} describes growth, and the series ends at {y[-1]:g}, not above its start, "
            f"{y[0]:g}; use 'combination' or 'damped-holt'"
        )


def _logistic_path(y: _Array, horizon: int, level: Sequence[float]) -> Path:
    _rising(y, _LOGISTIC.name)
    return _path(_LOGISTIC, y, horizon, level)


def _gompertz_path(y: _Array, horizon: int, level: Sequence[float]) -> Path:
    _rising(y, _GOMPERTZ.name)
    return _path(_GOMPERTZ, y, horizon, level)


def _bass_path(y: _Array, horizon: int, level: Sequence[float]) -> Path:
    return _path(_BASS, y, horizon, level)


MODELS = (
    Model(
        "logistic",
        "Logistic curve",
        "逻辑斯蒂曲线",
        "Meade and Islam (2006), International Journal of Forecasting 22, 519-545",
        "meade2006",
        _logistic_path,
        positive=True,
    ),
    Model(
        "gompertz",
        "Gompertz curve",
        "龚珀兹曲线",
        "Meade and Islam (2006), International Journal of Forecasting 22, 519-545",
        "meade2006",
        _gompertz_path,
        positive=True,
    ),
    Model(
        "bass",
        "Bass diffusion",
        "巴斯扩散模型",
        "Bass (1969), Management Science 15, 215-227; fitted as Srinivasan and Mason (1986) do, "
        "Marketing Science 5, 169-178",
        "bass1969",
        _bass_path,
        positive=True,
    ),
)
