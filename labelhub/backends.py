"""Storages that machines can share: a folder that all of them mount, and a bucket of S3.

Objects are whole or not there, and saving one again replaces it. Any other storage of Django's that
does the same will do, named `shared` in the settings' STORAGES.
"""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator
from datetime import datetime
from functools import cached_property
from importlib import import_module
from pathlib import Path
from typing import Any

from django.core.exceptions import ImproperlyConfigured
from django.core.files.base import File
from django.core.files.storage import FileSystemStorage, Storage
from django.utils.deconstruct import deconstructible

PIECE = 1 << 20
SPOOLED = 8 * PIECE  # bytes of an object that are read into memory rather than to disk


@deconstructible
class FolderStorage(FileSystemStorage):
    """A folder on a disk of the network: written beside, forced to disk, renamed."""

    def get_available_name(self, name: str, max_length: int | None = None) -> str:
        return name

    def _save(self, name: str, content: File[bytes]) -> str:
        target = Path(self.path(name))
        target.parent.mkdir(parents=True, exist_ok=True)
        handle, aside = tempfile.mkstemp(prefix=".aside-", dir=target.parent)
        try:
            with os.fdopen(handle, "wb") as stream:
                for piece in content.chunks(PIECE):
                    stream.write(piece)
                stream.flush()
                os.fsync(stream.fileno())
            os.replace(aside, target)
            _sync(target.parent)
        finally:
            Path(aside).unlink(missing_ok=True)
        return name

    def list_below(self, folder: str) -> Iterator[str]:
        root = self.path(folder)
        for inside, folders, names in os.walk(root):
            folders.sort()
            for name in sorted(names):
                if not name.startswith("."):
                    yield Path(inside, name).relative_to(root).as_posix()


def _sync(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


@deconstructible
class S3Storage(Storage):
    """A bucket, below a prefix; credentials, region and endpoint as for the AWS tools."""

    def __init__(self, bucket: str, prefix: str = "") -> None:
        self.bucket = bucket
        self.prefix = prefix.strip("/") + "/" if prefix.strip("/") else ""

    @cached_property
    def client(self) -> Any:
        try:
            boto3, config = import_module("boto3"), import_module("botocore.config")
        except ImportError:
            raise ImproperlyConfigured(
                "SHARED_STORAGE in S3 needs the package boto3; install requirements/s3.txt."
            ) from None
        options = config.Config(
            connect_timeout=5,
            read_timeout=30,
            retries={"mode": "standard", "max_attempts": 5},
            max_pool_connections=32,
        )
        return boto3.client("s3", config=options)

    def get_available_name(self, name: str, max_length: int | None = None) -> str:
        return name

    def _open(self, name: str, mode: str = "rb") -> File[bytes]:
        spool = tempfile.SpooledTemporaryFile(max_size=SPOOLED)  # noqa: SIM115
        try:
            self.client.download_fileobj(self.bucket, self._key(name), spool)
        except BaseException as error:
            spool.close()
            raise _missing(error, name) from error
        spool.seek(0)
        return File(spool, name)  # type: ignore[arg-type]

    def _save(self, name: str, content: File[bytes]) -> str:
        # boto3 closes what it is given, and the file is its owner's.
        with tempfile.SpooledTemporaryFile(max_size=SPOOLED) as spool:
            for piece in content.chunks(PIECE):
                spool.write(piece)
            spool.seek(0)
            self.client.upload_fileobj(spool, self.bucket, self._key(name))
        return name

    def exists(self, name: str) -> bool:
        try:
            self._head(name)
        except FileNotFoundError:
            return False
        return True

    def size(self, name: str) -> int:
        return int(self._head(name)["ContentLength"])

    def get_modified_time(self, name: str) -> datetime:
        written: datetime = self._head(name)["LastModified"]
        return written

    def delete(self, name: str) -> None:
        self.client.delete_object(Bucket=self.bucket, Key=self._key(name))

    def list_below(self, folder: str) -> Iterator[str]:
        start = self._key(folder.rstrip("/") + "/")
        pages = self.client.get_paginator("list_objects_v2")
        for page in pages.paginate(Bucket=self.bucket, Prefix=start):
            for entry in page.get("Contents", ()):
                yield entry["Key"].removeprefix(start)

    def _head(self, name: str) -> dict[str, Any]:
        try:
            found: dict[str, Any] = self.client.head_object(Bucket=self.bucket, Key=self._key(name))
        except Exception as error:
            raise _missing(error, name) from error
        return found

    def _key(self, name: str) -> str:
        return self.prefix + name


def _missing(error: BaseException, name: str) -> BaseException:
    """Return boto3's error as Django's storages say that an object is not there."""
    response = getattr(error, "response", None) or {}
    code = response.get("Error", {}).get("Code")
    return FileNotFoundError(name) if code in ("404", "NoSuchKey") else error
