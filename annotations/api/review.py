"""Review over HTTP: what waits for a reviewer, decisions, and taking them back."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.generics import GenericAPIView
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from annotations.actions.adjudicate import adjudicate_task, reopen_task
from annotations.actions.adjudicate_many import MOST, accept_near_certain, reopen_many
from annotations.api.access import MANAGER, REVIEWER, find_in_project, project_for
from annotations.api.annotations import key_of
from annotations.api.tasks import SHOWN, TaskWithVotes, find_task, task_for, with_votes
from annotations.models import BulkDecision, Task
from annotations.reports.review import Reason, count_up, count_waiting, near_certain, waiting
from labelhub.http.caller import caller
from labelhub.http.fields import FiniteFloatField, IdField
from labelhub.http.pagination import refuse_unknown

REASONS = [reason.value for reason in Reason]


class ReviewFilters(serializers.Serializer[Any]):
    kind = serializers.ChoiceField(
        choices=REASONS,
        required=False,
        help_text="Why a task waits; any reason if left out.",
    )
    below = FiniteFloatField(
        min_value=0,
        max_value=1,
        required=False,
        help_text="Settled tasks less sure than this count as unsure; the project's goal if "
        "left out.",
    )


def review_filters(request: Request) -> dict[str, Any]:
    wanted = ReviewFilters(data=request.query_params)
    wanted.is_valid(raise_exception=True)
    return {"below": None} | wanted.validated_data


class ReviewView(GenericAPIView):  # type: ignore[type-arg]
    """What waits for a reviewer."""

    queryset = Task.objects.none()
    filters = tuple(ReviewFilters().fields)
    ordering_fields = {"confidence": "confidence"}
    default_ordering = "confidence"

    @extend_schema(
        operation_id="list_review",
        parameters=[ReviewFilters],
        responses={200: TaskWithVotes(many=True)},
    )
    def get(self, request: Request, project_id: int) -> Response:
        """List disputed, flagged, unsure, contradicting tasks and their votes, least sure first.

        Tasks that the caller answered are left out: nobody reviews their own work.
        """
        project = project_for(request, project_id, MANAGER, REVIEWER)
        wanted = review_filters(request)
        rows = waiting(project, caller(request), reason=wanted.get("kind"), below=wanted["below"])
        page = self.paginate_queryset(rows.select_related(*SHOWN)) or []
        return self.get_paginated_response(with_votes(page, project, for_user=caller(request).pk))


class ReviewCounts(serializers.Serializer[Any]):
    """Numbers end at `at_most`: where one equals it, there may be more."""

    disputed = serializers.IntegerField()
    flagged = serializers.IntegerField()
    unsure = serializers.IntegerField()
    contradicting = serializers.IntegerField(help_text="Pairs that cannot all be right.")
    any = serializers.IntegerField(help_text="A task that waits for two reasons counts once.")
    own_work = serializers.IntegerField(help_text="Left out, since the caller answered them.")
    at_most = serializers.IntegerField()


class ReviewCountsView(APIView):
    """How much waits for a reviewer."""

    @extend_schema(
        operation_id="count_review", parameters=[ReviewFilters], responses={200: ReviewCounts}
    )
    def get(self, request: Request, project_id: int) -> Response:
        """Count the tasks that wait for the caller's review, by reason."""
        project = project_for(request, project_id, MANAGER, REVIEWER)
        refuse_unknown(request, "below")
        below = review_filters(request)["below"]
        return Response(count_waiting(project, caller(request), below=below))


class NearCertainQuery(serializers.Serializer[Any]):
    reason = serializers.ChoiceField(choices=REASONS, required=False, allow_null=True)
    below = FiniteFloatField(min_value=0, max_value=1, required=False, allow_null=True)
    at_least = FiniteFloatField(
        min_value=0.5,
        max_value=1,
        default=0.95,
        help_text="Confidence from which an answer may be accepted.",
    )


class NearCertainCount(serializers.Serializer[Any]):
    count = serializers.IntegerField(help_text="Up to 1,000.")
    most = serializers.IntegerField(help_text="So many are accepted in one act.")


class BulkDecisionDocument(serializers.Serializer[Any]):
    id = serializers.IntegerField()
    at_least = serializers.FloatField()
    accepted = serializers.IntegerField()
    created_at = serializers.DateTimeField()


class NearCertainView(APIView):
    """Waiting tasks whose answer is nearly certain."""

    @extend_schema(
        operation_id="count_near_certain",
        parameters=[NearCertainQuery],
        responses={200: NearCertainCount},
    )
    def get(self, request: Request, project_id: int) -> Response:
        """Count what would be accepted; nothing is decided."""
        project = project_for(request, project_id, MANAGER, REVIEWER)
        refuse_unknown(request, *NearCertainQuery().fields)
        wanted = NearCertainQuery(data=request.query_params)
        wanted.is_valid(raise_exception=True)
        rows = near_certain(project, caller(request), **wanted.validated_data)
        return Response({"count": count_up(rows), "most": MOST})

    @extend_schema(
        operation_id="accept_near_certain",
        request=NearCertainQuery,
        parameters=[OpenApiParameter("Idempotency-Key", str, OpenApiParameter.HEADER)],
        responses={200: BulkDecisionDocument},
    )
    def post(self, request: Request, project_id: int) -> Response:
        """Accept the answers of all of them as one act; with the same key only once."""
        project = project_for(request, project_id, MANAGER, REVIEWER)
        wanted = NearCertainQuery(data=request.data)
        wanted.is_valid(raise_exception=True)
        bulk = accept_near_certain(
            project=project,
            reviewer=caller(request),
            key=key_of(request, default=str(uuid4())),
            **wanted.validated_data,
        )
        return Response(BulkDecisionDocument(bulk).data)


class BulkReopened(serializers.Serializer[Any]):
    reopened = serializers.IntegerField()


class BulkReopenView(APIView):
    """Take an act that decided many tasks back."""

    @extend_schema(operation_id="reopen_many", request=None, responses={200: BulkReopened})
    def post(self, request: Request, bulk_id: int) -> Response:
        """Let the votes alone decide again where its decisions still stand."""
        rows = BulkDecision.objects.all()
        bulk = find_in_project(request, rows, bulk_id, "act", MANAGER, REVIEWER)
        return Response({"reopened": reopen_many(bulk=bulk, reviewer=caller(request))})


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
