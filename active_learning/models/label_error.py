"""Label errors: settled labels that model, neighbours or voters doubt, the worst first."""

from __future__ import annotations

from django.db import models


class LabelErrorReport(models.Model):
    """When the labels of a project were last judged, on how many, and which runs stood out."""

    project = models.OneToOneField(
        "annotations.Project", on_delete=models.CASCADE, primary_key=True, related_name="+"
    )
    judged = models.PositiveIntegerField(default=0)
    # [{"first", "last" (task ids), "items", "suspicious", "shift"}]: shifted files, perhaps
    runs = models.JSONField(default=list)
    cpu_seconds = models.FloatField(default=0.0)
    made_at = models.DateTimeField(auto_now=True)

    def __str__(self) -> str:
        return f"label errors of project {self.project_id}"


class LabelError(models.Model):
    """One doubtful label; what a person said of it stands while the label stays the same."""

    class State(models.TextChoices):
        WAITING = "waiting"
        SENT = "sent"  # to review
        RIGHT = "right"  # a person looked at it: the label is right

    project = models.ForeignKey(
        "annotations.Project", on_delete=models.CASCADE, related_name="+", db_index=False
    )
    task = models.OneToOneField(
        "annotations.Task", on_delete=models.CASCADE, related_name="label_error"
    )
    label = models.CharField(max_length=200)
    suggested = models.CharField(max_length=200, blank=True, default="")
    score = models.FloatField()
    # What each witness says: model, neighbours, voters; or fit, for a text.
    parts = models.JSONField(default=dict)
    state = models.CharField(max_length=8, choices=State.choices, default=State.WAITING)

    class Meta:
        indexes = [
            models.Index(fields=["project", "state", "score", "id"], name="label_error_by_score")
        ]

    def __str__(self) -> str:
        return f"{self.label!r}, perhaps {self.suggested!r}"
