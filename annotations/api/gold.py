"""Gold over HTTP: which items test labelers unseen, and how they did; never for labelers."""

from __future__ import annotations

from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework import serializers, status
from rest_framework.generics import GenericAPIView
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from annotations.actions.gold import make_gold, retire_gold
from annotations.actions.gold_many import (
    make_gold_of_chosen,
    make_gold_of_known,
    make_gold_of_settled,
)
from annotations.api.access import MANAGER, REVIEWER, find_in_project, no_such, project_for
from annotations.api.members import MemberDocument, members_for
from annotations.api.tasks import TaskItem, item_document, other_document
from annotations.models import GoldItem, Membership, Project, Task
from annotations.reports.gold import (
    gold_overview,
    right_by_labeler,
    right_by_task,
    share_document,
)
from labelhub.http.caller import caller
from labelhub.http.fields import FiniteFloatField, IdField
from labelhub.http.pagination import refuse_unknown

Document = serializers.Serializer[Any]
MOST_AT_ONCE = 5_000


class GoldShare(Document):
    """Answers to gold items; null where there are none."""

    answers = serializers.IntegerField()
    right = serializers.IntegerField()
    accuracy = serializers.FloatField(allow_null=True)
    low = serializers.FloatField(allow_null=True, help_text="Of the 95 % interval.")
    high = serializers.FloatField(allow_null=True)


class GoldDocument(GoldShare):
    id = serializers.IntegerField()
    task = serializers.IntegerField()
    item = TaskItem()
    other_item = TaskItem(allow_null=True)
    answer = serializers.JSONField()
    label = serializers.CharField()  # type: ignore[assignment]
    source = serializers.ChoiceField(choices=GoldItem.Source.choices)  # type: ignore[assignment]
    active = serializers.BooleanField()
    stands = serializers.BooleanField(
        help_text="False where the item is no longer settled so; then nobody is given it."
    )
    created_by = serializers.CharField(allow_null=True)
    created_at = serializers.DateTimeField()


class GoldFilters(Document):
    source = serializers.ChoiceField(  # type: ignore[assignment]
        choices=GoldItem.Source.choices, required=False
    )
    active = serializers.BooleanField(required=False, help_text="True unless asked for otherwise.")


class NewGold(Document):
    source = serializers.ChoiceField(  # type: ignore[assignment]
        choices=GoldItem.Source.choices,
        help_text="`settled`: as it is settled. `known`: by the label that came with the item. "
        "`typed`: by `answer`, for one task.",
    )
    tasks = serializers.ListField(
        child=IdField(), min_length=1, max_length=500, required=False, help_text="Else drawn."
    )
    answer = serializers.JSONField(required=False)
    limit = serializers.IntegerField(
        min_value=1, max_value=MOST_AT_ONCE, default=100, help_text="Of those that are drawn."
    )
    least_confidence = FiniteFloatField(min_value=0.5, max_value=1.0, default=0.95)

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        typed = attrs["source"] == GoldItem.Source.TYPED
        if typed and ("answer" not in attrs or len(attrs.get("tasks", ())) != 1):
            raise serializers.ValidationError({"answer": "Give one task and its right answer."})
        if not typed and "answer" in attrs:
            raise serializers.ValidationError({"answer": "Only a typed gold item takes one."})
        return attrs


class GoldRefusal(Document):
    task = serializers.IntegerField()
    detail = serializers.CharField()


class GoldMade(Document):
    made = serializers.IntegerField()
    refused = GoldRefusal(many=True)


class GoldView(GenericAPIView):  # type: ignore[type-arg]
    """A project's gold items."""

    queryset = GoldItem.objects.none()
    default_ordering = "-id"
    filters = tuple(GoldFilters().fields)

    @extend_schema(
        operation_id="list_gold",
        parameters=[GoldFilters],
        responses={200: GoldDocument(many=True)},
    )
    def get(self, request: Request, project_id: int) -> Response:
        """List the gold items in use, with how often they were answered rightly."""
        project = project_for(request, project_id, MANAGER, REVIEWER)
        wanted = GoldFilters(data=request.query_params)
        wanted.is_valid(raise_exception=True)
        values = {"active": True} | {
            name: value
            for name, value in wanted.validated_data.items()
            if name in request.query_params
        }
        rows = GoldItem.objects.filter(project=project, **values)
        shown = rows.select_related("task__item", "task__other_item", "created_by")
        page = self.paginate_queryset(shown) or []
        counts = right_by_task(page)
        return self.get_paginated_response(
            [gold_document(row, *counts.get(row.task_id, (0, 0))) for row in page]
        )

    @extend_schema(operation_id="make_gold", request=NewGold, responses={201: GoldMade})
    def post(self, request: Request, project_id: int) -> Response:
        """Make gold of chosen tasks, or of tasks drawn at random where none are named."""
        project = project_for(request, project_id, MANAGER)
        wanted = NewGold(data=request.data)
        wanted.is_valid(raise_exception=True)
        made, refused = _make(request, project, **wanted.validated_data)
        rows = [{"task": task, "detail": why} for task, why in sorted(refused.items())]
        return Response({"made": made, "refused": rows}, status=status.HTTP_201_CREATED)


