"""History: every time a task's label changed by something else than a vote, append-only."""

from __future__ import annotations

from django.conf import settings
from django.db import models


class LabelChange(models.Model):
    """One change of a task's label or status, what made it, and what was before and after.

    What votes did is not kept here: it follows from the annotations, which are never edited, and a
    submit has no time to write it.
    """

    class Cause(models.TextChoices):
        REFIT = "refit"  # labelers are trusted more or less than before
        ADJUDICATION = "adjudication"
        REOPENED = "reopened"
        GOLD = "gold"  # the known answer of a gold item was given, or taken back
        COUNTED = "counted"  # a labeler's votes were left out, or taken in again
        PROMOTION = "promotion"  # a consensus run was put in force
        ROLLBACK = "rollback"  # and taken back

    project = models.ForeignKey(
        "Project", on_delete=models.CASCADE, related_name="+", db_index=False
    )
    task = models.ForeignKey("Task", on_delete=models.CASCADE, related_name="changes")
    cause = models.CharField(max_length=12, choices=Cause.choices)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+"
    )
    label_before = models.CharField(max_length=200, blank=True, default="")
    label_after = models.CharField(max_length=200, blank=True, default="")
    status_before = models.CharField(max_length=8)
    status_after = models.CharField(max_length=8)
    confidence = models.FloatField(null=True)
    method = models.CharField(max_length=40, blank=True, default="")
    note = models.CharField(max_length=1000, blank=True, default="")
    created_at = models.DateTimeField(auto_now_add=True)

    def __str__(self) -> str:
        return f"{self.label_before!r} to {self.label_after!r} by {self.cause}"
