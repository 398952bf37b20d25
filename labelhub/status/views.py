"""For machines that watch: is the process alive, can it serve, and how is it doing."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.http import require_safe

from labelhub.status import metrics as figures
from labelhub.status.readiness import database_trouble, folder_trouble


@require_safe
def healthz(request: HttpRequest) -> HttpResponse:
    """Say that the process answers; touches nothing, so that an outage restarts no process."""
    return JsonResponse({"alive": True})


@require_safe
def readyz(request: HttpRequest) -> HttpResponse:
    """Say whether requests can be served; 503 with the reasons where not."""
    reasons = [reason for reason in (database_trouble(), folder_trouble()) if reason]
    headers = {"Retry-After": "5"} if reasons else {}
    return JsonResponse(
        {"ready": not reasons, "reasons": reasons},
        status=503 if reasons else 200,
        headers=headers,
    )


@require_safe
def metrics(request: HttpRequest) -> HttpResponse:
    """Figures for Prometheus: sums over all web processes, with nobody's name in them."""
    return HttpResponse(figures.render(), content_type=figures.CONTENT_TYPE)
