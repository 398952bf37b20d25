"""Pascal VOC: one XML file of boxes for each picture (PASCAL Visual Object Classes, 2012)."""

from __future__ import annotations

from collections.abc import Iterable
from contextlib import ExitStack
from typing import BinaryIO

from annotations.exporters.items import (
    Aside,
    Folder,
    ItemExporter,
    JsonObject,
    LabeledItem,
    Question,
)
from annotations.exporters.xml import as_document, element
from annotations.exporters.yolo import split_of

_FLAGS = ("truncated", "difficult", "occluded")


class Voc(ItemExporter):
    """Annotations/NAME.xml, ImageSets/Main/SPLIT.txt, and JPEGImages/ on request."""

    name = "voc"
    task_types = ("boxes",)
    note = """
Pascal VOC. Corners are whole pixels, counted from 1 and inclusive, as in the original data: a box
of one pixel in the upper left corner is 1 1 1 1. Coordinates are rounded to that. Attributes named
truncated, difficult, occluded and pose are written in their own places, others as <attribute>.
"""

    def write(self, items: Iterable[LabeledItem], question: Question, file: BinaryIO) -> int:
        count = 0
        with ExitStack() as stack:
            folder = stack.enter_context(Folder(file, self.note))
            sets = {split: stack.enter_context(Aside()) for split in ("train", "val", "test")}
            for item in items:
                count += 1
                folder.text(f"Annotations/{item.stem}.xml", document(item))
                folder.picture(f"JPEGImages/{item.path}", item)
                sets[split_of(item)].add(f"{item.stem}\n")
            for split, names in sets.items():
                if names.count:
                    with folder.open(f"ImageSets/Main/{split}.txt") as target:
                        names.copy_to(target)
        return count


def document(item: LabeledItem) -> str:
    """Return an item's XML."""
    folder, _, name = item.path.rpartition("/")
    size = element(
        "size",
        element("width", str(item.width)),
        element("height", str(item.height)),
        element("depth", "3"),
    )
    objects = [_object(box) for box in (item.answer or {}).get("boxes", [])]
    return as_document(
        element(
            "annotation",
            element("folder", folder or "JPEGImages"),
            element("filename", name),
            element("source", element("database", "LabelHub")),
            size,
            element("segmented", "0"),
            *objects,
        )
    )


def _object(box: JsonObject) -> str:
    given = dict(box.get("attributes", {}))
    flags = [element(name, str(int(bool(given.pop(name, False))))) for name in _FLAGS]
    pose = element("pose", str(given.pop("pose", "Unspecified")))
    others = [
        element("attribute", element("name", name), element("value", _text(value)))
        for name, value in given.items()
    ]
    return element("object", element("name", box["label"]), pose, *flags, _corners(box), *others)


def _corners(box: JsonObject) -> str:
    left, top = round(box["x"]) + 1, round(box["y"]) + 1
    right = max(round(box["x"] + box["width"]), left)
    bottom = max(round(box["y"] + box["height"]), top)
    places = {"xmin": left, "ymin": top, "xmax": right, "ymax": bottom}
    return element("bndbox", *(element(name, str(value)) for name, value in places.items()))


def _text(value: object) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)
