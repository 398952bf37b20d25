"""How likely a labeler gives a class when another is true: one formula, a method is its settings.

P(vote c | truth t, labeler l) = w[t] * full[l, t, c] + (1 - w[t]) * coin[l, t, c]
  full: the labeler's own confusion counts with `smoothing` pseudo-counts (Dawid and Skene 1979)
  coin: skill[l] if c == t, else (1 - skill[l]) / (K - 1), skill shrunk to the pool's
  w[t]: `full_weight`, less for a class whose own name the pool hardly gives it
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields, replace
from typing import Any

import numpy as np

from annotations.consensus.base import FloatArray, IntArray

# Above this many classes only the classes voted for on an item are told apart.
WIDE_CLASSES = 50
# Pseudo-votes that keep the pool's skill sane while there are hardly any votes.
POOL_VOTES = 4.0
SKILL_LIMIT = 1e-4
# A class is trusted from where the pool's right votes outnumber its commonest wrong one (none of
# the full weight) to where they do so by a quarter (all of it).
TRUST_FROM, TRUST_FULL = 1.0, 1.25


@dataclass(frozen=True)
class LabelerModel:
    """Settings of the labeler model and of its EM.

    full_weight: w above, 0 for one-coin, 1 for full Dawid-Skene. smoothing: pseudo-counts per row
    of a confusion matrix, spread by the pool's row (share `pool_share`) and evenly (the rest).
    shrink: pseudo-votes that pull a labeler's skill to the pool's. shared_skill: one skill for
    all. prior_power: the class prior is the mean posterior to this power, 0 for a flat one.
    guarded: trust a class's matrix rows only where the pool mostly names it rightly. Without the
    guard EM can turn a rare class into a home for doubtful items of another.
    """

    full_weight: float = 0.0
    smoothing: float = 1.0
    pool_share: float = 0.0
    shrink: float = 4.0
    shared_skill: bool = False
    prior_power: float = 0.0
    guarded: bool = False
    max_iterations: int = 100
    tolerance: float = 1e-5

    def __post_init__(self) -> None:
        for name in ("full_weight", "pool_share", "prior_power"):
            if not 0.0 <= getattr(self, name) <= 1.0:
                raise ValueError(f"{name} must lie in [0, 1]")
        if self.smoothing <= 0 or self.shrink < 0 or self.tolerance <= 0:
            raise ValueError("smoothing and tolerance must be positive, shrink not negative")
        if self.max_iterations < 1:
            raise ValueError("max_iterations must be at least 1")

    def with_params(self, params: Mapping[str, Any] | None) -> LabelerModel:
        """A copy with some settings changed; raises ValueError for an unknown name."""
        unknown = set(params or {}) - {field.name for field in fields(self)}
        if unknown:
            raise ValueError(f"unknown parameters: {', '.join(sorted(unknown))}")
        return replace(self, **(params or {}))

    def to_params(self) -> dict[str, Any]:
        return asdict(self)

    def pool_skill(self, correct: FloatArray, total: FloatArray, n_classes: int) -> float:
        """Share of right votes in the whole pool, from a start half way above chance."""
        start = (1.0 + 1.0 / n_classes) / 2.0
        share = float((correct.sum() + POOL_VOTES * start) / (total.sum() + POOL_VOTES))
        return min(max(share, SKILL_LIMIT), 1.0 - SKILL_LIMIT)

    def skills(self, correct: FloatArray, total: FloatArray, n_classes: int) -> FloatArray:
        """One skill per labeler (L,), shrunk to the pool, inside (0, 1)."""
        pool = self.pool_skill(correct, total, n_classes)
        if self.shared_skill:
            skills = np.full(len(total), pool)
        else:
            skills = (correct + self.shrink * pool + 1e-9) / (total + self.shrink + 2e-9)
        return np.asarray(np.clip(skills, SKILL_LIMIT, 1.0 - SKILL_LIMIT))

    def pool_rows(self, counts: FloatArray) -> FloatArray:
        """Mean rows (K, K) [truth, vote] towards which own rows are smoothed."""
        even = 1.0 / len(counts)
        if self.pool_share == 0.0:
            return np.full(counts.shape, even)
        return np.asarray(self.pool_share * _shares(counts) + (1.0 - self.pool_share) * even)

    def full_weights(self, counts: FloatArray) -> FloatArray:
        """w (K,) per true class from the pool's confusion counts (K, K) [truth, vote]."""
        n_classes = len(counts)
        if not self.guarded or n_classes < 2:
            return np.full(n_classes, self.full_weight)
        rows = _shares(counts)
        right = np.diag(rows).copy()
        np.fill_diagonal(rows, 0.0)
        lead = right / rows.max(axis=1)
        trust = (lead - TRUST_FROM) / (TRUST_FULL - TRUST_FROM)
        return np.asarray(self.full_weight * np.clip(trust, 0.0, 1.0))

    def vote_probability(
        self,
        counts: FloatArray,
        row_totals: FloatArray,
        toward: FloatArray | float,
        skills: FloatArray | float,
        is_diagonal: Any,
        n_classes: int,
        weights: FloatArray | float | None = None,
    ) -> FloatArray:
        """The formula of this module, elementwise over broadcastable arrays."""
        wrong = (1.0 - np.asarray(skills)) / max(n_classes - 1, 1)
        coin = np.where(is_diagonal, skills, wrong)
        if self.full_weight == 0.0:
            return np.asarray(coin, dtype=np.float64)
        w = self.full_weight if weights is None else weights
        full = (counts + self.smoothing * toward) / (row_totals + self.smoothing)
        return np.asarray(w * full + (1.0 - w) * coin)

    def log_prior(self, mass: FloatArray) -> FloatArray:
        """Log class prior (K,) from the expected number of items per class."""
        share = (mass + 1.0 / len(mass)) / (mass.sum() + 1.0)
        tempered = share**self.prior_power
        return np.asarray(np.log(tempered / tempered.sum()))


def _shares(counts: FloatArray) -> FloatArray:
    """Rows (K, K) of confusion counts as shares, with one pseudo-count each."""
    return np.asarray((counts + 1.0 / len(counts)) / (counts.sum(axis=1, keepdims=True) + 1.0))


@dataclass(frozen=True)
class Estimate:
    """What EM learned: expected counts, and nothing that depends on an item.

    cell_*: the confusion counts (C,) sorted by labeler, vote and truth. correct, total: (L,).
    class_mass: expected items per class (K,).
    """

    cell_labelers: IntArray
    cell_codes: IntArray
    cell_truths: IntArray
    cell_counts: FloatArray
    correct: FloatArray
    total: FloatArray
    class_mass: FloatArray
    iterations: int
    converged: bool
