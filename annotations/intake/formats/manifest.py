"""A JSON manifest: {"images": [{"file_name"}], "annotations": [{"image", "label", "bbox"}]}."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from typing import Any
from urllib.parse import urlsplit

from annotations.intake.formats import shapes
from annotations.intake.formats.base import (
    Found,
    ImportFormat,
    JsonObject,
    Problem,
    Record,
    Told,
    Tree,
    each_file,
)
from annotations.intake.refusals import Refusal


class Manifest(ImportFormat):
    """Pictures are named; with `bbox` they get boxes, with `polygon` outlines, else classes.

    `labels`, of the document or given here, are the only ones that annotations may have.
    """

    name = "manifest"
    title = "JSON manifest"
    task_types = ("boxes", "polygons", "transcription", "choice", "multi_label")

    def __init__(self, labels: frozenset[str] | None = None) -> None:
        self.labels = labels

    def claims(self, path: str, tree: Tree) -> bool:
        if not path.lower().endswith(".json"):
            return False
        document = tree.json(path)
        return (
            isinstance(document, dict)
            and isinstance(document.get("images"), list)
            and "categories" not in document
        )

    def read(self, paths: Sequence[str], tree: Tree) -> Iterator[Told]:
        return each_file(paths, tree, self._read)

    def _read(self, path: str, tree: Tree) -> Iterator[Told]:
        document = tree.json(path)
        labels = self.labels or _labels(document)
        given: dict[str, list[JsonObject]] = defaultdict(list)
        entries = document.get("annotations", [])
        if not isinstance(entries, list):
            raise Refusal("json_shape", "`annotations` is not a list.")
        for number, entry in enumerate(entries):
            if isinstance(entry, dict) and isinstance(entry.get("image"), str):
                given[entry["image"]].append({"id": str(number)} | entry)
            else:
                shape = Refusal("json_shape", "The annotation names no image.")
                yield Problem(path, f"annotation {number}", str(number), shape)
        for number, image in enumerate(document["images"]):
            yield from _image(image, number, given, labels, path, tree)
        for name, lost in given.items():
            unknown = Refusal("unknown_item", f"{name[:80]!r} is not among the images.")
            yield from (Problem(path, "", str(entry["id"])[:80], unknown) for entry in lost)


def _labels(document: JsonObject) -> frozenset[str] | None:
    names = document.get("labels")
    if names is None:
        return None
    if not isinstance(names, list):
        raise Refusal("json_shape", "`labels` is not a list.")
    return frozenset(shapes.label(name) for name in names)


def _image(
    image: Any,
    number: int,
    given: dict[str, list[JsonObject]],
    labels: frozenset[str] | None,
    path: str,
    tree: Tree,
) -> Iterator[Told]:
    name = image.get("file_name") if isinstance(image, dict) else None
    where = f"image {number}"
    try:
        if not isinstance(name, str):
            raise Refusal("json_shape", "The image has no file_name.")
        entries = given.pop(name, [])
        picture = _picture(image, name, path, tree)
    except Refusal as refusal:
        yield Problem(path, where, str(name)[:200], refusal)
        return
    good: list[JsonObject] = []
    for entry in entries:
        try:
            good.append(_part(entry, labels, picture))
        except Refusal as refusal:
            yield Problem(path, "", str(entry["id"])[:80], refusal)
    group, split = (str(image.get(key) or "") for key in ("group", "split"))
    yield Record(
        path,
        where,
        picture,
        _answers(good, entries),
        group=group[:200],
        split=split[:40],
        partial=len(good) < len(entries),
    )


def _picture(image: JsonObject, name: str, path: str, tree: Tree) -> Found:
    if "url" in image:
        raise refusal_of_url(image["url"])
    sha256 = image.get("sha256")
    if sha256 is not None and not isinstance(sha256, str):
        raise Refusal("json_shape", "The sha256 is not a text.")
    picture = tree.find(name, near=path)
    if sha256 and tree.find(name, near=path, sha256=sha256.lower()) != picture:
        raise Refusal("sha_mismatch")
    return picture


def refusal_of_url(url: Any) -> Refusal:
    """Return why a picture is not fetched from an address."""
    scheme = urlsplit(url).scheme.lower() if isinstance(url, str) else ""
    if scheme not in ("http", "https"):
        return Refusal("url_scheme")
    return Refusal("url_forbidden")


def _part(entry: JsonObject, labels: frozenset[str] | None, picture: Found) -> JsonObject:
    if "text" in entry:
        return {"kind": "text"} | shapes.text_answer(entry["text"])
    name = shapes.label(entry.get("label"))
    if labels is not None and name not in labels:
        raise Refusal("unknown_label", f"{name!r} is not one of the labels.")
    if "bbox" in entry:
        return {"kind": "boxes"} | shapes.box(name, entry["bbox"], picture.size)
    if "polygon" in entry:
        return {"kind": "polygons"} | shapes.polygon(name, _flat(entry["polygon"]), picture.size)
    return {"kind": "class", "label": name}


def _flat(polygon: Any) -> list[Any]:
    if not isinstance(polygon, list):
        raise Refusal("box_invalid", "The outline is not a list.")
    if polygon and all(isinstance(pair, list) for pair in polygon):
        if any(len(pair) != 2 for pair in polygon):
            raise Refusal("box_invalid", "A point of an outline needs two numbers.")
        return [value for pair in polygon for value in pair]
    return polygon


def _answers(good: list[JsonObject], entries: list[JsonObject]) -> dict[str, JsonObject]:
    kinds = {part.pop("kind") for part in good}
    if not kinds and entries:
        return {}
    if "text" in kinds:
        return {"transcription": {"text": next(part["text"] for part in good if "text" in part)}}
    if "class" in kinds:
        names = [part["label"] for part in good if "label" in part]
        return shapes.choices_answer(names, single=True)
    made: dict[str, JsonObject] = {}
    for kind, key in (("polygons", "points"), ("boxes", "width")):
        if kind in kinds:
            made[kind] = {kind: [part for part in good if key in part]}
    return made
