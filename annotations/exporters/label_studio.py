"""Label Studio's JSON (https://labelstud.io/guide/export): one task per item, all votes in it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import BinaryIO

from annotations.exporters.base import to_json
from annotations.exporters.items import (
    BOTH,
    CONSENSUS,
    VOTES,
    Aside,
    Folder,
    ItemExporter,
    JsonObject,
    LabeledItem,
    Question,
    extent,
    seen_points,
)
from annotations.exporters.xml import Markup, element

IMAGE = "image"
Region = JsonObject
VISIBILITY = {0: "absent", 1: "hidden", 2: "visible"}


class LabelStudio(ItemExporter):
    """tasks.json to import, config.xml for the labeling interface, and images/ on request."""

    name = "label_studio"
    task_types = ("choice", "multi_label", "transcription", "boxes", "polygons", "keypoints")
    contents = (CONSENSUS, VOTES, BOTH)
    note = """
Label Studio. Set the labeling interface to config.xml, then import tasks.json; `data.image` is the
path below images/. Coordinates are percent of the picture's sides. The consensus is the annotation
with `ground_truth`; votes carry their labeler's pseudonym. The points of one keypoint object lie in
a rectangle around them, their parent; `visibility` says which points are hidden or absent.
"""

    def write(self, items: Iterable[LabeledItem], question: Question, file: BinaryIO) -> int:
        with Folder(file, self.note) as folder, Aside() as tasks:
            for item in items:
                folder.picture(f"images/{item.path}", item)
                tasks.add(to_json(_task(item, question)), between=",\n")
            with folder.open("tasks.json") as target:
                target.write(b"[\n")
                tasks.copy_to(target)
                target.write(b"\n]\n")
            folder.text("config.xml", _config(question) + "\n")
            return tasks.count


def _task(item: LabeledItem, question: Question) -> JsonObject:
    facts = {name: value for name in ("group", "split") if (value := getattr(item, name))}
    annotations = []
    for labeler, answer, score in item.answers():
        entry: JsonObject = {"result": _result(item, answer, question.task_type)}
        entry |= {"labeler": labeler} if labeler else {"ground_truth": True}
        annotations.append(entry | ({} if score is None else {"score": score}))
    return {
        "id": item.id,
        "data": {IMAGE: f"images/{item.path}"},
        "meta": facts,
        "annotations": annotations,
    }


def _result(item: LabeledItem, answer: JsonObject, task_type: str) -> list[JsonObject]:
    regions = []
    facts = {"original_width": item.width, "original_height": item.height, "image_rotation": 0}
    for number, (kind, name, value, more) in enumerate(_RESULTS[task_type](item, answer)):
        region = {"id": f"r{number}", "type": kind, "from_name": name, "to_name": IMAGE}
        regions.append(region | facts | {"value": value} | more)
    return regions


_Parts = Iterator[tuple[str, str, JsonObject, JsonObject]]


def _choices(item: LabeledItem, answer: JsonObject) -> _Parts:
    names = [answer["choice"]] if "choice" in answer else answer["choices"]
    yield "choices", "choice", {"choices": names}, {}


def _text(item: LabeledItem, answer: JsonObject) -> _Parts:
    yield "textarea", "text", {"text": [answer["text"]]}, {}
    if answer.get("illegible"):
        yield "choices", "legibility", {"choices": ["illegible"]}, {}


def _boxes(item: LabeledItem, answer: JsonObject) -> _Parts:
    for box in answer["boxes"]:
        sides = (box["x"], box["y"], box["width"], box["height"])
        value = _rectangle(sides, item) | {"rectanglelabels": [box["label"]]}
        meta = {"meta": {"attributes": box["attributes"]}} if box.get("attributes") else {}
        yield "rectanglelabels", "label", value, meta


def _polygons(item: LabeledItem, answer: JsonObject) -> _Parts:
    for polygon in answer["polygons"]:
        points = [_percent(point, item) for point in polygon["points"]]
        value = {"points": points, "closed": True, "polygonlabels": [polygon["label"]]}
        yield "polygonlabels", "label", value, {}


def _keypoints(item: LabeledItem, answer: JsonObject) -> _Parts:
    number = 0
    for instance in answer["instances"]:
        there = seen_points(instance)
        around = extent(there) if there else (0.0, 0.0, 0.0, 0.0)
        parent = {"parentID": f"r{number}"}
        value = _rectangle(around, item) | {"rectanglelabels": [instance["label"]]}
        yield "rectanglelabels", "label", value, {}
        number += 1
        for name, (x, y, visibility) in instance["points"].items():
            across, down = _percent([x, y], item)
            place = {"x": across, "y": down, "width": 0.5, "keypointlabels": [name]}
            meta = {"meta": {"visibility": VISIBILITY[visibility]}}
            yield "keypointlabels", "point", place, parent | meta
            number += 1


_RESULTS: dict[str, Callable[[LabeledItem, JsonObject], _Parts]] = {
    "choice": _choices,
    "multi_label": _choices,
    "transcription": _text,
    "boxes": _boxes,
    "polygons": _polygons,
    "keypoints": _keypoints,
}


def _rectangle(sides: tuple[float, ...], item: LabeledItem) -> JsonObject:
    x, y, width, height = sides
    left, top = _percent([x, y], item)
    across, down = _percent([width, height], item)
    return {"x": left, "y": top, "width": across, "height": down, "rotation": 0}


def _percent(point: list[float], item: LabeledItem) -> list[float]:
    return [100 * point[0] / item.width, 100 * point[1] / item.height]


def _config(question: Question) -> Markup:
    """Return the labeling interface that the tasks fit."""
    control: list[Markup]
    match question.task_type:
        case "choice" | "multi_label":
            several = "multiple" if question.task_type == "multi_label" else "single"
            choices = [element("Choice", value=name) for name in question.labels]
            control = [element("Choices", *choices, name="choice", toName=IMAGE, choice=several)]
        case "transcription":
            control = [
                element("TextArea", name="text", toName=IMAGE, maxSubmissions=1, editable="true"),
                element(
                    "Choices",
                    element("Choice", value="illegible"),
                    name="legibility",
                    toName=IMAGE,
                    choice="multiple",
                ),
            ]
        case "polygons":
            control = [_labels("PolygonLabels", "label", question.labels)]
        case _:
            control = [_labels("RectangleLabels", "label", question.labels)]
    if question.task_type == "keypoints":
        control.append(_labels("KeyPointLabels", "point", question.points))
    return element("View", element("Image", name=IMAGE, value=f"${IMAGE}"), *control)


def _labels(tag: str, name: str, labels: list[str]) -> Markup:
    return element(
        tag, *(element("Label", value=label) for label in labels), name=name, toName=IMAGE
    )
