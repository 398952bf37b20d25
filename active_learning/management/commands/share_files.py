"""`manage.py share_files`: hand on to the shared storage what only this machine has."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from active_learning.actions.shared_folders import share_folder
from labelhub import storage
from labelhub.shared import shared_storage
from labelhub.shared_files import SharedFiles


class Command(BaseCommand):
    help = (
        "Put pictures, model versions, snapshots and features of this data folder into "
        "SHARED_STORAGE: after it was set for the first time, and after a restore."
    )

    def handle(self, *args: Any, **options: Any) -> None:
        if shared_storage() is None:
            raise CommandError("SHARED_STORAGE is not set: there is nothing to share with.")
        for name, files in _places():
            assert isinstance(files, SharedFiles)
            self.stdout.write(f"{name}: {files.share_all():,} files handed on.")
        for root in (Path(settings.MODELS_DIR), Path(settings.SNAPSHOTS_DIR)):
            folders = [path for path in sorted(root.iterdir()) if not path.name.startswith(".")]
            for folder in folders:
                share_folder(folder)
            self.stdout.write(f"{root.name}: {len(folders):,} folders are shared.")


def _places() -> list[tuple[str, storage.FolderFiles]]:
    places = [("originals", storage.originals()), ("renditions", storage.renditions())]
    for folder in sorted(Path(settings.FEATURES_DIR).iterdir()):
        for inner in ("parts", "maps"):
            if (folder / inner).is_dir():
                name = f"features/{folder.name}/{inner}"
                places.append((name, storage.files_in(folder / inner, name)))
    return places
