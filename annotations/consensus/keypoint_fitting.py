"""Keypoint answers of a project to a fit: labelers' bias, deviation and swaps; merges ballots."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from typing import Any

import numpy as np

from annotations.consensus.base import FloatArray
from annotations.consensus.keypoints import (
    FARTHEST,
    LEAST_DEVIATION,
    OCCLUDED,
    OUTLIER,
    QUORUM,
    SHARED_POINTS,
    START_DEVIATION,
    VISIBLE,
    InstanceVerdict,
    KeypointVerdict,
    LabelerRecord,
    PointVerdict,
    find_swaps,
    plain_medians,
    robust_mean,
)
from annotations.consensus.presence import mean_confidence, presence_odds
from annotations.measures.boxes import match
from annotations.measures.keypoints import Instance, Skeleton, places, point_error, scale_of

FORMAT = 1
ROUNDS = 2
Answer = Sequence[Instance]
Cluster = dict[int, int]  # labeler position -> index of the instance


@dataclass(frozen=True)
class PointRule:
    """quorum: share of labelers who must have an instance. farthest: see `FARTHEST`. outlier: see
    `OUTLIER`. shared_points: see `SHARED_POINTS`. plain: the geometric median alone, whoever
    placed the points."""

    quorum: float = QUORUM
    farthest: float = FARTHEST
    outlier: float = OUTLIER
    shared_points: float = SHARED_POINTS
    plain: bool = False


@dataclass(frozen=True)
class KeypointFit:
    """Records of labelers under one skeleton; merges one ballot on its own."""

    skeleton: Skeleton
    records: Mapping[int, LabelerRecord] = field(default_factory=dict)
    pool_deviation: float = START_DEVIATION
    rule: PointRule = field(default_factory=PointRule)

    def merge(self, labeler_keys: Sequence[int], answers: Sequence[Answer]) -> KeypointVerdict:
        """The consensus of one image's answers, whatever their order.

        Raises ValueError without an answer.
        """
        if not answers:
            raise ValueError("at least one answer is needed")
        keys, ballot = _in_order(labeler_keys, answers)
        quorum = self.rule.quorum
        clusters = cluster_instances(ballot, self.skeleton, self.rule.farthest)
        found = [self._summary(cluster, keys, ballot) for cluster in clusters]
        found.sort(key=lambda verdict: (-round(verdict.support, 9), verdict.members))
        odds = presence_odds([verdict.support for verdict in found], [1.0] * len(keys), quorum)
        return KeypointVerdict(
            tuple(verdict for verdict in found if verdict.support >= quorum - 1e-9),
            tuple(verdict for verdict in found if verdict.support < quorum - 1e-9),
            mean_confidence(odds),
            odds,
        )

    def _summary(
        self, cluster: Cluster, keys: Sequence[int], ballot: Sequence[Answer]
    ) -> InstanceVerdict:
        members = sorted(cluster.items())
        mine = [ballot[labeler][index] for labeler, index in members]
        labelers = [keys[labeler] for labeler, _ in members]
        mended, scale, swapped = untangle(mine, self.skeleton)
        means, _, spread = self.means(mended, labelers, scale)
        labels = [instance.label for instance in mine]
        points = {
            name: self._point(index, name, means, spread, mine, swapped)
            for index, name in enumerate(self.skeleton.points)
        }
        return InstanceVerdict(
            points,
            max(sorted(set(labels)), key=labels.count),
            len(members) / len(keys),
            scale,
            tuple((keys[labeler], index) for labeler, index in members),
            tuple(key for key, flag in zip(labelers, swapped, strict=True) if flag),
        )

    def means(
        self, stack: FloatArray, labelers: Sequence[int], scale: float
    ) -> tuple[FloatArray, FloatArray, FloatArray]:
        """`robust_mean` with what is known about these labelers."""
        if self.rule.plain:
            return plain_medians(stack, scale)
        deviations = np.array([self.deviation(key) for key in labelers])
        bias = np.array([self.bias(key) for key in labelers]).reshape(-1, 2)
        return robust_mean(
            stack, np.ones(len(labelers)), deviations, bias, scale, self.rule.outlier
        )

    def _point(
        self,
        index: int,
        name: str,
        means: FloatArray,
        spread: FloatArray,
        mine: Sequence[Instance],
        swapped: Sequence[bool],
    ) -> PointVerdict:
        """Position from the labelers, presence and visibility by vote."""
        other = self.skeleton.mirror.get(name, name)
        votes = [
            instance.points.get(other if flag else name, (0.0, 0.0, 0))[2]
            for instance, flag in zip(mine, swapped, strict=True)
        ]
        placed = [vote for vote in votes if vote > 0]
        support = len(placed) / len(votes)
        if 2 * len(placed) < len(votes) or not placed:
            return PointVerdict(0.0, 0.0, 0, support, 1.0 - support, 0.0)
        visible = placed.count(VISIBLE)
        visibility = VISIBLE if 2 * visible >= len(placed) else OCCLUDED
        agreement = max(visible, len(placed) - visible) / len(placed)
        x, y = means[index].tolist()
        return PointVerdict(x, y, visibility, support, agreement, float(spread[index]))

    def deviation(self, labeler_key: int) -> float:
        """Standard deviation per axis in units of the scale, shrunk to the pool's."""
        record = self.records.get(labeler_key, LabelerRecord())
        own, pool = record.points * record.deviation**2, self.pool_deviation**2
        shared = self.rule.shared_points
        variance = (own + shared * pool) / (record.points + shared) if record.points else pool
        return max(math.sqrt(variance), LEAST_DEVIATION)

    def bias(self, labeler_key: int) -> tuple[float, float]:
        """Mean offset in units of the scale, shrunk to none."""
        record = self.records.get(labeler_key, LabelerRecord())
        share = record.points / (record.points + self.rule.shared_points) if record.points else 0.0
        return record.bias[0] * share, record.bias[1] * share

    def to_json(self) -> dict[str, Any]:
        """A JSON document that `from_json` reads back exactly."""
        return {
            "format": FORMAT,
            "skeleton": {**asdict(self.skeleton), "mirror": dict(self.skeleton.mirror)},
            "records": {str(key): asdict(self.records[key]) for key in sorted(self.records)},
            "pool_deviation": self.pool_deviation,
        }

    @staticmethod
    def from_json(document: Mapping[str, Any]) -> KeypointFit:
        """The fit that `to_json` wrote; raises ValueError for another format."""
        if document.get("format") != FORMAT:
            raise ValueError(f"unknown fit format {document.get('format')!r}")
        bones = document["skeleton"]
        scale = None if bones["scale"] is None else (bones["scale"][0], bones["scale"][1])
        records = {
            int(key): LabelerRecord(**{**row, "bias": (row["bias"][0], row["bias"][1])})
            for key, row in document["records"].items()
        }
        skeleton = Skeleton(tuple(bones["points"]), bones["mirror"], scale)
        return KeypointFit(skeleton, records, document["pool_deviation"])


