"""The files of one import, as they pass: pictures by name and size, all others kept on disk."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterator, Sequence
from typing import Any

from annotations.intake.documents import read_json
from annotations.intake.formats.base import Found
from annotations.intake.formats.places import Places
from annotations.intake.refusals import Refusal

HEAD_BYTES = 4096
_SPILL = 1 << 20
Elsewhere = Callable[[str, str], Found | None]


class ImportTree:
    """Pictures are known by their content's hash; other files lie one after another in one file.

    `elsewhere(name, sha256)` finds pictures that came before this import.
    """

    def __init__(self, elsewhere: Elsewhere = lambda name, sha256: None) -> None:
        self.places = Places()
        self._elsewhere = elsewhere
        self._sizes: dict[str, tuple[int, int]] = {}
        # Contents that were found good and are kept nowhere, in a dry run.
        self.coming: set[str] = set()
        self._paths: dict[str, str] = {}
        self._others: dict[str, tuple[int, int]] = {}
        self._file = tempfile.SpooledTemporaryFile(max_size=_SPILL)  # noqa: SIM115
        self._parsed: tuple[str, Any] = ("", None)

    def close(self) -> None:
        self._file.close()

    # ---------------------------------------------------------------------- as files come

    def add_other(self, path: str, data: bytes) -> None:
        """Keep a file that is no picture; of two with one path the later one counts."""
        start = self._file.seek(0, 2)
        self._file.write(data)
        self._others[path] = (start, len(data))

    def add_picture(self, path: str, sha256: str) -> None:
        """A picture came under a path; its size may be told later."""
        self.places.add(path, sha256)
        self._paths.setdefault(sha256, path)

    def know_size(self, sha256: str, width: int, height: int) -> None:
        self._sizes[sha256] = (width, height)

    # ------------------------------------------------------------------ as formats ask for

    def others(self) -> Sequence[str]:
        return list(self._others)

    def read(self, path: str) -> bytes:
        start, size = self._others[path]
        self._file.seek(start)
        return self._file.read(size)

    def head(self, path: str) -> bytes:
        start, size = self._others[path]
        self._file.seek(start)
        return self._file.read(min(size, HEAD_BYTES))

    def json(self, path: str) -> Any:
        """Return a JSON file's content; the last one is kept, since several formats look at it."""
        if self._parsed[0] != path:
            self._parsed = ("", None)
            data = self.read(path)
            if not data:
                raise Refusal("empty_file")
            self._parsed = (path, read_json(data))
        return self._parsed[1]

    def pictures(self) -> Iterator[Found]:
        for sha256, path in self._paths.items():
            if sha256 in self._sizes:
                yield Found(sha256, path, *self._sizes[sha256])

    def find(self, name: str, *, near: str = "", sha256: str = "") -> Found:
        if sha256:
            return self._found(sha256 if sha256 in self._sizes else None, name, sha256)
        return self._found(self.places.find(name, near), name, "")

    def find_stem(self, stem: str, *, near: str = "") -> Found:
        return self._found(self.places.find_stem(stem, near), stem, "")

    def _found(self, key: str | None, name: str, sha256: str) -> Found:
        if key is None:
            found = self._elsewhere(name, sha256)
            if found is not None:
                return found
        elif key in self._sizes:
            return Found(key, self._paths[key], *self._sizes[key])
        elif key:
            raise Refusal("unknown_item", "The picture of this name was refused.")
        if sha256:
            raise Refusal("sha_mismatch")
        raise Refusal("unknown_item")
