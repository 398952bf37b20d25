"""Tasks and their seats: one item in one project, and the rights to answer it."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q


class Task(models.Model):
    """One item in one project, with the votes so far and what they say together.

    `ballot` holds `[annotation id, labeler id, key]` per current vote, where equal keys are equal
    answers. For answers that fall into classes the key is the class: consensus is a pure function
    of the ballot and the fit. For merged ones it is a hash, and `detail` holds what stands behind
    the parts of the merged answer.
    """

    class Arm(models.TextChoices):
        ACTIVE = "active"
        RANDOM = "random"

    class Status(models.TextChoices):
        OPEN = "open"
        SETTLED = "settled"
        DISPUTED = "disputed"

    # Other indexes begin with the project; one of its own would only cost each write.
    project = models.ForeignKey(
        "Project", on_delete=models.CASCADE, related_name="tasks", db_index=False
    )
    item = models.ForeignKey("Item", on_delete=models.PROTECT, related_name="tasks")
    arm = models.CharField(max_length=8, choices=Arm.choices, default=Arm.ACTIVE)
    status = models.CharField(max_length=8, choices=Status.choices, default=Status.OPEN)
    votes = models.PositiveSmallIntegerField(default=0)
    ballot = models.JSONField(default=list, blank=True)
    answer = models.JSONField(null=True, blank=True)
    label = models.CharField(max_length=200, blank=True, default="")
    confidence = models.FloatField(null=True)
    distribution = models.JSONField(default=dict, blank=True)
    detail = models.JSONField(default=dict, blank=True)
    method = models.CharField(max_length=40, blank=True, default="")
    # Only fits that no verdict names are ever deleted, so nothing needs to be found by its fit.
    fit = models.ForeignKey(
        "ConsensusFit",
        null=True,
        on_delete=models.DO_NOTHING,
        related_name="+",
        db_index=False,
        db_constraint=False,
    )
    priority = models.FloatField(default=0.0)
    reason = models.JSONField(default=dict, blank=True)
    # Null but for the audited share, which goes on to the full number of votes: empty until the
    # stop rule would have settled the task, then {"label", "votes", "confidence"} of that moment.
    audit = models.JSONField(null=True, blank=True)
    flags = models.PositiveSmallIntegerField(default=0)
    adjudicated = models.BooleanField(default=False)
    settled_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["project", "item"], name="task_once_per_item")
        ]
        indexes = [
            models.Index(fields=["project", "status", "id"], name="task_by_status"),
            models.Index(fields=["project", "priority", "id"], name="task_by_priority"),
            models.Index(fields=["project", "confidence", "id"], name="task_by_confidence"),
            models.Index(fields=["project", "label", "id"], name="task_by_label"),
            models.Index(fields=["project", "settled_at"], name="task_by_settled"),
            models.Index(fields=["project", "id"], name="task_flagged", condition=Q(flags__gt=0)),
            models.Index(
                fields=["project", "id"], name="task_audited", condition=Q(audit__isnull=False)
            ),
        ]

    def __str__(self) -> str:
        return f"task {self.pk}"


class Seat(models.Model):
    """One right to answer one task; held for a while it is a lease, answered it is a vote.

    A task has exactly as many seats that are not skipped as votes are wanted of it, so the overlap
    is exact however many labelers ask at once. `token` counts the holders: a lease is the seat and
    the token together, and a late holder's token no longer fits.
    """

    class Lane(models.IntegerChoices):
        NEXT = 0  # the task has votes and wants another one now
        FRESH = 1  # nobody has answered the task yet
        PARALLEL = 2  # wanted too, but only once the task's earlier seat is answered
        GOLD = 3  # made for one labeler on a gold item; in no queue and no part of the overlap

    class State(models.TextChoices):
        FREE = "free"
        HELD = "held"
        DONE = "done"
        SKIPPED = "skipped"
        CLOSED = "closed"  # the task was settled without it

    project = models.ForeignKey(
        "Project", on_delete=models.CASCADE, related_name="+", db_index=False
    )
    task = models.ForeignKey(Task, on_delete=models.CASCADE, related_name="seats", db_index=False)
    no = models.PositiveSmallIntegerField()
    arm = models.CharField(max_length=8, choices=Task.Arm.choices, default=Task.Arm.ACTIVE)
    lane = models.PositiveSmallIntegerField(choices=Lane.choices, default=Lane.FRESH)
    priority = models.FloatField(default=0.0)
    state = models.CharField(max_length=8, choices=State.choices, default=State.FREE)
    labeler = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        on_delete=models.CASCADE,
        related_name="seats",
        db_index=False,
    )
    # Whoever held it last may still answer while nobody else has taken it over.
    last_labeler_id = models.BigIntegerField(null=True)
    token = models.PositiveIntegerField(default=0)
    until = models.DateTimeField(null=True)
    skip_reason = models.CharField(max_length=500, blank=True, default="")
    # On gold: arm, lane and reason of the seat whose place it took, so that it looks the same.
    mask = models.JSONField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["task", "no"], name="seat_number_once"),
            models.UniqueConstraint(fields=["task", "labeler"], name="seat_once_per_labeler"),
        ]
        indexes = [
            models.Index(
                "project",
                "arm",
                "lane",
                models.F("priority").desc(),
                "id",
                name="seat_free",
                condition=Q(state="free"),
            ),
            models.Index(fields=["project", "until"], name="seat_held", condition=Q(state="held")),
            models.Index(
                fields=["labeler", "project"], name="seat_of_labeler", condition=Q(state="held")
            ),
        ]

    def __str__(self) -> str:
        return f"seat {self.no} of task {self.task_id}"

    @property
    def is_gold(self) -> bool:
        return self.lane == Seat.Lane.GOLD

    @property
    def lease_id(self) -> str:
        return f"{self.pk}.{self.token}"
