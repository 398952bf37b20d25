"""Upload: bytes -> items. Each file is taken, known already, ignored or refused on its own."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Iterator
from contextlib import closing
from datetime import datetime
from typing import Any, NamedTuple

from django.db import transaction
from django.db.models import F

from annotations.actions.given_answers import PLAIN, ImportOptions
from annotations.actions.given_votes import cast_votes_soon
from annotations.actions.keep_items import File, Good, NewItem, insert_items, keep_files, keep_still
from annotations.actions.known_labels import LabelTables
from annotations.actions.project import open_tasks_soon
from annotations.actions.takedown_list import refused_contents
from annotations.actions.upload_batches import BATCH_ROWS, batches, is_no_picture, is_usual_picture
from annotations.actions.upload_labels import Labels
from annotations.actions.upload_report import DUPLICATE, IGNORED, TAKEN, UploadReport
from annotations.actions.upload_urls import fetched_members, is_url_list
from annotations.intake.archives import Member
from annotations.intake.checking import CheckerPool
from annotations.intake.formats import is_about_import
from annotations.intake.formats.base import Found, base_of
from annotations.intake.formats.csv_rows import says_more
from annotations.intake.formats.masks import Masks, is_mask
from annotations.intake.formats.tree import ImportTree
from annotations.intake.limits import DEFAULT, Limits
from annotations.intake.names import (
    archive_path,
    extension_mismatch,
    is_labels_table,
    is_weights,
    page_path,
    shown_name,
)
from annotations.intake.picture import Picture
from annotations.intake.refusals import Refusal
from annotations.intake.sniff import (
    SNIFF_BYTES,
    may_have_pages,
    refusal_of_weights,
)
from annotations.models import Dataset, Item, Project
from labelhub.accounts.models import AuditEvent, User

MASKS = Masks.name
FILES_AT_ONCE = 2_000  # are synced together: one wait for the disk, however many they are


class _Holder(NamedTuple):
    """The item that holds a content already."""

    pk: int
    filename: str
    created_at: datetime
    width: int
    height: int


_Checked = tuple[File, bytes, Picture | Refusal]


def upload_items(
    *,
    dataset: Dataset,
    members: Iterable[Member],
    by: User | None = None,
    limits: Limits = DEFAULT,
    since: datetime | None = None,
    hold: Callable[[], None] = lambda: None,
    progress: Callable[[float, str], None] = lambda fraction, message: None,
    options: ImportOptions = PLAIN,
) -> UploadReport:
    """Import a stream of files into a dataset; running it again adds nothing.

    Files are stored before their rows, rows in batches. Items younger than `since` are counted as
    taken: an earlier attempt at the same import, which died, took them. `hold` is called inside
    each transaction and may raise to undo it; `progress` is called between them.
    """
    report = UploadReport(dataset.pk)
    _Upload(dataset, limits, since, hold, progress, report, options, by).run(members)
    for project in Project.objects.filter(dataset=dataset).exclude(state__in=_CLOSED):
        open_tasks_soon(project)
        cast_votes_soon(project)
    AuditEvent.record(
        "dataset.items_uploaded", actor=by, dataset=dataset.pk, taken=report.counts[TAKEN]
    )
    return report


def preview_items(
    *,
    dataset: Dataset,
    members: Iterable[Member],
    limits: Limits = DEFAULT,
    progress: Callable[[float, str], None] = lambda fraction, message: None,
    options: ImportOptions = PLAIN,
) -> UploadReport:
    """Say what an import of these files would do; nothing is written, but all is looked at."""
    report = UploadReport(dataset.pk, dry=True)
    _Upload(dataset, limits, None, lambda: None, progress, report, options).run(members)
    return report


_TAKEN_DOWN = Refusal("taken_down")
_UNCHANGED = "The file is as it was when it was imported from there."
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
        report: UploadReport,
        options: ImportOptions,
        by: User | None = None,
    ) -> None:
        self.dataset, self.limits, self.since = dataset, limits, since
        self.hold, self.progress, self.report = hold, progress, report
        self.tree = ImportTree(self._in_dataset)
        self.tables = LabelTables(dataset, limits, hold, self.tree)
        self.labels = Labels(dataset, options, hold, report, self.tree, by)
        self.first: dict[str, str] = {}  # content -> the name that brought it
        self.refused: dict[str, Refusal] = {}
        self.repeated: list[File] = []
        self.done = 0.0
        self.had_items = Item.objects.filter(dataset=dataset).exists()

    def run(self, members: Iterable[Member]) -> None:
        with closing(self.tree), CheckerPool(self.limits) as pool:
            self._take(pool, self._readable(pool, members))
            self.tables.apply(self.report)
            self.labels.read()
            self._take(pool, self._lines(pool))
            self.labels.keep_lines()

    def _take(self, pool: CheckerPool, files: Iterable[tuple[File, bytes]]) -> None:
        for batch in batches(pool.check(self._new_files(files)), _weight, FILES_AT_ONCE):
            good = self._good(batch)
            renditions = keep_files(good)
            for start in range(0, len(good), BATCH_ROWS):
                rows = slice(start, start + BATCH_ROWS)
                self._insert(good[rows], renditions[rows])
                keep_still(good[rows], renditions[rows])
            self._tell()
        self._settle_repeated()

    def _tell(self) -> None:
        self.progress(self.done, f"{self.report.counts[TAKEN]:,} pictures taken")

    def _lines(self, pool: CheckerPool) -> Iterator[tuple[File, bytes]]:
        """Yield the lines that pages have, cut out of them, each a picture of its own."""
        for line, data in self.labels.cut_lines(pool):
            yield (
                File(
                    line.path,
                    line.name,
                    hashlib.sha256(data).hexdigest(),
                    len(data),
                    line.metadata,
                    line.group,
                ),
                data,
            )

    # --------------------------------------------------------------------- what is new

    def _new_files(self, files: Iterable[tuple[File, bytes]]) -> Iterator[tuple[File, bytes]]:
        """Yield the files that the dataset does not hold; report all others as they pass."""
        for group in batches(files, lambda entry: entry[0].size):
            # What a second import brings meanwhile is noticed when rows are written.
            known = self._known(file.sha256 for file, _ in group) if self.had_items else {}
            banned = refused_contents(self.dataset.pk, (file.sha256 for file, _ in group))
            for file, data in group:
                if file.sha256 in banned:
                    self.refused[file.sha256] = _TAKEN_DOWN
                    self.report.refuse(file.path, _TAKEN_DOWN)
                    continue
                holder = known.get(file.sha256)
                if holder is not None:
                    self.tree.know_size(file.sha256, holder.width, holder.height)
                if file.sha256 in self.first:
                    self.repeated.append(file)
                elif holder is None:
                    self.first[file.sha256] = file.name
                    yield file, data
                elif self.since is not None and holder.created_at >= self.since:
                    self.first[file.sha256] = file.name
                    self.report.note(file.path, TAKEN, item=holder.pk, warnings=[])
                else:
                    self._note_duplicate(file, of=holder.filename, item=holder.pk)
            self._tell()

    def _readable(
        self, pool: CheckerPool, members: Iterable[Member]
    ) -> Iterator[tuple[File, bytes]]:
        for member in members:
            self.done = member.done
            if is_usual_picture(member) and not self._is_mask(member):
                if (file := self._named(member)) is not None:
                    yield file, member.data
            elif member.ignored or (member.refusal is None and is_about_import(member.path)):
                self.report.note(member.path, IGNORED)
            elif member.refusal is not None:
                self.report.refuse(member.path, member.refusal)
            elif member.unchanged:
                self.report.note(member.path, DUPLICATE, code="unchanged", detail=_UNCHANGED)
            elif is_url_list(member):
                yield from self._readable(pool, self._fetched(member))
            elif is_weights(member.path):
                refusal = refusal_of_weights(member.data[:SNIFF_BYTES])
                self.report.refuse(member.path, refusal)
            elif is_labels_table(member.path) and not says_more(member.data):
                self.tables.add(member.path, member.data)
            elif is_no_picture(member):
                self._keep_other(member)
            elif self._is_mask(member):
                self._keep_mask(pool, member)
            elif may_have_pages(member.data):
                yield from self._pages(pool, member)
            elif (file := self._named(member)) is not None:
                yield file, member.data

    def _fetched(self, listed: Member) -> Iterator[Member]:
        """Yield the files behind a list of addresses; a line that gives none costs itself."""

        def refuse(line: int, url: str, refusal: Refusal) -> None:
            self.report.refuse_row(listed.path, line, url, refusal, where=f"line {line}")

        try:
            yield from fetched_members(listed, self.limits, refuse)
        except Refusal as refusal:
            self.report.refuse(listed.path, refusal)

    def _pages(self, pool: CheckerPool, document: Member) -> Iterator[tuple[File, bytes]]:
        """Yield a document's pages, each a picture of its own, or the single picture that it is."""
        sha256 = hashlib.sha256(document.data).hexdigest()
        alone = True
        try:
            for number, page in pool.pages(document.data):
                alone = False
                if isinstance(page, Refusal):
                    self.report.refuse(f"{document.path}, page {number}", page)
                    continue
                path = page_path(document.path, number, page.suffix)
                origin = {"document": {"name": document.path, "sha256": sha256, "page": number}}
                if file := self._named(Member(path, page.data, source=document.source), origin):
                    yield file, page.data
        except Refusal as refusal:
            self.report.refuse(document.path, refusal)
            return
        if alone and (file := self._named(document)) is not None:
            yield file, document.data

    def _keep_other(self, member: Member) -> None:
        try:
            self.tree.add_other(archive_path(member.path, self.limits), member.data)
        except Refusal as refusal:
            self.report.refuse(member.path, refusal)

    def _is_mask(self, member: Member) -> bool:
        return self.labels.options.format == MASKS and is_mask(member.path)

    def _keep_mask(self, pool: CheckerPool, member: Member) -> None:
        """Keep a mask as the outlines that it draws: it is no picture to be labeled."""
        try:
            traced = pool.trace(member.data)
            self.tree.add_other(archive_path(member.path, self.limits), traced)
        except Refusal as refusal:
            self.report.refuse(member.path, refusal)

    def _named(self, member: Member, metadata: dict[str, Any] | None = None) -> File | None:
        try:
            name = shown_name(member.path, self.limits)
        except Refusal as refusal:
            self.report.refuse(member.path, refusal)
            return None
        sha256 = hashlib.sha256(member.data).hexdigest()
        self.tree.add_picture(member.path, sha256)
        origin = {"source": member.source} if member.source else {}
        return File(member.path, name, sha256, len(member.data), origin | (metadata or {}))

    def _known(self, hashes: Iterable[str]) -> dict[str, _Holder]:
        rows = Item.objects.filter(dataset=self.dataset, sha256__in=set(hashes))
        columns = ("sha256", "id", "filename", "created_at", "width", "height")
        return {row[0]: _Holder(*row[1:]) for row in rows.values_list(*columns)}

    def _in_dataset(self, name: str, sha256: str) -> Found | None:
        """Return the item that a file of labels means, where its picture came earlier."""
        items = Item.objects.filter(dataset=self.dataset)
        found = items.filter(sha256=sha256) if sha256 else items.filter(filename=base_of(name))
        rows = list(found.values_list("sha256", "filename", "width", "height")[:2])
        if len(rows) > 1:
            exact = items.filter(path=name).values_list("sha256", "filename", "width", "height")
            rows = list(exact[:2])
        return Found(*rows[0]) if len(rows) == 1 else None

    def _note_duplicate(self, file: File, *, of: str, item: int | None = None) -> None:
        detail = f"The same picture is in the dataset already, as {of}."
        self.report.note(file.path, DUPLICATE, code="duplicate", detail=detail, item=item, of=of)

    def _settle_repeated(self) -> None:
        """Report files that came twice in one upload, now that the fate of the first is known."""
        for file in self.repeated:
            if (refusal := self.refused.get(file.sha256)) is not None:
                self.report.refuse(file.path, refusal)
            else:
                self._note_duplicate(file, of=self.first[file.sha256])
        self.repeated = []

    # ---------------------------------------------------------------------- what is kept

    def _good(self, batch: list[_Checked]) -> list[Good]:
        """Return what is to be kept of a batch; refused files are reported."""
        good: list[Good] = []
        for file, data, result in batch:
            if isinstance(result, Refusal):
                self.refused[file.sha256] = result
                self.report.refuse(file.path, result)
            else:
                self.tree.know_size(file.sha256, result.width, result.height)
                good.append(Good(file, data, result))
        if self.report.dry:
            self.tree.coming.update(file.sha256 for file, _, _ in good)
            self._note_taken(good, {}, {})
            return []
        return good

    def _insert(self, good: list[Good], renditions: list[dict[str, str]]) -> None:
        with transaction.atomic():
            self.hold()
            # Two imports into one dataset take turns here, so that neither adds what the other did.
            Dataset.objects.select_for_update().get(pk=self.dataset.pk)
            banned = refused_contents(self.dataset.pk, (entry.file.sha256 for entry in good))
            rows = [
                NewItem.of(entry, shown, _kept_path(entry.file, self.limits))
                for entry, shown in zip(good, renditions, strict=True)
                if entry.file.sha256 not in banned
            ]
            ids = insert_items(self.dataset, rows)
            others = [row.sha256 for row in rows if row.sha256 not in ids]
            known = self._known(others) if others else {}
            Dataset.objects.filter(pk=self.dataset.pk).update(item_count=F("item_count") + len(ids))
        self._note_taken(self._without_banned(good, banned), ids, known)

    def _without_banned(self, good: list[Good], banned: set[str]) -> list[Good]:
        """Refuse what was taken down while it was read; a sweep takes its files."""
        for file, _, _ in good:
            if file.sha256 in banned:
                self.refused[file.sha256] = _TAKEN_DOWN
                self.report.refuse(file.path, _TAKEN_DOWN)
        return [entry for entry in good if entry.file.sha256 not in banned] if banned else good

    def _note_taken(
        self,
        good: list[Good],
        ids: dict[str, int],
        known: dict[str, _Holder],
    ) -> None:
        for file, _, picture in good:
            if (holder := known.get(file.sha256)) is not None:
                self._note_duplicate(file, of=holder.filename, item=holder.pk)
                continue
            warnings = list(picture.warnings)
            if extension_mismatch(file.name, picture.media_type):
                warnings.append("extension_mismatch")
            self.report.note(file.path, TAKEN, item=ids.get(file.sha256), warnings=warnings)


def _kept_path(file: File, limits: Limits) -> str:
    """Return a path as the item keeps it; one that leaves its import is no more than a name."""
    try:
        return archive_path(file.path, limits)
    except Refusal:
        return file.name


def _weight(checked: _Checked) -> int:
    _, data, result = checked
    shown = 0 if isinstance(result, Refusal) else len(result.thumb) + len(result.screen or b"")
    return len(data) + shown
