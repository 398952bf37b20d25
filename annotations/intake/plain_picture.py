"""Check small PNG files that are pixels and nothing else: where they are, no decoder is loaded.

What unpacks them is zlib, told how many bytes may come out, as for the entries of a ZIP archive.
"""

from __future__ import annotations

from annotations.intake.limits import DEFAULT, Limits
from annotations.intake.picture import Picture
from annotations.intake.pixel_limits import hold_to_limits
from annotations.intake.plain_png import plain_size
from annotations.intake.refusals import Refusal

_MOST = 1 << 16  # bytes of a file that is looked at in the importing process


def plain_picture(data: bytes, limits: Limits = DEFAULT) -> Picture | None:
    """Return a plain PNG as the picture that it is, None for any other file; raises Refusal."""
    size = plain_size(data)
    if size is None:
        return None
    hold_to_limits(size, limits)
    return Picture("image/png", *size, (), b"", None)


def plain_answer(data: bytes, limits: Limits = DEFAULT) -> Picture | Refusal | None:
    """Return what becomes of a small plain PNG; None where a checking process must look."""
    if len(data) > min(_MOST, limits.max_bytes):
        return None
    try:
        return plain_picture(data, limits)
    except Refusal as refusal:
        return refusal
