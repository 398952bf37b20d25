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

from annotations.actions.export_formats import check_format
from annotations.actions.export_items import count_items, items_of, question_of
from annotations.actions.export_rows import (
    CONTENTS,
    Content,
    Selection,
    columns_of,
    count_rows,
    rows_of,
)
from annotations.actions.read_snapshot import read_snapshot
from annotations.exporters import EXPORTERS, FORMATS, ITEM_EXPORTERS
from annotations.exporters.base import Columns, in_columns
from annotations.exporters.items import LabeledItem
from annotations.models import Export, Project
from labelhub.accounts.models import AuditEvent, User
from labelhub.errors import Invalid, NotFound
from labelhub.jobs.claim import Claim
from labelhub.jobs.pulse import run_inline_if_no_worker
from labelhub.jobs.queue import enqueue

INLINE_ROWS = 500  # a smaller export does not wait for a worker that is not there
SAMPLE_ROWS = 3
LEFTOVER_SECONDS = 24 * 3600
OPTIONS = ("provenance", "pictures")  # what an order says beside which tasks it takes
Progress = Callable[[float, str], None]
_Row = TypeVar("_Row")


@dataclass(frozen=True)
class Order:
    """What to export: checked, so that nothing can be wrong with it later."""

    project: Project
    format: str
    content: Content
    selection: Selection
    provenance: bool = False
    pictures: bool = False

    @staticmethod
    def of(project: Project, format: str, content: str, filters: Mapping[str, Any]) -> Order:
        """Return a checked order; raises Invalid naming what cannot be exported."""
        if content not in CONTENTS:
            raise Invalid(_no_such("content", content, CONTENTS), fields={"content": "unknown"})
        known: Content = next(name for name in CONTENTS if name == content)
        lookups = {name: value for name, value in filters.items() if name not in OPTIONS}
        options = {name: bool(filters.get(name)) for name in OPTIONS}
        check_format(format, known, project.task_type, pictures=options["pictures"])
        return Order(project, format, known, Selection.of(known, lookups), **options)

    @property
    def columns(self) -> Columns:
        return columns_of(self.project, self.content, provenance=self.provenance)

    def as_filters(self) -> dict[str, Any]:
        """Return what is kept on the export's row: `of` makes this order of it again."""
        options = {name: True for name in OPTIONS if getattr(self, name)}
        return self.selection.as_filters() | options

    def rows(self, using: str = "default") -> Iterator[dict[str, Any]]:
        return rows_of(
            self.project, self.content, self.selection, using, provenance=self.provenance
        )

    def items(self, using: str = "default") -> Iterator[LabeledItem]:
        pictures = self.pictures or ITEM_EXPORTERS[self.format].pictures == "always"
        return items_of(self.project, self.content, self.selection, using, pictures=pictures)

    def count(self, using: str = "default") -> int:
        if self.format in ITEM_EXPORTERS:
            return count_items(self.project, self.content, self.selection, using)
        return count_rows(self.project, self.content, self.selection, using)


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
    return Export.objects.select_related("job").get(pk=export.pk)


def export_labels(*, export: Export, claim: Claim) -> Export:
    """Write an export's file, then its row and the end of its job in one commit.

    The file's name holds its hash, so a worker that was taken for dead and writes on harms nobody.
    """
    order = Order.of(export.project, export.format, export.content, export.filters)
    with write_aside(settings.EXPORTS_DIR) as part:
        rows = write_labels(order=order, file=part.file, progress=claim.progress)
        sha256, byte_size = part.finish()
        part.rename(file_name(export, sha256))
    with transaction.atomic():
        claim.finish({"export": export.pk, "rows": rows, "bytes": byte_size, "sha256": sha256})
        Export.objects.filter(pk=export.pk).update(
            rows=rows,
            byte_size=byte_size,
            sha256=sha256,
            filename=download_name(order, export.pk),
            finished_at=Now(),
        )
    export.refresh_from_db()
    return export


def write_labels(*, order: Order, file: BinaryIO, progress: Progress | None = None) -> int:
    """Write the labels as of this moment to a file, in flat memory; return how many rows."""
    with read_snapshot() as using:
        report = partial(_reported, total=order.count(using), progress=progress)
        if order.format in ITEM_EXPORTERS:
            question = question_of(order.project)
            return ITEM_EXPORTERS[order.format].write(report(order.items(using)), question, file)
        rows = report(order.rows(using))
        return EXPORTERS[order.format].write(rows, order.columns, file)


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
    words = re.sub(r"[^A-Za-z0-9]+", "-", order.project.name).strip("-").lower()[:60] or "project"
    return f"{words}-{order.content}-{export_id}{FORMATS[order.format].suffix}"


def open_export(*, export: Export) -> BinaryIO:
    """Open a finished export's file; raises NotFound while there is none."""
    if not export.sha256:
        raise NotFound("This export is not finished.", code="export_not_finished")
    try:
        return path_of(export).open("rb")
    except FileNotFoundError as error:
        raise NotFound("The file of this export is gone.", code="export_gone") from error


def delete_export(*, export: Export, by: User) -> None:
    """Delete an export, and then its file."""
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
