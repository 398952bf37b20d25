"""Read a ZIP or tar entry by entry: each is taken, ignored or refused on its own, none is unpacked.

Sizes in headers are claims. What counts is the bytes that come out, so they are counted.
"""

from __future__ import annotations

import bz2
import gzip
import lzma
import stat
import struct
import tarfile
import zipfile
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from typing import IO, BinaryIO, cast

from annotations.intake.limits import DEFAULT, Limits
from annotations.intake.names import archive_path, is_labels_table, is_litter, most_bytes
from annotations.intake.refusals import Refusal
from annotations.intake.sniff import SNIFF_BYTES, archive_kind, is_foreign_archive, unpacked_idx
from annotations.intake.zip_small import small_entry

_PIECE = 1 << 16
_SMALL = 1 << 20  # below it the ratio says nothing: a blank page packs very well
_LONGEST_READ = 4 << 20
_UNPACKERS: dict[str, Callable[[BinaryIO], object]] = {
    "tar": lambda file: file,
    "tar.gz": lambda file: gzip.GzipFile(fileobj=file),
    "tar.bz2": bz2.BZ2File,
    "tar.xz": lzma.LZMAFile,
}
_BROKEN = (
    zipfile.BadZipFile,
    tarfile.TarError,
    lzma.LZMAError,
    zlib.error,
    struct.error,
    OSError,
    EOFError,
    ValueError,
    NotImplementedError,
    RuntimeError,
)


@dataclass(slots=True)
class Member:
    """One file of an archive: its cleaned path, and its bytes or the reason why it is refused.

    `ignored` entries are what operating systems leave behind; they are listed, not refused.
    `path` is the name as the archive gives it where it is refused. `source` says from where outside
    it came, if it did; an `unchanged` one was imported from there before and has no bytes here.
    """

    path: str
    data: bytes = b""
    refusal: Refusal | None = None
    ignored: bool = False
    source: str = ""
    unchanged: bool = False
    done: float = 0.0  # how much of the archive, or of the whole upload, is read by now


def read_archive(file: BinaryIO, limits: Limits = DEFAULT) -> Iterator[Member]:
    """Yield the members of an archive in their order; folders are passed over.

    Raises Refusal where nothing of it can be read: archive_corrupt, archive_too_many_entries,
    archive_bomb, empty_archive, empty_file or unsupported_type.
    """
    head = file.read(SNIFF_BYTES)
    file.seek(0)
    if not head:
        raise Refusal("empty_file")
    kind = archive_kind(head)
    if kind is None:
        name = is_foreign_archive(head) or "this kind of file"
        raise Refusal("unsupported_type", f"Send a ZIP or tar archive, not {name}.")
    members = _zip_members(file, limits) if kind == "zip" else _tar_members(file, kind, limits)
    yield from _not_empty(members)


def _not_empty(members: Iterator[Member]) -> Iterator[Member]:
    anything = False
    for member in members:
        anything = anything or not member.ignored
        yield member
    if not anything:
        raise Refusal("empty_archive")


class _WholeRefusal(Refusal):
    """Reading of the whole archive ends here; what came before it stays."""


class _Budget:
    """Counts the bytes that an archive has given so far."""

    def __init__(self, limits: Limits) -> None:
        self.left = limits.archive_max_total_bytes

    def take(self, size: int) -> None:
        self.left -= size
        if self.left < 0:
            raise _WholeRefusal(
                "archive_bomb", "The archive unpacks to more bytes than an upload may have."
            )


# ---------------------------------------------------------------------------------------- ZIP


def _zip_members(file: BinaryIO, limits: Limits) -> Iterator[Member]:
    _refuse_huge_directory(file, limits)
    try:
        archive = zipfile.ZipFile(file)
    except _BROKEN as error:
        raise Refusal("archive_corrupt", f"The ZIP archive cannot be read: {error}.") from error
    with archive:
        entries = [entry for entry in archive.infolist() if not entry.is_dir()]
        _hold_to_count(sum(not _is_uncounted(entry.orig_filename) for entry in entries), limits)
        budget = _Budget(limits)
        for number, entry in enumerate(entries, start=1):
            read = partial(_zip_data, archive, entry, limits, budget)
            yield _member(entry.orig_filename, limits, read, number / len(entries))


def _refuse_huge_directory(file: BinaryIO, limits: Limits) -> None:
    """Refuse by the size of the list of entries, which zipfile would load into memory whole."""
    size = file.seek(0, 2)
    file.seek(max(0, size - 66_000))
    tail = file.read()
    at = tail.rfind(b"PK\x05\x06")
    if at < 0 or len(tail) < at + 16:
        raise Refusal(
            "archive_corrupt", "The ZIP archive ends too early; was it copied completely?"
        )
    listed, directory = struct.unpack("<HI", tail[at + 10 : at + 16])
    wide = tail.rfind(b"PK\x06\x06")
    if (listed == 0xFFFF or directory == 0xFFFFFFFF) and 0 <= wide <= len(tail) - 48:
        listed, directory = struct.unpack("<QQ", tail[wide + 32 : wide + 48])
    if listed > limits.archive_max_listed or directory > limits.archive_max_listed * 1024:
        raise Refusal("archive_too_many_entries", _too_many(limits))
    file.seek(0)


