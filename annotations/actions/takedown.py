"""Takedown: remove items for good, with all that was said of them and all that was made of them.

A job does it in batches; killed, it goes on where it was, and running it again changes nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.db import connection, transaction
from django.db.models import Count, Q, Sum
from django.db.models.functions import Now
from django.utils.module_loading import import_string

from annotations.actions.takedown_files import erase_files
from annotations.actions.takedown_list import write_list
from annotations.actions.takedown_rows import BATCH, chunks, remove_batch
from annotations.models import Dataset, Export, Item, Project, Release, Takedown, Task
from annotations.models.dataset import PAGES
from annotations.reports.browse import tasks_where
from annotations.reports.releases import releases_with
from labelhub.accounts.models import AuditEvent, User
from labelhub.errors import Conflict, Invalid, NotAllowed
from labelhub.jobs.claim import Claim
from labelhub.jobs.models import Job
from labelhub.jobs.pulse import run_inline_if_no_worker
from labelhub.jobs.queue import enqueue

KIND, AGAIN = "take_down", "take_down_again"
MOST = 200_000  # items at once; a larger dataset is deleted as a whole, or in parts
INLINE = 500
# What ran meanwhile, and read the items before they went, has ended by then.
SECOND_LOOK = timedelta(hours=1)


@dataclass(frozen=True)
class Wanted:
    """Which items: by number, by their group, or those that a project's filters name."""

    items: tuple[int, ...] | None = None
    group: str | None = None
    project: Project | None = None
    filters: Mapping[str, Any] = field(default_factory=dict)

    def of(self, dataset: Dataset) -> set[int]:
        rows = Item.objects.filter(dataset=dataset)
        if self.items is not None:
            return {pk for some in chunks(self.items) for pk in _ids(rows.filter(pk__in=some))}
        if self.group is not None:
            return set(_ids(rows.filter(group=self.group)))
        assert self.project is not None
        pairs = tasks_where(self.project, self.filters).values_list("item_id", "other_item_id")
        return {pk for row in pairs.iterator(chunk_size=5_000) for pk in row if pk is not None}


def _ids(rows: Any) -> list[int]:
    return list(rows.values_list("pk", flat=True))


@dataclass(frozen=True)
class Preview:
    """What would go. `lines` of it are lines that were cut from pages of the selection.

    `shown_on_pages` counts lines whose page stays, and shows them still; `elsewhere` items of
    other datasets that are the same bytes.
    """

    items: list[int]
    votes: int
    lines: int
    shown_on_pages: int
    elsewhere: int
    projects: list[dict[str, Any]]
    releases: list[str]
    exports: int


def preview_takedown(*, dataset: Dataset, wanted: Wanted, everywhere: bool = False) -> Preview:
    """Say what a takedown would remove; nothing is written."""
    chosen = wanted.of(dataset)
    lines = _lines_of_pages(dataset, chosen) - chosen
    chosen |= lines
    copies = _copies(dataset, chosen)
    items = sorted(chosen | copies) if everywhere else sorted(chosen)
    projects = _projects_with(items)
    return Preview(
        items=items,
        votes=sum(row["votes"] for row in projects),
        lines=len(lines),
        shown_on_pages=_shown_on_pages(chosen),
        elsewhere=len(copies),
        projects=projects,
        releases=[str(release) for release in _releases_with(items, projects)],
        exports=_exports_of([row["id"] for row in projects]).count(),
    )


def _lines_of_pages(dataset: Dataset, chosen: set[int]) -> set[int]:
    """Return the lines that were cut out of chosen pages: they are pieces of the same picture."""
    pages: set[str] = set()
    for some in chunks(sorted(chosen)):
        found = Item.objects.filter(pk__in=some, split=PAGES)
        pages.update(found.values_list("sha256", flat=True))
    if not pages:
        return set()
    rows = Item.objects.filter(dataset=dataset, metadata__has_key="page")
    return {
        item.pk
        for item in rows.only("pk", "metadata").iterator(chunk_size=2_000)
        if item.page and item.page.get("sha256") in pages
    }


def _shown_on_pages(chosen: set[int]) -> int:
    pages: dict[str, int] = {}
    for some in chunks(sorted(chosen)):
        rows = Item.objects.filter(pk__in=some, metadata__has_key="page").only("pk", "metadata")
        for item in rows:
            name = str((item.page or {}).get("sha256", ""))
            pages[name] = pages.get(name, 0) + 1
    gone: set[str] = set()
    for some in chunks(sorted(chosen)):
        gone.update(Item.objects.filter(pk__in=some).values_list("sha256", flat=True))
    return sum(count for name, count in pages.items() if name not in gone)


