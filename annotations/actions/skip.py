"""Skip: a labeler leaves a task to others, or says that something is wrong with it."""

from __future__ import annotations

from django.db import IntegrityError, transaction

from annotations.actions.lease import LeaseLost, held_by, leased_seat, next_seat_number
from annotations.models import Draft, Flag, Seat, Task
from labelhub.accounts.models import User

SKIPS_UNTIL_FLAGGED = 3


@transaction.atomic
def skip_task(*, lease_id: str, labeler: User, reason: str = "", flag: bool = False) -> None:
    """Give a lease up for good: the labeler is not asked again, and another seat takes its place.

    A task that several labelers skip is flagged, so that a reviewer looks at it.
    """
    seat, token = leased_seat(lease_id, labeler)
    if seat.state == Seat.State.SKIPPED and seat.labeler_id == labeler.pk:
        return  # a repeated request
    try:
        with transaction.atomic():
            skipped = Seat.objects.filter(held_by(labeler, token), pk=seat.pk).update(
                state=Seat.State.SKIPPED, labeler=labeler, until=None, skip_reason=reason[:500]
            )
    except IntegrityError:
        skipped = 0
    if not skipped:
        raise LeaseLost("This lease is over; there is nothing to skip.")
    Draft.objects.filter(seat=seat, labeler=labeler).delete()
    if not seat.is_repeat:
        _open_replacement(seat)
    skipped_by = Seat.objects.filter(task=seat.task, state=Seat.State.SKIPPED)
    skips = skipped_by.exclude(lane=Seat.Lane.REPEAT).count()
    if flag or skips >= SKIPS_UNTIL_FLAGGED:
        flag_task(task=seat.task, labeler=labeler, reason=reason or f"skipped by {skips} labelers")


def _open_replacement(seat: Seat) -> None:
    if seat.task.is_asked:
        Seat.objects.create(
            project_id=seat.project_id,
            task_id=seat.task_id,
            no=next_seat_number(seat.task_id),
            arm=seat.arm,
            lane=seat.lane,
            priority=seat.priority,
        )


@transaction.atomic
def flag_task(*, task: Task, labeler: User, reason: str = "") -> Flag:
    """Note that something is wrong with a task; once per labeler, the last reason counts."""
    flag, _ = Flag.objects.update_or_create(
        task=task, labeler=labeler, defaults={"reason": reason[:500], "resolved": False}
    )
    count = Flag.objects.filter(task=task, resolved=False).count()
    Task.objects.filter(pk=task.pk).update(flags=count)
    return flag
