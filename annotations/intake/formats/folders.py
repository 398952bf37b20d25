"""Class folders: SPLIT/LABEL/NAME or LABEL/NAME, as ImageFolder reads them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from annotations.intake.formats.base import SPLITS, ImportFormat, Record, Told, Tree


class ClassFolders(ImportFormat):
    """Folders may also be an order of somebody's own, so this one must be asked for."""

    name = "folders"
    title = "Class folders"
    task_types = ("choice",)
    automatic = False

    def claims(self, path: str, tree: Tree) -> bool:
        return False

    def fits(self, tree: Tree) -> bool:
        return any("/" in picture.path for picture in tree.pictures())

    def read(self, paths: Sequence[str], tree: Tree) -> Iterator[Told]:
        outer = _outer_folders(tree)
        for picture in tree.pictures():
            parts = picture.path.split("/")[outer:-1]
            split = SPLITS.get(parts[0].lower(), "") if parts else ""
            folders = parts[1:] if split else parts
            if folders:
                answers = {"choice": {"choice": folders[0][:200]}}
                yield Record(picture.path, "", picture, answers, split=split)


def _outer_folders(tree: Tree) -> int:
    """Return how many folders lie around all classes, such as the one that a ZIP was made of."""
    common: list[str] | None = None
    for picture in tree.pictures():
        folders = picture.path.split("/")[:-1]
        # The innermost folder is a class, even where it is the only one.
        common = _shared(folders[:-1] if common is None else common, folders[:-1])
    outer = common or []
    return next((at for at, name in enumerate(outer) if name.lower() in SPLITS), len(outer))


def _shared(first: list[str], second: list[str]) -> list[str]:
    """Return the folders that two paths begin with alike."""
    alike = 0
    while alike < min(len(first), len(second)) and first[alike] == second[alike]:
        alike += 1
    return first[:alike]
