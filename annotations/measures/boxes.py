"""Boxes: overlap, matching, and the distance of two answers."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from scipy.optimize import linear_sum_assignment

from annotations.measures.geometry import FloatArray


@dataclass(frozen=True)
class Box:
    """x, y: upper left corner, image pixels; width, height > 0; label: a class name."""

    x: float
    y: float
    width: float
    height: float
    label: str = ""

    def edges(self) -> tuple[float, float, float, float]:
        """Left, top, right, bottom."""
        return self.x, self.y, self.x + self.width, self.y + self.height

    def order(self) -> tuple[float, float, float, float, str]:
        """A sort key that tells all different boxes apart."""
        return *self.edges(), self.label

    @staticmethod
    def from_json(entry: Mapping[str, Any]) -> Box:
        """The box of one entry of an answer {"boxes": [...]}."""
        return Box(entry["x"], entry["y"], entry["width"], entry["height"], entry["label"])

    def to_json(self) -> dict[str, Any]:
        """One entry of an answer {"boxes": [...]}, without attributes."""
        return {
            "label": self.label,
            "x": self.x,
            "y": self.y,
            "width": self.width,
            "height": self.height,
        }


def overlap_matrix(first: FloatArray, second: FloatArray) -> FloatArray:
    """Intersection over union (n, m) of edges (n, 4) and (m, 4)."""
    low = np.maximum(first[:, None, :2], second[None, :, :2])
    high = np.minimum(first[:, None, 2:], second[None, :, 2:])
    common = np.prod(np.maximum(high - low, 0.0), axis=2)
    area = [np.prod(edges[:, 2:] - edges[:, :2], axis=1) for edges in (first, second)]
    union = area[0][:, None] + area[1][None, :] - common
    return np.asarray(np.where(union > 0, common / np.maximum(union, 1e-300), 0.0))


def edges_of(boxes: Sequence[Box]) -> FloatArray:
    """Edges (n, 4) of boxes."""
    return np.array([box.edges() for box in boxes], dtype=np.float64).reshape(-1, 4)


def match(overlap: FloatArray, least: float) -> list[tuple[int, int]]:
    """One-to-one pairs of greatest total overlap, each of at least `least`."""
    wanted = np.where(overlap >= least, overlap, 0.0)
    rows, columns = linear_sum_assignment(-wanted)
    return [(int(i), int(j)) for i, j in zip(rows, columns, strict=True) if wanted[i, j] > 0]


def box_distance(first: Sequence[Box], second: Sequence[Box]) -> float:
    """1 - (summed overlap of matched boxes of equal label) / (larger number of boxes)."""
    if not first or not second:
        return float(bool(first) != bool(second))
    same = np.array([[a.label == b.label for b in second] for a in first])
    overlap = np.where(same, overlap_matrix(edges_of(first), edges_of(second)), 0.0)
    total = math.fsum(overlap[i, j] for i, j in match(overlap, 1e-9))
    return min(max(1.0 - total / max(len(first), len(second)), 0.0), 1.0)
