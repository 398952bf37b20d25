"""Predictions from elsewhere over HTTP: send a table, follow what becomes of it."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.core.exceptions import SuspiciousOperation
from django.http import HttpRequest
from drf_spectacular.utils import extend_schema
from rest_framework import serializers, status
from rest_framework.generics import GenericAPIView
from rest_framework.parsers import MultiPartParser
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from active_learning.actions.prediction_rows import PredictionsReport
from active_learning.actions.predictions import check_predictable, request_predictions
from active_learning.api.versions import VersionDocument, version_document
from active_learning.models import PredictionTable
from annotations.api.access import MANAGER, REVIEWER, project_for
from annotations.api.uploads import TableHandler
from annotations.models import Project
from labelhub.errors import Invalid, NotFound
from labelhub.http.caller import caller
from labelhub.jobs.api import JobSerializer

Document = serializers.Serializer[Any]
FORM = {
    "multipart/form-data": {
        "type": "object",
        "properties": {
            "name": {
                "type": "string",
                "maxLength": 100,
                "description": "Of the model.",
            },
            "trained_on": {
                "type": "string",
                "enum": [str(one) for one in PredictionTable.TrainedOn],
                "description": "elsewhere: no label of this project went into the model; labels: "
                "labels of this project did, none of held-out items; unknown: any may have.",
            },
            "file": {
                "type": "string",
                "format": "binary",
                "description": "CSV, JSON Lines or Parquet. Each row names an item, by `item`, "
                "`sha256` or `filename`, and has `label` and `confidence`, a column for each "
                "label, or `text` and `confidence`.",
            },
        },
        "required": ["file", "name"],
    }
}


class NewPredictions(Document):
    name = serializers.CharField(max_length=100)
    trained_on = serializers.ChoiceField(
        choices=PredictionTable.TrainedOn.choices, default=PredictionTable.TrainedOn.UNKNOWN
    )


class RowError(Document):
    line = serializers.IntegerField(help_text="From 1, a CSV's header included.")
    code = serializers.CharField()
    detail = serializers.CharField()


class RowsReport(Document):
    rows = serializers.IntegerField(default=0)
    taken = serializers.IntegerField(default=0)
    refused = serializers.IntegerField(default=0)
    items = serializers.IntegerField(default=0, help_text="Of the project.")
    without = serializers.IntegerField(default=0, help_text="Items without a prediction.")
    without_items = serializers.ListField(
        child=serializers.IntegerField(), help_text="The first 100 of those."
    )
    errors = serializers.ListField(  # type: ignore[assignment]
        child=RowError(), help_text="The first 1,000 refused rows."
    )
    labels_without = serializers.ListField(
        child=serializers.CharField(), help_text="Labels that no column names: they count as 0."
    )
    columns_ignored = serializers.ListField(child=serializers.CharField())
    assumed_confidence = serializers.FloatField(
        allow_null=True,
        help_text="How sure rows without a confidence are taken to be: as often as the table is "
        "right on settled items that are not held out.",
    )


class PredictionsDocument(Document):
    id = serializers.IntegerField()
    project = serializers.IntegerField()
    name = serializers.CharField()
    trained_on = serializers.ChoiceField(choices=PredictionTable.TrainedOn.choices)
    state = serializers.ChoiceField(choices=PredictionTable.State.choices)
    progress = serializers.FloatField()
    error = serializers.CharField(help_text="Why there is no version; empty otherwise.")
    report = RowsReport(
        help_text="Of the rows; in lists its `errors` and `without_items` are empty."
    )
    version = VersionDocument(allow_null=True)
    job = serializers.IntegerField(allow_null=True)
    created_at = serializers.DateTimeField()


class PredictionsStarted(Document):
    predictions = PredictionsDocument()
    job = JobSerializer()


def predictions_document(table: PredictionTable, *, whole: bool = True) -> dict[str, Any]:
    run = table.run
    report = vars(PredictionsReport()) | table.report
    if not whole:
        report |= {"errors": [], "without_items": []}
    return {
        "id": table.pk,
        "project": table.project_id,
        "name": table.name,
        "trained_on": table.trained_on,
        "state": table.state,
        "progress": table.job.progress if table.job else 1.0,
        "error": (table.error or {}).get("detail", ""),
        "report": report,
        "version": version_document(run.version) if run else None,
        "job": table.job_id,
        "created_at": table.created_at,
    }


class PredictionsView(GenericAPIView[PredictionTable]):
    """Tables of predictions that came for a project."""

    queryset = PredictionTable.objects.none()
    default_ordering = "-id"
    parser_classes = (MultiPartParser,)

    def initialize_request(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Request:
        # Before anything reads the body, which even the CSRF check does where no header is sent.
        self.spool = TableHandler(request, max_bytes=settings.UPLOAD_MAX_BYTES)
        request.upload_handlers = [self.spool]
        return super().initialize_request(request, *args, **kwargs)

    def handle_exception(self, exc: Exception) -> Response:
        self.spool.discard()
        return super().handle_exception(exc)

    @extend_schema(operation_id="list_predictions", responses={200: PredictionsDocument(many=True)})
    def get(self, request: Request, project_id: int) -> Response:
        """List the tables, newest first, each with the version that came of it."""
        project = project_for(request, project_id, MANAGER, REVIEWER)
        rows = PredictionTable.objects.filter(project=project)
        rows = rows.select_related("job", "run__version__run__table")
        page = self.paginate_queryset(rows) or []
        found = [predictions_document(table, whole=False) for table in page]
        return self.get_paginated_response(found)

    @extend_schema(
        operation_id="upload_predictions", request=FORM, responses={202: PredictionsStarted}
    )
    def post(self, request: Request, project_id: int) -> Response:
        """Send predictions of a model from elsewhere; a job makes a model version of them.

        The same table sent again makes another version.
        """
        project = project_for(request, project_id, MANAGER)
        check_predictable(project)
        try:
            form: Any = request.data
        except SuspiciousOperation as error:
            raise Invalid(f"The form cannot be read: {error}", code="bad_form") from error
        fields = {name: form[name] for name in ("name", "trained_on") if name in form}
        asked = NewPredictions(data=fields)
        asked.is_valid(raise_exception=True)
        table = request_predictions(
            project=project, by=caller(request), upload=self.spool.finish(""),
            **asked.validated_data,
        )  # fmt: skip
        document = {
            "predictions": predictions_document(table),
            "job": JobSerializer(table.job).data,
        }
        return Response(document, status=status.HTTP_202_ACCEPTED)


class PredictionTableView(APIView):
    """One table of predictions."""

    @extend_schema(operation_id="get_predictions", responses={200: PredictionsDocument})
    def get(self, request: Request, predictions_id: int) -> Response:
        """Return what became of a table, with the rows that were refused."""
        seen = Project.objects.for_user(caller(request))
        rows = PredictionTable.objects.filter(project__in=seen)
        rows = rows.select_related("job", "run__version__run__table")
        table = rows.filter(pk=predictions_id).first()
        if table is None:
            raise NotFound("There are no such predictions, or you may not see them.")
        project_for(request, table.project_id, MANAGER, REVIEWER)
        return Response(predictions_document(table))
