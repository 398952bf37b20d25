"""Whether the processes are there that do the work, and whether the work gets done."""

from __future__ import annotations

from datetime import timedelta

from django.db.models import Count, Min
from django.utils import timezone

from labelhub.jobs.clock import in_future
from labelhub.jobs.models import Job
from labelhub.status.check import Check, Facts

STUCK_AFTER = timedelta(seconds=60)
FAILED_WITHIN = timedelta(days=1)

WORKER = ".venv/bin/celery -A labelhub.celery worker --queues=default,score --hostname=worker@%h"
TRAINER = ".venv/bin/celery -A labelhub.celery worker --queues=train --hostname=trainer@%h"
DISPATCHER = ".venv/bin/python manage.py dispatch"


def check_worker(facts: Facts) -> Check:
    if "default" in facts.queues:
        return Check("worker", "ok", "A worker is running")
    waiting = facts.waiting("default", "score")
    return Check(
        "worker",
        "fail",
        "No worker is running",
        f"Uploads, exports and model scores wait; {waiting} jobs are in line. "
        "Labeling goes on and nothing is lost.",
        f"Start all with `make run`, or a worker alone with `{WORKER}`.",
    )


def check_trainer(facts: Facts) -> Check:
    if "train" in facts.queues:
        return Check("trainer", "ok", "A trainer is running")
    return Check(
        "trainer",
        "warn",
        "No trainer is running",
        f"Models do not learn meanwhile; {facts.waiting('train')} trainings are in line.",
        f"Start all with `make run`, or a trainer alone with `{TRAINER}`.",
    )


def check_dispatcher(facts: Facts) -> Check:
    if any(process.name == "dispatcher" for process in facts.processes):
        return Check("dispatcher", "ok", "The dispatcher is running")
    return Check(
        "dispatcher",
        "fail",
        "The dispatcher is not running",
        "Workers are not told of new jobs, and what runs by the clock stands still.",
        f"Start all with `make run`, or the dispatcher alone with `{DISPATCHER}`.",
    )


def check_queue(facts: Facts) -> Check:
    """A job that is due and served, and yet not begun: busy for a while, then stuck."""
    late = Job.objects.filter(
        state=Job.State.PENDING,
        queue__in=facts.queues,
        run_after__lt=in_future(-STUCK_AFTER),
        cancel_requested=False,
    ).without_running_twin()
    found = late.aggregate(count=Count("pk"), oldest=Min("run_after"))
    if not found["count"]:
        return Check("queue", "ok", "Jobs are begun in time")
    minutes = int((timezone.now() - found["oldest"]).total_seconds() // 60)
    running = sum(count for (_, state), count in facts.jobs.items() if state == Job.State.RUNNING)
    detail = f"{found['count']} jobs are late; the oldest waits for {minutes} minutes."
    if running:
        fix = "Wait for it, cancel it under Jobs, or raise WORKER_CONCURRENCY in `.env`."
        return Check(
            "queue", "warn", "The workers are busy", f"{detail} {running} are running.", fix
        )
    return Check(
        "queue",
        "fail",
        "Jobs are stuck",
        f"{detail} Workers are alive and begin none.",
        "Stop `make run` with Ctrl-C and start it again; no job is lost.",
    )


def check_failed_jobs(facts: Facts) -> Check:
    failed = Job.objects.filter(
        state=Job.State.FAILED, finished_at__gt=in_future(-FAILED_WITHIN)
    ).order_by("-pk")
    count = failed.count()
    if not count:
        return Check("failed_jobs", "ok", "No job failed within a day")
    last = failed.values("pk", "kind", "message")[0]
    return Check(
        "failed_jobs",
        "warn",
        "One job failed within a day" if count == 1 else f"{count} jobs failed within a day",
        f"The last one, {last['kind']} (job {last['pk']}): {last['message'][:300]}",
        "Mend what it names, then press Retry under Jobs.",
    )
