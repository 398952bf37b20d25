"""Accepting near-certain answers at once: counted first, never own work, once, and taken back."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from annotations.actions import adjudicate_many
from annotations.actions.adjudicate import adjudicate_task
from annotations.actions.adjudicate_many import accept_near_certain, reopen_many
from annotations.actions.labeler_votes import cast_votes, compare_classes, vote_table
from annotations.actions.project import change_schema
from annotations.actions.submit import IdempotencyConflict
from annotations.actions.votes_as_of import pin_votes
from annotations.models import Adjudication, BulkDecision, LabelChange, Project, Task
from labelhub.accounts.models import AuditEvent, User
from tests import factories

pytestmark = pytest.mark.django_db
Make = Callable[..., Any]


@pytest.fixture
def reviewer() -> User:
    return factories.user()


@pytest.fixture
def disputes() -> Project:
    """Four disputed tasks, two of them nearly certain."""
    project = factories.project(items=4, labelers=2, min_votes=2, max_votes=2, confidence=0.999)
    for _ in range(4):
        for who, label in zip(factories.labelers_of(project), "49", strict=True):
            factories.vote(project, who, label)
    for task, confidence in zip(tasks_of(project), (0.97, 0.96, 0.7, 0.5), strict=True):
        Task.objects.filter(pk=task.pk).update(confidence=confidence)
    return project


def tasks_of(project: Project) -> list[Task]:
    return list(Task.objects.filter(project=project).order_by("pk"))


def settled(project: Project) -> list[bool]:
    return [task.adjudicated for task in tasks_of(project)]


def truths_of(project: Project) -> list[int]:
    """What each vote is held against in the figures of labelers."""
    cast = cast_votes(project, classes=True)
    truths = compare_classes(project, cast, *vote_table(project, cast))[1]
    return list(truths.truth.tolist())


def accept(project: Project, reviewer: User, key: str = "a", **rule: Any) -> BulkDecision:
    return accept_near_certain(
        project=project, reviewer=reviewer, key=key, **({"at_least": 0.95} | rule)
    )


def test_what_is_sure_enough_is_settled_by_the_answer_it_has(
    disputes: Project, reviewer: User
) -> None:
    labels = [task.label for task in tasks_of(disputes)]
    assert accept(disputes, reviewer).accepted == 2
    assert settled(disputes) == [True, True, False, False]
    first = tasks_of(disputes)[0]
    assert (first.status, first.label, first.confidence) == ("settled", labels[0], 1.0)
    assert LabelChange.objects.filter(by=reviewer, cause="adjudication").count() == 2
    event = AuditEvent.objects.get(action="review.accepted_many")
    assert event.detail["tasks"] == [task.pk for task in tasks_of(disputes)[:2]]


@pytest.mark.parametrize("other", [{"reason": "disputed"}, {"below": 0.9}, {"at_least": 0.9}])
def test_a_key_that_was_used_for_something_else_is_refused(
    disputes: Project, reviewer: User, other: Any
) -> None:
    accept(disputes, reviewer)
    with pytest.raises(IdempotencyConflict):
        accept(disputes, reviewer, **other)
    assert BulkDecision.objects.count() == 1


def test_the_same_request_again_decides_nothing_more(disputes: Project, reviewer: User) -> None:
    first = accept(disputes, reviewer)
    Task.objects.filter(project=disputes, adjudicated=False).update(confidence=0.99)
    assert accept(disputes, reviewer).pk == first.pk
    assert settled(disputes) == [True, True, False, False]
    with pytest.raises(IdempotencyConflict):
        accept(disputes, reviewer, at_least=0.9)


def test_own_work_flags_and_answers_no_longer_legal_are_left_out(disputes: Project) -> None:
    _, flagged, retired, _ = tasks_of(disputes)
    voter = factories.labelers_of(disputes)[0]
    assert accept(disputes, voter, at_least=0.5).accepted == 0
    Task.objects.filter(project=disputes).update(confidence=0.97)
    Task.objects.filter(pk=flagged.pk).update(flags=1)
    Task.objects.filter(pk=retired.pk).update(label="8", answer={"choice": "8"})
    labels = [{"name": name, "retired": name == "8"} for name in factories.DIGITS]
    change_schema(project=disputes, document={"labels": labels}, by=None)
    disputes.refresh_from_db()
    assert accept(disputes, factories.user(), key="b").accepted == 2
    assert settled(disputes) == [True, False, False, True]


def test_an_act_is_taken_back_as_a_whole_and_only_where_it_stands(
    disputes: Project, reviewer: User
) -> None:
    bulk = accept(disputes, reviewer)
    assert reopen_many(bulk=bulk, reviewer=reviewer) == 2
    assert settled(disputes) == [False] * 4
    assert {task.status for task in tasks_of(disputes)} == {"disputed"}
    assert reopen_many(bulk=bulk, reviewer=reviewer) == 0


def test_it_is_all_or_nothing(
    disputes: Project, reviewer: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    def break_off(*_: Any) -> None:
        raise RuntimeError("the power went")

    monkeypatch.setattr(adjudicate_many, "note_changes", break_off)
    with pytest.raises(RuntimeError):
        accept(disputes, reviewer)
    assert settled(disputes) == [False] * 4
    assert not Adjudication.objects.exists() and not BulkDecision.objects.exists()


def test_what_nobody_looked_at_teaches_nothing_about_labelers(
    disputes: Project, reviewer: User
) -> None:
    before = truths_of(disputes)
    accept(disputes, reviewer)
    assert pin_votes(disputes).decided == {}
    assert truths_of(disputes) == before
    seen = tasks_of(disputes)[3]
    adjudicate_task(task=seen, reviewer=reviewer, answer={"choice": "4"})
    assert pin_votes(disputes).decided == {seen.pk: "4"}


def test_by_rest_it_is_counted_accepted_and_taken_back(
    disputes: Project, make_client: Make
) -> None:
    client = make_client(factories.member(disputes, role="reviewer"))
    url = f"/api/v1/projects/{disputes.pk}/review/near-certain/"
    assert client.get(url, {"at_least": 0.95}).json() == {"count": 2, "most": 250}
    assert client.get(url, {"at_least": 0.95, "reason": "unsure"}).json()["count"] == 0
    for _ in range(2):
        done = client.post(url, {"at_least": 0.95}, headers={"Idempotency-Key": "once"}).json()
        assert done["accepted"] == 2
    assert client.get(url, {"at_least": 0.95}).json()["count"] == 0
    back = client.post(f"/api/v1/bulk-decisions/{done['id']}/reopen/").json()
    assert back == {"reopened": 2}
    for bad in ("nan", 0.2, 1.5, "x"):
        assert client.post(url, {"at_least": bad}).status_code == 400
        assert client.get(url, {"at_least": bad}).status_code == 400
    assert client.get(url, {"at_most": 1}).json()["code"] == "bad_filter"
