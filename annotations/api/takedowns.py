"""Takedowns over HTTP: look at what would go, remove it for good, and see what was removed."""

from __future__ import annotations

from typing import Any, cast

from drf_spectacular.utils import extend_schema
from rest_framework import serializers, status
from rest_framework.generics import GenericAPIView
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from annotations.actions.takedown import Preview, Wanted, preview_takedown, request_takedown
from annotations.actions.takedown_list import lift
from annotations.api.access import MANAGER, dataset_for, no_such, project_for
from annotations.api.task_filters import TaskFilters, filters_of
from annotations.models import Dataset, Takedown
from labelhub.errors import Invalid, NotAllowed
from labelhub.http.caller import caller
from labelhub.http.fields import IdField
from labelhub.jobs.api import JobSerializer

MOST_ITEMS = 100_000


class TakedownSelection(serializers.Serializer[Any]):
    """Which items: by number, by their group, or those that a project's filters name."""

    items = serializers.ListField(child=IdField(), max_length=MOST_ITEMS, required=False)
    group = serializers.CharField(
        max_length=200, required=False, trim_whitespace=False, help_text="Writer, person or page."
    )
    project = IdField(required=False, help_text="With `filters`: the items of its tasks.")
    filters = TaskFilters(required=False)
    everywhere = serializers.BooleanField(
        default=False,
        help_text="Copies of the same bytes in all datasets too; for site administrators.",
    )

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        if sum(name in attrs for name in ("items", "group", "project")) != 1:
            raise serializers.ValidationError("Name items, or a group, or a project with filters.")
        return attrs


class NewTakedown(TakedownSelection):
    reason = serializers.CharField(max_length=500, help_text="Is kept; so without names.")
    expected = serializers.IntegerField(
        min_value=1, help_text="Refused (409) if the selection is not as large."
    )
    confirm = serializers.CharField(
        max_length=200, trim_whitespace=False, help_text="The dataset's name: there is no way back."
    )


class ProjectConcerned(serializers.Serializer[Any]):
    id = serializers.IntegerField()
    name = serializers.CharField()
    tasks = serializers.IntegerField()
    votes = serializers.IntegerField()


class TakedownPreview(serializers.Serializer[Any]):
    items = serializers.IntegerField()
    votes = serializers.IntegerField()
    lines = serializers.IntegerField(help_text="Of the items: lines cut out of chosen pages.")
    shown_on_pages = serializers.IntegerField(
        help_text="Lines among the items whose page stays, and shows them still."
    )
    elsewhere = serializers.IntegerField(help_text="Items of other datasets with the same bytes.")
    projects = ProjectConcerned(many=True)
    releases = serializers.ListField(child=serializers.CharField())
    exports = serializers.IntegerField(help_text="Files of these projects; all of them go.")


class ModelConcerned(serializers.Serializer[Any]):
    """A model version that learned from items which were taken down."""

    project = serializers.IntegerField()
    project_name = serializers.CharField()
    version = serializers.IntegerField()
    items = serializers.IntegerField()


class TakedownFound(serializers.Serializer[Any]):
    projects = ProjectConcerned(many=True, required=False)
    releases = serializers.ListField(child=serializers.CharField(), required=False)
    exports = serializers.IntegerField(required=False)
    models = ModelConcerned(many=True, required=False)


class TakedownDocument(serializers.ModelSerializer[Takedown]):
    found = TakedownFound()
    by = serializers.CharField(source="by.shown_name", allow_null=True, default=None)
    job = JobSerializer(allow_null=True)

    class Meta:
        model = Takedown
        fields = (
            "id",
            "dataset",
            "by",
            "reason",
            "everywhere",
            "expected",
            "removed",
            "votes",
            "found",
            "state",
            "job",
            "created_at",
            "finished_at",
        )
        read_only_fields = fields


class LiftRequest(serializers.Serializer[Any]):
    sha256 = serializers.RegexField(
        r"^[0-9a-f]{64}$", required=False, help_text="One content alone; all of them without it."
    )


class Lifted(serializers.Serializer[Any]):
    lifted = serializers.IntegerField()


