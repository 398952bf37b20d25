"""Counts and times every request, by view; a few microseconds each."""

from __future__ import annotations

import time
from collections.abc import Callable

from django.http import HttpRequest
from django.http.response import HttpResponseBase

from labelhub.status.metrics import count_request

NO_VIEW = "none"  # static files, and what never reached a view


class MetricsMiddleware:
    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        started = time.perf_counter()
        response = self.get_response(request)
        match = request.resolver_match
        # The pattern, never the path: a path would make a new time series for every id.
        view = match.route if match else NO_VIEW
        count_request(
            view=view,
            method=request.method or "other",
            status=response.status_code,
            seconds=time.perf_counter() - started,
        )
        return response
