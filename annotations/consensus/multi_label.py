"""Several labels per item: one yes or no per (item, label), each labeler's skill shared by all.

A label that a labeler did not choose on an item he answered is a "no". One binary labeler model
serves all labels, so that rare labels borrow what is known of a labeler from common ones; how
often a label is true at all is its own prior, shrunk to the mean of all labels.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from scipy import sparse

from annotations.consensus.base import CategoricalMethod, FloatArray, IntArray, VoteTable
from annotations.consensus.fit import CategoricalFit, Skill
from annotations.consensus.half_half import HalfHalf
from annotations.consensus.merging import joint_confidence

FORMAT = 1
NO, YES = 0, 1
# Items that pull a label's rate to the mean rate of all labels.
PRIOR_ITEMS = 5.0
ROUNDS = 2


@dataclass(frozen=True)
class MultiLabelVotes:
    """items, labelers: int32 (A,), one row per answer; choices: for each answer the codes chosen
    (none is an answer too); labeler_keys: int64 (L,); codes lie in [0, n_labels). A fit takes
    memory for A * n_labels votes."""

    items: IntArray
    labelers: IntArray
    choices: Sequence[Sequence[int]]
    n_items: int
    labeler_keys: Sequence[int]
    n_labels: int

    def binary(self) -> VoteTable:
        """The votes as a table of two classes whose item is item * n_labels + label."""
        chosen = self.chosen()
        answers = len(self.items)
        items = np.repeat(np.asarray(self.items, dtype=np.int64) * self.n_labels, self.n_labels)
        items += np.tile(np.arange(self.n_labels), answers)
        return VoteTable(
            items.astype(np.int32),
            np.repeat(np.asarray(self.labelers, dtype=np.int32), self.n_labels),
            chosen.ravel().astype(np.int32),
            self.n_items * self.n_labels,
            np.asarray(self.labeler_keys, dtype=np.int64),
            2,
        )

    def chosen(self) -> FloatArray:
        """1 where an answer (A, n_labels) has a label; raises ValueError for an unknown code."""
        rows = np.repeat(np.arange(len(self.choices)), [len(codes) for codes in self.choices])
        columns = np.array([code for codes in self.choices for code in codes], dtype=np.int64)
        if len(columns) and not (columns.min() >= 0 and columns.max() < self.n_labels):
            raise ValueError(f"codes must lie in [0, {self.n_labels})")
        shape = (len(self.choices), self.n_labels)
        dense = sparse.coo_array((np.ones(len(rows)), (rows, columns)), shape=shape).toarray()
        return np.asarray(np.minimum(dense, 1.0))


@dataclass(frozen=True)
class MultiLabelVerdict:
    """codes: the labels that are more likely true than not; probability: of each label (K,);
    confidence: that the whole set is right; odds: log odds that each label is rightly given or
    not given, before any temperature (K,)."""

    codes: tuple[int, ...]
    probability: FloatArray
    confidence: float
    odds: tuple[float, ...] = ()


@dataclass(frozen=True)
class MultiLabelFit:
    """A binary labeler model and the log odds of each label being true (n_labels,)."""

    binary: CategoricalFit
    label_odds: FloatArray

    @property
    def n_labels(self) -> int:
        return len(self.label_odds)

    def merge(
        self,
        labeler_keys: Sequence[int],
        choices: Sequence[Sequence[int]],
        *,
        threshold: float = 0.5,
    ) -> MultiLabelVerdict:
        """The verdict on one item from its answers, whatever their order, in n_labels steps.

        threshold: the probability, before any temperature, above which a label is given.
        """
        ballot = sorted(
            (int(key), tuple(sorted(set(codes))))
            for key, codes in zip(labeler_keys, choices, strict=True)
        )
        odds = np.zeros(self.n_labels)
        for key, codes in ballot:
            no, yes = self._gain(key, NO), self._gain(key, YES)
            odds += no
            odds[list(codes)] += yes - no
        odds += self.label_odds
        given = odds > np.log(threshold / (1.0 - threshold))
        temperature = self.binary.temperature
        cooled = np.clip(odds / temperature, -700.0, 700.0)
        right = np.where(given, odds, -odds).tolist()
        return MultiLabelVerdict(
            tuple(np.flatnonzero(given).tolist()),
            np.asarray(1.0 / (1.0 + np.exp(-cooled))),
            joint_confidence(right, temperature),
            tuple(right),
        )

    def _gain(self, key: int, vote: int) -> float:
        """Log odds that one vote adds for "true"."""
        row = self.binary.log_row(key, vote)
        return float(row[YES] - row[NO])

    def skill(self, labeler_key: int) -> Skill:
        """Share of right yes and no votes, with interval."""
        return self.binary.skill(labeler_key)

    def with_temperature(self, temperature: float) -> MultiLabelFit:
        """The same fit with calibrated confidence."""
        return replace(self, binary=self.binary.with_temperature(temperature))

    def to_json(self) -> dict[str, Any]:
        """A JSON document that `from_json` reads back exactly."""
        return {
            "format": FORMAT,
            "binary": self.binary.to_json(),
            "label_odds": self.label_odds.tolist(),
        }

    @staticmethod
    def from_json(document: Mapping[str, Any]) -> MultiLabelFit:
        """The fit that `to_json` wrote; raises ValueError for another format."""
        if document.get("format") != FORMAT:
            raise ValueError(f"unknown fit format {document.get('format')!r}")
        odds = np.array(document["label_odds"], dtype=np.float64)
        return MultiLabelFit(CategoricalFit.from_json(document["binary"]), odds)


def fit_multi_label(
    votes: MultiLabelVotes,
    *,
    known: Mapping[int, Sequence[int]] | None = None,
    start: MultiLabelFit | None = None,
    method: CategoricalMethod | None = None,
) -> MultiLabelFit:
    """Learn labelers and label rates; known: item index -> its certain labels; method: what
    learns the labelers from a yes or no per item and label."""
    table = votes.binary()
    certain = _known_cells(known or {}, votes.n_labels)
    binary = (method or HalfHalf()).fit(
        table, known=certain, start=None if start is None else start.binary
    )
    posteriors = binary.posteriors(table, known=certain)[:, YES].reshape(-1, votes.n_labels)
    answered = np.bincount(votes.items, minlength=votes.n_items) > 0
    odds = np.zeros(votes.n_labels)
    for _ in range(ROUNDS):
        odds = _label_odds(posteriors[answered])
        posteriors = _with_odds(binary, table, votes.n_labels, odds)
        if certain is not None:
            posteriors.ravel()[certain[0]] = certain[1]
    return MultiLabelFit(binary, odds)


def _known_cells(
    known: Mapping[int, Sequence[int]], n_labels: int
) -> tuple[IntArray, IntArray] | None:
    """Known items as cells of the binary table."""
    if not known:
        return None
    items = np.array(sorted(known), dtype=np.int64)
    cells = (items[:, None] * n_labels + np.arange(n_labels)).ravel()
    codes = np.zeros((len(items), n_labels), dtype=np.int32)
    for row, item in enumerate(items):
        codes[row, list(known[int(item)])] = YES
    return cells.astype(np.int32), codes.ravel()


def _label_odds(posteriors: FloatArray) -> FloatArray:
    """Log odds (n_labels,) of each label, shrunk to the mean rate, from posteriors (items, K)."""
    if not len(posteriors):
        return np.zeros(posteriors.shape[1])
    mean = float(np.clip(posteriors.mean(), 1e-4, 1.0 - 1e-4))
    rate = (posteriors.sum(axis=0) + PRIOR_ITEMS * mean) / (len(posteriors) + PRIOR_ITEMS)
    return np.asarray(np.log(rate / (1.0 - rate)))


def _with_odds(
    binary: CategoricalFit, table: VoteTable, n_labels: int, odds: FloatArray
) -> FloatArray:
    """P(true) (items, K) when the binary model's one prior gives way to each label's own."""
    posteriors = np.clip(binary.posteriors(table), 1e-300, 1.0)
    evidence = np.log(posteriors[:, YES]) - np.log(posteriors[:, NO])
    evidence -= binary.log_prior[YES] - binary.log_prior[NO]
    total = evidence.reshape(-1, n_labels) + odds
    return np.asarray(1.0 / (1.0 + np.exp(-np.clip(total, -700.0, 700.0))))
