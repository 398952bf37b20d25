"""Task types whose answers are merged: what their schemas and answers may hold."""

from __future__ import annotations

from typing import Any

import pytest

from annotations.task_types import ALL_TASK_TYPES
from annotations.task_types.base import AnswerInvalid, SchemaInvalid
from tests.contracts.test_task_types import BOX, EYES, EYES_SEEN, FACE, IMAGE, OUTLINE, SCHEMAS


def refused_answer(name: str, answer: object) -> AnswerInvalid:
    task_type = ALL_TASK_TYPES[name]
    with pytest.raises(AnswerInvalid) as caught:
        task_type.check_answer(answer, task_type.check_schema(SCHEMAS[name]), IMAGE)
    return caught.value


def accepted(name: str, answer: object, schema: object = None) -> dict[str, Any]:
    task_type = ALL_TASK_TYPES[name]
    return task_type.check_answer(answer, task_type.check_schema(schema or SCHEMAS[name]), IMAGE)


def distance(name: str, a: object, b: object) -> float:
    schema = ALL_TASK_TYPES[name].check_schema(SCHEMAS[name])
    return ALL_TASK_TYPES[name].distance(accepted(name, a), accepted(name, b), schema)


@pytest.mark.parametrize(
    ("name", "answer", "path"),
    [
        ("multi_label", {"choices": ["cat"]}, "choices[0]"),
        ("multi_label", {"choices": ["old"]}, "choices[0]"),
        ("multi_label", {"choices": ["face", "face"]}, "choices"),
        ("transcription", {}, "text"),
        ("transcription", {"text": "x" * 10 * 1024 * 1024}, "text"),
        ("transcription", {"text": "a\x00b"}, "text"),
        ("transcription", {"text": "two\nlines"}, "text"),
        ("transcription", {"text": "7", "illegible": True}, "illegible"),
        ("boxes", {"boxes": [{**BOX, "label": "cat"}]}, "boxes[0].label"),
        ("boxes", {"boxes": [{**BOX, "x": -20}]}, "boxes[0].x"),
        ("boxes", {"boxes": [{**BOX, "height": 0}]}, "boxes[0].height"),
        ("boxes", {"boxes": [{**BOX, "width": 250}]}, "boxes[0].width"),
        ("boxes", {"boxes": [{**BOX, "attributes": {"sad": True}}]}, "boxes[0].attributes.sad"),
        ("boxes", {"boxes": [{**BOX, "attributes": {"blurred": 1}}]},
         "boxes[0].attributes.blurred"),
        ("boxes", {"boxes": [BOX] * 1001}, "boxes"),
        ("polygons", {"polygons": [{**OUTLINE, "points": [[0, 0], [5, 5]]}]}, "polygons[0].points"),
        ("polygons", {"polygons": [{**OUTLINE, "points": [[0, 0]] * 5}]}, "polygons[0].points"),
        ("polygons", {"polygons": [{**OUTLINE, "points": [[0, 0], [9, 0], [5, 101.5]]}]},
         "polygons[0].points[2][1]"),
        ("keypoints", {"instances": [{"label": "face", "points": {}}]}, "instances[0].points"),
        ("keypoints", {"instances": [{"label": "face", "points": {**EYES_SEEN, "ear": [1, 1, 2]}}]},
         "instances[0].points.ear"),
        ("keypoints",
         {"instances": [{"label": "face", "points": {**EYES_SEEN, "left": [1, 1, 3]}}]},
         "instances[0].points.left[2]"),
    ],
)  # fmt: skip
def test_a_bad_answer_is_refused_at_its_place(name: str, answer: object, path: str) -> None:
    assert refused_answer(name, answer).path == path


