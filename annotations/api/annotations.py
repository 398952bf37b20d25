"""Answers over HTTP: submit once, revise knowingly, look back."""

from __future__ import annotations

from typing import Any

from django.shortcuts import get_object_or_404
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers, status
from rest_framework.generics import GenericAPIView
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from annotations.actions.lease import Offer, no_offer
from annotations.actions.submit import revise_annotation, submit_annotation
from annotations.api.access import MemberTokenAuthentication, project_for
from annotations.api.queue import LEASES_AT_ONCE, OfferAnswer, checked, offer_document
from annotations.api.tasks import (
    FULL_URL,
    TILES_URL,
    PageOfLine,
    page_documents,
    picture_document,
)
from annotations.models import Annotation
from labelhub.accounts.models import ApiToken
from labelhub.errors import Invalid
from labelhub.http.authentication import SessionAuthentication
from labelhub.http.caller import caller

KEY_LIMIT = 80
IDEMPOTENCY_KEY = OpenApiParameter(
    "Idempotency-Key",
    OpenApiTypes.STR,
    OpenApiParameter.HEADER,
    description="Made by the client once per answer; a repeat gives the stored result.",
)


class SubmitRequest(serializers.Serializer[Any]):
    lease = serializers.CharField(max_length=40)
    answer = serializers.JSONField()
    duration_ms = serializers.IntegerField(
        min_value=0, max_value=2**31 - 1, required=False, allow_null=True, default=None
    )
    next = serializers.IntegerField(
        min_value=0, max_value=LEASES_AT_ONCE, default=0, help_text="Lease that many more tasks."
    )
    took_proposal = serializers.BooleanField(
        required=False,
        allow_null=True,
        default=None,
        help_text="Whether the answer began as the lease's prelabel; null where none was shown.",
    )


class AnnotationAnswer(serializers.Serializer[Any]):
    id = serializers.IntegerField()
    task = serializers.IntegerField()
    version = serializers.IntegerField()
    answer = serializers.JSONField()
    created_at = serializers.DateTimeField()
    next = OfferAnswer(required=False)


def annotation_document(annotation: Annotation) -> dict[str, Any]:
    return {
        "id": annotation.pk,
        "task": annotation.task_id,
        "version": annotation.version,
        "answer": annotation.answer,
        "created_at": annotation.created_at,
    }


class AnnotationsView(APIView):
    """Answers."""

    authentication_classes = [MemberTokenAuthentication, SessionAuthentication]

    @extend_schema(
        operation_id="submit_annotation",
        parameters=[IDEMPOTENCY_KEY],
        request=SubmitRequest,
        responses={200: AnnotationAnswer, 201: AnnotationAnswer},
        auth=[{"token": []}, {"session": []}],  # type: ignore[list-item]
    )
    def post(self, request: Request) -> Response:
        """Answer a leased task; 201 when kept, 200 when the same answer had been kept before."""
        values = checked(SubmitRequest, request)
        submitted = submit_annotation(
            labeler=caller(request),
            lease_id=values["lease"],
            answer=values["answer"],
            key=key_of(request, default=f"lease {values['lease']}"),
            duration_ms=values["duration_ms"],
            source=source_of(request),
            next_count=values["next"],
            took_proposal=values["took_proposal"],
        )
        document = annotation_document(submitted.annotation)
        if values["next"] and not submitted.repeated:
            document["next"] = self._next(request, submitted.next_leases, submitted.annotation)
        code = status.HTTP_200_OK if submitted.repeated else status.HTTP_201_CREATED
        return Response(document, status=code)

    @staticmethod
    def _next(request: Request, leases: list[Any], annotation: Annotation) -> dict[str, Any]:
        project = annotation.seat.project
        nothing = None if leases else no_offer(project=project, labeler=caller(request))
        return offer_document(nothing or Offer(leases), project)


class ReviseRequest(serializers.Serializer[Any]):
    answer = serializers.JSONField()
    duration_ms = serializers.IntegerField(
        min_value=0, max_value=2**31 - 1, required=False, allow_null=True, default=None
    )


