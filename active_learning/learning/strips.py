"""Pictures of words -> strips of their ink alone -> vectors that keep what stands where."""

from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image
from scipy import ndimage

from active_learning.learning.images import Grey

HEIGHT, WIDTH = 40, 160
CELL = 8
ORIENTATIONS = 8
INK = 0.25  # of the darkest ink, from which a pixel counts
CHUNK = 256
LENGTH = (HEIGHT // CELL) * (WIDTH // CELL) * ORIENTATIONS + 3

Strip = NDArray[np.float32]
Vectors = NDArray[np.float32]


def see(levels: Grey) -> Strip:
    """Grey levels of any size -> (HEIGHT * WIDTH + 1,): the ink of the text scaled to the strip,
    and its width over its height; zeros where there is no ink."""
    ink = np.abs(levels - np.median(levels))
    empty = np.zeros(HEIGHT * WIDTH + 1, np.float32)
    if ink.max() < 0.08:
        return empty
    ink /= max(float(np.percentile(ink[ink > 0], 99)), 1e-6)
    ink = np.clip(ink, 0.0, 1.0) * text_only(ink > INK)
    rows, columns = np.flatnonzero(ink.any(axis=1)), np.flatnonzero(ink.any(axis=0))
    if len(rows) < 3 or len(columns) < 3:
        return empty
    cut = ink[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1]
    image = Image.fromarray((cut * 255).astype(np.uint8))
    strip = np.asarray(image.resize((WIDTH, HEIGHT), Image.Resampling.BILINEAR), np.float32) / 255
    return np.append(strip.ravel(), np.float32(cut.shape[1] / cut.shape[0]))


def text_only(mask: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """The mask (h, w) without ruled lines, remains at the border, and specks far from the text."""
    parts, count = ndimage.label(mask, np.ones((3, 3)))
    if not count:
        return mask
    boxes = np.array(
        [(y.start, y.stop, x.start, x.stop) for y, x in ndimage.find_objects(parts)], np.float64
    )
    area = np.bincount(parts.ravel(), minlength=count + 1)[1:]
    keep = _is_stroke(boxes, area, mask.shape)
    if keep.any():
        keep &= ~_is_far(boxes, area, keep)
    return np.asarray(np.concatenate([[False], keep])[parts])


def _is_stroke(
    boxes: NDArray[np.float64], area: NDArray[Any], shape: tuple[int, ...]
) -> NDArray[np.bool_]:
    top, bottom, left, right = boxes.T
    height, width = bottom - top, right - left
    line = ((height <= 3) & (width >= 12)) | ((width <= 3) & (height >= 30))
    at_border = (top <= 1) | (bottom >= shape[0] - 1) | (left <= 1) | (right >= shape[1] - 1)
    return np.asarray(~line & ~((np.minimum(height, width) <= 4) & at_border) & (area >= 4))


def _is_far(
    boxes: NDArray[np.float64], area: NDArray[Any], keep: NDArray[np.bool_]
) -> NDArray[np.bool_]:
    """Small parts above, below or beside the band in which the large ones stand."""
    top, bottom, left, right = boxes.T
    large = keep & (area >= 0.15 * area[keep].max())
    size = float(np.median((bottom - top)[large]))
    middle = (top + bottom) / 2
    line = float(np.average(middle[keep], weights=area[keep]))
    beside = (right < left[large].min() - size) | (left > right[large].max() + size)
    return np.asarray(((np.abs(middle - line) > 1.6 * size) | beside) & ~large)


def describe(strips: Strip) -> Vectors:
    """(n, HEIGHT * WIDTH + 1) -> (n, LENGTH): orientations of the ink cell by cell, rooted
    (Arandjelovic and Zisserman 2012), and how long the text is."""
    vectors = np.empty((len(strips), LENGTH), np.float32)
    for start in range(0, len(strips), CHUNK):
        part = strips[start : start + CHUNK]
        cells = _cells(part[:, :-1].reshape(-1, HEIGHT, WIDTH))
        cells /= np.sqrt((cells**2).sum(axis=1, keepdims=True) + 1e-6)
        long = part[:, -1:]
        sizes = np.hstack([long, np.sqrt(long), long**2 / 10]) * 0.1
        vectors[start : start + CHUNK] = np.hstack([np.sqrt(cells), sizes])
    return vectors


def _cells(strips: Strip) -> Vectors:
    down, right = np.zeros_like(strips), np.zeros_like(strips)
    down[:, 1:-1] = strips[:, 2:] - strips[:, :-2]
    right[:, :, 1:-1] = strips[:, :, 2:] - strips[:, :, :-2]
    size = np.hypot(down, right)
    turn = np.floor(np.arctan2(down, right) * ORIENTATIONS / np.pi).astype(int) % ORIENTATIONS
    shape = (len(strips), HEIGHT // CELL, CELL, WIDTH // CELL, CELL)
    parts = [(size * (turn == k)).reshape(shape).sum(axis=(2, 4)) for k in range(ORIENTATIONS)]
    return np.stack(parts, axis=-1).reshape(len(strips), -1).astype(np.float32)
