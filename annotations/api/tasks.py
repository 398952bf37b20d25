"""Tasks over HTTP: what each item is taken to show, how sure that is, and who said what."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.db.models import QuerySet
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.generics import GenericAPIView
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from annotations.api.access import MANAGER, REVIEWER, find_in_project, project_for
from annotations.api.task_filters import TaskFilters, filters_of
from annotations.api.task_pages import TaskPages
from annotations.api.votes import VoteDocument, seen_by, vote_document
from annotations.intake.picture import exceeds_screen
from annotations.intake.pyramid import needs_tiles
from annotations.media_links import TILES, media_url
from annotations.models import Adjudication, Annotation, Item, Project, Task
from annotations.reports.alignment import alignment_of
from annotations.reports.browse import (
    ORDERS,
    arriving_versions,
    count_about,
    ordered_by,
    tags_of,
    tasks_where,
)
from annotations.reports.names import Name, name_for
from labelhub.http.caller import caller
from labelhub.http.pagination import refuse_unknown

FULL_URL = "All pixels of a large picture; null where `image_url` has them."
TILES_URL = "Of a picture above 40 megapixels: its tiles, to load what is looked at; else null."


class TaskItem(serializers.Serializer[Any]):
    id = serializers.IntegerField()
    filename = serializers.CharField()
    image_url = serializers.CharField()
    full_url = serializers.CharField(allow_null=True, help_text=FULL_URL)
    tiles_url = serializers.CharField(allow_null=True, help_text=TILES_URL)
    thumb_url = serializers.CharField()
    width = serializers.IntegerField()
    height = serializers.IntegerField()
    split = serializers.CharField()
    group = serializers.CharField()


class ConsensusDocument(serializers.Serializer[Any]):
    answer = serializers.JSONField()
    label = serializers.CharField()  # type: ignore[assignment]
    confidence = serializers.FloatField()
    method = serializers.CharField()
    distribution = serializers.DictField(child=serializers.FloatField())
    detail = serializers.JSONField(help_text="Of merged answers: what stands behind each part.")
    adjudicated = serializers.BooleanField()
    settled_at = serializers.DateTimeField(allow_null=True)


class ScoreDocument(serializers.Serializer[Any]):
    predicted = serializers.CharField()
    probability = serializers.FloatField()
    value = serializers.FloatField()
    version = serializers.IntegerField()


class TaskDocument(serializers.Serializer[Any]):
    id = serializers.IntegerField()
    item = TaskItem()
    other_item = TaskItem(allow_null=True, help_text="The second of a pair.")
    status = serializers.ChoiceField(choices=Task.Status.choices)
    arm = serializers.ChoiceField(choices=Task.Arm.choices)
    votes = serializers.IntegerField()
    agreement = serializers.FloatField(
        allow_null=True, help_text="Share of the votes that say the commonest answer; from two on."
    )
    consensus = ConsensusDocument(allow_null=True)
    score = ScoreDocument(allow_null=True)
    priority = serializers.FloatField()
    reason = serializers.JSONField()
    flags = serializers.IntegerField()


class ListedTask(TaskDocument):
    tags = serializers.ListField(child=serializers.CharField(), help_text="Of the item.")


class DecisionDocument(serializers.Serializer[Any]):
    id = serializers.IntegerField()
    reviewer = serializers.CharField()
    answer = serializers.JSONField()
    note = serializers.CharField()
    created_at = serializers.DateTimeField()
    reopened_at = serializers.DateTimeField(allow_null=True)


class FlagDocument(serializers.Serializer[Any]):
    labeler = serializers.CharField()
    reason = serializers.CharField()
    resolved = serializers.BooleanField()
    created_at = serializers.DateTimeField()


class AlignedSegment(serializers.Serializer[Any]):
    text = serializers.CharField(help_text="Of the consensus; empty where it has nothing.")
    readings = serializers.ListField(
        child=serializers.CharField(), help_text="One per reading; empty if all have the text."
    )
    agreed = serializers.BooleanField(help_text="False where a difference counts.")


class AlignmentDocument(serializers.Serializer[Any]):
    votes = serializers.ListField(
        child=serializers.IntegerField(), help_text="Whose readings these are, by annotation."
    )
    segments = AlignedSegment(many=True)


class TaskWithVotes(TaskDocument):
    own_work = serializers.BooleanField(help_text="The caller answered it, so may not review it.")
    votes_cast = VoteDocument(many=True)
    alignment = AlignmentDocument(
        allow_null=True, help_text="Of texts alone: the readings side by side."
    )
    decisions = DecisionDocument(many=True)
    flags_raised = FlagDocument(many=True)


def picture_document(item: Item) -> dict[str, Any]:
    """What everybody may know of an item who may see it."""
    large = exceeds_screen(item.width, item.height)
    return {
        "id": item.pk,
        "filename": item.filename,
        "image_url": media_url(item.pk, "screen"),
        "full_url": media_url(item.pk, "full") if large else None,
        "tiles_url": media_url(item.pk, TILES) if needs_tiles(item.width, item.height) else None,
        "thumb_url": media_url(item.pk, "thumb"),
        "width": item.width,
        "height": item.height,
    }


class PageOfLine(serializers.Serializer[Any]):
    """The page that a line was cut out of."""

    id = serializers.IntegerField()
    filename = serializers.CharField()
    image_url = serializers.CharField()
    width = serializers.IntegerField()
    height = serializers.IntegerField()
    line = serializers.CharField(help_text="The line's name on the page.")
    polygon = serializers.ListField(
        child=serializers.ListField(child=serializers.FloatField()),
        help_text="The line's outline, [x, y] in the page's pixels.",
    )


def page_documents(items: Iterable[Item]) -> dict[int, dict[str, Any]]:
    """Return the page of each line among items, by the line's id; one query, none without lines."""
    lines = [(item, item.page) for item in items if item.page]
    wanted = {link["item"] for _, link in lines if isinstance(link.get("item"), int)}
    if not wanted:
        return {}
    rows = Item.objects.filter(pk__in=wanted)
    pages = rows.only("dataset_id", "filename", "width", "height").in_bulk()
    return {
        item.pk: _page_document(page, link)
        for item, link in lines
        if (page := pages.get(link.get("item", 0))) and page.dataset_id == item.dataset_id
    }


