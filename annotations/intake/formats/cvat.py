"""CVAT for images 1.1: one XML file with the shapes and tags of many pictures."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from annotations.intake.documents import Node, read_xml, root_name
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

_SHAPES = ("tag", "box", "polygon", "skeleton", "points")
_UNREAD = ("polyline", "ellipse", "mask", "cuboid")


class Cvat(ImportFormat):
    name = "cvat"
    title = "CVAT for images"
    task_types = ("choice", "multi_label", "boxes", "polygons", "keypoints")

    def claims(self, path: str, tree: Tree) -> bool:
        return path.lower().endswith(".xml") and root_name(tree.head(path)) == "annotations"

    def read(self, paths: Sequence[str], tree: Tree) -> Iterator[Told]:
        return each_file(paths, tree, _read)


def _read(path: str, tree: Tree) -> Iterator[Told]:
    root = read_xml(tree.read(path))
    images = list(root.all("image"))
    if not images and any(root.all("track")):
        raise Refusal("format_invalid", "This is CVAT for video; export it as CVAT for images.")
    flags = {
        node.word("name")
        for node in root.walk()
        if node.name == "attribute" and node.word("input_type") == "checkbox"
    }
    kinds = {shape.name for image in images for shape in image.all(*_SHAPES)} or _declared(root)
    single = all(sum(1 for _ in image.all("tag")) == 1 for image in images)
    for image in images:
        name = image.get("name")
        try:
            picture = tree.find(name, near=path)
        except Refusal as refusal:
            yield Problem(path, f"image {image.get('id')}", name[:200], refusal)
            continue
        answers, problems = _answers(image, picture, kinds, single, flags, path)
        yield from problems
        yield Record(
            path,
            f"image {image.get('id')}",
            picture,
            answers,
            split=image.get("subset")[:40],
            partial=bool(problems),
        )


def _declared(root: Node) -> set[str]:
    """Return the kinds of shapes that the labels are for, where the pictures hold none."""
    kinds = {"rectangle": "box", "polygon": "polygon", "skeleton": "skeleton", "tag": "tag"}
    types = {node.word("type") for node in root.walk() if node.name == "label"}
    return {kinds[name] for name in types if name in kinds}


def _answers(
    image: Node, picture: Found, kinds: set[str], single: bool, flags: set[str], path: str
) -> tuple[dict[str, JsonObject], list[Told]]:
    parts: dict[str, list[JsonObject]] = {kind: [] for kind in _SHAPES}
    problems: list[Told] = []
    for shape in image.all(*_SHAPES, *_UNREAD):
        try:
            if shape.name in _UNREAD:
                raise Refusal("format_invalid", f"Shapes of the kind {shape.name} are not read.")
            parts[shape.name].append(_part(shape, picture, flags))
        except Refusal as refusal:
            place = f"image {image.get('id')}"
            problems.append(Problem(path, place, shape.get("label")[:80], refusal))
    made: dict[str, JsonObject] = {}
    if kinds & {"skeleton", "points"}:
        made["keypoints"] = {"instances": parts["skeleton"] + parts["points"]}
    if "polygon" in kinds:
        made["polygons"] = {"polygons": parts["polygon"]}
    if "box" in kinds:
        made["boxes"] = {"boxes": parts["box"]}
    if "tag" in kinds:
        names = [part["label"] for part in parts["tag"]]
        made |= shapes.choices_answer(names, single=single)
    return made, problems


def _part(shape: Node, picture: Found, flags: set[str]) -> JsonObject:
    name = shapes.label(shape.get("label"))
    if shape.name == "tag":
        return {"label": name}
    if shape.name == "box":
        left, top, right, bottom = (
            shapes.number(shape.get(side)) for side in ("xtl", "ytl", "xbr", "ybr")
        )
        sides = [left, top, right - left, bottom - top]
        if shapes.number(shape.get("rotation", "0")):
            raise Refusal("box_invalid", "The box is turned; upright ones are read.")
        return shapes.box(name, sides, picture.size, _attributes(shape, flags))
    if shape.name == "polygon":
        return shapes.polygon(name, _flat(shape.get("points")), picture.size)
    if shape.name == "skeleton":
        return {
            "label": name,
            "points": dict(_joint(node, picture) for node in shape.all("points")),
        }
    pairs = shapes.points(_flat(shape.get("points")), picture.size, least=1)
    return {"label": name, "points": {str(at): [*pair, 2] for at, pair in enumerate(pairs, 1)}}


def _attributes(shape: Node, flags: set[str]) -> JsonObject:
    made: JsonObject = {"occluded": True} if shape.get("occluded") == "1" else {}
    for node in shape.all("attribute"):
        name, value = node.get("name"), node.text.strip()
        if name in flags:
            made[name] = value == "true"
        elif value:
            made[name] = value
    return made


def _joint(node: Node, picture: Found) -> tuple[str, list[float | int]]:
    seen = 0 if node.get("outside") == "1" else 1 if node.get("occluded") == "1" else 2
    flat = _flat(node.get("points"))
    if len(flat) != 2:
        raise Refusal("box_invalid", "A point of a skeleton needs two numbers.")
    return shapes.label(node.get("label")), shapes.place(flat[0], flat[1], seen, picture.size)


def _flat(points: str) -> list[str]:
    return [value for pair in points.split(";") for value in pair.split(",")]
