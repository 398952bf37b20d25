"""WIDER FACE's text file of face boxes (http://shuoyang1213.me/WIDERFACE/)."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, BinaryIO

from annotations.exporters.items import Aside, Folder, ItemExporter, LabeledItem, Question

FLAGS = ("blur", "expression", "illumination", "invalid", "occlusion", "pose")


class WiderFace(ItemExporter):
    """wider_face.txt, and images/ on request."""

    name = "wider_face"
    task_types = ("boxes",)
    note = """
WIDER FACE. For each picture its path, the number of faces, and a line x y width height blur
expression illumination invalid occlusion pose for each, in whole pixels. A picture without faces
has the number 0 and one line of zeros, as the original has. The flags come from the attributes of
these names, true and the second option being 1; all labels are faces in this format.
"""

    def write(self, items: Iterable[LabeledItem], question: Question, file: BinaryIO) -> int:
        options = {a["name"]: a.get("options", []) for a in question.schema.get("attributes", [])}
        count = 0
        with Folder(file, self.note) as folder, Aside() as lines:
            for item in items:
                count += 1
                boxes = (item.answer or {}).get("boxes", [])
                rows = [_face(box, options) for box in boxes] or [" ".join("0" * 10) + " "]
                lines.add("\n".join([item.path, str(len(boxes)), *rows]) + "\n")
                folder.picture(f"images/{item.path}", item)
            with folder.open("wider_face.txt") as target:
                lines.copy_to(target)
        return count


def _face(box: dict[str, Any], options: dict[str, list[str]]) -> str:
    left, top = round(box["x"]), round(box["y"])
    right, bottom = round(box["x"] + box["width"]), round(box["y"] + box["height"])
    given = box.get("attributes", {})
    flags = [_flag(given.get(name), options.get(name, [])) for name in FLAGS]
    return " ".join(map(str, [left, top, right - left, bottom - top, *flags])) + " "


def _flag(value: Any, options: list[str]) -> int:
    if isinstance(value, str):
        return options.index(value) if value in options else int(value.isdecimal() and value)
    return int(bool(value))
