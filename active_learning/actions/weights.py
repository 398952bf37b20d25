"""Weights that somebody brought: files in one folder that the operator names, kept by content."""

from __future__ import annotations

import hashlib
import shutil
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from django.conf import settings

from active_learning.actions.folders import place_folder
from active_learning.actions.publish import artifact_folder
from active_learning.actions.shared_folders import folder_at_hand, share_folder
from active_learning.learning.artifact import WEIGHTS
from active_learning.learning.errors import ArtifactInvalid
from active_learning.learning.external import look_over
from active_learning.learning.recipes import WITH_WEIGHTS
from labelhub.errors import Invalid

SUFFIX = ".safetensors"


class WeightsRefused(Invalid):
    """The project names no weights, or a file that is missing or cannot be weights."""

    code = "weights_refused"


@dataclass(frozen=True)
class WeightsFile:
    """A file that projects may name, and its length in bytes."""

    name: str
    size: int


def weights_files() -> Sequence[WeightsFile]:
    """Return what lies in the operator's folder, by name; nothing where none is set."""
    folder = settings.WEIGHTS_FOLDER
    if folder is None or not folder.is_dir():
        return []
    files = [path for path in sorted(folder.iterdir()) if _is_offered(path.name)]
    return [WeightsFile(path.name, path.stat().st_size) for path in files if path.is_file()]


def _is_offered(name: str) -> bool:
    return name.endswith(SUFFIX) and not name.startswith(".") and "/" not in name


def find_weights(name: str) -> Path:
    """Return the file of this name; raises WeightsRefused where it is missing or no weights."""
    if not name:
        raise _refused("This recipe needs a file of weights, and the project names none.")
    folder = settings.WEIGHTS_FOLDER
    if folder is None or not _is_offered(name) or not (folder / name).is_file():
        raise _refused(f"There is no file {name!r} in the server's folder of weights.")
    path = Path(folder / name)
    try:
        look_over(path)
    except ArtifactInvalid as error:
        raise _refused(f"{str(error)[:1].upper()}{str(error)[1:]}.") from error
    return path


def _refused(detail: str) -> WeightsRefused:
    return WeightsRefused(detail, fields={"weights": "refused"})


def usable_weights(recipe: str, name: str) -> bool:
    """Whether a recipe has the weights it needs; those that need none have."""
    if recipe not in WITH_WEIGHTS:
        return True
    try:
        find_weights(name)
    except WeightsRefused:
        return False
    return True


def pin_weights(name: str) -> str:
    """Keep a copy of the file among the models, named by its SHA-256, and return that.

    The file may change or vanish then; runs that are pinned to it find what they began from.
    """
    path = find_weights(name)
    with path.open("rb") as stream:
        digest = hashlib.file_digest(stream, "sha256").hexdigest()

    def fill(folder: Path) -> None:
        shutil.copyfile(path, folder / WEIGHTS)

    place_folder(artifact_folder(digest), fill)
    share_folder(artifact_folder(digest))
    return digest


def pinned_weights(sha256: str) -> Path | None:
    """Return the kept file of this content, fetched if need be; None where there is none."""
    folder = folder_at_hand(artifact_folder(sha256)) if sha256 else None
    return folder / WEIGHTS if folder and (folder / WEIGHTS).is_file() else None
