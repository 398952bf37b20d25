"""Votes in, as arrays: the table every categorical consensus method reads."""

from __future__ import annotations

from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Protocol

import numpy as np
import numpy.typing as npt
from scipy import sparse

if TYPE_CHECKING:
    from annotations.consensus.fit import CategoricalFit

IntArray = npt.NDArray[np.int32]
KeyArray = npt.NDArray[np.int64]
FloatArray = npt.NDArray[np.float64]
Known = tuple[npt.ArrayLike, npt.ArrayLike]
Params = Mapping[str, Any]


@dataclass(frozen=True)
class VoteTable:
    """Integer-coded votes on one question.

    items, labelers, codes: int32 (V,), the item index in [0, n_items), the index into
    `labeler_keys`, and the class in [0, n_classes). labeler_keys: int64 (L,), the caller's own
    ids. weights: float64 (V,) >= 0 or None for ones; a vote of weight w counts as w votes.
    A labeler may vote on an item more than once. log_priors: float64 (n_items, K) or None: what
    was known of an item before its votes, in place of the classes' frequencies; NaN rows where
    nothing was. With many classes (where a table has no dense rows) they are not looked at.
    """

    items: IntArray
    labelers: IntArray
    codes: IntArray
    n_items: int
    labeler_keys: KeyArray
    n_classes: int
    weights: FloatArray | None = None
    log_priors: FloatArray | None = None

    def __post_init__(self) -> None:
        for name in ("items", "labelers", "codes"):
            object.__setattr__(self, name, np.asarray(getattr(self, name), dtype=np.int32))
        object.__setattr__(self, "labeler_keys", np.asarray(self.labeler_keys, dtype=np.int64))
        if self.weights is not None:
            object.__setattr__(self, "weights", np.asarray(self.weights, dtype=np.float64))
        self._check()

    def _check(self) -> None:
        if self.n_classes < 1:
            raise ValueError("n_classes must be at least 1")
        if not (len(self.items) == len(self.labelers) == len(self.codes)):
            raise ValueError("items, labelers and codes must have the same length")
        _check_range("items", self.items, self.n_items)
        _check_range("labelers", self.labelers, len(self.labeler_keys))
        _check_range("codes", self.codes, self.n_classes)
        if len(np.unique(self.labeler_keys)) != len(self.labeler_keys):
            raise ValueError("labeler_keys must be distinct")
        if self.weights is not None and (
            self.weights.shape != self.items.shape
            or not np.isfinite(self.weights).all()
            or (self.weights < 0).any()
        ):
            raise ValueError("weights must be finite, not negative, and one per vote")
        if self.log_priors is not None and self.log_priors.shape != (self.n_items, self.n_classes):
            raise ValueError("priors must have a row per item and a column per class")

    def __len__(self) -> int:
        return len(self.items)

    @property
    def n_labelers(self) -> int:
        return len(self.labeler_keys)

    def vote_weights(self) -> FloatArray:
        """Weights (V,), ones where none were given."""
        return np.ones(len(self)) if self.weights is None else self.weights

    def canonical(self) -> VoteTable:
        """The same votes ordered by item, labeler key, code and weight.

        Methods start from this, so that equal sets of votes give equal bits in whatever order
        they came.
        """
        rank = np.argsort(self.labeler_keys, kind="stable")
        place = np.empty(len(rank), dtype=np.int32)
        place[rank] = np.arange(len(rank), dtype=np.int32)
        pair = place[self.labelers].astype(np.int64) * self.n_classes + self.codes
        key = self.items.astype(np.int64) * (self.n_labelers * self.n_classes) + pair
        if self.weights is None and np.all(key[1:] >= key[:-1]):
            order: Any = slice(None)
        else:
            order = self._order(pair)
        return replace(
            self,
            items=self.items[order],
            labelers=place[self.labelers[order]],
            codes=self.codes[order],
            labeler_keys=self.labeler_keys[rank],
            weights=None if self.weights is None else self.weights[order],
        )

    def _order(self, pair: KeyArray) -> npt.NDArray[Any]:
        """Votes by item, then pair (labeler and code), then weight: least significant first."""
        order = np.arange(len(self)) if self.weights is None else np.argsort(self.weights)
        order = order[_stable_order(pair[order], self.n_labelers * self.n_classes)]
        return np.asarray(order[_stable_order(self.items[order], self.n_items)])

    @staticmethod
    def encode(
        items: Sequence[Hashable],
        labelers: Sequence[int],
        labels: Sequence[str],
        *,
        classes: Sequence[str] | None = None,
        weights: Sequence[float] | None = None,
    ) -> tuple[VoteTable, list[Hashable], list[str]]:
        """Code raw votes; returns the table, the item of each index and the class of each code.

        Items (and classes, unless given) are numbered in sorted order, never in order of arrival.
        Raises ValueError for a label that is not among the given classes.
        """
        item_keys: list[Hashable] = sorted(set(items), key=_sort_key)
        names = sorted(set(labels)) if classes is None else list(classes)
        item_index = {key: index for index, key in enumerate(item_keys)}
        class_index = {name: index for index, name in enumerate(names)}
        unknown = set(labels) - set(class_index)
        if unknown:
            raise ValueError(f"labels that are not among the classes: {sorted(unknown)[:5]}")
        keys, labeler_index = np.unique(np.asarray(labelers, dtype=np.int64), return_inverse=True)
        table = VoteTable(
            np.array([item_index[item] for item in items], dtype=np.int32),
            labeler_index.astype(np.int32),
            np.array([class_index[label] for label in labels], dtype=np.int32),
            len(item_keys),
            keys,
            max(len(names), 1),
            None if weights is None else np.asarray(weights, dtype=np.float64),
        )
        return table, item_keys, names


