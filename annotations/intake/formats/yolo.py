"""YOLO: one text file of objects for each picture; numbers are shares of the picture's sides."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

import yaml

from annotations.intake.documents import as_text, lines_of
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

_NAMES = ("classes.txt", "obj.names", "classes.names")
_LINE = re.compile(rb"\s*\d+(?:\s+-?[\d.]+(?:[eE][+-]?\d+)?){4,}\s*(?:\n|$)")
_MOST_YAML = 1_000_000


@dataclass
class _Classes:
    """What data.yaml or classes.txt says: names of the classes, and of the points of each."""

    names: dict[int, str] = field(default_factory=dict)
    points: list[str] = field(default_factory=list)
    dimensions: int = 0  # numbers for each point; 0 where there are none

    def name(self, number: int) -> str:
        return self.names.get(number, str(number))


class Yolo(ImportFormat):
    name = "yolo"
    title = "YOLO"
    task_types = ("boxes", "polygons", "keypoints")

    def claims(self, path: str, tree: Tree) -> bool:
        base = base_of(path).lower()
        if base in _NAMES:
            return True
        if base.endswith((".yaml", ".yml")):
            return b"names" in tree.head(path)
        if not base.endswith(".txt") or base.endswith(".gt.txt"):
            return False
        head = tree.head(path)
        return bool(_LINE.match(head)) or (not head.strip() and "labels" in path.split("/")[:-1])

    def read(self, paths: Sequence[str], tree: Tree) -> Iterator[Told]:
        about = [path for path in paths if _is_about(path)]
        labels = [path for path in paths if not _is_about(path)]
        classes = _Classes()
        for path in about:
            try:
                _learn(classes, path, tree)
            except Refusal as refusal:
                yield Problem(path, "", path, refusal)
        kind = _kind(labels, classes, tree)
        for path in labels:
            try:
                yield from _read(path, kind, classes, tree)
            except Refusal as refusal:
                yield Problem(path, "", path, refusal)


def _is_about(path: str) -> bool:
    return path.lower().endswith((".yaml", ".yml")) or base_of(path).lower() in _NAMES


def _learn(classes: _Classes, path: str, tree: Tree) -> None:
    data = tree.read(path)
    if not path.lower().endswith((".yaml", ".yml")):
        names = [line.strip() for _, line in lines_of(data) if line.strip()]
        classes.names |= {at: shapes.label(name) for at, name in enumerate(names)}
        return
    if len(data) > _MOST_YAML:
        raise Refusal("too_large", "The description is larger than a megabyte.")
    try:
        document = yaml.safe_load(as_text(data))
    except (yaml.YAMLError, ValueError, RecursionError) as error:
        line = str(error).splitlines()[0][:100]
        raise Refusal("format_invalid", f"This is not YAML: {line}.") from error
    if not isinstance(document, dict):
        raise Refusal("format_invalid", "The description is not a mapping.")
    classes.names |= _numbered(document.get("names"))
    shape = document.get("kpt_shape")
    if isinstance(shape, list) and len(shape) == 2 and all(isinstance(n, int) for n in shape):
        count, classes.dimensions = min(max(shape[0], 0), 500), shape[1]
        classes.points = _point_names(document.get("kpt_names"), count)


def _numbered(names: Any) -> dict[int, str]:
    if not isinstance(names, dict | list | None):
        raise Refusal("format_invalid", "`names` is neither a list nor a mapping.")
    pairs = names.items() if isinstance(names, dict) else enumerate(names or [])
    return {int(at): shapes.label(name) for at, name in pairs if _is_class(str(at))}


def _is_class(text: str) -> bool:
    return text.isdecimal() and len(text) <= 6


def _point_names(names: Any, count: int) -> list[str]:
    found = next(iter(names.values()), None) if isinstance(names, dict) else names
    if isinstance(found, list) and len(found) == count:
        return [shapes.label(name) for name in found]
    return [str(at) for at in range(count)]


def _kind(labels: list[str], classes: _Classes, tree: Tree) -> str:
    """Return what the lines hold: keypoints by the description, outlines by their length."""
    if classes.points:
        return "keypoints"
    for path in labels:
        count = len(tree.head(path).split(b"\n", 1)[0].split())
        if count:
            return "polygons" if count >= 7 else "boxes"
    return "boxes"


def _read(path: str, kind: str, classes: _Classes, tree: Tree) -> Iterator[Told]:
    picture, split = _picture(path, tree)
    parts: list[JsonObject] = []
    problems = 0
    for number, line in lines_of(tree.read(path)):
        if not line.strip():
            continue
        try:
            parts.append(_part(line.split(), kind, classes, picture))
        except Refusal as refusal:
            problems += 1
            yield Problem(path, f"line {number}", line[:80], refusal)
    key = "instances" if kind == "keypoints" else kind
    answers: dict[str, JsonObject] = {kind: {key: parts}}
    yield Record(path, "", picture, answers, split=split, partial=problems > 0)


def _picture(path: str, tree: Tree) -> tuple[Found, str]:
    """Return the picture beside a label file, or below `images` where that lies below `labels`."""
    parts = stem_of(path).split("/")
    at = max((n for n, part in enumerate(parts[:-1]) if part == "labels"), default=-1)
    near = [parts[at + 1], parts[at - 1] if at > 0 else ""] if at >= 0 else parts[:1]
    split = next((SPLITS[word.lower()] for word in near if word.lower() in SPLITS), "")
    if at >= 0:
        try:
            return tree.find_stem("/".join([*parts[:at], "images", *parts[at + 1 :]])), split
        except Refusal as refusal:
            if refusal.code != "unknown_item":
                raise
    return tree.find_stem(parts[-1], near=path), split


def _part(words: list[str], kind: str, classes: _Classes, picture: Found) -> JsonObject:
    if not _is_class(words[0]):
        raise Refusal("format_invalid", "The line does not begin with a class number.")
    name = shapes.label(classes.name(int(words[0])))
    values = [shapes.number(word) for word in words[1:]]
    across, down = picture.size
    if kind == "polygons":
        flat = [value * (down if at % 2 else across) for at, value in enumerate(values)]
        return shapes.polygon(name, flat, picture.size)
    if kind == "keypoints":
        return {"label": name, "points": _points(values[4:], classes, picture)}
    if len(values) not in (4, 5):  # the fifth is a detector's confidence
        raise Refusal("format_invalid", f"A box has 4 numbers, not {len(values)}.")
    x, y, width, height = values[:4]
    sides = [(x - width / 2) * across, (y - height / 2) * down, width * across, height * down]
    return shapes.box(name, sides, picture.size)


def _points(values: list[float], classes: _Classes, picture: Found) -> JsonObject:
    step = classes.dimensions
    if step not in (2, 3) or len(values) != step * len(classes.points):
        raise Refusal("format_invalid", f"The line has not {len(classes.points)} points.")
    made: JsonObject = {}
    for at, name in enumerate(classes.points):
        x, y, *seen = values[at * step : (at + 1) * step]
        visibility = int(seen[0]) if seen else 2 * int(bool(x or y))
        if visibility not in (0, 1, 2):
            raise Refusal("box_invalid", "A keypoint's visibility is 0, 1 or 2.")
        made[name] = shapes.place(x * picture.width, y * picture.height, visibility, picture.size)
    return made
