"""Plane geometry on grids: filling polygons, signed distance, contours, simplification."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy import ndimage

FloatArray = npt.NDArray[np.float64]
Mask = npt.NDArray[np.bool_]


@dataclass(frozen=True)
class Grid:
    """rows by columns cells of side `cell`, whose upper left corner lies at (x, y)."""

    x: float
    y: float
    cell: float
    rows: int
    columns: int

    @staticmethod
    def around(points: FloatArray, cells: int, margin: int = 3) -> Grid:
        """The grid over all points (n, 2), `cells` cells along the longer side, and a margin."""
        low, high = points.min(axis=0), points.max(axis=0)
        cell = max(float((high - low).max()) / cells, 1e-9)
        size = np.ceil((high - low) / cell).astype(int) + 2 * margin + 1
        x, y = (low - margin * cell).tolist()
        return Grid(x, y, cell, int(size[1]), int(size[0]))

    def to_grid(self, points: FloatArray) -> FloatArray:
        """Points (n, 2) in cells, cell centres at whole numbers."""
        return np.asarray((points - (self.x, self.y)) / self.cell - 0.5)

    def to_plane(self, points: FloatArray) -> FloatArray:
        """The inverse of `to_grid`."""
        return np.asarray((points + 0.5) * self.cell + (self.x, self.y))


def fill(points: FloatArray, grid: Grid) -> Mask:
    """Cells (rows, columns) whose centre lies inside the polygon (n, 2), by the even-odd rule."""
    corners = grid.to_grid(points)
    x0, y0 = corners.T
    x1, y1 = np.roll(corners, -1, axis=0).T
    row = np.arange(grid.rows)[:, None]
    crossing = (y0 <= row) != (y1 <= row)
    rows, edges = np.nonzero(crossing)
    slope = (x1 - x0)[edges] / (y1 - y0)[edges]
    x = x0[edges] + (rows - y0[edges]) * slope
    first = np.clip(np.ceil(x), 0, grid.columns).astype(int)
    flips = np.zeros((grid.rows, grid.columns + 1), dtype=np.int32)
    np.add.at(flips, (rows, first), 1)
    return np.asarray(np.cumsum(flips, axis=1)[:, :-1] % 2 == 1)


def signed_distance(mask: Mask) -> FloatArray:
    """Distance to the boundary in cells, positive inside."""
    inside = ndimage.distance_transform_edt(mask)
    outside = ndimage.distance_transform_edt(~mask)
    return np.asarray(np.where(mask, inside - 0.5, 0.5 - outside))


def contours(field: FloatArray) -> list[FloatArray]:
    """Closed curves (n, 2), as x and y in cells, where a field crosses 0; largest area first.

    Marching squares with linear interpolation; the border of the field counts as outside.
    """
    padded = np.pad(field, 1, constant_values=min(-1e-6, float(field.min())))
    follows = _segments(padded)
    loops: list[FloatArray] = []
    while follows:
        start = next(iter(follows))
        loop, here = [start], follows.pop(start)
        while here != start and here in follows:
            loop.append(here)
            here = follows.pop(here)
        loops.append(np.array(loop) - 1.0)
    return sorted(loops, key=lambda loop: -abs(area(loop)))


Point = tuple[float, float]
# Corners of a cell clockwise from the upper left, as (row, column) offsets.
CORNERS = ((0, 0), (0, 1), (1, 1), (1, 0))


def _segments(field: FloatArray) -> dict[Point, Point]:
    """Contour segments as start -> end, the inside always on the same hand."""
    inside = field > 0
    kind = sum(
        inside[r : r + field.shape[0] - 1, c : c + field.shape[1] - 1].astype(int) << i
        for i, (r, c) in enumerate(CORNERS)
    )
    follows: dict[Point, Point] = {}
    for row, column in np.argwhere((kind > 0) & (kind < 15)):
        corners = [(int(row) + r, int(column) + c) for r, c in CORNERS]
        signs = [bool(inside[corner]) for corner in corners]
        enter = [i for i in range(4) if signs[i] and not signs[(i + 1) % 4]]
        leave = [i for i in range(4) if not signs[i] and signs[(i + 1) % 4]]
        for i in enter:
            # From the edge where the inside ends to the next one, clockwise, where it begins.
            j = min(leave, key=lambda edge: (edge - i) % 4)
            follows[_crossing(field, corners, i)] = _crossing(field, corners, j)
    return follows


def _crossing(field: FloatArray, corners: list[tuple[int, int]], edge: int) -> Point:
    """Where the field is 0 between two corners, as (x, y); the same from both sides."""
    first, second = sorted((corners[edge], corners[(edge + 1) % 4]))
    a, b = float(field[first]), float(field[second])
    part = a / (a - b)
    row = first[0] + part * (second[0] - first[0])
    column = first[1] + part * (second[1] - first[1])
    return round(column, 9), round(row, 9)


def area(points: FloatArray) -> float:
    """Signed area of a polygon (n, 2)."""
    x, y = points.T
    return float(np.dot(x, np.roll(y, -1)) - np.dot(y, np.roll(x, -1))) / 2.0


def simplify(points: FloatArray, tolerance: float) -> FloatArray:
    """A closed curve (n, 2) with fewer points, none of the old ones further off than `tolerance`.

    Douglas and Peucker, Algorithms for the reduction of the number of points required to represent
    a digitized line or its caricature, Cartographica 10(2), 1973.
    """
    if len(points) < 5:
        return points
    kept = thinned(points, tolerance)
    return kept if len(kept) >= 3 else points


def thinned(points: FloatArray, tolerance: float) -> FloatArray:
    """The same, of as few points as it takes: maybe of two, where the curve is no wider."""
    far = int(np.argmax(((points - points[0]) ** 2).sum(axis=1)))
    closed = np.vstack([points, points[:1]])
    keep = np.zeros(len(closed), dtype=bool)
    keep[[0, far, len(points)]] = True
    stack = [(0, far), (far, len(points))]
    while stack:
        first, last = stack.pop()
        if last - first < 2:
            continue
        off = _distance_to_line(closed[first + 1 : last], closed[first], closed[last])
        worst = int(np.argmax(off))
        if off[worst] > tolerance:
            middle = first + 1 + worst
            keep[middle] = True
            stack += [(first, middle), (middle, last)]
    return closed[:-1][keep[:-1]]


def _distance_to_line(points: FloatArray, start: FloatArray, end: FloatArray) -> FloatArray:
    along = end - start
    length = float(np.hypot(*along))
    offset = points - start
    if length < 1e-12:
        return np.asarray(np.hypot(offset[:, 0], offset[:, 1]))
    return np.asarray(np.abs(offset[:, 0] * along[1] - offset[:, 1] * along[0]) / length)
