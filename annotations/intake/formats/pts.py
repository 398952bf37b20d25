"""300-W .pts: one text file of points for each face; coordinates count from 1."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Sequence

from annotations.intake.documents import lines_of
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
    stem_of,
)
from annotations.intake.refusals import Refusal

FACE = "face"
_COUNT = re.compile(r"[0-9]{1,6}")
_NUMBERED = re.compile(r"_(\d{1,3})$")


class Pts(ImportFormat):
    """`first` is where counting begins: 1 in 300-W and other files of MATLAB, 0 elsewhere."""

    name = "pts"
    title = "300-W points (.pts)"
    task_types = ("keypoints",)

    def __init__(self, first: int = 1) -> None:
        self.first = first

    def claims(self, path: str, tree: Tree) -> bool:
        return path.lower().endswith(".pts") or base_of(path).lower() == "points.txt"

    def read(self, paths: Sequence[str], tree: Tree) -> Iterator[Told]:
        names: list[str] = []
        faces: dict[Found, list[JsonObject]] = defaultdict(list)
        failed: set[Found] = set()
        first: dict[Found, str] = {}
        for path in paths:
            if base_of(path).lower() == "points.txt":
                lines = [line.strip() for _, line in lines_of(tree.read(path))]
                names = [shapes.label(line) for line in lines if line]
        for path in paths:
            if not path.lower().endswith(".pts"):
                continue
            try:
                picture = _picture(path, tree)
                first.setdefault(picture, path)
                failed.add(picture)
                faces[picture].append(self._face(path, names, picture, tree))
                failed.discard(picture)
            except Refusal as refusal:
                yield Problem(path, "", path, refusal)
        for picture, source in first.items():
            answers: dict[str, JsonObject] = {"keypoints": {"instances": faces[picture]}}
            yield Record(source, "", picture, answers, partial=picture in failed)

    def _face(self, path: str, names: list[str], picture: Found, tree: Tree) -> JsonObject:
        lines = [line.strip() for _, line in lines_of(tree.read(path)) if line.strip()]
        facts = dict(_pair(line) for line in lines if ":" in line)
        if "{" not in lines or "}" not in lines or not _COUNT.fullmatch(facts.get("n_points", "")):
            raise Refusal("format_invalid", "The file lacks n_points, or its points in braces.")
        points = lines[lines.index("{") + 1 : lines.index("}")]
        if len(points) != int(facts["n_points"]) or len(points) > 500:
            raise Refusal("format_invalid", f"The file has {len(points)} points, not as it says.")
        called = names if len(names) == len(points) else [f"{at:02}" for at in range(len(points))]
        return {
            "label": FACE,
            "points": {
                name: self._place(line, picture) for name, line in zip(called, points, strict=True)
            },
        }

    def _place(self, line: str, picture: Found) -> list[float | int]:
        words = line.split()
        if len(words) != 2:
            raise Refusal("format_invalid", "A point needs two numbers.")
        x, y = (shapes.number(word) - self.first for word in words)
        if (x, y) == (-1.0, -1.0):
            return [0.0, 0.0, 0]
        return shapes.place(x, y, 2, picture.size)


def _pair(line: str) -> tuple[str, str]:
    key, _, value = line.partition(":")
    return key.strip(), value.strip()


def _picture(path: str, tree: Tree) -> Found:
    """Return a face's picture; further faces of one have a number after its name."""
    stem = stem_of(path)
    try:
        return tree.find_stem(stem)
    except Refusal:
        if not _NUMBERED.search(stem):
            raise
    return tree.find_stem(_NUMBERED.sub("", stem))
