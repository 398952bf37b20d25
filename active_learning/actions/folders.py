"""Folders named by their content: written aside, forced to disk, renamed into place."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Callable
from pathlib import Path


def place_folder(folder: Path, fill: Callable[[Path], None]) -> None:
    """Make `folder` by `fill(aside)`; whole or not at all. One that is there already is kept."""
    if folder.is_dir():
        return
    folder.parent.mkdir(parents=True, exist_ok=True)
    aside = Path(tempfile.mkdtemp(prefix=".aside-", dir=folder.parent))
    try:
        fill(aside)
        move_into_place(aside, folder)
    finally:
        shutil.rmtree(aside, ignore_errors=True)


def move_into_place(aside: Path, folder: Path) -> None:
    """Rename a finished folder to its final name, for good; an equal one may be there first."""
    folder.parent.mkdir(parents=True, exist_ok=True)
    sync_folder(aside)
    try:
        aside.rename(folder)
    except OSError:
        if not folder.is_dir():
            raise
        shutil.rmtree(aside, ignore_errors=True)
    sync_folder(folder.parent)


def write_durably(path: Path, text: str) -> None:
    """Write a file and force it to disk."""
    with path.open("w", encoding="utf-8") as stream:
        stream.write(text)
        stream.flush()
        os.fsync(stream.fileno())


def sync_folder(folder: Path) -> None:
    """Force the names in a folder to disk, so that a rename survives a power cut."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
