"""Datasets over HTTP: make, describe, fill, look through, delete."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.core.exceptions import SuspiciousOperation, TooManyFilesSent
from django.db.models import Prefetch, QuerySet
from django.http import HttpRequest
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema, inline_serializer
from rest_framework import serializers, status
from rest_framework.generics import GenericAPIView
from rest_framework.parsers import MultiPartParser
from rest_framework.request import Request
from rest_framework.response import Response

from annotations.actions.datasets import (
    change_dataset,
    create_dataset,
    request_deletion,
    request_import,
)
from annotations.actions.given_answers import ROLES
from annotations.api.access import dataset_for
from annotations.api.imports import ImportChoices
from annotations.api.item_pictures import item_for
from annotations.api.uploads import SpoolHandler
from annotations.media_links import media_url, original_url
from annotations.models import Dataset, Item, Project
from labelhub.errors import BadQuery, Invalid
from labelhub.http.caller import caller
from labelhub.jobs.api import JobSerializer
from labelhub.storage import TooLarge


class DatasetDescription(serializers.Serializer[Any]):
    """What its owner says of a dataset."""

    name = serializers.CharField(max_length=200)
    description = serializers.CharField(
        max_length=20_000, allow_blank=True, trim_whitespace=False, default=""
    )
    kind = serializers.ChoiceField(choices=Dataset.Kind.choices, default=Dataset.Kind.OTHER)
    licence = serializers.CharField(max_length=200, allow_blank=True, default="")
    source = serializers.CharField(max_length=500, allow_blank=True, default="")  # type: ignore[assignment]


class DatasetProject(serializers.Serializer[Any]):
    id = serializers.IntegerField()
    name = serializers.CharField()


class DatasetDocument(DatasetDescription):
    id = serializers.IntegerField()
    item_count = serializers.IntegerField()
    created_at = serializers.DateTimeField()
    projects = DatasetProject(many=True, help_text="Those of its projects that the caller sees.")


class DatasetDetail(DatasetDocument):
    splits = serializers.ListField(child=serializers.CharField(allow_blank=True))
    may_change = serializers.BooleanField()


class ItemDocument(serializers.Serializer[Any]):
    id = serializers.IntegerField()
    filename = serializers.CharField()
    path = serializers.CharField(help_text="Where it lay in the import that brought it.")
    width = serializers.IntegerField(help_text="Pixels, as shown: after EXIF orientation.")
    height = serializers.IntegerField()
    split = serializers.CharField(allow_blank=True)
    group = serializers.CharField(allow_blank=True)
    metadata = serializers.DictField()
    thumb_url = serializers.CharField(help_text="Ends within minutes.")
    image_url = serializers.CharField()
    created_at = serializers.DateTimeField()


class ItemDetail(ItemDocument):
    dataset = serializers.IntegerField()
    sha256 = serializers.CharField(help_text="Of the uploaded file.")
    media_type = serializers.CharField(help_text="Of the uploaded file.")
    byte_size = serializers.IntegerField()
    original_url = serializers.CharField(
        allow_null=True, help_text="The uploaded file; for whoever may change the dataset."
    )


UPLOAD_FORM = {
    "multipart/form-data": {
        "type": "object",
        "required": ["files"],
        "properties": {
            "files": {
                "type": "array",
                "items": {"type": "string", "format": "binary"},
                "description": "Pictures, archives (ZIP, tar) and a labels.csv, in any mixture.",
            },
            "paths": {
                "type": "string",
                "description": "JSON list with the path of each file, in their order; "
                "by these the rows of a labels.csv find their pictures.",
            },
            "preview": {
                "type": "boolean",
                "description": "Only say what would happen; the files are kept for a day, so that "
                "POST datasets/{id}/imports/ can import them.",
            },
            "format": {"type": "string", "description": "Read this format of labels alone."},
            "role": {
                "type": "string",
                "enum": list(ROLES),
                "description": "What labels in the files are kept as.",
            },
            "source": {"type": "string", "description": "Whose labels these are."},
            "task_type": {"type": "string", "description": "Keep answers of this kind alone."},
        },
    }
}
JOB_STARTED = inline_serializer("ImportStarted", {"job": JobSerializer()})


class UploadChoices(ImportChoices):
    """What comes with the files of an upload."""

    preview = serializers.BooleanField(default=False)


def dataset_document(dataset: Dataset) -> dict[str, Any]:
    columns = ("name", "description", "kind", "licence", "source", "item_count", "created_at")
    return {name: getattr(dataset, name) for name in columns} | {
        "id": dataset.pk,
        "projects": [{"id": row.pk, "name": row.name} for row in dataset.projects.all()],
    }


def item_document(item: Item) -> dict[str, Any]:
    columns = ("filename", "path", "width", "height", "split", "group", "metadata", "created_at")
    return {name: getattr(item, name) for name in columns} | {
        "id": item.pk,
        "thumb_url": media_url(item.pk, "thumb"),
        "image_url": media_url(item.pk, "screen"),
    }


def _with_projects(request: Request, datasets: QuerySet[Dataset]) -> QuerySet[Dataset]:
    seen = Project.objects.for_user(caller(request)).only("id", "name", "dataset_id")
    return datasets.prefetch_related(Prefetch("projects", queryset=seen.order_by("pk")))


class DatasetsView(GenericAPIView[Dataset]):
    """The datasets that the caller may see."""

    queryset = Dataset.objects.none()
    default_ordering = "-id"

    @extend_schema(operation_id="list_datasets", responses={200: DatasetDocument(many=True)})
    def get(self, request: Request) -> Response:
        """List datasets, newest first: one's own, and those of projects that one manages."""
        rows = _with_projects(request, Dataset.objects.for_user(caller(request)))
        page = self.paginate_queryset(rows) or []
        return self.get_paginated_response([dataset_document(dataset) for dataset in page])

    @extend_schema(
        operation_id="create_dataset",
        request=DatasetDescription,
        responses={201: DatasetDetail},
    )
    def post(self, request: Request) -> Response:
        """Make an empty dataset."""
        wanted = DatasetDescription(data=request.data)
        wanted.is_valid(raise_exception=True)
        dataset = create_dataset(by=caller(request), **wanted.validated_data)
        return Response(_detail(request, dataset.pk), status=status.HTTP_201_CREATED)


