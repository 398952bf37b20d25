"""Boxes of several labelers to one set: match, vote on presence, take the median.

Everybody's boxes on an image are clustered by Hungarian matching on the overlap, at most one box
per labeler in a cluster; a cluster is kept when enough labelers have it, and its box is the
median of each edge. An answer without boxes is a vote for "nothing there".
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

from annotations.consensus.base import FloatArray
from annotations.consensus.presence import mean_confidence, presence_odds
from annotations.measures.boxes import Box, edges_of, match, overlap_matrix

LEAST_OVERLAP = 0.4
QUORUM = 0.5
PASSES = 3


@dataclass(frozen=True)
class BoxCluster:
    """One object: its box and label; support: share of labelers' weight that has it;
    label_support: share of its boxes' weight with the label; spread: interquartile range of
    left, top, right and bottom in pixels; members: (labeler key, index of the box)."""

    box: Box
    support: float
    label_support: float
    spread: tuple[float, float, float, float]
    members: tuple[tuple[int, int], ...]


@dataclass(frozen=True)
class BoxVerdict:
    """kept: the consensus, left to right. rejected: clusters below the quorum, likeliest first.

    confidence: mean probability that what is kept is there and what is rejected is not.
    odds: the log odds of each of these.
    """

    kept: tuple[BoxCluster, ...]
    rejected: tuple[BoxCluster, ...]
    confidence: float
    odds: tuple[float, ...] = ()


@dataclass
class _Cluster:
    """A cluster while it grows: member boxes by labeler position."""

    members: dict[int, int] = field(default_factory=dict)


def merge_boxes(
    labeler_keys: Sequence[int],
    answers: Sequence[Sequence[Box]],
    weights: Sequence[float] | None = None,
    *,
    least_overlap: float = LEAST_OVERLAP,
    quorum: float = QUORUM,
    average: bool = False,
) -> BoxVerdict:
    """The consensus of one image's answers, whatever their order.

    weights: how much each labeler's presence votes count (default 1). Of two answers by one
    labeler both count. average: each edge is the mean of the labelers', not the median. Raises
    ValueError without an answer.
    """
    if not answers:
        raise ValueError("at least one answer is needed")
    given = [1.0] * len(answers) if weights is None else [float(weight) for weight in weights]
    order = sorted(
        range(len(answers)), key=lambda i: (labeler_keys[i], _sorted(answers[i]), given[i])
    )
    keys = [int(labeler_keys[i]) for i in order]
    boxes = [_sorted(answers[i]) for i in order]
    shares = np.array([given[i] for i in order]) / max(math.fsum(given), 1e-300)
    clusters = _cluster(boxes, least_overlap)
    found = [_summary(cluster, keys, boxes, shares, average) for cluster in clusters]
    odds = presence_odds([cluster.support for cluster in found], list(shares), quorum)
    kept = [cluster for cluster in found if cluster.support >= quorum - 1e-9]
    rest = [cluster for cluster in found if cluster.support < quorum - 1e-9]
    return BoxVerdict(
        tuple(sorted(kept, key=lambda c: (c.box.x, c.box.y, c.box.width, c.box.height))),
        tuple(sorted(rest, key=lambda c: (-round(c.support, 9), c.box.x, c.box.y))),
        mean_confidence(odds),
        odds,
    )


def _sorted(boxes: Sequence[Box]) -> list[Box]:
    return sorted(boxes, key=Box.order)


def _cluster(boxes: Sequence[Sequence[Box]], least: float) -> list[_Cluster]:
    """Clusters of mutually overlapping boxes: built labeler by labeler, fullest answers first,
    then everybody is matched anew to the medians."""
    edges = [edges_of(mine) for mine in boxes]
    centres: FloatArray = np.zeros((0, 4))
    clusters: list[_Cluster] = []
    for labeler in sorted(range(len(boxes)), key=lambda i: (-len(boxes[i]), i)):
        _assign(labeler, edges, clusters, centres, least)
        centres = _centres(clusters, edges)
    for _ in range(PASSES):
        before = [dict(cluster.members) for cluster in clusters]
        fresh = [_Cluster() for _ in clusters]
        for labeler in range(len(boxes)):
            _assign(labeler, edges, fresh, centres, least)
        clusters = [cluster for cluster in fresh if cluster.members]
        centres = _centres(clusters, edges)
        if [cluster.members for cluster in clusters] == before:
            break
    return clusters


def _assign(
    labeler: int,
    edges: Sequence[FloatArray],
    clusters: list[_Cluster],
    centres: FloatArray,
    least: float,
) -> None:
    """Enter a labeler's boxes into the clusters they match; the others begin new ones."""
    mine = edges[labeler]
    pairs = match(overlap_matrix(mine, centres), least) if len(mine) and len(centres) else []
    for box, cluster in pairs:
        clusters[cluster].members[labeler] = box
    taken = {box for box, _ in pairs}
    clusters += [_Cluster({labeler: box}) for box in range(len(mine)) if box not in taken]


def _centres(clusters: Sequence[_Cluster], edges: Sequence[FloatArray]) -> FloatArray:
    rows = [np.median(_member_edges(cluster, edges), axis=0) for cluster in clusters]
    return np.array(rows, dtype=np.float64).reshape(-1, 4)


def _member_edges(cluster: _Cluster, edges: Sequence[FloatArray]) -> FloatArray:
    return np.stack([edges[labeler][box] for labeler, box in sorted(cluster.members.items())])


def _summary(
    cluster: _Cluster,
    keys: Sequence[int],
    boxes: Sequence[Sequence[Box]],
    shares: npt.NDArray[np.float64],
    average: bool,
) -> BoxCluster:
    members = sorted(cluster.members.items())
    edges = np.array([boxes[labeler][box].edges() for labeler, box in members])
    centre = edges.mean(axis=0) if average else np.median(edges, axis=0)
    left, top, right, bottom = centre.tolist()
    low, high = np.quantile(edges, [0.25, 0.75], axis=0)
    spread = (high - low).tolist()
    support = math.fsum(shares[labeler] for labeler, _ in members)
    votes: dict[str, float] = {}
    for labeler, box in members:
        label = boxes[labeler][box].label
        votes[label] = votes.get(label, 0.0) + float(shares[labeler])
    label = max(sorted(votes), key=lambda name: round(votes[name], 9))
    return BoxCluster(
        Box(left, top, right - left, bottom - top, label),
        min(support, 1.0),
        votes[label] / support if support > 0 else 1.0,
        (spread[0], spread[1], spread[2], spread[3]),
        tuple((keys[labeler], box) for labeler, box in members),
    )