class TakedownsView(GenericAPIView[Takedown]):
    """Takedowns of a dataset's items; for whoever may change it."""

    queryset = Takedown.objects.none()
    default_ordering = "-id"
    serializer_class = TakedownDocument

    @extend_schema(operation_id="list_takedowns", responses=TakedownDocument(many=True))
    def get(self, request: Request, id: int) -> Response:
        """List takedowns, newest first."""
        rows = Takedown.objects.filter(dataset=dataset_for(request, id, change=True))
        page = self.paginate_queryset(rows.defer("items").select_related("by", "job")) or []
        return self.get_paginated_response(TakedownDocument(page, many=True).data)

    @extend_schema(operation_id="take_down", request=NewTakedown, responses={202: TakedownDocument})
    def post(self, request: Request, id: int) -> Response:
        """Remove items for good, with files, votes and traces, as a job; there is no way back."""
        dataset = dataset_for(request, id, change=True)
        body = NewTakedown(data=request.data)
        body.is_valid(raise_exception=True)
        values = body.validated_data
        if values["confirm"] != dataset.name:
            raise Invalid(
                "Type the dataset's name to confirm.",
                code="not_confirmed",
                fields={"confirm": "not the dataset's name"},
            )
        takedown = request_takedown(
            dataset=dataset,
            by=caller(request),
            wanted=_wanted(request, dataset, values),
            reason=values["reason"],
            expected=values["expected"],
            everywhere=values["everywhere"],
        )
        return Response(TakedownDocument(takedown).data, status=status.HTTP_202_ACCEPTED)


class TakedownPreviewView(APIView):
    """What a takedown would remove."""

    @extend_schema(
        operation_id="preview_takedown",
        request=TakedownSelection,
        responses=TakedownPreview,
    )
    def post(self, request: Request, id: int) -> Response:
        """Count items, votes, and the projects, releases and exports that hold them."""
        dataset = dataset_for(request, id, change=True)
        body = TakedownSelection(data=request.data)
        body.is_valid(raise_exception=True)
        values = body.validated_data
        wanted = _wanted(request, dataset, values)
        preview = preview_takedown(dataset=dataset, wanted=wanted, everywhere=values["everywhere"])
        return Response(TakedownPreview(_document(preview)).data)


def _document(preview: Preview) -> dict[str, Any]:
    return vars(preview) | {"items": len(preview.items)}


def _wanted(request: Request, dataset: Dataset, values: dict[str, Any]) -> Wanted:
    if "items" in values:
        return Wanted(items=tuple(sorted(set(values["items"]))))
    if "group" in values:
        return Wanted(group=values["group"])
    body = cast(dict[str, Any], request.data)
    project = project_for(request, values["project"], MANAGER)
    if project.dataset_id != dataset.pk:
        raise Invalid("This project is about another dataset.", fields={"project": "other dataset"})
    return Wanted(project=project, filters=filters_of(body.get("filters") or {}))


class TakedownView(APIView):
    """One takedown."""

    @extend_schema(operation_id="get_takedown", responses=TakedownDocument)
    def get(self, request: Request, takedown_id: int) -> Response:
        """Say how far a takedown is, and what held the items."""
        return Response(TakedownDocument(_takedown_for(request, takedown_id)).data)


class TakedownLiftView(APIView):
    """Letting contents come back."""

    @extend_schema(operation_id="lift_takedown", request=LiftRequest, responses=Lifted)
    def post(self, request: Request, takedown_id: int) -> Response:
        """Let contents be imported again; for site administrators. It brings nothing back."""
        takedown = _takedown_for(request, takedown_id)
        if not caller(request).is_admin:
            raise NotAllowed("Only a site administrator may lift a takedown.")
        body = LiftRequest(data=request.data)
        body.is_valid(raise_exception=True)
        sha256 = body.validated_data.get("sha256", "")
        count = lift(takedown=takedown, by=caller(request), sha256=sha256)
        return Response(Lifted({"lifted": count}).data)


def _takedown_for(request: Request, takedown_id: int) -> Takedown:
    user = caller(request)
    row = Takedown.objects.filter(pk=takedown_id).defer("items").select_related("by", "job").first()
    if row is None or (row.dataset_id is None and not user.is_admin):
        raise no_such("takedown")
    if row.dataset_id is not None:
        if not Dataset.objects.for_user(user).filter(pk=row.dataset_id).exists():
            raise no_such("takedown")
        dataset_for(request, row.dataset_id, change=True)
    return row
