"""How alike two pictures are, pixel by pixel: told apart from features that ignore small things.

Pictures are brought to small canvases of one of few shapes, blurred a little, and laid over each
other at every shift of up to MARGIN pixels. What is left is one less the highest normalised
cross-correlation (Lewis 1995), looked for between the pixels too, so that copies in another format,
size, brightness or place are nearly 0 apart, and other drawings are not.
"""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from active_learning.learning.images import Grey
from active_learning.learning.transforms import resize

Planes = NDArray[np.float32]
Distances = NDArray[np.float32]
Indices = NDArray[np.int64]

AREA = 1024  # pixels of a canvas, whatever its shape
MARGIN = 2
CHUNK = 512  # pairs laid over each other at a time
# What is further apart than this by whole pixels, and by halves, is no copy.
CLOSER_LOOKS = ((0.5, 0.08), (0.25, 0.04))
LEVELS = 255
# (largest height / width that it is for, height, width): long lines keep their words.
SHAPES = ((0.09, 8, 128), (0.35, 16, 64), (2.83, 32, 32), (11.3, 64, 16), (np.inf, 128, 8))


def shape_for(height: int, width: int) -> tuple[int, int]:
    """The canvas for a picture of so many pixels."""
    ratio = height / width
    return next((rows, columns) for most, rows, columns in SHAPES if ratio <= most)


def plane(grey: Grey, shape: tuple[int, int]) -> NDArray[np.uint8]:
    """(h, w) grey levels -> `shape`, the whole picture, from its darkest 0 to its brightest 255."""
    small = resize(grey, shape[1], shape[0])
    low, high = float(small.min()), float(small.max())
    spread = max(high - low, 1e-3)
    return np.asarray(np.rint((small - low) / spread * LEVELS), np.uint8)


def blurred(planes: NDArray[np.uint8]) -> Planes:
    """(n, h, w) -> the same, by a binomial filter of three in each direction."""
    # Sixteenths of a level, in whole numbers: exact, and four times as many at once as floats.
    padded = np.pad(planes.astype(np.uint16), ((0, 0), (1, 1), (1, 1)), mode="edge")
    rows = padded[:, :-2] + padded[:, 2:]
    rows += padded[:, 1:-1] << 1
    both = rows[:, :, :-2] + rows[:, :, 2:]
    both += rows[:, :, 1:-1] << 1
    return np.asarray(both * np.float32(1 / 16))


def distances(first: NDArray[np.uint8], second: NDArray[np.uint8]) -> Distances:
    """(n, h, w) and (n, h, w) planes -> (n,) distances, 0 for the same picture, at most 2."""
    places = np.arange(len(first))
    return distances_among(np.concatenate([first, second]), places, places + len(first))


def distances_among(planes: NDArray[np.uint8], first: Indices, second: Indices) -> Distances:
    """(p, h, w) planes and (n,) places of two in each pair -> (n,) distances, as `distances`."""
    found = [np.zeros(0, np.float32)]
    for start in range(0, len(first), CHUNK):
        # Pairs in ascending order have the same first plane many times over.
        heads, where = np.unique(first[start : start + CHUNK], return_inverse=True)
        one = blurred(planes[heads])[where]
        found.append(_laid_over(one, blurred(planes[second[start : start + CHUNK]])))
    return np.concatenate(found)


def _laid_over(one: Planes, other: Planes) -> Distances:
    alike, down, right = _best_whole_shift(one, other)
    places = np.stack([down, right], axis=1).astype(np.float32) - MARGIN
    for step, most in CLOSER_LOOKS:
        close = np.flatnonzero(alike > 1 - most)
        alike[close], places[close] = _finer(
            one[close], other[close], alike[close], places[close], step
        )
    return np.asarray(1 - alike, np.float32)