def _page_document(page: Item, link: dict[str, Any]) -> dict[str, Any]:
    return {
        "id": page.pk,
        "filename": page.filename,
        "image_url": media_url(page.pk, "screen"),
        "width": page.width,
        "height": page.height,
        "line": link.get("line", ""),
        "polygon": link.get("polygon", []),
    }


def item_document(item: Item) -> dict[str, Any]:
    return picture_document(item) | {"split": item.split, "group": item.group}


def other_document(task: Task) -> dict[str, Any] | None:
    return item_document(task.other_item) if task.other_item is not None else None


def task_document(task: Task) -> dict[str, Any]:
    return {
        "id": task.pk,
        "item": item_document(task.item),
        "other_item": other_document(task),
        "status": task.status,
        "arm": task.arm,
        "votes": task.votes,
        "agreement": task.agreement,
        "consensus": consensus_document(task),
        "score": _score_document(task),
        "priority": task.priority,
        "reason": task.reason,
        "flags": task.flags,
    }


def consensus_document(task: Task) -> dict[str, Any] | None:
    if task.confidence is None:
        return None
    return {
        "answer": task.answer,
        "label": task.label,
        "confidence": task.confidence,
        "method": task.method,
        "distribution": task.distribution,
        "detail": task.detail,
        "adjudicated": task.adjudicated,
        "settled_at": task.settled_at,
    }


def _score_document(task: Task) -> dict[str, Any] | None:
    # The row belongs to the app to the right of this one; it is joined by name, never imported.
    score: Any = getattr(task, "score", None)
    shown: dict[str, Any] | None = None if score is None else score.shown()
    return shown