def _copies(dataset: Dataset, chosen: set[int]) -> set[int]:
    """Return the items of other datasets that are made of the same bytes."""
    found: set[int] = set()
    for some in chunks(sorted(chosen)):
        same = Item.objects.filter(pk__in=some).values("sha256")
        found.update(_ids(Item.objects.filter(sha256__in=same).exclude(dataset=dataset)))
    return found


def _projects_with(items: Sequence[int]) -> list[dict[str, Any]]:
    counted: dict[int, dict[str, Any]] = {}
    for some in chunks(items):
        about = Q(item__in=some) | Q(other_item__in=some)
        rows = Task.objects.filter(about).order_by().values("project", "project__name")
        for row in rows.annotate(tasks=Count("pk"), votes=Sum("votes")):
            fresh = {"id": row["project"], "name": row["project__name"], "tasks": 0, "votes": 0}
            told = counted.setdefault(row["project"], fresh)
            told["tasks"] += row["tasks"]
            told["votes"] += row["votes"] or 0
    return [counted[pk] for pk in sorted(counted)]


def _releases_with(items: Sequence[int], projects: list[dict[str, Any]]) -> list[Release]:
    rows = Release.objects.filter(project__in=[row["id"] for row in projects])
    found = {one.pk: one for some in chunks(items) for one in releases_with(some, rows)}
    return [found[pk] for pk in sorted(found)]


def _exports_of(projects: Sequence[int]) -> Any:
    return Export.objects.filter(project__in=projects, withdrawn_at=None).exclude(sha256="")


# ------------------------------------------------------------------------------ the request


def request_takedown(
    *,
    dataset: Dataset,
    by: User,
    wanted: Wanted,
    reason: str,
    expected: int,
    everywhere: bool = False,
) -> Takedown:
    """Have items removed for good; raises Conflict where they are not as many as was agreed to.

    Asked for again before it is done, it is the same takedown that is returned.
    """
    if everywhere and not by.is_admin:
        raise NotAllowed("Only a site administrator may take copies in other datasets down.")
    if not reason.strip():
        raise Invalid("Say why; without names.", fields={"reason": "empty"})
    done = _done_so_far()
    preview = preview_takedown(dataset=dataset, wanted=wanted, everywhere=everywhere)
    count = len(preview.items)
    if not count:
        raise Invalid("Nothing fits, so there is nothing to take down.", code="empty")
    if count > MOST:
        raise Invalid(f"At most {MOST:,} items are taken down at once.", code="too_many_items")
    if count != expected:
        raise _changed(count, expected)
    with transaction.atomic():
        # Two requests for one dataset take turns here; the second finds the row of the first.
        Dataset.objects.select_for_update().get(pk=dataset.pk)
        if (same := _under_way(dataset, preview.items, everywhere)) is not None:
            return same
        if _done_so_far() != done and (left := _still_there(preview.items)) != count:
            raise _changed(left, expected)
        takedown = Takedown.objects.create(
            dataset=dataset,
            by=by,
            reason=reason.strip(),
            everywhere=everywhere,
            items=preview.items,
            expected=count,
            found={"projects": preview.projects, "releases": preview.releases},
        )
        AuditEvent.record(
            "takedown.requested",
            actor=by,
            dataset=dataset.pk,
            takedown=takedown.pk,
            items=count,
            reason=takedown.reason,
        )
        payload = {"takedown": takedown.pk}
        takedown.job = enqueue(KIND, payload=payload, created_by=by, max_attempts=10)
        takedown.save(update_fields=["job"])
    if count <= INLINE:
        run_inline_if_no_worker(takedown.job)
    takedown.refresh_from_db()
    return takedown


def _changed(count: int, expected: int) -> Conflict:
    return Conflict(
        f"The selection holds {count} items now, not {expected}. Look at it again.",
        code="selection_changed",
    )


def _done_so_far() -> int:
    return Takedown.objects.filter(state=Takedown.State.DONE).count()


def _still_there(items: Sequence[int]) -> int:
    return sum(Item.objects.filter(pk__in=some).count() for some in chunks(items))


