"""Little trust in the likeliest class (Lewis and Gale 1994)."""

from dataclasses import dataclass

import numpy as np

from active_learning.learning.strategies.base import Pool, Scores


@dataclass(frozen=True)
class LeastConfidence:
    """One minus the largest probability."""

    name: str = "least_confidence"
    needs: frozenset[str] = frozenset({"probabilities"})

    def score(self, pool: Pool) -> Scores:
        return np.asarray(1.0 - pool.need_probabilities().max(axis=1), np.float64)
