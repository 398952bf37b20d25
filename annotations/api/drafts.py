"""Drafts over HTTP: what the caller has begun on a lease, for another of their computers."""

from __future__ import annotations

from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework import serializers, status
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from annotations.actions.drafts import MOST_BYTES, drop_draft, find_draft, keep_draft
from annotations.models import Draft
from labelhub.http.caller import caller


class DraftRequest(serializers.Serializer[Any]):
    answer = serializers.DictField(
        help_text=f"A begun answer, not checked; at most {MOST_BYTES:,} bytes as JSON."
    )
    took_proposal = serializers.BooleanField(
        default=False, help_text="Whether it began as the lease's prelabel."
    )


class DraftDocument(serializers.Serializer[Any]):
    answer = serializers.JSONField()
    took_proposal = serializers.BooleanField()
    saved_at = serializers.DateTimeField()


def draft_document(draft: Draft | None) -> dict[str, Any] | None:
    if draft is None:
        return None
    return {name: getattr(draft, name) for name in ("answer", "took_proposal", "saved_at")}


class LeaseDraftView(APIView):
    """What is begun on a lease; seen by its holder alone, never an answer."""

    @extend_schema(operation_id="get_draft", responses={200: DraftDocument})
    def get(self, request: Request, lease_id: str) -> Response:
        """Return the caller's draft; 404 where nothing is begun."""
        return Response(draft_document(find_draft(lease_id=lease_id, labeler=caller(request))))

    @extend_schema(operation_id="keep_draft", request=DraftRequest, responses={200: DraftDocument})
    def put(self, request: Request, lease_id: str) -> Response:
        """Keep a begun answer until the lease is answered or given back."""
        wanted = DraftRequest(data=request.data)
        wanted.is_valid(raise_exception=True)
        draft = keep_draft(lease_id=lease_id, labeler=caller(request), **wanted.validated_data)
        return Response(draft_document(draft))

    @extend_schema(operation_id="drop_draft", request=None, responses={204: None})
    def delete(self, request: Request, lease_id: str) -> Response:
        """Forget the draft."""
        drop_draft(lease_id=lease_id, labeler=caller(request))
        return Response(status=status.HTTP_204_NO_CONTENT)
