"""Accuracy against labels: a power law through the points, what it promises, what it saved.

Error falls like a power of the number of labels (Hestness et al. 2017; for small sets Figueroa
et al. 2012). Intervals come from a parametric bootstrap over the holdout.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Doubles = NDArray[np.float64]

RATES = np.linspace(0.1, 2.0, 39)
USUAL_RATE, RATE_SPREAD = 0.6, 0.5  # a weak prior: few points cannot tell the rate
FEWEST_POINTS = 3
DRAWS = 300
FARTHEST = 20.0  # times the largest measured set: beyond it a curve says nothing


@dataclass(frozen=True)
class Point:
    """`correct` of `count` holdout items right, by a model of `labels` labels (or votes)."""

    labels: float
    correct: float
    count: float


@dataclass(frozen=True)
class Estimate:
    """A figure with its 95 % interval; `open_ended` when the upper end is only a lower bound."""

    value: float
    low: float
    high: float
    open_ended: bool = False


@dataclass(frozen=True)
class PowerLaw:
    """accuracy(n) = ceiling - scale * n ** -rate; the three are floats, or arrays of one shape
    for as many laws at once."""

    ceiling: Doubles | float
    scale: Doubles | float
    rate: Doubles | float

    def at(self, labels: float | Doubles) -> Doubles:
        """Expected accuracy with so many labels."""
        numbers = np.maximum(np.asarray(labels, np.float64), 1)
        return np.asarray(
            np.clip(self.ceiling - self.scale * numbers ** -np.asarray(self.rate), 0, 1)
        )

    def labels_for(self, accuracy: float | Doubles) -> Doubles:
        """How many labels it takes; infinity where the ceiling is lower."""
        missing = np.asarray(self.ceiling, np.float64) - accuracy
        with np.errstate(divide="ignore", over="ignore"):
            numbers = (self.scale / np.maximum(missing, 1e-300)) ** (1 / np.asarray(self.rate))
        return np.asarray(np.where(missing > 0, np.maximum(numbers, 1), np.inf))


def fit_power_law(points: Sequence[Point]) -> PowerLaw:
    """Weighted least squares: for each rate the best ceiling and scale in closed form.

    Raises ValueError below FEWEST_POINTS different numbers of labels.
    """
    law = _fit(points, np.array([[point.correct for point in points]]))
    ceiling, scale, rate = (np.ravel(value)[0] for value in (law.ceiling, law.scale, law.rate))
    return PowerLaw(float(ceiling), float(scale), float(rate))


def gain(points: Sequence[Point], extra: float, seed: int = 0) -> Estimate:
    """Accuracy that `extra` labels beyond the largest point should bring."""
    largest = max(point.labels for point in points)
    seen, draws = fit_power_law(points), _fit(points, _redrawn(points, seed))
    promised = [law.at(largest + extra) - law.at(largest) for law in (seen, draws)]
    low, high = np.quantile(promised[1], [0.025, 0.975])
    return Estimate(float(promised[0]), float(low), float(high))


def labels_saved(active: Sequence[Point], random: Sequence[Point], seed: int = 0) -> Estimate:
    """Labels that random order would have needed more for the accuracy reached by now.

    The reached accuracy is that of the active curve at its largest point, smoothed by its own
    power law. Where the random curve never gets there, the figure is cut at FARTHEST times
    the labels measured and marked open-ended.
    """
    reached = max(point.labels for point in active)
    limit = FARTHEST * max(reached, max(point.labels for point in random))

    def saved(one: PowerLaw, other: PowerLaw) -> Doubles:
        return np.minimum(other.labels_for(one.at(reached)), limit) - reached

    drawn = _fit(active, _redrawn(active, seed)), _fit(random, _redrawn(random, seed + 1))
    low, high = np.quantile(saved(*drawn), [0.025, 0.975])
    value = float(saved(fit_power_law(active), fit_power_law(random)))
    return Estimate(value, float(low), float(high), bool(high >= limit - reached - 1))


def _fit(points: Sequence[Point], correct: Doubles) -> PowerLaw:
    """Laws through (D, P) numbers of right answers at the sizes of P points."""
    counts = np.array([point.count for point in points], np.float64)
    labels = np.maximum([point.labels for point in points], 1).astype(np.float64)
    if len(set(labels[counts > 0])) < FEWEST_POINTS:
        raise ValueError(f"a curve needs {FEWEST_POINTS} different numbers of labels")
    shares = (correct + 0.5) / (counts + 1)
    weights = np.where(counts > 0, (counts + 1) / (shares * (1 - shares)), 0)
    tried = [_fit_at(rate, labels, shares, weights) for rate in RATES]
    losses, ceilings, scales = (np.stack(column) for column in zip(*tried, strict=True))
    best = losses.argmin(axis=0)
    each = np.arange(len(best))
    return PowerLaw(ceilings[best, each], scales[best, each], RATES[best])


def _fit_at(
    rate: float, labels: Doubles, shares: Doubles, weights: Doubles
) -> tuple[Doubles, Doubles, Doubles]:
    """(D,) losses, ceilings (at most 1) and scales (not negative) of one rate."""
    drop = labels**-rate
    total = weights.sum(axis=1)
    middle, level = (weights * drop).sum(axis=1) / total, (weights * shares).sum(axis=1) / total
    away = drop - middle[:, None]
    spread = np.maximum((weights * away**2).sum(axis=1), 1e-300)
    slope = (weights * away * (shares - level[:, None])).sum(axis=1) / spread
    scale = np.maximum(-slope, 0)
    ceiling = level + scale * middle
    perfect = (weights * drop * (1 - shares)).sum(axis=1) / (weights * drop**2).sum(axis=1)
    scale = np.where(ceiling > 1, np.maximum(perfect, 0), scale)
    ceiling = np.minimum(ceiling, 1)
    errors = shares - (ceiling[:, None] - scale[:, None] * drop)
    prior = ((rate - USUAL_RATE) / RATE_SPREAD) ** 2
    return (weights * errors**2).sum(axis=1) + prior, ceiling, scale


def _redrawn(points: Sequence[Point], seed: int) -> Doubles:
    """(DRAWS, P) right answers as other holdouts of the same size might have shown them.

    Each is drawn around what was seen, not around the law: where the law is wrong, the
    interval must not pretend otherwise.
    """
    rng = np.random.default_rng(seed)
    counts = np.array([round(point.count) for point in points])
    shares = (np.array([point.correct for point in points]) + 0.5) / (counts + 1)
    return rng.binomial(counts, shares, (DRAWS, len(points))).astype(np.float64)
