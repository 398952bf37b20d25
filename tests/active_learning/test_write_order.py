"""A new order of the queue: at every moment leases follow the old one or the new one, whole."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest

from active_learning.actions.reschedule import is_being_written, new_seats, place_votes
from active_learning.actions.write_order import LIFTED, places_of, write_order
from active_learning.models import QueueOrder
from annotations.actions import reorder
from annotations.actions.lease import lease_tasks
from annotations.models import Project, Seat, Task
from tests import factories

pytestmark = pytest.mark.django_db
COUNT, HEAD = 60, 20


def queue(project: Project) -> list[int]:
    return list(new_seats(project).order_by("-priority", "pk").values_list("task_id", flat=True))


def no_reasons(places: np.ndarray[Any, Any]) -> Iterator[dict[str, Any]]:
    return ({"text": f"place {place}"} for place in places.tolist())


@pytest.fixture
def pool(monkeypatch: pytest.MonkeyPatch) -> Project:
    monkeypatch.setattr(reorder, "FEW", 2)
    monkeypatch.setattr(reorder, "NEAR", 8)
    monkeypatch.setattr(reorder, "CHUNK", 8)
    monkeypatch.setattr(reorder, "CHUNK_OF_SQLITE", 8)
    return factories.project(items=COUNT, labelers=1, min_votes=2, max_votes=2)


def mixed(project: Project, seed: int) -> np.ndarray[Any, Any]:
    ids = np.array(sorted(project.tasks.values_list("pk", flat=True)))
    return np.random.default_rng(seed).permutation(ids)


def test_after_every_commit_the_front_of_the_queue_is_of_one_order(
    pool: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    write_order(project=pool, ids=mixed(pool, 1), reasons=no_reasons)
    old, new = queue(pool), mixed(pool, 2)
    fronts: list[list[int]] = []
    write = reorder._write

    def watched(project: Project, chunk: list[reorder.Place]) -> int:
        count = write(project, chunk)
        fronts.append(queue(project)[:HEAD])
        return count

    monkeypatch.setattr(reorder, "_write", watched)
    write_order(project=pool, ids=new, reasons=no_reasons, head=HEAD)
    rising = [2, 4, 6, 8, 12, HEAD]
    for written, front in zip(rising, fronts, strict=False):
        left = [pk for pk in old if pk not in new[:written]]
        assert front == [*new[:written], *left][:HEAD]
    assert len(fronts) > 10
    assert all(front == new[:HEAD].tolist() for front in fronts[len(rising) - 1 :])
    assert queue(pool) == new.tolist()


def test_an_order_that_was_broken_off_is_mended_by_the_next(
    pool: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(project: Project, chunk: list[reorder.Place]) -> int:
        if chunk[0][1] <= 1.0:
            raise ConnectionError("the worker is gone")
        return write(project, chunk)

    write = reorder._write
    with monkeypatch.context() as patch:
        patch.setattr(reorder, "_write", broken)
        with pytest.raises(ConnectionError):
            write_order(project=pool, ids=mixed(pool, 1), reasons=no_reasons, head=HEAD)
    assert is_being_written(pool)
    new = mixed(pool, 2)
    write_order(project=pool, ids=new, reasons=no_reasons, head=HEAD)
    assert queue(pool) == new.tolist() and not is_being_written(pool)
    assert sorted(pool.tasks.values_list("priority", flat=True)) == [
        pytest.approx(1 - place / COUNT) for place in reversed(range(COUNT))
    ]


def test_reasons_are_written_with_the_places_and_stay_when_the_head_comes_down(
    pool: Project,
) -> None:
    new = mixed(pool, 3)
    write_order(project=pool, ids=new, reasons=no_reasons, head=HEAD)
    texts = {pk: reason["text"] for pk, reason in pool.tasks.values_list("pk", "reason")}
    assert [texts[pk] for pk in new.tolist()] == [f"place {place}" for place in range(COUNT)]


def test_seats_that_wait_for_another_one_are_left_and_come_in_the_order_of_their_tasks(
    pool: Project,
) -> None:
    new = mixed(pool, 4)
    waiting = Seat.objects.filter(project=pool, lane=Seat.Lane.PARALLEL).order_by("pk")
    before = list(waiting.values_list("priority", flat=True))
    write_order(project=pool, ids=new, reasons=no_reasons)
    assert list(waiting.values_list("priority", flat=True)) == before
    Seat.objects.filter(project=pool, lane=Seat.Lane.FRESH).update(state=Seat.State.CLOSED)
    offer = lease_tasks(project=pool, labeler=factories.labelers_of(pool)[0], count=3)
    assert [seat.task_id for seat in offer.leases] == new[:3].tolist()


def test_further_votes_find_their_places_once_the_order_is_written(
    pool: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    pool.model_in_consensus = True
    monkeypatch.setattr("active_learning.actions.reschedule.serving_version", lambda project: 1)
    Seat.objects.filter(project=pool, task=pool.tasks.first()).update(priority=LIFTED + 0.5)
    assert place_votes(project=pool) == 0
    assert not QueueOrder.objects.exists() and is_being_written(pool)


def test_ids_are_found_among_rising_ones() -> None:
    place, found = places_of(np.array([5, 9, 1, 4]), np.array([1, 4, 5]))
    assert place[found].tolist() == [2, 0, 1] and found.tolist() == [True, False, True, True]
    assert not places_of(np.array([1]), np.array([], np.int64))[1].any()


def test_the_sizes_of_transactions_grow_from_the_head_and_shrink_towards_it() -> None:
    sizes = reorder.shrinking(5_000)
    assert sum(sizes) == 5_000 and sizes[-25:] == [24] * 25 and max(sizes) <= reorder.CHUNK
    assert reorder.shrinking(0) == [] and reorder.shrinking(10) == [10]


def test_every_task_is_written_once_whatever_the_database(pool: Project) -> None:
    ids = mixed(pool, 5)
    assert sorted(reorder.cheapest_order(ids).tolist()) == list(range(COUNT))
    assert Task.objects.filter(pk__in=ids).count() == COUNT
