"""A project: one question about a dataset, its label schema, and the people who answer."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import Q

from annotations.consensus import AUTO
from annotations.consensus.merge_settings import MERGE_METHODS, Settings
from annotations.task_types.pair import PAIR
from labelhub.accounts.models import User


class ProjectQuerySet(models.QuerySet["Project"]):
    def for_user(self, user: User) -> ProjectQuerySet:
        if user.is_admin:
            return self
        return self.filter(memberships__user=user, memberships__active=True)


# Figures are taken from the random arm, so its labels must be worth something.
HELD_OUT_VOTES = 3


class Project(models.Model):
    """One question about a dataset: who may answer, how often, in which order, until when."""

    class State(models.TextChoices):
        ACTIVE = "active"
        PAUSED = "paused"
        FINISHED = "finished"
        ARCHIVED = "archived"

    class Prelabels(models.TextChoices):
        OFF = "off"
        MODEL = "model"
        IMPORTED = "imported"
        ANY = "any"  # the model's, or an imported one where it has none

    class QuotaPeriod(models.TextChoices):
        DAY = "day"
        ALL = "all"

    class ForeignItems(models.TextChoices):
        OFF = "off"  # nobody looks for them
        LAST = "last"  # they are asked last
        ASIDE = "aside"  # they are not asked

    dataset = models.ForeignKey("Dataset", on_delete=models.PROTECT, related_name="projects")
    name = models.CharField(max_length=200)
    question = models.CharField(max_length=500)
    task_type = models.CharField(max_length=40, default="choice")
    guidelines = models.TextField(blank=True, default="")
    state = models.CharField(max_length=20, choices=State.choices, default=State.ACTIVE)
    schema = models.ForeignKey(
        "LabelSchema", null=True, on_delete=models.PROTECT, related_name="current_in"
    )
    min_votes = models.PositiveSmallIntegerField(default=2)
    max_votes = models.PositiveSmallIntegerField(default=5)
    confidence = models.FloatField(default=0.95)
    random_share = models.FloatField(default=0.1)
    # Of the items, this share gets every vote it could, so that the stop rule's error is measured.
    audit_share = models.FloatField(default=0.02)
    splits = models.JSONField(default=list, blank=True)
    # Whether the arms are drawn by group, so that nothing of a held-out group is trained on.
    split_by_group = models.BooleanField(default=False)
    lease_seconds = models.PositiveIntegerField(default=600)
    consensus_method = models.CharField(max_length=40, default="auto")
    # Settings of the method that a promoted consensus run brought; empty for the method's own.
    consensus_params = models.JSONField(default=dict, blank=True)
    promoted_run = models.ForeignKey(
        "ConsensusRun", null=True, on_delete=models.SET_NULL, related_name="in_force_in"
    )
    # Whether a model's opinion counts in the consensus of items that it was not trained on.
    model_in_consensus = models.BooleanField(default=True)
    # What becomes of items that may belong to no class, until a reviewer has looked at them.
    foreign_items = models.CharField(
        max_length=5, choices=ForeignItems.choices, default=ForeignItems.LAST
    )
    recipe = models.CharField(max_length=40, default="fast")
    # Name of a file in the operator's folder, for the recipe that stands on brought weights.
    weights = models.CharField(max_length=200, blank=True, default="")
    strategy = models.CharField(max_length=40, default="phased")
    # CPU seconds that trainings may use, within 24 hours or in all; null for as many as they like.
    train_quota = models.PositiveIntegerField(null=True, blank=True)
    train_quota_period = models.CharField(
        max_length=3, choices=QuotaPeriod.choices, default=QuotaPeriod.DAY
    )
    auto_train = models.BooleanField(default=True)
    fit = models.ForeignKey(
        "ConsensusFit", null=True, on_delete=models.SET_NULL, related_name="current_in"
    )
    # Gold items in use. Leases read it with the project, so a project without gold pays nothing.
    gold_count = models.PositiveIntegerField(default=0)
    # A labeler is paused once the share right on gold is surely below the floor; 0 is off.
    gold_floor = models.FloatField(default=0.0)
    gold_least = models.PositiveSmallIntegerField(default=10)
    # The share of gold among a new or slipping labeler's items, and among a proven one's.
    gold_often = models.FloatField(default=0.2)
    gold_seldom = models.FloatField(default=1 / 30)
    # The share of leases that ask a labeler again, in silence, what they answered at least so many
    # days and so many answers of their own ago; 0 is off.
    repeat_share = models.FloatField(default=0.02)
    repeat_answers = models.PositiveIntegerField(default=100)
    repeat_days = models.PositiveSmallIntegerField(default=0)
    # Whether labelers are shown what the votes say of them: their own figures, nobody else's.
    labelers_see_figures = models.BooleanField(default=False)
    # Whose proposals labelers are shown before they answer, and the share that a draw hides:
    # without it nobody could tell what the proposals do to the answers.
    prelabels = models.CharField(max_length=8, choices=Prelabels.choices, default=Prelabels.OFF)
    prelabels_hidden = models.FloatField(default=0.2)
    # Whether reviewers read labelers' names; if not, the pseudonyms of exports. Managers always do.
    reviewers_see_names = models.BooleanField(default=False)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+"
    )
    created_at = models.DateTimeField(auto_now_add=True)

    objects = ProjectQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(min_votes__gte=1) & Q(max_votes__gte=models.F("min_votes")),
                name="project_votes_in_order",
            ),
            models.CheckConstraint(
                condition=Q(confidence__gt=0, confidence__lte=1), name="project_confidence_in_range"
            ),
            models.CheckConstraint(
                condition=Q(random_share__gte=0, random_share__lte=1), name="project_share_in_range"
            ),
            models.CheckConstraint(
                condition=Q(audit_share__gte=0, audit_share__lte=1), name="project_audit_in_range"
            ),
            models.CheckConstraint(
                condition=Q(prelabels_hidden__gte=0, prelabels_hidden__lte=1),
                name="project_hidden_in_range",
            ),
            models.CheckConstraint(
                condition=Q(gold_floor__gte=0, gold_floor__lt=1), name="project_floor_in_range"
            ),
            models.CheckConstraint(
                condition=Q(gold_seldom__gte=0, gold_seldom__lte=models.F("gold_often"))
                & Q(gold_often__lte=0.5),
                name="project_gold_rates_in_order",
            ),
            models.CheckConstraint(
                condition=Q(repeat_share__gte=0, repeat_share__lte=0.5),
                name="project_repeats_in_range",
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def of_pairs(self) -> bool:
        """Whether each task shows two items."""
        return self.task_type == PAIR

    @property
    def shows_model(self) -> bool:
        """Whether labelers may be shown what the model says."""
        return self.prelabels in (self.Prelabels.MODEL, self.Prelabels.ANY)

    def merge_settings(self, fitted: str = "") -> Settings:
        """What answers are merged by, for a type that merges them; `auto` goes on with `fitted`,
        the method of the fit in force."""
        if self.consensus_method != AUTO:
            return Settings.of(self.task_type, self.consensus_method, self.consensus_params)
        known = fitted in MERGE_METHODS[self.task_type]
        return Settings.of(self.task_type, fitted if known else None)

    def least_votes(self, arm: str) -> int:
        """How many votes a task of this arm needs before it can settle."""
        if arm != "random":
            return self.min_votes
        return max(self.min_votes, self.held_out_votes)

    @property
    def held_out_votes(self) -> int:
        """How many votes an item needs before figures are taken from it: 3, or a lower cap."""
        return min(HELD_OUT_VOTES, self.max_votes)


class LabelSchema(models.Model):
    """The legal answers of a project; a change makes a new version, old answers stay readable."""

    project = models.ForeignKey(Project, on_delete=models.CASCADE, related_name="schemas")
    version = models.PositiveIntegerField()
    document = models.JSONField()
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+"
    )
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["project", "version"], name="schema_version_once")
        ]

    def __str__(self) -> str:
        return f"version {self.version}"

    @property
    def labels(self) -> list[dict[str, Any]]:
        return list(self.document.get("labels", []))

    @property
    def label_names(self) -> list[str]:
        """All labels in order, retired ones too: their order is the class coding of consensus."""
        return [label["name"] for label in self.labels]


class Membership(models.Model):
    """A user's role in a project, and whether they may answer now and their votes count."""

    class Role(models.TextChoices):
        MANAGER = "manager"
        REVIEWER = "reviewer"
        LABELER = "labeler"

    project = models.ForeignKey(Project, on_delete=models.CASCADE, related_name="memberships")
    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="memberships")
    role = models.CharField(max_length=20, choices=Role.choices)
    active = models.BooleanField(default=True)
    # A paused labeler is given nothing new; what they answered stays and counts.
    paused_at = models.DateTimeField(null=True)
    paused_reason = models.CharField(max_length=500, blank=True, default="")
    appeal = models.CharField(max_length=2000, blank=True, default="")
    appealed_at = models.DateTimeField(null=True)
    # What a manager answered who left the pause in force.
    appeal_reply = models.CharField(max_length=2000, blank=True, default="")
    appeal_replied_at = models.DateTimeField(null=True)
    # Whoever was resumed is judged by the gold answers since then.
    judged_from = models.DateTimeField(null=True)
    # False leaves their votes out of consensus; the answers themselves are kept.
    counted = models.BooleanField(default=True)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["project", "user"], name="membership_once")]

    def __str__(self) -> str:
        return f"{self.user} as {self.role}"
