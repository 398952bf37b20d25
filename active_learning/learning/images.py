"""Image file -> small grey array; the first step of every feature and network."""

import warnings
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageOps

from active_learning.learning.errors import ImageUnreadable
from active_learning.learning.pictures import mend

FORMATS = ("JPEG", "PNG", "WEBP", "GIF", "BMP", "TIFF")
LONGEST_SIDE = 128  # no feature of whole pictures looks at finer detail
MAX_PIXELS = 200_000_000

Grey = NDArray[np.float32]
Seen = TypeVar("Seen")


def read_grey(path: str | Path, longest: int = LONGEST_SIDE) -> Grey:
    """Decode a picture to grey levels.

    Returns (height, width) float32 in 0..1 with the longest side at most `longest` pixels.
    Raises ImageUnreadable naming the file and the reason.
    """
    return _decoded(path, lambda image: _grey_levels(image, longest))


def open_upright(path: str | Path) -> Image.Image:
    """Decode a picture whole, turned as its EXIF says; raises ImageUnreadable as above."""
    return _decoded(path, _whole)


def _decoded(path: str | Path, see: Callable[[Image.Image], Seen]) -> Seen:
    try:
        return _opened(path, see)
    except ImageUnreadable:
        if not mend(Path(path)):
            raise
    return _opened(path, see)


def _opened(path: str | Path, see: Callable[[Image.Image], Seen]) -> Seen:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", Image.DecompressionBombWarning)
            with Image.open(path, formats=FORMATS) as image:
                return see(image)
    except ImageUnreadable as error:
        raise ImageUnreadable(f"{path}: {error}") from None
    except FileNotFoundError:
        raise ImageUnreadable(f"{path}: the file does not exist") from None
    except Exception as error:  # Pillow's decoders raise many kinds on torn files
        raise ImageUnreadable(f"{path}: {error or type(error).__name__}") from error


def _hold_to_limit(image: Image.Image) -> None:
    width, height = image.size
    if width * height > MAX_PIXELS:
        raise ImageUnreadable(f"{width} x {height} pixels are too many")


def _whole(image: Image.Image) -> Image.Image:
    _hold_to_limit(image)
    upright = _upright(image)
    upright.load()
    return upright


def _grey_levels(image: Image.Image, longest: int) -> Grey:
    _hold_to_limit(image)
    if image.format == "JPEG":
        # The decoder may skip detail that would be averaged away below.
        image.draft("L", (2 * longest, 2 * longest))
    levels = _to_levels(_upright(image))
    return _shrink(levels, longest)


def _upright(image: Image.Image) -> Image.Image:
    if image.format in ("JPEG", "TIFF", "WEBP") or "exif" in image.info:
        return ImageOps.exif_transpose(image)
    return image


def _to_levels(image: Image.Image) -> Grey:
    if image.mode == "L":
        return _scaled(np.asarray(image), 255)
    if image.mode.startswith("I;16"):
        return _scaled(np.asarray(image), 65535)
    if image.mode in ("I", "F"):
        return _stretch(np.asarray(image, dtype=np.float32))
    if "A" in image.getbands() or "transparency" in image.info:
        return _flatten(image.convert("LA"))
    return _scaled(np.asarray(image.convert("L")), 255)


def _scaled(values: NDArray[Any], full: int) -> Grey:
    return values.astype(np.float32) / np.float32(full)


def _stretch(values: Grey) -> Grey:
    finite = np.nan_to_num(values, posinf=0.0, neginf=0.0)
    low, high = float(finite.min()), float(finite.max())
    if low >= 0 and high <= 1:
        return finite
    if low >= 0 and high <= 65535:
        return finite / np.float32(255 if high <= 255 else 65535)
    return np.asarray((finite - np.float32(low)) / np.float32(high - low), np.float32)


def _flatten(image: Image.Image) -> Grey:
    """Lay a transparent picture on the paper that makes its ink visible."""
    level, alpha = np.moveaxis(np.asarray(image, dtype=np.float32) / 255, 2, 0)
    seen = float(alpha.sum())
    paper = 0.0 if seen and float((level * alpha).sum()) / seen > 0.5 else 1.0
    return np.asarray(level * alpha + paper * (1 - alpha), np.float32)


def _shrink(levels: Grey, longest: int) -> Grey:
    height, width = levels.shape
    if max(height, width) <= longest:
        return levels
    ratio = longest / max(height, width)
    size = (max(1, round(width * ratio)), max(1, round(height * ratio)))
    small = Image.fromarray(levels).resize(size, Image.Resampling.BOX)
    return np.asarray(small, dtype=np.float32)