def fit_keypoints(
    skeleton: Skeleton,
    ballots: Sequence[tuple[Sequence[int], Sequence[Answer]]],
    *,
    start: KeypointFit | None = None,
    rule: PointRule | None = None,
) -> KeypointFit:
    """Learn labelers' bias and deviation from ballots: (labeler keys, answers) per image."""
    fit = replace(start or KeypointFit(skeleton), skeleton=skeleton, rule=rule or PointRule())
    for _ in range(ROUNDS if start is None else 1):
        fit = _refit(fit, ballots)
    return fit


def _refit(
    fit: KeypointFit, ballots: Sequence[tuple[Sequence[int], Sequence[Answer]]]
) -> KeypointFit:
    offsets: dict[int, list[FloatArray]] = defaultdict(list)
    swaps: dict[int, int] = defaultdict(int)
    instances: dict[int, int] = defaultdict(int)
    for labeler_keys, answers in ballots:
        keys, ballot = _in_order(labeler_keys, answers)
        for cluster in cluster_instances(ballot, fit.skeleton, fit.rule.farthest):
            labelers = [keys[position] for position in sorted(cluster)]
            mine = [ballot[position][cluster[position]] for position in sorted(cluster)]
            mended, scale, swapped = untangle(mine, fit.skeleton)
            for labeler, flag in zip(labelers, swapped, strict=True):
                instances[labeler] += 1
                swaps[labeler] += int(flag)
            if len(mine) < 3:
                continue
            for place, labeler in enumerate(labelers):
                rest = [other for other in range(len(mine)) if other != place]
                means, _, _ = fit.means(mended[rest], [labelers[r] for r in rest], scale)
                offsets[labeler].append((mended[place] - means) / scale)
    records = {
        labeler: _record(np.vstack(offsets.get(labeler, [np.zeros((0, 2))])), swaps[labeler], count)
        for labeler, count in sorted(instances.items())
    }
    known = [record.deviation for record in records.values() if record.points]
    return replace(
        fit,
        records=records,
        pool_deviation=float(np.median(known)) if known else START_DEVIATION,
    )


