"""Scores: what the serving model version says of a task, and how useful an answer would be."""

from __future__ import annotations

from typing import Any

from django.db import models

SHOWN = ("predicted", "probability", "value", "version")


class Score(models.Model):
    """The latest prediction for a task; every prediction names the version that made it.

    What was said before is kept beside it: it is what pages show while a version arrives, that is
    until all of what it says is written.
    """

    task = models.OneToOneField(
        "annotations.Task", on_delete=models.CASCADE, primary_key=True, related_name="score"
    )
    version = models.ForeignKey(
        "active_learning.ModelVersion", on_delete=models.CASCADE, related_name="scores"
    )
    predicted = models.CharField(max_length=200)
    probability = models.FloatField()
    value = models.FloatField()
    # Of the version that was shown before this one; null where the task had no prediction.
    before_number = models.PositiveIntegerField(null=True)
    before_predicted = models.CharField(max_length=200, blank=True, db_default="")
    before_probability = models.FloatField(null=True)
    before_value = models.FloatField(null=True)

    class Meta:
        # So that a project's items can be listed by how unsure the model is of them, and was.
        indexes = [
            models.Index(fields=["probability", "task"], name="score_by_probability"),
            models.Index(fields=["before_probability", "task"], name="score_by_probability_before"),
        ]

    def __str__(self) -> str:
        return f"{self.predicted} at {self.probability:.2f}"

    def shown(self) -> dict[str, Any] | None:
        """Return what pages show of it: one version's word for all tasks that it predicts."""
        if not self.version.arriving:
            now = (self.predicted, self.probability, self.value, self.version.number)
            return dict(zip(SHOWN, now, strict=True))
        if self.before_number is None:
            return None
        before = (self.before_predicted, self.before_probability, self.before_value)
        return dict(zip(SHOWN, (*before, self.before_number), strict=True))
