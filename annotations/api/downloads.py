"""Downloads that go on where they broke off: HTTP ranges (RFC 9110, section 14) over open files."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import BinaryIO

from django.http import HttpRequest, HttpResponse, HttpResponseBase, StreamingHttpResponse
from django.utils.http import content_disposition_header

BLOCK = 64 * 1024
# One range; of several, or of one that is not understood, the whole file is sent.
RANGE = re.compile(r"bytes\s*=\s*(\d{0,18})\s*-\s*(\d{0,18})")


@dataclass(frozen=True)
class Slice:
    """A run of bytes of an open file, sent in blocks; closing it closes the file."""

    file: BinaryIO
    first: int
    end: int

    def __iter__(self) -> Iterator[bytes]:
        self.file.seek(self.first)
        left = self.end - self.first
        while left and (block := self.file.read(min(BLOCK, left))):
            left -= len(block)
            yield block

    def close(self) -> None:
        self.file.close()


def download(
    request: HttpRequest, file: BinaryIO, *, filename: str, media_type: str, sha256: str
) -> HttpResponseBase:
    """Answer with a file, or the range of it that was asked for; the answer closes the file."""
    size = os.fstat(file.fileno()).st_size
    etag = f'"{sha256}"'
    first, end, status = _range(request, size, etag)
    response: HttpResponseBase = StreamingHttpResponse(Slice(file, first, end), status=status)
    response["Content-Length"] = str(end - first)
    if status == 206:
        response["Content-Range"] = f"bytes {first}-{end - 1}/{size}"
    elif status == 416:
        file.close()
        response = HttpResponse(status=416, headers={"Content-Range": f"bytes */{size}"})
    disposition = content_disposition_header(as_attachment=True, filename=filename)
    response["Content-Disposition"] = disposition or "attachment"
    response["Content-Type"] = media_type
    response["Accept-Ranges"] = "bytes"
    response["ETag"] = etag
    response["X-Content-Type-Options"] = "nosniff"
    response["Content-Security-Policy"] = "sandbox; default-src 'none'"
    response["Cache-Control"] = "private, no-transform"
    return response


def _range(request: HttpRequest, size: int, etag: str) -> tuple[int, int, int]:
    """Return first byte, end and status: 200 for all of it, 206 for a part, 416 for no byte."""
    match = RANGE.fullmatch(request.headers.get("Range", "").strip())
    if match is None or request.method != "GET" or request.headers.get("If-Range", etag) != etag:
        return 0, size, 200
    start, stop = match.groups()
    if not (start or stop) or (start and stop and int(stop) < int(start)):
        return 0, size, 200  # not a range at all
    first = int(start) if start else max(size - int(stop), 0)
    end = min(int(stop) + 1, size) if start and stop else size
    return (first, end, 206) if first < end else (0, 0, 416)
