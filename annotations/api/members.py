"""Members over HTTP: who may answer, review and manage a project."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework import serializers, status
from rest_framework.generics import GenericAPIView
from rest_framework.request import Request
from rest_framework.response import Response

from annotations.actions.members import add_member, change_member, remove_member
from annotations.api.access import LABELER, MANAGER, REVIEWER, find_in_project, project_for
from annotations.models import Membership, Project
from annotations.reports.names import pseudonym, shows_names
from labelhub.http.caller import caller
from labelhub.http.fields import IdField


class PauseDocument(serializers.Serializer[Any]):
    """Why a member is given nothing new; what they and the manager wrote is the manager's alone."""

    since = serializers.DateTimeField()
    reason = serializers.CharField()
    appeal = serializers.CharField(allow_blank=True)
    appealed_at = serializers.DateTimeField(allow_null=True)
    reply = serializers.CharField(allow_blank=True)
    replied_at = serializers.DateTimeField(allow_null=True)


class MemberDocument(serializers.Serializer[Any]):
    id = serializers.IntegerField()
    user = serializers.IntegerField()
    username = serializers.CharField()
    display_name = serializers.CharField()
    role = serializers.ChoiceField(choices=Membership.Role.choices)
    active = serializers.BooleanField()
    pause = PauseDocument(allow_null=True)
    counted = serializers.BooleanField(help_text="False leaves their votes out of consensus.")
    created_at = serializers.DateTimeField()


class NewMember(serializers.Serializer[Any]):
    user = IdField(required=False)
    username = serializers.CharField(max_length=150, required=False)
    role = serializers.ChoiceField(choices=Membership.Role.choices, default="labeler")

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        if ("user" in attrs) == ("username" in attrs):
            raise serializers.ValidationError({"username": "Name the user by id or by name."})
        return attrs


class MemberChanges(serializers.Serializer[Any]):
    role = serializers.ChoiceField(choices=Membership.Role.choices, required=False)
    active = serializers.BooleanField(required=False)


def pause_document(membership: Membership, *, full: bool = True) -> dict[str, Any] | None:
    if membership.paused_at is None:
        return None
    return {
        "since": membership.paused_at,
        "reason": membership.paused_reason,
        "appeal": membership.appeal if full else "",
        "appealed_at": membership.appealed_at,
        "reply": membership.appeal_reply if full else "",
        "replied_at": membership.appeal_replied_at,
    }


def member_document(membership: Membership, *, full: bool = True) -> dict[str, Any]:
    return {
        "id": membership.pk,
        "user": membership.user_id,
        "username": membership.user.username,
        "display_name": membership.user.display_name,
        "role": membership.role,
        "active": membership.active,
        "pause": pause_document(membership, full=full),
        "counted": membership.counted,
        "created_at": membership.created_at,
    }


def members_for(project: Project, members: Sequence[Membership]) -> list[dict[str, Any]]:
    """Return members as the caller may see them: who labels goes without a name where the project
    keeps names from reviewers."""
    manages = project.my_role == MANAGER  # type: ignore[attr-defined]
    documents = [member_document(row, full=manages) for row in members]
    if not shows_names(project):
        for row, document in zip(members, documents, strict=True):
            if row.role == LABELER:
                called = pseudonym(project, row.user_id)
                document |= {"username": called, "display_name": ""}
    return documents


class MembersView(GenericAPIView):  # type: ignore[type-arg]
    """The members of a project."""

    required_scope = "admin"
    queryset = Membership.objects.none()

    @extend_schema(operation_id="list_members", responses={200: MemberDocument(many=True)})
    def get(self, request: Request, project_id: int) -> Response:
        """List members; for managers and reviewers."""
        project = project_for(request, project_id, MANAGER, REVIEWER)
        rows = Membership.objects.filter(project=project).select_related("user")
        page = self.paginate_queryset(rows) or []
        return self.get_paginated_response(members_for(project, page))

    @extend_schema(operation_id="add_member", request=NewMember, responses={201: MemberDocument})
    def post(self, request: Request, project_id: int) -> Response:
        """Give a user a role; a member who left comes back with the role named."""
        project = project_for(request, project_id, MANAGER)
        wanted = NewMember(data=request.data)
        wanted.is_valid(raise_exception=True)
        membership = add_member(project=project, by=caller(request), **wanted.validated_data)
        return Response(member_document(membership), status=status.HTTP_201_CREATED)


class MemberDetailView(GenericAPIView):  # type: ignore[type-arg]
    """One membership."""

    required_scope = "admin"

    @extend_schema(
        operation_id="change_member", request=MemberChanges, responses={200: MemberDocument}
    )
    def patch(self, request: Request, member_id: int) -> Response:
        """Change a member's role, or whether they take part at all; their votes stay."""
        membership = member_for(request, member_id)
        wanted = MemberChanges(data=request.data, partial=True)
        wanted.is_valid(raise_exception=True)
        change_member(membership=membership, by=caller(request), **wanted.validated_data)
        return Response(member_document(membership))

    @extend_schema(operation_id="remove_member", responses={204: None})
    def delete(self, request: Request, member_id: int) -> Response:
        """Take a member out of the project; their votes stay."""
        remove_member(membership=member_for(request, member_id), by=caller(request))
        return Response(status=status.HTTP_204_NO_CONTENT)


def member_for(request: Request, member_id: int) -> Membership:
    """Return a member of a project that the caller manages."""
    rows = Membership.objects.select_related("user")
    return find_in_project(request, rows, member_id, "member", MANAGER)
