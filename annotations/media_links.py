"""Signed addresses of images: whoever was given one may load the picture for a few minutes."""

from __future__ import annotations

import base64
import hashlib
import hmac
import time
from functools import lru_cache

from django.conf import settings

ORIGINAL = "original"  # each time one is sent is written down
RENDITIONS = ("thumb", "screen", "full", ORIGINAL)
TILES = "tiles"  # one address, and one signature, for all tiles of an item


@lru_cache(maxsize=4)
def _key(secret: str) -> bytes:
    return hashlib.sha256(b"labelhub media link\0" + secret.encode()).digest()


def _signature(item_id: int, rendition: str, expiry: int, user: str) -> str:
    message = f"{item_id}/{rendition}/{expiry}/{user}".encode()
    mac = hmac.new(_key(settings.SECRET_KEY), message, hashlib.sha256).digest()
    return base64.urlsafe_b64encode(mac[:18]).decode()


def expiry_for(now: float, rendition: str = "screen") -> int:
    """Return when a link made now ends: within its rendition's time, and at least half of it away.

    Links made in the same half share their expiry, so the address stays the same and the browser
    need not load the picture again.
    """
    # Tiles are loaded as somebody looks around, for as long as the work on one picture takes.
    whole = settings.TILES_LINK_SECONDS if rendition == TILES else settings.MEDIA_LINK_SECONDS
    half = whole // 2
    return (int(now) // half + 2) * half


def media_url(item_id: int, rendition: str = "screen", *, now: float | None = None) -> str:
    """Return the signed path of an item's picture."""
    expiry = expiry_for(time.time() if now is None else now, rendition)
    signature = _signature(item_id, rendition, expiry, "")
    return f"/media/{item_id}/{rendition}?e={expiry}&s={signature}"


def original_url(item_id: int, user_id: int) -> str:
    """Return the signed path of an item's original, which names whom it was made for."""
    expiry = expiry_for(time.time(), ORIGINAL)
    signature = _signature(item_id, ORIGINAL, expiry, str(user_id))
    return f"/media/{item_id}/{ORIGINAL}?e={expiry}&u={user_id}&s={signature}"


def picture_address(item_id: int) -> str:
    """Return the lasting address of an item's picture; it opens for whoever may see the item.

    Without PUBLIC_URL it is the path alone, since a server does not know what it is called.
    """
    return f"{settings.PUBLIC_URL}/api/v1/items/{item_id}/picture/"


def link_is_good(item_id: int, rendition: str, expiry: str, signature: str, user: str = "") -> bool:
    """Whether a link was made by this server for this picture and has not ended.

    That of an original is good only with the user for whom it was made.
    """
    if (rendition == ORIGINAL) != (user.isdecimal() and len(user) < 19):
        return False
    if not expiry.isdecimal() or len(expiry) > 12 or int(expiry) < time.time():
        return False
    # As bytes: texts are compared in constant time only where all of them is ASCII.
    wanted = _signature(item_id, rendition, int(expiry), user).encode()
    return hmac.compare_digest(wanted, signature.encode("utf-8", "replace"))
