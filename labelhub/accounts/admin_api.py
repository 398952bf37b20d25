"""Users and the audit log over REST: what site administrators do."""

from __future__ import annotations

from typing import Any

from django.db.models import Q, QuerySet
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import generics, serializers, status
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from labelhub.accounts import actions
from labelhub.accounts.api import NAME_LENGTH, NameField, SecretField
from labelhub.accounts.models import AuditEvent, User
from labelhub.errors import BadQuery, NotFound
from labelhub.http.caller import caller
from labelhub.http.permissions import SiteAdmin


class UserSerializer(serializers.ModelSerializer[User]):
    is_admin = serializers.BooleanField(read_only=True)

    class Meta:
        model = User
        fields = [
            "id",
            "username",
            "display_name",
            "is_admin",
            "is_active",
            "language",
            "theme",
            "last_login",
            "date_joined",
        ]


class MadeUserSerializer(UserSerializer):
    password = serializers.CharField(
        required=False, help_text="Generated because none was given; shown only here."
    )

    class Meta(UserSerializer.Meta):
        fields = [*UserSerializer.Meta.fields, "password"]


class NewUserSerializer(serializers.Serializer[Any]):
    username = NameField()
    password = SecretField(required=False, help_text="One is generated when it is left out.")
    display_name = serializers.CharField(max_length=100, allow_blank=True, default="")
    is_admin = serializers.BooleanField(default=False)


class UserChangeSerializer(serializers.Serializer[Any]):
    display_name = serializers.CharField(max_length=100, allow_blank=True, required=False)
    is_admin = serializers.BooleanField(required=False)
    is_active = serializers.BooleanField(required=False)
    password = SecretField(required=False)


class UsersView(generics.GenericAPIView[User]):
    """All users; for site administrators."""

    permission_classes = [SiteAdmin]
    required_scope = "admin"
    serializer_class = UserSerializer
    filters = ("search",)

    def get_queryset(self) -> QuerySet[User]:
        search = self.request.query_params.get("search", "")
        if "\0" in search or len(search) > NAME_LENGTH:
            raise BadQuery("search is not a text that can be looked for.", code="bad_search")
        rows = User.objects.all()
        if search:
            rows = rows.filter(Q(username__icontains=search) | Q(display_name__icontains=search))
        return rows

    @extend_schema(
        operation_id="users_list",
        parameters=[OpenApiParameter("search", str, description="Part of the name.")],
        responses=UserSerializer(many=True),
    )
    def get(self, request: Request) -> Response:
        """List users."""
        page = self.paginate_queryset(self.get_queryset())
        return self.get_paginated_response(UserSerializer(page, many=True).data)

    @extend_schema(request=NewUserSerializer, responses={201: MadeUserSerializer})
    def post(self, request: Request) -> Response:
        """Make a user; without a password one is generated and answered, this once."""
        body = NewUserSerializer(data=request.data)
        body.is_valid(raise_exception=True)
        user, generated = actions.create_user(by=caller(request), **body.validated_data)
        made = dict(UserSerializer(user).data)
        return Response(
            made | ({"password": generated} if generated else {}), status=status.HTTP_201_CREATED
        )


class UserView(APIView):
    """One user; for site administrators."""

    permission_classes = [SiteAdmin]
    required_scope = "admin"

    @extend_schema(request=UserChangeSerializer, responses=UserSerializer)
    def patch(self, request: Request, pk: int) -> Response:
        """Change a user's name, rights or password."""
        user = User.objects.filter(pk=pk).first()
        if user is None:
            raise NotFound("There is no such user.")
        body = UserChangeSerializer(data=request.data)
        body.is_valid(raise_exception=True)
        changed = actions.change_user(by=caller(request), user=user, **body.validated_data)
        return Response(UserSerializer(changed).data)


class AuditEventSerializer(serializers.ModelSerializer[AuditEvent]):
    actor = serializers.CharField(source="actor.username", allow_null=True, default=None)
    project = serializers.IntegerField(source="project_id", allow_null=True)
    detail = serializers.DictField()

    class Meta:
        model = AuditEvent
        fields = ["id", "action", "actor", "project", "detail", "created_at"]


class AuditView(generics.GenericAPIView[AuditEvent]):
    """The append-only log of who did what; for site administrators."""

    permission_classes = [SiteAdmin]
    serializer_class = AuditEventSerializer
    default_ordering = "-id"

    @extend_schema(operation_id="audit_list", responses=AuditEventSerializer(many=True))
    def get(self, request: Request) -> Response:
        """List events, newest first."""
        page = self.paginate_queryset(AuditEvent.objects.select_related("actor"))
        return self.get_paginated_response(AuditEventSerializer(page, many=True).data)