@pytest.mark.parametrize(
    ("name", "schema", "path"),
    [
        ("pair", {"labels": [{"name": "same"}, {"name": "unsure"}]}, "labels"),
        ("multi_label", {"labels": FACE, "at_least": 3}, "at_least"),
        ("transcription", {"max_length": 10**9}, "max_length"),
        ("transcription", {"policy": {"form": "NFX"}}, "policy.form"),
        ("boxes", {"labels": []}, "labels"),
        ("boxes", {"labels": FACE, "attributes": [{"name": "a", "kind": "choice"}]},
         "attributes[0].options"),
        ("keypoints", {"labels": FACE, "points": []}, "points"),
        ("keypoints", {"labels": FACE, "points": [{"name": "left", "mirror": "right"}]},
         "points[0].mirror"),
        ("keypoints", {"labels": FACE, "points": EYES, "scale": ["left", "ear"]}, "scale[1]"),
    ],
)  # fmt: skip
def test_a_bad_schema_is_refused_at_its_place(name: str, schema: object, path: str) -> None:
    with pytest.raises(SchemaInvalid) as caught:
        ALL_TASK_TYPES[name].check_schema(schema)
    assert caught.value.path == path


def test_ten_megabytes_of_text_are_refused_with_both_lengths() -> None:
    reason = refused_answer("transcription", {"text": "x" * 10 * 1024 * 1024}).reason
    assert "at most 50 characters" in reason and "10,485,760" in reason


def test_a_missing_point_is_named() -> None:
    seen = {name: place for name, place in EYES_SEEN.items() if name != "nose"}
    refusal = refused_answer("keypoints", {"instances": [{"label": "face", "points": seen}]})
    assert "'nose' is missing" in refusal.reason


def test_a_point_may_retire_but_not_vanish() -> None:
    keypoints = ALL_TASK_TYPES["keypoints"]
    old = keypoints.check_schema(SCHEMAS["keypoints"])
    with pytest.raises(SchemaInvalid, match="'nose' is missing: retire"):
        keypoints.successor(old, {**SCHEMAS["keypoints"], "points": EYES[:2]})
    retired = [*EYES[:2], {"name": "nose", "retired": True}]
    schema = keypoints.successor(old, {**SCHEMAS["keypoints"], "points": retired})
    seen = {name: EYES_SEEN[name] for name in ("left", "right")}
    answer = {"instances": [{"label": "face", "points": seen}]}
    assert keypoints.check_answer(answer, schema, IMAGE)["instances"][0]["points"].keys() == {
        "left",
        "right",
    }


def test_an_absent_point_has_no_position() -> None:
    answer = {"instances": [{"label": "face", "points": {**EYES_SEEN, "nose": [5, 9, 0]}}]}
    assert accepted("keypoints", answer)["instances"][0]["points"]["nose"] == [0.0, 0.0, 0]


def test_text_is_kept_as_typed_and_compared_by_policy() -> None:
    typed = {"text": "  Long  ſ, STRASSE "}
    assert accepted("transcription", typed) == typed
    assert distance("transcription", {"text": "Straße  7"}, {"text": "STRASSE 7"}) == 0.0
    assert distance("transcription", {"text": "4925"}, {"text": "4935"}) == 0.25
    assert distance("transcription", {"text": "4925"}, {"illegible": True}) == 1.0


def test_a_box_drawn_past_the_edge_is_cut_at_the_edge() -> None:
    answer = {"boxes": [{**BOX, "x": -0.5, "width": 10, "y": 90, "height": 10.75}]}
    (box,) = accepted("boxes", answer)["boxes"]
    assert (box["x"], box["width"], box["y"], box["height"]) == (0.0, 9.5, 90.0, 10.0)


def test_with_one_label_the_label_may_be_left_out() -> None:
    box = {key: value for key, value in BOX.items() if key != "label"}
    assert accepted("boxes", {"boxes": [box]}, {"labels": FACE[:1]})["boxes"][0]["label"] == "face"
    assert refused_answer("boxes", {"boxes": [box]}).path == "boxes[0].label"


def test_distances_follow_the_share_of_what_differs() -> None:
    assert distance("multi_label", {"choices": ["face", "hand"]}, {"choices": ["face"]}) == 0.5
    assert distance("boxes", {"boxes": [BOX]}, {"boxes": [{**BOX, "label": "hand"}]}) == 1.0
    half = {**BOX, "height": 20}
    assert distance("boxes", {"boxes": [BOX]}, {"boxes": [half]}) == pytest.approx(0.5)
    moved = {**EYES_SEEN, "left": [40 + 20.25 / 2, 20, 2]}
    a, b = ({"instances": [{"label": "face", "points": p}]} for p in (EYES_SEEN, moved))
    assert 0.1 < distance("keypoints", a, b) < 0.3
