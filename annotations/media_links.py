"""Signed addresses of images: whoever was given one may load the picture for a few minutes."""

from __future__ import annotations

import base64
import hashlib
import hmac
import time
from functools import lru_cache

from django.conf import settings

RENDITIONS = ("thumb", "screen", "original")


@lru_cache(maxsize=4)
def _key(secret: str) -> bytes:
    return hashlib.sha256(b"labelhub media link\0" + secret.encode()).digest()


def _signature(item_id: int, rendition: str, expiry: int) -> str:
    message = f"{item_id}/{rendition}/{expiry}".encode()
    mac = hmac.new(_key(settings.SECRET_KEY), message, hashlib.sha256).digest()
    return base64.urlsafe_b64encode(mac[:18]).decode()


def expiry_for(now: float) -> int:
    """Return when a link made now ends: within MEDIA_LINK_SECONDS, and at least half of it away.

    Links made in the same half share their expiry, so the address stays the same and the browser
    need not load the picture again.
    """
    half = settings.MEDIA_LINK_SECONDS // 2
    return (int(now) // half + 2) * half


def media_url(item_id: int, rendition: str = "screen", *, now: float | None = None) -> str:
    """Return the signed path of an item's picture."""
    expiry = expiry_for(time.time() if now is None else now)
    signature = _signature(item_id, rendition, expiry)
    return f"/media/{item_id}/{rendition}?e={expiry}&s={signature}"


def link_is_good(item_id: int, rendition: str, expiry: str, signature: str) -> bool:
    """Whether a link was made by this server for this picture and has not ended."""
    if not expiry.isdecimal() or len(expiry) > 12 or int(expiry) < time.time():
        return False
    # As bytes: texts are compared in constant time only where all of them is ASCII.
    wanted = _signature(item_id, rendition, int(expiry)).encode()
    return hmac.compare_digest(wanted, signature.encode("utf-8", "replace"))
