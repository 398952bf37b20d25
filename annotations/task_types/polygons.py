"""Polygons: the outline of every object, none is an answer too.

Schema {"labels": [...]}; answer {"polygons": [{"label", "points": [[x, y], ...]}]} in image pixels,
not closed.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from annotations.measures.geometry import area
from annotations.measures.polygons import Polygon, identities, polygon_distance
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
    require_labels_kept,
    require_list,
    require_object,
)
from annotations.task_types.regions import check_regions, extents, on_image, region_label

POINT_LIMIT = 2_000
# Square pixels below which an outline encloses nothing.
LEAST_AREA = 0.5


class Polygons:
    """What is its outline?"""

    name = "polygons"
    tolerance = 0.3

    def check_schema(self, document: Any) -> JsonObject:
        given = require_object(document, "", SchemaInvalid)
        refuse_other_fields(given, ("labels",), "", SchemaInvalid)
        return {"labels": check_labels(given.get("labels"), at_least=1)}

    def successor(self, old: JsonObject, new: Any) -> JsonObject:
        document = self.check_schema(new)
        require_labels_kept(old, document)
        return document

    def check_answer(
        self, answer: Any, schema: JsonObject, image_size: ImageSize | None = None
    ) -> JsonObject:
        return check_regions(
            answer,
            "polygons",
            lambda entry, path: self._check_polygon(entry, schema, image_size, path),
        )

    def _check_polygon(
        self, entry: Any, schema: JsonObject, image_size: ImageSize | None, path: str
    ) -> JsonObject:
        given = require_object(entry, path, AnswerInvalid)
        refuse_other_fields(given, ("label", "points"), path, AnswerInvalid)
        place = join(path, "points")
        corners = require_list(
            given.get("points"), place, AnswerInvalid, at_least=3, at_most=POINT_LIMIT
        )
        points = [
            check_point(corner, image_size, f"{place}[{index}]")
            for index, corner in enumerate(corners)
        ]
        if len(points) > 3 and points[0] == points[-1]:
            points.pop()
        if abs(area(np.array(points))) < LEAST_AREA:
            raise AnswerInvalid(place, "encloses no area")
        return {"label": region_label(given, schema, path), "points": points}

    def distance(self, a: JsonObject, b: JsonObject, schema: JsonObject) -> float:
        """1 - (summed overlap of matched polygons of one label) / (larger number of polygons)."""
        answers = [
            sorted((Polygon.from_json(entry) for entry in answer["polygons"]), key=Polygon.identity)
            for answer in (a, b)
        ]
        first, second = sorted(answers, key=identities)
        return polygon_distance(first, second)

    def key(self, answer: JsonObject, schema: JsonObject) -> str:
        return digest_of(sorted(digest_of(entry) for entry in answer["polygons"]))

    def summary(self, answer: JsonObject) -> str:
        return counted([entry["label"] for entry in answer["polygons"]])


def check_point(corner: Any, image_size: ImageSize | None, path: str) -> list[float]:
    """[x, y] on the image."""
    pair = require_list(corner, path, AnswerInvalid, at_least=2, at_most=2)
    return [
        on_image(value, f"{path}[{axis}]", extent)
        for axis, (value, extent) in enumerate(zip(pair, extents(image_size), strict=True))
    ]
