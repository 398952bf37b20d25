"""Where files to import come from: a folder, an archive or a file on the server, or an upload.

All of them end as one stream of members, so that what follows is the same for each.
"""

from __future__ import annotations

import io
import json
import os
import shutil
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import BinaryIO

from annotations.intake.archives import Member, read_archive
from annotations.intake.containers import container_kind, container_members, is_container
from annotations.intake.limits import DEFAULT, Limits
from annotations.intake.names import is_litter, is_weights, most_bytes
from annotations.intake.refusals import Refusal
from annotations.intake.sniff import SNIFF_BYTES, archive_kind, unpacked_idx

_INDEX, _PIECES = "index.json", "pieces"


def from_path(
    path: Path, limits: Limits = DEFAULT, *, root: Path | None = None
) -> Iterator[Member]:
    """Yield what a folder holds, at any depth and in order of name, or what a file is or holds.

    Links to folders are not followed, and with a `root` none that leads out of that. Raises
    FileNotFoundError where there is nothing.
    """
    if not path.is_dir():
        with path.open("rb") as file:
            yield from opened(file, path.name, limits, alone=True)
        return
    files = sorted(_files_below(path))
    for number, name in enumerate(files, start=1):
        shown = name.relative_to(path).as_posix()
        if (refusal := _refusal_of_kind(name, root)) is not None:
            yield Member(shown, refusal=refusal, done=number / len(files))
            continue
        try:
            with name.open("rb") as file:
                for member in opened(file, shown, limits, alone=False):
                    member.done = (number - 1 + member.done) / len(files)
                    yield member
        except OSError as error:
            reason = Refusal("corrupt", f"The file cannot be read: {error.strerror}.")
            yield Member(shown, refusal=reason, done=number / len(files))


def _refusal_of_kind(path: Path, root: Path | None) -> Refusal | None:
    """Refuse pipes and devices, which could be read for ever, and links out of the root."""
    if root is not None and not path.resolve().is_relative_to(root):
        return Refusal("symlink_in_archive", "The file is a link that leads out of the folder.")
    return None if path.is_file() or not path.exists() else Refusal("special_file")


def _files_below(folder: Path) -> Iterator[Path]:
    for parent, _, names in os.walk(folder):
        yield from (Path(parent, name) for name in names)


def opened(file: BinaryIO, name: str, limits: Limits, *, alone: bool) -> Iterator[Member]:
    """Yield an open file's members: itself, or those of the archive that it is."""
    head = file.read(SNIFF_BYTES)
    file.seek(0)
    if is_litter(name):
        yield Member(name, ignored=True, done=1.0)
    elif (archive_kind(head) or is_container(head)) and not is_weights(name):
        yield from _members_of(file, name, limits, prefix="" if alone else f"{name}/")
    else:
        yield _single(file, name, limits)


def _single(file: BinaryIO, name: str, limits: Limits) -> Member:
    most = most_bytes(name, limits)
    data = file.read(most + 1)
    if len(data) > most:
        too_large = Refusal("too_large", f"The file is larger than {most:,} bytes.")
        return Member(name, refusal=too_large, done=1.0)
    return Member(name, data, done=1.0)


def _members_of(file: BinaryIO, name: str, limits: Limits, prefix: str) -> Iterator[Member]:
    """Yield an archive's members; where it breaks off, its own name is the last one, refused."""
    if (kind := container_kind(file)) is not None:
        yield from container_members(file, name, kind, limits)
        return
    try:
        for member in read_archive(file, limits):
            member.path = prefix + member.path
            yield from _taken_apart(member, limits)
    except Refusal as refusal:
        yield Member(name, refusal=refusal, done=1.0)


def _taken_apart(member: Member, limits: Limits) -> Iterator[Member]:
    """Yield an archive's member, or what it holds where it is a container of pictures."""
    head = member.data[:SNIFF_BYTES]
    if not (is_container(head) or unpacked_idx(head)):
        yield member
        return
    file = io.BytesIO(member.data)
    kind = container_kind(file)
    assert kind is not None
    for inner in container_members(file, member.path, kind, limits):
        inner.done = member.done
        yield inner


