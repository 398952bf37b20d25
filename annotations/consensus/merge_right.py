"""How right a merged answer is, held against the known one: what its confidence speaks of.

A text is right when it is the known one under the text policy, a set of labels when it is that
very set. Where shapes are merged every object is a decision, to keep it or to leave it; the share
of decisions that were right is taken. Known objects that nobody marked are wrong decisions too.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from annotations.consensus.base import FloatArray
from annotations.consensus.merging import AnswerVerdict, JsonObject
from annotations.measures.boxes import Box, edges_of, match, overlap_matrix
from annotations.measures.keypoints import Instance, Skeleton, places, point_error, scale_of
from annotations.measures.polygons import Polygon, polygon_overlap
from annotations.measures.text import TextPolicy

SAME_OBJECT = 0.5  # overlap (IoU) from which a shape shows the known object
SAME_POINTS = 0.1  # mean point error, in units of the scale, up to which an instance does


def rightness(
    task_type: str, verdict: AnswerVerdict, known: JsonObject, schema: JsonObject
) -> float:
    """How right a verdict is, in [0, 1]; raises KeyError for a type that is not merged."""
    if task_type == "transcription":
        return float(_same_text(verdict.answer, known, schema))
    if task_type == "multi_label":
        return float(set(verdict.answer["choices"]) == set(known["choices"]))
    field = {"boxes": "boxes", "polygons": "polygons", "keypoints": "instances"}[task_type]
    kept = verdict.answer[field]
    left = [entry["answer"] for entry in verdict.detail.get("rejected", [])]
    return _share_right(_alike(task_type, [*kept, *left], known[field], schema), len(kept))


def _same_text(answer: JsonObject, known: JsonObject, schema: JsonObject) -> bool:
    if answer.get("illegible") or known.get("illegible"):
        return bool(answer.get("illegible")) == bool(known.get("illegible"))
    policy = TextPolicy(**schema["policy"])
    return policy.key(answer["text"]) == policy.key(known["text"])


def _share_right(alike: FloatArray, kept: int) -> float:
    """Share of right decisions; alike: (objects, known), 0 where they are not the same one.

    The first `kept` objects were kept, the others left. Kept ones are matched first.
    """
    objects, known = alike.shape
    found = match(alike[:kept], 1e-9)
    free = sorted(set(range(known)) - {place for _, place in found})
    lost = match(alike[kept:][:, free], 1e-9)
    right = len(found) + (objects - kept - len(lost))
    decisions = objects + len(free) - len(lost)
    return right / decisions if decisions else 1.0


def _alike(
    task_type: str,
    objects: Sequence[JsonObject],
    known: Sequence[JsonObject],
    schema: JsonObject,
) -> FloatArray:
    """How well objects fit known ones of the same label, (objects, known); 0 is not at all."""
    if not objects or not known:
        return np.zeros((len(objects), len(known)))
    if task_type == "keypoints":
        near = 1.0 - _point_errors(objects, known, Skeleton.from_json(schema))
        fits = np.where(near >= 1.0 - SAME_POINTS, near, 0.0)
    else:
        near = _box_overlap(objects, known) if task_type == "boxes" else _overlap(objects, known)
        fits = np.where(near >= SAME_OBJECT, near, 0.0)
    same = np.array([[a["label"] == b["label"] for b in known] for a in objects])
    return np.asarray(np.where(same, fits, 0.0))


def _box_overlap(objects: Sequence[JsonObject], known: Sequence[JsonObject]) -> FloatArray:
    first, second = (
        edges_of([Box.from_json(entry) for entry in entries]) for entries in (objects, known)
    )
    return overlap_matrix(first, second)


def _overlap(objects: Sequence[JsonObject], known: Sequence[JsonObject]) -> FloatArray:
    return polygon_overlap(
        [Polygon.from_json(entry) for entry in objects],
        [Polygon.from_json(entry) for entry in known],
    )


def _point_errors(
    objects: Sequence[JsonObject], known: Sequence[JsonObject], skeleton: Skeleton
) -> FloatArray:
    """Mean point errors (objects, known), in units of the known object's scale."""
    first, second = (
        [places(Instance.from_json(entry), skeleton) for entry in entries]
        for entries in (objects, known)
    )
    return np.array([[point_error(a, b, scale_of(b, skeleton)) for b in second] for a in first])