def _make(
    request: Request,
    project: Project,
    *,
    source: str,
    limit: int,
    least_confidence: float,
    tasks: list[int] | None = None,
    answer: Any = None,
) -> tuple[int, dict[int, str]]:
    by = caller(request)
    if source == GoldItem.Source.TYPED:
        assert tasks is not None
        task = Task.objects.filter(project=project, pk=tasks[0]).first()
        if task is None:
            raise no_such("task")
        make_gold(task=task, by=by, answer=answer)
        return 1, {}
    if tasks is not None:
        made = make_gold_of_chosen(project=project, by=by, source=source, tasks=tasks)
        return made.made, made.refused
    if source == GoldItem.Source.KNOWN:
        return make_gold_of_known(project=project, by=by, limit=limit), {}
    return make_gold_of_settled(
        project=project, by=by, least_confidence=least_confidence, limit=limit
    ), {}


def gold_document(gold: GoldItem, right: int, count: int) -> dict[str, Any]:
    task = gold.task
    return {
        "id": gold.pk,
        "task": task.pk,
        "item": item_document(task.item),
        "other_item": other_document(task),
        "answer": gold.answer,
        "label": gold.category,
        "source": gold.source,
        "active": gold.active,
        "stands": task.status == Task.Status.SETTLED and gold.category in ("", task.label),
        "created_by": gold.created_by.shown_name if gold.created_by else None,
        "created_at": gold.created_at,
    } | share_document(right, count)


class GoldDetailView(APIView):
    """One gold item."""

    @extend_schema(operation_id="retire_gold", responses={204: None})
    def delete(self, request: Request, gold_id: int) -> Response:
        """Stop testing with an item; where its answer had settled it, votes decide again."""
        rows = GoldItem.objects.filter(active=True)
        gold = find_in_project(request, rows, gold_id, "gold item", MANAGER)
        retire_gold(gold=gold, by=caller(request))
        return Response(status=status.HTTP_204_NO_CONTENT)


class GoldSources(Document):
    known = serializers.IntegerField()
    settled = serializers.IntegerField()
    typed = serializers.IntegerField()


class GoldOverview(GoldShare):
    in_use = serializers.IntegerField()
    by_source = GoldSources()
    known_left = serializers.IntegerField(
        allow_null=True, help_text="Null where the dataset is not the caller's."
    )
    settled_left = serializers.IntegerField(help_text="At least as sure as `least_confidence`.")
    least_confidence = serializers.FloatField()


class OverviewFilters(Document):
    least_confidence = FiniteFloatField(min_value=0.5, max_value=1.0, default=0.95)


class GoldOverviewView(APIView):
    """A project's gold in figures."""

    @extend_schema(
        operation_id="get_gold_overview",
        parameters=[OverviewFilters],
        responses={200: GoldOverview},
    )
    def get(self, request: Request, project_id: int) -> Response:
        """Return how much gold there is, how much more there could be, and how it is answered."""
        project = project_for(request, project_id, MANAGER, REVIEWER)
        refuse_unknown(request, *OverviewFilters().fields)
        wanted = OverviewFilters(data=request.query_params)
        wanted.is_valid(raise_exception=True)
        known = project.dataset.may_be_changed_by(caller(request))
        return Response(gold_overview(project, known=known, **wanted.validated_data))


class GoldLabeler(GoldShare):
    """Since they were last resumed: by these answers the project's rule judges."""

    member = MemberDocument()


class GoldLabelersView(GenericAPIView):  # type: ignore[type-arg]
    """The labelers of a project on its gold."""

    queryset = Membership.objects.none()

    @extend_schema(operation_id="list_gold_labelers", responses={200: GoldLabeler(many=True)})
    def get(self, request: Request, project_id: int) -> Response:
        """List members with the share of right answers to gold items, and who is paused."""
        project = project_for(request, project_id, MANAGER, REVIEWER)
        rows = Membership.objects.filter(project=project).select_related("user")
        page = self.paginate_queryset(rows) or []
        counts = right_by_labeler(project, page)
        members = members_for(project, page)
        return self.get_paginated_response(
            [
                {"member": member} | share_document(*counts.get(row.user_id, (0, 0)))
                for row, member in zip(page, members, strict=True)
            ]
        )
