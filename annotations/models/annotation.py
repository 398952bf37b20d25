"""Annotations: what labelers and reviewers answered, append-only."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q


class VoteManager(models.Manager["Annotation"]):
    """Answers but those to silent repeats: nothing that reads votes can take one for a vote."""

    def get_queryset(self) -> models.QuerySet[Annotation]:
        return super().get_queryset().filter(repeat=False)


class Annotation(models.Model):
    """One labeler's answer to one task; a change of mind adds a version and supersedes the last.

    Whoever is asked the same again in silence gives a second answer with versions of its own,
    marked `repeat`: it says how steady they are, and is no vote. `objects` leaves those out;
    `every` is for the few places that must see them.
    """

    class Source(models.TextChoices):
        BROWSER = "browser"
        API = "api"
        IMPORT = "import"
        SIMULATOR = "simulator"
        BULK = "bulk"  # confirmed among many in a grid; weighs less until it proves good

    project = models.ForeignKey(
        "Project", on_delete=models.CASCADE, related_name="+", db_index=False
    )
    task = models.ForeignKey(
        "Task", on_delete=models.CASCADE, related_name="annotations", db_index=False
    )
    # The index is for deleting seats: without it the database looks through all answers for each.
    seat = models.ForeignKey("Seat", on_delete=models.CASCADE, related_name="annotations")
    labeler = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        related_name="annotations",
        db_index=False,
    )
    schema = models.ForeignKey(
        "LabelSchema", on_delete=models.PROTECT, related_name="+", db_index=False
    )
    repeat = models.BooleanField(default=False)
    version = models.PositiveIntegerField(default=1)
    current = models.BooleanField(default=True)
    answer = models.JSONField()
    source = models.CharField(max_length=12, choices=Source.choices, default=Source.API)
    duration_ms = models.PositiveIntegerField(null=True)
    # The client's Idempotency-Key and the hash of the body that came with it.
    key = models.CharField(max_length=80)
    body_hash = models.CharField(max_length=64)
    # Null but for answers to gold items: whether it was right. Labelers are never shown it.
    gold_right = models.BooleanField(null=True)
    created_at = models.DateTimeField(auto_now_add=True)

    every = models.Manager()
    objects = VoteManager()

    class Meta:
        default_manager_name = "objects"
        constraints = [
            models.UniqueConstraint(fields=["labeler", "key"], name="annotation_key_once"),
            models.UniqueConstraint(
                fields=["task", "labeler", "repeat", "version"], name="annotation_version_once"
            ),
            models.UniqueConstraint(
                fields=["task", "labeler", "repeat"],
                name="annotation_current_once",
                condition=Q(current=True),
            ),
        ]
        indexes = [
            models.Index(fields=["project", "id"], name="annotation_by_project"),
            models.Index(fields=["project", "labeler", "id"], name="annotation_by_labeler"),
            models.Index(
                fields=["project", "labeler", "id"],
                name="annotation_in_bulk",
                condition=Q(source="bulk"),
            ),
            models.Index(
                fields=["project", "labeler", "id"],
                name="annotation_repeated",
                condition=Q(repeat=True),
            ),
            models.Index(
                fields=["project", "labeler", "id"],
                name="annotation_of_gold",
                condition=Q(gold_right__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"annotation {self.pk} version {self.version}"


class Flag(models.Model):
    """A labeler's note that something is wrong with a task; a reviewer looks at it."""

    task = models.ForeignKey("Task", on_delete=models.CASCADE, related_name="flagged")
    labeler = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+"
    )
    reason = models.CharField(max_length=500, blank=True, default="")
    resolved = models.BooleanField(default=False)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["task", "labeler"], name="flag_once_per_labeler")
        ]

    def __str__(self) -> str:
        return self.reason


class BulkDecision(models.Model):
    """One act by which a reviewer accepted the answers of many near-certain tasks unseen."""

    project = models.ForeignKey("Project", on_delete=models.CASCADE, related_name="bulk_decisions")
    reviewer = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="bulk_decisions"
    )
    # The client's Idempotency-Key: the same request again decides nothing more.
    key = models.CharField(max_length=80)
    at_least = models.FloatField()
    # Which of those that wait, as it was asked for: why they do, and from where on they are unsure.
    reason = models.CharField(max_length=16, blank=True, default="")
    below = models.FloatField(null=True)
    accepted = models.PositiveIntegerField()
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["reviewer", "key"], name="bulk_decision_key_once")
        ]

    def __str__(self) -> str:
        return f"{self.accepted} answers accepted at once"


class Adjudication(models.Model):
    """A reviewer's decision; it stands until it is reopened, and stays on record after that."""

    task = models.ForeignKey("Task", on_delete=models.CASCADE, related_name="adjudications")
    reviewer = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="adjudications"
    )
    answer = models.JSONField()
    category = models.CharField(max_length=200, blank=True, default="")
    note = models.CharField(max_length=1000, blank=True, default="")
    # Set where nobody looked at the task: such a decision says nothing about who is right.
    bulk = models.ForeignKey(
        BulkDecision, null=True, on_delete=models.RESTRICT, related_name="decisions"
    )
    created_at = models.DateTimeField(auto_now_add=True)
    reopened_at = models.DateTimeField(null=True)
    reopened_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+"
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["task"],
                name="adjudication_standing_once",
                condition=Q(reopened_at=None),
            )
        ]

    def __str__(self) -> str:
        return f"adjudication of task {self.task_id}"
