"""The dispatcher: turns due rows into hints, again and again, until a worker has taken them."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable
from datetime import timedelta

from django.db import Error as DatabaseTrouble
from django.db import connection, transaction
from django.db.models import F
from django.db.models.functions import Now
from kombu.exceptions import OperationalError as BrokerError

from labelhub.cache import Trimmer
from labelhub.jobs import identity, periodic, pulse
from labelhub.jobs.claim import MAX_LOSSES
from labelhub.jobs.clock import in_future, now
from labelhub.jobs.models import Job

log = logging.getLogger(__name__)

TICK_SECONDS = 0.5
# Only the head of each queue is hinted at, so that messages never pile up behind slow workers.
WINDOW = 32
RESEND_SECONDS = (5.0, 10.0, 20.0, 40.0, 60.0)
BROKER_REST_SECONDS = 2.0
SWEEP_SECONDS = 1.0

LOST_FOR_GOOD = {
    "code": "worker_died",
    "detail": "The worker died every time it ran this job; it may need more memory than there is.",
}


class Dispatcher:
    """Sends hints for due jobs through `send(job_id, queue)`; remembers what it sent when."""

    def __init__(self, send: Callable[[int, str], None]) -> None:
        self._send = send
        self._sent: dict[int, tuple[float, int]] = {}
        self._broker_rests_until = 0.0
        self._swept_at = 0.0

    def tick(self) -> int:
        """Look once at every queue; return how many hints were sent."""
        if time.monotonic() - self._swept_at >= SWEEP_SECONDS:
            self._swept_at = time.monotonic()
            free_orphans()
            end_hopeless()
        if time.monotonic() < self._broker_rests_until:
            return 0
        heads = {queue: due_head(queue) for queue in Job.Queue.values}
        known = {job_id for head in heads.values() for job_id in head}
        self._sent = {job_id: sent for job_id, sent in self._sent.items() if job_id in known}
        return sum(self._hint(job_id, queue) for queue, head in heads.items() for job_id in head)

    def _hint(self, job_id: int, queue: str) -> bool:
        last, times = self._sent.get(job_id, (0.0, 0))
        wait = RESEND_SECONDS[min(times, len(RESEND_SECONDS)) - 1] if times else 0.0
        moment = time.monotonic()
        if moment - last < wait or moment < self._broker_rests_until:
            return False
        try:
            self._send(job_id, queue)
        except (BrokerError, OSError) as error:
            self._rest(error)
            return False
        self._sent[job_id] = (moment, times + 1)
        return True

    def _rest(self, error: Exception) -> None:
        log.warning("The message broker does not answer; jobs wait: %s", error)
        self._broker_rests_until = time.monotonic() + BROKER_REST_SECONDS


def due_head(queue: str) -> list[int]:
    """Return the ids of the first due jobs of a queue, oldest first."""
    due = Job.objects.filter(queue=queue, cancel_requested=False).due().without_running_twin()
    return list(due.order_by("id").values_list("id", flat=True)[:WINDOW])


def free_orphans() -> int:
    """End the leases of processes of this machine that are dead, with a growing pause.

    A killed worker's job so waits a moment, not the rest of its lease. Jobs of other machines
    wait for their lease to lapse.
    """
    running = Job.objects.filter(state=Job.State.RUNNING, lease_until__gt=Now()).exclude(
        claimant=""
    )
    freed = 0
    for job in running.only("id", "fence", "claimant", "losses"):
        if identity.is_gone(job.claimant):
            # A job that keeps killing its workers must not keep them busy.
            pause = timedelta(seconds=min(60, 2**job.losses - 1))
            with transaction.atomic():
                freed += Job.objects.filter(pk=job.pk, fence=job.fence).update(
                    lease_until=in_future(pause), claimant=""
                )
    return freed


def end_hopeless() -> None:
    """End abandoned jobs that nobody wants any more, or that no worker survives."""
    abandoned = Job.objects.filter(state=Job.State.RUNNING, lease_until__lte=Now())
    over = {"fence": F("fence") + 1, "lease_until": None, "claimant": "", "finished_at": now()}
    unwanted, hopeless = (
        abandoned.filter(cancel_requested=True),
        abandoned.filter(losses__gte=MAX_LOSSES),
    )
    if unwanted.exists():
        with transaction.atomic():
            unwanted.update(state=Job.State.CANCELLED, message="Cancelled.", **over)
    if hopeless.exists():
        with transaction.atomic():
            hopeless.update(
                state=Job.State.FAILED,
                error=LOST_FOR_GOOD,
                message=LOST_FOR_GOOD["detail"],
                **over,
            )


class Clockwork(threading.Thread):
    """Runs periodic entries beside the hints, so that a slow entry delays no job."""

    def __init__(self, stop: threading.Event) -> None:
        super().__init__(name="clockwork", daemon=True)
        self._stop_asked = stop

    def run(self) -> None:
        while not self._stop_asked.wait(1.0):
            try:
                periodic.run_due()
            except DatabaseTrouble as error:
                log.warning("Periodic entries wait for the database: %s", error)
                connection.close()


def serve(send: Callable[[int, str], None], stop: threading.Event) -> None:
    """Tick twice a second until `stop`; outages of database and broker are waited out."""
    dispatcher = Dispatcher(send)
    life = pulse.Pulse("dispatcher", dict)
    life.start()
    Clockwork(stop).start()
    Trimmer().start()
    while not stop.wait(TICK_SECONDS):
        try:
            dispatcher.tick()
        except DatabaseTrouble as error:
            log.warning("The dispatcher waits for the database: %s", error)
            connection.close()
            stop.wait(1.0)
    life.stop()
    pulse.farewell("dispatcher")
