"""One place where errors become `{code, detail, fields?}` answers."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import Http404
from rest_framework import exceptions
from rest_framework.response import Response
from rest_framework.views import set_rollback

from labelhub.errors import DomainError

RETRY_SECONDS = 5
# An error names what is wrong; it does not send ten megabytes of it back.
LONGEST_TEXT, MOST_ENTRIES = 500, 50


def handle(error: Exception, context: dict[str, Any]) -> Response | None:
    """Answer a DomainError or a framework error; anything else is a bug and stays a 500."""
    if isinstance(error, DomainError):
        set_rollback()
        return Response(
            _shortened(error.payload()), status=error.status, headers=_retry_after(error)
        )
    if isinstance(error, Http404):
        error = exceptions.NotFound()
    elif isinstance(error, PermissionDenied):
        error = exceptions.PermissionDenied()
    if not isinstance(error, exceptions.APIException):
        return None
    set_rollback()
    return Response(_shortened(_payload(error)), status=error.status_code, headers=_headers(error))


def _shortened(value: Any) -> Any:
    if isinstance(value, str):
        return value if len(value) <= LONGEST_TEXT else f"{value[: LONGEST_TEXT - 1]}…"
    if isinstance(value, dict):
        return {_shortened(key): _shortened(value[key]) for key in list(value)[:MOST_ENTRIES]}
    if isinstance(value, list | tuple):
        return [_shortened(entry) for entry in value[:MOST_ENTRIES]]
    return value


def _retry_after(error: DomainError) -> dict[str, str]:
    """Say when to come back, for refusals that end by themselves."""
    if error.status not in (429, 503, 507):
        return {}
    return {"Retry-After": str(error.extra.get("retry_after", RETRY_SECONDS))}


def _payload(error: exceptions.APIException) -> dict[str, Any]:
    if isinstance(error, exceptions.ValidationError):
        fields = error.detail if isinstance(error.detail, dict) else {"": error.detail}
        return {"code": "invalid", "detail": _first_sentence(fields), "fields": fields}
    code = error.get_codes()
    return {"code": code if isinstance(code, str) else "invalid", "detail": str(error.detail)}


def _first_sentence(fields: dict[str, Any]) -> str:
    for name, messages in fields.items():
        while isinstance(messages, list | dict) and messages:
            messages = next(iter(messages.values())) if isinstance(messages, dict) else messages[0]
        return f"{name}: {messages}" if name and name != "non_field_errors" else str(messages)
    return "The request is not valid."


def _headers(error: exceptions.APIException) -> dict[str, str]:
    headers = {}
    if auth_header := getattr(error, "auth_header", None):
        headers["WWW-Authenticate"] = str(auth_header)
    if wait := getattr(error, "wait", None):
        headers["Retry-After"] = str(int(wait) + 1)
    return headers
