"""Items -> vectors of one kind, out of the feature store where it has them."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from active_learning.learning.datasets.snapshot import Item
from active_learning.learning.errors import ImageUnreadable
from active_learning.learning.feature_store import FeatureStore
from active_learning.learning.features import hog, hog_length
from active_learning.learning.images import Grey, read_grey
from active_learning.learning.pictures import bring
from active_learning.learning.transforms import Canvas, Preparation, choose_preparation, look

Vectors = NDArray[np.float32]
Indices = NDArray[np.int64]
Pieces = Iterator[tuple[Indices, Vectors]]
Complain = Callable[[str], None]

DECODE_CHUNK = 2048
SERVE_CHUNK = 8192
JOINED_CHUNK = 32768
PREPARATION_SAMPLE = 200


def _ignore(message: str) -> None:
    """Nobody wants to hear about unreadable pictures."""


@dataclass(frozen=True)
class Cache:
    """`folder` is where feature stores are, or None; `complain` hears one sentence for every
    picture that cannot be read."""

    folder: Path | None = None
    complain: Complain = _ignore


class ItemSource(Protocol):
    """One kind of vector for the pictures of items.

    Values are rounded to float16 whether they come from a store or not, so that a cached
    vector and a fresh one are the same.
    """

    @property
    def length(self) -> int:
        """Numbers per vector."""
        ...

    def pieces(self, items: Sequence[Item], cache: Cache) -> Pieces:
        """(indices, vectors) of the readable items, piecewise, so that memory stays flat."""
        ...


class Source(ItemSource, Protocol):
    """One that looks at canvases prepared in one way, so that loose pictures have it too."""

    @property
    def preparation(self) -> Preparation:
        """How pictures become canvases."""
        ...

    def compute(self, canvases: Canvas) -> Vectors:
        """(n, size, size) canvases -> (n, length) float32."""
        ...


def load(source: ItemSource, items: Sequence[Item], cache: Cache) -> tuple[Indices, Vectors]:
    """Indices of the readable items, (m,), ascending, and their vectors, (m, length)."""
    indices, vectors = [np.zeros(0, np.int64)], [np.zeros((0, source.length), np.float32)]
    for some, values in source.pieces(items, cache):
        indices.append(some)
        vectors.append(values)
    return np.concatenate(indices), np.concatenate(vectors)


@dataclass(frozen=True)
class HogSource:
    """Histograms of oriented gradients."""

    preparation: Preparation

    @property
    def length(self) -> int:
        return hog_length(self.preparation.size)

    def compute(self, canvases: Canvas) -> Vectors:
        return rounded(hog(canvases))

    def pieces(self, items: Sequence[Item], cache: Cache) -> Pieces:
        def fresh(wanted: Indices) -> Pieces:
            for some, canvases in decoded(items, wanted, self.preparation, cache.complain):
                yield some, self.compute(canvases)

        return cached(f"hog-{self.preparation.name}", self.length, items, cache, fresh)


@dataclass(frozen=True)
class CanvasSource:
    """The canvases themselves, flattened."""

    preparation: Preparation

    @property
    def length(self) -> int:
        return self.preparation.size**2

    def compute(self, canvases: Canvas) -> Vectors:
        return rounded(canvases.reshape(len(canvases), -1))

    def pieces(self, items: Sequence[Item], cache: Cache) -> Pieces:
        def fresh(wanted: Indices) -> Pieces:
            for some, canvases in decoded(items, wanted, self.preparation, cache.complain):
                yield some, self.compute(canvases)

        return cached(f"canvas-{self.preparation.name}", self.length, items, cache, fresh)


@dataclass(frozen=True)
class LookSource:
    """What preparation takes away: level of the ground, and the ink's level against it."""

    @property
    def length(self) -> int:
        return len(look(np.zeros((8, 8), np.float32)))

    def pieces(self, items: Sequence[Item], cache: Cache) -> Pieces:
        def fresh(wanted: Indices) -> Pieces:
            for some, looks in read(items, wanted, look, cache.complain):
                yield some, rounded(looks)

        return cached("look", self.length, items, cache, fresh)


@dataclass(frozen=True)
class JoinedSource:
    """Several kinds side by side, of one preparation."""

    parts: tuple[Source, ...]

    @property
    def preparation(self) -> Preparation:
        return self.parts[0].preparation

    @property
    def length(self) -> int:
        return sum(part.length for part in self.parts)

    def compute(self, canvases: Canvas) -> Vectors:
        return np.concatenate([part.compute(canvases) for part in self.parts], axis=1)

    def pieces(self, items: Sequence[Item], cache: Cache) -> Pieces:
        for start in range(0, len(items), JOINED_CHUNK):
            some = items[start : start + JOINED_CHUNK]
            loaded = [load(part, some, cache) for part in self.parts]
            # A file that vanishes between two parts is missing from the whole.
            common = loaded[0][0]
            for indices, _ in loaded[1:]:
                common = np.intersect1d(common, indices)
            rows = [values[np.isin(indices, common)] for indices, values in loaded]
            yield common + start, np.concatenate(rows, axis=1)


def cached(
    name: str,
    length: int,
    items: Sequence[Item],
    cache: Cache,
    fresh: Callable[[Indices], Pieces],
) -> Pieces:
    """Pieces out of the store `name`, after `fresh` has supplied what is missing there."""
    if cache.folder is None:
        yield from fresh(np.arange(len(items)))
        return
    store = FeatureStore(cache.folder, name, length)
    hashes = [item.sha256 for item in items]
    rows = store.rows(hashes)
    if (rows < 0).any():
        for some, values in fresh(np.flatnonzero(rows < 0)):
            store.add([hashes[index] for index in some], values)
        rows = store.rows(hashes)
    there = np.flatnonzero(rows >= 0)
    for start in range(0, len(there), SERVE_CHUNK):
        some = there[start : start + SERVE_CHUNK]
        yield some, store.take(rows[some])


def decoded(
    items: Sequence[Item], wanted: Indices, preparation: Preparation, complain: Complain
) -> Iterator[tuple[Indices, Canvas]]:
    """Canvases of the wanted items that can be read, piecewise."""
    return read(items, wanted, preparation.canvas, complain)


def read(
    items: Sequence[Item],
    wanted: Indices,
    see: Callable[[Grey], NDArray[np.float32]],
    complain: Complain,
) -> Pieces:
    """What `see` makes of the grey levels of the wanted items that can be read, piecewise."""
    for start in range(0, len(wanted), DECODE_CHUNK):
        readable, seen = [], []
        some = wanted[start : start + DECODE_CHUNK]
        bring([items[index].file for index in some])
        for index in some:
            try:
                seen.append(see(read_grey(items[index].file)))
                readable.append(index)
            except ImageUnreadable as error:
                complain(f"item {items[index].id} is left out: {error}")
        if readable:
            yield np.asarray(readable, np.int64), np.stack(seen)


def rounded(vectors: Vectors) -> Vectors:
    """What the store would give back."""
    return vectors.astype(np.float16).astype(np.float32)


def preparation_for(items: Sequence[Item]) -> Preparation:
    """Ink or photo, from a sample that stays the same while the set grows slowly.

    The pictures with the smallest hashes are asked, so labels and ids play no part.
    """
    sample = sorted(items, key=lambda item: item.sha256)[:PREPARATION_SAMPLE]
    bring([item.file for item in sample])
    greys = []
    for item in sample:
        try:
            greys.append(read_grey(item.file))
        except ImageUnreadable:
            continue  # reported when its vector is asked for
    return choose_preparation(greys)
