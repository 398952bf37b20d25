"""Refusals that come from outside the API's views: JSON for programs, a plain sentence for people.

Django asks for them by the names in `labelhub.urls`: an unknown address, a bad host name, a request
from another site, and the bug that nobody expected.
"""

from __future__ import annotations

import sys
from typing import Any

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.http.response import HttpResponseBase
from django.views.decorators.csrf import csrf_exempt

from labelhub.http.outage import outage_answer

FOR_PROGRAMS = ("/api/", "/media/", "/healthz", "/readyz", "/metrics")


def refusal(request: HttpRequest, code: str, detail: str, status: int) -> HttpResponse:
    """Answer `{code, detail}` under the API's addresses, and the sentence alone elsewhere."""
    if request.path.startswith(FOR_PROGRAMS):
        return JsonResponse({"code": code, "detail": detail}, status=status)
    return HttpResponse(detail, status=status, content_type="text/plain; charset=utf-8")


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    return refusal(request, "bad_request", "The request cannot be read.", 400)


def forbidden(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    return refusal(request, "permission_denied", "This is not allowed.", 403)


def foreign_form(request: HttpRequest, reason: str = "") -> HttpResponse:
    """Refuse a change that lacks the CSRF token: another site may have sent it."""
    return refusal(request, "csrf_failed", "The CSRF token is missing or wrong.", 403)


@csrf_exempt
def not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    return refusal(request, "not_found", f"There is no {request.path} here.", 404)


def server_error(request: HttpRequest) -> HttpResponse:
    """Answer for a bug: its trace is in the log, and none of it here.

    What went wrong outside a view, such as storing the session, may be an outage all the same.
    """
    return outage_answer(sys.exc_info()[1]) or refusal(
        request, "server_error", "Something went wrong here; it was logged.", 500
    )


class RefusalMiddleware:
    """Gives a body to refusals that have none, such as 405 of a page's view."""

    def __init__(self, get_response: Any) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        response: HttpResponseBase = self.get_response(request)
        if response.status_code != 405 or getattr(response, "content", None):
            return response
        detail = f'Method "{request.method}" not allowed.'
        refused = refusal(request, "method_not_allowed", detail, 405)
        refused["Allow"] = response["Allow"]
        return refused
