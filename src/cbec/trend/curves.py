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
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from cbec.errors import TrendError
from cbec.trend.model_types import Array, Path

# Search grids, in units of one year; the best points are only where the search starts.
_RATES = np.geomspace(0.01, 3.0, 16)
_INNOVATION = np.array([0.0, 1e-4, 1e-3, 3e-3, 0.01, 0.03, 0.1, 0.3])
_IMITATION = np.array([0.0, 0.05, 0.1, 0.2, 0.3, 0.45, 0.6, 0.8, 1.2])
_SEARCHES = 3
_LOWER = np.array([0.0, -np.inf, 0.0])  # bounds of the parameters; there are no upper ones

_LARGEST = 700.0  # beyond which an exponential isn't finite
_EXACT = 1e-18  # mean square, relative to the largest value, below which a fit is exact
_TIE = 1e-6  # what the brake must save of the sum of squares, at the least


@dataclass(frozen=True)
class Curve:
    """A curve of three parameters, for times from 1 on; the first is the brake.

    Attributes
    ----------
    name, level_name : str
        What a message calls it, and what a reader calls the saturation level.
    value : callable
        The curve, for parameters and times.
    starts : callable
        Parameters near the best, for times and values.
    level : callable
        The saturation level, for parameters; infinite without a brake.
    estimates : callable
        What a reader calls the parameters, for parameters; among them the turning point, the time
        of the fastest growth, or for flows of the largest flow.
    flow : bool
        Whether the series is what is added each year, and may fall.
    """

    name: str
    level_name: str
    value: Callable[[Array, Array], Array]
    starts: Callable[[Array, Array], list[Array]]
    level: Callable[[Array], float]
    estimates: Callable[[Array], dict[str, float]]
    flow: bool = False

    def path(self, y: Array, horizon: int, level: Sequence[float]) -> Path:
        """Fit by least squares; intervals by the delta method with Student's t."""
        from scipy.special import fdtri, stdtrit

        if not self.flow and y[-1] <= y[0]:
            raise TrendError(
                f"{self.name} describes growth, and the series ends at {y[-1]:g}, not above its "
                f"start, {y[0]:g}; use 'combination' or 'damped-holt'"
            )
        n, scale = len(y), float(y.max())
        t, ahead = np.arange(1.0, n + 1), np.arange(n + 1.0, n + horizon + 1)
        degrees = n - 3
        with np.errstate(over="ignore", under="ignore"):
            unbraked, most = _search(self, t, y / scale, brake=False)
            found, least = _search(self, t, y / scale, brake=True)
            if most <= max((1 + _TIE) * least, n * _EXACT):
                found, least = unbraked, most
            noise = least / degrees
            ratio = (most - least) / max(noise, _EXACT)
            critical = float(fdtri(1, degrees, 0.95))
            steps = 1e-6 * np.maximum(np.abs(found), 1e-2)
            slope = _slope(lambda p: self.value(p, t), found, steps)
            covariance = np.asarray(np.linalg.pinv(slope.T @ slope) * noise, dtype=np.float64)
            slope = _slope(lambda p: self.value(p, ahead), found, steps)
            variance = noise + np.einsum("ij,jk,ik->i", slope, covariance, slope)
            # What Bass adds in a late year is a difference, and may come out below zero.
            mean = np.maximum(self.value(found, ahead) * scale, 0.0)
        half = np.sqrt(variance)[:, None] * stdtrit(degrees, 0.5 + np.asarray(level) / 200) * scale
        ends = _ends(self, found, covariance, degrees, scale) if ratio > critical else {}
        return Path(
            mean=mean,
            lower=np.maximum(mean[:, None] - half, 0.0),
            upper=mean[:, None] + half,
            fitted=self.value(found, t) * scale,
            intervals="Delta method with Student's t, cut at zero; it supposes independent errors "
            "around a curve that is the right one.",
            parameters={
                self.level_name: self.level(found) * scale,
                **ends,
                **self.estimates(found),
            },
            diagnostics=tuple(_remarks(self, found, ratio, critical, n)),
        )


def _exp(x: Array) -> Array:
    return np.exp(np.minimum(x, _LARGEST))


# Logistic: 1 / (brake + exp(log_b - rate t)) ------------------------------------------------


def _logistic(p: Array, t: Array) -> Array:
    brake, log_b, rate = p
    return 1 / (brake + _exp(log_b - rate * t))


def _logistic_starts(t: Array, y: Array) -> list[Array]:
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


def _logistic_estimates(p: Array) -> dict[str, float]:
    brake, log_b, rate = map(float, p)
    turning = (log_b - math.log(brake)) / rate if brake > 0 and rate > 0 else math.inf
    return {"rate": rate, "turning point": turning}


LOGISTIC = Curve(
    "the logistic curve",
    "saturation level",
    _logistic,
    _logistic_starts,
    level=lambda p: 1.0 / p[0] if p[0] > 0 else math.inf,
    estimates=_logistic_estimates,
)

# Gompertz: exp(c + slope (1 - exp(-brake t)) / brake) -----------------------------------------


def _slowed(brake: float, t: Array) -> Array:
    """Return (1 - exp(-brake t)) / brake, which is t without a brake."""
    x = brake * t
    return t * np.divide(-np.expm1(-x), x, out=np.ones_like(t), where=np.abs(x) > 1e-12)


def _gompertz(p: Array, t: Array) -> Array:
    brake, c, slope = p
    return _exp(c + slope * _slowed(brake, t))


