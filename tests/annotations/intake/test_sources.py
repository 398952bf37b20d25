"""Folders, archives, single files and uploads all become one stream of members."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from annotations.intake.limits import DEFAULT
from annotations.intake.sources import Spool, from_path, from_spool
from tests.pictures import png, zipped


def _filled(folder: Path, files: dict[str, bytes]) -> Path:
    for name, data in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(data)
    return folder


def _spooled(folder: Path, files: dict[str, bytes], **limits: int) -> list[tuple[str, bytes]]:
    spool = Spool(folder, replace(DEFAULT, **limits))
    for name, data in files.items():
        spool.begin(name)
        for start in range(0, len(data), 1000):
            spool.write(data[start : start + 1000])
    spool.close()
    return [(member.path, member.data) for member in from_spool(folder)]


def test_a_folder_gives_its_files_at_any_depth_in_order(tmp_path: Path) -> None:
    _filled(tmp_path, {"b.png": b"2", "a/z.png": b"1", ".DS_Store": b"x"})
    members = list(from_path(tmp_path))
    assert [(m.path, m.ignored) for m in members] == [
        (".DS_Store", True),
        ("a/z.png", False),
        ("b.png", False),
    ]
    assert members[-1].done == 1


def test_an_archive_in_a_folder_is_opened_under_its_name(tmp_path: Path) -> None:
    _filled(tmp_path, {"one.zip": zipped({"x.png": b"1"}), "y.png": b"2"})
    assert [member.path for member in from_path(tmp_path)] == ["one.zip/x.png", "y.png"]


def test_a_single_file_and_an_archive_alone_keep_their_names(tmp_path: Path) -> None:
    _filled(tmp_path, {"x.png": png(1), "one.zip": zipped({"dir/x.png": b"1"})})
    assert [member.path for member in from_path(tmp_path / "x.png")] == ["x.png"]
    assert [member.path for member in from_path(tmp_path / "one.zip")] == ["dir/x.png"]
    with pytest.raises(FileNotFoundError):
        list(from_path(tmp_path / "nothing"))


def test_an_upload_comes_back_file_by_file(tmp_path: Path) -> None:
    files = {"a.png": png(1), "empty.png": b"", "b.png": png(2) * 9}
    assert _spooled(tmp_path / "u", files) == list(files.items())


def test_many_small_files_lie_in_one(tmp_path: Path) -> None:
    _spooled(tmp_path / "u", {f"{k}.png": png(k) for k in range(200)})
    assert sorted(path.name for path in (tmp_path / "u").iterdir()) == ["index.json", "pieces"]


def test_an_archive_in_an_upload_is_opened(tmp_path: Path) -> None:
    archive = zipped({"x.png": png(1)})
    assert _spooled(tmp_path / "u", {"set.zip": archive}) == [("x.png", png(1))]
    two = _spooled(tmp_path / "v", {"set.zip": archive, "y.png": b"2"})
    assert [name for name, _ in two] == ["set.zip/x.png", "y.png"]


def test_a_broken_archive_is_refused_by_name_and_its_neighbours_stay(tmp_path: Path) -> None:
    spool = Spool(tmp_path / "u")
    for name, data in (("bad.zip", b"PK\x03\x04 broken"), ("y.png", b"2")):
        spool.begin(name)
        spool.write(data)
    spool.close()
    bad, good = from_spool(tmp_path / "u")
    assert bad.path == "bad.zip" and bad.refusal and bad.refusal.code == "archive_corrupt"
    assert (good.path, good.data) == ("y.png", b"2")


def test_a_file_beyond_the_limit_is_not_kept(tmp_path: Path) -> None:
    spool = Spool(tmp_path / "u", replace(DEFAULT, max_bytes=5_000))
    for name, size in (("big.png", 50_000), ("small.png", 10)):
        spool.begin(name)
        for _ in range(0, size, 10):
            spool.write(b"0123456789")
    spool.close()
    assert (tmp_path / "u" / "pieces").stat().st_size <= 5_010
    big, small = from_spool(tmp_path / "u")
    assert big.refusal is not None and big.refusal.code == "too_large"
    assert small.data == b"0123456789"


def test_a_discarded_upload_leaves_nothing(tmp_path: Path) -> None:
    spool = Spool(tmp_path / "u")
    spool.begin("set.zip")
    spool.write(zipped({"x": b"1"}))
    spool.discard()
    assert list(tmp_path.iterdir()) == []
