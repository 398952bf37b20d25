"""A finished categorical fit: immutable, serialisable, and able to score one ballot on its own."""

from __future__ import annotations

import base64
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any

import numpy as np
import numpy.typing as npt
from scipy import special

from annotations.consensus import scoring
from annotations.consensus.base import (
    FloatArray,
    IntArray,
    KeyArray,
    Known,
    VoteTable,
    known_arrays,
    tally,
)
from annotations.consensus.em_wide import unvoted_probability
from annotations.consensus.labeler_model import WIDE_CLASSES, LabelerModel
from annotations.consensus.scoring import Verdicts, first_best

__all__ = ["CategoricalFit", "Skill", "Verdicts", "first_best"]

FORMAT = 1
INTERVAL = 0.95
CACHED_FLOATS = 2_000_000


@dataclass(frozen=True)
class Skill:
    """A labeler's share of right votes with a credible interval; n_votes may be fractional."""

    estimate: float
    low: float
    high: float
    n_votes: float

    def __iter__(self) -> Any:
        return iter((self.estimate, self.low, self.high, self.n_votes))


@dataclass(frozen=True)
class CategoricalFit:
    """What a method learned from a vote table: labelers and class prior, nothing about items.

    labeler_keys: int64 (L,), sorted. correct, total: expected right votes and votes (L,).
    class_mass: expected items per class (K,). cell_*: expected confusion counts, sorted by
    labeler, vote and truth; cell_labelers index labeler_keys. temperature: scores are divided by
    it (1.0 = not calibrated).
    """

    method: str
    model: LabelerModel
    n_classes: int
    labeler_keys: KeyArray
    correct: FloatArray
    total: FloatArray
    class_mass: FloatArray
    cell_labelers: IntArray
    cell_codes: IntArray
    cell_truths: IntArray
    cell_counts: FloatArray
    temperature: float = 1.0
    iterations: int = 0
    converged: bool = True
    notes: Mapping[str, Any] = field(default_factory=dict)
    _rows: dict[tuple[int, int], FloatArray] = field(
        default_factory=dict, init=False, repr=False, compare=False
    )

    # --- one ballot -------------------------------------------------------------------------

    def posterior(
        self,
        labeler_keys: Sequence[int],
        codes: Sequence[int],
        weights: Sequence[float] | None = None,
        *,
        log_prior: FloatArray | None = None,
    ) -> FloatArray:
        """Class probabilities (K,) of one item from its votes; the prior for an empty ballot.

        log_prior (K,): what was known of this item before its votes, in place of the classes'
        frequencies. The order of the votes does not matter, not even to the last bit. A labeler the
        fit has not seen counts as the pool's mean labeler. Raises ValueError for a code outside
        [0, K).
        """
        scores = self._scores(labeler_keys, codes, weights)
        scores += self.log_prior if log_prior is None else log_prior
        scores /= self.temperature
        scores -= scores.max()
        np.exp(scores, out=scores)
        return np.asarray(scores / scores.sum())

    def _scores(
        self,
        labeler_keys: Sequence[int],
        codes: Sequence[int],
        weights: Sequence[float] | None,
    ) -> FloatArray:
        given = [1.0] * len(codes) if weights is None else [float(w) for w in weights]
        keys, votes = [int(key) for key in labeler_keys], [int(code) for code in codes]
        ballot = sorted(zip(keys, votes, given, strict=True))
        scores = np.zeros(self.n_classes)
        shared = 0.0
        for key, code, weight in ballot:
            if not 0 <= code < self.n_classes:
                raise ValueError(f"code {code} is not in [0, {self.n_classes})")
            index = self._index.get(key, self.n_labelers)
            scores += weight * self._row(index, code)
            shared += weight * float(self.log_unvoted[index])
        if self.is_wide and ballot:
            voted = [code for _, code, _ in ballot]
            kept = scores[voted]
            scores[:] = shared
            scores[voted] = kept
        return scores

    def log_row(self, labeler_key: int, code: int) -> FloatArray:
        """log P(vote `code` | truth) (K,) of a labeler, the pool's if the fit does not know him."""
        return self._row(self._index.get(int(labeler_key), self.n_labelers), code)

    def pool_row(self, code: int) -> FloatArray:
        """log P(vote `code` | truth) (K,) of a labeler the fit has not seen."""
        return self._row(self.n_labelers, code)

    def _row(self, index: int, code: int) -> FloatArray:
        """log P(vote `code` | truth) (K,) of a labeler; index n_labelers is the pool."""
        row = self._rows.get((index, code))
        if row is None:
            row = self._make_row(index, code)
            if len(self._rows) * self.n_classes < CACHED_FLOATS:
                self._rows[index, code] = row
        return row

    def _make_row(self, index: int, code: int) -> FloatArray:
        n_classes = self.n_classes
        cells = self._cells_of(index)
        own, truths = self.cell_codes[cells] == code, self.cell_truths[cells]
        counts = np.zeros(n_classes)
        counts[truths[own]] = self.cell_counts[cells][own]
        toward, weights = np.full(n_classes, 1.0 / n_classes), np.full(n_classes, 0.0)
        if self.is_wide:
            row_totals = tally(truths, self.cell_counts[cells], n_classes)
            weights += self.model.full_weight
        else:
            row_totals, toward = self.dense_row_totals[index], self.pool_rows[:, code]
            weights = self.full_weights
            if index == self.n_labelers:
                counts = self.pool_counts[:, code]
        probability = self.model.vote_probability(
            counts,
            row_totals,
            toward,
            self.skills_and_pool[index],
            np.arange(n_classes) == code,
            n_classes,
            weights,
        )
        return np.asarray(np.log(probability))

    def _cells_of(self, index: int) -> slice:
        first, last = np.searchsorted(self.cell_labelers, [index, index + 1])
        return slice(int(first), int(last))

    # --- many ballots -----------------------------------------------------------------------

    def posteriors(self, votes: VoteTable, *, known: Known | None = None) -> FloatArray:
        """Class probabilities (n_items, K); the prior where an item has no votes.

        Takes n_items * K floats: with many classes use `verdicts`.
        """
        posteriors = scoring.posteriors(self, votes.canonical())
        items, codes = known_arrays(known, votes)
        posteriors[items] = 0.0
        posteriors[items, codes] = 1.0
        return posteriors

    def posteriors_of(self, votes: VoteTable, items: IntArray) -> FloatArray:
        """Class probabilities (len(items), K) of some items of a table, in the order given."""
        items = np.asarray(items, dtype=np.int32)
        wanted, inverse = np.unique(items, return_inverse=True)
        place = np.full(votes.n_items, -1, dtype=np.int32)
        place[wanted] = np.arange(len(wanted))
        mine = place[votes.items] >= 0
        part = replace(
            votes,
            items=place[votes.items[mine]],
            labelers=votes.labelers[mine],
            codes=votes.codes[mine],
            weights=None if votes.weights is None else votes.weights[mine],
            n_items=len(wanted),
            log_priors=None if votes.log_priors is None else votes.log_priors[wanted],
        )
        return np.asarray(self.posteriors(part)[inverse])

    def verdicts(self, votes: VoteTable, *, known: Known | None = None) -> Verdicts:
        """The most likely class of every item and its probability, in bounded memory."""
        found = scoring.verdicts(self, votes.canonical())
        items, codes = known_arrays(known, votes)
        found.codes[items], found.confidence[items] = codes, 1.0
        return found

    # --- labelers ---------------------------------------------------------------------------

    def labelers(self) -> list[int]:
        return [int(key) for key in self.labeler_keys]

    def skill(self, labeler_key: int) -> Skill:
        """Share of right votes, shrunk to the pool, with a 95 % credible interval (Beta)."""
        index = self._index.get(int(labeler_key), -1)
        correct = float(self.correct[index]) if index >= 0 else 0.0
        total = float(self.total[index]) if index >= 0 else 0.0
        shrink = max(self.model.shrink, 1.0)
        right = correct + shrink * self.pool_skill
        wrong = max(total - correct, 0.0) + shrink * (1.0 - self.pool_skill)
        tail = (1.0 - INTERVAL) / 2.0
        low, high = special.betaincinv(right, wrong, [tail, 1.0 - tail])
        return Skill(right / (right + wrong), float(low), float(high), total)

    def votes_of(self, labeler_key: int) -> float:
        """How many votes of a labeler the fit has seen; may be fractional."""
        index = self._index.get(int(labeler_key), -1)
        return float(self.total[index]) if index >= 0 else 0.0

    def confusion(self, labeler_key: int) -> dict[tuple[int, int], float]:
        """Expected counts {(truth, vote): count} of one labeler; empty if unknown."""
        index = self._index.get(int(labeler_key), -1)
        if index < 0:
            return {}
        cells = self._cells_of(index)
        truths, codes = self.cell_truths[cells].tolist(), self.cell_codes[cells].tolist()
        counts = self.cell_counts[cells].tolist()
        return {(t, c): n for t, c, n in zip(truths, codes, counts, strict=True)}

    @property
    def pool_skill(self) -> float:
        return self.model.pool_skill(self.correct, self.total, self.n_classes)

    # --- derived, computed once -------------------------------------------------------------

    @property
    def params(self) -> dict[str, Any]:
        return self.model.to_params()

    @property
    def is_wide(self) -> bool:
        """Whether classes nobody voted for on an item share one score."""
        return self.n_classes > WIDE_CLASSES

    @cached_property
    def log_prior(self) -> FloatArray:
        return self.model.log_prior(self.class_mass)

    @cached_property
    def _index(self) -> dict[int, int]:
        return {int(key): index for index, key in enumerate(self.labeler_keys)}

    @property
    def n_labelers(self) -> int:
        return len(self.labeler_keys)

    @cached_property
    def skills_and_pool(self) -> FloatArray:
        """Skills (L + 1,); the last is the pool's, for labelers the fit does not know."""
        skills = self.model.skills(self.correct, self.total, self.n_classes)
        return np.append(skills, self.pool_skill)

    @cached_property
    def log_unvoted(self) -> FloatArray:
        """log P(vote | a class nobody named) (L + 1,)."""
        return np.log(unvoted_probability(self.model, self.skills_and_pool, self.n_classes))

    @cached_property
    def pool_counts(self) -> FloatArray:
        """Confusion counts of all labelers (K, K) [truth, vote]; few classes only."""
        cell = self.cell_truths.astype(np.int64) * self.n_classes + self.cell_codes
        counts = tally(cell, self.cell_counts, self.n_classes**2)
        return counts.reshape(self.n_classes, self.n_classes)

    @cached_property
    def pool_rows(self) -> FloatArray:
        return self.model.pool_rows(self.pool_counts)

    @cached_property
    def full_weights(self) -> FloatArray:
        return self.model.full_weights(self.pool_counts)

    @cached_property
    def cell_keys(self) -> KeyArray:
        """(labeler, vote, truth) of the cells as one number, ascending."""
        pair = self.cell_labelers.astype(np.int64) * self.n_classes + self.cell_codes
        return np.asarray(pair * self.n_classes + self.cell_truths, dtype=np.int64)

    @cached_property
    def row_totals(self) -> tuple[KeyArray, FloatArray]:
        """(labeler, truth) as one number, ascending, and the count of its row."""
        keys = self.cell_labelers.astype(np.int64) * self.n_classes + self.cell_truths
        return scoring.row_sums(keys, self.cell_counts)

    @cached_property
    def dense_row_totals(self) -> FloatArray:
        """Counts per labeler and truth (L + 1, K), the pool's last; few classes only."""
        key = self.cell_labelers.astype(np.int64) * self.n_classes + self.cell_truths
        own = tally(key, self.cell_counts, self.n_labelers * self.n_classes)
        return np.vstack([own.reshape(-1, self.n_classes), self.pool_counts.sum(axis=1)])

    # --- copies and JSON --------------------------------------------------------------------

    def with_temperature(self, temperature: float, **notes: Any) -> CategoricalFit:
        """The same fit with calibrated confidence; raises ValueError unless finite and > 0."""
        if not (math.isfinite(temperature) and temperature > 0):
            raise ValueError("temperature must be finite and positive")
        return replace(self, temperature=float(temperature), notes={**self.notes, **notes})

    def to_json(self) -> dict[str, Any]:
        """A JSON document; arrays as base64 of little-endian bytes, so that floats stay exact."""
        arrays = {name: _pack(getattr(self, name), kind) for name, kind in ARRAYS.items()}
        return {
            "format": FORMAT,
            "method": self.method,
            "params": self.params,
            "n_classes": self.n_classes,
            "temperature": self.temperature,
            "iterations": self.iterations,
            "converged": self.converged,
            "notes": dict(self.notes),
            **arrays,
        }

    @staticmethod
    def from_json(document: Mapping[str, Any]) -> CategoricalFit:
        """The fit that `to_json` wrote; raises ValueError for another format."""
        if document.get("format") != FORMAT:
            raise ValueError(f"unknown fit format {document.get('format')!r}")
        arrays = {name: _unpack(document[name], kind) for name, kind in ARRAYS.items()}
        return CategoricalFit(
            method=document["method"],
            model=LabelerModel(**document["params"]),
            n_classes=document["n_classes"],
            temperature=document["temperature"],
            iterations=document["iterations"],
            converged=document["converged"],
            notes=document["notes"],
            **arrays,
        )


ARRAYS = {
    "labeler_keys": "<i8",
    "correct": "<f8",
    "total": "<f8",
    "class_mass": "<f8",
    "cell_labelers": "<i4",
    "cell_codes": "<i4",
    "cell_truths": "<i4",
    "cell_counts": "<f8",
}


def _pack(values: npt.NDArray[Any], kind: str) -> str:
    return base64.b64encode(np.ascontiguousarray(values, dtype=kind).tobytes()).decode("ascii")


def _unpack(text: str, kind: str) -> Any:
    native = np.dtype(kind).newbyteorder("=")
    return np.frombuffer(base64.b64decode(text), dtype=kind).astype(native)
