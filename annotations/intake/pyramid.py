"""Arithmetic of tiles: a very large picture in halves of its size, each cut into squares.

Level 0 holds all pixels; each further level is half of the one before, rounded up, down to the
first that the screen's rendition is large enough for, which is not cut any more.
"""

from __future__ import annotations

from dataclasses import dataclass

from annotations.intake.picture import SCREEN_SIDE

TILE_SIDE = 512
# As one file, pictures above this would take a browser 160 MB and more to hold.
TILED_PIXELS = 40_000_000


@dataclass(frozen=True)
class Level:
    """One size of the picture: pixels across and down, and so many tiles."""

    width: int
    height: int

    @property
    def columns(self) -> int:
        return -(-self.width // TILE_SIDE)

    @property
    def rows(self) -> int:
        return -(-self.height // TILE_SIDE)

    @property
    def tiles(self) -> int:
        return self.columns * self.rows

    def box(self, column: int, row: int) -> tuple[int, int, int, int]:
        """Return a tile's left, top, right and bottom, in pixels of this level."""
        left, top = column * TILE_SIDE, row * TILE_SIDE
        return left, top, min(left + TILE_SIDE, self.width), min(top + TILE_SIDE, self.height)


def needs_tiles(width: int, height: int) -> bool:
    """Whether a picture of this size is shown in tiles."""
    return width * height > TILED_PIXELS


def levels_of(width: int, height: int) -> list[Level]:
    """Return the sizes that are cut into tiles, the largest first."""
    levels = []
    while max(width, height) > SCREEN_SIDE:
        levels.append(Level(width, height))
        width, height = -(-width // 2), -(-height // 2)
    return levels


def place_of(levels: list[Level], level: int, column: int, row: int) -> int | None:
    """Return a tile's place among all, level by level and row by row; None if there is none."""
    if not 0 <= level < len(levels):
        return None
    here = levels[level]
    if not (0 <= column < here.columns and 0 <= row < here.rows):
        return None
    return sum(before.tiles for before in levels[:level]) + row * here.columns + column
