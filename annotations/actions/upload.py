"""Upload: bytes -> items. Each file is taken, known already, ignored or refused on its own."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple, TypeVar

from django.db import transaction
from django.db.models import F

from annotations.actions.known_labels import LabelTables
from annotations.actions.project import open_tasks_soon
from annotations.actions.upload_report import DUPLICATE, IGNORED, TAKEN, UploadReport
from annotations.intake.archives import Member
from annotations.intake.checking import CheckerPool
from annotations.intake.limits import DEFAULT, Limits
from annotations.intake.names import extension_mismatch, is_labels_table, shown_name
from annotations.intake.picture import Picture
from annotations.intake.refusals import Refusal
from annotations.models import Dataset, Item, Project
from labelhub import storage
from labelhub.accounts.models import AuditEvent, User

BATCH_ROWS = 500
BATCH_BYTES = 32_000_000

_T = TypeVar("_T")


@dataclass(frozen=True)
class _File:
    """A file on its way: where it came from, what it is shown as, and its content's name."""

    path: str
    name: str
    sha256: str
    size: int


class _Holder(NamedTuple):
    """The item that holds a content already."""

    pk: int
    filename: str
    created_at: datetime


_Checked = tuple[_File, bytes, Picture | Refusal]


def upload_items(
    *,
    dataset: Dataset,
    members: Iterable[Member],
    by: User | None = None,
    limits: Limits = DEFAULT,
    since: datetime | None = None,
    hold: Callable[[], None] = lambda: None,
    progress: Callable[[float, str], None] = lambda fraction, message: None,
) -> UploadReport:
    """Import a stream of files into a dataset; running it again adds nothing.

    Files are stored before their rows, rows in batches. Items younger than `since` are counted as
    taken: an earlier attempt at the same import, which died, took them. `hold` is called inside
    each transaction and may raise to undo it; `progress` is called between them.
    """
    upload = _Upload(dataset, limits, since, hold, progress)
    upload.run(members)
    for project in Project.objects.filter(dataset=dataset).exclude(state__in=_CLOSED):
        open_tasks_soon(project)
    AuditEvent.record(
        "dataset.items_uploaded", actor=by, dataset=dataset.pk, taken=upload.report.counts[TAKEN]
    )
    return upload.report


_CLOSED = (Project.State.FINISHED, Project.State.ARCHIVED)


