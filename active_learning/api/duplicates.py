"""Duplicates over HTTP: groups of items that show the same, and what is to be done about them."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.db.models import Count, Q
from drf_spectacular.utils import extend_schema
from rest_framework import serializers, status
from rest_framework.generics import GenericAPIView
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from active_learning.actions.duplicate_decisions import keep_one, reopen_group, say_distinct
from active_learning.actions.duplicates import request_search, search_key
from active_learning.models import DuplicateGroup, DuplicateMember, DuplicateReport
from annotations.api.access import dataset_for, no_such
from annotations.api.datasets import ItemDocument, item_document
from annotations.models import Dataset
from labelhub.http.caller import caller
from labelhub.http.fields import IdField
from labelhub.jobs.api import JobSerializer
from labelhub.jobs.models import Job

Document = serializers.Serializer[Any]
SHOWN = 24  # members of a group in the list


class DuplicateDocument(Document):
    item = ItemDocument()
    byte_size = serializers.IntegerField()
    media_type = serializers.CharField()
    likeness = serializers.FloatField(
        help_text="Correlation with the member that is most like it, at most 1."
    )
    same_pixels = serializers.BooleanField(
        help_text="Another member has exactly the same pixels, in another file."
    )


class DuplicateGroupDocument(Document):
    id = serializers.IntegerField()
    kind = serializers.ChoiceField(
        choices=DuplicateGroup.Kind.choices,
        help_text="pixels: all members have exactly the same pixels.",
    )
    state = serializers.ChoiceField(choices=DuplicateGroup.State.choices)
    size = serializers.IntegerField()
    likeness = serializers.FloatField(help_text="Of the member that is least like the others.")
    members = DuplicateDocument(
        many=True, help_text=f"At most {SHOWN}; the one that might be kept comes first."
    )
    keep = serializers.IntegerField(allow_null=True, help_text="The item that was kept.")
    tasks_set_aside = serializers.IntegerField()
    decided_by = serializers.CharField()
    decided_at = serializers.DateTimeField(allow_null=True)


class DuplicateReportDocument(Document):
    made_at = serializers.DateTimeField(allow_null=True, help_text="Null before the first time.")
    items = serializers.IntegerField(help_text="Images that were compared.")
    skipped = serializers.IntegerField(help_text="Images that could not be read.")
    bound = serializers.FloatField(
        help_text="How far apart copies of this dataset's own images are: 1 less a correlation."
    )
    searching = serializers.BooleanField()
    failed = serializers.BooleanField(help_text="The last search did not end well.")
    pixels = serializers.IntegerField(help_text="Open groups of exactly the same pixels.")
    near = serializers.IntegerField(help_text="Open groups of nearly the same pixels.")
    kept = serializers.IntegerField()
    distinct = serializers.IntegerField()
    may_change = serializers.BooleanField()


class DuplicateFilters(Document):
    state = serializers.ChoiceField(choices=DuplicateGroup.State.choices, default="open")
    kind = serializers.ChoiceField(choices=DuplicateGroup.Kind.choices, required=False)


class Keep(Document):
    item = IdField(help_text="The member to keep.")


class DuplicatesView(GenericAPIView):  # type: ignore[type-arg]
    """Items that are there more than once."""

    queryset = DuplicateGroup.objects.none()
    filters = ("state", "kind")
    ordering_fields = {"likeness": "-apart"}
    default_ordering = "-likeness"

    @extend_schema(
        operation_id="list_duplicates",
        parameters=[DuplicateFilters],
        responses={200: DuplicateGroupDocument(many=True)},
    )
    def get(self, request: Request, id: int) -> Response:
        """List groups of items that show the same, the most alike first.

        Files of the same bytes are never taken twice, so there are none; these have the same
        pixels, or nearly so.
        """
        dataset = dataset_for(request, id)
        wanted = DuplicateFilters(data=request.query_params)
        wanted.is_valid(raise_exception=True)
        rows = DuplicateGroup.objects.filter(dataset=dataset, **wanted.validated_data)
        page = self.paginate_queryset(rows.select_related("decided_by")) or []
        return self.get_paginated_response(_documents(page))


def _documents(groups: Iterable[DuplicateGroup]) -> list[dict[str, Any]]:
    groups = list(groups)
    rows = DuplicateMember.objects.filter(group__in=groups, place__lt=SHOWN)
    members: dict[int, list[DuplicateMember]] = {}
    for row in rows.select_related("item").order_by("group", "place"):
        members.setdefault(row.group_id, []).append(row)
    return [_document(group, members.get(group.pk, [])) for group in groups]


def _document(group: DuplicateGroup, members: list[DuplicateMember]) -> dict[str, Any]:
    numbers = [row.pixels for row in members]
    columns = ("kind", "state", "size", "decided_at")
    return {name: getattr(group, name) for name in columns} | {
        "id": group.pk,
        "likeness": _likeness(group.apart),
        "keep": group.keep_id,
        "tasks_set_aside": sum(len(tasks) for tasks in group.set_aside.values()),
        "decided_by": group.decided_by.shown_name if group.decided_by else "",
        "members": [
            {
                "item": item_document(row.item),
                "byte_size": row.item.byte_size,
                "media_type": row.item.media_type,
                "likeness": _likeness(row.apart),
                "same_pixels": row.pixels >= 0 and numbers.count(row.pixels) > 1,
            }
            for row in members
        ],
    }


def _likeness(apart: float) -> float:
    return max(0.0, round(1 - apart, 5))


class DuplicateReportView(APIView):
    """The search for duplicates."""

    @extend_schema(operation_id="get_duplicate_report", responses={200: DuplicateReportDocument})
    def get(self, request: Request, id: int) -> Response:
        """Return when the dataset was last searched, and how many groups wait for a decision."""
        dataset = dataset_for(request, id)
        return Response(_report(dataset, dataset.may_be_changed_by(caller(request))))

    @extend_schema(operation_id="find_duplicates", request=None, responses={202: JobSerializer})
    def post(self, request: Request, id: int) -> Response:
        """Search the dataset anew, as a job; it also happens by itself after an import."""
        job = request_search(dataset=dataset_for(request, id), by=caller(request))
        return Response(JobSerializer(job).data, status=status.HTTP_202_ACCEPTED)


def _report(dataset: Dataset, may_change: bool) -> dict[str, Any]:
    report = DuplicateReport.objects.filter(pk=dataset.pk).first()
    open_ = Q(state=DuplicateGroup.State.OPEN)
    told = {kind: Count("pk", filter=open_ & Q(kind=kind)) for kind in ("pixels", "near")}
    told |= {state: Count("pk", filter=Q(state=state)) for state in ("kept", "distinct")}
    last = Job.objects.filter(dedupe_key=search_key(dataset.pk)).order_by("pk").last()
    shown = report or DuplicateReport()
    return {
        **DuplicateGroup.objects.filter(dataset=dataset).aggregate(**told),
        "made_at": report.made_at if report else None,
        "items": shown.items,
        "skipped": shown.skipped,
        "bound": shown.bound,
        "searching": last is not None and not last.finished,
        "failed": last is not None and last.state == Job.State.FAILED,
        "may_change": may_change,
    }


class DuplicateKeepView(APIView):
    """Keep one of a group."""

    @extend_schema(
        operation_id="keep_one_duplicate", request=Keep, responses=DuplicateGroupDocument
    )
    def post(self, request: Request, group_id: int) -> Response:
        """Keep one item: the others get the tag `duplicate`, and nobody is asked about them.

        That holds for the open tasks of projects that the caller manages or reviews.
        """
        group = _group_for(request, group_id)
        said = Keep(data=request.data)
        said.is_valid(raise_exception=True)
        item = said.validated_data["item"]
        return Response(_documents([keep_one(group=group, item=item, by=caller(request))])[0])


class DuplicateDistinctView(APIView):
    """Say that a group's items differ."""

    @extend_schema(
        operation_id="say_not_duplicates", request=None, responses=DuplicateGroupDocument
    )
    def post(self, request: Request, group_id: int) -> Response:
        """Say that these are no duplicates; no later search brings the same items up again."""
        group = _group_for(request, group_id)
        return Response(_documents([say_distinct(group=group, by=caller(request))])[0])


class DuplicateReopenView(APIView):
    """Take back what was said of a group."""

    @extend_schema(operation_id="reopen_duplicates", request=None, responses=DuplicateGroupDocument)
    def post(self, request: Request, group_id: int) -> Response:
        """Take a decision back: the tags go, and what was set aside is asked again."""
        group = _group_for(request, group_id)
        return Response(_documents([reopen_group(group=group, by=caller(request))])[0])


def _group_for(request: Request, group_id: int) -> DuplicateGroup:
    group = DuplicateGroup.objects.select_related("dataset", "edit").filter(pk=group_id).first()
    seen = Dataset.objects.for_user(caller(request))
    if group is None or not seen.filter(pk=group.dataset_id).exists():
        raise no_such("group")
    dataset_for(request, group.dataset_id, change=True)
    return group
