"""Remember, by content, what a step was made from, so that it is skipped while that is the same."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from pathlib import Path


def digest(paths: Iterable[Path], *more: str) -> str:
    """Return a hash of files and folders (names and bytes) and of further texts."""
    total = hashlib.sha256("\0".join(more).encode())
    for path in sorted(_files(paths)):
        total.update(str(path).encode() + b"\0")
        total.update(hashlib.sha256(path.read_bytes()).digest())
    return total.hexdigest()


def _files(paths: Iterable[Path]) -> set[Path]:
    found: set[Path] = set()
    for path in paths:
        found |= (
            {inner for inner in path.rglob("*") if inner.is_file()} if path.is_dir() else {path}
        )
    return {path for path in found if path.is_file()}


def is_current(stamp: Path, value: str) -> bool:
    """Whether the stamp was written for this very value."""
    return stamp.is_file() and stamp.read_text(encoding="ascii").strip() == value


def write(stamp: Path, value: str) -> None:
    """Write the stamp; call it when the step is done, so that an interrupted one is repeated."""
    stamp.parent.mkdir(parents=True, exist_ok=True)
    draft = stamp.with_name(f"{stamp.name}.draft")
    draft.write_text(value, encoding="ascii")
    draft.rename(stamp)
