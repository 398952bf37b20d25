"""The review queue: what waits and why, least sure first, never one's own work."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from annotations.actions.adjudicate import adjudicate_task
from annotations.models import Membership, Project, Task
from labelhub.accounts.models import User
from tests import factories

pytestmark = pytest.mark.django_db
Make = Callable[..., Any]


@pytest.fixture
def reviewer(project: Project) -> User:
    return factories.member(project, role=Membership.Role.REVIEWER)


def set_up(project: Project, **rows: dict[str, Any]) -> dict[str, int]:
    """Bring the first tasks of a project into the states given, by name."""
    tasks = Task.objects.filter(project=project).order_by("pk")[: len(rows)]
    for task, changes in zip(tasks, rows.values(), strict=True):
        Task.objects.filter(pk=task.pk).update(**changes)
    return {name: task.pk for name, task in zip(rows, tasks, strict=True)}


@pytest.fixture
def waiting(project: Project) -> dict[str, int]:
    return set_up(
        project,
        flagged={"flags": 1},
        sure={"status": "settled", "confidence": 0.99, "label": "1"},
        unsure={"status": "settled", "confidence": 0.9, "label": "1"},
        disputed={"status": "disputed", "confidence": 0.5, "label": "1"},
        decided={"status": "settled", "confidence": 0.8, "label": "1", "adjudicated": True},
        open={"confidence": 0.4, "label": "1"},
    )


def listed(client: Any, project: Project, **query: Any) -> list[int]:
    answer = client.get(f"/api/v1/projects/{project.pk}/review/", query)
    assert answer.status_code == 200, answer.json()
    return [row["id"] for row in answer.json()["results"]]


@pytest.mark.parametrize(
    ("query", "names"),
    [
        ({}, ["disputed", "unsure", "flagged"]),
        ({"kind": "disputed"}, ["disputed"]),
        ({"kind": "flagged"}, ["flagged"]),
        ({"kind": "unsure"}, ["unsure"]),
        ({"kind": "unsure", "below": 1}, ["unsure", "sure"]),
    ],
)
def test_what_waits_is_listed_by_reason_and_least_sure_first(
    project: Project,
    reviewer: User,
    waiting: dict[str, int],
    make_client: Make,
    query: dict[str, Any],
    names: list[str],
) -> None:
    assert listed(make_client(reviewer), project, **query) == [waiting[name] for name in names]


def test_what_waits_is_counted_by_reason(
    project: Project, reviewer: User, waiting: dict[str, int], make_client: Make
) -> None:
    Task.objects.filter(pk=waiting["disputed"]).update(flags=2)
    counts = make_client(reviewer).get(f"/api/v1/projects/{project.pk}/review/counts/").json()
    assert counts == {
        "disputed": 1, "flagged": 2, "unsure": 1, "any": 3, "own_work": 0, "at_most": 1000,
        "contradicting": 0,
    }  # fmt: skip


def test_own_work_is_left_out_of_list_and_counts(make_client: Make) -> None:
    project = factories.project(items=2, labelers=2, min_votes=2, max_votes=2)
    voter, other = factories.labelers_of(project)
    for who, label in ((voter, "4"), (other, "9")):
        factories.vote(project, who, label)
    Membership.objects.filter(project=project, user=voter).update(role="reviewer")
    (disputed,) = Task.objects.filter(project=project, status="disputed")
    client = make_client(voter)
    assert listed(client, project) == []
    counts = client.get(f"/api/v1/projects/{project.pk}/review/counts/").json()
    assert (counts["any"], counts["own_work"]) == (0, 1)
    stranger_to_it = make_client(factories.member(project, role="reviewer"))
    assert listed(stranger_to_it, project) == [disputed.pk]


def test_pages_hold_every_task_once_however_confidences_tie(
    project: Project, reviewer: User, make_client: Make
) -> None:
    Task.objects.filter(project=project).update(status="disputed", confidence=0.5)
    first = Task.objects.filter(project=project)[:3].values_list("pk", flat=True)
    Task.objects.filter(pk__in=list(first)).update(confidence=None, flags=1)
    client, seen = make_client(reviewer), []
    address: str | None = f"/api/v1/projects/{project.pk}/review/?limit=2"
    while address:
        page = client.get(address).json()
        seen += [row["id"] for row in page["results"]]
        address = page["next"]
    assert sorted(seen) == sorted(Task.objects.filter(project=project).values_list("pk", flat=True))


def test_the_queue_takes_a_fixed_number_of_queries(
    make_client: Make, django_assert_num_queries: Any
) -> None:
    project = factories.project(items=40, labelers=2, min_votes=2, max_votes=2)
    client = make_client(factories.member(project, role="reviewer"))
    for _ in range(12):
        for who, label in zip(factories.labelers_of(project), "49", strict=True):
            factories.vote(project, who, label)
    listed(client, project)  # the token is marked as used once
    # Token, membership, page, votes, what was in view, decisions, flags; at the end of the list
    # those never answered.
    for size, queries in ((2, 7), (12, 8)):
        with django_assert_num_queries(queries):
            assert len(listed(client, project, limit=size)) == size


@pytest.mark.parametrize(
    "query",
    [{"kind": "bored"}, {"below": "nan"}, {"below": 2}, {"label": "4"}],
)
def test_a_bad_filter_is_refused_and_named(
    project: Project, reviewer: User, make_client: Make, query: dict[str, Any]
) -> None:
    answer = make_client(reviewer).get(f"/api/v1/projects/{project.pk}/review/", query)
    assert answer.status_code == 400
    assert next(iter(query)) in str(answer.json())


def test_a_decided_task_leaves_the_queue(make_client: Make) -> None:
    project = factories.project(items=1, labelers=2, min_votes=2, max_votes=2)
    for who, label in zip(factories.labelers_of(project), "49", strict=True):
        factories.vote(project, who, label)
    reviewer = factories.member(project, role="reviewer")
    task = Task.objects.get(project=project)
    adjudicate_task(task=task, reviewer=reviewer, answer={"choice": "9"})
    assert listed(make_client(reviewer), project) == []
