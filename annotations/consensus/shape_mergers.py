"""Mergers of boxes, polygons and named points: answers in, one answer and what stands behind it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from annotations.consensus.boxes import BoxCluster, merge_boxes
from annotations.consensus.keypoint_fitting import KeypointFit, PointRule, fit_keypoints
from annotations.consensus.keypoints import InstanceVerdict
from annotations.consensus.merge_settings import Settings
from annotations.consensus.merging import (
    AnswerVerdict,
    Ballots,
    JsonObject,
    KnownAnswers,
    in_order,
)
from annotations.consensus.polygons import OutlineRule, merge_polygons
from annotations.consensus.presence import mean_confidence
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


class _ShapeMerger:
    """What the mergers of shapes share: the confidence is the mean over all objects."""

    def __init__(self, settings: Settings, temperature: float = 1.0) -> None:
        self.settings, self.temperature = settings, temperature

    def _verdict(
        self, answer: JsonObject, odds: tuple[float, ...], detail: JsonObject
    ) -> AnswerVerdict:
        sure = mean_confidence(odds, self.temperature)
        return AnswerVerdict(answer, sure, self.settings.method, detail, odds)

    def confidence_at(self, verdict: AnswerVerdict, temperature: float) -> float:
        return mean_confidence(verdict.odds, temperature)


def _temperature(state: JsonObject | None) -> float:
    return float((state or {}).get("temperature", 1.0))


class BoxMerger(_ShapeMerger):
    """Boxes; attributes of a merged box are voted on among its members."""

    @staticmethod
    def open(state: JsonObject | None, schema: JsonObject, settings: Settings) -> BoxMerger:
        return BoxMerger(settings, _temperature(state))

    @staticmethod
    def fitted(
        ballots: Ballots, schema: JsonObject, known: KnownAnswers | None, settings: Settings
    ) -> BoxMerger:
        return BoxMerger(settings)

    def with_temperature(self, temperature: float) -> BoxMerger:
        return BoxMerger(self.settings, temperature)

    def merge(self, labeler_keys: Sequence[int], answers: Sequence[JsonObject]) -> AnswerVerdict:
        boxes = [[Box.from_json(entry) for entry in answer["boxes"]] for answer in answers]
        verdict = merge_boxes(
            labeler_keys,
            boxes,
            least_overlap=self.settings["least_overlap"],
            quorum=self.settings["quorum"],
            average=self.settings.method == "box_mean",
        )
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
        return self._verdict({"boxes": kept}, verdict.odds, detail)

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
        return {"temperature": self.temperature}


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


class PolygonMerger(_ShapeMerger):
    """Polygons."""

    @staticmethod
    def open(state: JsonObject | None, schema: JsonObject, settings: Settings) -> PolygonMerger:
        return PolygonMerger(settings, _temperature(state))

    @staticmethod
    def fitted(
        ballots: Ballots, schema: JsonObject, known: KnownAnswers | None, settings: Settings
    ) -> PolygonMerger:
        return PolygonMerger(settings)

    def with_temperature(self, temperature: float) -> PolygonMerger:
        return PolygonMerger(self.settings, temperature)

    def merge(self, labeler_keys: Sequence[int], answers: Sequence[JsonObject]) -> AnswerVerdict:
        shapes = [[Polygon.from_json(entry) for entry in answer["polygons"]] for answer in answers]
        verdict = merge_polygons(
            labeler_keys,
            shapes,
            least_overlap=self.settings["least_overlap"],
            quorum=self.settings["quorum"],
            outline=self._rule(),
        )
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
        return self._verdict(answer, verdict.odds, detail)

    def _rule(self) -> OutlineRule:
        pixels = self.settings.method == "polygon_pixels"
        share = self.settings["pixel_share"] if pixels else None
        return OutlineRule(int(self.settings["cells"]), self.settings["clip"], share)

    def to_json(self) -> JsonObject:
        return {"temperature": self.temperature}


class KeypointMerger(_ShapeMerger):
    """Named points; labelers' bias and steadiness are learned."""

    def __init__(self, fit: KeypointFit, settings: Settings, temperature: float = 1.0) -> None:
        super().__init__(settings, temperature)
        self.fit = replace(fit, rule=_point_rule(settings))

    @staticmethod
    def open(state: JsonObject | None, schema: JsonObject, settings: Settings) -> KeypointMerger:
        fit = KeypointFit(Skeleton.from_json(schema))
        if state is not None:
            saved = KeypointFit.from_json(state)
            fit = replace(fit, records=saved.records, pool_deviation=saved.pool_deviation)
        return KeypointMerger(fit, settings, _temperature(state))

    @staticmethod
    def fitted(
        ballots: Ballots, schema: JsonObject, known: KnownAnswers | None, settings: Settings
    ) -> KeypointMerger:
        rows = [
            (keys, [_instances(answer) for answer in answers])
            for _, (keys, answers) in in_order(ballots)
        ]
        fit = fit_keypoints(Skeleton.from_json(schema), rows, rule=_point_rule(settings))
        return KeypointMerger(fit, settings)

    def with_temperature(self, temperature: float) -> KeypointMerger:
        return KeypointMerger(self.fit, self.settings, temperature)

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
        return self._verdict(answer, verdict.odds, detail)

    def to_json(self) -> JsonObject:
        return {**self.fit.to_json(), "temperature": self.temperature}


def _point_rule(settings: Settings) -> PointRule:
    return PointRule(
        settings["quorum"],
        settings["farthest"],
        settings["outlier"],
        settings["shared_points"],
        plain=settings.method == "keypoint_geometric",
    )


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
