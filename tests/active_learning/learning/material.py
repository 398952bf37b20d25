"""Snapshots of real digits for the tests of the learning package."""

import hashlib
from pathlib import Path

import numpy as np
from PIL import Image
from sklearn.datasets import load_digits

from active_learning.learning.datasets.snapshot import Item, Snapshot, write_snapshot

CLASSES = tuple(str(digit) for digit in range(10))


def digit_items(folder: Path, count: int, start: int = 0, role: str = "train") -> list[Item]:
    """scikit-learn's digits as PNG files; balanced, since the set is nearly in rounds."""
    folder.mkdir(parents=True, exist_ok=True)
    data = load_digits()
    items = []
    for number in range(start, start + count):
        file = folder / f"{number:04d}.png"
        Image.fromarray((data.images[number] * 255 / 16).astype(np.uint8)).save(file)
        digest = hashlib.sha256(file.read_bytes()).hexdigest()
        target = None if role == "pool" else {str(data.target[number]): 1.0}
        items.append(Item(number, digest, file, role, target))
    return items


def snapshot_of(items: list[Item], classes: tuple[str, ...] = CLASSES) -> Snapshot:
    """A snapshot named after its content."""
    name = hashlib.sha256(repr(items).encode()).hexdigest()
    return Snapshot(name, "choice", classes, 0, tuple(items))


def digit_snapshot(folder: Path, **counts: int) -> Snapshot:
    """So many digits for each role, one after the other: digit_snapshot(f, train=20, pool=9)."""
    items: list[Item] = []
    for role, count in counts.items():
        items += digit_items(folder / "images", count, len(items), role)
    return snapshot_of(items)


def written(folder: Path, snapshot: Snapshot) -> Path:
    """The snapshot as a folder on disk."""
    write_snapshot(folder / "snapshot", snapshot)
    return folder / "snapshot"


def line_items(folder: Path, count: int, start: int = 0, role: str = "train") -> list[Item]:
    """Numbers of two to four of scikit-learn's digits side by side, dark on light, with texts."""
    folder.mkdir(parents=True, exist_ok=True)
    data = load_digits()
    items = []
    for number in range(start, start + count):
        some = [(number * 7 + place * 3) % len(data.images) for place in range(2 + number % 3)]
        ink = np.concatenate([np.pad(data.images[index], 1) for index in some], axis=1)
        file = folder / f"line-{number:04d}.png"
        Image.fromarray((255 - np.kron(ink, np.ones((4, 4))) * 255 / 16).astype(np.uint8)).save(
            file
        )
        digest = hashlib.sha256(file.read_bytes()).hexdigest()
        text = "".join(str(data.target[index]) for index in some)
        items.append(Item(number, digest, file, role, text=text))
    return items


def lines_snapshot(items: list[Item]) -> Snapshot:
    """A snapshot of texts, named after its content."""
    name = hashlib.sha256(repr(items).encode()).hexdigest()
    return Snapshot(name, "transcription", (), 0, tuple(items))
