"""Files in an S3 bucket as one stream of members, with what was imported before left unread.

Credentials, region and endpoint are the environment's, as boto3 finds them (AWS_ACCESS_KEY_ID,
AWS_PROFILE, AWS_ENDPOINT_URL_S3, a machine's role ...); nobody who imports can name them.
"""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from importlib import import_module
from typing import Any, BinaryIO, cast

from annotations.intake.ahead import ahead
from annotations.intake.archives import Member
from annotations.intake.limits import DEFAULT, Limits
from annotations.intake.names import is_litter, most_bytes
from annotations.intake.refusals import Refusal
from annotations.intake.sources import opened

_SPILL = 1 << 20
_PIECE = 1 << 20
_CONTAINERS = (".zip", ".tar", ".tgz", ".gz", ".bz2", ".xz", ".parquet", "-ubyte")


class BucketError(Exception):
    """The bucket cannot be listed; the message says why, for a person."""


@dataclass(frozen=True)
class BucketFile:
    """An object of a bucket: its key, its length in bytes, and a mark that changes with it."""

    key: str
    size: int
    etag: str


def s3_client() -> Any:
    """Return boto3's client; raises BucketError where the package is missing."""
    try:
        boto3, config = import_module("boto3"), import_module("botocore.config")
    except ImportError:
        raise BucketError(
            "S3 needs the package boto3, which this server lacks; install requirements/s3.txt."
        ) from None
    options = config.Config(
        connect_timeout=5, read_timeout=30, retries={"mode": "standard", "max_attempts": 5}
    )
    try:
        return boto3.client("s3", config=options)
    except Exception as error:  # a broken profile or region is the operator's to read
        raise BucketError(f"The connection to S3 is not set up: {error}") from error


class Bucket:
    """One bucket, below a prefix, as members; paths count from the prefix."""

    def __init__(
        self, name: str, prefix: str = "", *, client: Any = None, limits: Limits = DEFAULT
    ) -> None:
        self.name, self.limits = name, limits
        self.prefix = prefix.strip("/") + "/" if prefix.strip("/") else ""
        self.client = client or s3_client()
        self._errors = import_module("botocore.exceptions")

    def members(self, is_known: Callable[[str], bool] = lambda source: False) -> Iterator[Member]:
        """Yield the files in the order of their keys.

        Those whose source (see `source_of`) is known are yielded as unchanged, without their
        bytes: an import that broke off goes on where it was, and a later one reads what is new.
        Raises BucketError where the bucket cannot be listed.
        """

        def fetched(file: BucketFile) -> list[Member] | Iterator[Member]:
            path, source = file.key.removeprefix(self.prefix), self.source_of(file)
            if is_litter(path):
                return [Member(path, ignored=True)]
            if is_known(source):
                return [Member(path, unchanged=True)]
            if path.lower().endswith(_CONTAINERS):
                return self._container(file, path)
            return [self._single(file, path, source)]

        for _, members in ahead(fetched, self._files()):
            yield from members

    def source_of(self, file: BucketFile) -> str:
        """Return what tells one content of one object from all others."""
        return f"s3://{self.name}/{file.key}#{file.etag}"

    def _files(self) -> Iterator[BucketFile]:
        pages = self.client.get_paginator("list_objects_v2")
        try:
            for page in pages.paginate(Bucket=self.name, Prefix=self.prefix):
                for entry in page.get("Contents", ()):
                    if not entry["Key"].endswith("/"):  # what consoles make for a folder
                        yield BucketFile(entry["Key"], entry["Size"], entry["ETag"].strip('"'))
        except (self._errors.BotoCoreError, self._errors.ClientError) as error:
            raise BucketError(f"The bucket {self.name} cannot be listed: {error}") from error

    def _single(self, file: BucketFile, path: str, source: str) -> Member:
        most = most_bytes(path, self.limits)
        if file.size > most:
            too_large = Refusal("too_large", f"The file is larger than {most:,} bytes.")
            return Member(path, refusal=too_large)
        try:
            body = self.client.get_object(Bucket=self.name, Key=file.key)["Body"]
            with body:
                data = body.read(most + 1)
        except (self._errors.BotoCoreError, self._errors.ClientError, OSError) as error:
            return Member(path, refusal=Refusal("unreadable", f"It cannot be read: {error}."))
        if len(data) > most:
            return Member(path, refusal=Refusal("too_large"))
        return Member(path, data, source=source)

    def _container(self, file: BucketFile, path: str) -> Iterator[Member]:
        """Yield what an archive holds, from a temporary file: archives are not read in order."""
        if file.size > self.limits.archive_max_total_bytes:
            yield Member(path, refusal=Refusal("too_large"))
            return
        with tempfile.SpooledTemporaryFile(max_size=_SPILL) as local:
            try:
                self._copy(file, cast("BinaryIO", local))
            except (self._errors.BotoCoreError, self._errors.ClientError, OSError) as error:
                yield Member(path, refusal=Refusal("unreadable", f"It cannot be read: {error}."))
                return
            local.seek(0)
            yield from opened(cast("BinaryIO", local), path, self.limits, alone=False)

    def _copy(self, file: BucketFile, local: BinaryIO) -> None:
        left = file.size
        with self.client.get_object(Bucket=self.name, Key=file.key)["Body"] as body:
            while left >= 0 and (piece := body.read(_PIECE)):
                left -= len(piece)
                local.write(piece)
        if left < 0:
            raise OSError("it became longer while it was read")
