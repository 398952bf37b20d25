"""Consensus runs: what another method would make of the same votes, beside the one in force."""

from __future__ import annotations

from django.conf import settings
from django.db import models


class ConsensusRun(models.Model):
    """One method on the votes of one moment; it changes nothing until it is promoted.

    `last_annotation` and `inputs` pin what went in (votes up to that id; whose were left out, and
    which answers were known), so that the run can be repeated bit for bit by the same code.
    """

    project = models.ForeignKey("Project", on_delete=models.CASCADE, related_name="consensus_runs")
    job = models.ForeignKey("jobs.Job", null=True, on_delete=models.SET_NULL, related_name="+")
    method = models.CharField(max_length=40)
    params = models.JSONField(default=dict, blank=True)
    # What `auto` came to, and why; the method itself for all others.
    chosen = models.CharField(max_length=40, blank=True, default="")
    why = models.CharField(max_length=500, blank=True, default="")
    code_version = models.CharField(max_length=40, blank=True, default="")
    fit = models.ForeignKey(
        "ConsensusFit", null=True, on_delete=models.RESTRICT, related_name="runs"
    )
    last_annotation = models.BigIntegerField(null=True)
    inputs = models.JSONField(default=dict, blank=True)
    votes = models.PositiveIntegerField(null=True)
    figures = models.JSONField(default=dict, blank=True)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+"
    )
    created_at = models.DateTimeField(auto_now_add=True)
    finished_at = models.DateTimeField(null=True)
    promoted_at = models.DateTimeField(null=True)
    promoted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+"
    )
    rolled_back_at = models.DateTimeField(null=True)
    # {"method", "params", "run"}: what was in force before, to go back to.
    replaced = models.JSONField(null=True)

    class Meta:
        indexes = [models.Index(fields=["project", "id"], name="consensus_run_by_project")]

    def __str__(self) -> str:
        return f"consensus run {self.pk} by {self.method}"


class RunLabels(models.Model):
    """The labels of one run for a stretch of tasks: packed, since most are never looked at."""

    run = models.ForeignKey(ConsensusRun, on_delete=models.CASCADE, related_name="parts")
    first_task = models.BigIntegerField()
    # zlib of JSON: [[task id, label, confidence, status], ...] by task id
    packed = models.BinaryField()
    # The same of {task id: {"weight", "shares"}}: what a model said of them that had a say.
    opinions = models.BinaryField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["run", "first_task"], name="run_labels_once")
        ]

    def __str__(self) -> str:
        return f"labels of run {self.run_id} from task {self.first_task}"


class RunChange(models.Model):
    """One task to which a run gives another label than it had when the run was made."""

    run = models.ForeignKey(
        ConsensusRun, on_delete=models.CASCADE, related_name="changes", db_index=False
    )
    task = models.ForeignKey("Task", on_delete=models.CASCADE, related_name="+")
    before = models.CharField(max_length=200, blank=True, default="")
    after = models.CharField(max_length=200, blank=True, default="")
    confidence_before = models.FloatField(null=True)
    confidence_after = models.FloatField(null=True)
    status_before = models.CharField(max_length=8)
    status_after = models.CharField(max_length=8)
    # Where answers are merged a label is only a summary: the answers, and how far they differ.
    answer_before = models.JSONField(null=True)
    answer_after = models.JSONField(null=True)
    distance = models.FloatField(null=True)

    class Meta:
        indexes = [
            models.Index(fields=["run", "distance", "id"], name="run_change_by_distance"),
            models.Index(fields=["run", "id"], name="run_change_by_run"),
            models.Index(fields=["run", "before", "after", "id"], name="run_change_by_labels"),
        ]

    def __str__(self) -> str:
        return f"{self.before!r} to {self.after!r}"
