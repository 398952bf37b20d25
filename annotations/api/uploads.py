"""Receives files over HTTP straight to disk, where a job reads them; memory holds one piece."""

from __future__ import annotations

import io
import json
import uuid
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.files.uploadedfile import UploadedFile
from django.core.files.uploadhandler import FileUploadHandler, StopFutureHandlers
from django.http import HttpRequest

from annotations.intake.sources import Spool, TableSpool
from labelhub.errors import DomainError, Invalid
from labelhub.storage import TooLarge


class NothingSent(DomainError):
    """The request holds no file."""

    code, status = "no_files", 400


class SpoolHandler(FileUploadHandler):
    """Writes each file of a multipart request into a spool folder as it comes in.

    Django's own handler keeps a temporary file open for each; a folder of thousands of pictures
    would run out of file handles.
    """

    chunk_size = 256 * 1024
    kind: type[Spool] = Spool

    def __init__(self, request: HttpRequest, *, max_bytes: int) -> None:
        super().__init__(request)
        self.max_bytes, self.received = max_bytes, 0
        self._spool: Spool | None = None

    @property
    def folder(self) -> Path:
        return self.spool.folder

    @property
    def spool(self) -> Spool:
        if self._spool is None:
            self._spool = self.kind(Path(settings.UPLOADS_DIR) / uuid.uuid4().hex)
        return self._spool

    def handle_raw_input(
        self,
        input_data: Any,
        META: dict[str, Any],
        content_length: int,
        boundary: str,
        encoding: str | None = None,
    ) -> None:
        if content_length > self.max_bytes:
            raise self._too_large()

    def new_file(self, *args: Any, **kwargs: Any) -> None:
        super().new_file(*args, **kwargs)
        self.spool.begin(self.file_name or "")
        raise StopFutureHandlers

    def receive_data_chunk(self, raw_data: bytes, start: int) -> None:
        self.received += len(raw_data)
        if self.received > self.max_bytes:
            raise self._too_large()
        self.spool.write(raw_data)

    def file_complete(self, file_size: int) -> UploadedFile:
        # Nobody reads this; Django takes it to know that the part was dealt with, and closes it.
        return UploadedFile(file=io.BytesIO(), name=self.file_name, size=file_size)

    def finish(self, paths: str) -> str:
        """End the upload and return the name of its folder, for the job's payload."""
        if self._spool is None or not self._spool.parts:
            raise NothingSent("The request holds no file; send pictures or one ZIP as `files`.")
        if paths:
            self._spool.rename(_names(paths, len(self._spool.parts)))
        self._spool.close()
        return self._spool.folder.name

    def discard(self) -> None:
        """Delete what was received."""
        if self._spool is not None:
            self._spool.discard()
            self._spool = None

    def _too_large(self) -> TooLarge:
        return TooLarge(f"The upload is larger than {self.max_bytes:,} bytes; send it in parts.")


class TableHandler(SpoolHandler):
    """Takes one table, however long."""

    kind = TableSpool

    def new_file(self, *args: Any, **kwargs: Any) -> None:
        if self._spool is not None and self._spool.parts:
            raise Invalid("Send one table at a time.", code="one_table")
        super().new_file(*args, **kwargs)


def _names(paths: str, count: int) -> list[str]:
    # Not the strict parser: a name may hold anything, and a bad one refuses its own file only.
    try:
        names = json.loads(paths)
    except (ValueError, RecursionError):
        names = None
    if not isinstance(names, list) or not all(isinstance(name, str) for name in names):
        raise Invalid("paths must be a JSON list of texts.", fields={"paths": "not a list"})
    if len(names) != count:
        raise Invalid(
            f"paths names {len(names)} files, but {count} were sent.",
            fields={"paths": "one for each file, in their order"},
        )
    return [name.encode("utf-8", "replace").decode() for name in names]
