"""When the database is away the answer is 503 with Retry-After, so that clients keep their work."""

from __future__ import annotations

import errno
import logging
from collections.abc import Callable

from django.db import InterfaceError, OperationalError, connection
from django.http import HttpRequest, HttpResponse, JsonResponse

logger = logging.getLogger(__name__)


class OutageMiddleware:
    """Turns a lost database or a full disk into an answer that clients retry."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponse | None:
        return outage_answer(error)


def outage_answer(error: BaseException | None) -> HttpResponse | None:
    """Return the answer to a lost database or a full disk, None to any other error."""
    if isinstance(error, OSError) and error.errno == errno.ENOSPC:
        return _answer("disk_full", "The server's disk is full. Nothing was stored.", 507)
    if not isinstance(error, OperationalError | InterfaceError):
        return None
    logger.error("The database failed: %s", error)
    connection.close()
    if "disk is full" in str(error) or "No space left" in str(error):
        return _answer("disk_full", "The server's disk is full. Nothing was stored.", 507)
    return _answer("database_unavailable", "The database cannot be reached for the moment.", 503)


def _answer(code: str, detail: str, status: int) -> HttpResponse:
    return JsonResponse(
        {"code": code, "detail": detail}, status=status, headers={"Retry-After": "5"}
    )
