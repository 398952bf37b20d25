"""Finds the picture that an annotation file means: by path, by tail of a path, or by name alone."""

from __future__ import annotations

import re
from collections.abc import Iterator

from annotations.intake.formats.base import base_of, folder_of, stem_of
from annotations.intake.refusals import Refusal

_DRIVE = re.compile(r"^[A-Za-z]:")
_SEVERAL = ""  # stands for the key of a name that several pictures have
# Folders in which formats keep pictures beside their annotations.
_BESIDE = ("", "images", "JPEGImages", "img", "data")


class Places:
    """Which picture a name means; keys are the caller's (hashes, paths), never empty.

    Names match as whole paths first, from the annotation's own folder, from each one above it and
    from the top; then by file name, where only one picture has it. Keeps strings alone, about 200
    bytes a picture.
    """

    def __init__(self) -> None:
        self._by_path: dict[str, str] = {}
        self._by_name: dict[str, str] = {}
        self._stems: dict[str, str] | None = None
        self._stem_names: dict[str, str] = {}

    def add(self, path: str, key: str) -> None:
        """Remember a picture."""
        for table, name in ((self._by_path, path), (self._by_name, base_of(path))):
            if table.setdefault(name, key) != key:
                table[name] = _SEVERAL
        self._stems = None

    def find(self, name: str, near: str = "") -> str | None:
        """Return the key of the picture, None where there is none.

        Raises Refusal where several pictures have the name, or the name leaves the import.
        """
        clean = tidy(name)
        for path in _candidates(clean, near):
            if path in self._by_path:
                return _one(self._by_path[path])
        found = self._by_name.get(base_of(clean))
        return None if found is None else _one(found)

    def find_stem(self, stem: str, near: str = "") -> str | None:
        """As `find`, for a name without its suffix."""
        if self._stems is None:
            self._index_stems()
            assert self._stems is not None
        clean = tidy(stem)
        for path in _candidates(clean, near):
            if path in self._stems:
                return _one(self._stems[path])
        found = self._stem_names.get(base_of(clean))
        return None if found is None else _one(found)

    def _index_stems(self) -> None:
        self._stems, self._stem_names = {}, {}
        for path, key in self._by_path.items():
            for table, name in (
                (self._stems, stem_of(path)),
                (self._stem_names, base_of(stem_of(path))),
            ):
                if table.setdefault(name, key) != key:
                    table[name] = _SEVERAL


def tidy(name: str) -> str:
    """Return a name as paths are kept; raises Refusal for one that cannot be a path here."""
    if "\0" in name or any(0xD800 <= ord(char) < 0xE000 for char in name):
        raise Refusal("bad_name", "The name of the picture holds characters that no name has.")
    path = name.replace("\\", "/").removeprefix("file://")
    parts = [part for part in path.split("/") if part not in ("", ".")]
    if ".." in parts:
        raise Refusal("path_traversal", "The name of the picture points outside of the import.")
    if not parts:
        raise Refusal("bad_name", "The name of the picture is empty.")
    if _DRIVE.match(parts[0]) or path.startswith("/"):
        return parts[-1]  # a path of somebody's own machine: its name is all that can help
    return "/".join(parts)


def _candidates(name: str, near: str) -> Iterator[str]:
    folder = folder_of(near)
    while True:
        for beside in _BESIDE:
            yield "/".join(part for part in (folder, beside, name) if part)
        if not folder:
            return
        folder = folder_of(folder)


def _one(key: str) -> str:
    if key == _SEVERAL:
        raise Refusal("unknown_item", "Several pictures have this name; give the path.")
    return key
