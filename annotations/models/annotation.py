"""Annotations: what labelers and reviewers answered, append-only."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q


class Annotation(models.Model):
    """One labeler's answer to one task; a change of mind adds a version and supersedes the last."""

    class Source(models.TextChoices):
        BROWSER = "browser"
        API = "api"
        IMPORT = "import"
        SIMULATOR = "simulator"

    project = models.ForeignKey(
        "Project", on_delete=models.CASCADE, related_name="+", db_index=False
    )
    task = models.ForeignKey(
        "Task", on_delete=models.CASCADE, related_name="annotations", db_index=False
    )
    seat = models.ForeignKey(
        "Seat", on_delete=models.CASCADE, related_name="annotations", db_index=False
    )
    labeler = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        related_name="annotations",
        db_index=False,
    )
    schema = models.ForeignKey(
        "LabelSchema", on_delete=models.PROTECT, related_name="+", db_index=False
    )
    version = models.PositiveIntegerField(default=1)
    current = models.BooleanField(default=True)
    answer = models.JSONField()
    source = models.CharField(max_length=12, choices=Source.choices, default=Source.API)
    duration_ms = models.PositiveIntegerField(null=True)
    # The client's Idempotency-Key and the hash of the body that came with it.
    key = models.CharField(max_length=80)
    body_hash = models.CharField(max_length=64)
    # Null but for answers to gold items: whether it was right. Labelers are never shown it.
    gold_right = models.BooleanField(null=True)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["labeler", "key"], name="annotation_key_once"),
            models.UniqueConstraint(
                fields=["task", "labeler", "version"], name="annotation_version_once"
            ),
            models.UniqueConstraint(
                fields=["task", "labeler"],
                name="annotation_current_once",
                condition=Q(current=True),
            ),
        ]
        indexes = [
            models.Index(fields=["project", "id"], name="annotation_by_project"),
            models.Index(fields=["project", "labeler", "id"], name="annotation_by_labeler"),
            models.Index(
                fields=["project", "labeler", "id"],
                name="annotation_of_gold",
                condition=Q(gold_right__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"annotation {self.pk} version {self.version}"


class Flag(models.Model):
    """A labeler's note that something is wrong with a task; a reviewer looks at it."""

    task = models.ForeignKey("Task", on_delete=models.CASCADE, related_name="flagged")
    labeler = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+"
    )
    reason = models.CharField(max_length=500, blank=True, default="")
    resolved = models.BooleanField(default=False)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["task", "labeler"], name="flag_once_per_labeler")
        ]

    def __str__(self) -> str:
        return self.reason


class Adjudication(models.Model):
    """A reviewer's decision; it stands until it is reopened, and stays on record after that."""

    task = models.ForeignKey("Task", on_delete=models.CASCADE, related_name="adjudications")
    reviewer = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="adjudications"
    )
    answer = models.JSONField()
    category = models.CharField(max_length=200, blank=True, default="")
    note = models.CharField(max_length=1000, blank=True, default="")
    created_at = models.DateTimeField(auto_now_add=True)
    reopened_at = models.DateTimeField(null=True)
    reopened_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+"
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["task"],
                name="adjudication_standing_once",
                condition=Q(reopened_at=None),
            )
        ]

    def __str__(self) -> str:
        return f"adjudication of task {self.task_id}"
