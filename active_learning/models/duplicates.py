"""Duplicates: pictures of a dataset that are there once more, and what people said of it."""

from __future__ import annotations

from django.conf import settings
from django.db import models


class DuplicateReport(models.Model):
    """When a dataset was last searched for duplicates, and how."""

    dataset = models.OneToOneField(
        "annotations.Dataset", on_delete=models.CASCADE, primary_key=True, related_name="+"
    )
    items = models.PositiveIntegerField(default=0)
    skipped = models.PositiveIntegerField(default=0)
    last_item = models.BigIntegerField(default=0)
    # How far apart copies of this dataset's own pictures are, at most: 1 less a correlation.
    bound = models.FloatField(default=0.0)
    cpu_seconds = models.FloatField(default=0.0)
    made_at = models.DateTimeField(auto_now=True)

    def __str__(self) -> str:
        return f"duplicates of dataset {self.dataset_id}"


class DuplicateGroup(models.Model):
    """Items that show the same; what a person said of them stands until they take it back."""

    class Kind(models.TextChoices):
        PIXELS = "pixels"  # other files of exactly the same pixels
        NEAR = "near"  # encoded, scaled or placed a little differently

    class State(models.TextChoices):
        OPEN = "open"
        KEPT = "kept"  # one is kept, the others are tagged and asked about no more
        DISTINCT = "distinct"  # a person looked: they are different pictures

    dataset = models.ForeignKey(
        "annotations.Dataset", on_delete=models.CASCADE, related_name="+", db_index=False
    )
    kind = models.CharField(max_length=6, choices=Kind.choices)
    state = models.CharField(max_length=8, choices=State.choices, default=State.OPEN)
    size = models.PositiveIntegerField()
    # The largest distance of a member from the one nearest to it: 1 less a correlation.
    apart = models.FloatField()
    keep = models.ForeignKey(
        "annotations.Item", null=True, on_delete=models.CASCADE, related_name="+"
    )
    # What was done when it was decided: the tags, and {project id: [task ids]} set aside.
    edit = models.ForeignKey(
        "annotations.ItemEdit", null=True, on_delete=models.SET_NULL, related_name="+"
    )
    set_aside = models.JSONField(default=dict)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+"
    )
    decided_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [
            models.Index(fields=["dataset", "state", "apart", "id"], name="duplicates_by_state")
        ]

    def __str__(self) -> str:
        return f"{self.size} items, {self.kind}"


class DuplicateMember(models.Model):
    """An item of a group; the one that might be kept has place 0."""

    group = models.ForeignKey(
        DuplicateGroup, on_delete=models.CASCADE, related_name="members", db_index=False
    )
    item = models.ForeignKey("annotations.Item", on_delete=models.CASCADE, related_name="+")
    place = models.PositiveIntegerField()
    apart = models.FloatField()
    # Members with the same number have the same pixels; -1 for one that shares them with none.
    pixels = models.IntegerField(default=-1)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["group", "place"], name="duplicate_once_per_place")
        ]

    def __str__(self) -> str:
        return f"item {self.item_id} of group {self.group_id}"
