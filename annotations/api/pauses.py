"""Pauses over HTTP: a manager pauses, answers and resumes; a labeler sees why, and may appeal."""

from __future__ import annotations

from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from annotations.actions.pause import (
    appeal_pause,
    pause_labeler,
    reply_to_appeal,
    resume_labeler,
)
from annotations.actions.recount import count_member
from annotations.api.access import project_for
from annotations.api.members import MemberDocument, PauseDocument, member_document, pause_document
from annotations.api.members import member_for as member
from annotations.models import Membership
from labelhub.http.caller import caller

Document = serializers.Serializer[Any]


class PauseRequest(Document):
    reason = serializers.CharField(max_length=500, help_text="The member is shown it.")


class MessageRequest(Document):
    message = serializers.CharField(max_length=2000)


class CountedRequest(Document):
    counted = serializers.BooleanField()


class MemberPauseView(APIView):
    """Pause a member."""

    @extend_schema(
        operation_id="pause_member", request=PauseRequest, responses={200: MemberDocument}
    )
    def post(self, request: Request, member_id: int) -> Response:
        """Give a member nothing new; what they answered stays and counts."""
        membership = member(request, member_id)
        wanted = PauseRequest(data=request.data)
        wanted.is_valid(raise_exception=True)
        paused = pause_labeler(membership=membership, by=caller(request), **wanted.validated_data)
        return Response(member_document(paused))


class MemberResumeView(APIView):
    """End a pause."""

    @extend_schema(operation_id="resume_member", request=None, responses={200: MemberDocument})
    def post(self, request: Request, member_id: int) -> Response:
        """Let a member go on; the gold rule judges them by their answers from now on."""
        resumed = resume_labeler(membership=member(request, member_id), by=caller(request))
        return Response(member_document(resumed))


class MemberReplyView(APIView):
    """Answer an appeal."""

    @extend_schema(
        operation_id="reply_to_appeal", request=MessageRequest, responses={200: MemberDocument}
    )
    def post(self, request: Request, member_id: int) -> Response:
        """Leave a member paused who has appealed, and say why."""
        membership = member(request, member_id)
        wanted = MessageRequest(data=request.data)
        wanted.is_valid(raise_exception=True)
        left = reply_to_appeal(membership=membership, by=caller(request), **wanted.validated_data)
        return Response(member_document(left))


class MemberCountedView(APIView):
    """Whether a member's votes count."""

    @extend_schema(
        operation_id="count_member", request=CountedRequest, responses={200: MemberDocument}
    )
    def put(self, request: Request, member_id: int) -> Response:
        """Leave a member's votes out of consensus (they are paused too), or take them in again."""
        membership = member(request, member_id)
        wanted = CountedRequest(data=request.data)
        wanted.is_valid(raise_exception=True)
        changed = count_member(membership=membership, by=caller(request), **wanted.validated_data)
        return Response(member_document(changed))


class StandingDocument(Document):
    pause = PauseDocument(allow_null=True, help_text="Null unless the caller is paused.")


class StandingView(APIView):
    """How the caller stands in a project."""

    @extend_schema(operation_id="get_standing", responses={200: StandingDocument})
    def get(self, request: Request, project_id: int) -> Response:
        """Return why the caller is paused, what they appealed and what was answered."""
        project = project_for(request, project_id)
        mine = Membership.objects.filter(project=project, user=caller(request), active=True)
        return Response(_standing(mine.first()))


class AppealView(APIView):
    """Appeal against one's pause."""

    @extend_schema(
        operation_id="appeal_pause", request=MessageRequest, responses={200: StandingDocument}
    )
    def post(self, request: Request, project_id: int) -> Response:
        """Ask the managers to end the caller's pause; a later message replaces the first."""
        project = project_for(request, project_id)
        wanted = MessageRequest(data=request.data)
        wanted.is_valid(raise_exception=True)
        membership = appeal_pause(project=project, labeler=caller(request), **wanted.validated_data)
        return Response(_standing(membership))


def _standing(membership: Membership | None) -> dict[str, Any]:
    return {"pause": None if membership is None else pause_document(membership)}
