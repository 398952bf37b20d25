"""Masks to outlines: the edges of each class's regions, in pixels, few points where few will do.

Runs in the checking processes, as all decoding does. Pixels that touch, if only by their corners,
are one region: thin strokes stay whole. An outline runs between pixels, with the region on its
right, so that its points are corners of pixels and filling it again gives the region.
"""

from __future__ import annotations

import json
from collections import defaultdict
from typing import Any

import numpy as np
import numpy.typing as npt

from annotations.intake.images import open_upright
from annotations.intake.limits import DEFAULT, Limits
from annotations.intake.refusals import Refusal
from annotations.measures.geometry import area as area_of
from annotations.measures.geometry import thinned

Corner = tuple[int, int]
Loop = list[Corner]
Points = npt.NDArray[np.float64]
BACKGROUND = 0
TOLERANCE = 1.0  # pixels that an outline may lie off the edge: the steps of a slanted one are gone
MOST_POINTS = 2_000
MOST_CLASSES = 1_000
MOST_REGIONS = 5_000
MOST_STEPS = 2_000_000
LEAST_LIKENESS = 0.9  # of the areas before and after; smaller regions keep all their corners
_INDEXED = ("1", "L", "P", "I", "I;16")


def trace_mask(data: bytes, limits: Limits = DEFAULT) -> bytes:
    """Return a mask's regions as JSON.

    `{"width", "height", "indexed", "regions": [{"value", "points": [[x, y], ...]}]}`; a value is
    the number of a class or, where `indexed` is false, a colour as 0xRRGGBB. Zero is background.
    Raises Refusal where the picture cannot be decoded, or is no mask.
    """
    picture = open_upright(data, limits)
    indexed = picture.mode in _INDEXED
    values = _numbers(np.asarray(picture if indexed else picture.convert("RGB")))
    found = [int(value) for value in np.unique(values) if value != BACKGROUND]
    if len(found) > MOST_CLASSES:
        raise Refusal("format_invalid", f"It has {len(found):,} values; that is no mask.")
    regions: list[dict[str, Any]] = []
    for value in found:
        regions += [{"value": value, "points": ring} for ring in outlines_of(values == value)]
        if len(regions) > MOST_REGIONS:
            raise Refusal("polygon_too_many_points", "The mask has too many separate regions.")
    size = {"width": picture.width, "height": picture.height}
    return json.dumps({**size, "indexed": indexed, "regions": regions}).encode()


def _numbers(pixels: npt.NDArray[Any]) -> npt.NDArray[np.int64]:
    whole = pixels.astype(np.int64)
    if whole.ndim == 2:
        return whole
    return (whole[..., 0] << 16) | (whole[..., 1] << 8) | whole[..., 2]


def outlines_of(region: npt.NDArray[np.bool_]) -> list[list[list[float]]]:
    """Return an outline of [x, y] corners for each connected part of a (height, width) array.

    A hole is reached by a slit of no width, there and back.
    """
    loops = [_simplified(loop) for loop in _loops(region)]
    outer = [(points, area) for points, area in loops if area > 0]
    made = {number: points for number, (points, _) in enumerate(outer)}
    for hole, area in loops:
        if area < 0:
            number = _owner(hole, outer)
            made[number] = _with_slit(made[number], hole)
    return [points.tolist() for points in made.values()]


# ------------------------------------------------------------------------------------- edges


def _loops(region: npt.NDArray[np.bool_]) -> list[Loop]:
    """Follow the edges between region and rest; clockwise around it, the other way around holes."""
    ways = _steps(region)
    loops = []
    while ways:
        start = next(iter(ways))
        loop, at, came = [start], start, (0, 0)
        while True:
            at, came = _step(ways, at, came)
            if at == start:
                break
            loop.append(at)
        loops.append(_corners(loop))
    return loops


