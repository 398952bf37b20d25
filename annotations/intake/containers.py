"""Files that hold many pictures each: IDX (MNIST, EMNIST) and Parquet, taken apart one by one.

IDX is a header and plain bytes, read here; Parquet is read by a process of its own.
"""

from __future__ import annotations

import gzip
import zlib
from collections.abc import Iterator
from typing import BinaryIO, cast

from annotations.intake.archives import Member
from annotations.intake.formats.base import base_of, folder_of
from annotations.intake.formats.idx import picture_stem, pictures_in
from annotations.intake.limits import DEFAULT, Limits
from annotations.intake.parquet_process import parquet_members
from annotations.intake.refusals import Refusal
from annotations.intake.sniff import IDX_LABELS as LABELS
from annotations.intake.sniff import IDX_PICTURES as PICTURES
from annotations.intake.sniff import SNIFF_BYTES, unpacked_idx

MOST_PICTURES = 1_000_000
_GZIP, _PARQUET = b"\x1f\x8b", b"PAR1"


def container_kind(file: BinaryIO) -> str | None:
    """Return idx, labels (both packed or not) or parquet by a file's first bytes, or None."""
    file.seek(0)
    head = file.read(SNIFF_BYTES)
    file.seek(0)
    if head.startswith(_PARQUET):
        return "parquet"
    return {PICTURES: "idx", LABELS: "labels"}.get(unpacked_idx(head) or head[:4])


def is_container(head: bytes) -> bool:
    """Tell by its first bytes whether a file may be large and hold many pictures."""
    return head.startswith((PICTURES, _PARQUET))


def container_members(
    file: BinaryIO, name: str, kind: str, limits: Limits = DEFAULT
) -> Iterator[Member]:
    """Yield what a container holds; where it breaks off, its own name is the last one, refused."""
    try:
        if kind == "parquet":
            yield from parquet_members(file, name, limits, MOST_PICTURES)
        else:
            yield from _idx(file, name, kind, limits)
    except Refusal as refusal:
        yield Member(name, refusal=refusal, done=1.0)


def _idx(file: BinaryIO, name: str, kind: str, limits: Limits) -> Iterator[Member]:
    packed = file.read(2) == _GZIP
    file.seek(0)
    stream = cast("BinaryIO", gzip.GzipFile(fileobj=file)) if packed else file
    if kind == "labels":
        data = _read(stream, limits.max_bytes + 1)
        if len(data) > limits.max_bytes:
            raise Refusal("too_large")
        yield Member(name.removesuffix(".gz"), data, done=1.0)
        return
    folder = "/".join(part for part in (folder_of(name), picture_stem(base_of(name))) if part)
    head = _read(stream, 16)
    left = limits.archive_max_total_bytes

    def read(size: int) -> bytes:
        nonlocal left
        left -= size
        if left < 0:
            raise Refusal("archive_bomb", "The file unpacks to more bytes than an upload may have.")
        return _read(stream, size)

    pictures = pictures_in(head, read, base_of(name), MOST_PICTURES)
    for picture, data, done in pictures:
        yield Member(f"{folder}/{picture}", data, done=done)


def _read(stream: BinaryIO, size: int) -> bytes:
    try:
        return stream.read(size)
    except (OSError, EOFError, zlib.error) as error:
        raise Refusal("truncated", f"The file cannot be unpacked: {error}.") from error
