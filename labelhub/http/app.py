"""The browser's application: one page for every address that is not the API's."""

from __future__ import annotations

import secrets
from functools import lru_cache
from pathlib import Path

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.views.decorators.csrf import ensure_csrf_cookie
from django.views.decorators.http import require_safe

CONTENT_POLICY = (
    "default-src 'none'; script-src 'self' 'nonce-{nonce}'; style-src 'self' 'nonce-{nonce}'; "
    "img-src 'self' blob: data:; font-src 'self'; connect-src 'self'; manifest-src 'self'; "
    "worker-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
)
NOT_BUILT = (
    "<!doctype html><title>LabelHub</title><p>The pages are not built yet. "
    "Run <code>make build</code>, then reload. The API works meanwhile: "
    '<a href="/api/docs/">/api/docs/</a>.'
)


@lru_cache(maxsize=4)
def _page(path: Path, changed: float) -> str:
    return path.read_text(encoding="utf-8")


@require_safe
def offline_worker(request: HttpRequest) -> HttpResponse:
    """Return the script that keeps pages at hand without a line; from the root, to cover all."""
    script = settings.FRONTEND_DIST / "offline-worker.js"
    text = _page(script, script.stat().st_mtime) if script.is_file() else ""
    response = HttpResponse(text, content_type="text/javascript; charset=utf-8")
    response["Content-Security-Policy"] = "default-src 'none'; connect-src 'self'"
    response["Cache-Control"] = "no-cache"
    return response


@require_safe
@ensure_csrf_cookie
def application(request: HttpRequest, **_: object) -> HttpResponse:
    """Return the built page; scripts come from our own address only, styles need the nonce."""
    index = settings.FRONTEND_DIST / "index.html"
    if not index.is_file():
        return HttpResponse(NOT_BUILT, status=503)
    nonce = secrets.token_urlsafe(16)
    html = _page(index, index.stat().st_mtime).replace("__CSP_NONCE__", nonce)
    response = HttpResponse(html)
    response["Content-Security-Policy"] = CONTENT_POLICY.format(nonce=nonce)
    response["Cache-Control"] = "no-cache"
    return response
