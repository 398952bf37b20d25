"""Errors that a person or a client can act on; everything else is a bug and surfaces as one."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any


class DomainError(Exception):
    """A refusal with a code for programs, a sentence for people, and whether a retry can help."""

    code = "refused"
    status = 400
    permanent = True

    def __init__(
        self,
        detail: str,
        *,
        code: str | None = None,
        fields: Mapping[str, Any] | None = None,
        extra: Mapping[str, Any] | None = None,
    ) -> None:
        super().__init__(detail)
        self.detail = detail
        self.code = code or self.code
        self.fields = dict(fields or {})
        self.extra = dict(extra or {})

    def payload(self) -> dict[str, Any]:
        """Return the body that an API answers with."""
        body: dict[str, Any] = {"code": self.code, "detail": self.detail}
        if self.fields:
            body["fields"] = self.fields
        return body | self.extra


class Invalid(DomainError):
    """The request names something that cannot be used; nothing was changed."""

    code, status = "invalid", 422


class BadQuery(Invalid):
    """A parameter of the address is unknown, or has a value that it cannot have."""

    code, status = "bad_query", 400


class NotAllowed(DomainError):
    """The caller may see the thing but not do this with it."""

    code, status = "not_allowed", 403


class NotFound(DomainError):
    """The thing does not exist, or the caller may not know that it does."""

    code, status = "not_found", 404


class Conflict(DomainError):
    """The thing changed meanwhile; the caller's version is kept by the caller."""

    code, status = "conflict", 409


class Stale(DomainError):
    """An edit was made against an older version (HTTP 412); both versions are named."""

    code, status = "version_conflict", 412


class Unavailable(DomainError):
    """A service or a resource is missing for now; the same request can work later."""

    code, status, permanent = "unavailable", 503, False
