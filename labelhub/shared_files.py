"""One machine's copy of the files that all machines share: filled on demand, checked, bounded.

A file goes to the shared storage before its row is written, and comes from there when it is asked
for. Its mode says what is known of it: a file that only this machine has can be written to by its
owner, one that the shared storage has cannot. Only those may be given up for room.
"""

from __future__ import annotations

import fcntl
import hashlib
import os
import time
from collections.abc import Callable, Collection, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import BinaryIO

from labelhub.errors import NotFound
from labelhub.folder_files import (
    GRACE_SECONDS,
    SHA256,
    TICK_SECONDS,
    FolderFiles,
    Stored,
    missing,
)
from labelhub.shared import Shared

# Modes: both say that the shared storage has the file, the second that it came from there.
HANDED_ON, FETCHED = 0o440, 0o400
AT_ONCE = 16
TOUCH_SECONDS = 600.0  # a file that is used is made young again at most this often
_PIECE = 1 << 20


class SharedFiles(FolderFiles):
    """Files in a folder that also lie in the shared storage, as `<prefix>/aa/bb/<sha256>`."""

    def __init__(self, root: Path, prefix: str, shared: Shared) -> None:
        super().__init__(root)
        self.prefix, self.shared = prefix, shared

    def name_of(self, sha256: str) -> str:
        """Return what a file goes by in the shared storage."""
        return f"{self.prefix}/{sha256[:2]}/{sha256[2:4]}/{sha256}"

    # ------------------------------------------------------------------------------- reading

    def exists(self, sha256: str) -> bool:
        return self.path(sha256).is_file() or self.shared.exists(self.name_of(sha256))

    def at_hand(self, sha256: str) -> Path:
        """Return where a file lies here, fetched if need be; NotFound names one that nobody has."""
        path = self.path(sha256)
        try:
            used = path.stat().st_mtime
        except FileNotFoundError:
            return self._fetch(sha256)
        if time.time() - used > TOUCH_SECONDS:
            try:
                os.utime(path)
            except FileNotFoundError:  # given up for room at this very moment
                return self._fetch(sha256)
        return path

    def all_at_hand(self, names: Collection[str]) -> set[str]:
        """Fetch many files at once; returns the names of those that nobody has."""
        with ThreadPoolExecutor(AT_ONCE) as pool:
            found = pool.map(self._is_at_hand, names)
            return {name for name, there in zip(names, found, strict=True) if not there}

    def _is_at_hand(self, sha256: str) -> bool:
        try:
            self.at_hand(sha256)
        except NotFound:
            return False
        return True

    def open(self, sha256: str) -> BinaryIO:
        while True:
            path = self.at_hand(sha256)
            try:
                return path.open("rb")
            except FileNotFoundError:
                continue  # given up for room since; what nobody has raises above

    def read(self, sha256: str) -> bytes:
        """Return a file's bytes; a copy that went bad is fetched anew."""
        data = super().read(sha256)
        if hashlib.sha256(data).hexdigest() != sha256 and self.mend(sha256):
            return super().read(sha256)
        return data

    def mend(self, sha256: str) -> bool:
        """Fetch a file anew if this machine's copy has other bytes than its name says, or none.

        Returns whether it was fetched; one that only this machine has stays as it is.
        """
        if self.path(sha256).is_file():
            if self.is_sound(sha256) or not self.shared.exists(self.name_of(sha256)):
                return False
            self._unlink(sha256)
        try:
            self._fetch(sha256)
        except NotFound:
            return False
        return True

    def _fetch(self, sha256: str) -> Path:
        with self._temporary() as file:
            try:
                self.shared.fetch(self.name_of(sha256), file, sha256=sha256)
            except NotFound:
                raise missing(sha256) from None
            file.flush()
            os.fsync(file.fileno())
            os.chmod(file.name, FETCHED)
            self._place([(file.name, sha256)])
        return self.path(sha256)

    # ------------------------------------------------------------------------------- writing

    def save(self, stream: BinaryIO, *, max_bytes: int) -> Stored:
        stored = super().save(stream, max_bytes=max_bytes)
        self.share([stored.sha256])
        return stored

    def share(self, names: Iterable[str]) -> None:
        """Put files into the shared storage, where they are not there yet; many at once."""
        wanted = list(names)
        with ThreadPoolExecutor(min(AT_ONCE, len(wanted) or 1)) as pool:
            for _ in pool.map(self._share_one, wanted):
                pass  # raises what went wrong

    def _share_one(self, sha256: str) -> None:
        path = self.path(sha256)
        self.shared.put(self.name_of(sha256), path)
        if path.stat().st_mode & 0o777 not in (HANDED_ON, FETCHED):
            os.chmod(path, HANDED_ON)

    def share_all(self) -> int:
        """Hand on everything that only this machine has; returns how many files that were."""
        alone = [path.name for path in self._paths() if path.stat().st_mode & 0o200]
        for start in range(0, len(alone), 500):
            self.share(alone[start : start + 500])
        return len(alone)

    # ------------------------------------------------------------------------------ deleting

    def delete(self, sha256: str) -> bool:
        """Delete a file here and for all; other machines give up their copies within a day."""
        there = self.shared.exists(self.name_of(sha256))
        with self._may_delete():
            self.shared.delete(self.name_of(sha256))
            return self._unlink(sha256) or there

    def delete_unused(
        self,
        names: Collection[str],
        in_use: Callable[[list[str]], Collection[str]],
        *,
        since: float | None = None,
    ) -> list[str]:
        limit = (time.time() if since is None else since) - TICK_SECONDS
        kept = set(in_use(list(names)))
        with self._may_delete(), self._lock(fcntl.LOCK_EX):
            unused = [name for name in names if name not in kept and self._was_old(name, limit)]
            for name in unused:
                self.shared.delete(self.name_of(name))
                self._unlink(name)
        return unused

    def _was_old(self, name: str, limit: float) -> bool:
        """Whether a file was not saved here since; where this machine has none, nobody here did."""
        return self._is_old(name, limit) or not self.path(name).is_file()

    def forget(self, sha256: str) -> None:
        """Give up this machine's copy of a file that the shared storage has."""
        self._unlink(sha256)

    def names(self) -> Iterator[str]:
        """Yield the names of all files in the shared storage."""
        for name in self.shared.names(self.prefix):
            _, _, sha256 = name.rpartition("/")
            if SHA256.fullmatch(sha256) and name == f"{sha256[:2]}/{sha256[2:4]}/{sha256}":
                yield sha256

    def sweep(
        self,
        in_use: Callable[[list[str]], Collection[str]],
        *,
        older_than: float = GRACE_SECONDS,
    ) -> list[str]:
        """Delete what nobody names, here and in the shared storage."""
        deleted = super().sweep(in_use, older_than=older_than)
        for batch in _batches(self.names()):
            used = set(in_use(batch))
            for sha256 in batch:
                if sha256 not in used and self._is_old_for_all(sha256, older_than):
                    self.delete(sha256)
                    deleted.append(sha256)
        return deleted

    def _is_old_for_all(self, sha256: str, older_than: float) -> bool:
        facts = self.shared.facts(self.name_of(sha256))
        return facts is not None and facts.age_seconds >= older_than


def _batches(names: Iterator[str], size: int = 500) -> Iterator[list[str]]:
    batch: list[str] = []
    for name in names:
        batch.append(name)
        if len(batch) == size:
            yield batch
            batch = []
    if batch:
        yield batch