def _record(offsets: FloatArray, swaps: int, instances: int) -> LabelerRecord:
    offsets = offsets[~np.isnan(offsets[:, 0])]
    if not len(offsets):
        return LabelerRecord(swaps=swaps, instances=instances)
    offsets = offsets[np.lexsort(offsets.T)]  # the same sums in whatever order images came
    centre = np.median(offsets, axis=0)
    deviation = float(np.median(np.hypot(*(offsets - centre).T))) / 1.1774
    near = np.hypot(*(offsets - centre).T) <= 3.5 * max(deviation, LEAST_DEVIATION)
    x, y = offsets[near].mean(axis=0).tolist()
    return LabelerRecord(
        float(len(offsets)), (x, y), max(deviation, LEAST_DEVIATION), swaps, instances
    )


def untangle(mine: Sequence[Instance], skeleton: Skeleton) -> tuple[FloatArray, float, list[bool]]:
    """Positions (n, P, 2) with swaps undone, the scale in pixels, and who had swapped."""
    stack = np.stack([places(instance, skeleton) for instance in mine])
    scale = float(np.median([scale_of(positions, skeleton) for positions in stack]))
    swapped = find_swaps(stack, skeleton, scale)
    mirror = skeleton.mirror_index()
    stack[swapped] = stack[swapped][:, mirror]
    return stack, scale, swapped


def cluster_instances(
    ballot: Sequence[Answer], skeleton: Skeleton, farthest: float = FARTHEST
) -> list[Cluster]:
    """Instances of different labelers that are one object, at most one per labeler."""
    spots = [[places(instance, skeleton) for instance in answer] for answer in ballot]
    clusters: list[Cluster] = []
    for labeler in sorted(range(len(ballot)), key=lambda i: (-len(ballot[i]), i)):
        mine = spots[labeler]
        pairs: list[tuple[int, int]] = []
        if clusters and mine:
            rows = [[_apart(spot, each, spots, skeleton) for each in clusters] for spot in mine]
            pairs = match(1.0 - np.array(rows), 1.0 - farthest)
        for index, place in pairs:
            clusters[place][labeler] = index
        taken = {index for index, _ in pairs}
        clusters += [{labeler: index} for index in range(len(mine)) if index not in taken]
    return clusters


def _apart(
    mine: FloatArray, cluster: Cluster, spots: Sequence[Sequence[FloatArray]], skeleton: Skeleton
) -> float:
    """Median error of an instance against a cluster's, by the better of its two sides."""
    mirror = skeleton.mirror_index()
    errors = []
    for labeler, index in sorted(cluster.items()):
        other = spots[labeler][index]
        scale = (scale_of(mine, skeleton) + scale_of(other, skeleton)) / 2.0
        sides = (mine, mine[mirror])
        errors.append(min(point_error(side, other, scale) for side in sides))
    return float(np.median(errors))


def _in_order(
    labeler_keys: Sequence[int], answers: Sequence[Answer]
) -> tuple[list[int], list[Answer]]:
    """Labelers and their answers in an order that does not depend on the caller's."""
    order = sorted(
        range(len(answers)), key=lambda i: (labeler_keys[i], sorted(x.order() for x in answers[i]))
    )
    keys = [int(labeler_keys[i]) for i in order]
    return keys, [sorted(answers[i], key=Instance.order) for i in order]