class DatasetDetailView(GenericAPIView[Dataset]):
    """One dataset."""

    @extend_schema(operation_id="get_dataset", responses={200: DatasetDetail})
    def get(self, request: Request, id: int) -> Response:
        """Return a dataset, the splits of its items and the projects on it."""
        return Response(_detail(request, id))

    @extend_schema(
        operation_id="change_dataset",
        request=DatasetDescription(partial=True),
        responses={200: DatasetDetail},
    )
    def patch(self, request: Request, id: int) -> Response:
        """Change the description."""
        dataset = dataset_for(request, id, change=True)
        wanted = DatasetDescription(data=request.data, partial=True)
        wanted.is_valid(raise_exception=True)
        change_dataset(dataset=dataset, by=caller(request), **wanted.validated_data)
        return Response(_detail(request, id))

    @extend_schema(operation_id="delete_dataset", responses={202: JOB_STARTED, 204: None})
    def delete(self, request: Request, id: int) -> Response:
        """Delete a dataset with its items and files, a large one as a job (202).

        Refused (409) while projects use it.
        """
        dataset = dataset_for(request, id, change=True)
        job = request_deletion(dataset=dataset, by=caller(request))
        if job is None:
            return Response(status=status.HTTP_204_NO_CONTENT)
        return Response({"job": JobSerializer(job).data}, status=status.HTTP_202_ACCEPTED)


