"""Export: ground truth and votes to a file, as a job; what is asked for is what is written."""

from __future__ import annotations

import hashlib
import os
import re
import uuid
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any, BinaryIO, TypeVar

from django.conf import settings
from django.db import transaction
from django.db.models.functions import Now
from django.utils import timezone

from annotations.actions.export_formats import check_format, checked_blur
from annotations.actions.export_items import (
    count_items,
    items_of,
    question_of,
    question_of_release,
)
from annotations.actions.export_rows import (
    LiveTasks,
    Source,
    columns_of,
    count_rows,
    rows_of,
)
from annotations.actions.export_selection import ALL, CONTENTS, Content, Selection
from annotations.actions.read_snapshot import read_snapshot
from annotations.actions.release_lines import FrozenTasks
from annotations.actions.still_there import refuse_if_taken_down, taken_down_so_far
from annotations.actions.webhooks import tell
from annotations.exporters import EXPORTERS, FORMATS, ITEM_EXPORTERS
from annotations.exporters.base import Columns, in_columns, row_fitter, to_json
from annotations.exporters.blurring import Blur
from annotations.exporters.items import LabeledItem, Question
from annotations.models import Export, Project, Release
from labelhub.accounts.models import AuditEvent, User
from labelhub.errors import Conflict, Invalid, NotFound
from labelhub.jobs.claim import Claim
from labelhub.jobs.pulse import run_inline_if_no_worker
from labelhub.jobs.queue import cancel, enqueue

INLINE_ROWS = 500  # a smaller export does not wait for a worker that is not there
SAMPLE_ROWS = 3
STREAMED = 200  # rows sent at once
LEFTOVER_SECONDS = 24 * 3600
# What an order says beside which tasks it takes.
OPTIONS = ("provenance", "pictures", "without_metadata", "repeats")
BLUR = ("blur", "blur_label")
Progress = Callable[[float, str], None]
_Row = TypeVar("_Row")


@dataclass(frozen=True)
class Order:
    """What to export: checked, so that nothing can be wrong with it later.

    Of a release its frozen list is written, whole, and the same bytes each time.
    """

    project: Project
    format: str
    content: Content
    selection: Selection
    provenance: bool = False
    pictures: bool = False
    without_metadata: bool = False
    repeats: bool = False
    blur: Blur | None = None
    release: Release | None = None

    @staticmethod
    def of(
        project: Project,
        format: str,
        content: str,
        filters: Mapping[str, Any],
        release: Release | None = None,
    ) -> Order:
        """Return the order; raises Invalid where it names what does not exist or does not fit."""
        if content not in CONTENTS:
            detail = _no_such("content", content, CONTENTS)
            raise Invalid(detail, fields={"content": "unknown"})
        known: Content = next(name for name in CONTENTS if name == content)
        lookups = {name: value for name, value in filters.items() if name not in OPTIONS + BLUR}
        options = {name: bool(filters.get(name)) for name in OPTIONS}
        check_format(format, known, project.task_type, pictures=options["pictures"])
        mode, label = (str(filters.get(name) or "") for name in BLUR)
        blur = checked_blur(mode, label, format, project.task_type, pictures=options["pictures"])
        if options["repeats"]:
            _check_repeats(format, known, release)
        if release is not None:
            _check_release(release, known, lookups, provenance=options["provenance"])
            lookups = {"status": ALL}
        selection = Selection.of(known, lookups)
        return Order(project, format, known, selection, blur=blur, release=release, **options)

    @property
    def columns(self) -> Columns:
        return columns_of(
            self.project.task_type,
            self.content,
            provenance=self.provenance,
            repeats=self.repeats,
        )

    @property
    def question(self) -> Question:
        if self.release is None:
            return question_of(self.project)
        return question_of_release(self.release)

    def as_filters(self) -> dict[str, Any]:
        """Return what is kept on the export's row: `of` makes this order of it again."""
        options: dict[str, Any] = {name: True for name in OPTIONS if getattr(self, name)}
        if self.blur is not None:
            options |= {"blur": self.blur.mode} | (
                {"blur_label": self.blur.label} if self.blur.label else {}
            )
        return ({} if self.release else self.selection.as_filters()) | options

    def source(self, using: str = "default") -> Source:
        if self.release is not None:
            return FrozenTasks(self.release, using)
        return LiveTasks(self.project, self.selection, using, self.repeats)

    def rows(self, using: str = "default") -> Iterator[dict[str, Any]]:
        return rows_of(
            self.source(using), self.project.task_type, self.content, provenance=self.provenance
        )

    def items(self, using: str = "default") -> Iterator[LabeledItem]:
        pictures = self.pictures or ITEM_EXPORTERS[self.format].pictures == "always"
        source, plain = self.source(using), self.without_metadata
        return items_of(source, self.content, pictures=pictures, plain=plain, blur=self.blur)

    def count(self, using: str = "default") -> int:
        if self.format in ITEM_EXPORTERS:
            return count_items(self.source(using), self.content)
        return count_rows(self.source(using), self.content)


