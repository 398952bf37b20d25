"""Training runs, what they report while they run, and the model versions that come of them."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q


class TrainingRun(models.Model):
    """One recipe fitted to one snapshot."""

    class State(models.TextChoices):
        PENDING = "pending"
        RUNNING = "running"
        DONE = "done"
        FAILED = "failed"
        CANCELLED = "cancelled"

    class Arm(models.TextChoices):
        ACTIVE = "active"
        RANDOM = "random"  # the control: the same recipe on the uniformly drawn items alone

    project = models.ForeignKey(
        "annotations.Project", on_delete=models.CASCADE, related_name="runs"
    )
    snapshot = models.ForeignKey(
        "active_learning.Snapshot", null=True, on_delete=models.PROTECT, related_name="runs"
    )
    recipe = models.CharField(max_length=40)
    seed = models.PositiveIntegerField(default=0)
    # Name of the encoder's folder that the run begins from, pinned like its snapshot.
    encoder = models.CharField(max_length=64, blank=True, default="")
    # SHA-256 of the weights that somebody brought, where the recipe stands on such.
    weights = models.CharField(max_length=64, blank=True, default="")
    arm = models.CharField(max_length=8, choices=Arm.choices, default=Arm.ACTIVE)
    state = models.CharField(max_length=10, choices=State.choices, default=State.PENDING)
    trigger = models.CharField(max_length=200, blank=True, default="")
    votes = models.PositiveIntegerField(default=0)
    labelled = models.PositiveIntegerField(default=0)
    metrics = models.JSONField(default=dict, blank=True)
    versions = models.JSONField(default=dict, blank=True)
    error = models.TextField(blank=True, default="")
    job = models.ForeignKey("jobs.Job", null=True, on_delete=models.SET_NULL, related_name="+")
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+"
    )
    # CPU seconds that it may use; null for as many as any run.
    budget = models.PositiveIntegerField(null=True)
    cpu_seconds = models.FloatField(null=True)
    peak_bytes = models.BigIntegerField(null=True)
    device = models.CharField(max_length=40, blank=True, default="")
    created_at = models.DateTimeField(auto_now_add=True)
    started_at = models.DateTimeField(null=True)
    finished_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["project"],
                name="run_one_at_a_time",
                condition=Q(state__in=["pending", "running"]),
            )
        ]
        indexes = [models.Index(fields=["project", "id"], name="run_by_project")]

    def __str__(self) -> str:
        return f"run {self.pk} of {self.recipe}"


class RunEvent(models.Model):
    """One line that a run reported: an epoch's losses, a log line, a metric."""

    run = models.ForeignKey(TrainingRun, on_delete=models.CASCADE, related_name="events")
    no = models.PositiveIntegerField()
    kind = models.CharField(max_length=20)
    data = models.JSONField(default=dict)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["run", "no"], name="run_event_once")]

    def __str__(self) -> str:
        return f"{self.kind} {self.no}"


class ModelVersion(models.Model):
    """A trained artifact: weights, label map and preprocessing in one folder, named by its hash."""

    project = models.ForeignKey(
        "annotations.Project", on_delete=models.CASCADE, related_name="model_versions"
    )
    run = models.OneToOneField(TrainingRun, on_delete=models.CASCADE, related_name="version")
    number = models.PositiveIntegerField()
    sha256 = models.CharField(max_length=64)
    serving = models.BooleanField(default=False)
    # Its predictions are being written: pages show those before until all are there.
    arriving = models.BooleanField(default=False)
    metrics = models.JSONField(default=dict, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["project", "number"], name="model_version_once"),
            models.UniqueConstraint(
                fields=["project"], name="model_version_serving_once", condition=Q(serving=True)
            ),
        ]

    def __str__(self) -> str:
        return f"model version {self.number}"
