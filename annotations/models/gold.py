"""A gold item: a task whose answer is known, given to labelers unseen to see how good they are."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import QuerySet

from annotations.models.project import Project
from annotations.models.task import Task


class GoldItem(models.Model):
    """The known answer of a task, and where it is known from.

    Answers that came with the item or were typed by hand are certain: consensus takes them as
    given. A settled task's own label is no independent truth, so it judges labelers alone: it
    neither fixes the task nor says how honest the confidence is.
    """

    class Source(models.TextChoices):
        KNOWN = "known"
        SETTLED = "settled"
        TYPED = "typed"

    CERTAIN = (Source.KNOWN, Source.TYPED)

    project = models.ForeignKey(
        "Project", on_delete=models.CASCADE, related_name="gold_items", db_index=False
    )
    task = models.OneToOneField("Task", on_delete=models.CASCADE, related_name="gold")
    answer = models.JSONField()
    category = models.CharField(max_length=200, blank=True, default="")
    source = models.CharField(max_length=8, choices=Source.choices)
    active = models.BooleanField(default=True)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+"
    )
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        indexes = [models.Index(fields=["project", "active", "id"], name="gold_by_project")]

    def __str__(self) -> str:
        return f"gold of task {self.task_id}"


def settled_left(project: Project, least_confidence: float) -> QuerySet[Task]:
    """Settled tasks, at least so sure, that are not gold."""
    return Task.objects.filter(
        project=project,
        status=Task.Status.SETTLED,
        confidence__gte=least_confidence,
        answer__isnull=False,
    ).exclude(gold__active=True)


def known_left(project: Project) -> QuerySet[Task]:
    """Tasks on items whose label came along, that are not gold and that no reviewer decided."""
    rows = Task.objects.filter(
        project=project, item__known_label__isnull=False, adjudicated=False
    ).exclude(gold__active=True)
    return rows.filter(other_item__known_label__isnull=False) if project.of_pairs else rows
