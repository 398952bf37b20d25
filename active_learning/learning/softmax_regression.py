"""Multinomial logistic regression on soft, weighted targets, with the strength chosen by folds.

The objective is scikit-learn's (C * sum of weighted losses + half the squared weights), but the
targets are distributions, since consensus is rarely certain, and the intercepts are held back a
little: else a class without an example would drift to a probability of zero.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize
from scipy.special import log_softmax, softmax

Doubles = NDArray[np.float64]
Progress = Callable[["SoftmaxRegression"], None]
Enough = Callable[[], bool]

STRENGTHS = (0.003, 0.01, 0.03, 0.1, 0.3, 1.0, 3.0)
INTERCEPT_PENALTY = 0.1  # relative to that of a coefficient
FOLDS = 3
MAX_ITERATIONS = 200


@dataclass(frozen=True)
class SoftmaxRegression:
    """`coefficients` (K, d) and `intercepts` (K,)."""

    coefficients: Doubles
    intercepts: Doubles

    def log_probabilities(self, vectors: Doubles) -> Doubles:
        """(n, d) -> (n, K) natural logarithms."""
        scores = vectors @ self.coefficients.T + self.intercepts
        return np.asarray(log_softmax(scores, axis=1))

    def probabilities(self, vectors: Doubles) -> Doubles:
        """(n, d) -> (n, K), rows sum to one."""
        scores = vectors @ self.coefficients.T + self.intercepts
        return np.asarray(softmax(scores, axis=1))


def fit(
    vectors: Doubles,
    targets: Doubles,
    weights: Doubles,
    strength: float,
    *,
    start: SoftmaxRegression | None = None,
    progress: Progress | None = None,
    enough: Enough | None = None,
) -> SoftmaxRegression:
    """Minimise the penalised cross-entropy with L-BFGS.

    `vectors` (n, d), `targets` (n, K) distributions, `weights` (n,), `strength` is C;
    `progress` is called after every iteration with the model so far, which is returned as it is
    once `enough` says so.
    """
    classes, length = targets.shape[1], vectors.shape[1]

    def loss_and_slope(flat: Doubles) -> tuple[float, Doubles]:
        model = _unpack(flat, classes, length)
        logs = model.log_probabilities(vectors)
        loss = -float((weights[:, None] * targets * logs).sum())
        error = (np.exp(logs) - targets) * weights[:, None]
        slope = error.T @ vectors + model.coefficients / strength
        lift = error.sum(axis=0) + model.intercepts * INTERCEPT_PENALTY / strength
        squares = (model.coefficients**2).sum() + INTERCEPT_PENALTY * (model.intercepts**2).sum()
        return loss + float(squares) / (2 * strength), np.concatenate([slope.ravel(), lift])

    begin = np.zeros(classes * (length + 1)) if start is None else _pack(start)
    found = minimize(
        loss_and_slope,
        begin,
        jac=True,
        method="L-BFGS-B",
        callback=_watcher(progress, enough, classes, length),
        options={"maxiter": MAX_ITERATIONS, "ftol": 1e-7, "gtol": 1e-4},
    )
    return _unpack(found.x, classes, length)


@dataclass(frozen=True)
class Choice:
    """The strength with the best mean log-likelihood on left-out folds, and what it said."""

    strength: float
    losses: dict[float, float]
    out_of_fold: Doubles


def choose_strength(
    vectors: Doubles,
    targets: Doubles,
    weights: Doubles,
    folds: NDArray[np.int64],
    strengths: Sequence[float] = STRENGTHS,
    enough: Enough | None = None,
) -> Choice:
    """Try each strength on folds, the weakest first, until `enough`; ties go to the weaker model.

    `folds` (n,) is the fold in which each row is left out. `out_of_fold` (n, K) holds the
    probabilities of each row by the model that did not see it, at the chosen strength.
    """
    losses = {}
    predicted = {}
    warm: dict[int, SoftmaxRegression] = {}
    for strength in sorted(strengths):
        out = np.zeros_like(targets)
        for fold in np.unique(folds):
            seen, left = folds != fold, folds == fold
            inside = vectors[seen], targets[seen], weights[seen]
            model = fit(*inside, strength, start=warm.get(fold), enough=enough)
            warm[fold] = model
            out[left] = model.probabilities(vectors[left])
        logs = np.log(np.maximum(out, 1e-12))
        losses[strength] = float(-(weights[:, None] * targets * logs).sum() / weights.sum())
        predicted[strength] = out
        if enough is not None and enough():
            break
    best = min(sorted(losses), key=lambda strength: losses[strength])
    return Choice(best, losses, predicted[best])


def make_folds(
    labels: NDArray[np.integer], groups: Sequence[str | None], count: int, seed: int
) -> NDArray[np.int64]:
    """(n,) fold of each row: whole groups together, classes spread evenly, seeded."""
    rng = np.random.default_rng(seed)
    keys = [f"g{group}" if group else f"i{index}" for index, group in enumerate(groups)]
    if len(set(keys)) < count:
        keys = [f"i{index}" for index in range(len(keys))]
    members: dict[str, list[int]] = {}
    for index, key in enumerate(keys):
        members.setdefault(key, []).append(index)
    blocks = [members[key] for key in members]
    rng.shuffle(blocks)
    blocks.sort(key=lambda block: (-len(block), int(labels[block[0]])))
    folds = np.zeros(len(labels), np.int64)
    for turn, block in enumerate(blocks):
        folds[block] = turn % count
    return folds


def _watcher(
    progress: Progress | None, enough: Enough | None, classes: int, length: int
) -> Callable[[Doubles], None] | None:
    if progress is None and enough is None:
        return None

    def watch(flat: Doubles) -> None:
        if progress is not None:
            progress(_unpack(flat, classes, length))
        if enough is not None and enough():
            raise StopIteration  # SciPy ends the search with what it has

    return watch


def _pack(model: SoftmaxRegression) -> Doubles:
    return np.concatenate([model.coefficients.ravel(), model.intercepts])


def _unpack(flat: Doubles, classes: int, length: int) -> SoftmaxRegression:
    cut = classes * length
    return SoftmaxRegression(flat[:cut].reshape(classes, length), flat[cut:])
