"""Folders that machines share: artifacts, weights and snapshots, named by content, never changed.

In the shared storage a folder is its files and, written last, a list of their checksums: without
that list there is no folder. Each machine keeps a copy, compares it with the list before it is
used, and fetches anew what went bad.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import tempfile
from collections.abc import Collection
from pathlib import Path
from typing import BinaryIO

from active_learning.actions.folders import place_folder
from labelhub.errors import NotFound
from labelhub.shared import ObjectDamaged, Shared, shared_storage
from labelhub.shared_files import FETCHED, HANDED_ON

SUMS = ".sums.json"
# Copies that were compared, with the time and length of each file then: not read again every time.
_compared: dict[Path, object] = {}
_seen: set[str] = set()  # in the shared storage; what a row names is not deleted


def share_folder(folder: Path) -> None:
    """Put a finished folder into the shared storage; its row is written after that."""
    shared = shared_storage()
    if shared is None or shared.exists(f"{_name(folder)}/{SUMS}"):
        return
    _put(shared, folder)


def _put(shared: Shared, folder: Path, *, anew: bool = False) -> None:
    files = [path for path in sorted(folder.iterdir()) if not path.name.startswith(".")]
    for path in files:
        shared.put(f"{_name(folder)}/{path.name}", path, anew=anew)
    with tempfile.TemporaryDirectory(prefix="sums-") as scratch:
        sums = Path(scratch) / SUMS
        sums.write_text(json.dumps({path.name: _sha256(path) for path in files}))
        shared.put(f"{_name(folder)}/{SUMS}", sums, anew=anew)
    for path in files:
        path.chmod(HANDED_ON)


def share_folder_anew(folder: Path) -> None:
    """Replace a folder whose files had to change; other machines then fetch it again.

    The list of checksums stays until the new one: without it, an old copy would be handed on.
    """
    shared = shared_storage()
    if shared is not None:
        _put(shared, folder, anew=True)


def folder_at_hand(folder: Path) -> Path | None:
    """Return a folder that is whole on this machine, fetched if need be; None if nobody has it.

    One that only this machine has is handed on.
    """
    shared = shared_storage()
    if shared is None:
        return folder if folder.is_dir() else None
    sums = _sums(shared, folder)
    if sums is None:
        if not folder.is_dir():
            return None
        share_folder(folder)
        return folder
    if not _is_sound(folder, sums):
        _discard(folder)
        place_folder(folder, lambda aside: _fetch(shared, folder, sums, aside))
    os.utime(folder)  # it is in use: no copy to give up now
    return folder


def folder_exists(folder: Path) -> bool:
    """Whether this machine or the shared storage has a folder; nothing is fetched."""
    shared, name = shared_storage(), f"{_name(folder)}/{SUMS}"
    if folder.is_dir() or shared is None or name in _seen:
        return folder.is_dir() or shared is not None
    if shared.exists(name):
        _seen.add(name)
    return name in _seen


def sweep_shared(root: Path, named: Collection[str], *, older_than: float) -> list[str]:
    """Delete folders from the shared storage that are old and not among the named ones."""
    shared = shared_storage()
    if shared is None:
        return []
    gone = []
    for name in shared.names(root.name):
        folder, _, _ = name.partition("/")
        facts = None if folder in named else shared.facts(f"{root.name}/{name}")
        if facts and facts.age_seconds >= older_than:
            shared.delete(f"{root.name}/{name}")
            gone.append(f"{root.name}/{name}")
    return gone


def _name(folder: Path) -> str:
    return f"{folder.parent.name}/{folder.name}"


def _sums(shared: Shared, folder: Path) -> dict[str, str] | None:
    name = f"{_name(folder)}/{SUMS}"
    try:
        found = json.loads(shared.read(name))
    except NotFound:
        return None
    except ValueError:
        raise ObjectDamaged(f"{name} in the shared storage is no list of checksums.") from None
    if not _is_list_of_sums(found):
        raise ObjectDamaged(f"{name} in the shared storage is no list of checksums.")
    return dict(found)


def _is_list_of_sums(found: object) -> bool:
    # Names become paths, so nothing but plain names is taken.
    return isinstance(found, dict) and all(
        name and name == Path(name).name and isinstance(value, str) for name, value in found.items()
    )


def _is_sound(folder: Path, sums: dict[str, str]) -> bool:
    try:
        facts = [(folder / name).stat() for name in sums]
    except FileNotFoundError:
        return False
    stamp = [(one.st_ino, one.st_mtime_ns, one.st_size) for one in facts]
    if _compared.get(folder) == stamp:
        return True
    if any(_sha256(folder / name) != value for name, value in sums.items()):
        return False
    _compared[folder] = stamp
    return True


def _discard(folder: Path) -> None:
    """Move a copy that went bad out of the way at once, then remove it."""
    if not folder.is_dir():
        return
    aside = Path(tempfile.mkdtemp(prefix=".aside-", dir=folder.parent))
    try:
        folder.rename(aside / folder.name)
    except FileNotFoundError:
        pass  # another process was faster
    finally:
        shutil.rmtree(aside, ignore_errors=True)


def _fetch(shared: Shared, folder: Path, sums: dict[str, str], aside: Path) -> None:
    for name, sha256 in sums.items():
        with (aside / name).open("wb") as stream:
            _fetch_file(shared, f"{_name(folder)}/{name}", stream, sha256)
        (aside / name).chmod(FETCHED)


def _fetch_file(shared: Shared, name: str, stream: BinaryIO, sha256: str) -> None:
    shared.fetch(name, stream, sha256=sha256)
    stream.flush()
    os.fsync(stream.fileno())


def _sha256(path: Path) -> str:
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()
