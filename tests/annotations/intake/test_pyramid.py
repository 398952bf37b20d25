"""Arithmetic of tiles: which sizes there are, and that tiles cover each of them once."""

from __future__ import annotations

import pytest

from annotations.intake.pyramid import TILE_SIDE, Level, levels_of, needs_tiles, place_of


def test_levels_halve_until_the_screens_rendition_is_large_enough() -> None:
    assert levels_of(8000, 6000) == [Level(8000, 6000), Level(4000, 3000)]
    assert levels_of(8001, 5001) == [Level(8001, 5001), Level(4001, 2501), Level(2001, 1251)][:2]
    assert levels_of(2048, 2048) == []


@pytest.mark.parametrize(("size", "tiled"), [((8000, 5000), False), ((8001, 5000), True)])
def test_only_more_than_forty_million_pixels_need_tiles(size: tuple[int, int], tiled: bool) -> None:
    assert needs_tiles(*size) is tiled


def test_the_tiles_of_a_level_cover_each_pixel_once() -> None:
    level = Level(1100, 530)
    boxes = [level.box(column, row) for row in range(level.rows) for column in range(level.columns)]
    assert len(boxes) == level.tiles == 6
    assert sum((right - left) * (below - top) for left, top, right, below in boxes) == 1100 * 530
    assert boxes[0] == (0, 0, TILE_SIDE, TILE_SIDE)
    assert boxes[-1] == (1024, 512, 1100, 530)


def test_every_tile_has_a_place_of_its_own_and_nothing_else_has_one() -> None:
    levels = levels_of(8000, 6000)
    places = [
        place_of(levels, number, column, row)
        for number, level in enumerate(levels)
        for row in range(level.rows)
        for column in range(level.columns)
    ]
    assert places == list(range(16 * 12 + 8 * 6))
    for wrong in [(2, 0, 0), (0, 16, 0), (0, 0, 12), (1, 8, 0), (-1, 0, 0), (0, -1, 0)]:
        assert place_of(levels, *wrong) is None
