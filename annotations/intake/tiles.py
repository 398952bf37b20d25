"""Cut a very large picture into the tiles of its pyramid. Runs in the checking processes."""

from __future__ import annotations

from annotations.intake.images import encode_jpeg, open_upright, to_eight_bit
from annotations.intake.limits import DEFAULT, Limits
from annotations.intake.pyramid import levels_of


def cut_tiles(data: bytes, limits: Limits = DEFAULT) -> list[bytes]:
    """Return all tiles as JPEG, level by level and row by row; raises Refusal.

    Upright, sRGB and without metadata. At most the picture and its half are held at once.
    """
    picture = to_eight_bit(open_upright(data, limits), [])
    tiles: list[bytes] = []
    for number, level in enumerate(levels_of(*picture.size)):
        if number:
            picture = picture.reduce(2)
        tiles += [
            encode_jpeg(picture.crop(level.box(column, row)), 90)
            for row in range(level.rows)
            for column in range(level.columns)
        ]
    return tiles
