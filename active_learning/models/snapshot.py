"""A snapshot: the settled labels of a project, frozen for training."""

from __future__ import annotations

from django.db import models


class Snapshot(models.Model):
    """Which items with which labels a run was trained on; named by the hash of that list."""

    project = models.ForeignKey(
        "annotations.Project", on_delete=models.CASCADE, related_name="training_snapshots"
    )
    sha256 = models.CharField(max_length=64)
    arm = models.CharField(max_length=8, default="active")
    items = models.PositiveIntegerField()
    labelled = models.PositiveIntegerField()
    votes = models.PositiveIntegerField()
    classes = models.JSONField(default=list)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["project", "sha256"], name="snapshot_once")]

    def __str__(self) -> str:
        return self.sha256[:12]
