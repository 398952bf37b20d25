"""Reschedule: after a handful of votes, further votes find their places among the new items.

New items keep their order until a model speaks again, so little is read and less is written: the
queue follows the votes within a second or two, whatever its length.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import numpy as np
from django.db.models import QuerySet
from numpy.typing import NDArray

from active_learning.actions.asked import Asked, asked_tasks
from active_learning.actions.order import newest_annotation
from active_learning.actions.publish import serving_version
from active_learning.actions.write_order import LIFTED
from active_learning.learning.schedule import places_among
from active_learning.models import QueueOrder
from annotations.actions.reorder import reorder_tasks
from annotations.models import Project, Seat, Task
from labelhub.jobs.models import Job
from labelhub.jobs.queue import enqueue

# New items at the front that further votes are placed among; what is doubtful comes before these.
FRONT = 2_000
SAME = 1e-6  # a move by less is not worth a write
PAUSE = timedelta(seconds=1)
RANDOM_ORDER = "uniform"


def schedule_soon(project_id: int) -> Job:
    """Have a project's further votes placed anew; asked for again meanwhile, it is done once."""
    return enqueue(
        "schedule_votes",
        payload={"project": project_id},
        queue=Job.Queue.SCORE,
        dedupe_key=f"schedule:{project_id}",
        project_id=project_id,
        run_after=PAUSE,
    )


def place_votes(*, project: Project) -> int:
    """Give the tasks that have votes their places among those that have none.

    Returns how many were moved. Nothing is done where people alone decide: there what is begun
    comes first anyway. While a new order of the queue is being written, this waits for its end.
    """
    last = newest_annotation(project)
    version = serving_version(project)
    if version is None or not project.model_in_consensus or project.strategy == RANDOM_ORDER:
        return 0
    if is_being_written(project):
        schedule_soon(project.pk)
        return 0
    asked = sorted(
        (one for one in asked_tasks(project) if one.has_prior), key=lambda one: (-one.doubt, one.id)
    )
    moved = reorder_tasks(project=project, order=_moves(project, asked)) if asked else 0
    QueueOrder.objects.filter(project=project).update(last_annotation=last)
    return moved


def _moves(project: Project, asked: list[Asked]) -> Iterator[tuple[int, float, dict[str, Any]]]:
    rows = (
        new_seats(project)
        .order_by("-priority", "pk")
        .values_list("priority", "task__score__probability")
    )
    front = [(place, 1.0 - (share or 0.0)) for place, share in rows[: FRONT + len(asked)]]
    places, doubts = (np.asarray([row[at] for row in front], np.float64) for at in (0, 1))
    among = places_among(doubts, np.asarray([one.doubt for one in asked], np.float64))
    for one, priority in zip(asked, priorities_between(places, among), strict=True):
        if abs(one.priority - priority) > SAME:
            yield one.id, priority, one.reason()


def new_seats(project: Project) -> QuerySet[Seat]:
    """Return the free seats of what nobody has answered.

    Theirs is the index that a queue of any length is read by.
    """
    return Seat.objects.filter(
        project=project, arm=Task.Arm.ACTIVE, lane=Seat.Lane.FRESH, state=Seat.State.FREE
    )


def is_being_written(project: Project) -> bool:
    """Whether the head of the queue stands lifted, as it does while an order is written."""
    return new_seats(project).filter(priority__gt=LIFTED).exists()


def priorities_between(front: NDArray[np.float64], among: NDArray[np.int64]) -> list[float]:
    """(m,) falling priorities, each between those of the new items that it stands between.

    front (n,): priorities of the new items, falling; among (m,): how many of them come before.
    """
    bounds = np.concatenate([[front[0] + 1.0 if len(front) else 1.0], front])
    bounds = np.append(bounds, min(float(bounds[-1]), 0.0) - 1.0)
    found = []
    for place in np.unique(among).tolist():
        count = int((among == place).sum())
        upper, lower = float(bounds[place]), float(bounds[place + 1])
        steps = np.arange(1, count + 1) / (count + 1)
        found += (upper - (upper - lower) * steps).tolist()
    return found
