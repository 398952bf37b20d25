"""The snapshot folder: what a training run may know, as plain files.

`manifest.json` names the snapshot, the task type, the classes and the seed; `items.jsonl` has
one line per item with its picture, its role and, where it has one, its soft target.
"""

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from active_learning.learning.errors import SnapshotInvalid

# What is pinned as critical is held out too, but picked by a person: it decides about promotion
# and never counts in a figure.
ROLES = ("train", "validation", "holdout", "critical", "pool")


@dataclass(frozen=True, slots=True)
class Item:
    """One picture; `target` maps class to probability, `weight` is the trust in it."""

    id: int
    sha256: str
    file: Path
    role: str = "pool"
    target: dict[str, float] | None = None
    weight: float = 1.0
    group: str | None = None
    text: str | None = None


@dataclass(frozen=True)
class Snapshot:
    """A frozen training set; `classes` fixes the order of every probability column."""

    sha256: str
    task_type: str
    classes: tuple[str, ...]
    seed: int
    items: tuple[Item, ...] = field(repr=False)

    def part(self, role: str) -> tuple[Item, ...]:
        """The items of one role, in the order of their ids."""
        return tuple(item for item in self.items if item.role == role)

    def targets(self, items: Iterable[Item]) -> NDArray[np.float32]:
        """(n, K) soft targets, each row summing to one."""
        column = {name: index for index, name in enumerate(self.classes)}
        rows = [_row(item, column) for item in items]
        return np.asarray(rows, np.float32).reshape(len(rows), len(self.classes))


def weights(items: Iterable[Item]) -> NDArray[np.float32]:
    """(n,) weights of the items."""
    return np.asarray([item.weight for item in items], np.float32)


def read_snapshot(folder: str | Path) -> Snapshot:
    """Read and check a snapshot folder; raise SnapshotInvalid naming file, line and reason."""
    folder = Path(folder)
    manifest = _manifest(folder / "manifest.json")
    items = sorted(read_items(folder / "items.jsonl"), key=lambda item: item.id)
    snapshot = Snapshot(
        sha256=str(manifest["snapshot"]),
        task_type=str(manifest["task_type"]),
        classes=tuple(manifest["classes"]),
        seed=int(manifest.get("seed", 0)),
        items=tuple(items),
    )
    _check(snapshot)
    return snapshot


def read_items(path: str | Path) -> Iterator[Item]:
    """Read items from JSON lines, one by one; raise SnapshotInvalid naming the line."""
    try:
        with Path(path).open(encoding="utf-8") as stream:
            for number, line in enumerate(stream, start=1):
                if line.strip():
                    yield _item(line, f"{path}, line {number}")
    except OSError as error:
        raise SnapshotInvalid(f"{path}: {error.strerror}") from error


def write_snapshot(folder: str | Path, snapshot: Snapshot) -> None:
    """Write the folder that read_snapshot reads."""
    folder = Path(folder)
    folder.mkdir(parents=True, exist_ok=True)
    manifest = {
        "snapshot": snapshot.sha256,
        "task_type": snapshot.task_type,
        "classes": list(snapshot.classes),
        "seed": snapshot.seed,
    }
    write_items(folder / "items.jsonl", snapshot.items)
    (folder / "manifest.json").write_text(json.dumps(manifest), encoding="utf-8")


def write_items(path: str | Path, items: Iterable[Item]) -> None:
    """Write items as JSON lines."""
    with Path(path).open("w", encoding="utf-8") as stream:
        for item in items:
            stream.write(json.dumps(_plain(item), ensure_ascii=False) + "\n")


def _plain(item: Item) -> dict[str, Any]:
    plain = {
        "id": item.id,
        "sha256": item.sha256,
        "file": str(item.file),
        "role": item.role,
        "target": item.target,
        "weight": item.weight,
        "group": item.group,
    }
    return plain if item.text is None else plain | {"text": item.text}


def _manifest(path: Path) -> dict[str, Any]:
    try:
        manifest: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise SnapshotInvalid(f"{path}: {error.strerror}") from error
    except ValueError as error:
        raise SnapshotInvalid(f"{path}: not JSON ({error})") from error
    for name in ("snapshot", "task_type", "classes"):
        if not isinstance(manifest, dict) or name not in manifest:
            raise SnapshotInvalid(f"{path}: `{name}` is missing")
    classes = manifest["classes"]
    if not isinstance(classes, list) or not all(isinstance(name, str) for name in classes):
        raise SnapshotInvalid(f"{path}: `classes` must be a list of texts")
    if len(set(classes)) != len(classes):
        raise SnapshotInvalid(f"{path}: a class is named twice")
    return manifest


def _item(line: str, place: str) -> Item:
    try:
        data = json.loads(line)
        return Item(
            id=int(data["id"]),
            sha256=str(data["sha256"]),
            file=Path(data["file"]),
            role=data.get("role", "pool"),
            target=data.get("target"),
            weight=float(data.get("weight", 1.0)),
            group=data.get("group"),
            text=data.get("text"),
        )
    except KeyError as error:
        raise SnapshotInvalid(f"{place}: {error} is missing") from error
    except (ValueError, TypeError) as error:
        raise SnapshotInvalid(f"{place}: {error}") from error


def _check(snapshot: Snapshot) -> None:
    classes = set(snapshot.classes)
    seen: set[int] = set()
    for item in snapshot.items:
        if item.id in seen:
            raise SnapshotInvalid(f"item {item.id} is there twice")
        seen.add(item.id)
        if item.role not in ROLES:
            raise SnapshotInvalid(f"item {item.id}: the role {item.role!r} is unknown")
        if not (np.isfinite(item.weight) and item.weight >= 0):
            raise SnapshotInvalid(f"item {item.id}: the weight {item.weight} makes no sense")
        if item.target is not None:
            _check_target(item, classes)


def _check_target(item: Item, classes: set[str]) -> None:
    target = item.target
    if not isinstance(target, dict):
        raise SnapshotInvalid(f"item {item.id}: the target is not a mapping")
    unknown = sorted(set(target) - classes)
    if unknown:
        raise SnapshotInvalid(f"item {item.id}: the class {unknown[0]!r} is not in the manifest")
    values = list(target.values())
    sound = all(isinstance(value, int | float) and 0 <= value < float("inf") for value in values)
    if not sound or sum(values) <= 0:
        raise SnapshotInvalid(f"item {item.id}: the target {target} is not a distribution")


def _row(item: Item, column: dict[str, int]) -> NDArray[np.float32]:
    if item.target is None:
        raise SnapshotInvalid(f"item {item.id} has no target but the role {item.role!r}")
    row = np.zeros(len(column), np.float64)
    for name, probability in item.target.items():
        row[column[name]] = probability
    return np.asarray(row / row.sum(), np.float32)
