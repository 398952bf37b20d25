"""Probabilities that mean what they say: one temperature, held back while labels are few.

Guo et al. 2017, with a normal prior on the logarithm of the temperature worth PRIOR labels: a
temperature fitted on a small lucky sample does harm. It is used only if it lowers the
cross-entropy on items it was not fitted on.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize_scalar
from scipy.special import log_softmax

Floats = NDArray[np.floating[Any]]
Doubles = NDArray[np.float64]

PRIOR = 100.0  # labels
FOLDS = 5
RANGE = (-3.0, 3.0)  # of log T


@dataclass(frozen=True)
class Calibration:
    """`temperature` divides the logits; `gain` is the cross-entropy it saved on left-out items,
    in nats per item."""

    temperature: float = 1.0
    gain: float = 0.0

    def apply(self, probabilities: Floats) -> Doubles:
        """(n, K) -> (n, K), the same order of classes in every row."""
        if self.temperature == 1.0:
            return np.asarray(probabilities, np.float64)
        return tempered(probabilities, self.temperature)


UNCHANGED = Calibration()


def tempered(probabilities: Floats, temperature: float) -> Doubles:
    """softmax(log p / T); (n, K) -> (n, K)."""
    return np.asarray(np.exp(log_softmax(_logs(probabilities) / temperature, axis=1)))


def fit_temperature(
    probabilities: Floats, targets: Floats, weights: Floats | None = None, prior: float = PRIOR
) -> float:
    """The temperature of largest posterior; 1 for no items.

    `probabilities`, `targets` (n, K), `weights` (n,).
    """
    logs = _logs(probabilities)
    share = np.ones(len(logs)) if weights is None else np.asarray(weights, np.float64)

    def loss(log_temperature: float) -> float:
        scaled = log_softmax(logs * np.exp(-log_temperature), axis=1)
        said = float(-(share[:, None] * targets * scaled).sum())
        return said + prior * log_temperature**2 / 2

    if not len(logs):
        return 1.0
    found = minimize_scalar(loss, bounds=RANGE, method="bounded")
    return float(np.exp(found.x))


def calibrate(
    probabilities: Floats,
    targets: Floats,
    weights: Floats | None = None,
    prior: float = PRIOR,
    seed: int = 0,
) -> Calibration:
    """Fit on all, but keep it only if it helped on folds left out; else temperature 1."""
    count = len(probabilities)
    if count < 2 * FOLDS:
        return UNCHANGED
    share = np.ones(count) if weights is None else np.asarray(weights, np.float64)
    folds = np.random.default_rng(seed).permutation(count) % FOLDS
    saved = 0.0
    for fold in range(FOLDS):
        left, seen = folds == fold, folds != fold
        temperature = fit_temperature(
            probabilities[seen], targets[seen], share[seen], prior * (1 - 1 / FOLDS)
        )
        saved += _loss(probabilities[left], targets[left], share[left], 1.0)
        saved -= _loss(probabilities[left], targets[left], share[left], temperature)
    if saved <= 0:
        return UNCHANGED
    temperature = fit_temperature(probabilities, targets, share, prior)
    return Calibration(temperature, saved / max(float(share.sum()), 1e-12))


def _loss(probabilities: Floats, targets: Floats, weights: Doubles, temperature: float) -> float:
    logs = log_softmax(_logs(probabilities) / temperature, axis=1)
    return float(-(weights[:, None] * targets * logs).sum())


def _logs(probabilities: Floats) -> Doubles:
    return np.log(np.maximum(np.asarray(probabilities, np.float64), 1e-9))
