"""Archives are read entry by entry, whatever their headers claim."""

from __future__ import annotations

import io
import tarfile
from dataclasses import replace

import pytest

from annotations.intake.archives import Member, read_archive
from annotations.intake.limits import DEFAULT, Limits
from annotations.intake.refusals import Refusal
from tests.pictures import png, tarred, zipped


def _read(data: bytes, limits: Limits = DEFAULT) -> list[Member]:
    return list(read_archive(io.BytesIO(data), limits))


FILES = {"a.png": png(1), "deep/b.png": png(2), "c.png": b"x" * 1024}


@pytest.mark.parametrize("mode", ["w", "w:gz", "w:bz2", "w:xz"])
def test_every_kind_of_tar_gives_its_files(mode: str) -> None:
    members = _read(tarred(FILES, mode))
    assert {member.path: member.data for member in members} == FILES
    assert members[-1].done > 0


def test_a_zip_gives_its_files_and_how_far_it_is() -> None:
    members = _read(zipped(FILES))
    assert {member.path: member.data for member in members} == FILES
    assert [member.done for member in members] == pytest.approx([1 / 3, 2 / 3, 1])


def test_pictures_count_against_the_limit_and_a_table_does_not() -> None:
    limits = replace(DEFAULT, archive_max_entries=2)
    files = {"a.png": b"1", "b.png": b"2", "labels.csv": b"t", "__MACOSX/._a.png": b"m"}
    for pack in (zipped, tarred):
        assert len(_read(pack(files), limits)) == 4
        with pytest.raises(Refusal) as refusal:
            _read(pack(files | {"c.png": b"3"}), limits)
        assert refusal.value.code == "archive_too_many_entries"


def test_an_archive_ends_where_it_has_given_too_many_bytes() -> None:
    limits = replace(DEFAULT, archive_max_total_bytes=200_000)
    files = {f"{k}.bin": bytes([k]) * 90_000 for k in range(4)}
    for pack in (zipped, tarred):
        taken = []
        with pytest.raises(Refusal) as refusal:
            taken.extend(member for member in read_archive(io.BytesIO(pack(files)), limits))
        assert refusal.value.code == "archive_bomb"


def test_a_large_file_is_refused_and_its_neighbours_are_not() -> None:
    limits = replace(DEFAULT, max_bytes=2_000)
    for pack in (zipped, tarred):
        members = _read(pack({"a.png": b"1", "big.png": bytes(3_000), "c.png": b"2"}), limits)
        codes = [member.refusal.code if member.refusal else "" for member in members]
        assert codes == ["", "too_large", ""]


def test_a_packed_tar_of_zeros_is_cut_off() -> None:
    with pytest.raises(Refusal) as refusal:
        limits = replace(DEFAULT, archive_max_total_bytes=5_000_000)
        _read(tarred({"zeros.bin": bytes(20_000_000)}, "w:gz"), limits)
    assert refusal.value.code == "archive_bomb"


def test_a_tar_header_of_absurd_length_is_not_read() -> None:
    info = tarfile.TarInfo("x")
    info.type, info.size = tarfile.XHDTYPE, 50_000_000
    data = info.tobuf(tarfile.PAX_FORMAT) + bytes(50_000_000) + bytes(1024)
    with pytest.raises(Refusal) as refusal:
        _read(data)
    assert refusal.value.code == "archive_bomb"


def test_links_and_devices_in_a_tar_are_refused() -> None:
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w") as archive:
        for name, kind in (("s", tarfile.SYMTYPE), ("h", tarfile.LNKTYPE), ("f", tarfile.FIFOTYPE)):
            info = tarfile.TarInfo(name)
            info.type, info.linkname = kind, "/etc/passwd"
            archive.addfile(info)
    codes = [member.refusal.code for member in _read(out.getvalue()) if member.refusal]
    assert codes == ["symlink_in_archive", "symlink_in_archive", "special_file"]


def test_an_archive_in_an_archive_is_not_opened() -> None:
    for inner in (zipped({"a": b"1"}), tarred({"a": b"1"}), b"7z\xbc\xaf\x27\x1c" + bytes(99)):
        (member,) = _read(zipped({"inner.png": inner}))
        assert member.refusal is not None and member.refusal.code == "nested_archive"


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"", "empty_file"),
        (b"Rar!\x1a\x07" + bytes(99), "unsupported_type"),
        (zipped({}), "empty_archive"),
        (tarred({}, "w:gz"), "empty_archive"),
        (zipped({".DS_Store": b"x"}), "empty_archive"),
        (zipped(FILES)[:-30], "archive_corrupt"),
        (tarred(FILES, "w:gz")[:200], "archive_corrupt"),
    ],
)
def test_what_is_no_archive_with_files_is_refused_whole(data: bytes, code: str) -> None:
    with pytest.raises(Refusal) as refusal:
        _read(data)
    assert refusal.value.code == code
