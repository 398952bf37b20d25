"""What every merger of JSON answers owes its task type."""

from __future__ import annotations

import json
from itertools import permutations
from typing import Any

import pytest

from annotations.consensus.answers import MERGERS, Merger, fit_merger, open_merger
from annotations.consensus.merge_settings import MERGE_METHODS, Settings
from annotations.task_types import ALL_TASK_TYPES, MERGED_TASK_TYPES
from tests.contracts.test_task_types import ANSWERS, IMAGE, SCHEMAS

every_merger = pytest.mark.parametrize("name", sorted(MERGERS))


def legal(name: str) -> tuple[dict[str, Any], list[dict[str, Any]]]:
    task_type = ALL_TASK_TYPES[name]
    schema = task_type.check_schema(SCHEMAS[name])
    return schema, [task_type.check_answer(answer, schema, IMAGE) for answer in ANSWERS[name]]


def fitted(name: str, method: str | None = None) -> Merger:
    schema, answers = legal(name)
    settings = Settings.of(name, method)
    ballots = {item: ([1, 2, 3], [answers[0], answers[0], answers[1]]) for item in range(4)}
    return fit_merger(name, ballots, schema, known={2: answers[0]}, settings=settings)


def test_every_merged_task_type_has_a_merger() -> None:
    assert set(MERGERS) == set(MERGED_TASK_TYPES)


@every_merger
def test_merged_answers_are_legal_answers(name: str) -> None:
    schema, answers = legal(name)
    for chosen in (answers, answers[:2], answers[1:], answers[:1] * 2 + answers[-1:]):
        for merger in (open_merger(name, None, schema), fitted(name)):
            verdict = merger.merge(range(len(chosen)), chosen)
            ALL_TASK_TYPES[name].check_answer(verdict.answer, schema, IMAGE)
            assert 0.0 <= verdict.confidence <= 1.0
            json.dumps(verdict.detail, allow_nan=False)


@every_merger
def test_unanimous_answers_win(name: str) -> None:
    schema, answers = legal(name)
    for answer in answers:
        verdict = fitted(name).merge([1, 2, 3], [answer] * 3)
        assert ALL_TASK_TYPES[name].distance(verdict.answer, answer, schema) < 1e-6


@pytest.mark.parametrize(
    ("name", "method"), [(name, method) for name, each in MERGE_METHODS.items() for method in each]
)
def test_under_every_method_unanimous_answers_win_and_order_leaves_no_trace(
    name: str, method: str
) -> None:
    schema, answers = legal(name)
    merger = fitted(name, method)
    for answer in answers:
        verdict = merger.merge([1, 2, 3], [answer] * 3)
        assert ALL_TASK_TYPES[name].distance(verdict.answer, answer, schema) < 0.02
    first, turned = merger.merge([1, 2], answers[:2]), merger.merge([2, 1], answers[:2][::-1])
    assert first == turned
    assert merger.confidence_at(first, 1.0) == pytest.approx(first.confidence)
    cooled = merger.with_temperature(3.0).merge([1, 2], answers[:2])
    assert cooled.answer == first.answer


@every_merger
def test_the_order_of_answers_leaves_no_trace(name: str) -> None:
    _, answers = legal(name)
    keys = list(range(1, len(answers) + 1))
    verdicts = {
        json.dumps([(v := fitted(name).merge([keys[i] for i in o], [answers[i] for i in o])).answer,
                    v.confidence, v.detail], sort_keys=True)
        for o in permutations(range(len(answers)))
    }  # fmt: skip
    assert len(verdicts) == 1


@every_merger
def test_the_order_of_ballots_leaves_no_trace_in_a_fit(name: str) -> None:
    schema, answers = legal(name)
    ballots = {item: ([1, 2, 3], [answers[item % len(answers)]] * 3) for item in range(5)}
    turned = dict(reversed([(item, (k[::-1], a[::-1])) for item, (k, a) in ballots.items()]))
    fits = [fit_merger(name, each, schema).to_json() for each in (ballots, turned)]
    assert fits[0] == fits[1]


@every_merger
def test_a_merger_survives_json(name: str) -> None:
    schema, answers = legal(name)
    merger = fitted(name)
    back = open_merger(name, json.loads(json.dumps(merger.to_json())), schema)
    keys = range(len(answers))
    assert back.merge(keys, answers) == merger.merge(keys, answers)


def test_an_illegible_text_is_an_answer() -> None:
    schema, _ = legal("transcription")
    votes = [{"text": "", "illegible": True}] * 2 + [{"text": "7"}]
    verdict = open_merger("transcription", None, schema).merge([1, 2, 3], votes)
    assert verdict.answer == {"text": "", "illegible": True}


def test_attributes_of_a_merged_box_are_voted_on() -> None:
    _, (both, plain, _) = legal("boxes")
    merger = open_merger("boxes", None, legal("boxes")[0])
    verdict = merger.merge([1, 2, 3], [both, both, plain])
    assert verdict.answer["boxes"][0]["attributes"] == {"blurred": True}
    assert "attributes" not in merger.merge([1, 2, 3], [both, plain, plain]).answer["boxes"][0]


def test_a_schema_that_grew_opens_an_older_multi_label_fit() -> None:
    schema, answers = legal("multi_label")
    grown = {**schema, "labels": [*schema["labels"], {"name": "foot"}]}
    merger = open_merger("multi_label", fitted("multi_label").to_json(), grown)
    assert merger.merge([1, 2], [{"choices": ["foot"]}] * 2).answer == {"choices": ["foot"]}
    assert merger.merge([1], answers[:1]).answer == answers[0]
