"""The program's own places for files: folders, or one machine's copy of what several share.

With `SHARED_STORAGE` set, that is the truth and these folders fill up from it on demand.
"""

from __future__ import annotations

from pathlib import Path

from django.conf import settings

from labelhub.folder_files import (
    GRACE_SECONDS,
    FolderFiles,
    StorageFull,
    Stored,
    TooLarge,
    save_together,
)
from labelhub.shared import shared_storage
from labelhub.shared_files import SharedFiles

__all__ = [
    "GRACE_SECONDS",
    "FolderFiles",
    "StorageFull",
    "Stored",
    "TooLarge",
    "files_in",
    "originals",
    "path_of",
    "predictions",
    "renditions",
    "save_together",
]


def files_in(root: Path, prefix: str) -> FolderFiles:
    """Return the files of a folder; `prefix` is what they go by in a shared storage."""
    shared = shared_storage()
    return FolderFiles(root) if shared is None else SharedFiles(root, prefix, shared)


def originals() -> FolderFiles:
    """Uploaded files as they came; they go to administrators alone."""
    return files_in(Path(settings.FILES_DIR), "files")


def renditions() -> FolderFiles:
    """What people are shown: re-encoded, upright, without metadata."""
    return files_in(Path(settings.FILES_DIR) / "renditions", "files/renditions")


def predictions() -> FolderFiles:
    """What workers have predicted of a pool's chunks, until all of it is put together."""
    return files_in(Path(settings.FILES_DIR) / "predictions", "files/predictions")


def path_of(sha256: str) -> Path:
    """Return where an original lies."""
    return originals().path(sha256)
