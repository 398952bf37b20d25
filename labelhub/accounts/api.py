"""Session, password and tokens over REST: what users do for themselves."""

from __future__ import annotations

from typing import Any

from django.contrib.auth import login, logout, update_session_auth_hash
from django.contrib.auth.validators import UnicodeUsernameValidator
from django.db.models import QuerySet
from django.middleware.csrf import get_token
from drf_spectacular.utils import extend_schema
from rest_framework import generics, serializers, status
from rest_framework.permissions import AllowAny, BasePermission
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from labelhub import __version__
from labelhub.accounts import actions
from labelhub.accounts.models import SCOPES, ApiToken, AuditEvent, User
from labelhub.errors import NotFound
from labelhub.http.authentication import SessionAuthentication
from labelhub.http.caller import caller
from labelhub.http.permissions import ScopedAndSignedIn

PASSWORD_LENGTH = 1000  # hashing a longer one would be work for nothing
NAME_LENGTH = 150
THEMES = ("auto", "light", "dark")
BACKEND = "django.contrib.auth.backends.ModelBackend"


def address_of(request: Request) -> str:
    return str(request.META.get("REMOTE_ADDR", ""))


class SecretField(serializers.CharField):
    """A password: never trimmed, never echoed."""

    def __init__(self, **options: Any) -> None:
        options = {"max_length": PASSWORD_LENGTH, "trim_whitespace": False} | options
        super().__init__(write_only=True, style={"input_type": "password"}, **options)


class NameField(serializers.CharField):
    """A user name as Django takes them."""

    def __init__(self, **options: Any) -> None:
        super().__init__(max_length=NAME_LENGTH, validators=[UnicodeUsernameValidator()], **options)


# --- session -------------------------------------------------------------------------------


class SignedInUserSerializer(serializers.ModelSerializer[User]):
    """The user as the user sees them."""

    theme = serializers.ChoiceField(choices=THEMES)
    language = serializers.RegexField(
        r"^[a-z]{2,3}(-[A-Za-z]{2,4})?$",
        max_length=10,
        allow_blank=True,
        help_text="Empty: the browser's language.",
    )
    is_admin = serializers.BooleanField(read_only=True)

    class Meta:
        model = User
        fields = ["id", "username", "display_name", "is_admin", "language", "theme"]
        read_only_fields = ["username"]

    def update(self, instance: User, validated_data: dict[str, Any]) -> User:
        """Write only what was changed: an administrator may be changing the rest just now."""
        for name, value in validated_data.items():
            setattr(instance, name, value)
        instance.save(update_fields=list(validated_data))
        return instance


class SessionSerializer(serializers.Serializer[Any]):
    user = SignedInUserSerializer(allow_null=True)
    version = serializers.CharField()
    csrf = serializers.CharField(help_text="Send it as X-CSRFToken with every change.")


class SignInSerializer(serializers.Serializer[Any]):
    username = serializers.CharField(max_length=NAME_LENGTH)
    password = SecretField()


class SessionView(APIView):
    """Who is signed in; sign in and out."""

    def get_permissions(self) -> list[BasePermission]:
        return [ScopedAndSignedIn()] if self.request.method == "PATCH" else [AllowAny()]

    @extend_schema(responses=SessionSerializer)
    def get(self, request: Request) -> Response:
        """Say who is signed in, and set the CSRF cookie."""
        return session_response(request)

    @extend_schema(request=SignInSerializer, responses={200: SessionSerializer})
    def post(self, request: Request) -> Response:
        """Sign in. `sign_in_failed` for a wrong name or password, `locked_out` after too many."""
        # Signing somebody in is a change too: without this check another site could do it.
        SessionAuthentication().enforce_csrf(request)
        body = SignInSerializer(data=request.data)
        body.is_valid(raise_exception=True)
        user = actions.sign_in(**body.validated_data, address=address_of(request))
        login(request._request, user, backend=BACKEND)
        request.user = user
        return session_response(request)

    @extend_schema(request=SignedInUserSerializer, responses=SessionSerializer)
    def patch(self, request: Request) -> Response:
        """Change one's own name, language or theme."""
        body = SignedInUserSerializer(caller(request), data=request.data, partial=True)
        body.is_valid(raise_exception=True)
        body.save()
        return session_response(request)

    @extend_schema(responses={204: None})
    def delete(self, request: Request) -> Response:
        """Sign out."""
        if request.user.is_authenticated and request.auth is None:
            AuditEvent.record("user.signed_out", actor=request.user)
        logout(request._request)
        return Response(status=status.HTTP_204_NO_CONTENT)


