"""Who makes a request, for views that only signed-in people reach."""

from __future__ import annotations

from rest_framework.request import Request

from labelhub.accounts.models import User


def caller(request: Request) -> User:
    """Return the signed-in user; permissions have refused everybody else before."""
    assert isinstance(request.user, User)
    return request.user
