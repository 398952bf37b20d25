"""Support vector machines with a Gaussian kernel, as plain arrays.

scikit-learn (LIBSVM, one against one) trains; voting is a few lines of numpy.
"""

from dataclasses import dataclass
from itertools import combinations
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sklearn.svm import SVC

from active_learning.learning.clustering import squared_distances

Doubles = NDArray[np.float64]
Singles = NDArray[np.float32]

PENALTY = 5.0
FAINT = 0.05  # a class less likely than this in a soft target is no example of it


@dataclass(frozen=True)
class KernelMachine:
    """`vectors` (m, d) support vectors, `pairs` (m, P) their weights and `intercepts` (P,) in
    the P = c (c - 1) / 2 decisions between two of the c classes `present`, of `classes` in all."""

    vectors: Singles
    pairs: Singles
    intercepts: Singles
    present: NDArray[np.int64]
    gamma: float
    classes: int

    def votes(self, points: Singles) -> Doubles:
        """(n, d) -> (n, classes): decisions won, by how much in the decimals; a class without
        an example stands one vote behind the last."""
        kernel = np.exp(-self.gamma * squared_distances(points, self.vectors))
        decisions = kernel.astype(np.float32) @ self.pairs + self.intercepts
        votes = np.zeros((len(points), self.classes))
        sums = np.zeros_like(votes)
        for column, (one, other) in enumerate(combinations(self.present, 2)):
            won = decisions[:, column] > 0
            votes[:, one] += won
            votes[:, other] += ~won
            sums[:, one] += decisions[:, column]
            sums[:, other] -= decisions[:, column]
        votes += sums / (3 * (np.abs(sums) + 1))
        votes[:, np.setdiff1d(np.arange(self.classes), self.present)] = -1
        return votes


def train_machine(
    points: Singles, targets: NDArray[Any], weights: NDArray[Any], gamma: float
) -> KernelMachine:
    """`points` (n, d), `targets` (n, K) distributions, `weights` (n,); at least two classes.

    A soft target counts as several examples, each with its share of the weight.
    """
    example, label = np.nonzero(targets > FAINT)
    shares = (targets[example, label] * weights[example]).astype(np.float64)
    machine = SVC(C=PENALTY, gamma=gamma, cache_size=200)
    machine.fit(points[example], label, sample_weight=shares)
    # For two classes scikit-learn turns the sign, so that positive means the second.
    sign = -1 if len(machine.classes_) == 2 else 1
    return KernelMachine(
        vectors=machine.support_vectors_.astype(np.float32),
        pairs=(sign * _pair_weights(machine)).astype(np.float32),
        intercepts=(sign * machine.intercept_).astype(np.float32),
        present=machine.classes_.astype(np.int64),
        gamma=gamma,
        classes=targets.shape[1],
    )


def trainable(targets: NDArray[Any]) -> bool:
    """Whether there are examples of at least two classes."""
    return len(np.unique(np.nonzero(targets > FAINT)[1])) >= 2


def _pair_weights(machine: SVC) -> Doubles:
    """LIBSVM's packed coefficients -> (support vectors, pairs)."""
    ends = np.cumsum(machine.n_support_)
    of_class = [slice(end - size, end) for end, size in zip(ends, machine.n_support_, strict=True)]
    pairs = list(combinations(range(len(machine.classes_)), 2))
    weights = np.zeros((len(machine.support_vectors_), len(pairs)))
    for column, (one, other) in enumerate(pairs):
        weights[of_class[one], column] = machine.dual_coef_[other - 1, of_class[one]]
        weights[of_class[other], column] = machine.dual_coef_[one, of_class[other]]
    return weights
