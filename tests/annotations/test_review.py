"""Review, members and project rules."""

from __future__ import annotations

import pytest

from annotations.actions.adjudicate import OwnWork, adjudicate_task, reopen_task
from annotations.actions.members import LastManager, change_member
from annotations.actions.project import (
    OverlapInvalid,
    SchemaInvalid,
    change_project,
    change_schema,
    open_tasks,
)
from annotations.actions.trust import refit_consensus
from annotations.models import Annotation, Membership, Seat, Task
from tests import factories

pytestmark = pytest.mark.django_db


def disputed_task() -> tuple[Task, list[object]]:
    project = factories.project(items=1, labelers=2, min_votes=2, max_votes=2)
    labelers = factories.labelers_of(project)
    for who, label in zip(labelers, ["4", "9"], strict=True):
        factories.vote(project, who, label)
    return Task.objects.get(project=project), labelers


def test_a_reviewer_settles_a_dispute_and_the_votes_stay() -> None:
    task, _ = disputed_task()
    adjudicate_task(task=task, reviewer=factories.user(), answer={"choice": "7"})
    task.refresh_from_db()
    assert (task.status, task.label, task.confidence) == ("settled", "7", 1.0)
    assert Annotation.objects.filter(task=task, current=True).count() == 2


def test_nobody_reviews_their_own_work() -> None:
    task, labelers = disputed_task()
    with pytest.raises(OwnWork):
        adjudicate_task(task=task, reviewer=labelers[0], answer={"choice": "4"})


def test_a_decision_can_be_taken_back() -> None:
    task, _ = disputed_task()
    reviewer = factories.user()
    adjudicate_task(task=task, reviewer=reviewer, answer={"choice": "4"})
    reopen_task(task=task, reviewer=reviewer)
    task.refresh_from_db()
    assert (task.status, task.adjudicated) == ("disputed", False)


def test_a_refit_leaves_decisions_alone() -> None:
    task, _ = disputed_task()
    adjudicate_task(task=task, reviewer=factories.user(), answer={"choice": "7"})
    refit_consensus(project=task.project, replan=True)
    task.refresh_from_db()
    assert (task.status, task.label) == ("settled", "7")


def test_a_refit_learns_who_is_reliable() -> None:
    project = factories.project(items=40, labelers=3, min_votes=3, max_votes=3)
    good, fair, poor = factories.labelers_of(project)
    tasks = list(Task.objects.filter(project=project).order_by("pk"))
    truth = {task.pk: str(place % 10) for place, task in enumerate(tasks)}
    for _ in tasks:
        for who, shift in ((good, 0), (fair, 0), (poor, 1)):
            seat = factories.lease(project, who)
            label = str((int(truth[seat.task_id]) + shift) % 10)
            factories.vote(project, who, label, seat=seat)
    before = project.fit_id
    refit = refit_consensus(project=project)
    project.refresh_from_db()
    assert project.fit_id != before
    assert refit.fit is not None and refit.fit.votes == 120
    labels = dict(Task.objects.filter(project=project).values_list("pk", "label"))
    assert labels == truth


def test_a_raised_overlap_opens_seats_and_a_lowered_one_closes_them() -> None:
    project = factories.project(items=3, labelers=1, min_votes=2, max_votes=5)
    owner = project.created_by
    change_project(project=project, by=owner, min_votes=4)
    refit_consensus(project=project, replan=True)
    assert Seat.objects.filter(project=project, state="free").count() == 12
    change_project(project=project, by=owner, min_votes=1)
    refit_consensus(project=project, replan=True)
    assert Seat.objects.filter(project=project, state="free").count() == 3


def test_labels_retire_but_never_vanish() -> None:
    project = factories.project(items=1, labels=["a", "b", "c"])
    with pytest.raises(SchemaInvalid):
        change_schema(project=project, document={"labels": [{"name": "a"}, {"name": "b"}]}, by=None)
    labels = [{"name": "a"}, {"name": "b"}, {"name": "c", "retired": True}]
    assert change_schema(project=project, document={"labels": labels}, by=None).version == 2


def test_new_items_become_tasks_and_old_ones_stay() -> None:
    project = factories.project(items=3)
    factories.add_items(project.dataset, 600)
    assert open_tasks(project=project) == 600
    assert open_tasks(project=project) == 0
    assert Seat.objects.filter(project=project).count() == 603 * 2


def test_a_project_asks_only_about_its_splits() -> None:
    dataset = factories.dataset()
    factories.add_items(dataset, 3, split="pool")
    factories.add_items(dataset, 2, split="test")
    project = factories.project(on=dataset, splits=["pool"])
    assert Task.objects.filter(project=project).count() == 3


@pytest.mark.parametrize("rule", [{"min_votes": 6}, {"confidence": 0.1}, {"random_share": 2}])
def test_an_impossible_rule_is_refused(rule: dict[str, float]) -> None:
    project = factories.project(items=1)
    with pytest.raises(OverlapInvalid):
        change_project(project=project, by=project.created_by, **rule)


def test_the_last_manager_stays() -> None:
    project = factories.project(items=1)
    manager = Membership.objects.get(project=project, role="manager")
    with pytest.raises(LastManager):
        change_member(membership=manager, by=project.created_by, role="labeler")


def test_a_paused_member_gives_up_what_they_hold() -> None:
    project = factories.project(items=1, labelers=1)
    (labeler,) = factories.labelers_of(project)
    seat = factories.lease(project, labeler)
    membership = Membership.objects.get(project=project, user=labeler)
    change_member(membership=membership, by=project.created_by, active=False)
    assert Seat.objects.get(pk=seat.pk).state == "free"
