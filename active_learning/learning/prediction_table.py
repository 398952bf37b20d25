"""Predictions that somebody brought, as an artifact: looked up by picture, never computed.

Rows are in the order of their keys, the SHA-256 of the pictures. Classes come either as a whole
distribution for each picture or as one class and how sure it is; the rest of that is spread evenly
over the others. Texts lie one after another in one array of bytes.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from active_learning.learning import metrics, text_metrics
from active_learning.learning.artifact import Artifact, Tensors
from active_learning.learning.ctc import Reading
from active_learning.learning.datasets.snapshot import Item
from active_learning.learning.errors import ArtifactInvalid
from active_learning.learning.transforms import Preparation

TABLE = "table"  # stands where other artifacts name their recipe
KEYS, SHARES, LABELS, SURE = "keys", "shares", "labels", "confidence"
TEXTS, ENDS = "texts", "ends"
WORD = 8  # bytes in a number
SERVED = 8_192  # items looked up at a time
EDGE = 1e-4  # by which a class that was named stands above all others
NO_ANSWER = "(no prediction)"

Ints = NDArray[np.int64]
Floats = NDArray[np.float32]


def key_of(sha256: str) -> bytes:
    """Return the 32 bytes that a picture's row goes by."""
    return bytes.fromhex(sha256)


def make_table(
    *, task_type: str, classes: Sequence[str], tensors: Tensors, lineage: dict[str, Any]
) -> Artifact:
    """Return an artifact of rows in any order; `tensors` as named above, (n,) or (n, ...) each.

    `keys` (n, 4) int64, that is 32 bytes each, and either `shares` (n, K) float32, or `labels` (n,)
    int64 with `confidence` (n,) float32, or `confidence` with `ends` (n,) int64 and `texts` (m,)
    int64: the bytes of all texts, to which the last word may add zeros.
    """
    order = np.argsort(_as_keys(tensors[KEYS]), kind="stable")
    return Artifact(
        recipe=TABLE,
        task_type=task_type,
        classes=tuple(classes),
        preparation=Preparation(),
        config={},
        tensors=in_order(tensors, order),
        lineage=lineage,
    )


def in_order(tensors: Tensors, order: Ints) -> Tensors:
    """Return the rows that `order` (m,) names, in that order."""
    rows = {name: np.ascontiguousarray(tensors[name][order]) for name in tensors if name != TEXTS}
    if TEXTS not in tensors:
        return rows
    ends = tensors[ENDS].astype(np.int64)
    begins = np.concatenate([[0], ends[:-1]])
    texts = tensors[TEXTS].tobytes()
    pieces = [texts[begins[row] : ends[row]] for row in order.tolist()]
    rows[ENDS] = np.cumsum([len(piece) for piece in pieces], dtype=np.int64)
    return rows | {TEXTS: words_of(b"".join(pieces))}


def words_of(data: bytes) -> NDArray[np.int64]:
    """Bytes as an artifact holds them: eight a number, with zeros behind."""
    return np.asarray(_from_bytes(data + b"\0" * (-len(data) % WORD), "<i8"), np.int64)


def without(artifact: Artifact, hashes: Sequence[str]) -> Artifact | None:
    """Return the table without some pictures; None where it says nothing of them."""
    gone = _from_bytes(b"".join(map(key_of, hashes)), "S32")
    keep = ~np.isin(_as_keys(artifact.tensors[KEYS]), gone)
    if keep.all():
        return None
    return replace(artifact, tensors=in_order(artifact.tensors, np.flatnonzero(keep)))


def _from_bytes(data: bytes, kind: str) -> NDArray[Any]:
    return np.frombuffer(data, kind) if data else np.zeros(0, kind)


def _as_keys(keys: NDArray[Any]) -> NDArray[np.bytes_]:
    # Trailing zeros do not count in comparisons of "S32", and all keys are 32 bytes: none is lost.
    return np.ascontiguousarray(keys).view("S32").reshape(-1)


