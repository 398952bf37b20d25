"""Features that machines share: what one has computed, no other computes again.

A machine's feature stores are its copy, put together from parts that never change: each is a
number of rows of one store, named by its SHA-256. New rows are handed on and the parts of others
taken in before features are used. Whatever is lost on the way is only computed once more.
"""

from __future__ import annotations

import fcntl
import io
import json
import logging
import os
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from active_learning.learning.feature_store import (
    FeatureStore,
    list_stores,
    stores_in,
)
from labelhub.cache import LEDGER
from labelhub.errors import NotFound
from labelhub.shared import ObjectDamaged
from labelhub.shared_files import SharedFiles
from labelhub.storage import FolderFiles, files_in

log = logging.getLogger(__name__)

ROWS = 20_000  # of one part at most
MOST_HEAD_BYTES = 1_000


@dataclass
class Ledger:
    """Which parts a machine's stores hold, and how many rows of each store are in some part.

    `erased` names the lists of erased pictures that were looked at.
    """

    parts: list[str] = field(default_factory=list)
    erased: list[str] = field(default_factory=list)
    rows: dict[str, int] = field(default_factory=dict)


def exchange_features(folder: Path, prefix: str) -> int:
    """Hand on the rows of a dataset's stores that are new, and take in what others have.

    Returns how many parts were taken in. Nothing to do where no storage is shared.
    """
    files = files_in(folder / "parts", f"{prefix}/parts")
    if not isinstance(files, SharedFiles):
        return 0
    with _one_at_a_time(folder):
        ledger = _read(folder)
        sizes = {one.name: one.vectors for one in list_stores(folder)}
        if any(sizes.get(name, 0) < rows for name, rows in ledger.rows.items()):
            ledger = Ledger()  # a store that went bad lost rows: all parts are looked at again
        erased = _newly_erased(files_in(folder / "erased", f"{prefix}/erased"), ledger)
        _erase_here(folder, erased)
        for store in stores_in(folder):
            ledger.parts += _hand_on(store, ledger.rows.get(store.name, 0), files)
        taken = _take_in(folder, files, ledger)
        _erase_here(folder, erased)
        ledger.rows = {one.name: one.vectors for one in list_stores(folder)}
        _write(folder, ledger)
    return taken


def _hand_on(store: FeatureStore, first: int, files: SharedFiles) -> list[str]:
    names = []
    for start in range(first, len(store), ROWS):
        rows = np.arange(start, min(start + ROWS, len(store)))
        rows = rows[store.living()[rows]]
        if not len(rows):
            continue
        part = part_of(store, rows)
        names.append(files.save(io.BytesIO(part), max_bytes=len(part)).sha256)
        files.forget(names[-1])
    return names


def _take_in(folder: Path, files: SharedFiles, ledger: Ledger) -> int:
    new = sorted(set(files.names()) - set(ledger.parts))
    for name in new:
        try:
            add_part(folder, files.read(name))
        except (NotFound, ObjectDamaged, ValueError) as error:
            # Of a dataset that is being deleted, or bad: its pictures are looked at again.
            log.warning("Features in %s are left out: %s", name, error)
        ledger.parts.append(name)
        files.forget(name)
    return len(new)


# ------------------------------------------------------------------------------ erasing


def erase_shared(folder: Path, prefix: str, hashes: Collection[str]) -> None:
    """Take pictures out of all parts, and have every machine forget what it has of them.

    Killed in between, it is done again: parts that were made anew hold none of them.
    """
    files = files_in(folder / "parts", f"{prefix}/parts")
    if not isinstance(files, SharedFiles):
        return
    told = json.dumps(sorted(hashes)).encode()
    files_in(folder / "erased", f"{prefix}/erased").save(io.BytesIO(told), max_bytes=len(told))
    gone = {bytes.fromhex(name) for name in hashes}
    for name in list(files.names()):
        part = files.read(name)
        left = _without(part, gone)
        files.forget(name)
        if left != part:
            files.save(io.BytesIO(left), max_bytes=len(left))
            files.delete(name)
    exchange_features(folder, prefix)


def _without(part: bytes, gone: Collection[bytes]) -> bytes:
    head, keys, vectors = _opened(part)
    kept = np.array([bytes(key) not in gone for key in keys], bool)
    if kept.all():
        return part
    head["rows"] = int(kept.sum())
    return _closed(head, keys[kept].tobytes(), vectors[kept])


def _newly_erased(files: FolderFiles, ledger: Ledger) -> list[str]:
    """Return what was erased since the last exchange: whoever comes back later may have features.

    The lists count as looked at when the ledger is written.
    """
    new = sorted(set(files.names()) - set(ledger.erased))
    ledger.erased += new
    return [sha256 for name in new for sha256 in json.loads(files.read(name))]


def _erase_here(folder: Path, hashes: list[str]) -> None:
    for store in stores_in(folder) if hashes else ():
        store.forget(hashes)


# ------------------------------------------------------------------------------ one part


def part_of(store: FeatureStore, rows: NDArray[np.int64]) -> bytes:
    """Rows of a store as bytes: a line of JSON, the SHA-256 of each picture, float16 vectors."""
    head = {"store": store.name, "length": store.length, "rows": len(rows)}
    return _closed(head, bytes.fromhex("".join(store.hashes(rows))), store.take(rows))


def _closed(head: dict[str, Any], keys: bytes, vectors: NDArray[np.floating[Any]]) -> bytes:
    line = json.dumps(head, sort_keys=True).encode()
    return line + b"\n" + keys + vectors.astype("<f2").tobytes()


def add_part(folder: Path, part: bytes) -> None:
    """Add such rows to the store that they are of; raises ValueError for bytes that are no part."""
    head, keys, vectors = _opened(part)
    store = FeatureStore(folder, head["store"], head["length"])
    store.add([key.tobytes().hex() for key in keys], vectors.astype(np.float32))


def _opened(part: bytes) -> tuple[dict[str, Any], NDArray[np.uint8], NDArray[np.float16]]:
    """Head, (n, 32) bytes of SHA-256, (n, length) vectors."""
    line, _, rest = part.partition(b"\n")
    if len(line) > MOST_HEAD_BYTES:
        raise ValueError("there is no head")
    head = json.loads(line)
    name, length, rows = str(head["store"]), int(head["length"]), int(head["rows"])
    if name != Path(name).name or len(rest) != rows * (32 + 2 * length):
        raise ValueError("the head does not fit what follows")
    keys = np.frombuffer(rest, np.uint8, 32 * rows).reshape(rows, 32)
    vectors = np.frombuffer(rest, "<f2", offset=32 * rows).reshape(rows, length)
    return {"store": name, "length": length, "rows": rows}, keys, vectors


# ------------------------------------------------------------------------------ the ledger


@contextmanager
def _one_at_a_time(folder: Path) -> Iterator[None]:
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / "shared.lock").open("a") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def _read(folder: Path) -> Ledger:
    try:
        return Ledger(**json.loads((folder / LEDGER).read_text()))
    except (FileNotFoundError, ValueError, TypeError):
        return Ledger()


def _write(folder: Path, ledger: Ledger) -> None:
    aside = folder / f".{LEDGER}.{os.getpid()}"
    aside.write_text(json.dumps(asdict(ledger)))
    aside.replace(folder / LEDGER)
