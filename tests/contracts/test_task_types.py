"""What every task type owes: clear refusals, normal forms, and a true distance."""

from __future__ import annotations

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from annotations.task_types import ALL_TASK_TYPES as TASK_TYPES
from annotations.task_types.base import AnswerInvalid, SchemaInvalid

every_type = pytest.mark.parametrize("name", sorted(TASK_TYPES))
json_value = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner),
    max_leaves=12,
)
fast = settings(max_examples=60, deadline=None, derandomize=True)

FACE = [{"name": "face"}, {"name": "hand"}, {"name": "old", "retired": True}]
EYES = [{"name": "left", "mirror": "right"}, {"name": "right", "mirror": "left"}, {"name": "nose"}]
SCHEMAS = {
    "choice": {"labels": [{"name": "7"}, {"name": "4"}, {"name": "1", "retired": True}]},
    "pair": {},
    "multi_label": {"labels": FACE, "at_most": 2},
    "transcription": {"policy": {"fold_case": True}, "palette": ["ſ", "ß"], "max_length": 50},
    "boxes": {"labels": FACE, "attributes": [{"name": "blurred", "kind": "flag"}]},
    "polygons": {"labels": FACE},
    "keypoints": {"labels": FACE, "points": EYES, "scale": ["left", "right"]},
}
BOX = {"label": "face", "x": 1, "y": 2.5, "width": 30, "height": 40}
OUTLINE = {"label": "face", "points": [[0, 0], [30, 0], [15.5, 40]]}
EYES_SEEN = {"left": [40, 20, 2], "right": [20.25, 20, 1], "nose": [0, 0, 0]}
ANSWERS = {
    "choice": [{"choice": "7"}, {"choice": "4"}],
    "pair": [{"choice": "same"}, {"choice": "different"}],
    "multi_label": [{"choices": ["hand", "face"]}, {"choices": []}, {"choices": ["hand"]}],
    "transcription": [{"text": "Straße 7"}, {"illegible": True}, {"text": ""}],
    "boxes": [
        {"boxes": [{**BOX, "attributes": {"blurred": True}}, {**BOX, "x": 99.7, "width": 100.3}]},
        {"boxes": [BOX]},
        {"boxes": []},
    ],
    "polygons": [
        {"polygons": [OUTLINE, {**OUTLINE, "label": "hand"}]},
        {"polygons": [OUTLINE]},
        {"polygons": []},
    ],
    "keypoints": [
        {"instances": [{"label": "face", "points": EYES_SEEN}]},
        {"instances": [{"label": "face", "points": {**EYES_SEEN, "left": [41, 22, 2]}}]},
        {"instances": []},
    ],
}
IMAGE = (200, 100)


@every_type
@fast
@given(document=json_value)
def test_any_json_is_a_schema_or_refused_with_a_reason(name: str, document: object) -> None:
    try:
        normal = TASK_TYPES[name].check_schema(document)
    except SchemaInvalid as refusal:
        assert refusal.reason
    else:
        assert TASK_TYPES[name].check_schema(normal) == normal


@every_type
@fast
@given(answer=json_value)
def test_any_json_is_an_answer_or_refused_with_a_reason(name: str, answer: object) -> None:
    task_type = TASK_TYPES[name]
    schema = task_type.check_schema(SCHEMAS[name])
    try:
        normal = task_type.check_answer(answer, schema, IMAGE)
    except AnswerInvalid as refusal:
        assert refusal.reason
    else:
        assert task_type.check_answer(normal, schema, IMAGE) == normal


@every_type
def test_the_normal_form_is_stable_json(name: str) -> None:
    task_type = TASK_TYPES[name]
    schema = task_type.check_schema(SCHEMAS[name])
    for answer in ANSWERS[name]:
        normal = task_type.check_answer(answer, schema, IMAGE)
        again = json.loads(json.dumps(normal))
        assert task_type.check_answer(again, schema, IMAGE) == normal


@every_type
def test_distance_is_symmetric_bounded_and_zero_for_equals(name: str) -> None:
    task_type = TASK_TYPES[name]
    schema = task_type.check_schema(SCHEMAS[name])
    answers = [task_type.check_answer(answer, schema, IMAGE) for answer in ANSWERS[name]]
    for a in answers:
        assert task_type.distance(a, a, schema) == 0.0
        for b in answers:
            assert 0.0 <= task_type.distance(a, b, schema) <= 1.0
            assert task_type.distance(a, b, schema) == task_type.distance(b, a, schema)
    assert task_type.distance(answers[0], answers[1], schema) > 0.0


@every_type
def test_legal_answers_are_close_to_themselves_however_they_are_written(name: str) -> None:
    task_type = TASK_TYPES[name]
    schema = task_type.check_schema(SCHEMAS[name])
    for answer in ANSWERS[name]:
        normal = task_type.check_answer(answer, schema, IMAGE)
        turned = {key: value[::-1] if isinstance(value, list) else value
                  for key, value in normal.items()}  # fmt: skip
        assert task_type.distance(normal, turned, schema) == 0.0


@every_type
@pytest.mark.parametrize("number", [float("nan"), float("inf"), -5, 1e300, 10**400, True, "1"])
def test_numbers_that_are_none_or_off_the_image_are_refused(name: str, number: object) -> None:
    task_type = TASK_TYPES[name]
    schema = task_type.check_schema(SCHEMAS[name])
    answers = {
        "boxes": {"boxes": [{**BOX, "width": number}]},
        "polygons": {"polygons": [{**OUTLINE, "points": [[0, 0], [number, 0], [15, 40]]}]},
        "keypoints": {"instances": [{"points": {**EYES_SEEN, "nose": [number, 1, 2]}}]},
    }
    with pytest.raises(AnswerInvalid) as refusal:
        task_type.check_answer(answers.get(name, {"choice": number}), schema, IMAGE)
    assert refusal.value.path


@every_type
def test_the_same_schema_is_its_own_successor(name: str) -> None:
    schema = TASK_TYPES[name].check_schema(SCHEMAS[name])
    assert TASK_TYPES[name].successor(schema, SCHEMAS[name]) == schema
