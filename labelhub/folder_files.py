"""Files by content hash: written aside, synced, renamed; the row that names a file comes after it.

Names are SHA-256 in hex, so a file is never changed, only added and deleted. Where several machines
share a storage, such a folder is one machine's copy of it: see `shared_files`.
"""

from __future__ import annotations

import ctypes
import errno
import fcntl
import functools
import hashlib
import os
import re
import secrets
import tempfile
import time
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from labelhub.errors import DomainError, NotFound

GRACE_SECONDS = 24 * 3600
TICK_SECONDS = 0.01  # by which a file's time, off a clock of few ticks, can lie in the past
_PIECE = 1 << 20
SHA256 = re.compile(r"[0-9a-f]{64}")
_FOLDER = re.compile(r"[0-9a-f]{2}")


class TooLarge(DomainError):
    """A stream went on past its byte limit; nothing of it was kept."""

    code, status = "too_large", 413


class StorageFull(DomainError):
    """The disk is full; nothing was kept, and the same call works once there is room."""

    code, status, permanent = "disk_full", 507, False


@dataclass(frozen=True)
class Stored:
    """A file that is kept: its name and its length in bytes."""

    sha256: str
    size: int


class FolderFiles:
    """Files in a folder, as `aa/bb/<sha256>`; what is being written lies in `tmp/` beside them."""

    def __init__(self, root: Path) -> None:
        self.root = root

    def path(self, sha256: str) -> Path:
        """Return where a file lies, or would lie."""
        if not SHA256.fullmatch(sha256):
            raise ValueError(f"{sha256!r} is not a SHA-256 in hex")
        return Path(self._place_of(sha256))

    def exists(self, sha256: str) -> bool:
        return self.path(sha256).is_file()

    def at_hand(self, sha256: str) -> Path:
        """Return where a file lies on this machine's disk; NotFound names it if it is not there."""
        path = self.path(sha256)
        if not path.is_file():
            raise missing(sha256)
        return path

    def open(self, sha256: str) -> BinaryIO:
        """Open a file for reading; NotFound names it if it is not there."""
        try:
            return self.path(sha256).open("rb")
        except FileNotFoundError:
            raise missing(sha256) from None

    def read(self, sha256: str) -> bytes:
        with self.open(sha256) as file:
            return file.read()

    def is_sound(self, sha256: str) -> bool:
        """Tell whether a file's bytes still have the hash that they are kept under."""
        digest = hashlib.sha256()
        with self.open(sha256) as file:
            while piece := file.read(_PIECE):
                digest.update(piece)
        return digest.hexdigest() == sha256

    def mend(self, sha256: str) -> bool:
        """Fetch a file that went bad or missing from elsewhere; a folder alone has no elsewhere."""
        return False

    # ------------------------------------------------------------------------------- writing

    def save(self, stream: BinaryIO, *, max_bytes: int) -> Stored:
        """Keep a stream; saving the same bytes again keeps them once. Raises TooLarge."""
        with self._temporary() as file:
            stored = _copy(stream, file, max_bytes)
            file.flush()
            os.fsync(file.fileno())
            _sync(sorted(self._place([(file.name, stored.sha256)])))
        return stored

    def share(self, names: Iterable[str]) -> None:
        """Hand files on to where other machines find them: nothing to do for a folder alone."""

    def save_many(self, blobs: Iterable[bytes]) -> list[Stored]:
        """Keep several small files with one wait for the disk instead of two for each of them.

        Answers in the order of the blobs.
        """
        return save_together([(self, blobs)])[0]

    def _write_aside(self, wanted: dict[str, bytes], aside: list[tuple[str, str]]) -> None:
        """Write what is missing under other names, unsynced; `aside` grows by (path, name)."""
        prefix = f"{self._folder('tmp')}/{secrets.token_hex(8)}-"
        for number, sha256 in enumerate(self._missing(wanted)):
            aside.append((f"{prefix}{number}", sha256))
            _write(aside[-1][0], wanted[sha256])

    def _missing(self, names: Iterable[str]) -> list[str]:
        """Return what is not there; the rest is made young again, so that no sweep takes it."""
        missing = []
        with self._shared_with_sweeper():
            for sha256 in names:
                try:
                    os.utime(self._place_of(sha256))
                except FileNotFoundError:
                    missing.append(sha256)
        return missing

    def _place_of(self, sha256: str) -> str:
        return f"{self.root}/{sha256[:2]}/{sha256[2:4]}/{sha256}"

    @contextmanager
    def _temporary(self) -> Iterator[BinaryIO]:
        with _full_disk_named():
            file = tempfile.NamedTemporaryFile(dir=self._folder("tmp"), delete=False)  # noqa: SIM115
            try:
                with file:
                    yield file  # type: ignore[misc]
            finally:
                Path(file.name).unlink(missing_ok=True)

    def _place(self, aside: list[tuple[str, str]]) -> set[str]:
        """Rename synced files to their names; the folders returned must be synced to keep them."""
        folders: set[str] = set()
        with self._shared_with_sweeper():
            for path, sha256 in aside:
                target = self._place_of(sha256)
                folder = target[: -len(sha256) - 1]
                try:
                    os.rename(path, target)
                except FileNotFoundError:
                    _make_folder(folder)
                    folders |= {os.path.dirname(folder), str(self.root)}
                    os.rename(path, target)
                folders.add(folder)
        return folders

    def _folder(self, name: str) -> Path:
        folder = self.root / name
        folder.mkdir(parents=True, exist_ok=True)
        return folder

    # ------------------------------------------------------------------------------ deleting

    def delete(self, sha256: str) -> bool:
        """Delete a file; returns whether it was there. Waits while a backup is reading."""
        with self._may_delete():
            return self._unlink(sha256)

    def _unlink(self, sha256: str) -> bool:
        try:
            self.path(sha256).unlink()
        except FileNotFoundError:
            return False
        return True

    def kept(self) -> _Lock:
        """Return a lock under which no file is deleted: what a row names stays there."""
        return _Lock(self._folder("tmp").parent / "keep", fcntl.LOCK_EX)

    def _may_delete(self) -> _Lock:
        return _Lock(self._folder("tmp").parent / "keep", fcntl.LOCK_SH)

    def names(self) -> Iterator[str]:
        """Yield the names of all files."""
        for path in self._paths():
            yield path.name

    def sweep(
        self,
        in_use: Callable[[list[str]], Collection[str]],
        *,
        older_than: float = GRACE_SECONDS,
    ) -> list[str]:
        """Delete files that nobody names and that are older than `older_than` seconds.

        `in_use` gets names and returns those that some row refers to. A file younger than the
        grace time may be one whose row is still to be written. Returns the names deleted.
        """
        limit = time.time() - older_than
        self._sweep_temporary(limit)
        deleted: list[str] = []
        batch: list[str] = []
        for path in self._paths():
            if path.stat().st_mtime < limit:
                batch.append(path.name)
            if len(batch) >= 500:
                deleted += self._delete_unused(batch, in_use, limit)
                batch = []
        return deleted + self._delete_unused(batch, in_use, limit)

    def delete_unused(
        self,
        names: Collection[str],
        in_use: Callable[[list[str]], Collection[str]],
        *,
        since: float | None = None,
    ) -> list[str]:
        """Delete those of some files that no row names; returns which these were.

        One that is saved or looked for (`still_there`) from now on stays, though its row comes
        after this look at the rows. `since` is when the rows were looked at, if that is over.
        """
        limit = (time.time() if since is None else since) - TICK_SECONDS
        return self._delete_unused(list(names), in_use, limit)

    def still_there(self, names: Iterable[str]) -> list[str]:
        """Make files young whose rows were just written; returns those that are gone, to save anew.

        Saving such a file found it there before, and wrote nothing; meanwhile it can have been
        deleted with the last row of another that named it.
        """
        return self._missing(names)

    def _delete_unused(
        self, names: list[str], in_use: Callable[[list[str]], Collection[str]], limit: float
    ) -> list[str]:
        if not names:
            return []
        kept = set(in_use(names))
        # In this order: while a backup is waited for, saving goes on.
        with self._may_delete(), self._lock(fcntl.LOCK_EX):
            unused = [name for name in names if name not in kept and self._is_old(name, limit)]
            return [name for name in unused if self._unlink(name)]

    def _is_old(self, name: str, limit: float) -> bool:
        # Looked at again under the lock: it may have been saved anew meanwhile.
        try:
            return self.path(name).stat().st_mtime < limit
        except FileNotFoundError:
            return False

    def _sweep_temporary(self, limit: float) -> None:
        for path in self._folder("tmp").iterdir():
            if path.stat().st_mtime < limit:
                path.unlink(missing_ok=True)

    def _paths(self) -> Iterator[Path]:
        for first in _hex_folders(self.root):
            for second in _hex_folders(first):
                yield from (path for path in second.iterdir() if SHA256.fullmatch(path.name))

    def _shared_with_sweeper(self) -> _Lock:
        return self._lock(fcntl.LOCK_SH)

    def _lock(self, how: int) -> _Lock:
        return _Lock(self._folder("tmp").parent / "lock", how)


