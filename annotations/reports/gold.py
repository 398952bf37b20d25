"""What gold items say of labelers: how many answers to them were right, with an interval."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.db.models import Count, Q, QuerySet

from annotations.consensus.gold import share_interval
from annotations.models import Annotation, GoldItem, Membership, Project
from annotations.models.gold import known_left, settled_left

Counts = dict[int, tuple[int, int]]  # right and all, by the id of an item's task or of a labeler


def gold_overview(project: Project, *, least_confidence: float, known: bool) -> dict[str, Any]:
    """Count a project's gold, what more could be made, and how labelers did on it all together.

    Where `known` is false, labels that came along are not the reader's business.
    """
    sources = GoldItem.objects.filter(project=project, active=True).order_by().values_list("source")
    counts = dict(sources.annotate(n=Count("pk")))
    right, count = _right_of(_answers(project).order_by())
    return {
        "in_use": sum(counts.values()),
        "by_source": {source: counts.get(source, 0) for source in GoldItem.Source.values},
        "known_left": known_left(project).count() if known else None,
        "settled_left": settled_left(project, least_confidence).count(),
        "least_confidence": least_confidence,
    } | share_document(right, count)


def share_document(right: int, count: int) -> dict[str, Any]:
    """Return a share of right answers with its 95 % interval; null where nothing was answered."""
    low, high = share_interval(right, count) if count else (None, None)
    return {
        "answers": count,
        "right": right,
        "accuracy": right / count if count else None,
        "low": low,
        "high": high,
    }


def right_by_task(gold: Sequence[GoldItem]) -> Counts:
    """Return how often each gold item was answered rightly, and how often at all."""
    answers = Annotation.objects.filter(
        task__in=[row.task_id for row in gold], gold_right__isnull=False, current=True
    )
    return _counted(answers.order_by().values_list("task"))


def right_by_labeler(project: Project, members: Sequence[Membership]) -> Counts:
    """Return how often each member was right on gold, and how often asked, since they were resumed:
    by these answers the project's rule judges them."""
    always = [row.user_id for row in members if row.judged_from is None]
    counted = Q(labeler__in=always)
    for row in members:
        if row.judged_from is not None:
            counted |= Q(labeler=row.user_id, created_at__gt=row.judged_from)
    return _counted(_answers(project).filter(counted).order_by().values_list("labeler"))


def _answers(project: Project) -> QuerySet[Annotation]:
    return Annotation.objects.filter(
        project=project, gold_right__isnull=False, current=True, task__gold__active=True
    )


def _counted(rows: Any) -> Counts:
    counts = rows.annotate(right=Count("pk", filter=Q(gold_right=True)), count=Count("pk"))
    return {key: (right, count) for key, right, count in counts}


def _right_of(answers: QuerySet[Annotation]) -> tuple[int, int]:
    found = answers.aggregate(right=Count("pk", filter=Q(gold_right=True)), count=Count("pk"))
    return found["right"], found["count"]
