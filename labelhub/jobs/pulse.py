"""Signs of life: workers and the dispatcher write them, pages and status read them."""

from __future__ import annotations

import os
import threading
from collections.abc import Callable
from datetime import timedelta
from typing import Any

from django.db import Error as DatabaseTrouble
from django.db import connection, transaction

from labelhub.jobs import identity
from labelhub.jobs.clock import in_future, now
from labelhub.jobs.models import Job, ProcessHeartbeat
from labelhub.jobs.run import resident_bytes, run_job

BEAT_SECONDS = 5.0
ALIVE = timedelta(seconds=30)
FORGET = timedelta(hours=1)


def beat(name: str, detail: dict[str, Any] | None = None) -> None:
    """Write that this process is alive; one short transaction."""
    me = identity.me()
    values = {
        "seen_at": now(),
        "detail": (detail or {}) | {"bytes": resident_bytes(), "who": str(me)},
    }
    with transaction.atomic():
        row = ProcessHeartbeat.objects.filter(name=name, host=me.host, pid=me.pid)
        if not row.update(**values):
            ProcessHeartbeat.objects.create(name=name, host=me.host, pid=me.pid, **values)


def alive() -> list[ProcessHeartbeat]:
    """Return the processes seen within the last 30 seconds, less those known to be dead."""
    recent = ProcessHeartbeat.objects.filter(seen_at__gt=in_future(-ALIVE)).order_by("name", "pid")
    return [row for row in recent if not identity.is_gone(row.detail.get("who", ""))]


def serves(queue: str) -> bool:
    """Whether a living worker takes jobs of this queue."""
    return any(queue in process.detail.get("queues", []) for process in alive())


def run_inline_if_no_worker(job: Job) -> bool:
    """Run a small job here and now where no worker would; returns whether it was run.

    Call it after the transaction that inserted the job has ended.
    """
    if serves(job.queue):
        return False
    ran = run_job(job.pk) is not None
    job.refresh_from_db()
    return ran


def farewell(name: str) -> None:
    """Remove this process's row, so that a clean stop shows at once."""
    me = identity.me()
    with transaction.atomic():
        ProcessHeartbeat.objects.filter(name=name, host=me.host, pid=me.pid).delete()


def forget_the_dead() -> int:
    """Remove rows of processes that were last seen an hour ago."""
    with transaction.atomic():
        gone, _ = ProcessHeartbeat.objects.filter(seen_at__lt=in_future(-FORGET)).delete()
    return gone


class Pulse(threading.Thread):
    """Beats every few seconds for the process that starts it, and for no child that it forks.

    The connection is opened and closed within each beat, and no fork happens meanwhile: an open
    SQLite file must not be carried into a child.
    """

    def __init__(self, name: str, detail: Callable[[], dict[str, Any]]) -> None:
        super().__init__(name=f"pulse-of-{name}", daemon=True)
        self._process = name
        self._detail = detail
        self._stop_asked = threading.Event()
        self._no_fork = threading.Lock()
        os.register_at_fork(
            before=self._no_fork.acquire,
            after_in_parent=self._no_fork.release,
            after_in_child=self._no_fork.release,
        )

    def run(self) -> None:
        while True:
            self._beat_once()
            if self._stop_asked.wait(BEAT_SECONDS):
                return

    def stop(self) -> None:
        self._stop_asked.set()

    def _beat_once(self) -> None:
        with self._no_fork:
            try:
                beat(self._process, self._detail())
            except DatabaseTrouble:
                # Pages then say that no worker runs, which is what it looks like from there.
                pass
            finally:
                connection.close()
