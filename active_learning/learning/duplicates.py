"""Near-duplicates: distances between pictures -> groups of copies, by a bound that is calibrated.

How far apart copies are differs from set to set, and so does how much its pictures resemble each
other anyway. So the bound comes from copies of the set's own pictures, and a pair counts only where
a gap follows: the next picture is several times further away. Ones of a hundred hands are all close
to each other, a copy is close to one.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from active_learning.learning.images import Grey
from active_learning.learning.likeness import Distances, distances, plane, shape_for

Pairs = NDArray[np.int64]
Indices = NDArray[np.int64]

FOUND = 0.95  # share of the copies within the bound
LEAST, MOST = 0.0005, 0.01  # bounds of the bound
GAP = 4.0  # times as far is the first picture that is no copy
SURE = 8.0  # the bound divided by this needs no gap


@dataclass(frozen=True)
class Calibration:
    """`bound` of the distance of copies; `copies` that it comes from."""

    bound: float
    copies: int

    @property
    def sure(self) -> float:
        """Pictures this close are copies, however many others are."""
        return self.bound / SURE


def calibrate(greys: Sequence[Grey], copied: Sequence[Sequence[Grey]]) -> Calibration:
    """n pictures and the copies of each -> the bound that holds most of the copies."""
    apart = [np.zeros(0, np.float32)]
    for grey, others in zip(greys, copied, strict=True):
        shape = shape_for(*grey.shape)
        own = np.stack([plane(grey, shape)] * len(others))
        apart.append(distances(own, np.stack([plane(other, shape) for other in others])))
    found = np.concatenate(apart)
    found = found[found < 1]  # of blank paper no copy is told
    bound = float(np.quantile(found, FOUND)) if len(found) else LEAST
    return Calibration(float(np.clip(bound, LEAST, MOST)), len(found))


def copies_among(
    pairs: Pairs, apart: Distances, count: int, known: Calibration
) -> NDArray[np.bool_]:
    """(m, 2) pairs of `count` pictures and their (m,) distances -> (m,) whether they are copies.

    A gap must follow at both ends, unless the two are surely the same.
    """
    reach = _reach(pairs, apart, count, known)
    within = apart <= np.minimum(reach[pairs[:, 0]], reach[pairs[:, 1]])
    return np.asarray((apart <= known.sure) | ((apart <= known.bound) & within))


def _reach(pairs: Pairs, apart: Distances, count: int, known: Calibration) -> Distances:
    """(count,) distance up to which a picture's neighbours are its copies, -1 where there is none.

    The last neighbour within the bound that a gap follows.
    """
    reach = np.full(count, -1, np.float32)
    ends = np.concatenate([pairs[:, 0], pairs[:, 1]])
    both = np.concatenate([apart, apart])
    order = np.lexsort((both, ends))
    ends, both = ends[order], both[order]
    following = np.append(both[1:], np.inf)
    following[:-1][ends[1:] != ends[:-1]] = np.inf
    gap = following >= GAP * np.maximum(both, known.sure)
    last = gap & (both <= known.bound)
    # In ascending order, so the furthest one is written last.
    reach[ends[last]] = both[last]
    return reach


def groups_of(pairs: Pairs, count: int) -> Indices:
    """(m, 2) pairs of copies -> (count,) the smallest member of each picture's group."""
    head = np.arange(count)

    def top(place: int) -> int:
        while head[place] != place:
            head[place] = head[head[place]]
            place = int(head[place])
        return place

    for one, other in pairs:
        first, second = sorted((top(int(one)), top(int(other))))
        head[second] = first
    return np.asarray([top(place) for place in range(count)], np.int64)
