"""What the labeling tells about the installation: gauges for Prometheus, checks for the status."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

from django.db import connection
from django.db.models import Count, Max
from django.utils import timezone

from annotations.models import Annotation, Task
from labelhub.status.check import Check
from labelhub.status.metrics import Gauge

SQLITE_LABELERS = 16
ACTIVE = timedelta(minutes=15)
LATEST = 2_000  # answers among which active labelers are looked for


def gauges() -> Iterator[Gauge]:
    """Tasks by status, and votes; for settings.METRIC_SOURCES."""
    counts = Task.objects.order_by().values_list("status").annotate(count=Count("pk"))
    tasks = [((str(status),), float(count)) for status, count in counts]
    yield Gauge("labelhub_tasks", "Tasks by status.", ("status",), tasks)
    votes = float(Annotation.objects.filter(current=True).count())
    yield Gauge("labelhub_votes", "Votes that count.", (), [((), votes)])


def checks() -> Iterator[Check]:
    """Whether the database suits so many labelers; for settings.STATUS_CHECKS."""
    if connection.vendor != "sqlite":
        return
    labelers = active_labelers()
    if labelers <= SQLITE_LABELERS:
        yield Check("labelers", "ok", "SQLite suits so many labelers", f"{labelers} are active.")
        return
    yield Check(
        "labelers",
        "warn",
        "Many labelers share SQLite",
        f"{labelers} have answered within {ACTIVE.seconds // 60} minutes; "
        f"SQLite lets one write at a time and suits about {SQLITE_LABELERS}.",
        "Set DATABASE_URL in `.env` to a PostgreSQL database and start again.",
    )


def active_labelers() -> int:
    """Count the labelers among the latest answers that are not older than a quarter of an hour."""
    last = Annotation.objects.aggregate(last=Max("pk"))["last"] or 0
    recent = Annotation.objects.filter(pk__gt=last - LATEST, created_at__gt=timezone.now() - ACTIVE)
    return recent.aggregate(labelers=Count("labeler", distinct=True))["labelers"] or 0
