"""Single choice: what a schema and an answer may hold."""

from __future__ import annotations

import pytest

from annotations.task_types.base import AnswerInvalid, SchemaInvalid
from annotations.task_types.choice import Choice

SCHEMA = {"labels": [{"name": "7", "hotkey": "7"}, {"name": "4"}, {"name": "1", "retired": True}]}


def refused_schema(document: object) -> SchemaInvalid:
    with pytest.raises(SchemaInvalid) as caught:
        Choice().check_schema(document)
    return caught.value


def refused_answer(answer: object) -> AnswerInvalid:
    with pytest.raises(AnswerInvalid) as caught:
        Choice().check_answer(answer, Choice().check_schema(SCHEMA))
    return caught.value


def labels(*names: str) -> dict[str, list[dict[str, object]]]:
    return {"labels": [{"name": name} for name in names]}


def test_a_schema_is_kept_in_normal_form() -> None:
    document = {"labels": [{"name": "a", "color": "#AABBCC", "retired": False}, {"name": "b"}]}
    assert Choice().check_schema(document) == {
        "labels": [{"name": "a", "color": "#aabbcc"}, {"name": "b"}]
    }


@pytest.mark.parametrize(
    ("document", "path"),
    [
        (None, ""),
        ({}, "labels"),
        (labels("a"), "labels"),
        (labels("a", "a"), "labels"),
        (labels("a", ""), "labels[1].name"),
        (labels("a", " b"), "labels[1].name"),
        (labels("a", "b\x00"), "labels[1].name"),
        (labels("a", "b" * 201), "labels[1].name"),
        ({"labels": [{"name": "a"}, {"title": "b"}]}, "labels[1].name"),
        ({"labels": [{"name": "a"}, {"name": "b", "color": "red"}]}, "labels[1].color"),
        ({"labels": [{"name": "a"}, {"name": "b", "retired": 1}]}, "labels[1].retired"),
        ({"labels": [{"name": "a"}, {"name": "b", "colour": "#ffffff"}]}, "labels[1].colour"),
        ({"labels": [{"name": "a"}, {"name": "b", "retired": True}]}, "labels"),
        (labels(*(str(n) for n in range(1001))), "labels"),
        ({**labels("a", "b"), "extra": 1}, "extra"),
    ],
)
def test_a_bad_schema_is_refused_at_its_place(document: object, path: str) -> None:
    assert refused_schema(document).path == path


def test_a_thousand_labels_are_legal() -> None:
    assert len(Choice().check_schema(labels(*(str(n) for n in range(1000))))["labels"]) == 1000


def test_two_labels_may_not_share_a_hotkey() -> None:
    clash = {"labels": [{"name": "a", "hotkey": "1"}, {"name": "b", "hotkey": "1"}]}
    assert "'a' and 'b'" in refused_schema(clash).reason


def test_a_retired_label_gives_its_hotkey_free() -> None:
    reused = [
        {"name": "a", "hotkey": "1", "retired": True},
        {"name": "b", "hotkey": "1"},
        {"name": "c"},
    ]
    assert len(Choice().check_schema({"labels": reused})["labels"]) == 3


@pytest.mark.parametrize("answer", [None, {}, {"choice": None}, {"choice": 7}, {"choice": "9"}])
def test_an_answer_outside_the_schema_is_refused(answer: object) -> None:
    assert refused_answer(answer).path in ("", "choice")


def test_an_unknown_field_in_an_answer_is_named() -> None:
    assert refused_answer({"choice": "7", "note": "x"}).path == "note"


def test_a_retired_label_takes_no_new_answers() -> None:
    assert "retired" in refused_answer({"choice": "1"}).reason


def test_a_label_may_retire_but_not_vanish() -> None:
    choice, old = Choice(), Choice().check_schema(labels("a", "b", "c"))
    retired = {"labels": [{"name": "a"}, {"name": "b"}, {"name": "c", "retired": True}]}
    assert choice.successor(old, retired)["labels"][2]["retired"] is True
    with pytest.raises(SchemaInvalid, match="'c' is missing: retire"):
        choice.successor(old, labels("a", "b"))


def test_the_category_of_an_answer_is_its_label() -> None:
    assert Choice().category({"choice": "7"}) == "7"
    assert Choice().answer_of("7") == {"choice": "7"}
