"""The log of originals over HTTP: who was sent which picture, for site administrators."""

from __future__ import annotations

from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.generics import GenericAPIView
from rest_framework.request import Request
from rest_framework.response import Response

from annotations.models import Dataset, Item, OriginalAccess
from labelhub.http.fields import IdField
from labelhub.http.permissions import SiteAdmin

# API name -> lookup.
LOOKUPS = {
    "username": "user__username",
    "item": "item_id",
    "dataset": "dataset_id",
    "since": "at__gte",
    "until": "at__lt",
}


class AccessFilters(serializers.Serializer[Any]):
    username = serializers.CharField(max_length=150, required=False)
    item = IdField(required=False)
    dataset = IdField(required=False)
    since = serializers.DateTimeField(required=False)
    until = serializers.DateTimeField(required=False, help_text="Before this moment.")


class AccessLine(serializers.Serializer[Any]):
    id = serializers.IntegerField()
    at = serializers.DateTimeField()
    user = serializers.CharField(allow_null=True, help_text="Null: the account is gone.")
    dataset = serializers.IntegerField()
    dataset_name = serializers.CharField(allow_null=True, help_text="Null: it is gone.")
    item = serializers.IntegerField(allow_null=True)
    filename = serializers.CharField(allow_null=True)
    export = serializers.IntegerField(allow_null=True, help_text="A file with pictures in it.")
    pictures = serializers.IntegerField()


class AccessesView(GenericAPIView[OriginalAccess]):
    """Who was sent which original; for site administrators."""

    permission_classes = [SiteAdmin]
    queryset = OriginalAccess.objects.none()
    default_ordering = "-id"
    filters = tuple(AccessFilters().fields)

    @extend_schema(
        operation_id="list_accesses",
        parameters=[AccessFilters],
        responses={200: AccessLine(many=True)},
    )
    def get(self, request: Request) -> Response:
        """List what was sent, newest first."""
        wanted = AccessFilters(data=request.query_params.dict())
        wanted.is_valid(raise_exception=True)
        lookups = {LOOKUPS[name]: value for name, value in wanted.validated_data.items()}
        rows = OriginalAccess.objects.filter(**lookups).select_related("user")
        page = self.paginate_queryset(rows) or []
        items = Item.objects.in_bulk([row.item_id for row in page if row.item_id])
        datasets = Dataset.objects.in_bulk({row.dataset_id for row in page})
        return self.get_paginated_response([_line(row, items, datasets) for row in page])


def _line(
    row: OriginalAccess, items: dict[int, Item], datasets: dict[int, Dataset]
) -> dict[str, Any]:
    item = items.get(row.item_id or 0)
    dataset = datasets.get(row.dataset_id)
    return {
        "id": row.pk,
        "at": row.at,
        "user": row.user.username if row.user else None,
        "dataset": row.dataset_id,
        "dataset_name": dataset.name if dataset else None,
        "item": row.item_id,
        "filename": item.filename if item else None,
        "export": row.export_id,
        "pictures": row.pictures,
    }
