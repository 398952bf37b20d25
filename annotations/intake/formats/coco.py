"""COCO: boxes, outlines and keypoints of many pictures in one JSON file."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Sequence
from typing import Any

from annotations.intake.formats import shapes
from annotations.intake.formats.base import (
    Found,
    ImportFormat,
    JsonObject,
    Problem,
    Record,
    Told,
    Tree,
    each_file,
)
from annotations.intake.refusals import Refusal

_SPLIT = re.compile(r"(?:^|[_\-/.])(train|val|test)")
_CROWD = "A crowd region marks no single object."


class Coco(ImportFormat):
    name = "coco"
    title = "COCO"
    task_types = ("boxes", "polygons", "keypoints")

    def claims(self, path: str, tree: Tree) -> bool:
        if not path.lower().endswith(".json"):
            return False
        document = tree.json(path)
        return (
            isinstance(document, dict)
            and isinstance(document.get("images"), list)
            and isinstance(document.get("categories"), list)
        )

    def read(self, paths: Sequence[str], tree: Tree) -> Iterator[Told]:
        return each_file(paths, tree, _read)


def _read(path: str, tree: Tree) -> Iterator[Told]:
    document = tree.json(path)
    categories = _categories(document["categories"])
    annotations = document.get("annotations") or []
    if not isinstance(annotations, list):
        raise Refusal("json_shape", "`annotations` is not a list.")
    by_image: dict[Any, list[JsonObject]] = defaultdict(list)
    for entry in annotations:
        if isinstance(entry, dict) and isinstance(entry.get("image_id"), int | str):
            by_image[entry["image_id"]].append(entry)
        else:
            yield Problem(path, "", str(entry)[:80], Refusal("json_shape", _NO_IMAGE))
    types = _types(categories, annotations)
    for number, image in enumerate(document["images"]):
        try:
            yield from _image(image, by_image, categories, types, path, tree)
        except Refusal as refusal:
            name = image.get("file_name") if isinstance(image, dict) else image
            yield Problem(path, f"image {number}", str(name)[:200], refusal)
    for image_id, lost in by_image.items():
        unknown = Refusal("unknown_item", f"There is no image {str(image_id)[:40]} in the file.")
        yield from (Problem(path, "", str(entry.get("id", ""))[:80], unknown) for entry in lost)


_NO_IMAGE = "The annotation names no image."


def _categories(entries: list[Any]) -> dict[Any, JsonObject]:
    made = {}
    for entry in entries:
        if not isinstance(entry, dict) or not isinstance(entry.get("id"), int | str):
            raise Refusal("json_shape", "A category has no id.")
        made[entry["id"]] = {
            "label": shapes.label(entry.get("name")),
            "points": [str(point) for point in entry.get("keypoints") or []],
        }
    return made


def _types(categories: dict[Any, JsonObject], annotations: list[Any]) -> list[str]:
    """Return the task types that the file speaks of, the one that says most first."""
    entries = [entry for entry in annotations if isinstance(entry, dict)]
    types = []
    if any(category["points"] for category in categories.values()):
        types.append("keypoints")
    if any(isinstance(rings := entry.get("segmentation"), list) and rings for entry in entries):
        types.append("polygons")
    return [*types, "boxes"] if entries else []


def _image(
    image: Any,
    by_image: dict[Any, list[JsonObject]],
    categories: dict[Any, JsonObject],
    types: list[str],
    path: str,
    tree: Tree,
) -> Iterator[Told]:
    if not isinstance(image, dict) or not isinstance(image.get("file_name"), str):
        raise Refusal("json_shape", "The image has no file_name.")
    if not isinstance(image.get("id"), int | str):
        raise Refusal("json_shape", "The image has no id.")
    entries = by_image.pop(image["id"], [])
    picture = tree.find(image["file_name"], near=path)
    split = image.get("split") or "".join(_SPLIT.findall(path.lower())[-1:])
    who = {str(entry.get("labeler") or "") for entry in entries}
    asked = image.get("labelers")
    who |= {str(name) for name in asked} if isinstance(asked, list) else {""}
    for labeler in sorted(who):
        given = [entry for entry in entries if str(entry.get("labeler") or "") == labeler]
        if not labeler and not given and isinstance(asked, list) and asked:
            continue  # votes alone
        answers, problems = _answers(given, categories, types, picture, path)
        yield from problems
        scores = [s for entry in given if isinstance(s := entry.get("score"), int | float)]
        yield Record(
            path,
            f"image {image.get('id')}",
            picture,
            answers,
            labeler=labeler[:100],
            confidence=shapes.number(min(scores)) if scores else None,
            partial=bool(problems),
            group=str(image.get("group") or "")[:200],
            split=str(split)[:40],
        )


def _answers(
    entries: list[JsonObject],
    categories: dict[Any, JsonObject],
    types: list[str],
    picture: Found,
    path: str,
) -> tuple[dict[str, JsonObject], list[Told]]:
    made: dict[str, list[JsonObject]] = {name: [] for name in types}
    problems: list[Told] = []
    outlined = all(isinstance(entry.get("segmentation"), list) for entry in entries)
    for entry in entries:
        try:
            if entry.get("iscrowd"):
                raise Refusal("format_invalid", _CROWD)
            number = entry.get("category_id")
            category = categories.get(number) if isinstance(number, int | str) else None
            if category is None:
                raise Refusal("unknown_label", "The annotation's category is not in the file.")
            _add(entry, category, made, picture, outlined)
        except Refusal as refusal:
            problems.append(Problem(path, "", str(entry.get("id", ""))[:80], refusal))
    keys = {"boxes": "boxes", "polygons": "polygons", "keypoints": "instances"}
    return {
        name: {keys[name]: parts} for name, parts in made.items() if name != "polygons" or outlined
    }, problems


def _add(
    entry: JsonObject,
    category: JsonObject,
    made: dict[str, list[JsonObject]],
    picture: Found,
    outlined: bool,
) -> None:
    """Add an annotation to the answers; all of it, or nothing where a part is refused."""
    name, size = category["label"], picture.size
    parts: dict[str, list[JsonObject]] = {}
    if "keypoints" in made:
        parts["keypoints"] = [_instance(entry, category, size)]
    if "polygons" in made and outlined:
        rings = entry["segmentation"]
        parts["polygons"] = [shapes.polygon(name, ring, size) for ring in rings]
    if any(entry.get("bbox") or []) or "keypoints" not in parts:
        parts["boxes"] = [shapes.box(name, entry.get("bbox") or [], size, _attributes(entry))]
    for kind, added in parts.items():
        made[kind].extend(added)


def _attributes(entry: JsonObject) -> JsonObject:
    given = entry.get("attributes")
    if not isinstance(given, dict):
        return {}
    return {str(k): v for k, v in given.items() if isinstance(v, str | bool) and v != ""}


def _instance(entry: JsonObject, category: JsonObject, size: tuple[int, int]) -> JsonObject:
    flat, names = entry.get("keypoints") or [], category["points"]
    if not isinstance(flat, list) or len(flat) != 3 * len(names):
        raise Refusal("box_invalid", f"{len(names)} keypoints need {3 * len(names)} numbers.")
    places = {}
    for at, name in enumerate(names):
        x, y, seen = flat[3 * at : 3 * at + 3]
        if seen not in (0, 1, 2):
            raise Refusal("box_invalid", "A keypoint's visibility is 0, 1 or 2.")
        places[name] = shapes.place(x, y, int(seen), size)
    return {"label": category["label"], "points": places}
