"""Little between the two likeliest classes (Scheffer et al. 2001)."""

from dataclasses import dataclass

import numpy as np

from active_learning.learning.strategies.base import Floats, Pool, Scores


@dataclass(frozen=True)
class Margin:
    """One minus the gap between the largest and the second largest probability."""

    name: str = "margin"
    needs: frozenset[str] = frozenset({"probabilities"})

    def score(self, pool: Pool) -> Scores:
        return margin_scores(pool.need_probabilities())


def margin_scores(probabilities: Floats) -> Scores:
    """(n, K) -> (n,) in 0..1; one where the two likeliest classes are equal."""
    if probabilities.shape[1] < 2:
        return np.zeros(len(probabilities))
    top = np.partition(probabilities, -2, axis=1)[:, -2:].astype(np.float64)
    return 1.0 - (top[:, 1] - top[:, 0])
