"""Imports over HTTP: formats of labels, what labels are kept as, and importing a preview."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from drf_spectacular.utils import extend_schema
from rest_framework import serializers, status
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from annotations.actions.datasets import request_import, request_import_again
from annotations.actions.given_answers import KNOWN, ROLES, ImportOptions
from annotations.actions.import_places import KINDS, find_place, list_places
from annotations.api.access import dataset_for
from annotations.intake.formats import FORMATS
from annotations.task_types import ALL_TASK_TYPES
from labelhub.http.caller import caller
from labelhub.jobs.api import JobSerializer

FORMAT_NAMES = sorted(FORMATS)
OPTIONS = ("format", "role", "source", "task_type")


class ImportChoices(serializers.Serializer[Any]):
    """How labels that come with pictures are read, and as what they are kept."""

    format = serializers.ChoiceField(
        choices=FORMAT_NAMES,
        allow_blank=True,
        default="",
        help_text="Read this format alone; without one, each file is read as what it looks like.",
    )
    role = serializers.ChoiceField(
        choices=ROLES,
        default=KNOWN,
        help_text="known: hidden truth that can become gold; vote: one opinion, of `source`; "
        "proposal: shown, and counted nowhere.",
    )
    source = serializers.CharField(  # type: ignore[assignment]
        max_length=100, allow_blank=True, default="", help_text="Whose labels these are."
    )
    task_type = serializers.ChoiceField(
        choices=sorted(ALL_TASK_TYPES),
        allow_blank=True,
        default="",
        help_text="Keep answers of this kind alone, of files that have several.",
    )

    def as_options(self) -> ImportOptions:
        return ImportOptions(**{name: self.validated_data[name] for name in OPTIONS})


class ImportOrder(ImportChoices):
    """Which previewed upload, and how."""

    preview = serializers.IntegerField(min_value=1, help_text="The job that previewed the files.")
    dry_run = serializers.BooleanField(
        default=False, help_text="Only say again what would happen, with these choices."
    )


class PlaceOrder(ImportChoices):
    """Which folder or bucket, what part of it, and how."""

    kind = serializers.ChoiceField(choices=KINDS)
    name = serializers.CharField(max_length=200, help_text="As `import-places` lists it.")
    path = serializers.CharField(
        max_length=1000, allow_blank=True, default="", help_text="A folder or prefix below it."
    )
    dry_run = serializers.BooleanField(
        default=False, help_text="Only say what would happen; import it later by this preview."
    )


class ImportPlace(serializers.Serializer[Any]):
    kind = serializers.ChoiceField(choices=KINDS)
    name = serializers.CharField()


class ImportPlaces(serializers.Serializer[Any]):
    places = serializers.ListField(child=ImportPlace())
    urls = serializers.BooleanField(help_text="Whether files of lists of addresses are fetched.")


class ImportFormatDocument(serializers.Serializer[Any]):
    name = serializers.CharField()
    title = serializers.CharField()
    task_types = serializers.ListField(child=serializers.CharField())
    automatic = serializers.BooleanField(help_text="False: read only where it is asked for.")


class ImportJob(serializers.Serializer[Any]):
    job = JobSerializer()


class ImportFormatsView(APIView):
    """What can be imported."""

    @extend_schema(
        operation_id="list_import_formats", responses={200: ImportFormatDocument(many=True)}
    )
    def get(self, request: Request) -> Response:
        """List the formats of labels that are read beside pictures."""
        return Response(
            [
                {
                    "name": name,
                    "title": format.title,
                    "task_types": list(format.task_types),
                    "automatic": format.automatic,
                }
                for name, format in FORMATS.items()
            ]
        )


class ImportPlacesView(APIView):
    """Where imports can come from, beside uploads."""

    @extend_schema(operation_id="list_import_places", responses={200: ImportPlaces})
    def get(self, request: Request) -> Response:
        """List the folders and buckets that the operator has opened for imports."""
        document = {"places": list_places(), "urls": settings.IMPORT_URLS}
        return Response(ImportPlaces(document).data)


class PlaceImportsView(APIView):
    """Imports from folders and buckets."""

    @extend_schema(operation_id="import_place", request=PlaceOrder, responses={202: ImportJob})
    def post(self, request: Request, id: int) -> Response:
        """Import, or preview, what lies in a folder on the server or in a bucket."""
        dataset = dataset_for(request, id, change=True)
        order = PlaceOrder(data=request.data)
        order.is_valid(raise_exception=True)
        asked = order.validated_data
        job = request_import(
            dataset=dataset,
            by=caller(request),
            place=find_place(asked["kind"], asked["name"], asked["path"]),
            options=order.as_options(),
            preview=asked["dry_run"],
        )
        return Response({"job": JobSerializer(job).data}, status=status.HTTP_202_ACCEPTED)


class ImportsView(APIView):
    """Uploads that were previewed."""

    @extend_schema(operation_id="import_preview", request=ImportOrder, responses={202: ImportJob})
    def post(self, request: Request, id: int) -> Response:
        """Import the files of a preview, or preview them again with other choices."""
        dataset = dataset_for(request, id, change=True)
        order = ImportOrder(data=request.data)
        order.is_valid(raise_exception=True)
        job = request_import_again(
            dataset=dataset,
            by=caller(request),
            job_id=order.validated_data["preview"],
            options=order.as_options(),
            preview=order.validated_data["dry_run"],
        )
        return Response({"job": JobSerializer(job).data}, status=status.HTTP_202_ACCEPTED)
