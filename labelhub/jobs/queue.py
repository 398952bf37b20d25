"""What web code and actions do with jobs: put one in line, cancel it, try it again."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import F, Q

from labelhub.errors import Conflict
from labelhub.jobs.clock import in_future, now
from labelhub.jobs.models import Job
from labelhub.jobs.registry import handler


def enqueue(
    kind: str,
    *,
    payload: Mapping[str, Any] | None = None,
    queue: str = Job.Queue.DEFAULT,
    dedupe_key: str | None = None,
    run_after: datetime | timedelta | None = None,
    project_id: int | None = None,
    created_by: Any = None,
    max_attempts: int = 3,
) -> Job:
    """Insert a job in the caller's transaction, or return the one that already waits.

    With a `dedupe_key`, at most one job of that key waits and at most one runs. A hit on the
    waiting one locks its row until the caller commits, so its run sees what the caller wrote;
    do not call this with one key from every submit. An earlier `run_after` pulls it forward, and
    a `created_by` makes it the work of that person, where it was nobody's.
    """
    handler(kind)
    row = Job(
        kind=kind,
        queue=Job.Queue(queue),
        payload=dict(payload or {}),
        dedupe_key=dedupe_key,
        project_id=project_id,
        created_by=created_by if getattr(created_by, "pk", None) else None,
        max_attempts=max_attempts,
        run_after=_moment(run_after),
    )
    with transaction.atomic():
        if dedupe_key is not None:
            return _insert_or_join(row)
        row.save(force_insert=True)
    row.refresh_from_db()
    return row


def _moment(run_after: datetime | timedelta | None) -> Any:
    if run_after is None:
        return now()
    return in_future(run_after) if isinstance(run_after, timedelta) else run_after


def _insert_or_join(row: Job) -> Job:
    waiting = Job.objects.filter(dedupe_key=row.dedupe_key, state=Job.State.PENDING)
    while True:
        waiting.filter(run_after__gt=row.run_after).update(run_after=row.run_after)
        found = waiting.select_for_update().first()
        if found is not None:
            return _asked_for(found, row.created_by)
        # Ignoring a conflict, not catching it, keeps the caller's transaction usable. The loop
        # goes round once more to read the row, or when a worker took the one that conflicted.
        Job.objects.bulk_create([row], ignore_conflicts=True)


def _asked_for(waiting: Job, by: Any) -> Job:
    """Note on a job that waits by itself who asked for it: such jobs come first."""
    if by is not None and waiting.created_by_id is None:
        Job.objects.filter(pk=waiting.pk).update(created_by=by)
        waiting.created_by = by
    return waiting


def cancel(job: Job) -> Job:
    """Cancel a waiting job at once; ask a running one to stop. Finished ones stay as they are."""
    with transaction.atomic():
        idle = Q(state=Job.State.PENDING) | Q(state=Job.State.RUNNING, lease_until__lte=now())
        stopped = Job.objects.filter(idle, pk=job.pk).update(
            state=Job.State.CANCELLED,
            cancel_requested=True,
            fence=F("fence") + 1,
            lease_until=None,
            message="Cancelled.",
            finished_at=now(),
        )
        if not stopped:
            Job.objects.filter(pk=job.pk, state=Job.State.RUNNING).update(cancel_requested=True)
    job.refresh_from_db()
    return job


def retry(job: Job) -> Job:
    """Put a failed or cancelled job in line again; Conflict where that would do harm."""
    try:
        with transaction.atomic():
            revived = Job.objects.filter(
                pk=job.pk, state__in=[Job.State.FAILED, Job.State.CANCELLED]
            ).update(
                state=Job.State.PENDING,
                cancel_requested=False,
                attempts=0,
                losses=0,
                run_after=now(),
                lease_until=None,
                error=None,
                progress=0.0,
                message="",
                finished_at=None,
            )
    except IntegrityError:
        raise Conflict("The same work already waits in another job.", code="job_waits") from None
    if not revived:
        raise Conflict("Only a failed or cancelled job can be tried again.", code="job_not_over")
    job.refresh_from_db()
    return job
