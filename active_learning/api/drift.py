"""Drift over HTTP: imports of a dataset that look unlike what its projects have labeled."""

from __future__ import annotations

from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from active_learning.actions.drift import Drift, drifts_of
from annotations.api.access import dataset_for
from labelhub.http.caller import caller


class DriftDocument(serializers.Serializer[Any]):
    project = serializers.IntegerField()
    name = serializers.CharField(help_text="Of the project.")
    job = serializers.IntegerField(allow_null=True, help_text="The import; null: not by one.")
    at = serializers.DateTimeField(allow_null=True)
    items = serializers.IntegerField()
    flagged = serializers.IntegerField()
    share = serializers.FloatField()
    usual = serializers.FloatField(help_text="Of clean pictures, the share that is flagged.")


def drift_document(drift: Drift) -> dict[str, Any]:
    names = ("job", "at", "items", "flagged", "share", "usual")
    project = {"project": drift.project.pk, "name": drift.project.name}
    return project | {name: getattr(drift, name) for name in names}


class DriftsView(APIView):
    """Alarms about imports."""

    @extend_schema(operation_id="list_drifts", responses={200: DriftDocument(many=True)})
    def get(self, request: Request, id: int) -> Response:
        """List the imports that drift, in projects that the caller leads, until looked at."""
        dataset = dataset_for(request, id)
        return Response([drift_document(drift) for drift in drifts_of(dataset, caller(request))])
