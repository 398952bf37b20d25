"""Label errors over HTTP: the queue of doubtful labels, the runs among them, and what to do."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from drf_spectacular.utils import extend_schema
from rest_framework import serializers, status
from rest_framework.generics import GenericAPIView
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from active_learning.actions.label_errors import call_right, request_search, send_to_review
from active_learning.models import LabelError, LabelErrorReport
from annotations.api.access import MANAGER, REVIEWER, find_in_project, project_for
from annotations.api.tasks import TaskItem, item_document
from annotations.models import Project, Task
from labelhub.http.caller import caller
from labelhub.jobs.api import JobSerializer
from labelhub.jobs.models import Job

Document = serializers.Serializer[Any]


class LabelErrorDocument(Document):
    id = serializers.IntegerField()
    task = serializers.IntegerField()
    item = TaskItem()
    label = serializers.CharField()  # type: ignore[assignment]
    suggested = serializers.CharField(help_text="What model and neighbours favour.")
    score = serializers.FloatField(help_text="The doubt, 0 to 1.")
    parts = serializers.DictField(
        child=serializers.FloatField(),
        help_text="The doubt of model, neighbours and voters; for a text also how well it fits.",
    )
    confidence = serializers.FloatField(allow_null=True, help_text="Of the consensus.")
    adjudicated = serializers.BooleanField()
    state = serializers.ChoiceField(choices=LabelError.State.choices)


class SuspiciousRun(Document):
    first = serializers.IntegerField(help_text="Its first task, in the order of import.")
    last = serializers.IntegerField()
    first_filename = serializers.CharField()
    last_filename = serializers.CharField()
    items = serializers.IntegerField()
    suspicious = serializers.IntegerField()
    shift = serializers.IntegerField(help_text="By so many places labels may have slipped; 0: ?")


class LabelErrorsReport(Document):
    made_at = serializers.DateTimeField(allow_null=True, help_text="Null before the first time.")
    judged = serializers.IntegerField()
    waiting = serializers.IntegerField()
    searching = serializers.BooleanField()
    runs = SuspiciousRun(many=True, help_text="Several in a row: perhaps a shifted file.")


def error_document(error: LabelError) -> dict[str, Any]:
    names = ("id", "label", "suggested", "score", "parts", "state")
    return {
        **{name: getattr(error, name) for name in names},
        "task": error.task_id,
        "item": item_document(error.task.item),
        "confidence": error.task.confidence,
        "adjudicated": error.task.adjudicated,
    }


class LabelErrorFilters(Document):
    state = serializers.ChoiceField(choices=LabelError.State.choices, default="waiting")


class LabelErrorsView(GenericAPIView):  # type: ignore[type-arg]
    """The doubtful labels of a project."""

    queryset = LabelError.objects.none()
    filters = ("state",)
    ordering_fields = {"score": "score"}
    default_ordering = "-score"

    @extend_schema(
        operation_id="list_label_errors",
        parameters=[LabelErrorFilters],
        responses={200: LabelErrorDocument(many=True)},
    )
    def get(self, request: Request, project_id: int) -> Response:
        """List settled labels that are likely wrong, the worst first."""
        project = project_for(request, project_id, MANAGER, REVIEWER)
        wanted = LabelErrorFilters(data=request.query_params)
        wanted.is_valid(raise_exception=True)
        rows = LabelError.objects.filter(project=project, **wanted.validated_data)
        page = self.paginate_queryset(rows.select_related("task__item")) or []
        return self.get_paginated_response([error_document(error) for error in page])


class LabelErrorsReportView(APIView):
    """The search for label errors."""

    @extend_schema(operation_id="get_label_errors_report", responses={200: LabelErrorsReport})
    def get(self, request: Request, project_id: int) -> Response:
        """Return when labels were last judged, and the runs of wrong ones."""
        project = project_for(request, project_id, MANAGER, REVIEWER)
        return Response(LabelErrorsReport(report_document(project)).data)

    @extend_schema(operation_id="find_label_errors", request=None, responses={202: JobSerializer})
    def post(self, request: Request, project_id: int) -> Response:
        """Judge all settled labels anew, as a job."""
        project = project_for(request, project_id, MANAGER, REVIEWER)
        job = request_search(project=project, by=caller(request))
        return Response(JobSerializer(job).data, status=status.HTTP_202_ACCEPTED)


def report_document(project: Project) -> dict[str, Any]:
    report = LabelErrorReport.objects.filter(project=project).first()
    waiting = LabelError.objects.filter(project=project, state=LabelError.State.WAITING)
    jobs = Job.objects.filter(dedupe_key=f"label_errors:{project.pk}", state__in=Job.UNFINISHED)
    runs = report.runs if report else []
    names = dict(
        Task.objects.filter(pk__in=[run[end] for run in runs for end in ("first", "last")])
        .order_by()
        .values_list("pk", "item__filename")
    )
    return {
        "made_at": report.made_at if report else None,
        "judged": report.judged if report else 0,
        "waiting": waiting.count(),
        "searching": jobs.exists(),
        "runs": [
            run | {f"{end}_filename": names.get(run[end], "") for end in ("first", "last")}
            for run in runs
        ],
    }


def error_for(request: Request, error_id: int) -> LabelError:
    rows: QuerySet[LabelError] = LabelError.objects.select_related("task__item")
    return find_in_project(request, rows, error_id, "label error", MANAGER, REVIEWER)


class LabelErrorReviewView(APIView):
    """Doubt a label aloud."""

    @extend_schema(
        operation_id="review_label_error", request=None, responses={200: LabelErrorDocument}
    )
    def post(self, request: Request, label_error_id: int) -> Response:
        """Send a label to review; a reviewer's decision is taken back first."""
        error = error_for(request, label_error_id)
        send_to_review(error=error, by=caller(request))
        return Response(error_document(error_for(request, label_error_id)))


class LabelErrorRightView(APIView):
    """Stand by a label."""

    @extend_schema(
        operation_id="call_label_right", request=None, responses={200: LabelErrorDocument}
    )
    def post(self, request: Request, label_error_id: int) -> Response:
        """Say that a label is right; it is not shown again while it stays the same."""
        error = error_for(request, label_error_id)
        call_right(error=error, by=caller(request))
        return Response(error_document(error))
