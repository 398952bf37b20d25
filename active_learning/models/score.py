"""Scores: what the serving model version says of a task, and how useful an answer would be."""

from __future__ import annotations

from django.db import models


class Score(models.Model):
    """The latest prediction for a task; every prediction names the version that made it."""

    task = models.OneToOneField(
        "annotations.Task", on_delete=models.CASCADE, primary_key=True, related_name="score"
    )
    version = models.ForeignKey(
        "active_learning.ModelVersion", on_delete=models.CASCADE, related_name="scores"
    )
    predicted = models.CharField(max_length=200)
    probability = models.FloatField()
    value = models.FloatField()

    def __str__(self) -> str:
        return f"{self.predicted} at {self.probability:.2f}"
