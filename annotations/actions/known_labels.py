"""Known labels that came with an upload: hidden truth, split and group, from its label tables."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from pathlib import PurePosixPath
from typing import NamedTuple

from django.db import transaction

from annotations.actions.upload_report import UploadReport
from annotations.intake.formats.tree import ImportTree
from annotations.intake.labels_csv import LabelRow, LabelTable, read_labels
from annotations.intake.limits import Limits
from annotations.intake.refusals import Refusal
from annotations.models import Dataset, Item, KnownLabel

BATCH_ROWS = 500
_SEVERAL = ""  # stands for the content of a name that several pictures have
_COLUMNS = ("id", "split", "group")


class _Place(NamedTuple):
    """An item, as far as a row of a table can change it."""

    pk: int
    split: str
    group: str


class _Match(NamedTuple):
    """An item and the row that means it."""

    item: _Place
    row: LabelRow


class LabelTables:
    """The tables of one upload, and which picture each of their rows can mean.

    A row names a path as the upload has it, from the table's own folder or from the top, or just
    a file name where only one picture has it, in the upload or else in the dataset.
    """

    def __init__(
        self, dataset: Dataset, limits: Limits, hold: Callable[[], None], tree: ImportTree
    ) -> None:
        self.dataset, self.limits, self.hold, self.tree = dataset, limits, hold, tree
        self._tables: list[tuple[str, bytes]] = []

    def add(self, path: str, data: bytes) -> None:
        """Remember a table until all pictures have come."""
        self._tables.append((path, data))

    def apply(self, report: UploadReport) -> None:
        """Write what the tables say of pictures that are there; report the rows that fail."""
        for path, data in self._tables:
            try:
                table = read_labels(data, self.limits)
            except Refusal as refusal:
                report.refuse(path, refusal)
                continue
            self._report_refused(path, table, report)
            for rows in _chunks(table.rows):
                self._apply(path, rows, report)

    @staticmethod
    def _report_refused(path: str, table: LabelTable, report: UploadReport) -> None:
        for line, refusal in table.refused.items():
            report.refuse_row(path, line, table.names[line], refusal)

    def _apply(self, table: str, rows: Sequence[LabelRow], report: UploadReport) -> None:
        wanted = {row.line: self._content_of(table, row) for row in rows}
        with transaction.atomic():
            if not report.dry:
                self.hold()
            items = self._items({content for content in wanted.values() if content})
            named = self._named([row for row in rows if wanted[row.line] is None])
            found: dict[int, _Match] = {}
            for row in rows:
                content = wanted[row.line]
                item = items.get(content) if content else named.get(_base(row.path))
                if item is None or content == _SEVERAL:
                    report.refuse_row(table, row.line, row.path, _unknown(content))
                elif item.pk in found and row.label != found[item.pk].row.label:
                    report.refuse_row(table, row.line, row.path, _contradicts(found[item.pk].row))
                else:
                    found.setdefault(item.pk, _Match(item, row))
            self._keep_labels(table, found, report)
            report.groups.update(
                row.group for item, row in found.values() if row.group and not item.group
            )
            if not report.dry:
                _keep_splits(found)

    def _content_of(self, table: str, row: LabelRow) -> str | None:
        """Return the content that a row means, _SEVERAL, or None where it did not come just now."""
        try:
            return self.tree.places.find(row.path, table)
        except Refusal:
            return _SEVERAL

    def _items(self, contents: set[str]) -> dict[str, _Place]:
        rows = Item.objects.filter(dataset=self.dataset, sha256__in=contents)
        items = {row[0]: _Place(*row[1:]) for row in rows.values_list("sha256", *_COLUMNS)}
        for number, content in enumerate(sorted(contents - items.keys()), start=1):
            if content in self.tree.coming:  # found good by a dry run, so not there yet
                items[content] = _Place(-number, "", "")
        return items

    def _named(self, rows: Sequence[LabelRow]) -> dict[str, _Place]:
        """Return the dataset's pictures by name, those whose name no other picture has."""
        if not rows:
            return {}
        named: dict[str, list[_Place]] = {}
        names = {_base(row.path) for row in rows}
        items = Item.objects.filter(dataset=self.dataset, filename__in=names)
        for row in items.values_list("filename", *_COLUMNS):
            named.setdefault(row[0], []).append(_Place(*row[1:]))
        return {name: places[0] for name, places in named.items() if len(places) == 1}

    @staticmethod
    def _keep_labels(table: str, found: dict[int, _Match], report: UploadReport) -> None:
        known = dict(
            KnownLabel.objects.filter(item__in=list(found)).values_list("item_id", "value")
        )
        new = []
        for pk, (_, row) in found.items():
            if row.label and pk not in known:
                new.append(KnownLabel(item_id=pk, value=row.label))
            elif row.label and known[pk] != row.label:
                report.refuse_row(table, row.line, row.path, _contradicts(None))
        if not report.dry:
            KnownLabel.objects.bulk_create(new)
        report.counts["labels"] += len(new)
        report.classes.update(known.value for known in new)


def _keep_splits(found: dict[int, _Match]) -> None:
    """Set split and group where the item has none; items do not change otherwise."""
    alike: dict[tuple[str, str], list[int]] = {}
    for pk, (item, row) in found.items():
        values = (item.split or row.split, item.group or row.group)
        if values != (item.split, item.group):
            alike.setdefault(values, []).append(pk)
    for (split, group), pks in alike.items():
        Item.objects.filter(pk__in=pks).update(split=split, group=group)


def _unknown(content: str | None) -> Refusal:
    if content == _SEVERAL:
        return Refusal("unknown_item", "Several pictures have this name; give the path.")
    return Refusal("unknown_item")


def _contradicts(row: LabelRow | None) -> Refusal:
    if row is None:
        return Refusal("duplicate_row", "The picture has another known label already.")
    return Refusal("duplicate_row", f"Line {row.line} gives the same picture another label.")


def _base(path: str) -> str:
    return PurePosixPath(path).name


def _chunks(rows: Sequence[LabelRow]) -> Iterator[Sequence[LabelRow]]:
    for start in range(0, len(rows), BATCH_ROWS):
        yield rows[start : start + BATCH_ROWS]
