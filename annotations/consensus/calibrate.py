"""Honest confidence: one temperature, fitted on items whose answer is known.

Guo, Pleiss, Sun and Weinberger, On calibration of modern neural networks, ICML 2017. EM posteriors
are over-confident because labelers err together; a temperature above 1 takes that back.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy import optimize

from annotations.consensus.base import FloatArray, IntArray

# Prior on log temperature: half a nat per squared unit, as if a few items had said "1".
PULL = 0.5
# Least gain in log likelihood (about the 5 % level of a likelihood ratio test).
LEAST_GAIN = 2.0
HOTTEST = 30.0
STEPS = 25
FLOOR = 1e-12


@dataclass(frozen=True)
class Calibration:
    """temperature: >= 1. items: known items used. log_loss: mean -log p of the known answers at
    that temperature (nats). error_before, error_after: expected calibration error on them."""

    temperature: float
    items: int
    log_loss: float
    error_before: float
    error_after: float


def fit_temperature(posteriors: FloatArray, codes: IntArray) -> Calibration:
    """The temperature for posteriors (n, K) of n items with known classes (n,).

    The posteriors must come from a fit that did not know these classes. The temperature stays 1
    unless it gains clearly in likelihood, and where the most likely one would raise the Brier
    score it is the one below that lowers it most: a small sample, or a few certain errors, must
    not spoil a confidence that was good. Without items it is 1.
    """
    if not len(codes):
        nan = float("nan")
        return Calibration(1.0, 0, nan, nan, nan)
    best = _most_likely(posteriors, codes)
    gain = _log_loss(posteriors, codes, 1.0) - _log_loss(posteriors, codes, best)
    if gain < LEAST_GAIN:
        best = 1.0
    elif _brier(posteriors, codes, best) > _brier(posteriors, codes, 1.0):
        path = np.exp(np.linspace(0.0, np.log(best), STEPS))
        best = float(min(path, key=lambda step: _brier(posteriors, codes, float(step))))
    cooled = apply_temperature(posteriors, best)
    return Calibration(
        best,
        len(codes),
        _log_loss(posteriors, codes, best) / len(codes),
        _error_of(posteriors, codes),
        _error_of(cooled, codes),
    )


def apply_temperature(posteriors: FloatArray, temperature: float) -> FloatArray:
    """Posteriors (n, K) raised to 1 / temperature and renormalised."""
    scores = np.log(np.maximum(posteriors, 1e-300)) / temperature
    scores -= scores.max(axis=1, keepdims=True)
    np.exp(scores, out=scores)
    return np.asarray(scores / scores.sum(axis=1, keepdims=True))


def _most_likely(posteriors: FloatArray, codes: IntArray) -> float:
    def cost(log_temperature: float) -> float:
        loss = _log_loss(posteriors, codes, float(np.exp(log_temperature)))
        return loss + PULL * log_temperature**2

    found = optimize.minimize_scalar(cost, bounds=(0.0, np.log(HOTTEST)), method="bounded")
    return float(np.exp(found.x))


def _log_loss(posteriors: FloatArray, codes: IntArray, temperature: float) -> float:
    given = apply_temperature(posteriors, temperature)[np.arange(len(codes)), codes]
    return float(-np.log(np.maximum(given, FLOOR)).sum())


def _brier(posteriors: FloatArray, codes: IntArray, temperature: float) -> float:
    off = apply_temperature(posteriors, temperature)
    off[np.arange(len(codes)), codes] -= 1.0
    return float((off**2).sum())


def _error_of(posteriors: FloatArray, codes: IntArray) -> float:
    return calibration_error(posteriors.max(axis=1), posteriors.argmax(axis=1) == codes)


@dataclass(frozen=True)
class ReliabilityBin:
    """One bar of a reliability plot: items with a confidence in [low, high)."""

    low: float
    high: float
    items: int
    confidence: float
    accuracy: float


def reliability(
    confidence: FloatArray, right: np.typing.NDArray[np.bool_], *, bins: int = 10
) -> list[ReliabilityBin]:
    """The bars (empty ones left out) of a reliability plot over confidences (n,) in [0, 1]."""
    place = np.minimum((np.asarray(confidence) * bins).astype(int), bins - 1)
    bars = []
    for index in np.unique(place):
        mine = place == index
        bars.append(
            ReliabilityBin(
                index / bins,
                (index + 1) / bins,
                int(mine.sum()),
                float(confidence[mine].mean()),
                float(np.asarray(right)[mine].mean()),
            )
        )
    return bars


def calibration_error(
    confidence: FloatArray, right: np.typing.NDArray[np.bool_], *, bins: int = 10
) -> float:
    """Expected calibration error: mean distance of confidence and accuracy over equal bins.

    Naeini, Cooper and Hauskrecht, Obtaining well calibrated probabilities, AAAI 2015.
    """
    total = max(len(confidence), 1)
    bars = reliability(confidence, right, bins=bins)
    return sum(abs(bar.confidence - bar.accuracy) * bar.items for bar in bars) / total
