"""Many labelers at once, in threads with connections of their own, on a real database."""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from django.db import connection

from annotations.actions.lease import lease_tasks
from annotations.actions.submit import submit_annotation
from annotations.models import Annotation, Project, Seat, Task
from labelhub.errors import DomainError
from tests import factories

pytestmark = pytest.mark.django_db(transaction=True)


def in_threads(work: Callable[[Any], Any], over: list[Any], *, workers: int = 8) -> list[Any]:
    def run(value: Any) -> Any:
        try:
            return work(value)
        finally:
            connection.close()

    with ThreadPoolExecutor(workers) as pool:
        return list(pool.map(run, over))


def test_leases_asked_for_at_once_are_never_doubled_and_overlap_is_exact() -> None:
    project = factories.project(items=40, labelers=16, min_votes=2, max_votes=2)
    labelers = factories.labelers_of(project) * 8

    def ask(who: Any) -> list[tuple[int, int]]:
        offer = lease_tasks(project=project, labeler=who, count=1)
        return [(seat.task_id, who.pk) for seat in offer.leases]

    held = [pair for pairs in in_threads(ask, labelers) for pair in pairs]
    assert len(held) == len(set(held)) == 80
    assert set(Counter(task for task, _ in held).values()) == {2}


def test_double_clicks_add_no_row() -> None:
    project = factories.project(items=20, labelers=1)
    (labeler,) = factories.labelers_of(project)
    leases = lease_tasks(project=project, labeler=labeler, count=20).leases
    clicks = [seat.lease_id for seat in leases for _ in range(4)]

    def click(lease_id: str) -> tuple[str, int]:
        submitted = submit_annotation(
            labeler=labeler, lease_id=lease_id, answer={"choice": "1"}, key=f"click {lease_id}"
        )
        return lease_id, submitted.annotation.pk

    answers = in_threads(click, clicks)
    assert len(set(answers)) == 20
    assert Annotation.objects.count() == 20


def test_votes_on_one_task_at_the_same_moment_all_count() -> None:
    project = factories.project(items=1, labelers=8, min_votes=8, max_votes=8)
    seats = [(who, factories.lease(project, who)) for who in factories.labelers_of(project)]
    start = threading.Barrier(8)

    def answer(pair: tuple[Any, Seat]) -> None:
        start.wait()
        factories.vote(project, pair[0], "1", seat=pair[1])

    in_threads(answer, seats)
    task = Task.objects.get(project=project)
    assert (task.votes, len(task.ballot), task.status) == (8, 8, "settled")


def test_a_crowd_that_leases_submits_and_asks_for_more_collects_exactly_what_is_wanted() -> None:
    project = factories.project(items=30, labelers=8, min_votes=3, max_votes=3)

    def work(who: Any) -> int:
        answered = 0
        while True:
            offer = lease_tasks(project=project, labeler=who, count=2)
            if not offer.leases:
                return answered
            for seat in offer.leases:
                answer = {"choice": str(seat.task_id % 10)}
                submit_annotation(
                    labeler=who, lease_id=seat.lease_id, answer=answer, key=seat.lease_id
                )
                answered += 1

    answered = sum(in_threads(work, factories.labelers_of(project)))
    assert answered == Annotation.objects.count() == 90
    assert Task.objects.filter(project=project, status="settled", votes=3).count() == 30


def test_a_race_for_an_expired_seat_has_one_winner() -> None:
    project = factories.project(items=1, labelers=2, min_votes=1, max_votes=1)
    first, second = factories.labelers_of(project)
    late = factories.lease(project, first)
    Seat.objects.filter(pk=late.pk).update(until="2020-01-01T00:00Z")

    def answer(who: Any) -> bool:
        seat = late
        if who == second:
            leases = lease_tasks(project=Project.objects.get(), labeler=who).leases
            if not leases:
                return False
            seat = leases[0]
        try:
            factories.vote(project, who, "1", seat=seat)
        except DomainError:
            return False
        return True

    won = in_threads(answer, [first, second])
    assert won.count(True) == 1
    assert Annotation.objects.count() == 1
