"""The shared storage: where machines leave for each other what must outlive any one of them.

It is Django's storage of the alias `shared`, a bucket or a folder that all machines mount; without
one, the data folder of the one machine is all there is. Names are those below the data folder.
What lies there is never changed, so an object that is there with its length is whole.
"""

from __future__ import annotations

import hashlib
import logging
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import BinaryIO

from django.conf import settings
from django.core.files.base import File
from django.core.files.storage import Storage, storages

from labelhub.errors import DomainError, NotFound, Unavailable

log = logging.getLogger(__name__)
ALIAS = "shared"
# One that is found there is written anew once it is so old that a sweep might take it.
YOUNG_SECONDS = 12 * 3600
_PIECE = 1 << 20


class StorageUnreachable(Unavailable):
    """The shared storage cannot be read or written now; the same call can work later."""

    code = "storage_unreachable"


class ObjectDamaged(DomainError):
    """What lies in the shared storage is not what was put there."""

    # It may be half of a change that is under way: a later look finds it whole.
    code, status, permanent = "object_damaged", 500, False


def shared_storage() -> Shared | None:
    """Return the storage that machines share, None where there is one machine alone."""
    return Shared(storages[ALIAS]) if ALIAS in settings.STORAGES else None


@dataclass(frozen=True)
class Facts:
    """Length in bytes of an object, and how long ago it was written."""

    size: int
    age_seconds: float


@dataclass(frozen=True)
class Shared:
    """Objects by name; errors name the object and the reason."""

    storage: Storage

    def put(self, name: str, path: Path, *, anew: bool = False) -> None:
        """Put a file there, unless it is there already and young; `anew` replaces it."""
        size = path.stat().st_size
        known = None if anew else self.facts(name)
        if known and known.size == size and known.age_seconds < YOUNG_SECONDS:
            return
        with _named("written", name), path.open("rb") as stream:
            kept = self.storage.save(name, File(stream))
        if kept != name:
            raise StorageUnreachable(
                f"The shared storage kept {name} as {kept}: it must overwrite what it has.",
                code="storage_renames",
            )

    def fetch(self, name: str, into: BinaryIO, *, sha256: str) -> int:
        """Copy an object, and return its length.

        NotFound names one that is not there, ObjectDamaged one whose bytes have another SHA-256.
        """
        digest, size = hashlib.sha256(), 0
        with self.open(name) as stream:
            while piece := _piece(stream, name):
                digest.update(piece)
                size += into.write(piece)
        if digest.hexdigest() != sha256:
            raise ObjectDamaged(
                f"{name} in the shared storage has other bytes than were put there."
            )
        return size

    @contextmanager
    def open(self, name: str) -> Iterator[File[bytes]]:
        """Open an object for reading; NotFound names one that is not there."""
        with _named("read", name):
            file = self.storage.open(name, "rb")
        with file:
            yield file

    def read(self, name: str) -> bytes:
        with self.open(name) as stream, _named("read", name):
            return bytes(stream.read())

    def facts(self, name: str) -> Facts | None:
        """Return length and age of an object, None where there is none."""
        with _named("looked at", name):
            try:
                if not self.storage.exists(name):
                    return None
                written = self.storage.get_modified_time(name)
                age = (datetime.now(UTC) - written).total_seconds()
                return Facts(self.storage.size(name), age)
            except FileNotFoundError:
                return None  # deleted between two of these questions

    def exists(self, name: str) -> bool:
        with _named("looked at", name):
            return self.storage.exists(name)

    def delete(self, name: str) -> None:
        """Delete an object; one that is not there is no error."""
        with _named("deleted", name):
            self.storage.delete(name)

    def names(self, below: str) -> Iterator[str]:
        """Yield the names of all objects below a folder, counted from it."""
        with _named("listed", below):
            listing = getattr(self.storage, "list_below", None)
            yield from listing(below) if listing else self._walk(below, "")

    def _walk(self, below: str, inner: str) -> Iterator[str]:
        try:
            folders, files = self.storage.listdir(f"{below}/{inner}".rstrip("/"))
        except FileNotFoundError:
            return
        yield from (f"{inner}{name}" for name in sorted(files))
        for folder in sorted(folders):
            yield from self._walk(below, f"{inner}{folder}/")


def _piece(stream: File[bytes], name: str) -> bytes:
    with _named("read", name):
        return bytes(stream.read(_PIECE))


@contextmanager
def _named(done: str, name: str) -> Iterator[None]:
    """Say of an error of any storage what could not be done, and with what."""
    try:
        yield
    except DomainError:
        raise
    except FileNotFoundError:
        raise NotFound(f"{name} is not in the shared storage.", code="file_missing") from None
    except Exception as error:  # each storage raises errors of its own library
        log.warning("The shared storage failed at %s.", name, exc_info=True)
        raise StorageUnreachable(
            f"{name} could not be {done} in the shared storage: {type(error).__name__}: {error}"
        ) from error
