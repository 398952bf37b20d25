"""Every item alike: the control arm, and the order while there is no model."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from active_learning.learning.strategies.base import Pool, Scores

GOLDEN = 0x9E3779B97F4A7C15


@dataclass(frozen=True)
class Uniform:
    """A fixed random number for each id, so that scoring again shuffles nothing."""

    name: str = "uniform"
    needs: frozenset[str] = frozenset()

    def score(self, pool: Pool) -> Scores:
        return uniform_scores(pool.ids, pool.seed)


def uniform_scores(ids: NDArray[np.int64], seed: int) -> Scores:
    """(n,) numbers in [0, 1), mixed from id and seed by SplitMix64 (Steele et al. 2014)."""
    offset = np.uint64(((seed + 1) * GOLDEN) % 2**64)
    mixed = ids.astype(np.uint64) * np.uint64(GOLDEN) + offset
    mixed = (mixed ^ (mixed >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    mixed = (mixed ^ (mixed >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    mixed ^= mixed >> np.uint64(31)
    return np.asarray((mixed >> np.uint64(11)) / 2.0**53, np.float64)
