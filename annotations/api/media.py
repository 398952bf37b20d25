"""Pictures over HTTP: re-encoded renditions under signed addresses, originals for administrators.

The signature is the permission: it is made for somebody who may see the item, and ends within
minutes. What is served cannot run in a browser even when it is opened alone.
"""

from __future__ import annotations

import time
from typing import BinaryIO

from django.http import HttpRequest, HttpResponse, HttpResponseBase, JsonResponse
from django.utils.http import content_disposition_header, parse_etags
from django.views.decorators.http import require_safe

from annotations.api.downloads import download
from annotations.media_links import link_is_good
from annotations.models import Item
from labelhub import storage
from labelhub.errors import NotFound

_MAGIC = {b"\x89PNG": "image/png", b"\xff\xd8\xff": "image/jpeg", b"RIFF": "image/webp"}


@require_safe
def media(request: HttpRequest, item_id: int, rendition: str) -> HttpResponseBase:
    """Return an item's picture: `thumb`, `screen` or `original`."""
    expiry, signature = request.GET.get("e", ""), request.GET.get("s", "")
    if not link_is_good(item_id, rendition, expiry, signature):
        return _refusal(
            "link_expired", "This picture's address has ended; load the page again.", 403
        )
    item = Item.objects.filter(pk=item_id).only("sha256", "filename", "media_type", "renditions")
    try:
        return _answer(request, item.get(), rendition, int(expiry))
    except (Item.DoesNotExist, NotFound):
        return _refusal("not_found", "There is no such picture.", 404)


def _refusal(code: str, detail: str, status: int) -> JsonResponse:
    answer = JsonResponse({"code": code, "detail": detail}, status=status)
    answer["Cache-Control"] = "no-store"
    return answer


def _answer(request: HttpRequest, item: Item, rendition: str, expiry: int) -> HttpResponseBase:
    if rendition == "original":
        file = storage.originals().open(item.sha256)
        return download(
            request,
            file,
            filename=item.filename,
            media_type=item.media_type,
            sha256=item.sha256,
        )
    name = item.renditions.get(rendition)
    if not name:
        raise NotFound("The item has no such rendition.")
    etag = f'"{name}"'
    if etag in parse_etags(request.headers.get("If-None-Match", "")):
        answer = HttpResponse(status=304)
    else:
        with storage.renditions().open(name) as shown:
            answer = _picture(shown, item.filename)
    answer["ETag"] = etag
    # The address changes before it ends, so a browser need not ask again while it holds.
    age = max(0, expiry - int(time.time()))
    answer["Cache-Control"] = f"private, max-age={age}, immutable"
    return answer


def _picture(file: BinaryIO, filename: str) -> HttpResponse:
    data = file.read()
    kind = next((kind for magic, kind in _MAGIC.items() if data.startswith(magic)), None)
    answer = HttpResponse(data, content_type=kind or "application/octet-stream")
    disposition = content_disposition_header(as_attachment=False, filename=filename)
    answer["Content-Disposition"] = disposition or "inline"
    answer["X-Content-Type-Options"] = "nosniff"
    answer["Content-Security-Policy"] = "sandbox; default-src 'none'"
    answer["Cross-Origin-Resource-Policy"] = "same-origin"
    return answer
