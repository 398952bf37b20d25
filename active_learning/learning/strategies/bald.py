"""What draws of the model disagree about (Houlsby et al. 2011; Gal et al. 2017)."""

from dataclasses import dataclass

import numpy as np

from active_learning.learning.strategies.base import Floats, Pool, Scores


@dataclass(frozen=True)
class Bald:
    """Mutual information of prediction and weights in nats, from samples with dropout."""

    name: str = "bald"
    needs: frozenset[str] = frozenset({"samples"})

    def score(self, pool: Pool) -> Scores:
        samples = pool.need_samples().astype(np.float64)
        mixed = _entropy(samples.mean(axis=0))
        return np.asarray(np.maximum(mixed - _entropy(samples).mean(axis=0), 0), np.float64)


def _entropy(probabilities: Floats) -> Scores:
    logs = np.log(np.maximum(probabilities, 1e-12))
    return np.asarray(-(probabilities * logs).sum(axis=-1), np.float64)
