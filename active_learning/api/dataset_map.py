"""The map of a dataset over HTTP: its points as one binary document, and what colours them."""

from __future__ import annotations

import base64
from typing import Any

from django.http import HttpResponse
from django.utils.http import parse_etags
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiResponse, extend_schema
from rest_framework import serializers, status
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from active_learning.actions.dataset_map import (
    colours_of,
    map_files,
    map_key,
    request_map,
    values_by,
)
from active_learning.models import DatasetMap
from annotations.api.access import MANAGER, REVIEWER, dataset_for, project_for
from annotations.models import Dataset, Project
from labelhub.errors import Invalid, NotFound
from labelhub.http.caller import caller
from labelhub.http.fields import IdField
from labelhub.http.pagination import refuse_unknown
from labelhub.jobs.api import JobSerializer
from labelhub.jobs.models import Job

Document = serializers.Serializer[Any]
OF_ITEMS = ("split", "group", "import")
OF_TASKS = ("label", "status", "predicted")


class MapDocument(Document):
    made_at = serializers.DateTimeField(allow_null=True, help_text="Null before the first time.")
    sha256 = serializers.CharField(help_text="Of the points; empty while there are none.")
    items = serializers.IntegerField()
    skipped = serializers.IntegerField(help_text="Images without features when it was drawn.")
    newer = serializers.BooleanField(help_text="Images came since that are not on it.")
    drawing = serializers.BooleanField()
    error = serializers.CharField(help_text="Why it could not be drawn; empty if it could.")


class ColourDocument(Document):
    map = serializers.CharField(help_text="The points that these belong to, by their sha256.")
    names = serializers.ListField(child=serializers.CharField())
    counts = serializers.ListField(child=serializers.IntegerField())
    codes = serializers.CharField(
        help_text="Base64 of one byte per point: the place of its name, 254 any other, 255 none."
    )


class ColourChoice(Document):
    by = serializers.ChoiceField(choices=[*OF_ITEMS, *OF_TASKS])
    project = IdField(required=False, help_text="For label, status and predicted.")

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        if attrs["by"] in OF_TASKS and "project" not in attrs:
            raise serializers.ValidationError({"project": "Name the project whose answers count."})
        return attrs


class MapView(APIView):
    """The map of a dataset."""

    @extend_schema(operation_id="get_map", responses={200: MapDocument})
    def get(self, request: Request, id: int) -> Response:
        """Return when the map was drawn, and whether it is being drawn now."""
        return Response(_document(dataset_for(request, id)))

    @extend_schema(operation_id="draw_map", request=None, responses={202: JobSerializer})
    def post(self, request: Request, id: int) -> Response:
        """Draw the map anew, as a job."""
        job = request_map(dataset=dataset_for(request, id), by=caller(request))
        return Response(JobSerializer(job).data, status=status.HTTP_202_ACCEPTED)


def _document(dataset: Dataset) -> dict[str, Any]:
    row = _map_of(dataset)
    last = Job.objects.filter(dedupe_key=map_key(dataset.pk)).order_by("pk").last()
    failed = last is not None and last.state == Job.State.FAILED
    return {
        "made_at": row.made_at if row else None,
        "sha256": row.sha256 if row else "",
        "items": row.items if row else 0,
        "skipped": row.skipped if row else 0,
        "newer": row is not None and dataset.items.filter(pk__gt=row.last_item).exists(),
        "drawing": last is not None and not last.finished,
        "error": str((last.error or {}).get("detail", "")) if failed and last else "",
    }


def _map_of(dataset: Dataset) -> DatasetMap | None:
    """Return the map, unless its file is gone, as after a restore of a backup."""
    row = DatasetMap.objects.filter(pk=dataset.pk).first()
    return row if row is not None and map_files(dataset.pk).exists(row.sha256) else None


def _points(dataset: Dataset) -> tuple[DatasetMap, bytes]:
    row = _map_of(dataset)
    if row is None:
        raise NotFound("No map of this dataset has been drawn yet.", code="no_map")
    return row, map_files(dataset.pk).read(row.sha256)


class MapPointsView(APIView):
    """The points of the map."""

    @extend_schema(
        operation_id="get_map_points",
        responses={
            (200, "application/octet-stream"): OpenApiResponse(OpenApiTypes.BINARY),
            304: None,
        },
    )
    def get(self, request: Request, id: int) -> HttpResponse:
        """Return all points: n items as float64, then n pairs of uint16, little-endian.

        n is the length by 12; x grows to the right and y downwards, 0 to 65,535.
        """
        row, points = _points(dataset_for(request, id))
        etag = f'"{row.sha256}"'
        known = etag in parse_etags(request.headers.get("If-None-Match", ""))
        answer = HttpResponse(status=304) if known else HttpResponse(points)
        answer["Content-Type"] = "application/octet-stream"
        answer["ETag"] = etag
        answer["Cache-Control"] = "private, no-cache"
        answer["X-Content-Type-Options"] = "nosniff"
        return answer


class MapColoursView(APIView):
    """What colours the points."""

    @extend_schema(
        operation_id="get_map_colours", parameters=[ColourChoice], responses={200: ColourDocument}
    )
    def get(self, request: Request, id: int) -> Response:
        """Return a code for each point, in their order, and the names of the codes.

        By split, group or import of the items; or by consensus label, status or what the model
        proposes in a project that the caller manages or reviews.
        """
        dataset = dataset_for(request, id)
        refuse_unknown(request, "by", "project")
        wanted = ColourChoice(data=request.query_params)
        wanted.is_valid(raise_exception=True)
        what = wanted.validated_data["by"]
        row, points = _points(dataset)
        project = _project(request, dataset, wanted.validated_data.get("project"))
        found = colours_of(points, values_by(what, dataset, project))
        codes = base64.b64encode(found.codes).decode()
        names = {"names": found.names, "counts": found.counts}
        return Response({"map": row.sha256, "codes": codes} | names)


def _project(request: Request, dataset: Dataset, project_id: int | None) -> Project | None:
    if project_id is None:
        return None
    project = project_for(request, project_id, MANAGER, REVIEWER)
    if project.dataset_id != dataset.pk:
        raise Invalid("This project is about another dataset.", fields={"project": "other dataset"})
    return project
