"""Rows of the job table, of the processes that serve it, and of what runs by the clock."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.db import models
from django.db.models.functions import Now
from django.utils.module_loading import import_string


class JobQuerySet(models.QuerySet["Job"]):
    """Questions asked of many jobs at once."""

    def due(self) -> JobQuerySet:
        """Jobs that a worker may claim now: waiting long enough, or left by a worker that died."""
        waiting = models.Q(state=Job.State.PENDING, run_after__lte=Now())
        abandoned = models.Q(state=Job.State.RUNNING, lease_until__lte=Now())
        return self.filter(waiting | abandoned)

    def without_running_twin(self) -> JobQuerySet:
        """Leave out a job while another one of the same dedupe key is running."""
        twin = Job.objects.filter(
            dedupe_key=models.OuterRef("dedupe_key"), state=Job.State.RUNNING
        ).exclude(pk=models.OuterRef("pk"))
        return self.exclude(models.Exists(twin))

    def for_user(self, user: Any) -> JobQuerySet:
        """Jobs of projects that a user manages, and what they started outside of any project.

        Whoever manages a project no longer has no part in its jobs, own ones included. An admin
        sees all.
        """
        if user.is_admin:
            return self
        mine = models.Q(created_by=user, project_id=None)
        dotted = getattr(settings, "JOB_PROJECTS_FOR_USER", None)
        if dotted:
            mine |= models.Q(project_id__in=import_string(dotted)(user))
        return self.filter(mine)


class Job(models.Model):
    """One piece of work: what to do, how far it is, who holds it, and how it ended.

    `fence` grows with every claim. A worker writes only `WHERE fence = mine`, so one that was
    taken for dead and comes back can change nothing.
    """

    class State(models.TextChoices):
        PENDING = "pending"
        RUNNING = "running"
        DONE = "done"
        FAILED = "failed"
        CANCELLED = "cancelled"

    class Queue(models.TextChoices):
        DEFAULT = "default"
        SCORE = "score"
        TRAIN = "train"

    kind = models.CharField(max_length=64)
    queue = models.CharField(max_length=16, choices=Queue, default=Queue.DEFAULT)
    payload = models.JSONField(default=dict)
    # Null, not empty: rows without a key must not collide in the constraints below.
    dedupe_key = models.CharField(max_length=200, null=True, blank=True)  # noqa: DJ001
    project_id = models.BigIntegerField(null=True, blank=True)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="+",
    )
    state = models.CharField(max_length=16, choices=State, default=State.PENDING)
    cancel_requested = models.BooleanField(default=False)
    attempts = models.PositiveSmallIntegerField(default=0)
    max_attempts = models.PositiveSmallIntegerField(default=3)
    losses = models.PositiveSmallIntegerField(default=0)
    run_after = models.DateTimeField(db_default=Now())
    lease_until = models.DateTimeField(null=True, blank=True)
    claimant = models.CharField(max_length=200, default="", blank=True)
    fence = models.BigIntegerField(default=0)
    progress = models.FloatField(default=0.0)
    message = models.TextField(default="", blank=True)
    result = models.JSONField(null=True, blank=True)
    error = models.JSONField(null=True, blank=True)
    created_at = models.DateTimeField(db_default=Now())
    started_at = models.DateTimeField(null=True, blank=True)
    finished_at = models.DateTimeField(null=True, blank=True)

    objects = JobQuerySet.as_manager()

    UNFINISHED = (State.PENDING, State.RUNNING)

    class Meta:
        constraints = [
            # One waiting and one running job of a key: triggers coalesce, and work never overlaps.
            models.UniqueConstraint(
                fields=["dedupe_key"],
                condition=models.Q(state="pending"),
                name="jobs_one_pending_per_key",
            ),
            models.UniqueConstraint(
                fields=["dedupe_key"],
                condition=models.Q(state="running"),
                name="jobs_one_running_per_key",
            ),
        ]
        indexes = [
            models.Index(fields=["state", "queue", "run_after"], name="jobs_due"),
            models.Index(fields=["project_id", "-id"], name="jobs_of_project"),
        ]

    def __str__(self) -> str:
        return f"job {self.pk} {self.kind} ({self.state})"

    @property
    def finished(self) -> bool:
        """Whether nothing will happen to this job any more, unless a person retries it."""
        return self.state not in self.UNFINISHED


class ProcessHeartbeat(models.Model):
    """A worker or dispatcher that says it is alive, by the database's clock."""

    name = models.CharField(max_length=64)
    host = models.CharField(max_length=128)
    pid = models.IntegerField()
    seen_at = models.DateTimeField(db_default=Now())
    detail = models.JSONField(default=dict)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["name", "host", "pid"], name="jobs_one_beat_per_process"
            )
        ]

    def __str__(self) -> str:
        return f"{self.name} on {self.host} ({self.pid})"


class PeriodicRun(models.Model):
    """When an entry of the periodic table last ran; claimed by conditional update."""

    name = models.CharField(max_length=64, unique=True)
    ran_at = models.DateTimeField(db_default=Now())
    error = models.TextField(default="", blank=True)

    def __str__(self) -> str:
        return self.name