def _under_way(dataset: Dataset, items: Sequence[int], everywhere: bool) -> Takedown | None:
    """Return the takedown that removes all of these items already, as far as is asked for."""
    waiting = Takedown.objects.filter(dataset=dataset, state=Takedown.State.WAITING)
    # One whose job was given up is not under way; a new one does what it left.
    alive = waiting.filter(job__state__in=(Job.State.PENDING, Job.State.RUNNING, Job.State.DONE))
    for takedown in alive.order_by("pk"):
        if set(items) <= set(takedown.items):
            if everywhere and not takedown.everywhere:
                raise Conflict(
                    f"Takedown {takedown.pk} removes these items now, from this dataset alone. "
                    "Wait until it is done; copies elsewhere can be taken down then.",
                    code="under_way",
                )
            return takedown
    return None


# ------------------------------------------------------------------------------ the job


def take_down(*, takedown: Takedown, claim: Claim | None = None) -> Takedown:
    """Do what is left of a takedown: rows batch by batch, then files, then every trace of them."""
    hold: Callable[[], None] = claim.hold if claim else lambda: None
    with deleted_means_overwritten():
        for name in settings.TAKEDOWN_BEFORE:
            import_string(name)(takedown)
        for items in _batches(takedown.items):
            remove_batch(takedown, items, hold)
            takedown.refresh_from_db(fields=["removed", "votes"])
            if claim is not None:
                claim.progress(0.8 * min(1.0, takedown.removed / takedown.expected), "Removing")
                claim.checkpoint()
        erase_files(takedown)
        found = _look_for_traces(takedown, claim)
        _finish(takedown, found, claim)
    write_list()
    return takedown


def _batches(items: Sequence[int]) -> Iterator[list[int]]:
    """Yield some after some of the items that are still there, until none is; each must be removed.

    What is gone is not looked for again: a large takedown takes as long as it has items.
    """
    for some in chunks(items):
        while left := _ids(Item.objects.filter(pk__in=some).order_by("pk")[:BATCH]):
            yield left


def _look_for_traces(takedown: Takedown, claim: Claim | None) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for number, name in enumerate(settings.TAKEDOWN_TRACES):
        if claim is not None:
            claim.progress(0.8 + 0.2 * number / len(settings.TAKEDOWN_TRACES), "Looking for traces")
        found |= import_string(name)(takedown) or {}
    return found


def _finish(takedown: Takedown, found: dict[str, Any], claim: Claim | None) -> None:
    with transaction.atomic():
        if claim is not None:
            claim.finish({"takedown": takedown.pk, "removed": takedown.removed})
        done = Takedown.objects.filter(pk=takedown.pk, state=Takedown.State.WAITING).update(
            state=Takedown.State.DONE,
            found=takedown.found | found,
            items=[],
            finished_at=Now(),
        )
        if done:
            _tell(takedown)
    takedown.refresh_from_db()


def _tell(takedown: Takedown) -> None:
    AuditEvent.record(
        "takedown.done",
        actor=takedown.by,
        dataset=takedown.dataset_id,
        takedown=takedown.pk,
        items=takedown.removed,
        votes=takedown.votes,
        reason=takedown.reason,
    )
    payload = {"takedown": takedown.pk}
    enqueue(AGAIN, payload=payload, run_after=SECOND_LOOK, created_by=takedown.by)
    for row in takedown.found.get("projects", []):
        enqueue(
            "labeler_figures",
            payload={"project": row["id"]},
            dedupe_key=f"labeler_figures:{row['id']}",
            project_id=row["id"],
        )


def look_again(*, takedown: Takedown, claim: Claim | None = None) -> None:
    """Erase what was written meanwhile by work that began before, then forget what to look for."""
    with deleted_means_overwritten():
        erase_files(takedown)
        _look_for_traces(takedown, claim)
        with transaction.atomic():
            if claim is not None:
                claim.hold()
            takedown.contents.update(traces={}, tasks=[])


@contextmanager
def deleted_means_overwritten() -> Iterator[None]:
    """Let SQLite overwrite what it deletes; otherwise it stays readable in the file's free pages.

    PostgreSQL reuses the room of deleted rows after its next vacuum.
    """
    if connection.vendor != "sqlite":
        yield
        return
    with connection.cursor() as cursor:
        cursor.execute("PRAGMA secure_delete = ON")
    try:
        yield
    finally:
        with connection.cursor() as cursor:
            cursor.execute("PRAGMA secure_delete = OFF")
            if not connection.in_atomic_block:
                cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)")
