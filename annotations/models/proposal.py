"""Proposals: what a labeler may be shown before they answer, and what each of them was shown."""

from __future__ import annotations

from django.conf import settings
from django.db import models


class Proposal(models.Model):
    """What the serving model version says to a task, as an answer; imported ones are GivenAnswers.

    Never for uniformly drawn items, nor for what the version learned from.
    """

    task = models.OneToOneField(
        "Task", on_delete=models.CASCADE, primary_key=True, related_name="proposal"
    )
    project = models.ForeignKey(
        "Project", on_delete=models.CASCADE, related_name="+", db_index=False
    )
    version = models.PositiveIntegerField()
    answer = models.JSONField()
    confidence = models.FloatField(null=True)
    # For a text: how sure the version is of each character, 0..1.
    characters = models.JSONField(null=True)

    class Meta:
        indexes = [models.Index(fields=["project", "version"], name="proposal_by_project")]

    def __str__(self) -> str:
        return f"proposal for task {self.task_id} of model version {self.version}"


class ShownProposal(models.Model):
    """A proposal that went to a labeler with a lease, or that the draw kept from them.

    One per task and labeler: the draw is made once. Until the answer comes, another lease of the
    same task brings the newest proposal; then the row stands as it was. What the random draw hid
    is kept as well: those answers are what the others are compared with.
    """

    project = models.ForeignKey(
        "Project", on_delete=models.CASCADE, related_name="+", db_index=False
    )
    task = models.ForeignKey("Task", on_delete=models.CASCADE, related_name="+", db_index=False)
    labeler = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+", db_index=False
    )
    lease = models.CharField(max_length=40)
    hidden = models.BooleanField()
    # Of the model that proposed it; null for an imported proposal, which has a source instead.
    version = models.PositiveIntegerField(null=True)
    source = models.CharField(max_length=100, blank=True, default="")
    answer = models.JSONField()
    confidence = models.FloatField(null=True)
    characters = models.JSONField(null=True)
    # The first answer that was given with it. Null until then.
    annotation = models.OneToOneField(
        "Annotation", null=True, on_delete=models.CASCADE, related_name="proposal"
    )
    # Whether the labeler took it into their answer, and whether that answer says the same.
    taken = models.BooleanField(default=False)
    same = models.BooleanField(null=True)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["task", "labeler"], name="shown_proposal_once")
        ]
        indexes = [
            models.Index(
                fields=["project", "id"],
                name="shown_proposal_answered",
                condition=models.Q(annotation__isnull=False),
            )
        ]

    def __str__(self) -> str:
        return f"proposal for task {self.task_id} to labeler {self.labeler_id}"

    @property
    def by(self) -> str:
        """Who proposed it, in words."""
        return self.source if self.version is None else f"model version {self.version}"