# ------------------------------------------------------------------------------------- uploads


@dataclass
class _Part:
    """One file of an upload: archives lie alone, all others one after another in one file."""

    name: str
    archive: str = ""
    start: int = 0
    size: int = 0
    too_large: bool = False


class Spool:
    """An upload on its way to disk, file by file and piece by piece; memory holds one piece.

    Ten thousand small files take one file and one open handle here, not ten thousand.
    """

    def __init__(self, folder: Path, limits: Limits = DEFAULT) -> None:
        self.folder, self.limits = folder, limits
        self.parts: list[_Part] = []
        folder.mkdir(parents=True)
        self._pieces = (folder / _PIECES).open("wb")
        self._archive: BinaryIO | None = None

    def begin(self, name: str) -> None:
        """A file begins."""
        self._end_archive()
        self.parts.append(_Part(name, start=self._pieces.tell()))

    def write(self, piece: bytes) -> None:
        """More bytes of the file that began last; too many of them are counted, not kept."""
        part = self.parts[-1]
        head = piece[:SNIFF_BYTES]
        if part.size == 0 and (archive_kind(head) or is_container(head)):
            part.archive = f"archive{len(self.parts)}"
            self._archive = (self.folder / part.archive).open("wb")
        part.size += len(piece)
        if self._archive is not None:
            self._archive.write(piece)
            return
        part.too_large = part.too_large or part.size > most_bytes(part.name, self.limits)
        if not part.too_large:
            self._pieces.write(piece)

    def rename(self, names: list[str]) -> None:
        """Give the files other names, such as their paths in the folder that they came from."""
        for part, name in zip(self.parts, names, strict=True):
            part.name = name

    def close(self) -> None:
        """The upload is complete: put it and its table of contents on the disk."""
        self._end_archive()
        _sync_and_close(self._pieces)
        index = (self.folder / _INDEX).open("wb")
        index.write(json.dumps([asdict(part) for part in self.parts]).encode())
        _sync_and_close(index)

    def discard(self) -> None:
        """Delete all of it."""
        self._pieces.close()
        if self._archive is not None:
            self._archive.close()
        shutil.rmtree(self.folder, ignore_errors=True)

    def _end_archive(self) -> None:
        if self._archive is not None:
            _sync_and_close(self._archive)
            self._archive = None


class TableSpool(Spool):
    """An upload that is one long table: kept as it is, and read from the disk later."""

    def write(self, piece: bytes) -> None:
        self.parts[-1].size += len(piece)
        self._pieces.write(piece)


def table_in(folder: Path) -> Path:
    """Return where the table of a finished upload lies."""
    return folder / _PIECES


def _sync_and_close(file: BinaryIO) -> None:
    with file:
        file.flush()
        os.fsync(file.fileno())


def from_spool(folder: Path, limits: Limits = DEFAULT) -> Iterator[Member]:
    """Yield what an upload holds, in the order in which it was sent."""
    parts = [_Part(**part) for part in json.loads((folder / _INDEX).read_bytes())]
    with (folder / _PIECES).open("rb") as pieces:
        for number, part in enumerate(parts):
            for member in _of_part(folder, pieces, part, limits, alone=len(parts) == 1):
                member.done = (number + member.done) / len(parts)
                yield member


def _of_part(
    folder: Path, pieces: BinaryIO, part: _Part, limits: Limits, *, alone: bool
) -> Iterator[Member]:
    if part.archive and is_weights(part.name):
        with (folder / part.archive).open("rb") as file:
            yield Member(part.name, file.read(SNIFF_BYTES), done=1.0)
    elif part.archive:
        with (folder / part.archive).open("rb") as file:
            prefix = "" if alone else f"{part.name}/"
            yield from _members_of(file, part.name, limits, prefix)
    elif is_litter(part.name):
        yield Member(part.name, ignored=True, done=1.0)
    elif part.too_large:
        refusal = Refusal("too_large", f"The file has {part.size:,} bytes; that is too many.")
        yield Member(part.name, refusal=refusal, done=1.0)
    else:
        pieces.seek(part.start)
        yield Member(part.name, pieces.read(part.size), done=1.0)