def with_votes(tasks: list[Task], project: Project, *, for_user: int) -> list[dict[str, Any]]:
    """Add votes, decisions and flags to tasks of a project, in four queries however many."""
    votes = _by_task(
        Annotation.objects.filter(task__in=tasks, current=True).select_related("labeler", "schema")
    )
    seen = seen_by(tasks)
    decisions = _by_task(Adjudication.objects.filter(task__in=tasks).select_related("reviewer"))
    flags = (
        _by_task(tasks[0].flagged.model.objects.filter(task__in=tasks).select_related("labeler"))
        if tasks
        else {}
    )
    name = name_for(project)
    return [
        task_document(task)
        | {
            "own_work": any(vote.labeler_id == for_user for vote in votes.get(task.pk, [])),
            "votes_cast": [vote_document(vote, name, seen) for vote in votes.get(task.pk, [])],
            "alignment": alignment_of(project, task, votes.get(task.pk, [])),
            "decisions": [_decision_document(row) for row in decisions.get(task.pk, [])],
            "flags_raised": [_flag_document(row, name) for row in flags.get(task.pk, [])],
        }
        for task in tasks
    ]


def _by_task(rows: QuerySet[Any]) -> dict[int, list[Any]]:
    found: dict[int, list[Any]] = {}
    for row in rows.order_by("pk"):
        found.setdefault(row.task_id, []).append(row)
    return found


def _decision_document(decision: Adjudication) -> dict[str, Any]:
    return {
        "id": decision.pk,
        "reviewer": decision.reviewer.shown_name,
        "answer": decision.answer,
        "note": decision.note,
        "created_at": decision.created_at,
        "reopened_at": decision.reopened_at,
    }


def _flag_document(flag: Any, name: Name) -> dict[str, Any]:
    return {
        "labeler": name(flag.labeler_id, flag.labeler.shown_name),
        "reason": flag.reason,
        "resolved": flag.resolved,
        "created_at": flag.created_at,
    }


# What a task's document needs of other rows.
SHOWN = ("item", "other_item", "score__version")


class TasksView(GenericAPIView):  # type: ignore[type-arg]
    """The tasks of a project."""

    queryset = Task.objects.none()
    filters = tuple(TaskFilters().fields)
    ordering_fields = ORDERS
    shown_with = SHOWN
    pagination_class = TaskPages

    @extend_schema(
        operation_id="list_tasks",
        parameters=[TaskFilters],
        responses={200: ListedTask(many=True)},
    )
    def get(self, request: Request, project_id: int) -> Response:
        """List tasks with their consensus; for managers and reviewers, since labelers are blind."""
        project = project_for(request, project_id, MANAGER, REVIEWER)
        rows = tasks_where(project, filters_of(request.query_params))
        ordering = request.query_params.get("ordering", "")
        rows = ordered_by(ordering, rows, project)
        if ordering.endswith("uncertainty"):
            self.arriving = arriving_versions(project)
        page = self.paginate_queryset(rows) or []
        tags = tags_of(task.item_id for task in page)
        return self.get_paginated_response(
            [task_document(task) | {"tags": tags.get(task.item_id, [])} for task in page]
        )


class TaskCount(serializers.Serializer[Any]):
    count = serializers.IntegerField()
    exact = serializers.BooleanField(help_text="False where that is about how many there are.")


class TaskCountView(APIView):
    """How many tasks some filters name."""

    @extend_schema(operation_id="count_tasks", parameters=[TaskFilters], responses=TaskCount)
    def get(self, request: Request, project_id: int) -> Response:
        """Count the tasks that the filters of the list name, or say about how many they are."""
        project = project_for(request, project_id, MANAGER, REVIEWER)
        refuse_unknown(request, *TaskFilters().fields)
        found = count_about(tasks_where(project, filters_of(request.query_params)))
        return Response(TaskCount(found).data)


class TaskDetailView(GenericAPIView):  # type: ignore[type-arg]
    """One task."""

    @extend_schema(operation_id="get_task", responses={200: TaskWithVotes})
    def get(self, request: Request, task_id: int) -> Response:
        """Return a task with every vote, decision and flag."""
        return Response(task_for(request, task_id))


def task_for(request: Request, task_id: int) -> dict[str, Any]:
    task = find_task(request, task_id)
    return with_votes([task], task.project, for_user=caller(request).pk)[0]


def find_task(request: Request, task_id: int) -> Task:
    rows = Task.objects.select_related(*SHOWN)
    return find_in_project(request, rows, task_id, "task", MANAGER, REVIEWER)
