"""Feature vectors kept by content hash, so that re-scoring never decodes a picture again.

One pair of append-only files per feature: `<name>.f16` holds the vectors as float16, and
`<name>.keys` one 40-byte record per vector: the 32 bytes of the picture's SHA-256, the CRC-32
of the vector, and the CRC-32 of the record. Vectors are on disk before their keys, and writers
take a file lock, so a torn tail is found and cut and two writers never interleave.
"""

import fcntl
import os
import zlib
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

Vectors = NDArray[np.float32]
Rows = NDArray[np.int64]

RECORD = np.dtype([("hash", "V32"), ("vector_crc", "<u4"), ("record_crc", "<u4")])
CHUNK = 8192  # vectors turned from float16 to float32 at a time


class FeatureStore:
    """Vectors of one length under one name, in `folder`; cheap to open, safe to share."""

    def __init__(self, folder: str | Path, name: str, length: int) -> None:
        self.folder = Path(folder)
        self.folder.mkdir(parents=True, exist_ok=True)
        self.name, self.length = name, length
        self._vectors_path = self.folder / f"{name}.f16"
        self._keys_path = self.folder / f"{name}.keys"
        self._lock_path = self.folder / f"{name}.lock"
        self.refresh()

    def refresh(self) -> None:
        """See what other processes have appended since."""
        records = self._read_records()
        keys = records["hash"].copy().view("<u8").reshape(-1, 4)
        self._keys = keys
        short = _mixed(keys)
        self._order = np.argsort(short, kind="stable")
        self._sorted = short[self._order]
        self._vectors = self._map(len(records))

    def __len__(self) -> int:
        return len(self._keys)

    def rows(self, hashes: Sequence[str]) -> Rows:
        """Row of each SHA-256 (hex) in the store, -1 where it is missing; shape (n,)."""
        wanted = _binary(hashes)
        if not len(wanted) or not len(self):
            return np.full(len(wanted), -1, np.int64)
        place = np.searchsorted(self._sorted, _mixed(wanted)).clip(max=len(self) - 1)
        rows = self._order[place]
        found = (self._keys[rows] == wanted).all(axis=1)
        return np.where(found, rows, -1).astype(np.int64)

    def hashes(self, rows: Rows) -> list[str]:
        """(n,) rows -> their SHA-256 in hex."""
        return [key.tobytes().hex() for key in self._keys[rows]]

    def take(self, rows: Rows) -> Vectors:
        """(n,) rows -> (n, length) float32."""
        return np.asarray(self._vectors[rows], dtype=np.float32)

    def chunks(self, rows: Rows, size: int = CHUNK) -> Iterator[Vectors]:
        """The same piecewise, so that memory stays flat whatever the pool."""
        for start in range(0, len(rows), size):
            yield self.take(rows[start : start + size])

    def add(self, hashes: Sequence[str], vectors: Vectors) -> None:
        """Append vectors that are not there yet; durable when it returns.

        `hashes`: n SHA-256 in hex; `vectors`: (n, length), finite.
        """
        if vectors.shape != (len(hashes), self.length):
            raise ValueError(f"vectors {vectors.shape} do not fit {len(hashes)} x {self.length}")
        if not np.isfinite(vectors).all():
            raise ValueError("vectors must be finite")
        with self._locked():
            self._cut_torn_tail()
            self.refresh()
            new = self._first_of_each(hashes)
            if len(new):
                self._append(_binary(hashes)[new], vectors[new].astype(np.float16))
                self.refresh()

    def forget(self, hashes: Sequence[str]) -> int:
        """Overwrite the vectors of pictures, and then their keys, with zeros; returns how many.

        Nothing moves, so whoever has the store open reads on. Vectors go first: killed in between,
        the key is still there to be found again.
        """
        with self._locked():
            self.refresh()
            found = self.rows(hashes)
            places = np.unique(found[found >= 0]).tolist()
            if places:
                vector = bytes(2 * self.length)
                record = np.zeros(1, RECORD)
                record["vector_crc"] = zlib.crc32(vector)
                record["record_crc"] = zlib.crc32(record[0].tobytes()[:36])
                _overwrite(self._vectors_path, places, vector)
                _overwrite(self._keys_path, places, record.tobytes())
                self.refresh()
        return len(places)

    def living(self) -> NDArray[np.bool_]:
        """(n,) whether each row holds a picture's vector, and was not forgotten."""
        return np.asarray(self._keys.any(axis=1))

    def _first_of_each(self, hashes: Sequence[str]) -> Rows:
        missing = self.rows(hashes) < 0
        _, first = np.unique(_binary(hashes), axis=0, return_index=True)
        keep = np.zeros(len(hashes), bool)
        keep[first] = True
        return np.flatnonzero(keep & missing)

    def _append(self, keys: NDArray[np.uint64], vectors: NDArray[np.float16]) -> None:
        records = np.zeros(len(keys), RECORD)
        records["hash"] = np.ascontiguousarray(keys).view("V32").reshape(-1)
        records["vector_crc"] = [zlib.crc32(vector.tobytes()) for vector in vectors]
        records["record_crc"] = [zlib.crc32(record.tobytes()[:36]) for record in records]
        _append_bytes(self._vectors_path, vectors.tobytes())
        _append_bytes(self._keys_path, records.tobytes())

    def _read_records(self) -> NDArray[np.void]:
        raw = self._keys_path.read_bytes() if self._keys_path.exists() else b""
        records = np.frombuffer(raw[: len(raw) // RECORD.itemsize * RECORD.itemsize], RECORD)
        return records[: self._sound(records)]

    def _sound(self, records: NDArray[np.void]) -> int:
        """How many records are whole and have their vector; only the tail can be torn."""
        size = self._vectors_path.stat().st_size if self._vectors_path.exists() else 0
        count = min(len(records), size // (2 * self.length))
        while count and not self._tail_is_sound(records, count, size):
            count -= 1
        return count

    def _tail_is_sound(self, records: NDArray[np.void], count: int, size: int) -> bool:
        record = records[count - 1]
        if zlib.crc32(record.tobytes()[:36]) != record["record_crc"]:
            return False
        with self._vectors_path.open("rb") as stream:
            stream.seek((count - 1) * 2 * self.length)
            vector = stream.read(2 * self.length)
        return zlib.crc32(vector) == int(record["vector_crc"])

    def _cut_torn_tail(self) -> None:
        count = len(self._read_records())
        for path, width in ((self._vectors_path, 2 * self.length), (self._keys_path, 40)):
            if path.exists() and path.stat().st_size > count * width:
                os.truncate(path, count * width)

    def _map(self, count: int) -> NDArray[np.float16]:
        if not count:
            return np.zeros((0, self.length), np.float16)
        shape = (count, self.length)
        return np.memmap(self._vectors_path, np.float16, mode="r", shape=shape)

    @contextmanager
    def _locked(self) -> Iterator[None]:
        with self._lock_path.open("a") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            yield


class StoreFacts(NamedTuple):
    """The name of a store, how many vectors it holds, and how long each is."""

    name: str
    vectors: int
    length: int


def list_stores(folder: str | Path) -> Iterator[StoreFacts]:
    """Yield what stores a folder has, in the order of their names; empty ones are left out."""
    for keys in sorted(Path(folder).glob("*.keys")):
        # Between the two files of one that is being added to, lengths would be wrong.
        with keys.with_suffix(".lock").open("a") as lock:
            fcntl.flock(lock, fcntl.LOCK_SH)
            count = keys.stat().st_size // RECORD.itemsize
            path = keys.with_suffix(".f16")
            size = path.stat().st_size if path.exists() else 0
        if count and size >= 2 * count:
            yield StoreFacts(keys.stem, count, size // (2 * count))


def stores_in(folder: str | Path) -> Iterator[FeatureStore]:
    """Open every store of a folder that holds anything."""
    for one in list_stores(folder):
        yield FeatureStore(folder, one.name, one.length)


def _binary(hashes: Sequence[str]) -> NDArray[np.uint64]:
    """n SHA-256 in hex -> (n, 4) unsigned 64-bit words."""
    raw = bytes.fromhex("".join(hashes))
    if len(raw) != 32 * len(hashes):
        raise ValueError("a SHA-256 in hex has 64 characters")
    return np.frombuffer(raw, "<u8").reshape(-1, 4)


def _mixed(words: NDArray[np.uint64]) -> NDArray[np.uint64]:
    """(n, 4) words -> (n,) words that depend on every bit, to search by."""
    mixed = np.zeros(len(words), np.uint64)
    for column in words.T:
        mixed = (mixed ^ column) * np.uint64(0x9E3779B97F4A7C15)
        mixed ^= mixed >> np.uint64(29)
    return mixed


def _overwrite(path: Path, places: Sequence[int], data: bytes) -> None:
    """Write `data` over each of the rows, which are as long as it is."""
    with path.open("r+b") as stream:
        for place in places:
            stream.seek(place * len(data))
            stream.write(data)
        stream.flush()
        os.fsync(stream.fileno())


def _append_bytes(path: Path, data: bytes) -> None:
    with path.open("ab") as stream:
        stream.write(data)
        stream.flush()
        os.fsync(stream.fileno())