def _zip_data(
    archive: zipfile.ZipFile, entry: zipfile.ZipInfo, limits: Limits, budget: _Budget
) -> bytes:
    mode = entry.external_attr >> 16
    if stat.S_ISLNK(mode):
        raise Refusal("symlink_in_archive")
    if stat.S_IFMT(mode) not in (0, stat.S_IFREG):
        raise Refusal("special_file")
    if entry.flag_bits & 0x1:
        raise Refusal("encrypted_archive")
    most, packed = most_bytes(entry.filename, limits), max(1, entry.compress_size)
    if (small := small_entry(archive, entry)) is not None:
        return _small_counted(small, most, budget)
    with archive.open(entry) as stream:
        return _read_counted(stream, most, limits, budget, packed)


# ---------------------------------------------------------------------------------------- tar


class _ForwardReader:
    """An unpacked tar stream that tarfile may read and skip in, with every byte counted.

    tarfile reads a whole extended header at once, of the length that the header claims; a long
    read is refused here before it becomes memory.
    """

    def __init__(self, stream: IO[bytes], budget: _Budget) -> None:
        self._stream, self._budget, self._at = stream, budget, 0

    def tell(self) -> int:
        return self._at

    def read(self, size: int = -1) -> bytes:
        if size < 0 or size > _LONGEST_READ:
            raise _WholeRefusal("archive_bomb", "The tar archive holds a header of absurd length.")
        data = self._stream.read(size)
        self._budget.take(len(data))
        self._at += len(data)
        return data

    def seek(self, position: int) -> int:
        assert position >= self._at, "tarfile reads forward only"
        while self._at < position and self.read(min(_PIECE, position - self._at)):
            pass
        return self._at


def _tar_members(file: BinaryIO, kind: str, limits: Limits) -> Iterator[Member]:
    budget = _Budget(limits)
    length = max(1, file.seek(0, 2))
    file.seek(0)
    reader = cast("IO[bytes]", _ForwardReader(cast("IO[bytes]", _UNPACKERS[kind](file)), budget))
    count = 0
    try:
        with tarfile.open(fileobj=reader, mode="r:") as archive:
            while (entry := archive.next()) is not None:
                archive.members = []  # type: ignore[attr-defined]  # it would keep them all
                if entry.isdir():
                    continue
                count += not _is_uncounted(entry.name)
                _hold_to_count(count, limits)
                read = partial(_tar_data, archive, entry, limits)
                yield _member(entry.name, limits, read, file.tell() / length)
    except _BROKEN as error:
        raise Refusal("archive_corrupt", f"The tar archive cannot be read: {error}.") from error


def _tar_data(archive: tarfile.TarFile, entry: tarfile.TarInfo, limits: Limits) -> bytes:
    if entry.issym() or entry.islnk():
        raise Refusal("symlink_in_archive")
    if not entry.isreg() or entry.issparse():
        raise Refusal("special_file")
    stream = archive.extractfile(entry)
    assert stream is not None
    with stream:
        # The reader beneath counts the bytes; the ratio is the whole archive's, held by the total.
        return _read_counted(stream, most_bytes(entry.name, limits), limits, None, None)


# --------------------------------------------------------------------------------------- both


def _is_uncounted(name: str) -> bool:
    return is_litter(name) or is_labels_table(name)


def _hold_to_count(count: int, limits: Limits) -> None:
    if count > limits.archive_max_entries:
        raise Refusal("archive_too_many_entries", _too_many(limits))


def _too_many(limits: Limits) -> str:
    return (
        f"The archive holds more than {limits.archive_max_entries:,} files; "
        "send it in parts, or import the folder on the server with manage.py import_items."
    )


def _member(name: str, limits: Limits, read: Callable[[], bytes], done: float) -> Member:
    if is_litter(name):
        return Member(name, ignored=True, done=done)
    try:
        path = archive_path(name, limits)
        return Member(path, read(), done=done)
    except _WholeRefusal:
        raise
    except Refusal as refusal:
        return Member(name, refusal=refusal, done=done)
    except _BROKEN as error:
        broken = Refusal("archive_corrupt", f"The entry is damaged: {error}.")
        return Member(name, refusal=broken, done=done)


def _kind_of_archive(head: bytes) -> str | None:
    if unpacked_idx(head) is not None:
        return None  # one file of pictures, which is taken apart like any other
    return archive_kind(head) or is_foreign_archive(head)


def _refuse_nested(head: bytes) -> None:
    if kind := _kind_of_archive(head):
        raise Refusal(
            "nested_archive", f"The entry is an archive itself ({kind}); unpack it first."
        )


def _too_large(most: int) -> Refusal:
    return Refusal("too_large", f"The file is larger than {most:,} bytes.")


def _small_counted(data: bytes, most: int, budget: _Budget) -> bytes:
    """As `_read_counted`, for an entry that is read already and too small for a bomb."""
    _refuse_nested(data)
    budget.take(len(data))
    if len(data) > most:
        raise _too_large(most)
    return data


def _read_counted(
    stream: IO[bytes], most: int, limits: Limits, budget: _Budget | None, packed: int | None
) -> bytes:
    """Return an entry's bytes; stop as soon as they are too many for it or for the archive."""
    parts: list[bytes] = []
    size = 0
    while piece := stream.read(_PIECE):
        if not parts:
            _refuse_nested(piece)
        size += len(piece)
        if budget is not None:
            budget.take(len(piece))
        if packed and size > _SMALL and size > packed * limits.archive_max_ratio:
            raise Refusal("archive_bomb")
        if size > most:
            raise _too_large(most)
        parts.append(piece)
    return b"".join(parts)
