"""A dataset and its items: immutable images, stored by their content."""

from __future__ import annotations

from typing import Any

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
    # How many items were ever taken down. Whoever reads items for long compares it at the end.
    taken_down = models.PositiveIntegerField(default=0)

    objects = DatasetQuerySet.as_manager()

    def __str__(self) -> str:
        return self.name

    def may_be_changed_by(self, user: User) -> bool:
        return user.is_admin or self.created_by_id == user.pk


# The split of pages whose lines are items too: questions about all splits leave the pages out.
PAGES = "pages"


class Item(models.Model):
    """One image, never changed after import; its bytes lie in storage under their hash."""

    dataset = models.ForeignKey(Dataset, on_delete=models.CASCADE, related_name="items")
    sha256 = models.CharField(max_length=64)
    filename = models.CharField(max_length=255)
    # Where it lay in the import that brought it, its name included.
    path = models.CharField(max_length=512, blank=True, default="")
    media_type = models.CharField(max_length=40)
    byte_size = models.PositiveBigIntegerField()
    width = models.PositiveIntegerField()
    height = models.PositiveIntegerField()
    group = models.CharField(max_length=200, blank=True, default="")
    split = models.CharField(max_length=40, blank=True, default="")
    metadata = models.JSONField(default=dict, blank=True)
    # {"thumb": sha256, "screen": sha256}: what people are shown, re-encoded and without metadata.
    # {"plain": sha256 of the original}: that is written anew from its pixels for each look.
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
            models.Index(fields=["dataset", "filename", "id"], name="item_by_filename"),
            models.Index(fields=["sha256"], name="item_by_content"),
        ]

    def __str__(self) -> str:
        return self.filename

    @property
    def page(self) -> dict[str, Any] | None:
        """Where a line was cut out of its page: the page's hash and item, the outline on it."""
        link = self.metadata.get("page")
        return link if isinstance(link, dict) else None


class KnownLabel(models.Model):
    """Hidden truth that came with an item: for the simulator and for honest figures only.

    Neither consensus nor training may read it; a test holds them to that. It becomes a gold item
    only where somebody who may change the dataset asks for that. `value` is its class or its text,
    or in short what is on the picture; `answer` is the whole of it, as answers to questions of its
    task type are. Tables of labels give a value alone, which is a class or a text.
    """

    item = models.OneToOneField(Item, on_delete=models.CASCADE, related_name="known_label")
    value = models.CharField(max_length=1000)
    task_type = models.CharField(max_length=40, blank=True, default="")
    answer = models.JSONField(null=True, blank=True)

    def __str__(self) -> str:
        return self.value


class GivenAnswer(models.Model):
    """What somebody else said of an item before it came here: a vote, or a proposal.

    A vote is cast in the name of its source in projects that ask for the same; a proposal may be
    shown to people, and counts for nothing.
    """

    class Role(models.TextChoices):
        VOTE = "vote"
        PROPOSAL = "proposal"

    item = models.ForeignKey(Item, on_delete=models.CASCADE, related_name="given_answers")
    role = models.CharField(max_length=8, choices=Role.choices)
    source = models.CharField(max_length=100)
    task_type = models.CharField(max_length=40)
    answer = models.JSONField()
    confidence = models.FloatField(null=True)
    # Who imported it; its votes go into projects that they manage. Unknown is the dataset's owner.
    given_by = models.ForeignKey(User, null=True, on_delete=models.SET_NULL, related_name="+")
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["item", "task_type", "role", "source"], name="given_answer_once"
            )
        ]

    def __str__(self) -> str:
        return f"{self.role} of {self.source}"