def _check_repeats(format: str, content: Content, release: Release | None) -> None:
    """Second answers are marked in rows of votes; elsewhere they could be taken for votes."""
    if format in EXPORTERS and content != "consensus" and release is None:
        return
    raise Invalid(
        "Repeated answers are marked in rows of a project's votes alone: ask for votes or both, "
        f"as {' or '.join(EXPORTERS)}.",
        code="bad_filter",
        fields={"repeats": "only among rows of votes"},
    )


def _check_release(
    release: Release, content: Content, lookups: Mapping[str, Any], *, provenance: bool
) -> None:
    if not release.sha256:
        raise Conflict(f"The release {release} is not finished.", code="release_not_finished")
    given = sorted(name for name, value in lookups.items() if value not in (None, ""))
    if given:
        raise Invalid(
            f"A release is exported whole; leave out {', '.join(given)}.",
            code="bad_filter",
            fields=dict.fromkeys(given, "not with a release"),
        )
    if (content != "consensus" or provenance) and not release.with_votes:
        raise Invalid(
            f"The release {release} was made without votes, so it has neither them nor provenance.",
            code="release_without_votes",
            fields={"content": "consensus"},
        )


def _no_such(what: str, name: str, known: Any) -> str:
    return f"There is no export {what} {name!r}; there is {', '.join(known)}."


@dataclass(frozen=True)
class Preview:
    """How many rows an export would have, and the first of them."""

    rows: int
    sample: list[dict[str, Any]]
    filters: dict[str, Any]


def preview_export(order: Order) -> Preview:
    """Count the rows of an export and show the first ones."""
    sample = [row for row, _ in zip(order.rows(), range(SAMPLE_ROWS), strict=False)]
    as_written = [in_columns(row, order.columns) for row in sample]
    return Preview(order.count(), as_written, order.as_filters())


def request_export(*, order: Order, by: User) -> Export:
    """Put an export in line; a small one is written at once where no worker is alive."""
    with transaction.atomic():
        export = Export.objects.create(
            project=order.project,
            release=order.release,
            format=order.format,
            content=order.content,
            filters=order.as_filters(),
            created_by=by,
        )
        job = enqueue(
            "export", payload={"export": export.pk}, project_id=order.project.pk, created_by=by
        )
        Export.objects.filter(pk=export.pk).update(job=job)
        AuditEvent.record(
            "export.requested",
            actor=by,
            project_id=order.project.pk,
            export=export.pk,
            format=order.format,
            content=order.content,
            filters=export.filters,
        )
    if order.count() <= INLINE_ROWS:
        run_inline_if_no_worker(job)
    return Export.objects.select_related("job", "release").get(pk=export.pk)


def export_labels(*, export: Export, claim: Claim) -> Export:
    """Write an export's file, then its row and the end of its job in one commit.

    The file's name holds its hash, so a worker that was taken for dead and writes on harms nobody.
    """
    order = Order.of(export.project, export.format, export.content, export.filters, export.release)
    before = taken_down_so_far(export.project.dataset_id)
    with write_aside(settings.EXPORTS_DIR) as part:
        rows = write_labels(order=order, file=part.file, progress=claim.progress)
        sha256, byte_size = part.finish()
        part.rename(file_name(export, sha256))
    with transaction.atomic():
        refuse_if_taken_down(export.project.dataset_id, before)
        claim.finish({"export": export.pk, "rows": rows, "bytes": byte_size, "sha256": sha256})
        Export.objects.filter(pk=export.pk).update(
            rows=rows,
            byte_size=byte_size,
            sha256=sha256,
            filename=download_name(order, export.pk),
            finished_at=Now(),
        )
        tell("export.ready", export.project_id, {"export": export.pk, "rows": rows})
    export.refresh_from_db()
    return export


