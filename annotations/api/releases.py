"""Releases over HTTP: make, list, read, the card, the list, and what two of them differ in."""

from __future__ import annotations

import base64
import hashlib
from itertools import islice
from typing import Any

from django.http import HttpResponse, HttpResponseBase, StreamingHttpResponse
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers, status
from rest_framework.generics import GenericAPIView
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from annotations.actions.release import delete_release, request_release
from annotations.api.access import MANAGER, dataset_for, find_in_project, no_such, project_for
from annotations.api.export_filters import ExportFilters, chosen
from annotations.models import Item, Release
from annotations.releases.card import STYLE, markdown, page
from annotations.reports.releases import as_document, changes, compare, pieces_of, releases_with
from labelhub.accounts.models import AuditEvent
from labelhub.errors import BadQuery, Conflict, NotFound
from labelhub.http.caller import caller
from labelhub.http.fields import FiniteFloatField
from labelhub.http.pagination import refuse_unknown
from labelhub.jobs.api import JobSerializer

CHANGES_PAGE = 200
# The card runs nothing and loads nothing; its own style is allowed by its hash.
_STYLE_HASH = base64.b64encode(hashlib.sha256(STYLE.encode()).digest()).decode()
CARD_POLICY = f"sandbox; default-src 'none'; style-src 'sha256-{_STYLE_HASH}'"


class NewRelease(serializers.Serializer[Any]):
    """What to release; the number is the next one of the name."""

    name = serializers.CharField(max_length=60)
    note = serializers.CharField(max_length=2000, required=False, default="", allow_blank=True)
    filters = ExportFilters(required=False)
    split_by = serializers.ChoiceField(
        choices=Release.SplitBy.choices,
        default=Release.SplitBy.GROUP,
        help_text="`item` is refused where any item has a group.",
    )
    shares = serializers.DictField(
        child=FiniteFloatField(min_value=0, max_value=1),
        required=False,
        help_text="Split to share; 1 together. Left out: train 0.8, validation 0.1, test 0.1.",
    )
    with_votes = serializers.BooleanField(
        default=True, help_text="With each vote, under pseudonyms, and what it counted."
    )


class TakenDownFromRelease(serializers.Serializer[Any]):
    """What was taken down since; nothing of it while nothing was."""

    at = serializers.CharField(required=False, help_text="The day of the last time.")
    items = serializers.IntegerField(required=False)


class ReleaseRow(serializers.ModelSerializer[Release]):
    """A release in a list."""

    job = JobSerializer(allow_null=True)
    label = serializers.SerializerMethodField(help_text="NAME@NUMBER")  # type: ignore[assignment]
    schema_version = serializers.IntegerField(source="schema.version")
    filters = serializers.DictField()
    shares = serializers.DictField(child=serializers.FloatField())
    served_sha256 = serializers.CharField(
        help_text="Of the list as it is now: with a tombstone for each line taken down."
    )
    taken_down = TakenDownFromRelease()
    project_name = serializers.CharField(source="project.name")

    class Meta:
        model = Release
        fields: tuple[str, ...] = (
            "id",
            "project",
            "project_name",
            "name",
            "number",
            "label",
            "note",
            "filters",
            "split_by",
            "shares",
            "with_votes",
            "schema_version",
            "sha256",
            "served_sha256",
            "taken_down",
            "items",
            "votes",
            "job",
            "created_at",
            "finished_at",
        )
        read_only_fields = fields

    def get_label(self, release: Release) -> str:
        return str(release)


class ReleaseDetail(ReleaseRow):
    document = serializers.DictField(
        help_text="Question and schema, consensus, agreement, label error, counts, licence."
    )

    class Meta(ReleaseRow.Meta):
        fields = (*ReleaseRow.Meta.fields, "document")
        read_only_fields = fields


class ReleaseStarted(serializers.Serializer[Any]):
    job = JobSerializer()
    release = ReleaseRow()


class LabelPair(serializers.Serializer[Any]):
    before = serializers.CharField()
    after = serializers.CharField()
    count = serializers.IntegerField()


class ReleaseItemChange(serializers.Serializer[Any]):
    item = serializers.IntegerField()
    kind = serializers.CharField(help_text="added, removed, relabelled, or moved")
    label_before = serializers.CharField(allow_null=True)
    label_after = serializers.CharField(allow_null=True)
    split_before = serializers.CharField(allow_null=True)
    split_after = serializers.CharField(allow_null=True)