@dataclass(frozen=True)
class PredictionTable:
    """An opened table."""

    artifact: Artifact

    @classmethod
    def open(cls, artifact: Artifact) -> PredictionTable:
        """Check names and shapes of what is there; raises ArtifactInvalid."""
        tensors, classes = artifact.tensors, len(artifact.classes)
        count = len(tensors[KEYS]) if KEYS in tensors else 0
        known: dict[str, tuple[int, ...]] = {KEYS: (count, 32 // WORD)}
        if TEXTS in tensors:
            known |= {SURE: (count,), ENDS: (count,), TEXTS: (len(tensors[TEXTS]),)}
        elif SHARES in tensors:
            known |= {SHARES: (count, classes)}
        else:
            known |= {LABELS: (count,), SURE: (count,)}
        artifact.expect(known)
        if LABELS in tensors and count and not _within(tensors[LABELS], classes):
            raise ArtifactInvalid("a row names a class that is not there")
        if TEXTS in tensors and not _rising(tensors[ENDS], WORD * len(tensors[TEXTS])):
            raise ArtifactInvalid("the texts do not end where they should")
        return cls(artifact)

    @property
    def classes(self) -> tuple[str, ...]:
        return self.artifact.classes

    def __len__(self) -> int:
        return len(self.artifact.tensors[KEYS])

    def find(self, items: Sequence[Item]) -> tuple[Ints, Ints]:
        """Indices (m,) of the items that have a prediction, ascending, and their rows (m,)."""
        keys = _as_keys(self.artifact.tensors[KEYS])
        wanted = _from_bytes(b"".join(key_of(item.sha256) for item in items), "S32")
        if not len(keys) or not len(wanted):
            return np.zeros(0, np.int64), np.zeros(0, np.int64)
        rows = np.searchsorted(keys, wanted).clip(max=len(keys) - 1)
        index = np.flatnonzero(keys[rows] == wanted)
        return index, rows[index]

    def predict_items(self, items: Sequence[Item]) -> Iterator[tuple[Ints, Floats, Floats]]:
        """Pieces of (indices, probabilities (m, K), no features (m, 0)); others are missing."""
        for start in range(0, len(items), SERVED):
            index, rows = self.find(items[start : start + SERVED])
            yield index + start, self._shares(rows), np.zeros((len(rows), 0), np.float32)

    def _shares(self, rows: Ints) -> Floats:
        tensors, count = self.artifact.tensors, max(len(self.classes), 1)
        if SHARES in tensors:
            return np.asarray(tensors[SHARES][rows], np.float32)
        sure = np.maximum(tensors[SURE][rows].astype(np.float64), 1 / count + EDGE).clip(max=1.0)
        rest = (1 - sure) / max(count - 1, 1)
        found = np.repeat(rest[:, None], count, axis=1)
        found[np.arange(len(rows)), tensors[LABELS][rows]] = sure
        return found.astype(np.float32)

    def read_items(self, items: Sequence[Item]) -> Iterator[tuple[int, Reading]]:
        """Yield (index, reading) of the items whose text is there."""
        tensors = self.artifact.tensors
        texts, ends = tensors[TEXTS].tobytes(), tensors[ENDS].tolist()
        for at, row in zip(*(found.tolist() for found in self.find(items)), strict=True):
            text = texts[ends[row - 1] if row else 0 : ends[row]].decode()
            yield at, Reading(text, float(tensors[SURE][row]))


def _within(labels: NDArray[Any], classes: int) -> bool:
    return bool(labels.min() >= 0 and labels.max() < classes)


def _rising(ends: NDArray[Any], total: int) -> bool:
    begins_and_ends = np.concatenate([[0], ends.astype(np.int64)])
    return bool((np.diff(begins_and_ends) >= 0).all() and begins_and_ends[-1] <= total)


def measured(table: PredictionTable, items: Sequence[Item]) -> dict[str, Any]:
    """Figures of a table on n items of known class or text; no prediction counts as wrong."""
    by_text = TEXTS in table.artifact.tensors
    return _measured_texts(table, items) if by_text else _measured_classes(table, items)


def _measured_classes(table: PredictionTable, items: Sequence[Item]) -> dict[str, Any]:
    known = [item for item in items if item.target]
    named = dict.fromkeys([*table.classes, *(name for one in known for name in one.target or ())])
    classes = (*named, NO_ANSWER)
    column = {name: place for place, name in enumerate(classes)}
    targets = np.zeros((len(known), len(classes)))
    for row, item in enumerate(known):
        for name, share in (item.target or {}).items():
            targets[row, column[name]] = share
    found = np.zeros((len(known), len(classes)))
    for index, shares, _ in table.predict_items(known):
        found[index, : len(table.classes)] = shares
    unsaid(found)
    if not found[:, -1].any():
        found, targets, classes = found[:, :-1], targets[:, :-1], classes[:-1]
    return metrics.report(found, targets, classes, [item.group for item in known])


def unsaid(probabilities: NDArray[Any]) -> None:
    """Give the rows (n, K) that are empty to the last column, with no confidence at all."""
    probabilities[~probabilities.any(axis=1), -1] = 1e-9


def _measured_texts(table: PredictionTable, items: Sequence[Item]) -> dict[str, Any]:
    known = [item for item in items if item.text]
    said = dict(table.read_items(known))
    texts = [said[at].text if at in said else "" for at in range(len(known))]
    return text_metrics.report(texts, [item.text or "" for item in known])


def share_right(table: PredictionTable, items: Sequence[Item]) -> tuple[int, int]:
    """Return how many of the items that the table speaks of it gets right, and of how many."""
    if TEXTS in table.artifact.tensors:
        known = [item for item in items if item.text]
        said = list(table.read_items(known))
        right = [text_metrics.plain(r.text) == text_metrics.plain(known[at].text or "")
                 for at, r in said]  # fmt: skip
        return sum(right), len(right)
    known = [item for item in items if item.target]
    hits = count = 0
    for index, shares, _ in table.predict_items(known):
        for at, best in zip(index.tolist(), shares.argmax(axis=1).tolist(), strict=True):
            target = known[at].target or {}
            hits += table.classes[best] == max(target, key=target.__getitem__)
            count += 1
    return hits, count
