"""Which items of a project the rows of a table mean: by id, by content, by path or file name."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from annotations.intake.refusals import Refusal
from annotations.models import Project, Task

READ_AT_ONCE = 10_000
NAMES = ("filename", "file", "file_name", "image", "path")
COLUMNS = ("item", "sha256", *NAMES)
_LARGEST = 2**63

Ints = NDArray[np.int64]


@dataclass(frozen=True)
class _Index:
    """Sorted values (n,) and the place of each."""

    values: NDArray[Any]
    places: Ints

    @classmethod
    def of(cls, values: NDArray[Any], places: Ints) -> _Index:
        order = np.argsort(values, kind="stable")
        return cls(values[order], places[order])

    def find(self, wanted: NDArray[Any]) -> tuple[Ints, NDArray[np.bool_]]:
        """(m,) place of each, -1 where it is unknown; and whether several have the value."""
        first = np.searchsorted(self.values, wanted, side="left")
        count = np.searchsorted(self.values, wanted, side="right") - first
        places = self.places[first.clip(max=max(len(self.places) - 1, 0))]
        return np.where(count > 0, places, -1), count > 1


class ProjectItems:
    """The items of a project as arrays: some hundred bytes each, however long the table is."""

    def __init__(self, project: Project) -> None:
        tasks = Task.objects.filter(project=project, other_item=None).order_by("item_id")
        rows = tasks.values_list("item_id", "item__sha256", "item__filename", "item__path")
        kind = [("pk", np.int64), ("key", "S32"), ("name", np.uint64), ("path", np.uint64)]
        found = np.fromiter(
            (
                (pk, bytes.fromhex(sha256), _digest(name), _digest(path))
                for pk, sha256, name, path in rows.iterator(chunk_size=READ_AT_ONCE)
            ),
            np.dtype(kind),
        )
        self.pks: Ints = found["pk"].copy()
        self.keys: NDArray[np.bytes_] = found["key"].copy()
        places = np.arange(len(found))
        self._by_pk, self._by_key = _Index.of(self.pks, places), _Index.of(self.keys, places)
        named = found["path"] != _digest("")
        self._by_path = _Index.of(found["path"][named], places[named])
        self._by_name = _Index.of(found["name"], places)

    def __len__(self) -> int:
        return len(self.pks)

    def find(self, rows: Sequence[Mapping[str, Any]]) -> list[int | Refusal]:
        """Return the place of each row's item, or why there is none."""
        if not len(self):
            return [Refusal("unknown_item", "The project has no items yet.") for _ in rows]
        found: list[int | Refusal] = [Refusal("unknown_item", _NAMELESS)] * len(rows)
        for column, asked in _by_column(rows).items():
            values = np.asarray([value for _, value in asked], _TYPES.get(column, np.uint64))
            places, several = self._look_up(column, values)
            for (at, _), place, many in zip(asked, places.tolist(), several.tolist(), strict=True):
                found[at] = _told(rows[at][column], place, many)
        return found

    def _look_up(self, column: str, values: NDArray[Any]) -> tuple[Ints, NDArray[np.bool_]]:
        if column == "item":
            return self._by_pk.find(values)
        if column == "sha256":
            return self._by_key.find(values)
        if not len(self._by_path.places):
            return self._by_name.find(values)
        places, several = self._by_path.find(values)
        named, often = self._by_name.find(values)
        return np.where(places < 0, named, places), np.where(places < 0, often, several)


_NAMELESS = "Name the item: by `item` (its id), by `sha256` or by `filename`."
_TYPES: dict[str, Any] = {"item": np.int64, "sha256": "S32"}


def _by_column(rows: Sequence[Mapping[str, Any]]) -> dict[str, list[tuple[int, Any]]]:
    """Group rows by the column that names their item: (row, value as it is looked up)."""
    asked: dict[str, list[tuple[int, Any]]] = {}
    for at, cells in enumerate(rows):
        column = next((name for name in COLUMNS if cells.get(name) not in (None, "")), None)
        if column is not None:
            asked.setdefault(column, []).append((at, _value(column, cells[column])))
    return asked


def _value(column: str, cell: Any) -> Any:
    """What a cell is looked up as; something that no item has where it is no such thing."""
    if column == "item":
        text = str(cell).strip()
        whole = not isinstance(cell, bool) and text.isascii() and text.isdigit()
        return int(text) if whole and len(text) < 19 else -1
    if column == "sha256":
        try:
            key = bytes.fromhex(str(cell).strip())
        except ValueError:
            return b""
        return key if len(key) == 32 else b""
    return _digest(str(cell).strip().removeprefix("./"))


def _digest(name: str) -> int:
    """Eight bytes that stand for a name: a million of them share none by chance."""
    data = name.encode("utf-8", "replace")
    return int.from_bytes(hashlib.blake2b(data, digest_size=8).digest(), "little")


def _told(cell: Any, place: int, several: bool) -> int | Refusal:
    shown = str(cell)[:120]
    if place < 0:
        return Refusal("unknown_item", f"The project has no item {shown!r}.")
    if several:
        detail = f"Several items are named {shown!r}; name them by `item` or `sha256`."
        return Refusal("ambiguous_item", detail)
    return place
