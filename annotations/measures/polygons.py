"""Polygons: overlap by area, and the distance of two answers."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from annotations.measures.boxes import match
from annotations.measures.geometry import FloatArray, Grid, fill

MATCH_CELLS = 256
Identity = tuple[tuple[tuple[float, float], ...], str]


@dataclass(frozen=True)
class Polygon:
    """points: (x, y) of at least three corners, image pixels, not closed; label: a class name."""

    points: tuple[tuple[float, float], ...]
    label: str = ""

    def array(self) -> FloatArray:
        return np.array(self.points, dtype=np.float64)

    def identity(self) -> Identity:
        """Equal for equal polygons, and sortable."""
        return self.points, self.label

    @staticmethod
    def from_json(entry: Mapping[str, Any]) -> Polygon:
        """The polygon of one entry of an answer {"polygons": [...]}."""
        return Polygon(tuple((float(x), float(y)) for x, y in entry["points"]), entry["label"])

    def to_json(self) -> dict[str, Any]:
        """One entry of an answer {"polygons": [...]}."""
        return {"label": self.label, "points": [[x, y] for x, y in self.points]}


def polygon_overlap(first: Sequence[Polygon], second: Sequence[Polygon]) -> FloatArray:
    """Intersection over union (n, m), on a grid fine enough for about a percent."""
    if not first or not second:
        return np.zeros((len(first), len(second)))
    grid = Grid.around(points_of([*first, *second]), MATCH_CELLS)
    masks = [
        np.array([fill(p.array(), grid).ravel() for p in shapes], dtype=np.float32)
        for shapes in (first, second)
    ]
    common = masks[0] @ masks[1].T
    areas = [mask.sum(axis=1) for mask in masks]
    union = areas[0][:, None] + areas[1][None, :] - common
    return np.asarray(np.where(union > 0, common / np.maximum(union, 1e-9), 0.0), dtype=float)


def polygon_distance(first: Sequence[Polygon], second: Sequence[Polygon]) -> float:
    """1 - (summed overlap of matched polygons of equal label) / (larger number of polygons)."""
    if not first or not second:
        return float(bool(first) != bool(second))
    if identities(first) == identities(second):
        return 0.0
    same = np.array([[a.label == b.label for b in second] for a in first])
    overlap = np.where(same, polygon_overlap(first, second), 0.0)
    total = math.fsum(overlap[i, j] for i, j in match(overlap, 1e-9))
    return min(max(1.0 - total / max(len(first), len(second)), 0.0), 1.0)


def identities(polygons: Sequence[Polygon]) -> list[Identity]:
    """Sorted identities: equal for equal sets of polygons."""
    return sorted(polygon.identity() for polygon in polygons)


def points_of(polygons: Sequence[Polygon]) -> FloatArray:
    """All corners (n, 2) of some polygons."""
    return np.vstack([polygon.array() for polygon in polygons])
