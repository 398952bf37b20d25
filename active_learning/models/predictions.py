"""Tables of predictions: what a model that was trained elsewhere says of a project's items."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.db import models

from labelhub.jobs.models import Job


class PredictionTable(models.Model):
    """An upload of predictions, and what became of it; taken, it is a model version like any."""

    class TrainedOn(models.TextChoices):
        ELSEWHERE = "elsewhere"  # no label of this project went into the model
        LABELS = "labels"  # labels of this project did, but none of its held-out items
        UNKNOWN = "unknown"  # held-out items may have: what is measured on them proves nothing

    class State(models.TextChoices):
        PENDING = "pending"
        RUNNING = "running"
        DONE = "done"
        FAILED = "failed"
        CANCELLED = "cancelled"

    project = models.ForeignKey(
        "annotations.Project", on_delete=models.CASCADE, related_name="prediction_tables"
    )
    name = models.CharField(max_length=100)
    trained_on = models.CharField(max_length=10, choices=TrainedOn.choices)
    # The project's newest answer when it came: the model may have learned from all up to it.
    last_annotation = models.BigIntegerField(default=0)
    run = models.OneToOneField(
        "active_learning.TrainingRun", null=True, on_delete=models.CASCADE, related_name="table"
    )
    report = models.JSONField(default=dict, blank=True)
    job = models.ForeignKey("jobs.Job", null=True, on_delete=models.SET_NULL, related_name="+")
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+"
    )
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        indexes = [models.Index(fields=["project", "id"], name="predictions_by_project")]

    def __str__(self) -> str:
        return self.name

    @property
    def state(self) -> str:
        """Its job's state, until its version is there."""
        if self.run_id is not None:
            return self.State.DONE
        if self.job is None or self.job.state == Job.State.DONE:
            return self.State.FAILED
        return self.State(self.job.state)

    @property
    def error(self) -> dict[str, Any] | None:
        """Why there is no version, once that is sure."""
        if self.state not in (self.State.FAILED, self.State.CANCELLED) or self.job is None:
            return None
        return self.job.error
