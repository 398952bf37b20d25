"""Run one job to its end: claim, beat while the handler works, write how it went."""

from __future__ import annotations

import logging
import os
import random
import signal
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import Error as DatabaseTrouble
from django.db import IntegrityError, InterfaceError, OperationalError, connection, transaction

from labelhub.errors import DomainError
from labelhub.jobs import claim as claims
from labelhub.jobs.claim import Claim, ClaimLost, JobCancelled
from labelhub.jobs.models import Job
from labelhub.jobs.registry import handler

log = logging.getLogger(__name__)

LISTEN_SECONDS = 2.0
FIRST_RETRY_SECONDS = 5.0
# Raised by the world, not by the work: the same call can succeed later.
TRANSIENT = (
    OperationalError,
    InterfaceError,
    IntegrityError,  # a row that the work is about was removed while it went on
    ConnectionError,
    TimeoutError,
    BrokenPipeError,
)
DEFAULT_LIMITS = {"seconds": 4 * 3600, "bytes": 4 * 1024**3}


def run_job(job_id: int, *, own_process: bool = False) -> Job.State | None:
    """Claim and run a job; return its state afterwards, or None where it was not ours to run.

    `own_process` says that this process runs nothing but jobs, so that one which exceeds its
    limits may be ended with the process.
    """
    claim = claims.claim(job_id)
    if claim is None:
        return None
    with beating(claim, own_process=own_process):
        try:
            _run(claim)
        except Exception as error:
            _settle(claim, error)
    return Job.State(Job.objects.values_list("state", flat=True).get(pk=job_id))


def run_hinted(job_id: int, *, own_process: bool = False) -> None:
    """Run a job of the queue of the hinted one: the first that a person asked for, else itself.

    So a request waits for the job that runs, not for all that were put in line by themselves.
    There are as many hints as jobs: the hinted one's turn comes with another's hint.
    """
    wanted = claims.first_asked_for(job_id) or job_id
    if run_job(wanted, own_process=own_process) is None and wanted != job_id:
        run_job(job_id, own_process=own_process)


def _run(claim: Claim) -> None:
    result = handler(claim.kind)(claim)
    if not claim.finished:
        claim.finish(result)


def _settle(claim: Claim, error: Exception) -> None:
    """Write down how a job failed; where even that fails, its lease lapses and it runs again."""
    claim.finished = False
    if not connection.in_atomic_block:
        connection.close_if_unusable_or_obsolete()
    try:
        if isinstance(error, JobCancelled):
            claim.cancelled()
        elif isinstance(error, ClaimLost):
            log.warning("%s", error)
        elif is_permanent(error) or _is_last_attempt(claim):
            log.log(_level(error), "Job %s (%s) failed.", claim.job_id, claim.kind, exc_info=error)
            claim.give_up(describe(error))
        else:
            claim.put_back(describe(error), back_off(claim.attempt))
    except ClaimLost as lost:
        log.warning("%s", lost)
    except DatabaseTrouble:
        log.exception("Job %s failed, and so did writing that down.", claim.job_id)
    finally:
        claim.finished = True


def _level(error: Exception) -> int:
    return logging.WARNING if isinstance(error, DomainError) else logging.ERROR


def _is_last_attempt(claim: Claim) -> bool:
    row = Job.objects.filter(pk=claim.job_id).values_list("attempts", "max_attempts").first()
    return row is None or row[0] >= row[1]


def is_permanent(error: Exception) -> bool:
    """Whether trying again cannot help: what an error says of itself, else whether it is known."""
    declared = getattr(error, "permanent", None)
    if isinstance(declared, bool):
        return declared
    return not isinstance(error, TRANSIENT)


def describe(error: Exception) -> dict[str, str]:
    """Return `{code, detail}` of an error, for the job's row."""
    if isinstance(error, DomainError):
        return {"code": error.code, "detail": error.detail}
    return {"code": "unexpected", "detail": f"{type(error).__name__}: {error}"[:2000]}


def back_off(attempt: int) -> timedelta:
    """Return the wait before the next attempt: 5 s, 20 s, 80 s ..., spread a little."""
    seconds = FIRST_RETRY_SECONDS * 4 ** (max(1, attempt) - 1)
    return timedelta(seconds=seconds * random.uniform(0.8, 1.2))


@contextmanager
def beating(claim: Claim, *, own_process: bool) -> Iterator[None]:
    """Renew the lease from a thread while the body runs."""
    heart = Heart(claim, own_process=own_process)
    heart.start()
    try:
        yield
    finally:
        heart.stop()


class Heart(threading.Thread):
    """Renews a lease, listens for a cancel, and ends a job that exceeds its limits."""

    def __init__(self, claim: Claim, *, own_process: bool) -> None:
        super().__init__(name=f"heart-of-job-{claim.job_id}", daemon=True)
        self._claim = claim
        self._limits = limits_of(claim.kind)
        self._own_process = own_process
        self._stop_asked = threading.Event()
        self._started_at = time.monotonic()

    def stop(self) -> None:
        self._stop_asked.set()
        self.join()

    def run(self) -> None:
        renewed = time.monotonic()
        try:
            while not self._stop_asked.wait(LISTEN_SECONDS):
                due = time.monotonic() - renewed >= claims.BEAT_SECONDS
                if self._beat(renew=due) and due:
                    renewed = time.monotonic()
                self._enforce_limits()
        finally:
            connection.close()

    def _beat(self, *, renew: bool) -> bool:
        try:
            if renew:
                self._claim.renew()
            else:
                self._claim.listen()
        except ClaimLost:
            return True
        except DatabaseTrouble:
            # The database is away; the lease outlives six missed beats.
            connection.close()
            return False
        return True

    def _enforce_limits(self) -> None:
        broken = self._broken_limit()
        if broken is None:
            return
        error = JobTooLarge(broken)
        self._claim.stop_reason = error
        if self._own_process:
            try:
                with transaction.atomic():
                    self._claim.give_up(describe(error))
            finally:
                os.kill(os.getpid(), signal.SIGKILL)

    def _broken_limit(self) -> str | None:
        if time.monotonic() - self._started_at > self._limits["seconds"]:
            return f"The job ran longer than its limit of {self._limits['seconds']:.0f} seconds."
        if self._own_process and resident_bytes() > self._limits["bytes"]:
            mebibytes = self._limits["bytes"] / 2**20
            return f"The job used more than its limit of {mebibytes:.0f} MiB of memory."
        return None


class JobTooLarge(DomainError):
    """The job used more time or memory than it may."""

    code, status = "limit_exceeded", 413


def limits_of(kind: str) -> dict[str, float]:
    """Return the seconds and bytes that a kind of job may use (settings.JOB_LIMITS)."""
    limits: dict[str, Any] = getattr(settings, "JOB_LIMITS", {})
    return {**DEFAULT_LIMITS, **limits.get("*", {}), **limits.get(kind, {})}


def resident_bytes() -> int:
    """Return this process's resident memory, or 0 where the system does not tell."""
    try:
        pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1])
    except OSError:
        return 0
    return pages * os.sysconf("SC_PAGE_SIZE")
