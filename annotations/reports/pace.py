"""How fast answers come, and when they will be enough."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from django.db.models import CharField, Count, Func, QuerySet, Subquery, Value
from django.db.models.functions import Coalesce
from django.utils import timezone

from annotations.models import Annotation, Project, Task
from annotations.reports.sample import Sample

RECENT = 5_000  # answers from which medians and the present pace are taken
COUNTED = 30_000  # answers that are counted by hour; beyond it earlier hours are left out
HOURS = 24
HOUR = timedelta(hours=1)
SHORTEST = timedelta(minutes=1)


class HourOf(Func):
    """The hour of a time as `2025-11-21 09` (UTC), without a call of Python for each row."""

    output_field = CharField()

    def as_sqlite(self, compiler: Any, connection: Any, **extra: Any) -> Any:
        template = "substr(%(expressions)s, 1, 13)"
        return self.as_sql(compiler, connection, template=template, **extra)

    def as_postgresql(self, compiler: Any, connection: Any, **extra: Any) -> Any:
        template = "to_char(%(expressions)s AT TIME ZONE 'UTC', 'YYYY-MM-DD HH24')"
        return self.as_sql(compiler, connection, template=template, **extra)


@dataclass(frozen=True)
class Recent:
    """The latest answers, newest first: when, by whom, and how long they took in milliseconds."""

    rows: Sequence[tuple[datetime, int, int | None]]
    now: datetime


def recent_answers(project: Project) -> Recent:
    rows = _answers(project).order_by("-pk").values_list("created_at", "labeler_id", "duration_ms")
    return Recent(list(rows[:RECENT]), timezone.now())


def _answers(project: Project) -> QuerySet[Annotation]:
    """First answers only: a revision is no further vote."""
    return Annotation.objects.filter(project=project, version=1)


def pace_of(project: Project, recent: Recent) -> dict[str, Any]:
    """Return the votes of each of the last 24 hours, and the present pace."""
    by_hour = votes_by_hour(project, recent.now)
    per_hour = present_pace(recent)
    if per_hour is None:
        total = sum(hour["votes"] for hour in by_hour)
        per_hour = total / len(by_hour) if total else 0.0
    return {"votes_per_hour": per_hour, "by_hour": by_hour}


def present_pace(recent: Recent) -> float | None:
    """Return votes per hour over the last hour, or since the first vote where that was later.

    None where nobody answered within the hour.
    """
    within = [at for at, *_ in recent.rows if at > recent.now - HOUR]
    if not within:
        return None
    oldest = recent.rows[-1][0]
    span = max(recent.now - max(oldest, recent.now - HOUR), SHORTEST)
    return len(within) / (span / HOUR)


def votes_by_hour(project: Project, now: datetime) -> list[dict[str, Any]]:
    """Count the votes of the last 24 hours by hour, oldest first, empty hours too."""
    answers = _answers(project)
    limit = answers.order_by("-pk").values("pk")[COUNTED : COUNTED + 1]
    counted = answers.filter(
        pk__gt=Coalesce(Subquery(limit), Value(0)), created_at__gt=now - HOURS * HOUR
    ).order_by()
    counts = dict(
        counted.annotate(hour=HourOf("created_at")).values_list("hour").annotate(n=Count("pk"))
    )
    this_hour = now.astimezone(UTC).replace(minute=0, second=0, microsecond=0)
    hours = [this_hour - back * HOUR for back in reversed(range(HOURS))]
    if sum(counts.values()) >= COUNTED:
        hours = [hour for hour in hours if _key(hour) > min(counts)] or hours[-1:]
    return [{"at": hour, "votes": counts.get(_key(hour), 0)} for hour in hours]


def _key(hour: datetime) -> str:
    return hour.strftime("%Y-%m-%d %H")


def forecast(
    project: Project, progress: dict[str, int], sample: Sample, *, per_hour: float, now: datetime
) -> dict[str, Any]:
    """Estimate the votes that are missing and when they will be there; `reason` says why not.

    An open task takes as many votes as finished ones took, within the overlap rule, and one that
    had more already takes one more.
    """
    per_item = votes_per_item(project, sample)
    waiting = [task for task in sample.tasks if task.status == Task.Status.OPEN]
    answered = round(len(waiting) / len(sample.tasks) * sample.answered) if sample.tasks else 0
    asked = progress["open"] - progress["aside"]
    answered = min(answered, asked)
    missing = [max(per_item - len(task.ballot), 1.0) for task in waiting]
    left = (asked - answered) * per_item
    left += answered * sum(missing) / len(missing) if missing else 0.0
    hours = left / per_hour if per_hour > 0 else None
    reason = None
    if left == 0:
        hours, reason = 0.0, "No item waits for votes."
    elif hours is None:
        reason = "Nobody has answered within a day, so the pace is unknown."
    return {
        "votes_left": round(left),
        "votes_per_item": per_item,
        "hours_left": hours,
        "finish_at": later(now, hours) if left else None,
        "reason": reason,
    }


def votes_per_item(project: Project, sample: Sample) -> float:
    """Return the mean votes of finished tasks, the least number while there is none."""
    finished = [
        len(task.ballot) for task in sample.tasks if task.ballot and task.status != Task.Status.OPEN
    ]
    mean = sum(finished) / len(finished) if finished else float(project.min_votes)
    return float(min(max(mean, project.min_votes), project.max_votes))


def later(now: datetime, hours: float | None) -> datetime | None:
    """A date that calendars know; a hundred years are no forecast."""
    return now + timedelta(hours=hours) if hours is not None and hours < 876_000 else None
