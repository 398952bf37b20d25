"""What is known of a picture that was checked; no decoder is loaded to speak of it."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Picture:
    """An accepted picture.

    `width` and `height` are pixels of the original as it is shown, so after EXIF orientation.
    `thumb` (longest side at most 192) and `screen` (at most 2048) are encoded files; `screen` is
    None where the thumb already holds every pixel, unscaled and lossless. A plain PNG has neither:
    what is shown of it is written from the original when it is asked for (`plain_png`).
    """

    media_type: str
    width: int
    height: int
    warnings: tuple[str, ...]
    thumb: bytes
    screen: bytes | None


@dataclass(frozen=True)
class Page:
    """A page of a document as a file of its own: png, jpg or tif; pages count from 1."""

    number: int
    suffix: str
    data: bytes


SCREEN_SIDE = 2048


def exceeds_screen(width: int, height: int) -> bool:
    """Whether the screen rendition has fewer pixels than the picture."""
    return max(width, height) > SCREEN_SIDE
