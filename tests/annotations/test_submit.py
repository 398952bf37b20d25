"""Submits: kept once, never lost, and counted in the same commit."""

from __future__ import annotations

import pytest

from annotations.actions.lease import LeaseLost
from annotations.actions.submit import (
    AnswerInvalid,
    IdempotencyConflict,
    revise_annotation,
    submit_annotation,
)
from annotations.models import Annotation, Seat, Task
from labelhub.errors import NotFound, Stale
from tests import factories

pytestmark = pytest.mark.django_db


def test_a_repeated_submit_gives_the_stored_answer_and_adds_no_row() -> None:
    project = factories.project(items=1, labelers=1)
    (labeler,) = factories.labelers_of(project)
    seat = factories.lease(project, labeler)
    body = {"labeler": labeler, "lease_id": seat.lease_id, "answer": {"choice": "3"}, "key": "k"}
    first, second = submit_annotation(**body), submit_annotation(**body)
    assert (first.repeated, second.repeated) == (False, True)
    assert first.annotation.pk == second.annotation.pk
    assert Annotation.objects.count() == 1


def test_the_same_key_with_another_answer_is_refused() -> None:
    project = factories.project(items=1, labelers=1)
    (labeler,) = factories.labelers_of(project)
    lease = factories.lease(project, labeler).lease_id
    submit_annotation(labeler=labeler, lease_id=lease, answer={"choice": "3"}, key="k")
    with pytest.raises(IdempotencyConflict):
        submit_annotation(labeler=labeler, lease_id=lease, answer={"choice": "4"}, key="k")


def test_a_key_used_on_another_lease_is_refused_and_leaves_that_lease_open() -> None:
    project = factories.project(items=2, labelers=1)
    (labeler,) = factories.labelers_of(project)
    one, two = factories.lease(project, labeler), factories.lease(project, labeler)
    submit_annotation(labeler=labeler, lease_id=one.lease_id, answer={"choice": "3"}, key="k")
    with pytest.raises(IdempotencyConflict):
        submit_annotation(labeler=labeler, lease_id=two.lease_id, answer={"choice": "3"}, key="k")
    assert Seat.objects.get(pk=two.pk).state == "held"


def test_a_second_answer_to_an_answered_lease_is_refused() -> None:
    project = factories.project(items=1, labelers=1)
    (labeler,) = factories.labelers_of(project)
    lease = factories.lease(project, labeler).lease_id
    submit_annotation(labeler=labeler, lease_id=lease, answer={"choice": "3"}, key="one")
    with pytest.raises(LeaseLost, match="answered this task already") as refused:
        submit_annotation(labeler=labeler, lease_id=lease, answer={"choice": "3"}, key="two")
    assert refused.value.code == "already_answered"


@pytest.mark.parametrize(
    "answer", [{"choice": "eleven"}, {"choice": 3}, {}, [], "3", None, {"choice": "3", "x": 1}]
)
def test_an_illegal_answer_is_refused_and_the_lease_stays(answer: object) -> None:
    project = factories.project(items=1, labelers=1)
    (labeler,) = factories.labelers_of(project)
    seat = factories.lease(project, labeler)
    with pytest.raises(AnswerInvalid):
        submit_annotation(labeler=labeler, lease_id=seat.lease_id, answer=answer, key="k")
    assert Seat.objects.get(pk=seat.pk).state == "held"
    assert Annotation.objects.count() == 0


def test_a_stranger_cannot_answer_somebody_elses_lease() -> None:
    project = factories.project(items=1, labelers=2)
    first, second = factories.labelers_of(project)
    seat = factories.lease(project, first)
    with pytest.raises(LeaseLost):
        factories.vote(project, second, "1", seat=seat)
    with pytest.raises(NotFound):
        factories.vote(project, factories.user(), "1", seat=seat)


