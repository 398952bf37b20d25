"""Label Studio's JSON: tasks with annotations; coordinates are percent of the picture's sides."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Any

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

_UPLOADED = re.compile(r"^[0-9a-f]{8}-")  # what Label Studio puts before an uploaded file's name
_VISIBILITY = {"absent": 0, "hidden": 1, "visible": 2}
_READ = ("choices", "textarea", "rectanglelabels", "polygonlabels", "keypointlabels")


class LabelStudio(ImportFormat):
    name = "label_studio"
    title = "Label Studio JSON"
    task_types = ("choice", "multi_label", "transcription", "boxes", "polygons", "keypoints")

    def claims(self, path: str, tree: Tree) -> bool:
        if path.lower().endswith("config.xml"):
            return b"<View" in tree.head(path)
        if not path.lower().endswith(".json"):
            return False
        tasks = tree.json(path)
        return bool(
            isinstance(tasks, list)
            and tasks
            and isinstance(tasks[0], dict)
            and "data" in tasks[0]
            and "annotations" in tasks[0]
        )

    def read(self, paths: Sequence[str], tree: Tree) -> Iterator[Told]:
        tables = [path for path in paths if path.lower().endswith(".json")]
        return each_file(tables, tree, _read)


def _read(path: str, tree: Tree) -> Iterator[Told]:
    tasks = tree.json(path)
    kinds, single = _kinds(tasks)
    for number, task in enumerate(tasks):
        try:
            yield from _task(task, f"task {number}", kinds, single, path, tree)
        except Refusal as refusal:
            yield Problem(path, f"task {number}", str(task)[:80], refusal)


def _results(tasks: list[Any]) -> Iterator[list[Any]]:
    for task in tasks:
        annotations = task.get("annotations") if isinstance(task, dict) else None
        for entry in annotations if isinstance(annotations, list) else []:
            if isinstance(entry, dict) and isinstance(entry.get("result"), list):
                yield entry["result"]


def _kinds(tasks: list[Any]) -> tuple[set[str], bool]:
    """Return what kinds of results the file has, and whether each picture has one class."""
    kinds: set[str] = set()
    single = True
    for result in _results(tasks):
        for region in result:
            if isinstance(region, dict):
                kinds.add(str(region.get("type")))
                value = region.get("value")
                named = value.get("choices") if isinstance(value, dict) else None
                single = single and not (isinstance(named, list) and len(named) != 1)
    return kinds, single


def _task(
    task: Any, where: str, kinds: set[str], single: bool, path: str, tree: Tree
) -> Iterator[Told]:
    if not isinstance(task, dict) or not isinstance(task.get("data"), dict):
        raise Refusal("json_shape", "The task has no data.")
    picture = _picture(task["data"], path, tree)
    about = task.get("meta")
    meta: JsonObject = about if isinstance(about, dict) else {}
    given = task.get("annotations")
    entries = [e for e in given if isinstance(e, dict)] if isinstance(given, list) else []
    for entry in entries:
        if entry.get("was_cancelled"):
            continue
        answers, problems = _answers(entry.get("result"), picture, kinds, single, path)
        yield from problems
        score = entry.get("score")
        yield Record(
            path,
            where,
            picture,
            answers,
            labeler=_labeler(entry, len(entries)),
            confidence=shapes.number(score) if isinstance(score, int | float) else None,
            partial=bool(problems),
            group=str(meta.get("group") or "")[:200],
            split=str(meta.get("split") or "")[:40],
        )


def _picture(data: JsonObject, path: str, tree: Tree) -> Found:
    names = [data["image"]] if isinstance(data.get("image"), str) else list(data.values())
    name = next((name for name in names if isinstance(name, str)), "")
    name = name.rpartition("?d=")[2]
    try:
        return tree.find(name, near=path)
    except Refusal:
        folder, slash, base = name.rpartition("/")
        return tree.find(folder + slash + _UPLOADED.sub("", base), near=path)


def _labeler(entry: JsonObject, count: int) -> str:
    """Return whose vote an annotation is; "" for the truth."""
    if entry.get("ground_truth"):
        return ""
    if entry.get("labeler"):
        return str(entry["labeler"])[:100]
    who = entry.get("completed_by")
    if isinstance(who, dict):
        who = who.get("email") or who.get("id")
    return f"Label Studio {who}"[:100] if who is not None and count > 1 else ""


def _answers(
    result: Any, picture: Found, kinds: set[str], single: bool, path: str
) -> tuple[dict[str, JsonObject], list[Told]]:
    if not isinstance(result, list):
        raise Refusal("json_shape", "The annotation has no result.")
    parts: dict[str, list[JsonObject]] = {kind: [] for kind in _READ}
    problems: list[Told] = []
    for region in result:
        try:
            kind, part = _part(region, picture)
            parts[kind].append(part)
        except Refusal as refusal:
            name = region.get("id", "") if isinstance(region, dict) else ""
            problems.append(Problem(path, "", str(name)[:80], refusal))
    return _assembled(parts, kinds, single), problems


def _part(region: Any, picture: Found) -> tuple[str, JsonObject]:
    kind = region.get("type") if isinstance(region, dict) else None
    value = region.get("value") if isinstance(region, dict) else None
    if kind not in _READ or not isinstance(value, dict):
        raise Refusal("format_invalid", f"Results of the type {str(kind)[:40]!r} are not read.")
    known = {"id": region.get("id"), "parent": region.get("parentID")}
    meta = region.get("meta") if isinstance(region.get("meta"), dict) else {}
    if kind == "choices":
        names = value.get("choices")
        if not isinstance(names, list):
            raise Refusal("json_shape", "The choices are not a list.")
        return kind, {"choices": [shapes.label(name) for name in names]}
    if kind == "textarea":
        text = value.get("text")
        return kind, shapes.text_answer("\n".join(text) if isinstance(text, list) else text)
    if kind == "rectanglelabels":
        return kind, known | {"box": _box(value, meta, picture)}
    if kind == "polygonlabels":
        return kind, {"polygon": _polygon(value, picture)}
    return kind, known | {"name": _first(value, kind), "place": _place(value, meta, picture)}


def _first(value: JsonObject, kind: str) -> str:
    names = value.get(kind)
    return shapes.label(names[0] if isinstance(names, list) and names else None)


def _box(value: JsonObject, meta: JsonObject, picture: Found) -> JsonObject:
    if value.get("rotation"):
        raise Refusal("box_invalid", "The box is turned; upright ones are read.")
    left, top = _pixels(value.get("x"), value.get("y"), picture)
    width, height = _pixels(value.get("width"), value.get("height"), picture)
    given = meta.get("attributes")
    attributes = given if isinstance(given, dict) else {}
    name = _first(value, "rectanglelabels")
    if not width and not height:  # around a keypoint object that has no points
        return {"label": name}
    return shapes.box(name, [left, top, width, height], picture.size, attributes)


def _polygon(value: JsonObject, picture: Found) -> JsonObject:
    corners = value.get("points")
    if not isinstance(corners, list) or not all(
        isinstance(corner, list) and len(corner) == 2 for corner in corners
    ):
        raise Refusal("box_invalid", "The outline is not a list of points.")
    flat = [place for x, y in corners for place in _pixels(x, y, picture)]
    return shapes.polygon(_first(value, "polygonlabels"), flat, picture.size)


def _place(value: JsonObject, meta: JsonObject, picture: Found) -> list[float | int]:
    seen = _VISIBILITY.get(str(meta.get("visibility")), 2)
    return shapes.place(*_pixels(value.get("x"), value.get("y"), picture), seen, picture.size)


def _pixels(x: Any, y: Any, picture: Found) -> tuple[float, float]:
    return shapes.number(x) * picture.width / 100, shapes.number(y) * picture.height / 100


def _assembled(
    parts: dict[str, list[JsonObject]], kinds: set[str], single: bool
) -> dict[str, JsonObject]:
    if "textarea" in kinds:
        marks = [name for part in parts["choices"] for name in part["choices"]]
        if "illegible" in marks:
            return {"transcription": {"text": "", "illegible": True}}
        texts = [part["text"] for part in parts["textarea"]]
        return {"transcription": {"text": "\n".join(texts)}} if texts else {}
    if "keypointlabels" in kinds:
        return {"keypoints": {"instances": _instances(parts)}}
    if "polygonlabels" in kinds:
        return {"polygons": {"polygons": [part["polygon"] for part in parts["polygonlabels"]]}}
    if "rectanglelabels" in kinds:
        return {"boxes": {"boxes": [part["box"] for part in parts["rectanglelabels"]]}}
    if "choices" in kinds:
        names = [name for part in parts["choices"] for name in part["choices"]]
        return shapes.choices_answer(names, single=single)
    return {}


def _instances(parts: dict[str, list[JsonObject]]) -> list[JsonObject]:
    """Return the keypoint objects: the rectangles and the points whose parent each is."""
    boxes = parts["rectanglelabels"]
    points = parts["keypointlabels"]
    if not boxes and points:
        return [{"label": "object", "points": {part["name"]: part["place"] for part in points}}]
    return [
        {
            "label": box["box"]["label"],
            "points": {
                part["name"]: part["place"] for part in points if part["parent"] == box["id"]
            },
        }
        for box in boxes
    ]
