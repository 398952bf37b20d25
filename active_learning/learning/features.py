"""Canvases -> feature vectors: histograms of oriented gradients (Dalal and Triggs 2005)."""

import numpy as np
from numpy.typing import NDArray

from active_learning.learning.transforms import Canvas

ORIENTATIONS = 9
CELL = 4
BLOCK = 2
CHUNK = 256  # pictures at a time: keeps the work inside the processor's cache

Features = NDArray[np.float32]


def hog_length(size: int) -> int:
    """Length of the vector for canvases of `size` x `size` (1,296 for 28)."""
    blocks = size // CELL - BLOCK + 1
    return blocks * blocks * BLOCK * BLOCK * ORIENTATIONS


def hog(canvases: Canvas) -> Features:
    """(n, size, size) canvases -> (n, hog_length(size)) float32, blocks normalised by L2-Hys.

    Unsigned gradients, 4 x 4 cells, 2 x 2 blocks: the numbers of skimage.feature.hog.
    """
    count, size, _ = canvases.shape
    vectors = np.empty((count, hog_length(size)), np.float32)
    for start in range(0, count, CHUNK):
        part = canvases[start : start + CHUNK]
        vectors[start : start + CHUNK] = _normalised_blocks(_cells(part))
    return vectors


def _cells(canvases: Canvas) -> Features:
    """(n, size, size) -> (n, cells, cells, ORIENTATIONS) mean gradient magnitudes."""
    count, size, _ = canvases.shape
    down = np.zeros_like(canvases)
    right = np.zeros_like(canvases)
    down[:, 1:-1] = canvases[:, 2:] - canvases[:, :-2]
    right[:, :, 1:-1] = canvases[:, :, 2:] - canvases[:, :, :-2]
    magnitude = np.sqrt(down * down + right * right)
    angle = np.arctan2(down, right) * np.float32(ORIENTATIONS / np.pi)
    bins = np.floor(angle).astype(np.int64) % ORIENTATIONS
    side = size // CELL
    cell = np.arange(size) // CELL
    place = (cell[:, None] * side + cell[None, :]) * ORIENTATIONS
    index = bins + place + (np.arange(count) * side * side * ORIENTATIONS)[:, None, None]
    sums = np.bincount(
        index.ravel(), weights=magnitude.ravel(), minlength=count * side * side * ORIENTATIONS
    )
    cells = sums.reshape(count, side, side, ORIENTATIONS) / (CELL * CELL)
    return cells.astype(np.float32)


def _normalised_blocks(cells: Features) -> Features:
    """(n, cells, cells, orientations) -> (n, length), each 2 x 2 block of unit length."""
    count, side, _, _ = cells.shape
    last = side - BLOCK + 1
    corners = [cells[:, y : y + last, x : x + last] for y in range(BLOCK) for x in range(BLOCK)]
    blocks = np.stack(corners, axis=3).reshape(count, last * last, -1)
    blocks /= _length(blocks)
    np.minimum(blocks, np.float32(0.2), out=blocks)
    blocks /= _length(blocks)
    return blocks.reshape(count, -1)


def _length(blocks: Features) -> Features:
    squares = np.einsum("nbk,nbk->nb", blocks, blocks)
    lengths: Features = np.sqrt(squares + np.float32(1e-10))
    return lengths[:, :, None]
