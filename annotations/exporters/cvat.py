"""CVAT for images 1.1 (https://docs.cvat.ai/docs/manual/advanced/xml_format/), one XML file."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import BinaryIO

from annotations.exporters.items import (
    Aside,
    Folder,
    ItemExporter,
    JsonObject,
    LabeledItem,
    Question,
    plain,
)
from annotations.exporters.xml import HEAD, Markup, element


class Cvat(ItemExporter):
    """annotations.xml, and images/ on request."""

    name = "cvat"
    task_types = ("choice", "multi_label", "boxes", "polygons", "keypoints")
    note = """
CVAT for images 1.1. Coordinates are pixels from the upper left corner, not rounded; boxes are given
by two corners. Classes of whole pictures are tags; keypoints are skeletons, whose hidden points are
`occluded` and whose absent ones `outside`.
"""

    def write(self, items: Iterable[LabeledItem], question: Question, file: BinaryIO) -> int:
        with Folder(file, self.note) as folder, Aside() as images:
            for item in items:
                folder.picture(f"images/{item.path}", item)
                images.add(_image(item, images.count, question) + "\n")
            with folder.open("annotations.xml") as target:
                head = HEAD + "<annotations>\n" + element("version", "1.1") + "\n"
                target.write((head + _meta(question, images.count) + "\n").encode())
                images.copy_to(target)
                target.write(b"</annotations>\n")
            return images.count


def _meta(question: Question, size: int) -> Markup:
    attributes = element("attributes", *map(_attribute, question.schema.get("attributes", [])))
    kind = {"boxes": "rectangle", "polygons": "polygon", "keypoints": "skeleton"}
    type_ = element("type", kind.get(question.task_type, "tag"))
    labels = [
        element("label", element("name", name), type_, attributes) for name in question.labels
    ]
    if question.task_type == "keypoints":
        labels += [
            element(
                "label",
                element("name", point),
                element("type", "points"),
                element("attributes"),
                element("parent", name),
            )
            for name in question.labels
            for point in question.points
        ]
    task = element(
        "task",
        element("name", question.name),
        element("size", str(size)),
        element("mode", "annotation"),
        element("labels", *labels),
    )
    return element("meta", task)


def _attribute(attribute: JsonObject) -> Markup:
    kind = {"flag": "checkbox", "choice": "select", "text": "text"}[attribute["kind"]]
    return element(
        "attribute",
        element("name", attribute["name"]),
        element("mutable", "False"),
        element("input_type", kind),
        element("values", "\n".join(attribute.get("options", []))),
    )


def _image(item: LabeledItem, number: int, question: Question) -> Markup:
    shapes = _shapes(item.answer or {}, question.points)
    subset = {"subset": item.split or None}
    return element(
        "image",
        *shapes,
        id=number,
        name=item.path,
        **subset,
        width=item.width,
        height=item.height,
    )


def _shapes(answer: JsonObject, points: list[str]) -> Iterator[Markup]:
    for name in [answer["choice"]] if "choice" in answer else answer.get("choices", []):
        yield element("tag", label=name, source="manual")
    for box in answer.get("boxes", []):
        yield _box(box)
    for polygon in answer.get("polygons", []):
        yield element(
            "polygon",
            label=polygon["label"],
            source="manual",
            occluded=0,
            points=_places(polygon["points"]),
            z_order=0,
        )
    for instance in answer.get("instances", []):
        yield _skeleton(instance, points)


def _box(box: JsonObject) -> Markup:
    given = box.get("attributes", {})
    corners = {
        "xtl": plain(box["x"]),
        "ytl": plain(box["y"]),
        "xbr": plain(box["x"] + box["width"]),
        "ybr": plain(box["y"] + box["height"]),
    }
    values = [
        element("attribute", str(value).lower() if isinstance(value, bool) else value, name=name)
        for name, value in given.items()
    ]
    occluded = int(given.get("occluded") is True)
    return element(
        "box",
        *values,
        label=box["label"],
        source="manual",
        occluded=occluded,
        **corners,
        z_order=0,
    )


def _skeleton(instance: JsonObject, names: list[str]) -> Markup:
    points = []
    for name in names:
        x, y, visibility = instance["points"].get(name, [0, 0, 0])
        points.append(
            element(
                "points",
                label=name,
                source="manual",
                outside=int(visibility == 0),
                occluded=int(visibility == 1),
                points=_places([[x, y]]),
            )
        )
    return element("skeleton", *points, label=instance["label"], source="manual", z_order=0)


def _places(points: list[list[float]]) -> str:
    return ";".join(f"{plain(x)},{plain(y)}" for x, y in points)
