"""K-means for a few thousand short vectors: Lloyd's steps from k-means++ starts."""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

Vectors = NDArray[np.float32]
Labels = NDArray[np.int64]

STEPS = 25
STARTS = 3


@dataclass(frozen=True)
class Clusters:
    """`centres` (k, d), `labels` (n,) nearest centre of each, `distances` (n,) squared."""

    centres: Vectors
    labels: Labels
    distances: NDArray[np.float64]


def k_means(vectors: NDArray[np.floating[Any]], count: int, seed: int) -> Clusters:
    """The tightest of a few runs (Lloyd 1982; Arthur and Vassilvitskii 2007).

    `vectors` (n, d) with n >= 1; `count` is cut to n.
    """
    points = np.ascontiguousarray(vectors, np.float32)
    count = min(count, len(points))
    rng = np.random.default_rng(seed)
    runs = [_lloyd(points, plus_plus(points, count, rng)) for _ in range(STARTS)]
    return min(runs, key=lambda run: float(run.distances.sum()))


def plus_plus(points: Vectors, count: int, rng: np.random.Generator) -> Vectors:
    """`count` starting centres, each drawn far from those before."""
    chosen = [int(rng.integers(len(points)))]
    nearest = squared_distances(points, points[chosen])[:, 0]
    while len(chosen) < count:
        total = float(nearest.sum())
        if total <= 0:  # all points are taken: equal points are left
            chosen.append(int(rng.integers(len(points))))
            continue
        place = int(np.searchsorted(np.cumsum(nearest), rng.random() * total, side="right"))
        chosen.append(min(place, len(points) - 1))
        new = squared_distances(points, points[chosen[-1:]])[:, 0]
        nearest = np.minimum(nearest, new)
    return points[chosen]


def squared_distances(
    left: NDArray[np.floating[Any]], right: NDArray[np.floating[Any]]
) -> NDArray[np.float64]:
    """(n, d) and (m, d) -> (n, m), never negative."""
    lengths = (left.astype(np.float64) ** 2).sum(axis=1)[:, None]
    others = (right.astype(np.float64) ** 2).sum(axis=1)[None]
    return np.asarray(np.maximum(lengths + others - 2 * (left @ right.T), 0), np.float64)


def _lloyd(points: Vectors, centres: Vectors) -> Clusters:
    labels = np.full(len(points), -1, np.int64)
    for _ in range(STEPS):
        distances = squared_distances(points, centres)
        nearest = distances.argmin(axis=1)
        if (nearest == labels).all():
            break
        labels = nearest
        centres = _means(points, labels, centres)
    distances = squared_distances(points, centres)
    labels = distances.argmin(axis=1)
    return Clusters(centres, labels, distances[np.arange(len(points)), labels])


def _means(points: Vectors, labels: Labels, centres: Vectors) -> Vectors:
    """Mean of each cluster; an empty one keeps its centre."""
    order = np.argsort(labels, kind="stable")
    present, starts = np.unique(labels[order], return_index=True)
    sums = np.add.reduceat(points[order].astype(np.float64), starts, axis=0)
    counts = np.diff(np.append(starts, len(points)))
    moved = centres.copy()
    moved[present] = sums / counts[:, None]
    return moved
