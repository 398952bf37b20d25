"""Order: what each queue was last ordered by, and which queues are out of date."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from django.db.models import Count, F, Max, Q

from active_learning.actions.features import encoder_exists
from active_learning.actions.publish import resting_projects, scoring_key
from active_learning.models import DatasetFeatures, ModelVersion, QueueOrder
from annotations.models import Annotation, Project, Task

# Votes after which the further votes that are wanted find their places anew.
HANDFUL = 10


def keep_order(
    *,
    project: Project,
    version: ModelVersion | None,
    strategy: str,
    newest_task: int,
    items: int,
    seconds: float,
    encoder: str = "",
    last_annotation: int = 0,
    proposed: bool = False,
) -> QueueOrder:
    """Note how a queue was ordered.

    `newest_task` and `last_annotation` were the last ones known before.
    """
    values = {
        "version": version,
        "encoder": encoder,
        "asked": project.strategy,
        "strategy": strategy,
        "newest_task": newest_task,
        "last_annotation": last_annotation,
        "proposed": proposed,
        "items": items,
        "seconds": seconds,
    }
    row, _ = QueueOrder.objects.update_or_create(project=project, defaults=values)
    return row


def newest_annotation(project: Project) -> int:
    """Return the id of a project's last answer, 0 before there is one."""
    rows = Annotation.objects.filter(project=project)
    return int(rows.aggregate(last=Max("pk"))["last"] or 0)


@dataclass(frozen=True)
class Situation:
    """What decides about all active projects, read in a fixed number of queries."""

    serving: dict[int, int] = field(default_factory=dict)
    encoders: dict[int, str] = field(default_factory=dict)
    looked_at: dict[int, int] = field(default_factory=dict)
    newest: dict[int, int] = field(default_factory=dict)

    @classmethod
    def of(cls, projects: Iterable[Project]) -> Situation:
        ids = [project.pk for project in projects]
        serving = ModelVersion.objects.filter(project__in=ids, serving=True)
        features = DatasetFeatures.objects.filter(dataset__projects__in=ids).distinct()
        rows = list(features.values_list("dataset_id", "encoder", "items"))
        newest = Task.objects.filter(project__in=ids).order_by().values_list("project_id")
        return cls(
            dict(serving.values_list("project_id", "pk")),
            {pk: name for pk, name, _ in rows if encoder_exists(name)},
            {pk: items for pk, _, items in rows},
            dict(newest.annotate(last=Max("pk"))),
        )

    def is_stale(self, project: Project, order: QueueOrder | None) -> bool:
        """Whether a project's order is out of date."""
        version, dataset = self.serving.get(project.pk), project.dataset_id
        # Before all pictures were looked at, an order without a model would be for nothing.
        if version is None and self.looked_at.get(dataset, -1) < project.dataset.item_count:
            return False
        if order is None:
            return project.pk in self.newest
        if order.asked != project.strategy or order.version_id != version:
            return True
        if version is not None and project.shows_model and not order.proposed:
            return True
        if version is None and order.encoder != self.encoders.get(dataset, ""):
            return True
        return self.newest.get(project.pk, 0) > order.newest_task


def projects_to_order() -> list[int]:
    """Return the active projects whose order is out of date and not on its way.

    Out of date: tasks came after it, another strategy, or its proposals, were asked for since,
    another version serves, or, before there is a model, the pictures' features have become better.
    A fixed number of queries, however many projects there are.
    """
    active = Project.objects.filter(state=Project.State.ACTIVE)
    projects = list(active.select_related("order", "dataset"))
    situation = Situation.of(projects)
    resting = resting_projects()
    return [
        project.pk
        for project in projects
        if situation.is_stale(project, getattr(project, "order", None))
        and scoring_key(project.pk) not in resting
    ]


def projects_to_schedule() -> list[int]:
    """Return the active projects with a handful of votes since their queue was last looked at.

    Those without a model go on with what is begun, and have nothing to weigh; one query for all.
    """
    fresh = Annotation.objects.filter(
        Q(project__state=Project.State.ACTIVE) & Q(project__model_in_consensus=True),
        project__order__version__isnull=False,
        pk__gt=F("project__order__last_annotation"),
    )
    counts = fresh.order_by().values_list("project_id").annotate(votes=Count("pk"))
    return [project for project, votes in counts if votes >= HANDFUL]
