"""Who is asking: a bearer token, or the browser's session."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.utils import timezone
from rest_framework import authentication, exceptions
from rest_framework.permissions import SAFE_METHODS
from rest_framework.request import Request

from labelhub.accounts.models import ApiToken, User, digest

LAST_USE_RESOLUTION = timedelta(minutes=10)


class TokenAuthentication(authentication.BaseAuthentication):
    """`Authorization: Bearer lh_...`; the secret is looked up by its hash."""

    def authenticate(self, request: Request) -> tuple[User, ApiToken] | None:
        header = request.META.get("HTTP_AUTHORIZATION", "")
        scheme, _, secret = header.partition(" ")
        if scheme.lower() != "bearer":
            return None
        token = self.find(request, digest(secret.strip()))
        if token is None:
            raise exceptions.AuthenticationFailed("This token is unknown, expired or revoked.")
        self._note_use(token)
        return token.user, token

    def find(self, request: Request, secret_digest: str) -> ApiToken | None:
        """Return the valid token; a child may fetch what its view needs in the same query."""
        return ApiToken.objects.valid().select_related("user").filter(digest=secret_digest).first()

    def authenticate_header(self, request: Request) -> str:
        return "Bearer"

    @staticmethod
    def _note_use(token: ApiToken) -> None:
        now = timezone.now()
        # Written rarely: a write per request would cost more than the request.
        if token.last_used_at is None or now - token.last_used_at > LAST_USE_RESOLUTION:
            ApiToken.objects.filter(pk=token.pk).update(last_used_at=now)


class SessionAuthentication(authentication.SessionAuthentication):
    """The browser's session, with CSRF checks; 401 rather than 403 when nobody is signed in."""

    def authenticate_header(self, request: Request) -> str:
        return "Session"

    def authenticate(self, request: Request) -> tuple[Any, None] | None:
        user = getattr(request._request, "user", None)
        if user is None or not user.is_active:
            return None
        self.enforce_csrf(request)
        return user, None

    def enforce_csrf(self, request: Request) -> None:
        """Check the header; without one, do not look for a token in a body of gigabytes."""
        changes = request.method not in SAFE_METHODS
        switched_off = getattr(request, "_dont_enforce_csrf_checks", False)  # by test clients
        if changes and not switched_off and "HTTP_X_CSRFTOKEN" not in request.META:
            raise exceptions.PermissionDenied("CSRF Failed: send the header X-CSRFToken.")
        super().enforce_csrf(request)
