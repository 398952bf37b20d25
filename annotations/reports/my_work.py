"""One's own work in a project: how much today and this week, and how long an answer takes."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, date, datetime, timedelta
from statistics import median
from typing import Any
from zoneinfo import ZoneInfo

import numpy as np
from django.utils import timezone

from annotations.consensus.labeler_figures import per_hour
from annotations.models import Annotation, Project
from labelhub.accounts.models import User

DAYS = 14
MOST = 50_000  # answers that are looked at; nobody gives more in two weeks


def my_work(
    project: Project, labeler: User, zone: ZoneInfo, *, now: datetime | None = None
) -> dict[str, Any]:
    """Return counts by day of the labeler's own calendar, and their pace; two queries.

    Whatever they were asked counts, tests and silent repeats too: a count that leaves those out
    would tell of them.
    """
    today = (now or timezone.now()).astimezone(zone).date()
    first = today - timedelta(days=DAYS - 1)
    answers = Annotation.every.filter(project=project, labeler=labeler, version=1)
    since = datetime.combine(first, datetime.min.time(), zone).astimezone(UTC)
    recent = answers.filter(created_at__gte=since).order_by("-pk")
    rows = list(recent.values_list("created_at", "duration_ms")[:MOST])
    by_day = Counter(at.astimezone(zone).date() for at, _ in rows)
    monday = today - timedelta(days=today.weekday())
    taken = [ms for _, ms in rows if ms is not None]
    return {
        "today": by_day[today],
        "this_week": sum(count for day, count in by_day.items() if day >= monday),
        "total": answers.count(),
        "days": [{"day": day, "answers": by_day[day]} for day in _days(first)],
        "median_ms": round(median(taken)) if taken else None,
        "per_hour": per_hour(np.array([at.timestamp() for at, _ in rows])),
        "last_at": max((at for at, _ in rows), default=None),
    }


def _days(first: date) -> list[date]:
    return [first + timedelta(days=ahead) for ahead in range(DAYS)]
