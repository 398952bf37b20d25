"""All pixels of a large item, made when somebody first looks closer than the screen's rendition."""

from __future__ import annotations

from annotations.actions.decoding import decoder
from annotations.intake.picture import exceeds_screen
from annotations.intake.refusals import Refusal
from annotations.models import Item
from labelhub import storage
from labelhub.errors import NotFound

# Longer would keep threads of the web server from all other requests; a client asks again.
_WAIT_SECONDS = 2.0


def full_rendition(*, item: Item) -> str:
    """Return the name of the item's full rendition; it is made once and kept.

    Raises Unavailable while others are being decoded.
    """
    if not exceeds_screen(item.width, item.height):
        return str(item.renditions.get("screen", ""))
    if known := item.renditions.get("full"):
        return str(known)
    original = storage.originals().read(item.sha256)
    with decoder(wait=_WAIT_SECONDS) as checker:
        data = checker.full(original)
    if isinstance(data, Refusal):
        raise NotFound(data.detail)
    (stored,) = storage.renditions().save_many([data])
    kept = Item.objects.filter(pk=item.pk).update(
        renditions=item.renditions | {"full": stored.sha256}
    )
    if not kept:
        raise NotFound("The item is gone.")
    return stored.sha256
