"""Copies of a dataset's own pictures, made to learn how far apart its duplicates would be."""

import io
from collections.abc import Callable, Iterator

import numpy as np
from PIL import Image

from active_learning.learning.images import Grey

Picture = Image.Image
FEWEST_PIXELS = 4


def copies(grey: Grey) -> Iterator[Grey]:
    """(h, w) grey levels -> the same picture as a careless hand would save it once more."""
    picture = Image.fromarray(np.rint(np.clip(grey, 0, 1) * 255).astype(np.uint8))
    for change in CHANGES:
        yield np.asarray(change(picture), np.float32) / np.float32(255)


def _as_jpeg(picture: Picture, quality: int = 60) -> Picture:
    file = io.BytesIO()
    picture.save(file, "JPEG", quality=quality)
    return Image.open(file).convert("L")


def _scaled(picture: Picture, by: float) -> Picture:
    width, height = (max(FEWEST_PIXELS, round(side * by)) for side in picture.size)
    return picture.resize((width, height), Image.Resampling.BICUBIC)


def _shifted(picture: Picture, right: int, down: int) -> Picture:
    levels = np.pad(np.asarray(picture), 1, mode="edge")
    height, width = levels.shape[0] - 2, levels.shape[1] - 2
    top, left = 1 - down, 1 - right
    return Image.fromarray(np.ascontiguousarray(levels[top : top + height, left : left + width]))


def _smaller(picture: Picture) -> Picture:
    return _scaled(picture, 0.8)


def _larger(picture: Picture) -> Picture:
    return _scaled(picture, 1.5)


def _moved(picture: Picture) -> Picture:
    return _shifted(picture, -1, 1)


def _all_of_it(picture: Picture) -> Picture:
    return _as_jpeg(_scaled(_shifted(picture, 1, 1), 0.8), 70)


CHANGES: tuple[Callable[[Picture], Picture], ...] = (
    _as_jpeg,
    _smaller,
    _larger,
    _moved,
    _all_of_it,
)
