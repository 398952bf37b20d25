"""Large and diverse would-be gradients of the last layer (Ash et al. 2020)."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from active_learning.learning.strategies.base import Pool, Scores, score_picks
from active_learning.learning.strategies.margin import margin_scores


@dataclass(frozen=True)
class Badge:
    """k-means++ over gradient embeddings, which are never built: the product of a picture's
    output error and its features enters through the two Gram products alone."""

    name: str = "badge"
    needs: frozenset[str] = frozenset({"probabilities", "features"})

    def score(self, pool: Pool) -> Scores:
        pool.need_features()
        return score_picks(self, pool, margin_scores(pool.need_probabilities()))

    def pick(self, pool: Pool) -> Sequence[int]:
        able = pool.open()
        if not len(able):
            return []
        errors = pool.need_probabilities()[able].astype(np.float32)
        errors[np.arange(len(able)), errors.argmax(axis=1)] -= 1
        features = pool.need_features()[able].astype(np.float32)
        rng = np.random.default_rng(pool.seed)
        chosen = _spread(errors, features, min(pool.batch, len(able)), rng)
        return [int(able[index]) for index in chosen]


def _spread(
    errors: np.ndarray[tuple[int, int], np.dtype[np.float32]],
    features: np.ndarray[tuple[int, int], np.dtype[np.float32]],
    count: int,
    rng: np.random.Generator,
) -> list[int]:
    """`count` indices: the longest gradient first, then far ones by k-means++ draws."""
    lengths = (errors**2).sum(axis=1) * (features**2).sum(axis=1)
    chosen = [int(lengths.argmax())]
    nearest = np.full(len(lengths), np.inf, np.float64)
    free = np.ones(len(lengths), bool)
    while True:
        last = chosen[-1]
        free[last] = False
        cross = (errors @ errors[last]) * (features @ features[last])
        nearest = np.minimum(nearest, np.maximum(lengths + lengths[last] - 2 * cross, 0))
        if len(chosen) == count:
            return chosen
        weights = np.where(free, nearest, 0)
        total = float(weights.sum())
        if total <= 0:  # equal items are left: by id
            chosen.append(int(free.argmax()))
        else:
            place = np.searchsorted(np.cumsum(weights), rng.random() * total, side="right")
            chosen.append(min(int(place), len(weights) - 1))
