"""Pin: say which items no model version may lose."""

from __future__ import annotations

from django.db import transaction

from active_learning.models import CriticalTask
from annotations.models import Task
from labelhub.accounts.models import AuditEvent, User
from labelhub.errors import Invalid

MOST_PINS = 1_000  # each is predicted twice in every comparison of versions


class TooManyPins(Invalid):
    """So many critical items are a test set, not a safeguard."""

    code = "too_many_pins"


@transaction.atomic
def pin_task(*, task: Task, by: User, note: str = "") -> CriticalTask:
    """Pin a task as critical; pinning it again changes the note alone."""
    pins = CriticalTask.objects.filter(project=task.project_id)
    if pins.count() >= MOST_PINS and not pins.filter(task=task).exists():
        raise TooManyPins(f"A project has at most {MOST_PINS:,} critical items; unpin some first.")
    pin, created = CriticalTask.objects.update_or_create(
        task=task,
        defaults={"note": note},
        create_defaults={"note": note, "project": task.project, "pinned_by": by},
    )
    if created:
        _record("critical.pinned", task, by)
    return pin


@transaction.atomic
def unpin_task(*, task: Task, by: User) -> None:
    """Take a pin away; an item without one is left as it is."""
    deleted, _ = CriticalTask.objects.filter(task=task).delete()
    if deleted:
        _record("critical.unpinned", task, by)


def _record(kind: str, task: Task, by: User) -> None:
    AuditEvent.record(kind, actor=by, project_id=task.project_id, task=task.pk)
