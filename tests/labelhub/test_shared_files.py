"""Files that machines share: here on demand, checked, never lost for room."""

from __future__ import annotations

import io
import os
import stat
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from django.core.files.base import ContentFile

from labelhub import cache, env, storage
from labelhub.errors import NotFound
from labelhub.shared import ObjectDamaged, StorageUnreachable, shared_storage
from labelhub.shared_files import SharedFiles
from tests.machines import Machine, machine, s3, shared_place

__all__ = ["machine", "s3", "shared_place"]


def keep(data: bytes) -> str:
    return storage.originals().save(io.BytesIO(data), max_bytes=1 << 20).sha256


def originals() -> SharedFiles:
    files = storage.originals()
    assert isinstance(files, SharedFiles)
    return files


def age(path: Path, seconds: float) -> None:
    os.utime(path, (time.time() - seconds,) * 2)


def test_what_one_machine_keeps_another_reads(machine: Machine) -> None:
    one = keep(b"one")
    many = [file.sha256 for file in originals().save_many([b"two", b"three", b"two"])]
    machine("b")
    assert originals().read(one) == b"one"
    assert [originals().read(name) for name in many] == [b"two", b"three", b"two"]
    assert set(originals().names()) == {one, *many} and list(storage.renditions().names()) == []


def test_a_file_that_nobody_has_is_named(machine: Machine) -> None:
    with pytest.raises(NotFound, match="f" * 64):
        originals().read("f" * 64)
    assert originals().all_at_hand(["f" * 64, keep(b"here")]) == {"f" * 64}


def test_a_copy_that_went_bad_is_fetched_anew(machine: Machine) -> None:
    name = keep(b"hello")
    machine("b")
    path = originals().at_hand(name)
    path.chmod(0o600)
    path.write_bytes(b"hellO")
    assert originals().read(name) == b"hello"
    assert path.read_bytes() == b"hello"


def test_what_went_bad_in_the_storage_is_refused(machine: Machine) -> None:
    name = keep(b"hello")
    shared = shared_storage()
    assert shared is not None
    shared.storage.save(originals().name_of(name), ContentFile(b"other"))
    machine("b")
    with pytest.raises(ObjectDamaged, match=name):
        originals().at_hand(name)
    assert not originals().path(name).exists()


def test_many_processes_may_fetch_one_file(machine: Machine) -> None:
    name = keep(bytes(300_000))
    machine("b")
    with ThreadPoolExecutor(8) as pool:
        read = list(pool.map(lambda _: originals().read(name), range(24)))
    assert read == [bytes(300_000)] * 24
    assert list((originals().root / "tmp").iterdir()) == []


def test_a_storage_that_is_away_is_no_missing_file(
    machine: Machine, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    name = keep(b"hello")
    machine("b")
    for variable in ("AWS_ENDPOINT_URL_S3", "AWS_MAX_ATTEMPTS"):
        monkeypatch.setenv(variable, "http://127.0.0.1:9" if "URL" in variable else "1")
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "key")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "secret")
    settings.STORAGES = settings.STORAGES | {"shared": env.shared_storage("s3://away")}
    for broken in (lambda: originals().read(name), lambda: keep(b"new")):
        with pytest.raises(StorageUnreachable, match="files/") as error:
            broken()
        assert (error.value.status, error.value.permanent) == (503, False)


def test_what_is_deleted_is_gone_for_all(machine: Machine) -> None:
    name = keep(b"hello")
    machine("b")
    assert originals().delete(name)
    assert not originals().exists(name) and not originals().delete(name)


def test_only_what_is_old_and_unnamed_is_swept(machine: Machine) -> None:
    used, unused = keep(b"used"), keep(b"unused")
    machine("b")
    assert originals().sweep(lambda names: {used}, older_than=3600) == []
    assert originals().sweep(lambda names: {used}, older_than=-1) == [unused]
    assert set(originals().names()) == {used}


def test_room_is_made_only_of_what_the_storage_has(machine: Machine, settings: Any) -> None:
    shared, old, new = (keep(bytes([k]) * 1000) for k in range(3))
    alone = storage.FolderFiles(originals().root).save(io.BytesIO(b"alone"), max_bytes=10).sha256
    for name, seconds in ((shared, 9000), (old, 8000), (alone, 99_999_999), (new, 0)):
        age(originals().path(name), seconds)
    assert cache.trim(most_bytes=2000) == 1000
    assert [originals().path(name).exists() for name in (shared, old, new, alone)] == [
        False, True, True, True,
    ]  # fmt: skip
    assert cache.trim(most_bytes=0) == 1000  # what was used just now stays
    assert originals().path(new).exists() and originals().path(alone).exists()
    assert originals().read(shared) == bytes(1000)  # and comes back


def test_fetched_copies_go_a_day_after_their_last_use(machine: Machine) -> None:
    name = keep(b"a face")
    machine("b")
    path = originals().at_hand(name)
    age(path, 23 * 3600)
    assert cache.trim(most_bytes=1 << 30) == 0
    age(path, 25 * 3600)
    assert cache.trim(most_bytes=1 << 30) == 6 and not path.exists()
    machine("a")  # where it was kept first it stays while there is room
    age(originals().path(name), 25 * 3600)
    assert cache.trim(most_bytes=1 << 30) == 0


def test_what_was_there_before_sharing_is_handed_on(machine: Machine) -> None:
    data = machine("a")
    alone = storage.FolderFiles(data / "files").save(io.BytesIO(b"old"), max_bytes=10).sha256
    assert originals().share_all() == 1 and originals().share_all() == 0
    assert not originals().path(alone).stat().st_mode & stat.S_IWUSR
    machine("b")
    assert originals().read(alone) == b"old"


@pytest.mark.parametrize("place", ["s3://", "s3:///prefix", "relative/path", "http://bucket"])
def test_a_place_that_cannot_be_shared_is_refused(place: str) -> None:
    with pytest.raises(env.EnvError, match="SHARED_STORAGE"):
        env.shared_storage(place)


def test_without_a_shared_storage_files_lie_in_one_folder() -> None:
    assert type(storage.originals()) is storage.FolderFiles
