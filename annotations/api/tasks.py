"""Tasks over HTTP: what each item is taken to show, how sure that is, and who said what."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.generics import GenericAPIView
from rest_framework.request import Request
from rest_framework.response import Response

from annotations.actions.adjudicate import adjudicate_task, reopen_task
from annotations.api.access import MANAGER, REVIEWER, find_in_project, project_for
from annotations.media_links import media_url
from annotations.models import Adjudication, Annotation, Item, Task
from labelhub.errors import BadQuery
from labelhub.http.caller import caller
from labelhub.http.fields import FiniteFloatField, IdField


class TaskItem(serializers.Serializer[Any]):
    id = serializers.IntegerField()
    filename = serializers.CharField()
    image_url = serializers.CharField()
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
    status = serializers.ChoiceField(choices=Task.Status.choices)
    arm = serializers.ChoiceField(choices=Task.Arm.choices)
    votes = serializers.IntegerField()
    consensus = ConsensusDocument(allow_null=True)
    score = ScoreDocument(allow_null=True)
    priority = serializers.FloatField()
    reason = serializers.JSONField()
    flags = serializers.IntegerField()


class VoteDocument(serializers.Serializer[Any]):
    id = serializers.IntegerField()
    labeler = serializers.IntegerField()
    labeler_name = serializers.CharField()
    answer = serializers.JSONField()
    version = serializers.IntegerField()
    schema_version = serializers.IntegerField()
    duration_ms = serializers.IntegerField(allow_null=True)
    source = serializers.CharField()  # type: ignore[assignment]
    created_at = serializers.DateTimeField()


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


class TaskWithVotes(TaskDocument):
    own_work = serializers.BooleanField(help_text="The caller answered it, so may not review it.")
    votes_cast = VoteDocument(many=True)
    decisions = DecisionDocument(many=True)
    flags_raised = FlagDocument(many=True)


def picture_document(item: Item) -> dict[str, Any]:
    """What everybody may know of an item who may see it."""
    return {
        "id": item.pk,
        "filename": item.filename,
        "image_url": media_url(item.pk, "screen"),
        "thumb_url": media_url(item.pk, "thumb"),
        "width": item.width,
        "height": item.height,
    }


def item_document(item: Item) -> dict[str, Any]:
    return picture_document(item) | {"split": item.split, "group": item.group}


def task_document(task: Task) -> dict[str, Any]:
    return {
        "id": task.pk,
        "item": item_document(task.item),
        "status": task.status,
        "arm": task.arm,
        "votes": task.votes,
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
    if score is None:
        return None
    return {
        "predicted": score.predicted,
        "probability": score.probability,
        "value": score.value,
        "version": score.version.number,
    }


def with_votes(tasks: list[Task], *, for_user: int) -> list[dict[str, Any]]:
    """Add votes, decisions and flags to tasks, in three queries however many tasks there are."""
    votes = _by_task(
        Annotation.objects.filter(task__in=tasks, current=True).select_related("labeler", "schema")
    )
    decisions = _by_task(Adjudication.objects.filter(task__in=tasks).select_related("reviewer"))
    flags = (
        _by_task(tasks[0].flagged.model.objects.filter(task__in=tasks).select_related("labeler"))
        if tasks
        else {}
    )
    return [
        task_document(task)
        | {
            "own_work": any(vote.labeler_id == for_user for vote in votes.get(task.pk, [])),
            "votes_cast": [_vote_document(vote) for vote in votes.get(task.pk, [])],
            "decisions": [_decision_document(row) for row in decisions.get(task.pk, [])],
            "flags_raised": [_flag_document(row) for row in flags.get(task.pk, [])],
        }
        for task in tasks
    ]


def _by_task(rows: QuerySet[Any]) -> dict[int, list[Any]]:
    found: dict[int, list[Any]] = {}
    for row in rows.order_by("pk"):
        found.setdefault(row.task_id, []).append(row)
    return found


def _vote_document(vote: Annotation) -> dict[str, Any]:
    return {
        "id": vote.pk,
        "labeler": vote.labeler_id,
        "labeler_name": vote.labeler.shown_name,
        "answer": vote.answer,
        "version": vote.version,
        "schema_version": vote.schema.version,
        "duration_ms": vote.duration_ms,
        "source": vote.source,
        "created_at": vote.created_at,
    }


def _decision_document(decision: Adjudication) -> dict[str, Any]:
    return {
        "id": decision.pk,
        "reviewer": decision.reviewer.shown_name,
        "answer": decision.answer,
        "note": decision.note,
        "created_at": decision.created_at,
        "reopened_at": decision.reopened_at,
    }


def _flag_document(flag: Any) -> dict[str, Any]:
    return {
        "labeler": flag.labeler.shown_name,
        "reason": flag.reason,
        "resolved": flag.resolved,
        "created_at": flag.created_at,
    }


class TaskFilters(serializers.Serializer[Any]):
    status = serializers.ChoiceField(choices=Task.Status.choices, required=False)
    arm = serializers.ChoiceField(choices=Task.Arm.choices, required=False)
    label = serializers.CharField(max_length=200, required=False)  # type: ignore[assignment]
    min_confidence = FiniteFloatField(min_value=0, max_value=1, required=False)
    max_confidence = FiniteFloatField(min_value=0, max_value=1, required=False)
    flagged = serializers.BooleanField(required=False)
    min_votes = serializers.IntegerField(min_value=0, max_value=1_000, required=False)


LOOKUPS = {
    "status": "status",
    "arm": "arm",
    "label": "label",
    "min_confidence": "confidence__gte",
    "max_confidence": "confidence__lte",
    "min_votes": "votes__gte",
}


def filtered(rows: QuerySet[Task], request: Request) -> QuerySet[Task]:
    """Apply the filters of the address; paging has refused those that are unknown."""
    wanted = TaskFilters(data=request.query_params)
    wanted.is_valid(raise_exception=True)
    values = dict(wanted.validated_data)
    flagged = values.pop("flagged", None) if "flagged" in request.query_params else None
    for name, value in values.items():
        if name in LOOKUPS:
            rows = rows.filter(**{LOOKUPS[name]: value})
    if flagged is not None:
        rows = rows.filter(flags__gt=0) if flagged else rows.filter(flags=0)
    return rows


class TasksView(GenericAPIView):  # type: ignore[type-arg]
    """The tasks of a project."""

    queryset = Task.objects.none()
    filters = tuple(TaskFilters().fields)
    ordering_fields = {"priority": "priority", "confidence": "confidence", "votes": "votes"}

    @extend_schema(
        operation_id="list_tasks",
        parameters=[TaskFilters],
        responses={200: TaskDocument(many=True)},
    )
    def get(self, request: Request, project_id: int) -> Response:
        """List tasks with their consensus; for managers and reviewers, since labelers are blind."""
        project = project_for(request, project_id, MANAGER, REVIEWER)
        rows = filtered(Task.objects.filter(project=project), request)
        page = self.paginate_queryset(rows.select_related("item", "score__version")) or []
        return self.get_paginated_response([task_document(task) for task in page])


class TaskDetailView(GenericAPIView):  # type: ignore[type-arg]
    """One task."""

    @extend_schema(operation_id="get_task", responses={200: TaskWithVotes})
    def get(self, request: Request, task_id: int) -> Response:
        """Return a task with every vote, decision and flag."""
        return Response(task_for(request, task_id))


def task_for(request: Request, task_id: int) -> dict[str, Any]:
    task = find_task(request, task_id)
    return with_votes([task], for_user=caller(request).pk)[0]


def find_task(request: Request, task_id: int) -> Task:
    rows = Task.objects.select_related("item", "score__version")
    return find_in_project(request, rows, task_id, "task", MANAGER, REVIEWER)


class ReviewView(GenericAPIView):  # type: ignore[type-arg]
    """What waits for a reviewer."""

    queryset = Task.objects.none()
    filters = ("kind",)

    @extend_schema(
        operation_id="list_review",
        parameters=[OpenApiParameter("kind", str, enum=["disputed", "flagged"])],
        responses={200: TaskWithVotes(many=True)},
    )
    def get(self, request: Request, project_id: int) -> Response:
        """List disputed tasks, or flagged ones with `?kind=flagged`, with their votes."""
        project = project_for(request, project_id, MANAGER, REVIEWER)
        kind = request.query_params.get("kind", "disputed")
        if kind not in ("disputed", "flagged"):
            raise BadQuery("kind must be disputed or flagged.", code="bad_filter")
        rows = Task.objects.filter(project=project)
        rows = (
            rows.filter(status=Task.Status.DISPUTED)
            if kind == "disputed"
            else rows.filter(flags__gt=0)
        )
        page = self.paginate_queryset(rows.select_related("item", "score__version")) or []
        return self.get_paginated_response(with_votes(page, for_user=caller(request).pk))


class AdjudicateRequest(serializers.Serializer[Any]):
    """One of the first three."""

    answer = serializers.JSONField(required=False, help_text="The reviewer's own answer.")
    accept = IdField(required=False, help_text="A vote whose answer is right.")
    merge = serializers.BooleanField(required=False, help_text="Take what all votes merge to.")
    note = serializers.CharField(max_length=1000, allow_blank=True, default="")


class AdjudicateView(GenericAPIView):  # type: ignore[type-arg]
    """A reviewer's decision."""

    @extend_schema(
        operation_id="adjudicate_task", request=AdjudicateRequest, responses={200: TaskWithVotes}
    )
    def post(self, request: Request, task_id: int) -> Response:
        """Settle a task for certain; refused for one's own work."""
        wanted = AdjudicateRequest(data=request.data)
        wanted.is_valid(raise_exception=True)
        task = find_task(request, task_id)
        adjudicate_task(task=task, reviewer=caller(request), **wanted.validated_data)
        return Response(task_for(request, task_id))


class ReopenView(GenericAPIView):  # type: ignore[type-arg]
    """Take a decision back."""

    @extend_schema(operation_id="reopen_task", request=None, responses={200: TaskWithVotes})
    def post(self, request: Request, task_id: int) -> Response:
        """Let the votes alone decide again."""
        reopen_task(task=find_task(request, task_id), reviewer=caller(request))
        return Response(task_for(request, task_id))
