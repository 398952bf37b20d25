"""Labeled pictures for tests of export formats: a schema, and answers of every task type."""

from __future__ import annotations

import io
from collections.abc import Callable
from dataclasses import replace
from typing import Any, BinaryIO

from annotations.exporters.items import GivenVote, LabeledItem, Question
from annotations.task_types import ALL_TASK_TYPES
from tests.pictures import png

LABELS = [{"name": "cat & dog"}, {"name": "größe/7"}, {"name": "old", "retired": True}]
POINTS = [
    {"name": "left_eye", "mirror": "right_eye"},
    {"name": "right_eye", "mirror": "left_eye"},
    {"name": "nose"},
]
ATTRIBUTES = [
    {"name": "blur", "kind": "choice", "options": ["none", "some", "much"]},
    {"name": "occluded", "kind": "flag"},
]
SCHEMAS: dict[str, dict[str, Any]] = {
    "choice": {"labels": LABELS},
    "pair": {},
    "multi_label": {"labels": LABELS},
    "transcription": {"multiline": True},
    "boxes": {"labels": LABELS, "attributes": ATTRIBUTES},
    "polygons": {"labels": LABELS},
    "keypoints": {"labels": LABELS, "points": POINTS, "bones": [["left_eye", "nose"]]},
}
_FACE = {"left_eye": [30.5, 20.25, 2], "right_eye": [10, 20, 1], "nose": [0, 0, 0]}
ANSWERS: dict[str, list[dict[str, Any]]] = {
    "choice": [{"choice": "cat & dog"}, {"choice": "größe/7"}],
    "pair": [{"choice": "same"}, {"choice": "different"}],
    "multi_label": [{"choices": ["cat & dog", "größe/7"]}, {"choices": []}],
    "transcription": [
        {"text": 'Straße <5> & "so"'},
        {"text": "", "illegible": True},
        {"text": "line one\nline two"},
    ],
    "boxes": [
        {
            "boxes": [
                {
                    "label": "cat & dog",
                    "x": 1.5,
                    "y": 2,
                    "width": 10.25,
                    "height": 20,
                    "attributes": {"blur": "much", "occluded": True},
                },
                {"label": "größe/7", "x": 0, "y": 0, "width": 40, "height": 30},
            ]
        },
        {"boxes": []},
    ],
    "polygons": [
        {"polygons": [{"label": "größe/7", "points": [[1, 1], [20.5, 1], [20, 20], [1, 15.25]]}]},
        {"polygons": []},
    ],
    "keypoints": [
        {
            "instances": [
                {"label": "cat & dog", "points": _FACE},
                {"label": "größe/7", "points": {**_FACE, "nose": [20, 25, 2]}},
            ]
        },
        {"instances": []},
    ],
}
WIDTH, HEIGHT = 40, 30


def question(task_type: str) -> Question:
    schema = ALL_TASK_TYPES[task_type].check_schema(SCHEMAS[task_type])
    return Question("a project", "What is it?", task_type, schema)


def opener(number: int) -> Callable[[], BinaryIO]:
    return lambda: io.BytesIO(png(number, WIDTH, HEIGHT))


def items(task_type: str, *, pictures: bool = True, votes: bool = False) -> list[LabeledItem]:
    """One item for each sample answer, each in a folder, some with group and split."""
    made = []
    for number, answer in enumerate(ANSWERS[task_type]):
        others = ANSWERS[task_type][::-1]
        given = tuple(GivenVote(f"labeler-{at}", vote) for at, vote in enumerate([answer, *others]))
        item = LabeledItem(
            id=100 + number,
            path=f"dir {number}/pic.{number}.png",
            width=WIDTH,
            height=HEIGHT,
            group="writer 1",
            split=("train", "test", "")[number],
            picture=opener(number) if pictures else None,
        )
        other = replace(item, id=200 + number, path=f"dir {number}/pic.other_{number}.png")
        made.append(
            replace(
                item,
                answer=answer,
                confidence=0.75,
                votes=given if votes else (),
                other=other if task_type == "pair" else None,
            )
        )
    return made
