"""What a caller may do at all; which rows they see is decided by each queryset's `for_user`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from rest_framework.permissions import SAFE_METHODS, BasePermission
from rest_framework.request import Request

from labelhub.accounts.models import ApiToken

if TYPE_CHECKING:
    from rest_framework.views import APIView


class ScopedAndSignedIn(BasePermission):
    """Signed in, and the token's scope covers the method: `read` to look, `write` to change.

    A view with `required_scope = "admin"` needs that scope of a token for changes.
    """

    message = "Sign in, or send a valid token."

    def has_permission(self, request: Request, view: APIView) -> bool:
        if not request.user or not request.user.is_authenticated:
            return False
        if not isinstance(request.auth, ApiToken):
            return True
        needed = self._needed(request.method or "GET", view)
        if needed in request.auth.scopes:
            return True
        self.message = f"This token lacks the scope {needed!r}."
        return False

    @staticmethod
    def _needed(method: str, view: Any) -> str:
        if method in SAFE_METHODS:
            return "read"
        return str(getattr(view, "required_scope", "write"))


class ScopedOrAnonymous(ScopedAndSignedIn):
    """Anybody; but a token that is sent must have the scope all the same."""

    def has_permission(self, request: Request, view: APIView) -> bool:
        return request.auth is None or super().has_permission(request, view)


class SiteAdmin(ScopedAndSignedIn):
    """Site administrators only."""

    message = "Only a site administrator may do this."

    def has_permission(self, request: Request, view: APIView) -> bool:
        return super().has_permission(request, view) and bool(
            getattr(request.user, "is_admin", False)
        )
