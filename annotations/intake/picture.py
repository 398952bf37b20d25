"""What is known of a picture that was checked; no decoder is loaded to speak of it."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Picture:
    """An accepted picture.

    `width` and `height` are pixels of the original as it is shown, so after EXIF orientation.
    `thumb` (longest side at most 192) and `screen` (at most 2048) are encoded files; `screen` is
    None where the thumb already holds every pixel, unscaled and lossless.
    """

    media_type: str
    width: int
    height: int
    warnings: tuple[str, ...]
    thumb: bytes
    screen: bytes | None
