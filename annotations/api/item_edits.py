"""Tags and metadata over HTTP: which tags there are, and edits of many items at once."""

from __future__ import annotations

from typing import Any, cast

from drf_spectacular.utils import extend_schema
from rest_framework import serializers, status
from rest_framework.generics import GenericAPIView
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from annotations.actions.edit_items import Change, Selection, request_edit, request_undo
from annotations.api.access import MANAGER, REVIEWER, dataset_for, no_such, project_for
from annotations.api.task_filters import TaskFilters, filters_of
from annotations.models import Dataset, ItemEdit, Tag
from labelhub.errors import Invalid
from labelhub.http.caller import caller
from labelhub.http.fields import FiniteFloatField, IdField
from labelhub.jobs.api import JobSerializer

MOST_ITEMS = 100_000
MOST_NAMES = 20


class TagDocument(serializers.Serializer[Any]):
    name = serializers.CharField()
    item_count = serializers.IntegerField()


class MetadataField(serializers.DictField):
    """Texts, numbers and yes or no by key."""

    def to_internal_value(self, data: Any) -> dict[str, Any]:
        values = super().to_internal_value(data)
        if len(values) > MOST_NAMES:
            raise serializers.ValidationError(f"At most {MOST_NAMES} keys at once.")
        for key, value in values.items():
            if not 1 <= len(key) <= 60:
                raise serializers.ValidationError("A key has 1 to 60 characters.")
            self._check(value)
        return values

    def _check(self, value: Any) -> None:
        if isinstance(value, bool):
            return
        if isinstance(value, int | float):
            FiniteFloatField().run_validation(value)
        elif not isinstance(value, str) or len(value) > 1_000:
            raise serializers.ValidationError("A value is a text, a number, true or false.")


def _names(help_text: str) -> serializers.ListField:
    return serializers.ListField(
        child=serializers.CharField(max_length=60),
        max_length=MOST_NAMES,
        default=list,
        help_text=help_text,
    )


class NewEdit(serializers.Serializer[Any]):
    """What to change on which items: those named, or those that a project's filters name."""

    items = serializers.ListField(child=IdField(), max_length=MOST_ITEMS, required=False)
    project = IdField(required=False, help_text="With `filters`: the items of its tasks.")
    filters = TaskFilters(required=False)
    expected = serializers.IntegerField(
        min_value=0, required=False, help_text="Refused (409) if the selection is not as large."
    )
    add_tags = _names("Put on each item.")
    remove_tags = _names("Taken off each item.")
    set_metadata = MetadataField(default=dict)
    unset_metadata = _names("Keys that go.")

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        if ("items" in attrs) == ("project" in attrs):
            raise serializers.ValidationError("Name either items, or a project with filters.")
        return attrs


class EditDocument(serializers.ModelSerializer[ItemEdit]):
    change = serializers.DictField()
    by = serializers.CharField(source="by.shown_name", allow_null=True, default=None)
    job = JobSerializer(allow_null=True)

    class Meta:
        model = ItemEdit
        fields = ("id", "dataset", "change", "state", "expected", "changed", "by", "job",
                  "created_at")  # fmt: skip
        read_only_fields = fields


class DatasetTagsView(APIView):
    """The tags of a dataset."""

    @extend_schema(operation_id="list_tags", responses=TagDocument(many=True))
    def get(self, request: Request, id: int) -> Response:
        """List the tags that items of the dataset have, with how many of them."""
        tags = Tag.objects.filter(dataset=dataset_for(request, id), item_count__gt=0)
        return Response(TagDocument(tags.order_by("name")[:1_000], many=True).data)


class DatasetEditsView(GenericAPIView[ItemEdit]):
    """Edits of a dataset's items."""

    queryset = ItemEdit.objects.none()
    default_ordering = "-id"
    serializer_class = EditDocument

    @extend_schema(operation_id="list_item_edits", responses=EditDocument(many=True))
    def get(self, request: Request, id: int) -> Response:
        """List edits of tags and metadata, newest first."""
        rows = ItemEdit.objects.filter(dataset=dataset_for(request, id))
        page = self.paginate_queryset(rows.defer("selection").select_related("by", "job")) or []
        return self.get_paginated_response(EditDocument(page, many=True).data)

    @extend_schema(operation_id="edit_items", request=NewEdit, responses={201: EditDocument})
    def post(self, request: Request, id: int) -> Response:
        """Change tags and metadata of many items; more than 1,000 as a job (see `job`)."""
        dataset = dataset_for(request, id, change=True)
        wanted = NewEdit(data=request.data)
        wanted.is_valid(raise_exception=True)
        values = wanted.validated_data
        edit = request_edit(
            dataset=dataset,
            by=caller(request),
            change=Change(
                add_tags=sorted(set(values["add_tags"])),
                remove_tags=sorted(set(values["remove_tags"])),
                set_metadata=values["set_metadata"],
                unset_metadata=sorted(set(values["unset_metadata"])),
            ),
            selection=_selection(request, dataset, values),
            expected=values.get("expected"),
        )
        return Response(EditDocument(edit).data, status=status.HTTP_201_CREATED)


def _selection(request: Request, dataset: Dataset, values: dict[str, Any]) -> Selection:
    if "items" in values:
        return Selection(items=tuple(sorted(set(values["items"]))))
    body = cast(dict[str, Any], request.data)
    project = project_for(request, values["project"], MANAGER, REVIEWER)
    if project.dataset_id != dataset.pk:
        raise Invalid("This project is about another dataset.", fields={"project": "other dataset"})
    return Selection(project=project, filters=filters_of(body.get("filters") or {}))


class ItemEditView(APIView):
    """One edit."""

    @extend_schema(operation_id="get_item_edit", responses=EditDocument)
    def get(self, request: Request, edit_id: int) -> Response:
        """Say how far an edit is."""
        return Response(EditDocument(_edit_for(request, edit_id)).data)


class ItemEditUndoView(APIView):
    """Taking an edit back."""

    @extend_schema(operation_id="undo_item_edit", request=None, responses=EditDocument)
    def post(self, request: Request, edit_id: int) -> Response:
        """Restore tags and metadata as they were; what was changed again since stays."""
        edit = _edit_for(request, edit_id, change=True)
        return Response(EditDocument(request_undo(edit=edit, by=caller(request))).data)


def _edit_for(request: Request, edit_id: int, *, change: bool = False) -> ItemEdit:
    edit = ItemEdit.objects.filter(pk=edit_id).select_related("by", "job").first()
    if edit is None or not Dataset.objects.for_user(caller(request)).filter(pk=edit.dataset_id):
        raise no_such("edit")
    dataset_for(request, edit.dataset_id, change=change)
    return edit
