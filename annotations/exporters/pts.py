"""300-W `.pts`: one text file of points for each face (https://ibug.doc.ic.ac.uk/resources/300-W/)."""

from __future__ import annotations

from collections.abc import Iterable
from typing import BinaryIO

from annotations.exporters.items import (
    Folder,
    ItemExporter,
    JsonObject,
    LabeledItem,
    Question,
    plain,
)


class Pts(ItemExporter):
    """NAME.pts beside the picture, NAME_2.pts for its second face, and points.txt with names."""

    name = "pts"
    task_types = ("keypoints",)
    note = """
300-W .pts. Coordinates are pixels counted from 1, as MATLAB does: the upper left corner is 1 1.
Points come in the order of points.txt. A point that is absent is written 0 0, which lies outside;
hidden and visible points, and the labels of faces, cannot be told apart in this format.
"""

    def write(self, items: Iterable[LabeledItem], question: Question, file: BinaryIO) -> int:
        count = 0
        with Folder(file, self.note) as folder:
            folder.text("points.txt", "".join(f"{name}\n" for name in question.points))
            for item in items:
                count += 1
                instances = (item.answer or {}).get("instances", [])
                for number, instance in enumerate(instances, start=1):
                    name = item.stem if number == 1 else f"{item.stem}_{number}"
                    folder.text(f"{name}.pts", document(instance, question.points))
                folder.picture(item.path, item)
        return count


def document(instance: JsonObject, names: list[str]) -> str:
    """Return one face's file."""
    lines = ["version: 1", f"n_points: {len(names)}", "{"]
    for name in names:
        x, y, visibility = instance["points"].get(name, [0, 0, 0])
        lines.append(f"{plain(x + 1)} {plain(y + 1)}" if visibility else "0 0")
    return "\n".join([*lines, "}"]) + "\n"
