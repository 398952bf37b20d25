"""Model versions over HTTP: which there are, which one serves, and going back to an older one."""

from __future__ import annotations

from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.generics import GenericAPIView
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from active_learning.actions.publish import promote_version
from active_learning.api.documents import Holdout, holdout_document
from active_learning.models import ModelVersion
from annotations.api.access import MANAGER, REVIEWER, project_for
from annotations.models import Project
from labelhub.errors import NotFound
from labelhub.http.caller import caller


class VersionDocument(serializers.Serializer[Any]):
    id = serializers.IntegerField()
    project = serializers.IntegerField()
    number = serializers.IntegerField()
    sha256 = serializers.CharField(help_text="Of the artifact; it names the folder.")
    serving = serializers.BooleanField()
    run = serializers.IntegerField()
    recipe = serializers.CharField(help_text="table: its predictions were made elsewhere.")
    name = serializers.CharField(help_text="Of predictions from elsewhere; else empty.")
    trained_on = serializers.CharField(
        help_text="Of predictions from elsewhere: elsewhere, labels or unknown; else empty."
    )
    labels = serializers.IntegerField()
    votes = serializers.IntegerField()
    holdout = Holdout(allow_null=True)
    promotion = serializers.CharField(help_text="Why it was promoted, or why not.")
    created_at = serializers.DateTimeField()


def version_document(version: ModelVersion) -> dict[str, Any]:
    run = version.run
    table = getattr(run, "table", None)
    names = ("number", "sha256", "serving", "created_at")
    return {name: getattr(version, name) for name in names} | {
        "id": version.pk,
        "project": version.project_id,
        "run": run.pk,
        "recipe": run.recipe,
        "name": table.name if table else "",
        "trained_on": table.trained_on if table else "",
        "labels": run.metrics.get("labels", 0),
        "votes": run.votes,
        "holdout": holdout_document(version.metrics),
        "promotion": (run.metrics.get("promotion") or {}).get("reason", ""),
    }


class VersionsView(GenericAPIView):  # type: ignore[type-arg]
    """The model versions of a project."""

    queryset = ModelVersion.objects.none()
    default_ordering = "-id"

    @extend_schema(operation_id="list_versions", responses={200: VersionDocument(many=True)})
    def get(self, request: Request, project_id: int) -> Response:
        """List the versions, newest first; one of them serves."""
        project = project_for(request, project_id, MANAGER, REVIEWER)
        page = self.paginate_queryset(project.model_versions.select_related("run__table")) or []
        return self.get_paginated_response([version_document(version) for version in page])


class PromoteView(APIView):
    """Let a version serve."""

    @extend_schema(operation_id="promote_version", request=None, responses={200: VersionDocument})
    def post(self, request: Request, version_id: int) -> Response:
        """Make this version the serving one, newer or older, and have the queue re-ordered."""
        mine = ModelVersion.objects.filter(project__in=Project.objects.for_user(caller(request)))
        version = mine.select_related("run__table").filter(pk=version_id).first()
        if version is None:
            raise NotFound("There is no such model version, or you may not see it.")
        project_for(request, version.project_id, MANAGER)
        return Response(version_document(promote_version(version=version, by=caller(request))))
