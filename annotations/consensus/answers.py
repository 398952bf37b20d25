"""Consensus of answers that are JSON documents: the table of mergers by task type.

A merger is opened from its saved state, or fitted to all ballots of a project, and then merges
one ballot at a time, in time that does not grow with the project.
"""

from __future__ import annotations

from collections.abc import Hashable, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any, Protocol

import numpy as np

from annotations.consensus.boxes import BoxCluster, merge_boxes
from annotations.consensus.keypoint_fitting import KeypointFit, fit_keypoints
from annotations.consensus.keypoints import InstanceVerdict
from annotations.consensus.multi_label import MultiLabelFit, MultiLabelVotes, fit_multi_label
from annotations.consensus.polygons import merge_polygons
from annotations.consensus.text_fitting import fit_readings
from annotations.consensus.transcription import Reading, TextFit
from annotations.measures.boxes import Box
from annotations.measures.keypoints import Instance, Skeleton
from annotations.measures.polygons import Polygon
from annotations.measures.text import TextPolicy

JsonObject = dict[str, Any]
Ballot = tuple[Sequence[int], Sequence[JsonObject]]  # labeler keys, answers
Ballots = Mapping[Any, Ballot]
KnownAnswers = Mapping[Any, JsonObject]


@dataclass(frozen=True)
class AnswerVerdict:
    """answer: the merged answer as a JSON document; confidence in [0, 1]; method: what merged it;
    detail: what a reviewer needs (support of characters, spread of shapes, rejected objects)."""

    answer: JsonObject
    confidence: float
    method: str
    detail: JsonObject


class Merger(Protocol):
    """Ready to merge ballots under one label schema."""

    def merge(self, labeler_keys: Sequence[int], answers: Sequence[JsonObject]) -> AnswerVerdict:
        """The verdict on one item; the order does not matter. Needs at least one answer."""
        ...

    def to_json(self) -> JsonObject:
        """The state that `open_merger` reads back exactly."""
        ...


def _in_order(ballots: Ballots) -> list[tuple[Hashable, Ballot]]:
    """Ballots in a fixed order."""
    return sorted(ballots.items(), key=lambda row: (type(row[0]).__name__, row[0]))


class TranscriptionMerger:
    """Texts; a blank text is an abstention, {"illegible": true} a vote for "cannot be read"."""

    def __init__(self, fit: TextFit) -> None:
        self.fit = fit

    @staticmethod
    def open(state: JsonObject | None, schema: JsonObject) -> TranscriptionMerger:
        if state is not None:
            return TranscriptionMerger(TextFit.from_json(state))
        return TranscriptionMerger(TextFit(policy=TextPolicy(**schema["policy"])))

    @staticmethod
    def fitted(
        ballots: Ballots, schema: JsonObject, known: KnownAnswers | None
    ) -> TranscriptionMerger:
        rows = [
            (item, key, _reading(answer))
            for item, (keys, answers) in _in_order(ballots)
            for key, answer in zip(keys, answers, strict=True)
        ]
        certain = {item: _reading(answer) for item, answer in (known or {}).items()}
        fit = fit_readings(
            [row[0] for row in rows],
            [row[1] for row in rows],
            [row[2] for row in rows],
            policy=TextPolicy(**schema["policy"]),
            known=certain,
        )
        return TranscriptionMerger(fit)

    def merge(self, labeler_keys: Sequence[int], answers: Sequence[JsonObject]) -> AnswerVerdict:
        verdict = self.fit.merge(labeler_keys, [_reading(answer) for answer in answers])
        answer: JsonObject = {"text": verdict.text or ""}
        if verdict.text is None:
            answer["illegible"] = True
        tokens = [[token.raw, round(token.support, 6)] for token in verdict.tokens]
        detail = {"tokens": tokens, "abstentions": verdict.abstentions}
        return AnswerVerdict(answer, verdict.confidence, verdict.rule, detail)

    def to_json(self) -> JsonObject:
        return self.fit.to_json()


def _reading(answer: JsonObject) -> Reading:
    return None if answer.get("illegible") else str(answer["text"])


