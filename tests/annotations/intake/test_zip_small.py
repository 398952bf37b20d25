"""The short way to a small entry gives what zipfile gives, or leaves it to zipfile."""

from __future__ import annotations

import io
import zipfile

import pytest

from annotations.intake.zip_small import small_entry


def _packed(data: bytes, how: int, name: str = "a.png") -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", how) as archive:
        archive.writestr(name, data)
    return out.getvalue()


def _small(packed: bytes) -> bytes | None:
    with zipfile.ZipFile(io.BytesIO(packed)) as archive:
        return small_entry(archive, archive.infolist()[0])


@pytest.mark.parametrize("how", [zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED])
@pytest.mark.parametrize("name", ["a.png", "folder/\u00e4\u6f22.png"])
@pytest.mark.parametrize("data", [b"", b"x", b"pixels" * 900])
def test_usual_entries_are_read(how: int, name: str, data: bytes) -> None:
    assert _small(_packed(data, how, name)) == data


def test_an_entry_of_unknown_size_is_read_by_the_directory() -> None:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive, archive.open("a.png", "w") as stream:
        stream.write(b"pixels")
    assert _small(out.getvalue()) == b"pixels"


@pytest.mark.parametrize("how", [zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA])
def test_unusual_packing_is_left_alone(how: int) -> None:
    assert _small(_packed(b"pixels" * 900, how)) is None


def test_large_entries_are_left_alone() -> None:
    assert _small(_packed(bytes(70_000), zipfile.ZIP_DEFLATED)) is None


@pytest.mark.parametrize("place", [0, 6, 8, 30, 36])
def test_an_entry_that_is_not_as_the_directory_says_is_left_alone(place: int) -> None:
    data = bytearray(_packed(b"pixels", zipfile.ZIP_STORED))
    data[place] ^= 0x21
    assert _small(bytes(data)) is None


def test_a_wrong_size_is_left_alone() -> None:
    data = _packed(b"pixels" * 900, zipfile.ZIP_DEFLATED)
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        entry = archive.infolist()[0]
        entry.file_size -= 1
        assert small_entry(archive, entry) is None
