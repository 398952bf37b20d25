"""Pausing labelers who slip, their appeal, and leaving their votes out of consensus."""

from __future__ import annotations

import random

import pytest

from annotations.actions.gold import make_gold
from annotations.actions.lease import lease_tasks
from annotations.actions.pause import appeal_pause, pause_labeler, resume_labeler
from annotations.actions.recount import count_member, recount_votes
from annotations.models import Annotation, LabelChange, Membership, Project, Seat, Task
from labelhub.accounts.models import AuditEvent, User
from labelhub.errors import Conflict
from tests import factories

pytestmark = pytest.mark.django_db


@pytest.fixture
def manager() -> User:
    return factories.user()


@pytest.fixture
def project(manager: User) -> Project:
    return factories.project(
        items=30, labelers=3, manager=manager, min_votes=2, max_votes=3, labels=["a", "b"],
        gold_floor=0.7, gold_least=5,
    )  # fmt: skip


def membership(project: Project, labeler: User) -> Membership:
    return Membership.objects.get(project=project, user=labeler)


def test_a_labeler_surely_below_the_floor_is_paused_and_told(
    project: Project, manager: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    for task in Task.objects.filter(project=project).order_by("pk")[:10]:
        make_gold(task=task, by=manager, answer={"choice": "a"})
    project.refresh_from_db()
    monkeypatch.setattr(random, "random", lambda: 0.0)
    (bad, good, _) = factories.labelers_of(project)
    answers = 0
    while leases := lease_tasks(project=project, labeler=bad).leases:
        factories.vote(project, bad, "b", seat=leases[0])
        factories.vote(project, good, "a")
        answers += 1
    member = membership(project, bad)
    assert (answers, member.paused_at is not None) == (5, True)
    offer = lease_tasks(project=project, labeler=bad)
    assert offer.paused and "Of 5 answers that could be checked, 0 were right." in offer.message
    assert lease_tasks(project=project, labeler=good).leases
    assert AuditEvent.objects.filter(action="member.paused", actor=None).count() == 1


def test_a_pause_frees_the_leases_and_keeps_the_votes(project: Project, manager: User) -> None:
    (labeler, *_) = factories.labelers_of(project)
    factories.vote(project, labeler, "a")
    held = factories.lease(project, labeler)
    pause_labeler(membership=membership(project, labeler), by=manager, reason="too fast")
    assert Seat.objects.get(pk=held.pk).state == Seat.State.FREE
    assert Annotation.objects.filter(labeler=labeler).count() == 1
    factories.vote(project, labeler, "b", seat=held)  # what they had begun is not thrown away
    assert lease_tasks(project=project, labeler=labeler).leases == []


def test_an_appeal_is_kept_and_a_resumed_labeler_goes_on(project: Project, manager: User) -> None:
    (labeler, *_) = factories.labelers_of(project)
    with pytest.raises(Conflict):
        appeal_pause(project=project, labeler=labeler, message="why?")
    pause_labeler(membership=membership(project, labeler), by=manager, reason="too fast")
    member = appeal_pause(project=project, labeler=labeler, message="The scans were blurred.")
    assert (member.appeal, member.appealed_at is not None) == ("The scans were blurred.", True)
    member = resume_labeler(membership=member, by=manager)
    assert (member.paused_at, member.appeal) == (None, "")
    assert lease_tasks(project=project, labeler=labeler).leases
    actions = AuditEvent.objects.filter(action__startswith="member.").order_by("pk")
    assert [event.action for event in actions] == [
        "member.paused", "member.appealed", "member.resumed",
    ]  # fmt: skip


def test_votes_are_left_out_of_consensus_and_taken_in_again(
    project: Project, manager: User
) -> None:
    first, second, third = factories.labelers_of(project)
    task = factories.vote(project, first, "a").task
    factories.vote(project, second, "b")
    factories.vote(project, third, "b")
    task.refresh_from_db()
    before = (task.label, task.votes, sorted(task.ballot))
    member = count_member(membership=membership(project, second), by=manager, counted=False)
    assert member.paused_at is not None
    assert recount_votes(membership=member) == 1
    task.refresh_from_db()
    assert (task.votes, task.status) == (2, "open")
    assert second.pk not in [entry[1] for entry in task.ballot]
    assert Seat.objects.filter(task=task, state=Seat.State.FREE).count() == 1
    member = count_member(membership=member, by=manager, counted=True)
    assert (recount_votes(membership=member), recount_votes(membership=member)) == (1, 0)
    task.refresh_from_db()
    assert (task.label, task.votes, sorted(task.ballot)) == before
    assert set(LabelChange.objects.values_list("cause", flat=True)) == {"counted"}


def test_a_late_vote_of_somebody_left_out_is_kept_but_not_counted(
    project: Project, manager: User
) -> None:
    (labeler, *_) = factories.labelers_of(project)
    seat = factories.lease(project, labeler)
    count_member(membership=membership(project, labeler), by=manager, counted=False)
    factories.vote(project, labeler, "a", seat=seat)
    task = Task.objects.get(pk=seat.task_id)
    assert (task.votes, task.ballot, Annotation.objects.filter(task=task).count()) == (0, [], 1)
    assert Seat.objects.filter(task=task, state=Seat.State.FREE).count() == 2
