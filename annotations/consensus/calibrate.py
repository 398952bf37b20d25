"""Honest confidence: one temperature, fitted on items whose answer is known.

Guo, Pleiss, Sun and Weinberger, On calibration of modern neural networks, ICML 2017. EM posteriors
are over-confident because labelers err together; a temperature above 1 takes that back.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np
import numpy.typing as npt
from scipy import optimize

from annotations.consensus.base import FloatArray, IntArray

# Prior on log temperature: half a nat per squared unit, as if a few items had said "1".
PULL = 0.5
# Least gain in log likelihood (about the 5 % level of a likelihood ratio test).
LEAST_GAIN = 2.0
HOTTEST = 30.0
# One surprise among a handful of items says nothing of the others, however certain the error was.
FEWEST = 8
STEPS = 25
FLOOR = 1e-12

Right = npt.NDArray[Any]  # bool, or numbers in [0, 1]


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

    The posteriors must come from a fit that did not know these classes.
    """
    return _fitted(_Classes(posteriors, codes))


def fit_confidence(confidence_at: Callable[[float], FloatArray], right: FloatArray) -> Calibration:
    """The temperature for answers that have no classes: n confidences (n,) at a temperature.

    right: how right each is (n,), in [0, 1]; 0 or 1 unless an answer has parts. Whoever gave the
    confidences must not have known the answers.
    """
    return _fitted(_Confidences(confidence_at, np.asarray(right, dtype=np.float64)))


class _Judged(Protocol):
    """Known items judged at a temperature: sums of log loss (nats) and Brier score, and the
    expected calibration error."""

    def __len__(self) -> int: ...
    def log_loss(self, temperature: float) -> float: ...
    def brier(self, temperature: float) -> float: ...
    def error(self, temperature: float) -> float: ...


def _fitted(judged: _Judged) -> Calibration:
    """The temperature stays 1 unless it gains clearly in likelihood, and where the most likely one
    would raise the Brier score it is the one below that lowers it most: a small sample, or a few
    certain errors, must not spoil a confidence that was good. With less than FEWEST items it is 1.
    """
    if not len(judged):
        nan = float("nan")
        return Calibration(1.0, 0, nan, nan, nan)
    best = _most_likely(judged)
    gain = judged.log_loss(1.0) - judged.log_loss(best)
    if gain < LEAST_GAIN or len(judged) < FEWEST:
        best = 1.0
    elif judged.brier(best) > judged.brier(1.0):
        path = np.exp(np.linspace(0.0, np.log(best), STEPS))
        best = float(min(path, key=lambda step: judged.brier(float(step))))
    return Calibration(
        best,
        len(judged),
        judged.log_loss(best) / len(judged),
        judged.error(1.0),
        judged.error(best),
    )


@dataclass(frozen=True)
class _Classes:
    """Posteriors (n, K) and the known classes (n,)."""

    posteriors: FloatArray
    codes: IntArray

    def __len__(self) -> int:
        return len(self.codes)

    def log_loss(self, temperature: float) -> float:
        given = apply_temperature(self.posteriors, temperature)[np.arange(len(self)), self.codes]
        return float(-np.log(np.maximum(given, FLOOR)).sum())

    def brier(self, temperature: float) -> float:
        off = apply_temperature(self.posteriors, temperature)
        off[np.arange(len(self)), self.codes] -= 1.0
        return float((off**2).sum())

    def error(self, temperature: float) -> float:
        cooled = apply_temperature(self.posteriors, temperature)
        return calibration_error(cooled.max(axis=1), cooled.argmax(axis=1) == self.codes)


@dataclass(frozen=True)
class _Confidences:
    """Confidences (n,) at a temperature, and how right each is (n,)."""

    at: Callable[[float], FloatArray]
    right: FloatArray

    def __len__(self) -> int:
        return len(self.right)

    def log_loss(self, temperature: float) -> float:
        sure = np.clip(self.at(temperature), FLOOR, 1.0 - FLOOR)
        return float(-(self.right * np.log(sure) + (1.0 - self.right) * np.log1p(-sure)).sum())

    def brier(self, temperature: float) -> float:
        return float(((self.at(temperature) - self.right) ** 2).sum())

    def error(self, temperature: float) -> float:
        return calibration_error(self.at(temperature), self.right)


def apply_temperature(posteriors: FloatArray, temperature: float) -> FloatArray:
    """Posteriors (n, K) raised to 1 / temperature and renormalised."""
    scores = np.log(np.maximum(posteriors, 1e-300)) / temperature
    scores -= scores.max(axis=1, keepdims=True)
    np.exp(scores, out=scores)
    return np.asarray(scores / scores.sum(axis=1, keepdims=True))


def _most_likely(judged: _Judged) -> float:
    def cost(log_temperature: float) -> float:
        loss = judged.log_loss(float(np.exp(log_temperature)))
        return loss + PULL * log_temperature**2

    found = optimize.minimize_scalar(cost, bounds=(0.0, np.log(HOTTEST)), method="bounded")
    return float(np.exp(found.x))


@dataclass(frozen=True)
class ReliabilityBin:
    """One bar of a reliability plot: items with a confidence in [low, high)."""

    low: float
    high: float
    items: int
    confidence: float
    accuracy: float


def reliability(confidence: FloatArray, right: Right, *, bins: int = 10) -> list[ReliabilityBin]:
    """The bars (empty ones left out) of a reliability plot over confidences (n,) in [0, 1].

    right: whether each was, or how far, in [0, 1].
    """
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


def calibration_error(confidence: FloatArray, right: Right, *, bins: int = 10) -> float:
    """Expected calibration error: mean distance of confidence and accuracy over equal bins.

    Naeini, Cooper and Hauskrecht, Obtaining well calibrated probabilities, AAAI 2015.
    """
    total = max(len(confidence), 1)
    bars = reliability(confidence, right, bins=bins)
    return sum(abs(bar.confidence - bar.accuracy) * bar.items for bar in bars) / total
