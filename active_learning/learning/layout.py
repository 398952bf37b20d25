"""A map of pictures: vectors -> places in the plane, like next to like.

t-SNE (van der Maaten and Hinton 2008) of landmarks, since its time grows faster than the number of
pictures; every other picture is put among the landmarks that it is most like. All of it is the same
each time.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from sklearn.manifold import TSNE

from active_learning.learning.candidates import components

Vectors = NDArray[np.float32]
Indices = NDArray[np.int64]

LANDMARKS = 2_500
PERPLEXITY = 30.0
ITERATIONS = 500
NEIGHBOURS = 6  # landmarks that a picture is put among
CHUNK = 2_048
FULL = 65_535


@dataclass(frozen=True)
class Layout:
    """`places` (n, 2) of 0 to 65,535 in the plane, equal units in both directions."""

    places: NDArray[np.uint16]
    landmarks: int


def lay_out(vectors: Vectors, order: Indices, seed: int = 0) -> Layout:
    """(n, d) vectors -> their places. The first ones in `order`, (n,), are the landmarks."""
    if len(vectors) < 2:
        return Layout(np.full((len(vectors), 2), FULL // 2, np.uint16), len(vectors))
    axes = components(vectors, seed)
    chosen = np.sort(order[:LANDMARKS])
    short = axes.project(np.asarray(vectors[chosen], np.float32))
    known = _embedded(short, seed)
    places = np.empty((len(vectors), 2), np.float32)
    for start in range(0, len(vectors), CHUNK):
        part = np.asarray(vectors[start : start + CHUNK], np.float32)
        places[start : start + CHUNK] = _among(axes.project(part), short, known)
    places[chosen] = known
    return Layout(_whole_numbers(places), len(chosen))


def _embedded(short: Vectors, seed: int) -> Vectors:
    """(m, k) -> (m, 2), from the first two components on."""
    start = short[:, :2]
    if start.shape[1] < 2:
        start = np.pad(start, ((0, 0), (0, 2 - start.shape[1])))
    # As t-SNE wants it: small, so that the picture can unfold.
    begun = (start / max(float(start[:, 0].std()), 1e-6) * 1e-4).astype(np.float32)
    tsne = TSNE(
        perplexity=min(PERPLEXITY, max(1.0, (len(short) - 1) / 3)),
        init=begun,
        learning_rate="auto",
        max_iter=ITERATIONS,
        random_state=seed,
        n_jobs=1,
    )
    return np.asarray(tsne.fit_transform(short), np.float32)


def _among(part: Vectors, short: Vectors, known: Vectors) -> Vectors:
    """(n, k) -> (n, 2): the mean place of the nearest landmarks, the nearest ones counting most."""
    count = min(NEIGHBOURS, len(short))
    apart = (part**2).sum(axis=1)[:, None] + (short**2).sum(axis=1)[None] - 2 * part @ short.T
    near = np.argpartition(apart, count - 1, axis=1)[:, :count]
    squares = np.maximum(np.take_along_axis(apart, near, axis=1), 0)
    least = squares.min(axis=1, keepdims=True)
    scale = np.maximum(np.median(squares, axis=1, keepdims=True) - least, 1e-6)
    weights = np.exp(-3 * (squares - least) / scale)
    weights /= weights.sum(axis=1, keepdims=True)
    # The mean of two islands would lie in the sea between: stay with the island of the nearest.
    home = known[near[np.arange(len(part)), squares.argmin(axis=1)]]
    away = np.linalg.norm(known[near] - home[:, None], axis=2)
    reach = 0.1 * float(np.ptp(known, axis=0).max())
    weights = np.where(away <= reach, weights, 0)
    weights /= weights.sum(axis=1, keepdims=True)
    return np.asarray((known[near] * weights[:, :, None]).sum(axis=1), np.float32)


def _whole_numbers(places: Vectors) -> NDArray[np.uint16]:
    low, high = places.min(axis=0), places.max(axis=0)
    middle, side = (low + high) / 2, max(float((high - low).max()), 1e-6)
    return np.asarray(np.rint(((places - middle) / side + 0.5) * FULL).clip(0, FULL), np.uint16)


def kept_neighbours(vectors: Vectors, places: NDArray[np.uint16], count: int = 10) -> float:
    """Share of the nearest pictures that are among the nearest on the map too; of a sample."""
    rng = np.random.default_rng(0)
    sample = np.sort(rng.permutation(len(vectors))[:500])
    flat = places.astype(np.float32)
    high = np.asarray(vectors, np.float32)
    shares = []
    for row in sample:
        near = [
            set(np.argsort(((data - data[row]) ** 2).sum(axis=1), kind="stable")[1 : count + 1])
            for data in (high, flat)
        ]
        shares.append(len(near[0] & near[1]) / count)
    return float(np.mean(shares))
