"""EM over a vote table of few classes: two sparse products an iteration.

Dawid and Skene, Maximum likelihood estimation of observer error-rates using the EM algorithm,
Applied Statistics 28(1), 1979. The vote table is one sparse matrix, items by (labeler, vote) rows.
"""

from __future__ import annotations

import numpy as np
from scipy import sparse

from annotations.consensus.base import FloatArray, IntArray, VoteTable, add_priors, tally
from annotations.consensus.labeler_model import Estimate, LabelerModel

# Counts this small are dropped from a fit: they cannot be seen in any posterior.
LEAST_COUNT = 1e-6
# exp() of a sum of logs above this does not underflow: no row maximum is needed.
SAFE_LOG = -600.0


class DenseEM:
    """One table, one labeler model. `votes` must be canonical."""

    def __init__(
        self, votes: VoteTable, model: LabelerModel, known: tuple[IntArray, IntArray]
    ) -> None:
        self.votes, self.model = votes, model
        self.known_items, self.known_codes = known
        n_classes = votes.n_classes
        pair = votes.labelers.astype(np.int64) * n_classes + votes.codes
        seen = np.bincount(pair, minlength=votes.n_labelers * n_classes) > 0
        rows = np.flatnonzero(seen)
        place = np.cumsum(seen, dtype=np.int32) - 1
        self.row_labelers, self.row_codes = np.divmod(rows, n_classes)
        starts = np.zeros(votes.n_items + 1, dtype=np.int32)
        np.cumsum(np.bincount(votes.items, minlength=votes.n_items), out=starts[1:])
        self.matrix = sparse.csr_array(
            (votes.vote_weights(), place[pair], starts), shape=(votes.n_items, len(rows))
        )
        self.transposed = self.matrix.T
        self.rows_by_code = sparse.csr_array(
            (np.ones(len(rows)), (self.row_codes, np.arange(len(rows)))),
            shape=(n_classes, len(rows)),
        )
        self.total = tally(votes.labelers, votes.vote_weights(), votes.n_labelers)
        self.item_weights = np.asarray(self.matrix.sum(axis=1)).ravel()
        self.active = self.item_weights > 0
        self.active[self.known_items] = True

    def start(self) -> FloatArray:
        """Posteriors (n_items, K) from vote shares."""
        votes = self.votes
        cell = votes.items.astype(np.int64) * votes.n_classes + votes.codes
        size = votes.n_items * votes.n_classes
        shares = tally(cell, votes.vote_weights(), size)
        shares = shares.reshape(votes.n_items, votes.n_classes)
        posteriors = (shares + 1e-9) / (self.item_weights + 1e-9 * votes.n_classes)[:, None]
        return self.clamp(posteriors)

    def clamp(self, posteriors: FloatArray) -> FloatArray:
        posteriors[self.known_items] = 0.0
        posteriors[self.known_items, self.known_codes] = 1.0
        return posteriors

    def run(self, posteriors: FloatArray) -> Estimate:
        """Iterate to the tolerance: change of the mean log evidence per item."""
        evidence, converged, used = -np.inf, False, 0
        for iteration in range(1, self.model.max_iterations + 1):
            used = iteration
            counts = self.transposed @ posteriors
            mass = self.class_mass(posteriors)
            posteriors, new_evidence = self.expect(counts, mass)
            converged = bool(abs(new_evidence - evidence) < self.model.tolerance)
            evidence = new_evidence
            if converged:
                break
        return self.estimate(
            self.transposed @ posteriors, self.class_mass(posteriors), used, converged
        )

    def class_mass(self, posteriors: FloatArray) -> FloatArray:
        return np.asarray(self.active.astype(np.float64) @ posteriors)

    def skills_inputs(self, counts: FloatArray) -> FloatArray:
        """Expected right votes (L,)."""
        right = counts[np.arange(len(counts)), self.row_codes]
        return tally(self.row_labelers, right, self.votes.n_labelers)

    def log_rows(self, counts: FloatArray) -> FloatArray:
        """log P(vote of row | truth) (R, K)."""
        n_classes = self.votes.n_classes
        skills = self.model.skills(self.skills_inputs(counts), self.total, n_classes)
        row_totals = np.zeros((self.votes.n_labelers, n_classes))
        pool = np.zeros((n_classes, n_classes))
        if len(counts):
            first = np.flatnonzero(np.diff(self.row_labelers, prepend=-1))
            row_totals[self.row_labelers[first]] = np.add.reduceat(counts, first, axis=0)
            pool = np.asarray(self.rows_by_code @ counts)
        probability = self.model.vote_probability(
            counts,
            row_totals[self.row_labelers],
            self.model.pool_rows(pool.T).T[self.row_codes],
            skills[self.row_labelers][:, None],
            self.row_codes[:, None] == np.arange(n_classes),
            n_classes,
            self.model.full_weights(pool.T),
        )
        return np.asarray(np.log(probability))

    def expect(self, counts: FloatArray, mass: FloatArray) -> tuple[FloatArray, float]:
        """Posteriors (n_items, K) and the mean log evidence."""
        rows = self.log_rows(counts)
        scores = self.matrix @ rows
        add_priors(scores, self.votes.log_priors, self.model.log_prior(mass))
        posteriors, log_evidence = normalise(scores)
        evidence = float(log_evidence[self.active].mean()) if self.active.any() else 0.0
        return self.clamp(posteriors), evidence

    def estimate(
        self, counts: FloatArray, mass: FloatArray, iterations: int, converged: bool
    ) -> Estimate:
        kept = counts > LEAST_COUNT
        rows, truths = np.nonzero(kept)
        return Estimate(
            self.row_labelers[rows].astype(np.int32),
            self.row_codes[rows].astype(np.int32),
            truths.astype(np.int32),
            counts[kept],
            self.skills_inputs(counts),
            self.total,
            mass,
            iterations,
            converged,
        )


def normalise(scores: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Log scores (n, K), overwritten, to probabilities (n, K) and log sums (n,)."""
    if not scores.size:
        return scores, np.zeros(len(scores))
    shift = np.zeros(1)
    if float(scores.min()) < SAFE_LOG:
        shift = scores.max(axis=1)
        scores -= shift[:, None]
    np.exp(scores, out=scores)
    sums = scores @ np.ones(scores.shape[1])
    scores /= sums[:, None]
    return scores, np.log(sums) + shift