class AnnotationDetailView(APIView):
    """One's own answer."""

    @extend_schema(operation_id="get_annotation", responses={200: AnnotationAnswer})
    def get(self, request: Request, annotation_id: int) -> Response:
        """Return one of the caller's answers, as it is now."""
        first = get_object_or_404(Annotation.every, pk=annotation_id, labeler=caller(request))
        return Response(annotation_document(latest(first)))

    @extend_schema(
        operation_id="revise_annotation",
        parameters=[
            OpenApiParameter(
                "If-Match",
                OpenApiTypes.STR,
                OpenApiParameter.HEADER,
                required=True,
                description="The version that the change is made against.",
            ),
            IDEMPOTENCY_KEY,
        ],
        request=ReviseRequest,
        responses={200: AnnotationAnswer},
    )
    def patch(self, request: Request, annotation_id: int) -> Response:
        """Supersede one's answer; 412 with the current version when it changed meanwhile."""
        wanted = ReviseRequest(data=request.data)
        wanted.is_valid(raise_exception=True)
        version = version_of(request)
        revised = revise_annotation(
            annotation_id=annotation_id,
            labeler=caller(request),
            answer=wanted.validated_data["answer"],
            duration_ms=wanted.validated_data["duration_ms"],
            version=version,
            key=key_of(request, default=f"annotation {annotation_id} after {version}"),
            source=source_of(request),
        )
        return Response(annotation_document(revised))


class PairedPicture(serializers.Serializer[Any]):
    id = serializers.IntegerField()
    filename = serializers.CharField()
    image_url = serializers.CharField()
    full_url = serializers.CharField(allow_null=True, help_text=FULL_URL)
    tiles_url = serializers.CharField(allow_null=True, help_text=TILES_URL)
    thumb_url = serializers.CharField()
    width = serializers.IntegerField()
    height = serializers.IntegerField()


class HistoryEntry(AnnotationAnswer):
    next = None  # type: ignore[assignment]
    filename = serializers.CharField()
    image_url = serializers.CharField()
    full_url = serializers.CharField(allow_null=True, help_text=FULL_URL)
    tiles_url = serializers.CharField(allow_null=True, help_text=TILES_URL)
    thumb_url = serializers.CharField()
    width = serializers.IntegerField()
    height = serializers.IntegerField()
    other_item = PairedPicture(allow_null=True, help_text="The second of a pair.")
    page = PageOfLine(allow_null=True, help_text="Of a line that was cut out of a page.")


class HistoryView(GenericAPIView):  # type: ignore[type-arg]
    """What the caller answered."""

    default_ordering = "-id"
    queryset = Annotation.every.none()

    @extend_schema(operation_id="list_history", responses={200: HistoryEntry(many=True)})
    def get(self, request: Request, project_id: int) -> Response:
        """List the caller's answers in a project, latest first."""
        project = project_for(request, project_id)
        rows = Annotation.every.filter(
            project=project, labeler=caller(request), current=True
        ).select_related("task__item", "task__other_item")
        page = self.paginate_queryset(rows) or []
        pages = page_documents(row.task.item for row in page)
        return self.get_paginated_response(
            [self._entry(row) | {"page": pages.get(row.task.item_id)} for row in page]
        )

    @staticmethod
    def _entry(row: Annotation) -> dict[str, Any]:
        shown, other = picture_document(row.task.item), row.task.other_item
        del shown["id"]  # the entry's own is the answer's
        return (
            annotation_document(row)
            | shown
            | {"other_item": None if other is None else picture_document(other)}
        )


def latest(annotation: Annotation) -> Annotation:
    return Annotation.every.get(
        task=annotation.task_id,
        labeler=annotation.labeler_id,
        repeat=annotation.repeat,
        current=True,
    )


def key_of(request: Request, *, default: str) -> str:
    """Return the Idempotency-Key; without one, an answer counts once per lease."""
    key = request.headers.get("Idempotency-Key", "").strip() or default
    if len(key) > KEY_LIMIT or not key.isprintable():
        raise Invalid(
            f"An Idempotency-Key has at most {KEY_LIMIT} printable characters.",
            code="bad_idempotency_key",
        )
    return key


def version_of(request: Request) -> int:
    text = request.headers.get("If-Match", "").strip().removeprefix("W/").strip('"')
    if not text.isdecimal() or len(text) > 9:
        raise Invalid(
            "Send If-Match with the version that you change, such as If-Match: 1.",
            code="version_missing",
        )
    return int(text)


def source_of(request: Request) -> str:
    return (
        Annotation.Source.API if isinstance(request.auth, ApiToken) else Annotation.Source.BROWSER
    )
