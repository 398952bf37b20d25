"""Much uncertainty over all classes (Settles 2009, section 3.1)."""

from dataclasses import dataclass

import numpy as np

from active_learning.learning.strategies.base import Pool, Scores


@dataclass(frozen=True)
class Entropy:
    """Shannon entropy of the prediction in nats."""

    name: str = "entropy"
    needs: frozenset[str] = frozenset({"probabilities"})

    def score(self, pool: Pool) -> Scores:
        probabilities = pool.need_probabilities().astype(np.float64)
        logs = np.log(np.maximum(probabilities, 1e-12))
        return np.asarray(-(probabilities * logs).sum(axis=1), np.float64)
