"""How far a project is: tasks by status, labels so far, and what the queue holds."""

from __future__ import annotations

from typing import Any

from django.db.models import Count, F, Min, Q, Sum
from django.db.models.functions import Now
from django.utils import timezone

from annotations.models import Project, Seat, Task


def progress_of(project: Project) -> dict[str, int]:
    """Count tasks by status, and their votes; `aside` are those of the open ones not asked now."""
    progress = {"tasks": 0, "open": 0, "settled": 0, "disputed": 0, "votes": 0}
    aside = Task.objects.filter(project=project, status=Task.Status.OPEN, aside=True)
    progress["aside"] = aside.count()
    rows = Task.objects.filter(project=project).order_by().values_list("status")
    for status, tasks, votes in rows.annotate(tasks=Count("pk"), votes=Sum("votes")):
        progress[status] = tasks
        progress["tasks"] += tasks
        progress["votes"] += votes or 0
    return progress


def label_distribution(project: Project) -> list[dict[str, Any]]:
    """Count settled tasks by label, in the order of the schema; labels that none has, too."""
    settled = Task.objects.filter(project=project, status=Task.Status.SETTLED).order_by()
    counts = dict(settled.values_list("label").annotate(count=Count("pk")))
    schema = project.schema.labels if project.schema else []
    names = [label["name"] for label in schema if not label.get("retired")]
    names += sorted(counts.keys() - set(names))
    return [{"label": name, "count": counts.get(name, 0)} for name in names]


def queue_of(project: Project) -> dict[str, int | None]:
    """Count the tasks that could be leased now and the leases held; say when the next ends."""
    seats = Seat.objects.filter(project=project)
    # One seat of a task at a time is in these lanes; spelled out, they are ranges of the index.
    lanes = Q(lane__in=[Seat.Lane.NEXT, Seat.Lane.FRESH], arm__in=Task.Arm.values)
    free = seats.filter(lanes, state=Seat.State.FREE).count()
    # An expired lease on gold frees nothing that others could take.
    held = seats.filter(state=Seat.State.HELD, lane__lt=Seat.Lane.GOLD).aggregate(
        count=Count("pk", filter=Q(until__gt=Now())),
        expired=Count("pk", filter=Q(until__lte=Now())),
        next=Min(F("until"), filter=Q(until__gt=Now())),
    )
    wait = (held["next"] - timezone.now()).total_seconds() if held["next"] else None
    return {
        "free": free + held["expired"],
        "held": held["count"],
        "next_free_in_seconds": None if wait is None else max(0, round(wait)),
    }
