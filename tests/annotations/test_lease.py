"""Leases: the best distinct tasks, exact overlap, and nothing lost when time runs out."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.db.models import Count
from django.db.models.functions import Now
from django.utils import timezone

from annotations.actions import hot_path, lease
from annotations.actions.lease import (
    LeaseLost,
    give_back,
    lease_tasks,
    reap_leases,
)
from annotations.actions.reorder import reorder_tasks
from annotations.actions.skip import flag_task, skip_task
from annotations.models import Project, Seat, Task
from tests import factories

pytestmark = pytest.mark.django_db


def expire(seat: Seat) -> None:
    Seat.objects.filter(pk=seat.pk).update(until=Now())


def test_labelers_who_ask_at_once_hold_distinct_tasks_best_first() -> None:
    project = factories.project(items=5, labelers=3, min_votes=2)
    tasks = list(Task.objects.filter(project=project).order_by("pk"))
    reorder_tasks(project=project, order=[(t.pk, float(t.pk), {}) for t in tasks])
    held = [factories.lease(project, who).task_id for who in factories.labelers_of(project)]
    assert held == [task.pk for task in tasks[:-4:-1]]


def test_a_labeler_is_never_given_a_task_twice() -> None:
    project = factories.project(items=3, labelers=1, min_votes=2, max_votes=3)
    (labeler,) = factories.labelers_of(project)
    seen = [factories.vote(project, labeler, "1").task_id for _ in range(3)]
    assert len(set(seen)) == 3
    offer = lease_tasks(project=project, labeler=labeler)
    assert not offer.leases
    assert "answered all that is open to you; 3 items wait" in (offer.message or "")


def test_several_tasks_at_once_are_distinct() -> None:
    project = factories.project(items=4, labelers=1, min_votes=3)
    (labeler,) = factories.labelers_of(project)
    offer = lease_tasks(project=project, labeler=labeler, count=10)
    assert len({seat.task_id for seat in offer.leases}) == len(offer.leases) == 4


def test_overlap_is_exact_when_all_seats_are_held_at_once() -> None:
    project = factories.project(items=1, labelers=4, min_votes=3, max_votes=3)
    offers = [lease_tasks(project=project, labeler=who) for who in factories.labelers_of(project)]
    assert [len(offer.leases) for offer in offers] == [1, 1, 1, 0]
    assert re.search(r"1 item is held by others; the next is free in \d:\d\d", offers[3].message)


def test_a_started_task_is_finished_before_a_fresh_one_is_begun() -> None:
    project = factories.project(items=3, labelers=2, min_votes=2)
    first, second = factories.labelers_of(project)
    started = factories.vote(project, first, "1").task_id
    assert factories.lease(project, second).task_id == started


def test_expired_lease_is_given_to_the_next_labeler() -> None:
    project = factories.project(items=1, labelers=2, min_votes=1)
    first, second = factories.labelers_of(project)
    seat = factories.lease(project, first)
    assert lease_tasks(project=project, labeler=second).leases == []
    expire(seat)
    assert factories.lease(project, second).task_id == seat.task_id
    with pytest.raises(LeaseLost):
        factories.vote(project, first, "1", seat=seat)


def test_a_late_answer_counts_while_nobody_has_taken_the_task_over() -> None:
    project = factories.project(items=1, labelers=1, min_votes=1)
    (labeler,) = factories.labelers_of(project)
    seat = factories.lease(project, labeler)
    expire(seat)
    assert reap_leases() == 1
    assert factories.vote(project, labeler, "4", seat=seat).answer == {"choice": "4"}


def test_resume_gives_back_what_is_held_before_anything_new() -> None:
    project = factories.project(items=4, labelers=1)
    (labeler,) = factories.labelers_of(project)
    held = factories.lease(project, labeler)
    offer = lease_tasks(project=project, labeler=labeler, count=2, resume=True)
    assert offer.leases[0].lease_id == held.lease_id
    assert len(offer.leases) == 2


def test_a_skipped_task_goes_to_somebody_else_and_keeps_its_overlap() -> None:
    project = factories.project(items=1, labelers=2, min_votes=1)
    first, second = factories.labelers_of(project)
    seat = factories.lease(project, first)
    skip_task(lease_id=seat.lease_id, labeler=first, reason="blurred")
    assert lease_tasks(project=project, labeler=first).leases == []
    assert factories.lease(project, second).task_id == seat.task_id
    open_seats = Seat.objects.exclude(state=Seat.State.SKIPPED)
    assert open_seats.filter(task=seat.task_id).count() == 1


def test_a_task_that_three_labelers_skip_is_flagged() -> None:
    project = factories.project(items=1, labelers=3, min_votes=1)
    for who in factories.labelers_of(project):
        skip_task(lease_id=factories.lease(project, who).lease_id, labeler=who)
    assert Task.objects.get(project=project).flags == 1


def test_flags_count_once_per_labeler() -> None:
    project = factories.project(items=1, labelers=2)
    task = Task.objects.get(project=project)
    for who in [*factories.labelers_of(project), factories.labelers_of(project)[0]]:
        flag_task(task=task, labeler=who, reason="cut off")
    task.refresh_from_db()
    assert task.flags == 2


def test_paused_project_gives_nothing_and_says_so() -> None:
    project = factories.project(items=1, labelers=1)
    Project.objects.filter(pk=project.pk).update(state="paused")
    project.refresh_from_db()
    (labeler,) = factories.labelers_of(project)
    offer = lease_tasks(project=project, labeler=labeler)
    assert (offer.leases, offer.message) == ([], "This project is paused.")


def test_the_random_arm_gets_its_share_of_leases() -> None:
    project = factories.project(items=600, labelers=1, random_share=0.5, min_votes=1)
    (labeler,) = factories.labelers_of(project)
    seats = [s for _ in range(15) for s in lease_tasks(
        project=project, labeler=labeler, count=20).leases]  # fmt: skip
    share = sum(seat.arm == "random" for seat in seats) / len(seats)
    assert 0.4 < share < 0.6  # 300 draws: five standard deviations would be 0.36 to 0.64


def test_reordering_never_touches_the_random_arm() -> None:
    project = factories.project(items=200, random_share=0.3)
    before = dict(Task.objects.filter(arm="random").values_list("pk", "priority"))
    reorder_tasks(project=project, order=[(pk, 99.0, {"strategy": "x"}) for pk in before])
    assert before == dict(Task.objects.filter(arm="random").values_list("pk", "priority"))


def test_no_seat_is_left_over_whatever_the_order_of_votes() -> None:
    project = factories.project(items=6, labelers=4, min_votes=2, max_votes=4)
    labels = ["1", "1", "2", "3"]
    for who, label in zip(factories.labelers_of(project), labels, strict=True):
        while lease_tasks(project=project, labeler=who, count=1, resume=True).leases:
            seat = lease_tasks(project=project, labeler=who, resume=True).leases[0]
            factories.vote(project, who, label, seat=seat)
    seats = Seat.objects.filter(project=project).values("task").annotate(n=Count("pk"))
    assert all(2 <= row["n"] <= 4 for row in seats)
    for task in Task.objects.filter(project=project):
        assert task.status != "open"
        assert task.votes == task.seats.filter(state="done").count()


def left(seat: Seat) -> float:
    return (Seat.objects.get(pk=seat.pk).until - timezone.now()).total_seconds()


def test_what_is_taken_along_is_held_for_as_long_as_asked_and_what_is_held_already_too() -> None:
    project = factories.project(items=6, labelers=1)
    (labeler,) = factories.labelers_of(project)
    before = factories.lease(project, labeler)
    offer = lease_tasks(
        project=project, labeler=labeler, count=4, resume=True, hold_seconds=12 * 3600
    )
    assert before.pk in {seat.pk for seat in offer.leases}
    assert all(11.9 * 3600 < left(seat) <= 12 * 3600 for seat in offer.leases)
    project.refresh_from_db()
    assert project.lease_seconds == 600


def test_a_lease_is_never_made_shorter_by_what_is_asked() -> None:
    project = factories.project(items=2, labelers=1)
    (labeler,) = factories.labelers_of(project)
    factories.lease(project, labeler)
    offer = lease_tasks(project=project, labeler=labeler, count=2, resume=True, hold_seconds=30)
    assert all(left(seat) > 500 for seat in offer.leases)


def test_leases_that_are_given_back_go_to_the_next_and_those_of_others_stay() -> None:
    project = factories.project(items=2, labelers=2, min_votes=1)
    first, second = factories.labelers_of(project)
    mine, other = factories.lease(project, first), factories.lease(project, second)
    ids = [mine.lease_id, other.lease_id]
    assert give_back(lease_ids=ids, labeler=first) == 1
    assert give_back(lease_ids=ids, labeler=first) == 0
    assert factories.lease(project, second).task_id == mine.task_id
    assert Seat.objects.get(pk=other.pk).labeler == second


def test_where_others_claim_the_whole_head_a_wider_one_is_looked_at_before_everything(
    project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    looks: list[tuple[int, bool]] = []

    def busy(*args: Any, head: int, everything: bool, **options: Any) -> list[Seat]:
        looks.append((head, everything))
        if head == lease.HEAD:
            return []
        return hot_path.free_seats(*args, head=head, everything=everything, **options)

    monkeypatch.setattr(lease, "free_seats", busy)
    assert factories.lease(project, factories.labelers_of(project)[0])
    assert {everything for _, everything in looks} == {False}
    assert looks[-1] == (lease.WIDE_HEAD, False)