def save_together(groups: Sequence[tuple[FolderFiles, Iterable[bytes]]]) -> list[list[Stored]]:
    """Keep small files in several places with the same two waits for the disk.

    All of them are written aside and synced, then all renamed, then the names synced: a file with
    its final name is whole, whenever the power goes. Answers in the order of the blobs.
    """
    places: list[tuple[FolderFiles, list[tuple[str, str]]]] = [(files, []) for files, _ in groups]
    answers: list[list[Stored]] = []
    try:
        with _full_disk_named():
            for (files, blobs), (_, aside) in zip(groups, places, strict=True):
                named = [(hashlib.sha256(blob).hexdigest(), blob) for blob in blobs]
                answers.append([Stored(sha256, len(blob)) for sha256, blob in named])
                files._write_aside(dict(named), aside)
            _sync([path for _, aside in places for path, _ in aside])
            folders = [files._place(aside) for files, aside in places]
            _sync(sorted(set().union(*folders)))
        for (files, _), stored in zip(groups, answers, strict=True):
            files.share({one.sha256 for one in stored})
    except BaseException:
        for path in [path for _, aside in places for path, _ in aside]:
            Path(path).unlink(missing_ok=True)
        raise
    return answers


def missing(sha256: str) -> NotFound:
    """Return what to raise for a file that is not there."""
    return NotFound(f"The file {sha256} is not in storage.", code="file_missing")


