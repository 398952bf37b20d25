"""Cover the pool: the item farthest from all that are labeled (Sener and Savarese 2018)."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from active_learning.learning.clustering import squared_distances
from active_learning.learning.strategies.base import Indices, Pool, Scores, score_picks
from active_learning.learning.strategies.typiclust import typicality
from active_learning.learning.strategies.uniform import uniform_scores


@dataclass(frozen=True)
class KCentre:
    """Greedy farthest-first; with `typical` < 1 only that share of the most typical items may
    be chosen, since farthest items are often outliers."""

    name: str = "k_centre"
    typical: float = 1.0
    needs: frozenset[str] = frozenset({"features"})

    def score(self, pool: Pool) -> Scores:
        pool.need_features()
        return score_picks(self, pool, uniform_scores(pool.ids, pool.seed))

    def pick(self, pool: Pool) -> Sequence[int]:
        features = pool.need_features().astype(np.float64)
        able = self._typical_part(pool)
        if not len(able):
            return []
        points = features[able]
        if pool.labeled is not None and pool.labeled.any():
            nearest = _nearest(points, features[pool.labeled])
        else:
            # Without a label begin in the middle, or the first pick is an outlier.
            nearest = -squared_distances(points, points.mean(axis=0)[None])[:, 0]
        lengths = (points**2).sum(axis=1)
        picks: list[int] = []
        taken = np.zeros(len(able), bool)
        for turn in range(min(pool.batch, len(able))):
            best = int(np.where(taken, -np.inf, nearest).argmax())
            picks.append(int(able[best]))
            taken[best] = True
            new = np.maximum(lengths + lengths[best] - 2 * (points @ points[best]), 0)
            first = turn == 0 and nearest.max() <= 0
            nearest = new if first else np.minimum(nearest, new)
        return picks

    def _typical_part(self, pool: Pool) -> Indices:
        able = pool.open()
        if self.typical >= 1 or len(able) < 2:
            return able
        features = pool.need_features()
        ranks = np.concatenate(
            [
                typicality(features, part, able)
                for part in np.array_split(able, len(able) // 500 + 1)
            ]
        )
        kept = np.argsort(-ranks, kind="stable")[: max(1, int(len(able) * self.typical))]
        return np.sort(able[kept])


def _nearest(points: Scores, others: Scores) -> Scores:
    """Squared distance of each point to the nearest of the others, in pieces."""
    nearest = np.full(len(points), np.inf)
    for start in range(0, len(others), 256):
        part = squared_distances(points, others[start : start + 256]).min(axis=1)
        nearest = np.minimum(nearest, part)
    return nearest
