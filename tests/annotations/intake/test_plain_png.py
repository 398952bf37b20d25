"""Small PNG files of pixels alone are shown from the original, written anew; all others are not."""

from __future__ import annotations

import struct
import zlib

import pytest
from PIL import Image
from PIL.PngImagePlugin import PngInfo

from annotations.intake.plain_png import NotPlain, chunk, plain_size, rewritten
from tests.pictures import encoded, opened, picture, png


def _file(rows: bytes, *, tail: bytes = b"") -> bytes:
    """A grey picture of 4 x 4 pixels, if there are 20 bytes of rows."""
    header = chunk(b"IHDR", struct.pack(">IIBBBBB", 4, 4, 8, 0, 0, 0, 0))
    pixels = chunk(b"IDAT", zlib.compress(rows) + tail)
    return b"\x89PNG\r\n\x1a\n" + header + pixels + chunk(b"IEND", b"")


@pytest.mark.parametrize("mode", ["L", "RGB"])
def test_the_pixels_stay_whatever_filters_the_file_used(mode: str) -> None:
    data = encoded(picture(60, 50, mode=mode), optimize=True)
    assert rewritten(data) != data
    assert opened(rewritten(data)).tobytes() == opened(data).tobytes()
    assert opened(rewritten(data)).mode == mode
    assert plain_size(data) == (60, 50)


def test_several_chunks_of_pixels_are_one_picture() -> None:
    whole = _file(bytes(20))
    body = zlib.compress(bytes(20))
    split = whole.replace(chunk(b"IDAT", body), chunk(b"IDAT", body[:5]) + chunk(b"IDAT", body[5:]))
    assert split != whole and rewritten(split) == rewritten(whole)


def _with_text() -> bytes:
    hidden = PngInfo()
    hidden.add_text("Author", "Jane Doe")
    return encoded(picture(), pnginfo=hidden)


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"\xff\xd8\xff",
        png()[:-1],
        png() + b"hidden",
        _with_text(),
        encoded(picture().convert("RGBA")),
        encoded(picture().convert("P")),
        encoded(picture().convert("1")),
        encoded(Image.new("I;16", (9, 9))),
        png(width=193, height=10),
        png(width=100, height=100),
        _file(bytes(19)),
        _file(bytes(21)),
        _file(bytes(20), tail=b"more"),
        _file(b"\5" + bytes(19)),
        _file(bytes(20))[:-6] + b"\0" + _file(bytes(20))[-5:],
    ],
)
def test_everything_else_is_not_plain(data: bytes) -> None:
    assert plain_size(data) is None
    with pytest.raises(NotPlain):
        rewritten(data)


def test_a_changed_byte_anywhere_is_noticed() -> None:
    data = png(3, 20, 20)
    for place in range(len(data)):
        changed = data[:place] + bytes([data[place] ^ 1]) + data[place + 1 :]
        assert plain_size(changed) is None
