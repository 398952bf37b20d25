"""Boxes: a rectangle around every object, none is an answer too.

Schema {"labels": [...], "attributes"?: [...], "least_side"?: pixels}; answer {"boxes": [{"label",
"x", "y", "width", "height", "attributes"?}]}, x and y the upper left corner in image pixels.
"""

from __future__ import annotations

from typing import Any

from annotations.measures.boxes import Box, box_distance
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
    require_number,
    require_object,
)
from annotations.task_types.regions import (
    check_attributes,
    check_attributes_schema,
    check_regions,
    extents,
    on_image,
    region_label,
)

FIELDS = ("label", "x", "y", "width", "height", "attributes")


class Boxes:
    """Where is each of them?"""

    name = "boxes"
    tolerance = 0.3

    def check_schema(self, document: Any) -> JsonObject:
        given = require_object(document, "", SchemaInvalid)
        refuse_other_fields(given, ("labels", "attributes", "least_side"), "", SchemaInvalid)
        checked: JsonObject = {"labels": check_labels(given.get("labels"), at_least=1)}
        if given.get("attributes"):
            checked["attributes"] = check_attributes_schema(given["attributes"])
        if given.get("least_side") is not None:
            side = require_number(given["least_side"], "least_side", SchemaInvalid)
            if side < 0:
                raise SchemaInvalid("least_side", "must not be negative")
            checked["least_side"] = side
        return checked

    def successor(self, old: JsonObject, new: Any) -> JsonObject:
        document = self.check_schema(new)
        require_labels_kept(old, document)
        return document

    def check_answer(
        self, answer: Any, schema: JsonObject, image_size: ImageSize | None = None
    ) -> JsonObject:
        return check_regions(
            answer, "boxes", lambda entry, path: self._check_box(entry, schema, image_size, path)
        )

    def _check_box(
        self, entry: Any, schema: JsonObject, image_size: ImageSize | None, path: str
    ) -> JsonObject:
        given = require_object(entry, path, AnswerInvalid)
        refuse_other_fields(given, FIELDS, path, AnswerInvalid)
        box: JsonObject = {"label": region_label(given, schema, path)}
        for start, side, extent in zip(
            ("x", "y"), ("width", "height"), extents(image_size), strict=True
        ):
            low = on_image(given.get(start), join(path, start), extent)
            length = require_number(given.get(side), join(path, side), AnswerInvalid)
            if length <= 0:
                raise AnswerInvalid(join(path, side), "must be greater than 0")
            end = given[start] + length
            high = on_image(end, join(path, side), extent)
            # Kept to the bit unless the edge of the image cuts it.
            box[start], box[side] = (
                low,
                length if low == given[start] and high == end else high - low,
            )
            if box[side] < schema.get("least_side", 0.0) or box[side] <= 0:
                raise AnswerInvalid(join(path, side), f"{box[side]:g} is too small")
        if given.get("attributes"):
            place = join(path, "attributes")
            box["attributes"] = check_attributes(given["attributes"], schema, place)
        return {key: box[key] for key in FIELDS if key in box}

    def distance(self, a: JsonObject, b: JsonObject, schema: JsonObject) -> float:
        """1 - (summed overlap of matched boxes of one label) / (larger number of boxes)."""
        first, second = (
            sorted((Box.from_json(entry) for entry in answer["boxes"]), key=Box.order)
            for answer in (a, b)
        )
        if first == second:
            return 0.0
        return box_distance(*sorted((first, second), key=lambda boxes: [x.order() for x in boxes]))

    def key(self, answer: JsonObject, schema: JsonObject) -> str:
        return digest_of(sorted(digest_of(entry) for entry in answer["boxes"]))

    def summary(self, answer: JsonObject) -> str:
        return counted([entry["label"] for entry in answer["boxes"]])
