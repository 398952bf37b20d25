"""Mergers of boxes, polygons and named points: answers in, one answer and what stands behind it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from annotations.consensus.boxes import BoxCluster, merge_boxes
from annotations.consensus.keypoint_fitting import KeypointFit, fit_keypoints
from annotations.consensus.keypoints import InstanceVerdict
from annotations.consensus.merging import (
    AnswerVerdict,
    Ballots,
    JsonObject,
    KnownAnswers,
    in_order,
)
from annotations.consensus.polygons import merge_polygons
from annotations.measures.boxes import Box
from annotations.measures.keypoints import Instance, Skeleton
from annotations.measures.polygons import Polygon


class _Places:
    """Where a labeler's objects stand in the answer: the methods number them in sorted order."""

    def __init__(
        self,
        labeler_keys: Sequence[int],
        answers: Sequence[Sequence[Any]],
        order: Callable[[Any], Any],
    ) -> None:
        self._places = {
            int(key): sorted(range(len(answer)), key=lambda i: order(answer[i]))
            for key, answer in zip(labeler_keys, answers, strict=True)
        }

    def of(self, members: Sequence[tuple[int, int]]) -> list[list[int]]:
        """(labeler key, sorted index) to [labeler key, index in the answer]."""
        return [[key, self._places[key][index]] for key, index in members]


class BoxMerger:
    """Boxes; attributes of a merged box are voted on among its members."""

    @staticmethod
    def open(state: JsonObject | None, schema: JsonObject) -> BoxMerger:
        return BoxMerger()

    @staticmethod
    def fitted(ballots: Ballots, schema: JsonObject, known: KnownAnswers | None) -> BoxMerger:
        return BoxMerger()

    def merge(self, labeler_keys: Sequence[int], answers: Sequence[JsonObject]) -> AnswerVerdict:
        boxes = [[Box.from_json(entry) for entry in answer["boxes"]] for answer in answers]
        verdict = merge_boxes(labeler_keys, boxes)
        attributes = _attributes_by_box(labeler_keys, answers)
        kept = [self._entry(cluster, attributes) for cluster in verdict.kept]
        places = _Places(labeler_keys, boxes, Box.order)
        detail = {
            "kept": [
                _support(cluster, places) | {"spread": _rounded(cluster.spread)}
                for cluster in verdict.kept
            ],
            "rejected": [
                _support(cluster, places) | {"answer": cluster.box.to_json()}
                for cluster in verdict.rejected
            ],
        }
        return AnswerVerdict({"boxes": kept}, verdict.confidence, "box_clusters", detail)

    def _entry(
        self, cluster: BoxCluster, attributes: Mapping[tuple[int, int], JsonObject]
    ) -> JsonObject:
        entry = cluster.box.to_json()
        votes = [attributes.get(member, {}) for member in cluster.members]
        names = sorted({name for vote in votes for name in vote})
        agreed = {name: _most([vote.get(name) for vote in votes]) for name in names}
        agreed = {name: value for name, value in agreed.items() if value is not None}
        return {**entry, "attributes": agreed} if agreed else entry

    def to_json(self) -> JsonObject:
        return {}


def _attributes_by_box(
    labeler_keys: Sequence[int], answers: Sequence[JsonObject]
) -> dict[tuple[int, int], JsonObject]:
    """Attributes of each (labeler, index of the box in sorted order)."""
    found = {}
    for key, answer in zip(labeler_keys, answers, strict=True):
        entries = sorted(answer["boxes"], key=lambda entry: Box.from_json(entry).order())
        for index, entry in enumerate(entries):
            found[int(key), index] = entry.get("attributes", {})
    return found


def _most(values: Sequence[Any]) -> Any:
    """The commonest value; of equals the first by name; None (not set) can win."""
    return max(sorted(set(values), key=repr), key=values.count)


def _support(cluster: Any, places: _Places) -> JsonObject:
    return {
        "support": round(cluster.support, 6),
        "label_support": round(cluster.label_support, 6),
        "members": places.of(cluster.members),
    }


