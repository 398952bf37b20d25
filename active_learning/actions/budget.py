"""Budget: how much computing a run may use, and what is left of its project's quota."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.conf import settings
from django.db.models import Min, Sum
from django.utils import timezone

from active_learning.models import TrainingRun
from annotations.models import Project
from labelhub.errors import Conflict

DAY = timedelta(days=1)


class QuotaSpent(Conflict):
    """The project has used the computing that it was given."""

    code = "quota_spent"


@dataclass(frozen=True)
class Quota:
    """CPU seconds: what a project may use (None without a limit), and what it has used.

    `frees_at` is when the oldest run that counts no longer does.
    """

    limit: int | None
    period: str
    spent: float
    frees_at: datetime | None

    @property
    def left(self) -> float | None:
        return None if self.limit is None else max(0.0, self.limit - self.spent)

    @property
    def is_spent(self) -> bool:
        return self.left is not None and self.left < 1

    def sentence(self) -> str:
        """Say why nothing is trained now."""
        span = "within 24 hours" if self.period == Project.QuotaPeriod.DAY else "in all"
        return (
            f"Trainings of this project have used {self.spent:.0f} of the {self.limit} CPU seconds "
            f"that they may use {span}. A manager can raise that in the settings."
        )


def quota_of(project: Project) -> Quota:
    """Return what a project's trainings may use and have used, control runs included."""
    runs = TrainingRun.objects.filter(project=project, cpu_seconds__gt=0)
    daily = project.train_quota_period == Project.QuotaPeriod.DAY
    if daily:
        runs = runs.filter(started_at__gt=timezone.now() - DAY)
    found = runs.aggregate(spent=Sum("cpu_seconds"), first=Min("started_at"))
    frees = found["first"] + DAY if daily and found["first"] else None
    return Quota(project.train_quota, project.train_quota_period, float(found["spent"] or 0), frees)


def check_quota(project: Project) -> None:
    """Raise QuotaSpent where nothing is left."""
    quota = quota_of(project)
    if quota.is_spent:
        raise QuotaSpent(quota.sentence())


def budget_of(run: TrainingRun) -> float:
    """Return the CPU seconds that a run may still use: its own, and never more than is left."""
    limits = [float(settings.TRAIN_CPU_SECONDS)]
    if run.budget is not None:
        limits.append(float(run.budget))
    left = quota_of(run.project).left
    if left is not None:
        # What an earlier attempt used is part of the run's own budget, and of what is spent.
        limits.append(left + (run.cpu_seconds or 0.0))
    return max(1.0, min(limits))