class ReleaseComparison(serializers.Serializer[Any]):
    """What changed from the first release to the second; `moved` is to another split only."""

    same = serializers.IntegerField()
    added = serializers.IntegerField()
    removed = serializers.IntegerField()
    relabelled = serializers.IntegerField()
    moved = serializers.IntegerField()
    from_to = LabelPair(many=True, help_text="The commonest changes of labels.")
    schema_changed = serializers.BooleanField()
    method_changed = serializers.BooleanField()
    changes = ReleaseItemChange(many=True, help_text="A page of them, by item.")
    next_after = serializers.IntegerField(
        allow_null=True, help_text="Pass as `after` for the next page; null at the end."
    )


class ProjectReleasesView(GenericAPIView[Release]):
    """A project's releases; for its managers."""

    default_ordering = "-id"
    serializer_class = ReleaseRow
    queryset = Release.objects.none()

    @extend_schema(operation_id="project_releases_list", responses=ReleaseRow(many=True))
    def get(self, request: Request, project_id: int) -> Response:
        """List releases, newest first."""
        project = project_for(request, project_id, MANAGER)
        page_ = self.paginate_queryset(_rows().filter(project=project))
        return self.get_paginated_response(ReleaseRow(page_, many=True).data)

    @extend_schema(
        operation_id="releases_create", request=NewRelease, responses={202: ReleaseStarted}
    )
    def post(self, request: Request, project_id: int) -> Response:
        """Start a release as a job."""
        project = project_for(request, project_id, MANAGER)
        body = NewRelease(data=request.data)
        body.is_valid(raise_exception=True)
        wanted = dict(body.validated_data)
        filters = chosen(project, wanted.pop("filters", {}))
        release = request_release(project=project, by=caller(request), filters=filters, **wanted)
        started = {"job": release.job, "release": release}
        return Response(ReleaseStarted(started).data, status=status.HTTP_202_ACCEPTED)


class ReleasesView(GenericAPIView[Release]):
    """The releases of all projects that the caller manages."""

    default_ordering = "-id"
    serializer_class = ReleaseRow
    queryset = Release.objects.none()
    filters = ("name", "number")

    @extend_schema(
        operation_id="releases_list",
        parameters=[OpenApiParameter("name", str), OpenApiParameter("number", int)],
        responses=ReleaseRow(many=True),
    )
    def get(self, request: Request) -> Response:
        """Find releases by name, or by name and number."""
        rows = _rows().filter(pk__in=Release.objects.for_user(caller(request)).values("pk"))
        if name := request.query_params.get("name"):
            if "\0" in name:
                raise BadQuery("name is not a text that can be looked for.", code="bad_name")
            rows = rows.filter(name=name)
        if number := request.query_params.get("number"):
            rows = rows.filter(number=_whole(number, "number", most=2_147_483_647))
        return self.get_paginated_response(ReleaseRow(self.paginate_queryset(rows), many=True).data)


class ReleaseDetailView(APIView):
    """One release."""

    @extend_schema(operation_id="releases_read", responses=ReleaseDetail)
    def get(self, request: Request, release_id: int) -> Response:
        """Return a release with all that is known about its labels."""
        return Response(ReleaseDetail(release_for(request, release_id)).data)

    @extend_schema(operation_id="releases_delete", responses={204: None})
    def delete(self, request: Request, release_id: int) -> Response:
        """Take away a release whose job failed or was cancelled; a finished one stays."""
        delete_release(release=release_for(request, release_id), by=caller(request))
        return Response(status=status.HTTP_204_NO_CONTENT)


