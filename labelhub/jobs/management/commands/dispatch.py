"""`manage.py dispatch`: the process that hints workers at due jobs and runs periodic entries."""

from __future__ import annotations

import signal
import threading
from typing import Any

from django.core.management.base import BaseCommand

from labelhub.celery import TASK, app
from labelhub.jobs.dispatcher import serve


def send_hint(job_id: int, queue: str) -> None:
    """Tell the workers of a queue that a job is due; fails within a second or two."""
    app.send_task(TASK, args=[job_id], queue=queue, retry=False, ignore_result=True)


class Command(BaseCommand):
    help = "Send due jobs to the workers and run periodic entries, until told to stop."
    requires_system_checks: list[str] = []

    def handle(self, *args: Any, **options: Any) -> None:
        stop = threading.Event()
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, lambda *_: stop.set())
        serve(send_hint, stop)
