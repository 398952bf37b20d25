"""Foreign items over HTTP: what may belong to no class, what people say of it, which import."""

from __future__ import annotations

from typing import Any

from django.db.models import Count, Q
from drf_spectacular.utils import extend_schema
from rest_framework import serializers, status
from rest_framework.generics import GenericAPIView
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from active_learning.actions.foreign import (
    LEAST,
    foreign_key,
    items_in_lane,
    request_judgement,
)
from active_learning.actions.foreign_lane import MOST_AT_ONCE, decide_foreign, kept_back
from active_learning.models import ForeignItem, ForeignReport
from annotations.api.access import MANAGER, REVIEWER, project_for
from annotations.api.tasks import TaskItem, item_document
from annotations.models import Project
from labelhub.http.caller import caller
from labelhub.http.fields import IdField
from labelhub.jobs.api import JobSerializer
from labelhub.jobs.models import Job

Document = serializers.Serializer[Any]
STATES = ForeignItem.State.choices


class ForeignItemDocument(Document):
    task = serializers.IntegerField()
    item = TaskItem()
    p_value = serializers.FloatField(
        help_text="The chance that a picture of the project is as strange as this one."
    )
    state = serializers.ChoiceField(choices=STATES)
    aside = serializers.BooleanField(help_text="Nobody is asked about it now.")
    decided_by = serializers.CharField(help_text="Whoever looked at it; empty before that.")
    decided_at = serializers.DateTimeField(allow_null=True)


class ImportShare(Document):
    job = serializers.IntegerField(allow_null=True, help_text="Null: not by an import.")
    at = serializers.DateTimeField(allow_null=True)
    items = serializers.IntegerField()
    flagged = serializers.IntegerField()
    share = serializers.FloatField()
    drifts = serializers.BooleanField(
        help_text="More than three times the share of clean pictures is flagged."
    )


class ForeignReportDocument(Document):
    made_at = serializers.DateTimeField(allow_null=True, help_text="Null before the first time.")
    mode = serializers.ChoiceField(
        choices=Project.ForeignItems.choices, help_text="What the project wants done with them."
    )
    least = serializers.IntegerField(help_text="Labels that are needed to judge by.")
    labels = serializers.IntegerField(help_text="Labels that it was judged by.")
    references = serializers.IntegerField()
    own_share = serializers.FloatField(help_text="Of clean pictures, the share that is flagged.")
    judged = serializers.IntegerField()
    flagged = serializers.IntegerField()
    skipped = serializers.IntegerField(help_text="Pictures that could not be read.")
    waiting = serializers.IntegerField()
    belongs = serializers.IntegerField()
    aside = serializers.IntegerField()
    kept_back = serializers.IntegerField(help_text="Asked last or set aside until looked at.")
    judging = serializers.BooleanField()
    imports = ImportShare(many=True, help_text="The latest first.")


class ForeignFilters(Document):
    state = serializers.ChoiceField(choices=STATES, default="waiting")


class ForeignDecision(Document):
    tasks = serializers.ListField(child=IdField(), min_length=1, max_length=MOST_AT_ONCE)
    state = serializers.ChoiceField(
        choices=STATES, help_text="waiting takes back what was said before."
    )


class ForeignDecided(Document):
    tasks = serializers.ListField(
        child=serializers.IntegerField(), help_text="Those for which this was news."
    )


def foreign_document(row: ForeignItem) -> dict[str, Any]:
    return {
        "task": row.task_id,
        "item": item_document(row.task.item),
        "p_value": row.p_value,
        "state": row.state,
        "aside": row.task.aside,
        "decided_by": row.decided_by.shown_name if row.decided_by else "",
        "decided_at": row.decided_at,
    }


class ForeignView(GenericAPIView):  # type: ignore[type-arg]
    """Items that may belong to no class."""

    queryset = ForeignItem.objects.none()
    filters = ("state",)
    ordering_fields = {"p_value": "p_value"}
    default_ordering = "p_value"

    @extend_schema(
        operation_id="list_foreign_items",
        parameters=[ForeignFilters],
        responses={200: ForeignItemDocument(many=True)},
    )
    def get(self, request: Request, project_id: int) -> Response:
        """List the flagged items of a state, the strangest first."""
        project = project_for(request, project_id, MANAGER, REVIEWER)
        wanted = ForeignFilters(data=request.query_params)
        wanted.is_valid(raise_exception=True)
        page = self.paginate_queryset(items_in_lane(project, **wanted.validated_data)) or []
        return self.get_paginated_response([foreign_document(row) for row in page])


class ForeignReportView(APIView):
    """The search for foreign items."""

    @extend_schema(operation_id="get_foreign_report", responses={200: ForeignReportDocument})
    def get(self, request: Request, project_id: int) -> Response:
        """Return when the items were last judged, what was found, and which imports drift."""
        project = project_for(request, project_id, MANAGER, REVIEWER)
        return Response(ForeignReportDocument(report_document(project)).data)

    @extend_schema(operation_id="find_foreign_items", request=None, responses={202: JobSerializer})
    def post(self, request: Request, project_id: int) -> Response:
        """Judge all items without a label anew, as a job."""
        project = project_for(request, project_id, MANAGER, REVIEWER)
        job = request_judgement(project=project, by=caller(request))
        return Response(JobSerializer(job).data, status=status.HTTP_202_ACCEPTED)


FIGURES = ("labels", "references", "own_share", "judged", "flagged", "skipped", "imports")


def report_document(project: Project) -> dict[str, Any]:
    report = ForeignReport.objects.filter(project=project).first()
    rows = ForeignItem.objects.filter(project=project, flagged=True)
    told = {state: Count("pk", filter=Q(state=state)) for state in ("belongs", "aside")}
    waiting = items_in_lane(project, ForeignItem.State.WAITING).count()
    jobs = Job.objects.filter(dedupe_key=foreign_key(project.pk), state__in=Job.UNFINISHED)
    shown = report or ForeignReport()
    return {name: getattr(shown, name) for name in FIGURES} | {
        **rows.aggregate(**told),
        "made_at": report.made_at if report else None,
        "mode": project.foreign_items,
        "least": LEAST,
        "waiting": waiting,
        "kept_back": kept_back(project).count() if project.foreign_items != "off" else 0,
        "judging": jobs.exists(),
    }


class ForeignDecideView(APIView):
    """Look at strange items."""

    @extend_schema(
        operation_id="decide_foreign_items",
        request=ForeignDecision,
        responses={200: ForeignDecided},
    )
    def post(self, request: Request, project_id: int) -> Response:
        """Say of items that they belong, or set them aside; `waiting` takes that back."""
        project = project_for(request, project_id, MANAGER, REVIEWER)
        said = ForeignDecision(data=request.data)
        said.is_valid(raise_exception=True)
        news = decide_foreign(project=project, by=caller(request), **said.validated_data)
        return Response({"tasks": news})
