"""Merged answers against known ones: what counts as right, calibration, the choice of a method."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from annotations.consensus.answers import open_merger
from annotations.consensus.calibrate import fit_confidence
from annotations.consensus.merge_known import HeldOut, Question, choose_merge
from annotations.consensus.merge_right import rightness
from annotations.consensus.merge_settings import Settings
from annotations.task_types import ALL_TASK_TYPES

BOXES = {"labels": [{"name": "face"}, {"name": "hand"}]}
TEXT = ALL_TASK_TYPES["transcription"].check_schema({"policy": {"fold_case": True}})


def box(x: float, label: str = "face", width: float = 10) -> dict[str, Any]:
    return {"label": label, "x": x, "y": 0, "width": width, "height": 10}


def right(task_type: str, schema: Any, known: Any, *answers: Any) -> float:
    verdict = open_merger(task_type, None, schema).merge(range(len(answers)), answers)
    return rightness(task_type, verdict, known, schema)


def held_out(task_type: str, schema: Any, ballots: Any, known: Any) -> HeldOut:
    kind = ALL_TASK_TYPES[task_type]
    question = Question(task_type, schema, lambda a, b: kind.distance(a, b, schema))
    return HeldOut(question, ballots, known)


@pytest.mark.parametrize(
    ("drawn", "known", "share"),
    [
        ([[box(0)]] * 3, [box(1)], 1.0),
        ([[box(0)]] * 3, [box(8)], 0.0),  # kept though nothing is there, and the other is missed
        ([[box(0)]] * 3, [box(0, "hand")], 0.0),
        ([[], [], []], [], 1.0),
        ([[], [], []], [box(0)], 0.0),
        ([[box(0)], [box(0)], [box(0), box(50)]], [box(0)], 1.0),  # a stray was rightly left out
        ([[box(0)], [box(0)], [box(0), box(50)]], [box(0), box(50)], 0.5),  # it was none
        ([[box(0), box(50)]] * 3, [box(0)], 0.5),
        ([[box(0)]] * 3, [box(0), box(30), box(60)], 1 / 3),
    ],
)
def test_of_shapes_the_share_of_objects_rightly_kept_or_left_out_counts(
    drawn: Any, known: Any, share: float
) -> None:
    answers = [{"boxes": boxes} for boxes in drawn]
    assert right("boxes", BOXES, {"boxes": known}, *answers) == pytest.approx(share)


def test_a_text_is_right_under_the_text_policy() -> None:
    votes = [{"text": "To be"}] * 2
    assert right("transcription", TEXT, {"text": "to  BE"}, *votes) == 1.0
    assert right("transcription", TEXT, {"text": "to bee"}, *votes) == 0.0
    assert right("transcription", TEXT, {"text": "", "illegible": True}, *votes) == 0.0


def test_a_set_of_labels_is_right_as_a_whole() -> None:
    votes = [{"choices": ["face", "hand"]}] * 3
    assert right("multi_label", BOXES, {"choices": ["hand", "face"]}, *votes) == 1.0
    assert right("multi_label", BOXES, {"choices": ["face"]}, *votes) == 0.0


def test_the_temperature_takes_back_what_was_claimed_too_much() -> None:
    rng = np.random.default_rng(1)
    odds = rng.normal(3.0, 1.0, 400)
    truly = 1.0 / (1.0 + np.exp(-odds / 2.0))
    found = fit_confidence(lambda heat: 1.0 / (1.0 + np.exp(-odds / heat)), rng.random(400) < truly)
    assert 1.6 < found.temperature < 2.5
    assert found.error_after < found.error_before / 2


def test_an_honest_confidence_and_a_handful_of_items_are_left_alone() -> None:
    rng = np.random.default_rng(2)
    odds = rng.normal(2.0, 1.0, 400)
    sure = 1.0 / (1.0 + np.exp(-odds))
    heated = [1.0 / (1.0 + np.exp(-odds[:7] / heat)) for heat in (1.0, 9.0)]
    assert fit_confidence(lambda heat: sure**1.0, rng.random(400) < sure).temperature == 1.0
    wrong = np.zeros(7)
    assert fit_confidence(lambda heat: heated[heat > 1], wrong).temperature == 1.0


def ballots_with_a_wide_one(count: int) -> tuple[Any, Any]:
    """Boxes of three labelers, the third far too wide; the truth is what the other two drew."""
    answers = [[{"boxes": [box(n, width=w)]} for w in (10, 10, 14)] for n in range(count)]
    known = {n: {"boxes": [box(n)]} for n in range(count)}
    return {n: ([1, 2, 3], answers[n]) for n in range(count)}, known


def test_the_default_stays_unless_another_is_surely_nearer() -> None:
    ballots, known = ballots_with_a_wide_one(40)
    choice = choose_merge(held_out("boxes", BOXES, ballots, known))
    assert choice.method == "box_clusters"
    assert choice.errors["box_mean"] > choice.errors["box_clusters"] == 0.0
    # Labelers of whom two are narrow by as much as one is wide: only their mean is right.
    for n in range(40):
        ballots[n][1][:2] = [{"boxes": [box(n, width=8)]}] * 2
    assert choose_merge(held_out("boxes", BOXES, ballots, known)).method == "box_mean"
    few = {n: known[n] for n in range(29)}
    assert choose_merge(held_out("boxes", BOXES, ballots, few)).method == "box_clusters"


def test_a_known_answer_is_judged_by_a_fit_that_was_not_told_it() -> None:
    # One labeler reads everything wrong, and alike; told the truth a fit would see through it.
    ballots = {n: ([1, 2], [{"text": f"wrong{n}"}, {"text": f"right{n}"}]) for n in range(20)}
    known = {n: {"text": f"right{n}"} for n in range(20)}
    held = held_out("transcription", TEXT, ballots, known)
    assert {len(fold) for fold in held.folds} == {10}
    found = held.judge(Settings.of("transcription"))
    one = held_out("transcription", TEXT, {0: ballots[0]}, {0: known[0]})
    assert len(found.right) == 20 and len(one.judge(Settings.of("transcription")).right) == 1
    for fold in (0, 1):
        told = held._merger(fold, Settings.of("transcription")).fit.records  # type: ignore[attr-defined]
        assert told[2].exact >= 10


def test_the_order_of_known_answers_leaves_no_trace() -> None:
    ballots, known = ballots_with_a_wide_one(12)
    turned = {n: known[n] for n in reversed(range(12))}
    first, second = (
        held_out("boxes", BOXES, ballots, each).judge(Settings.of("boxes", "box_mean"))
        for each in (known, turned)
    )
    assert (first.apart == second.apart).all() and first.verdicts == second.verdicts


def test_settings_are_checked_by_type_method_and_range() -> None:
    assert Settings.of("boxes")["quorum"] == 0.5
    assert Settings.of("boxes", None, {"quorum": 1})["quorum"] == 1.0
    for method, params in (("majority", {}), (None, {"clip": 1}), (None, {"quorum": True})):
        with pytest.raises(ValueError, match=r"cannot be merged|no parameter|must be a number"):
            Settings.of("boxes", method, params)
