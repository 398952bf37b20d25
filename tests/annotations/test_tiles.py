"""Pictures above 40 megapixels: cut once, served under one signature, kept within bounds."""

from __future__ import annotations

import fcntl
import io
import time
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from PIL import Image

from annotations.actions.datasets import delete_dataset
from annotations.actions.tiles import prepare_tiles, read_tile
from annotations.actions.upload import upload_items
from annotations.api.tasks import picture_document
from annotations.intake.archives import Member
from annotations.media_links import media_url
from annotations.models import Item
from labelhub.errors import NotFound
from tests import factories
from tests.pictures import opened, png

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def folder(settings: Any, tmp_path: Path) -> Path:
    settings.TILES_DIR = tmp_path
    return tmp_path


@cache
def large(width: int = 8000, height: int = 6000, *, orientation: int = 1) -> bytes:
    """A white JPEG with a black square of 64 pixels whose corner is at (5632, 3072)."""
    image = Image.new("L", (width, height), 255)
    image.paste(0, (5632, 3072, 5696, 3136))
    exif = Image.Exif()
    exif[0x0112] = orientation
    out = io.BytesIO()
    image.save(out, "JPEG", quality=90, exif=exif)
    return out.getvalue()


def uploaded(data: bytes) -> Item:
    dataset = factories.dataset()
    upload_items(dataset=dataset, members=[Member("map.jpg", data)])
    return Item.objects.get(dataset=dataset)


def tile_url(item: Item, place: str) -> str:
    return media_url(item.pk, "tiles").replace("/tiles?", f"/tiles/{place}?")


def black_box(tile: bytes) -> tuple[int, int, int, int] | None:
    return opened(tile).convert("L").point(lambda value: 255 if value < 128 else 0).getbbox()


def test_every_pixel_lies_in_its_tile_at_every_level(client: Client) -> None:
    item = uploaded(large())
    url = picture_document(item)["tiles_url"]
    plan = client.get(url)
    assert plan.json() == {"side": 512, "levels": [[8000, 6000], [4000, 3000]]}
    # 5632 = 11 * 512 and 3072 = 6 * 512; at half the size 2816 = 5 * 512 + 256 and 1536 = 3 * 512.
    whole, half = (client.get(tile_url(item, place)) for place in ("0/11-6", "1/5-3"))
    assert (whole["Content-Type"], opened(whole.content).size) == ("image/jpeg", (512, 512))
    assert black_box(whole.content) == (0, 0, 64, 64)
    assert black_box(half.content) == (256, 0, 288, 32)
    assert black_box(client.get(tile_url(item, "0/10-6")).content) is None
    assert opened(client.get(tile_url(item, "0/15-11")).content).size == (320, 368)


def test_tiles_are_upright_and_bare(client: Client) -> None:
    item = uploaded(large(orientation=6))
    client.get(media_url(item.pk, "tiles"))
    # Turned to the right, (x, y) comes to (6000 - y, x).
    turned = client.get(tile_url(item, "0/5-11")).content
    left = 6000 - 3136 - 5 * 512
    assert black_box(turned) == (left, 0, left + 64, 64)
    assert not opened(turned).getexif()


def test_only_who_was_given_the_address_sees_tiles(client: Client) -> None:
    item = uploaded(large())
    assert client.get(f"/media/{item.pk}/tiles").status_code == 403
    assert client.get(f"/media/{item.pk}/tiles/0/0-0").status_code == 403
    other = media_url(item.pk, "full").replace("/full?", "/tiles?")
    assert client.get(other).status_code == 403
    elsewhere = tile_url(item, "0/0-0").replace(f"/{item.pk}/", f"/{item.pk + 1}/")
    assert client.get(elsewhere).status_code == 403


def test_an_address_lasts_for_the_work_on_one_picture() -> None:
    item = uploaded(large())
    hour = 3600
    for age, status in [(1.9 * hour, 404), (4 * hour + 1, 403)]:
        url = media_url(item.pk, "tiles", now=time.time() - age).replace("/tiles?", "/tiles/0/0-0?")
        assert Client().get(url).status_code == status


def test_what_is_not_there_is_not_found(client: Client) -> None:
    item = uploaded(large())
    assert client.get(tile_url(item, "0/0-0")).status_code == 404  # not prepared yet
    client.get(media_url(item.pk, "tiles"))
    for place in ("0/16-0", "2/0-0", "0/0-12"):
        assert client.get(tile_url(item, place)).status_code == 404
    small = uploaded(png(1))
    assert picture_document(small)["tiles_url"] is None
    assert client.get(media_url(small.pk, "tiles")).status_code == 404


def test_a_second_large_picture_waits_for_the_first(client: Client, folder: Path) -> None:
    item = uploaded(large())
    with (folder / "decoding").open("w") as busy:
        fcntl.flock(busy, fcntl.LOCK_EX)
        assert client.get(media_url(item.pk, "tiles")).status_code == 503
    assert client.get(media_url(item.pk, "tiles")).status_code == 200


def test_the_longest_unused_tiles_make_room(settings: Any, folder: Path) -> None:
    first, second = uploaded(large()), uploaded(large(orientation=6))
    prepare_tiles(item=first)
    settings.TILES_MAX_BYTES = 1
    prepare_tiles(item=second)
    assert read_tile(item=second, level=0, column=0, row=0)
    with pytest.raises(NotFound, match="not prepared"):
        read_tile(item=first, level=0, column=0, row=0)


def test_tiles_go_with_the_last_item_of_their_original(folder: Path) -> None:
    first, second = uploaded(large()), uploaded(large())
    prepare_tiles(item=first)
    delete_dataset(dataset=first.dataset)
    assert read_tile(item=second, level=1, column=0, row=0)
    delete_dataset(dataset=second.dataset)
    assert list(folder.glob("*.*")) == []
