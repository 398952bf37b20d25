"""Tables of rows, one picture a row: what CSV, JSON Lines and Parquet have in common."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from annotations.intake.documents import read_json
from annotations.intake.formats import shapes
from annotations.intake.formats.base import JsonObject, Record, Tree
from annotations.intake.refusals import Refusal

NAMES = ("filename", "file_name", "file", "image", "image_path", "path", "picture")
TEXTS = ("text", "transcription", "transcript")
GROUPS = ("group", "writer", "person", "identity", "subject", "page")
# What each task type's answers hold, and as what.
_KINDS: dict[str, tuple[str, type]] = {
    "choice": ("choice", str),
    "choices": ("multi_label", list),
    "text": ("transcription", str),
    "boxes": ("boxes", list),
    "polygons": ("polygons", list),
    "instances": ("keypoints", list),
}
TASK_TYPES = tuple(kind for kind, _ in _KINDS.values())


def record_of(row: Mapping[str, Any], source: str, where: str, tree: Tree) -> Record:
    """Return what a row says: `answer` as a document, or `text`, `labels` or `label`.

    A row with a `labeler` is that person's vote, all others are the truth as the table has it.
    """
    name = next((str(row[key]) for key in NAMES if row.get(key)), "")
    if not name:
        raise Refusal("format_invalid", f"The row names no picture; a column {NAMES[0]} would.")
    picture = tree.find(name, near=source, sha256=_word(row, "sha256", 64))
    confidence = row.get("confidence")
    return Record(
        source,
        where,
        picture,
        answers_of(row, picture.size),
        labeler=_word(row, "labeler", 100) if row.get("record") in (None, "", "vote") else "",
        confidence=None if confidence in (None, "") else shapes.number(confidence),
        group=next((_word(row, key, 200) for key in GROUPS if row.get(key) not in (None, "")), ""),
        split=_word(row, "split", 40),
    )


def _word(row: Mapping[str, Any], key: str, longest: int) -> str:
    value = row.get(key)
    if value is None:
        return ""
    if isinstance(value, dict | list | bool):
        raise Refusal("format_invalid", f"{key} is not a text.")
    word = str(value).strip()
    if len(word) > longest or not word.isprintable():
        raise Refusal("format_invalid", f"{key} is too long, or holds what cannot be shown.")
    return word


def answers_of(row: Mapping[str, Any], size: tuple[int, int]) -> dict[str, JsonObject]:
    """Return a row's answer by task type; none where the row has no answer."""
    answer = row.get("answer")
    if isinstance(answer, str) and answer.strip():
        answer = read_json(answer.encode("utf-8", "surrogatepass"))
    if isinstance(answer, dict):
        task_type = type_of(answer)
        return {task_type: _SOUND[task_type](answer, size)}
    if answer not in (None, ""):
        raise Refusal("format_invalid", "The answer is not a JSON object.")
    for key in TEXTS:
        if row.get(key) is not None:
            return {"transcription": shapes.text_answer(row[key])}
    if isinstance(row.get("labels"), list):
        return shapes.choices_answer([shapes.label(name) for name in row["labels"]], single=False)
    if row.get("label") not in (None, ""):
        return {"choice": {"choice": shapes.label(row["label"])}}
    return {}


def type_of(answer: JsonObject) -> str:
    """Return the task type whose answer a document is; raises Refusal for none."""
    for key, (task_type, kind) in _KINDS.items():
        if isinstance(answer.get(key), kind):
            return task_type
    raise Refusal("format_invalid", f"The answer has none of {', '.join(_KINDS)}.")


# ------------------------------------------------------------- documents that others have written


def _choice(answer: JsonObject, size: tuple[int, int]) -> JsonObject:
    return {"choice": shapes.label(answer["choice"])}


def _choices(answer: JsonObject, size: tuple[int, int]) -> JsonObject:
    return {"choices": [shapes.label(name) for name in answer["choices"]]}


def _text(answer: JsonObject, size: tuple[int, int]) -> JsonObject:
    if answer.get("illegible") is True:
        return {"text": "", "illegible": True}
    return shapes.text_answer(answer["text"])


def _boxes(answer: JsonObject, size: tuple[int, int]) -> JsonObject:
    boxes = []
    for part in _parts(answer["boxes"]):
        sides = [part.get(side) for side in ("x", "y", "width", "height")]
        given = part.get("attributes") or {}
        if not isinstance(given, dict) or not all(
            isinstance(v, str | bool) for v in given.values()
        ):
            raise Refusal("format_invalid", "The attributes of a box are not texts and flags.")
        boxes.append(shapes.box(shapes.label(part.get("label")), sides, size, given))
    return {"boxes": boxes}


def _polygons(answer: JsonObject, size: tuple[int, int]) -> JsonObject:
    made = []
    for part in _parts(answer["polygons"]):
        flat = [value for pair in _pairs(part.get("points"), 2) for value in pair]
        made.append(shapes.polygon(shapes.label(part.get("label")), flat, size))
    return {"polygons": made}


def _instances(answer: JsonObject, size: tuple[int, int]) -> JsonObject:
    made = []
    for part in _parts(answer["instances"]):
        points = part.get("points")
        if not isinstance(points, dict) or len(points) > _MOST_POINTS:
            raise Refusal("box_invalid", "The points of an object are not given by name.")
        places = {}
        for name, place in zip(points, _pairs(list(points.values()), 3), strict=True):
            x, y, seen = place
            if seen not in (0, 1, 2):
                raise Refusal("box_invalid", "A keypoint's visibility is 0, 1 or 2.")
            places[shapes.label(name)] = shapes.place(x, y, int(seen), size)
        made.append({"label": shapes.label(part.get("label")), "points": places})
    return {"instances": made}


_MOST_POINTS = 500


def _parts(parts: list[Any]) -> list[JsonObject]:
    if not all(isinstance(part, dict) for part in parts):
        raise Refusal("format_invalid", "A part of the answer is not an object.")
    return parts


def _pairs(points: Any, length: int) -> list[list[Any]]:
    if not isinstance(points, list) or not all(
        isinstance(point, list) and len(point) == length for point in points
    ):
        raise Refusal("box_invalid", f"Points are lists of {length} numbers.")
    return points


_SOUND = {
    "choice": _choice,
    "multi_label": _choices,
    "transcription": _text,
    "boxes": _boxes,
    "polygons": _polygons,
    "keypoints": _instances,
}
