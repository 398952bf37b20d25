"""A dataset and its items: immutable images, stored by their content."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q

from labelhub.accounts.models import User


class DatasetQuerySet(models.QuerySet["Dataset"]):
    def for_user(self, user: User) -> DatasetQuerySet:
        """What a user may see: their own, and those behind projects that they manage or review."""
        if user.is_admin:
            return self
        shared = Q(
            projects__memberships__user=user,
            projects__memberships__active=True,
            projects__memberships__role__in=["manager", "reviewer"],
        )
        return self.filter(Q(created_by=user) | shared).distinct()


class Dataset(models.Model):
    """Items together, with where they come from and what may be done with them."""

    class Kind(models.TextChoices):
        HANDWRITING = "handwriting"
        FACE = "face"
        OTHER = "other"

    name = models.CharField(max_length=200)
    description = models.TextField(blank=True, default="")
    kind = models.CharField(max_length=20, choices=Kind.choices, default=Kind.OTHER)
    licence = models.CharField(max_length=200, blank=True, default="")
    source = models.CharField(max_length=500, blank=True, default="")
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="datasets"
    )
    created_at = models.DateTimeField(auto_now_add=True)
    # Counting a million rows for each page view is what makes such pages slow.
    item_count = models.PositiveIntegerField(default=0)

    objects = DatasetQuerySet.as_manager()

    def __str__(self) -> str:
        return self.name

    def may_be_changed_by(self, user: User) -> bool:
        return user.is_admin or self.created_by_id == user.pk


class Item(models.Model):
    """One image, never changed after import; its bytes lie in storage under their hash."""

    dataset = models.ForeignKey(Dataset, on_delete=models.CASCADE, related_name="items")
    sha256 = models.CharField(max_length=64)
    filename = models.CharField(max_length=255)
    media_type = models.CharField(max_length=40)
    byte_size = models.PositiveBigIntegerField()
    width = models.PositiveIntegerField()
    height = models.PositiveIntegerField()
    group = models.CharField(max_length=200, blank=True, default="")
    split = models.CharField(max_length=40, blank=True, default="")
    metadata = models.JSONField(default=dict, blank=True)
    # {"thumb": sha256, "screen": sha256}: what people are shown, re-encoded and without metadata.
    renditions = models.JSONField(default=dict, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["dataset", "sha256"], name="item_once_per_dataset")
        ]
        indexes = [
            models.Index(fields=["dataset", "id"], name="item_by_dataset"),
            models.Index(fields=["dataset", "split", "id"], name="item_by_split"),
            models.Index(fields=["dataset", "group", "id"], name="item_by_group"),
            models.Index(fields=["sha256"], name="item_by_content"),
        ]

    def __str__(self) -> str:
        return self.filename


class KnownLabel(models.Model):
    """Hidden truth that came with an item: for the simulator and for honest figures only.

    Neither consensus nor training may read it; a test holds them to that. It becomes a gold item
    only where somebody who may change the dataset asks for that.
    """

    item = models.OneToOneField(Item, on_delete=models.CASCADE, related_name="known_label")
    value = models.CharField(max_length=1000)

    def __str__(self) -> str:
        return self.value
