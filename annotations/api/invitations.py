"""Invitations over HTTP: make a link, look at it, accept it."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.contrib.auth import login
from drf_spectacular.utils import extend_schema
from rest_framework import serializers, status
from rest_framework.permissions import AllowAny
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from annotations.actions.invite import accept_invitation, find_invitation, invite_member
from annotations.api.access import MANAGER, project_for
from annotations.models import Membership
from labelhub.accounts.actions import new_user
from labelhub.accounts.api import BACKEND, NameField, SecretField
from labelhub.http.authentication import SessionAuthentication
from labelhub.http.caller import caller
from labelhub.http.fields import IdField
from labelhub.http.permissions import ScopedOrAnonymous


class NewInvitation(serializers.Serializer[Any]):
    project = IdField()
    role = serializers.ChoiceField(choices=Membership.Role.choices)
    days = serializers.IntegerField(min_value=1, max_value=365, default=14)


class MadeInvitation(serializers.Serializer[Any]):
    url = serializers.CharField(help_text="The link to send; shown only here.")
    code = serializers.CharField()
    role = serializers.ChoiceField(choices=Membership.Role.choices)
    expires_at = serializers.DateTimeField()


class InvitationsView(APIView):
    """Invitations to projects that the caller manages."""

    required_scope = "admin"  # whom a narrow token lets in would stay when the token is gone

    @extend_schema(
        operation_id="invitations_create", request=NewInvitation, responses={201: MadeInvitation}
    )
    def post(self, request: Request) -> Response:
        """Make a link that lets one person join a project."""
        wanted = NewInvitation(data=request.data)
        wanted.is_valid(raise_exception=True)
        values = wanted.validated_data
        project = project_for(request, values["project"], MANAGER)
        invitation, code = invite_member(
            project=project, role=values["role"], by=caller(request), days=values["days"]
        )
        path = f"/invitations/{code}"
        made = {
            "url": settings.PUBLIC_URL + path
            if settings.PUBLIC_URL
            else request.build_absolute_uri(path),
            "code": code,
            "role": invitation.role,
            "expires_at": invitation.expires_at,
        }
        return Response(MadeInvitation(made).data, status=status.HTTP_201_CREATED)


class ShownInvitation(serializers.Serializer[Any]):
    project = serializers.CharField(help_text="The project's name.")
    role = serializers.ChoiceField(choices=Membership.Role.choices)
    invited_by = serializers.CharField()
    expires_at = serializers.DateTimeField()


class InvitationView(APIView):
    """One invitation, for whoever holds its code."""

    permission_classes = [AllowAny]

    @extend_schema(operation_id="invitations_read", responses=ShownInvitation)
    def get(self, request: Request, code: str) -> Response:
        """Say what one is invited to."""
        invitation, project = find_invitation(code=code)
        shown = {
            "project": project.name,
            "role": invitation.role,
            "invited_by": invitation.created_by.shown_name,
            "expires_at": invitation.expires_at,
        }
        return Response(ShownInvitation(shown).data)


class NewAccount(serializers.Serializer[Any]):
    """Whoever is signed in joins as they are and sends nothing; anybody else names an account."""

    username = NameField()
    password = SecretField()
    display_name = serializers.CharField(max_length=100, allow_blank=True, default="")


class JoinedProject(serializers.Serializer[Any]):
    project = serializers.IntegerField()
    role = serializers.ChoiceField(choices=Membership.Role.choices)


class InvitationAcceptView(APIView):
    """Join a project."""

    permission_classes = [ScopedOrAnonymous]

    @extend_schema(operation_id="invitations_accept", request=NewAccount, responses=JoinedProject)
    def post(self, request: Request, code: str) -> Response:
        """Join as the signed-in user, or make an account, join and sign in."""
        if request.user.is_authenticated:
            membership = accept_invitation(code=code, user=caller(request))
        else:
            membership = self._join_anew(request, code)
        joined = {"project": membership.project_id, "role": membership.role}
        return Response(JoinedProject(joined).data)

    def _join_anew(self, request: Request, code: str) -> Membership:
        # It signs the browser in, which another site must not be able to do.
        SessionAuthentication().enforce_csrf(request)
        find_invitation(code=code)  # without one, nobody learns which names are taken
        account = NewAccount(data=request.data)
        account.is_valid(raise_exception=True)
        user = new_user(**account.validated_data)
        membership = accept_invitation(code=code, user=user)
        login(request._request, user, backend=BACKEND)
        return membership