def _stable_order(keys: npt.NDArray[Any], size: int) -> npt.NDArray[Any]:
    """Stable argsort of keys in [0, size); by counting, half the time of a sort, where it can be.

    Turning a matrix with one entry per row from rows to columns is a counting sort in C.
    """
    n = len(keys)
    if n == 0 or size > 4 * n + 1000:
        return np.argsort(keys, kind="stable")
    ones = np.ones(n, dtype=np.int8)
    by_row = sparse.csr_array(
        (ones, keys.astype(np.int32), np.arange(n + 1, dtype=np.int32)), shape=(n, size)
    )
    return np.asarray(by_row.tocsc().indices)


def _sort_key(value: Hashable) -> tuple[str, Any]:
    return type(value).__name__, value


def _check_range(name: str, values: IntArray, limit: int) -> None:
    if len(values) and (int(values.min()) < 0 or int(values.max()) >= limit):
        raise ValueError(f"{name} must lie in [0, {limit})")


def known_arrays(known: Known | None, votes: VoteTable) -> tuple[IntArray, IntArray]:
    """Certain items as (item indices, class codes), sorted by item.

    Raises ValueError when an item is given twice with different classes or lies outside the table.
    """
    if known is None:
        return np.zeros(0, np.int32), np.zeros(0, np.int32)
    items = np.asarray(known[0], dtype=np.int32)
    codes = np.asarray(known[1], dtype=np.int32)
    if items.shape != codes.shape:
        raise ValueError("known items and codes must have the same length")
    _check_range("known items", items, votes.n_items)
    _check_range("known codes", codes, votes.n_classes)
    unique, first = np.unique(items, return_index=True)
    settled = np.zeros(votes.n_items, dtype=np.int32)
    settled[unique] = codes[first]
    if np.any(settled[items] != codes):
        raise ValueError("a known item has two different classes")
    return unique.astype(np.int32), codes[first]


class CategoricalMethod(Protocol):
    """Votes on one question of few or many classes, to a fit that scores any ballot.

    `fit` ignores the order of votes (bit for bit), is repeatable without a seed, and accepts any
    legal table, an empty one too. known: items whose class is certain (adjudications, gold).
    start: an earlier fit, for a refit in fewer iterations. params: overrides of the method's own
    parameters; an unknown name raises ValueError.
    """

    name: str

    def fit(
        self,
        votes: VoteTable,
        *,
        known: Known | None = None,
        start: CategoricalFit | None = None,
        params: Params | None = None,
    ) -> CategoricalFit: ...


def add_priors(scores: FloatArray, own: FloatArray | None, log_prior: FloatArray) -> None:
    """Add to scores (n, K), in place, each item's own log prior or, where NaN, the classes'."""
    scores += log_prior if own is None else np.where(np.isnan(own), log_prior, own)


def tally(index: npt.NDArray[Any], weights: FloatArray, size: int) -> FloatArray:
    """Sum of the weights at each index, floats (size,)."""
    return np.asarray(np.bincount(index, weights=weights, minlength=size), dtype=np.float64)
