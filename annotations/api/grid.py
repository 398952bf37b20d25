"""The grid over HTTP: many small pictures that look alike, confirmed but for the odd ones out."""

from __future__ import annotations

from typing import Any

from django.db.models import Count, F, QuerySet
from drf_spectacular.utils import extend_schema
from rest_framework import serializers, status
from rest_framework.generics import GenericAPIView
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from annotations.actions.grid import KEY_LIMIT, MOST_AT_ONCE, confirm_many, tiles_for
from annotations.api.access import LABELER, project_for
from annotations.media_links import media_url
from annotations.models import Project, Task
from annotations.reports.browse import with_predictions
from labelhub.errors import NotAllowed
from labelhub.http.caller import caller
from labelhub.http.fields import IdField
from labelhub.http.pagination import refuse_unknown

MODEL, CONSENSUS = "model", "consensus"


class GroupsFilter(serializers.Serializer[Any]):
    by = serializers.ChoiceField(
        choices=[MODEL, CONSENSUS],
        default=MODEL,
        help_text="What a model proposes, or, for managers and reviewers, what votes say so far.",
    )


class GridFilter(GroupsFilter):
    label = serializers.CharField(max_length=200)  # type: ignore[assignment]


class GridGroup(serializers.Serializer[Any]):
    label = serializers.CharField()  # type: ignore[assignment]
    count = serializers.IntegerField()


class GridGroups(serializers.Serializer[Any]):
    groups = GridGroup(many=True)


class Tile(serializers.Serializer[Any]):
    task = serializers.IntegerField()
    thumb_url = serializers.CharField()
    filename = serializers.CharField()
    width = serializers.IntegerField()
    height = serializers.IntegerField()


def grid_for(request: Request, project_id: int, by: str) -> Project:
    """Return the project; raises NotAllowed for a labeler who asks what others say."""
    project = project_for(request, project_id)
    if by == CONSENSUS and project.my_role == LABELER:  # type: ignore[attr-defined]
        raise NotAllowed("Labelers do not see what others answered.")
    return project


def _by(project: Project, by: str, rows: QuerySet[Task]) -> tuple[QuerySet[Task], str]:
    """Return rows and the name of what groups them."""
    if by == CONSENSUS:
        return rows, "label"
    rows, said = with_predictions(rows, project)
    return rows, f"{said}predicted"


class GridGroupsView(APIView):
    """What there is to confirm."""

    @extend_schema(
        operation_id="list_grid_groups", parameters=[GroupsFilter], responses={200: GridGroups}
    )
    def get(self, request: Request, project_id: int) -> Response:
        """Count the items that the caller could confirm, by what they are taken to show."""
        project_for(request, project_id)
        refuse_unknown(request, "by")
        by = _checked(GroupsFilter, request)["by"]
        project = grid_for(request, project_id, by)
        rows, column = _by(project, by, tiles_for(project, caller(request)).order_by())
        rows = rows.exclude(**{column: ""})
        rows = rows.filter(**{f"{column}__isnull": False}).annotate(shown=F(column))
        counts = rows.values_list("shown")
        groups = [
            {"label": label, "count": count}
            for label, count in counts.annotate(count=Count("pk")).order_by("-count", "shown")
        ]
        return Response({"groups": groups})


class GridView(GenericAPIView):  # type: ignore[type-arg]
    """The tiles of one group."""

    queryset = Task.objects.none()
    filters = tuple(GridFilter().fields)

    @extend_schema(
        operation_id="list_grid", parameters=[GridFilter], responses={200: Tile(many=True)}
    )
    def get(self, request: Request, project_id: int) -> Response:
        """List the items of one group that the caller could confirm."""
        project_for(request, project_id)  # strangers are told nothing else
        wanted = _checked(GridFilter, request)
        project = grid_for(request, project_id, wanted["by"])
        rows = tiles_for(project, caller(request))
        rows, column = _by(project, wanted["by"], rows)
        rows = rows.filter(**{column: wanted["label"]})
        page = self.paginate_queryset(rows.select_related("item")) or []
        return self.get_paginated_response([_tile(task) for task in page])


class ConfirmRequest(serializers.Serializer[Any]):
    key = serializers.CharField(
        max_length=KEY_LIMIT, help_text="Made by the client once; a repeat keeps nothing twice."
    )
    label = serializers.CharField(max_length=200)  # type: ignore[assignment]
    tasks = serializers.ListField(child=IdField(), min_length=1, max_length=MOST_AT_ONCE)


class LeftTask(serializers.Serializer[Any]):
    task = serializers.IntegerField()
    detail = serializers.CharField()


class ConfirmAnswer(serializers.Serializer[Any]):
    kept = serializers.IntegerField()
    repeated = serializers.IntegerField()
    left = LeftTask(many=True)


class GridConfirmView(APIView):
    """Many votes at once."""

    @extend_schema(
        operation_id="confirm_grid", request=ConfirmRequest, responses={200: ConfirmAnswer}
    )
    def post(self, request: Request, project_id: int) -> Response:
        """Give one label to many items, each as a vote of its own that can be revised."""
        project = project_for(request, project_id)
        wanted = ConfirmRequest(data=request.data)
        wanted.is_valid(raise_exception=True)
        done = confirm_many(project=project, labeler=caller(request), **wanted.validated_data)
        left = [{"task": task, "detail": why} for task, why in done.left.items()]
        return Response(
            {"kept": done.kept, "repeated": done.repeated, "left": left},
            status=status.HTTP_200_OK,
        )


def _tile(task: Task) -> dict[str, Any]:
    item = task.item
    return {
        "task": task.pk,
        "thumb_url": media_url(item.pk, "thumb"),
        "filename": item.filename,
        "width": item.width,
        "height": item.height,
    }


def _checked(filters: type[serializers.Serializer[Any]], request: Request) -> dict[str, Any]:
    wanted = filters(data=request.query_params)
    wanted.is_valid(raise_exception=True)
    return dict(wanted.validated_data)
