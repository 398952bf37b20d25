"""What boxes, polygons and keypoints share: a place must lie on the image, attributes be legal."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from annotations.task_types.base import (
    NAME_LIMIT,
    AnswerInvalid,
    ImageSize,
    JsonObject,
    SchemaInvalid,
    join,
    label_in_use,
    refuse_other_fields,
    require_flag,
    require_list,
    require_number,
    require_object,
    require_text,
)

REGION_LIMIT = 1_000
# A drawing tool may round past the edge by this much (pixels); it is moved back onto the image.
EDGE = 1.0
KINDS = ("flag", "choice", "text")


def check_regions(
    answer: Any, field: str, check: Callable[[Any, str], JsonObject]
) -> dict[str, list[JsonObject]]:
    """The answer {field: [region, ...]} in normal form; `check` is given a region and its path."""
    given = require_object(answer, "", AnswerInvalid)
    refuse_other_fields(given, (field,), "", AnswerInvalid)
    entries = require_list(given.get(field), field, AnswerInvalid, at_most=REGION_LIMIT)
    return {field: [check(entry, f"{field}[{index}]") for index, entry in enumerate(entries)]}


def on_image(value: Any, path: str, extent: int | None) -> float:
    """A coordinate in [0, extent]; raises AnswerInvalid for what is not a number or off the image.

    Without a known extent only negative coordinates are off the image.
    """
    number = require_number(value, path, AnswerInvalid)
    high = float("inf") if extent is None else float(extent)
    if number < -EDGE or number > high + EDGE:
        where = "left of or above it" if number < 0 else f"the image ends at {extent}"
        raise AnswerInvalid(path, f"{number:g} lies outside the image: {where}")
    return min(max(number, 0.0), high)


def extents(image_size: ImageSize | None) -> tuple[int | None, int | None]:
    return (None, None) if image_size is None else image_size


def region_label(entry: JsonObject, schema: JsonObject, path: str) -> str:
    """The label of a region; with one label in the schema it may be left out."""
    name = entry.get("label")
    in_use = [label["name"] for label in schema["labels"] if not label.get("retired")]
    if name is None and len(in_use) == 1:
        return str(in_use[0])
    return label_in_use(name, schema, join(path, "label"))


def check_attributes_schema(document: Any) -> list[JsonObject]:
    """Attributes of regions: [{"name", "kind": "flag" | "choice" | "text", "options"?: [...]}]."""
    entries = require_list(document, "attributes", SchemaInvalid, at_most=50)
    checked = [_attribute(entry, f"attributes[{index}]") for index, entry in enumerate(entries)]
    names = [attribute["name"] for attribute in checked]
    twice = next((name for name in names if names.count(name) > 1), None)
    if twice is not None:
        raise SchemaInvalid("attributes", f"the name '{twice}' is used twice")
    return checked


def _attribute(entry: Any, path: str) -> JsonObject:
    given = require_object(entry, path, SchemaInvalid)
    refuse_other_fields(given, ("name", "kind", "options"), path, SchemaInvalid)
    name = require_text(given.get("name"), join(path, "name"), SchemaInvalid)
    kind = given.get("kind")
    if kind not in KINDS:
        raise SchemaInvalid(join(path, "kind"), f"must be one of {', '.join(KINDS)}")
    if kind != "choice":
        return {"name": name, "kind": kind}
    place = join(path, "options")
    options = require_list(given.get("options"), place, SchemaInvalid, at_least=2, at_most=100)
    texts = [require_text(o, f"{place}[{i}]", SchemaInvalid) for i, o in enumerate(options)]
    if len(set(texts)) != len(texts):
        raise SchemaInvalid(place, "an option is there twice")
    return {"name": name, "kind": kind, "options": texts}


def check_attributes(document: Any, schema: JsonObject, path: str) -> JsonObject:
    """The attributes of one region in the schema's order; raises AnswerInvalid."""
    given = require_object(document, path, AnswerInvalid)
    known = {attribute["name"]: attribute for attribute in schema.get("attributes", [])}
    refuse_other_fields(given, tuple(known), path, AnswerInvalid)
    return {
        name: _attribute_value(given[name], attribute, join(path, name))
        for name, attribute in known.items()
        if given.get(name) is not None
    }


def _attribute_value(value: Any, attribute: JsonObject, path: str) -> Any:
    if attribute["kind"] == "flag":
        return require_flag(value, path, AnswerInvalid)
    text = require_text(value, path, AnswerInvalid, limit=NAME_LIMIT, empty=True)
    if attribute["kind"] == "choice" and text not in attribute["options"]:
        raise AnswerInvalid(path, f"must be one of {', '.join(attribute['options'])}")
    return text
