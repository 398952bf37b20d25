"""Releases: a project's labels of one moment under a name and a number, never changed after."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.db import models

from labelhub.accounts.models import User


class ReleaseQuerySet(models.QuerySet["Release"]):
    def for_user(self, user: User) -> ReleaseQuerySet:
        """What a user may read: the releases of projects that they manage."""
        if user.is_admin:
            return self
        return self.filter(
            project__memberships__user=user,
            project__memberships__active=True,
            project__memberships__role="manager",
        )


class Release(models.Model):
    """What was asked for, and what came of it; once it has its hash nothing of it changes.

    But what is taken down goes from it too: a tombstone with the hash of its line stays.
    `document` says what labels mean and how far to trust them: question, schema, consensus method
    and code version, agreement, estimated error, counts, leak check, licence and source.
    """

    class SplitBy(models.TextChoices):
        GROUP = "group"  # whole groups, items that have none on their own
        ITEM = "item"  # every item on its own; refused where groups exist
        GIVEN = "given"  # as the items came, checked for groups on two sides
        NONE = "none"

    project = models.ForeignKey("Project", on_delete=models.CASCADE, related_name="releases")
    job = models.ForeignKey("jobs.Job", null=True, on_delete=models.SET_NULL, related_name="+")
    name = models.CharField(max_length=60)
    number = models.PositiveIntegerField()
    note = models.CharField(max_length=2000, blank=True, default="")
    filters = models.JSONField(default=dict, blank=True)
    split_by = models.CharField(max_length=8, choices=SplitBy.choices, default=SplitBy.GROUP)
    shares = models.JSONField(default=dict, blank=True)
    schema = models.ForeignKey("LabelSchema", on_delete=models.PROTECT, related_name="+")
    with_votes = models.BooleanField(default=True)
    # Of the canonical list: one line of JSON per item, in the order of the items' ids.
    sha256 = models.CharField(max_length=64, blank=True, default="")
    items = models.PositiveIntegerField(null=True)
    votes = models.PositiveIntegerField(null=True)
    document = models.JSONField(default=dict, blank=True)
    # Empty, or what was taken down since: {"at", "items", "voted", "given", "sha256"}, the last
    # being that of the list with tombstones in their place, which is what is served.
    taken_down = models.JSONField(default=dict, blank=True)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+"
    )
    created_at = models.DateTimeField(auto_now_add=True)
    finished_at = models.DateTimeField(null=True)

    objects = ReleaseQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["project", "name", "number"], name="release_number_once"
            )
        ]
        indexes = [models.Index(fields=["name", "number"], name="release_by_name")]

    def __str__(self) -> str:
        return f"{self.name}@{self.number}"

    @property
    def served_sha256(self) -> str:
        """The SHA-256 of the list as it is now: with a tombstone for each line taken down."""
        return str(self.taken_down.get("sha256") or self.sha256)

    @property
    def question(self) -> dict[str, Any]:
        return dict(self.document["question"])


class ReleasePart(models.Model):
    """The lines of a stretch of items: packed, since a release is read as a whole or not at all.

    Parts begin at multiples of `SPAN`, so that the same stretch of two releases can be compared by
    `digest` alone.
    """

    SPAN = 1024  # item ids

    release = models.ForeignKey(
        Release, on_delete=models.CASCADE, related_name="parts", db_index=False
    )
    first_item = models.BigIntegerField()
    # zlib of the canonical lines
    packed = models.BinaryField()
    # zlib of JSON, [[item id, label, split, hash of the answer], ...]; and its SHA-256 unpacked
    brief = models.BinaryField()
    digest = models.CharField(max_length=64)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["release", "first_item"], name="release_part_once")
        ]

    def __str__(self) -> str:
        return f"items of {self.release_id} from {self.first_item}"
