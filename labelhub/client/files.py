"""Downloads that go on where they broke off, and are compared with their hash."""

from __future__ import annotations

import hashlib
from pathlib import Path, PurePosixPath
from typing import Any

import httpx

from labelhub.client.transport import LabelHubError, Transport, refusal

_TRIES = 20  # in a row, without a byte more


def download(transport: Transport, made: dict[str, Any], folder: Path) -> Path:
    """Bring an export's file into a folder; one that lies there already, whole, is kept."""
    folder.mkdir(parents=True, exist_ok=True)
    name = PurePosixPath(made["filename"].replace("\\", "/")).name or f"export-{made['id']}"
    target = folder / name
    if target.is_file() and hash_of(target) == made["sha256"]:
        return target
    part = folder / f".{name}.{made['sha256'][:16]}.part"
    tries = 0
    while (have := _size(part)) < made["byte_size"]:
        try:
            _more(transport, transport.address(made["download_url"]), part, have)
        except httpx.TransportError as error:
            if tries >= _TRIES:
                raise LabelHubError(f"The download broke off {tries} times: {error}.") from error
        tries = 0 if _size(part) > have else tries + 1
        if tries > _TRIES:
            raise LabelHubError(f"The server stopped sending {name} at byte {have:,}.")
    if hash_of(part) != made["sha256"]:
        part.unlink()
        raise LabelHubError(f"{name} arrived with another SHA-256 than the server named.")
    return part.replace(target)


def _more(transport: Transport, url: str, part: Path, have: int) -> None:
    headers = {"Range": f"bytes={have}-"} if have else {}
    with transport.http.stream("GET", url, headers=headers) as answer:
        if answer.status_code >= 400:
            answer.read()
            raise refusal(answer)
        # A server that sends all of it again is taken at its word.
        with part.open("ab" if answer.status_code == 206 else "wb") as file:
            for piece in answer.iter_bytes():
                file.write(piece)


def _size(path: Path) -> int:
    return path.stat().st_size if path.exists() else 0


def hash_of(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
