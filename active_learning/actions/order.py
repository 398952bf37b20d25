"""Order: what each queue was last ordered by, and which queues are out of date."""

from __future__ import annotations

from django.db.models import Max

from active_learning.actions.features import encoder_of
from active_learning.actions.publish import scoring_rests, serving_version
from active_learning.models import DatasetFeatures, ModelVersion, QueueOrder
from annotations.models import Project, Task


def keep_order(
    *,
    project: Project,
    version: ModelVersion | None,
    strategy: str,
    newest_task: int,
    items: int,
    seconds: float,
    encoder: str = "",
) -> QueueOrder:
    """Note how a queue was ordered; `newest_task` was the last one known before."""
    values = {
        "version": version,
        "encoder": encoder,
        "asked": project.strategy,
        "strategy": strategy,
        "newest_task": newest_task,
        "items": items,
        "seconds": seconds,
    }
    row, _ = QueueOrder.objects.update_or_create(project=project, defaults=values)
    return row


def projects_to_order() -> list[int]:
    """Return the active projects whose order is out of date and not on its way.

    Out of date: tasks came after it, another strategy was asked for since, another version serves,
    or, before there is a model, the pictures' features have become better.
    """
    active = Project.objects.filter(state=Project.State.ACTIVE).select_related("order")
    return [
        project.pk
        for project in active
        if _is_stale(project, getattr(project, "order", None)) and not scoring_rests(project.pk)
    ]


def _is_stale(project: Project, order: QueueOrder | None) -> bool:
    version = serving_version(project)
    if version is None and not _features_ready(project):
        return False
    if order is None:
        return Task.objects.filter(project=project).exists()
    if order.asked != project.strategy or order.version_id != (version.pk if version else None):
        return True
    if version is None and order.encoder != encoder_of(project.dataset_id):
        return True
    newest = Task.objects.filter(project=project).aggregate(last=Max("pk"))["last"]
    return (newest or 0) > order.newest_task


def _features_ready(project: Project) -> bool:
    """Whether all pictures were looked at: before that, an order would be made for nothing."""
    row = DatasetFeatures.objects.filter(dataset=project.dataset_id).first()
    return row is not None and row.items >= project.dataset.item_count
