"""Items -> planes, the small whole pictures that copies are told by, out of the feature store."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from active_learning.learning.datasets.snapshot import Item
from active_learning.learning.datasets.sources import Cache, Indices, Pieces, cached, read
from active_learning.learning.images import Grey
from active_learning.learning.likeness import AREA, SHAPES, plane, shape_for


@dataclass(frozen=True)
class Planes:
    """The planes of n readable items: `index` (n,) which ones, `levels` (n, AREA), and `shape`
    (n,), the place of each one's shape in SHAPES."""

    index: Indices
    levels: NDArray[np.uint8]
    shape: NDArray[np.uint8]

    def of(self, rows: Indices) -> NDArray[np.uint8]:
        """(n,) rows of one shape -> (n, height, width)."""
        height, width = SHAPES[self.shape[rows[0]]][1:] if len(rows) else SHAPES[0][1:]
        return self.levels[rows].reshape(-1, height, width)


@dataclass(frozen=True)
class PlaneSource:
    """Levels of 0 to 255 and, last, the shape: whole numbers that float16 holds exactly."""

    @property
    def length(self) -> int:
        return AREA + 1

    def pieces(self, items: Sequence[Item], cache: Cache) -> Pieces:
        def fresh(wanted: Indices) -> Pieces:
            yield from read(items, wanted, see_plane, cache.complain)

        return cached("planes", self.length, items, cache, fresh)


def see_plane(grey: Grey) -> NDArray[np.float32]:
    """(h, w) grey levels -> (AREA + 1,)."""
    shape = shape_for(*grey.shape)
    place = next(at for at, (_, *known) in enumerate(SHAPES) if tuple(known) == shape)
    return np.append(plane(grey, shape).reshape(-1), place).astype(np.float32)


def load_planes(items: Sequence[Item], cache: Cache) -> Planes:
    """The planes of all items that can be read, a byte for each pixel."""
    index, levels, shape = [np.zeros(0, np.int64)], [np.zeros((0, AREA), np.uint8)], []
    for some, values in PlaneSource().pieces(items, cache):
        index.append(some)
        levels.append(values[:, :AREA].astype(np.uint8))
        shape.append(values[:, AREA].astype(np.uint8))
    return Planes(
        np.concatenate(index),
        np.concatenate(levels),
        np.concatenate([np.zeros(0, np.uint8), *shape]),
    )
