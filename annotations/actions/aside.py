"""Aside: take open tasks out of the queue for a while, and give them back."""

from __future__ import annotations

from collections.abc import Iterable

from django.db import transaction

from annotations.actions.project import replan_task
from annotations.models import Project, Task

CHUNK = 100  # tasks in one short transaction


def set_aside(*, project: Project, tasks: Iterable[int]) -> list[int]:
    """Ask nobody any more about these tasks, as long as they are open; returns which were taken.

    Whoever holds one at this moment may still answer. Nothing is deleted: `take_back` undoes it.
    """
    return _write(project, tasks, aside=True)


def take_back(*, project: Project, tasks: Iterable[int]) -> list[int]:
    """Put tasks that were set aside into the queue again; returns which ones."""
    return _write(project, tasks, aside=False)


def _write(project: Project, tasks: Iterable[int], *, aside: bool) -> list[int]:
    wanted, changed = sorted(set(tasks)), []
    for start in range(0, len(wanted), CHUNK):
        with transaction.atomic():
            rows = Task.objects.select_for_update().filter(
                project=project, pk__in=wanted[start : start + CHUNK], aside=not aside
            )
            if aside:
                rows = rows.filter(status=Task.Status.OPEN)
            for task in rows.order_by("pk"):
                task.aside = aside
                Task.objects.filter(pk=task.pk).update(aside=aside)
                replan_task(project=project, task=task)
                changed.append(task.pk)
    return changed
