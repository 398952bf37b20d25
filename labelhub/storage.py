"""Files by content hash: written aside, synced, renamed; the row that names a file comes after it.

`Files` is what the rest of the program uses; a folder is one way to keep it, an object store could
be another. Names are SHA-256 in hex, so a file is never changed, only added and deleted.
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
from collections.abc import Callable, Collection, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, Protocol

from labelhub.errors import DomainError, NotFound

GRACE_SECONDS = 24 * 3600
_PIECE = 1 << 20
_SHA256 = re.compile(r"[0-9a-f]{64}")
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


class Files(Protocol):
    """What a place for files can do."""

    def save(self, stream: BinaryIO, *, max_bytes: int) -> Stored: ...
    def save_many(self, blobs: Iterable[bytes]) -> list[Stored]: ...
    def open(self, sha256: str) -> BinaryIO: ...
    def exists(self, sha256: str) -> bool: ...
    def delete(self, sha256: str) -> bool: ...
    def names(self) -> Iterator[str]: ...


class FolderFiles:
    """Files in a folder, as `aa/bb/<sha256>`; what is being written lies in `tmp/` beside them."""

    def __init__(self, root: Path) -> None:
        self.root = root

    def path(self, sha256: str) -> Path:
        """Return where a file lies, or would lie."""
        if not _SHA256.fullmatch(sha256):
            raise ValueError(f"{sha256!r} is not a SHA-256 in hex")
        return Path(self._place_of(sha256))

    def exists(self, sha256: str) -> bool:
        return self.path(sha256).is_file()

    def open(self, sha256: str) -> BinaryIO:
        """Open a file for reading; NotFound names it if it is not there."""
        try:
            return self.path(sha256).open("rb")
        except FileNotFoundError:
            raise NotFound(f"The file {sha256} is not in storage.", code="file_missing") from None

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

    # ------------------------------------------------------------------------------- writing

    def save(self, stream: BinaryIO, *, max_bytes: int) -> Stored:
        """Keep a stream; saving the same bytes again keeps them once. Raises TooLarge."""
        with self._temporary() as file:
            stored = _copy(stream, file, max_bytes)
            file.flush()
            os.fsync(file.fileno())
            self._place([(file.name, stored.sha256)])
        return stored

    def save_many(self, blobs: Iterable[bytes]) -> list[Stored]:
        """Keep several small files with one wait for the disk instead of two for each of them.

        Answers in the order of the blobs.
        """
        stored = [(Stored(hashlib.sha256(blob).hexdigest(), len(blob)), blob) for blob in blobs]
        wanted = {file.sha256: blob for file, blob in stored}
        missing = self._missing(wanted)
        aside: list[tuple[str, str]] = []
        try:
            with _full_disk_named():
                prefix = f"{self._folder('tmp')}/{secrets.token_hex(8)}-"
                for number, sha256 in enumerate(missing):
                    aside.append((f"{prefix}{number}", sha256))
                    _write(aside[-1][0], wanted[sha256])
                if aside:
                    _sync([path for path, _ in aside], self.root)
                    self._place(aside)
        except BaseException:
            for path, _ in aside:
                Path(path).unlink(missing_ok=True)
            raise
        return [file for file, _ in stored]

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

    def _place(self, aside: list[tuple[str, str]]) -> None:
        """Rename synced files to their names, and make the names last."""
        folders: set[str] = set()
        with self._shared_with_sweeper():
            for path, sha256 in aside:
                target = self._place_of(sha256)
                folder = os.path.dirname(target)
                try:
                    os.rename(path, target)
                except FileNotFoundError:
                    os.makedirs(folder, exist_ok=True)
                    folders |= {os.path.dirname(folder), str(self.root)}
                    os.rename(path, target)
                folders.add(folder)
        _sync(sorted(folders), self.root)

    def _folder(self, name: str) -> Path:
        folder = self.root / name
        folder.mkdir(parents=True, exist_ok=True)
        return folder

    # ------------------------------------------------------------------------------ deleting

    def delete(self, sha256: str) -> bool:
        """Delete a file; returns whether it was there."""
        try:
            self.path(sha256).unlink()
        except FileNotFoundError:
            return False
        return True

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

    def _delete_unused(
        self, names: list[str], in_use: Callable[[list[str]], Collection[str]], limit: float
    ) -> list[str]:
        if not names:
            return []
        kept = set(in_use(names))
        with self._lock(fcntl.LOCK_EX):
            unused = [name for name in names if name not in kept and self._is_old(name, limit)]
            return [name for name in unused if self.delete(name)]

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
                yield from (path for path in second.iterdir() if _SHA256.fullmatch(path.name))

    def _shared_with_sweeper(self) -> _Lock:
        return self._lock(fcntl.LOCK_SH)

    def _lock(self, how: int) -> _Lock:
        return _Lock(self._folder("tmp").parent / "lock", how)


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


def _sync(paths: list[str], root: Path) -> None:
    """Wait until files or folders are on the disk; many at once cost one wait where that exists."""
    syncfs = _syncfs()
    if syncfs is None or len(paths) < 8:
        for path in paths:
            _fsync(path)
        return
    handle = os.open(root, os.O_RDONLY)
    try:
        if syncfs(handle) != 0:
            raise OSError(ctypes.get_errno(), "syncfs failed", str(root))
    finally:
        os.close(handle)


def _fsync(path: str) -> None:
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


# ---------------------------------------------------------------------- the program's own places


def originals() -> FolderFiles:
    """Uploaded files as they came; they go to administrators alone."""
    from django.conf import settings

    return FolderFiles(Path(settings.FILES_DIR))


def renditions() -> FolderFiles:
    """What people are shown: re-encoded, upright, without metadata."""
    from django.conf import settings

    return FolderFiles(Path(settings.FILES_DIR) / "renditions")


def path_of(sha256: str) -> Path:
    """Return where an original lies."""
    return originals().path(sha256)
