"""Exports over HTTP: how many rows there will be, ask for a file, list, download, delete."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponseBase, StreamingHttpResponse
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, OpenApiResponse, extend_schema
from rest_framework import serializers, status
from rest_framework.generics import GenericAPIView
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from annotations.actions.access_log import note_pictures_of_export
from annotations.actions.export import (
    Order,
    delete_export,
    open_export,
    preview_export,
    request_export,
    stream_rows,
)
from annotations.actions.export_formats import formats_for
from annotations.actions.export_selection import CONTENTS
from annotations.api.access import MANAGER, find_in_project, no_such, project_for
from annotations.api.downloads import download
from annotations.api.export_filters import ExportFilters, chosen
from annotations.exporters import FORMATS
from annotations.exporters.blurring import MODES
from annotations.models import Export, Project, Release
from labelhub.accounts.models import AuditEvent
from labelhub.errors import Invalid
from labelhub.http.caller import caller
from labelhub.http.pagination import refuse_unknown
from labelhub.jobs.api import JobSerializer

FORMAT_NAMES = sorted(FORMATS)


class NewExport(ExportFilters):
    """What to export; filters that are left out take everything, but see `status`."""

    format = serializers.ChoiceField(choices=FORMAT_NAMES, default="jsonl")
    content = serializers.ChoiceField(choices=CONTENTS, default="consensus")
    provenance = serializers.BooleanField(
        required=False, help_text="With what each vote counted, and what weighed it."
    )
    pictures = serializers.BooleanField(
        required=False, help_text="With the pictures, in formats for pictures."
    )
    repeats = serializers.BooleanField(
        required=False,
        help_text="With second answers to the same question, marked `repeat`; they are no votes.",
    )
    without_metadata = serializers.BooleanField(
        required=False,
        help_text="Pictures written anew, upright, without EXIF, comments and profiles.",
    )
    blur = serializers.ChoiceField(
        choices=MODES,
        required=False,
        help_text="Of pictures: make the `regions` that the consensus marks unrecognizable, or all "
        "the `rest`; without metadata then. Undecided pictures are hidden whole.",
    )
    blur_label = serializers.CharField(
        max_length=200, required=False, help_text="Go by regions of this label alone."
    )
    release = serializers.IntegerField(
        min_value=1,
        max_value=10**18 - 1,
        required=False,
        help_text="Write this release's frozen list, whole; no filters then.",
    )

    def order(self, request: Request, project_id: int) -> Order:
        """Check who asks and what for."""
        project = project_for(request, project_id, MANAGER)
        self.is_valid(raise_exception=True)
        wanted = dict(self.validated_data)
        release = _release_of(project, wanted.pop("release", None))
        named = wanted.pop("format"), wanted.pop("content")
        return Order.of(project, *named, chosen(project, wanted), release)


def _release_of(project: Project, release_id: int | None) -> Release | None:
    if release_id is None:
        return None
    release = Release.objects.filter(project=project, pk=release_id).first()
    if release is None:
        raise no_such("release")
    return release


class ExportSerializer(serializers.ModelSerializer[Export]):
    job = JobSerializer(allow_null=True)
    filters = serializers.DictField()
    release_label = serializers.SerializerMethodField(help_text="NAME@NUMBER, or null.")
    download_url = serializers.SerializerMethodField(help_text="Null while there is no file.")

    class Meta:
        model = Export
        fields = (
            "id",
            "project",
            "format",
            "content",
            "filters",
            "release",
            "release_label",
            "rows",
            "filename",
            "byte_size",
            "sha256",
            "withdrawn_at",
            "download_url",
            "job",
            "created_at",
            "finished_at",
        )
        read_only_fields = fields

    def get_release_label(self, export: Export) -> str | None:
        return str(export.release) if export.release else None

    def get_download_url(self, export: Export) -> str | None:
        there = export.sha256 and export.withdrawn_at is None
        return f"/api/v1/exports/{export.pk}/download/" if there else None


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
        exports = Export.objects.filter(project=project).select_related("job", "release")
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
        order = NewExport(data=request.query_params.dict()).order(request, project_id)
        return Response(ExportPreview(preview_export(order)).data)


class RowsView(APIView):
    """A project's labels and votes as a stream, for programs that follow them."""

    @extend_schema(
        operation_id="rows_read",
        parameters=[NewExport],
        responses={(200, "application/x-ndjson"): OpenApiTypes.BINARY},
    )
    def get(self, request: Request, project_id: int) -> HttpResponseBase:
        """Stream what an export would hold, one line of JSON a row; `format` must be jsonl."""
        refuse_unknown(request, *NewExport().fields)
        order = NewExport(data=request.query_params.dict()).order(request, project_id)
        if order.format != "jsonl":
            raise Invalid("Rows are streamed as jsonl only.", fields={"format": "jsonl"})
        AuditEvent.record(
            "rows.read",
            actor=caller(request),
            project_id=project_id,
            content=order.content,
            filters=order.as_filters(),
        )
        answer = StreamingHttpResponse(stream_rows(order), content_type="application/x-ndjson")
        answer["Cache-Control"] = "private, no-store"
        return answer


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
        note_pictures_of_export(export=export, user_id=caller(request).pk)
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
    rows = Export.objects.select_related("job", "release")
    return find_in_project(request, rows, export_id, "export", MANAGER)
