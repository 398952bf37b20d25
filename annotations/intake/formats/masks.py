"""PNG masks: a picture of class numbers, or of colours, for each picture; as segmentations lie."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from annotations.intake.documents import lines_of, read_json
from annotations.intake.formats import shapes
from annotations.intake.formats.base import (
    ImportFormat,
    JsonObject,
    Problem,
    Record,
    Told,
    Tree,
    base_of,
    split_in,
    stem_of,
)
from annotations.intake.refusals import Refusal

FOLDERS = ("masks", "mask", "labels", "segmentationclass", "segmentationobject", "gt")
_ENDINGS = ("_mask", "-mask", ".mask", "_label", "_labels", "_gt", "_seg")
_LISTS = ("classes.json", "classes.txt", "labelmap.txt")
_VOID = 255  # the border between objects in VOC's masks
_ONLY = "object"  # of masks that tell an object from the background, and no more
Names = dict[int, str]


def is_mask(path: str) -> bool:
    """Tell by its folder whether a picture is a mask."""
    *folders, name = path.lower().replace("\\", "/").split("/")
    return name.endswith((".png", ".tif", ".tiff", ".bmp")) and any(f in FOLDERS for f in folders)


class Masks(ImportFormat):
    """Which pictures are masks only their folder says, so this format must be asked for.

    Masks come traced already: each as the JSON of `annotations.intake.outlines`.
    """

    name = "masks"
    title = "PNG masks"
    task_types = ("polygons",)
    automatic = False

    def claims(self, path: str, tree: Tree) -> bool:
        return is_mask(path) or base_of(path).lower() in _LISTS

    def read(self, paths: Sequence[str], tree: Tree) -> Iterator[Told]:
        names: Names = {}
        for path in paths:
            if not is_mask(path):
                try:
                    names |= _names_in(path, tree)
                except Refusal as refusal:
                    yield Problem(path, "", path, refusal)
        for path in paths:
            if is_mask(path):
                try:
                    yield from _told(path, names, tree)
                except Refusal as refusal:
                    yield Problem(path, "", path, refusal)


def _told(path: str, names: Names, tree: Tree) -> Iterator[Told]:
    traced = read_json(tree.read(path))
    picture = _picture_of(path, tree)
    if picture.size != (traced["width"], traced["height"]):
        size, other = ("x".join(map(str, pair)) for pair in (picture.size, _size(traced)))
        raise Refusal("format_invalid", f"The mask has {other} pixels, its picture {size}.")
    polygons, partial = [], False
    known = names or _names_for(traced)
    for region in traced["regions"]:
        value = region["value"]
        if value not in known:
            if value != _VOID:
                partial = True
            continue
        flat = [place for point in region["points"] for place in point]
        polygons.append(shapes.polygon(known[value], flat, picture.size))
    if partial:
        missing = sorted({r["value"] for r in traced["regions"]} - known.keys() - {_VOID})
        refusal = Refusal(
            "unknown_label", f"The list of classes has no {_called(missing[0], traced)}."
        )
        yield Problem(path, "", path, refusal)
    answers: dict[str, JsonObject] = {"polygons": {"polygons": polygons}}
    yield Record(path, "", picture, answers, split=split_in(path), partial=partial)


def _picture_of(path: str, tree: Tree) -> Any:
    """Return the picture of the mask's name, with the folder of masks or without it."""
    parts = [part for part in path.split("/") if part.lower() not in FOLDERS]
    stem = stem_of("/".join(parts))
    ending = next((end for end in _ENDINGS if stem.lower().endswith(end)), "")
    if ending:
        try:
            return tree.find_stem(stem.removesuffix(stem[-len(ending) :]), near=path)
        except Refusal:
            pass  # perhaps that is its name
    return tree.find_stem(stem, near=path)


def _size(traced: JsonObject) -> tuple[int, int]:
    return traced["width"], traced["height"]


def _called(value: int, traced: JsonObject) -> str:
    return f"class {value}" if traced["indexed"] else f"#{value:06x}"


def _names_for(traced: JsonObject) -> Names:
    """Return names for the values of a mask without a list of classes."""
    values = {region["value"] for region in traced["regions"]}
    if len(values) == 1:
        return dict.fromkeys(values, _ONLY)
    return {value: _called(value, traced) for value in values}


# ----------------------------------------------------------------------------- lists of classes


def _names_in(path: str, tree: Tree) -> Names:
    if path.lower().endswith(".json"):
        return _from_json(tree.json(path))
    lines = [line.strip() for _, line in lines_of(tree.read(path))]
    kept = [line for line in lines if line and not line.startswith("#")]
    if base_of(path).lower() == "labelmap.txt":
        return dict(map(_from_labelmap, kept))
    return {number: shapes.label(line) for number, line in enumerate(kept)}


def _from_json(document: Any) -> Names:
    """Return the classes of {"1": "cat"}, {"cat": 1} or ["background", "cat"]."""
    if isinstance(document, list):
        document = {str(number): name for number, name in enumerate(document)}
    if not isinstance(document, dict):
        raise Refusal("json_shape", "The list of classes is neither an object nor a list.")
    names: Names = {}
    for key, value in document.items():
        number, name = (key, value) if str(key).isdecimal() else (value, key)
        if not str(number).isdecimal():
            raise Refusal("format_invalid", f"The class {str(key)[:40]!r} has no number.")
        if name not in (None, ""):
            names[int(number)] = shapes.label(name)
    return {number: name for number, name in names.items() if number}


def _from_labelmap(line: str) -> tuple[int, str]:
    """Return colour and name of `name:r,g,b:parts:actions`."""
    name, _, rest = line.partition(":")
    bands = rest.partition(":")[0].split(",")
    if len(bands) != 3 or not all(band.strip().isdecimal() for band in bands):
        raise Refusal("format_invalid", f"{line[:60]!r} is not NAME:R,G,B.")
    red, green, blue = (int(band) for band in bands)
    return (red << 16) | (green << 8) | blue, shapes.label(name)
