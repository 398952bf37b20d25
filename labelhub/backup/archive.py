"""The archive of a backup: a tar of a header, the database, the files, and a list of all hashes.

The list comes last, so an archive that was cut short has none, and says so when it is read.
"""

from __future__ import annotations

import hashlib
import io
import json
import os
import tarfile
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path, PurePosixPath
from typing import Any, BinaryIO

from labelhub.errors import Invalid

HEADER, MANIFEST = "labelhub-backup.json", "manifest.jsonl"
FORMAT = 1
_PIECE = 1 << 20


class BadArchive(Invalid):
    """The file is no whole backup of this program; nothing was changed."""

    code = "bad_archive"


class Writer:
    """Adds entries one after the other, and remembers what each of them was."""

    def __init__(self, tar: tarfile.TarFile, listed: BinaryIO) -> None:
        self._tar, self._listed = tar, listed
        self.entries = 0
        self.bytes = 0

    def document(self, name: str, value: Any) -> None:
        data = json.dumps(value, ensure_ascii=False, indent=1).encode()
        self.stream(name, io.BytesIO(data), len(data))

    def stream(self, name: str, source: BinaryIO, size: int) -> None:
        """Add `size` bytes of a stream."""
        info = tarfile.TarInfo(name)
        info.size, info.mode = size, 0o600
        hashing = _Hashing(source)
        self._tar.addfile(info, hashing)  # type: ignore[arg-type]
        line = {"path": name, "size": size, "sha256": hashing.digest.hexdigest()}
        self._listed.write(json.dumps(line).encode() + b"\n")
        self.entries += 1
        self.bytes += size


class _Hashing:
    def __init__(self, source: BinaryIO) -> None:
        self._source, self.digest = source, hashlib.sha256()

    def read(self, size: int = -1) -> bytes:
        piece = self._source.read(size)
        self.digest.update(piece)
        return piece


@contextmanager
def write_archive(path: Path, header: dict[str, Any]) -> Iterator[Writer]:
    """Write an archive aside; it has its name once it is whole and on the disk."""
    part = path.with_name(f".{path.name}.part")
    with tempfile.TemporaryFile(dir=path.parent) as listed:
        try:
            with part.open("wb") as file:
                os.chmod(part, 0o600)  # it holds all that anybody ever said and every picture
                with tarfile.open(fileobj=file, mode="w|", bufsize=_PIECE) as tar:
                    writer = Writer(tar, listed)
                    writer.document(HEADER, header | {"format": FORMAT})
                    yield writer
                    size = listed.tell()
                    listed.seek(0)
                    info = tarfile.TarInfo(MANIFEST)
                    info.size = size
                    tar.addfile(info, listed)
                file.flush()
                os.fsync(file.fileno())
            os.replace(part, path)
        finally:
            part.unlink(missing_ok=True)


def read_header(path: Path) -> dict[str, Any]:
    """Return what an archive says of itself; raises BadArchive for what is none of ours."""
    try:
        with tarfile.open(path, mode="r|") as tar:
            first = tar.next()
            file = tar.extractfile(first) if first and first.name == HEADER else None
            header = json.loads(file.read(1 << 24)) if file else None
    except FileNotFoundError:
        raise BadArchive(f"There is no file {path}.") from None
    except (tarfile.TarError, EOFError, ValueError, OSError) as error:
        raise BadArchive(f"{path} is not a backup of LabelHub: {error}.") from error
    if not isinstance(header, dict) or not isinstance(header.get("format"), int):
        raise BadArchive(f"{path} is not a backup of LabelHub: it does not begin with {HEADER}.")
    if header["format"] > FORMAT:
        raise BadArchive(f"{path} was made by a newer LabelHub ({header.get('labelhub')}).")
    return header


def extract(path: Path, folder: Path) -> dict[str, str]:
    """Unpack an archive into an empty folder; returns the SHA-256 of each entry.

    Raises BadArchive where it was cut short, or where any byte is not what was written.
    """
    found: dict[str, str] = {}
    listed: dict[str, tuple[int, str]] | None = None
    try:
        with tarfile.open(path, mode="r|", bufsize=_PIECE) as tar:
            for entry in tar:
                source = tar.extractfile(entry)
                if source is None or not entry.isreg():
                    raise BadArchive(f"{path} holds {entry.name!r}, which is not a plain file.")
                if entry.name == MANIFEST:
                    listed = _read_list(source)
                else:
                    found[entry.name] = _unpack(source, folder / _safe(entry.name), entry.size)
    except (tarfile.TarError, EOFError, ValueError) as error:
        raise BadArchive(f"{path} ends early or is damaged: {error}.") from error
    if listed is None:
        raise BadArchive(f"{path} ends early: its list of contents is missing.")
    _compare(path, found, listed)
    return found


def _safe(name: str) -> PurePosixPath:
    pure = PurePosixPath(name)
    if pure.is_absolute() or ".." in pure.parts or "\0" in name or not pure.parts:
        raise BadArchive(f"The archive holds the path {name!r}, which leads outside.")
    return pure


def _unpack(source: Any, target: Path, size: int) -> str:
    target.parent.mkdir(parents=True, exist_ok=True)
    digest, left = hashlib.sha256(), size
    with target.open("xb") as file:
        while left and (piece := source.read(min(_PIECE, left))):
            digest.update(piece)
            file.write(piece)
            left -= len(piece)
        file.flush()
        os.fsync(file.fileno())
    if left:
        raise BadArchive(f"The archive ends within {target.name}.")
    return digest.hexdigest()


def _read_list(source: Any) -> dict[str, tuple[int, str]]:
    lines = (json.loads(line) for line in iter(source.readline, b""))
    return {line["path"]: (line["size"], line["sha256"]) for line in lines}


def _compare(path: Path, found: dict[str, str], listed: dict[str, tuple[int, str]]) -> None:
    for name, sha256 in found.items():
        if name not in listed:
            raise BadArchive(f"{path} holds {name}, which its list does not name.")
        if listed[name][1] != sha256:
            raise BadArchive(f"{path} is damaged: {name} has another SHA-256 than was written.")
    if missing := listed.keys() - found.keys():
        raise BadArchive(f"{path} lacks {sorted(missing)[0]}, which its list names.")
