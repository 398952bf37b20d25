"""Bulk weights: what votes confirmed in a grid count, and their ballots once that changes."""

from __future__ import annotations

from django.db import transaction
from django.db.models import Count, Q

from annotations.consensus.bulk import bulk_weight
from annotations.models import Annotation, Project, Task

CHUNK = 200  # ballots rewritten in one transaction


def weight_of(project_id: int, labeler_id: int) -> float:
    """Return what a labeler's bulk votes weigh now, by their bulk answers to gold items."""
    judged = Annotation.objects.filter(
        project=project_id,
        labeler=labeler_id,
        source=Annotation.Source.BULK,
        gold_right__isnull=False,
        current=True,
    ).aggregate(right=Count("pk", filter=Q(gold_right=True)), count=Count("pk"))
    return bulk_weight(judged["right"], judged["count"])


def renew_bulk_weights(project: Project) -> int:
    """Give bulk votes the weight that their labelers have earned; return how many changed.

    Verdicts follow with the refit that asks for this.
    """
    bulk = Annotation.objects.filter(
        project=project, source=Annotation.Source.BULK, gold_right__isnull=True, current=True
    )
    labelers = bulk.order_by().values_list("labeler_id", flat=True).distinct()
    weights = {labeler: weight_of(project.pk, labeler) for labeler in labelers}
    changed = 0
    for labeler, weight in weights.items():
        tasks = bulk.filter(labeler=labeler).order_by("task_id").values_list("task_id", flat=True)
        ids = list(tasks)
        for start in range(0, len(ids), CHUNK):
            changed += _renew(ids[start : start + CHUNK], labeler, weight)
    return changed


@transaction.atomic
def _renew(tasks: list[int], labeler: int, weight: float) -> int:
    changed = 0
    rows = Task.objects.select_for_update().filter(pk__in=tasks).order_by("pk")
    for task in rows.only("pk", "ballot"):
        ballot = [weighed(entry, weight) if entry[1] == labeler else entry for entry in task.ballot]
        if ballot != task.ballot:
            Task.objects.filter(pk=task.pk).update(ballot=ballot)
            changed += 1
    return changed


def weighed(entry: list[object], weight: float) -> list[object]:
    """Return a ballot's entry with a weight; that of 1 goes without saying."""
    return [*entry[:3], weight] if weight != 1 else entry[:3]
