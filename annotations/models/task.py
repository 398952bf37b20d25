"""Tasks and their seats: an item, or a pair of them, in one project, and the rights to answer."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.db.models.functions import Greatest, Least

from labelhub.sealed import seal

if TYPE_CHECKING:
    from annotations.models.draft import Draft
    from annotations.models.project import Project
    from annotations.models.proposal import ShownProposal


class Task(models.Model):
    """One item in one project, with the votes so far and what they say together.

    `other_item` is the second of a pair, in a project that asks about pairs; which of the two
    comes first is how they are shown, not part of the question.

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
    # Most tasks have none: the partial index below costs them nothing.
    other_item = models.ForeignKey(
        "Item", null=True, on_delete=models.PROTECT, related_name="tasks_as_other", db_index=False
    )
    arm = models.CharField(max_length=8, choices=Arm.choices, default=Arm.ACTIVE)
    status = models.CharField(max_length=8, choices=Status.choices, default=Status.OPEN)
    votes = models.PositiveSmallIntegerField(default=0)
    ballot = models.JSONField(default=list, blank=True)
    answer = models.JSONField(null=True, blank=True)
    label = models.CharField(max_length=200, blank=True, default="")
    confidence = models.FloatField(null=True)
    # The share of the votes that say the commonest answer; null below two votes.
    agreement = models.FloatField(null=True)
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
    # No index has it: the queue is read by the seats' priority, and so a new order costs PostgreSQL
    # no entry in the ten indexes of this table (a heap-only update).
    priority = models.FloatField(default=0.0)
    reason = models.JSONField(default=dict, blank=True)
    # What a model that was not trained on the item says of it, {"version", "weight", "shares"}:
    # part of the consensus while the project wants that. Never there on uniformly drawn items.
    prior = models.JSONField(null=True, blank=True)
    # Null but for the audited share, which goes on to the full number of votes: empty until the
    # stop rule would have settled the task, then {"label", "votes", "confidence"} of that moment.
    audit = models.JSONField(null=True, blank=True)
    flags = models.PositiveSmallIntegerField(default=0)
    adjudicated = models.BooleanField(default=False)
    # Out of the queue though open: it may belong to no class, or a reviewer has said so.
    aside = models.BooleanField(default=False)
    settled_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["project", "item"],
                name="task_once_per_item",
                condition=Q(other_item__isnull=True),
            ),
            # A and B are the same pair as B and A.
            models.UniqueConstraint(
                "project",
                Least("item", "other_item"),
                Greatest("item", "other_item"),
                name="task_once_per_pair",
                condition=Q(other_item__isnull=False),
            ),
            models.CheckConstraint(
                condition=Q(other_item__isnull=True) | ~Q(other_item=models.F("item")),
                name="task_of_two_items",
            ),
        ]
        indexes = [
            models.Index(
                fields=["other_item"],
                name="task_by_other_item",
                condition=Q(other_item__isnull=False),
            ),
            models.Index(fields=["project", "status", "id"], name="task_by_status"),
            models.Index(fields=["project", "confidence", "id"], name="task_by_confidence"),
            models.Index(fields=["project", "agreement", "id"], name="task_by_agreement"),
            models.Index(fields=["project", "votes", "id"], name="task_by_votes"),
            models.Index(fields=["project", "label", "id"], name="task_by_label"),
            models.Index(fields=["project", "settled_at"], name="task_by_settled"),
            models.Index(fields=["project", "id"], name="task_flagged", condition=Q(flags__gt=0)),
            models.Index(
                fields=["project", "id"], name="task_audited", condition=Q(audit__isnull=False)
            ),
            models.Index(fields=["project", "id"], name="task_aside", condition=Q(aside=True)),
        ]

    def __str__(self) -> str:
        return f"task {self.pk}"

    @property
    def is_asked(self) -> bool:
        """Whether votes are wanted of it."""
        return self.status == Task.Status.OPEN and not self.aside

    def prior_in(self, project: Project) -> dict[str, Any] | None:
        """The model's opinion that counts in the consensus; None where people alone decide.

        Where the figures come from no model has a say: on uniformly drawn items, and on audited
        ones from where the rule would have stopped.
        """
        return prior_that_counts(project, self.prior, self.arm, self.audit)


def prior_that_counts(
    project: Project, prior: dict[str, Any] | None, arm: str, audit: dict[str, Any] | None
) -> dict[str, Any] | None:
    """Return `Task.prior_in` of a task of which only these columns were read."""
    if not project.model_in_consensus or arm == Task.Arm.RANDOM or audit:
        return None
    return prior


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
        # Made for one labeler; in no queue and no part of the overlap.
        GOLD = 3  # on a gold item
        REPEAT = 4  # on an item that they answered a while ago

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
    # On gold and repeats: arm, lane and reason of the seat whose place it took, so that it looks
    # the same.
    mask = models.JSONField(null=True, blank=True)
    # The proposal that goes with the lease; put there while the lease is given.
    shown: ShownProposal | None = None
    # What its labeler has begun, where that was asked for.
    draft: Draft | None = None
    # Whether anything is begun on it; known while it is answered.
    begun = False

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["task", "no"], name="seat_number_once"),
            models.UniqueConstraint(
                fields=["task", "labeler"], name="seat_once_per_labeler", condition=Q(lane__lt=4)
            ),
            models.UniqueConstraint(
                fields=["task", "labeler"], name="seat_repeated_once", condition=Q(lane=4)
            ),
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
    def is_repeat(self) -> bool:
        return self.lane == Seat.Lane.REPEAT

    @property
    def lease_id(self) -> str:
        """What labelers know a lease by, `SEAT.TOKEN`: the seat, and how often it was leased.

        The seat's number is sealed: that of a gold item, late as it is, would tell it apart.
        """
        return f"{seal(self.pk)}.{self.token}"
