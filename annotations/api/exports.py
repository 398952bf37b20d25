"""Exports over HTTP: how many rows there will be, ask for a file, list, download, delete."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponseBase
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, OpenApiResponse, extend_schema
from rest_framework import serializers, status
from rest_framework.generics import GenericAPIView
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from annotations.actions.export import (
    Order,
    delete_export,
    open_export,
    preview_export,
    request_export,
)
from annotations.actions.export_formats import formats_for
from annotations.actions.export_rows import ALL, CONTENTS
from annotations.api.access import MANAGER, find_in_project, project_for
from annotations.api.downloads import download
from annotations.exporters import FORMATS
from annotations.models import Export, Task
from labelhub.accounts.models import AuditEvent
from labelhub.http.caller import caller
from labelhub.http.fields import FiniteFloatField
from labelhub.http.pagination import refuse_unknown
from labelhub.jobs.api import JobSerializer


class NewExport(serializers.Serializer[Any]):
    """What to export; filters that are left out take everything, but see `status`."""

    format = serializers.ChoiceField(choices=sorted(FORMATS), default="jsonl")
    content = serializers.ChoiceField(choices=CONTENTS, default="consensus")
    status = serializers.ChoiceField(
        choices=[*Task.Status.values, ALL],
        required=False,
        help_text="Left out: settled tasks for consensus and both, all tasks for votes.",
    )
    label = serializers.CharField(max_length=200, required=False)  # type: ignore[assignment]
    min_confidence = FiniteFloatField(min_value=0, max_value=1, required=False)
    max_confidence = FiniteFloatField(min_value=0, max_value=1, required=False)
    arm = serializers.ChoiceField(choices=Task.Arm.values, required=False)
    provenance = serializers.BooleanField(
        required=False, help_text="With what each vote counted, and what weighed it."
    )
    pictures = serializers.BooleanField(
        required=False, help_text="With the pictures, in formats for pictures."
    )

    def order(self, request: Request, project_id: int) -> Order:
        """Check who asks and what for."""
        project = project_for(request, project_id, MANAGER)
        self.is_valid(raise_exception=True)
        wanted = dict(self.validated_data)
        return Order.of(project, wanted.pop("format"), wanted.pop("content"), wanted)


class ExportSerializer(serializers.ModelSerializer[Export]):
    job = JobSerializer(allow_null=True)
    filters = serializers.DictField()
    download_url = serializers.SerializerMethodField(help_text="Null while there is no file.")

    class Meta:
        model = Export
        fields = (
            "id",
            "project",
            "format",
            "content",
            "filters",
            "rows",
            "filename",
            "byte_size",
            "sha256",
            "download_url",
            "job",
            "created_at",
            "finished_at",
        )
        read_only_fields = fields

    def get_download_url(self, export: Export) -> str | None:
        return f"/api/v1/exports/{export.pk}/download/" if export.sha256 else None


class ExportStarted(serializers.Serializer[Any]):
    job = JobSerializer()
    export = ExportSerializer()


class ExportPreview(serializers.Serializer[Any]):
    rows = serializers.IntegerField()
    sample = serializers.ListField(child=serializers.DictField(), help_text="The first rows.")
    filters = serializers.DictField(help_text="The filters in force.")


class ExportFormat(serializers.Serializer[Any]):
    name = serializers.CharField(help_text="The `format` to ask for.")
    contents = serializers.ListField(
        child=serializers.CharField(), help_text="What it can say: consensus, votes, both."
    )
    pictures = serializers.ChoiceField(choices=["never", "wanted", "always"])


class ExportsView(GenericAPIView[Export]):
    """A project's exports; for its managers."""

    default_ordering = "-id"
    serializer_class = ExportSerializer
    queryset = Export.objects.none()

    @extend_schema(operation_id="exports_list", responses=ExportSerializer(many=True))
    def get(self, request: Request, project_id: int) -> Response:
        """List exports, newest first."""
        project = project_for(request, project_id, MANAGER)
        exports = Export.objects.filter(project=project).select_related("job")
        page = self.paginate_queryset(exports)
        return self.get_paginated_response(ExportSerializer(page, many=True).data)

    @extend_schema(operation_id="exports_create", request=NewExport, responses={202: ExportStarted})
    def post(self, request: Request, project_id: int) -> Response:
        """Start an export as a job."""
        order = NewExport(data=request.data).order(request, project_id)
        export = request_export(order=order, by=caller(request))
        started = {"job": export.job, "export": export}
        return Response(ExportStarted(started).data, status=status.HTTP_202_ACCEPTED)


class ExportPreviewView(APIView):
    """What an export would hold."""

    @extend_schema(operation_id="exports_preview", parameters=[NewExport], responses=ExportPreview)
    def get(self, request: Request, project_id: int) -> Response:
        """Count the rows of an export, and show the first of them."""
        refuse_unknown(request, *NewExport().fields)
        order = NewExport(data=request.query_params).order(request, project_id)
        return Response(ExportPreview(preview_export(order)).data)


class ExportFormatsView(APIView):
    """The formats that fit a project."""

    @extend_schema(operation_id="exports_formats", responses=ExportFormat(many=True))
    def get(self, request: Request, project_id: int) -> Response:
        """List the export formats that can say this project's answers."""
        project = project_for(request, project_id, MANAGER)
        return Response(ExportFormat(formats_for(project.task_type), many=True).data)


class ExportDetailView(APIView):
    """One export."""

    @extend_schema(operation_id="exports_read", responses=ExportSerializer)
    def get(self, request: Request, export_id: int) -> Response:
        """Say how far an export is."""
        return Response(ExportSerializer(export_for(request, export_id)).data)

    @extend_schema(operation_id="exports_delete", responses={204: None})
    def delete(self, request: Request, export_id: int) -> Response:
        """Delete an export and its file."""
        delete_export(export=export_for(request, export_id), by=caller(request))
        return Response(status=status.HTTP_204_NO_CONTENT)


class ExportDownloadView(APIView):
    """An export's file."""

    @extend_schema(
        operation_id="exports_download",
        parameters=[
            OpenApiParameter("Range", str, OpenApiParameter.HEADER, description="bytes=FIRST-LAST")
        ],
        responses={
            (200, "application/octet-stream"): OpenApiTypes.BINARY,
            (206, "application/octet-stream"): OpenApiTypes.BINARY,
            416: OpenApiResponse(description="The file has no such bytes."),
        },
    )
    def get(self, request: Request, export_id: int) -> HttpResponseBase:
        """Download the file; `Range` goes on where a download broke off."""
        export = export_for(request, export_id)
        file = open_export(export=export)
        AuditEvent.record(
            "export.downloaded",
            actor=caller(request),
            project_id=export.project_id,
            export=export.pk,
        )
        return download(
            request._request,
            file,
            filename=export.filename,
            media_type=FORMATS[export.format].media_type,
            sha256=export.sha256,
        )


def export_for(request: Request, export_id: int) -> Export:
    """Return an export of a project that the caller manages; raises NotFound for strangers."""
    rows = Export.objects.select_related("job")
    return find_in_project(request, rows, export_id, "export", MANAGER)
