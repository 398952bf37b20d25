"""Faces: WIDER FACE's list of boxes, dlib's XML of boxes and parts, LFW's folders of people."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from annotations.intake.documents import Node, lines_of, read_xml, root_name
from annotations.intake.formats import shapes
from annotations.intake.formats.base import (
    Found,
    ImportFormat,
    JsonObject,
    Problem,
    Record,
    Told,
    Tree,
    base_of,
    each_file,
    split_in,
)
from annotations.intake.refusals import Refusal

FACE = "face"
_PICTURE = re.compile(
    rb"[^\r\n]+\.(?:jpe?g|png|bmp|webp|tiff?)\s*\n\s*\d+\s*(?:\n|$)", re.IGNORECASE
)
_LFW = re.compile(r"(?:^|/)([^/]+)/\1_\d{4}\.\w+$")
# What WIDER's numbers are here: flags are true where they are 1, degrees keep their number.
_WIDER = ("blur", "expression", "illumination", "invalid", "occlusion", "pose")
_DEGREES = ("blur", "occlusion")


class WiderFace(ImportFormat):
    name = "wider_face"
    title = "WIDER FACE"
    task_types = ("boxes",)

    def claims(self, path: str, tree: Tree) -> bool:
        return path.lower().endswith(".txt") and bool(_PICTURE.match(tree.head(path)))

    def read(self, paths: Sequence[str], tree: Tree) -> Iterator[Told]:
        return each_file(paths, tree, _read_wider)


def _read_wider(path: str, tree: Tree) -> Iterator[Told]:
    lines = ((number, line.strip()) for number, line in lines_of(tree.read(path)))
    split = split_in(base_of(path).replace("_", "/"))
    for number, name in lines:
        if not name:
            continue
        count = next(lines, (0, ""))[1]
        if not count.isdecimal() or len(count) > 6:
            raise Refusal("format_invalid", f"Line {number + 1} has no number of faces.")
        # A picture without faces is followed by one line of zeros all the same.
        rows = [next(lines, (0, "")) for _ in range(int(count) or 1)]
        try:
            picture = tree.find(name, near=path)
        except Refusal as refusal:
            yield Problem(path, f"line {number}", name[:200], refusal)
            continue
        yield from _faces(rows if int(count) else [], picture, path, f"line {number}", split)


def _faces(
    rows: list[tuple[int, str]], picture: Found, path: str, where: str, split: str
) -> Iterator[Told]:
    boxes = []
    for number, line in rows:
        try:
            boxes.append(_wider_box(line.split(), picture))
        except Refusal as refusal:
            yield Problem(path, f"line {number}", line[:80], refusal)
    partial = len(boxes) < len(rows)
    answers: dict[str, JsonObject] = {"boxes": {"boxes": boxes}}
    yield Record(path, where, picture, answers, split=split, partial=partial)


def _wider_box(words: list[str], picture: Found) -> JsonObject:
    if len(words) < 4:
        raise Refusal("box_invalid", "A face needs four numbers.")
    flags: JsonObject = {}
    for name, value in zip(_WIDER, words[4:], strict=False):
        if value not in ("", "0"):
            flags[name] = value if name in _DEGREES else True
    return shapes.box(FACE, [shapes.number(word) for word in words[:4]], picture.size, flags)


class Dlib(ImportFormat):
    name = "dlib"
    title = "dlib XML"
    task_types = ("boxes", "keypoints")

    def claims(self, path: str, tree: Tree) -> bool:
        return path.lower().endswith(".xml") and root_name(tree.head(path)) == "dataset"

    def read(self, paths: Sequence[str], tree: Tree) -> Iterator[Told]:
        return each_file(paths, tree, _read_dlib)


def _read_dlib(path: str, tree: Tree) -> Iterator[Told]:
    images = read_xml(tree.read(path)).first("images")
    nodes = list(images.all("image")) if images is not None else []
    parted = any(True for node in nodes for box in node.all("box") for _ in box.all("part"))
    for number, node in enumerate(nodes, 1):
        name, where = node.get("file"), f"image {number}"
        try:
            picture = tree.find(name, near=path)
        except Refusal as refusal:
            yield Problem(path, where, name[:200], refusal)
            continue
        yield from _dlib_image(node, picture, parted, path, where)


def _dlib_image(node: Node, picture: Found, parted: bool, path: str, where: str) -> Iterator[Told]:
    boxes, instances, partial = [], [], False
    for number, box in enumerate(node.all("box"), 1):
        try:
            if box.get("ignore") == "1":
                partial = True  # a face that is there, but is nobody's to find
                continue
            boxes.append(_dlib_box(box, picture))
            parts = {part.get("name"): _part(part, picture) for part in box.all("part")}
            instances.append({"label": _label(box), "points": parts})
        except Refusal as refusal:
            partial = True
            yield Problem(path, f"{where}, box {number}", picture.path[:200], refusal)
    answers: dict[str, JsonObject] = {"keypoints": {"instances": instances}} if parted else {}
    answers["boxes"] = {"boxes": boxes}
    yield Record(path, where, picture, answers, partial=partial)


def _label(box: Node) -> str:
    return shapes.label(box.word("label", default=FACE) or FACE)


def _dlib_box(box: Node, picture: Found) -> JsonObject:
    """Return a box cut at the picture's edges: dlib's reach over them where a face does."""
    left, top = shapes.number(box.get("left")), shapes.number(box.get("top"))
    right = min(left + shapes.number(box.get("width")), picture.width)
    bottom = min(top + shapes.number(box.get("height")), picture.height)
    left, top = max(left, 0.0), max(top, 0.0)
    return shapes.box(_label(box), [left, top, right - left, bottom - top], picture.size)


def _part(part: Node, picture: Found) -> list[float | int]:
    x, y = shapes.number(part.get("x")), shapes.number(part.get("y"))
    return [min(max(x, 0.0), picture.width), min(max(y, 0.0), picture.height), 2]


class Lfw(ImportFormat):
    """Folders of people, NAME/NAME_0001.jpg: who it is groups the pictures, and labels none."""

    name = "lfw"
    title = "LFW folders (one person each)"
    task_types = ()

    def claims(self, path: str, tree: Tree) -> bool:
        return False

    def fits(self, tree: Tree) -> bool:
        names = [picture.path for picture in tree.pictures()]
        return len(names) > 1 and all(_LFW.search(name) for name in names)

    def read(self, paths: Sequence[str], tree: Tree) -> Iterator[Told]:
        for picture in tree.pictures():
            if found := _LFW.search(picture.path):
                yield Record(picture.path, "", picture, group=found.group(1)[:200])
