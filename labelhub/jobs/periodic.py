"""What runs by the clock: entries of the apps' tables, each claimed by conditional update."""

from __future__ import annotations

import logging
from datetime import UTC, datetime, timedelta

from django.conf import settings
from django.db import transaction
from django.utils.module_loading import import_string

from labelhub.jobs import broker, registry
from labelhub.jobs.clock import in_future, now
from labelhub.jobs.models import Job, PeriodicRun

log = logging.getLogger(__name__)

KEEP_FINISHED = timedelta(days=90)
MESSAGE_LIFE_SECONDS = 600.0
LONG_AGO = datetime(1970, 1, 1, tzinfo=UTC)

PERIODIC = {
    "forget_dead_processes": (600, "labelhub.jobs.pulse.forget_the_dead"),
    "sweep_broker": (60, "labelhub.jobs.periodic.sweep_broker"),
    "prune_finished_jobs": (24 * 3600, "labelhub.jobs.periodic.prune_finished_jobs"),
}


def run_due() -> list[str]:
    """Run every entry whose time has come; an entry that fails harms no other."""
    return [name for name, entry in registry.periodic().items() if _run_if_due(name, *entry)]


def _run_if_due(name: str, seconds: float, dotted: str) -> bool:
    if not _take_turn(name, seconds):
        return False
    error = ""
    try:
        import_string(dotted)()
    except Exception as failure:
        log.exception("The periodic entry %s failed.", name)
        error = f"{type(failure).__name__}: {failure}"[:2000]
    with transaction.atomic():
        PeriodicRun.objects.filter(name=name).exclude(error=error).update(error=error)
    return True


def _take_turn(name: str, seconds: float) -> bool:
    """Claim an entry for now: of several dispatchers, one gets it."""
    rows = PeriodicRun.objects.filter(name=name)
    due = rows.filter(ran_at__lte=in_future(timedelta(seconds=-seconds)))
    if not due.exists() and rows.exists():
        return False
    with transaction.atomic():
        PeriodicRun.objects.bulk_create(
            [PeriodicRun(name=name, ran_at=LONG_AGO)], ignore_conflicts=True
        )
        return bool(due.update(ran_at=now()))


def sweep_broker() -> int:
    """Remove messages that no worker took for long; their jobs are hinted at again."""
    if settings.REDIS_URL:
        return 0
    return broker.sweep(settings.BROKER_DIR, older_than=MESSAGE_LIFE_SECONDS)


def prune_finished_jobs() -> int:
    """Delete rows of jobs that ended long ago."""
    with transaction.atomic():
        old = Job.objects.exclude(state__in=Job.UNFINISHED).filter(
            finished_at__lt=in_future(-KEEP_FINISHED)
        )
        count, _ = old.delete()
    return count
