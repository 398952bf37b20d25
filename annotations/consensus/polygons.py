"""Polygons of several labelers to one set: match by area, vote on presence, average the outline.

Shapes are clustered by Hungarian matching on mask overlap, at most one per labeler. The outline
of a cluster is where the mean of the labelers' signed distances is zero, each clipped so that one
stray outline pulls no more than its vote: near the boundary a mean, far from it a pixel vote at
one half. Rohlfing and Maurer, Shape-based averaging, IEEE Trans. Image Processing 16(1), 2007.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from annotations.consensus.base import FloatArray
from annotations.consensus.boxes import LEAST_OVERLAP, QUORUM
from annotations.consensus.presence import mean_confidence, presence_odds
from annotations.measures.boxes import match
from annotations.measures.geometry import Grid, contours, fill, signed_distance, simplify
from annotations.measures.polygons import Polygon, identities, points_of, polygon_overlap

CELLS = 192
# Outlines are simplified to this part of a cell.
TOLERANCE = 0.35
# A labeler's distance counts up to this many times the usual disagreement about the outline.
CLIP = 3.0


@dataclass(frozen=True)
class OutlineRule:
    """How an outline is averaged. cells: of the grid, on its longer side. clip: see `CLIP`.
    pixel_share: not None lets every pixel count that this share of the weight has, and no more."""

    cells: int = CELLS
    clip: float = CLIP
    pixel_share: float | None = None


@dataclass(frozen=True)
class PolygonCluster:
    """One object. support: share of labelers' weight that has it; label_support: share of that
    with the label; spread: median distance of the labelers' outlines from this one, pixels;
    members: (labeler key, index of the polygon)."""

    polygon: Polygon
    support: float
    label_support: float
    spread: float
    members: tuple[tuple[int, int], ...]


@dataclass(frozen=True)
class PolygonVerdict:
    """kept: the consensus; rejected: clusters below the quorum; confidence: mean probability
    that what is kept is there and what is rejected is not; odds: the log odds of each."""

    kept: tuple[PolygonCluster, ...]
    rejected: tuple[PolygonCluster, ...]
    confidence: float
    odds: tuple[float, ...] = ()


def merge_polygons(
    labeler_keys: Sequence[int],
    answers: Sequence[Sequence[Polygon]],
    weights: Sequence[float] | None = None,
    *,
    least_overlap: float = LEAST_OVERLAP,
    quorum: float = QUORUM,
    outline: OutlineRule = OutlineRule(),
) -> PolygonVerdict:
    """The consensus of one image's answers, whatever their order.

    weights: how much each labeler's votes count (default 1). Raises ValueError without an answer.
    """
    if not answers:
        raise ValueError("at least one answer is needed")
    given = [1.0] * len(answers) if weights is None else [float(weight) for weight in weights]
    order = sorted(
        range(len(answers)), key=lambda i: (labeler_keys[i], identities(answers[i]), given[i])
    )
    keys = [int(labeler_keys[i]) for i in order]
    shapes = [sorted(answers[i], key=Polygon.identity) for i in order]
    shares = [given[i] / max(math.fsum(given), 1e-300) for i in order]
    clusters = _cluster(shapes, least_overlap)
    found = [_summary(cluster, keys, shapes, shares, outline) for cluster in clusters]
    odds = presence_odds([cluster.support for cluster in found], shares, quorum)
    found.sort(key=lambda c: (-round(c.support, 9), c.polygon.identity()))
    return PolygonVerdict(
        tuple(cluster for cluster in found if cluster.support >= quorum - 1e-9),
        tuple(cluster for cluster in found if cluster.support < quorum - 1e-9),
        mean_confidence(odds),
        odds,
    )


def _cluster(shapes: Sequence[Sequence[Polygon]], least: float) -> list[dict[int, int]]:
    """Clusters as {labeler position: polygon index}; each joins by its mean overlap with members.

    Fullest answers first; a labeler's polygons are matched to clusters all at once.
    """
    clusters: list[dict[int, int]] = []
    for labeler in sorted(range(len(shapes)), key=lambda i: (-len(shapes[i]), i)):
        mine = shapes[labeler]
        columns = []
        for members in clusters:
            others = [shapes[other][index] for other, index in sorted(members.items())]
            columns.append(polygon_overlap(mine, others).mean(axis=1))
        pairs = match(np.stack(columns, axis=1), least) if columns and mine else []
        for index, cluster in pairs:
            clusters[cluster][labeler] = index
        taken = {index for index, _ in pairs}
        clusters += [{labeler: index} for index in range(len(mine)) if index not in taken]
    return clusters


def _summary(
    members: dict[int, int],
    keys: Sequence[int],
    shapes: Sequence[Sequence[Polygon]],
    shares: Sequence[float],
    rule: OutlineRule,
) -> PolygonCluster:
    pairs = sorted(members.items())
    mine = [shapes[labeler][index] for labeler, index in pairs]
    weights = [shares[labeler] for labeler, _ in pairs]
    support = math.fsum(weights)
    votes: dict[str, float] = {}
    for polygon, weight in zip(mine, weights, strict=True):
        votes[polygon.label] = votes.get(polygon.label, 0.0) + weight
    label = max(sorted(votes), key=lambda name: round(votes[name], 9))
    outline, spread = mean_outline(mine, weights, rule)
    return PolygonCluster(
        Polygon(outline, label),
        min(support, 1.0),
        votes[label] / support if support > 0 else 1.0,
        spread,
        tuple((keys[labeler], index) for labeler, index in pairs),
    )


def mean_outline(
    polygons: Sequence[Polygon], weights: Sequence[float], rule: OutlineRule = OutlineRule()
) -> tuple[tuple[tuple[float, float], ...], float]:
    """The mean outline of polygons of one object, and the labelers' median distance from it (px).

    One polygon is returned as it is; so is the heaviest where they have no area in common.
    """
    if len({polygon.points for polygon in polygons}) == 1:
        return polygons[0].points, 0.0
    grid = Grid.around(points_of(polygons), rule.cells)
    fields = np.stack([signed_distance(fill(polygon.array(), grid)) for polygon in polygons])
    share = np.array(weights) / max(math.fsum(weights), 1e-300)
    mean = np.tensordot(share, fields, axes=1)
    near = np.abs(mean) <= 1.0
    spread = float(np.median(np.abs(fields[:, near]))) if near.any() else 1.0
    found = contours(_field(fields, share, spread, rule))
    if not found:
        return polygons[int(np.argmax(share))].points, spread * grid.cell
    outline = grid.to_plane(simplify(found[0], TOLERANCE))
    return tuple((float(x), float(y)) for x, y in outline), spread * grid.cell


def _field(fields: FloatArray, share: FloatArray, spread: float, rule: OutlineRule) -> FloatArray:
    """What is positive inside of the merged outline, from signed distances (n, rows, columns)."""
    if rule.pixel_share is not None:
        inside = np.tensordot(share, (fields > 0).astype(np.float64), axes=1)
        return np.asarray(inside - rule.pixel_share + 1e-9)
    clip = max(rule.clip * spread, 1.0)
    return np.asarray(np.tensordot(share, np.clip(fields, -clip, clip), axes=1))
