"""Labeler figures: what a project's votes say of its labelers, computed by a job and kept."""

from __future__ import annotations

from django.conf import settings
from django.db import models


class LabelersReport(models.Model):
    """The figures of all labelers together, and from which votes they were made."""

    project = models.OneToOneField(
        "Project", on_delete=models.CASCADE, primary_key=True, related_name="labelers_report"
    )
    # The newest answer that was looked at: with newer ones the figures are out of date.
    last_annotation = models.BigIntegerField(default=0)
    votes = models.PositiveIntegerField(default=0)
    figures = models.JSONField(default=dict)
    cpu_seconds = models.FloatField(default=0.0)
    made_at = models.DateTimeField(auto_now=True)

    def __str__(self) -> str:
        return f"labelers of project {self.project_id}"


class LabelerFigures(models.Model):
    """One labeler's figures; the columns are those that a list is sorted by."""

    project = models.ForeignKey("Project", on_delete=models.CASCADE, related_name="labeler_figures")
    labeler = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+"
    )
    votes = models.PositiveIntegerField(default=0)
    agreement = models.FloatField(null=True)
    skill = models.FloatField(null=True)
    worth = models.FloatField(null=True)
    figures = models.JSONField(default=dict)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["project", "labeler"], name="labeler_figures_once")
        ]

    def __str__(self) -> str:
        return f"figures of labeler {self.labeler_id}"
