"""Paired items: which two items of a dataset a row of a list of pairs means."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from pathlib import PurePosixPath
from typing import NamedTuple

from annotations.intake.pairs import PairRow
from annotations.intake.refusals import Refusal
from annotations.models import Item, Project

FEW = 500  # so many names are looked up, more are found in one pass over the dataset


class PairedItem(NamedTuple):
    """An item, as far as a pair of it is concerned."""

    pk: int
    filename: str
    group: str
    split: str
    sha256: str


class ItemFinder:
    """Finds the items that the rows of one list name, in one query.

    A name is an item's file name; where several items have it, the folder in front of it must be
    the group of one of them.
    """

    def __init__(self, project: Project, rows: Sequence[PairRow]) -> None:
        self._splits = project.splits
        self._by_id: dict[int, PairedItem] = {}
        self._by_name: dict[str, list[PairedItem]] = defaultdict(list)
        ends = [(end, row.bare) for row in rows for end in (row.first, row.second)]
        ids = {end for end, _ in ends if isinstance(end, int)}
        names = {_base(end): bare for end, bare in ends if isinstance(end, str)}
        for item in self._candidates(project, ids, names):
            self._by_id[item.pk] = item
            for name in {item.filename, PurePosixPath(item.filename).stem}:
                self._by_name[name].append(item)

    @staticmethod
    def _candidates(
        project: Project, ids: set[int], names: dict[str, bool]
    ) -> Iterable[PairedItem]:
        rows = Item.objects.filter(dataset=project.dataset_id)
        columns = PairedItem._fields
        if ids:
            by_id = rows.filter(pk__in=ids) if len(ids) <= FEW else rows
            wanted = by_id.values_list(*columns).iterator(2_000)
            yield from (PairedItem(*row) for row in wanted if row[0] in ids)
        if not names:
            return
        if len(names) <= FEW and not any(names.values()):
            rows = rows.filter(filename__in=list(names))
        for row in rows.values_list(*columns).iterator(2_000):
            item = PairedItem(*row)
            if item.pk in ids:
                continue
            if item.filename in names or names.get(PurePosixPath(item.filename).stem):
                yield item

    def find(self, row: PairRow) -> tuple[PairedItem, PairedItem]:
        """Return a row's two items; raises Refusal naming the one that cannot be found."""
        first, second = self._one(row.first), self._one(row.second)
        if first.pk == second.pk:
            raise Refusal("pair_of_one")
        return first, second

    def _one(self, end: str | int) -> PairedItem:
        item = self._by_id.get(end) if isinstance(end, int) else self._named(end)
        if item is None:
            raise Refusal("unknown_item", f"The dataset has no picture {end!r}.")
        if self._splits and item.split not in self._splits:
            raise Refusal(
                "unknown_item",
                f"{end!r} is in the split {item.split!r}, which this project does not ask about.",
            )
        return item

    def _named(self, path: str) -> PairedItem | None:
        found = self._by_name.get(_base(path), [])
        if len(found) > 1:
            folder = PurePosixPath(path).parent.name
            found = [item for item in found if folder and item.group == folder]
            if len(found) != 1:
                raise Refusal(
                    "unknown_item",
                    f"Several pictures are called {_base(path)!r}; write GROUP/NAME, or their ids.",
                )
        return found[0] if found else None


def _base(path: str) -> str:
    return PurePosixPath(path).name
