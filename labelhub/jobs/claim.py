"""One worker's hold on one job: taken, renewed, written and ended by conditional update.

Every write says `WHERE fence = mine`. A worker that was frozen past its lease, and whose job
went to another, finds that out at its next write and stops; nothing it does counts twice.
"""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import Case, F, IntegerField, Value, When
from django.db.models.functions import Coalesce

from labelhub.errors import DomainError
from labelhub.jobs import identity
from labelhub.jobs.clock import in_future, now
from labelhub.jobs.models import Job

LEASE = timedelta(seconds=60)
BEAT_SECONDS = 10.0
MAX_LOSSES = 10
PROGRESS_SECONDS = 0.5


class ClaimLost(DomainError):
    """Another worker holds this job now, or it was cancelled from outside: stop, write nothing."""

    code, status = "claim_lost", 409


class JobCancelled(DomainError):
    """A person asked this job to stop."""

    code, status = "cancelled", 409


@dataclass
class Claim:
    """What a handler gets: the job's payload, and the ways to report on it."""

    job_id: int
    kind: str
    payload: dict[str, Any]
    fence: int
    attempt: int = 1
    project_id: int | None = None
    created_by_id: int | None = None
    finished: bool = False
    stop_reason: DomainError | None = None
    _reported: float = field(default=-1e9, repr=False)

    def check(self) -> None:
        """Raise where the job was cancelled or lost; costs nothing, call it in long loops."""
        if self.stop_reason is not None:
            raise self.stop_reason

    def progress(self, fraction: float, message: str = "") -> None:
        """Report how far the job is (0 to 1), twice a second at most; raises as `check` does."""
        self.check()
        if time.monotonic() - self._reported < PROGRESS_SECONDS:
            return
        self._reported = time.monotonic()
        self._write(progress=min(1.0, max(0.0, float(fraction))), message=message)

    def hold(self) -> None:
        """Inside a transaction: keep the job until commit, so that its writes count only once.

        Raises ClaimLost where another worker took over, which rolls the transaction back.
        """
        self._write(lease_until=in_future(LEASE))

    def checkpoint(self) -> None:
        """Say that lasting progress was saved: earlier failures and deaths no longer count."""
        self._write(attempts=1, losses=0, lease_until=in_future(LEASE))

    def renew(self) -> None:
        """Extend the lease, and learn whether someone asked the job to stop."""
        self._write(lease_until=in_future(LEASE))
        self.listen()

    def listen(self) -> None:
        """Read whether the job is still ours and wanted; remembered for `check`."""
        columns = ("fence", "state", "cancel_requested")
        row = Job.objects.filter(pk=self.job_id).values(*columns).first()
        if row is None or row["fence"] != self.fence or row["state"] != Job.State.RUNNING:
            if not self.finished:
                self.stop_reason = ClaimLost(f"Job {self.job_id} is no longer ours.")
        elif row["cancel_requested"]:
            self.stop_reason = JobCancelled(f"Job {self.job_id} was cancelled.")

    def finish(self, result: Any = None) -> None:
        """Mark the job done. Call it inside the transaction of its effect to make both one."""
        self._end(Job.State.DONE, progress=1.0, result=result, error=None)

    def give_up(self, error: dict[str, str]) -> None:
        """Mark the job failed; a person may retry it."""
        self._end(Job.State.FAILED, error=error, message=error["detail"])

    def cancelled(self) -> None:
        """Mark the job cancelled, as was asked."""
        self._end(Job.State.CANCELLED, message="Cancelled.")

    def put_back(self, error: dict[str, str], delay: timedelta) -> None:
        """Put the job in line again after `delay`, unless a newer one of its key waits already."""
        back = {"lease_until": None, "claimant": "", "error": error, "message": error["detail"]}
        try:
            with transaction.atomic():
                self._write(state=Job.State.PENDING, run_after=in_future(delay), **back)
                self.finished = True
        except IntegrityError:
            self._end(Job.State.CANCELLED, error=error, message="A newer job does the same work.")

    def _end(self, state: str, **values: Any) -> None:
        with transaction.atomic():
            self._write(state=state, lease_until=None, claimant="", finished_at=now(), **values)
            # Rolled back with the effect, the job is still ours to end.
            self.finished = True

    def _write(self, **values: Any) -> None:
        with transaction.atomic():
            mine = Job.objects.filter(pk=self.job_id, fence=self.fence, state=Job.State.RUNNING)
            if not mine.update(**values):
                self.stop_reason = ClaimLost(f"Job {self.job_id} is no longer ours.")
                raise self.stop_reason


def claim(job_id: int) -> Claim | None:
    """Take a due job for one lease, or return None where it is not due or another has it."""
    waiting = When(state=Job.State.PENDING, then=F("attempts") + 1)
    lost = When(state=Job.State.RUNNING, then=F("losses") + 1)
    try:
        with transaction.atomic():
            due = Job.objects.filter(pk=job_id, losses__lt=MAX_LOSSES, cancel_requested=False).due()
            taken = due.without_running_twin().update(
                state=Job.State.RUNNING,
                fence=F("fence") + 1,
                lease_until=in_future(LEASE),
                claimant=str(identity.me()),
                attempts=Case(waiting, default=F("attempts"), output_field=IntegerField()),
                losses=Case(lost, default=F("losses"), output_field=IntegerField()),
                started_at=Coalesce(F("started_at"), now()),
                message=Value(""),
            )
            return _claim_of(Job.objects.get(pk=job_id)) if taken else None
    except IntegrityError:
        # A job of the same key began to run between our look and our update.
        return None


def first_asked_for(job_id: int) -> int | None:
    """Return the oldest due job of this job's queue that a person started, or None."""
    queue = Job.objects.filter(pk=job_id).values("queue")[:1]
    asked = Job.objects.filter(queue=queue, cancel_requested=False).exclude(created_by=None)
    return asked.due().without_running_twin().order_by("id").values_list("pk", flat=True).first()


def _claim_of(job: Job) -> Claim:
    return Claim(
        job_id=job.pk,
        kind=job.kind,
        payload=job.payload,
        fence=job.fence,
        attempt=job.attempts,
        project_id=job.project_id,
        created_by_id=job.created_by_id,
    )