def _steps(region: npt.NDArray[np.bool_]) -> dict[Corner, list[Corner]]:
    """Return from which corner which ways lead on: steps of one pixel, the region on the right."""
    wide = np.pad(region, 1)
    inner = wide[1:-1, 1:-1]
    sides = (
        (~wide[:-2, 1:-1], (0, 0), (1, 0)),  # upper edge, to the right
        (~wide[1:-1, 2:], (1, 0), (0, 1)),  # right edge, down
        (~wide[2:, 1:-1], (1, 1), (-1, 0)),  # lower edge, to the left
        (~wide[1:-1, :-2], (0, 1), (0, -1)),  # left edge, up
    )
    ways: dict[Corner, list[Corner]] = defaultdict(list)
    count = 0
    for open_, (right, down), way in sides:
        rows, columns = np.nonzero(inner & open_)
        count += len(rows)
        if count > MOST_STEPS:
            raise Refusal("polygon_too_many_points", "The edges of the mask are too long.")
        for x, y in zip((columns + right).tolist(), (rows + down).tolist(), strict=True):
            ways[x, y].append(way)
    return ways


def _step(ways: dict[Corner, list[Corner]], at: Corner, came: Corner) -> tuple[Corner, Corner]:
    """Go one step; where two pixels touch by their corners, to the left, so that they join."""
    open_ = ways[at]
    left = (came[1], -came[0])
    way = left if left in open_ else open_[0]
    open_.remove(way)
    if not open_:
        del ways[at]
    return (at[0] + way[0], at[1] + way[1]), way


def _corners(loop: Loop) -> Loop:
    """Leave out the points between which an edge goes straight on."""
    kept = []
    for number, (x, y) in enumerate(loop):
        (x0, y0), (x1, y1) = loop[number - 1], loop[(number + 1) % len(loop)]
        if (x - x0, y - y0) != (x1 - x, y1 - y):
            kept.append((x, y))
    return kept


# ------------------------------------------------------------------------------- fewer points


def _simplified(loop: Loop) -> tuple[Points, float]:
    """Return a loop with few points and its signed area (positive: clockwise on the screen)."""
    points = np.array(loop, float)
    area = area_of(points)
    tolerance = TOLERANCE
    while True:
        fewer = thinned(points, tolerance)
        like = area_of(fewer) / area if len(fewer) > 2 else 0.0
        if len(points) <= MOST_POINTS and not LEAST_LIKENESS <= like <= 1 / LEAST_LIKENESS:
            return points, area
        if len(fewer) <= MOST_POINTS:
            return fewer, area
        tolerance *= 2


# --------------------------------------------------------------------------------------- holes


def _owner(hole: Points, outer: list[tuple[Points, float]]) -> int:
    """Return which outline a hole is in: the smallest that holds its points."""
    holding = [
        (area, number) for number, (points, area) in enumerate(outer) if _holds(points, hole)
    ]
    if not holding:  # simplified away from each other: the nearest one is it
        near = [float(_nearest(points, hole)[0]) for points, _ in outer]
        return int(np.argmin(near))
    return min(holding)[1]


def _holds(points: Points, hole: Points) -> bool:
    """Whether most of a hole's points lie inside an outline (even and odd crossings)."""
    x0, y0 = points.T
    x1, y1 = np.roll(points, -1, axis=0).T
    px, py = hole[:, :1], hole[:, 1:]
    crosses = (y0 > py) != (y1 > py)
    with np.errstate(divide="ignore", invalid="ignore"):
        at = x0 + (py - y0) * (x1 - x0) / (y1 - y0)
    inside = np.sum(crosses & (px < at), axis=1) % 2
    return bool(np.mean(inside) > 0.5)


def _nearest(points: Points, hole: Points) -> tuple[float, int, int]:
    apart = np.sum((points[:, None] - hole[None]) ** 2, axis=2)
    at, there = np.unravel_index(int(np.argmin(apart)), apart.shape)
    return float(apart[at, there]), int(at), int(there)


def _with_slit(points: Points, hole: Points) -> Points:
    _, at, there = _nearest(points, hole)
    around = np.roll(hole, -there, axis=0)
    return np.concatenate([points[: at + 1], around, around[:1], points[at:]])
