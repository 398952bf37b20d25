"""Named points: the unit of error, and the distance of two answers."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from scipy.optimize import linear_sum_assignment

from annotations.measures.geometry import FloatArray

Place = tuple[float, float, int]  # x, y in image pixels; 0 absent, 1 occluded, 2 visible


@dataclass(frozen=True)
class Skeleton:
    """points: names in order. mirror: the other side of each point that has one, both ways.
    scale: two points whose distance is the unit of error (the eyes); else the extent is."""

    points: tuple[str, ...]
    mirror: Mapping[str, str] = field(default_factory=dict)
    scale: tuple[str, str] | None = None

    @staticmethod
    def from_json(schema: Mapping[str, Any]) -> Skeleton:
        """The skeleton of a label schema of keypoints."""
        points = schema["points"]
        scale = schema.get("scale")
        return Skeleton(
            tuple(point["name"] for point in points),
            {point["name"]: point["mirror"] for point in points if point.get("mirror")},
            None if scale is None else (scale[0], scale[1]),
        )

    def mirror_index(self) -> list[int]:
        place = {name: index for index, name in enumerate(self.points)}
        return [place[self.mirror.get(name, name)] for name in self.points]


@dataclass(frozen=True)
class Instance:
    """One annotated object: places by point name; a point left out counts as absent."""

    points: Mapping[str, Place]
    label: str = ""

    def order(self) -> tuple[str, list[tuple[str, Place]]]:
        """A sort key that tells all different instances apart."""
        return self.label, sorted(self.points.items())

    @staticmethod
    def from_json(entry: Mapping[str, Any]) -> Instance:
        """The instance of one entry of an answer {"instances": [...]}."""
        points = {name: (float(x), float(y), int(v)) for name, (x, y, v) in entry["points"].items()}
        return Instance(points, entry["label"])


def places(instance: Instance, skeleton: Skeleton) -> FloatArray:
    """Positions (P, 2) of an instance, NaN where a point is absent."""
    rows = [instance.points.get(name, (math.nan, math.nan, 0)) for name in skeleton.points]
    array = np.array([row[:2] for row in rows], dtype=np.float64).reshape(-1, 2)
    array[[row[2] == 0 for row in rows]] = np.nan
    return array


def scale_of(positions: FloatArray, skeleton: Skeleton) -> float:
    """The unit of error in pixels: distance of the scale points, else the extent; at least 1."""
    if skeleton.scale is not None:
        first, second = (skeleton.points.index(name) for name in skeleton.scale)
        distance = float(np.hypot(*(positions[first] - positions[second])))
        if math.isfinite(distance) and distance > 0:
            return max(distance, 1.0)
    placed = positions[~np.isnan(positions[:, 0])]
    if len(placed) < 2:
        return 1.0
    return max(float(np.hypot(*(placed.max(axis=0) - placed.min(axis=0)))), 1.0)


def point_error(first: FloatArray, second: FloatArray, scale: float) -> float:
    """Mean distance of points over the scale, in [0, 1]; a point only one has counts as 1."""
    has = [~np.isnan(positions[:, 0]) for positions in (first, second)]
    both, either = has[0] & has[1], has[0] | has[1]
    if not either.any():
        return 0.0
    off = np.hypot(*(first[both] - second[both]).T) / scale
    lone = int(either.sum() - both.sum())
    return float((np.minimum(off, 1.0).sum() + lone) / either.sum())


def instance_distance(
    first: Sequence[Instance], second: Sequence[Instance], skeleton: Skeleton
) -> float:
    """Mean point error of matched instances; one without a partner, or another label, counts 1."""
    if not first or not second:
        return float(bool(first) != bool(second))
    cost = np.ones((len(first), len(second)))
    spots = [[places(instance, skeleton) for instance in mine] for mine in (first, second)]
    for i, a in enumerate(spots[0]):
        for j, b in enumerate(spots[1]):
            if first[i].label == second[j].label:
                scale = (scale_of(a, skeleton) + scale_of(b, skeleton)) / 2.0
                cost[i, j] = point_error(a, b, scale)
    rows, columns = linear_sum_assignment(cost)
    larger = max(len(first), len(second))
    total = math.fsum(cost[rows, columns].tolist()) + larger - len(rows)
    return min(max(total / larger, 0.0), 1.0)
