"""Who answers what: labelers are given, of what is due, the tasks where their vote says most."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from annotations.actions.lease import lease_tasks
from annotations.actions.model_share import Opinion, keep_opinions
from annotations.actions.route import KNOWN, WINDOW, look_at
from annotations.actions.trust import refit_consensus
from annotations.models import Project, Seat, Task
from labelhub.accounts.models import User
from tests import factories

pytestmark = pytest.mark.django_db

CLASSES = "479"
ANSWERED = 3 * KNOWN


def wrong(label: str, turn: int) -> str:
    return CLASSES[(CLASSES.index(label) + 1 + turn % 2) % len(CLASSES)]


@pytest.fixture
def project() -> Project:
    """Three labelers have answered the same tasks: two are always right, the last every other
    time; WINDOW + 2 tasks are left."""
    row = factories.project(
        items=ANSWERED + WINDOW + 2, labels=list(CLASSES), labelers=3, min_votes=2, max_votes=5
    )
    tasks = list(Task.objects.filter(project=row).order_by("-priority", "pk")[:ANSWERED])
    for at, task in enumerate(tasks):
        truth = CLASSES[at % len(CLASSES)]
        said = (truth, truth, wrong(truth, at // 2) if at % 2 else truth)
        ballot = [
            [3 * task.pk + place, who.pk, label]
            for place, (who, label) in enumerate(zip(labelers(row), said, strict=True))
        ]
        Task.objects.filter(pk=task.pk).update(
            ballot=ballot, votes=3, status="settled", label=truth, confidence=0.99
        )
        Seat.objects.filter(task=task).update(state="closed")
    refit_consensus(project=row)
    return Project.objects.select_related("schema", "fit").get(pk=row.pk)


def labelers(project: Project) -> list[User]:
    return factories.labelers_of(project)


def waiting(project: Project) -> list[Task]:
    rows = Task.objects.filter(project=project, status="open")
    return list(rows.order_by("-priority", "pk"))


def say(project: Project, shares: dict[int, dict[str, float]]) -> None:
    keep_opinions(
        project=project, opinions=[Opinion(pk, 1, 0.95, named) for pk, named in shares.items()]
    )


TORN = {"4": 0.5, "7": 0.3, "9": 0.2}
LEANING = {"4": 0.75, "7": 0.25}
SURE = {"4": 0.97}


def second_is(project: Project, second: dict[str, float], others: dict[str, float]) -> list[Task]:
    """What waits, after a model has said one thing of the second task, and another of the rest."""
    tasks = waiting(project)
    say(project, {task.pk: others for task in tasks} | {tasks[1].pk: second})
    return tasks


def test_who_is_seldom_wrong_gets_what_others_would_leave_open(project: Project) -> None:
    tasks = second_is(project, TORN, SURE)
    assert factories.lease(project, labelers(project)[0]).task_id == tasks[1].pk


def test_who_errs_often_confirms_what_the_model_is_sure_of(project: Project) -> None:
    tasks = second_is(project, SURE, LEANING)
    assert factories.lease(project, labelers(project)[2]).task_id == tasks[1].pk


def test_equal_tasks_are_given_in_the_order_of_the_queue(project: Project) -> None:
    tasks = second_is(project, SURE, SURE)
    found = [factories.lease(project, who).task_id for who in labelers(project)]
    assert found == [task.pk for task in tasks[:3]]


def test_several_at_once_are_the_best_suited_ones(project: Project) -> None:
    tasks = second_is(project, SURE, LEANING)
    offer = lease_tasks(project=project, labeler=labelers(project)[2], count=2)
    assert {seat.task_id for seat in offer.leases} == {tasks[1].pk, tasks[0].pk}


def test_a_labeler_who_is_not_known_yet_follows_the_queue(project: Project) -> None:
    tasks = second_is(project, TORN, SURE)
    assert factories.lease(project, factories.member(project)).task_id == tasks[0].pk


def test_what_lies_behind_the_window_has_to_wait(project: Project) -> None:
    tasks = waiting(project)
    assert len(tasks) > WINDOW + 1
    say(project, {task.pk: SURE for task in tasks[:-1]} | {tasks[-1].pk: TORN})
    assert factories.lease(project, labelers(project)[0]).task_id == tasks[0].pk


def test_without_the_model_all_follow_the_queue(project: Project) -> None:
    tasks = second_is(project, TORN, SURE)
    Project.objects.filter(pk=project.pk).update(model_in_consensus=False)
    project.refresh_from_db()
    assert factories.lease(project, labelers(project)[0]).task_id == tasks[0].pk


def agree(project: Project) -> None:
    """Have a model say of what is answered what people said, and fit the votes with it."""
    answered = Task.objects.filter(project=project, votes__gt=0)
    say(project, {task.pk: {task.label: 0.97} for task in answered})
    refit_consensus(project=project)
    project.refresh_from_db()


def statements_of_a_lease(project: Project, labeler: User) -> int:
    with CaptureQueriesContext(connection) as queries:
        factories.lease(project, labeler)
    return len(queries)


def test_once_a_model_had_a_say_in_the_fit_the_foremost_tasks_are_read_at_once(
    project: Project,
) -> None:
    first, second, third = labelers(project)
    say(project, {task.pk: SURE for task in waiting(project)})
    before = statements_of_a_lease(project, first)
    agree(project)
    assert look_at(project, Task.Arm.ACTIVE, 1) == WINDOW
    assert look_at(project, Task.Arm.ACTIVE, WINDOW + 1) == WINDOW + 1
    assert look_at(project, Task.Arm.RANDOM, 1) == 1
    statements_of_a_lease(project, second)  # the first one after a refit reads the fit
    assert statements_of_a_lease(project, third) == before - 1


def test_who_is_given_what_is_the_same_before_and_after_the_model_is_in_the_fit(
    project: Project,
) -> None:
    tasks = second_is(project, TORN, SURE)
    agree(project)
    assert look_at(project, Task.Arm.ACTIVE, 1) == WINDOW
    assert factories.lease(project, labelers(project)[0]).task_id == tasks[1].pk
    offer = lease_tasks(project=project, labeler=labelers(project)[1], count=2)
    assert len(offer.leases) == 2


def test_where_no_model_had_a_say_a_lease_reads_no_more_than_it_takes(project: Project) -> None:
    assert look_at(project, Task.Arm.ACTIVE, 1) == 1
    project.schema = None
    assert look_at(project, Task.Arm.ACTIVE, 3) == 3


def test_a_lease_takes_as_many_statements_however_many_wait(project: Project) -> None:
    second_is(project, TORN, SURE)
    factories.lease(project, labelers(project)[0])
    counts = []
    for _ in range(2):
        with CaptureQueriesContext(
            connection,
        ) as queries:
            factories.lease(project, labelers(project)[1])
        counts.append(len(queries))
    assert counts[0] == counts[1]