class _Lock:
    """A lock between processes on one machine, held while names come and go."""

    def __init__(self, path: Path, how: int) -> None:
        self._path, self._how = path, how

    def __enter__(self) -> None:
        self._file = os.open(self._path, os.O_RDWR | os.O_CREAT, 0o600)
        fcntl.flock(self._file, self._how)

    def __exit__(self, *_: object) -> None:
        os.close(self._file)


def _hex_folders(folder: Path) -> Iterator[Path]:
    if folder.is_dir():
        yield from (path for path in sorted(folder.iterdir()) if _FOLDER.fullmatch(path.name))


def _copy(stream: BinaryIO, file: BinaryIO, max_bytes: int) -> Stored:
    digest, size = hashlib.sha256(), 0
    while piece := stream.read(_PIECE):
        size += len(piece)
        if size > max_bytes:
            raise TooLarge(f"The file is larger than {max_bytes:,} bytes.")
        digest.update(piece)
        file.write(piece)
    return Stored(digest.hexdigest(), size)


@contextmanager
def _full_disk_named() -> Iterator[None]:
    try:
        yield
    except OSError as error:
        if error.errno in (errno.ENOSPC, errno.EDQUOT):
            raise StorageFull("The server's disk is full. The file was not stored.") from error
        raise


@functools.cache
def _syncfs() -> Callable[[int], int] | None:
    """Linux' call that waits for everything written to a file system; None elsewhere."""
    return getattr(ctypes.CDLL(None, use_errno=True), "syncfs", None)


def _write(path: str, blob: bytes) -> None:
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        view = memoryview(blob)
        while view:
            view = view[os.write(handle, view) :]
    finally:
        os.close(handle)


def _make_folder(folder: str) -> None:
    """Make a folder and the one around it; os.makedirs looks at each before and after."""
    try:
        os.mkdir(folder)
    except FileNotFoundError:
        with suppress(FileExistsError):
            os.makedirs(os.path.dirname(folder))
        with suppress(FileExistsError):
            os.mkdir(folder)
    except FileExistsError:
        pass  # another import made it just now


def _sync(paths: list[str]) -> None:
    """Wait until files or folders are on the disk; many at once cost one wait where that exists."""
    syncfs = _syncfs()
    if syncfs is None or len(paths) < 8:
        for path in paths:
            _fsync(path)
        return
    above = {path.rpartition("/")[0] for path in paths}
    disks = {os.stat(folder).st_dev: folder for folder in above}
    for folder in disks.values():
        handle = os.open(folder, os.O_RDONLY)
        try:
            if syncfs(handle) != 0:
                raise OSError(ctypes.get_errno(), "syncfs failed", folder)
        finally:
            os.close(handle)


def _fsync(path: str) -> None:
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
