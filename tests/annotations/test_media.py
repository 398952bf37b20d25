"""Pictures under signed addresses: whoever was given one sees the rendition, and nothing else."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from PIL.PngImagePlugin import PngInfo

from annotations.actions.upload import upload_items
from annotations.intake.archives import Member
from annotations.media_links import media_url, original_url
from annotations.models import Item
from labelhub import storage
from tests import factories
from tests.pictures import encoded, opened, picture, png

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _own_files(settings: Any, tmp_path: Path) -> None:
    settings.FILES_DIR = tmp_path


def _item(data: bytes, name: str = "photo.jpg") -> Item:
    dataset = factories.dataset()
    upload_items(dataset=dataset, members=[Member(name, data)])
    return dataset.items.get()


def _get(url: str, **headers: str) -> Any:
    return Client().get(url, headers=headers)


def test_a_signed_address_shows_the_rendition_to_anybody() -> None:
    item = _item(encoded(picture(300, 200), "JPEG"))
    thumb, screen = (_get(media_url(item.pk, name)) for name in ("thumb", "screen"))
    assert opened(thumb.content).size == (192, 128)
    assert opened(screen.content).size == (300, 200)
    assert thumb["Content-Type"] == screen["Content-Type"] == "image/jpeg"
    assert _get(media_url(_item(png(1)).pk, "thumb"))["Content-Type"] == "image/png"


def test_what_is_served_cannot_run_or_be_shared() -> None:
    answer = _get(media_url(_item(png(1), 'a"<b>\u65e5.png').pk, "thumb"))
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert answer["Content-Security-Policy"].startswith("sandbox")
    assert answer["Cache-Control"].startswith("private, max-age=")
    assert answer["Content-Disposition"].startswith("inline; filename")
    assert answer["Cross-Origin-Resource-Policy"] == "same-origin"
    assert "Set-Cookie" not in answer


@pytest.mark.parametrize(
    "change",
    [
        lambda url: url.replace("/thumb", "/original"),
        lambda url: url.replace("e=", "e=9"),
        lambda url: url[:-1] + ("A" if url[-1] != "A" else "B"),
        lambda url: url.split("?")[0],
        lambda url: url.split("&")[0],
    ],
)
def test_an_address_that_was_changed_opens_nothing(change: Any) -> None:
    answer = _get(change(media_url(_item(png(1)).pk, "thumb")))
    assert answer.status_code == 403
    assert answer.json()["code"] == "link_expired"


def test_an_address_ends_within_five_minutes() -> None:
    item = _item(png(1))
    assert _get(media_url(item.pk, "thumb", now=time.time() - 301)).status_code == 403
    assert _get(media_url(item.pk, "thumb", now=time.time() - 100)).status_code == 200


def test_a_small_plain_picture_is_kept_once_and_shown_pixel_by_pixel() -> None:
    data = png(1, 28, 28)
    item = _item(data, "digit.png")
    assert list(storage.renditions().names()) == []
    for name in ("thumb", "screen", "full"):
        shown = _get(media_url(item.pk, name))
        assert shown["Content-Type"] == "image/png" and shown.content != data
        assert opened(shown.content).tobytes() == opened(data).tobytes()


def test_what_a_small_picture_hides_is_not_shown() -> None:
    hidden = PngInfo()
    hidden.add_text("Author", "Jane Doe")
    item = _item(encoded(picture(28, 28), pnginfo=hidden), "digit.png")
    assert b"Jane" not in _get(media_url(item.pk, "screen")).content


def test_a_plain_picture_whose_file_was_damaged_is_not_found() -> None:
    item = _item(png(1, 28, 28), "digit.png")
    storage.originals().path(item.sha256).write_bytes(b"no picture")
    assert _get(media_url(item.pk, "screen")).status_code == 404


def test_a_browser_that_has_the_picture_is_told_so() -> None:
    url = media_url(_item(png(1)).pk, "thumb")
    again = _get(url, if_none_match=_get(url)["ETag"])
    assert (again.status_code, again.content) == (304, b"")


def test_the_original_is_downloaded_byte_for_byte() -> None:
    data = encoded(picture(), "JPEG", comment=b"kept in the original")
    answer = _get(original_url(_item(data).pk, factories.user().pk))
    assert b"".join(answer.streaming_content) == data
    assert answer["Content-Disposition"].startswith("attachment")


def test_an_item_without_files_is_not_found() -> None:
    (bare,) = factories.add_items(factories.dataset(), 1)
    assert _get(media_url(bare.pk, "thumb")).status_code == 404
    assert _get(original_url(bare.pk, factories.user().pk)).status_code == 404
    assert _get(media_url(10**12, "thumb")).status_code == 404


def test_only_reading_is_allowed() -> None:
    url = media_url(_item(png(1)).pk, "thumb")
    assert Client().post(url).status_code == 405
    assert Client().head(url).status_code == 200


def test_showing_a_picture_takes_one_query(django_assert_num_queries: Any) -> None:
    url = media_url(_item(png(1)).pk, "thumb")
    with django_assert_num_queries(1):
        assert _get(url).status_code == 200