def _detail(request: Request, dataset_id: int) -> dict[str, Any]:
    seen = dataset_for(request, dataset_id)
    dataset = _with_projects(request, Dataset.objects.filter(pk=seen.pk)).get()
    splits = Item.objects.filter(dataset=dataset).order_by("split").values_list("split", flat=True)
    return dataset_document(dataset) | {
        "splits": list(splits.distinct()),
        "may_change": dataset.may_be_changed_by(caller(request)),
    }


class ItemsView(GenericAPIView[Item]):
    """The items of a dataset."""

    queryset = Item.objects.none()
    filters = ("split", "group", "search")
    # Never both: what is not multipart goes on to the usual answer for an unknown content type.
    parser_classes = (MultiPartParser,)

    def initialize_request(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Request:
        # Before anything reads the body, which even the CSRF check does where no header is sent.
        self.spool = SpoolHandler(request, max_bytes=settings.UPLOAD_MAX_BYTES)
        request.upload_handlers = [self.spool]
        return super().initialize_request(request, *args, **kwargs)

    def handle_exception(self, exc: Exception) -> Response:
        self.spool.discard()
        return super().handle_exception(exc)

    @extend_schema(
        operation_id="list_items",
        parameters=[
            OpenApiParameter("split", OpenApiTypes.STR),
            OpenApiParameter("group", OpenApiTypes.STR),
            OpenApiParameter("search", OpenApiTypes.STR, description="Part of the file name."),
        ],
        responses={200: ItemDocument(many=True)},
    )
    def get(self, request: Request, id: int) -> Response:
        """List a dataset's items in the order in which they came."""
        dataset = dataset_for(request, id)
        page = self.paginate_queryset(_filtered(request, dataset)) or []
        return self.get_paginated_response([item_document(item) for item in page])

    @extend_schema(operation_id="upload_items", request=UPLOAD_FORM, responses={202: JOB_STARTED})
    def post(self, request: Request, id: int) -> Response:
        """Upload pictures, archives and a labels.csv; a job reads them and reports on each file."""
        dataset = dataset_for(request, id, change=True)
        form = _form(request)
        choices = UploadChoices(data={n: form[n] for n in UploadChoices().fields if n in form})
        choices.is_valid(raise_exception=True)
        upload = self.spool.finish(str(form.get("paths", "")))
        job = request_import(
            dataset=dataset,
            by=caller(request),
            upload=upload,
            options=choices.as_options(),
            preview=choices.validated_data["preview"],
        )
        return Response({"job": JobSerializer(job).data}, status=status.HTTP_202_ACCEPTED)


def _form(request: Request) -> Any:
    """Return the fields of a multipart request; its files are on disk by then."""
    try:
        return request.data
    except TooManyFilesSent as error:
        most = settings.DATA_UPLOAD_MAX_NUMBER_FILES
        raise TooLarge(
            f"A request may hold {most:,} files; send a ZIP, or the files in parts."
        ) from error
    except SuspiciousOperation as error:
        raise Invalid(f"The form cannot be read: {error}", code="bad_form") from error


def _filtered(request: Request, dataset: Dataset) -> QuerySet[Item]:
    items = Item.objects.filter(dataset=dataset)
    for name, lookup in (("split", "split"), ("group", "group"), ("search", "filename__icontains")):
        value = request.query_params.get(name)
        if value is None:
            continue
        if "\0" in value or len(value) > 255:
            raise BadQuery(f"{name} is not a text that can be looked for.", code=f"bad_{name}")
        if value or name != "search":
            items = items.filter(**{lookup: value})
    return items


class ItemDetailView(GenericAPIView[Item]):
    """One item."""

    @extend_schema(operation_id="get_item", responses={200: ItemDetail})
    def get(self, request: Request, id: int) -> Response:
        """Return an item; its original for whoever may change the dataset."""
        item = item_for(request, id)
        original = item.dataset.may_be_changed_by(caller(request))
        return Response(
            item_document(item)
            | {
                "dataset": item.dataset_id,
                "sha256": item.sha256,
                "media_type": item.media_type,
                "byte_size": item.byte_size,
                "original_url": original_url(item.pk, caller(request).pk) if original else None,
            }
        )
