"""EM over a vote table of many classes: only the classes voted for on an item are told apart.

With 1,000 labelers and 1,000 classes a dense confusion tensor has 10^9 cells, nearly all never
seen. Here an item has a cell per class somebody voted for (or that is known), and all other
classes share one score. Memory grows with the votes, never with the classes squared. The pool's
confusion matrix plays no part: own rows are smoothed evenly.
"""

from __future__ import annotations

import numpy as np

from annotations.consensus.base import FloatArray, IntArray, VoteTable, tally
from annotations.consensus.labeler_model import Estimate, LabelerModel


class WideLayout:
    """Where everything is, for one canonical table: cells of items, triples of labelers.

    A cell is an (item, class) somebody named, sorted; a triple is a distinct (labeler, vote,
    truth) that occurs, sorted.
    """

    def __init__(self, votes: VoteTable, known: tuple[IntArray, IntArray]) -> None:
        self.votes, self.known = votes, known
        self.n_classes = votes.n_classes
        self.weights = votes.vote_weights()
        self._find_cells()
        self._find_triples()

    def _find_cells(self) -> None:
        votes = self.votes
        voted = votes.items.astype(np.int64) * self.n_classes + votes.codes
        certain = self.known[0].astype(np.int64) * self.n_classes + self.known[1]
        cells = np.unique(np.concatenate([voted, certain]))
        self.cell_items, self.cell_classes = np.divmod(cells, self.n_classes)
        self.vote_cells = np.searchsorted(cells, voted)
        self.known_cells = np.searchsorted(cells, certain)
        self.cells_of_item = np.bincount(self.cell_items, minlength=votes.n_items)
        self.first_cell = np.cumsum(self.cells_of_item) - self.cells_of_item
        self.active = self.cells_of_item > 0
        self.is_known = np.zeros(votes.n_items, dtype=bool)
        self.is_known[self.known[0]] = True

    def _find_triples(self) -> None:
        """Every vote beside every cell of its item, and what is distinct among those pairs."""
        votes = self.votes
        repeats = self.cells_of_item[votes.items]
        self.pair_votes = np.repeat(np.arange(len(votes)), repeats)
        begin = np.cumsum(repeats) - repeats
        offset = np.arange(len(self.pair_votes)) - begin[self.pair_votes]
        self.pair_cells = self.first_cell[votes.items[self.pair_votes]] + offset
        truths = self.cell_classes[self.pair_cells]
        labelers = votes.labelers[self.pair_votes].astype(np.int64)
        key = (labelers * self.n_classes + votes.codes[self.pair_votes]) * self.n_classes + truths
        keys, self.pair_triples = np.unique(key, return_inverse=True)
        pair, self.triple_truths = np.divmod(keys, self.n_classes)
        self.triple_labelers, self.triple_codes = np.divmod(pair, self.n_classes)

    def clamp(self, cells: FloatArray) -> FloatArray:
        cells[self.is_known[self.cell_items]] = 0.0
        cells[self.known_cells] = 1.0
        return cells

    def posterior(
        self,
        probability: FloatArray,
        unvoted: FloatArray,
        log_prior: FloatArray,
        temperature: float = 1.0,
    ) -> tuple[FloatArray, FloatArray, float]:
        """Probability of every cell, of all other classes together per item, and mean evidence.

        probability: of the vote of each triple under its truth. unvoted: log probability of a
        labeler's vote when the truth is a class nobody named (L,).
        """
        gain = np.log(probability) - unvoted[self.triple_labelers]
        weighted = self.weights[self.pair_votes] * gain[self.pair_triples]
        scores = tally(self.pair_cells, weighted, len(self.cell_items)) / temperature
        prior = np.exp(log_prior / temperature)
        prior /= prior.sum()
        n_items = self.votes.n_items
        shift = np.zeros(n_items)
        if len(scores):
            first = self.first_cell[self.active]
            shift[self.active] = np.maximum(np.maximum.reduceat(scores, first), 0.0)
        cells = np.exp(scores - shift[self.cell_items]) * prior[self.cell_classes]
        voted_prior = tally(self.cell_items, prior[self.cell_classes], n_items)
        rest = np.maximum(1.0 - voted_prior, 0.0) * np.exp(-shift)
        sums = tally(self.cell_items, cells, n_items) + rest
        sums = np.maximum(sums, 1e-300)
        evidence = np.log(sums) + shift
        base = self.weights * unvoted[self.votes.labelers]
        evidence += tally(self.votes.items, base, n_items) / temperature
        cells, rest = self.clamp(cells / sums[self.cell_items]), rest / sums
        rest[self.is_known] = 0.0
        mean = float(evidence[self.active].mean()) if self.active.any() else 0.0
        return cells, rest, mean


