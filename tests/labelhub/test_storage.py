"""Files by content hash: kept once, kept whole, swept only when nobody names them."""

from __future__ import annotations

import errno
import hashlib
import io
import os
import time
from pathlib import Path

import pytest

from labelhub import folder_files, storage
from labelhub.errors import NotFound
from labelhub.storage import FolderFiles, StorageFull, TooLarge


@pytest.fixture
def files(tmp_path: Path) -> FolderFiles:
    return FolderFiles(tmp_path / "files")


def _save(files: FolderFiles, data: bytes) -> str:
    return files.save(io.BytesIO(data), max_bytes=1_000_000).sha256


def _age(files: FolderFiles, name: str, hours: float) -> None:
    then = time.time() - hours * 3600
    os.utime(files.path(name), (then, then))


def _left_aside(files: FolderFiles) -> list[str]:
    return [path.name for path in (files.root / "tmp").iterdir()]


def test_a_file_lies_under_its_hash(files: FolderFiles) -> None:
    name = _save(files, b"hello")
    assert name == hashlib.sha256(b"hello").hexdigest()
    assert files.path(name) == files.root / name[:2] / name[2:4] / name
    assert files.read(name) == b"hello"
    assert files.exists(name) and files.is_sound(name)


def test_the_same_bytes_are_kept_once(files: FolderFiles) -> None:
    assert _save(files, b"hello") == _save(files, b"hello")
    files.save_many([b"hello", b"hello"])
    assert len(list(files.names())) == 1


def test_many_files_answer_in_their_order(files: FolderFiles) -> None:
    blobs = [b"%d" % (k % 40) for k in range(60)]
    stored = files.save_many(blobs)
    assert [files.read(file.sha256) for file in stored] == blobs
    assert [file.size for file in stored] == [len(blob) for blob in blobs]
    assert _left_aside(files) == []


def test_files_in_two_places_are_kept_together_and_wait_twice(
    files: FolderFiles, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    waits: list[int] = []
    really = folder_files._sync

    def counted(paths: list[str]) -> None:
        waits.append(len(paths))
        really(paths)

    monkeypatch.setattr(folder_files, "_sync", counted)
    other = FolderFiles(tmp_path / "other")
    blobs = [[b"a", b"b", b"a"], [b"c"]]
    answers = storage.save_together([(files, blobs[0]), (other, blobs[1])])
    kept = [[place.read(file.sha256) for file in found]
            for place, found in zip((files, other), answers, strict=True)]  # fmt: skip
    assert kept == blobs
    assert waits[0] == 3 and len(waits) == 2


def test_nothing_has_its_name_before_its_bytes_are_on_the_disk(
    files: FolderFiles, monkeypatch: pytest.MonkeyPatch
) -> None:
    named: list[int] = []
    monkeypatch.setattr(folder_files, "_sync", lambda paths: named.append(len(list(files.names()))))
    files.save_many([b"%d" % number for number in range(20)])
    assert named == [0, 20]


def test_a_stream_beyond_its_limit_leaves_nothing(files: FolderFiles) -> None:
    with pytest.raises(TooLarge):
        files.save(io.BytesIO(bytes(2_000)), max_bytes=1_999)
    assert list(files.names()) == [] and _left_aside(files) == []


def test_a_full_disk_is_said_so_and_leaves_nothing(
    files: FolderFiles, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(folder_files, "_sync", full)
    for save in (lambda: _save(files, b"hello"), lambda: files.save_many([b"a", b"b"])):
        with pytest.raises(StorageFull) as error:
            save()
        assert (error.value.status, error.value.permanent) == (507, False)
    assert _left_aside(files) == []


def test_a_file_that_is_not_there_is_named(files: FolderFiles) -> None:
    with pytest.raises(NotFound, match="f" * 64):
        files.open("f" * 64)


@pytest.mark.parametrize("name", ["", "abc", "../" * 22, "F" * 64, "g" * 64])
def test_only_hashes_are_names(files: FolderFiles, name: str) -> None:
    with pytest.raises(ValueError, match="SHA-256"):
        files.path(name)


def test_a_changed_file_is_not_sound(files: FolderFiles) -> None:
    name = _save(files, b"hello")
    files.path(name).write_bytes(b"jello")
    assert not files.is_sound(name)


def test_the_sweeper_takes_only_old_files_that_nobody_names(files: FolderFiles) -> None:
    used, unused, young = (_save(files, data) for data in (b"used", b"unused", b"young"))
    for name in (used, unused):
        _age(files, name, 25)
    assert files.sweep(lambda names: {used} & set(names)) == [unused]
    assert sorted(files.names()) == sorted([used, young])


def test_a_file_saved_again_is_safe_from_the_sweeper(files: FolderFiles) -> None:
    for save in (_save, lambda files, data: files.save_many([data])):
        name = _save(files, b"hello")
        _age(files, name, 25)
        save(files, b"hello")
        assert files.sweep(lambda names: ()) == []


def test_what_nobody_names_is_deleted_unless_it_was_looked_for_since(files: FolderFiles) -> None:
    used, unused, wanted = (_save(files, data) for data in (b"used", b"unused", b"wanted"))
    for name in (used, unused, wanted):
        _age(files, name, 1)

    def in_use(names: list[str]) -> list[str]:
        # A row that names it is on its way: committed after this look.
        assert files.still_there([wanted, "f" * 64]) == ["f" * 64]
        return [used]

    assert files.delete_unused([used, unused, wanted, "e" * 64], in_use) == [unused]
    assert sorted(files.names()) == sorted([used, wanted])
    assert files.delete_unused([wanted], lambda names: [], since=time.time() - 60) == []
    assert files.delete_unused([wanted], lambda names: [], since=time.time() + 60) == [wanted]


def test_the_sweeper_takes_what_was_left_half_written(files: FolderFiles) -> None:
    _save(files, b"hello")
    for name, hours in (("old", 25), ("new", 1)):
        (files.root / "tmp" / name).write_bytes(b"half")
        then = time.time() - hours * 3600
        os.utime(files.root / "tmp" / name, (then, then))
    files.sweep(lambda names: names)
    assert _left_aside(files) == ["new"]