def _best_whole_shift(one: Planes, other: Planes) -> tuple[Distances, Indices, Indices]:
    """Highest correlation of the middle of one with a part of the other, and where that begins."""
    side = 2 * MARGIN + 1
    height, width = (length - 2 * MARGIN for length in one.shape[1:])
    middle = _standardised(one[:, MARGIN : MARGIN + height, MARGIN : MARGIN + width])
    middle = middle.reshape(-1, height, width)
    lengths = _lengths_of_parts(other, height, width)
    alike = np.empty((len(one), side, side), np.float32)
    for down in range(side):
        for right in range(side):
            part = other[:, down : down + height, right : right + width]
            # The middle has the mean 0, so the mean of the part plays no role.
            alike[:, down, right] = np.einsum("nij,nij->n", middle, part)
    alike /= lengths
    place = alike.reshape(len(one), -1).argmax(axis=1)
    best = alike.reshape(len(one), -1)[np.arange(len(one)), place]
    return best, place // side, place % side


def _lengths_of_parts(planes: Planes, height: int, width: int) -> Planes:
    """(n, h, w) -> (n, s, s) lengths, around their means, of the parts at every whole shift."""
    sums, squares = _sums_of_parts(planes), _sums_of_parts(planes**2)
    spread = squares - sums**2 / (height * width)
    return np.asarray(np.sqrt(np.maximum(spread, 1e-6)), np.float32)


def _sums_of_parts(planes: Planes) -> NDArray[np.float64]:
    columns = _sums_of_stretches(planes)
    return _sums_of_stretches(columns.transpose(0, 2, 1)).transpose(0, 2, 1)


def _sums_of_stretches(planes: NDArray[Any]) -> NDArray[np.float64]:
    """(n, h, w) -> (n, s, w) sums of the rows at every whole shift: what all have, and the rims."""
    rim = 2 * MARGIN
    last = planes.shape[1] - rim
    sums = np.zeros((len(planes), rim + 1, planes.shape[2]))
    sums += planes[:, rim:last].sum(axis=1, dtype=np.float64)[:, None]
    sums[:, 1:] += planes[:, last:].cumsum(axis=1, dtype=np.float64)
    sums[:, :-1] += planes[:, rim - 1 :: -1].cumsum(axis=1, dtype=np.float64)[:, ::-1]
    return sums


def _finer(
    one: Planes, other: Planes, alike: Distances, places: Planes, step: float
) -> tuple[Distances, Planes]:
    """Try the eight shifts around (n, 2) places, each half by one picture and half by the other.

    Both are then smoothed alike by what interpolates them, and their difference stays true.
    """
    best, where = alike.copy(), places.copy()
    for down in (-step, 0.0, step):
        for right in (-step, 0.0, step):
            moved = places + np.array([down, right], np.float32)
            half: Planes = (moved / 2).astype(np.float32)
            pair = _standardised(_moved(one, -half)), _standardised(_moved(other, half))
            found = np.einsum("nk,nk->n", *pair)
            better = found > best
            best[better], where[better] = found[better], moved[better]
    return best, where


def _moved(planes: Planes, places: Planes) -> Planes:
    """(n, h, w) -> its middle as seen (n, 2) pixels further down and right, bilinear."""
    count, height, width = planes.shape
    whole = np.floor(places).astype(np.int64)
    down, right = ((places - whole).astype(np.float32).T)[:, :, None, None]
    # Each one's middle with a row and a column more, in one piece out of the flat planes.
    begins = (np.arange(count) * height + MARGIN + whole[:, 0]) * width + MARGIN + whole[:, 1]
    rows, columns = np.arange(height - 2 * MARGIN + 1), np.arange(width - 2 * MARGIN + 1)
    window = (rows[:, None] * width + columns).reshape(-1)
    seen = planes.reshape(-1).take(begins[:, None] + window)
    seen = seen.reshape(count, len(rows), len(columns))
    seen = seen[:, :-1] + (seen[:, 1:] - seen[:, :-1]) * down
    return np.asarray(seen[:, :, :-1] + (seen[:, :, 1:] - seen[:, :, :-1]) * right)


def _standardised(part: Planes) -> Planes:
    """(n, h, w) -> (n, h * w) of mean 0 and length 1; an empty picture is 0 everywhere."""
    flat = part.reshape(len(part), part.shape[1] * part.shape[2])
    flat = flat - flat.mean(axis=1, keepdims=True)
    lengths = np.sqrt(np.einsum("nk,nk->n", flat, flat))
    return np.asarray(flat / np.maximum(lengths, 1e-3)[:, None], np.float32)
