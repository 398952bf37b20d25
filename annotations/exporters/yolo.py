"""YOLO as Ultralytics reads it (https://docs.ultralytics.com/datasets/): detect, segment, pose."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import BinaryIO

from annotations.exporters.base import to_json
from annotations.exporters.items import (
    Folder,
    ItemExporter,
    JsonObject,
    LabeledItem,
    Question,
    extent,
    seen_points,
)

_SPLITS = {"train": "train", "pool": "train", "val": "val", "valid": "val", "validation": "val"}


class Yolo(ItemExporter):
    """data.yaml, labels/SPLIT/NAME.txt for every item, and images/SPLIT/ on request."""

    name = "yolo"
    task_types = ("boxes", "polygons", "keypoints")
    note = """
YOLO (Ultralytics). One line per object: class number, then centre x, centre y, width, height as
shares of the picture's sides; outlines are x y pairs instead; points follow the box as x y v with
v = 0 absent, 1 hidden, 2 visible. Items of splits other than train, val and test are in train. A
picture without objects has an empty file. Attributes of boxes cannot be said in this format.
"""

    def write(self, items: Iterable[LabeledItem], question: Question, file: BinaryIO) -> int:
        numbers = {name: number for number, name in enumerate(question.labels)}
        splits: set[str] = set()
        count = 0
        with Folder(file, self.note) as folder:
            for item in items:
                count += 1
                split = split_of(item)
                splits.add(split)
                lines = list(_lines(item, question, numbers))
                folder.text(f"labels/{split}/{item.stem}.txt", "".join(lines))
                folder.picture(f"images/{split}/{item.path}", item)
            folder.text("data.yaml", _description(question, splits))
        return count


def split_of(item: LabeledItem) -> str:
    """Return train, val or test for an item."""
    return "test" if item.split == "test" else _SPLITS.get(item.split, "train")


def _lines(item: LabeledItem, question: Question, numbers: dict[str, int]) -> Iterator[str]:
    answer = item.answer or {}
    size = (item.width, item.height)
    for box in answer.get("boxes", []):
        sides = (box["x"], box["y"], box["width"], box["height"])
        yield _line(numbers[box["label"]], _centred(sides, size))
    for polygon in answer.get("polygons", []):
        yield _line(numbers[polygon["label"]], _shares(polygon["points"], size))
    for instance in answer.get("instances", []):
        there = seen_points(instance)
        sides = extent(there) if there else (0.0, 0.0, 0.0, 0.0)
        yield _line(
            numbers[instance["label"]],
            [*_centred(sides, size), *_points(instance, question.points, size)],
        )


def _points(instance: JsonObject, names: list[str], size: tuple[int, int]) -> Iterator[float]:
    for name in names:
        x, y, visibility = instance["points"].get(name, [0, 0, 0])
        yield from (x / size[0], y / size[1], visibility)


def _centred(sides: tuple[float, ...], size: tuple[int, int]) -> list[float]:
    x, y, width, height = sides
    across, down = size
    return [(x + width / 2) / across, (y + height / 2) / down, width / across, height / down]


def _shares(points: list[list[float]], size: tuple[int, int]) -> list[float]:
    return [value / side for point in points for value, side in zip(point, size, strict=True)]


def _line(number: int, values: Iterable[float]) -> str:
    return " ".join([str(number), *(f"{value:.10g}" for value in values)]) + "\n"


def _description(question: Question, splits: set[str]) -> str:
    """Return data.yaml; texts are JSON, which YAML reads as it is."""
    held_out = next((split for split in ("val", "test") if split in splits), None)
    lines = ["path: .", "train: images/train", f"val: images/{held_out or 'train'}"]
    if held_out is None:
        lines[-1] += "  # the data has no split of its own for validation"
    lines += ["test: images/test"] if "test" in splits else []
    lines += ["names:", *(f"  {at}: {to_json(name)}" for at, name in enumerate(question.labels))]
    if question.task_type == "keypoints":
        points = question.schema["points"]
        place = {point["name"]: at for at, point in enumerate(points)}
        flip = [place[point.get("mirror", point["name"])] for point in points]
        lines += [f"kpt_shape: [{len(points)}, 3]", f"flip_idx: {flip}"]
        lines += [f"kpt_names: {to_json({str(0): question.points})}"]
    return "\n".join(lines) + "\n"