def session_response(request: Request) -> Response:
    """Answer with the session as it is now."""
    user = request.user if request.user.is_authenticated else None
    session = {"user": user, "version": __version__, "csrf": get_token(request._request)}
    return Response(SessionSerializer(session).data)


class NewPasswordSerializer(serializers.Serializer[Any]):
    current = SecretField()
    new = SecretField()


class PasswordView(APIView):
    """One's own password."""

    required_scope = "admin"

    @extend_schema(request=NewPasswordSerializer, responses={204: None})
    def post(self, request: Request) -> Response:
        """Change one's password; other sessions end."""
        body = NewPasswordSerializer(data=request.data)
        body.is_valid(raise_exception=True)
        user = actions.change_password(
            user=caller(request), **body.validated_data, address=address_of(request)
        )
        if request.auth is None:
            update_session_auth_hash(request._request, user)
        return Response(status=status.HTTP_204_NO_CONTENT)


# --- tokens --------------------------------------------------------------------------------


class TokenSerializer(serializers.ModelSerializer[ApiToken]):
    scopes = serializers.ListField(child=serializers.ChoiceField(choices=SCOPES))

    class Meta:
        model = ApiToken
        fields = ["id", "name", "prefix", "scopes", "expires_at", "last_used_at", "created_at"]


class MadeTokenSerializer(TokenSerializer):
    token = serializers.CharField(help_text="The secret; shown only here.")

    class Meta(TokenSerializer.Meta):
        fields = [*TokenSerializer.Meta.fields, "token"]


class NewTokenSerializer(serializers.Serializer[Any]):
    name = serializers.CharField(max_length=100)
    scopes = serializers.ListField(
        child=serializers.ChoiceField(choices=SCOPES), allow_empty=False, default=list(SCOPES)
    )
    expires_in_days = serializers.IntegerField(
        min_value=1, max_value=3650, allow_null=True, default=90, help_text="null: never"
    )


class TokensView(generics.GenericAPIView[ApiToken]):
    """One's own API tokens."""

    required_scope = "admin"  # a narrower token must not make itself a wider one
    serializer_class = TokenSerializer

    def get_queryset(self) -> QuerySet[ApiToken]:
        return ApiToken.objects.filter(user=caller(self.request))

    @extend_schema(operation_id="tokens_list", responses=TokenSerializer(many=True))
    def get(self, request: Request) -> Response:
        """List one's tokens, without their secrets."""
        page = self.paginate_queryset(self.get_queryset())
        return self.get_paginated_response(TokenSerializer(page, many=True).data)

    @extend_schema(request=NewTokenSerializer, responses={201: MadeTokenSerializer})
    def post(self, request: Request) -> Response:
        """Make a token; the answer holds its secret, which nobody can read again."""
        body = NewTokenSerializer(data=request.data)
        body.is_valid(raise_exception=True)
        wanted = body.validated_data
        token, secret = actions.make_token(
            user=caller(request),
            name=wanted["name"],
            scopes=wanted["scopes"],
            days=wanted["expires_in_days"],
            by=request.auth if isinstance(request.auth, ApiToken) else None,
        )
        made = {**TokenSerializer(token).data, "token": secret}
        return Response(made, status=status.HTTP_201_CREATED)


class TokenView(APIView):
    """One token."""

    required_scope = "admin"

    @extend_schema(responses={204: None})
    def delete(self, request: Request, pk: int) -> Response:
        """Revoke a token; whoever holds it is out at once."""
        token = ApiToken.objects.filter(user=caller(request), pk=pk).first()
        if token is None:
            raise NotFound("You have no such token.")
        actions.revoke_token(token=token, by=caller(request))
        return Response(status=status.HTTP_204_NO_CONTENT)
