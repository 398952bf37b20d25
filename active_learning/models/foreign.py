"""Foreign items: how strange each open task's picture is, and what a person said of it."""

from __future__ import annotations

from django.conf import settings
from django.db import models


class ForeignReport(models.Model):
    """When the open tasks of a project were last judged, against what, and what was found."""

    project = models.OneToOneField(
        "annotations.Project", on_delete=models.CASCADE, primary_key=True, related_name="+"
    )
    version = models.ForeignKey(
        "active_learning.ModelVersion", null=True, on_delete=models.SET_NULL, related_name="+"
    )
    # What the project wanted done with foreign items when that was last carried out.
    mode = models.CharField(max_length=5, default="")
    labels = models.PositiveIntegerField(default=0)
    # Labeled items that the others are held against, and the share of them that is flagged.
    references = models.PositiveIntegerField(default=0)
    own_share = models.FloatField(default=0.0)
    judged = models.PositiveIntegerField(default=0)
    flagged = models.PositiveIntegerField(default=0)
    skipped = models.PositiveIntegerField(default=0)
    newest_task = models.BigIntegerField(default=0)
    # [{"job", "at", "items", "flagged", "share", "drifts"}], the latest import first
    imports = models.JSONField(default=list)
    cpu_seconds = models.FloatField(default=0.0)
    made_at = models.DateTimeField(auto_now=True)

    def __str__(self) -> str:
        return f"foreign items of project {self.project_id}"


class ForeignItem(models.Model):
    """How strange a task's picture is; what a person said of it stands until they take it back."""

    class State(models.TextChoices):
        WAITING = "waiting"
        BELONGS = "belongs"  # a person looked at it: it is to be labeled
        ASIDE = "aside"  # a person looked at it: it is none of the project's business

    project = models.ForeignKey(
        "annotations.Project", on_delete=models.CASCADE, related_name="+", db_index=False
    )
    task = models.OneToOneField(
        "annotations.Task", on_delete=models.CASCADE, primary_key=True, related_name="foreign"
    )
    # The chance that a picture of the project is as strange as this one.
    p_value = models.FloatField()
    flagged = models.BooleanField(default=False)
    # So strange that few such pictures belong: only these are kept out of the queue's head.
    surely = models.BooleanField(default=False)
    state = models.CharField(max_length=8, choices=State.choices, default=State.WAITING)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+"
    )
    decided_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [
            models.Index(
                fields=["project", "state", "p_value", "task"],
                name="foreign_by_p_value",
                condition=models.Q(flagged=True),
            )
        ]

    def __str__(self) -> str:
        return f"task {self.task_id}, p {self.p_value:.4f}"