def write_labels(*, order: Order, file: BinaryIO, progress: Progress | None = None) -> int:
    """Write the labels as of this moment to a file, in flat memory; return how many rows."""
    with read_snapshot() as using:
        report = partial(_reported, total=order.count(using), progress=progress)
        if order.format in ITEM_EXPORTERS:
            items = report(order.items(using))
            return ITEM_EXPORTERS[order.format].write(items, order.question, file)
        rows = report(order.rows(using))
        return EXPORTERS[order.format].write(rows, order.columns, file)


def stream_rows(order: Order) -> Iterator[bytes]:
    """Yield an order's rows as lines of JSON, all as of the moment at which reading begins."""
    with read_snapshot() as using:
        waiting: list[str] = []
        fit = row_fitter(order.columns)
        for row in order.rows(using):
            waiting.append(to_json(fit(row)))
            if len(waiting) >= STREAMED:
                yield ("\n".join(waiting) + "\n").encode()
                waiting = []
        if waiting:
            yield ("\n".join(waiting) + "\n").encode()


def _reported(rows: Iterator[_Row], total: int, progress: Progress | None) -> Iterator[_Row]:
    if progress is None:
        yield from rows
        return
    progress(0.0, "")
    for done, row in enumerate(rows, start=1):
        if done % 500 == 0:
            progress(done / max(total, 1), f"{done:,} of {total:,} rows")
        yield row


# --- files ---------------------------------------------------------------------------------


class Part:
    """A file being written under another name: it appears whole or not at all."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.file = path.open("wb")

    def finish(self) -> tuple[str, int]:
        """Bring the bytes to the disk; return their SHA-256 and number."""
        self.file.flush()
        os.fsync(self.file.fileno())
        self.file.close()
        with self.path.open("rb") as written:
            sha256 = hashlib.file_digest(written, "sha256").hexdigest()
        return sha256, self.path.stat().st_size

    def rename(self, name: str) -> Path:
        target = self.path.rename(self.path.with_name(name))
        folder = os.open(target.parent, os.O_RDONLY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)
        return target


@contextmanager
def write_aside(folder: Path) -> Iterator[Part]:
    """Give a new file in a folder, and take it away again unless it was renamed."""
    folder.mkdir(parents=True, exist_ok=True)
    part = Part(folder / f".{uuid.uuid4().hex}.part")
    try:
        yield part
    finally:
        part.file.close()
        part.path.unlink(missing_ok=True)


def file_name(export: Export, sha256: str) -> str:
    return f"{export.pk}-{sha256[:16]}{FORMATS[export.format].suffix}"


def path_of(export: Export) -> Path:
    return Path(settings.EXPORTS_DIR) / file_name(export, export.sha256)


def download_name(order: Order, export_id: int) -> str:
    """Return the name under which people save an export: plain characters only."""
    if order.release is not None:
        return f"{order.release}-{order.content}{FORMATS[order.format].suffix}"
    words = re.sub(r"[^A-Za-z0-9]+", "-", order.project.name).strip("-").lower()[:60] or "project"
    return f"{words}-{order.content}-{export_id}{FORMATS[order.format].suffix}"


def open_export(*, export: Export) -> BinaryIO:
    """Open a finished export's file; raises NotFound while there is none."""
    if not export.sha256:
        raise NotFound("This export is not finished.", code="export_not_finished")
    if export.withdrawn_at is not None:
        raise NotFound(
            "The file of this export was deleted, since it may hold items that were taken down. "
            "Export again; they are left out.",
            code="export_withdrawn",
        )
    try:
        return path_of(export).open("rb")
    except FileNotFoundError as error:
        raise NotFound("The file of this export is gone.", code="export_gone") from error


def delete_export(*, export: Export, by: User) -> None:
    """Delete an export, and then its file; a job that still writes it is stopped."""
    if export.job is not None and not export.job.finished:
        cancel(export.job)
    with transaction.atomic():
        AuditEvent.record(
            "export.deleted", actor=by, project_id=export.project_id, export=export.pk
        )
        path = path_of(export) if export.sha256 else None
        export.delete()
    if path is not None:
        path.unlink(missing_ok=True)


def sweep_exports() -> int:
    """Remove files that no export names, once they are a day old; return how many."""
    folder = Path(settings.EXPORTS_DIR)
    limit = timezone.now().timestamp() - LEFTOVER_SECONDS
    finished = Export.objects.exclude(sha256="").only("pk", "format", "sha256")
    named = {file_name(export, export.sha256) for export in finished.iterator()}
    removed = 0
    for path in folder.glob("*") if folder.is_dir() else ():
        with suppress(OSError):
            if path.name not in named and path.is_file() and path.stat().st_mtime < limit:
                path.unlink()
                removed += 1
    return removed
