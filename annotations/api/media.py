"""Pictures over HTTP: re-encoded renditions under signed addresses, originals for administrators.

The signature is the permission: it is made for somebody who may see the item, and ends within
minutes. What is served cannot run in a browser even when it is opened alone.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from functools import partial

from django.http import HttpRequest, HttpResponse, HttpResponseBase, JsonResponse
from django.utils.http import content_disposition_header, parse_etags
from django.views.decorators.http import require_safe

from annotations.actions.access_log import note_original
from annotations.actions.full_picture import full_rendition
from annotations.actions.tiles import prepare_tiles, read_tile
from annotations.api.downloads import download
from annotations.intake.plain_png import PLAIN, NotPlain, rewritten
from annotations.intake.pyramid import TILE_SIDE, levels_of
from annotations.media_links import ORIGINAL, TILES, link_is_good
from annotations.models import Item
from labelhub import storage
from labelhub.errors import NotFound, Unavailable
from labelhub.storage import StorageFull

_MAGIC = {b"\x89PNG": "image/png", b"\xff\xd8\xff": "image/jpeg", b"RIFF": "image/webp"}


@require_safe
def media(request: HttpRequest, item_id: int, rendition: str) -> HttpResponseBase:
    """Return an item's picture: `thumb`, `screen`, `full` or `original`."""
    return _signed(request, item_id, rendition, partial(_answer, request, rendition))


@require_safe
def tiles(request: HttpRequest, item_id: int) -> HttpResponseBase:
    """Return how an item is cut into tiles, after seeing to it that they lie ready.

    `{"side", "levels": [[width, height], ...]}` in pixels, the largest first. 503 means that the
    machine cuts another picture: the same request can be made again in a moment.
    """
    return _signed(request, item_id, TILES, _plan_of_tiles)


@require_safe
def tile(request: HttpRequest, item_id: int, level: str, column: str, row: str) -> HttpResponseBase:
    """Return one tile under the address of `tiles`, followed by its level, column and row."""

    def answer(item: Item, expiry: int) -> HttpResponseBase:
        data = read_tile(item=item, level=int(level), column=int(column), row=int(row))
        return _kept_until(expiry, _picture(data, item.filename))

    return _signed(request, item_id, TILES, answer)


def _signed(
    request: HttpRequest,
    item_id: int,
    rendition: str,
    answer: Callable[[Item, int], HttpResponseBase],
) -> HttpResponseBase:
    """Answer for the item, if the address was signed for this rendition and has not ended."""
    expiry, signature, user = (request.GET.get(name, "") for name in ("e", "s", "u"))
    if not link_is_good(item_id, rendition, expiry, signature, user):
        return _refusal(
            "link_expired", "This picture's address has ended; load the page again.", 403
        )
    item = Item.objects.filter(pk=item_id).only(
        "sha256", "filename", "media_type", "renditions", "width", "height", "dataset_id"
    )
    try:
        return answer(item.get(), int(expiry))
    except (Item.DoesNotExist, NotFound):
        return _refusal("not_found", "There is no such picture.", 404)
    except (Unavailable, StorageFull) as error:
        return _refusal(error.code, error.detail, error.status)


def _plan_of_tiles(item: Item, expiry: int) -> HttpResponseBase:
    prepare_tiles(item=item)
    levels = [[level.width, level.height] for level in levels_of(item.width, item.height)]
    answer = JsonResponse({"side": TILE_SIDE, "levels": levels})
    # Asked anew each time a picture is looked at, which keeps its tiles among those in use.
    answer["Cache-Control"] = "no-store"
    return answer


def _refusal(code: str, detail: str, status: int) -> JsonResponse:
    answer = JsonResponse({"code": code, "detail": detail}, status=status)
    answer["Cache-Control"] = "no-store"
    return answer


def _answer(request: HttpRequest, rendition: str, item: Item, expiry: int) -> HttpResponseBase:
    if rendition == ORIGINAL:
        file = storage.originals().open(item.sha256)
        note_original(item=item, user_id=int(request.GET["u"]))
        return download(
            request,
            file,
            filename=item.filename,
            media_type=item.media_type,
            sha256=item.sha256,
        )
    plain = item.renditions.get(PLAIN, "")
    name = plain or (
        full_rendition(item=item) if rendition == "full" else item.renditions.get(rendition)
    )
    if not name:
        raise NotFound("The item has no such rendition.")
    etag = f'"{rendition if plain else ""}{name}"'
    if etag in parse_etags(request.headers.get("If-None-Match", "")):
        answer = HttpResponse(status=304)
    else:
        shown = _rewritten(name) if plain else storage.renditions().read(name)
        answer = _picture(shown, item.filename)
    answer["ETag"] = etag
    return _kept_until(expiry, answer)


def _rewritten(original: str) -> bytes:
    try:
        return rewritten(storage.originals().read(original))
    except NotPlain as error:
        raise NotFound("The picture's file is damaged.") from error


def _kept_until(expiry: int, answer: HttpResponse) -> HttpResponse:
    # The address changes before it ends, so a browser need not ask again while it holds.
    age = max(0, expiry - int(time.time()))
    answer["Cache-Control"] = f"private, max-age={age}, immutable"
    return answer


def _picture(data: bytes, filename: str) -> HttpResponse:
    kind = next((kind for magic, kind in _MAGIC.items() if data.startswith(magic)), None)
    answer = HttpResponse(data, content_type=kind or "application/octet-stream")
    disposition = content_disposition_header(as_attachment=False, filename=filename)
    answer["Content-Disposition"] = disposition or "inline"
    answer["X-Content-Type-Options"] = "nosniff"
    answer["Content-Security-Policy"] = "sandbox; default-src 'none'"
    answer["Cross-Origin-Resource-Policy"] = "same-origin"
    return answer
