"""Hidden seats: made for one labeler, who cannot tell them from those whose place they took."""

from __future__ import annotations

import random
from collections.abc import Sequence
from datetime import timedelta

from django.utils import timezone

from annotations.actions.hot_path import give_hidden
from annotations.models import Project, Seat, Task


def give_hidden_seats(
    project: Project, labeler_id: int, tasks: Sequence[Task], models: Sequence[Seat], lane: int
) -> list[Seat]:
    """Hold a new seat on each task for a labeler, each looking like one of the models."""
    until = timezone.now() + timedelta(seconds=project.lease_seconds)
    seats = []
    for task in tasks:
        model = random.choice(models)
        seat = Seat(
            project_id=project.pk,
            task=task,
            arm=model.arm,
            lane=lane,
            state=Seat.State.HELD,
            labeler_id=labeler_id,
            last_labeler_id=labeler_id,
            token=1,
            until=until,
            mask={"arm": model.task.arm, "lane": int(model.lane), "reason": model.task.reason},
        )
        seat.pk = give_hidden(seat, labeler_id, project.lease_seconds)
        seats.append(disguised(seat))
    return seats


def disguised(seat: Seat) -> Seat:
    """Return a seat as its labeler may see it: a hidden one shows what it took the place of."""
    if seat.mask is not None:
        seat.lane, seat.task.arm = seat.mask["lane"], seat.mask["arm"]
        seat.task.reason = seat.mask["reason"]
    return seat
