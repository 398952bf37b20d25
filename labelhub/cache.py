"""Room on this machine's disk: copies of what is shared go when there are too many, oldest first.

What only this machine has is never touched: see the modes in `shared_files`. Copies that were
fetched also go when nobody used them for a day: what was erased elsewhere is soon gone here.
"""

from __future__ import annotations

import fcntl
import logging
import os
import shutil
import stat
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from django.conf import settings

from labelhub.shared import shared_storage
from labelhub.shared_files import FETCHED

log = logging.getLogger(__name__)

FETCHED_LIFE_SECONDS = 24 * 3600.0  # since a fetched copy was last used
BUSY_SECONDS = 3600.0  # what was used within this may still be read
EVERY_SECONDS = 600.0
LEDGER = "shared.json"  # beside features: which of the shared ones they have


@dataclass(frozen=True)
class Copy:
    """Files or folders that go together: their bytes, their last use, whether they were fetched."""

    paths: tuple[Path, ...]
    size: int
    used: float
    fetched: bool

    def drop(self) -> None:
        for path in self.paths:
            if path.is_dir():
                shutil.rmtree(path, ignore_errors=True)
            else:
                path.unlink(missing_ok=True)


def trim(*, most_bytes: int | None = None, now: float | None = None) -> int:
    """Give up copies beyond `most_bytes`, and fetched ones that nobody uses; returns their bytes.

    One process of a machine does it at a time; the others return at once.
    """
    limit = settings.CACHE_MAX_BYTES if most_bytes is None else most_bytes
    moment = time.time() if now is None else now
    handle = os.open(Path(settings.DATA_DIR) / "cache.lock", os.O_RDWR | os.O_CREAT, 0o600)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        return _trim(sorted(copies(), key=lambda copy: copy.used), limit, moment)
    except BlockingIOError:
        return 0
    finally:
        os.close(handle)


def _trim(found: list[Copy], limit: int, moment: float) -> int:
    total, given_up = sum(copy.size for copy in found), 0
    for copy in found:
        idle = moment - copy.used
        outlived = copy.fetched and idle > FETCHED_LIFE_SECONDS
        if outlived or (total - given_up > limit and idle > BUSY_SECONDS):
            copy.drop()
            given_up += copy.size
    return given_up


def copies() -> Iterator[Copy]:
    """Yield what of this machine's data folder the shared storage has as well."""
    for folder in (settings.FILES_DIR, settings.FEATURES_DIR):
        yield from _files(Path(folder))
    for folder in (settings.MODELS_DIR, settings.SNAPSHOTS_DIR):
        yield from filter(None, map(_whole, _inside(Path(folder))))
    yield from filter(None, map(_features, _inside(Path(settings.FEATURES_DIR))))


def _inside(root: Path) -> list[Path]:
    if not root.is_dir():
        return []
    return [path for path in root.iterdir() if path.is_dir() and not path.name.startswith(".")]


def _files(root: Path) -> Iterator[Copy]:
    for inside, folders, names in os.walk(root):
        folders[:] = [name for name in folders if name != "tmp"]
        for name in names:
            path = Path(inside, name)
            try:
                facts = path.stat()
            except FileNotFoundError:
                continue
            if not facts.st_mode & stat.S_IWUSR:
                fetched = stat.S_IMODE(facts.st_mode) == FETCHED
                yield Copy((path,), facts.st_size, facts.st_mtime, fetched)


def _whole(folder: Path) -> Copy | None:
    """A folder of which the shared storage has every file."""
    files = list(_files(folder))
    if not files or len(files) != len(list(folder.iterdir())):
        return None
    size = sum(file.size for file in files)
    return Copy((folder,), size, folder.stat().st_mtime, all(file.fetched for file in files))


def _features(folder: Path) -> Copy | None:
    """The features of a dataset, put together from what machines have shared of them."""
    if not (folder / LEDGER).is_file():
        return None
    paths = [path for path in folder.iterdir() if path.is_file()]
    facts = [path.stat() for path in paths]
    used = max(one.st_mtime for one in facts)
    return Copy(tuple(paths), sum(one.st_size for one in facts), used, True)


class Trimmer(threading.Thread):
    """Trims every few minutes beside a process that lives long; nothing to do without sharing."""

    def __init__(self) -> None:
        super().__init__(name="trimmer", daemon=True)

    def run(self) -> None:
        while shared_storage() is not None:
            try:
                trim()
            except OSError:
                log.exception("The copies of shared files could not be trimmed.")
            time.sleep(EVERY_SECONDS)
