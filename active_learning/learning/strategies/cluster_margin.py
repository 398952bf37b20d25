"""Uncertain and unlike each other (after Citovsky et al. 2021)."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from active_learning.learning.clustering import k_means
from active_learning.learning.strategies.base import Pool, Scores, score_picks, serving_order
from active_learning.learning.strategies.margin import margin_scores

SHORTLIST = 8  # times the batch: how many uncertain items are spread over


@dataclass(frozen=True)
class ClusterMargin:
    """The item nearest to each of k centres among the 8 k of smallest margin."""

    name: str = "cluster_margin"
    needs: frozenset[str] = frozenset({"probabilities", "features"})

    def score(self, pool: Pool) -> Scores:
        pool.need_features()
        return score_picks(self, pool, margin_scores(pool.need_probabilities()))

    def pick(self, pool: Pool) -> Sequence[int]:
        margins = margin_scores(pool.need_probabilities())
        able = pool.open()
        ranked = able[serving_order(pool.ids[able], margins[able])]
        listed = ranked[: SHORTLIST * pool.batch]
        if not len(listed):
            return []
        clusters = k_means(pool.need_features()[listed], pool.batch, pool.seed)
        nearest = np.lexsort((clusters.distances, clusters.labels))
        _, first = np.unique(clusters.labels[nearest], return_index=True)
        picks = nearest[first]
        return [int(listed[index]) for index in sorted(picks)]  # most uncertain first
