"""Saved views over HTTP: filters and an order of a project's items, under a name."""

from __future__ import annotations

from typing import Any

from django.db import IntegrityError, transaction
from drf_spectacular.utils import extend_schema
from rest_framework import serializers, status
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from annotations.api.access import MANAGER, REVIEWER, find_in_project, project_for
from annotations.api.task_filters import TaskFilters, filters_of
from annotations.models import Project, SavedView
from annotations.reports.browse import ORDERS
from labelhub.errors import Conflict, Invalid, NotAllowed
from labelhub.http.caller import caller

MOST_VIEWS = 200


class QueryField(serializers.DictField):
    """Filters of the items page and its `ordering`, as texts: what stands in its address."""

    child = serializers.CharField(max_length=200, allow_blank=True, trim_whitespace=False)

    def to_internal_value(self, data: Any) -> dict[str, str]:
        given: dict[str, str] = super().to_internal_value(data)
        unknown = given.keys() - TaskFilters().fields.keys() - {"ordering"}
        if unknown:
            raise serializers.ValidationError(f"There is no filter {sorted(unknown)[0]!r}.")
        if given.get("ordering", "id").removeprefix("-") not in {"id", *ORDERS}:
            raise serializers.ValidationError("There is no such order.")
        filters_of(given)
        return given


class ViewChange(serializers.Serializer[Any]):
    name = serializers.CharField(max_length=80)
    query = QueryField(help_text="Filters and `ordering` as in the address of the items page.")


class ViewDocument(serializers.Serializer[Any]):
    id = serializers.IntegerField()
    name = serializers.CharField()
    query = serializers.DictField(child=serializers.CharField(allow_blank=True))
    created_by = serializers.CharField(
        source="created_by.shown_name", allow_null=True, default=None
    )
    may_change = serializers.BooleanField(help_text="Its maker and managers may.")
    created_at = serializers.DateTimeField()


class ViewsView(APIView):
    """The saved views of a project."""

    @extend_schema(operation_id="list_views", responses=ViewDocument(many=True))
    def get(self, request: Request, project_id: int) -> Response:
        """List the views that anybody who reviews or manages the project has saved."""
        project = project_for(request, project_id, MANAGER, REVIEWER)
        rows = SavedView.objects.filter(project=project).select_related("created_by")
        return Response([_document(request, project, row) for row in rows.order_by("name")])

    @extend_schema(operation_id="save_view", request=ViewChange, responses={201: ViewDocument})
    def post(self, request: Request, project_id: int) -> Response:
        """Save a view under a name that no other view of the project has."""
        project = project_for(request, project_id, MANAGER, REVIEWER)
        wanted = ViewChange(data=request.data)
        wanted.is_valid(raise_exception=True)
        if SavedView.objects.filter(project=project).count() >= MOST_VIEWS:
            raise Invalid(f"A project has at most {MOST_VIEWS} views; delete one first.")
        view = SavedView(project=project, created_by=caller(request), **wanted.validated_data)
        return Response(_document(request, project, _save(view)), status=status.HTTP_201_CREATED)


class ViewDetailView(APIView):
    """One saved view."""

    @extend_schema(
        operation_id="change_view", request=ViewChange(partial=True), responses=ViewDocument
    )
    def patch(self, request: Request, view_id: int) -> Response:
        """Give a view another name, or other filters."""
        view = _view_for(request, view_id)
        wanted = ViewChange(data=request.data, partial=True)
        wanted.is_valid(raise_exception=True)
        for name, value in wanted.validated_data.items():
            setattr(view, name, value)
        return Response(_document(request, view.project, _save(view)))

    @extend_schema(operation_id="delete_view", responses={204: None})
    def delete(self, request: Request, view_id: int) -> Response:
        """Delete a view; the items are not touched."""
        _view_for(request, view_id).delete()
        return Response(status=status.HTTP_204_NO_CONTENT)


def _save(view: SavedView) -> SavedView:
    try:
        with transaction.atomic():
            view.save()
    except IntegrityError:
        raise Conflict(
            f"There is a view called {view.name!r} already.", code="name_taken"
        ) from None
    return view


def _may_change(request: Request, project: Project, view: SavedView) -> bool:
    role = getattr(project, "my_role", None)
    return role == MANAGER or caller(request).is_admin or view.created_by_id == caller(request).pk


def _view_for(request: Request, view_id: int) -> SavedView:
    rows = SavedView.objects.select_related("created_by")
    view = find_in_project(request, rows, view_id, "view", MANAGER, REVIEWER)
    if not _may_change(request, view.project, view):
        raise NotAllowed("Only its maker or a manager may change a view.")
    return view


def _document(request: Request, project: Project, view: SavedView) -> dict[str, Any]:
    view.may_change = _may_change(request, project, view)  # type: ignore[attr-defined]
    return dict(ViewDocument(view).data)