class _Upload:
    """One import: what it has seen so far, and the report that grows with it."""

    def __init__(
        self,
        dataset: Dataset,
        limits: Limits,
        since: datetime | None,
        hold: Callable[[], None],
        progress: Callable[[float, str], None],
    ) -> None:
        self.dataset, self.limits, self.since = dataset, limits, since
        self.hold, self.progress = hold, progress
        self.report = UploadReport(dataset.pk)
        self.tables = LabelTables(dataset, limits, hold)
        self.first: dict[str, str] = {}  # content -> the name that brought it
        self.refused: dict[str, Refusal] = {}
        self.repeated: list[_File] = []
        self.done = 0.0

    def run(self, members: Iterable[Member]) -> None:
        with CheckerPool(self.limits) as pool:
            for batch in _batches(pool.check(self._new_files(members)), _weight):
                self._store(batch)
                self.progress(self.done, f"{self.report.counts[TAKEN]:,} pictures taken")
        self._settle_repeated()
        self.tables.apply(self.report)

    # --------------------------------------------------------------------- what is new

    def _new_files(self, members: Iterable[Member]) -> Iterator[tuple[_File, bytes]]:
        """Yield the files that the dataset does not hold; report all others as they pass."""
        for group in _batches(self._readable(members), lambda entry: entry[0].size):
            known = self._known(file.sha256 for file, _ in group)
            for file, data in group:
                if file.sha256 in self.first:
                    self.repeated.append(file)
                elif (holder := known.get(file.sha256)) is None:
                    self.first[file.sha256] = file.name
                    yield file, data
                elif self.since is not None and holder.created_at >= self.since:
                    self.first[file.sha256] = file.name
                    self.report.note(file.path, TAKEN, item=holder.pk, warnings=[])
                else:
                    self._note_duplicate(file, of=holder.filename, item=holder.pk)
            self.progress(self.done, f"{self.report.counts[TAKEN]:,} pictures taken")

    def _readable(self, members: Iterable[Member]) -> Iterator[tuple[_File, bytes]]:
        for member in members:
            self.done = member.done
            if member.ignored:
                self.report.note(member.path, IGNORED)
            elif member.refusal is not None:
                self.report.refuse(member.path, member.refusal)
            elif is_labels_table(member.path):
                self.tables.add(member.path, member.data)
            elif (file := self._named(member)) is not None:
                yield file, member.data

    def _named(self, member: Member) -> _File | None:
        try:
            name = shown_name(member.path, self.limits)
        except Refusal as refusal:
            self.report.refuse(member.path, refusal)
            return None
        sha256 = hashlib.sha256(member.data).hexdigest()
        self.tables.know(member.path, sha256)
        return _File(member.path, name, sha256, len(member.data))

    def _known(self, hashes: Iterable[str]) -> dict[str, _Holder]:
        rows = Item.objects.filter(dataset=self.dataset, sha256__in=set(hashes))
        columns = ("sha256", "id", "filename", "created_at")
        return {row[0]: _Holder(*row[1:]) for row in rows.values_list(*columns)}

    def _note_duplicate(self, file: _File, *, of: str, item: int | None = None) -> None:
        detail = f"The same picture is in the dataset already, as {of}."
        self.report.note(file.path, DUPLICATE, code="duplicate", detail=detail, item=item, of=of)

    def _settle_repeated(self) -> None:
        """Report files that came twice in one upload, now that the fate of the first is known."""
        for file in self.repeated:
            if (refusal := self.refused.get(file.sha256)) is not None:
                self.report.refuse(file.path, refusal)
            else:
                self._note_duplicate(file, of=self.first[file.sha256])

    # ---------------------------------------------------------------------- what is kept

    def _store(self, batch: list[_Checked]) -> None:
        good: list[tuple[_File, Picture]] = []
        for file, _, result in batch:
            if isinstance(result, Refusal):
                self.refused[file.sha256] = result
                self.report.refuse(file.path, result)
            else:
                good.append((file, result))
        if good:
            kept = {file.sha256 for file, _ in good}
            storage.originals().save_many(d for file, d, _ in batch if file.sha256 in kept)
            self._insert(good, self._renditions_of(good))

    @staticmethod
    def _renditions_of(good: list[tuple[_File, Picture]]) -> list[dict[str, str]]:
        thumbs = [picture.thumb for _, picture in good]
        screens = [picture.screen or picture.thumb for _, picture in good]
        names = [stored.sha256 for stored in storage.renditions().save_many(thumbs + screens)]
        return [
            {"thumb": thumb, "screen": screen}
            for thumb, screen in zip(names[: len(good)], names[len(good) :], strict=True)
        ]

    def _insert(self, good: list[tuple[_File, Picture]], renditions: list[dict[str, str]]) -> None:
        with transaction.atomic():
            self.hold()
            # Two imports into one dataset take turns here, so that neither adds what the other did.
            Dataset.objects.select_for_update().get(pk=self.dataset.pk)
            known = self._known(file.sha256 for file, _ in good)
            rows = [
                self._item(file, picture, shown)
                for (file, picture), shown in zip(good, renditions, strict=True)
                if file.sha256 not in known
            ]
            Item.objects.bulk_create(rows)
            Dataset.objects.filter(pk=self.dataset.pk).update(
                item_count=F("item_count") + len(rows)
            )
        self._note_taken(good, {row.sha256: row.pk for row in rows}, known)

    def _item(self, file: _File, picture: Picture, renditions: dict[str, str]) -> Item:
        return Item(
            dataset=self.dataset,
            sha256=file.sha256,
            filename=file.name,
            media_type=picture.media_type,
            byte_size=file.size,
            width=picture.width,
            height=picture.height,
            renditions=renditions,
        )

    def _note_taken(
        self,
        good: list[tuple[_File, Picture]],
        ids: dict[str, int],
        known: dict[str, _Holder],
    ) -> None:
        for file, picture in good:
            if (holder := known.get(file.sha256)) is not None:
                self._note_duplicate(file, of=holder.filename, item=holder.pk)
                continue
            warnings = list(picture.warnings)
            if extension_mismatch(file.name, picture.media_type):
                warnings.append("extension_mismatch")
            self.report.note(file.path, TAKEN, item=ids[file.sha256], warnings=warnings)


def _weight(checked: _Checked) -> int:
    _, data, result = checked
    shown = 0 if isinstance(result, Refusal) else len(result.thumb) + len(result.screen or b"")
    return len(data) + shown


def _batches(entries: Iterable[_T], weight: Callable[[_T], int]) -> Iterator[list[_T]]:
    batch: list[_T] = []
    size = 0
    for entry in entries:
        batch.append(entry)
        size += weight(entry)
        if len(batch) >= BATCH_ROWS or size >= BATCH_BYTES:
            yield batch
            batch, size = [], 0
    if batch:
        yield batch