class ReleaseCardView(APIView):
    """The data card."""

    @extend_schema(
        operation_id="releases_card",
        parameters=[
            OpenApiParameter("kind", str, OpenApiParameter.PATH, enum=["card.html", "card.md"])
        ],
        responses={
            (200, "text/html"): OpenApiTypes.STR,
            (200, "text/markdown"): OpenApiTypes.STR,
        },
    )
    def get(self, request: Request, release_id: int, kind: str) -> HttpResponseBase:
        """Return the data card, as a page with plots or as Markdown."""
        release = finished_release(request, release_id)
        facts = {
            "name": release.name,
            "number": release.number,
            "note": release.note,
            "sha256": release.sha256,
            "served_sha256": release.served_sha256,
            "taken_down": release.taken_down,
        }
        if kind == "card.md":
            text, media_type = markdown(facts, release.document), "text/markdown"
        elif kind == "card.html":
            text, media_type = page(facts, release.document), "text/html"
        else:
            raise NotFound("The card comes as card.html and card.md.")
        answer = HttpResponse(text, content_type=f"{media_type}; charset=utf-8")
        answer["Content-Security-Policy"] = CARD_POLICY
        answer["Cache-Control"] = "private"
        return answer


class ReleaseListView(APIView):
    """The canonical list."""

    @extend_schema(
        operation_id="releases_items",
        responses={(200, "application/x-ndjson"): OpenApiTypes.BINARY},
    )
    def get(self, request: Request, release_id: int) -> HttpResponseBase:
        """Download the list, one line of JSON per item; its SHA-256 is the `served_sha256`.

        For an item that was taken down since, a tombstone has the SHA-256 of its line.
        """
        release = finished_release(request, release_id)
        AuditEvent.record(
            "release.downloaded",
            actor=caller(request),
            project_id=release.project_id,
            release=str(release),
        )
        answer = StreamingHttpResponse(pieces_of(release), content_type="application/x-ndjson")
        answer["Content-Disposition"] = f'attachment; filename="{release}.jsonl"'
        answer["ETag"] = f'"{release.served_sha256}"'
        answer["Cache-Control"] = "private, no-transform"
        return answer


class ReleaseCompareView(APIView):
    """What two releases of a project differ in."""

    @extend_schema(
        operation_id="releases_compare",
        parameters=[OpenApiParameter("after", int, description="Go on behind this item.")],
        responses=ReleaseComparison,
    )
    def get(self, request: Request, release_id: int, other_id: int) -> Response:
        """Say what was added, removed, relabelled and moved from the first to the second."""
        refuse_unknown(request, "after")
        old, new = (finished_release(request, pk) for pk in (release_id, other_id))
        if old.project_id != new.project_id:
            raise Conflict("These are releases of two projects; compare those of one.")
        after = _whole(request.query_params.get("after", "-1"), "after", most=10**18 - 1)
        found = list(islice(changes(old, new, after=after), CHANGES_PAGE + 1))
        shown = found[:CHANGES_PAGE]
        more = shown[-1].item if len(found) > CHANGES_PAGE else None
        body = compare(old, new) | {
            "changes": [as_document(change) for change in shown],
            "next_after": more,
        }
        return Response(ReleaseComparison(body).data)


class ItemReleasesView(APIView):
    """Whom the takedown of an item concerns."""

    @extend_schema(operation_id="items_releases", responses=ReleaseRow(many=True))
    def get(self, request: Request, id: int) -> Response:
        """List the finished releases that contain an item; for those who may change its dataset."""
        item = Item.objects.filter(pk=id).only("pk", "dataset_id").first()
        if item is None:
            raise no_such("item")
        try:
            dataset_for(request, item.dataset_id, change=True)
        except NotFound:
            raise no_such("item") from None
        # Of all projects: whoever owns the pictures must know where they went.
        found = releases_with([item.pk], _rows().filter(project__dataset=item.dataset_id))
        return Response(ReleaseRow(found, many=True).data)


def _rows() -> Any:
    return Release.objects.select_related("job", "project", "schema").defer("document")


def release_for(request: Request, release_id: int) -> Release:
    """Return a release of a project that the caller manages; raises NotFound for strangers."""
    rows = Release.objects.select_related("job", "project", "schema")
    return find_in_project(request, rows, release_id, "release", MANAGER)


def finished_release(request: Request, release_id: int) -> Release:
    release = release_for(request, release_id)
    if not release.sha256:
        raise Conflict(f"The release {release} is not finished.", code="release_not_finished")
    return release


def _whole(text: str, name: str, *, most: int) -> int:
    digits = text.removeprefix("-")
    if not digits.isascii() or not digits.isdigit() or len(digits) > 18 or int(text) > most:
        raise BadQuery(f"{name} must be a whole number.", code=f"bad_{name}")
    return int(text)
