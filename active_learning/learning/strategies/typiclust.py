"""Typical items of large clusters, for the time before a model (Hacohen et al. 2022)."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from active_learning.learning.clustering import k_means, squared_distances
from active_learning.learning.strategies.base import (
    Floats,
    Indices,
    Pool,
    Scores,
    score_picks,
    serving_order,
)
from active_learning.learning.strategies.uniform import uniform_scores

NEIGHBOURS = 20
ROUND = 20  # picks between two clusterings: every prefix of the queue covers the pool
MAX_CLUSTERS = 500
SAMPLE = 6000  # candidates looked at; clusters of a larger pool are the same
SMALL = 5  # a cluster below this size is asked last: it may be noise


@dataclass(frozen=True)
class TypiClust:
    """Cluster into as many parts as there will be labels; ask the most typical of each part
    that has none, largest part first."""

    name: str = "typiclust"
    needs: frozenset[str] = frozenset({"features"})

    def score(self, pool: Pool) -> Scores:
        pool.need_features()
        return score_picks(self, pool, uniform_scores(pool.ids, pool.seed))

    def pick(self, pool: Pool) -> Sequence[int]:
        seen = _sample(pool)
        features = pool.need_features()[seen]
        open_items = np.ones(len(seen), bool) if pool.labeled is None else ~pool.labeled[seen]
        covered = ~open_items
        picks: list[int] = []
        wanted = min(pool.batch, int(open_items.sum()))
        while len(picks) < wanted:
            size = min(ROUND, wanted - len(picks))
            new = typical_items(features, covered, size, pool.seed)
            covered[new] = True
            picks += [int(seen[index]) for index in new]
        return picks


def typical_items(
    features: Floats, covered: np.ndarray[tuple[int], np.dtype[np.bool_]], count: int, seed: int
) -> list[int]:
    """`count` indices of items not `covered`, one for each of the largest uncovered clusters."""
    clusters = k_means(features, min(int(covered.sum()) + count, MAX_CLUSTERS), seed)
    sizes = np.bincount(clusters.labels, minlength=len(clusters.centres))
    labels_in = np.bincount(clusters.labels[covered], minlength=len(sizes))
    picks: list[int] = []
    taken = covered.copy()
    while len(picks) < count:
        # Fewest labels first, then no dust, then the largest.
        for cluster in np.lexsort((-sizes, sizes < SMALL, labels_in)):
            free = np.flatnonzero((clusters.labels == cluster) & ~taken)
            if len(free) and len(picks) < count:
                members = np.flatnonzero(clusters.labels == cluster)
                best = int(free[typicality(features, free, members).argmax()])
                picks.append(best)
                taken[best] = True
    return picks


def typicality(features: Floats, some: Indices, members: Indices) -> Scores:
    """Inverse mean distance of `some` items to their nearest among `members`."""
    if len(members) > 1000:
        members = members[:: -(-len(members) // 1000)]
    distances = np.sqrt(squared_distances(features[some], features[members]))
    count = min(NEIGHBOURS + 1, len(members))  # the item itself may be among them
    nearest = np.partition(distances, count - 1, axis=1)[:, :count]
    return np.asarray(1 / (nearest.mean(axis=1) + 1e-6), np.float64)


def _sample(pool: Pool) -> Indices:
    """All labeled items (newest clusters must know them) and a fixed sample of the open ones."""
    able = pool.open()
    if len(able) > SAMPLE:
        order = serving_order(pool.ids[able], uniform_scores(pool.ids[able], pool.seed))
        able = able[order[:SAMPLE]]
    taken = np.zeros(0, np.int64) if pool.labeled is None else np.flatnonzero(pool.labeled)
    return np.sort(np.concatenate([able, taken[-SAMPLE:]]))