def _rounded(value: Any) -> Any:
    """Numbers for people: a thousandth of a pixel is beyond any hand."""
    if isinstance(value, float):
        return round(value, 3)
    return [_rounded(each) for each in value] if isinstance(value, list | tuple) else value


class PolygonMerger:
    """Polygons."""

    @staticmethod
    def open(state: JsonObject | None, schema: JsonObject) -> PolygonMerger:
        return PolygonMerger()

    @staticmethod
    def fitted(ballots: Ballots, schema: JsonObject, known: KnownAnswers | None) -> PolygonMerger:
        return PolygonMerger()

    def merge(self, labeler_keys: Sequence[int], answers: Sequence[JsonObject]) -> AnswerVerdict:
        shapes = [[Polygon.from_json(entry) for entry in answer["polygons"]] for answer in answers]
        verdict = merge_polygons(labeler_keys, shapes)
        places = _Places(labeler_keys, shapes, Polygon.identity)
        detail = {
            "kept": [
                _support(cluster, places) | {"spread": _rounded(cluster.spread)}
                for cluster in verdict.kept
            ],
            "rejected": [
                _support(cluster, places) | {"answer": cluster.polygon.to_json()}
                for cluster in verdict.rejected
            ],
        }
        answer = {"polygons": [cluster.polygon.to_json() for cluster in verdict.kept]}
        return AnswerVerdict(answer, verdict.confidence, "polygon_vote", detail)

    def to_json(self) -> JsonObject:
        return {}


class KeypointMerger:
    """Named points; labelers' bias and steadiness are learned."""

    def __init__(self, fit: KeypointFit) -> None:
        self.fit = fit

    @staticmethod
    def open(state: JsonObject | None, schema: JsonObject) -> KeypointMerger:
        skeleton = Skeleton.from_json(schema)
        if state is None:
            return KeypointMerger(KeypointFit(skeleton))
        saved = KeypointFit.from_json(state)
        return KeypointMerger(KeypointFit(skeleton, saved.records, saved.pool_deviation))

    @staticmethod
    def fitted(ballots: Ballots, schema: JsonObject, known: KnownAnswers | None) -> KeypointMerger:
        rows = [
            (keys, [_instances(answer) for answer in answers])
            for _, (keys, answers) in in_order(ballots)
        ]
        return KeypointMerger(fit_keypoints(Skeleton.from_json(schema), rows))

    def merge(self, labeler_keys: Sequence[int], answers: Sequence[JsonObject]) -> AnswerVerdict:
        instances = [_instances(answer) for answer in answers]
        verdict = self.fit.merge(labeler_keys, instances)
        places = _Places(labeler_keys, instances, Instance.order)
        detail = {
            "kept": [_instance_detail(instance, places) for instance in verdict.kept],
            "rejected": [
                _instance_detail(instance, places) | {"answer": _instance_json(instance)}
                for instance in verdict.rejected
            ],
        }
        answer = {"instances": [_instance_json(instance) for instance in verdict.kept]}
        return AnswerVerdict(answer, verdict.confidence, "keypoint_median", detail)

    def to_json(self) -> JsonObject:
        return self.fit.to_json()


def _instances(answer: JsonObject) -> list[Instance]:
    return [Instance.from_json(entry) for entry in answer["instances"]]


def _instance_json(verdict: InstanceVerdict) -> JsonObject:
    points = {
        name: [round(point.x, 3), round(point.y, 3), point.visibility]
        for name, point in verdict.points.items()
    }
    return {"label": verdict.label, "points": points}


def _instance_detail(verdict: InstanceVerdict, places: _Places) -> JsonObject:
    points = {
        name: {
            "support": round(point.support, 6),
            "agreement": round(point.agreement, 6),
            "spread": round(point.spread, 6),
        }
        for name, point in verdict.points.items()
    }
    return {
        "support": round(verdict.support, 6),
        "scale": round(verdict.scale, 3),
        "members": places.of(verdict.members),
        "swapped": list(verdict.swapped),
        "points": points,
    }
