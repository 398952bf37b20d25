"""Keypoints: the same named points on every object.

Schema {"labels": [...], "points": [{"name", "title"?, "mirror"?: name, "retired"?}],
"scale"?: [name, name], "bones"?: [[name, name], ...]}; answer {"instances": [{"label", "points":
{name: [x, y, visibility]}}]}, visibility 2 visible, 1 hidden, 0 absent (then x and y are 0).
"""

from __future__ import annotations

from typing import Any

from annotations.measures.keypoints import Instance, Skeleton, instance_distance
from annotations.task_types.base import (
    AnswerInvalid,
    ImageSize,
    JsonObject,
    SchemaInvalid,
    check_labels,
    counted,
    digest_of,
    join,
    refuse_other_fields,
    require_flag,
    require_labels_kept,
    require_list,
    require_object,
    require_text,
)
from annotations.task_types.polygons import check_point
from annotations.task_types.regions import check_regions, region_label

POINT_LIMIT = 500


class Keypoints:
    """Where is each named point?"""

    name = "keypoints"
    tolerance = 0.1

    def check_schema(self, document: Any) -> JsonObject:
        given = require_object(document, "", SchemaInvalid)
        refuse_other_fields(given, ("labels", "points", "scale", "bones"), "", SchemaInvalid)
        points = _check_points(given.get("points"))
        names = {point["name"] for point in points}
        checked: JsonObject = {
            "labels": check_labels(given.get("labels"), at_least=1),
            "points": points,
        }
        if given.get("scale") is not None:
            checked["scale"] = _name_pair(given["scale"], "scale", names)
        if given.get("bones"):
            bones = require_list(given["bones"], "bones", SchemaInvalid, at_most=POINT_LIMIT)
            checked["bones"] = [
                _name_pair(bone, f"bones[{index}]", names) for index, bone in enumerate(bones)
            ]
        return checked

    def successor(self, old: JsonObject, new: Any) -> JsonObject:
        document = self.check_schema(new)
        require_labels_kept(old, document)
        require_labels_kept({"labels": old["points"]}, {"labels": document["points"]}, "points")
        return document

    def check_answer(
        self, answer: Any, schema: JsonObject, image_size: ImageSize | None = None
    ) -> JsonObject:
        return check_regions(
            answer,
            "instances",
            lambda entry, path: self._check_instance(entry, schema, image_size, path),
        )

    def _check_instance(
        self, entry: Any, schema: JsonObject, image_size: ImageSize | None, path: str
    ) -> JsonObject:
        given = require_object(entry, path, AnswerInvalid)
        refuse_other_fields(given, ("label", "points"), path, AnswerInvalid)
        place = join(path, "points")
        points = require_object(given.get("points"), place, AnswerInvalid)
        wanted = [point["name"] for point in schema["points"] if not point.get("retired")]
        refuse_other_fields(points, wanted, place, AnswerInvalid)
        missing = next((name for name in wanted if name not in points), None)
        if missing is not None:
            reason = f"the point '{missing}' is missing; an absent one is [0, 0, 0]"
            raise AnswerInvalid(place, reason)
        return {
            "label": region_label(given, schema, path),
            "points": {
                name: _check_place(points[name], image_size, join(place, name)) for name in wanted
            },
        }

    def distance(self, a: JsonObject, b: JsonObject, schema: JsonObject) -> float:
        """Mean point error of matched instances in units of the scale, each at most 1."""
        skeleton = skeleton_of(schema)
        first, second = sorted(
            (sorted(map(Instance.from_json, answer["instances"]), key=Instance.order)
             for answer in (a, b)),
            key=lambda instances: [instance.order() for instance in instances],
        )  # fmt: skip
        return instance_distance(first, second, skeleton)

    def key(self, answer: JsonObject, schema: JsonObject) -> str:
        return digest_of(sorted(digest_of(entry) for entry in answer["instances"]))

    def summary(self, answer: JsonObject) -> str:
        return counted([entry["label"] for entry in answer["instances"]])


def skeleton_of(schema: JsonObject) -> Skeleton:
    """The points, mirrors and scale of a schema."""
    return Skeleton.from_json(schema)


def _check_points(document: Any) -> list[JsonObject]:
    entries = require_list(document, "points", SchemaInvalid, at_least=1, at_most=POINT_LIMIT)
    points = [_check_named(entry, f"points[{index}]") for index, entry in enumerate(entries)]
    mirrors = {point["name"]: point.get("mirror") for point in points}
    if len(mirrors) != len(points):
        names = [point["name"] for point in points]
        twice = next(name for name in names if names.count(name) > 1)
        raise SchemaInvalid("points", f"the name '{twice}' is used twice")
    for index, point in enumerate(points):
        other = point.get("mirror")
        if other is not None and (other == point["name"] or mirrors.get(other) != point["name"]):
            reason = f"'{point['name']}' and '{other}' must name each other"
            raise SchemaInvalid(f"points[{index}].mirror", reason)
    if all(point.get("retired") for point in points):
        raise SchemaInvalid("points", "must have at least 1 point that is not retired")
    return points


def _check_named(entry: Any, path: str) -> JsonObject:
    given = require_object(entry, path, SchemaInvalid)
    refuse_other_fields(given, ("name", "title", "mirror", "retired"), path, SchemaInvalid)
    point = {"name": require_text(given.get("name"), join(path, "name"), SchemaInvalid)}
    for field in ("title", "mirror"):
        if given.get(field) is not None:
            point[field] = require_text(given[field], join(path, field), SchemaInvalid)
    checked: JsonObject = point
    if require_flag(given.get("retired", False), join(path, "retired"), SchemaInvalid):
        checked["retired"] = True
    return checked


def _name_pair(document: Any, path: str, names: set[str]) -> list[str]:
    pair = require_list(document, path, SchemaInvalid, at_least=2, at_most=2)
    for index, name in enumerate(pair):
        if not isinstance(name, str) or name not in names:
            raise SchemaInvalid(f"{path}[{index}]", "is not the name of a point")
    if pair[0] == pair[1]:
        raise SchemaInvalid(path, "must be two different points")
    return list(pair)


def _check_place(value: Any, image_size: ImageSize | None, path: str) -> list[float | int]:
    """[x, y, visibility]; an absent point has no position."""
    entry = require_list(value, path, AnswerInvalid, at_least=3, at_most=3)
    visibility = entry[2]
    if isinstance(visibility, bool) or visibility not in (0, 1, 2):
        raise AnswerInvalid(f"{path}[2]", "must be 0 (absent), 1 (hidden) or 2 (visible)")
    x, y = check_point(entry[:2], image_size, path)
    return [0.0, 0.0, 0] if visibility == 0 else [x, y, int(visibility)]
