"""COCO (https://cocodataset.org/#format-data): boxes, outlines and keypoints in one JSON file."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any, BinaryIO

from annotations.exporters.base import to_json
from annotations.exporters.items import (
    BOTH,
    CONSENSUS,
    VOTES,
    Aside,
    Folder,
    ItemExporter,
    JsonObject,
    LabeledItem,
    Question,
    extent,
    seen_points,
)


class Coco(ItemExporter):
    """annotations.json, and images/ on request; images without objects are listed too."""

    name = "coco"
    task_types = ("boxes", "polygons", "keypoints")
    contents = (CONSENSUS, VOTES, BOTH)
    note = """
COCO. Coordinates are pixels from the upper left corner, not rounded; boxes are [x, y, width,
height]. Keypoints are [x, y, v] with v = 0 absent, 1 hidden, 2 visible; skeletons count from 1.
An annotation with a `labeler` is that labeler's vote, one without is the consensus; `labelers` of
an image are those who answered, also where they found nothing. `score` is the confidence.
"""

    def write(self, items: Iterable[LabeledItem], question: Question, file: BinaryIO) -> int:
        numbers = {name: number for number, name in enumerate(question.labels, start=1)}
        count = 0
        with Folder(file, self.note) as folder, Aside() as images, Aside() as found:
            for item in items:
                count += 1
                folder.picture(f"images/{item.path}", item)
                images.add(to_json(_image(item, count)), between=",\n")
                for labeler, answer, score in item.answers():
                    for entry in _annotations(answer, question):
                        entry |= {"id": found.count + 1, "image_id": count, "iscrowd": 0}
                        entry["category_id"] = numbers[entry.pop("label")]
                        entry |= {"labeler": labeler} if labeler else {}
                        entry |= {} if score is None else {"score": score}
                        found.add(to_json(entry), between=",\n")
            with folder.open("annotations.json") as target:
                head = {"info": _info(question), "licenses": [], "categories": categories(question)}
                target.write(to_json(head)[:-1].encode() + b',\n"images":[\n')
                images.copy_to(target)
                target.write(b'],\n"annotations":[\n')
                found.copy_to(target)
                target.write(b"]}\n")
        return count


def _info(question: Question) -> JsonObject:
    return {"description": question.name, "question": question.text, "contributor": "LabelHub"}


def categories(question: Question) -> list[JsonObject]:
    """Return COCO's list of categories, with names of points and bones for keypoints."""
    skeleton: JsonObject = {}
    if question.task_type == "keypoints":
        place = {name: number for number, name in enumerate(question.points, start=1)}
        bones = question.schema.get("bones", [])
        skeleton = {
            "keypoints": question.points,
            "skeleton": [[place[first], place[second]] for first, second in bones],
        }
    return [
        {"id": number, "name": name, "supercategory": ""} | skeleton
        for number, name in enumerate(question.labels, start=1)
    ]


def _image(item: LabeledItem, number: int) -> JsonObject:
    entry: JsonObject = {"id": number, "file_name": item.path}
    entry |= {"width": item.width, "height": item.height}
    entry |= {name: value for name in ("group", "split") if (value := getattr(item, name))}
    return entry | ({"labelers": [vote.labeler for vote in item.votes]} if item.votes else {})


def _annotations(answer: JsonObject, question: Question) -> Iterator[dict[str, Any]]:
    for box in answer.get("boxes", []):
        sides = [box[name] for name in ("x", "y", "width", "height")]
        entry = {"label": box["label"], "bbox": sides, "area": sides[2] * sides[3]}
        yield entry | ({"attributes": box["attributes"]} if box.get("attributes") else {})
    for polygon in answer.get("polygons", []):
        points = polygon["points"]
        yield {
            "label": polygon["label"],
            "bbox": list(extent(points)),
            "area": area(points),
            "segmentation": [[value for point in points for value in point]],
        }
    for instance in answer.get("instances", []):
        yield _instance(instance, question.points)


def _instance(instance: JsonObject, names: list[str]) -> dict[str, Any]:
    there = seen_points(instance)
    x, y, width, height = extent(there) if there else (0, 0, 0, 0)
    places = [instance["points"].get(name, [0, 0, 0]) for name in names]
    return {
        "label": instance["label"],
        "bbox": [x, y, width, height],
        "area": width * height,
        "keypoints": [value for place in places for value in place],
        "num_keypoints": len(there),
    }


def area(points: list[list[float]]) -> float:
    """Return the area inside an outline of [x, y] points (the shoelace formula)."""
    shifted = points[1:] + points[:1]
    twice = sum(a[0] * b[1] - b[0] * a[1] for a, b in zip(points, shifted, strict=True))
    return abs(twice) / 2