class WideEM:
    """EM of one labeler model over one layout."""

    def __init__(
        self, votes: VoteTable, model: LabelerModel, known: tuple[IntArray, IntArray]
    ) -> None:
        self.layout, self.model, self.votes = WideLayout(votes, known), model, votes
        self.total = tally(votes.labelers, self.layout.weights, votes.n_labelers)
        row_key = self.layout.triple_labelers * votes.n_classes + self.layout.triple_truths
        rows, self.triple_rows = np.unique(row_key, return_inverse=True)
        self.n_rows = len(rows)

    def start(self) -> FloatArray:
        """Probability of every cell (C,) from vote shares."""
        layout = self.layout
        shares = tally(layout.vote_cells, layout.weights, len(layout.cell_items))
        sums = tally(layout.cell_items, shares, self.votes.n_items)
        return layout.clamp(shares / np.maximum(sums[layout.cell_items], 1e-300))

    def run(self, cells: FloatArray) -> Estimate:
        """Iterate to the tolerance: change of the mean log evidence per item."""
        evidence, converged, used = -np.inf, False, 0
        for iteration in range(1, self.model.max_iterations + 1):
            used = iteration
            cells, new_evidence = self.expect(cells)
            converged = bool(abs(new_evidence - evidence) < self.model.tolerance)
            evidence = new_evidence
            if converged:
                break
        return Estimate(
            self.layout.triple_labelers.astype(np.int32),
            self.layout.triple_codes.astype(np.int32),
            self.layout.triple_truths.astype(np.int32),
            self.triple_counts(cells),
            self.correct(cells),
            self.total,
            self.class_mass(cells),
            used,
            converged,
        )

    def triple_counts(self, cells: FloatArray) -> FloatArray:
        layout = self.layout
        weights = layout.weights[layout.pair_votes] * cells[layout.pair_cells]
        return tally(layout.pair_triples, weights, len(layout.triple_codes))

    def correct(self, cells: FloatArray) -> FloatArray:
        right = self.layout.weights * cells[self.layout.vote_cells]
        return tally(self.votes.labelers, right, self.votes.n_labelers)

    def class_mass(self, cells: FloatArray) -> FloatArray:
        """Expected items per class (K,); what no vote names is spread evenly."""
        n_classes = self.votes.n_classes
        mass = tally(self.layout.cell_classes, cells, n_classes)
        rest = float(np.count_nonzero(self.layout.active)) - float(mass.sum())
        return np.asarray(mass + max(rest, 0.0) / n_classes)

    def expect(self, cells: FloatArray) -> tuple[FloatArray, float]:
        """Probability of every cell (C,) and the mean log evidence."""
        model, layout, n_classes = self.model, self.layout, self.votes.n_classes
        counts = self.triple_counts(cells)
        skills = model.skills(self.correct(cells), self.total, n_classes)
        rows = tally(self.triple_rows, counts, self.n_rows)
        probability = model.vote_probability(
            counts,
            rows[self.triple_rows],
            1.0 / n_classes,
            skills[layout.triple_labelers],
            layout.triple_codes == layout.triple_truths,
            n_classes,
        )
        unvoted = np.log(unvoted_probability(model, skills, n_classes))
        prior = model.log_prior(self.class_mass(cells))
        new_cells, _, evidence = layout.posterior(probability, unvoted, prior)
        return new_cells, evidence


def unvoted_probability(model: LabelerModel, skills: FloatArray, n_classes: int) -> FloatArray:
    """P(vote | truth is a class that nobody voted for) per labeler (L,)."""
    none = np.zeros_like(skills)
    return model.vote_probability(none, none, 1.0 / n_classes, skills, False, n_classes)
