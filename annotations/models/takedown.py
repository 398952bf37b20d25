"""Takedowns: items that were removed for good, and the contents that may not come back."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import Q


class Takedown(models.Model):
    """One removal of items for good, of how many, by whom and why; never of what was on them.

    `items` are the ids that were agreed to, until they are gone. `found` says what held them:
    {"projects", "releases", "exports", "models"}.
    """

    class State(models.TextChoices):
        WAITING = "waiting"
        DONE = "done"

    dataset = models.ForeignKey(
        "Dataset", null=True, on_delete=models.SET_NULL, related_name="takedowns"
    )
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+"
    )
    reason = models.CharField(max_length=500)
    # Copies of the same bytes in all datasets go too, and none of them may come back.
    everywhere = models.BooleanField(default=False)
    items = models.JSONField(default=list)
    expected = models.PositiveIntegerField()
    removed = models.PositiveIntegerField(default=0)
    votes = models.PositiveIntegerField(default=0)
    found = models.JSONField(default=dict)
    state = models.CharField(max_length=8, choices=State.choices, default=State.WAITING)
    job = models.ForeignKey("jobs.Job", null=True, on_delete=models.SET_NULL, related_name="+")
    created_at = models.DateTimeField(auto_now_add=True)
    finished_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return f"takedown of {self.expected} items"


class TakenDownQuerySet(models.QuerySet["TakenDown"]):
    def standing(self, dataset_id: int) -> TakenDownQuerySet:
        """What may not come into a dataset."""
        return self.filter(Q(dataset=dataset_id) | Q(everywhere=True), lifted_at=None)


class TakenDown(models.Model):
    """One content that was taken down, by its hash; refused by imports until that is lifted.

    `item` and `tasks` are the numbers under which it stood. `traces` is what the removal still has
    to look for, {"files", "names", "group", "label"}; once it has done so it is empty.
    """

    takedown = models.ForeignKey(Takedown, on_delete=models.CASCADE, related_name="contents")
    dataset = models.ForeignKey("Dataset", null=True, on_delete=models.SET_NULL, related_name="+")
    everywhere = models.BooleanField(default=False)
    sha256 = models.CharField(max_length=64)
    item = models.BigIntegerField()
    tasks = models.JSONField(default=list)
    traces = models.JSONField(default=dict)
    created_at = models.DateTimeField(auto_now_add=True)
    lifted_at = models.DateTimeField(null=True)
    lifted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+"
    )

    objects = TakenDownQuerySet.as_manager()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["takedown", "item"], name="taken_down_once")]
        indexes = [models.Index(fields=["sha256"], name="taken_down_by_content")]

    def __str__(self) -> str:
        return self.sha256[:12]

    def as_line(self) -> dict[str, Any]:
        """Return it as the list outside of the database has it."""
        at = self.created_at.isoformat(timespec="seconds")
        return {
            "sha256": self.sha256,
            "dataset": self.dataset_id,
            "everywhere": self.everywhere,
            "at": at,
        }
