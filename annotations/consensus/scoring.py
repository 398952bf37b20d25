"""A fit and a vote table to posteriors: `CategoricalFit` for many items at once."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from scipy import sparse

from annotations.consensus.base import (
    FloatArray,
    IntArray,
    KeyArray,
    VoteTable,
    add_priors,
    tally,
)
from annotations.consensus.em import normalise
from annotations.consensus.em_wide import WideLayout

if TYPE_CHECKING:
    from annotations.consensus.fit import CategoricalFit

TABLE_CHUNK = 4_000_000
NOTHING_KNOWN = (np.zeros(0, np.int32), np.zeros(0, np.int32))


@dataclass(frozen=True)
class Verdicts:
    """codes: int32 (n_items,), -1 for an item without votes; confidence: (n_items,) in [0, 1]."""

    codes: IntArray
    confidence: FloatArray


def first_best(posteriors: FloatArray) -> tuple[IntArray, FloatArray]:
    """Per row the most likely class and its probability; of equal classes (to 1e-9) the first."""
    best = posteriors.max(axis=1, initial=0.0)
    codes = np.argmax(posteriors >= (best - 1e-9)[:, None], axis=1)
    return codes.astype(np.int32), best


class DenseScorer:
    """Few classes: one sparse product of votes and log rows."""

    def __init__(self, fit: CategoricalFit, table: VoteTable) -> None:
        self.fit, self.table = fit, table
        n_classes = fit.n_classes
        index = known_indices(fit, table.labeler_keys)[table.labelers]
        pair = index.astype(np.int64) * n_classes + table.codes
        seen = np.bincount(pair, minlength=(fit.n_labelers + 1) * n_classes) > 0
        place = np.cumsum(seen, dtype=np.int32) - 1
        labelers, codes = np.divmod(np.flatnonzero(seen), n_classes)
        self.rows = log_rows(fit, labelers, codes)
        starts = np.zeros(table.n_items + 1, dtype=np.int32)
        np.cumsum(np.bincount(table.items, minlength=table.n_items), out=starts[1:])
        self.matrix = sparse.csr_array(
            (table.vote_weights(), place[pair], starts), shape=(table.n_items, len(self.rows))
        )

    def posteriors(self, low: int, high: int) -> FloatArray:
        """Class probabilities (high - low, K) of a run of items."""
        scores = np.asarray(self.matrix[low:high] @ self.rows)
        own = None if self.table.log_priors is None else self.table.log_priors[low:high]
        add_priors(scores, own, self.fit.log_prior)
        scores /= self.fit.temperature
        return normalise(scores)[0]


class WideScorer:
    """Many classes: a probability per class named on an item, one for all the others."""

    def __init__(
        self, fit: CategoricalFit, table: VoteTable, layout: WideLayout | None = None
    ) -> None:
        self.fit, self.layout = fit, layout or WideLayout(table, NOTHING_KNOWN)
        layout, n_classes = self.layout, fit.n_classes
        index = known_indices(fit, table.labeler_keys)
        labelers = index[layout.triple_labelers].astype(np.int64)
        key = (labelers * n_classes + layout.triple_codes) * n_classes + layout.triple_truths
        row_key = labelers * n_classes + layout.triple_truths
        probability = fit.model.vote_probability(
            _look_up(fit.cell_keys, fit.cell_counts, key),
            _look_up(*fit.row_totals, row_key),
            1.0 / n_classes,
            fit.skills_and_pool[labelers],
            layout.triple_codes == layout.triple_truths,
            n_classes,
        )
        self.cells, self.rest, _ = layout.posterior(
            probability, fit.log_unvoted[index], fit.log_prior, fit.temperature
        )
        self.prior = np.exp(fit.log_prior / fit.temperature)
        self.prior /= self.prior.sum()

    def posteriors(self, low: int, high: int) -> FloatArray:
        """Class probabilities (high - low, K) of a run of items."""
        layout = self.layout
        inside = (layout.cell_items >= low) & (layout.cell_items < high)
        items, classes = layout.cell_items[inside] - low, layout.cell_classes[inside]
        unnamed = np.repeat(self.prior[None, :], high - low, axis=0)
        unnamed[items, classes] = 0.0
        share = self.rest[low:high] / np.maximum(unnamed.sum(axis=1), 1e-300)
        posteriors = unnamed * share[:, None]
        posteriors[items, classes] = self.cells[inside]
        return np.asarray(posteriors)


def known_indices(fit: CategoricalFit, keys: KeyArray) -> IntArray:
    """Index of each labeler key in the fit; the pool's (n_labelers) where it is unknown."""
    if not fit.n_labelers:
        return np.zeros(len(keys), dtype=np.int32)
    place = np.minimum(np.searchsorted(fit.labeler_keys, keys), fit.n_labelers - 1)
    return np.where(fit.labeler_keys[place] == keys, place, fit.n_labelers).astype(np.int32)