def test_agreeing_votes_settle_a_task_and_disagreeing_ones_ask_for_more() -> None:
    project = factories.project(items=1, labelers=3, min_votes=2, max_votes=3)
    one, two, three = factories.labelers_of(project)
    factories.vote(project, one, "4")
    factories.vote(project, two, "9")
    task = Task.objects.get(project=project)
    assert (task.status, task.votes) == ("open", 2)
    factories.vote(project, three, "4")
    task.refresh_from_db()
    assert (task.label, task.votes) == ("4", 3)
    assert task.status != "open"


def test_at_the_cap_a_tie_is_disputed() -> None:
    project = factories.project(items=1, labelers=2, min_votes=2, max_votes=2)
    one, two = factories.labelers_of(project)
    factories.vote(project, one, "4")
    factories.vote(project, two, "9")
    task = Task.objects.get(project=project)
    assert task.status == "disputed"
    assert task.distribution["4"] == pytest.approx(task.distribution["9"])


def test_a_revision_supersedes_the_answer_and_moves_the_consensus() -> None:
    project = factories.project(items=1, labelers=2)
    one, two = factories.labelers_of(project)
    first = factories.vote(project, one, "4")
    factories.vote(project, two, "9")
    revise_annotation(
        annotation_id=first.pk, labeler=one, answer={"choice": "9"}, version=1, key="r"
    )
    task = Task.objects.get(project=project)
    assert (task.label, task.votes) == ("9", 2)
    assert task.confidence > 0.5
    versions = Annotation.objects.filter(labeler=one).order_by("version")
    assert [(a.version, a.current) for a in versions] == [(1, False), (2, True)]


def test_a_revision_of_an_older_version_is_refused_with_both_versions() -> None:
    project = factories.project(items=1, labelers=1)
    (labeler,) = factories.labelers_of(project)
    first = factories.vote(project, labeler, "4")
    change = {"annotation_id": first.pk, "labeler": labeler, "version": 1}
    revise_annotation(**change, answer={"choice": "5"}, key="a")
    with pytest.raises(Stale) as caught:
        revise_annotation(**change, answer={"choice": "6"}, key="b")
    assert caught.value.extra["current"] == {"version": 2, "answer": {"choice": "5"}}


def test_the_next_tasks_come_with_the_answer() -> None:
    project = factories.project(items=3, labelers=1)
    (labeler,) = factories.labelers_of(project)
    seat = factories.lease(project, labeler)
    submitted = submit_annotation(
        labeler=labeler, lease_id=seat.lease_id, answer={"choice": "1"}, key="k", next_count=2
    )
    assert len(submitted.next_leases) == 2
    assert seat.task_id not in {lease.task_id for lease in submitted.next_leases}


def test_order_of_votes_does_not_matter_bit_for_bit() -> None:
    verdicts = []
    for labels in (["4", "9", "4"], ["9", "4", "4"]):
        project = factories.project(items=1, labelers=3, min_votes=3, max_votes=3)
        for who, label in zip(factories.labelers_of(project), labels, strict=True):
            factories.vote(project, who, label)
        task = Task.objects.get(project=project)
        verdicts.append((task.label, task.confidence, task.distribution))
    assert verdicts[0] == verdicts[1]


def test_an_item_of_the_random_arm_is_asked_three_times_at_least() -> None:
    project = factories.project(
        items=1, labelers=4, min_votes=1, max_votes=5, random_share=1.0, confidence=0.5
    )
    task = project.tasks.get()
    votes = []
    for labeler in factories.labelers_of(project)[:3]:
        factories.vote(project, labeler, "3")
        task.refresh_from_db()
        votes.append((task.votes, task.status))
    assert votes == [(1, "open"), (2, "open"), (3, "settled")]


def test_a_cap_below_three_votes_holds_for_the_random_arm_too() -> None:
    project = factories.project(
        items=1, labelers=2, min_votes=1, max_votes=1, random_share=1.0, confidence=0.5
    )
    factories.vote(project, factories.labelers_of(project)[0], "3")
    assert project.tasks.get().status == "settled"
