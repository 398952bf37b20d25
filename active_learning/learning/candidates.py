"""Which pairs of many vectors are worth a closer look: cosines above a bound, tile by tile."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from active_learning.learning.feature_store import CHUNK
from active_learning.learning.principal_components import PrincipalComponents, fit

Vectors = NDArray[np.float32]
Pairs = NDArray[np.int64]
Places = NDArray[np.int32]
Found = tuple[Places, Places, Vectors]

LENGTH = 64  # components that vectors are compared by
FITTED_ON = 4_096
CROWDED = 16_384  # in a tile, for each neighbour: then they are sorted out at once
TILE = 2_048  # rows and columns of cosines in memory at once: 16 MB


def components(vectors: Vectors, seed: int = 0) -> PrincipalComponents:
    """Axes to compare (n, d) vectors by, from a sample that is the same every time."""
    rng = np.random.default_rng(seed)
    sample = np.sort(rng.permutation(len(vectors))[:FITTED_ON])
    return fit(np.asarray(vectors[sample], np.float32), LENGTH, seed)


def compared(vectors: Vectors, axes: PrincipalComponents) -> Vectors:
    """(n, d) -> (n, LENGTH) of unit length; those that are all mean are 0."""
    short = np.empty((len(vectors), axes.axes.shape[1]), np.float32)
    for start in range(0, len(vectors), CHUNK):
        part = np.asarray(vectors[start : start + CHUNK], np.float32)
        short[start : start + CHUNK] = axes.project(part)
    lengths = np.linalg.norm(short, axis=1, keepdims=True)
    return np.asarray(short / np.maximum(lengths, 1e-6), np.float32)


def pairs_above(vectors: Vectors, least: float, most: int) -> Pairs:
    """(n, d) unit vectors -> (m, 2) pairs a < b with a cosine of `least` or more, each among the
    `most` nearest of a or of b; in ascending order."""
    best = np.full((len(vectors), most), least, np.float32)  # of each one so far, the least first
    found = [(np.zeros(0, np.int32), np.zeros(0, np.int32), np.zeros(0, np.float32))]
    for top in range(0, len(vectors), TILE):
        for left in range(top, len(vectors), TILE):
            cosines = vectors[top : top + TILE] @ vectors[left : left + TILE].T
            if top == left:
                cosines[np.tril_indices(len(cosines))] = -2
            above = cosines >= best[top : top + TILE, :1]
            above |= cosines >= best[None, left : left + TILE, 0]
            place = np.flatnonzero(above)
            if len(place) > CROWDED * most:
                place = np.flatnonzero(above & _near_in_tile(cosines, most))
            alike = cosines.reshape(-1)[place]
            one, other = np.divmod(place.astype(np.int32), np.int32(cosines.shape[1]))
            one, other = one + np.int32(top), other + np.int32(left)
            _keep_best(best, one, other, alike)
            found.append((one, other, alike))
        found = [_still_best(best, found)]
    return _nearest(*found[0], most)


def _near_in_tile(cosines: Vectors, most: int) -> NDArray[np.bool_]:
    """Whether each is among the `most` nearest of its row or its column of this tile."""
    if min(cosines.shape) <= most:
        return np.ones(cosines.shape, bool)
    rows = np.partition(cosines, -most, axis=1)[:, -most]
    columns = np.partition(cosines, -most, axis=0)[-most]
    return np.asarray((cosines >= rows[:, None]) | (cosines >= columns[None]))


def _keep_best(best: Vectors, one: Places, other: Places, alike: Vectors) -> None:
    """Put new cosines among the best of both ends; (n, most) in ascending order, in place."""
    most = best.shape[1]
    ends, both = np.concatenate([one, other]), np.concatenate([alike, alike])
    order = np.lexsort((-both, ends))
    ends, both = ends[order], both[order]
    members, first = np.unique(ends, return_index=True)
    rank = np.arange(len(ends)) - np.repeat(first, np.diff(np.append(first, len(ends))))
    near = rank < most
    fresh = np.full((len(members), most), -2, np.float32)
    fresh[np.repeat(np.arange(len(members)), np.diff(np.append(first, len(ends))))[near],
          rank[near]] = both[near]  # fmt: skip
    joined = np.concatenate([best[members], fresh], axis=1)
    joined.sort(axis=1)
    best[members] = joined[:, most:]


def _still_best(best: Vectors, found: Sequence[Found]) -> Found:
    """Leave out what closer ones have come before, so that memory stays flat."""
    one, other, alike = (np.concatenate(column) for column in zip(*found, strict=True))
    keep = alike >= np.minimum(best[one, 0], best[other, 0])
    return one[keep], other[keep], alike[keep]


def _nearest(one: Places, other: Places, alike: Vectors, most: int) -> Pairs:
    """Keep a pair that is among the `most` nearest of either end."""
    keep = np.zeros(len(one), bool)
    ends, both = np.concatenate([one, other]), np.concatenate([alike, alike])
    order = np.lexsort((-both, ends))
    first = np.searchsorted(ends[order], ends[order], side="left")
    near = order[np.arange(len(order)) - first < most]
    keep[near % max(len(one), 1)] = True
    pairs = np.stack([one[keep], other[keep]], axis=1).astype(np.int64)
    return pairs[np.lexsort((pairs[:, 1], pairs[:, 0]))]
