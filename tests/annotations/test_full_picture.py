"""All pixels of a large picture: made when asked for, kept, upright and without metadata."""

from __future__ import annotations

import fcntl
import io
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from PIL import Image

from annotations.actions.full_picture import full_rendition
from annotations.actions.upload import upload_items
from annotations.api.tasks import picture_document
from annotations.intake.archives import Member
from annotations.media_links import media_url
from annotations.models import Item
from labelhub import storage
from tests import factories

pytestmark = pytest.mark.django_db


def large(*, orientation: int = 1) -> bytes:
    """A JPEG of 2,400 by 1,200 pixels with a black corner, and where it was taken."""
    image = Image.new("RGB", (2400, 1200), "white")
    image.paste((0, 0, 0), (0, 0, 101, 53))
    exif = Image.Exif()
    exif[0x0112] = orientation
    exif[0x010E] = "at home"
    out = io.BytesIO()
    image.save(out, "JPEG", quality=95, subsampling=0, exif=exif)
    return out.getvalue()


def uploaded(data: bytes) -> Item:
    dataset = factories.dataset()
    upload_items(dataset=dataset, members=[Member("page.jpg", data, done=1.0)])
    return Item.objects.get(dataset=dataset, filename="page.jpg")


def test_a_large_picture_is_served_with_all_its_pixels_upright_and_bare(client: Client) -> None:
    item = uploaded(large(orientation=6))
    answer = client.get(media_url(item.pk, "full"))
    shown = Image.open(io.BytesIO(answer.content))
    assert (answer["Content-Type"], shown.size) == ("image/jpeg", (1200, 2400))
    assert b"at home" not in answer.content
    assert not shown.getexif()
    # Turned to the right the corner lies above on the right.
    assert shown.convert("L").point(lambda value: 255 if value < 128 else 0).getbbox() == (
        1147, 0, 1200, 101,
    )  # fmt: skip


def test_it_is_made_once() -> None:
    item = uploaded(large())
    first = full_rendition(item=item)
    item.refresh_from_db()
    assert item.renditions["full"] == first
    assert storage.renditions().exists(first)
    storage.originals().delete(item.sha256)
    assert full_rendition(item=item) == first


def test_only_a_large_picture_has_an_address_for_more() -> None:
    page = uploaded(large())
    assert picture_document(page)["full_url"].startswith(f"/media/{page.pk}/full?")


def test_a_picture_that_fits_the_screen_is_full_there() -> None:
    image = Image.new("RGB", (300, 200), "white")
    out = io.BytesIO()
    image.save(out, "PNG")
    item = uploaded(out.getvalue())
    assert picture_document(item)["full_url"] is None
    assert full_rendition(item=item) == item.renditions["screen"]
    assert "full" not in Item.objects.get(pk=item.pk).renditions


def test_while_another_large_picture_is_decoded_it_is_to_be_asked_for_again(
    client: Client, settings: Any, tmp_path: Path
) -> None:
    settings.TILES_DIR = tmp_path
    item = uploaded(large())
    with (tmp_path / "decoding").open("w") as busy:
        fcntl.flock(busy, fcntl.LOCK_EX)
        answer = client.get(media_url(item.pk, "full"))
        assert (answer.status_code, answer.json()["code"]) == (503, "unavailable")
    assert client.get(media_url(item.pk, "full")).status_code == 200