def log_rows(fit: CategoricalFit, labelers: IntArray, codes: IntArray) -> FloatArray:
    """log P(vote | truth) (R, K) of (labeler, vote) pairs of a fit of few classes."""
    n_classes, n_labelers = fit.n_classes, fit.n_labelers
    place = np.full((n_labelers + 1) * n_classes, -1, dtype=np.int32)
    place[labelers * n_classes + codes] = np.arange(len(labelers))
    cell_rows = place[fit.cell_keys // n_classes]
    wanted = cell_rows >= 0
    counts = np.zeros((len(labelers), n_classes))
    counts[cell_rows[wanted], fit.cell_truths[wanted]] = fit.cell_counts[wanted]
    pool = labelers == n_labelers
    counts[pool] = fit.pool_counts.T[codes[pool]]
    return np.asarray(
        np.log(
            fit.model.vote_probability(
                counts,
                fit.dense_row_totals[labelers],
                fit.pool_rows.T[codes],
                fit.skills_and_pool[labelers][:, None],
                codes[:, None] == np.arange(n_classes),
                n_classes,
                fit.full_weights,
            )
        )
    )


def _look_up(keys: KeyArray, values: FloatArray, wanted: KeyArray) -> FloatArray:
    """values at `wanted` among sorted keys, 0 where a key is missing."""
    if not len(keys):
        return np.zeros(len(wanted))
    place = np.minimum(np.searchsorted(keys, wanted), len(keys) - 1)
    return np.where(keys[place] == wanted, values[place], 0.0)


def posteriors(fit: CategoricalFit, table: VoteTable) -> FloatArray:
    """Class probabilities (n_items, K) of a canonical table."""
    return _scorer(fit, table).posteriors(0, table.n_items)


def verdicts(fit: CategoricalFit, table: VoteTable) -> Verdicts:
    """The most likely class of every item of a canonical table, in bounded memory."""
    scorer = _scorer(fit, table)
    codes = np.full(table.n_items, -1, dtype=np.int32)
    confidence = np.zeros(table.n_items)
    step = max(TABLE_CHUNK // fit.n_classes, 1)
    for low in range(0, table.n_items, step):
        high = min(low + step, table.n_items)
        codes[low:high], confidence[low:high] = first_best(scorer.posteriors(low, high))
    without = np.bincount(table.items, minlength=table.n_items) == 0
    codes[without], confidence[without] = -1, 0.0
    return Verdicts(codes, confidence)


def _scorer(fit: CategoricalFit, table: VoteTable) -> DenseScorer | WideScorer:
    if fit.n_classes != table.n_classes:
        raise ValueError(f"fit has {fit.n_classes} classes, votes have {table.n_classes}")
    return WideScorer(fit, table) if fit.is_wide else DenseScorer(fit, table)


def row_sums(keys: KeyArray, counts: FloatArray) -> tuple[KeyArray, FloatArray]:
    """Distinct keys, sorted, and the sum of the counts of each."""
    distinct, inverse = np.unique(keys, return_inverse=True)
    return distinct, tally(inverse, counts, len(distinct))
