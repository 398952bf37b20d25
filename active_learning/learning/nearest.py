"""Which pictures look like a given one: cosine similarity over stored features, no decoding."""

from pathlib import Path
from typing import NamedTuple

import numpy as np

from active_learning.learning.feature_store import CHUNK, FeatureStore, list_stores


class Neighbour(NamedTuple):
    """A picture by its SHA-256 (hex), and its cosine similarity, at most 1."""

    sha256: str
    similarity: float


def largest_store(folder: str | Path) -> FeatureStore | None:
    """Open the store of a folder that holds the most pictures; None while there is none.

    Of equally large ones, a trained encoder's comes before edge features.
    """
    stores = list(list_stores(folder))
    if not stores:
        return None
    largest = max(stores, key=lambda one: (one.vectors, not one.name.startswith("hog"), one.name))
    return FeatureStore(folder, largest.name, largest.length)


def nearest(store: FeatureStore, sha256: str, count: int) -> list[Neighbour]:
    """Return the `count` pictures most like one, itself left out; empty where it has no features.

    One pass over the store, a piece in memory at a time.
    """
    (row,) = store.rows([sha256])
    if row < 0:
        return []
    wanted = store.take(np.array([row]))[0]
    wanted /= max(float(np.linalg.norm(wanted)), 1e-12)
    rows = np.arange(len(store))
    living = store.living()
    best_rows, best = np.zeros(0, np.int64), np.zeros(0, np.float32)
    for start, piece in zip(range(0, len(rows), CHUNK), store.chunks(rows), strict=True):
        lengths = np.maximum(np.linalg.norm(piece, axis=1), 1e-12)
        alike = (piece @ wanted) / lengths
        alike[~living[start : start + len(piece)]] = -2.0  # less than any cosine
        best = np.concatenate([best, alike])
        best_rows = np.concatenate([best_rows, rows[start : start + len(piece)]])
        keep = np.argsort(-best, kind="stable")[: count + 1]
        best, best_rows = best[keep], best_rows[keep]
    others = (best_rows != row) & living[best_rows]
    hashes = store.hashes(best_rows[others][:count])
    return [
        Neighbour(name, min(1.0, round(float(value), 4)))
        for name, value in zip(hashes, best[others][:count], strict=True)
    ]
