"""What a query strategy is: predictions of a pool -> one score per item, higher served first."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

Scores = NDArray[np.float64]
Floats = NDArray[np.floating[Any]]
Indices = NDArray[np.int64]


@dataclass(frozen=True)
class Pool:
    """What a strategy may look at.

    `ids` (n,) name the items; `probabilities` (n, K) are the model's, rows summing to one;
    `features` (n, d) place the items in a space where near means alike; `samples` (T, n, K) are
    the probabilities of T draws of the model; `labeled` (n,) marks items that have a label
    already; `label_count` is how many labels there are in all, when not all are in the pool;
    `batch` is how many items will be served before the next scoring; `seed` feeds every draw.
    """

    ids: NDArray[np.int64]
    probabilities: Floats | None = None
    features: Floats | None = None
    samples: Floats | None = None
    labeled: NDArray[np.bool_] | None = None
    label_count: int | None = None
    batch: int = 100
    seed: int = 0

    def __len__(self) -> int:
        return len(self.ids)

    def need_probabilities(self) -> Floats:
        """The probabilities; ValueError when they are absent or of the wrong shape."""
        return self._checked("probabilities", self.probabilities, "the probabilities of a model")

    def need_features(self) -> Floats:
        """The features; ValueError when they are absent or of the wrong shape."""
        return self._checked("features", self.features, "features")

    def need_samples(self) -> Floats:
        """The sampled probabilities; ValueError when they are absent or of the wrong shape."""
        if self.samples is None:
            raise ValueError("this strategy needs samples of a model with dropout")
        if self.samples.ndim != 3 or self.samples.shape[1] != len(self):
            raise ValueError(f"samples {self.samples.shape} for {len(self)} items")
        return self.samples

    def open(self) -> Indices:
        """Indices of the items without a label."""
        if self.labeled is None:
            return np.arange(len(self))
        return np.flatnonzero(~self.labeled)

    def labels_known(self) -> int:
        """How many labels there are."""
        if self.label_count is not None:
            return self.label_count
        return 0 if self.labeled is None else int(self.labeled.sum())

    def part(self, indices: Indices) -> "Pool":
        """The pool of these items alone."""
        return replace(
            self,
            ids=self.ids[indices],
            probabilities=None if self.probabilities is None else self.probabilities[indices],
            features=None if self.features is None else self.features[indices],
            samples=None if self.samples is None else self.samples[:, indices],
            labeled=None if self.labeled is None else self.labeled[indices],
        )

    def _checked(self, name: str, values: Floats | None, wanted: str) -> Floats:
        if values is None:
            raise ValueError(f"this strategy needs {wanted}")
        if values.ndim != 2 or len(values) != len(self):
            raise ValueError(f"{name} {values.shape} for {len(self)} items")
        return values


class Strategy(Protocol):
    """A row of the table; stateless."""

    @property
    def name(self) -> str:
        """Its name in the table."""
        ...

    @property
    def needs(self) -> frozenset[str]:
        """What of a pool it looks at: "probabilities", "features", "samples"."""
        ...

    def score(self, pool: Pool) -> Scores:
        """(n,) finite scores in the order of `pool.ids`; higher is served first."""
        ...


class Picker(Protocol):
    """A strategy that chooses a batch together; the rest is ranked by something simpler."""

    def pick(self, pool: Pool) -> Sequence[int]:
        """Up to `pool.batch` indices of open items, first to serve first; ids are sorted."""
        ...


def score_picks(picker: Picker, pool: Pool, rest: Scores) -> Scores:
    """Picks score in (1, 2] by rank; all others `rest`, which must lie in 0..1.

    The picker sees the pool sorted by id, so the caller's order plays no part.
    """
    scores = np.clip(rest, 0, 1).astype(np.float64)
    if not len(pool):
        return scores
    order = np.argsort(pool.ids, kind="stable")
    picks = order[np.asarray(picker.pick(pool.part(order)), np.int64)]
    scores[picks] = 2 - np.arange(len(picks)) / max(len(picks), 1)
    return scores


def serving_order(ids: NDArray[np.int64], scores: Floats) -> Indices:
    """Indices from first to last served: by falling score, ties by rising id."""
    return np.lexsort((ids, -scores))