def _gompertz_starts(t: Array, y: Array) -> list[Array]:
    found = []
    for brake in (0.0, *_RATES):
        # Errors of the logarithms weigh by y.
        design = y[:, None] * np.stack([np.ones_like(t), _slowed(brake, t)], axis=1)
        c, slope = np.linalg.lstsq(design, y * np.log(y), rcond=None)[0]
        found.append(np.array([brake, c, max(slope, 0.0)]))
    return found


def _gompertz_estimates(p: Array) -> dict[str, float]:
    brake, _, slope = map(float, p)
    turning = math.log(slope / brake) / brake if brake > 0 and slope > 0 else math.inf
    return {"rate": brake, "turning point": turning}


GOMPERTZ = Curve(
    "the Gompertz curve",
    "saturation level",
    _gompertz,
    _gompertz_starts,
    level=lambda p: float(_exp(p[1] + p[2] / p[0])) if p[0] > 0 else math.inf,
    estimates=_gompertz_estimates,
)

# Bass: flow of a year, m (F(t) - F(t - 1)), with brake p and first flow A = m p --------------


def _adopted(p: Array, t: Array) -> Array:
    """Return the total until a time; with brake p = A / m and s = p + q."""
    brake, log_flow, imitation = p
    grown = _slowed(-(brake + imitation), t)
    return _exp(log_flow) * grown / (1 + brake * grown)


def _bass(p: Array, t: Array) -> Array:
    return _adopted(p, t) - _adopted(p, t - 1)


def _bass_starts(t: Array, y: Array) -> list[Array]:
    found = []
    for innovation in _INNOVATION:
        for imitation in _IMITATION:
            # The first flow is linear, given the rest.
            unit = _bass(np.array([innovation, 0.0, imitation]), t)
            flow = float(unit @ y / (unit @ unit))
            if flow > 0:
                found.append(np.array([innovation, math.log(flow), imitation]))
    return found


def _bass_estimates(p: Array) -> dict[str, float]:
    brake, _, imitation = map(float, p)
    turning = math.inf if brake <= 0 else 0.0
    if imitation > brake > 0:
        turning = math.log(imitation / brake) / (brake + imitation)
    return {"innovation p": brake, "imitation q": imitation, "turning point": turning}


BASS = Curve(
    "the Bass model",
    "total of all years",
    _bass,
    _bass_starts,
    level=lambda p: float(_exp(p[1])) / p[0] if p[0] > 0 else math.inf,
    estimates=_bass_estimates,
    flow=True,
)

# Fitting -----------------------------------------------------------------------------------


def _search(curve: Curve, t: Array, y: Array, *, brake: bool) -> tuple[Array, float]:
    """Return the parameters, with a brake or without, and their least sum of squares."""
    from scipy.optimize import least_squares

    fixed = 0 if brake else 1

    def whole(free: Array) -> Array:
        return np.concatenate([np.zeros(fixed), free])

    def residuals(free: Array) -> Array:
        return np.clip(curve.value(whole(free), t) - y, -1e100, 1e100)

    starts = [start[fixed:] for start in curve.starts(t, y)]
    starts.sort(key=lambda start: float(np.sum(residuals(start) ** 2)))
    fits = [
        least_squares(
            residuals,
            start,
            bounds=(_LOWER[fixed:], np.inf),
            x_scale="jac",
            ftol=1e-12,
            xtol=1e-12,
            gtol=1e-12,
            max_nfev=400,
        )
        for start in starts[:_SEARCHES]
    ]
    best = min(fits, key=lambda fit: fit.cost)
    return whole(best.x), 2 * float(best.cost)


def _slope(function: Callable[[Array], Array | float], at: Array, steps: Array) -> Array:
    """Return central differences along each parameter, in the last axis."""
    rises = [function(at + move) - function(at - move) for move in np.diag(steps)]
    return np.stack(rises, axis=-1) / (2 * steps)


def _ends(
    curve: Curve, found: Array, covariance: Array, degrees: int, scale: float
) -> dict[str, float]:
    """Return a 95% interval of the saturation level: delta method on its logarithm."""
    from scipy.special import stdtrit

    def log_level(p: Array) -> float:
        return math.log(curve.level(p))

    # A relative step keeps the brake above zero.
    gradient = _slope(log_level, found, 1e-6 * np.where(found == 0, 1.0, np.abs(found)))
    variance = max(float(gradient @ covariance @ gradient), 0.0)
    half = stdtrit(degrees, 0.975) * math.sqrt(variance)
    centre = log_level(found)
    return {
        f"{curve.level_name}, lower 95%": scale * math.exp(centre - half),
        f"{curve.level_name}, upper 95%": scale * math.exp(min(centre + half, _LARGEST)),
    }


def _remarks(curve: Curve, found: Array, ratio: float, critical: float, n: int) -> Iterator[str]:
    if ratio <= critical:
        nearly = f"nearly as well (F {ratio:.2f}, critical {critical:.2f})"
        fits = f"fits {nearly}" if math.isfinite(curve.level(found)) else "fits best"
        yield (
            f"the {curve.level_name} isn't identified: growth without one {fits}, so its 95% "
            "interval has no upper end"
        )
    if curve.estimates(found)["turning point"] > n:
        yield (
            "the turning point lies after the last year: the data show no slowdown that could "
            f"determine the {curve.level_name}"
        )
    if curve.flow:
        yield (
            "the first year of the series is taken as the first year of adoption, and the values "
            "as first purchases"
        )
