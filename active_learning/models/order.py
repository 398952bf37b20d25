"""The order of a queue: by what it was made, so that one sees when it is out of date."""

from __future__ import annotations

from django.db import models


class QueueOrder(models.Model):
    """What the present priorities of a project's tasks were computed from."""

    project = models.OneToOneField(
        "annotations.Project", on_delete=models.CASCADE, primary_key=True, related_name="order"
    )
    # Null before there is a model: then pictures are compared with each other only.
    version = models.ForeignKey(
        "active_learning.ModelVersion", null=True, on_delete=models.SET_NULL, related_name="+"
    )
    encoder = models.CharField(max_length=64, blank=True, default="")
    # What the project asked for at that time, and what was used.
    asked = models.CharField(max_length=40, blank=True, default="")
    strategy = models.CharField(max_length=40, blank=True, default="")
    # The newest task there was: later ones wait for the next ordering.
    newest_task = models.BigIntegerField(default=0)
    # The newest answer that was looked at: a handful of later ones has further votes placed anew.
    last_annotation = models.BigIntegerField(default=0)
    # Whether the predictions were kept as proposals for labelers, too.
    proposed = models.BooleanField(default=False)
    items = models.PositiveIntegerField(default=0)
    seconds = models.FloatField(default=0.0)
    made_at = models.DateTimeField(auto_now=True)

    def __str__(self) -> str:
        return f"queue of project {self.project_id} by {self.strategy}"
