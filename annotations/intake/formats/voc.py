"""Pascal VOC: one XML file of boxes for each picture; corners count from 1 and are inclusive."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from annotations.intake.documents import Node, lines_of, read_xml, root_name
from annotations.intake.formats import shapes
from annotations.intake.formats.base import (
    SPLITS,
    Found,
    ImportFormat,
    JsonObject,
    Problem,
    Record,
    Told,
    Tree,
    base_of,
    stem_of,
)
from annotations.intake.refusals import Refusal

_FLAGS = ("truncated", "difficult", "occluded")


class Voc(ImportFormat):
    """Corners as in the original data: counted from 1 unless `first` says 0."""

    name = "voc"
    title = "Pascal VOC"
    task_types = ("boxes",)

    def __init__(self, first: int = 1) -> None:
        self.first = first

    def claims(self, path: str, tree: Tree) -> bool:
        if path.lower().endswith(".txt"):
            return "ImageSets/" in path
        return path.lower().endswith(".xml") and root_name(tree.head(path)) == "annotation"

    def read(self, paths: Sequence[str], tree: Tree) -> Iterator[Told]:
        splits = _splits([path for path in paths if path.lower().endswith(".txt")], tree)
        for path in paths:
            if not path.lower().endswith(".xml"):
                continue
            try:
                yield from self._read(path, splits, tree)
            except Refusal as refusal:
                yield Problem(path, "", path, refusal)

    def _read(self, path: str, splits: dict[str, str], tree: Tree) -> Iterator[Told]:
        root = read_xml(tree.read(path))
        picture = _picture(root, path, tree)
        boxes, problems = [], 0
        for number, node in enumerate(root.all("object")):
            try:
                boxes.append(self._box(node, picture))
            except Refusal as refusal:
                problems += 1
                yield Problem(path, f"object {number}", node.word("name")[:80], refusal)
        split = splits.get(_in_set(path)) or splits.get(base_of(stem_of(path)), "")
        answers: dict[str, JsonObject] = {"boxes": {"boxes": boxes}}
        yield Record(path, "", picture, answers, split=split, partial=problems > 0)

    def _box(self, node: Node, picture: Found) -> JsonObject:
        left, top, right, bottom = (
            shapes.number(node.word("bndbox", side)) for side in ("xmin", "ymin", "xmax", "ymax")
        )
        sides = [left - self.first, top - self.first, right - left + 1, bottom - top + 1]
        return shapes.box(shapes.label(node.word("name")), sides, picture.size, _attributes(node))


def _picture(root: Node, path: str, tree: Tree) -> Found:
    name, folder = root.word("filename"), root.word("folder")
    for wanted in (f"{folder}/{name}", name):
        try:
            if name:
                return tree.find(wanted, near=path)
        except Refusal:
            continue
    return tree.find_stem(_in_set(path), near=path)


def _in_set(path: str) -> str:
    """Return a picture's name as lists of a set have it: its path below Annotations."""
    return stem_of(path).rpartition("Annotations/")[2]


def _splits(paths: list[str], tree: Tree) -> dict[str, str]:
    """Return the split of each name that a list of a set has; lists of one class say nothing."""
    splits: dict[str, str] = {}
    for path in paths:
        split = SPLITS.get(base_of(stem_of(path)).lower())
        if split is not None:
            for _, line in lines_of(tree.read(path)):
                if line.strip():
                    splits[line.strip()] = split
    return splits


def _attributes(node: Node) -> JsonObject:
    made: JsonObject = {name: True for name in _FLAGS if node.word(name) == "1"}
    if node.word("pose") not in ("", "Unspecified"):
        made["pose"] = node.word("pose")
    for attribute in node.all("attribute"):
        value = attribute.word("value")
        if attribute.word("name") and value:
            made[attribute.word("name")] = value == "true" if value in ("true", "false") else value
    return made
