"""Imports: which items came together, by the jobs that brought them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Q

from annotations.actions.datasets import IMPORT_JOB
from labelhub.jobs.models import Job


@dataclass(frozen=True)
class ImportSpan:
    """The time from the start of one import to the start of the next; `job` is None before all."""

    job: int | None
    began: datetime | None
    ended: datetime | None

    def condition(self, prefix: str = "") -> Q:
        """Say which items came in that time; `prefix` leads to the item."""
        found = Q()
        if self.began is not None:
            found &= Q(**{f"{prefix}created_at__gte": self.began})
        if self.ended is not None:
            found &= Q(**{f"{prefix}created_at__lt": self.ended})
        return found


def import_spans(dataset_id: int) -> list[ImportSpan]:
    """Return the imports of a dataset, the latest first, and at the end the time before them."""
    jobs = Job.objects.filter(kind=IMPORT_JOB, started_at__isnull=False)
    rows = jobs.filter(payload__dataset=dataset_id).order_by("-started_at", "-pk")
    spans: list[ImportSpan] = []
    ended: datetime | None = None
    for pk, began in rows.values_list("pk", "started_at"):
        spans.append(ImportSpan(pk, began, ended))
        ended = began
    return [*spans, ImportSpan(None, None, ended)]
