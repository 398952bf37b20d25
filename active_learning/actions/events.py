"""What a run reports, line by line, kept as rows so that a page can follow it live."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.db import transaction
from django.db.models import Max

from active_learning.models import RunEvent, TrainingRun
from labelhub.jobs.claim import Claim


class EventLog:
    """Numbers the lines of a run and writes them in batches, as long as the job is ours."""

    def __init__(self, run: TrainingRun, claim: Claim) -> None:
        self._run, self._claim = run, claim
        self._last = last_number(run)

    def log(self, message: str) -> None:
        """Write one sentence for people."""
        self.write([{"event": "log", "message": message}])

    def write(self, events: Iterable[dict[str, Any]]) -> None:
        """Write some events in one transaction; raises ClaimLost where the job went elsewhere."""
        rows = [self._row(event) for event in events]
        if rows:
            with transaction.atomic():
                self._claim.hold()
                RunEvent.objects.bulk_create(rows)

    def _row(self, event: dict[str, Any]) -> RunEvent:
        self._last += 1
        data = {name: value for name, value in event.items() if name != "event"}
        return RunEvent(run=self._run, no=self._last, kind=event["event"][:20], data=data)


def last_number(run: TrainingRun) -> int:
    """Return the number of the last line that was kept, 0 if there is none."""
    return int(RunEvent.objects.filter(run=run).aggregate(last=Max("no"))["last"] or 0)
