"""Scorings under way: one pass of a version over a pool too large for one piece."""

from __future__ import annotations

from django.db import models


class Scoring(models.Model):
    """One pass of a version over a project's open tasks, in chunks that any worker may take.

    The row is there as long as the pass is under way: whatever does not find it any more stops.
    """

    project = models.OneToOneField(
        "annotations.Project", on_delete=models.CASCADE, related_name="scoring"
    )
    version = models.ForeignKey(
        "active_learning.ModelVersion", on_delete=models.CASCADE, related_name="+"
    )
    strategy = models.CharField(max_length=40)
    # The last task and the last answer that there were when it began.
    newest_task = models.BigIntegerField(default=0)
    last_annotation = models.BigIntegerField(default=0)
    began_at = models.DateTimeField(auto_now_add=True)

    def __str__(self) -> str:
        return f"scoring of project {self.project_id}"


class ScoringChunk(models.Model):
    """The tasks between two ids, and what the version said of them once it did."""

    scoring = models.ForeignKey(Scoring, on_delete=models.CASCADE, related_name="chunks")
    no = models.PositiveIntegerField()
    first_task = models.BigIntegerField()
    last_task = models.BigIntegerField()
    job = models.ForeignKey("jobs.Job", null=True, on_delete=models.SET_NULL, related_name="+")
    # The file in storage that holds it; empty until it was predicted.
    result = models.CharField(max_length=64, blank=True, default="")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["scoring", "no"], name="scoring_chunk_once")]

    def __str__(self) -> str:
        return f"chunk {self.no} of {self.scoring}"