class MultiLabelMerger:
    """Sets of labels; codes are places in the schema's list, which only ever grows."""

    def __init__(self, fit: MultiLabelFit, names: Sequence[str]) -> None:
        self.fit, self.names = fit, list(names)
        self.codes = {name: code for code, name in enumerate(self.names)}

    @staticmethod
    def open(state: JsonObject | None, schema: JsonObject) -> MultiLabelMerger:
        names = [label["name"] for label in schema["labels"]]
        if state is None:
            return MultiLabelMerger.fitted({}, schema, None)
        fit = MultiLabelFit.from_json(state)
        grown = np.full(len(names) - fit.n_labels, float(np.mean(fit.label_odds)))
        return MultiLabelMerger(
            MultiLabelFit(fit.binary, np.concatenate([fit.label_odds, grown])), names
        )

    @staticmethod
    def fitted(
        ballots: Ballots, schema: JsonObject, known: KnownAnswers | None
    ) -> MultiLabelMerger:
        names = [label["name"] for label in schema["labels"]]
        codes = {name: code for code, name in enumerate(names)}
        rows = _in_order(ballots)
        keys = sorted({int(key) for _, (labelers, _) in rows for key in labelers})
        place = {key: index for index, key in enumerate(keys)}
        votes = MultiLabelVotes(
            np.array([n for n, (_, b) in enumerate(rows) for _ in b[0]], dtype=np.int32),
            np.array([place[int(k)] for _, b in rows for k in b[0]], dtype=np.int32),
            [[codes[name] for name in answer["choices"]] for _, b in rows for answer in b[1]],
            len(rows),
            keys,
            len(names),
        )
        index = {item: n for n, (item, _) in enumerate(rows)}
        certain = {
            index[item]: [codes[name] for name in answer["choices"]]
            for item, answer in (known or {}).items()
            if item in index
        }
        return MultiLabelMerger(fit_multi_label(votes, known=certain), names)

    def merge(self, labeler_keys: Sequence[int], answers: Sequence[JsonObject]) -> AnswerVerdict:
        chosen = [[self.codes[name] for name in answer["choices"]] for answer in answers]
        verdict = self.fit.merge(labeler_keys, chosen)
        named = {code for codes in chosen for code in codes} | set(verdict.codes)
        probability = {
            self.names[code]: round(float(verdict.probability[code]), 6) for code in sorted(named)
        }
        return AnswerVerdict(
            {"choices": [self.names[code] for code in verdict.codes]},
            verdict.confidence,
            "multi_label",
            {"probability": probability},
        )

    def to_json(self) -> JsonObject:
        return self.fit.to_json()


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
        detail = {
            "kept": [_support(cluster) | {"spread": cluster.spread} for cluster in verdict.kept],
            "rejected": [_support(cluster) | cluster.box.to_json() for cluster in verdict.rejected],
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


def _support(cluster: Any) -> JsonObject:
    return {
        "support": round(cluster.support, 6),
        "label_support": round(cluster.label_support, 6),
        "members": [list(member) for member in cluster.members],
    }


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
        detail = {
            "kept": [_support(cluster) | {"spread": cluster.spread} for cluster in verdict.kept],
            "rejected": [
                _support(cluster) | cluster.polygon.to_json() for cluster in verdict.rejected
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
            for _, (keys, answers) in _in_order(ballots)
        ]
        return KeypointMerger(fit_keypoints(Skeleton.from_json(schema), rows))

    def merge(self, labeler_keys: Sequence[int], answers: Sequence[JsonObject]) -> AnswerVerdict:
        verdict = self.fit.merge(labeler_keys, [_instances(answer) for answer in answers])
        detail = {
            "kept": [_instance_detail(instance) for instance in verdict.kept],
            "rejected": [_instance_detail(instance) for instance in verdict.rejected],
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


def _instance_detail(verdict: InstanceVerdict) -> JsonObject:
    return {
        "support": round(verdict.support, 6),
        "scale": round(verdict.scale, 3),
        "members": [list(member) for member in verdict.members],
        "swapped": list(verdict.swapped),
        "points": {name: asdict(point) for name, point in verdict.points.items()},
    }


class MergerKind(Protocol):
    """How the merger of a task type comes to be."""

    def open(self, state: JsonObject | None, schema: JsonObject) -> Merger: ...

    def fitted(
        self, ballots: Ballots, schema: JsonObject, known: KnownAnswers | None
    ) -> Merger: ...


# By the name of the task type.
MERGERS: dict[str, MergerKind] = {
    "transcription": TranscriptionMerger,
    "multi_label": MultiLabelMerger,
    "boxes": BoxMerger,
    "polygons": PolygonMerger,
    "keypoints": KeypointMerger,
}


def open_merger(task_type: str, state: JsonObject | None, schema: JsonObject) -> Merger:
    """The merger of a task type from its saved state, or one that knows no labeler yet."""
    return MERGERS[task_type].open(state, schema)


def fit_merger(
    task_type: str, ballots: Ballots, schema: JsonObject, *, known: KnownAnswers | None = None
) -> Merger:
    """The merger of a task type fitted to all ballots; known: answers that are certain."""
    return MERGERS[task_type].fitted(ballots, schema, known)
